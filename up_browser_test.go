package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// A case on its way up as people see it in the playground, at the end of a day: filed with links as evidence, found by
// the engineer who is called for it, sent back, mended, sent up again, acknowledged by a word, updated, resolved, rated and reopened.
// Where CASEBOT_SHOTS names a folder, pictures are kept in two widths and both themes.
func TestCaseGoesUpInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t, startDemo(t))
	const dana, egon, card = "[data-test=pane-0]", "[data-test=pane-1]", "Meal vouchers are refused"
	channel, thread := " .channel-view", " .thread-view"
	b.click("[data-test=clock-more]")
	b.typeIn("[data-test=clock-text]", "today 17:55\r")
	b.see("[data-test=clock-now]", "17:55")
	b.walkFiling(dana)
	b.articleSays(dana+channel, card, "2 links")
	b.pictures("life-filed")

	// Egon is called, and gets from the call to the thread by one press.
	b.look(1)
	b.click(egon + " [data-test=persona-menu]")
	b.click("[data-test=persona-egon]")
	b.see(egon+channel+" article.desk", card)
	b.pictures("life-card-provider")
	b.click(egon + " [data-test=channel-direct]")
	b.see(egon+channel+" .card-buttons a", "Go to the thread")
	b.pictures("life-call")
	b.fitsAPhone()
	b.click(egon + channel + ` a[href^="/#m-"]`)
	b.until("the card is marked and has the focus", fmt.Sprintf(`document.querySelector(%s)?.innerText.includes(%s)`, quoted(egon+thread+" article.marked:focus"), quoted(card)))
	b.pictures("life-call-thread")
	b.reload()
	b.until("a reload leads there again", fmt.Sprintf(`document.querySelector(%s)?.innerText.includes(%s)`, quoted(egon+thread+" article.marked:focus"), quoted(card)))

	b.walkReturn(dana, egon, card)
	b.walkUpdate(dana, egon, card)
	b.walkEnd(dana, egon, card)
}

// walkEnd takes the case to its end and back: a word across, the resolution, the customer's rating, and it is open again.
func (b *browser) walkEnd(dana, egon, card string) {
	b.t.Helper()
	b.look(1)
	b.inArticle(egon+" .thread-view", "has the case", "[data-test=button-reply]")
	b.typeIn("[data-test=field-text] textarea", "Does it happen with vouchers of other issuers too?")
	b.pictures("life-reply-form")
	b.fitsAPhone()
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.see(dana+" .thread-view", "vouchers of other issuers")
	b.inArticle(egon+" .channel-view", card, "[data-test=button-resolve]")
	b.typeIn("[data-test=field-text] textarea", "The vouchers' issuer is in the list again. Nothing has to be installed.")
	b.pictures("life-resolve-form")
	b.fitsAPhone()
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.look(0)
	b.articleSays(dana+" .channel-view", card, "Resolved")
	b.pictures("life-resolved")
	b.inArticle(dana+" .channel-view", card, "[data-test=button-rate]")
	b.choose("[data-test=field-score]", 4)
	b.pictures("life-rate-form")
	b.fitsAPhone()
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.inArticle(dana+" .channel-view", card, "[data-test=button-reopen]")
	b.typeIn("[data-test=field-why] textarea, [data-test=field-why] input", "It is back at till 8")
	b.pictures("life-reopen-form")
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.see(dana+" .thread-view", "It goes straight back to Harbor Software") // Who had it before.
	b.see(egon+" .thread-view", "It is back at till 8")
	b.pictures("life-reopened")
}

// walkUpdate gives the customer a status update that begins with a template; the Partner gets it ready to pass on.
func (b *browser) walkUpdate(dana, egon, card string) {
	b.t.Helper()
	b.look(1)
	b.inArticle(egon+" .channel-view", card, "[data-test=button-update]")
	text := func(what string) string {
		return fmt.Sprintf(`(document.querySelector('[data-test=field-text] textarea')?.value || '').includes(%s)`, quoted(what))
	}
	b.choose("[data-test=field-template]", 1)
	b.until("the first template's text stands in the form", text("thank you for reporting this"))
	// Nobody has changed it, so another takes its place; somebody's own words stay, and the form says so.
	b.choose("[data-test=field-template]", 3)
	b.until("the template's text stands in the form", text("Demo Grocers, store 9, an engineer is now working on"))
	b.typeIn("[data-test=field-text] textarea", " We try voucher 4711.")
	b.choose("[data-test=field-template]", 2)
	b.see("dialog .preview", "What you wrote is kept.")
	b.until("the words are kept", text("an engineer is now working on"))
	b.until("and what was added to them", text("We try voucher 4711."))
	b.pictures("life-update-own-words")
	b.fitsAPhone()
	b.choose("[data-test=field-template]", 3)
	b.typeIn("[data-test=field-eta] input", "a fix this week")
	b.typeIn("[data-test=field-workaround] textarea", "Type the voucher's number in by hand.")
	b.typeIn("[data-test=field-next] input", "in 2 hours")
	b.pictures("life-update-form")
	b.fitsAPhone()
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.pictures("life-updated-provider")
	b.look(0)
	b.see(dana+" .thread-view", "Type the voucher's number in by hand.")
	b.see(dana+" .thread-view", "Next update by Mon 23 Nov 19:55 CST.")
	b.pictures("life-updated")
}

