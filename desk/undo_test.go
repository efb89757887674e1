package desk

import (
	"slices"
	"testing"
	"time"
)

// A clock for the Partner's word to the customer runs after an undone resolution only where a word is left, and ends as
// the relays and the limit say.
func TestAnUndoneResolutionLeavesTheRelayToWhatIsOwed(t *testing.T) {
	word := func(p *paper) { p.do("eve", UpdateCase{Text: "Found it."}) }
	more := func(p *paper) { word(p); word(p) }
	none := func(*paper) {}
	type relay int
	const (
		nothing relay = iota
		theWord
		theResolution
		all
	)
	for _, c := range []struct {
		name   string
		said   func(*paper)
		relay  relay
		left   int
		states []ClockState
	}{
		{"nothing was relayed", word, nothing, 1, []ClockState{StateRunning}},
		{"both were", word, all, 0, []ClockState{StateMet}},
		{"the word was", word, theWord, 0, []ClockState{StateMet}},
		{"the resolution was", word, theResolution, 1, []ClockState{StateRunning}},
		{"one of two words was", more, theWord, 1, []ClockState{StateRunning}},
		{"there was no word", none, nothing, 0, nil},
		{"there was no word and the resolution was relayed", none, theResolution, 0, nil},
	} {
		p := newPaper(t)
		p.file("2", FieldSteps)
		p.do("dana", EscalateCase{})
		p.do("eve", AckCase{})
		c.said(p)
		var due time.Time
		if k := p.c.clock(ClockRelay); k != nil {
			due = k.Due
		}
		p.pass(2 * time.Minute)
		p.do("eve", ResolveCase{Text: "Patched."})
		p.pass(2 * time.Minute)
		switch c.relay {
		case theWord:
			p.do("dana", RelayUpdate{Of: p.c.ToRelay[0]})
		case theResolution:
			p.do("dana", RelayUpdate{Of: p.c.ToRelay[len(p.c.ToRelay)-1]})
		case all:
			p.do("dana", RelayUpdate{})
		}
		p.pass(2 * time.Minute)
		p.do("eve", UndoAct{Of: VerbResolve})
		if len(p.c.ToRelay) != c.left {
			t.Errorf("%s: %d are left to relay, want %d", c.name, len(p.c.ToRelay), c.left)
		}
		if n := p.c.cycles(ClockRelay); n != len(c.states) {
			t.Fatalf("%s: %d relay clocks, want %d", c.name, n, len(c.states))
		}
		for i, want := range c.states {
			if k := p.clock(ClockRelay, i+1); k.State != want || !k.Due.Equal(due) {
				t.Errorf("%s: the relay clock is %s and due %s, want %s and %s", c.name, k.State, k.Due, want, due)
			}
		}
		if c.left > 0 {
			p.do("dana", RelayUpdate{})
		}
		if k := p.c.clock(ClockRelay); k != nil {
			t.Errorf("%s: the relay clock still runs after everything was relayed", c.name)
		}
	}
}

// What others did between an act and its undoing stays done: relays, the first response, a recorded breach.
func TestAnUndoneActLeavesWhatOthersDid(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", UpdateCase{Text: "Found it."})
	p.do("dana", TakeBack{})
	p.pass(time.Minute)
	p.do("dana", EscalateCase{})
	p.pass(time.Minute)
	p.do("n-lead", RelayUpdate{})
	p.pass(time.Minute)
	p.do("dana", UndoAct{Of: VerbEscalate})
	if k := p.clock(ClockRelay, 1); k.State != StateMet {
		t.Errorf("after an undone escalation the relay clock is %s", k.State)
	}
	if k := p.clock(ClockTier1, 1); k.State != StateMet {
		t.Errorf("the first response that was given is %s", k.State)
	}
	if k := p.c.clock(ClockUpdate); k == nil || p.c.clock(ClockTier1) != nil || k.Party != p.c.Tenant {
		t.Error("nobody owes the next update")
	}

	// An acknowledgement: the word from before it was relayed in between.
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", UpdateCase{Text: "It is the cable."})
	p.do("eve", ReturnCase{Code: "steps"})
	p.do("dana", EscalateCase{})
	p.pass(time.Minute)
	p.do("eve", AckCase{})
	p.pass(time.Minute)
	p.do("dana", RelayUpdate{})
	p.pass(time.Minute)
	p.do("eve", UndoAct{Of: VerbAck})
	if k := p.c.clock(ClockRelay); k != nil {
		t.Errorf("after an undone acknowledgement the relay clock is %s", k.State)
	}
	if p.c.clock(ClockTier2) == nil || p.c.clock(ClockLadder) == nil || p.c.clock(ClockLapse) != nil {
		t.Error("after an undone acknowledgement somebody else than the people on call is waited for")
	}
}

