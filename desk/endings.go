package desk

import (
	"context"
	"slices"
)

// A told message may offer acts, and an act can be done once: who has the case, what the customer thinks of it. It may
// also say what comes: by when somebody answers, that the case closes, that it waits. Endings says what has become of it,
// so that the message can be brought up to date in place: its buttons and its promise go, and it says who was first.

// Endings lists the later events that used up what the message of an event offers or promises to a side, oldest first;
// none while all of it still holds. An act that was taken back has used nothing up.
func Endings(e Event, side PartyKind, all []Event) []Event {
	if !offers(e, side) {
		return nil
	}
	var out []Event
	was := map[string]int{} // Where in out the end of each part of an offer stands.
	void := takenBack(all)
	for _, x := range all {
		if x.Seq <= e.Seq || void(x) {
			continue
		}
		part, whole := usesUp(e, side, x)
		if part == "" {
			continue
		}
		if i, again := was[part]; again {
			if part == "rating" {
				out[i] = x // The later word counts: it corrects the one before. Of the rest the first says how it ended.
			}
		} else {
			was[part] = len(out)
			out = append(out, x)
		}
		if whole {
			break
		}
	}
	return out
}

// offers says whether the message of an event has buttons on a side that do one thing once, or a promise that ends.
func offers(e Event, side PartyKind) bool {
	if !e.Audience.Includes(side) {
		return false
	}
	switch b := e.Body.(type) {
	case Escalated, WaitStarted, WaitNudged:
		return true
	case Lapsed, Paged:
		return side == Provider
	case EscalationDue, Returned, Resolved:
		return side == Partner
	case Updated, WorkaroundGiven:
		return side == Partner && e.Side == Provider
	case ClockFired:
		// The other clocks ask for words, of which there can always be more.
		return b.Clock == ClockTier2 && side == Provider || b.Clock == ClockRelay && side == Partner
	}
	return false
}

// usesUp says which part of an offer a later event used up, and whether nothing is left of it then.
func usesUp(e Event, side PartyKind, x Event) (part string, whole bool) {
	over := func(is bool) (string, bool) {
		if is {
			return "it", true
		}
		return "", false
	}
	if u, ok := x.Body.(Undone); ok {
		return over(u.Of == e.Seq || u.Verb == VerbEscalate && asksToTake(e) || forgets(u, e))
	}
	if asksToTake(e) && leaves(x) {
		return over(true)
	}
	switch b := e.Body.(type) {
	case Escalated:
		if _, taken := x.Body.(Acknowledged); taken {
			return "answer", side == Provider // The Partner was promised it, and may still take the case back.
		}
		_, round := x.Body.(WorkaroundGiven) // From then on it can't be taken back.
		return over(round && side == Partner)
	case Lapsed, Paged:
		_, taken := x.Body.(Acknowledged)
		return over(taken)
	case EscalationDue, Returned:
		_, up := x.Body.(Escalated)
		return over(up || leaves(x))
	case WaitStarted, WaitNudged:
		_, on := x.Body.(WaitEnded)
		return over(on)
	case ClockFired:
		if _, taken := x.Body.(Acknowledged); b.Clock == ClockTier2 {
			return over(taken)
		}
		k, stopped := x.Body.(ClockStopped)
		return over(stopped && k.Clock == b.Clock)
	case Updated, WorkaroundGiven:
		r, told := x.Body.(Relayed)
		return over(told && r.Of == e.Seq)
	case Resolved:
		switch y := x.Body.(type) {
		case Relayed:
			if y.Of == e.Seq {
				return "relay", false
			}
		case Rated:
			if y.Resolution == b.Number {
				return "rating", false
			}
		case Closed:
			return "closing", false // What the customer thinks can be noted after it.
		case Reopened:
			return "it", true
		}
	}
	return "", false
}

// forgets says that an undone act put the case back to where the wait that an event tells of was not.
func forgets(u Undone, e Event) bool {
	switch e.Body.(type) {
	case WaitStarted:
		return u.Back.Wait == nil || !u.Back.Wait.Since.Equal(e.At)
	case WaitNudged:
		return u.Back.Wait == nil
	}
	return false
}

// WaitAt is the wait that an event reminds of or ended.
func WaitAt(e Event, all []Event) (w Wait, known bool) {
	for _, x := range all {
		if b, ok := x.Body.(WaitStarted); ok && x.Seq < e.Seq {
			w, known = Wait{On: b.On, Reason: b.Reason, Owner: b.Owner, Since: x.At, Until: b.Until}, true
		}
	}
	return w, known
}

