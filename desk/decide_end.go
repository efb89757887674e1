package desk

import (
	"slices"
	"strings"
	"time"
)

// Verb of each command.
func (GiveWorkaround) Verb() Verb { return VerbWorkaround }
func (ResolveCase) Verb() Verb    { return VerbResolve }
func (RateCase) Verb() Verb       { return VerbRate }
func (CloseCase) Verb() Verb      { return VerbClose }
func (ReopenCase) Verb() Verb     { return VerbReopen }
func (MergeCase) Verb() Verb      { return VerbMerge }
func (WithdrawCase) Verb() Verb   { return VerbWithdraw }
func (UndoAct) Verb() Verb        { return VerbUndo }

func (g GiveWorkaround) decide(w *work) error {
	if err := needText("text", g.Text, "Write how the customer can work meanwhile, step by step."); err != nil {
		return err
	}
	w.endWait("a workaround was given")
	w.settlePromises(0)
	w.workaround(WorkaroundGiven{Text: g.Text}, time.Time{})
	return nil
}

// workaround keeps a workaround and stops what waits for one. promise is when the next update was promised, zero
// when it was not.
func (w *work) workaround(given WorkaroundGiven, promise time.Time) {
	w.add(given)
	w.stopClock(ClockWorkaround, true, StateCancelled, "workaround delivered")
	w.stopClock(ClockLapse, false, StateCancelled, "workaround delivered")
	w.owesRelay()
	side := w.ownSide()
	if w.env.By.side == Partner {
		w.firstResponse("workaround given to the customer")
	}
	if w.policy().Until == "workaround" {
		w.stopClock(ClockUpdate, true, StateCancelled, "workaround delivered")
	} else if w.c.clock(ClockUpdate) != nil {
		w.restartUpdate(side, promise, "workaround delivered")
	}
}

func (r ResolveCase) decide(w *work) error {
	if err := needText("text", r.Text, "Write what solved it, so that the customer and the next person can read it."); err != nil {
		return err
	}
	codes := w.env.Book.Lifecycle.Resolutions
	if r.Code != "" && len(codes) > 0 && !slices.ContainsFunc(codes, func(c Code) bool { return strings.EqualFold(c.Code, r.Code) }) {
		return &Error{Kind: KindInvalid, Say: "There is no resolution code " + quoted(r.Code) + ".", Fields: []FieldError{{"code", "Choose one of the list."}}}
	}
	w.add(Resolved{Text: r.Text, Code: r.Code, Articles: r.Articles, Number: w.c.Resolutions + 1})
	resolution := w.c.Seq
	w.endWait("the case was resolved")
	w.settlePromises(resolution)
	if w.env.By.side == Partner {
		w.firstResponse("resolved with the customer")
	}
	w.stopClock(ClockUpdate, true, StateCancelled, "resolved")
	w.stopClock(ClockWorkaround, true, StateCancelled, "resolved")
	w.stopClock(ClockResolution, true, StateCancelled, "resolved")
	// What the Provider solved the Partner has still to pass on; that word is also the first response
	// where none was given.
	w.endAll("resolved first", ClockRelay, ClockTier1)
	w.owesRelay()
	w.startTimer(ClockClose, Partner, w.env.Book.Lifecycle.AutoClose)
	return nil
}

// owesRelay starts the Partner's relay clock after a word of the Provider that is for the customer
// (handbook §9: the Partner relays promptly).
func (w *work) owesRelay() {
	if w.env.By.side == Provider && !w.policy().Relay.Zero() {
		w.startClock(ClockRelay, Partner, w.env.Now, Range{Limit: w.policy().Relay})
	}
}

// startTimer begins a timer without a target, when the handbook gives it a span.
func (w *work) startTimer(kind ClockKind, side PartyKind, after Span) {
	w.startClock(kind, side, w.env.Now, Range{Limit: after})
}

func (r RateCase) decide(w *work) error {
	if r.Score < 1 || r.Score > 5 {
		say := "Rate from 1 (poor) to 5 (very good)."
		return &Error{Kind: KindInvalid, Say: say, Fields: []FieldError{{"score", say}}}
	}
	w.add(Rated{Resolution: w.c.Resolutions, Score: r.Score, Comment: r.Comment})
	return nil
}

