package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"casebot/story"
)

// life is a whole life of a case, from a form on a Friday evening to the review on Monday, by every way there is.
var life = strings.Join([]string{
	`it is 2026-11-20 17:55 America/Chicago`,
	`dana: /case new`,
	`dana fills in customer="Demo Market Hall" product="Harbor Pay" category=Defect severity=3 summary="Refunds fail with HB-4012 at till 3" impact="One till sends customers to the next" first_seen="today 17:30" environment="Harbor Pay 6.2.1" steps="1 Scan the receipt. 2 Press refund. Expected a slip, got HB-4012." with till.log`,
	`dana sees "is filed as Sev 3"`,
	`dana: It also happens at till 4 now.`,
	`20 minutes pass`,
	`dana reacts 🆘 on "till 4 now"`,
	`erin sees "Written before it went up"`,
	`erin: ack`,
	`dana sees "Erin Demo (Harbor Software) has the case"`,
	`erin: /case severity {case} 2 Two of five tills now`,
	`dana sees "is now Sev 2"`,
	// A text of the handbook is in the form as soon as it is chosen.
	`erin presses "Update"`,
	`erin fills in template="Acknowledged by engineering" next="in 2 hours"`,
	`dana sees "Hello Demo Market Hall, an engineer is now working on NW-1001"`,
	`dana presses "Told the customer"`,
	`erin presses "Update"`,
	`erin fills in text="We see the refused refunds and are looking at the limit." eta="a fix on Monday" next="in 2 hours"`,
	`dana sees "Expected: a fix on Monday"`,
	`dana presses "Told the customer"`,
	`30 minutes pass`,
	`erin: /case workaround {case} Refund to a gift card meanwhile.`,
	`dana presses "Told the customer"`,
	`erin: @casebot assign egon`,
	`egon sees "gave you this case"`,
	`egon: /case resolve {case} code=fixed text="The refund limit is copied to the new terminals."`,
	`dana sees "Ask the customer, and press the number they give"`,
	`dana presses "2"`,
	`dana presses "Reopen"`,
	`dana fills in why="It fails again at till 4"`,
	`erin sees "reopened"`,
	`erin: /case return {case} code=steps text="Which amount was refunded?"`,
	`dana sees "Which amount"`,
	`dana: /case edit {case} steps="1 Scan the receipt of 120 dollars. 2 Press refund. Expected a slip, got HB-4012."`,
	`dana presses "Escalate"`,
	`erin presses "Acknowledge"`,
	`erin: /case resolve {case} code=fixed text="The limit of till 4 was raised."`,
	`dana presses "Told the customer"`,
	`dana presses "5"`,
	`it becomes 2026-11-23 09:05 America/Los_Angeles`,
	`nora sees "Ops review, Northwind Retail IT"`,
	`-- till.log --`, `17:31 HB-4012 refund refused`, ``}, "\n")

// clockTime finds a time of day that is said without its zone.
var clockTime = regexp.MustCompile(`\b\d{1,2}:\d{2}\b(?: [A-Z]{2,5}\b)?`)

// The whole life on Slack, in both modes: one card on each side, edited in place and never posted again, and every
// other word of the case in its thread; no time without its zone; nothing over a limit of Slack's.
func TestALifeOnSlack(t *testing.T) {
	inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
		var told strings.Builder
		if err := story.Run(t.Context(), w, []byte(life), &told); err != nil {
			t.Fatalf("%v\n%s", err, tail(told.String(), 40))
		}
		for _, channel := range []string{"C0NORTHWINDCASES", "C0HARBORCASES"} {
			cards := 0
			for _, m := range s.fake.Raw(channel) {
				if root, _ := m["thread_ts"].(string); root == "" || root == m["ts"] {
					cards++
					if m["edited"] == nil {
						t.Errorf("%s: the card was never edited: %v", channel, m["text"])
					}
				}
				if m["bot_id"] == nil {
					continue
				}
				for _, at := range clockTime.FindAllString(fmt.Sprint(m["text"]), -1) {
					if !strings.Contains(at, " ") && !strings.Contains(fmt.Sprint(m["text"]), "17:31 HB-4012") {
						t.Errorf("%s: a time without a zone, %q in %v", channel, at, m["text"])
					}
				}
			}
			if cards != 1 {
				t.Errorf("%s has %d messages outside threads, want the one card", channel, cards)
			}
		}
		if left := s.fake.Unacked(); len(left) != 0 {
			t.Errorf("%d envelopes were never acknowledged", len(left))
		}
		if twice := s.fake.Doubles(); len(twice) != 0 {
			t.Errorf("said twice: %q", twice)
		}
	})
}
