package slack

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

// An event of a kind that nobody knows is acknowledged, and what comes after it is heard.
func TestAnUnknownEventIsAcknowledged(t *testing.T) {
	s := stage(t, false, nil)
	for _, odd := range []map[string]any{
		{"type": "telepathy_received", "channel": map[string]any{"id": "C0SUPPORT"}}, {"type": "message", "channel": 7}, {"type": "message", "subtype": "message_changed", "channel": "C0SUPPORT"},
		{"type": "reaction_added", "item": map[string]any{"type": "file"}}, {"type": "channel_id_changed"}, {"type": ""}, {"type": "message", "channel": "C0SUPPORT", "user": "U0DANA", "text": nil, "ts": "x"},
	} {
		s.fake.SendEvent("T0NORTHWIND", odd)
	}
	s.wait()
	if left := s.fake.Unacked(); len(left) > 0 {
		t.Errorf("%d envelopes were never acknowledged", len(left))
	}
	_, err := s.work.Say(t.Context(), s.dana, s.at, "still there", nil)
	s.must(err)
	if n := len(s.inbox.of(bot.Said)); n == 0 {
		t.Error("what came after the unknown event was not heard")
	}
}

// A panic behind the inbox ends neither the process nor the connection.
func TestAPanicEndsNothing(t *testing.T) {
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP mode": true} {
		t.Run(name, func(t *testing.T) {
			s := stage(t, http, nil)
			s.inbox.set(func(in *bot.Interaction) bot.Answer {
				if strings.Contains(in.Text, "boom") {
					panic("boom")
				}
				return bot.Answer{}
			})
			s.work.Say(t.Context(), s.dana, s.at, "boom", nil)
			s.work.Command(t.Context(), s.dana, s.at, "boom")
			s.wait()
			_, err := s.work.Say(t.Context(), s.dana, s.at, "still there", nil)
			s.must(err)
			if n := len(s.inbox.of(bot.Said)); n != 2 {
				t.Errorf("%d messages were heard, want the one that panicked and the one after it", n)
			}
		})
	}
}

// Slack sends an event again that it had no answer to. The desk hands it on under the same id, whatever
// its retry count says: it alone knows whether the first delivery was carried out.
func TestARedeliveredEventBearsTheSameID(t *testing.T) {
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP mode": true} {
		t.Run(name, func(t *testing.T) {
			s := stage(t, http, nil)
			_, err := s.work.Say(t.Context(), s.dana, s.at, "once", nil)
			s.must(err)
			s.fake.Redeliver()
			s.wait()
			got := s.inbox.of(bot.Said)
			if len(got) != 2 || got[0].ID == "" || got[0].ID != got[1].ID {
				t.Errorf("the event and its redelivery came in as %+v", got)
			}
		})
	}
}

// A handler that takes longer than Slack waits: the form's place is held by a view, and what comes late is
// shown there, because the trigger is dead by then.
func TestALateFormTakesThePlaceThatWasHeld(t *testing.T) {
	s := stage(t, false, nil)
	s.inbox.set(func(*bot.Interaction) bot.Answer {
		time.Sleep(openAfter + 200*time.Millisecond) // Longer than the desk waits before it holds the place.
		return bot.Answer{Form: &bot.Form{Name: "new", Title: "New case", Fields: []bot.FormField{{Key: "summary", Label: "Summary", Kind: bot.AskText}}}}
	})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "new"))
	s.eventually("the form", func() bool { f := s.work.Dialog(s.dana); return f != nil && len(f.Fields) == 1 })
	s.inbox.set(func(*bot.Interaction) bot.Answer {
		time.Sleep(openAfter + 200*time.Millisecond)
		m := bot.Say("a late word")
		return bot.Answer{Message: &m}
	})
	s.must(s.work.Command(t.Context(), s.marco, s.at, "list"))
	s.eventually("the late answer", func() bool {
		f := s.work.Dialog(s.marco)
		return f != nil && strings.Contains(bot.PlainText(bot.Message{Blocks: f.Intro}, time.UTC), "a late word")
	})
}

