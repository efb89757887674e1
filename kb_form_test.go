package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// An article can be read where the case is filed, before anybody says that it solved it: reading is kept as opened and
// files what is sent; "this solved it" files nothing, and the form says so on its button.
func TestReadingBeforeFiling(t *testing.T) {
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	s.keeps(t, desk.Article{ID: "blank", Title: "Receipt printer prints blank paper", Body: "# What to do\n\n1. Open the cover.\n2. **Turn** the roll.\n\n" + strings.Repeat("More of it. ", 300)})
	dana := s.who(t, "dana")
	values := map[string]string{"begun": "2026-11-16T17:00:00Z", "severity": "3", "customer": "Demo Outdoor", "product": "Harbor Tills", "category": "Defect",
		"summary": "Receipt printer prints blank paper", "impact": "One till gives no receipts at all", "first_seen": "today 08:30"}
	send := func(kind bot.InteractionKind, solved string) bot.Answer {
		t.Helper()
		v := map[string]string{"solved": solved}
		for k, x := range values {
			v[k] = x
		}
		return s.app.Inbox.Handle(t.Context(), &bot.Interaction{Kind: kind, ID: string(kind) + solved, Platform: demoPlatform, Account: dana.Accounts[0], Form: "new", Values: v})
	}
	intro := func(a bot.Answer) string {
		t.Helper()
		if a.Form == nil {
			t.Fatalf("no form but %+v", a.Message)
		}
		return bot.PlainText(bot.Message{Blocks: a.Form.Intro}, time.UTC)
	}
	a := send(bot.Refresh, "")
	if got := intro(a); !strings.Contains(got, "This may already be answered") || a.Form.Submit != "File the case" {
		t.Errorf("the form says %q, its button %q", got, a.Form.Submit)
	}
	at := -1
	for i, f := range a.Form.Fields {
		if f.Key == "solved" {
			at = i
			if len(f.Options) != 3 || f.Required {
				t.Errorf("the question whether it solved it: %+v", f)
			}
		}
	}
	if at < 1 || a.Form.Fields[at-1].Key != "summary" {
		t.Errorf("the question stands at place %d and not after the summary", at)
	}
	a = send(bot.Refresh, "read blank")
	if got := intro(a); !strings.Contains(got, "Turn the roll") || !strings.Contains(got, "The article goes on") || strings.Contains(got, "This may already be answered") || a.Form.Submit != "File the case" {
		t.Errorf("reading shows %q, the button says %q", got, a.Form.Submit)
	}
	if rows := s.rows(t, "article_act"); !strings.Contains(rows, `"act":"opened"`) || strings.Contains(rows, "deflected") {
		t.Errorf("kept: %s", rows)
	}
	a = send(bot.Refresh, "blank")
	if got := intro(a); !strings.Contains(got, "Nothing will be filed") || a.Form.Submit != "Close as solved" {
		t.Errorf("solved shows %q, the button says %q", got, a.Form.Submit)
	}
	if a = send(bot.Submit, "read blank"); a.Message == nil || !strings.Contains(bot.PlainText(*a.Message, time.UTC), "NW-1001 is filed") {
		t.Errorf("sent while reading: %+v", a)
	}
	if rows := s.rows(t, "article_act"); strings.Contains(rows, "deflected") {
		t.Errorf("kept: %s", rows)
	}
}

// What is too long for one message is read on with a button, by whoever may read it; so is an old version.
func TestReadingOn(t *testing.T) {
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	s.keeps(t, desk.Article{ID: "long", Title: "The long way", Body: strings.Repeat("One step after another.\n\n", 400) + "The very last word."})
	m := s.asks(t, "dana", "kb open long")
	for range 5 {
		if len(m.Buttons) == 0 || m.Buttons[0].Label != "Read on" {
			break
		}
		m = s.asks(t, "dana", m.Buttons[0].Do)
	}
	if got := bot.PlainText(*m, time.UTC); !strings.Contains(got, "The very last word") || !strings.Contains(got, "Page 2 of 2") {
		t.Errorf("at the end stands %.200s", got)
	}
	if m = s.asks(t, "erin", "kb history long version=1"); len(m.Buttons) == 0 || m.Buttons[0].Label != "Read on" {
		t.Fatalf("the version offers %+v", m.Buttons)
	}
	if got := bot.PlainText(*s.asks(t, "erin", m.Buttons[0].Do), time.UTC); !strings.Contains(got, "The very last word") || !strings.Contains(got, "version 1 of 1") {
		t.Errorf("the version ends with %.200s", got)
	}
}

