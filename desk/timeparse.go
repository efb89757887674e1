package desk

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseWhen reads a time that has been, as people type it, in the zone loc unless the text names one:
//
//	RFC 3339            2026-11-20T17:40:00-06:00
//	date and time       2026-11-20 17:40 · 20 Nov 17:40 · Nov 20, 2026 5:40 pm · 20.11.2026 17:40
//	named day           today 14:00 · yesterday 9am · friday 17:00 · 17:40 yesterday
//	time of day         17:40 — the last one there was: today's, or yesterday's when today's is still ahead
//	ago                 20 min ago · 2h ago · 1 h 30 min ago · half an hour ago · now
//	with a zone         … PST · … UTC · … America/Chicago · … +02:00
//
// A day without a time of day is refused, for a response clock may hang on it; so is a wall time that a
// clock change leaves out or brings twice, with what to write instead. A date without a year is the last
// one there was. The result is in UTC. Errors are of KindInvalid, with a sentence for the person.
func ParseWhen(text string, now time.Time, loc *time.Location) (time.Time, error) {
	return readWhen(text, now, loc, past)
}

// ParseWhenAhead reads a time to come: what ParseWhen reads, and "in 2 hours", "2 hours", "tomorrow
// 10:00", "monday 9am", "17:00" (the next one there is). It does not refuse a full date that has gone
// by; whoever asks knows what may lie in the past.
func ParseWhenAhead(text string, now time.Time, loc *time.Location) (time.Time, error) {
	return readWhen(text, now, loc, ahead)
}

// ParseDay reads a day that something falls on, for which no time of day matters: 2027-03-31, or what ParseWhenAhead
// reads. A day by itself begins at nine in the zone loc, when people start to work.
func ParseDay(text string, now time.Time, loc *time.Location) (time.Time, error) {
	if _, err := time.Parse(time.DateOnly, strings.TrimSpace(text)); err == nil {
		text += " 09:00"
	}
	return ParseWhenAhead(text, now, loc)
}

// ParseUntil reads the end of a wait or a pause: a length ("2 days", "4 business hours"), counted on the
// calendar cal from now when it is business time, or a time to come.
func ParseUntil(text string, now time.Time, loc *time.Location, cal BusinessTime) (time.Time, error) {
	s, err := ParseSpan(text)
	switch {
	case err == nil && !s.Zero() && s.Business:
		t, err := cal.DueAt(now, s.Duration(cal.Day()), nil)
		return t.UTC(), err
	case err == nil && !s.Zero():
		return now.Add(s.Duration(24 * time.Hour)).UTC(), nil
	case err == nil || bareNumber.MatchString(strings.TrimSpace(text)):
		return time.Time{}, Errf(KindInvalid, "%s does not say how long. Write for example 2 days, 4 business hours or tomorrow 10:00.", quoted(text))
	}
	return ParseWhenAhead(text, now, loc)
}

// direction is which way an incomplete time is completed.
type direction int

const (
	past  direction = -1
	ahead direction = +1
)

// maxWhen bounds what is looked at, in bytes. The longest sensible time is half of it.
const maxWhen = 80

// fullForms are the forms that say everything by themselves.
var fullForms = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00"}