// A dead trigger opens nothing. The person is told, and the way on is a button.
func TestAnExpiredTriggerIsToldWithAWayOn(t *testing.T) {
	s := stage(t, false, nil)
	s.inbox.set(func(*bot.Interaction) bot.Answer {
		return bot.Answer{Form: &bot.Form{Name: "resolve", Case: "NW-1", Title: "Resolve NW-1", Fields: []bot.FormField{{Key: "text", Label: "What was done", Kind: bot.AskLong}}}}
	})
	dead := true
	s.fake.Fault("views.open", func(int) *slackfake.Fault {
		if dead {
			dead = false
			return &slackfake.Fault{Error: "expired_trigger_id"}
		}
		return nil
	})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "resolve NW-1"))
	if said := s.sees(s.dana, s.at); !strings.Contains(said, "could not be opened in time") || !strings.Contains(said, "[Open the form]") {
		t.Errorf("Dana reads %q", said)
	}
	seen := s.work.Read(s.dana, s.at)
	s.must(s.work.Press(t.Context(), s.dana, seen[len(seen)-1].Ref, "Open the form"))
	if s.work.Dialog(s.dana) == nil {
		t.Error("the button opens nothing")
	}
}

// An answer larger than an acknowledgement may be goes another way and is seen all the same.
func TestALargeAnswerGoesAroundTheAcknowledgement(t *testing.T) {
	s := stage(t, false, nil)
	var list bot.Block
	list.Kind = bot.List
	for range 150 {
		list.Items = append(list.Items, []bot.Span{bot.C("NW-1042"), bot.T(" Sev 2 "), bot.B("Acme"), bot.T(" a summary"), bot.T(" due"), bot.T(" soon")})
	}
	m := bot.Message{Title: []bot.Span{bot.T("All of it")}, Blocks: []bot.Block{list}}
	s.inbox.set(func(*bot.Interaction) bot.Answer { return bot.Answer{Message: &m} })
	s.must(s.work.Command(t.Context(), s.dana, s.at, "list"))
	if said := s.sees(s.dana, s.at); !strings.Contains(said, "All of it") {
		t.Errorf("Dana reads %.200q", said)
	}
	// A form that is answered by a far larger one.
	form := bot.Form{Name: "new", Title: "New case", Fields: []bot.FormField{{Key: "a", Label: "A", Kind: bot.AskText}}}
	s.inbox.set(func(in *bot.Interaction) bot.Answer {
		f := form
		if in.Kind == bot.Submit {
			f.Fields = append([]bot.FormField{}, f.Fields...)
			for _, key := range strings.Fields("b c d e f g h i j k") {
				f.Fields = append(f.Fields, bot.FormField{Key: key, Label: key, Kind: bot.AskLong, Value: strings.Repeat("x", 2900)})
			}
		}
		return bot.Answer{Form: &f}
	})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "new"))
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"a": "1"}, nil))
	s.eventually("the large form", func() bool { f := s.work.Dialog(s.dana); return f != nil && len(f.Fields) == 11 })
	if left := s.fake.Problems(); len(left) > 0 {
		t.Error(left)
	}
	if left := s.fake.Unacked(); len(left) > 0 {
		t.Errorf("%d envelopes were never acknowledged", len(left))
	}
}

// Each refusal of Slack has its consequence: wait, give up with a reason, or look before sending again.
func TestRefusalsOfASendAreSorted(t *testing.T) {
	s := stage(t, false, nil)
	h, _ := s.dir.Home("nw")
	for _, c := range []struct {
		name  string
		fault slackfake.Fault
		kind  bot.SendKind
		after time.Duration
		says  string
	}{
		{"a rate limit", slackfake.Fault{Status: 429, RetryAfter: 7}, bot.Temporary, 7 * time.Second, ""},
		{"an outage before anything was taken", slackfake.Fault{Error: "service_unavailable"}, bot.Temporary, 0, ""},
		{"a server's error", slackfake.Fault{Status: 500}, bot.Unclear, 0, ""},
		{"an error of which nobody knows", slackfake.Fault{Error: "fatal_error"}, bot.Unclear, 0, ""},
		{"a lost answer", slackfake.Fault{Accept: true}, bot.Unclear, 0, ""},
		{"kicked from the channel", slackfake.Fault{Error: "not_in_channel"}, bot.Temporary, time.Minute, "/invite"},
		{"a token revoked", slackfake.Fault{Error: "token_revoked"}, bot.Temporary, time.Minute, "install"},
		{"a token that is not valid", slackfake.Fault{Error: "invalid_auth"}, bot.Temporary, time.Minute, "copy it anew"},
		{"a scope that is missing", slackfake.Fault{Error: "missing_scope"}, bot.Permanent, 0, "scope"},
		{"an archived channel", slackfake.Fault{Error: "is_archived"}, bot.Temporary, time.Minute, "archived"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.fake.Fault("chat.postMessage", func(int) *slackfake.Fault { f := c.fault; return &f })
			_, err := s.Post(t.Context(), bot.To{Home: h, Channel: h.Cases}, bot.Say("hello"), "d")
			kind, after := bot.SendKindOf(err)
			if kind != c.kind || after != c.after || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it is %s after %s: %v; want %s after %s", kind, after, err, c.kind, c.after)
			}
		})
	}
}