// walkReturn sends the case back with a reason; it is mended, sent up again and acknowledged by a word.
func (b *browser) walkReturn(dana, egon, card string) {
	b.t.Helper()
	b.inArticle(egon+" .channel-view", card, "[data-test=button-return]")
	b.see("[data-test=submit]", "eturn")
	b.pictures("life-return-reasons")
	b.fitsAPhone()
	b.readsWhole("[data-test=field-code]", "The same issue is already escalated in another case")
	b.choose("[data-test=field-code]", 1)
	b.typeIn("[data-test=field-text] textarea", "Which voucher number, and at which till?")
	b.pictures("life-return-form")
	b.fitsAPhone()
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.pictures("life-returned-provider")
	b.look(0)
	b.inArticle(dana+" .channel-view", card, "[data-act=thread]")
	b.see(dana+" .thread-view", "Which voucher number")
	b.pictures("life-returned")
	b.inArticle(dana+" .thread-view", "Which voucher number", "[data-test=button-escalate]")
	b.until("the dialog is open", `!!document.querySelector('[data-test=field-steps] textarea')`)
	b.pictures("life-mend")
	b.typeIn("[data-test=field-steps] textarea", " Voucher 4711 at till 7.")
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.see(egon+" .thread-view", "Voucher 4711")
	b.pictures("life-again")
	b.look(1)
	b.typeIn(egon+" .thread-view [data-test=composer]", "ack\r")
	b.see(dana+" .thread-view", "has the case")
	b.pictures("life-acked-provider")
	b.look(0)
	b.pictures("life-acked")
}

// walkFiling files a case with the form: two links as evidence, after what is wrong was said field by field.
func (b *browser) walkFiling(pane string) {
	b.t.Helper()
	b.typeIn(pane+" .channel-view [data-test=composer]", "/case new\r")
	b.see("[data-test=preview]", "severity")
	b.pictures("life-form")
	b.click("[data-test=option-severity-4]")
	b.see("[data-test=preview]", "Northwind")
	b.pictures("life-form-sev4")
	b.click("[data-test=option-severity-2]")
	b.see("[data-test=preview]", "Harbor")
	b.pictures("life-form-sev2")
	b.typeIn("[data-test=field-customer] input", "Demo Grocers, store 9")
	b.typeIn("[data-test=field-summary] input", "Meal vouchers are refused")
	b.typeIn("[data-test=field-links] input", "https://logs.example/till-7 till 8 log")
	b.click("[data-test=submit]")
	b.until("what is wrong is said", `!!document.querySelector('[aria-invalid=true]')`)
	b.see("[data-test=field-links] .error", "“till” is not a link")
	b.until("each question says its own", `document.querySelectorAll('.question .error:not([hidden])').length === 5`)
	b.until("the head and the foot of the dialog stay", `(d => d.querySelector('header').getBoundingClientRect().top - d.getBoundingClientRect().top < 4 &&
		Math.abs(d.querySelector('footer').getBoundingClientRect().bottom - d.getBoundingClientRect().bottom) < 4)(document.querySelector('dialog[open]'))`)
	b.pictures("life-form-errors")
	b.fitsAPhone()
	b.set("[data-test=field-links] input", "https://logs.example/till-7  https://logs.example/till-8")
	b.choose("[data-test=field-product]", 2)
	b.choose("[data-test=field-category]", 1)
	b.typeIn("[data-test=field-impact] textarea", "Lunch customers are turned away at two tills")
	b.typeIn("[data-test=field-first_seen] input", "30 min ago")
	b.typeIn("[data-test=field-environment] textarea", "Harbor Pay 5.2.1 on Android 14, two tills, own router")
	b.typeIn("[data-test=field-steps] textarea", "1 Scan a meal. 2 Pay by voucher. Expected a receipt, HB-77 appears.")
	b.until("the links count as evidence", `!document.querySelector('[data-test=preview]').innerText.includes('To escalate')`)
	b.pictures("life-form-mended")
	b.click("[data-test=submit]")
	b.see(pane+" .channel-view article.desk:not(.private)", "Meal vouchers are refused")
	b.gone("dialog[open]")
}

// look shows the pane of that number where only one has room.
func (b *browser) look(i int) {
	b.t.Helper()
	b.until("look at the other side", fmt.Sprintf(`(document.querySelector('[data-test=tab-%d]').click(), true)`, i))
	b.do("let it show", chromedp.WaitReady("body[data-ready]"))
}
