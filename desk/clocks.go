package desk

import (
	"slices"
	"time"
)

// startClock begins the next cycle of a clock. A target whose limit is not set starts nothing.
func (w *work) startClock(kind ClockKind, side PartyKind, start time.Time, target Range) {
	if target.Limit.Zero() || w.c.clock(kind) != nil {
		return
	}
	cal := w.calendar(side)
	k := Clock{Kind: kind, Cycle: w.c.cycles(kind) + 1, Party: w.party(side), Calendar: cal.Version(),
		Start: stamp(start), Base: stamp(start), Budget: target.Limit.Duration(cal.Day()), State: StateRunning}
	if !target.Objective.Zero() {
		k.Early = target.Objective.Duration(cal.Day())
	}
	w.plan(&k, cal)
	// A clock may start in the past (the customer reported it an hour ago): warnings that have gone by
	// are not sent any more, a limit that has gone by still is a breach.
	for k.Fired < len(k.Thresholds())-1 && k.Thresholds()[k.Fired].At.Before(w.env.Now) {
		k.Fired++
	}
	w.add(ClockStarted{Clock: k})
}

// plan computes a clock's instants on its calendar from its base, budget and pauses.
func (w *work) plan(k *Clock, cal BusinessTime) {
	due := func(budget time.Duration) time.Time {
		t, err := cal.DueAt(k.Base, budget, k.Pauses)
		if err != nil {
			// A calendar that can't reach the due instant within its horizon is refused at load; should
			// one slip through, calendar time is the stricter promise.
			t, _ = AroundTheClock{}.DueAt(k.Base, budget, k.Pauses)
		}
		return stamp(t)
	}
	k.Due = due(k.Budget)
	k.EarlyDue = time.Time{}
	if k.Early > 0 {
		k.EarlyDue = due(k.Early)
	}
	k.Warnings = nil
	shares := w.policy().Warnings
	switch {
	case k.Kind.Timer():
		shares = nil
	case k.Kind == ClockUpdate:
		shares = []int{75} // An update has one reminder (SLA.md §4).
	}
	for _, percent := range shares {
		k.Warnings = append(k.Warnings, due((k.Budget * time.Duration(percent) / 100).Truncate(time.Second)))
	}
	w.quietWarnings(k)
}

// calendar gives the calendar a side's clocks of this case run on (SLA.md §2).
func (w *work) calendar(side PartyKind) BusinessTime {
	return w.env.Calendar(w.party(side), w.c.Severity)
}

// sideOf gives the side that answers for a clock.
func (w *work) sideOf(k *Clock) PartyKind {
	if k.Party == w.c.Tenant {
		return Partner
	}
	return Provider
}

// breachIfLate records a breach that nobody has noticed yet, at the due instant, before the clock is
// touched in any other way: a recorded breach stays recorded (SLA.md §2).
func (w *work) breachIfLate(k *Clock) {
	if k.Kind.Timer() || !k.Running() || !k.Breached.IsZero() || !w.env.Now.After(k.Due) {
		return
	}
	w.addAt(k.Due, ClockBreached{Clock: k.Kind, Cycle: k.Cycle, Party: k.Party, Due: k.Due})
}

// stopClock ends the running cycle of a clock. done says that what it waited for was done; else the
// cycle ends as the state given (returned, cancelled), or as missed when it had been breached.
func (w *work) stopClock(kind ClockKind, done bool, otherwise ClockState, why string) {
	k := w.c.clock(kind)
	if k == nil {
		return
	}
	w.breachIfLate(k)
	k = w.c.clock(kind)
	state := otherwise
	switch {
	case done && k.Breached.IsZero():
		state = StateMet
	case done:
		state = StateMetLate
	case !k.Breached.IsZero() && otherwise == StateCancelled:
		state = StateMissed
	}
	w.add(ClockStopped{Clock: kind, State: state, Why: why})
}

// pauseClock stops a clock counting; resumeClock lets it count again and moves its instants.
func (w *work) pauseClock(kind ClockKind, reason string) {
	if k := w.c.clock(kind); k != nil && k.Running() {
		w.breachIfLate(k)
		w.add(ClockPaused{Clock: kind, Reason: reason})
	}
}

func (w *work) resumeClock(kind ClockKind) {
	k := w.c.clock(kind)
	if k == nil || k.State != StatePaused {
		return
	}
	n := cloneClocks([]Clock{*k})[0]
	endPause(&n, stamp(w.env.Now))
	if n.Promised {
		// A promise named an instant; the pause moves it by its own length.
		n.Due = n.Due.Add(w.env.Now.Sub(n.Pauses[len(n.Pauses)-1].From)).Truncate(time.Millisecond)
		w.quietWarnings(&n)
	} else {
		w.plan(&n, w.calendar(w.sideOf(k)))
	}
	w.add(ClockResumed{Clock: kind, Due: n.Due, Early: n.EarlyDue, Warn: n.Warnings, Tell: n.Tell})
}

// restartUpdate begins a new cycle of the status update clock at an instant: no grid, no catch-up.
// A promise replaces its due once.
func (w *work) restartUpdate(side PartyKind, promise time.Time, why string) {
	w.stopClock(ClockUpdate, true, StateCancelled, why)
	w.startUpdate(side, promise)
}

// startUpdate begins the cadence of the side that now answers for the case.
func (w *work) startUpdate(side PartyKind, promise time.Time) {
	p := w.policy()
	if !w.c.Open() || w.c.Status == StatusWorkaround && p.Until == "workaround" {
		return
	}
	if promise.IsZero() {
		w.startClock(ClockUpdate, side, w.env.Now, Range{Limit: p.Update})
	} else if !p.Update.Zero() && w.c.clock(ClockUpdate) == nil {
		cal, now := w.calendar(side), stamp(w.env.Now)
		k := Clock{Kind: ClockUpdate, Cycle: w.c.cycles(ClockUpdate) + 1, Party: w.party(side), Calendar: cal.Version(),
			Start: now, Base: now, Budget: p.Update.Duration(cal.Day()), State: StateRunning, Promised: true, Due: stamp(promise)}
		// One reminder when three quarters of the way to the promised time have gone.
		k.Warnings = []time.Time{stamp(now.Add(k.Due.Sub(now) * 3 / 4))}
		w.quietWarnings(&k)
		w.add(ClockStarted{Clock: k})
	}
	if w.c.Wait != nil && w.c.Wait.On == OnCustomer {
		w.pauseClock(ClockUpdate, "waiting on customer")
	}
}

// firstResponse meets the Partner's response clock and starts the cadence that it governs.
func (w *work) firstResponse(why string) {
	if w.c.clock(ClockTier1) == nil {
		return
	}
	w.stopClock(ClockTier1, true, StateCancelled, why)
	if w.c.clock(ClockUpdate) == nil && w.ownSide() == Partner {
		w.startUpdate(Partner, time.Time{})
	}
}

// endWait ends a wait and lets what it paused count again.
func (w *work) endWait(why string) {
	if w.c.Wait == nil {
		return
	}
	w.add(WaitEnded{Why: why})
	w.stopClock(ClockWait, false, StateCancelled, why)
	for _, kind := range []ClockKind{ClockUpdate, ClockWorkaround, ClockResolution} {
		w.resumeClock(kind)
	}
	w.startLapse()
}

// endAll ends every clock of a case that is over.
func (w *work) endAll(why string, except ...ClockKind) {
	for _, k := range slices.Clone(w.c.Clocks) {
		if !k.Ended() && !slices.Contains(except, k.Kind) {
			w.stopClock(k.Kind, false, StateCancelled, why)
		}
	}
}
