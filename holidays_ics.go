package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"casebot/desk"
)

const (
	maxICS    = 1 << 20 // Bytes of one file. A list of holidays has a few thousand.
	maxICSDay = 60      // Days that one entry may close.
)

// withHolidayFiles adds the closed dates of the .ics files to a calendar's own. dir is where casebot.yaml is.
func withHolidayFiles(spec desk.CalendarSpec, dir string, now time.Time) (desk.CalendarSpec, error) {
	for _, name := range spec.HolidayFiles {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, name)
		}
		st, err := os.Stat(path)
		if err != nil || !st.Mode().IsRegular() {
			return spec, fmt.Errorf("holiday_files: %s: there is no such file; mend the name, or export the calendar there", name)
		}
		if st.Size() > maxICS {
			return spec, fmt.Errorf("holiday_files: %s has %d KB; a list of holidays has at most %d KB", name, st.Size()>>10, maxICS>>10)
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return spec, fmt.Errorf("holiday_files: %s can't be read: %w", name, err)
		}
		days, err := parseICS(src, now.Year()-1, now.Year()+5)
		if err != nil {
			return spec, fmt.Errorf("holiday_files: %s: %w", name, err)
		}
		spec.Holidays = slices.Concat(spec.Holidays, days)
	}
	return spec, nil
}

// parseICS reads closed dates from an iCalendar file (RFC 5545): its all-day events, each a civil date and never
// an instant, for the years given, both included. The result is "2026-12-25 Christmas", in order, each date
// once. A timed event is refused, not guessed at: in which zone would the day be closed? Errors name the line.
func parseICS(src []byte, from, to int) (out []string, err error) {
	// The library's decoder panics on some lines that end early, such as "0;0=" (found by fuzzing).
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, errors.New("it is no calendar: a line ends in the middle")
		}
	}()
	if !utf8.Valid(src) || bytes.IndexByte(src, 0) >= 0 {
		return nil, errors.New("it is not text in UTF-8; export the calendar as .ics once more")
	}
	if err := lookOverICS(src); err != nil {
		return nil, err
	}
	cal, err := ical.NewDecoder(bytes.NewReader(src)).Decode()
	if err != nil {
		return nil, fmt.Errorf("it is no calendar: %w", err)
	}
	days := map[string]string{}
	for _, e := range cal.Events() {
		if s, _ := e.Props.Text(ical.PropStatus); strings.EqualFold(s, "CANCELLED") {
			continue
		}
		if err := closedBy(e, from, to, days); err != nil {
			name, _ := e.Props.Text(ical.PropSummary)
			return nil, fmt.Errorf("entry %q: %w", name, err)
		}
	}
	for day, name := range days {
		out = append(out, strings.TrimSpace(day+" "+name))
	}
	slices.Sort(out)
	return out, nil
}

// lookOverICS finds dates that are none before anything else does, because the library's errors name no line.
func lookOverICS(src []byte) error {
	event := false
	for i, line := range strings.Split(string(src), "\n") {
		line = strings.TrimRight(line, "\r")
		name, value, ok := strings.Cut(line, ":")
		prop, params, _ := strings.Cut(strings.ToUpper(name), ";")
		switch {
		case !ok:
			continue
		case prop == "BEGIN" || prop == "END":
			event = prop == "BEGIN" && strings.EqualFold(value, "VEVENT")
			continue
		case !event || prop != "DTSTART" && prop != "DTEND":
			continue
		}
		value = strings.TrimSpace(value)
		if strings.Contains(value, "T") && !strings.Contains(params, "VALUE=DATE") {
			return fmt.Errorf("line %d: %s is a time of day; only all-day entries close a date, so give the entry no time or take it out", i+1, clipLine(line))
		}
		if _, err := time.Parse("20060102", value); err != nil {
			return fmt.Errorf("line %d: %s is no date; expected eight digits, such as 20261225", i+1, clipLine(line))
		}
	}
	return nil
}

// closedBy adds the dates that one entry closes.
func closedBy(e ical.Event, from, to int, days map[string]string) error {
	start, err := e.DateTimeStart(time.UTC)
	if err != nil || start.IsZero() {
		return errors.New("it has no date; expected DTSTART;VALUE=DATE with eight digits")
	}
	end, err := e.DateTimeEnd(time.UTC)
	if err != nil {
		return fmt.Errorf("its end is no date: %w", err)
	}
	// The end is not included (RFC 5545, 3.6.1). Some programs write the start as the end of a single day.
	length := max(int(end.Sub(start)/(24*time.Hour)), 1)
	if length > maxICSDay {
		return fmt.Errorf("it closes %d days in a row; at most %d are taken for a holiday", length, maxICSDay)
	}
	name, _ := e.Props.Text(ical.PropSummary)
	name = clipLine(strings.Join(strings.Fields(name), " "))
	starts, err := yearly(e, start, from, to)
	if err != nil {
		return err
	}
	for _, s := range starts {
		for i := range length {
			day := s.AddDate(0, 0, i)
			if day.Year() < from || day.Year() > to {
				continue
			}
			if key := day.Format("2006-01-02"); days[key] == "" {
				days[key] = name
			}
		}
	}
	return nil
}

// yearly gives the first days of an entry: one, or one a year. The rule is taken apart here because the
// library's own set of recurrences overlooks RDATE.
func yearly(e ical.Event, start time.Time, from, to int) ([]time.Time, error) {
	opt, err := e.Props.RecurrenceRule()
	if err != nil {
		return nil, fmt.Errorf("its RRULE can't be read: %w", err)
	}
	starts := []time.Time{start}
	if opt != nil {
		if opt.Freq != rrule.YEARLY {
			return nil, fmt.Errorf("it repeats %s; only yearly entries are holidays", strings.ToLower(opt.Freq.String()))
		}
		opt.Dtstart = start
		rule, err := rrule.NewRRule(*opt)
		if err != nil {
			return nil, fmt.Errorf("its RRULE can't be followed: %w", err)
		}
		starts = rule.Between(time.Date(from-1, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(to+1, 1, 1, 0, 0, 0, 0, time.UTC), true)
	}
	list := func(prop string) ([]time.Time, error) {
		var out []time.Time
		for _, p := range e.Props.Values(prop) {
			for _, v := range strings.Split(p.Value, ",") {
				t, err := time.Parse("20060102", strings.TrimSpace(v))
				if err != nil {
					return nil, fmt.Errorf("%s: %q is no date; expected eight digits, such as 20261225", prop, clipLine(v))
				}
				out = append(out, t)
			}
		}
		return out, nil
	}
	more, err1 := list(ical.PropRecurrenceDates)
	without, err2 := list(ical.PropExceptionDates)
	starts = append(starts, more...)
	starts = slices.DeleteFunc(starts, func(t time.Time) bool {
		return slices.ContainsFunc(without, t.Equal)
	})
	return starts, errors.Join(err1, err2)
}

// clipLine shortens what a message or a name repeats of a file.
func clipLine(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}
