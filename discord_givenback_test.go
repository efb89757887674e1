package main

import (
	"strings"
	"testing"
	"time"

	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
	"casebot/desk"
)

// counted are the times from which words and changes of the severity count on the case.
func (g *shutGuild) counted(words string) (said, changed []time.Time) {
	g.Helper()
	err := g.app.Store.View(g.Context(), func(r desk.Reader) error {
		events, err := r.Events("NW-1001")
		for _, e := range events {
			switch b := e.Body.(type) {
			case desk.Said:
				if strings.Contains(b.Text, words) {
					said = append(said, e.At)
				}
			case desk.SeverityChanged:
				changed = append(changed, e.At)
			}
		}
		return err
	})
	if err != nil {
		g.Fatal(err)
	}
	return said, changed
}

// In the middle of a case the bot's role may not see the cases channel for a while, over a restart too. What an agent
// wrote in the case's thread meanwhile, and a command to the desk there, is carried out once when the role sees the channel
// again; the words count from when they were written. Nobody restarts anything or asks for it.
func TestTheCasesChannelIsGivenBack(t *testing.T) {
	t.Parallel()
	for name, restarts := range map[string]bool{"at work": false, "over a restart": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBothKinds(t, func(g *shutGuild) {
				g.begins()
				dana, _ := g.dir.Person("dana")
				thread := bottest.Spot{Home: g.home.ID, Channel: g.home.Cases, Thread: g.cards()[0]}
				g.discord.Permit(g.home.Cases, "USE_APPLICATION_COMMANDS")
				g.settle()
				g.tell("the case is NW-1001", "ten minutes pass")
				written := g.Now()
				for _, words := range []string{"It also freezes at till five.", "@casebot severity 2 Three tills are down"} {
					if _, err := g.scene.Work.Say(g.Context(), dana, thread, words, nil); err != nil {
						g.Fatal(err)
					}
				}
				g.tell("the case is NW-1001", "20 minutes pass")
				if restarts {
					g.restart()
					g.tell("the case is NW-1001", "ten minutes pass")
				}
				if said, changed := g.counted("till five"); len(said)+len(changed) != 0 {
					g.Fatalf("what the bot does not see is on the case: %v, %v", said, changed)
				}
				g.discord.Permit(g.home.Cases, discordfake.Everything()...)
				g.settle()
				g.tell("the case is NW-1001", "one minute passes", `erin still sees "It also freezes at till five."`)
				said, changed := g.counted("till five")
				for what, at := range map[string][]time.Time{"words": said, "a change of the severity": changed} {
					if len(at) != 1 || at[0].Sub(written).Abs() > time.Second {
						g.Errorf("%s: they count from %v, want once, from %s", what, at, written)
					}
				}
				g.tell("the case is NW-1001", "dana: Since the update of this morning.", `erin sees "Since the update of this morning."`)
			})
		})
	}
}
