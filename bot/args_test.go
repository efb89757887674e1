package bot

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParseArgs(t *testing.T) {
	for line, want := range map[string]struct {
		words  []string
		values map[string]string
		tail   string
	}{
		`new severity=2 customer="Acme Ltd" steps='1 scan 2 pay'`: {[]string{"new"}, map[string]string{"severity": "2", "customer": "Acme Ltd", "steps": "1 scan 2 pay"}, ""},
		`note NW-1001 it doesn't "quite" work`:                    {[]string{"note", "NW-1001", "it", "doesn't", "quite", "work"}, map[string]string{}, `NW-1001 it doesn't "quite" work`},
		`new customer=“Acme Ltd” impact=""`:                       {[]string{"new"}, map[string]string{"customer": "Acme Ltd", "impact": ""}, ""},
		"new steps=\"one\ntwo\"":                                  {[]string{"new"}, map[string]string{"steps": "one\ntwo"}, ""},
		`new summary="say \"hi\" \\ bye"`:                         {[]string{"new"}, map[string]string{"summary": `say "hi" \ bye`}, ""},
		`update a=b=c https://x.test/?q=1`:                        {[]string{"update", "https://x.test/?q=1"}, map[string]string{"a": "b=c"}, "https://x.test/?q=1"},
		``:                                                        {nil, map[string]string{}, ""},
	} {
		got, err := ParseArgs(line)
		if err != nil || !slices.Equal(got.Words, want.words) || !maps.Equal(got.Values, want.values) || got.Tail != want.tail {
			t.Errorf("%q: got %q %q tail %q %v", line, got.Words, got.Values, got.Tail, err)
		}
	}
	if _, err := ParseArgs(`new customer="Acme`); err == nil || err.Error() != `the quote " at character 14 is not closed` {
		t.Errorf("an open quote: %v", err)
	}
}

func FuzzParseArgs(f *testing.F) {
	f.Add(`new severity=2 customer="Acme Ltd"`)
	f.Add(`“„'\"=`)
	f.Add("a\\\" b\\ ”")
	f.Fuzz(func(t *testing.T, line string) {
		holdArgsAgainstPlain(t, line)
		if a, err := ParseArgs(line); err == nil {
			for k := range a.Values {
				if !isKey(k) || k != strings.ToLower(k) {
					t.Errorf("%q has the key %q", line, k)
				}
			}
		}
		// What the desk writes into a line for somebody reads back as it was.
		if utf8.ValidString(line) && len(line) < 1000 {
			a, err := ParseArgs("new steps=" + quoted(line) + " next")
			if err != nil || a.Values["steps"] != line || len(a.Words) != 2 {
				t.Errorf("%q reads back as %q %q, %v", line, a.Values["steps"], a.Words, err)
			}
		}
		EmojiKey(line)
	})
}

func TestEmojiKey(t *testing.T) {
	for in, want := range map[string]string{"sos": "🆘", ":sos:": "🆘", "🆘": "🆘", "✋🏽": "✋", "hand::skin-tone-3": "✋", "raised_hand_tone3": "✋", "raised_hand": "✋",
		"✅": "✅", "white_check_mark": "✅", "☑️": "✅", "memo": "📝", "outbox_tray": "📤", "party_parrot": "party_parrot", "": ""} {
		if got := EmojiKey(in); got != want {
			t.Errorf("EmojiKey(%q) = %q, want %q", in, got, want)
		}
	}
}

// However a platform writes an emoji of the table, it is the same key.
func TestEmojiSpellings(t *testing.T) {
	for name, c := range emojiNames {
		want := EmojiKey(c)
		for _, s := range []string{name, ":" + name + ":", name + "::skin-tone-4", ":" + name + "::skin-tone-4:", name + "_tone2", " " + name + " ", c, c + "\ufe0f", c + "🏿", want} {
			if got := EmojiKey(s); got != want {
				t.Errorf("EmojiKey(%q) = %q, want %q", s, got, want)
			}
		}
	}
}

func TestRates(t *testing.T) {
	r := NewRates(map[string]Rate{"send": {Every: time.Second, Burst: 2}})
	now := time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)
	for i, want := range []time.Duration{0, 0, time.Second} {
		if got := r.Take("send", "c1", now); got != want {
			t.Errorf("call %d waits %v, want %v", i, got, want)
		}
	}
	if r.Take("send", "c2", now) != 0 {
		t.Error("another channel has a bucket of its own")
	}
	if r.Take("send", "c1", now.Add(time.Second)) != 0 {
		t.Error("a second later there is a token")
	}
	r.Close("send", "c2", now.Add(30*time.Second), now)
	if got := r.Take("send", "c2", now.Add(time.Second)); got != 29*time.Second {
		t.Errorf("after Retry-After 30 s one second in: %v", got)
	}
}
