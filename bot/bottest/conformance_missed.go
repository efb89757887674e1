package bottest

import (
	"slices"
	"time"

	"casebot/bot"
)

// What somebody wrote to the desk itself while it was down, and a reaction on what it had told them, is read back at the
// next start, with its own time. What was answered before is not answered once more.
func testMissed(s *suite) {
	if s.End == nil || s.Advance == nil || s.Restart == nil {
		s.Skip("the harness can't leave the adapter down for a while")
	}
	s.answer(func(*bot.Interaction) (bot.Answer, error) {
		m := bot.Say("answered")
		return bot.Answer{Message: &m}, nil
	})
	alone := Spot{Home: s.home().ID}
	_, err := s.Platform.Post(s.Context(), bot.To{Home: s.home(), Person: s.Marco}, bot.Say("you are called"), "d1")
	s.must(err)
	called := s.Work.Read(s.Marco, alone)
	_, err = s.Work.Say(s.Context(), s.Dana, alone, "list", nil)
	s.must(err)
	s.of(bot.Said) // Answered by now.
	s.End()
	s.mu.Lock()
	s.got = nil
	s.mu.Unlock()
	s.Advance(time.Hour)
	// Nobody answers; the words stand there all the same.
	_, _ = s.Work.Say(s.Context(), s.Dana, alone, "reply NW-1 Please restart the till", []bot.File{{Name: "till.log", Type: "text/plain", Data: []byte("x")}})
	_, _ = s.Work.Say(s.Context(), s.Marco, alone, "mine", nil)
	_ = s.Work.Toggle(s.Context(), bot.React, s.Marco, called[0].Ref, "✋")
	s.Advance(time.Hour)
	s.Harness = s.Restart(s.T, s.board)
	s.connect()
	for end := time.Now().Add(20 * time.Second); len(s.of(bot.Said)) < 2 || len(s.of(bot.React)) < 1; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("read back as said is %+v, as reactions %+v", s.of(bot.Said), s.of(bot.React))
		}
	}
	var words []string
	for _, in := range s.of(bot.Said) {
		words = append(words, in.Person.ID+": "+in.Text)
		if !in.Direct || !in.ReadBack || in.At.Sub(Monday.Add(time.Hour)).Abs() > time.Minute || in.Person.ID == s.Dana.ID && len(in.Files) != 1 {
			s.Errorf("missed words came in as %+v", in)
		}
	}
	slices.Sort(words)
	if !slices.Equal(words, []string{s.Dana.ID + ": reply NW-1 Please restart the till", s.Marco.ID + ": mine"}) {
		s.Errorf("read back as said: %q", words)
	}
	if got := s.of(bot.React); len(got) != 1 || got[0].Message != called[0].Ref || got[0].Person.ID != s.Marco.ID {
		s.Errorf("the missed reaction came in as %+v", got)
	}
	if s.Limits != nil {
		s.Limits(s.T, s.channel())
	}
}
