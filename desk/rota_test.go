package desk

import (
	"strings"
	"testing"
	"time"
)

func anybody(string) bool { return true }

func rotaOf(t *testing.T, spec RotaSpec) *Rota {
	t.Helper()
	r, err := CompileRota("test", spec, anybody)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// Hand-overs stay at the same time of the wall clock through clock changes (issue: "hand-off at wall-clock
// time"). The offsets are named, so that nobody has to work them out.
func TestHandOversKeepTheWallClock(t *testing.T) {
	for _, c := range []struct {
		name, zone, start, shift string
		at, person, until        string
	}{
		{"Los Angeles before spring, −08:00", "America/Los_Angeles", "2026-03-02 09:00", "7 days", "2026-03-08T09:59:59Z", "eve", "2026-03-09T16:00:00Z"},
		{"Los Angeles after spring, −07:00", "America/Los_Angeles", "2026-03-02 09:00", "7 days", "2026-03-09T16:00:00Z", "elliot", "2026-03-16T16:00:00Z"},
		{"Los Angeles autumn, −07:00 to −08:00", "America/Los_Angeles", "2026-10-26 09:00", "7 days", "2026-11-01T12:00:00Z", "eve", "2026-11-02T17:00:00Z"},
		{"Berlin, hand-over in the gap 02:30 happens at the change", "Europe/Berlin", "2026-03-28 02:30", "1 day", "2026-03-29T00:59:59Z", "eve", "2026-03-29T01:00:00Z"},
		{"Berlin, hand-over in the fold 02:30 happens at the first", "Europe/Berlin", "2026-10-24 02:30", "1 day", "2026-10-25T00:29:59Z", "eve", "2026-10-25T00:30:00Z"},
		{"Berlin, after the first 02:30 the second changes nothing", "Europe/Berlin", "2026-10-24 02:30", "1 day", "2026-10-25T01:45:00Z", "elliot", "2026-10-26T01:30:00Z"},
		{"Santiago, midnight that does not exist on 6 September", "America/Santiago", "2026-09-05 00:00", "1 day", "2026-09-06T03:59:59Z", "eve", "2026-09-06T04:00:00Z"},
		{"Lord Howe, half an hour of change", "Australia/Lord_Howe", "2026-10-03 02:15", "1 day", "2026-10-03T15:29:59Z", "eve", "2026-10-03T15:30:00Z"},
		{"twelve hours, day turn", "Asia/Kolkata", "2026-11-16 08:00", "12 hours", "2026-11-17T02:30:00Z", "eve", "2026-11-17T14:30:00Z"},
		{"twelve hours, night turn", "Asia/Kolkata", "2026-11-16 08:00", "12 hours", "2026-11-16T14:30:00Z", "elliot", "2026-11-17T02:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rotaOf(t, RotaSpec{Zone: c.zone, Start: c.start, Shift: c.shift, People: []string{"eve", "elliot"}})
			turn := r.At(utc(t, c.at), nil)
			if turn.Person != c.person || !turn.To.Equal(utc(t, c.until)) {
				t.Errorf("at %s: %s until %s, want %s until %s", c.at, turn.Person, turn.To.UTC().Format(time.RFC3339), c.person, c.until)
			}
		})
	}
}

func TestBeforeTheRotaBeginsNobodyIsOnCall(t *testing.T) {
	r := rotaOf(t, RotaSpec{Zone: "UTC", Start: "2026-11-16 09:00", Shift: "7 days", People: []string{"eve"}})
	if turn := r.At(utc(t, "2026-11-16T08:59:00Z"), nil); turn.Person != "" || !turn.To.Equal(utc(t, "2026-11-16T09:00:00Z")) {
		t.Errorf("got %+v", turn)
	}
}

