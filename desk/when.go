package desk

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseWhen reads a time in the past as people type it, in their zone unless they name one:
// "2026-11-20 17:40", "20 Nov 17:40", "today 14:00", "yesterday 9am", "17:40", "20 min ago", "now",
// RFC 3339. A time of day alone is the last one that was: today's, or yesterday's when today's is
// still ahead. Errors are sentences.
func ParseWhen(text string, now time.Time, loc *time.Location) (time.Time, error) {
	return parseWhen(text, now, loc, -1)
}

// ParseWhenAhead reads a time to come: "in 2 hours", "tomorrow 10:00", "17:00" (the next one there is),
// "friday 9am", or any full date.
func ParseWhenAhead(text string, now time.Time, loc *time.Location) (time.Time, error) {
	return parseWhen(text, now, loc, +1)
}

var (
	agoForm   = regexp.MustCompile(`^(?:in |about )?(\d{1,4}|an?|half an?) ?(m|min|mins|minutes?|h|hrs?|hours?|d|days?|weeks?)( ago)?$`)
	clockForm = regexp.MustCompile(`^(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}))? ?(am|pm|a\.m\.|p\.m\.)?$`)
	zoneForm  = regexp.MustCompile(`^(.*\S)\s+(\(?[A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?\)?|UTC|GMT|Z|[PMCE][SD]T|CET|CEST|BST|[+-]\d{2}:?\d{2})$`)
	dateForms = []string{"2006-01-02", "2006/01/02", "2 Jan 2006", "2 January 2006", "Jan 2 2006", "January 2 2006", "Jan 2, 2006", "January 2, 2006",
		"2 Jan", "2 January", "Jan 2", "January 2", "Mon 2 Jan 2006", "Mon 2 Jan", "1/2/2006", "02.01.2006", "2.1.2006"}
)

// zoneNames are the abbreviations support people write; anything rarer is written as a city or an offset.
var zoneNames = map[string]int{"UTC": 0, "GMT": 0, "Z": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5,
	"EST": -5, "EDT": -4, "CET": 1, "CEST": 2, "BST": 1}

func parseWhen(text string, now time.Time, loc *time.Location, dir int) (time.Time, error) {
	t := strings.Join(strings.Fields(text), " ")
	if t == "" {
		return time.Time{}, Errf(KindInvalid, "There is no time. Write one such as 2026-11-20 17:40 or 20 min ago.")
	}
	if len(t) > 80 {
		return time.Time{}, unreadable(text)
	}
	for _, f := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00"} {
		if at, err := time.Parse(f, strings.ToUpper(t)); err == nil {
			return at.UTC(), nil
		}
	}
	if m := zoneForm.FindStringSubmatch(t); m != nil {
		z, err := zoneNamed(strings.Trim(m[2], "()"))
		if err != nil {
			return time.Time{}, err
		}
		t, loc = m[1], z
	}
	low := strings.ToLower(strings.TrimSuffix(t, ","))
	if low == "now" || low == "just now" {
		return now.UTC(), nil
	}
	if at, ok := spanAway(low, now, dir); ok {
		return at, nil
	}
	day, rest, ok := leadingDay(low, t, now.In(loc), dir)
	if !ok {
		return time.Time{}, unreadable(text)
	}
	return atClock(text, day, rest, now, loc, dir)
}

func unreadable(text string) error {
	return Errf(KindInvalid, "The time %s could not be read. Write it as 2026-11-20 17:40, today 14:00 or 20 min ago.", quoted(text))
}

func zoneNamed(name string) (*time.Location, error) {
	if h, ok := zoneNames[strings.ToUpper(name)]; ok {
		return time.FixedZone(strings.ToUpper(name), h*3600), nil
	}
	if at, err := time.Parse("-0700", strings.Replace(name, ":", "", 1)); err == nil {
		return at.Location(), nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, Errf(KindInvalid, "There is no time zone %s. Write one such as America/Chicago, UTC or +02:00.", quoted(name))
	}
	return z, nil
}

// spanAway reads "20 min ago", "2h", "in 3 days".
func spanAway(low string, now time.Time, dir int) (time.Time, bool) {
	m := agoForm.FindStringSubmatch(low)
	if m == nil || m[3] == "" && !strings.HasPrefix(low, "in ") && !strings.ContainsAny(low[len(low)-1:], "mhdsnr") {
		return time.Time{}, false
	}
	n := time.Duration(1)
	if i, err := strconv.Atoi(m[1]); err == nil {
		n = time.Duration(i)
	}
	unit := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[m[2][0]]
	span := n * unit
	if strings.HasPrefix(m[1], "half") {
		span = unit / 2
	}
	if m[3] != "" || dir < 0 && !strings.HasPrefix(low, "in ") {
		span = -span
	}
	return now.Add(span).UTC(), true
}

