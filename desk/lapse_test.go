package desk

import (
	"testing"
	"time"
)

func lapsedIn(events []Event) bool {
	for _, e := range events {
		if _, ok := e.Body.(Lapsed); ok {
			return true
		}
	}
	return false
}

// SLA.md §2: "Acknowledgement decays: with no Provider activity for one cadence (Sev 1: 30 min), the case
// re-enters the ladder."
func TestAcknowledgementDecays(t *testing.T) {
	for _, c := range []struct {
		name string
		sev  string
		span time.Duration
	}{{"Sev 1 names its own span", "1", 30 * time.Minute}, {"Sev 2 takes one cadence", "2", 4 * time.Hour}} {
		t.Run(c.name, func(t *testing.T) {
			p := newPaper(t)
			p.book.Severities[0].AckLapses = spanOf(30, "minute", false)
			p.file(c.sev, FieldSteps)
			if p.c.Status != StatusEscalated {
				p.do("dana", EscalateCase{})
			}
			p.do("eve", AckCase{})
			p.pass(c.span - time.Minute)
			if lapsedIn(p.do(System, tick{})) {
				t.Fatal("it lapsed a minute early")
			}
			p.do("eve", Say{Text: "Looking at the logs."}) // An internal word is activity.
			p.pass(c.span - time.Minute)
			if lapsedIn(p.do(System, tick{})) {
				t.Fatal("it lapsed although Eve had said something")
			}
			p.pass(time.Minute)
			events := p.do(System, tick{})
			if !lapsedIn(events) || p.c.Status != StatusEscalated {
				t.Fatalf("it has not lapsed: %s", p.c.Status)
			}
			calledAre(t, "the ladder from its first step", pagedIn(events), "eve")
			if k := p.clock(ClockTier2, 1); k.State != StateMet {
				t.Errorf("the response that was met is %s now", k.State)
			}
		})
	}
}

// Whoever let it lapse takes the case up again with any word; anybody else must acknowledge in so many words.
func TestALapsedCaseIsTakenUpAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		act  func(p *paper)
		held bool
	}{
		{"a word of the same engineer", func(p *paper) { p.do("eve", Say{Text: "Still on it."}) }, true},
		{"somebody else's word", func(p *paper) { p.do("p-lead", Say{Text: "Who is on this?"}) }, false},
		{"the Partner's word", func(p *paper) { p.do("dana", Say{Text: "Any news?"}) }, false},
		{"somebody else's acknowledgement", func(p *paper) { p.do("p-lead", AckCase{}) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPaper(t)
			p.file("1", FieldSteps)
			p.do("eve", AckCase{})
			p.pass(time.Hour)
			p.do(System, tick{})
			c.act(p)
			if held := p.c.Status == StatusAcknowledged; held != c.held {
				t.Errorf("held again: %v, want %v", held, c.held)
			}
			if running := p.c.clock(ClockLadder) != nil; running == c.held {
				t.Errorf("the ladder runs: %v", running)
			}
		})
	}
}

// While the clock of the update stands nobody is promised a time that it would have had, but what somebody says holds.
func TestAnAcknowledgementWhileTheCustomerIsAwaitedPromisesNoTime(t *testing.T) {
	for on, promised := range map[WaitOn]bool{OnCustomer: false, OnThirdParty: true} {
		for _, by := range []time.Duration{0, 2 * time.Hour} {
			p := newPaper(t)
			p.file("2", FieldSteps)
			p.do("dana", EscalateCase{})
			p.do("dana", WaitCase{On: on, Reason: "the version"})
			ack := AckCase{}
			if by > 0 {
				ack.NextUpdate = p.now.Add(by) // Somebody's own word is their promise.
			}
			e := p.do("eve", ack)[0]
			if got := !nextUpdate(e).IsZero(); got != (promised || by > 0) {
				t.Errorf("waiting on %s and promising %s, the next update is promised for %s", on, by, nextUpdate(e))
			}
			if k := p.c.clock(ClockUpdate); k == nil || (k.State == StatePaused) != (on == OnCustomer) {
				t.Errorf("waiting on %s, the cadence is %+v", on, k)
			}
		}
	}
}

// While the case waits on somebody the wait's own nudges watch it.
func TestAWaitingCaseDoesNotLapse(t *testing.T) {
	p := newPaper(t)
	p.file("1", FieldSteps)
	p.do("eve", AckCase{})
	p.do("eve", WaitCase{On: OnCustomer, Reason: "a log"})
	p.pass(20 * time.Hour)
	if lapsedIn(p.do(System, tick{})) {
		t.Error("it lapsed while waiting")
	}
	p.do("dana", ResumeCase{})
	p.pass(time.Hour)
	if !lapsedIn(p.do(System, tick{})) {
		t.Error("after the wait it never lapses")
	}
}

