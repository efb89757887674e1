package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// CalendarSpec is a business calendar as it is written (SLA.md §1). Windows are pairs of local wall-clock
// times, "HH:MM" or "HH:MM:SS", half-open; "24:00" ends a day. An overnight shift is two windows.
type CalendarSpec struct {
	TZ           string                `json:"tz" yaml:"tz"`                               // IANA zone.
	Weekly       map[string][][]string `json:"weekly" yaml:"weekly"`                       // "mon" … "sun" → windows.
	Holidays     []string              `json:"holidays" yaml:"holidays"`                   // Closed dates, "2026-12-25" or "2026-12-25 Christmas".
	HolidaySets  []string              `json:"holiday_sets,omitempty" yaml:"holiday_sets"` // Sets that ship with the program; see HolidaySets.
	HolidayFiles []string              `json:"-" yaml:"holiday_files"`                     // .ics files; whoever reads the spec adds their dates to Holidays.
	Overrides    map[string][][]string `json:"overrides" yaml:"overrides"`                 // Date → windows instead of the weekday's; none: closed.
	Breaks       map[string][][]string `json:"breaks" yaml:"breaks"`                       // Date → windows cut out of it.
	Day          string                `json:"day,omitempty" yaml:"day"`                   // What "1 business day" is worth, e.g. "8h"; empty: the usual day's hours.
}

// Calendar is a compiled business calendar. It is immutable and safe for concurrent use.
//
// Instants are counted in milliseconds since 1970 inside. An opening is never built with time.Date: in
// the gap of a clock change that function moves the time by an hour one way in one zone and the other way
// in another, and a zone whose clocks change at midnight has no midnight to step to. A day's windows are
// laid onto each stretch of constant offset that the day touches, and clipped to it.
type Calendar struct {
	name    string
	version string
	loc     *time.Location
	week    [7][]wallWindow      // By time.Weekday.
	special map[int64]specialDay // By civil day number.
	nominal time.Duration
	spec    CalendarSpec // As written, its holiday sets spelled out.
	lines   []string     // All closed dates, those of the sets among them.
}

// wallWindow is a window of local time, in milliseconds since the local midnight.
type wallWindow struct{ from, to int64 }

// specialDay is a date that differs from its weekday.
type specialDay struct {
	windows  []wallWindow
	closed   bool   // A holiday.
	name     string // Of the holiday.
	override bool
	breaks   []wallWindow
}

const (
	msSecond = int64(1000)
	msDay    = 24 * 60 * 60 * msSecond

	// lookAhead is within how many days a calendar must have an open second.
	lookAhead = 400
)

// ErrNeverOpen says that a calendar has no open second within 400 days.
var ErrNeverOpen = errors.New("the calendar has no open second in the next 400 days")

// CompileCalendar checks a calendar and makes it ready. now is the instant from which it must open within
// 400 days; the zero time leaves that check to the operations. Errors name the place and the reason.
func CompileCalendar(name string, spec CalendarSpec, now time.Time) (*Calendar, error) {
	c := &Calendar{name: name, spec: spec, special: map[int64]specialDay{}}
	var err error
	if c.loc, err = time.LoadLocation(spec.TZ); err != nil || spec.TZ == "" || spec.TZ == "Local" {
		return nil, fmt.Errorf("calendar %s: tz: there is no time zone %q; expected one such as America/Los_Angeles", name, spec.TZ)
	}
	for day, windows := range spec.Weekly {
		wd, ok := shortDays[strings.ToLower(day)]
		if !ok {
			return nil, fmt.Errorf("calendar %s: weekly: there is no day %q; expected mon, tue, wed, thu, fri, sat or sun", name, day)
		}
		if c.week[wd], err = parseWindows(windows); err != nil {
			return nil, fmt.Errorf("calendar %s: weekly.%s: %w", name, day, err)
		}
	}
	if err := c.dates(spec); err != nil {
		return nil, fmt.Errorf("calendar %s: %w", name, err)
	}
	if c.nominal, err = c.nominalDay(spec.Day); err != nil {
		return nil, fmt.Errorf("calendar %s: day: %w", name, err)
	}
	// The version covers what the sets of holidays hold, so that a set that grows is another version.
	c.spec.Holidays, c.spec.HolidaySets = c.lines, nil
	canonical, _ := json.Marshal(c.spec) // Maps are written in order of their keys.
	sum := sha256.Sum256(canonical)
	c.version = name + "@" + hex.EncodeToString(sum[:4])
	if !now.IsZero() {
		if _, err := c.NextOpen(now); err != nil {
			return nil, fmt.Errorf("calendar %s: %w", name, err)
		}
	}
	return c, nil
}

