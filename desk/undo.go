package desk

import (
	"slices"
	"time"
)

// An undone act puts the case and its clocks back to where they were before it. What other people did in
// between was not undone with it: a word that was relayed stays relayed, a first response stays given, and a breach that was
// recorded stays recorded, and a severity that was changed has its own deadlines (SLA.md §2). So no clock asks for what has been done, and none stands still for what is owed.

// undo takes an act back.
func (w *work) undo(last UndoPoint) error {
	past, err := w.env.Past()
	if err != nil {
		return err
	}
	back := last
	back.Clocks = w.clocksWithout(last)
	// What was only said by the act itself is not to be relayed any more.
	w.add(Undone{Of: last.Seq, Verb: last.Verb, Back: back, Unsaid: slices.Contains(w.c.ToRelay, last.Seq)})
	w.severityAgain(past, last.Seq)
	if len(w.c.ToRelay) == 0 {
		w.stopClock(ClockRelay, true, StateCancelled, "nothing is left to relay")
	}
	if slices.ContainsFunc(back.Clocks, func(k Clock) bool { return answeredSince(k, last) }) && w.c.clock(ClockUpdate) == nil && w.ownSide() == Partner {
		// The first response governs the cadence, and the act that is undone had held it back.
		w.startUpdate(Partner, time.Time{})
	}
	return nil
}

// severityAgain moves the clocks that an undone act put back as the severity changes since that act would have moved them:
// the severity was not undone, so its deadlines hold (SLA.md §2). The relay clock has them already (clocksWithout).
func (w *work) severityAgain(past []Event, since int) {
	var changes []Event
	for _, e := range past {
		if _, is := e.Body.(SeverityChanged); is && e.Seq > since {
			changes = append(changes, e)
		}
	}
	if len(changes) == 0 {
		return
	}
	now, severity := w.env, w.c.Severity
	for _, k := range slices.Clone(w.c.Clocks) {
		_, has := w.policy().targets()[k.Kind]
		if k.Ended() || k.Kind == ClockRelay || !has {
			continue
		}
		w.breachIfLate(&k)
		old := *w.c.cycle(k.Kind, k.Cycle)
		n, off, why := old, false, ""
		for _, e := range changes {
			s, then := e.Body.(SeverityChanged), *now
			then.Now = e.At // A new budget counts from the change, not from the undoing.
			w.env, w.c.Severity = &then, s.To
			target := w.policy().targets()[k.Kind]
			if off = off || target.Limit.Zero(); !off {
				n, why = w.movedClock(n, target, w.moving(s.From, s.To)), s.reason()
			}
		}
		w.env, w.c.Severity = now, severity
		if off {
			w.stopClock(k.Kind, false, StateCancelled, TargetOff)
			continue
		}
		if n.Due.Before(w.env.Now) && old.Breached.IsZero() {
			n.Due = stamp(w.env.Now) // Nobody is late because of an act that was undone just now.
			n.Tell.Due = w.hold(n.Party, n.Due)
		}
		w.add(ClockMoved{Clock: k.Kind, From: old.Due, Due: n.Due, Early: n.EarlyDue, Warn: n.Warnings, Tell: n.Tell, Base: n.Base,
			Budget: n.Budget, Calendar: n.Calendar, Why: why})
	}
}

// clocksWithout gives the clocks of the case as they would stand without its last act.
func (w *work) clocksWithout(last UndoPoint) []Clock {
	clocks := cloneClocks(last.Clocks)
	for i := range clocks {
		now := w.c.cycle(clocks[i].Kind, clocks[i].Cycle)
		switch {
		case now == nil:
		case now.Kind == ClockRelay || answeredSince(*now, last):
			clocks[i] = cloneClocks([]Clock{*now})[0]
		case clocks[i].Breached.IsZero():
			clocks[i].Breached = now.Breached
		}
	}
	if last.Verb == VerbResolve {
		return clocks // A relay clock that is not among them ran for the resolution.
	}
	for _, k := range w.c.Clocks {
		if k.Kind == ClockRelay && !slices.ContainsFunc(clocks, func(o Clock) bool { return o.Kind == k.Kind && o.Cycle == k.Cycle }) {
			clocks = append(clocks, cloneClocks([]Clock{k})...)
		}
	}
	return clocks
}

// answeredSince says that a first response was given after an act, by another one.
func answeredSince(k Clock, last UndoPoint) bool {
	return k.Kind == ClockTier1 && (k.State == StateMet || k.State == StateMetLate) && k.Stopped.After(last.At)
}
