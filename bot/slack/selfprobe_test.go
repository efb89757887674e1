package slack

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/slack/slackfake"
)

// without the named event subscriptions.
func except(names ...string) []string {
	return slices.DeleteFunc(Events(), func(s string) bool { return slices.Contains(names, s) })
}

// leftovers are what a self-probe has left in a channel.
func leftovers(w *world, channel string) (out []string) {
	for _, m := range w.fake.Raw(channel) {
		if text, _ := m["text"].(string); strings.Contains(text, "casebot check") {
			out = append(out, text)
		}
	}
	return out
}

// With Socket Mode and no casebot running, the check hears for itself whether events are on, and leaves
// nothing behind.
func TestTheCheckHearsItsOwnProbe(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []string
		want   string
	}{
		{"all are on", Events(), "ok: Slack workspace T0NORTHWIND: events arrive (message.channels, reaction_added, reaction_removed)"},
		{"words are not subscribed", except("message.channels"), "error: Slack workspace T0NORTHWIND: events arrive: message.channels did not come: add what is missing"},
		{"reactions are not subscribed", except("reaction_added", "reaction_removed"), "error: Slack workspace T0NORTHWIND: events arrive: reaction_added, reaction_removed did not come: add what is missing"},
		{"events are off", nil, "error: Slack workspace T0NORTHWIND: events arrive: none came of message.channels, reaction_added, reaction_removed: turn on Event Subscriptions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, false)
			w.fake.Subscribe("T0NORTHWIND", c.events...)
			said := checkWith(t, w, nil)
			if !strings.Contains(said, c.want) {
				t.Errorf("the check says:\n%s\nwant %q", said, c.want)
			}
			if !strings.Contains(said, "ok: Slack workspace T0HARBOR: events arrive") {
				t.Errorf("of the other workspace it says:\n%s", said)
			}
			if left := leftovers(w, "C0SUPPORT"); len(left) > 0 {
				t.Errorf("it leaves %q", left)
			}
			for _, p := range w.fake.Problems() {
				t.Error(p)
			}
		})
	}
}

// In a private cases channel it is the private channel's subscription that counts.
func TestTheProbeOfAPrivateChannel(t *testing.T) {
	w := newWorld(t, false)
	w.fake.Private("C0SUPPORT")
	if said := checkWith(t, w, nil); !strings.Contains(said, "T0NORTHWIND: events arrive (message.groups, reaction_added") {
		t.Errorf("the check says:\n%s", said)
	}
}

// The line of the probe stands under a message of the desk that nobody answered, where hardly anybody sees it.
func TestTheProbeHidesUnderAMessageOfTheDesk(t *testing.T) {
	w := newWorld(t, false)
	s := play(t, w, nil)
	root := s.card("the card", "d1")
	s.end()
	checkWith(t, w, nil)
	at, _ := parseRef(root)
	for _, c := range w.fake.Calls("chat.postMessage") {
		if strings.Contains(c.Form.Get("text"), "casebot check") && c.Team == "T0NORTHWIND" && c.Form.Get("thread_ts") != at.ts {
			t.Errorf("the line was posted under %q, want %q", c.Form.Get("thread_ts"), at.ts)
		}
	}
}

// Where casebot serve runs, it is what hears; in HTTP mode nothing else could.
func TestTheCheckAsksTheCasebotThatRuns(t *testing.T) {
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP mode": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, http)
			s := play(t, w, nil)
			serving := func(context.Context) *Serving {
				return &Serving{Address: "http://127.0.0.1:8080", Heard: s.Heard()}
			}
			if said := checkWith(t, w, serving); strings.Count(said, "ok: ") != 2 || !strings.Contains(said, "events arrive at http://127.0.0.1:8080 (message.channels, reaction_added") {
				t.Errorf("the check says:\n%s", said)
			}
			s.wait()
			w.fake.Subscribe("T0NORTHWIND")
			if said := checkWith(t, w, serving); !strings.Contains(said, "error: Slack workspace T0NORTHWIND: events arrive at http://127.0.0.1:8080: none came of") {
				t.Errorf("with events off the check says:\n%s", said)
			}
			if n := w.fake.Sockets("T0NORTHWIND"); !http && n != socketsEach {
				t.Errorf("the app has %d connections; the check may open none beside a casebot that runs", n)
			}
		})
	}
}

// What can't be seen from here is said, and is no error.
func TestTheCheckSaysWhatItCannotSee(t *testing.T) {
	if said := checkWith(t, newWorld(t, true), func(context.Context) *Serving { return nil }); !strings.Contains(said, "warning: Slack workspace T0NORTHWIND: events arrive: in HTTP mode that can be seen only while casebot serve runs") {
		t.Errorf("in HTTP mode the check says:\n%s", said)
	}
	w := newWorld(t, false)
	s := play(t, w, nil) // On another machine: nothing answers at the address of this one.
	s.eventually("two sockets", func() bool { return w.fake.Sockets("T0NORTHWIND") == socketsEach })
	if said := checkWith(t, w, nil); !strings.Contains(said, "warning: Slack workspace T0NORTHWIND: events arrive: casebot runs elsewhere with this app (2 connections)") {
		t.Errorf("beside another casebot the check says:\n%s", said)
	}
	s.end()
	s.eventually("no socket", func() bool { return w.fake.Sockets("T0NORTHWIND") == 0 }) // Slack notices a little later.
	w.fake.Kick("T0NORTHWIND", "C0SUPPORT")
	if said := checkWith(t, w, nil); !strings.Contains(said, "warning: Slack workspace T0NORTHWIND: events arrive: it could not be tried: the bot is not in the channel") {
		t.Errorf("out of the channel the check says:\n%s", said)
	}
}

