package discord

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"casebot/bot"
)

// What happens while a connection is gone is sent again when the session is resumed; nothing is done twice.
func TestAConnectionThatIsCutIsResumed(t *testing.T) {
	for name, end := range map[string]func(s *scene){
		"cut":                       func(s *scene) { s.fake.Drop(s.bot) },
		"asked to reconnect (op 7)": func(s *scene) { s.fake.Reconnect(s.bot) },
		"resumable end (op 9)":      func(s *scene) { s.fake.Invalidate(s.bot, true) },
	} {
		t.Run(name, func(t *testing.T) {
			s := stage(t, "text", nil)
			end(s)
			s.saysAndIsHeard("meanwhile")
			// A slow machine may answer another beat late, and the connection is then given up once more.
			s.eventually("the resuming", func() bool { return s.fake.Resumes(s.bot) >= 1 && s.Ready() == nil })
			s.saysAndIsHeard("afterwards")
			if n := s.fake.Identifies(s.bot); n != 1 {
				t.Errorf("%d sessions were begun, want the first alone", n)
			}
			s.broken()
		})
	}
}

// A connection that is open and dead is found out by the heartbeat that nobody answers.
func TestADeadConnectionIsFoundOut(t *testing.T) {
	w := newWorld(t, "text")
	w.fake.Heartbeat(30 * time.Millisecond)
	s := play(t, w, nil)
	s.fake.Zombie(s.bot)
	s.saysAndIsHeard("into the silence")
	s.eventually("the resuming", func() bool { return s.fake.Resumes(s.bot) == 1 && s.Ready() == nil })
	if n := s.fake.Identifies(s.bot); n != 1 {
		t.Errorf("%d sessions were begun, want the first alone", n)
	}
}

// A session that Discord has ended is begun anew, and what was missed in the threads of open cases is read back.
func TestASessionThatIsOverIsBegunAnew(t *testing.T) {
	var card bot.Ref
	s := stage(t, "text", func(o *Options) { o.Threads = openCards(&card) })
	card = s.card("the card", "d1")
	_, err := s.work.Say(t.Context(), s.dana, s.thread(card), "before", nil)
	s.must(err)
	s.fake.Invalidate(s.bot, false)
	if _, err := s.work.Say(t.Context(), s.dana, s.thread(card), "missed", nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("the words", func() bool { return s.heard("missed") })
	s.eventually("the connection", func() bool { return s.Ready() == nil })
	if n := s.fake.Identifies(s.bot); n != 2 {
		t.Errorf("%d sessions were begun, want 2", n)
	}
	s.wait()
	if got := s.inbox.of(bot.Said); len(got) != 2 {
		t.Errorf("%d messages came in, want each once: %+v", len(got), got)
	}
}

// Discord refuses the intent: the desk is red with what to tick, and does not storm.
func TestAMissingIntentIsTold(t *testing.T) {
	w := newWorld(t, "text")
	w.fake.Intents(w.bot)
	r := w.begin(t, &recorder{dir: w.dir}, nil)
	s := &scene{T: t, world: w, running: r, inbox: &recorder{dir: w.dir}}
	s.eventually("the sentence", func() bool {
		err := r.Ready()
		return err != nil && strings.Contains(err.Error(), "Message Content Intent")
	})
	w.fake.Intents(w.bot, "MESSAGE_CONTENT")
	s.eventually("the connection", func() bool { return r.Ready() == nil })
}

// A token that was taken back makes the desk red with a sentence, and ends nothing else.
func TestARevokedTokenIsTold(t *testing.T) {
	s := stage(t, "text", nil)
	s.fake.Revoke(s.bot)
	s.eventually("the sentence", func() bool {
		err := s.Ready()
		return err != nil && strings.Contains(err.Error(), "token is not valid")
	})
	_, err := s.Post(t.Context(), bot.To{Home: s.home(), Channel: supportID}, bot.Say("hello"), "d1")
	if kind, after := bot.SendKindOf(err); kind != bot.Temporary || after == 0 {
		t.Errorf("a post without a token is %v, want one that waits for a new one", err)
	}
}

// A crash loop does not use up the thousand sessions of a day: they are counted over restarts.
func TestACrashLoopIsSlowedDown(t *testing.T) {
	w := newWorld(t, "text")
	var times []time.Time
	for i := range usualStarts {
		times = append(times, w.clock.Now().Add(-time.Duration(usualStarts-i)*time.Second))
	}
	raw, _ := json.Marshal(times)
	w.state.Put(t.Context(), "identify/"+w.bot.Application, raw)
	r := w.begin(t, &recorder{dir: w.dir}, nil)
	s := &scene{T: t, world: w, running: r, inbox: &recorder{dir: w.dir}}
	s.eventually("the sentence", func() bool {
		return r.Ready() != nil && strings.Contains(r.Ready().Error(), fmt.Sprintf("connected to Discord %d times in an hour", usualStarts))
	})
	if n := w.fake.Identifies(w.bot); n != 0 {
		t.Errorf("%d sessions were begun all the same", n)
	}
	w.clock.Advance(slowStart)
	s.eventually("the connection", func() bool { return r.Ready() == nil })
}

// The bot is thrown out of a guild and comes back.
func TestABotThatIsThrownOutIsTold(t *testing.T) {
	s := stage(t, "text", nil)
	s.fake.Kick(s.bot, harborGuild)
	s.eventually("the sentence", func() bool { return s.Ready() != nil && strings.Contains(s.Ready().Error(), "not in this guild") })
	h, _ := s.dir.Home("hb")
	_, err := s.Post(t.Context(), bot.To{Home: h, Channel: escalationsID}, bot.Say("hello"), "d1")
	if !waitsFor(err, "invite") {
		t.Errorf("a post into a guild without the bot is %v", err)
	}
	s.saysAndIsHeard("the other guild goes on")
	s.fake.AddGuild(harborGuild, "harbor", s.bot)
	s.eventually("the return", func() bool { return s.Ready() == nil })
}
