package desk

import (
	"context"
	"slices"
	"strings"
)

// A told message may offer acts, and an act can be done once: who has the case, what the customer thinks of it. It may
// also say what comes: by when somebody answers, gives the next update or passes it on, that people are called, that the
// case closes, that it waits. Endings says what has become of it, so that the message can be brought up to date in place:
// its buttons and its promise go, and it says who was first.

// Endings lists the later events that used up what the message of an event offers or promises to a side, oldest first;
// none while all of it still holds. An act that was taken back has used nothing up.
func Endings(e Event, side PartyKind, all []Event) []Event {
	parts := offers(e, side, all)
	if len(parts) == 0 {
		return nil
	}
	var out []Event
	was := map[string]int{} // Where in out the end of each part of an offer stands.
	void := takenBack(all)
	over := func(part string) bool { _, is := was[part]; return is }
	for _, x := range all {
		if x.Seq <= e.Seq || void(x) {
			continue
		}
		part := usesUp(e, side, x, all)
		of, timed := strings.CutSuffix(part, timeOf)
		if part != wholly && !slices.Contains(parts, part) || timed && over(of) {
			continue // Nobody waits for what has come, whenever it was due.
		}
		if i, again := was[part]; again {
			if _, moved := out[i].Body.(ClockMoved); moved || part == "rating" {
				out[i] = x // The later word counts: it corrects the one before. Of the rest the first says how it ended.
			}
		} else {
			was[part] = len(out)
			out = append(out, x)
		}
		if part == wholly || len(was) == len(parts) {
			break
		}
	}
	return slices.DeleteFunc(out, func(x Event) bool {
		of, timed := strings.CutSuffix(usesUp(e, side, x, all), timeOf)
		return timed && over(of)
	})
}

// wholly is the part with whose end nothing is left of an offer.
const wholly = "it"

// timeOf ends the name of the part that is the time of another one: that one still stands when its time is another.
const timeOf = "'s time"

// offers lists the parts of what the message of an event offers to a side: buttons that do one thing once, and promises
// that end. Each part can end by itself.
func offers(e Event, side PartyKind, all []Event) []string {
	if !e.Audience.Includes(side) {
		return nil
	}
	switch b := e.Body.(type) {
	case Escalated:
		if side == Provider {
			return []string{"answer"}
		}
		return []string{"answer", wholly} // The Partner was promised it, and may still take the case back.
	case WaitStarted, WaitNudged:
		return []string{wholly}
	case Lapsed:
		return []string{"calls", wholly}
	case Paged:
		if side == Provider {
			return []string{wholly}
		}
	case EscalationDue, Returned:
		if side == Partner {
			return []string{wholly}
		}
	case Acknowledged:
		return promises(e, nil)
	case Updated:
		return promises(e, relays(e, side, all))
	case WorkaroundGiven:
		if b.Of == 0 { // Else the update that it was given with tells it.
			return relays(e, side, all)
		}
	case Resolved:
		if side == Partner {
			return append(relays(e, side, all), "rating", "closing", wholly) // A rating can be corrected for ever.
		}
		return relays(e, side, all)
	case ClockFired:
		// The other clocks ask for words, of which there can always be more. An update that was asked for has come, or is late no more.
		if b.Clock == ClockTier2 && (side == Provider || b.Threshold == AtLimit) || b.Clock == ClockRelay && side == Partner || b.Clock == ClockUpdate {
			return []string{wholly}
		}
	}
	return nil
}

// usesUp says which part of an offer a later event used up; empty for none.
func usesUp(e Event, side PartyKind, x Event, all []Event) string {
	over := func(is bool) string {
		if is {
			return wholly
		}
		return ""
	}
	if u, ok := x.Body.(Undone); ok {
		return over(u.Of == e.Seq || u.Verb == VerbEscalate && asksToTake(e) || forgets(u, e))
	}
	if asksToTake(e) && leaves(x) {
		return wholly
	}
	switch b := e.Body.(type) {
	case Escalated:
		if _, taken := x.Body.(Acknowledged); taken {
			return "answer"
		}
		_, round := x.Body.(WorkaroundGiven) // From then on it can't be taken back.
		return over(round && side == Partner)
	case Lapsed:
		if lastCall(x, all) {
			return "calls"
		}
		_, taken := x.Body.(Acknowledged)
		return over(taken)
	case Paged:
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
		return over(stopped && k.Clock == b.Clock) // At most one cycle of a clock runs: the one that it asked for.
	case Acknowledged, Updated, WorkaroundGiven:
		if part := passesOn(e, side, x); part != "" {
			return part
		}
		if part := endsUpdate(e, x, all); part != "" {
			return part
		}
	case Resolved:
		if part := passesOn(e, side, x); part != "" {
			return part
		}
		switch y := x.Body.(type) {
		case Rated:
			if y.Resolution == b.Number {
				return "rating"
			}
		case Closed:
			return "closing" // What the customer thinks can be noted after it.
		case Reopened:
			return wholly
		}
	}
	return ""
}

// forgets says that an undone act put the case back to where the wait, or the relay clock, that an event tells of was not.
func forgets(u Undone, e Event) bool {
	switch b := e.Body.(type) {
	case ClockFired: // A relay clock that ran for the undone word alone.
		return b.Clock == ClockRelay && !slices.ContainsFunc(u.Back.Clocks, func(k Clock) bool { return k.Kind == ClockRelay && k.Cycle == b.Cycle })
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
// what it put back besides, which is the start or the end of a wait in between, and deadlines that were moved.
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
		_, off := x.Body.(WaitStarted)
		m, moved := x.Body.(ClockMoved)
		moved = moved && m.Clock != ClockRelay // An undone act leaves that clock alone (clocksWithout).
		return slices.ContainsFunc(void, func(a act) bool {
			return x.Seq >= a.of.Seq && x.Seq < a.until && (x.Actor == a.of.Actor && x.At.Equal(a.of.At) || on && a.waits || off && !a.waits || moved)
		})
	}
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
