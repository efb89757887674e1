package desk

import "slices"

// tick is the desk's own command: it acts on every threshold of a case that has been reached by now.
type tick struct{}

func (tick) Verb() Verb { return VerbTick }

// decide looks at each running clock. After downtime a clock that has passed several thresholds sends
// one message, for the highest, saying when it fell due; the others are counted (SLA.md §4).
func (tick) decide(w *work) error {
	for _, k := range slices.Clone(w.c.Clocks) {
		now := w.c.cycle(k.Kind, k.Cycle) // An earlier clock of this tick may have changed it.
		due, ok := now.NextDue()
		if !ok || due.After(w.env.Now) {
			continue
		}
		switch k.Kind {
		case ClockLadder:
			w.tickLadder(now)
		case ClockWait:
			w.tickWait(now)
		case ClockLapse:
			w.tickLapse(now)
		case ClockClose:
			w.add(Closed{Why: "no word for " + w.env.Book.Lifecycle.AutoClose.Text + " after the resolution"})
			w.endAll("closed")
		default:
			w.tickTarget(now)
		}
	}
	return nil
}

// tickTarget fires the thresholds of a clock with a target.
func (w *work) tickTarget(k *Clock) {
	ts := k.Thresholds()
	fired := k.Fired
	for fired < len(ts) && !ts[fired].When().After(w.env.Now) {
		fired++
	}
	f := ClockFired{Clock: k.Kind, Cycle: k.Cycle, Fired: fired}
	if fired > k.Fired {
		top := ts[fired-1]
		f.Threshold, f.Due, f.Late = top.Kind, top.At, fired-k.Fired-1
	} else {
		// Every threshold is behind: this is one of the reminders after a breach, or, when they are used
		// up, the word to the escalation contact.
		f.Threshold, f.Due = AtReminder, k.Due
		if k.Sent >= maxReminders {
			f.Threshold = AtContact
		}
	}
	if f.Threshold == AtLimit {
		kind, n := k.Kind, k.Cycle
		if k.Breached.IsZero() { // Somebody's act in the quiet hours may have recorded it already.
			w.addAt(k.Due, ClockBreached{Clock: kind, Cycle: n, Party: k.Party, Due: k.Due})
		}
	}
	w.breakPromises(k.Party)
	if fired == len(ts) && k.reminds() {
		f.Next = w.nextReminder(k)
	}
	w.add(f)
}

// breakPromises settles the promises of a party whose time has come without an update.
func (w *work) breakPromises(party string) {
	for _, p := range slices.Clone(w.c.Promises) {
		mine := p.Party == party || p.Party == string(Provider) && party == w.party(Provider)
		if p.Kept == "" && mine && !w.env.Now.Before(p.By) {
			w.add(PromiseEnded{Of: p.Seq, Kept: false})
		}
	}
}

// tickLadder calls the people of every step reached; after an outage the steps that were slept
// through are called together. A step with nobody to call is not waited for: the next one is taken at once,
// and when a whole round finds nobody the named fallback is called (handbook §4).
func (w *work) tickLadder(k *Clock) {
	ts, kind, n := k.Thresholds(), k.Kind, k.Cycle
	fired := k.Fired
	ladder := w.env.Book.Escalation.Ladder
	skipped := 0 // Steps in a row that found nobody.
	for fired < len(ts) && (skipped > 0 || !ts[fired].At.After(w.env.Now)) {
		if p, ok := w.env.OnCall(ladder[fired%len(ladder)].Call); ok {
			w.page(p, fired+1)
			skipped = 0
		} else {
			skipped++
		}
		fired++
		if skipped == len(ladder) {
			if p, ok := w.env.OnCall(w.env.Book.Escalation.Fallback); ok {
				w.page(p, fired)
			}
			break
		}
	}
	if fired > k.Fired {
		due := ts[fired-1].At
		if due.After(w.env.Now) {
			due = w.env.Now // Taken early, because the step before it was empty.
		}
		w.add(ClockFired{Clock: kind, Cycle: n, Threshold: AtWarning, Due: due, Fired: fired})
	}
}

// tickWait nudges the owner of a wait, ends a wait whose own time is over, and proposes closing at
// the end of the defaults (SLA.md §2).
func (w *work) tickWait(k *Clock) {
	ts, n := k.Thresholds(), k.Cycle
	fired := k.Fired
	for fired < len(ts) && !ts[fired].At.After(w.env.Now) {
		fired++
	}
	if w.c.Wait == nil {
		w.stopClock(ClockWait, false, StateCancelled, "nothing waits")
		return
	}
	if fired == len(ts) && !w.c.Wait.Until.IsZero() {
		w.endWait("the time set for the wait is over")
		return
	}
	w.add(ClockFired{Clock: ClockWait, Cycle: n, Threshold: AtWarning, Due: ts[fired-1].At, Fired: fired})
	w.add(WaitNudged{Nudge: fired, Propose: fired == len(ts)})
}

// page calls somebody for the case, and lets them read it where only invited people can.
func (w *work) page(p Person, step int) {
	if w.c.Restricted && !slices.Contains(w.c.Invited, p.ID) {
		w.add(Invited{Person: p.ID, Name: p.Name, Why: "called by the on-call ladder"})
	}
	w.add(Paged{Step: step, Person: p.ID, Name: p.Name})
}
