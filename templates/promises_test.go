package templates

import (
	"testing"
	"time"

	"casebot/desk"
)

// nudges reminds of a wait as the desk's clock does.
func (s *stage) nudges(propose bool) desk.Event {
	s.now = s.now.Add(48 * time.Hour)
	e := desk.Event{Case: s.c.ID, Seq: s.c.Seq + 1, At: s.now, Actor: desk.System, Name: "casebot", Audience: desk.Both,
		Body: desk.WaitNudged{Nudge: s.c.Wait.Nudges + 1, Propose: propose}}
	desk.Apply(s.c, e)
	s.events = append(s.events, e)
	return e
}

// What a message said would come, and what has come of it: the acknowledgement, the end of a wait, the end of the case.
func TestGoldenPromises(t *testing.T) {
	s := newStage(t)
	s.file("2", complete)
	s.does("ivy", desk.AckCase{})
	s.does("dana", desk.WaitCase{On: desk.OnCustomer, Reason: "They test the fix"})
	first, last := s.nudges(false), s.nudges(true)
	s.out.Reset()
	s.again("after the acknowledgement", "escalated")
	direct, _ := Direct(s.view(desk.Partner), s.person("dana"), last, 0)
	s.show("the last reminder, in person", direct)
	s.does("dana", desk.ResumeCase{})
	for _, e := range []desk.Event{first, last} {
		thread, _ := s.view(desk.Partner).again(desk.Person{}, e, s.events)
		s.show("the reminder after the wait", thread)
		person, _ := s.view(desk.Partner).again(s.person("dana"), e, s.events)
		s.show("the reminder in person after the wait", person)
	}
	s.again("after the wait", "wait_started")
	s.does("dana", desk.ResolveCase{Text: "Version 6.2.2 is installed"})
	kept := s.out.String()
	s.does("dana", desk.CloseCase{})
	s.out.Reset()
	s.again("after somebody closed it", "escalated", "resolved")
	kept += s.out.String()
	s.does("dana", desk.RateCase{Score: 5})
	s.does("dana", desk.ReopenCase{Why: "It is back"})
	s.out.Reset()
	s.again("after the reopening", "resolved")
	golden(t, "promises", kept+s.out.String())
}

// What the desk did by itself is told as that, and there is no promise where the handbook gives none.
func TestACaseThatClosesByItself(t *testing.T) {
	s := newStage(t)
	s.file("3", complete)
	r := s.does("dana", desk.ResolveCase{Text: "Version 6.2.2 is installed"})[0]
	foot := func() string {
		m, ok := Told(s.view(desk.Partner), r, s.events)
		if !ok {
			t.Fatal("the resolution is not told")
		}
		return spans(m.Footer, time.UTC)
	}
	if got := foot(); got != "The case closes after 5 days unless it is reopened before." {
		t.Errorf("it says %q", got)
	}
	s.now = s.now.Add(24 * time.Hour)
	closed := desk.Event{Case: s.c.ID, Seq: s.c.Seq + 1, At: s.now, Actor: desk.System, Name: "casebot", Audience: desk.Both, Body: desk.Closed{Why: "no word"}}
	s.events = append(s.events, closed)
	if got := foot(); got != "The case closed by itself Sat 21 Nov 17:57 UTC." {
		t.Errorf("it says %q", got)
	}

	s = newStage(t)
	s.book.Lifecycle.AutoClose = desk.Span{}
	s.file("3", complete)
	r = s.does("dana", desk.ResolveCase{Text: "Version 6.2.2 is installed"})[0]
	if got := foot(); got != "" {
		t.Errorf("a case that stays open until somebody closes it says %q", got)
	}
}

// Whoever follows a restricted case up without being invited learns that the wait is over, and nothing of what it was about.
func TestAReminderOfARestrictedWait(t *testing.T) {
	s := newStage(t)
	s.file("1", map[desk.Field]string{"category": "Security", "environment": "Tills 6.2.1", "steps": "1 Open the page."})
	s.does("dana", desk.WaitCase{On: desk.OnCustomer, Reason: "A secret", Owner: "noor"})
	e := s.nudges(false)
	m, _ := Direct(s.view(desk.Partner), s.person("noor"), e, 0)
	if got, want := dump(m, time.UTC), "# *NW-1001* still waits\nYou follow up what this case waits on.\nThe case is restricted. Invited people can read it with Show.\n[Show] show NW-1001\n"; got != want {
		t.Errorf("while it waits:\n%s", got)
	}
	s.does("dana", desk.ResumeCase{Why: "A secret came"})
	m, ok := s.view(desk.Partner).again(s.person("noor"), e, s.events)
	if got, want := dump(m, time.UTC), "# *NW-1001* waited\nYou followed up what this case waited on.\nThe wait ended Sun 22 Nov 17:58 UTC.\nThe case is restricted. Invited people can read it with Show.\n[Show] show NW-1001\n"; !ok || got != want {
		t.Errorf("after the wait:\n%s", got)
	}
	if _, ok := s.view(desk.Partner).again(desk.Person{}, e, s.events); ok {
		t.Error("the thread, which was not reminded, is told of the wait")
	}
}

// Somebody whom a home's default role let in is reminded in person like those who are listed, and keeps the way to the case.
func TestAReminderOfSomebodyWhoIsNotListed(t *testing.T) {
	s := newStage(t)
	s.file("3", complete)
	s.does("dana", desk.WaitCase{On: desk.OnCustomer, Reason: "They test the fix", Owner: "T1:U7"})
	e := s.nudges(false)
	s.does("dana", desk.ResumeCase{})
	r := &Renderer{Desk: &desk.Desk{Dir: s.dir}}
	for person, buttons := range map[string]int{"": 0, "T1:U7": 1} {
		m, ok := r.word(s.view(desk.Partner), desk.Notice{Kind: desk.NoticeRedraw, Person: person}, e, s.events)
		if !ok || len(m.Buttons) != buttons {
			t.Errorf("%q reads\n%s", person, dump(m, time.UTC))
		}
	}
}