// The real losses, made by the service itself: out of the channel, out of the workspace.
func TestKickedAndRevoked(t *testing.T) {
	s := stage(t, false, nil)
	h, _ := s.dir.Home("nw")
	s.fake.Kick("T0NORTHWIND", "C0SUPPORT")
	_, err := s.Post(t.Context(), bot.To{Home: h, Channel: h.Cases}, bot.Say("hello"), "d")
	var e *bot.SendError
	if !errors.As(err, &e) || e.Kind != bot.Temporary || !e.Closed || e.Where != supportID || !s.Shut(h, supportID) || s.Shut(h, "") {
		t.Errorf("a post to a channel the app was kicked from: %v", err)
	}
	if s.Ready() != nil {
		t.Errorf("one channel makes the whole platform not ready: %v", s.Ready())
	}
	s.fake.Revoke("T0NORTHWIND")
	s.eventually("the workspace to be reported", func() bool { err := s.Ready(); return err != nil && strings.Contains(err.Error(), "T0NORTHWIND") })
	if err := s.Ready(); strings.Contains(err.Error(), "T0HARBOR") {
		t.Errorf("the other workspace suffers with it: %v", err)
	}
	if !s.Shut(h, "") {
		t.Error("the workspace counts as open")
	}
}

// A storm of 429s: each notice arrives once, in order, when Slack takes it again.
func TestARateLimitStormLosesNothing(t *testing.T) {
	s := stage(t, false, nil)
	s.fake.Fault("chat.postMessage", func(call int) *slackfake.Fault {
		if call%3 != 0 {
			return &slackfake.Fault{Status: 429, RetryAfter: 1}
		}
		return nil
	})
	h, _ := s.dir.Home("nw")
	for _, id := range []string{"one", "two", "three"} {
		for {
			_, err := s.Post(t.Context(), bot.To{Home: h, Channel: h.Cases}, bot.Say(id), id)
			if err == nil {
				break
			}
			if kind, after := bot.SendKindOf(err); kind != bot.Temporary || after != time.Second {
				t.Fatalf("the storm gives %v", err)
			}
		}
	}
	if got := s.sees(s.dana, s.at); got != "one\ntwo\nthree" {
		t.Errorf("the channel reads %q", got)
	}
}

// Slack changes a channel's id when the channel is shared. The home, the cards and their buttons stay.
func TestAChannelsNewIDIsFollowed(t *testing.T) {
	w := newWorld(t, false)
	s := play(t, w, nil)
	before := s.card("the card", "d1")
	s.fake.ChangeChannelID("C0SUPPORT", "C0SHARED")
	s.wait()
	at := bottest.Spot{Home: "nw", Channel: "C0SHARED"}
	if err := s.Edit(t.Context(), before, bot.Say("the card, edited")); err != nil {
		t.Errorf("the card can't be edited any more: %v", err)
	}
	after := s.card("another card", "d2")
	if !strings.HasPrefix(string(after), "nw:C0SUPPORT/") {
		t.Errorf("a message of the same channel is called %s now", after)
	}
	s.must(s.work.Toggle(t.Context(), bot.React, s.dana, bot.Ref(strings.Replace(string(before), "C0SUPPORT", "C0SHARED", 1)), "🆘"))
	if got := s.inbox.of(bot.React); len(got) != 1 || got[0].Message != before || got[0].Home != "nw" {
		t.Errorf("the reaction came in as %+v, want on %s", got, before)
	}
	s.end()
	s = play(t, w, nil) // After a restart too.
	if err := s.Edit(t.Context(), before, bot.Say("edited again")); err != nil {
		t.Errorf("after a restart the card can't be edited: %v", err)
	}
	if got := s.sees(s.dana, at); !strings.Contains(got, "edited again") {
		t.Errorf("the channel reads %q", got)
	}
}

// A socket that Slack wants to renew, or that breaks: the other one hears meanwhile, and it comes back.
func TestSocketsAreRenewedWithoutLoss(t *testing.T) {
	s := stage(t, false, nil)
	s.eventually("two sockets", func() bool { return s.fake.Sockets("T0NORTHWIND") == socketsEach })
	s.fake.Disconnect("T0NORTHWIND", "warning")
	for _, word := range []string{"one", "two", "three"} {
		_, err := s.work.Say(t.Context(), s.dana, s.at, word, nil)
		s.must(err)
	}
	if n := len(s.inbox.of(bot.Said)); n != 3 {
		t.Errorf("%d of 3 messages were heard while a socket was renewed", n)
	}
	s.eventually("two sockets again", func() bool { return s.fake.Sockets("T0NORTHWIND") == socketsEach })
}

