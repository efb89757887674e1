package templates

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

func TestGoldenEscalation(t *testing.T) {
	s := newStage(t)
	s.file("2", nil)
	s.cards()
	s.does("dana", desk.EscalateCase{Values: complete, Reason: "The shop opens soon", Files: []desk.Attachment{{ID: "a", Name: "till.log", Size: 3 << 10}}})
	s.cards()
	s.does("ivy", desk.ReturnCase{Code: "steps", Missing: []desk.Field{"steps"}, Text: "Which till model is it"})
	s.cards()
	s.does("dana", desk.EscalateCase{Values: map[desk.Field]string{"steps": "1 Model T7.\n2 Sell.\n3 Pay."}})
	s.does("ivy", desk.AckCase{})
	s.cards()
	s.does("ivy", desk.UndoAct{Of: desk.VerbAck})
	s.does("dana", desk.TakeBack{Reason: "The cable was unplugged"})
	golden(t, "escalation", s.out.String())
}

func TestGoldenWork(t *testing.T) {
	s := newStage(t)
	s.file("3", complete)
	s.does("dana", desk.EscalateCase{})
	s.does("ivy", desk.AckCase{NextUpdate: s.now.Add(3 * time.Hour)})
	s.does("dana", desk.Say{Text: "The customer calls\nevery ten minutes", Ref: "n:c/1", Files: []desk.Attachment{{Name: "call.txt", Size: 12}}})
	s.does("ivy", desk.Say{Text: "internal words", Ref: "h:c/1"})
	s.does("ivy", desk.Reply{Text: "Please restart till 7"})
	s.does("ivy", desk.AddNote{Text: "Same as last month"})
	s.does("dana", desk.EditCase{Values: map[desk.Field]string{"customer": "Acme Outdoor", "first_seen": "today 9:00"}})
	s.does("dana", desk.AttachFiles{Files: []desk.Attachment{{Name: "trace", Link: "https://logs.example/7"}}})
	s.does("noor", desk.ChangeSeverity{To: desk.Sev1, Why: "No till works any more"})
	s.does("ivy", desk.UpdateCase{Text: "The cause is found.", ETA: "tonight", NextBy: s.now.Add(2 * time.Hour)})
	s.cards()
	s.does("dana", desk.RelayUpdate{})
	s.does("noor", desk.AssignCase{To: "dana"})
	s.does("pat", desk.AssignCase{To: "pat"})
	s.does("dana", desk.WaitCase{On: desk.OnCustomer, Reason: "They test the fix"})
	s.cards()
	s.does("dana", desk.ResumeCase{})
	s.does("dana", desk.WaitCase{On: desk.OnThirdParty, Reason: "The bank checks", Owner: "noor", Until: s.now.Add(48 * time.Hour)})
	s.does("pat", desk.GiveWorkaround{Text: "1 Take cash.\n2 Book it in the evening."})
	s.cards()
	golden(t, "work", s.out.String())
}

func TestGoldenEnd(t *testing.T) {
	s := newStage(t)
	s.file("2", complete)
	s.does("ivy", desk.AckCase{})
	s.does("ivy", desk.ResolveCase{Text: "Version 6.2.2 is installed", Code: "fixed", Articles: []string{"kb-7"}})
	s.cards()
	s.does("dana", desk.RateCase{Score: 4, Comment: "Quick call back"})
	s.does("dana", desk.ReopenCase{Why: "It is back"})
	s.does("dana", desk.ResolveCase{Text: "The customer had the old version"})
	s.does("dana", desk.CloseCase{})
	s.cards()
	s.does("dana", desk.ReopenCase{Why: "Once more"})
	s.does("dana", desk.MergeCase{Into: "NW-1000"})
	s.cards()
	golden(t, "end", s.out.String())
}

