package playground

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

// danaReads is a reader in California, on the tests' Monday.
func danaReads(t *testing.T) Reader {
	t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	return Reader{Zone: zone, Now: monday, Self: "dana",
		Name: func(id string) (string, bool) {
			name, ok := map[string]string{"dana": "Dana Demo", "marco": "Marco Muster"}[id]
			return name, ok
		},
		File: func(name string) string {
			if name == "weeks.png" {
				return "/api/file?file=1"
			}
			return ""
		},
		Act: func(i int, _ bot.Button) string { return string(rune('0' + i)) },
	}
}

// The golden files hold what each kind of message becomes. Run with -update after a change meant.
func TestRenderGolden(t *testing.T) {
	evil := `<script>alert(1)</script> & "quotes" 'and' <!channel> @everyone [x](javascript:1)`
	for name, m := range map[string]bot.Message{
		"card": sampleCard("NW-1042", 2, bot.ToneWarn, "Card payments fail\nThree of four tills", "Escalated", monday.Add(80*time.Minute), "Acknowledge", "Show"),
		"escaped": {
			Title: []bot.Span{bot.B(evil), bot.T(" · Sev 1 · " + evil)}, Footer: []bot.Span{{Text: evil, Style: bot.Italic}},
			Blocks: []bot.Block{bot.P(bot.T(evil)), bot.Q(evil), {Kind: bot.Pre, Spans: []bot.Span{bot.T(evil)}},
				{Kind: bot.List, Items: [][]bot.Span{{bot.C(evil)}, {{Text: evil, Style: bot.Strike}}}},
				{Kind: bot.Fields, Fields: []bot.Pair{{Label: evil, Value: []bot.Span{bot.T(evil)}}}},
				{Kind: bot.Image, File: evil, Alt: evil}},
			Buttons: []bot.Button{{Label: evil, Do: evil, Style: bot.ButtonStyle(evil)}, {Label: "x", Link: "javascript:alert(1)"}},
			Tone:    bot.Tone(evil),
		},
		"people":   {Blocks: []bot.Block{bot.P(bot.Ping("dana", "Dana"), bot.T(", "), bot.Ping("marco", "Marco"), bot.T(", "), bot.Who("marco", "Marco"), bot.T(" and "), bot.Ping("priya", "Priya <Sample>"))}},
		"times":    {Blocks: []bot.Block{bot.P(bot.When(time.Date(2026, 11, 21, 1, 55, 0, 0, time.UTC)), bot.T(" / "), bot.When(time.Date(2027, 7, 1, 6, 0, 0, 0, time.UTC)))}},
		"links":    {Blocks: []bot.Block{bot.P(bot.Span{Text: "status", Link: "https://status.example.test/?a=1&b=2"}, bot.Span{Text: "bad", Link: "javascript:alert(1)"}, bot.Span{Text: "odd", Link: "//elsewhere.test"})}, Buttons: []bot.Button{{Label: "Open", Link: "https://example.test/"}}},
		"image":    {Blocks: []bot.Block{{Kind: bot.Image, File: "weeks.png", Alt: "Cases a week"}, {Kind: bot.Divider}}},
		"internal": {Tone: bot.ToneInternal, Blocks: []bot.Block{bot.P(bot.T("Checking the build."))}},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.ReplaceAll(Render(m, danaReads(t)), "><", ">\n<") + "\n"
			path := filepath.Join("testdata", "render", name+".html")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			for _, bad := range []string{"<script", "<!channel", `href="javascript`, `href="//`} {
				if strings.Contains(got, bad) {
					t.Errorf("%q has become markup", bad)
				}
			}
		})
	}
}

// A text of 50,000 characters is there whole, the first part shown and the rest folded.
func TestRenderFoldsLongText(t *testing.T) {
	text := strings.Repeat("é", 25_000) + strings.Repeat("<", 25_000)
	got := Render(bot.Message{Blocks: []bot.Block{bot.P(bot.B("Said: "), bot.T(text))}}, danaReads(t))
	shown, folded, ok := strings.Cut(got, `<span class="rest" hidden>`)
	if !ok || !strings.Contains(folded, "50,006 characters") {
		t.Fatal("nothing was folded")
	}
	if n := strings.Count(shown, "é") + len("Said: "); n != shownText {
		t.Errorf("%d characters are shown, want %d", n, shownText)
	}
	if n := strings.Count(got, "é") + strings.Count(got, "&lt;"); n != 50_000 {
		t.Errorf("%d of 50,000 characters are on the page", n)
	}
	if typed := typedHTML(text); strings.Count(typed, "&lt;") != 25_000 || !strings.Contains(typed, "50,000 characters") {
		t.Error("a person's long message is not whole")
	}
}

func TestAddressed(t *testing.T) {
	for _, c := range []struct {
		text, rest string
		yes        bool
	}{
		{"@casebot ack", "ack", true},
		{"@Casebot: ack NW-1042", "ack NW-1042", true},
		{"hello @casebot, note this", "hello , note this", true},
		{"ack", "ack", false},
		{"me@casebot.example", "me@casebot.example", false},
		{"@casebots", "@casebots", false},
	} {
		if rest, yes := addressed(c.text); rest != c.rest || yes != c.yes {
			t.Errorf("addressed(%q) = %q, %t; want %q, %t", c.text, rest, yes, c.rest, c.yes)
		}
	}
}

func FuzzTypedHTML(f *testing.F) {
	for _, s := range []string{"a <b> & c", "https://x.test/?a=<b>", "@casebot <i>", strings.Repeat("x<", 2000), "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := typedHTML(s)
		for _, tag := range []string{"<script", "<img", "<b>", "<i>", "onerror=\""} {
			if strings.Contains(got, tag) {
				t.Errorf("%q gives %q", s, tag)
			}
		}
	})
}