func TestAWeeklyPatternGoesRound(t *testing.T) {
	r := rotaOf(t, RotaSpec{Zone: "America/Chicago", Weekly: []RotaTurn{
		{From: "mon 08:00", Person: "eve"}, {From: "fri 17:00", Person: "elliot"}, {From: "sun 12:00"}}})
	for _, c := range []struct{ at, person, second, until string }{
		{"2026-11-18T12:00:00Z", "eve", "elliot", "2026-11-20T23:00:00Z"},
		{"2026-11-21T12:00:00Z", "elliot", "eve", "2026-11-22T18:00:00Z"},
		{"2026-11-22T20:00:00Z", "", "eve", "2026-11-23T14:00:00Z"}, // A gap, in so many words.
		{"2026-11-23T10:00:00Z", "", "eve", "2026-11-23T14:00:00Z"}, // Still Sunday's line early on Monday.
	} {
		turn := r.At(utc(t, c.at), nil)
		if turn.Person != c.person || turn.Second != c.second || !turn.To.Equal(utc(t, c.until)) {
			t.Errorf("at %s: %q, second %q, until %s", c.at, turn.Person, turn.Second, turn.To.UTC().Format(time.RFC3339))
		}
	}
}

// Somebody who stands in is called first, whom they stand in for is the second call, and the stretch ends
// with the cover. The one agreed last wins.
func TestStandingIn(t *testing.T) {
	r := rotaOf(t, RotaSpec{Zone: "UTC", Start: "2026-11-16 09:00", Shift: "7 days", People: []string{"eve", "elliot"},
		Overrides: []RotaException{{From: "2026-11-18 00:00", To: "2026-11-19 00:00", Person: "pat"}}})
	more := []Cover{{From: utc(t, "2026-11-18T12:00:00Z"), To: utc(t, "2026-11-18T18:00:00Z"), Person: "sam"}}
	var got []string
	for _, turn := range r.Turns(utc(t, "2026-11-17T00:00:00Z"), utc(t, "2026-11-20T00:00:00Z"), more) {
		got = append(got, turn.From.Format("02 15:04")+" "+turn.Person+"/"+turn.Second)
	}
	want := "16 09:00 eve/elliot, 18 00:00 pat/eve, 18 12:00 sam/pat, 18 18:00 pat/eve, 19 00:00 eve/elliot"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}

func TestARotaIsRefusedWithPlaceAndReason(t *testing.T) {
	good := RotaSpec{Zone: "UTC", Start: "2026-11-16 09:00", Shift: "7 days", People: []string{"eve"}}
	for _, c := range []struct {
		change func(*RotaSpec)
		want   string
	}{
		{func(s *RotaSpec) { s.Zone = "Local" }, "zone: there is no time zone"},
		{func(s *RotaSpec) { s.Start = "2026-11-16" }, "start:"},
		{func(s *RotaSpec) { s.Start = "2026-02-30 09:00" }, "start:"},
		{func(s *RotaSpec) { s.Shift = "7" }, "shift:"},
		{func(s *RotaSpec) { s.Shift = "5 hours" }, "does not divide a day"},
		{func(s *RotaSpec) { s.Shift = "30 minutes" }, "does not divide a day"},
		{func(s *RotaSpec) { s.Shift = "2 business days" }, "shift:"},
		{func(s *RotaSpec) { s.People = nil }, "people: nobody"},
		{func(s *RotaSpec) { s.People = []string{"ghost"} }, `no person "ghost"`},
		{func(s *RotaSpec) { s.Weekly = []RotaTurn{{From: "mon 09:00"}} }, "not both"},
		{func(s *RotaSpec) {
			*s = RotaSpec{Zone: "UTC", Weekly: []RotaTurn{{From: "mon 09:00"}, {From: "Mon 09:00"}}}
		}, "stands there twice"},
		{func(s *RotaSpec) { *s = RotaSpec{Zone: "UTC", Weekly: []RotaTurn{{From: "someday 09:00"}}} }, "no time of the week"},
		{func(s *RotaSpec) {
			s.Overrides = []RotaException{{From: "2026-11-19 00:00", To: "2026-11-18 00:00", Person: "eve"}}
		}, "does not come after"},
	} {
		s := good
		c.change(&s)
		_, err := CompileRota("night", s, func(p string) bool { return p != "ghost" })
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "rota night: ") {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
}
