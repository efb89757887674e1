package desk

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Both sides were told when the next update comes: any end of that is told where it stands, and only the first.
func TestTheNextUpdateEndsThePromiseOfIt(t *testing.T) {
	told := []string{"acknowledged harbor", "acknowledged northwind"}
	gone := append(slices.Clone(told), "escalated northwind")
	for _, c := range []struct {
		who  string
		cmd  Command
		want []string
	}{
		{"eve", UpdateCase{Text: "Found it."}, told},
		{"eve", GiveWorkaround{Text: "Reboot."}, gone}, // The case can't be taken back then.
		{"eve", ResolveCase{Text: "Patched."}, gone},
		{"dana", ResolveCase{Text: "Patched."}, gone},
		{"eve", ReturnCase{Code: "steps"}, gone},
		{"dana", TakeBack{}, gone},
		{"dana", WithdrawCase{Why: "It was a test."}, gone},
		{"dana", WaitCase{On: OnCustomer, Reason: "the version"}, told},
		{"dana", WaitCase{On: OnThirdParty, Reason: "the bank"}, nil},
		{"dana", ChangeSeverity{To: Sev1, Why: "All tills"}, told},
		{"dana", UpdateCase{Text: "They look into it."}, nil}, // The Partner's word is not the one that was promised.
		{"eve", Reply{Text: "Which version?"}, nil},
	} {
		p := newPaper(t)
		p.file("2", FieldSteps)
		p.do("dana", EscalateCase{})
		p.do("eve", AckCase{})
		p.pass(time.Minute)
		p.wantRedrawn(c.who, c.cmd, c.want...)
		p.pass(time.Minute)
		if c.want != nil && p.c.Status == StatusAcknowledged {
			var again []string
			if _, moved := c.cmd.(ChangeSeverity); moved { // The promise still stood, for another time.
				again = told
			}
			p.wantRedrawn("eve", UpdateCase{Text: "Still at it."}, again...)
		}
	}
}

// Another severity moves the promised time as often as it changes, and where it asks for no updates nothing is promised.
func TestAnotherSeverityMovesThePromiseOrEndsIt(t *testing.T) {
	p := newPaper(t)
	p.book.Severities[3].Update = Span{}
	p.file("2", FieldSteps)
	p.do("dana", UpdateCase{Text: "We look into it.", NextBy: p.now.Add(3 * time.Hour)}) // Nobody was asked for that one.
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", UpdateCase{Text: "Found it.", NextBy: p.now.Add(2 * time.Hour)})
	p.do("dana", RelayUpdate{})
	told := []string{"updated harbor", "updated northwind"}
	words := []Event{}
	for _, e := range p.events {
		if _, is := e.Body.(Updated); is {
			words = append(words, e)
		}
	}
	for _, to := range []Severity{Sev1, Sev3, Sev2} {
		p.pass(time.Minute)
		p.wantRedrawn("dana", ChangeSeverity{To: to, Why: "It changed"}, told...)
		got := Endings(words[1], Provider, p.events)[1:] // First stands that it was relayed.
		if len(got) != 1 || !got[0].Body.(ClockMoved).Due.Equal(p.c.clock(ClockUpdate).Due) {
			t.Errorf("at %s the promise became %v, due is %s", to, got, p.c.clock(ClockUpdate).Due)
		}
	}
	p.pass(time.Minute)
	p.wantRedrawn("dana", ChangeSeverity{To: Sev4, Why: "It changed"}, told...)
	got := Endings(words[1], Provider, p.events)[1:]
	if len(got) != 1 || got[0].Body.(ClockStopped).Why != TargetOff {
		t.Errorf("without updates the promise became %v", got)
	}
	if got := Endings(words[0], Partner, p.events); len(got) != 0 {
		t.Errorf("the Partner's own word, which no clock kept, became %v", got)
	}
}

