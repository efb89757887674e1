package bottest

import (
	"casebot/bot"
)

// What was said and reacted at a card that the desk did not know is handed in once more when it is read
// back, with its own time and names, and then never again.
func testReread(s *suite) {
	p, ok := s.Platform.(bot.Rereader)
	if !ok {
		s.Skip("the platform can't read a thread back")
	}
	known := false
	s.answer(func(in *bot.Interaction) (bot.Answer, error) {
		in.Unknown = !known
		return bot.Answer{}, nil
	})
	ref := s.post("", bot.Say("a card that is not known yet"), "early")
	said, err := s.Work.Say(s.Context(), s.Dana, s.thread(ref), "the first word", nil)
	s.must(err)
	s.must(s.Work.Toggle(s.Context(), bot.React, s.Marco, ref, "🆘"))
	first := s.only(bot.Said)
	if n := len(s.of(bot.React)); n != 1 || first.Foreign {
		s.Fatalf("%d reactions came in, and the words as %+v", n, first)
	}
	known = true
	for range 2 { // The second time there is nothing left to hand in.
		s.must(p.Reread(s.Context(), ref))
	}
	if got := s.of(bot.Said); len(got) != 2 || got[1].Text != "the first word" || got[1].Message != said || got[1].Thread != ref || got[1].ID != first.ID ||
		!got[1].At.Equal(first.At) || !got[1].ReadBack || got[1].Person.ID != s.Dana.ID {
		s.Errorf("the words were read back as %+v", got)
	}
	if got := s.of(bot.React); len(got) != 2 || got[1].Emoji != got[0].Emoji || got[1].Message != ref || !got[1].ReadBack || got[1].Person.ID != s.Marco.ID {
		s.Errorf("the reaction was read back as %+v", got)
	}
	if err := p.Reread(s.Context(), "nowhere"); err == nil {
		s.Error("a message that is none is read back without an error")
	}
}
