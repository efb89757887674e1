package discordfake

import (
	"strings"
	"testing"
	"time"

	"casebot/bot"
)

// told is a message's words with the kind of each block before them.
func told(blocks []bot.Block) string {
	var out []string
	for _, b := range blocks {
		out = append(out, string(b.Kind)+":"+strings.ReplaceAll(bot.PlainText(bot.Message{Blocks: []bot.Block{b}}, time.UTC), "\n", "/"))
	}
	return strings.Join(out, " | ")
}

// Discord's marks are read as a person sees them, so that words which were not escaped show as changed.
func TestMarkdownIsReadAsPeopleSeeIt(t *testing.T) {
	w := newWorld(t)
	ws := w.work.(*workspace)
	for text, want := range map[string]string{
		"plain\nsecond\n\nthird":            "para:plain/second | para:third",
		"> one\n> two\nafter":               "quote:> one/> two | para:after",
		"> - item\n> # big":                 "quote:> • item/> big",
		"before\n>>> all\nthe rest":         "para:before | quote:> all/> the rest",
		"- a\n* b\n1. c":                    "list:• a/• b/• c",
		"```go\na  b\n c\n```\nafter":       "pre:a  b/ c | para:after",
		"```one```tail":                     "pre:one | para:tail",
		"```\nno end":                       "pre:no end",
		"# big\n-# small":                   "para:big | para:small",
		"**b** *i* __u__ ~~s~~ ||p|| `c*`":  "para:b i u s p c*",
		`\*not\* \# \- \<@1\> \… a\b`:       `para:*not* # - <@1> … a\b`,
		`\\*i*`:                             `para:\i`,
		"snake_case_name 2 * 3 * 4":         "para:snake_case_name 2 * 3 * 4",
		"[click](https://a.test/x)":         "para:click",
		"<https://a.test/x> https://b.test": "para:https://a.test/x https://b.test",
		"<@" + danaID + "> <@&" + supportID + "> <#" + casesID + ">": "para:Dana Demo support #cases",
		"<t:1772442000:F>":      "para:Mon 2 Mar 09:00 UTC",
		"a\u200b*b\u2060":       "para:a*b",
		"@everyone <!channel>":  "para:@everyone <!channel>",
		"**a *b* c**":           "para:a b c",
		"***both***":            "para:both",
		`*a \\\* b \\*`:         `para:a \* b \`,
		`**a \*\* b**`:          "para:a ** b",
		"<a:party:12345> <@U1>": "para::party: <@U1>",
	} {
		if got := told(ws.markdown(text, nil)); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// Threads archive themselves by the clock when a test asks for it, and open when a person writes.
func TestThreadsFallAsleep(t *testing.T) {
	w := newWorld(t)
	w.AutoArchive(true)
	card := w.post(casesID, "card")
	w.ok("POST", "channels/"+casesID+"/messages/"+card+"/threads", map[string]any{"name": "NW-1", "auto_archive_duration": 60})
	w.clock.Advance(59 * time.Minute)
	w.post(card, "still awake")
	w.clock.Advance(59 * time.Minute)
	w.post(card, "and still")
	w.clock.Advance(61 * time.Minute)
	w.refused(50083, "POST", "channels/"+card+"/messages", map[string]any{"content": "late", "allowed_mentions": quiet})
	at := w.channel()
	at.Thread = bot.Ref("nwd:" + casesID + "/" + card)
	if _, err := w.work.Say(t.Context(), w.dana, at, "hello", nil); err != nil {
		t.Fatal(err)
	}
	w.post(card, "good morning")
}
