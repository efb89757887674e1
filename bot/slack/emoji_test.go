package slack

import (
	"strings"
	"testing"

	"casebot/bot"
)

// Emoji in what somebody said come in as the characters they typed, not as Slack's names: new and
// edited.
func TestEmojiComeInAsCharacters(t *testing.T) {
	s := stage(t, false, nil)
	said := []string{"it works 🎉 at 12:30:00", "hold on ✋🏽", "@casebot note all good 👍"}
	for _, text := range said {
		_, err := s.work.Say(t.Context(), s.dana, s.at, text, nil)
		s.must(err)
	}
	got := s.inbox.of(bot.Said)
	if len(got) != len(said) {
		t.Fatalf("%d messages came in, want %d", len(got), len(said))
	}
	for i, in := range got {
		if want := strings.TrimPrefix(said[i], "@casebot "); in.Text != want {
			t.Errorf("%q came in as %q", want, in.Text)
		}
	}
	ref, err := s.work.Say(t.Context(), s.dana, s.at, "first", nil)
	s.must(err)
	s.must(s.work.Rewrite(t.Context(), s.dana, ref, "no ❌"))
	if got := s.inbox.of(bot.Edited); len(got) != 1 || got[0].Text != "no ❌" {
		t.Errorf("the edit came in as %+v", got)
	}
}