// A person's act that arrives while the check listens is not taken from the casebot that starts later: it
// stays unacknowledged, and Slack sends it again.
func TestTheCheckTakesNobodysWords(t *testing.T) {
	w := newWorld(t, false)
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	nw := p.team("T0NORTHWIND")
	if err := p.identify(t.Context(), nw); err != nil {
		t.Fatal(err)
	}
	e, _, err := p.openEar(t.Context(), nw)
	if err != nil {
		t.Fatal(err)
	}
	w.fake.SendEvent("T0NORTHWIND", map[string]any{"type": "message", "channel": "C0SUPPORT", "channel_type": "channel", "user": "U0DANA", "text": "the tills are down", "ts": "1772442000.000100"})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if n, _ := e.counts(t.Context()); n["message.channels"] == 1 || time.Now().After(end) {
			break
		}
	}
	e.close()
	if left := w.fake.Unacked(); len(left) > 1 {
		t.Errorf("%d envelopes are open", len(left))
	}
	s := play(t, w, nil)
	w.fake.Settle()
	w.fake.Retry()
	s.eventually("the words", func() bool {
		return slices.ContainsFunc(s.inbox.of(bot.Said), func(in bot.Interaction) bool { return in.Text == "the tills are down" })
	})
}

// A workspace whose commands work and whose events are off is deaf all the same; and what was missed
// meanwhile is read back when events come again.
func TestCommandsDoNotHideThatEventsAreOff(t *testing.T) {
	s := stage(t, false, func(o *Options) { o.Quiet = time.Hour })
	nw := s.Platform.team("T0NORTHWIND")
	s.card("the card", "d1")
	s.fake.Subscribe("T0NORTHWIND")
	s.saveUnlessReading(t.Context(), nw)
	s.clock.Advance(2 * time.Hour)
	_, err := s.work.Say(t.Context(), s.dana, s.at, "@casebot list", nil)
	s.must(err)
	s.must(s.work.Command(t.Context(), s.dana, s.at, "list"))
	s.listenFor(t.Context(), nw)
	s.clock.Advance(time.Minute)
	s.listenFor(t.Context(), nw)
	s.must(s.work.Command(t.Context(), s.dana, s.at, "list"))
	if err := s.Ready(); err == nil || !strings.Contains(err.Error(), "no events come from Slack") {
		t.Errorf("a workspace without events is reported as %v", err)
	}
	s.fake.Subscribe("T0NORTHWIND", Events()...)
	_, err = s.work.Say(t.Context(), s.dana, s.at, "hello", nil)
	s.must(err)
	if err := s.Ready(); err != nil {
		t.Errorf("it hears again and is not ready: %v", err)
	}
	s.eventually("the mention of the deaf hours", func() bool {
		return slices.ContainsFunc(s.inbox.of(bot.Said), func(in bot.Interaction) bool { return in.Mention && in.Text == "list" })
	})
}

// A desk that has posted nothing yet is probed by the line that says the app has joined; where even that is
// not there, it is tried again only minutes later.
func TestAFreshWorkspaceIsProbed(t *testing.T) {
	s := stage(t, false, func(o *Options) { o.Quiet = time.Hour })
	nw := s.Platform.team("T0NORTHWIND")
	s.wait()
	s.clock.Advance(2 * time.Hour)
	for range 5 {
		s.listenFor(t.Context(), nw)
		s.clock.Advance(watchEvery)
	}
	if n := len(s.fake.Calls("conversations.history")); n > 3 { // Two of them are the start's reading back.
		t.Errorf("a probe that can't be made is tried %d times in a minute", n)
	}
	s.fake.Join("C0SUPPORT", s.teams["T0NORTHWIND"].BotUser)
	s.wait()
	if err := s.Probe(t.Context(), "T0NORTHWIND"); err != nil {
		t.Errorf("the line of joining can't be used: %v", err)
	}
	if n := len(s.fake.Calls("reactions.add")); n != 1 {
		t.Errorf("%d reactions were set", n)
	}
}

// When Slack can't be reached by any connection, /readyz says so; one of two that is renewed is nothing.
func TestLostConnectionsAreReported(t *testing.T) {
	s := stage(t, false, nil)
	s.eventually("two sockets", func() bool { return s.fake.Sockets("T0NORTHWIND") == socketsEach })
	s.fake.Disconnect("T0NORTHWIND", "warning")
	s.clock.Advance(time.Hour)
	if err := s.Ready(); err != nil {
		t.Errorf("one renewed connection is reported: %v", err)
	}
	s.eventually("two sockets again", func() bool { return s.fake.Sockets("T0NORTHWIND") == socketsEach })
	var down atomic.Bool
	down.Store(true)
	s.fake.Fault("apps.connections.open", func(int) *slackfake.Fault {
		if down.Load() {
			return &slackfake.Fault{Status: 503}
		}
		return nil
	})
	s.fake.Drop("T0NORTHWIND")
	nw := s.Platform.team("T0NORTHWIND")
	s.eventually("both to be gone", func() bool { nw.mu.Lock(); defer nw.mu.Unlock(); return nw.sockets == 0 })
	s.clock.Advance(lostFor + time.Second)
	if err := s.Ready(); err == nil || !strings.Contains(err.Error(), "T0NORTHWIND: no connection to Slack is open") || strings.Contains(err.Error(), "T0HARBOR") {
		t.Errorf("without any connection it says %v", err)
	}
	down.Store(false)
	s.eventually("the connections to come back", func() bool { return s.Ready() == nil })
}
