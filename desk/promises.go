package desk

import (
	"slices"
	"time"
)

// What a told message says would come, and which later event ends that: the next update for the customer, its passing on
// by the Partner, the calls of the on-call ladder (handbook §4, §9). Endings asks here.

// promises lists the parts of a message that may say when the next update comes, beside others.
func promises(e Event, others []string) []string {
	if nextUpdate(e).IsZero() {
		return others
	}
	return append([]string{"update", "update" + timeOf}, others...)
}

// nextUpdate is by when an event promised the next update; zero for no promise.
func nextUpdate(e Event) time.Time {
	switch b := e.Body.(type) {
	case Acknowledged:
		return b.NextUpdate
	case Updated:
		return b.NextBy
	}
	return time.Time{}
}

// endsUpdate says what a later event did to the promise of the next update: it has come, it is not to be expected any more,
// or it has another time.
func endsUpdate(e, x Event, all []Event) string {
	if nextUpdate(e).IsZero() {
		return ""
	}
	over := false
	switch y := x.Body.(type) {
	case Updated:
		over = x.Side == e.Side
	case WorkaroundGiven:
		over = x.Side == e.Side && y.Of == 0
	case TakenBack, Returned:
		over = e.Side == Provider
	case Resolved, Closed, Merged, Withdrawn:
		over = true
	case WaitStarted:
		over = y.On == OnCustomer // The clock stands until the wait ends, and then has another time.
	case ClockStopped:
		over = y.Clock == ClockUpdate && y.Why == TargetOff && dueAtStop(x, all).Equal(promisedAt(e, x, all))
	case ClockMoved:
		if y.Clock == ClockUpdate && !y.Due.Equal(y.From) && y.From.Equal(promisedAt(e, x, all)) {
			return "update" + timeOf
		}
	}
	if over {
		return "update"
	}
	return ""
}

// promisedAt is when the update that an event promised is due just before a later event, as severity changes moved it.
func promisedAt(e, x Event, all []Event) time.Time {
	by, void := nextUpdate(e), takenBack(all)
	for _, y := range all {
		if m, ok := y.Body.(ClockMoved); ok && y.Seq > e.Seq && y.Seq < x.Seq && m.Clock == ClockUpdate && m.From.Equal(by) && !void(y) {
			by = m.Due
		}
	}
	return by
}

// dueAtStop is when the status update was due whose clock an event stopped.
func dueAtStop(x Event, all []Event) time.Time {
	n := slices.IndexFunc(all, func(y Event) bool { return y.Seq == x.Seq })
	if k := Fold(all[:max(n, 0)]).clock(ClockUpdate); k != nil {
		return k.Due
	}
	return time.Time{}
}

// relays says whether a message is about a word of the Provider that the Partner passes on: the Partner is asked to, and
// the Provider reads by when where a clock runs for it.
func relays(e Event, side PartyKind, all []Event) []string {
	runs := relayRuns(e, all)
	switch {
	case e.Side != Provider || side == Provider && !runs:
		return nil
	case runs:
		return []string{"relay", "relay" + timeOf}
	}
	return []string{"relay"}
}

// relayRuns says whether the relay clock ran after the act that an event belongs to.
func relayRuns(e Event, all []Event) bool {
	runs := false
	for _, x := range all {
		_, breach := x.Body.(ClockBreached) // It bears the instant at which something fell due.
		_, undone := x.Body.(Undone)        // An act of its own, also within the same instant.
		if x.Seq > e.Seq && (undone || x.Actor != e.Actor || !breach && !x.At.Equal(e.At)) {
			break
		}
		switch b := x.Body.(type) {
		case ClockStarted:
			runs = runs || b.Clock.Kind == ClockRelay
		case ClockStopped:
			runs = runs && b.Clock != ClockRelay
		case Undone:
			runs = slices.ContainsFunc(b.Back.Clocks, func(k Clock) bool { return k.Kind == ClockRelay && !k.Ended() })
		}
	}
	return runs
}

// passesOn says what a later event did to the passing on of a word: the Partner has told the customer, or has another time
// by which to, or none. Without one the Partner is still asked to, and the Provider waits for nothing.
func passesOn(e Event, side PartyKind, x Event) string {
	switch y := x.Body.(type) {
	case Relayed:
		if y.Of == e.Seq {
			return "relay"
		}
	case ClockStopped:
		if y.Clock == ClockRelay && side == Provider {
			return "relay"
		} else if y.Clock == ClockRelay {
			return "relay" + timeOf
		}
	case ClockMoved:
		if y.Clock == ClockRelay && !y.Due.Equal(y.From) {
			return "relay" + timeOf
		}
	}
	return ""
}

// lastCall says that an event took the last step of the on-call ladder: nobody else is called after it.
func lastCall(x Event, all []Event) bool {
	f, fired := x.Body.(ClockFired)
	return fired && f.Clock == ClockLadder && slices.ContainsFunc(all, func(o Event) bool {
		s, starts := o.Body.(ClockStarted)
		return starts && s.Clock.Kind == ClockLadder && s.Clock.Cycle == f.Cycle && f.Fired >= len(s.Clock.Thresholds())
	})
}