// SLA.md §4: "Quiet hours move a due time, they never use a reminder up." The deadline stays where it is.
func TestQuietHours(t *testing.T) {
	party := Party{ID: "p", Zone: "Europe/Berlin", Quiet: "22:00-07:00"}
	for _, c := range []struct{ name, at, want string }{
		{"in the evening, +01:00", "2026-11-20T21:30:00Z", "2026-11-21T06:00:00Z"},
		{"after midnight, +01:00", "2026-11-21T02:00:00Z", "2026-11-21T06:00:00Z"},
		{"at their beginning", "2026-11-20T21:00:00Z", "2026-11-21T06:00:00Z"},
		{"at their end they are over", "2026-11-21T06:00:00Z", "2026-11-21T06:00:00Z"},
		{"by day", "2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z"},
		{"the night that is an hour short, +01:00 to +02:00", "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"},
		{"the night that is an hour long, +02:00 to +01:00", "2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"},
	} {
		if got := party.awake(utc(t, c.at)); !got.Equal(utc(t, c.want)) {
			t.Errorf("%s: %s moves to %s, want %s", c.name, c.at, got.UTC().Format(time.RFC3339), c.want)
		}
	}
	for _, bad := range []string{"22-07", "22:00", "22:00-22:00", "25:00-07:00", "night"} {
		if _, _, err := parseQuiet(bad); err == nil {
			t.Errorf("%q was taken for quiet hours", bad)
		}
	}
}

func TestQuietHoursMoveAndNeverConsume(t *testing.T) {
	p := newPaper(t)
	p.dir.party["northwind"].Quiet = "22:00-07:00" // Chicago, −06:00: 04:00 to 13:00 UTC.
	p.now = utc(t, "2026-11-17T01:30:00Z")
	p.file("3") // Four hours: 75 % at 04:30 UTC and the limit at 05:30 UTC, both at night.
	k := p.clock(ClockTier1, 1)
	if !k.Due.Equal(utc(t, "2026-11-17T05:30:00Z")) {
		t.Fatalf("the deadline itself moved to %s", k.Due)
	}
	if next, _ := k.NextDue(); !next.Equal(utc(t, "2026-11-17T13:00:00Z")) {
		t.Fatalf("the desk wakes at %s", next)
	}
	p.now = utc(t, "2026-11-17T13:00:00Z")
	fired, breached := 0, time.Time{}
	for _, e := range p.do(System, tick{}) {
		switch b := e.Body.(type) {
		case ClockFired:
			fired++
			if b.Threshold != AtLimit || b.Late != 1 {
				t.Errorf("one message for the highest, the other counted: %+v", b)
			}
		case ClockBreached:
			breached = e.At
		}
	}
	if fired != 1 || !breached.Equal(k.Due) {
		t.Errorf("%d messages, breach recorded at %s", fired, breached)
	}
}

// A reminder after the limit counts open time only: a weekend brings none.
func TestRemindersAfterALimitKeepToTheCalendar(t *testing.T) {
	p := newPaper(t)
	cal, err := CompileCalendar("office", CalendarSpec{TZ: "America/Chicago", Weekly: map[string][][]string{
		"mon": {{"09:00", "17:00"}}, "tue": {{"09:00", "17:00"}}, "wed": {{"09:00", "17:00"}}, "thu": {{"09:00", "17:00"}}, "fri": {{"09:00", "17:00"}}}}, p.now)
	if err != nil {
		t.Fatal(err)
	}
	p.calendar = cal
	p.book.Severities[2].Update = spanOf(8, "hour", true)
	p.now = utc(t, "2026-11-19T22:00:00Z") // Thursday 16:00 in Chicago, −06:00.
	p.file("3")
	p.do("dana", UpdateCase{Text: "We look into it."})
	k := p.clock(ClockUpdate, 1)
	if !k.Due.Equal(utc(t, "2026-11-20T22:00:00Z")) {
		t.Fatalf("due %s", k.Due)
	}
	p.now = k.Due
	p.do(System, tick{})
	k = p.clock(ClockUpdate, 1)
	if next, _ := k.NextDue(); !next.Equal(utc(t, "2026-11-23T18:00:00Z")) {
		t.Errorf("the first reminder after Friday 16:00 comes at %s, want four open hours later, Monday 12:00 in Chicago", next)
	}
}
