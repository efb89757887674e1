package desk

import (
	"fmt"
	"slices"
	"time"
)

const dayMinutes = 24 * 60

// parseWall reads a date with a time of day, "2026-11-02 09:00".
func parseDateTime(text string) (wallTime, error) {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		return wallTime{}, fmt.Errorf("%q is no date with a time; write one such as \"2026-11-02 09:00\"", text)
	}
	return wallOf(t), nil
}

// wallOf reads the wall clock of t in t's own zone.
func wallOf(t time.Time) wallTime {
	y, m, d := t.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
	return wallTime{day, int64(t.Hour()*60 + t.Minute())}
}

// instant gives when the rota's wall clock first reads w.
func (r *Rota) instant(w wallTime) time.Time { return instantOf(r.loc, w) }

// instantOf gives when the wall clock of a zone first reads w. A time that a clock change skips is the instant of
// the change, so that a hand-over in the gap happens once and at once; time.Date alone moves it by an hour
// one way in one zone and the other way in another (SLA.md §1).
func instantOf(loc *time.Location, w wallTime) time.Time {
	day, minute := w.day+w.minute/dayMinutes, w.minute%dayMinutes
	naive := time.Unix(day*86400+minute*60, 0).UTC()
	// The offsets a day before and after are the only two that can hold around a change.
	_, before := naive.Add(-24 * time.Hour).In(loc).Zone()
	_, after := naive.Add(24 * time.Hour).In(loc).Zone()
	first := naive.Add(-time.Duration(before) * time.Second)
	if _, off := first.In(loc).Zone(); off == before {
		return first
	}
	second := naive.Add(-time.Duration(after) * time.Second)
	if _, off := second.In(loc).Zone(); off == after {
		return second
	}
	_, change := second.In(loc).ZoneBounds()
	return change.UTC()
}

// base is the turn the plan alone gives at an instant, without anybody standing in.
func (r *Rota) base(at time.Time) Turn {
	w := wallOf(at.In(r.loc))
	if len(r.weekly) > 0 {
		return r.baseWeekly(at, w)
	}
	var n int64 // Number of the turn since the start.
	var edge func(n int64) wallTime
	if r.days > 0 {
		n = floorDiv(w.day*dayMinutes+w.minute-r.start.day*dayMinutes-r.start.minute, int64(r.days)*dayMinutes)
		edge = func(n int64) wallTime { return wallTime{r.start.day + n*int64(r.days), r.start.minute} }
	} else {
		step := int64(r.hours / time.Minute)
		n = floorDiv(w.day*dayMinutes+w.minute-r.start.day*dayMinutes-r.start.minute, step)
		edge = func(n int64) wallTime {
			sum := r.start.day*dayMinutes + r.start.minute + n*step
			return wallTime{floorDiv(sum, dayMinutes), sum - floorDiv(sum, dayMinutes)*dayMinutes}
		}
	}
	// The wall clock reads an hour twice in autumn: what counts is the instant.
	for r.instant(edge(n)).After(at) {
		n--
	}
	for !r.instant(edge(n + 1)).After(at) {
		n++
	}
	t := Turn{From: r.instant(edge(n)), To: r.instant(edge(n + 1))}
	if n < 0 {
		t.To = r.instant(edge(0)) // Before the rota begins nobody is on call.
		t.From = at
		return t
	}
	t.Person = r.people[n%int64(len(r.people))]
	t.Second = r.otherThan(t.Person, r.people, int(n%int64(len(r.people))))
	return t
}

func (r *Rota) baseWeekly(at time.Time, w wallTime) Turn {
	monday := w.day - (w.day+3)%7 // 1 January 1970 was a Thursday.
	var t Turn
	// Last week's last line may still hold, and next week's first may end this one.
	for week := int64(-1); week <= 1; week++ {
		for i, line := range r.weekly {
			edge := r.instant(wallTime{monday + week*7, int64(line.minute)})
			if edge.After(at) {
				t.To = edge
				return t
			}
			t = Turn{From: edge, Person: line.person, Second: r.secondOf(i)}
		}
	}
	t.To = r.instant(wallTime{monday + 14, int64(r.weekly[0].minute)})
	return t
}

// secondOf is the next other person of the weekly pattern.
func (r *Rota) secondOf(i int) string {
	names := make([]string, len(r.weekly))
	for j, w := range r.weekly {
		names[j] = w.person
	}
	return r.otherThan(names[i], names, i)
}

// otherThan is the first name after position i, round and round, that is another person.
func (r *Rota) otherThan(person string, names []string, i int) string {
	for j := 1; j < len(names); j++ {
		if p := names[(i+j)%len(names)]; p != person && p != "" {
			return p
		}
	}
	return ""
}

// At gives the turn at an instant. more are the covers agreed in chat, oldest first; the last one that
// applies wins. Its ends are where the person on call changes, or a cover ends or begins.
func (r *Rota) At(at time.Time, more []Cover) Turn {
	t := r.base(at)
	for _, c := range slices.Concat(r.covers, more) {
		if !c.To.After(at) {
			if c.To.After(t.From) {
				t.From = c.To // This stretch began when that cover ended.
			}
			continue
		}
		if !c.From.Before(t.To) {
			continue
		}
		if c.From.After(at) {
			t.To = c.From // A later change ends this stretch.
			continue
		}
		planned := t.Person
		if planned == c.Person {
			planned = t.Second
		}
		t.Person, t.Second, t.Cover, t.Why = c.Person, planned, true, c.Why
		if c.From.After(t.From) {
			t.From = c.From
		}
		if c.To.Before(t.To) {
			t.To = c.To
		}
	}
	return t
}

// Turns lists the turns of [from, to), neighbours of the same person joined. It is bounded: a rota changes
// hands at most hourly.
func (r *Rota) Turns(from, to time.Time, more []Cover) []Turn {
	var out []Turn
	for at := from; at.Before(to) && len(out) < 24*400; {
		t := r.At(at, more)
		if n := len(out); n > 0 && out[n-1].Person == t.Person && out[n-1].Cover == t.Cover && out[n-1].Second == t.Second {
			out[n-1].To = t.To
		} else {
			out = append(out, t)
		}
		at = t.To
	}
	return out
}