func TestGoldenReminders(t *testing.T) {
	s := newStage(t)
	s.file("2", complete)
	remind := func(kind desk.ClockKind, threshold desk.ThresholdKind, fired int) {
		k, ok := s.c.Clock(kind)
		if !ok {
			t.Fatalf("no clock %s", kind)
		}
		due := k.Due
		if threshold == desk.AtObjective {
			due = k.EarlyDue
		}
		e := desk.Event{Case: s.c.ID, Seq: s.c.Seq + 1, At: s.now, Actor: desk.System, Name: "casebot", Audience: desk.Both,
			Body: desk.ClockFired{Clock: kind, Cycle: k.Cycle, Threshold: threshold, Due: due, Fired: fired}}
		desk.Apply(s.c, e)
		for _, side := range []desk.PartyKind{desk.Partner, desk.Provider} {
			if m, ok := Reminder(s.view(side), e, k.Generation); ok {
				s.show(string(kind)+" "+string(threshold)+", "+string(side), m)
			}
		}
		if m, ok := Direct(s.view(desk.Provider), s.person("pat"), e, k.Generation); ok && threshold == desk.AtLimit {
			s.show("contact of the provider", m)
		}
		if _, ok := Reminder(s.view(desk.Provider), e, k.Generation+1); ok {
			t.Error("a reminder of an older generation is dropped")
		}
	}
	remind(desk.ClockTier1, desk.AtWarning, 1)
	remind(desk.ClockTier2, desk.AtObjective, 2)
	remind(desk.ClockTier2, desk.AtLimit, 4)
	for _, e := range s.events {
		if _, ok := e.Body.(desk.Paged); ok {
			m, _ := Page(s.view(desk.Provider), s.person("ivy"), e)
			s.show("page", m)
		}
	}
	s.does("ivy", desk.AckCase{})
	for _, e := range s.events {
		if _, ok := e.Body.(desk.Paged); ok {
			if _, ok := Page(s.view(desk.Provider), s.person("ivy"), e); ok {
				t.Error("nobody is woken for a case that is acknowledged")
			}
		}
	}
	remind(desk.ClockUpdate, desk.AtReminder, 2)
	golden(t, "reminders", s.out.String())
}

func TestGoldenRestricted(t *testing.T) {
	s := newStage(t)
	s.file("1", map[desk.Field]string{"category": "Security", "impact": "Names leaked", "environment": "Tills 6.2.1", "steps": "1 Open the page."})
	s.cards()
	s.does("dana", desk.Say{Text: "A secret", Ref: "n:c/1"})
	s.does("dana", desk.EditCase{Values: map[desk.Field]string{"customer": "Another Name"}})
	for _, word := range []string{"Receipts", "Acme", "Another Name", "secret", "leaked"} {
		if strings.Contains(s.out.String(), word) {
			t.Errorf("%q is told outside the room", word)
		}
	}
	v := s.view(desk.Partner)
	v.Room = true
	s.show("card in the room", Card(v))
	golden(t, "restricted", s.out.String())
}

func TestGoldenAnswers(t *testing.T) {
	s := newStage(t)
	s.file("3", complete)
	s.does("dana", desk.EscalateCase{})
	s.does("ivy", desk.AckCase{})
	s.does("ivy", desk.Say{Text: "internal", Ref: "h:c/1"})
	s.does("dana", desk.WaitCase{On: desk.OnCustomer, Reason: "They test"})
	s.out.Reset()
	s.show("show, by the partner", Detail(s.view(desk.Partner), s.events))
	s.show("timeline, by the provider", Timeline(s.view(desk.Provider), s.events, 0))
	s.show("explain", Explain(s.view(desk.Partner), "", (&desk.Desk{}).Explain(s.c, s.events)))
	s.show("list", List(s.view(desk.Partner), ListPage{Title: "Open cases", Cases: []*desk.Case{s.c}, Query: "list", More: true}))
	s.show("list of nothing", List(s.view(desk.Partner), ListPage{Title: "Open cases", Empty: "No case fits."}))
	for _, section := range append([]string{""}, BookSections...) {
		m, ok := Handbook(s.book, section)
		if !ok {
			t.Errorf("there is no section %q", section)
		}
		s.show("handbook "+section, m)
	}
	harbor, northwind := s.dir.Provider(), s.dir.Parties[1]
	until := s.now.AddDate(0, 0, 7)
	s.show("on call", OnCall([]desk.Duty{
		{Party: harbor, Rota: true, Turn: desk.Turn{From: s.now, To: until, Cover: true}, Person: s.person("ivy"), Second: s.person("pat"), Next: desk.Turn{From: until, To: until.AddDate(0, 0, 7)}, After: s.person("pat")},
		{Party: northwind, Person: s.person("dana")},
	}, []Call{{Call: "on-call", When: "at once", Who: s.person("ivy"), Found: true}, {Call: "contact", When: "30 minutes after the limit"}}))
	for _, n := range []desk.Notice{
		{Place: desk.InReview, Data: map[string]string{"person": "ivy", "before": "pat", "until": until.Format(time.RFC3339)}},
		{Place: desk.ToPerson, Data: map[string]string{"person": "ivy", "until": until.Format(time.RFC3339)}},
		{Place: desk.InReview, Data: map[string]string{"before": "pat", "until": until.Format(time.RFC3339)}},
	} {
		s.show("hand-over", Handover(s.dir, n))
	}
	s.show("drafts", Drafts([]desk.Draft{{Form: "new", Values: map[string]string{"summary": "Tills fail"}, UpdatedAt: s.now}, {Form: "update", Case: "NW-1001", UpdatedAt: s.now}}))
	s.show("actions", Actions(s.dir, []desk.Action{{ID: "a1b2c3", Title: "Write the guide", Owner: "dana", Due: s.now}}, func(desk.Action) bool { return true }))
	golden(t, "answers", s.out.String())
}