// An article of a long name is chosen like any other: in the form of a new case, and at the resolution.
func TestArticlesOfLongNamesCanBeChosen(t *testing.T) {
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	id := "handbook, part 2/" + strings.Repeat("receipt-printer-", 8) + "prints-blank-paper"
	s.keeps(t, desk.Article{ID: id, Title: "Receipt printer prints blank paper", Body: "Turn the roll of paper."})
	dana := s.who(t, "dana")
	do := func(kind bot.InteractionKind, form, caseID string, values map[string]string) bot.Answer {
		t.Helper()
		return s.app.Inbox.Handle(t.Context(), &bot.Interaction{Kind: kind, ID: string(kind) + form + values["solved"] + values["articles"], Platform: demoPlatform, Account: dana.Accounts[0], Form: form, Case: caseID, Values: values})
	}
	values := map[string]string{"begun": "2026-11-16T17:00:00Z", "severity": "3", "customer": "Demo Outdoor", "product": "Harbor Tills", "category": "Defect",
		"summary": "Receipt printer prints blank paper", "impact": "One till gives no receipts at all", "first_seen": "today 08:30"}
	option := func(f *bot.Form, key string, n int) string {
		t.Helper()
		for _, q := range f.Fields {
			if q.Key == key && n < len(q.Options) {
				if v := q.Options[n].Value; len(v) <= 75 && !strings.Contains(v, ",") {
					return v
				}
				t.Fatalf("the value %q is too long for a chat", q.Options[n].Value)
			}
		}
		t.Fatalf("no option %d of %s", n, key)
		return ""
	}
	a := do(bot.Refresh, "new", "", values)
	read, solved := option(a.Form, "solved", 0), option(a.Form, "solved", 1)
	values["solved"] = read
	if a = do(bot.Refresh, "new", "", values); !strings.Contains(bot.PlainText(bot.Message{Blocks: a.Form.Intro}, time.UTC), "Turn the roll") {
		t.Error("it cannot be read in the form")
	}
	values["solved"] = solved
	if a = do(bot.Submit, "new", "", values); a.Message == nil || !strings.Contains(bot.PlainText(*a.Message, time.UTC), "Nothing was filed") {
		t.Errorf("it cannot solve a case: %+v", a)
	}
	values["solved"], values["begun"] = "no", "2026-11-16T18:00:00Z"
	do(bot.Submit, "new", "", values)
	a = s.app.Inbox.Handle(t.Context(), &bot.Interaction{Kind: bot.Command, ID: "r", Platform: demoPlatform, Account: dana.Accounts[0], Text: "resolve NW-1001 ask=yes"})
	if a.Form == nil {
		t.Fatalf("no form: %+v", a.Message)
	}
	ticked := option(a.Form, "articles", 0)
	if a = do(bot.Submit, "resolve", "NW-1001", map[string]string{"text": "Turned it.", "articles": ticked}); a.Message == nil {
		t.Fatalf("not resolved: %+v", a.Form)
	}
	c, err := s.app.Desk.FindCase(t.Context(), dana, "NW-1001")
	if err != nil || len(c.Articles) != 1 || c.Articles[0] != id {
		t.Errorf("the case is linked with %v, %v", c.Articles, err)
	}
	if rows := s.rows(t, "article_link"); !strings.Contains(rows, "receipt-printer-") {
		t.Errorf("kept: %s", rows)
	}
}
