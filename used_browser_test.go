package main

import (
	"fmt"
	"testing"
)

// What was used up is said where it was offered, as people see it in the playground: an escalation that came back and one
// that was acknowledged by its button and by a reaction, a resolution with the article that helped, and the customer's
// rating by its number. Where CASEBOT_SHOTS names a folder, pictures are kept in two widths and both themes.
func TestUsedButtonsGoInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t, startSeededDemo(t, true))
	const dana, egon, card = "[data-test=pane-0]", "[data-test=pane-1]", "Receipts come out blank since noon"
	const channel, thread = " .channel-view", " .thread-view"
	// offers counts the messages at a place that hold a text and still have a button.
	offers := func(place, text, button string) string {
		return fmt.Sprintf(`[...document.querySelectorAll(%s + ' article')].filter(a => a.innerText.includes(%s) && a.querySelector(%s)).length`, quoted(place), quoted(text), quoted("[data-test="+button+"]"))
	}
	b.set(dana+channel+" [data-test=composer]", `/case new severity=3 customer="Browser Outfitters, store 3" product="Harbor Tills" category="Defect" summary="`+card+`" impact="Two tills give no receipts" first_seen="1 hour ago" environment="Harbor Tills 6.2.1 on Windows 11" steps="1 Sell an item. 2 Pay. Expected a receipt, blank paper comes. https://logs.example/till-7"`)
	b.click(dana + channel + " [data-test=send]")
	b.see(dana+channel+" article.desk:not(.private)", card)
	b.inArticle(dana+channel, card, "[data-test=button-escalate]")
	b.look(1)
	b.see(egon+channel+" article.desk", card)
	b.inArticle(egon+channel, card, "[data-act=thread]")
	b.see(egon+thread, "handed the case to Harbor Software")
	b.pictures("used-escalated")
	b.inArticle(egon+thread, "handed the case", "[data-test=button-return]")
	b.choose("[data-test=field-code]", 2)
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.articleSays(egon+thread, "handed the case", "sent it back")
	b.until("nothing is offered any more", offers(egon+thread, "handed the case", "button-ack")+" === 0")
	b.pictures("used-returned")

	// It goes up again, and is acknowledged by the button, taken back, and by a reaction.
	b.look(0)
	b.inArticle(dana+channel, card, "[data-test=button-edit]")
	b.typeIn("[data-test=field-steps] textarea", " The whole roll is blank.")
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.inArticle(dana+channel, card, "[data-test=button-escalate]")
	b.look(1)
	b.until("one of two escalations is to be answered", offers(egon+thread, "handed the case", "button-ack")+" === 1")
	b.inArticle(egon+thread, "handed the case", "[data-test=button-ack]")
	b.see(egon+thread+" article.private", "You have NW-")
	b.articleSays(egon+thread, "handed the case", "acknowledged it")
	b.until("nothing is to be answered", offers(egon+thread, "handed the case", "button-ack")+" === 0")
	b.pictures("used-acked-by-button")
	b.inArticle(egon+thread+" article.private", "You have", "[data-test=button-undo]")
	b.until("it is to be answered again", offers(egon+thread, "handed the case", "button-ack")+" === 1")
	b.pictures("used-undone")
	b.inArticle(egon+thread, "handed the case", "[data-test=react-menu]")
	b.click(`[data-test="emoji-✋"]`)
	b.until("nothing is to be answered", offers(egon+thread, "handed the case", "button-ack")+" === 0")
	b.pictures("used-acked-by-reaction")

	// The article that helped is named in the resolution; the rating takes the place of the numbers.
	b.inArticle(egon+channel, card, "[data-test=button-resolve]")
	b.typeIn("[data-test=field-text] textarea", "The paper was in upside down. Turn the roll so that the coated side faces the print head.")
	b.click("[data-test=field-articles] .card-option")
	b.pictures("used-resolve-form")
	b.fitsAPhone()
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.see(egon+thread, "resolved the case")
	b.pictures("used-resolved-provider")
	b.look(0)
	b.inArticle(dana+channel, card, "[data-act=thread]")
	b.see(dana+thread, "resolved the case")
	b.pictures("used-resolved")
	b.until("the five numbers stand in one row", fmt.Sprintf(`(() => { const all = [...document.querySelectorAll(%s)].filter(e => /^[1-5]$/.test(e.innerText)); return all.length === 5 && new Set(all.map(e => e.getBoundingClientRect().top)).size === 1; })()`, quoted(dana+thread+" [data-test=button-rate]")))
	b.inArticle(dana+thread, "resolved the case", "[data-test=button-kb-open]")
	b.see(dana+thread+" article.private", "must face the print head")
	b.pictures("used-article")
	b.inArticle(dana+thread, "resolved the case", "[data-test=button-rate]:nth-child(4)")
	b.articleSays(dana+thread, "resolved the case", "The customer gave 4 of 5")
	b.until("nothing is to be rated", offers(dana+thread, "resolved the case", "button-rate")+" === 0")
	b.see(dana+thread+" article.private", "is kept: 4 of 5")
	b.pictures("used-rated")
	b.inArticle(dana+thread, "resolved the case", "[data-test=button-relay]")
	b.articleSays(dana+thread, "resolved the case", "told the customer")
	b.pictures("used-relayed")
}
