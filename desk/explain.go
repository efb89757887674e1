package desk

import (
	"time"
)

// Receipt explains one cycle of one clock (SLA.md §4, /case explain): each stretch that counts and each that
// does not, with the reason, from where the budget counts to the due instant; and every change of the due
// instant on the way. It needs the case's events and the calendar of the clock's version, and nothing else.
type Receipt struct {
	Clock   Clock
	Pieces  []Piece       // From Clock.Base to Clock.Due; empty for a promise, and when the calendar has changed.
	Counted time.Duration // What the counted pieces add up to: the budget, unless a change of severity or a reopening moved the due instant.
	Moves   []Move
	Stale   bool // The calendar's version is no longer at hand, so the stretches cannot be shown.
}

// Move is one change of a due instant.
type Move struct {
	At       time.Time
	By       string
	From, To time.Time
	Why      string
}

// takesApart is a calendar that can say why time counts or does not.
type takesApart interface {
	Pieces(a, b time.Time, pauses []Interval) ([]Piece, error)
}

// Pieces of the 24×7 calendar: all of it counts but the pauses.
func (AroundTheClock) Pieces(a, b time.Time, pauses []Interval) ([]Piece, error) {
	r := receipt{from: a.UnixMilli(), to: b.UnixMilli(), pauses: pauses}
	r.opened(span{r.from, r.to})
	return r.out, nil
}

// Explain makes the receipts of a case's clocks, in the order in which they started. Timers have none.
func (d *Desk) Explain(c *Case, events []Event) []Receipt {
	var out []Receipt
	for _, k := range c.Clocks {
		if k.Kind.Timer() {
			continue
		}
		r := Receipt{Clock: k, Moves: movesOf(k, events)}
		cal, ok := d.calendarOfVersion(k.Calendar)
		switch {
		case !ok:
			r.Stale = true
		case !k.Promised:
			if ps, err := cal.Pieces(k.Base, k.Due, k.Pauses); err == nil {
				r.Pieces = ps
			}
		}
		for _, p := range r.Pieces {
			if p.Counted {
				r.Counted += p.To.Sub(p.From)
			}
		}
		out = append(out, r)
	}
	return out
}

// calendarOfVersion finds the calendar of that very version; an empty version is around the clock.
func (d *Desk) calendarOfVersion(version string) (takesApart, bool) {
	if version == "" {
		return AroundTheClock{}, true
	}
	for _, cal := range d.Calendars {
		if t, ok := cal.(takesApart); ok && cal.Version() == version {
			return t, true
		}
	}
	if c, ok := d.pinned(nil, version); ok {
		return c, true
	}
	return nil, false
}

// movesOf lists the changes of one cycle's due instant: those between its start and its end.
func movesOf(k Clock, events []Event) []Move {
	var out []Move
	cycle := 0
	for _, e := range events {
		switch b := e.Body.(type) {
		case ClockStarted:
			if b.Clock.Kind == k.Kind {
				cycle = b.Clock.Cycle
			}
		case ClockMoved:
			if b.Clock == k.Kind && cycle == k.Cycle {
				out = append(out, Move{At: e.At, By: e.Name, From: b.From, To: b.Due, Why: b.Why})
			}
		case ClockResumed:
			if b.Clock == k.Kind && cycle == k.Cycle {
				out = append(out, Move{At: e.At, By: e.Name, To: b.Due, Why: "the pause ended"})
			}
		}
	}
	return out
}
