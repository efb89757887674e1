package desk

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Span is a length of time as a handbook writes it: a number with a unit. Business spans count open
// time on the calendar; "business day" is the calendar's nominal day (SLA.md §1). The zero Span is
// "off".
type Span struct {
	N        int    // 0 means not set, or switched off.
	Unit     string // "minute", "hour" or "day".
	Business bool
	Text     string // As written, for people.
}

// Zero says that the span is not set.
func (s Span) Zero() bool { return s.N == 0 }

// Duration gives the span's budget on a calendar whose business day is day long. Days that are not
// business days are 24 h.
func (s Span) Duration(day time.Duration) time.Duration {
	switch {
	case s.Unit == "minute":
		return time.Duration(s.N) * time.Minute
	case s.Unit == "hour":
		return time.Duration(s.N) * time.Hour
	case s.Business:
		return time.Duration(s.N) * day
	}
	return time.Duration(s.N) * 24 * time.Hour
}

// String is the span for people: as it was written, else made from its parts.
func (s Span) String() string {
	switch {
	case s.Text != "":
		return s.Text
	case s.N == 0:
		return "off"
	}
	unit := s.Unit
	if s.Business {
		unit = "business " + unit
	}
	if s.N != 1 {
		unit += "s"
	}
	return strconv.Itoa(s.N) + " " + unit
}

// Range is a target as the handbook writes it: one span, or two ("30 minutes to 60 minutes") of which
// the lower is the objective and the upper the limit (SLA.md §2).
type Range struct {
	Objective Span // Zero when the target is one span.
	Limit     Span
}

// String is the target for people: "30 minutes to 60 minutes", "1 business day" or "off".
func (r Range) String() string {
	if r.Objective.Zero() {
		return r.Limit.String()
	}
	return r.Objective.String() + " to " + r.Limit.String()
}

// mismatch is an error in two halves: what stands there, and what should. ReadYAML puts the file and
// the line before it.
type mismatch struct{ found, expected string }

func (m mismatch) Error() string { return m.found + "; " + m.expected }

// A span is never longer than this. It keeps every sum of spans far from overflow, and nobody promises
// an answer in ten years.
const maxSpan = 3660 * 24 * time.Hour

var (
	spanText   = regexp.MustCompile(`(?i)^(\d{1,9})\s*(business\s+|working\s+)?(minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|w)$`)
	bareNumber = regexp.MustCompile(`^\d+$`)
	fraction   = regexp.MustCompile(`(?i)^(\d{1,6})[.,](\d{1,3})\s*(business\s+|working\s+)?(hours?|hrs?|h|days?|d)$`)
	rangeDash  = regexp.MustCompile(`\s+(?:to|bis|-)\s+|\s*[–—]\s*|(\d)\s*-\s*(\d)`)
)

const spanForms = `write a number with a unit, such as "30 minutes", "4 business hours", "1 business day", or "off"`

// ParseSpan reads a span: "30 minutes", "4 business hours", "1 business day", "14 days", "2 weeks",
// "off". A number without a unit is refused: nobody can tell 4 hours from 4 business hours. The error
// says what to write instead.
func ParseSpan(text string) (Span, error) {
	t := strings.Join(strings.Fields(text), " ")
	if strings.EqualFold(t, "off") {
		return Span{Text: "off"}, nil
	}
	m := spanText.FindStringSubmatch(t)
	switch f := fraction.FindStringSubmatch(t); {
	case m != nil:
	case bareNumber.MatchString(t):
		n := clip(t, 12)
		return Span{}, mismatch{fmt.Sprintf("%q has no unit", n), fmt.Sprintf(`write "%s hours" or "%s business hours"`, n, n)}
	case f != nil:
		return Span{}, mismatch{fmt.Sprintf("%q is not a whole number", t), `write it in the smaller unit: "90 minutes" for 1.5 hours, "12 hours" for half a day`}
	default:
		return Span{}, mismatch{fmt.Sprintf("%q is not a length of time", clip(t, 40)), spanForms}
	}
	n, _ := strconv.Atoi(m[1])
	s := Span{N: n, Business: m[2] != "", Text: t}
	switch strings.ToLower(m[3])[0] {
	case 'm':
		s.Unit = "minute"
	case 'h':
		s.Unit = "hour"
	case 'd':
		s.Unit = "day"
	case 'w':
		if s.Business {
			// A business week has as many days as the calendar opens, so the words promise nothing certain.
			return Span{}, mismatch{fmt.Sprintf("%q is not certain", t), fmt.Sprintf(`count the days: "%d business days"`, n*5)}
		}
		s.Unit, s.N = "day", n*7
	}
	if s.N == 0 {
		return Span{}, mismatch{fmt.Sprintf("%q is no time at all", t), `write "off" to switch it off`}
	}
	if s.N > int(maxSpan/time.Minute) || s.Duration(24*time.Hour) > maxSpan {
		return Span{}, mismatch{fmt.Sprintf("%q is too long", t), "write at most 3660 days"}
	}
	return s, nil
}

// ParseRange reads a target: one span, or two with "to" between, the lower first. "30 to 60 minutes"
// gives both the unit of the second.
func ParseRange(text string) (Range, error) {
	t := strings.Join(strings.Fields(text), " ")
	t = rangeDash.ReplaceAllString(t, "$1 to $2")
	low, high, two := strings.Cut(strings.Join(strings.Fields(t), " "), " to ")
	if !two {
		s, err := ParseSpan(text)
		return Range{Limit: s}, err
	}
	limit, err := ParseSpan(high)
	if err != nil {
		return Range{}, err
	}
	if bareNumber.MatchString(low) {
		low += strings.TrimLeft(high, "0123456789")
	}
	objective, err := ParseSpan(low)
	switch {
	case err != nil:
		return Range{}, err
	case objective.Zero() || limit.Zero():
		return Range{}, mismatch{fmt.Sprintf("%q has an end that is off", clip(t, 60)), `write both ends, such as "30 minutes to 60 minutes", or one span`}
	case objective.Business != limit.Business:
		return Range{}, mismatch{fmt.Sprintf("%q mixes business time with plain time", clip(t, 60)), `write both ends alike, such as "2 business hours to 4 business hours"`}
	case objective.Duration(8*time.Hour) >= limit.Duration(8*time.Hour):
		return Range{}, mismatch{fmt.Sprintf("%q has its lower end at or above its upper end", clip(t, 60)), "write the objective first and the limit second"}
	}
	return Range{Objective: objective, Limit: limit}, nil
}

// UnmarshalText lets YAML and JSON files hold spans as people write them.
func (s *Span) UnmarshalText(b []byte) (err error) {
	*s, err = ParseSpan(string(b))
	return err
}

// MarshalText writes the span back as people write it.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText lets YAML and JSON files hold targets as people write them.
func (r *Range) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRange(string(b))
	return err
}

// MarshalText writes the target back as people write it.
func (r Range) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
