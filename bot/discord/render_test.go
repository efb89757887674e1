package discord

import (
	"bytes"
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

const (
	danaID  = "333333333333333333"
	marcoID = "444444444444444444"
	guildID = "111111111111111111"
	casesID = "222222222222222222"
)

// sampleReader knows two people of the guild.
func sampleReader(t testing.TB) reader {
	t.Helper()
	loc, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	return reader{zone: loc, user: func(id string) (string, bool) {
		u, ok := map[string]string{"dana": danaID, "marco": marcoID}[id]
		return u, ok
	}}
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
		Footer: []bot.Span{bot.T("Handbook 2026-1")},
		Buttons: []bot.Button{{Label: "Acknowledge", Do: "ack NW-1042", Style: bot.ButtonPrimary}, {Label: "Return", Do: "return NW-1042", Style: bot.ButtonDanger},
			{Label: "Note", Do: "note NW-1042 " + strings.Repeat("long ", 30)}, {Label: "Show", Do: "show NW-1042"}, {Label: "Show again", Do: "show NW-1042"}, {Label: "Read on", Link: "https://example.test/a?b=1"}},
		Notify: []string{"dana", "marco", "stranger"},
	}
	nasty := "@everyone @here <@1> <@&99> <#5> <t:1:R> </case:1> <:a:1> *b* _i_ __u__ ~~s~~ ||p|| `c` [click](https://evil.test/a_b) javascript://x C:\\temp\\*"
	return map[string]bot.Message{
		"card": card,
		"words": {Title: []bot.Span{bot.T("Everything a line can hold")}, Blocks: []bot.Block{
			bot.P(bot.T("plain "), bot.B("bold "), bot.C("code "), bot.Span{Text: "italic ", Style: bot.Italic}, bot.Span{Text: "gone", Style: bot.Strike}, bot.B("side"), bot.C("by`side")),
			bot.P(bot.Who("dana", "Dana Demo"), bot.T(" and "), bot.Ping("dana", "Dana Demo"), bot.T(" and "), bot.Ping("eve", "Eve Demo"), bot.T(" by "), bot.When(monday)),
			bot.P(bot.Span{Text: "a page", Link: "https://example.test/(a)_b"}, bot.Span{Text: " no page", Link: "javascript:alert(1)"}, bot.Span{Text: "https://a.test", Link: "https://b.test"}),
			{Kind: bot.List, Items: [][]bot.Span{{bot.T("one")}, {bot.B("two"), bot.T("\n- of two lines")}}}, {Kind: bot.Divider}, {Kind: bot.Pre, Spans: []bot.Span{bot.B("a  b\n c")}}},
			Footer: []bot.Span{bot.T("small *print*")}},
		"pictures": {Title: []bot.Span{bot.T("The week")}, Files: []bot.File{{Name: "cases by week.png", Type: "image/png", Data: []byte("png")}, {Name: "Käse.log", Data: []byte("log")}},
			Blocks: []bot.Block{bot.P(bot.T("How it went.")), {Kind: bot.Image, File: "cases by week.png", Alt: "Cases by week"}, {Kind: bot.Image, File: "other.png", Alt: "What is not there"}}},
		"internal": {Tone: bot.ToneInternal, Blocks: []bot.Block{bot.P(bot.T("We tried it."))}},
		"nasty": {Title: []bot.Span{bot.T(nasty)}, Tone: bot.ToneBad, Blocks: []bot.Block{bot.P(bot.T("# big\n- item\n1. item\n> quote\n>>> all\n-# small\n```\nfence\n```")), bot.Q(nasty + "\n# big\n- item"),
			{Kind: bot.Fields, Fields: []bot.Pair{{Label: "a *b*", Value: []bot.Span{bot.T("- <@1> " + nasty)}}}}, {Kind: bot.List, Items: [][]bot.Span{{bot.T("# " + nasty)}}}, {Kind: bot.Pre, Spans: []bot.Span{bot.T("```" + nasty + "```")}}},
			Footer: []bot.Span{bot.T("*" + nasty)}, Buttons: []bot.Button{{Label: nasty, Do: "x " + nasty}}},
		"ping":  {Title: []bot.Span{bot.B("NW-7"), bot.T(" needs you")}, Tone: bot.ToneBad, Blocks: []bot.Block{bot.P(bot.Ping("dana", "Dana Demo"), bot.T(", please acknowledge."))}, Notify: []string{"marco"}},
		"plain": bot.Say("One sentence."),
		"good":  {Tone: bot.ToneGood, Blocks: []bot.Block{bot.P(bot.T("It is done."))}},
	}
}

