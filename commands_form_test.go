package main

import (
	"fmt"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/desk"
)

func TestTheEditFormChangesOnlyWhatWasChanged(t *testing.T) {
	w := newWorld(t)
	id := w.filed(wholeCase)
	w.types("dana", "edit "+id)
	if v := field(w.dialog("dana"), "first_seen").Value; v != "2026-11-20 09:00" {
		t.Errorf("a time is shown as Dana would type it, in Chicago: %q", v)
	}
	w.wants(w.submits("dana", nil), "Nothing was different")
	w.types("dana", "edit "+id)
	w.wants(w.submits("dana", map[string]string{"customer": "Acme Indoor"}), "is changed")
	_, events, _ := w.desk.Timeline(w.ctx, w.person("dana"), id)
	if e, ok := events[len(events)-1].Body.(desk.Edited); !ok || len(e.To) != 1 {
		t.Errorf("one field was changed: %+v", events[len(events)-1].Body)
	}
	w.types("dana", "edit "+id+" severity=1")
	if w.cas(id).Severity != desk.Sev3 {
		t.Error("severity needs a reason")
	}
}

func TestOnADiscordWithSmallDialogs(t *testing.T) {
	w := newWorld(t)
	w.fake.Caps.DialogFields, w.fake.Caps.DialogChain = 5, false
	w.types("dana", "new")
	pages := []map[string]string{
		{"severity": "3", "customer": "Acme Outdoor", "product": "Harbor Tills", "category": "Defect", "summary": "Receipts print twice since today"},
		{"impact": "Two tills print everything twice", "first_seen": "today 9:00", "environment": "Harbor Tills 6.2.1 on Windows 11", "steps": "1 Sell. 2 Pay by card. 3 Two receipts."},
		{},
	}
	for i, values := range pages {
		f := w.dialog("dana")
		if f == nil || len(f.Fields) > 5 {
			t.Fatalf("page %d: %+v", i+1, f)
		}
		files := []bot.File{}
		if field(f, "evidence").Key != "" {
			files = append(files, bot.File{Name: "till.log", Data: []byte("log")})
		}
		got := w.submits("dana", values, files...)
		if i < len(pages)-1 {
			w.wants(got, "is kept")
			w.presses("dana", w.channel("dana"), "Continue")
		} else {
			w.wants(got, "NW-1001 is filed as Sev 3")
		}
	}
	if c := w.cas("NW-1001"); len(c.Evidence) != 1 || c.Fields[desk.FieldSteps] == "" {
		t.Errorf("all pages arrive, and the file of the second: %+v", c)
	}
}

func TestWhatWasTypedWithACommandIsInTheForm(t *testing.T) {
	w := newWorld(t)
	id := w.filed(smallCase)
	w.wants(w.types("dana", `escalate `+id+` environment="Harbor Tills 6.2.1 on Windows 11" The shop opens soon`), "Steps to reproduce.")
	w.presses("dana", w.channel("dana"), "Add what is missing")
	f := w.dialog("dana")
	if f == nil || field(f, "environment").Value != "Harbor Tills 6.2.1 on Windows 11" || f.Hidden["reason"] != "The shop opens soon" {
		t.Errorf("kept: %+v", f)
	}
	w.wants(w.submits("dana", map[string]string{"steps": "1 Sell. 2 Pay by card. 3 Two receipts come. https://logs.example/7"}), "is with Harbor now")
	w.wants(w.types("dana", "drafts"), "You have no drafts")

	// A mention can open no dialog: it answers with the button that does.
	_, got := w.writes("dana", id, "@casebot resolve")
	w.wants(got, "One more step", "[Resolve the case]")
	w.presses("dana", w.thread("dana", id), "Resolve the case")
	w.wants(w.submits("dana", map[string]string{"text": "The customer had the old version"}), "is resolved")
}

