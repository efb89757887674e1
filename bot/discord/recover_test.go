package discord

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/discord/discordfake"
	"casebot/desk"
)

// openCards gives one card as those of the open cases.
func openCards(card *bot.Ref) func(context.Context) ([]desk.Post, error) {
	return func(context.Context) ([]desk.Post, error) {
		if *card == "" {
			return nil, nil
		}
		return []desk.Post{{Ref: *card}}, nil
	}
}

// What was said, edited and reacted while the desk was down is read back with its own times, in a text
// channel, in a forum and in a private room.
func TestWhatWasMissedIsReadBack(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		t.Run(kind, func(t *testing.T) {
			var card bot.Ref
			threads := func(o *Options) { o.Threads = openCards(&card) }
			s := stage(t, kind, threads)
			card = s.card("the card", "d1")
			at := s.thread(card)
			first, err := s.work.Say(t.Context(), s.dana, at, "before", nil)
			s.must(err)
			s.must(s.work.Toggle(t.Context(), bot.React, s.dana, card, "✋"))
			s.must(s.work.Toggle(t.Context(), bot.React, s.marco, card, "🆘"))
			s.clock.Advance(10 * time.Minute)
			_, err = s.work.Say(t.Context(), s.dana, at, "later", nil)
			s.must(err)
			s.end()
			s.clock.Advance(3 * time.Hour)
			said := s.clock.Now()
			_, err = s.work.Say(t.Context(), s.marco, at, "it burns", nil)
			s.must(err)
			s.clock.Advance(time.Minute)
			s.must(s.work.Rewrite(t.Context(), s.dana, first, "before, in better words"))
			s.must(s.work.Toggle(t.Context(), bot.Unreact, s.dana, card, "✋"))
			s.must(s.work.Toggle(t.Context(), bot.React, s.dana, card, "✅"))
			s.clock.Advance(5 * time.Hour)
			s = play(t, s.world, threads)
			s.wait()
			var words []bot.Interaction
			for _, in := range s.inbox.of(bot.Said) {
				if in.Text != "later" { // The last two minutes are read twice, under the same ids.
					words = append(words, in)
				}
			}
			if len(words) != 1 || words[0].Text != "it burns" || words[0].At.Sub(said).Abs() > time.Second || words[0].Thread != card || words[0].Person.ID != "marco" {
				t.Errorf("read back as said: %+v", words)
			}
			if got := s.inbox.of(bot.Edited); len(got) != 1 || got[0].Text != "before, in better words" || got[0].Message != first {
				t.Errorf("read back as edited: %+v", got)
			}
			if got := s.inbox.of(bot.React); len(got) != 1 || got[0].Emoji != "✅" || got[0].Message != card || got[0].Person.ID != "dana" {
				t.Errorf("read back as reactions: %+v", got)
			}
			if got := s.inbox.of(bot.Unreact); len(got) != 1 || got[0].Emoji != "✋" {
				t.Errorf("read back as taken off: %+v", got)
			}
			s.broken()
		})
	}
}

// A thread of an open case that fell asleep is woken, at the start and while the desk runs; one of a closed
// case may sleep.
func TestThreadsOfOpenCasesAreKeptAwake(t *testing.T) {
	var card bot.Ref
	s := stage(t, "text", func(o *Options) { o.Threads = openCards(&card) })
	open := s.card("open", "d1")
	closed := s.card("closed", "d2")
	for _, c := range []bot.Ref{open, closed} {
		_, err := s.work.Say(t.Context(), s.dana, s.thread(c), "words", nil)
		s.must(err)
	}
	card = open
	asleep := func(c bot.Ref) bool {
		at, _ := parseRef(c)
		x, err := s.freshChannel(t.Context(), s.apps[0], at.id)
		return err == nil && x.archived()
	}
	for _, c := range []bot.Ref{open, closed} {
		at, _ := parseRef(c)
		s.fake.Archive(at.id)
	}
	s.wait()
	s.eventually("waking", func() bool { return !asleep(open) })
	if !asleep(closed) {
		t.Error("the thread of a closed case was woken")
	}
	s.end()
	at, _ := parseRef(open)
	s.fake.Archive(at.id)
	s = play(t, s.world, func(o *Options) { o.Threads = openCards(&card) })
	s.eventually("waking at the start", func() bool { return !asleep(open) })
	// Words and edits into a sleeping thread wake it by themselves.
	to := bot.To{Home: s.home(), Channel: supportID, Thread: closed}
	ref, err := s.Post(t.Context(), to, bot.Say("one more thing"), "d3")
	s.must(err)
	closedAt, _ := parseRef(closed)
	s.fake.Archive(closedAt.id)
	s.must(s.Edit(t.Context(), ref, bot.Say("one more thing, mended")))
	s.fake.Archive(closedAt.id)
	s.must(s.React(t.Context(), ref, "👀"))
}

