package templates

import (
	"strings"
	"testing"

	"casebot/bot"
)

// written puts marks around what a reader would see marked: a way to write expectations.
func written(spans []bot.Span) string {
	var b strings.Builder
	for _, s := range spans {
		open, end := map[bot.Style]string{bot.Bold: "<b>", bot.Italic: "<i>", bot.Code: "<c>"}[s.Style], map[bot.Style]string{bot.Bold: "</b>", bot.Italic: "</i>", bot.Code: "</c>"}[s.Style]
		if s.Link != "" {
			open, end = "<"+s.Link+">", "</>"
		}
		b.WriteString(open + s.Text + end)
	}
	return b.String()
}

// What authors write in a line, and what is left alone.
func TestMarkdownLines(t *testing.T) {
	for text, want := range map[string]string{
		"Press **Gift** and `F5`, *then* wait":                  "Press <b>Gift</b> and <c>F5</c>, <i>then</i> wait",
		"See [the guide](https://help.demo.example/a) now":      "See <https://help.demo.example/a>the guide</> now",
		`[the guide](https://help.demo.example/a "title")`:      "<https://help.demo.example/a>the guide</>",
		"[elsewhere](other.md) and ![a picture](x.png)":         "elsewhere and a picture",
		"[x](javascript:alert(1))":                              "x)",
		"5 * 3 * 2 and 2*3*4":                                   "5 * 3 * 2 and 2*3*4",
		"HB_2041 and __init__ stay":                             "HB_2041 and __init__ stay",
		"one ** alone, one ` alone, one * alone, one [ alone](": "one ** alone, one ` alone, one * alone, one [ alone](",
		`\*not\* \[this\](x)`:                                   "*not* [this](x)",
		"`**code**` stays":                                      "<c>**code**</c> stays",
		"<b>no</b> <@U123> @everyone":                           "<b>no</b> <@U123> @everyone",
		"**über** *ändern*":                                     "<b>über</b> <i>ändern</i>",
		"****":                                                  "****",
		"C:\\Program Files\\Harbor":                             "C:\\Program Files\\Harbor",
	} {
		got := Markdown(text)
		if len(got) != 1 || written(got[0].Spans) != want {
			t.Errorf("%q: %+v, want %q", text, got, want)
		}
	}
}

// Lines become pieces; nothing that was written is lost.
func TestMarkdownPieces(t *testing.T) {
	var got []string
	for _, p := range Markdown("# What you *see*\nWhite paper.\nAnd more.\n\n- Turn the roll,\n  then wait\n* Close it\n- [ ] Is it shut?\n1. One\n2. Two\n\n#hashtag\n```\n- code **x**\n\n# y\n```\nEnd") {
		got = append(got, p.Kind+" "+written(p.Spans))
	}
	want := []string{"h What you <i>see</i>", "p White paper.\nAnd more.", "li Turn the roll, then wait", "li Close it", "step Is it shut?", "p 1. One\n2. Two", "p #hashtag", "pre - code **x**\n\n# y", "p End"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q\nwant %q", got, want)
	}
	blocks := articleBlocks("- a\n- b\n- [ ] c\n\n# H\n```\nx\n```")
	if len(blocks) != 3 || len(blocks[0].Items) != 3 || blocks[0].Items[2][0].Text != "☐ " || blocks[1].Spans[0].Style != bot.Bold || blocks[2].Kind != bot.Pre {
		t.Errorf("%+v", blocks)
	}
}

// An article of the largest size is read in one go, whatever it is made of.
func TestMarkdownOfAMegabyte(t *testing.T) {
	for _, of := range []string{"a\n", "*", "`", "[", "![", "**a", "- x\n y\n", "\\", "[a](", "# ", "```\n", "ü"} {
		Markdown(strings.Repeat(of, 1<<20/len(of)))
	}
}

// Whatever is written: no crash, no letter lost, no link but to the web.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"**a** `b` *c* [d](https://e)", "- [ ] x\n```\ny", "# h\n\\*", "![", "*", "[](", "\xff**\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		letters := func(s string) int {
			n := 0
			for _, c := range s {
				if c == 'x' {
					n++
				}
			}
			return n
		}
		n, addresses := 0, 0
		for _, p := range Markdown(text) {
			for _, s := range p.Spans {
				n += letters(s.Text)
				if s.Link != "" && !strings.HasPrefix(strings.ToLower(s.Link), "http") {
					t.Fatalf("a link to %q", s.Link)
				}
			}
		}
		// Addresses of links and pictures, titles of links, and the language of code are not shown.
		addresses = strings.Count(text, "](") + strings.Count(text, "```")
		if addresses == 0 && n != letters(text) {
			t.Fatalf("%d of %d letters are left of %q", n, letters(text), text)
		}
	})
}
