package desk

import (
	"slices"
	"testing"
	"time"
)

// rule is a holiday: a fixed date, or the nth weekday of a month (−1 is the last), plus days after it.
type rule struct {
	month time.Month
	day   int
	wd    time.Weekday
	nth   int
	plus  int
}

func (r rule) date(year int) time.Time {
	if r.nth == 0 {
		return time.Date(year, r.month, r.day, 0, 0, 0, 0, time.UTC)
	}
	t := time.Date(year, r.month, 1, 0, 0, 0, 0, time.UTC)
	if r.nth < 0 {
		t = time.Date(year, r.month+1, 0, 0, 0, 0, 0, time.UTC)
		for t.Weekday() != r.wd {
			t = t.AddDate(0, 0, -1)
		}
		return t
	}
	for t.Weekday() != r.wd {
		t = t.AddDate(0, 0, 1)
	}
	return t.AddDate(0, 0, 7*(r.nth-1)+r.plus)
}

var (
	newYear, july4, nov11, xmas = rule{month: 1, day: 1}, rule{month: 7, day: 4}, rule{month: 11, day: 11}, rule{month: 12, day: 25}
	mlk, presidents             = rule{month: 1, wd: time.Monday, nth: 3}, rule{month: 2, wd: time.Monday, nth: 3}
	memorial, labor             = rule{month: 5, wd: time.Monday, nth: -1}, rule{month: 9, wd: time.Monday, nth: 1}
	columbus                    = rule{month: 10, wd: time.Monday, nth: 2}
	thanks, afterThanks         = rule{month: 11, wd: time.Thursday, nth: 4}, rule{month: 11, wd: time.Thursday, nth: 4, plus: 1}
)

// The shipped dates are those that the rules of SLA.md §1 give for 2026 to 2028, and no others.
func TestHolidaysFollowTheirRules(t *testing.T) {
	sets := map[string]struct {
		rules []rule
		move  func(r rule, d time.Time) time.Time
	}{
		"us-federal": {[]rule{newYear, mlk, presidents, memorial, {month: 6, day: 19}, july4, labor, columbus, nov11, thanks, xmas}, func(_ rule, d time.Time) time.Time {
			switch d.Weekday() {
			case time.Saturday:
				return d.AddDate(0, 0, -1)
			case time.Sunday:
				return d.AddDate(0, 0, 1)
			}
			return d
		}},
		"us-california": {[]rule{newYear, mlk, presidents, {month: 3, day: 31}, memorial, july4, labor, nov11, thanks, afterThanks, xmas}, func(r rule, d time.Time) time.Time {
			switch {
			case d.Weekday() == time.Sunday:
				return d.AddDate(0, 0, 1)
			case d.Weekday() == time.Saturday && r == nov11:
				return d.AddDate(0, 0, -1)
			}
			return d
		}},
	}
	for name, set := range sets {
		var want []string
		for year := 2026; year <= 2029; year++ {
			for _, r := range set.rules {
				if d := set.move(r, r.date(year)).Format("2006-01-02"); d >= "2026-01-01" && d <= "2028-12-31" {
					want = append(want, d)
				}
			}
		}
		slices.Sort(want)
		lines, err := holidaySet(name)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range lines {
			got = append(got, l[:10])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, want)
		}
	}
}

func TestCalendarKeepsHolidaySets(t *testing.T) {
	c := mustCalendar(t, CalendarSpec{TZ: "America/Los_Angeles", Weekly: weekdays9to5(), HolidaySets: []string{"us-california"}, Holidays: []string{"2026-12-31 Company day"}})
	for _, day := range []string{"2026-11-27T20:00:00Z", "2028-11-10T20:00:00Z", "2026-12-31T20:00:00Z"} {
		if c.IsOpen(at(day)) {
			t.Errorf("open on %s", day)
		}
	}
	if _, err := CompileCalendar("x", CalendarSpec{TZ: "UTC", HolidaySets: []string{"narnia"}}, time.Time{}); err == nil {
		t.Error("an unknown set is refused")
	}
	if got := c.YearsWithoutHolidays(at("2028-10-31T12:00:00Z")); len(got) != 0 {
		t.Errorf("in October 2028 nothing is missing: %v", got)
	}
	if got := c.YearsWithoutHolidays(at("2028-11-02T12:00:00Z")); !slices.Equal(got, []int{2029}) {
		t.Errorf("from 1 November the next year is missed: %v", got)
	}
}