// An update that promises the next one says as well what has become of it. The next one that promises nothing leaves
// nothing to be said later, and each side keeps its own promises.
func TestAPromisedUpdateEndsThePromise(t *testing.T) {
	p := newPaper(t)
	p.file("3", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", UpdateCase{Text: "Found it.", NextBy: p.now.Add(time.Hour)})
	p.pass(time.Minute)
	p.do("dana", UpdateCase{Text: "They found it.", NextBy: p.now.Add(2 * time.Hour)})
	p.pass(time.Minute)
	p.wantRedrawn("eve", UpdateCase{Text: "Mending it."}, "updated harbor", "updated northwind")
	p.pass(time.Minute)
	p.wantRedrawn("eve", UpdateCase{Text: "Nearly there."})
	p.pass(time.Minute)
	p.wantRedrawn("eve", ResolveCase{Text: "Patched."}, "escalated northwind", "updated harbor", "updated northwind")
	p.wantRedrawn("eve", UndoAct{Of: VerbResolve}, "escalated northwind", "resolved northwind", "updated harbor", "updated northwind")
	p.pass(time.Minute)
	p.wantRedrawn("dana", UpdateCase{Text: "They mend it."}, "updated harbor", "updated northwind")
}

// A step that is taken back puts the deadlines and the wait back to where they were, and with them the promise.
func TestAnUndoneActGivesThePromiseOfAnUpdateBack(t *testing.T) {
	for _, between := range []Command{ChangeSeverity{To: Sev4, Why: "One till"}, WaitCase{On: OnCustomer, Reason: "the version"}} {
		p := newPaper(t)
		p.file("3", FieldSteps)
		p.pass(time.Minute)
		p.do("dana", UpdateCase{Text: "We look into it."})
		p.do("dana", UpdateCase{Text: "It is the till.", NextBy: p.now.Add(time.Hour)})
		last := p.events[slices.IndexFunc(p.events, func(e Event) bool { return !nextUpdate(e).IsZero() })]
		p.do("dana", EscalateCase{})
		p.pass(time.Minute)
		p.do("dana", between)
		if got := Endings(last, Partner, p.events); len(got) != 1 {
			t.Errorf("after %s the promise has ended %d times", between.Verb(), len(got))
		}
		p.pass(time.Minute)
		p.do("dana", UndoAct{Of: VerbEscalate})
		got := Endings(last, Partner, p.events)
		if _, moves := between.(ChangeSeverity); moves { // That was not undone, and the promise is one of its severity.
			if len(got) != 1 || !got[0].Body.(ClockMoved).Due.Equal(p.c.clock(ClockUpdate).Due) {
				t.Errorf("after %s the promise became %v", between.Verb(), got)
			}
		} else if len(got) != 0 {
			t.Errorf("without %s the promise ended by %s", between.Verb(), got[0].Body.Kind())
		}
	}
}

// The Provider reads by when the Partner passes a word on, where there is such a time.
func TestTheRelayEndsThePromiseOfIt(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", UpdateCase{Text: "Found it."})
	first := p.c.ToRelay[0]
	p.pass(time.Minute)
	p.do("eve", GiveWorkaround{Text: "Reboot."})
	p.pass(time.Minute)
	p.wantRedrawn("dana", RelayUpdate{Of: first}, "updated harbor", "updated northwind")
	p.wantRedrawn("dana", RelayUpdate{}, "workaround_given harbor", "workaround_given northwind")
	p.pass(time.Minute)
	p.do("eve", ResolveCase{Text: "Patched."})
	p.wantRedrawn("eve", UndoAct{Of: VerbResolve}, "resolved harbor", "resolved northwind")
	p.pass(time.Minute)
	p.do("eve", UpdateCase{Text: "It came back."})
	p.wantRedrawn("dana", ChangeSeverity{To: Sev3, Why: "One till"}, "updated harbor", "updated northwind") // No time runs for it any more.
	p.pass(time.Minute)
	p.wantRedrawn("dana", RelayUpdate{}, "updated northwind")

	p = newPaper(t)
	p.file("3", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", ResolveCase{Text: "Patched."})
	p.wantRedrawn("dana", RelayUpdate{}, "resolved northwind") // The Provider was told no time.
}

// Both sides read by when a word is passed on. Another severity has another time, which stands in place of the old one until
// the word is passed on; then nobody needs any time.
func TestAnotherSeverityMovesTheTimeToPassAWordOn(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", UpdateCase{Text: "Found it."})
	word := p.events[slices.IndexFunc(p.events, func(e Event) bool { _, is := e.Body.(Updated); return is })]
	ends := func(want ...string) {
		t.Helper()
		for _, side := range []PartyKind{Partner, Provider} {
			var got []string
			for _, x := range Endings(word, side, p.events) {
				got = append(got, x.Body.Kind())
			}
			if !slices.Equal(got, want) {
				t.Errorf("for the %s the word is ended by %q, want %q", side, got, want)
			}
		}
	}
	both := []string{"acknowledged harbor", "acknowledged northwind", "updated harbor", "updated northwind"}
	p.pass(time.Minute)
	p.wantRedrawn("dana", ChangeSeverity{To: Sev1, Why: "All tills"}, both[2:]...)
	ends("clock_moved")
	p.pass(time.Minute)
	p.wantRedrawn("dana", ChangeSeverity{To: Sev2, Why: "Two tills"}, both[2:]...)
	ends("clock_moved")
	if last := Endings(word, Partner, p.events)[0]; !last.At.Equal(stamp(p.now)) {
		t.Errorf("what counts is the change at %s, want the last one", last.At)
	}
	p.pass(time.Minute)
	p.wantRedrawn("dana", RelayUpdate{}, both[2:]...)
	ends("relayed")
	p.pass(time.Minute)
	p.do("eve", UpdateCase{Text: "Mending it."})
	p.wantRedrawn("dana", ChangeSeverity{To: Sev1, Why: "All tills"}, both[2:]...) // The newer word alone.
	ends("relayed")
}

// The Partner is told that the acknowledgement is late, and its contact nothing.
func TestALateAcknowledgementEndsTheWordOfIt(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.pass(4 * time.Hour)
	p.do(System, tick{})
	p.pass(time.Minute)
	want := []string{"clock_fired harbor", "clock_fired harbor p-lead", "clock_fired northwind", "escalated harbor", "escalated northwind", "paged harbor eve", "paged harbor p-lead"}
	p.wantRedrawn("eve", AckCase{}, want...)
	p.wantRedrawn("eve", UndoAct{Of: VerbAck}, append([]string{"acknowledged harbor", "acknowledged northwind"}, want...)...)
	p.wantRedrawn("dana", TakeBack{}, want...)
}

// After a lapse people are called again. Once the last of them was called both sides read that, and then who came.
func TestTheLastCallEndsThePromiseOfCalls(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.pass(4 * time.Hour)
	if !lapsedIn(p.do(System, tick{})) {
		t.Fatal("the acknowledgement did not lapse")
	}
	p.pass(30 * time.Minute)
	p.wantRedrawn(System, tick{}, "lapsed harbor", "lapsed northwind")
	p.pass(time.Minute)
	p.wantRedrawn("p-lead", AckCase{}, "lapsed harbor", "lapsed northwind", "paged harbor eve", "paged harbor p-lead")
	p.wantRedrawn("p-lead", UndoAct{Of: VerbAck}, "lapsed harbor", "lapsed northwind", "paged harbor eve", "paged harbor p-lead")
}

// The events of a case are read only with acts that may end what was told.
func TestEarlierEventsAreReadOnlyWhereAPromiseStands(t *testing.T) {
	p := newPaper(t)
	p.file("3", FieldSteps)
	if mayEnd(nil, p.events) {
		t.Error("a filing reads earlier events")
	}
	for _, a := range []struct {
		who   string
		cmd   Command
		reads bool
	}{
		{"dana", UpdateCase{Text: "We look into it."}, false},
		{"dana", WaitCase{On: OnCustomer, Reason: "the version"}, false},
		{"dana", ResumeCase{}, true},
		{"dana", ChangeSeverity{To: Sev4, Why: "One till"}, false},
		{"dana", EscalateCase{}, false},
		{"eve", Say{Text: "Looking."}, false},
		{"eve", AckCase{}, true},
		{"eve", Reply{Text: "Which version?"}, false},
		{"eve", UpdateCase{Text: "Found it."}, true},
	} {
		p.pass(time.Minute)
		before := p.c
		if got := mayEnd(before, p.do(a.who, a.cmd)); got != a.reads {
			t.Errorf("%s: earlier events are read %v, want %v", a.cmd.Verb(), got, a.reads)
		}
	}
}

// Whoever takes a lapsed case up again promises the update that still runs, and no time that is over already.
func TestALapsedCaseIsPromisedNoTimeThatIsOver(t *testing.T) {
	for after, promised := range map[time.Duration]bool{30 * time.Minute: true, time.Hour: false, 2 * time.Hour: false} {
		p := newPaper(t)
		p.book.Severities[0].AckLapses = spanOf(30, "minute", false)
		p.file("1", FieldSteps)
		p.do("eve", AckCase{})
		due := nextUpdate(p.events[slices.IndexFunc(p.events, func(e Event) bool { return !nextUpdate(e).IsZero() })])
		p.pass(30 * time.Minute)
		p.do(System, tick{})
		p.pass(after - 30*time.Minute)
		got := nextUpdate(p.do("p-lead", AckCase{})[0])
		if promised != got.Equal(due) || !promised && !got.IsZero() {
			t.Errorf("after %s the next update is promised for %s, it was due %s", after, got, due)
		}
	}
}

// Both sides were told that the update is late, those who owe it were warned before: each reads when it has come.
func TestTheUpdateEndsTheWordThatItIsLate(t *testing.T) {
	want := []string{"clock_fired harbor", "clock_fired harbor", "clock_fired northwind"}
	for _, cmd := range []Command{UpdateCase{Text: "Found it."}, GiveWorkaround{Text: "Reboot."}, ResolveCase{Text: "Patched."}, ReturnCase{Code: "steps"}} {
		p := newPaper(t)
		p.file("2", FieldSteps)
		p.do("dana", EscalateCase{})
		p.do("eve", AckCase{})
		k := *p.c.clock(ClockUpdate)
		for _, at := range []time.Time{k.Warnings[0], k.Due} {
			p.now = at.Add(-time.Minute)
			p.do("eve", Say{Text: "Looking."})
			p.now = at
			p.do(System, tick{})
		}
		p.pass(time.Minute)
		var got []string
		for _, m := range p.redrawn("eve", cmd) {
			if strings.HasPrefix(m, "clock_fired") {
				got = append(got, m)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: drawn anew are %q, want %q", cmd.Verb(), got, want)
		}
	}
}