func (x CloseCase) decide(w *work) error {
	w.add(Closed(x))
	w.endAll("closed")
	return nil
}

func (r ReopenCase) decide(w *work) error {
	if err := needText("why", r.Why, "Say what the customer reports now."); err != nil {
		return err
	}
	span := w.env.Book.Lifecycle.Reopen
	if limit := w.c.ResolvedAt.Add(span.Duration(24 * time.Hour)); !span.Zero() && w.env.Now.After(limit) {
		return Errf(KindState, "The case was resolved more than %s ago, so it stays closed. File a new case that follows it: /case new follows=%s.", span.Text, w.c.ID)
	}
	closedFor := w.c.ResolvedAt
	w.endAll("reopened")
	engineer := w.c.Engineer
	w.add(Reopened(r))
	w.resumeResolution(closedFor)
	w.startClock(ClockTier1, Partner, w.env.Now, w.policy().Tier1)
	if engineer != "" && len(w.missing()) == 0 {
		// The Provider had it: it goes straight back, with a new Tier 2 cycle.
		w.escalate(TriggerByHand, "reopened: "+r.Why)
		return nil
	}
	w.pullTriggers()
	return nil
}

// resumeResolution lets the total-resolution clock go on with what was left, the closed span not
// counted, and never less than a quarter of the budget (SLA.md §2, Reopen).
func (w *work) resumeResolution(resolved time.Time) {
	p := w.policy().Resolution
	if p.Limit.Zero() {
		return
	}
	last := w.c.cycle(ClockResolution, w.c.cycles(ClockResolution))
	if last == nil {
		w.startClock(ClockResolution, Provider, w.env.Now, p)
		return
	}
	n := cloneClocks([]Clock{*last})[0]
	n.Cycle, n.State, n.Stopped, n.Breached, n.Fired, n.Sent, n.Generation = n.Cycle+1, StateRunning, time.Time{}, time.Time{}, 0, 0, 0
	n.Pauses = append(n.Pauses, Interval{From: resolved, To: stamp(w.env.Now), Reason: "resolved"})
	cal := w.calendar(w.sideOf(&n))
	w.plan(&n, cal)
	if floor, err := cal.DueAt(w.env.Now, n.Budget/4, nil); err == nil && floor.After(n.Due) {
		n.Due, n.Warnings, n.EarlyDue = stamp(floor), nil, time.Time{}
	}
	n.Fired = passed(&n, w.env.Now)
	w.add(ClockStarted{Clock: n})
}

// decide ends this case in favour of another; the Desk has seen that the other exists, may be seen,
// and belongs to the same Partner, and writes Absorbed to it in the same transaction.
func (m MergeCase) decide(w *work) error {
	w.endWait("merged")
	w.add(Merged(m))
	w.endAll("merged into " + m.Into)
	return nil
}

// absorb is the other half of a merge.
type absorb struct{ from string }

func (absorb) Verb() Verb { return VerbMerge }

func (a absorb) decide(w *work) error {
	w.add(Absorbed{From: a.from})
	return nil
}

func (x WithdrawCase) decide(w *work) error {
	if err := needText("why", x.Why, "Say why the case is withdrawn."); err != nil {
		return err
	}
	w.endWait("withdrawn")
	w.add(Withdrawn(x))
	w.endAll("withdrawn")
	return nil
}

func (u UndoAct) decide(w *work) error {
	last := w.c.LastAct
	switch {
	case last == nil || last.Verb != u.Of:
		return Errf(KindState, "There is nothing to undo any more.")
	case last.By != w.env.By.ID:
		return Errf(KindForbidden, "Only the person who did it can undo it.")
	case w.env.Now.Sub(last.At) > w.env.Book.Lifecycle.Undo.Duration(24*time.Hour):
		return Errf(KindState, "It is more than %s ago, so it cannot be undone. %s", w.env.Book.Lifecycle.Undo.Text, instead(w.c.Status))
	}
	if to := transitions[u.Of][last.Status]; to != w.c.Status || w.c.LastUpdate.After(last.At) {
		return Errf(KindState, "Something else has happened since, so it cannot be undone. %s", instead(w.c.Status))
	}
	return w.undo(*last)
}