// A wrong workspace is found at the start, and named.
func TestATokenOfAnotherWorkspaceIsRefused(t *testing.T) {
	w := newWorld(t, true)
	o := w.options()
	other, _ := w.dir.Home("hb")
	k := o.Tokens(other)
	o.Tokens = func(desk.Home) Tokens { return k }
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.identify(t.Context(), p.team("T0NORTHWIND")); err == nil || !strings.Contains(err.Error(), "T0HARBOR") {
		t.Errorf("the token of another workspace is taken: %v", err)
	}
	if p.Ready() == nil {
		t.Error("it says that it is ready")
	}
}

// Nobody has to guess the rest of an answer that is too long: it ends in "…", and the whole of it comes as a
// file into the direct conversation.
func TestALongAnswerIsCutAndTheWholeOfItIsAtHand(t *testing.T) {
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP mode": true} {
		t.Run(name, func(t *testing.T) {
			s := stage(t, http, nil)
			m := bot.Message{Title: []bot.Span{bot.T("NW-1001")}, Footer: []bot.Span{bot.T("Handbook 1.")}}
			for range 20 {
				m.Blocks = append(m.Blocks, bot.Q(strings.Repeat("a line of the log ", 100)))
			}
			m.Blocks = append(m.Blocks, bot.P(bot.T("the very end")))
			s.inbox.set(func(*bot.Interaction) bot.Answer { return bot.Answer{Message: &m} })
			s.must(s.work.Command(t.Context(), s.dana, s.at, "show NW-1001"))
			if said := s.sees(s.dana, s.at); !strings.Contains(said, "…") || !strings.Contains(said, "The whole text is in your direct messages") || strings.Contains(said, "the very end") {
				t.Errorf("in the channel Dana reads %.300q … %q", said, said[max(0, len(said)-200):])
			}
			_, err := s.work.Say(t.Context(), s.dana, bottest.Spot{Home: "nw"}, "show NW-1001", nil)
			s.must(err)
			var whole int
			for _, x := range s.work.Read(s.dana, bottest.Spot{Home: "nw"}) {
				for _, y := range s.work.Read(s.dana, bottest.Spot{Home: "nw", Thread: x.Ref}) {
					if slices.Contains(y.Files, "whole-message.txt") {
						whole++
					}
				}
			}
			if whole != 2 {
				t.Errorf("%d of 2 long answers have the whole text with them", whole)
			}
			for _, p := range s.fake.Problems() {
				t.Error(p)
			}
		})
	}
}

// Both sockets were cut while the program ran, and words were written: they are read back when one opens
// again, with the time they were written.
func TestWhatWasSaidWithoutAnySocketIsReadBack(t *testing.T) {
	var cards []desk.Post
	s := stage(t, false, func(o *Options) { o.Threads = func(context.Context) ([]desk.Post, error) { return cards, nil } })
	root := s.card("the card", "d1")
	cards = []desk.Post{{Ref: root}}
	thread := s.at
	thread.Thread = root
	nw := s.Platform.team("T0NORTHWIND")
	// A socket that is only on its way would open after the line was cut.
	s.eventually("both sockets", func() bool { nw.mu.Lock(); defer nw.mu.Unlock(); return nw.sockets == socketsEach })
	var down atomic.Bool
	down.Store(true)
	s.fake.Fault("apps.connections.open", func(int) *slackfake.Fault {
		if down.Load() {
			return &slackfake.Fault{Status: 503}
		}
		return nil
	})
	s.saveUnlessReading(t.Context(), nw)
	s.fake.Drop("T0NORTHWIND")
	s.eventually("both to be gone", func() bool { nw.mu.Lock(); defer nw.mu.Unlock(); return nw.sockets == 0 })
	s.clock.Advance(5 * time.Minute)
	said, _ := s.work.Say(t.Context(), s.marco, thread, "while nobody listened", nil)
	s.clock.Advance(5 * time.Minute)
	down.Store(false)
	s.eventually("the words", func() bool {
		return slices.ContainsFunc(s.inbox.of(bot.Said), func(in bot.Interaction) bool {
			p, _ := parseRef(said)
			return in.Text == "while nobody listened" && in.At.Equal(timeOf(p.ts)) && in.Thread == root && in.Person.ID == "marco"
		})
	})
}

