package discord

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
)

// The routes that faults are set on.
const (
	sendRoute     = "POST /channels/{c}/messages"
	postRoute     = "POST /channels/{c}/threads"
	callbackRoute = "POST /interactions/{id}/{token}/callback"
	originalRoute = "PATCH /webhooks/{a}/{token}/messages/{m}"
	fileRoute     = "GET /attachments/{c}/{id}/{name}"
)

// lose makes the next send arrive with its answer lost.
func lose(s *scene) {
	lost := false
	for _, route := range []string{sendRoute, postRoute} {
		s.fake.Fault(route, func(int) *discordfake.Fault {
			if lost {
				return nil
			}
			lost = true
			return &discordfake.Fault{Accept: true}
		})
	}
}

// failing fails the first calls of a route.
func failing(s *scene, route string, n int, f discordfake.Fault) {
	s.fake.Fault(route, func(call int) *discordfake.Fault {
		if call > n {
			return nil
		}
		return &f
	})
}

// 500, 502 and 503 are tried again with the same nonce, so that the message is there once; when they go on the
// outbox is told that nothing is known.
func TestAFailingServerIsTriedAgain(t *testing.T) {
	for _, status := range []int{500, 502, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := stage(t, "text", nil)
			failing(s, sendRoute, 2, discordfake.Fault{Status: status})
			s.card("through in the end", "d1")
			if n := strings.Count(s.sees(s.dana, s.at), "through in the end"); n != 1 {
				t.Errorf("the message is there %d times", n)
			}
			failing(s, sendRoute, 1000, discordfake.Fault{Status: status})
			_, err := s.Post(t.Context(), bot.To{Home: s.home(), Channel: supportID}, bot.Say("never"), "d2")
			if kind, _ := bot.SendKindOf(err); kind != bot.Unclear {
				t.Errorf("a server that fails on gives %v", err)
			}
			nonces := map[any]bool{}
			for _, c := range s.fake.Calls(sendRoute) {
				nonces[c.JSON["nonce"]] = true
				if c.JSON["enforce_nonce"] != true || c.JSON["allowed_mentions"] == nil {
					t.Errorf("sent without its nonce enforced, or without allowed_mentions: %v", c.JSON)
				}
			}
			if len(nonces) != 2 {
				t.Errorf("two deliveries were sent under %d nonces", len(nonces))
			}
		})
	}
}

// A short limit is waited for; of a long one the outbox is told how long, and until then no call is made.
func TestRateLimitsAreHonoured(t *testing.T) {
	for name, global := range map[string]bool{"bucket": false, "global": true} {
		t.Run(name, func(t *testing.T) {
			s := stage(t, "text", nil)
			failing(s, sendRoute, 1, discordfake.Fault{Status: 429, RetryAfter: 0.05, Global: global})
			s.card("after a moment", "d1")
			failing(s, sendRoute, 1, discordfake.Fault{Status: 429, RetryAfter: 30, Global: global})
			to := bot.To{Home: s.home(), Channel: supportID}
			_, err := s.Post(t.Context(), to, bot.Say("later"), "d2")
			if kind, after := bot.SendKindOf(err); kind != bot.Temporary || after < 25*time.Second || after > 31*time.Second {
				t.Errorf("a limit of half a minute gives %v", err)
			}
			calls := len(s.fake.Calls(""))
			_, err = s.Post(t.Context(), to, bot.Say("later"), "d2")
			if kind, after := bot.SendKindOf(err); kind != bot.Temporary || after < 20*time.Second || len(s.fake.Calls("")) != calls {
				t.Errorf("within the limit a post gives %v after %d calls", err, len(s.fake.Calls(""))-calls)
			}
		})
	}
}

