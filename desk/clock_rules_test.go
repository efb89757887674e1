package desk

import (
	"testing"
	"time"
)

// SLA.md §2: "The bot's own messages, automatic acknowledgements, internal notes, plain emoji and status changes
// alone never stop a clock."
func TestOnlyAPersonsWordToTheCustomerStopsAClock(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("dana", AddNote{Text: "They sound angry."})
	p.do("dana", Say{Text: "Please look at till 2 first."})
	p.do("dana", AssignCase{To: "n-lead"})
	p.do("dana", EditCase{Values: map[Field]string{FieldCustomer: "Demo Books"}})
	p.do("eve", Say{Text: "Hm."})
	p.do("eve", AddNote{Text: "Seen before?"})
	p.do("eve", Reply{Text: "Which version is it?"})
	p.do(System, tick{})
	for _, kind := range []ClockKind{ClockTier1, ClockTier2} {
		if k := p.clock(kind, 1); !k.Running() {
			t.Errorf("the %s clock is %s although nobody answered", kind, k.State)
		}
	}
	p.do("dana", UpdateCase{Text: "We have your report and Harbor looks into it."})
	p.do("eve", AckCase{})
	for _, kind := range []ClockKind{ClockTier1, ClockTier2} {
		if k := p.clock(kind, 1); k.State != StateMet {
			t.Errorf("the %s clock is %s after its answer", kind, k.State)
		}
	}
}

// SLA.md §2: "Taken back by the Partner or resolved first: cancelled."
func TestTakenBackOrResolvedFirstIsCancelled(t *testing.T) {
	for name, act := range map[string]Command{"taken back": TakeBack{Reason: "found it"}, "resolved": ResolveCase{Text: "It was the cable."}} {
		p := newPaper(t)
		p.file("2", FieldSteps)
		p.do("dana", EscalateCase{})
		p.pass(time.Minute)
		p.do("dana", act)
		if k := p.clock(ClockTier2, 1); k.State != StateCancelled || !k.Breached.IsZero() {
			t.Errorf("%s: the response is %s, breached %s", name, k.State, k.Breached)
		}
	}
}

// SLA.md §2: "Reassignment inside the Provider resets nothing."
func TestReassignmentResetsNothing(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	was := p.clock(ClockUpdate, p.c.cycles(ClockUpdate))
	p.pass(time.Hour)
	p.do("eve", AssignCase{To: "p-lead"})
	now := p.clock(ClockUpdate, p.c.cycles(ClockUpdate))
	if !now.Due.Equal(was.Due) || now.Cycle != was.Cycle {
		t.Errorf("the update was due %s in cycle %d, is due %s in cycle %d", was.Due, was.Cycle, now.Due, now.Cycle)
	}
}

// SLA.md §2: "A recorded breach stays recorded … One breach event a cycle", whatever comes after.
func TestOneBreachACycleAndItStays(t *testing.T) {
	p := newPaper(t)
	p.file("2")
	due := p.clock(ClockTier1, 1).Due
	p.pass(3 * time.Hour)
	p.do(System, tick{})
	p.do("dana", ChangeSeverity{To: Sev4, Why: "one till"})
	p.do(System, tick{})
	p.pass(30 * 24 * time.Hour)
	p.do(System, tick{})
	p.do("dana", UpdateCase{Text: "Sorry for the wait."})
	n := 0
	for _, e := range p.events {
		if b, ok := e.Body.(ClockBreached); ok && b.Clock == ClockTier1 {
			n++
			if !e.At.Equal(due) {
				t.Errorf("recorded at %s, want the due instant %s", e.At, due)
			}
		}
	}
	if k := p.clock(ClockTier1, 1); n != 1 || k.State != StateMetLate || !k.Breached.Equal(due) {
		t.Errorf("%d breaches, the clock is %s, breached %s", n, k.State, k.Breached)
	}
}

