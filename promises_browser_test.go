package main

import (
	"testing"
)

// What a message promised and what came of it, as people see it in the playground on both sides: a late acknowledgement,
// calls after a lapse, the next update and its passing on, and the reminders of a wait, in the thread and in person.
// Where CASEBOT_SHOTS names a folder, pictures are kept in two widths and both themes.
func TestPromisesEndInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t, startDemo(t))
	const dana, erin, card = "[data-test=pane-0]", "[data-test=pane-1]", "Gift cards are refused at till two"
	const channel, thread, composer = " .channel-view", " .thread-view", " [data-test=composer]"
	writes := func(place, text string) {
		b.set(place+composer, text)
		b.click(place + " [data-test=send]")
	}
	passes := func(span string) {
		b.click("[data-test=clock-more]")
		b.set("[data-test=clock-text]", span) // What was typed last time is still there.
		b.typeIn("[data-test=clock-text]", "\r")
		b.gone("#clock-pop:popover-open")
	}
	both := func(name string) {
		for i, side := range []string{"partner", "provider"} {
			b.look(i)
			b.until("the newest message is in sight", `[...document.querySelectorAll('.log')].every(l => { l.scrollTop = l.scrollHeight; return true; })`)
			b.pictures("promise-" + name + "-" + side)
		}
	}
	writes(dana+channel, `/case new severity=2 customer="Browser Garden, store 3" product="Harbor Tills" category="Defect" summary="`+card+`" impact="Gift cards are paid out in cash" first_seen="1 hour ago" environment="Harbor Tills 6.2.1 on Windows 11" steps="1 Sell a plant. 2 Pay by gift card. Expected a receipt, the card was refused. https://logs.example/gift"`)
	b.see(erin+channel+" article.desk", card)
	b.inArticle(dana+channel, card, "[data-act=thread]")
	b.inArticle(erin+channel, card, "[data-act=thread]")
	passes("in 5 hours")
	b.see(dana+thread, "Tell the customer that it takes longer.")
	both("late")
	writes(erin+thread, "ack")
	b.articleSays(dana+thread, "The acknowledgement by Harbor Software was due", "acknowledged it")
	b.see(dana+thread, "The next update comes by")
	both("acknowledged")
	passes("in 4 hours")
	b.see(dana+thread, "You have nothing to do.")
	both("called")
	writes(erin+thread, "We look at the list of gift cards.")
	b.articleSays(dana+thread, "needed somebody again", "acknowledged it")
	both("taken-up")
	writes(erin+thread, `@casebot update next="in 2 hours" text="The list of gift cards was not read at the start. A new version is being tested."`)
	b.articleSays(dana+thread, "has the case", "gave the next update")
	b.see(erin+thread, "passes it on by")
	both("update")
	b.inArticle(dana+thread, "A new version is being tested.", "[data-test=button-relay]")
	b.articleSays(erin+thread, "A new version is being tested.", "told the customer")
	both("passed-on")
	writes(dana+thread, `@casebot wait on=customer reason="They try the new version at till two."`)
	b.articleSays(erin+thread, "A new version is being tested.", "let the case wait on the customer")
	both("waits")
	passes("in 3 days")
	b.see(dana+thread, "please ask again, or resume the case")
	both("reminded")
	passes("in 14 days")
	b.see(dana+thread, "If no answer is to be expected")
	b.click(dana + " [data-test=channel-direct]")
	b.see(dana+channel, "If no answer is to be expected")
	both("reminded-in-person")
	writes(dana+channel, "/case resume NW-1001")
	b.see(dana+channel, "It had waited since")
	both("ended-in-person")
	b.until("the cases are shown again", `(document.querySelector('[data-test=pane-0] [data-test=channel-cases]').click(), true)`)
	b.inArticle(dana+channel, card, "[data-act=thread]")
	b.see(dana+thread, "It had waited since")
	both("ended")
	b.fitsAPhone()
}
