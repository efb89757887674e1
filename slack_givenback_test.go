package main

import (
	"strings"
	"testing"
	"time"

	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/story"
)

// counted are the times from which words and changes of the severity count on the case.
func (r *revoked) counted(words string) (said, changed []time.Time) {
	r.Helper()
	err := r.app.Store.View(r.Context(), func(v desk.Reader) error {
		events, err := v.Events("NW-1001")
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
		r.Fatal(err)
	}
	return said, changed
}

// In the middle of a case somebody takes the app out of the cases channel for a while, over a restart too. What an agent
// wrote in the case's thread meanwhile, and a command to the desk there, is carried out once when the app is invited again;
// the words count from when they were written. Nobody restarts anything or asks for it.
func TestTheCasesChannelIsGivenBackOnSlack(t *testing.T) {
	for name, restarts := range map[string]bool{"at work": false, "over a restart": true} {
		t.Run(name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
				r := newRevoked(t, s, w)
				r.begins()
				dana, _ := r.dir.Person("dana")
				thread := bottest.Spot{Home: "northwind", Channel: "C0NORTHWINDCASES", Thread: r.card()}
				s.fake.Kick("T0NORTHWIND", "C0NORTHWINDCASES")
				s.settle()
				r.tell("the case is NW-1001", "ten minutes pass")
				written := s.Now()
				for _, words := range []string{"It also freezes at till five.", "@casebot severity 2 Three tills are down"} {
					if _, err := w.Work.Say(t.Context(), dana, thread, words, nil); err != nil {
						t.Fatal(err)
					}
				}
				r.tell("the case is NW-1001", "20 minutes pass")
				if restarts {
					s.stop()
					if err := s.start(t.Context()); err != nil {
						t.Fatal(err)
					}
					w.Store = s.app.Store
					r.tell("the case is NW-1001", "ten minutes pass")
				}
				if said, changed := r.counted("till five"); len(said)+len(changed) != 0 {
					t.Fatalf("what the app does not see is on the case: %v, %v", said, changed)
				}
				s.fake.Join("C0NORTHWINDCASES", s.teams["T0NORTHWIND"].BotUser)
				s.settle()
				r.tell("the case is NW-1001", "one minute passes", `erin still sees "It also freezes at till five."`)
				said, changed := r.counted("till five")
				for what, at := range map[string][]time.Time{"words": said, "a change of the severity": changed} {
					if len(at) != 1 || at[0].Sub(written).Abs() > time.Second {
						t.Errorf("%s: they count from %v, want once, from %s", what, at, written)
					}
				}
				r.tell("the case is NW-1001", "dana: Since the update of this morning.", `erin sees "Since the update of this morning."`)
			})
		})
	}
}