func readWhen(text string, now time.Time, loc *time.Location, dir direction) (time.Time, error) {
	if loc == nil {
		loc = time.UTC
	}
	t := OneSpaced(text)
	switch {
	case t == "":
		return time.Time{}, Errf(KindInvalid, "There is no time yet. Write one such as 2026-11-20 17:40, today 14:00 or 20 min ago.")
	case len(t) > maxWhen:
		return time.Time{}, unreadable(text, dir)
	}
	if day, h, m, sec, ok := plainWhen(t); ok {
		return day.at(h, m, sec, now, loc, dir)
	}
	for _, form := range fullForms {
		if at, err := time.Parse(form, strings.ToUpper(t)); err == nil {
			return at.UTC(), nil
		}
	}
	low := strings.ToLower(strings.TrimRight(t, " .,;"))
	for _, word := range []string{"at ", "on ", "since ", "around ", "about ", "approx ", "approx. ", "ca. ", "ca ", "~"} {
		low = strings.TrimSpace(strings.TrimPrefix(low, word))
	}
	if low == "now" || low == "just now" || low == "right now" {
		return now.UTC(), nil
	}
	if at, ok := away(low, now, dir); ok {
		return at, nil
	}
	low, loc, err := cutZone(low, loc)
	if err != nil {
		return time.Time{}, err
	}
	day, clock := cutClock(low)
	if clock == "" {
		if _, ok, _ := readDay(day, now.In(loc), dir); ok {
			return time.Time{}, Errf(KindInvalid, "%s has no time of day. Write it too, for example %s 14:00.", quoted(text), clip(t, 30))
		}
		return time.Time{}, unreadable(text, dir)
	}
	h, m, s, ok := readClock(clock)
	if !ok {
		return time.Time{}, Errf(KindInvalid, "%s has no such time of day. Write it as 17:40 or 5:40 pm.", quoted(text))
	}
	on, ok, err := readDay(day, now.In(loc), dir)
	switch {
	case err != nil:
		return time.Time{}, err
	case !ok:
		return time.Time{}, unreadable(text, dir)
	}
	return on.at(h, m, s, now, loc, dir)
}

// plainWhen reads 2026-11-20 17:40, with seconds or without: what the hints ask for, what forms send, and so what is read
// at nearly every filing. All that follows in readWhen would read it too, at many times the cost.
func plainWhen(t string) (day civilDay, h, m, s int, ok bool) {
	const form = "2006-01-02 15:04:05"
	if len(t) != len(form) && len(t) != len("2006-01-02 15:04") {
		return civilDay{}, 0, 0, 0, false
	}
	at, err := time.Parse(form[:len(t)], t)
	if err != nil {
		return civilDay{}, 0, 0, 0, false
	}
	h, m, s = at.Clock()
	return civilDay{Time: at.Truncate(24 * time.Hour)}, h, m, s, true
}

func unreadable(text string, dir direction) error {
	if dir == ahead {
		return Errf(KindInvalid, "The time %s could not be read. Write it as 2026-11-20 17:40, tomorrow 10:00 or in 2 hours.", quoted(text))
	}
	return Errf(KindInvalid, "The time %s could not be read. Write it as 2026-11-20 17:40, today 14:00 or 20 min ago.", quoted(text))
}

var (
	awayPart = regexp.MustCompile(`^(?:(\d{1,5})(?:[.,](\d))?|(an?|one|two|three|half an?|a couple of|a few)) ?(minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?: |,|$| ?and )`)
	units    = map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	counts   = map[string]time.Duration{"a": 1, "an": 1, "one": 1, "two": 2, "a couple of": 2, "three": 3, "a few": 3}
)

// away reads a length before or after now: "20 min ago", "1 h 30 min ago", "in 3 days". A bare length
// goes the way that is asked for. Days are of 24 hours.
func away(low string, now time.Time, dir direction) (time.Time, bool) {
	low, after := strings.CutPrefix(low, "in ")
	low, before := strings.CutSuffix(low, " ago")
	if after && before {
		return time.Time{}, false
	}
	total := time.Duration(0)
	for rest, n := low, 0; rest != "" || n == 0; n++ {
		// "1h30m" is two parts without a space between.
		if i := strings.IndexAny(rest, "hdw"); i > 0 && i+1 < len(rest) && rest[i+1] >= '0' && rest[i+1] <= '9' {
			rest = rest[:i+1] + " " + rest[i+1:]
		}
		m := awayPart.FindStringSubmatch(rest)
		if m == nil || n > 3 {
			return time.Time{}, false
		}
		unit := units[m[4][0]]
		switch {
		case strings.HasPrefix(m[3], "half"):
			total += unit / 2
		case m[3] != "":
			total += counts[m[3]] * unit
		default:
			whole, _ := strconv.Atoi(m[1])
			tenth, _ := strconv.Atoi("0" + m[2])
			total += time.Duration(whole)*unit + time.Duration(tenth)*unit/10
		}
		rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest[len(m[0]):]), "and "))
	}
	switch {
	case total > maxSpan:
		return time.Time{}, false
	case before, dir == past && !after:
		total = -total
	}
	return now.Add(total).UTC(), true
}

