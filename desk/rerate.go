package desk

import (
	"context"
	"slices"
	"time"
)

// severityMoved applies a severity change to the open clocks (SLA.md §2, Severity up and Severity down).
func (w *work) severityMoved(from, to Severity, why string) {
	w.moveClocks(w.moving(from, to), SeverityChanged{From: from, To: to, Why: why}.reason())
	w.newTargets(from)
}

// newTargets starts the clocks for which the severity from before had no target, where the case waits for what they measure.
// They begin at the change: nobody is late because of it, and an update is owed from the moment when the case is of a
// severity that asks for one.
func (w *work) newTargets(from Severity) {
	was, is := w.env.Book.For(from).targets(), w.policy().targets()
	missing := func(kind ClockKind) bool {
		return w.c.Open() && was[kind].Limit.Zero() && !is[kind].Limit.Zero() && w.c.clock(kind) == nil
	}
	unanswered := w.c.Status == StatusEscalated
	if missing(ClockTier2) && unanswered {
		w.startClock(ClockTier2, Provider, w.env.Now, is[ClockTier2])
	}
	if w.ownSide() == Partner {
		unanswered = w.c.clock(ClockTier1) != nil
	}
	if missing(ClockUpdate) && !unanswered {
		w.startUpdate(w.ownSide(), time.Time{})
	}
	for _, kind := range []ClockKind{ClockWorkaround, ClockResolution} {
		if !missing(kind) || kind == ClockWorkaround && w.c.Workaround != "" {
			continue
		}
		w.startClock(kind, Provider, w.env.Now, is[kind])
		if w.c.Wait != nil && w.c.Wait.On == OnCustomer {
			w.pauseClock(kind, "waiting on customer")
		}
	}
}

// reason is why a deadline was moved.
func (s SeverityChanged) reason() string {
	return s.From.String() + " changed to " + s.To.String() + ": " + s.Why
}

// moving is how a severity change moves the open deadlines.
func (w *work) moving(from, to Severity) string {
	how := w.env.Book.Lifecycle.SeverityDown
	if to < from {
		if how = w.env.Book.Lifecycle.SeverityUp; how == "" {
			how = UpEarlier
		}
	}
	if how == "" {
		how = RateRetroactive
	}
	return how
}

// TargetOff is why a clock stops whose target the new severity or policy does not have.
const TargetOff = "the new target is off"

// moveClocks gives every open clock the target that the policy has for it now.
func (w *work) moveClocks(how, why string) {
	targets := w.policy().targets()
	for _, k := range slices.Clone(w.c.Clocks) {
		target, has := targets[k.Kind]
		if k.Ended() || !has {
			continue
		}
		w.breachIfLate(&k)
		old := *w.c.cycle(k.Kind, k.Cycle) // With the breach that was just recorded.
		if target.Limit.Zero() {
			w.stopClock(old.Kind, false, StateCancelled, TargetOff)
			continue
		}
		n := w.movedClock(old, target, how)
		w.add(ClockMoved{Clock: old.Kind, From: old.Due, Due: n.Due, Early: n.EarlyDue, Warn: n.Warnings, Tell: n.Tell, Base: n.Base,
			Budget: n.Budget, Calendar: n.Calendar, Why: why})
	}
}

// targets lists what a severity asks of each clock that has a target, and of the lapse.
func (p SeverityPolicy) targets() map[ClockKind]Range {
	return map[ClockKind]Range{ClockTier1: p.Tier1, ClockTier2: p.Tier2, ClockRelay: {Limit: p.Relay}, ClockWorkaround: p.Workaround,
		ClockResolution: p.Resolution, ClockUpdate: {Limit: p.Update}, ClockLapse: {Limit: p.lapse()}}
}

// movedClock is a clock as it is with another target.
func (w *work) movedClock(old Clock, target Range, how string) Clock {
	now := stamp(w.env.Now)
	cal := w.calendar(w.sideOf(&old))
	n := cloneClocks([]Clock{old})[0]
	n.Calendar, n.Budget, n.Early, n.Promised = cal.Version(), target.Limit.Duration(cal.Day()), 0, false
	if !target.Objective.Zero() {
		n.Early = target.Objective.Duration(cal.Day())
	}
	n.Base = n.Start
	if how != RateRetroactive {
		n.Base = now
	}
	w.plan(&n, cal)
	switch {
	case how == UpEarlier && old.Due.Before(n.Due):
		// The old promise was the stricter one and stands.
		return cloneClocks([]Clock{old})[0]
	case how == RateRetroactive && n.Due.Before(now) && old.Breached.IsZero():
		n.Due = now // Nobody is late because of a change made just now.
		n.Tell.Due = w.hold(n.Party, n.Due)
	}
	return n
}

// rerateCase moves a case to the handbook and the calendars of its environment.
type rerateCase struct{ by, why string }

func (rerateCase) Verb() Verb { return VerbTick }

func (r rerateCase) decide(w *work) error {
	w.add(Rerated{Handbook: w.env.Book.Version, Calendars: w.env.Pins, By: r.by, Why: r.why})
	w.moveClocks(RateRetroactive, "re-rated: "+r.why)
	return nil
}

// ReratedClock is one deadline of a re-rate: what it was and what it is then.
type ReratedClock struct {
	Clock    ClockKind
	Cycle    int
	Party    string
	From, To time.Time
	Off      bool // The new policy has no such target: the clock ends.
}

// Rerate applies the current handbook and calendars to an open case (SLA.md §2: an explicit, audited re-rate).
// Without apply nothing is kept: it is the dry run. A case that is at the current versions changes nothing.
func (d *Desk) Rerate(ctx context.Context, id, by, why string, apply bool, now time.Time) ([]ReratedClock, error) {
	now = stamp(now)
	var out []ReratedClock
	run := func(r Reader, c *Case) (*Case, []Event, error) {
		out = nil
		pins := d.pins(c.Tenant, d.Dir.Provider().ID)
		if !c.Open() || c.Handbook == d.Book.Version && samePins(pins, c.Calendars) {
			return nil, nil, nil
		}
		env := d.env(r, Act{By: Person{ID: System, Name: "casebot"}, Now: now}, d.Book, nil)
		env.Pins = pins
		events, after, err := Decide(c, rerateCase{by, why}, env)
		for _, e := range events {
			switch b := e.Body.(type) {
			case ClockMoved:
				if k := after.clock(b.Clock); k != nil && !b.Clock.Timer() {
					out = append(out, ReratedClock{Clock: b.Clock, Cycle: k.Cycle, Party: k.Party, From: b.From, To: b.Due})
				}
			case ClockStopped:
				k := c.clock(b.Clock)
				out = append(out, ReratedClock{Clock: b.Clock, Cycle: k.Cycle, Party: k.Party, From: k.Due, Off: true})
			}
		}
		return after, events, err
	}
	if !apply {
		err := d.Store.View(ctx, func(r Reader) error {
			c, err := r.Case(id)
			if err == nil {
				_, _, err = run(r, c)
			}
			return err
		})
		return out, err
	}
	err := d.Store.Update(ctx, func(tx Tx) error {
		c, err := tx.CaseForUpdate(id)
		if err != nil {
			return err
		}
		after, events, err := run(tx, c)
		if err != nil || len(events) == 0 {
			return err
		}
		return d.put(tx, c, after, events, now)
	})
	return out, err
}

func samePins(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}
