package main

import (
	"strings"
	"testing"

	"casebot/story"
)

// The app is thrown out of the cases channel. Filing still works and is answered; the duty manager reads what
// waits and what mends it; invited again, the card comes once by itself, with everything that was said meanwhile under it.
func TestKickedFromTheChannel(t *testing.T) {
	inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
		tell := func(lines ...string) {
			t.Helper()
			var told strings.Builder
			if err := story.Run(t.Context(), w, []byte(strings.Join(lines, "\n")), &told); err != nil {
				t.Fatalf("%v\n%s", err, tail(told.String(), 30))
			}
		}
		s.fake.Kick("T0NORTHWIND", "C0NORTHWINDCASES")
		tell("it is 2026-11-17 10:00 America/Chicago", tillCase, `dana sees "is filed as Sev 3"`,
			"dana: /case escalate NW-1001", `dana sees "is with Harbor Software now"`,
			"three minutes pass",
			"nora: /case undelivered", `nora sees "Waiting for Northwind Retail IT: "`, `nora sees "the bot is not in channel C0NORTHWINDCASES; invite it there with /invite @casebot. What waits is sent by itself"`)
		if n := len(s.fake.Raw("C0NORTHWINDCASES")); n != 0 {
			t.Errorf("%d messages are in the channel the app was thrown out of", n)
		}
		s.fake.Join("C0NORTHWINDCASES", s.teams["T0NORTHWIND"].BotUser)
		s.settle()
		tell("the case is NW-1001", "one minute passes", "nora: /case undelivered", `nora sees "Everything was delivered"`, `dana still sees "escalated to Harbor Software"`)
		cards := 0
		for _, m := range s.fake.Raw("C0NORTHWINDCASES") {
			if root, _ := m["thread_ts"].(string); m["subtype"] == nil && (root == "" || root == m["ts"]) {
				cards++
			}
		}
		if cards != 1 {
			t.Errorf("the channel has %d messages outside threads, want the one card", cards)
		}
	})
}
