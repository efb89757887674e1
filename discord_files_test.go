package main

import (
	"slices"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// A case goes over with a log of two megabytes. When the engineer takes it, the message with the log is edited: nobody is
// asked to take the case any more. The log crosses once, and stays where it stood.
func TestEvidenceCrossesOnce(t *testing.T) {
	t.Parallel()
	inBothKinds(t, func(g *shutGuild) {
		g.tell("it is 2026-11-17 10:00 America/Chicago", tillCase, `dana sees "is filed as Sev 3"`)
		dana, _ := g.dir.Person("dana")
		thread := bottest.Spot{Home: g.home.ID, Channel: g.home.Cases, Thread: g.cards()[0]}
		log := bot.File{Name: "till.log", Type: "text/plain", Data: make([]byte, 2<<20)}
		if _, err := g.scene.Work.Say(g.Context(), dana, thread, "The log of till three.", []bot.File{log}); err != nil {
			g.Fatal(err)
		}
		g.tell("the case is NW-1001", "dana: /case escalate NW-1001", "one minute passes", "erin: ack", `dana sees "Erin Demo (Harbor Software) has the case"`, "one minute passes")
		sent, edits := 0, 0
		for _, c := range g.discord.Calls("") {
			if slices.Contains(c.Files, "till.log") {
				sent++
			}
			if list, _ := c.JSON["attachments"].([]any); c.Route == "PATCH /channels/{c}/messages/{m}" && len(list) == 1 && len(c.Files) == 0 {
				edits++
			}
		}
		if sent != 1 || edits == 0 {
			g.Errorf("the log was sent %d times, with %d edits that kept it", sent, edits)
		}
		erin, _ := g.dir.Person("erin")
		there := 0
		home, _ := g.dir.HomeOf(erin.Party)
		var card bot.Ref
		if err := g.app.Store.View(g.Context(), func(v desk.Reader) error {
			posts, err := v.Posts("NW-1001", desk.Provider, desk.PurposeCard)
			if err == nil && len(posts) == 1 {
				card = posts[0].Ref
			}
			return err
		}); err != nil {
			g.Fatal(err)
		}
		for _, m := range g.scene.Work.Read(erin, bottest.Spot{Home: home.ID, Channel: home.Cases, Thread: card}) {
			if slices.Contains(m.Files, "till.log") {
				there++
			}
		}
		if there != 1 {
			g.Errorf("the engineers have the log %d times", there)
		}
	})
}
