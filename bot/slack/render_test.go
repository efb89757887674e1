package slack

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func california(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// sampleReader knows one person of the workspace and one picture.
func sampleReader(t testing.TB) reader {
	return reader{zone: california(t),
		user:  func(id string) (string, bool) { return "U0DANA", id == "dana" },
		image: func(name string) (string, bool) { return "F0CHART", name == "chart.png" }}
}

// samples are the messages of the golden files.
func samples() map[string]bot.Message {
	card := bot.Message{
		Title: []bot.Span{bot.B("NW-1042"), bot.T(" · Sev 2")}, Tone: bot.ToneWarn,
		Blocks: []bot.Block{bot.Q("Card payments fail\nsince the update"), {Kind: bot.Fields, Fields: []bot.Pair{
			{Label: "Status", Value: []bot.Span{bot.T("Waits for Harbor")}},
			{Label: "Next due", Value: []bot.Span{bot.T("First response, "), bot.When(monday)}},
			{Label: "Owner", Value: []bot.Span{bot.Ping("dana", "Dana Demo")}},
			{Label: "Customer", Value: []bot.Span{bot.T("Acme *Outdoor* & Sons <store>")}},
			{Label: "Nothing", Value: nil}}}},
		Footer:  []bot.Span{bot.T("Handbook 2026-1")},
		Buttons: []bot.Button{{Label: "Acknowledge", Do: "ack NW-1042", Style: bot.ButtonPrimary}, {Label: "Return", Do: "return NW-1042", Style: bot.ButtonDanger}, {Label: "Read on", Link: "https://example.test/a?b=1"}},
		Notify:  []string{"dana", "stranger"},
	}
	return map[string]bot.Message{
		"card": card,
		"words": {Title: []bot.Span{bot.T("Everything a line can hold")}, Blocks: []bot.Block{
			bot.P(bot.T("plain "), bot.B("bold "), bot.C("code "), bot.Span{Text: "italic ", Style: bot.Italic}, bot.Span{Text: "gone", Style: bot.Strike}),
			bot.P(bot.Who("dana", "Dana Demo"), bot.T(" and "), bot.Ping("eve", "Eve Demo"), bot.T(" by "), bot.When(monday)),
			bot.P(bot.Span{Text: "a page", Link: "https://example.test"}, bot.Span{Text: " no page", Link: "javascript:alert(1)"}),
			{Kind: bot.List, Items: [][]bot.Span{{bot.T("one")}, {bot.B("two")}}}, {Kind: bot.Divider}, {Kind: bot.Pre, Spans: []bot.Span{bot.B("a  b\n c")}},
			{Kind: bot.Image, File: "chart.png", Alt: "Cases by week"}, {Kind: bot.Image, File: "other.png", Alt: "What is not there"}}},
		"internal": {Tone: bot.ToneInternal, Blocks: []bot.Block{bot.P(bot.T("We tried it."))}},
		"nasty":    {Title: []bot.Span{bot.T("<!channel> <@U1> &lt;")}, Blocks: []bot.Block{bot.P(bot.T("@here *b* _i_ `c` > q :smile: <https://evil.test|bank>")), bot.Q("<!here>"), {Kind: bot.Fields, Fields: []bot.Pair{{Label: "a *b*", Value: []bot.Span{bot.T("<!everyone> :tada:")}}}}}},
		"plain":    bot.Say("One sentence."),
	}
}

// asJSON is what would be sent, as a golden file holds it.
func asJSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw) + "\n"
}

func payload(d drawn) map[string]any { return map[string]any{"text": d.text, "blocks": d.blocks} }

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is drawn otherwise than its golden file; look at it, then go test -update:\n%s", name, got)
	}
}

func TestMessagesAreDrawnAsTheirGoldenFiles(t *testing.T) {
	for name, m := range samples() {
		d := draw(m, sampleReader(t))
		if is, most := weight(d.blocks), weightBound(m); is > most {
			t.Errorf("%s weighs %d, more than its bound of %d", name, is, most)
		}
		golden(t, name, asJSON(t, payload(d)))
		for _, p := range Problems(payload(d)) {
			t.Errorf("%s: %s", name, p)
		}
	}
}

