package desk

import "slices"

// mayEnd says cheaply whether events can have used up what an earlier message of a case offers, so that the earlier ones
// are read only then.
func mayEnd(before *Case, events []Event) bool {
	if before == nil {
		return false
	}
	awaited := !before.AckedAt.IsZero() || len(before.Promises) > 0 // Somebody was told when the next update comes.
	return slices.ContainsFunc(events, func(e Event) bool {
		switch b := e.Body.(type) {
		case Acknowledged, TakenBack, Returned, Resolved, Merged, Withdrawn, WorkaroundGiven, WaitEnded, Relayed, Rated, Closed, Reopened, Undone:
			return true
		case Escalated:
			return before.Returns > 0 || len(before.Due) > 0
		case Updated:
			return awaited
		case WaitStarted:
			return awaited && b.On == OnCustomer
		case ClockMoved:
			return (awaited && b.Clock == ClockUpdate || b.Clock == ClockRelay) && !b.Due.Equal(b.From)
		case ClockStopped:
			k := before.clock(b.Clock)
			return b.Clock == ClockRelay || b.Clock == ClockUpdate && (awaited || k != nil && k.Fired > 0) // Somebody was reminded of it.
		case ClockFired:
			k := before.clock(ClockLadder)
			return b.Clock == ClockLadder && !before.Lapsed.IsZero() && k != nil && b.Fired >= len(k.Thresholds())
		}
		return false
	})
}

// redraws brings the messages of earlier events up to date of whose offer something was used up, or given back by an
// undone act. It comes last in a lane: what is new matters more.
func (n *notices) redraws(past, events []Event) {
	all := append(slices.Clip(past), events...)
	for _, e := range past {
		for _, side := range []PartyKind{Partner, Provider} {
			if !touches(events, e, side, all) || slices.EqualFunc(Endings(e, side, past), Endings(e, side, all), func(a, b Event) bool { return a.Seq == b.Seq }) {
				continue
			}
			switch b := e.Body.(type) {
			case Paged:
				n.redraw(e, side, b.Person)
			case ClockFired:
				k := n.c.cycle(b.Clock, b.Cycle)
				theirs := k != nil && k.Party != n.party(side)
				if theirs && b.Clock == ClockUpdate && (side == Provider || b.Threshold != AtLimit) {
					continue // The other side was not told (reminder).
				}
				if !theirs || !n.dir.SharedRoom(n.c.Tenant) {
					n.redraw(e, side, "")
				}
				if p, _ := n.dir.Party(n.party(side)); !theirs && p.Contact != "" && n.toContact(b) {
					n.redraw(e, side, p.Contact)
				}
			case WaitNudged:
				if side == Partner { // The other side's thread was not told.
					n.redraw(e, side, "")
				}
				if w, known := WaitAt(e, past); known && n.partyOf(w.Owner) == n.party(side) {
					n.redraw(e, side, w.Owner)
				}
			default:
				if slices.Contains(n.sides(), side) {
					n.redraw(e, side, "")
				}
			}
		}
	}
}

// touches says cheaply whether new events can make another end of what the message of an earlier one offers: each of a
// long case's events is held against the few that are new.
func touches(events []Event, e Event, side PartyKind, all []Event) bool {
	return slices.ContainsFunc(events, func(x Event) bool {
		_, undone := x.Body.(Undone)
		return undone || usesUp(e, side, x, all) != ""
	})
}

// redraw asks for the message of one event on a side, or the one to a person, to be drawn anew where it stands.
func (n *notices) redraw(e Event, side PartyKind, person string) {
	x := Notice{Kind: NoticeRedraw, Place: InThread, Party: n.party(side), Person: person, Seq: e.Seq, Generation: n.c.Seq}
	if person != "" {
		x.Place = ToPerson
	}
	n.put(x)
}
