package desk

import (
	"fmt"
	"strings"
	"time"
)

// parseQuiet reads quiet hours, "22:00-07:00": minutes of the day, the second not included. They may go over
// midnight. The empty text is none.
func parseQuiet(text string) (from, to int, err error) {
	a, b, ok := strings.Cut(text, "-")
	x, err1 := time.Parse("15:04", strings.TrimSpace(a))
	y, err2 := time.Parse("15:04", strings.TrimSpace(b))
	if !ok || err1 != nil || err2 != nil || x.Equal(y) {
		return 0, 0, fmt.Errorf("quiet hours are %q; write two times of the day, such as \"22:00-07:00\"", text)
	}
	return x.Hour()*60 + x.Minute(), y.Hour()*60 + y.Minute(), nil
}

// awake moves an instant out of the party's quiet hours, to the instant at which they end on its wall clock.
func (p Party) awake(at time.Time) time.Time {
	from, to, err := parseQuiet(p.Quiet)
	loc, zoneErr := time.LoadLocation(p.Zone)
	if err != nil || zoneErr != nil {
		return at // Both are refused when the file is read.
	}
	w := wallOf(at.In(loc))
	minute := int(w.minute)
	quiet := from <= minute && minute < to
	day := w.day
	if from > to {
		quiet = minute >= from || minute < to
		if minute >= from {
			day++
		}
	}
	if !quiet {
		return at
	}
	if end := instantOf(loc, wallTime{day, int64(to)}); end.After(at) {
		return end
	}
	return at // An hour that occurs twice: the quiet has ended once already.
}