// The bucket's own headers are kept: with two a second ten messages arrive, each once.
func TestABucketIsKept(t *testing.T) {
	s := stage(t, "text", nil)
	s.fake.Limit(sendRoute, 5, 300*time.Millisecond)
	for i := range 12 {
		if _, err := s.Post(t.Context(), bot.To{Home: s.home(), Channel: supportID}, bot.Say(fmt.Sprint("message ", i, ".")), fmt.Sprint("d", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 12 {
		if n := strings.Count(s.sees(s.dana, s.at), fmt.Sprint("message ", i, ".")); n != 1 {
			t.Errorf("message %d is there %d times", i, n)
		}
	}
}

// A handler that takes longer than Discord waits: its place is held, and what comes late is shown there. A
// form that is late has a button, for a modal can only be a first answer.
func TestALateAnswerHasItsPlaceHeld(t *testing.T) {
	s := stage(t, "text", nil)
	slow := func(answer bot.Answer) {
		s.inbox.set(func(*bot.Interaction) bot.Answer { time.Sleep(holdFor + 200*time.Millisecond); return answer })
	}
	m := bot.Say("a late word")
	slow(bot.Answer{Message: &m})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "list"))
	if said := s.sees(s.dana, s.at); strings.Count(said, "a late word") != 1 {
		t.Errorf("Dana reads %q", said)
	}
	if said := s.sees(s.marco, s.at); strings.Contains(said, "a late word") {
		t.Errorf("Marco reads %q", said)
	}
	slow(bot.Answer{Form: &bot.Form{Name: "resolve", Case: "NW-1", Title: "Resolve NW-1", Fields: []bot.FormField{{Key: "text", Label: "What was done", Kind: bot.AskLong}}}})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "resolve NW-1"))
	seen := s.work.Read(s.dana, s.at)
	s.inbox.asks()
	s.must(s.work.Press(t.Context(), s.dana, seen[len(seen)-1].Ref, "Open the form"))
	if s.work.Dialog(s.dana) == nil {
		t.Error("the button opens nothing")
	}
	if last := s.inbox.of(bot.Press); len(last) != 1 || last[0].Text != "resolve NW-1" {
		t.Errorf("the press came in as %+v", last)
	}
	s.broken()
}

// A token that has died meanwhile: the answer comes as a direct message.
func TestAnExpiredTokenIsGoneAround(t *testing.T) {
	s := stage(t, "text", nil)
	s.inbox.set(func(*bot.Interaction) bot.Answer {
		time.Sleep(holdFor + 200*time.Millisecond)
		s.clock.Advance(16 * time.Minute)
		m := bot.Say("much later")
		return bot.Answer{Message: &m}
	})
	if err := s.work.Command(t.Context(), s.dana, s.at, "list"); err != nil {
		t.Fatal(err)
	}
	s.eventually("the direct message", func() bool { return strings.Contains(s.sees(s.dana, bottest.Spot{}), "much later") })
	// An interaction that Discord does not know any more at all.
	failing(s, callbackRoute, 1000, discordfake.Fault{Status: http.StatusNotFound, Code: 10062})
	s.inbox.says("by another way")
	brief, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	_ = s.work.Command(brief, s.dana, s.at, "list") // Nobody answers in its place.
	s.eventually("the direct message", func() bool { return strings.Contains(s.sees(s.dana, bottest.Spot{}), "by another way") })
}

// An interaction that is delivered twice is answered once, and the second time nothing of the first is undone.
func TestAnInteractionTwiceIsAnsweredOnce(t *testing.T) {
	s := stage(t, "text", nil)
	done := false
	s.inbox.set(func(*bot.Interaction) bot.Answer {
		if done {
			return bot.Answer{} // The desk knows the id.
		}
		done = true
		m := bot.Say("done")
		return bot.Answer{Message: &m}
	})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "ack NW-1"))
	s.fake.Redeliver()
	s.wait()
	got := s.inbox.of(bot.Command)
	if len(got) != 2 || got[0].ID != got[1].ID {
		t.Errorf("the command and its redelivery came in as %+v", got)
	}
	if said := s.sees(s.dana, s.at); strings.Count(said, "done") != 1 {
		t.Errorf("Dana reads %q", said)
	}
	s.broken()
}

