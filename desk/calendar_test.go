package desk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustCalendar(t testing.TB, spec CalendarSpec) *Calendar {
	t.Helper()
	c, err := CompileCalendar("test", spec, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func allWeek(windows ...[]string) map[string][][]string {
	m := map[string][][]string{}
	for d := range shortDays {
		m[d] = windows
	}
	return m
}

func weekdays9to5(windows ...[]string) map[string][][]string {
	if len(windows) == 0 {
		windows = [][]string{{"09:00", "17:00"}}
	}
	m := allWeek(windows...)
	delete(m, "sat")
	delete(m, "sun")
	return m
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// An around-the-clock day is as long as the local day really is, whatever the zone does to its clocks.
func TestDaysOfClockChanges(t *testing.T) {
	for _, c := range []struct {
		zone, day string
		hours     float64
	}{
		{"America/Los_Angeles", "2026-03-08", 23}, {"America/Los_Angeles", "2026-11-01", 25}, {"America/Los_Angeles", "2026-11-02", 24},
		{"America/Chicago", "2026-03-08", 23}, {"Europe/London", "2026-03-29", 23}, {"Europe/Berlin", "2026-10-25", 25},
		{"Australia/Lord_Howe", "2026-04-05", 24.5}, {"Australia/Lord_Howe", "2026-10-04", 23.5},
		{"America/Santiago", "2026-09-06", 23}, {"America/Santiago", "2026-04-04", 25}, {"America/Sao_Paulo", "2018-11-04", 23},
		{"Africa/Cairo", "2026-04-24", 23}, {"America/Havana", "2026-03-08", 23}, {"America/Havana", "2026-11-01", 25},
		{"Asia/Tokyo", "2026-03-29", 24}, {"Asia/Kolkata", "2026-10-25", 24}, {"Pacific/Apia", "2011-12-30", 0},
	} {
		cal := mustCalendar(t, CalendarSpec{TZ: c.zone, Overrides: map[string][][]string{c.day: {{"00:00", "24:00"}}}})
		day := at(c.day + "T12:00:00Z")
		got, err := cal.Elapsed(day.AddDate(0, 0, -3), day.AddDate(0, 0, 3), nil)
		if err != nil || got.Hours() != c.hours {
			t.Errorf("%s %s lasts %v h, want %v (%v)", c.zone, c.day, got.Hours(), c.hours, err)
		}
	}
}

// The missing hour of a spring night does not exist and the doubled one of an autumn night counts twice.
func TestGapAndFold(t *testing.T) {
	la := mustCalendar(t, CalendarSpec{TZ: "America/Los_Angeles", Weekly: allWeek([]string{"01:30", "02:30"})})
	for _, c := range []struct {
		name, from, to string
		want           time.Duration
	}{
		{"spring, −08:00 to −07:00: 01:30–02:00 is left", "2026-03-08T08:00:00Z", "2026-03-09T06:00:00Z", 30 * time.Minute},
		{"autumn, −07:00 to −08:00: 01:30–02:00 twice and 02:00–02:30", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z", 90 * time.Minute},
	} {
		if got, _ := la.Elapsed(at(c.from), at(c.to), nil); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	gone := mustCalendar(t, CalendarSpec{TZ: "America/Los_Angeles", Overrides: map[string][][]string{"2026-03-08": {{"02:00", "03:00"}}, "2026-03-10": {{"09:00", "10:00"}}}})
	if got, _ := gone.NextOpen(at("2026-03-08T08:00:00Z")); got != at("2026-03-10T16:00:00Z") {
		t.Errorf("a window that lies in the gap never opens: next opening %v", got)
	}
}

func TestDueAndSub(t *testing.T) {
	office := mustCalendar(t, CalendarSpec{TZ: "America/Los_Angeles", Weekly: weekdays9to5(), Holidays: []string{"2026-11-26 Thanksgiving", "2026-11-27"},
		Overrides: map[string][][]string{"2026-12-24": {{"09:00", "12:00"}}, "2026-11-26": {{"00:00", "24:00"}}}, Breaks: map[string][][]string{"2026-12-23": {{"10:00", "11:00"}}}})
	for _, c := range []struct {
		name, start string
		budget      time.Duration
		pauses      []Interval
		want        string
	}{
		{"Friday 17:55 PST, 2 h: Monday 11:00", "2026-11-21T01:55:00Z", 2 * time.Hour, nil, "2026-11-23T19:00:00Z"},
		{"a budget that ends at closing is due at closing", "2026-11-20T17:00:00Z", 8 * time.Hour, nil, "2026-11-21T01:00:00Z"},
		{"budget 0 is due at start, closed or not", "2026-11-22T12:00:00Z", 0, nil, "2026-11-22T12:00:00Z"},
		{"over Thanksgiving, which beats the override", "2026-11-25T23:00:00Z", 4 * time.Hour, nil, "2026-11-30T19:00:00Z"},
		{"the half day and the break", "2026-12-23T17:00:00Z", 9 * time.Hour, nil, "2026-12-24T19:00:00Z"},
		{"a pause does not count", "2026-11-23T17:00:00Z", 2 * time.Hour, []Interval{{From: at("2026-11-23T18:00:00Z"), To: at("2026-11-23T20:30:00Z")}}, "2026-11-23T21:30:00Z"},
		{"pauses may overlap and come in any order", "2026-11-23T17:00:00Z", 2 * time.Hour, []Interval{{From: at("2026-11-23T19:00:00Z"), To: at("2026-11-23T20:30:00Z")}, {From: at("2026-11-23T18:00:00Z"), To: at("2026-11-23T19:30:00Z")}}, "2026-11-23T21:30:00Z"},
	} {
		got, err := office.DueAt(at(c.start), c.budget, c.pauses)
		if err != nil || !got.Equal(at(c.want)) {
			t.Errorf("%s: due %v %v, want %s", c.name, got, err, c.want)
		}
	}
	if got, _ := office.Sub(at("2026-11-23T18:00:00Z"), time.Hour, nil); got != at("2026-11-23T17:00:00Z") {
		t.Errorf("an hour before an hour after opening is the opening: %v", got)
	}
	if got, _ := office.Sub(at("2026-11-23T18:00:00Z"), 2*time.Hour, nil); got != at("2026-11-21T00:00:00Z") {
		t.Errorf("two hours before Monday 10:00 is Friday 16:00: %v", got)
	}
	if _, err := office.DueAt(at("2026-11-23T18:00:00Z"), -time.Second, nil); err == nil {
		t.Error("a negative budget is refused")
	}
	if _, err := office.DueAt(at("2026-11-23T18:00:00Z"), time.Hour, []Interval{{From: at("2026-11-23T18:00:00Z")}}); err == nil {
		t.Error("a budget under an endless pause is never used up")
	}
}

// Walks end and stay right in years far ahead, where the zone database only has a rule.
func TestFarYears(t *testing.T) {
	for _, zone := range []string{"America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Tokyo"} {
		c := mustCalendar(t, CalendarSpec{TZ: zone, Weekly: allWeek([]string{"00:00", "24:00"})})
		from, to := at("2038-01-01T00:00:00Z"), at("2090-01-01T00:00:00Z")
		if got, err := c.Elapsed(from, to, nil); err != nil || got != to.Sub(from) {
			t.Errorf("%s: %v %v, want %v", zone, got, err, to.Sub(from))
		}
	}
}

func TestOpenings(t *testing.T) {
	c := mustCalendar(t, CalendarSpec{TZ: "Europe/Berlin", Weekly: map[string][][]string{"fri": {{"22:00", "24:00"}}, "sat": {{"00:00", "06:00"}, {"10:00", "12:00"}, {"12:00", "14:00"}}}})
	for _, x := range []struct{ name, at, open, close string }{
		{"a night shift over midnight is one stretch", "2026-11-20T21:30:00Z", "2026-11-20T21:30:00Z", "2026-11-21T05:00:00Z"},
		{"closed: the next opening and its end", "2026-11-20T12:00:00Z", "2026-11-20T21:00:00Z", "2026-11-21T05:00:00Z"},
		{"touching windows are one stretch", "2026-11-21T09:30:00Z", "2026-11-21T09:30:00Z", "2026-11-21T13:00:00Z"},
		{"at closing it is closed", "2026-11-21T13:00:00Z", "2026-11-27T21:00:00Z", "2026-11-28T05:00:00Z"},
	} {
		o, err1 := c.NextOpen(at(x.at))
		cl, err2 := c.NextClose(at(x.at))
		if err1 != nil || err2 != nil || !o.Equal(at(x.open)) || !cl.Equal(at(x.close)) {
			t.Errorf("%s: opens %v %v, closes %v %v", x.name, o, err1, cl, err2)
		}
	}
	always := mustCalendar(t, CalendarSpec{TZ: "UTC", Weekly: allWeek([]string{"00:00", "24:00"})})
	if _, err := always.NextClose(at("2026-11-20T12:00:00Z")); err == nil {
		t.Error("a calendar that never closes has no next closing")
	}
	if always.Day() != 24*time.Hour || c.Day() != 10*time.Hour {
		t.Errorf("nominal days: %v, %v", always.Day(), c.Day())
	}
}

func TestCalendarMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		spec CalendarSpec
		want string
	}{
		"unknown zone":      {CalendarSpec{TZ: "Mars/Base"}, `tz: there is no time zone "Mars/Base"`},
		"no zone":           {CalendarSpec{}, `no time zone ""`},
		"unknown day":       {CalendarSpec{TZ: "UTC", Weekly: map[string][][]string{"funday": nil}}, `no day "funday"`},
		"backward window":   {CalendarSpec{TZ: "UTC", Weekly: map[string][][]string{"mon": {{"17:00", "09:00"}}}}, "weekly.mon: the window 17:00 to 09:00 ends before it starts"},
		"empty window":      {CalendarSpec{TZ: "UTC", Weekly: map[string][][]string{"mon": {{"09:00", "09:00"}}}}, "ends before it starts"},
		"overlap":           {CalendarSpec{TZ: "UTC", Weekly: map[string][][]string{"mon": {{"09:00", "12:00"}, {"11:00", "13:00"}}}}, "overlap at 11:00"},
		"bad time":          {CalendarSpec{TZ: "UTC", Weekly: map[string][][]string{"mon": {{"9", "25:00"}}}}, `"9" is no time of day`},
		"past midnight":     {CalendarSpec{TZ: "UTC", Weekly: map[string][][]string{"mon": {{"09:00", "24:30"}}}}, `"24:30" is no time of day`},
		"half a window":     {CalendarSpec{TZ: "UTC", Weekly: map[string][][]string{"mon": {{"09:00"}}}}, "is no window"},
		"bad holiday":       {CalendarSpec{TZ: "UTC", Holidays: []string{"1225"}}, `holidays: "1225" is no date`},
		"bad override date": {CalendarSpec{TZ: "UTC", Overrides: map[string][][]string{"2026-02-30": nil}}, `"2026-02-30" is no date`},
		"never open":        {CalendarSpec{TZ: "UTC"}, "no open second in the next 400 days"},
		"bad day":           {CalendarSpec{TZ: "UTC", Day: "never"}, "no length of a day"},
	} {
		if _, err := CompileCalendar("x", c.spec, at("2026-11-20T00:00:00Z")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A receipt has no gaps, its counted pieces add up to the time elapsed, and it names holidays and pauses.
func TestPieces(t *testing.T) {
	c := mustCalendar(t, CalendarSpec{TZ: "America/Los_Angeles", Weekly: weekdays9to5(), Holidays: []string{"2026-11-26 Thanksgiving"}, Breaks: map[string][][]string{"2026-11-25": {{"12:00", "13:00"}}}})
	pauses := []Interval{{From: at("2026-11-25T18:00:00Z"), To: at("2026-11-25T19:00:00Z"), Reason: "waiting on customer"}}
	ps, err := c.Pieces(at("2026-11-25T17:00:00Z"), at("2026-11-27T18:00:00Z"), pauses)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range ps {
		lines = append(lines, fmt.Sprintf("%s %s %v %s", p.From.Format("02 15:04"), p.To.Format("02 15:04"), p.Counted, p.Reason))
	}
	want := []string{"25 17:00 25 18:00 true open", "25 18:00 25 19:00 false paused: waiting on customer", "25 19:00 25 20:00 true open", "25 20:00 25 21:00 false break",
		"25 21:00 26 01:00 true open", "26 01:00 26 08:00 false closed", "26 08:00 27 08:00 false closed: Thanksgiving", "27 08:00 27 17:00 false closed", "27 17:00 27 18:00 true open"}
	if !slices.Equal(lines, want) {
		t.Errorf("pieces:\n%s", strings.Join(lines, "\n"))
	}
}

// someCalendar draws calendars in zones with awkward clocks.
func someCalendar(r *rapid.T) CalendarSpec {
	hours := []string{"00:00", "01:30", "02:00", "02:30", "03:15", "09:00", "12:00", "12:45", "17:00", "23:00", "24:00"}
	windows := func(name string) [][]string {
		cuts := rapid.SliceOfNDistinct(rapid.IntRange(0, len(hours)-1), 0, 6, rapid.ID[int]).Draw(r, name)
		slices.Sort(cuts)
		var out [][]string
		for i := 0; i+1 < len(cuts); i += 2 {
			out = append(out, []string{hours[cuts[i]], hours[cuts[i+1]]})
		}
		return out
	}
	s := CalendarSpec{TZ: rapid.SampledFrom([]string{"America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Kolkata", "UTC"}).Draw(r, "tz"),
		Weekly: map[string][][]string{}, Overrides: map[string][][]string{}, Breaks: map[string][][]string{}}
	for d := range shortDays {
		s.Weekly[d] = windows("windows")
	}
	s.Weekly["wed"] = append(s.Weekly["wed"][:0:0], []string{"10:00", "11:00"}) // It opens some time.
	date := func() string { return time.Unix(someInstant(r), 0).UTC().Format("2006-01-02") }
	for range rapid.IntRange(0, 3).Draw(r, "special") {
		s.Holidays = append(s.Holidays, date())
		s.Overrides[date()] = windows("override")
		s.Breaks[date()] = windows("break")
	}
	return s
}

// someInstant draws seconds of 2026, mostly near clock changes.
func someInstant(r *rapid.T) int64 {
	near := rapid.SampledFrom([]string{"2026-03-08T10:00:00Z", "2026-11-01T09:00:00Z", "2026-03-29T01:00:00Z", "2026-09-06T04:00:00Z", "2026-04-04T15:00:00Z", "2026-06-15T12:00:00Z"}).Draw(r, "near")
	return at(near).Unix() + rapid.Int64Range(-4*86400, 4*86400).Draw(r, "shift")
}

func somePauses(r *rapid.T) []Interval {
	var out []Interval
	for range rapid.IntRange(0, 3).Draw(r, "pauses") {
		from := someInstant(r)
		out = append(out, Interval{From: time.Unix(from, 0), To: time.Unix(from+rapid.Int64Range(0, 200_000).Draw(r, "length"), 0)})
	}
	return out
}

func TestCalendarLaws(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c, err := CompileCalendar("law", someCalendar(r), time.Time{})
		if err != nil {
			r.Fatal(err)
		}
		s, ps := time.Unix(someInstant(r), 0).UTC(), somePauses(r)
		d := time.Duration(rapid.Int64Range(0, 400_000).Draw(r, "budget")) * time.Second
		due, err := c.DueAt(s, d, ps)
		if err != nil {
			r.Fatal(err)
		}
		elapsed := func(a, b time.Time) time.Duration {
			x, err := c.Elapsed(a, b, ps)
			if err != nil {
				r.Fatal(err)
			}
			return x
		}
		if got := elapsed(s, due); got != d {
			r.Fatalf("elapsed(s, add(s, d)) = %v, want %v", got, d)
		}
		if d > 0 && elapsed(s, due.Add(-time.Second)) >= d {
			r.Fatalf("due %v is not the earliest", due)
		}
		back, err := c.Sub(due, d, ps)
		if err != nil {
			r.Fatal(err)
		}
		if got := elapsed(back, due); got != d {
			r.Fatalf("elapsed(sub(t, d), t) = %v, want %v", got, d)
		}
		if got := elapsed(s, back); got != 0 {
			r.Fatalf("open time between s %v and sub(add(s, d), d) %v: %v", s, back, got)
		}
		more, err := c.DueAt(s, d+time.Second, ps)
		if err != nil || !more.After(due) {
			r.Fatalf("a larger budget is due later: %v, %v %v", due, more, err)
		}
		mid := s.Add(due.Sub(s) / 2)
		if elapsed(s, mid)+elapsed(mid, due) != d {
			r.Fatal("elapsed is not additive over a split")
		}
		there, _ := time.LoadLocation("Asia/Tokyo")
		if again, _ := c.DueAt(s.In(there), d, ps); !again.Equal(due) {
			r.Fatal("the answer hangs on the input's location")
		}
		pieces, err := c.Pieces(s, due, ps)
		if err != nil {
			r.Fatal(err)
		}
		var sum time.Duration
		edge := s
		for _, p := range pieces {
			if !p.From.Equal(edge) {
				r.Fatalf("a gap in the receipt at %v", edge)
			}
			edge = p.To
			if p.Counted {
				sum += p.To.Sub(p.From)
			}
		}
		if sum != d || len(pieces) > 0 && !edge.Equal(due) {
			r.Fatalf("the receipt adds up to %v until %v, want %v until %v", sum, edge, d, due)
		}
	})
}

// slowElapsed counts second by second what the local wall clock reads, straight from SLA.md §1.
func slowElapsed(spec CalendarSpec, a, b int64, pauses []Interval) time.Duration {
	loc, _ := time.LoadLocation(spec.TZ)
	in := func(ws [][]string, clock string) bool {
		for _, w := range ws {
			if w[0]+":00" <= clock && clock < w[1]+":00" {
				return true
			}
		}
		return false
	}
	n := 0
	for s := a; s < b; s += 60 {
		t := time.Unix(s, 0).In(loc)
		date, clock := t.Format("2006-01-02"), t.Format("15:04:05")
		ws, over := spec.Overrides[date]
		if !over {
			ws = spec.Weekly[strings.ToLower(t.Format("Mon"))]
		}
		open := in(ws, clock) && !in(spec.Breaks[date], clock) && !slices.Contains(spec.Holidays, date)
		for _, p := range pauses {
			open = open && !(p.From.Unix() <= s && s < p.To.Unix())
		}
		if open {
			n++
		}
	}
	return time.Duration(n) * time.Minute
}

// The quick arithmetic agrees with reading the wall clock minute by minute.
func TestElapsedAgainstTheWallClock(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		spec := someCalendar(r)
		c, err := CompileCalendar("slow", spec, time.Time{})
		if err != nil {
			r.Fatal(err)
		}
		a := someInstant(r) / 60 * 60
		b := a + rapid.Int64Range(0, 3*1440).Draw(r, "minutes")*60
		var ps []Interval
		for _, p := range somePauses(r) {
			ps = append(ps, Interval{From: p.From.Truncate(time.Minute), To: p.To.Truncate(time.Minute)})
		}
		got, err := c.Elapsed(time.Unix(a, 0), time.Unix(b, 0), ps)
		if want := slowElapsed(spec, a, b, ps); err != nil || got != want {
			r.Fatalf("elapsed %v, the wall clock says %v (%v)", got, want, err)
		}
		if at := time.Unix(a, 0); c.IsOpen(at) != (slowElapsed(spec, a, a+60, nil) > 0) {
			r.Fatalf("is_open at %v is %v", at, c.IsOpen(at))
		}
	})
}

func BenchmarkDueAt40h(b *testing.B) {
	c := mustCalendar(b, CalendarSpec{TZ: "America/Los_Angeles", Weekly: weekdays9to5(), Holidays: []string{"2026-11-26"}})
	s := at("2026-11-20T23:00:00Z")
	b.ReportAllocs()
	for b.Loop() {
		c.DueAt(s, 40*time.Hour, nil)
	}
}

func BenchmarkElapsedYear(b *testing.B) {
	c := mustCalendar(b, CalendarSpec{TZ: "America/Los_Angeles", Weekly: weekdays9to5(), Holidays: []string{"2026-11-26"}})
	s, e := at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")
	b.ReportAllocs()
	for b.Loop() {
		c.Elapsed(s, e, nil)
	}
}
