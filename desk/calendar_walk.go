package desk

import "time"

// span is a stretch of time [from, to) in milliseconds since 1970.
type span struct{ from, to int64 }

// walker goes through a calendar's open stretches. It remembers the stretch of constant offset it is in,
// which lasts for months, so that a step to the next day is a little arithmetic and no search.
type walker struct {
	c      *Calendar
	zone   span // Stretch of constant offset.
	offset int64
	buf    []span
	store  [8]span // Backs buf for ordinary days, so that walking allocates nothing.
}

// The zone database is meaningful for these years; walks are bounded by them.
const (
	firstDay = int64(-62091) // 1800-01-01
	lastDay  = int64(157054) // 2400-01-01
)

// enter puts the walker into the stretch of constant offset that holds an instant.
func (w *walker) enter(ms int64) {
	if w.zone.from <= ms && ms < w.zone.to {
		return
	}
	t := time.UnixMilli(ms).In(w.c.loc)
	_, off := t.Zone()
	start, end := t.ZoneBounds()
	w.offset = int64(off) * msSecond
	w.zone = span{minInstant, maxInstant}
	if !start.IsZero() {
		w.zone.from = start.UnixMilli()
	}
	if !end.IsZero() {
		w.zone.to = end.UnixMilli()
	}
	if w.zone.to <= ms || w.zone.from > ms {
		w.zone = span{ms, ms + w.steady(t, off)}
	}
}

// steady gives a stretch after an instant in which the offset stays. It is needed because ZoneBounds is
// wrong in rare places: measured on Go 1.26.8, in Los Angeles at 2040-12-31 00:00 UTC, the last day of a
// leap year, it gives an end that is the instant itself, on which a walk would stand still for ever.
func (w *walker) steady(t time.Time, off int) int64 {
	step := 24 * time.Hour
	for ; step > time.Second; step /= 2 {
		if _, later := t.Add(step).Zone(); later == off {
			break
		}
	}
	return step.Milliseconds()
}

const (
	minInstant = -1 << 62
	maxInstant = 1 << 62
)

// localDay gives the civil day of an instant.
func (w *walker) localDay(ms int64) int64 {
	w.enter(ms)
	return floorDiv(ms+w.offset, msDay)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// windowsOf gives a civil day's windows of local time.
func (c *Calendar) windowsOf(day int64) []wallWindow {
	if len(c.special) > 0 {
		if s, ok := c.special[day]; ok {
			return s.windows
		}
	}
	return c.week[weekdayOf(day)]
}

// lay gives the stretches of real time at which the local clock reads a time inside the windows on a
// civil day, in order, touching ones joined. What a clock change leaves out is not there; what it repeats
// is there twice.
func (w *walker) lay(day int64, windows []wallWindow, out []span) []span {
	if len(windows) == 0 {
		return out
	}
	midnight := day * msDay
	// Offsets lie between −16 h and +16 h, so the day lies within these instants.
	at, until := midnight-16*3600*msSecond, midnight+msDay+16*3600*msSecond
	edge := int64(minInstant)
	w.enter(at)
	for {
		for _, win := range windows {
			from, to := max(midnight+win.from-w.offset, w.zone.from, edge), min(midnight+win.to-w.offset, w.zone.to)
			if from >= to {
				continue
			}
			if n := len(out); n > 0 && out[n-1].to == from {
				out[n-1].to = to
			} else {
				out = append(out, span{from, to})
			}
		}
		if w.zone.to >= until {
			return out
		}
		edge = w.zone.to // Stretches may overlap; what was laid is not laid again.
		w.enter(w.zone.to)
	}
}

// open gives a civil day's open stretches. The slice is good until the next call.
func (w *walker) open(day int64) []span {
	w.buf = w.lay(day, w.c.windowsOf(day), w.store[:0])
	return w.buf
}

// pauseList is pauses in order, joined and without empty ones. An open pause lasts for ever.
func pauseList(pauses []Interval) []span {
	if len(pauses) == 0 {
		return nil
	}
	out := make([]span, 0, len(pauses))
	for _, p := range pauses {
		s := span{p.From.UnixMilli(), maxInstant}
		if !p.To.IsZero() {
			s.to = p.To.UnixMilli()
		}
		if s.from < s.to {
			out = append(out, s)
		}
	}
	sortSpans(out)
	joined := out[:0]
	for _, s := range out {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}

// unpaused calls f with the parts of a stretch that no pause covers, in order, until f gives false.
func unpaused(s span, pauses []span, f func(span) bool) bool {
	for _, p := range pauses {
		if p.to <= s.from {
			continue
		}
		if p.from >= s.to {
			break
		}
		if s.from < p.from && !f(span{s.from, p.from}) {
			return false
		}
		s.from = p.to
		if s.from >= s.to {
			return true
		}
	}
	return f(s)
}