// SLA.md §2: "Promise: … at most 3 cadences ahead, Sev 1 at most 24 h."
func TestAPromiseHasALimit(t *testing.T) {
	for _, c := range []struct {
		name, sev string
		ahead     time.Duration
		ok        bool
	}{
		{"Sev 2, three cadences of 4 h", "2", 12 * time.Hour, true},
		{"Sev 2, a minute more", "2", 12*time.Hour + time.Minute, false},
		{"Sev 1, three cadences of 1 h", "1", 3 * time.Hour, true},
		{"Sev 1, a minute more", "1", 3*time.Hour + time.Minute, false},
		{"already past", "2", -time.Minute, false},
	} {
		p := newPaper(t)
		p.file(c.sev)
		_, _, err := p.try("dana", UpdateCase{Text: "We look into it.", NextBy: p.now.Add(c.ahead)})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	p := newPaper(t)
	p.book.Severities[0].Update = spanOf(20, "hour", false)
	p.file("1")
	if _, _, err := p.try("dana", UpdateCase{Text: "We look into it.", NextBy: p.now.Add(25 * time.Hour)}); err == nil {
		t.Error("Sev 1 took a promise 25 hours ahead")
	}
}

// SLA.md §2: waiting "default 2 business days for the nudge, 5 for the second, 10 to propose closing; it ends by
// itself at the customer's next word", and needs a reason.
func TestAWaitNudgesAndEnds(t *testing.T) {
	p := newPaper(t)
	p.file("3")
	p.do("dana", UpdateCase{Text: "Which version is it?"})
	if _, _, err := p.try("dana", WaitCase{On: OnCustomer}); err == nil {
		t.Error("a wait without a reason was taken")
	}
	p.do("dana", WaitCase{On: OnCustomer, Reason: "the version"})
	for _, c := range []struct {
		days    int
		propose bool
	}{{2, false}, {5, false}, {10, true}} {
		p.now = p.c.Wait.Since.Add(time.Duration(c.days) * 24 * time.Hour)
		var nudges []WaitNudged
		for _, e := range p.do(System, tick{}) {
			if b, ok := e.Body.(WaitNudged); ok {
				nudges = append(nudges, b)
			}
		}
		if len(nudges) != 1 || nudges[0].Propose != c.propose {
			t.Errorf("after %d days: %+v", c.days, nudges)
		}
	}
	if k := p.clock(ClockUpdate, 1); k.State != StatePaused {
		t.Errorf("the cadence is %s while waiting on the customer", k.State)
	}
}

// SLA.md §2, Reopen: "the total-resolution clock goes on with what was left (never born breached: a floor of 25 % of
// the budget), the closed span is not counted".
func TestReopeningGivesWhatWasLeftAndAtLeastAQuarter(t *testing.T) {
	for _, c := range []struct {
		name         string
		worked, left time.Duration
	}{
		{"what was left", 2 * time.Hour, 6 * time.Hour},
		{"a quarter when less was left", 7*time.Hour + 50*time.Minute, 2 * time.Hour},
	} {
		p := newPaper(t)
		p.book.Severities[1].Resolution = Range{Limit: spanOf(8, "hour", false)}
		p.file("2")
		p.pass(c.worked)
		p.do("dana", ResolveCase{Text: "Restarted it."})
		p.pass(3 * 24 * time.Hour)
		p.do("dana", ReopenCase{Why: "It is back."})
		k := p.clock(ClockResolution, 2)
		if got := k.Due.Sub(p.now); got != c.left || !k.Running() {
			t.Errorf("%s: %s left, want %s (%s)", c.name, got, c.left, k.State)
		}
		if first := p.clock(ClockResolution, 1); first.State != StateMet {
			t.Errorf("%s: the first resolution became %s", c.name, first.State)
		}
	}
}

// SLA.md §2: "Simultaneous events: stop > pause > resume > start": an answer at the very due instant is kept,
// whichever of the two the desk takes first.
func TestAnAnswerAtTheDueInstantIsKept(t *testing.T) {
	p := newPaper(t)
	p.file("2")
	p.now = p.clock(ClockTier1, 1).Due
	p.do("dana", UpdateCase{Text: "We have it."})
	p.do(System, tick{})
	if k := p.clock(ClockTier1, 1); k.State != StateMet || !k.Breached.IsZero() {
		t.Errorf("%s, breached %s", k.State, k.Breached)
	}
}

// SLA.md §4: "missed: one breach, then reminders at half the cadence (at least 15 min apart, at most 3), then the
// escalation contact."
func TestAMissedUpdateRemindsThreeTimesThenTheContact(t *testing.T) {
	p := newPaper(t)
	p.file("2")
	p.do("dana", UpdateCase{Text: "We look into it."})
	var got []ThresholdKind
	var at []time.Duration
	start := p.now
	for range 40 {
		p.pass(30 * time.Minute)
		for _, e := range p.do(System, tick{}) {
			if b, ok := e.Body.(ClockFired); ok && b.Clock == ClockUpdate {
				got, at = append(got, b.Threshold), append(at, p.now.Sub(start))
			}
		}
	}
	want := []ThresholdKind{AtWarning, AtLimit, AtReminder, AtReminder, AtReminder, AtContact}
	hours := []time.Duration{3, 4, 6, 8, 10, 12}
	if len(got) != len(want) {
		t.Fatalf("%v at %v", got, at)
	}
	for i := range want {
		if got[i] != want[i] || at[i] != hours[i]*time.Hour {
			t.Errorf("number %d is %s after %s, want %s after %d h", i+1, got[i], at[i], want[i], hours[i])
		}
	}
}

// SLA.md §2: "Also measured, without a target: first substantive Provider message after the acknowledgement."
func TestTheFirstWordAfterTheAcknowledgementIsMeasured(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	acked := p.now
	p.pass(10 * time.Minute)
	p.do("eve", Say{Text: "Looking."}) // Internal: the Partner reads none of it.
	p.do("dana", Say{Text: "Thank you."})
	p.pass(10 * time.Minute)
	p.do("eve", Reply{Text: "It is the night update; we roll it back."})
	word := p.now
	p.pass(10 * time.Minute)
	p.do("eve", Reply{Text: "Done."})
	if !p.c.AckedAt.Equal(acked) || !p.c.FirstWord.Equal(word) {
		t.Errorf("acknowledged %s, first word %s; want %s and %s", p.c.AckedAt, p.c.FirstWord, acked, word)
	}
}

// A severity that asks for what the one before did not starts the clock for it at the change: a case that goes up to Sev 1
// is owed status updates, whoever has it.
func TestAnotherSeverityStartsTheClocksThatTheOneBeforeHadNot(t *testing.T) {
	hours := func(n int) Range { return Range{Limit: Span{N: n, Unit: "hour"}} }
	for _, c := range []struct {
		name string
		has  func(*paper) // What happened before the change.
		want map[ClockKind]ClockState
	}{
		{"nobody has answered", func(*paper) {}, map[ClockKind]ClockState{ClockWorkaround: StateRunning, ClockResolution: StateRunning}},
		{"the Partner has answered", func(p *paper) { p.do("dana", UpdateCase{Text: "We look into it."}) },
			map[ClockKind]ClockState{ClockUpdate: StateRunning, ClockWorkaround: StateRunning, ClockResolution: StateRunning}},
		{"it is escalated", func(p *paper) { p.do("dana", EscalateCase{}) },
			map[ClockKind]ClockState{ClockTier2: StateRunning, ClockWorkaround: StateRunning, ClockResolution: StateRunning}},
		{"an engineer has it", func(p *paper) { p.do("dana", EscalateCase{}); p.do("eve", AckCase{}) },
			map[ClockKind]ClockState{ClockUpdate: StateRunning, ClockWorkaround: StateRunning, ClockResolution: StateRunning}},
		{"it waits on the customer", func(p *paper) {
			p.do("dana", EscalateCase{})
			p.do("eve", AckCase{})
			p.do("eve", WaitCase{On: OnCustomer, Reason: "the version"})
		}, map[ClockKind]ClockState{ClockUpdate: StatePaused, ClockWorkaround: StatePaused, ClockResolution: StatePaused}},
		{"there is a workaround", func(p *paper) {
			p.do("dana", EscalateCase{})
			p.do("eve", AckCase{})
			p.do("eve", GiveWorkaround{Text: "Use till 2."})
		}, map[ClockKind]ClockState{ClockUpdate: StateRunning, ClockResolution: StateRunning}},
	} {
		p := newPaper(t)
		p.book.Severities[1].Workaround, p.book.Severities[1].Resolution = hours(8), hours(40)
		p.book.Severities[3].Tier2, p.book.Severities[3].Update = Range{}, Span{}
		p.file("4", FieldSteps)
		p.pass(time.Minute)
		c.has(p)
		p.pass(time.Hour)
		kinds := []ClockKind{ClockTier2, ClockUpdate, ClockWorkaround, ClockResolution}
		for _, kind := range kinds {
			if k := p.c.clock(kind); k != nil {
				t.Errorf("%s: the %s clock runs at Sev 4", c.name, kind)
			}
		}
		p.do("dana", ChangeSeverity{To: Sev2, Why: "more tills"})
		for _, kind := range kinds {
			k := p.c.clock(kind)
			switch want := c.want[kind]; {
			case (k == nil) != (want == ""):
				t.Errorf("%s: the %s clock is %v, want %q", c.name, kind, k, want)
			case k != nil && (k.State != want || !k.Start.Equal(p.now) || !k.Due.After(p.now)):
				t.Errorf("%s: the %s clock is %s, began %s, is due %s; it is %s", c.name, kind, k.State, k.Start, k.Due, p.now)
			}
		}
	}
}

// A promise is broken when its time comes, at that very instant too, and the review knows it at once.
func TestAPromiseIsBrokenWhenItsTimeComes(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", UpdateCase{Text: "We look into it."})
	p.do("dana", UpdateCase{Text: "It is the till.", NextBy: p.now.Add(time.Hour)})
	p.pass(time.Hour)
	p.do(System, tick{})
	if got := p.c.Promises[0].Kept; got != "broken" {
		t.Errorf("at its time the promise is %q", got)
	}
}
