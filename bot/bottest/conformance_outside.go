package bottest

import (
	"errors"
	"strings"

	"casebot/bot"
)

// testOutside takes the desk out of the cases channel: what is for it is to wait, under one name of the channel, and nothing
// else is; let in again, the platform says that the channel is open.
func testOutside(s *suite) {
	if s.Out == nil || s.In == nil {
		s.Skip("the desk can't be taken out of a channel of this platform")
	}
	root := s.post("", bot.Say("the card"), "root")
	to := bot.To{Home: s.home(), Channel: s.home().Cases}
	inThread, direct, review := to, bot.To{Home: s.home(), Person: s.Dana}, to
	inThread.Thread, review.Channel = root, s.home().Review
	s.Out()
	s.must(nil)
	where := ""
	waits := func(what string, err error) {
		s.Helper()
		var e *bot.SendError
		if !errors.As(err, &e) || e.Kind != bot.Temporary || !e.Closed || e.Where == "" || e.After <= 0 {
			s.Fatalf("%s a channel that the desk is not in: %v; want a temporary failure that names the channel", what, err)
		}
		if where != "" && e.Where != where {
			s.Errorf("%s it: the channel is called %q, and %q before", what, e.Where, where)
		}
		where = e.Where
		if first, _, _ := strings.Cut(e.Err.Error(), "\n"); first == "" || strings.Contains(first, "the card") {
			s.Errorf("an administrator reads %q", first)
		}
	}
	_, err := s.Platform.Post(s.Context(), to, bot.Say("a new card"), "d1")
	waits("a new card in", err)
	_, err = s.Platform.Post(s.Context(), inThread, bot.Say("an answer"), "d2")
	waits("an answer in", err)
	if err := s.Platform.Edit(s.Context(), root, bot.Say("the card anew")); err != nil {
		waits("an edit in", err) // Some platforms let an app edit what it said there.
	}
	watcher, ok := s.Platform.(bot.Watcher)
	if ok && (!watcher.Shut(s.home(), where) || watcher.Shut(s.home(), "") || watcher.Shut(s.home(), "elsewhere")) {
		s.Error("the platform does not say which place takes nothing")
	}
	for _, other := range []bot.To{direct, review} {
		if other.Channel != s.home().Cases && (other.Channel != "" || other.Person.ID != "") {
			_, err := s.Platform.Post(s.Context(), other, bot.Say("goes on"), "other "+other.Channel)
			s.must(err)
		}
	}
	s.In()
	s.must(nil)
	if ok && watcher.Shut(s.home(), where) {
		s.Error("let in again, the platform says that the channel takes nothing")
	}
	s.post("", bot.Say("a new card"), "d1")
	s.post(root, bot.Say("an answer"), "d2")
	s.must(s.Platform.Edit(s.Context(), root, bot.Say("the card anew")))
	s.sees(s.Dana, s.thread(root), "an answer", 1)
	s.sees(s.Dana, s.channel(), "a new card", 1)
	s.sees(s.Dana, s.channel(), "the card anew", 1)
}
