package slack

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"casebot/bot"
)

// holdBody holds an answer's body against the same object written by encoding/json.
func holdBody(t testing.TB, d drawn) {
	t.Helper()
	want, err1 := json.Marshal(map[string]any{"response_type": "ephemeral", "text": d.text, "blocks": d.blocks})
	got, err2 := answerBody{"ephemeral", d}.MarshalJSON()
	if err1 != nil || err2 != nil || string(got) != string(want) {
		t.Errorf("the body is\n%s (%v), want\n%s (%v)", got, err2, want, err1)
	}
}

func TestAnAnswerIsWrittenAsEncodingJSONWould(t *testing.T) {
	for _, m := range samples() {
		holdBody(t, draw(m, sampleReader(t)))
	}
	for _, text := range []string{"", "plain", `"quoted" \ and <b> & more`, "a\tb\x00\x7f", "é 漢 😀 “”", "\u2028 \u2029", "broken \xff\xe2\x80 text", "\ufffd", strings.Repeat("long ", 900)} {
		for _, style := range []bot.Style{bot.Plain, bot.Bold, bot.Italic, bot.Code, bot.Strike} {
			m := bot.Message{Tone: bot.ToneGood, Title: []bot.Span{{Text: text, Style: style}}, Footer: []bot.Span{bot.T(text)}, Blocks: []bot.Block{bot.P(bot.T("a"), bot.Span{Text: text, Style: style}), bot.Q(text)},
				Buttons: []bot.Button{{Label: text, Do: text}, {Label: "Go", Link: "https://example.test/?a=" + text, Style: bot.ButtonPrimary}}}
			holdBody(t, draw(m, sampleReader(t)))
			holdBody(t, drawn{text: text})
		}
	}
}

// filedAnswer is what a filed case is answered with.
func filedAnswer() bot.Message {
	return bot.Message{Tone: bot.ToneGood, Blocks: []bot.Block{bot.P(bot.B("NW-1042"), bot.T(" is filed as Sev 3.")), bot.P(bot.T("Answer the customer by "), bot.When(monday), bot.T("."))},
		Buttons: []bot.Button{{Label: "Escalate", Do: "escalate NW-1042"}, {Label: "Show", Do: "show NW-1042"}}}
}

// The length is told, so that a long answer is not sent in pieces, and what is left of one answer is in no other.
func TestAnAnswerTellsItsLength(t *testing.T) {
	for _, m := range []bot.Message{filedAnswer(), bot.Say(strings.Repeat("long ", 2000)), bot.Say("short")} {
		d := draw(m, reader{zone: time.UTC, alone: true})
		want, _ := json.Marshal(map[string]any{"response_type": "ephemeral", "text": d.text, "blocks": d.blocks})
		w := httptest.NewRecorder()
		reply(w, answerBody{"ephemeral", d})
		if got := w.Body.String(); got != string(want)+"\n" || w.Header().Get("Content-Length") != strconv.Itoa(len(got)) {
			t.Errorf("the answer has %s bytes by its head and is\n%s, want\n%s", w.Header().Get("Content-Length"), got, want)
		}
	}
}

func BenchmarkAnswerAFiling(b *testing.B) {
	m, r := filedAnswer(), reader{zone: time.UTC, alone: true}
	b.ReportAllocs()
	for b.Loop() {
		reply(httptest.NewRecorder(), answerBody{"ephemeral", draw(m, r)})
	}
}

func BenchmarkDrawAFiling(b *testing.B) {
	m, r := filedAnswer(), reader{zone: time.UTC, alone: true}
	b.ReportAllocs()
	for b.Loop() {
		draw(m, r)
	}
}
