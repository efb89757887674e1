package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
	"casebot/desk"
)

// waitsFor says whether a send failed so that it waits with everything else for what the error says.
func waitsFor(err error, what string) bool {
	var e *bot.SendError
	return errors.As(err, &e) && e.Kind == bot.Temporary && e.Closed && e.After == closedAgain && strings.Contains(e.Err.Error(), what)
}

// turnedAway is how many calls the fake answered with 401.
func turnedAway(s *scene) (n int) {
	for _, c := range s.fake.Calls("") {
		if c.Status == http.StatusUnauthorized {
			n++
		}
	}
	return n
}

// try sends to both guilds, opens a direct conversation, makes a room and reads a thread back.
func try(s *scene, times int) (errs []error) {
	for i := range times {
		to := bot.To{Home: s.home(), Channel: supportID}
		_, err := s.Post(s.Context(), to, bot.Say("hello"), fmt.Sprint("d", i))
		errs = append(errs, err)
		_, err = s.Post(s.Context(), bot.To{Home: s.home(), Person: s.marco}, bot.Say("hello"), fmt.Sprint("p", i))
		errs = append(errs, err)
		_, err = s.Room(s.Context(), s.home(), fmt.Sprint("nw-", i), []desk.Person{s.dana})
		errs = append(errs, err, s.Reread(s.Context(), place{"nw", supportID, supportID}.ref()))
		h, _ := s.dir.Home("hb")
		_, err = s.Post(s.Context(), bot.To{Home: h, Channel: escalationsID}, bot.Say("hello"), fmt.Sprint("h", i))
		errs = append(errs, err)
	}
	return errs
}

// Whatever waits, Discord is asked once a minute with a token that it refused, and no session is begun with it. When
// it takes the token again, everything goes on by itself.
func TestARefusedTokenIsTriedOnceAMinute(t *testing.T) {
	s := stage(t, "text", nil)
	s.fake.Revoke(s.bot)
	s.eventually("the sentence", func() bool {
		return s.Ready() != nil && strings.Contains(s.Ready().Error(), "what is to be told there waits")
	})
	for _, err := range try(s, 50) {
		if !waitsFor(err, "put the new one where the old one stands and start casebot again") {
			t.Fatalf("without a good token: %v", err)
		}
	}
	for range 5 {
		s.clock.Advance(closedAgain)
		try(s, 10)
	}
	time.Sleep(20 * s.pace) // The gateway comes and asks as well.
	if n := turnedAway(s); n == 0 || n > 7 {
		t.Errorf("in five minutes %d calls were made with a token that Discord refuses", n)
	}
	if n := s.fake.Identifies(s.bot); n != 1 {
		t.Errorf("%d sessions were begun, want the first alone", n)
	}
	if said := s.Ready().Error(); !strings.Contains(said, northwindGuild) || !strings.Contains(said, harborGuild) {
		t.Errorf("/readyz does not name both guilds: %s", said)
	}
	s.fake.Reset(s.bot, s.bot.Token)
	s.clock.Advance(closedAgain)
	s.eventually("the connection", func() bool { return s.Ready() == nil })
	s.card("everything goes on", "d-after")
	s.saysAndIsHeard("here as well")
	s.broken()
}

// A token that was wrong from the start is told in the same words.
func TestAWrongTokenIsTold(t *testing.T) {
	w := newWorld(t, "text")
	r := w.begin(t, &recorder{dir: w.dir}, func(o *Options) { o.Token = func(desk.Home) string { return "mistyped" } })
	s := &scene{T: t, world: w, running: r, inbox: &recorder{dir: w.dir}}
	s.dana, _ = w.dir.Person("dana")
	s.marco, _ = w.dir.Person("marco")
	s.eventually("the sentence", func() bool { return r.Ready() != nil && strings.Contains(r.Ready().Error(), "token is not valid") })
	for _, err := range try(s, 20) {
		if !waitsFor(err, "token is not valid") {
			t.Fatalf("with a wrong token: %v", err)
		}
	}
	if n := turnedAway(s); n > 1 {
		t.Errorf("%d calls were made with a wrong token", n)
	}
}

// Discord refuses the token while the connection still stands: the desk is red until a call is taken again.
func TestATokenRefusedBesideAConnection(t *testing.T) {
	s := stage(t, "text", nil)
	failing(s, sendRoute, 1, discordfake.Fault{Status: http.StatusUnauthorized})
	to := bot.To{Home: s.home(), Channel: supportID}
	if _, err := s.Post(t.Context(), to, bot.Say("hello"), "d1"); !waitsFor(err, "token is not valid") || s.Ready() == nil {
		t.Errorf("a post whose token is refused is %v, ready %v", err, s.Ready())
	}
	s.clock.Advance(closedAgain)
	if _, err := s.Post(t.Context(), to, bot.Say("hello"), "d1"); err != nil || s.Ready() != nil {
		t.Errorf("a minute later it is %v, ready %v", err, s.Ready())
	}
}

// The token of an interaction is another: where Discord refuses that, the bot's is as good as before.
func TestARefusedInteractionShutsNothing(t *testing.T) {
	s := stage(t, "text", nil)
	failing(s, callbackRoute, 1000, discordfake.Fault{Status: http.StatusUnauthorized, Code: 50027})
	s.inbox.says("by another way")
	brief, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	_ = s.work.Command(brief, s.dana, s.at, "list") // Nobody answers in its place.
	s.eventually("the direct message", func() bool { return strings.Contains(s.sees(s.dana, bottest.Spot{}), "by another way") })
	if s.Ready() != nil {
		t.Errorf("the desk says %v", s.Ready())
	}
}

// The bot was taken out of a guild and no event told so: the first refusal finds it out, and what goes there waits.
func TestAGuildLeftUnheard(t *testing.T) {
	s := stage(t, "text", nil)
	s.fake.Zombie(s.bot)
	s.fake.Kick(s.bot, harborGuild)
	h, _ := s.dir.Home("hb")
	for range 3 {
		if _, err := s.Post(t.Context(), bot.To{Home: h, Channel: escalationsID}, bot.Say("hello"), "d1"); !waitsFor(err, "casebot discord invite") {
			t.Errorf("a post into a guild without the bot is %v", err)
		}
	}
	if n := len(s.fake.Calls(sendRoute)); n != 1 {
		t.Errorf("%d sends were tried in a guild without the bot, want the one that found it out", n)
	}
	s.fake.Permit(supportID)
	_, err := s.Post(t.Context(), bot.To{Home: s.home(), Channel: supportID}, bot.Say("hello"), "d2")
	if !waitsFor(err, "View Channel") || !s.Shut(h, "") || s.Shut(s.home(), "") || !s.Shut(s.home(), supportID) {
		t.Errorf("a post into a channel that the bot does not see is %v", err)
	}
	if err := s.Ready(); err == nil || strings.Contains(err.Error(), northwindGuild) {
		t.Errorf("the desk says %v", err)
	}
}