// A limit that fell in between has one breach, at its due instant.
func TestAnUndoneActKeepsABreach(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	due := p.c.clock(ClockTier1).Due
	p.pass(due.Sub(p.now) - time.Minute)
	p.do("eve", ResolveCase{Text: "Patched."})
	p.pass(2 * time.Minute)
	p.do(System, tick{})
	p.do("eve", UndoAct{Of: VerbResolve})
	p.do(System, tick{})
	n := 0
	for _, e := range p.events {
		if b, ok := e.Body.(ClockBreached); ok && b.Clock == ClockTier1 {
			n++
		}
	}
	if n != 1 || !p.clock(ClockTier1, 1).Breached.Equal(due) {
		t.Errorf("%d breaches of the first response, kept as %s", n, p.clock(ClockTier1, 1).Breached)
	}
}

// A resolution keeps what was promised, and when it is undone the promise is open: the next word keeps or breaks it.
func TestAnUndoneResolutionLeavesAPromiseOpen(t *testing.T) {
	for _, c := range []struct {
		name          string
		promised      time.Duration
		before, after time.Duration // From the promise to the resolution, from its undoing to the next word.
		solved, then  string        // After the resolution, and after the next word.
	}{
		{"the word comes in time", 2 * time.Hour, time.Minute, time.Minute, "kept", "kept"},
		{"the word comes late", 2 * time.Hour, time.Minute, 3 * time.Hour, "kept", "broken"},
		{"the resolution was late itself", 2 * time.Hour, 3 * time.Hour, time.Minute, "broken", "broken"},
	} {
		p := newPaper(t)
		p.file("2", FieldSteps)
		p.do("dana", EscalateCase{})
		p.do("eve", AckCase{})
		p.do("eve", UpdateCase{Text: "Found it.", NextBy: p.now.Add(c.promised)})
		p.pass(c.before)
		p.do("eve", ResolveCase{Text: "Patched."})
		if got := p.c.Promises[0].Kept; got != c.solved {
			t.Errorf("%s: the resolution leaves the promise %q, want %q", c.name, got, c.solved)
		}
		p.pass(time.Minute)
		p.do("eve", UndoAct{Of: VerbResolve})
		if got := p.c.Promises[0].Kept; c.solved == "kept" && got != "" || c.solved != "kept" && got != c.solved {
			t.Errorf("%s: undone, the promise is %q", c.name, got)
		}
		p.pass(c.after)
		p.do(System, tick{})
		p.do("eve", UpdateCase{Text: "Mending it."})
		if got := p.c.Promises[0]; got.Kept != c.then || got.With != 0 && c.solved == "kept" {
			t.Errorf("%s: in the end the promise is %+v, want %q", c.name, got, c.then)
		}
	}
}

// A record of before the resolution was kept beside the promise gives the same case as it always did.
func TestAnOldResolutionSettlesAPromiseForGood(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", UpdateCase{Text: "Found it.", NextBy: p.now.Add(time.Hour)})
	p.do("eve", ResolveCase{Text: "Patched."})
	p.do("eve", UndoAct{Of: VerbResolve})
	old := slices.Clone(p.events)
	for i, e := range old {
		if b, ok := e.Body.(PromiseEnded); ok {
			b.With = 0
			old[i].Body = b
		}
	}
	if got := Fold(old).Promises[0]; got.Kept != "kept" || got.With != 0 {
		t.Errorf("it folds to %+v", got)
	}
	if got := Fold(p.events).Promises[0]; got.Kept != "" {
		t.Errorf("a new record folds to %+v", got)
	}
}

// The severity that was changed in between holds, and so do its deadlines: as if the undone act had never been.
func TestAnUndoneActLeavesTheDeadlinesOfTheSeverityThatHolds(t *testing.T) {
	for _, changes := range [][]Severity{{Sev1}, {Sev3}, {Sev1, Sev2}, {Sev3, Sev4}} {
		cases := map[bool]*paper{}
		for _, acked := range []bool{false, true} {
			p := newPaper(t)
			cases[acked] = p
			p.file("2", FieldSteps)
			p.do("dana", EscalateCase{})
			p.pass(3 * time.Minute)
			if acked {
				p.do("eve", AckCase{})
			}
			for _, to := range changes {
				p.pass(2 * time.Minute)
				p.do("dana", ChangeSeverity{To: to, Why: "It changed"})
			}
			p.pass(time.Minute)
			if acked {
				p.do("eve", UndoAct{Of: VerbAck})
			}
		}
		for _, kind := range []ClockKind{ClockTier1, ClockTier2} {
			got, want := cases[true].c.clock(kind), cases[false].c.clock(kind)
			if got == nil || !got.Due.Equal(want.Due) || !got.EarlyDue.Equal(want.EarlyDue) || got.Budget != want.Budget || !slices.EqualFunc(got.Warnings, want.Warnings, time.Time.Equal) {
				t.Errorf("through %v the %s is\n%+v, without the act it is\n%+v", changes, kind, got, want)
			}
		}
	}

	// A clock that the severity does not have ends.
	p := newPaper(t)
	p.book.Severities[3].Tier2 = Range{}
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.pass(time.Minute)
	p.do("dana", ChangeSeverity{To: Sev4, Why: "It is a question"})
	p.do("eve", UndoAct{Of: VerbAck})
	if k := p.clock(ClockTier2, 1); k.State != StateCancelled {
		t.Errorf("the response that the severity does not ask for is %s", k.State)
	}
}
