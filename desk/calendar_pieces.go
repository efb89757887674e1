package desk

import (
	"fmt"
	"time"
)

// Piece is a stretch of time with whether it counts and why: what a receipt is made of (SLA.md §4).
type Piece struct {
	From    time.Time
	To      time.Time
	Counted bool
	Reason  string // "open", "closed", "closed: Christmas", "break", "paused: waiting on customer".
}

// maxPieces bounds a receipt: a year of split days is some two thousand.
const maxPieces = 20_000

// Pieces takes [a, b) apart into counted and uncounted stretches, in order, without gaps. Neighbours with
// the same reason are joined, so a weekend is one piece. The counted ones add up to Elapsed.
func (c *Calendar) Pieces(a, b time.Time, pauses []Interval) ([]Piece, error) {
	w, from, to := walker{c: c}, a.UnixMilli(), b.UnixMilli()
	if !b.After(a) {
		return nil, nil
	}
	first, last := w.localDay(from), w.localDay(to)
	if first < firstDay || last > lastDay || last-first > maxPieces {
		return nil, fmt.Errorf("the span from %s to %s is too long to take apart", a.UTC().Format(time.RFC3339), b.UTC().Format(time.RFC3339))
	}
	p := receipt{from: from, to: to, pauses: pauses}
	for day := first - 1; day <= last+1; day++ {
		whole := w.lay(day, []wallWindow{{0, msDay}}, nil)
		open := append([]span(nil), w.open(day)...)
		special := c.special[day]
		breaks := w.lay(day, special.breaks, nil)
		reason := "closed"
		if special.closed {
			reason = "closed: holiday"
			if special.name != "" {
				reason = "closed: " + special.name
			}
		}
		for _, d := range whole {
			p.day(d, open, breaks, reason)
		}
	}
	return p.out, nil
}

// receipt collects the pieces them within [from, to).
type receipt struct {
	from, to int64
	pauses   []Interval
	out      []Piece
}

// day takes one stretch of a civil day apart: its open parts, its breaks, and the rest.
func (p *receipt) day(d span, open, breaks []span, reason string) {
	at := d.from
	for _, o := range open {
		if o.to <= d.from || o.from >= d.to {
			continue
		}
		p.shut(span{at, max(at, o.from)}, breaks, reason)
		p.opened(span{max(o.from, d.from), min(o.to, d.to)})
		at = min(o.to, d.to)
	}
	p.shut(span{at, d.to}, breaks, reason)
}

// shut adds a closed stretch, naming the breaks in it.
func (p *receipt) shut(s span, breaks []span, reason string) {
	for _, b := range breaks {
		if b.to <= s.from || b.from >= s.to {
			continue
		}
		p.add(span{s.from, max(s.from, b.from)}, false, reason)
		p.add(span{max(s.from, b.from), min(s.to, b.to)}, false, "break")
		s.from = min(s.to, b.to)
	}
	p.add(s, false, reason)
}

// opened adds an open stretch with the pauses in it named. Where pauses overlap the earlier one is named.
func (p *receipt) opened(s span) {
	for s.from < s.to {
		next, reason := s.to, ""
		for _, x := range p.pauses {
			from, to := x.From.UnixMilli(), int64(maxInstant)
			if !x.To.IsZero() {
				to = x.To.UnixMilli()
			}
			switch {
			case to <= s.from || to <= from:
			case from <= s.from:
				if reason == "" {
					next, reason = min(s.to, to), "paused: "+x.Reason
				}
			case reason == "":
				next = min(next, from)
			}
		}
		if reason == "" {
			p.add(span{s.from, next}, true, "open")
		} else {
			p.add(span{s.from, next}, false, reason)
		}
		s.from = next
	}
}

func (p *receipt) add(s span, counted bool, reason string) {
	s.from, s.to = max(s.from, p.from), min(s.to, p.to)
	if s.from >= s.to {
		return
	}
	from, to := time.UnixMilli(s.from).UTC(), time.UnixMilli(s.to).UTC()
	if n := len(p.out); n > 0 && p.out[n-1].To.Equal(from) && p.out[n-1].Counted == counted && p.out[n-1].Reason == reason {
		p.out[n-1].To = to
		return
	}
	p.out = append(p.out, Piece{from, to, counted, reason})
}
