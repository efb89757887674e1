package desk

import (
	"strings"
	"testing"
	"time"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// It is Friday 20 November 2026, 17:55 in Los Angeles (PST, UTC-8).
func fridayInLA(t testing.TB) (time.Time, *time.Location) {
	la := zoneOf(t, "America/Los_Angeles")
	return time.Date(2026, 11, 20, 17, 55, 0, 0, la), la
}

func TestTimesThatHaveBeen(t *testing.T) {
	now, la := fridayInLA(t)
	for in, want := range map[string]string{
		"2026-11-20T17:40:00-05:00": "2026-11-20T22:40:00Z", "2026-11-20T17:40:00.250Z": "2026-11-20T17:40:00Z", "2026-11-20T17:40Z": "2026-11-20T17:40:00Z",
		"2026-11-20 17:40": "2026-11-21T01:40:00Z", "2026-11-20T17:40": "2026-11-21T01:40:00Z", "2026/11/20 17:40": "2026-11-21T01:40:00Z", "2026-11-20 17:40:30": "2026-11-21T01:40:30Z",
		"20 Nov 17:40": "2026-11-21T01:40:00Z", "20 Nov 2026 at 17:40": "2026-11-21T01:40:00Z", "Nov 19, 2026 8:30 pm": "2026-11-20T04:30:00Z", "November 19th, 8:30pm": "2026-11-20T04:30:00Z",
		"19.11.2026 08:00": "2026-11-19T16:00:00Z", "11/19/2026 08:00": "2026-11-19T16:00:00Z", "19/11/2026 08:00": "2026-11-19T16:00:00Z", "11/11/2026 08:00": "2026-11-11T16:00:00Z",
		"Fri 20 Nov 17:40": "2026-11-21T01:40:00Z", "25 Dec 10:00": "2025-12-25T18:00:00Z", "20.11.2026 5.40 pm": "2026-11-21T01:40:00Z",
		"today 14:00": "2026-11-20T22:00:00Z", "Today, 2 PM": "2026-11-20T22:00:00Z", "today at 2 p.m.": "2026-11-20T22:00:00Z", "yesterday 9am": "2026-11-19T17:00:00Z",
		"17:40 yesterday": "2026-11-20T01:40:00Z", "9am today": "2026-11-20T17:00:00Z", "17:40 on 19 Nov": "2026-11-20T01:40:00Z", "17:40 2026-11-10": "2026-11-11T01:40:00Z",
		"yesterday noon": "2026-11-19T20:00:00Z", "today midnight": "2026-11-20T08:00:00Z", "12am": "2026-11-20T08:00:00Z", "12:30 pm": "2026-11-20T20:30:00Z",
		"17:40": "2026-11-21T01:40:00Z", "at 17:40": "2026-11-21T01:40:00Z", "17:56": "2026-11-21T01:56:00Z", "18:40": "2026-11-20T02:40:00Z", "5.40pm": "2026-11-21T01:40:00Z",
		"monday 10:00": "2026-11-16T18:00:00Z", "Fri 17:00": "2026-11-21T01:00:00Z", "friday 19:00": "2026-11-14T03:00:00Z", "last friday 17:00": "2026-11-14T01:00:00Z", "10:00 Monday": "2026-11-16T18:00:00Z",
		"20 min ago": "2026-11-21T01:35:00Z", "20min": "2026-11-21T01:35:00Z", "2h ago": "2026-11-20T23:55:00Z", "2 hrs ago": "2026-11-20T23:55:00Z", "an hour ago": "2026-11-21T00:55:00Z",
		"half an hour ago": "2026-11-21T01:25:00Z", "1 h 30 min ago": "2026-11-21T00:25:00Z", "1h30m ago": "2026-11-21T00:25:00Z", "1.5 hours ago": "2026-11-21T00:25:00Z",
		"about 3 days ago": "2026-11-18T01:55:00Z", "a couple of hours ago": "2026-11-20T23:55:00Z", "2 hours and 5 minutes ago": "2026-11-20T23:50:00Z", "1 week ago": "2026-11-14T01:55:00Z",
		"now": "2026-11-21T01:55:00Z", "Just now.": "2026-11-21T01:55:00Z",
		// A zone of its own.
		"2026-11-20 17:40 UTC": "2026-11-20T17:40:00Z", "17:40 PST": "2026-11-21T01:40:00Z", "5:40pm pst": "2026-11-21T01:40:00Z", "today 14:00 America/Chicago": "2026-11-20T20:00:00Z",
		"today 14:00 (america/chicago)": "2026-11-20T20:00:00Z", "2026-11-20 17:40 +02:00": "2026-11-20T15:40:00Z", "2026-11-20 17:40 +0200": "2026-11-20T15:40:00Z", "2026-11-20 17:40 UTC+2": "2026-11-20T15:40:00Z",
		"today 09:00 CET": "2026-11-21T08:00:00Z", "2026-07-01 09:00 CEST": "2026-07-01T07:00:00Z", "2026-11-20 10:00 America/Argentina/Buenos_Aires": "2026-11-20T13:00:00Z",
		"2026-11-20 10:00 America/Port-au-Prince": "2026-11-20T15:00:00Z", "2026-11-20 10:00 Africa/Dar_es_Salaam": "2026-11-20T07:00:00Z", "2026-11-20 10:00 Asia/Kolkata": "2026-11-20T04:30:00Z",
	} {
		got, err := ParseWhen(in, now, la)
		if err != nil || got.Truncate(time.Second).Format(time.RFC3339) != want {
			t.Errorf("%q: got %v (%v), want %s", in, got.Format(time.RFC3339), err, want)
		}
	}
}

func TestTimesToCome(t *testing.T) {
	now, la := fridayInLA(t)
	for in, want := range map[string]string{
		"in 2 hours": "2026-11-21T03:55:00Z", "2 hours": "2026-11-21T03:55:00Z", "in 30 min": "2026-11-21T02:25:00Z", "in an hour and 30 minutes": "2026-11-21T03:25:00Z",
		"tomorrow 10:00": "2026-11-21T18:00:00Z", "tomorrow at 9am": "2026-11-21T17:00:00Z", "17:00": "2026-11-22T01:00:00Z", "18:30": "2026-11-21T02:30:00Z",
		"17:55": "2026-11-22T01:55:00Z", "monday 9am": "2026-11-23T17:00:00Z", "friday 17:00": "2026-11-28T01:00:00Z", "friday 19:00": "2026-11-21T03:00:00Z", "next friday 17:00": "2026-11-28T01:00:00Z",
		"3 days": "2026-11-24T01:55:00Z", "1 Mar 10:00": "2027-03-01T18:00:00Z", "20 Nov 19:00": "2026-11-21T03:00:00Z", "2026-12-01 09:00 Europe/Berlin": "2026-12-01T08:00:00Z",
	} {
		got, err := ParseWhenAhead(in, now, la)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("ahead %q: got %v (%v), want %s", in, got.Format(time.RFC3339), err, want)
		}
	}
}