// asksToTake says that the message of an event asks the Provider to take a case, or lets the Partner take it back.
func asksToTake(e Event) bool {
	switch b := e.Body.(type) {
	case Escalated, Lapsed, Paged:
		return true
	case ClockFired:
		return b.Clock == ClockTier2
	}
	return false
}

// leaves says that with an event the case is with the Provider no more, or over.
func leaves(x Event) bool {
	switch x.Body.(type) {
	case TakenBack, Returned, Resolved, Merged, Withdrawn:
		return true
	}
	return false
}

// takenBack tells the events of acts that were undone: what was written together with the event that Undone names, and
// the end of a wait in between, when the case waits again.
func takenBack(all []Event) func(Event) bool {
	type act struct {
		of    Event
		until int  // The event that undid it: what the same person does after that counts, also within the same instant.
		waits bool // Without the act the case waits.
	}
	var void []act
	for _, e := range all {
		if u, ok := e.Body.(Undone); ok {
			if i := slices.IndexFunc(all, func(x Event) bool { return x.Seq == u.Of }); i >= 0 {
				void = append(void, act{of: all[i], until: e.Seq, waits: u.Back.Wait != nil})
			}
		}
	}
	return func(x Event) bool {
		_, on := x.Body.(WaitEnded)
		return slices.ContainsFunc(void, func(a act) bool {
			return x.Seq >= a.of.Seq && x.Seq < a.until && (x.Actor == a.of.Actor && x.At.Equal(a.of.At) || on && a.waits)
		})
	}
}

// mayEnd says cheaply whether events can have used up what an earlier message of a case offers, so that the earlier ones
// are read only then.
func mayEnd(before *Case, events []Event) bool {
	if before == nil {
		return false
	}
	return slices.ContainsFunc(events, func(e Event) bool {
		switch b := e.Body.(type) {
		case Acknowledged, TakenBack, Returned, Resolved, Merged, Withdrawn, WorkaroundGiven, WaitEnded, Relayed, Rated, Closed, Reopened, Undone:
			return true
		case Escalated:
			return before.Returns > 0 || len(before.Due) > 0
		case ClockStopped:
			k := before.clock(ClockRelay)
			return b.Clock == ClockRelay && k != nil && k.Fired > 0
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
			if !offers(e, side) || slices.EqualFunc(Endings(e, side, past), Endings(e, side, all), func(a, b Event) bool { return a.Seq == b.Seq }) {
				continue
			}
			switch b := e.Body.(type) {
			case Paged:
				n.redraw(e, side, b.Person)
			case ClockFired:
				n.redraw(e, side, "")
				if p, _ := n.dir.Party(n.party(side)); p.Contact != "" && n.toContact(b) {
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

// redraw asks for the message of one event on a side, or the one to a person, to be drawn anew where it stands.
func (n *notices) redraw(e Event, side PartyKind, person string) {
	x := Notice{Kind: NoticeRedraw, Place: InThread, Party: n.party(side), Person: person, Seq: e.Seq, Generation: n.c.Seq}
	if person != "" {
		x.Place = ToPerson
	}
	n.put(x)
}

// Standing gives the event of the last escalation that was not undone; 0 for none.
func Standing(all []Event) int {
	void := takenBack(all)
	for _, e := range slices.Backward(all) {
		if _, up := e.Body.(Escalated); up && !void(e) {
			return e.Seq
		}
	}
	return 0
}

// Answers says whether an answer to one escalation of a case, named by its event, still finds it: an older one may be on
// somebody's screen although it was sent back or taken back and another has gone up since. 0 is the one that stands.
func (d *Desk) Answers(ctx context.Context, c *Case, of int) error {
	return d.Store.View(ctx, func(r Reader) error { return d.answers(r, c, of) })
}

func (d *Desk) answers(r Reader, c *Case, of int) error {
	if of == 0 || c.LastAct != nil && c.LastAct.Verb == VerbEscalate && c.LastAct.Seq == of {
		return nil
	}
	all, err := r.Events(c.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(e Event) bool { _, up := e.Body.(Escalated); return up && e.Seq == of })
	if i < 0 || Standing(all) <= of {
		return nil // Whether it can be answered now is for the case's state to say.
	}
	meant := all[i]
	became := "That escalation of " + c.ID + " is over."
	if ended := Endings(meant, Partner, all); len(ended) > 0 {
		x := ended[len(ended)-1]
		switch x.Body.(type) {
		case Returned:
			became = x.Name + " sent that escalation of " + c.ID + " back."
		case TakenBack, Undone:
			became = x.Name + " took that escalation of " + c.ID + " back."
		}
	}
	return Errf(KindConflict, "%s The case has gone up again since. Answer the newest escalation.", became)
}
