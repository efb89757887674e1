package slackfake

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"casebot/bot"
)

// Whatever JSON an app sends as blocks is checked and drawn without a panic: a mistake of the app's is an
// error code, as in Slack.
func FuzzBlocks(f *testing.F) {
	f.Add(button("Acknowledge", "ack NW-1"))
	f.Add(asJSON([]any{textInput("a", "A", "x", nil), choiceInput("b", "B", true, "1", "2")}))
	f.Add(`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"user"}]}]}]},{"type":"section","fields":[7]}]`)
	w := &workspace{s: New(nowClock{})}
	f.Cleanup(w.s.Close)
	f.Fuzz(func(t *testing.T, raw string) {
		var blocks []any
		if json.Unmarshal([]byte(raw), &blocks) != nil {
			return
		}
		for _, on := range []surface{onMessage, onModal, onHome} {
			checkBlocks(blocks, on)
		}
		spec := map[string]any{"type": "modal", "blocks": blocks}
		checkView(spec, "modal")
		w.drawn(objects(spec, "blocks"))
		for _, in := range inputs(spec) {
			initial(in.element)
		}
	})
}

// What people type is shown as they typed it, and markup never breaks the encoding.
func FuzzMarkup(f *testing.F) {
	for _, s := range []string{"*b* _i_ `c` ~s~", "<@U1|x> <!here> <https://a.test|*x*>", "&lt;b&gt; &amp;lt;", "*\u200b*", ":sos::skin-tone-3:"} {
		f.Add(s)
	}
	w := &workspace{s: New(nowClock{})}
	f.Cleanup(w.s.Close)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		for _, s := range w.mrkdwn(text, bot.Plain) {
			if !utf8.ValidString(s.Text) {
				t.Errorf("%q is read as %q", text, s.Text)
			}
		}
		got := w.s.read(stored(text, "U0BOT"))
		plain := !strings.Contains(text, ":") && toColons(text) == text && !strings.HasPrefix(text, "@casebot")
		if !utf8.ValidString(got) || plain && got != text {
			t.Errorf("%q is shown as %q", text, got)
		}
	})
}