func TestTimesThatCannotBeRead(t *testing.T) {
	now, la := fridayInLA(t)
	for in, want := range map[string]string{
		"": "There is no time yet", "soon": "could not be read", "a while back": "could not be read", "25:00": "no such time of day", "10:75": "no such time of day", "13pm": "no such time of day",
		"2026-13-01 10:00": "could not be read", "2026-02-30 10:00": "could not be read", "today": "has no time of day", "20 Nov": "has no time of day", "yesterday": "has no time of day",
		"03/04/2026 10:00": "can be 4 March or 3 April. Write it as 2026-03-04 or 2026-04-03", "13/13/2026 10:00": "There is no day 13/13/2026",
		"14:00 Mars/Phobos": "could not be read", "14:00 Europe/Atlantis": "The time zone “EUROPE/ATLANTIS” is not certain", "14:00 IST": "The time zone “IST” is not certain. Write one such as America/Chicago",
		"14:00 +25:00": "is not certain", "99999 weeks ago": "could not be read", "in 2 hours ago": "could not be read", "29 Feb 10:00": "year is not certain",
		strings.Repeat("9", 5000): "could not be read", "14": "could not be read", "../../etc/passwd 10:00": "could not be read",
	} {
		got, err := ParseWhen(in, now, la)
		if err == nil || KindOf(err) != KindInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v (%v), want %q", clip(in, 30), got, err, want)
		}
	}
}