var shortDays = map[string]time.Weekday{"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday}

// dates reads the holidays, overrides and breaks. A holiday beats an override.
func (c *Calendar) dates(spec CalendarSpec) error {
	for date, windows := range spec.Overrides {
		day, err := parseDay(date)
		if err != nil {
			return fmt.Errorf("overrides: %w", err)
		}
		ws, err := parseWindows(windows)
		if err != nil {
			return fmt.Errorf("overrides.%s: %w", date, err)
		}
		c.special[day] = specialDay{windows: ws, override: true}
	}
	lines := slices.Clone(spec.Holidays)
	for _, set := range spec.HolidaySets {
		more, err := holidaySet(set)
		if err != nil {
			return fmt.Errorf("holiday_sets: %w", err)
		}
		lines = append(lines, more...)
	}
	c.lines = lines
	for _, line := range lines {
		date, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		day, err := parseDay(date)
		if err != nil {
			return fmt.Errorf("holidays: %w", err)
		}
		s := c.special[day]
		s.closed, s.windows, s.name = true, nil, strings.TrimSpace(name)
		c.special[day] = s
	}
	for date, windows := range spec.Breaks {
		day, err := parseDay(date)
		if err != nil {
			return fmt.Errorf("breaks: %w", err)
		}
		ws, err := parseWindows(windows)
		if err != nil {
			return fmt.Errorf("breaks.%s: %w", date, err)
		}
		s, ok := c.special[day]
		if !ok {
			s.windows = c.week[weekdayOf(day)]
		}
		s.windows, s.breaks = cut(s.windows, ws), ws
		c.special[day] = s
	}
	return nil
}

// parseDay reads a civil date and gives its day number: days since 1970-01-01. It is no instant.
func parseDay(date string) (int64, error) {
	t, err := time.Parse("2006-01-02", date)
	if err != nil {
		return 0, fmt.Errorf("%q is no date; expected one such as 2026-12-25", date)
	}
	return t.Unix() / 86400, nil
}

func weekdayOf(day int64) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }

// parseWindows reads windows and gives them in order. Touching ones are joined; overlapping, empty and
// backward ones are refused.
func parseWindows(in [][]string) ([]wallWindow, error) {
	var out []wallWindow
	for _, w := range in {
		if len(w) != 2 {
			return nil, fmt.Errorf("%q is no window; expected a start and an end such as 09:00 and 17:00", w)
		}
		from, err1 := parseWall(w[0])
		to, err2 := parseWall(w[1])
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		if to <= from {
			return nil, fmt.Errorf("the window %s to %s ends before it starts; an overnight shift is two windows, to 24:00 and from 00:00", w[0], w[1])
		}
		out = append(out, wallWindow{from, to})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].from < out[j].from })
	joined := out[:0]
	for _, w := range out {
		n := len(joined)
		switch {
		case n > 0 && w.from < joined[n-1].to:
			return nil, fmt.Errorf("the windows overlap at %s", wallText(w.from))
		case n > 0 && w.from == joined[n-1].to:
			joined[n-1].to = w.to
		default:
			joined = append(joined, w)
		}
	}
	return joined, nil
}

// parseWall reads "HH:MM" or "HH:MM:SS", 24:00 included, as milliseconds since midnight.
func parseWall(s string) (int64, error) {
	parts := strings.Split(s, ":")
	limits := []int64{24, 59, 59}
	units := []int64{3600, 60, 1}
	var sec int64
	ok := len(parts) == 2 || len(parts) == 3
	for i := 0; ok && i < len(parts); i++ {
		n, err := strconv.ParseInt(parts[i], 10, 64)
		ok = err == nil && len(parts[i]) == 2 && n >= 0 && n <= limits[i]
		sec += n * units[i]
	}
	if !ok || sec > 86400 {
		return 0, fmt.Errorf("%q is no time of day; expected 00:00 to 24:00", s)
	}
	return sec * msSecond, nil
}

func wallText(ms int64) string {
	return fmt.Sprintf("%02d:%02d", ms/3600/msSecond, ms/60/msSecond%60)
}

// cut takes windows out of windows; both are in order.
func cut(from, out []wallWindow) []wallWindow {
	left := slices.Clone(from)
	for _, o := range out {
		var next []wallWindow
		for _, w := range left {
			if a := (wallWindow{w.from, min(w.to, o.from)}); a.from < a.to {
				next = append(next, a)
			}
			if b := (wallWindow{max(w.from, o.to), w.to}); b.from < b.to {
				next = append(next, b)
			}
		}
		left = next
	}
	return left
}

// nominalDay is what "1 business day" is worth: the setting, else the hours that most weekdays have (the
// longer of two equally common ones).
func (c *Calendar) nominalDay(setting string) (time.Duration, error) {
	if setting != "" {
		d, err := time.ParseDuration(setting)
		if err != nil || d <= 0 || d > 24*time.Hour || d%time.Second != 0 {
			return 0, fmt.Errorf("%q is no length of a day; expected one such as 8h", setting)
		}
		return d, nil
	}
	count := map[int64]int{}
	var best int64
	for _, ws := range c.week {
		var total int64
		for _, w := range ws {
			total += w.to - w.from
		}
		if total == 0 {
			continue
		}
		count[total]++
		if n := count[total]; n > count[best] || n == count[best] && total > best {
			best = total
		}
	}
	if best == 0 {
		return 8 * time.Hour, nil
	}
	return time.Duration(best) * time.Millisecond, nil
}

// Version names the calendar and its content: it changes with every change of either.
func (c *Calendar) Version() string { return c.version }

// Name is the calendar's name.
func (c *Calendar) Name() string { return c.name }

// Zone is the calendar's zone.
func (c *Calendar) Zone() *time.Location { return c.loc }

// Day is what "1 business day" is worth in open time.
func (c *Calendar) Day() time.Duration { return c.nominal }