// sampleForm is a form with a field of each kind.
func sampleForm() bot.Form {
	return bot.Form{Name: "new", Title: "File a case for Northwind Demo Retail", Submit: "File the case", Draft: "d1", Hidden: map[string]string{"from": "card"},
		Intro: []bot.Block{bot.P(bot.B("What will happen"), bot.T(" by "), bot.When(monday))},
		Fields: []bot.FormField{
			{Key: "customer", Label: "Customer", Hint: "Company and site.", Example: "Acme Outdoor", Kind: bot.AskText, Required: true, Value: "Acme"},
			{Key: "severity", Label: "Severity", Kind: bot.AskChoice, Required: true, Live: true, Value: "2", Options: []bot.Option{{Value: "1", Label: "Sev 1 Critical", Note: "Production down."}, {Value: "2", Label: "Sev 2 Major", Note: strings.Repeat("a long definition ", 8)}}},
			{Key: "tags", Label: "Tags", Kind: bot.AskMulti, Value: "a,c", Options: []bot.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}, {Value: "c", Label: "C"}}},
			{Key: "steps", Label: "Steps", Kind: bot.AskLong, Value: "1 open\n2 scan", Rows: 4},
			{Key: "first_seen", Label: "First seen", Kind: bot.AskTime, Example: "today 14:00"},
			{Key: "evidence", Label: "Evidence", Kind: bot.AskFiles},
		}}
}

func TestAFormIsDrawnAsItsGoldenFile(t *testing.T) {
	v := view(sampleForm(), formMeta{Home: "nw", Channel: "C0SUPPORT", Thread: "1.000001"}, sampleReader(t), nil)
	golden(t, "form", asJSON(t, v))
	for _, p := range Problems(v) {
		t.Error(p)
	}
}

// While a person types, only what the desk changed gets a new input.
func TestALiveFormLeavesAloneWhatIsTyped(t *testing.T) {
	f := sampleForm()
	seen := &seenView{ids: map[string]string{"customer": "customer", "severity": "severity", "tags": "tags", "steps": "steps", "first_seen": "first_seen", "evidence": "evidence"},
		typed: map[string]string{"customer": "Acme", "severity": "1", "tags": "a,c", "steps": "1 open\n2 scan"}}
	f.Fields[4].Error = "That time is still to come."
	v := view(f, formMeta{}, sampleReader(t), seen)
	var ids []string
	for _, b := range v.Blocks.BlockSet {
		if b.ID() != "" {
			ids = append(ids, b.ID())
		}
	}
	if got := strings.Join(ids, " "); !strings.HasPrefix(got, "customer severity~") || !strings.HasSuffix(got, " tags steps first_seen evidence") {
		t.Errorf("the inputs are %q; only the severity has another answer than the person's", got)
	}
	if raw := asJSON(t, v); !strings.Contains(raw, "⚠ That time is still to come.") {
		t.Error("the sentence is not beside its field")
	}
}

// An answer that is longer than Slack lets people type comes back whole.
func TestALongAnswerIsShownInPiecesAndNothingIsLost(t *testing.T) {
	long := strings.Repeat("Zeile 日本 😀\n", 900)
	v := view(bot.Form{Name: "new", Title: "T", Fields: []bot.FormField{{Key: "steps", Label: "Steps", Kind: bot.AskLong, Value: long}}}, formMeta{}, sampleReader(t), nil)
	for _, p := range Problems(v) {
		t.Error(p)
	}
	if n := len(pieces(long)); n < 3 || strings.Join(pieces(long), "") != long {
		t.Errorf("%d pieces, which together are not the answer", n)
	}
	for i := range pieces(long) {
		for _, id := range []string{"steps", "steps~ab12"} {
			if key, piece := keyOf(pieceID(id, i)); key != "steps" || piece != i {
				t.Errorf("%s piece %d is read as %s %d", id, i, key, piece)
			}
		}
	}
}

