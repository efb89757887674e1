package desk

import (
	"slices"
	"time"
)

// startLapse begins to watch an acknowledgement (SLA.md §2: "Acknowledgement decays"): with no activity of the
// Provider for one cadence, or for the span the handbook names, the case goes back into the on-call ladder.
func (w *work) startLapse() {
	if w.c.Status != StatusAcknowledged || w.c.Wait != nil || w.c.clock(ClockLapse) != nil {
		return
	}
	span := w.policy().lapse()
	if span.Zero() {
		return
	}
	cal, now := w.calendar(Provider), stamp(w.env.Now)
	k := Clock{Kind: ClockLapse, Cycle: w.c.cycles(ClockLapse) + 1, Party: w.party(Provider), Calendar: cal.Version(),
		Start: now, Base: now, Budget: span.Duration(cal.Day()), State: StateRunning}
	w.plan(&k, cal)
	w.add(ClockStarted{Clock: k})
}

// lapse is how long an acknowledgement holds without a word.
func (p SeverityPolicy) lapse() Span {
	if p.AckLapses.Zero() {
		return p.Update
	}
	return p.AckLapses
}

// tickLapse looks whether the Provider has done anything since the timer began. If so the timer goes on from
// there, in one event however much was done; else the acknowledgement has lapsed.
func (w *work) tickLapse(k *Clock) {
	if w.c.ProviderAt.After(k.Base) {
		n := cloneClocks([]Clock{*k})[0]
		n.Base, n.Pauses = stamp(w.c.ProviderAt), nil
		w.plan(&n, w.calendar(Provider))
		if n.Due.After(w.env.Now) {
			w.add(ClockMoved{Clock: ClockLapse, From: k.Due, Due: n.Due, Base: n.Base, Budget: n.Budget, Calendar: n.Calendar, Tell: n.Tell,
				Why: w.env.Dir.Provider().Name + " has worked on the case"})
			return
		}
	}
	w.stopClock(ClockLapse, false, StateCancelled, "the acknowledgement lapsed")
	since := w.c.ProviderAt
	if since.IsZero() {
		since = k.Base
	}
	w.add(Lapsed{Engineer: w.c.Engineer, Since: since})
	w.startLadder()
}

// holdAgain takes any act of the engineer who let an acknowledgement lapse as taking the case up again: the
// word that was missing is there, so nobody else needs to be called.
func (w *work) holdAgain() {
	if w.before == nil || w.before.Lapsed.IsZero() || w.c.Lapsed.IsZero() || w.c.Status != StatusEscalated ||
		w.env.By.ID != w.c.Engineer || w.env.By.side != Provider || len(w.events) == 0 {
		return
	}
	w.acknowledge(time.Time{})
}

// acknowledge is what an acknowledgement does, whoever asked for it and however.
func (w *work) acknowledge(promise time.Time) {
	ack := Acknowledged{Engineer: w.env.By.ID, NextUpdate: promise}
	running := w.c.clock(ClockUpdate)
	again := running != nil && w.sideOf(running) == Provider // A lapsed one: the cadence never stopped.
	switch next, ok := w.nextUpdate(promise); {
	case promise.IsZero() && w.c.Wait != nil && w.c.Wait.On == OnCustomer: // The clock stands until the customer's word.
	case again && running.Due.After(w.env.Now):
		ack.NextUpdate = running.Due
	case again: // It is late, and was told as that. Nobody is promised a time that is over.
	case ok:
		ack.NextUpdate = next
	}
	w.add(ack)
	w.stopClock(ClockTier2, true, StateCancelled, "acknowledged")
	w.stopClock(ClockLadder, false, StateCancelled, "acknowledged")
	if running != nil && !again {
		w.stopClock(ClockUpdate, false, StateCancelled, "the Provider answers for updates now")
	}
	w.startUpdate(Provider, promise)
	w.startLapse()
}

// awake moves an instant out of the quiet hours of a party, to their end: "quiet hours move a due time, they
// never use a reminder up" (SLA.md §4). Clocks that run around the clock because somebody is on cover know no quiet.
func (w *work) awake(party string, at time.Time) time.Time {
	p, _ := w.env.Dir.Party(party)
	if p.Quiet == "" || p.AfterHours && w.policy().AfterHours {
		return at
	}
	return p.awake(at)
}

// hold keeps, beside a deadline, when the desk acts on it, where that is not the deadline itself.
func (w *work) hold(party string, at time.Time) time.Time {
	if later := w.awake(party, at); later.After(at) {
		return stamp(later)
	}
	return time.Time{}
}

// nextReminder is when a clock that has missed its limit reminds again: after half its budget, at least 15
// minutes, of its own calendar's open time, so that a weekend brings no reminder (SLA.md §4).
func (w *work) nextReminder(k *Clock) time.Time {
	wait := max(k.Budget/2, 15*time.Minute).Truncate(time.Second)
	t, err := w.calendar(w.sideOf(k)).DueAt(stamp(w.env.Now), wait, nil)
	if err != nil {
		t = w.env.Now.Add(wait)
	}
	return stamp(w.awake(k.Party, t))
}

// quietWarnings moves the instants of a clock's warnings out of the quiet hours.
func (w *work) quietWarnings(k *Clock) {
	for i, t := range k.Warnings {
		k.Warnings[i] = stamp(w.awake(k.Party, t))
	}
	slices.SortFunc(k.Warnings, time.Time.Compare)
	k.Tell = Tell{Due: w.hold(k.Party, k.Due)}
	if !k.EarlyDue.IsZero() {
		k.Tell.Early = w.hold(k.Party, k.EarlyDue)
	}
}