// TestTone holds every sentence against the rules of tone: no exclamation marks, no jargon of programs.
func TestTone(t *testing.T) {
	for _, name := range []string{"escalation", "work", "end", "again", "promises", "reminders", "restricted", "answers"} {
		golden := readGolden(t, name)
		for _, bad := range []string{"!", "error", "invalid", "null", "undefined", "0001-01-01", "%!", "Tier2", "SLA"} {
			if strings.Contains(golden, bad) {
				t.Errorf("%s says %q", name, bad)
			}
		}
	}
}

// What a message offered and what became of it: each is drawn anew where it stands.
func TestGoldenAgain(t *testing.T) {
	s := newStage(t)
	s.file("2", nil)
	s.does("dana", desk.EscalateCase{Values: complete})
	s.does("ivy", desk.ReturnCase{Code: "steps", Missing: []desk.Field{"steps"}})
	s.does("dana", desk.EscalateCase{Values: map[desk.Field]string{"steps": "1 Model T7.\n2 Sell."}})
	s.does("dana", desk.WaitCase{On: desk.OnCustomer, Reason: "They test the fix"})
	s.does("ivy", desk.AckCase{})
	s.does("ivy", desk.ResolveCase{Text: "Version 6.2.2 is installed"})
	s.out.Reset()
	s.again("before the customer's word")
	first := s.out.String()
	s.does("dana", desk.RelayUpdate{})
	s.does("dana", desk.RateCase{Score: 4})
	s.does("noor", desk.RateCase{Score: 2, Comment: "It froze again"})
	s.out.Reset()
	s.again("after the customer's word", "resolved")
	rated := s.out.String()
	s.does("dana", desk.ReopenCase{Why: "It is back"})
	s.out.Reset()
	s.again("after the reopening", "resolved")
	golden(t, "again", first+rated+s.out.String())
}

// again writes down every message, or those of some kinds of event, of which something was used up, as it is drawn then.
func (s *stage) again(title string, kinds ...string) {
	fmt.Fprintf(&s.out, "===== %s =====\n\n", title)
	for _, e := range s.events {
		if len(kinds) > 0 && !slices.Contains(kinds, e.Body.Kind()) {
			continue
		}
		for _, side := range []desk.PartyKind{desk.Partner, desk.Provider} {
			if len(desk.Endings(e, side, s.events)) == 0 {
				continue
			}
			to := desk.Person{}
			if p, ok := e.Body.(desk.Paged); ok {
				to = s.person(p.Person)
			}
			if m, ok := s.view(side).again(to, e, s.events); ok {
				fmt.Fprintf(&s.out, "--- %s reads, of %s\n%s\n", side, e.Body.Kind(), dump(m, time.UTC))
			}
		}
	}
}
