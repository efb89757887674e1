package main

import (
	"strings"
	"testing"

	"casebot/bot"
)

// A link is evidence like a file: typed in a line or beside the files of a form. One that is none is refused with
// its word, and a form that is sent twice has each link once.
func TestLinksAreEvidence(t *testing.T) {
	w := newWorld(t)
	line := smallCase + ` environment="Harbor Tills 8.4 on Windows 11" steps="1 Sell an item. 2 Pay. Two receipts come out."`
	id := w.filed(line + ` evidence=https://logs.example/till-7`)
	if c := w.cas(id); len(c.Evidence) != 1 || c.Evidence[0].Link != "https://logs.example/till-7" {
		t.Errorf("the evidence of a line is %+v", c.Evidence)
	}
	w.wants(w.reacts(bot.React, "dana", id, w.card("partner", id), "sos"), id+" is with Harbor now")

	w.types("dana", line+` evidence="see the log"`)
	f := w.dialog("dana")
	if f == nil || !strings.Contains(field(f, "links").Error, "“see” is not a link") || field(f, "links").Value != "see the log" {
		t.Fatalf("words in place of a link are refused where they can be mended: %+v", f)
	}
	// All that is wrong is said at once, and a word that is no link costs no file.
	w.submits("dana", map[string]string{"summary": "asdf"}, bot.File{Name: "first.log", Type: "text/plain", Data: []byte("y")})
	if f = w.dialog("dana"); f == nil || !strings.Contains(field(f, "links").Error, "“see” is not a link") || field(f, "summary").Error == "" || field(f, "customer").Error != "" || !strings.Contains(field(f, "evidence").Hint, "first.log.") {
		t.Fatalf("two faults at once: %+v", f)
	}
	got := w.submits("dana", map[string]string{"links": "http://logs.example/a https://logs.example/b http://logs.example/a", "summary": "asdf"}, bot.File{Name: "till.log", Type: "text/plain", Data: []byte("x")})
	if f = w.dialog("dana"); f == nil || field(f, "summary").Error == "" || field(f, "links").Value == "" || !strings.Contains(field(f, "evidence").Hint, "first.log, till.log.") {
		t.Fatalf("another fault keeps links and files: %s %+v", got, f)
	}
	got = w.submits("dana", map[string]string{"summary": "Receipts print three times since the update", "links": "http://logs.example/a https://logs.example/c"})
	w.wants(got, "is filed")
	c := w.cas("NW-1002")
	w.wants(w.types("dana", "edit NW-1002 evidence=https://logs.example/d"), "is changed")
	if c := w.cas("NW-1002"); len(c.Evidence) != 5 {
		t.Errorf("after adding one more link the evidence is %+v", c.Evidence)
	}
	var have []string
	for _, a := range c.Evidence {
		have = append(have, a.Name+a.Link)
	}
	if strings.Join(have, " ") != "first.log till.log logs.example/ahttp://logs.example/a logs.example/chttps://logs.example/c" {
		t.Errorf("the evidence is %q", have)
	}
}