var (
	clockForm  = `(?:\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?|noon|midday|midnight)`
	clockLast  = regexp.MustCompile(`^(?:(.*?)(?: at | @ ?|, ?| |t))?(` + clockForm + `)$`)
	clockFirst = regexp.MustCompile(`^(` + clockForm + `)(?: on |, ?| )(.+)$`)
	clockParts = regexp.MustCompile(`^(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}))? ?(?:([ap])\.?m\.?)?$`)
)

// cutClock parts the day from the time of day, whichever comes first.
func cutClock(low string) (day, clock string) {
	if m := clockLast.FindStringSubmatch(low); m != nil {
		return strings.Trim(m[1], " ,"), m[2]
	}
	if m := clockFirst.FindStringSubmatch(low); m != nil {
		return strings.Trim(m[2], " ,"), m[1]
	}
	return low, ""
}

// readClock reads a time of day.
func readClock(s string) (h, m, sec int, ok bool) {
	switch s {
	case "noon", "midday":
		return 12, 0, 0, true
	case "midnight":
		// The midnight with which the day named begins.
		return 0, 0, 0, true
	}
	p := clockParts.FindStringSubmatch(s)
	if p == nil {
		return 0, 0, 0, false
	}
	h, _ = strconv.Atoi(p[1])
	m, _ = strconv.Atoi("0" + p[2])
	sec, _ = strconv.Atoi("0" + p[3])
	if p[4] != "" {
		if h < 1 || h > 12 {
			return 0, 0, 0, false
		}
		h %= 12
		if p[4] == "p" {
			h += 12
		}
	}
	return h, m, sec, h < 24 && m < 60 && sec < 60
}

// at puts a time of day on the day, in a zone.
func (d civilDay) at(h, m, s int, now time.Time, loc *time.Location, dir direction) (time.Time, error) {
	t, err := wall(d.Time, h, m, s, now, loc, dir)
	// A day that was not a full date is the nearest one in the direction asked for.
	switch step := d.step; {
	case step == 0:
	case dir == past && (err == nil && t.After(now.Add(clockSkew))):
		return wall(d.AddDate(0, 0, -step), h, m, s, now, loc, dir)
	case dir == ahead && (err == nil && !t.After(now)):
		return wall(d.AddDate(0, 0, step), h, m, s, now, loc, dir)
	}
	return t, err
}

// wall finds the instant at which a zone's clocks show a time on a civil day. When they show it twice
// and only one of the two is on the asked-for side of now, it is that one; else the person must say.
func wall(day time.Time, h, m, s int, now time.Time, loc *time.Location, dir direction) (time.Time, error) {
	naive := time.Date(day.Year(), day.Month(), day.Day(), h, m, s, 0, time.UTC)
	var room [3]time.Time
	found, last := room[:0], -1<<31
	// The offset in force is one of those of the day before and the day after, whatever the zone does.
	for _, near := range []time.Duration{-26 * time.Hour, 0, 26 * time.Hour} {
		_, offset := naive.Add(near).In(loc).Zone()
		if offset == last {
			continue
		}
		last = offset
		t := naive.Add(-time.Duration(offset) * time.Second)
		// It is the time asked for where that offset is in force at it.
		if _, there := t.In(loc).Zone(); there == offset && (len(found) == 0 || !found[len(found)-1].Equal(t)) {
			found = append(found, t)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	clock := fmt.Sprintf("%02d:%02d", h, m)
	if len(found) == 0 {
		return time.Time{}, Errf(KindInvalid, "There is no %s on %s in %s, because the clocks go forward over it. Write the time an hour earlier or later.", clock, naive.Format("2 Jan 2006"), loc)
	}
	var fits []time.Time
	for _, t := range found {
		if dir == past && !t.After(now.Add(clockSkew)) || dir == ahead && t.After(now) {
			fits = append(fits, t)
		}
	}
	if len(fits) == 1 {
		return fits[0], nil
	}
	if found[0].After(found[1]) {
		found[0], found[1] = found[1], found[0]
	}
	date := naive.Format("2006-01-02 15:04")
	return time.Time{}, Errf(KindInvalid, "%s comes twice on %s in %s, because the clocks go back. Write %s %s for the first or %s %s for the second.", clock, naive.Format("2 Jan 2006"), loc,
		date, found[0].In(loc).Format("-07:00"), date, found[1].In(loc).Format("-07:00"))
}