// Slack tells of every character that is typed into a question that changes the form. The form changes when
// the person pauses, with what they have typed by then, and no word is lost.
func TestTheFormChangesWhenThePersonPauses(t *testing.T) {
	s := stage(t, true, func(o *Options) { o.Typing = 60 * time.Millisecond })
	s.inbox.set(func(in *bot.Interaction) bot.Answer {
		return bot.Answer{Form: &bot.Form{Name: "new", Title: "New case", Intro: []bot.Block{bot.P(bot.T("About: " + in.Values["summary"]))},
			Fields: []bot.FormField{{Key: "summary", Label: "Summary", Kind: bot.AskText, Live: true, Value: in.Values["summary"]}}}}
	})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "new"))
	const words = "Card payments fail"
	for i := range words {
		if err := s.fake.Type("T0NORTHWIND", "U0DANA", "summary", words[:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	s.eventually("the form to change", func() bool {
		f := s.work.Dialog(s.dana)
		return f != nil && strings.Contains(bot.PlainText(bot.Message{Blocks: f.Intro}, time.UTC), "About: "+words)
	})
	if f := s.work.Dialog(s.dana); f.Fields[0].Value != words {
		t.Errorf("what was typed is %q now", f.Fields[0].Value)
	}
	if n := len(s.inbox.of(bot.Refresh)); n >= len(words) {
		t.Errorf("the form was built %d times for %d characters", n, len(words))
	}
}

// A form that is sent while its last words still wait for a pause is sent once: nothing of it changes the form, or
// keeps a draft, after it was filed. One that comes back with errors goes on as before.
func TestAFormThatIsSentIsNotChangedAnyMore(t *testing.T) {
	// The form must be sent while it is waited for more typing, on a slow machine too.
	s := stage(t, false, func(o *Options) { o.Typing = 400 * time.Millisecond })
	refuse := true
	s.inbox.set(func(in *bot.Interaction) bot.Answer {
		f := &bot.Form{Name: "new", Title: "New case", Fields: []bot.FormField{{Key: "summary", Label: "Summary", Kind: bot.AskText, Live: true, Value: in.Values["summary"]}}}
		if in.Kind == bot.Submit && !refuse {
			m := bot.Say("filed")
			return bot.Answer{Message: &m, Done: true}
		}
		if in.Kind == bot.Submit {
			f.Fields[0].Error = "Say more."
		}
		return bot.Answer{Form: f}
	})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "new"))
	if err := s.fake.Type("T0NORTHWIND", "U0DANA", "summary", "asdf"); err != nil {
		t.Fatal(err)
	}
	heard := func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.live) > 0 }
	s.eventually("what was typed", heard)
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"summary": "asdf"}, nil))
	if f := s.work.Dialog(s.dana); f == nil || f.Fields[0].Error != "Say more." {
		t.Fatalf("the form came back as %+v", f)
	}
	if n := len(s.inbox.of(bot.Refresh)); n != 0 {
		t.Errorf("the sent form was changed %d times", n)
	}
	if err := s.fake.Type("T0NORTHWIND", "U0DANA", "summary", "Card payments"); err != nil {
		t.Fatal(err)
	}
	s.eventually("the change", func() bool { return len(s.inbox.of(bot.Refresh)) == 1 })
	s.wait()
	refuse = false
	if err := s.fake.Type("T0NORTHWIND", "U0DANA", "summary", "Card payments fail"); err != nil {
		t.Fatal(err)
	}
	s.eventually("the last words", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, r := range s.live {
			return r.working
		}
		return false
	})
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"summary": "Card payments fail"}, nil))
	if f, n := s.work.Dialog(s.dana), len(s.inbox.of(bot.Refresh)); f != nil || n != 1 {
		t.Errorf("after it was sent the form is %+v and was changed %d times", f, n)
	}
}

// Connections need the app-level token alone. A bot token that is not good keeps the workspace from being ready,
// however many connections are open; when it is good at last, it is.
func TestAnOpenConnectionIsNoGoodToken(t *testing.T) {
	w := newWorld(t, false)
	var bad atomic.Bool
	bad.Store(true)
	w.fake.Fault("auth.test", func(int) *slackfake.Fault {
		if bad.Load() {
			return &slackfake.Fault{Error: "invalid_auth"}
		}
		return nil
	})
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, &recorder{dir: w.dir}) }()
	s := &scene{T: t, world: w}
	s.eventually("two sockets and a refusal", func() bool {
		return w.fake.Sockets("T0NORTHWIND") == socketsEach && len(w.fake.Calls("auth.test")) >= 2
	})
	s.eventually("the token to be named", func() bool {
		err := p.Ready()
		return err != nil && strings.Contains(err.Error(), "the token is not valid")
	})
	bad.Store(false)
	s.eventually("the workspace to be ready", func() bool { return p.Ready() == nil })
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