// The draft goes in the transaction of the act it was for. What was refused is still a draft.
func TestADraftGoesWithTheActItWasFor(t *testing.T) {
	w := newWorld(t)
	id := desk.DraftID(w.person("dana"), "new", "")
	if _, err := w.desk.SaveDraft(w.ctx, w.person("dana"), desk.Draft{Form: "new", Values: map[string]string{"summary": "Tills fail"}}, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	act := desk.Act{By: w.person("dana"), Now: w.clock.Now(), Key: "one event", Form: "new", Do: desk.FileCase{Values: map[desk.Field]string{"summary": "Tills fail"}}}
	if _, err := w.desk.Do(w.ctx, act); desk.KindOf(err) != desk.KindInvalid && desk.KindOf(err) != desk.KindIncomplete {
		t.Fatalf("a case without a severity: %v", err)
	}
	if d, err := w.desk.FindDraft(w.ctx, w.person("dana"), id); err != nil || d.Values["summary"] != "Tills fail" {
		t.Errorf("after a refusal: %+v, %v", d, err)
	}
	act.Do = desk.FileCase{Values: map[desk.Field]string{"customer": "Demo Outdoor", "product": "Harbor Tills", "category": "Defect",
		"severity": "3", "summary": "Receipts print twice since the update", "impact": "Two tills print everything twice", "first_seen": "today 9:00"}}
	if _, err := w.desk.Do(w.ctx, act); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.FindDraft(w.ctx, w.person("dana"), id); desk.KindOf(err) != desk.KindNotFound {
		t.Errorf("after the case was filed: %v", err)
	}
}

func TestTheFormShowsWhatWillHappenBeforeItIsSent(t *testing.T) {
	w := newWorld(t)
	w.types("dana", "new")
	live := func(values map[string]string) string {
		a := w.inbox.Handle(w.ctx, &bot.Interaction{ID: "live", Kind: bot.Refresh, Platform: "fake", Account: w.person("dana").Accounts[0], Form: "new", Values: values})
		if a.Form == nil {
			t.Fatalf("no form: %+v", a)
		}
		return bot.PlainText(bot.Message{Blocks: a.Form.Intro}, w.dir.ZoneOf(w.person("dana")))
	}
	w.wants(live(map[string]string{"summary": "Tills fail"}), "Choose a severity to see who answers by when.")
	got := live(map[string]string{"severity": "1", "summary": "Tills fail"})
	w.wants(got, "Sev 1: Production down", "Northwind answers the customer by Fri 20 Nov 12:55 CST", "Harbor acknowledges by Fri 20 Nov 12:55 CST (Fri 10:55 PST for Harbor)", "Ivy Demo is called first.", "To escalate, these are needed too:")
	w.wants(live(map[string]string{"severity": "2", "category": "Security"}), "Only invited people can read it.", "Preserve the evidence")
	w.wants(w.types("dana", "drafts"), "new") // The last refresh kept what was typed.
}

// A text begun from the handbook names the next update. It goes out with the instant, in the customer's zone, or not at all.
func TestATemplateGoesOutWithoutAHole(t *testing.T) {
	w := newWorld(t)
	id := w.up(true)
	w.types("ivy", "update "+id)
	text := "An engineer is now working on it. Next update by {next}."
	got := w.submits("ivy", map[string]string{"template": "Acknowledged by engineering", "text": text})
	f := w.dialog("ivy")
	if f == nil || field(f, "text").Value != text || field(f, "next").Error != "The text still says {next}. Say when the next update comes, or take that sentence out." {
		t.Fatalf("%s %+v", got, f)
	}
	w.wants(w.submits("ivy", map[string]string{"text": text, "next": "in 2 hours"}), "Your update is on "+id)
	if p := w.reads("dana", w.thread("dana", id)); !strings.Contains(p, "An engineer is now working on it. Next update by ") || strings.Contains(p, "{next}") {
		t.Errorf("the Partner reads %s", p)
	}
	w.types("ivy", "update "+id)
	a := w.inbox.Handle(w.ctx, &bot.Interaction{ID: "live", Kind: bot.Refresh, Platform: "fake", Account: w.person("ivy").Accounts[0], Form: "update", Case: id,
		Values: map[string]string{"template": "Acknowledged by engineering", "next": "in 2 hours"}})
	if a.Form == nil {
		t.Fatalf("no form: %+v", a)
	}
	w.wants(field(a.Form, "text").Value, "Next update by Fri 20 Nov ", " CST.")
}

// Another template takes the place of the first one's text as long as nobody has changed a word of it. What somebody wrote
// is kept, whatever they choose, and the form says so.
func TestAnotherTemplateTakesThePlaceOfTheFirst(t *testing.T) {
	w := newWorld(t)
	id := w.up(true)
	w.types("ivy", "update "+id)
	n := 0
	live := func(values map[string]string) (text, said string) {
		n++
		a := w.inbox.Handle(w.ctx, &bot.Interaction{ID: fmt.Sprint("live", n), Kind: bot.Refresh, Platform: "fake", Account: w.person("ivy").Accounts[0], Form: "update", Case: id, Values: values})
		if a.Form == nil {
			t.Fatalf("no form: %+v", a)
		}
		return field(a.Form, "text").Value, bot.PlainText(bot.Message{Blocks: a.Form.Intro}, w.dir.ZoneOf(w.person("ivy")))
	}
	first, _ := live(map[string]string{"template": "First response"})
	w.wants(first, "thank you for reporting this", "{next}")
	second, said := live(map[string]string{"template": "Acknowledged by engineering", "text": strings.ReplaceAll(first, "\n", "\r\n")})
	w.wants(second, "an engineer is now working on")
	w.lacks(second+said, "thank you for reporting", "What you wrote")
	// The promise is filled in, and follows when it is moved: nobody has written a word yet.
	promised, _ := live(map[string]string{"template": "Acknowledged by engineering", "text": second, "next": "in 2 hours"})
	w.wants(promised, "Next update by Fri 20 Nov 13:55 CST.")
	moved, _ := live(map[string]string{"template": "Acknowledged by engineering", "text": promised, "next": "in 3 hours"})
	w.wants(moved, "Next update by Fri 20 Nov 14:55 CST.")
	third, _ := live(map[string]string{"template": "Progress", "text": moved, "next": "in 3 hours"})
	w.wants(third, "is being worked on")

	for _, own := range []string{third + " We try voucher 4711.", "Only my own words", strings.Replace(first, "{next}", "tomorrow noon", 1)} {
		kept, said := live(map[string]string{"template": "First response", "text": own})
		if kept != own {
			t.Errorf("somebody's own words are kept: %q came back as %q", own, kept)
		}
		w.wants(said, "What you wrote is kept. Empty the text to begin from “First response”.")
	}
	again, said := live(map[string]string{"template": "First response", "text": ""})
	w.wants(again, "thank you for reporting this")
	w.lacks(said, "What you wrote")
}