// A send whose answer was lost is found after a restart too, when no nonce is remembered any more: by what it
// looks like, and never another delivery's.
func TestALostSendIsFoundAfterARestart(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		t.Run(kind, func(t *testing.T) {
			s := stage(t, kind, nil)
			s.card("the same words", "d0") // Of another delivery.
			s.fake.Drop(s.bot)             // Nothing tells of the message.
			lose(s)
			to := bot.To{Home: s.home(), Channel: supportID}
			m := bot.Message{Blocks: []bot.Block{bot.P(bot.T("did it arrive"))}}
			if _, err := s.Post(t.Context(), to, m, "d1"); err == nil {
				t.Fatal("the answer was not lost")
			}
			s.end()
			s.clock.Advance(time.Hour) // Longer than Discord remembers a nonce.
			s = play(t, s.world, nil)
			ref, found, err := s.Find(t.Context(), to, "d1")
			if err != nil || !found {
				t.Fatalf("found %q (%v), %v", ref, found, err)
			}
			if err := s.Edit(t.Context(), ref, bot.Say("it did")); err != nil {
				t.Fatal(err)
			}
			if said := s.sees(s.dana, s.at); strings.Count(said, "it did") != 1 || strings.Contains(said, "did it arrive") {
				t.Errorf("Dana reads %q", said)
			}
			if _, found, err := s.Find(t.Context(), to, "d2"); found || err != nil {
				t.Errorf("what was never sent is found: %v", err)
			}
		})
	}
}

// So is one with a picture in its card, which Discord does not count among the attachments.
func TestALostPictureIsFoundAfterARestart(t *testing.T) {
	s := stage(t, "text", nil)
	s.fake.Drop(s.bot)
	lose(s)
	to := bot.To{Home: s.home(), Channel: supportID}
	m := bot.Message{Files: []bot.File{{Name: "weeks.png", Type: "image/png", Data: []byte("a chart")}, {Name: "weeks.csv", Type: "text/csv", Data: []byte("1,2")}},
		Blocks: []bot.Block{bot.P(bot.T("the weeks")), {Kind: bot.Image, File: "weeks.png", Alt: "cases by week"}}}
	if _, err := s.Post(t.Context(), to, m, "d1"); err == nil {
		t.Fatal("the answer was not lost")
	}
	s.end()
	s.clock.Advance(time.Hour)
	s = play(t, s.world, nil)
	if ref, found, err := s.Find(t.Context(), to, "d1"); err != nil || !found {
		t.Errorf("found %q (%v), %v", ref, found, err)
	}
	s.broken()
}

// A deletion tells nobody's name; the desk knows it over a restart.
func TestADeletionAfterARestart(t *testing.T) {
	s := stage(t, "text", nil)
	card := s.card("the card", "d1")
	ref, err := s.work.Say(t.Context(), s.dana, s.thread(card), "a secret", nil)
	s.must(err)
	s.end()
	s = play(t, s.world, nil)
	s.must(s.work.Remove(t.Context(), s.dana, ref))
	if got := s.inbox.of(bot.Deleted); len(got) != 1 || got[0].Message != ref || got[0].Person.ID != "dana" {
		t.Errorf("the deletion came in as %+v", got)
	}
}

// A reading back in which Discord refuses the token does not move the mark up to which the bot heard: the next one begins
// there.
func TestAReadingThatIsCutOffIsBegunAgain(t *testing.T) {
	s := stage(t, "text", nil)
	a := s.apps[0]
	s.saveUnlessReading(t.Context(), a)
	before, _ := s.state.Get(t.Context(), a.heardKey())
	s.clock.Advance(time.Hour)
	a.set(func(a *app) { a.heard = s.clock.Now() })
	failing(s, "GET /channels/{c}/messages", 1, discordfake.Fault{Status: http.StatusUnauthorized})
	s.recover(t.Context(), a)
	s.saveUnlessReading(t.Context(), a)
	if after, _ := s.state.Get(t.Context(), a.heardKey()); len(before) == 0 || string(after) != string(before) {
		t.Errorf("the mark went from %s to %s", before, after)
	}
	s.clock.Advance(closedAgain)
	s.recover(t.Context(), a)
	if after, _ := s.state.Get(t.Context(), a.heardKey()); string(after) == string(before) {
		t.Errorf("after a whole reading the mark is still %s", after)
	}
}

// silentState is a store that does not answer when it is asked.
type silentState struct{ State }

func (silentState) Get(context.Context, string) ([]byte, error) {
	return nil, errors.New("the store does not answer")
}

// A store that does not answer at the start does not make the desk believe that it missed nothing.
func TestAMarkThatCannotBeReadStays(t *testing.T) {
	s := stage(t, "text", nil)
	a := s.apps[0]
	s.saveUnlessReading(t.Context(), a)
	before, _ := s.state.Get(t.Context(), a.heardKey())
	s.clock.Advance(time.Hour)
	a.set(func(a *app) { a.heard = s.clock.Now() })
	s.State = silentState{s.state}
	s.recover(t.Context(), a)
	s.State = s.state
	s.saveUnlessReading(t.Context(), a)
	if after, _ := s.state.Get(t.Context(), a.heardKey()); len(before) == 0 || string(after) != string(before) {
		t.Errorf("the mark went from %s to %s", before, after)
	}
}