// leadingDay finds the civil day a text starts with; without one it is today, and rest is everything.
// The day is midnight UTC of that civil date: a date, not an instant.
func leadingDay(low, t string, local time.Time, dir int) (day time.Time, rest string, ok bool) {
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	cut := func(word string) (string, bool) {
		r, ok := strings.CutPrefix(low, word)
		return strings.TrimSpace(strings.TrimPrefix(strings.TrimLeft(r, " ,"), "at ")), ok && (r == "" || r[0] == ' ' || r[0] == ',')
	}
	for word, days := range map[string]int{"today": 0, "this morning": 0, "yesterday": -1, "tomorrow": 1} {
		if r, ok := cut(word); ok {
			return today.AddDate(0, 0, days), r, true
		}
	}
	for name, wd := range weekdays {
		for _, word := range []string{name, name[:3]} {
			if r, ok := cut(word); ok && !dateLike(r) {
				n := int(wd-today.Weekday()+7) % 7
				if dir < 0 && n > 0 {
					n -= 7
				}
				return today.AddDate(0, 0, n), r, true
			}
		}
	}
	if clockForm.MatchString(strings.TrimPrefix(low, "at ")) {
		return today, strings.TrimPrefix(low, "at "), true
	}
	words := strings.Fields(strings.Replace(t, "T", " ", 1))
	for n := min(len(words), 4); n >= 1; n-- {
		head := strings.TrimSuffix(strings.Join(words[:n], " "), ",")
		for _, f := range dateForms {
			d, err := time.Parse(f, head)
			if err != nil {
				continue
			}
			if !strings.Contains(f, "2006") {
				// A date without a year is the nearest one in the direction asked for.
				d = time.Date(today.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
				if dir < 0 && d.After(today) {
					d = d.AddDate(-1, 0, 0)
				} else if dir > 0 && d.Before(today) {
					d = d.AddDate(1, 0, 0)
				}
			}
			return d, strings.ToLower(strings.TrimPrefix(strings.Join(words[n:], " "), "at ")), true
		}
	}
	return time.Time{}, "", false
}

func dateLike(r string) bool { return r != "" && !clockForm.MatchString(r) }

// atClock puts a time of day on a civil day in a zone. A wall time that a clock change leaves out is
// refused by name; one that comes twice is the first of the two.
func atClock(text string, day time.Time, rest string, now time.Time, loc *time.Location, dir int) (time.Time, error) {
	rest = strings.TrimSpace(rest)
	bare := rest != "" && clockForm.MatchString(strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "at ")))
	if rest == "" {
		return time.Time{}, Errf(KindInvalid, "The time of day is missing in %s. Write for example %s 14:00.", quoted(text), clip(strings.TrimSpace(text), 20))
	}
	m := clockForm.FindStringSubmatch(rest)
	if m == nil || m[2] == "" && m[4] == "" {
		return time.Time{}, unreadable(text)
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi("0" + m[2])
	sec, _ := strconv.Atoi("0" + m[3])
	if m[4] != "" {
		if h < 1 || h > 12 {
			return time.Time{}, unreadable(text)
		}
		h %= 12
		if m[4][0] == 'p' {
			h += 12
		}
	}
	if h > 23 || min > 59 || sec > 59 {
		return time.Time{}, unreadable(text)
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), h, min, sec, 0, loc)
	if at.Hour() != h || at.Minute() != min {
		return time.Time{}, Errf(KindInvalid, "There was no %s on %s in %s: the clocks went forward. Check the time.", fmt.Sprintf("%02d:%02d", h, min), day.Format("2 Jan"), loc)
	}
	if bare {
		// A time of day alone means the nearest one in the direction asked for.
		if dir < 0 && at.After(now.Add(clockSkew)) {
			at = time.Date(day.Year(), day.Month(), day.Day()-1, h, min, sec, 0, loc)
		} else if dir > 0 && !at.After(now) {
			at = time.Date(day.Year(), day.Month(), day.Day()+1, h, min, sec, 0, loc)
		}
	}
	return at.UTC(), nil
}
