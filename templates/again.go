package templates

import (
	"slices"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// again draws what was told of an event anew, where something of what it offered has been used up since or is there
// again: the message stays where it stands, and says what has become of it.
func (v View) again(to desk.Person, e desk.Event, all []desk.Event) (bot.Message, bool) {
	ended := desk.Endings(e, v.Side, all)
	switch b := e.Body.(type) {
	case desk.Paged:
		if len(ended) == 0 { // An acknowledgement was undone: the call stands again.
			return v.page(b), true
		}
		return v.paged(ended), true
	case desk.ClockFired:
		k, _ := cycleOf(v.Case, b.Clock, b.Cycle)
		m, stands := Reminder(v, e, k.Generation)
		if !stands || len(ended) > 0 {
			m = v.reminded(b, ended)
		}
		if to.ID != "" {
			m.Footer = v.asContact(to)
		}
		return m, true
	case desk.WaitNudged:
		w, known := desk.WaitAt(e, all)
		if inPerson := to.ID != ""; inPerson {
			return v.nudgeTo(b, w, ended), known
		}
		return v.nudge(b, w, ended), known && !v.hidden()
	}
	return Told(v, e, all)
}

// asOf is the view of the case as an event left it: what a message said of the case stays as it was said.
func (v View) asOf(e desk.Event, all []desk.Event) View {
	n := slices.IndexFunc(all, func(x desk.Event) bool { return x.Seq == e.Seq })
	if n < 0 {
		return v
	}
	if c := desk.Fold(all[:n+1]); c.ID == v.Case.ID {
		v.Case = c
	}
	return v
}

// ending finds the event of one kind that used up something of what an event offered.
func ending[B desk.Body](e desk.Event, side desk.PartyKind, all []desk.Event) (desk.Event, bool) {
	for _, x := range desk.Endings(e, side, all) {
		if _, is := x.Body.(B); is {
			return x, true
		}
	}
	return desk.Event{}, false
}

// movedTo is the deadline that a message names as it holds now: where it was moved to since, or as it was.
func (v View) movedTo(kind desk.ClockKind, due time.Time, e desk.Event, all []desk.Event) time.Time {
	for _, x := range desk.Endings(e, v.Side, all) {
		if b, ok := x.Body.(desk.ClockMoved); ok && b.Clock == kind {
			due = b.Due
		}
	}
	return due
}

// settled adds what has become of what a message offered or promised, and takes its urgency away.
func (v View) settled(m *bot.Message, e desk.Event, all []desk.Event) bool {
	ended := desk.Endings(e, v.Side, all)
	if len(ended) == 0 {
		return false
	}
	m.Tone = bot.ToneNone
	for _, x := range ended {
		m.Blocks = append(m.Blocks, v.became(x))
	}
	return true
}

// became says in one short line what has become of what a message offered.
func (v View) became(x desk.Event) bot.Block {
	did := func(what string) bot.Block { return para(v.actor(x), " "+what+" ", x.At, ".") }
	switch b := x.Body.(type) {
	case desk.Escalated:
		return did("escalated it")
	case desk.Acknowledged:
		return did("acknowledged it")
	case desk.Returned:
		return did("sent it back")
	case desk.TakenBack:
		return did("took it back")
	case desk.Resolved:
		return did("resolved the case")
	case desk.WorkaroundGiven:
		return did("gave a workaround")
	case desk.Merged:
		return did("merged it into " + b.Into)
	case desk.Withdrawn:
		return did("withdrew the case")
	case desk.Undone:
		return did("took the " + stepName(b.Verb) + " back")
	case desk.Relayed:
		return did("told the customer")
	case desk.Closed:
		if x.Actor == desk.System {
			return para("The case closed by itself ", x.At, ".")
		}
		return did("closed the case")
	case desk.Reopened:
		return did("reopened the case")
	case desk.WaitEnded:
		if v.hidden() {
			return para("The wait ended ", x.At, ".") // Why may be somebody's own words.
		}
		return para("The wait ended ", x.At, ": "+b.Why+".")
	case desk.Rated:
		return para("The customer gave ", bot.B(itoa(b.Score)+" of 5"), ". ", v.actor(x), " noted it ", x.At, ".")
	case desk.ClockStopped: // Of a relay, or of the status update that somebody was reminded of.
		met := b.State == desk.StateMet || b.State == desk.StateMetLate
		switch {
		case b.Clock == desk.ClockUpdate && met: // By an update, a workaround or the resolution.
			return did("settled it")
		case b.Clock == desk.ClockUpdate && b.Why == desk.TargetOff:
			return para("Since ", x.At, " no further update is due at this severity.")
		case b.Clock == desk.ClockUpdate:
			return para("Since ", x.At, " it is no longer due.")
		}
		if met && x.Side == desk.Provider {
			return para("There was nothing left to pass on ", x.At, ".") // The last that was left was undone.
		} else if met {
			return did("told the customer")
		}
		return para("The deadline for passing it on ended ", x.At, ".")
	case desk.Updated:
		return did("gave the next update")
	case desk.WaitStarted:
		return did("let the case wait on " + waitOn(b.On))
	case desk.ClockFired: // Of the on-call ladder.
		return para("The people on call were called for the last time ", x.At, ".")
	}
	return para("This was settled ", x.At, ".")
}
