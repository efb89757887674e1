package discord

import (
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
)

// A row says how old it is and which messages it may be about; what is no such row stays.
func TestWhatIsKeptSaysWhatItIsAbout(t *testing.T) {
	w := newWorld(t, "text")
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	written := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	id, used := idAt(written), time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
	for _, key := range []string{"author/" + supportID + "/" + id, "files/" + supportID + "/" + id, "reactions/" + supportID + "/" + id} {
		k, ok := p.Kept(key, []byte("x"))
		if !ok || !k.At.Equal(written) || k.In != supportID || !slices.Contains(k.Refs, place{"nw", supportID, id}.ref()) || k.Date != nil {
			t.Errorf("%s is about %+v (%v)", key, k, ok)
		}
	}
	if k, ok := p.Kept("id/x", dated([]byte("update NW-1001"), used)); !ok || !k.At.Equal(used) || k.Words != "update NW-1001" || k.Date != nil {
		t.Errorf("a button is about %+v (%v)", k, ok)
	}
	// What an earlier version kept has no date: it is read all the same, and gets one.
	for _, old := range []string{"update NW-1001", `{"f":"new","d":"x"}`, ""} {
		k, ok := p.Kept("id/x", []byte(old))
		if !ok || !k.At.IsZero() || k.Words != old || k.Date == nil {
			t.Fatalf("an old button is about %+v (%v)", k, ok)
		}
		if at, content, ok := undated(k.Date(used)); !ok || !at.Equal(used) || string(content) != old {
			t.Errorf("with a date %q is %q of %s", old, content, at)
		}
	}
	for _, key := range []string{"heard/x", "send/12", "room/nw/nw-1001", "author/x/y", "author/" + supportID, "reactions/" + supportID + "/x", "", "id"} {
		if k, ok := p.Kept(key, nil); ok && key != "id" {
			t.Errorf("%q is said to be about %+v", key, k)
		}
	}
	if got := p.Around(place{"nw", supportID, id}.ref()); !slices.Equal(got, []string{supportID, id}) || p.Around("x") != nil {
		t.Errorf("around a card are %q", got)
	}
}

// A long button works as long as what it carries is kept, also when it was kept before it had a date. After that the
// person reads what to type.
func TestAPressOnALongExpiredButton(t *testing.T) {
	s := stage(t, "text", nil)
	s.inbox.says("Done.")
	line := "update NW-1 text=" + strings.Repeat("a long story ", 20)
	ref, err := s.Post(s.Context(), bot.To{Home: s.home(), Channel: supportID}, bot.Message{Blocks: []bot.Block{bot.P(bot.T("a card"))}, Buttons: []bot.Button{{Label: "Send it", Do: line}}}, "d1")
	s.must(err)
	press := func(times int) {
		t.Helper()
		s.must(s.work.Press(s.Context(), s.dana, ref, "Send it"))
		if got := s.inbox.of(bot.Press); len(got) != times || got[times-1].Text != line {
			t.Fatalf("the presses that came in are %+v, want %d", got, times)
		}
	}
	press(1)
	// rewrite changes what is kept of buttons.
	rewrite := func(f func(k bot.Kept, content []byte) []byte) (n int) {
		s.state.mu.Lock()
		defer s.state.mu.Unlock()
		for key, raw := range s.state.all {
			if k, ok := s.Kept(key, raw); ok && strings.HasPrefix(key, "id/") {
				n++
				if _, content, _ := undated(raw); f(k, content) != nil {
					s.state.all[key] = f(k, content)
				} else {
					delete(s.state.all, key)
				}
			}
		}
		return n
	}
	if n := rewrite(func(k bot.Kept, content []byte) []byte {
		if !k.At.Equal(bottest.Monday) || k.Words != line {
			t.Errorf("what the button carries is of %s: %q", k.At, k.Words)
		}
		return content // As an earlier version kept it.
	}); n != 1 {
		t.Fatalf("%d rows are kept for one button", n)
	}
	press(2)
	rewrite(func(bot.Kept, []byte) []byte { return nil })
	s.must(s.work.Press(s.Context(), s.dana, ref, "Send it"))
	if got := s.sees(s.dana, s.at); len(s.inbox.of(bot.Press)) != 2 || !strings.Contains(got, "Type the command instead: /case show") {
		t.Errorf("a press on a button whose content is gone shows\n%s", got)
	}
}
