package desk

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

func sortSpans(s []span) {
	slices.SortFunc(s, func(a, b span) int {
		switch {
		case a.from < b.from:
			return -1
		case a.from > b.from:
			return 1
		}
		return 0
	})
}

var (
	errBudget  = errors.New("a budget cannot be negative")
	errHorizon = errors.New("the budget is not used up within the years that can be computed")
)

// DueAt is SLA.md's due(start, budget): the earliest instant t ≥ start with exactly budget open, unpaused
// time in [start, t). A budget that ends at closing is due at closing; budget 0 is due at start. Budgets
// are counted in milliseconds. It is an error when the budget is never used up.
func (c *Calendar) DueAt(start time.Time, budget time.Duration, pauses []Interval) (time.Time, error) {
	left := budget.Milliseconds()
	switch {
	case left < 0:
		return time.Time{}, errBudget
	case left == 0:
		return start.UTC(), nil
	}
	w, from, ps := walker{c: c}, start.UnixMilli(), pauseList(pauses)
	var due int64
	idle := 0
	for day := w.localDay(from); day <= lastDay; day++ {
		before := left
		for _, s := range w.open(day) {
			if s.to <= from {
				continue
			}
			s.from = max(s.from, from)
			if !unpaused(s, ps, func(p span) bool {
				if p.to-p.from >= left {
					due, left = p.from+left, 0
					return false
				}
				left -= p.to - p.from
				return true
			}) {
				return time.UnixMilli(due).UTC(), nil
			}
		}
		// A calendar that stays shut ends the walk, but not a long pause: that ends by itself.
		if idle++; left < before || day*msDay < lastPause(ps) {
			idle = 0
		}
		if idle > lookAhead {
			return time.Time{}, ErrNeverOpen
		}
	}
	return time.Time{}, errHorizon
}

// lastPause is when the last pause ends; never for an open one, which then uses nothing up.
func lastPause(ps []span) int64 {
	if len(ps) == 0 {
		return minInstant
	}
	return ps[len(ps)-1].to
}

// Sub is the mirror of DueAt: the latest instant t ≤ end with exactly budget open, unpaused time in
// [t, end). So an hour before an instant one hour after opening is the opening itself.
func (c *Calendar) Sub(end time.Time, budget time.Duration, pauses []Interval) (time.Time, error) {
	left := budget.Milliseconds()
	switch {
	case left < 0:
		return time.Time{}, errBudget
	case left == 0:
		return end.UTC(), nil
	}
	w, until, ps := walker{c: c}, end.UnixMilli(), pauseList(pauses)
	idle := 0
	for day := w.localDay(until); day >= firstDay; day-- {
		before := left
		open := w.open(day)
		for i := len(open) - 1; i >= 0; i-- {
			s := open[i]
			if s.from >= until {
				continue
			}
			s.to = min(s.to, until)
			var parts []span
			unpaused(s, ps, func(p span) bool { parts = append(parts, p); return true })
			for j := len(parts) - 1; j >= 0; j-- {
				if n := parts[j].to - parts[j].from; n >= left {
					return time.UnixMilli(parts[j].to - left).UTC(), nil
				}
				left -= parts[j].to - parts[j].from
			}
		}
		if idle++; left < before || len(ps) > 0 && (day+2)*msDay > ps[0].from {
			idle = 0
		}
		if idle > lookAhead {
			return time.Time{}, ErrNeverOpen
		}
	}
	return time.Time{}, errHorizon
}

// Elapsed counts the open, unpaused time in [a, b). It is negative when b is before a.
func (c *Calendar) Elapsed(a, b time.Time, pauses []Interval) (time.Duration, error) {
	if b.Before(a) {
		d, err := c.Elapsed(b, a, pauses)
		return -d, err
	}
	w, from, to, ps := walker{c: c}, a.UnixMilli(), b.UnixMilli(), pauseList(pauses)
	first, last := w.localDay(from), w.localDay(to)
	if first < firstDay || last > lastDay {
		return 0, fmt.Errorf("instants from 1800 to 2400 can be computed")
	}
	var total int64
	for day := first; day <= last; day++ {
		for _, s := range w.open(day) {
			s.from, s.to = max(s.from, from), min(s.to, to)
			if s.from >= s.to {
				continue
			}
			if len(ps) == 0 {
				total += s.to - s.from
				continue
			}
			unpaused(s, ps, func(p span) bool { total += p.to - p.from; return true })
		}
	}
	return time.Duration(total) * time.Millisecond, nil
}

// IsOpen says whether the local wall clock reads a time inside a window of its local date.
func (c *Calendar) IsOpen(at time.Time) bool {
	w, ms := walker{c: c}, at.UnixMilli()
	for _, s := range w.open(w.localDay(ms)) {
		if s.from <= ms && ms < s.to {
			return true
		}
	}
	return false
}

// NextOpen is the earliest open instant at or after an instant: that instant itself while it is open.
func (c *Calendar) NextOpen(at time.Time) (time.Time, error) {
	s, err := c.stretch(at)
	if err != nil {
		return time.Time{}, err
	}
	return time.UnixMilli(max(s.from, at.UnixMilli())).UTC(), nil
}

// NextClose is when the open stretch that holds the instant ends or, at a closed instant, the next one.
// Stretches that touch, over midnight too, are one. It is an error when the calendar never closes.
func (c *Calendar) NextClose(at time.Time) (time.Time, error) {
	s, err := c.stretch(at)
	if err != nil {
		return time.Time{}, err
	}
	w := walker{c: c}
	end := s.to
	first := w.localDay(end)
	for day := first; day <= first+lookAhead; day++ {
		grown := false
		for _, n := range w.open(day) {
			if n.from <= end && n.to > end {
				end, grown = n.to, true
			}
		}
		if !grown && day*msDay-16*3600*msSecond > end {
			return time.UnixMilli(end).UTC(), nil
		}
	}
	return time.Time{}, errors.New("the calendar does not close in the next 400 days")
}

// stretch is the open stretch of one day that holds an instant or is the next after it.
func (c *Calendar) stretch(at time.Time) (span, error) {
	w, ms := walker{c: c}, at.UnixMilli()
	first := w.localDay(ms)
	if first < firstDay || first > lastDay {
		return span{}, fmt.Errorf("instants from 1800 to 2400 can be computed")
	}
	for day := first; day <= first+lookAhead; day++ {
		for _, s := range w.open(day) {
			if s.to > ms {
				return s, nil
			}
		}
	}
	return span{}, ErrNeverOpen
}