// A panic behind the inbox ends neither the process nor the connection.
func TestAPanicEndsNothing(t *testing.T) {
	s := stage(t, "text", nil)
	s.inbox.set(func(in *bot.Interaction) bot.Answer {
		if strings.Contains(in.Text, "boom") {
			panic("boom")
		}
		return bot.Answer{}
	})
	s.work.Say(t.Context(), s.dana, s.at, "boom", nil)
	_ = s.work.Command(t.Context(), s.dana, s.at, "boom")
	s.saysAndIsHeard("still there")
}

// An attachment's address lives a day. One that has expired is asked for again by its message.
func TestAnExpiredLinkIsAskedForAgain(t *testing.T) {
	s := stage(t, "text", nil)
	card := s.card("the card", "d1")
	_, err := s.work.Say(t.Context(), s.dana, s.thread(card), "the log", []bot.File{{Name: "app.log", Type: "text/plain", Data: []byte("line one")}})
	s.must(err)
	s.clock.Advance(48 * time.Hour)
	in := s.inbox.of(bot.Said)
	if len(in) != 1 || len(in[0].Files) != 1 {
		t.Fatalf("the words came in as %+v", in)
	}
	if data, err := in[0].Files[0].Open(); err != nil || string(data) != "line one" {
		t.Errorf("the file reads %q, %v", data, err)
	}
	failing(s, fileRoute, 1, discordfake.Fault{Status: http.StatusBadGateway})
	if data, err := in[0].Files[0].Open(); err != nil || string(data) != "line one" {
		t.Errorf("after a failure the file reads %q, %v", data, err)
	}
	for _, evil := range []string{"http://169.254.169.254/latest", "https://discord.com.evil.test/a", "file:///etc/passwd", "https://evil.test/cdn.discordapp.com"} {
		if s.discordAddress(evil) == nil {
			t.Errorf("files are read from %s", evil)
		}
	}
}

// Where somebody takes no direct messages they are told a way, and nothing of the answer to all.
func TestSomebodyWhoTakesNoDirectMessages(t *testing.T) {
	s := stage(t, "text", nil)
	card := s.card("the card", "d1")
	failing(s, "POST /users/@me/channels", 1000, discordfake.Fault{Status: http.StatusForbidden, Code: 50007})
	s.inbox.says("for Dana alone")
	_, err := s.work.Say(t.Context(), s.dana, s.thread(card), "@casebot show", nil)
	s.must(err)
	said := s.sees(s.marco, s.thread(card))
	if strings.Contains(said, "for Dana alone") || !strings.Contains(said, "Allow direct messages") {
		t.Errorf("Marco reads %q", said)
	}
	s.broken()
}

// What was typed into a form that is refused is given back, for the form is gone.
func TestWhatWasTypedIsGivenBack(t *testing.T) {
	s := stage(t, "text", nil)
	s.inbox.asks()
	s.must(s.work.Command(t.Context(), s.dana, s.at, "resolve NW-1"))
	s.inbox.set(func(*bot.Interaction) bot.Answer {
		m := bot.Say("The case is closed already.")
		m.Tone = bot.ToneWarn
		return bot.Answer{Message: &m}
	})
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"text": "Cleared the queue by hand"}, nil))
	if said := s.sees(s.dana, s.at); !strings.Contains(said, "closed already") || !strings.Contains(said, "Cleared the queue by hand") {
		t.Errorf("Dana reads %q", said)
	}
}

// The token of an interaction stands in the address of its answers; no error that goes into a log has it.
func TestATokenStandsInNoError(t *testing.T) {
	s := stage(t, "text", nil)
	s.fake.Fault(callbackRoute, func(int) *discordfake.Fault { return &discordfake.Fault{Accept: true} })
	err := s.callback(t.Context(), &deed{app: s.apps[0], id: "1", token: "very-secret"}, answerQuiet, nil, nil)
	if err == nil || strings.Contains(err.Error(), "very-secret") {
		t.Errorf("the error is %v", err)
	}
}