func TestReferencesAreReadBack(t *testing.T) {
	for _, good := range []place{{"nw", "C0SUPPORT", "1763312400.000100"}, {"harbor-slack", "D123", "1.000001"}} {
		if got, err := parseRef(good.ref()); err != nil || got != good {
			t.Errorf("%s is read as %+v (%v)", good.ref(), got, err)
		}
	}
	for _, bad := range []bot.Ref{"", "nw", "nw:", "nw:C1", "nw:C1/", "nw:C1/x", "nw:c1/1.1", "nw:C1/1", ":C1/1.1", "nw:C1/1.1/2.2"} {
		if got, err := parseRef(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, got)
		}
	}
	if got := timeOf("1763312400.000100"); !got.Equal(time.Unix(1763312400, 100_000)) || stampOf(got) != "1763312400.000100" {
		t.Errorf("the time stamp is read as %s and written as %s", got, stampOf(got))
	}
}

func FuzzRef(f *testing.F) {
	f.Add("nw:C0SUPPORT/1763312400.000100")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := parseRef(bot.Ref(s)); err == nil && string(p.ref()) != s {
			t.Errorf("%q is read and written as %q", s, p.ref())
		}
		timeOf(s)
	})
}

// Whatever people write, no payload is over a limit and none has an empty piece.
func FuzzDraw(f *testing.F) {
	f.Add("title", "words", "label", 3)
	f.Add(strings.Repeat("日本", 4000), "👩‍👩‍👧‍👦", "\x00<!channel>", 2)
	f.Add(strings.Repeat("日本", 40), "👩‍👩‍👧‍👦", "\x00<!channel>", 60)
	f.Add("", " ", "\u2028", 0)
	f.Fuzz(func(t *testing.T, title, text, label string, n int) {
		m := bot.Message{Title: []bot.Span{bot.T(title)}, Footer: []bot.Span{bot.T(text)}, Notify: []string{"dana"}, Tone: bot.ToneBad}
		for i := range bottest.Few(n, 70, title, text, label) {
			m.Blocks = append(m.Blocks, bot.P(bot.T(text), bot.Ping("dana", title)), bot.Q(title), bot.Block{Kind: bot.Pre, Spans: []bot.Span{{Text: text, Link: title}}})
			m.Buttons = append(m.Buttons, bot.Button{Label: label, Do: text})
			m.Blocks = append(m.Blocks, bot.Block{Kind: bot.List, Items: [][]bot.Span{{bot.T(label)}, {}, {bot.B(text)}}},
				bot.Block{Kind: bot.Fields, Fields: []bot.Pair{{Label: label, Value: []bot.Span{bot.T(text), bot.Ping("dana", "D")}}, {Label: fmt.Sprint(i)}}})
		}
		if is, most := weight(drawWithin(m, sampleReader(t), maxWords).blocks), weightBound(m); is > most {
			t.Errorf("it weighs %d, more than its bound of %d", is, most)
		}
		d := draw(m, sampleReader(t))
		holdBody(t, d)
		for _, p := range Problems(payload(d)) {
			t.Error(p)
		}
		form := bot.Form{Name: "new", Title: title, Submit: label, Intro: m.Blocks}
		for i := range bottest.Few(n, maxFormFields, title, text, label) {
			form.Fields = append(form.Fields, bot.FormField{Key: fmt.Sprint("k", i), Label: "L" + label, Hint: text, Example: title, Kind: []bot.FieldKind{bot.AskText, bot.AskLong, bot.AskChoice}[i%3], Value: text,
				Error: label, Options: []bot.Option{{Value: "v", Label: label, Note: text}}})
		}
		for _, p := range Problems(view(form, formMeta{}, sampleReader(t), &seenView{})) {
			if !strings.Contains(p, "private_metadata") {
				t.Error(p)
			}
		}
	})
}
