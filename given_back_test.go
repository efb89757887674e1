package main

import (
	"strings"
	"testing"
	"time"

	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
	"casebot/desk"
	"casebot/story"
)

// givenBack plays a case in the middle of whose life the desk does not see the cases channel for a while: shut takes it out of
// the channel, again starts the program anew where that is played, and open lets it in. What an agent wrote in the case's
// thread meanwhile, and a command to the desk there, is carried out once when it is let in; the words count from when they were
// written. Nobody restarts anything or asks for it.
func (c *closedCase) givenBack(dana desk.Person, thread bottest.Spot, now func() time.Time, shut, again, open func()) {
	c.Helper()
	shut()
	c.tell("the case is NW-1001", "ten minutes pass")
	written := now()
	for _, words := range []string{"It also freezes at till five.", "@casebot severity 2 Three tills are down"} {
		if _, err := c.scene.Work.Say(c.Context(), dana, thread, words, nil); err != nil {
			c.Fatal(err)
		}
	}
	c.tell("the case is NW-1001", "20 minutes pass")
	if again != nil {
		again()
		c.tell("the case is NW-1001", "ten minutes pass")
	}
	if said, changed := c.counted("till five"); len(said)+len(changed) != 0 {
		c.Fatalf("what the desk does not see is on the case: %v, %v", said, changed)
	}
	open()
	c.tell("the case is NW-1001", "one minute passes", `erin still sees "It also freezes at till five."`)
	said, changed := c.counted("till five")
	for what, at := range map[string][]time.Time{"words": said, "a change of the severity": changed} {
		if len(at) != 1 || at[0].Sub(written).Abs() > time.Second {
			c.Errorf("%s: they count from %v, want once, from %s", what, at, written)
		}
	}
	c.tell("the case is NW-1001", "dana: Since the update of this morning.", `erin sees "Since the update of this morning."`)
}

// counted are the times from which words and changes of the severity count on the case.
func (c *closedCase) counted(words string) (said, changed []time.Time) {
	c.Helper()
	err := c.scene.Store.View(c.Context(), func(r desk.Reader) error {
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
		c.Fatal(err)
	}
	return said, changed
}

// On Discord the bot's role may not see the channel.
func TestTheCasesChannelIsGivenBack(t *testing.T) {
	t.Parallel()
	for name, restarts := range map[string]bool{"at work": false, "over a restart": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBothKinds(t, func(g *shutGuild) {
				g.begins()
				dana, _ := g.dir.Person("dana")
				may := func(rights ...string) func() {
					return func() { g.discord.Permit(g.home.Cases, rights...); g.settle() }
				}
				var again func()
				if restarts {
					again = g.restart
				}
				g.givenBack(dana, bottest.Spot{Home: g.home.ID, Channel: g.home.Cases, Thread: g.cards()[0]}, g.Now,
					may("USE_APPLICATION_COMMANDS"), again, may(discordfake.Everything()...))
			})
		})
	}
}

// On Slack somebody takes the app out of the channel.
func TestTheCasesChannelIsGivenBackOnSlack(t *testing.T) {
	const workspace, channel = "T0NORTHWIND", "C0NORTHWINDCASES"
	for name, restarts := range map[string]bool{"at work": false, "over a restart": true} {
		t.Run(name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
				r := newRevoked(t, s, w)
				r.begins()
				dana, _ := r.dir.Person("dana")
				var again func()
				if restarts {
					again = func() {
						s.stop()
						if err := s.start(t.Context()); err != nil {
							t.Fatal(err)
						}
						w.Store = s.app.Store
					}
				}
				r.givenBack(dana, bottest.Spot{Home: "northwind", Channel: channel, Thread: r.card()}, s.Now,
					func() { s.fake.Kick(workspace, channel); s.settle() }, again,
					func() { s.fake.Join(channel, s.teams[workspace].BotUser); s.settle() })
			})
		})
	}
}