// asJSON is what would be sent, as a golden file holds it.
func asJSON(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

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
		golden(t, name, asJSON(t, d.payload))
		for _, p := range Problems(d.payload) {
			t.Errorf("%s: %s", name, p)
		}
	}
}

func TestReferencesAreReadBack(t *testing.T) {
	for _, good := range []place{{"nw", casesID, "1234567890123456789"}, {"harbor-discord", "1", "18446744073709551615"}} {
		if got, err := parseRef(good.ref()); err != nil || got != good {
			t.Errorf("%s is read as %+v (%v)", good.ref(), got, err)
		}
	}
	for _, bad := range []bot.Ref{"", "nw", "nw:", "nw:1", "nw:1/", "nw:1/x", "nw:c/1", ":1/1", "nw:1/1/1", "nw:01/1", "nw:1/18446744073709551616", "nw:-1/1", "nw:1/ 1"} {
		if got, err := parseRef(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, got)
		}
	}
	if at := timeOf("175928847299117063"); !at.Equal(time.Date(2016, 4, 30, 11, 18, 25, 796_000_000, time.UTC)) {
		t.Errorf("the id's instant is read as %s", at) // The example of the vendor's page.
	}
	if id := idAt(monday); !timeOf(id).Equal(monday) {
		t.Errorf("the first id of %s is %s, which is %s", monday, id, timeOf(id))
	}
	if g, u := splitAccount(account(guildID, danaID)); g != guildID || u != danaID {
		t.Errorf("an account is read as %q and %q", g, u)
	}
}

func FuzzRef(f *testing.F) {
	f.Add("nw:222222222222222222/333333333333333333")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := parseRef(bot.Ref(s)); err == nil && string(p.ref()) != s {
			t.Errorf("%q is read and written as %q", s, p.ref())
		}
		timeOf(s)
	})
}

// Whatever people write, no payload is over a limit and nothing in it is empty.
func FuzzDraw(f *testing.F) {
	f.Add("title", "words", "label", 3)
	f.Add(strings.Repeat("日本", 4000), "👩‍👩‍👧‍👦", "\x00<@1>", 60)
	f.Add("", " ", "\u2028", 0)
	f.Add("`", "```", "**", 4)
	f.Add(strings.Repeat("a\u0301\u0302", 3000), "\u202e\u2067", "_", 9)
	f.Fuzz(func(t *testing.T, title, text, label string, n int) {
		m := bot.Message{Title: []bot.Span{bot.T(title)}, Footer: []bot.Span{bot.T(text)}, Notify: []string{"dana"}, Tone: []bot.Tone{bot.ToneBad, bot.ToneNone}[n&1]}
		for i := range bottest.Few(n, 70, title, text, label) {
			m.Blocks = append(m.Blocks, bot.P(bot.T(text), bot.Ping("dana", title)), bot.Q(title), bot.Block{Kind: bot.Pre, Spans: []bot.Span{{Text: text, Link: title}}})
			m.Buttons = append(m.Buttons, bot.Button{Label: label, Do: text, Link: title})
			m.Blocks = append(m.Blocks, bot.Block{Kind: bot.List, Items: [][]bot.Span{{bot.T(label)}, {}, {bot.B(text), bot.C(title)}}},
				bot.Block{Kind: bot.Fields, Fields: []bot.Pair{{Label: label, Value: []bot.Span{bot.T(text), bot.Ping("dana", "D")}}, {Label: fmt.Sprint(i)}}})
		}
		for _, p := range Problems(draw(m, sampleReader(t)).payload) {
			t.Error(p)
		}
	})
}