// Wall times that a clock change leaves out or brings twice, in zones that change at odd hours and by odd
// amounts. What the sentence tells people to write instead must itself be readable.
func TestClockChanges(t *testing.T) {
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	for _, x := range []struct{ zone, wall, first, second string }{
		{"America/Los_Angeles", "2026-03-08 02:30", "", ""},
		{"America/Los_Angeles", "2026-03-08 03:00", "2026-03-08T10:00:00Z", ""},
		{"America/Los_Angeles", "2026-11-01 01:30", "2026-11-01T08:30:00Z", "2026-11-01T09:30:00Z"},
		{"America/Los_Angeles", "2026-11-01 02:00", "2026-11-01T10:00:00Z", ""},
		{"Europe/Berlin", "2026-03-29 02:30", "", ""},
		{"Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"Australia/Lord_Howe", "2026-10-04 02:15", "", ""},
		{"Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"},
		{"America/Santiago", "2026-09-06 00:30", "", ""},
		{"America/Sao_Paulo", "2018-11-04 00:30", "", ""},
		{"America/Sao_Paulo", "2018-02-17 23:30", "2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z"},
		{"America/Havana", "2026-03-08 00:30", "", ""},
		{"Pacific/Apia", "2011-12-30 10:00", "", ""},
		{"Asia/Tokyo", "2026-03-08 02:30", "2026-03-07T17:30:00Z", ""},
	} {
		loc := zoneOf(t, x.zone)
		got, err := ParseWhen(x.wall, now, loc)
		switch {
		case x.first == "":
			if err == nil || !strings.Contains(err.Error(), "There is no "+x.wall[11:]) || !strings.Contains(err.Error(), x.zone) {
				t.Errorf("%s %s: got %v (%v), want it refused", x.zone, x.wall, got, err)
			}
		case x.second == "":
			if err != nil || got.Format(time.RFC3339) != x.first {
				t.Errorf("%s %s: got %v (%v), want %s", x.zone, x.wall, got, err, x.first)
			}
		default:
			if err == nil || !strings.Contains(err.Error(), "comes twice") {
				t.Errorf("%s %s: got %v (%v), want to be asked which", x.zone, x.wall, got, err)
				continue
			}
			_, tail, _ := strings.Cut(err.Error(), "Write ")
			first, rest, _ := strings.Cut(tail, " for the first or ")
			second, _, _ := strings.Cut(rest, " for the second")
			a, err1 := ParseWhen(first, now, loc)
			b, err2 := ParseWhen(second, now, loc)
			if err1 != nil || err2 != nil || a.Format(time.RFC3339) != x.first || b.Format(time.RFC3339) != x.second {
				t.Errorf("%s %s: %q is %v (%v), %q is %v (%v)", x.zone, x.wall, first, a, err1, second, b, err2)
			}
		}
	}
	// Between the two, only one of them has been, so there is nothing to ask.
	la := zoneOf(t, "America/Los_Angeles")
	between := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	if got, err := ParseWhen("01:30", between, la); err != nil || got.Format(time.RFC3339) != "2026-11-01T08:30:00Z" {
		t.Errorf("between the two: %v (%v)", got, err)
	}
	if got, err := ParseWhenAhead("01:30", between, la); err != nil || got.Format(time.RFC3339) != "2026-11-01T09:30:00Z" {
		t.Errorf("between the two, ahead: %v (%v)", got, err)
	}
}

func TestUntil(t *testing.T) {
	now, la := fridayInLA(t)
	for in, want := range map[string]string{"2 days": "2026-11-23T01:55:00Z", "4 business hours": "2026-11-21T05:55:00Z", "tomorrow 10:00": "2026-11-21T18:00:00Z", "in 2 hours": "2026-11-21T03:55:00Z"} {
		if got, err := ParseUntil(in, now, la, AroundTheClock{}); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: got %v (%v), want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "4", "off", "later", "next year"} {
		if got, err := ParseUntil(in, now, la, AroundTheClock{}); err == nil || KindOf(err) != KindInvalid {
			t.Errorf("%q: got %v (%v)", in, got, err)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"today 14:00", "2026-11-20 17:40 UTC", "half an hour ago", "01:30", "Fri 20 Nov 5pm", "17:40 +0200", "03/04/2026 1:00", "2026-11-01 01:30"} {
		f.Add(s)
	}
	now, la := fridayInLA(f)
	f.Fuzz(func(t *testing.T, in string) {
		for _, read := range []func(string, time.Time, *time.Location) (time.Time, error){ParseWhen, ParseWhenAhead} {
			got, err := read(in, now, la)
			if err != nil && (KindOf(err) != KindInvalid || len(err.Error()) > 600) {
				t.Fatalf("%q: %v", in, err)
			}
			// What was read is written and read back the same, as the case keeps it.
			if err == nil && got.Year() > 0 && got.Year() < 9999 {
				again, err := read(got.Format(time.RFC3339Nano), now, la)
				if err != nil || !again.Equal(got) {
					t.Fatalf("%q: %v is read back as %v (%v)", in, got, again, err)
				}
			}
		}
	})
}

// The form that is read first is read as the same words in another order are, with every zone's gaps and repeats.
func TestThePlainFormIsReadLikeTheOthers(t *testing.T) {
	now := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)
	for _, zone := range []string{"UTC", "America/Chicago", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range []string{"2026-11-20", "2026-11-01", "2026-10-25", "2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2011-12-30", "2024-02-29", "2026-02-30", "2026-13-01", "0000-01-01"} {
			for _, clock := range []string{"00:00", "01:30", "01:59:59", "02:00", "02:30", "03:00", "17:40", "23:59:59", "24:00", "25:00", "12:60", "12:30:60"} {
				for _, read := range []func(string, time.Time, *time.Location) (time.Time, error){ParseWhen, ParseWhenAhead} {
					got, err1 := read(day+" "+clock, now, loc)
					want, err2 := read(clock+" on "+day, now, loc)
					if !got.Equal(want) || (err1 == nil) != (err2 == nil) {
						t.Errorf("%s %s in %s is %v (%v), and in the other order %v (%v)", day, clock, zone, got, err1, want, err2)
					}
				}
			}
		}
	}
}
