package templates

import (
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

// fires lets something of the desk's own happen, as its clock does.
func (s *stage) fires(after time.Duration, bodies ...desk.Body) (last desk.Event) {
	s.now = s.now.Add(after)
	for _, b := range bodies {
		last = desk.Event{Case: s.c.ID, Tenant: s.c.Tenant, Seq: s.c.Seq + 1, At: s.now, Actor: desk.System, Name: "casebot", Audience: desk.Both, Body: b}
		desk.Apply(s.c, last)
		s.events = append(s.events, last)
	}
	return last
}

// redrawn writes down how the message of an event is drawn now on both sides, or to a person of the Provider.
func (s *stage) redrawn(title string, e desk.Event, person string) {
	s.t.Helper()
	to := desk.Person{}
	if person != "" {
		to = s.person(person)
	}
	for _, side := range []desk.PartyKind{desk.Partner, desk.Provider} {
		if person != "" && side == desk.Partner {
			continue
		}
		if m, ok := s.view(side).again(to, e, s.events); ok {
			s.show(title+", for the "+string(side), m)
		}
	}
}

// last finds the newest event of a kind.
func (s *stage) last(kind string) (found desk.Event) {
	for _, e := range s.events {
		if e.Body.Kind() == kind {
			found = e
		}
	}
	return found
}

// lastCycle is the newest cycle of a clock.
func (s *stage) lastCycle(kind desk.ClockKind) (n int) {
	for _, k := range s.c.Clocks {
		if k.Kind == kind {
			n = max(n, k.Cycle)
		}
	}
	return n
}

// What a message said would come, and how it reads once that has come: a late acknowledgement and the calls for one, the
// next update, and its passing on to the customer.
func TestGoldenKeptPromises(t *testing.T) {
	s := newStage(t)
	s.file("2", complete)
	due, _ := s.c.Clock(desk.ClockTier2)
	early := s.fires(2*time.Hour, desk.ClockFired{Clock: desk.ClockTier2, Cycle: 1, Threshold: desk.AtObjective, Due: due.EarlyDue, Fired: 2})
	late := s.fires(2*time.Hour, desk.ClockFired{Clock: desk.ClockTier2, Cycle: 1, Threshold: desk.AtLimit, Due: due.Due, Fired: len(due.Thresholds())})
	s.out.Reset()
	s.redrawn("late", late, "")
	kept := s.out.String() // What does writes down is told anew, and has golden files of its own.
	ack := s.does("ivy", desk.AckCase{})[0]
	s.out.Reset()
	keep := func(title string, e desk.Event, person string) {
		s.redrawn(title, e, person)
		kept += s.out.String()
		s.out.Reset()
	}
	keep("late, and acknowledged", late, "")
	s.does("ivy", desk.UndoAct{Of: desk.VerbAck})
	s.out.Reset()
	keep("late, and the acknowledgement taken back", late, "")
	keep("late, in person, and the acknowledgement taken back", late, "pat")
	wanted, _ := s.view(desk.Provider).again(desk.Person{}, early, s.events)
	s.show("wanted, and the acknowledgement taken back, for the provider", wanted)
	keep("the acknowledgement taken back", ack, "")

	s.does("ivy", desk.AckCase{})
	ack = s.last("acknowledged")
	s.out.Reset()
	keep("the next update is awaited", ack, "")
	s.does("ivy", desk.UpdateCase{Text: "Found it.", NextBy: s.now.Add(2 * time.Hour)})
	s.out.Reset()
	keep("the next update has come", ack, "")
	word := s.last("updated")
	keep("the word is to be passed on, and the next is promised", word, "")
	s.does("noor", desk.RelayUpdate{})
	s.out.Reset()
	keep("the word was passed on", word, "")
	before := *s.c
	events := s.events
	for _, cmd := range []desk.Command{desk.ChangeSeverity{To: desk.Sev1, Why: "All tills"}, desk.WaitCase{On: desk.OnCustomer, Reason: "They test it"},
		desk.ResolveCase{Text: "Version 6.2.2"}, desk.ReturnCase{Code: "steps"}, desk.UpdateCase{Text: "It is tested."}} {
		s.does("ivy", cmd)
		s.out.Reset()
		keep("the next update, after "+string(cmd.Verb()), word, "")
		if _, moved := cmd.(desk.ChangeSeverity); moved {
			s.fires(time.Minute, desk.ClockStopped{Clock: desk.ClockUpdate, State: desk.StateCancelled, Why: desk.TargetOff})
			keep("the next update, where the severity asks for none", word, "")
			s.now = s.now.Add(-time.Minute)
		}
		c := before
		s.c, s.events = &c, events
	}
	s.does("ivy", desk.ResolveCase{Text: "Version 6.2.2"})
	s.does("noor", desk.CloseCase{})
	s.out.Reset()
	solved := s.last("resolved")
	s.redrawn("closed, and not passed on", solved, "")
	kept += s.out.String()

	s = newStage(t)
	s.file("2", complete)
	s.does("ivy", desk.AckCase{})
	lapsed := s.fires(4*time.Hour, desk.ClockStopped{Clock: desk.ClockLapse, State: desk.StateCancelled}, desk.Lapsed{Engineer: "ivy", Since: s.now})
	steps := []time.Time{s.now, s.now.Add(time.Hour)}
	s.fires(0, desk.ClockStarted{Clock: desk.Clock{Kind: desk.ClockLadder, Cycle: s.lastCycle(desk.ClockLadder) + 1, Party: "harbor", Start: s.now, Base: s.now,
		Warnings: steps[:1], Due: steps[1], State: desk.StateRunning}})
	s.fires(0, desk.ClockFired{Clock: desk.ClockLadder, Cycle: s.lastCycle(desk.ClockLadder), Threshold: desk.AtWarning, Due: steps[0], Fired: 1})
	s.out.Reset()
	s.redrawn("people are called again", lapsed, "")
	s.fires(time.Hour, desk.ClockFired{Clock: desk.ClockLadder, Cycle: s.lastCycle(desk.ClockLadder), Threshold: desk.AtWarning, Due: steps[1], Fired: 2})
	s.redrawn("the last was called", lapsed, "")
	kept += s.out.String()
	s.does("pat", desk.AckCase{})
	s.out.Reset()
	s.redrawn("somebody came", lapsed, "")
	golden(t, "kept", kept+s.out.String())
}

// Both sides read that a severity has a deadline which the one before had not.
func TestANewDeadlineIsToldWithTheSeverity(t *testing.T) {
	s := newStage(t)
	s.book.Severities[3].Update = desk.Span{}
	s.file("4", complete)
	s.does("noor", desk.EscalateCase{})
	s.does("ivy", desk.AckCase{})
	s.out.Reset()
	s.does("noor", desk.ChangeSeverity{To: desk.Sev3, Why: "It spreads"})
	if got := s.out.String(); strings.Count(got, "Status update: had no deadline, now due Sat 21 Nov 17:59 UTC") != 2 {
		t.Errorf("the sides read\n%s", got)
	}
}
