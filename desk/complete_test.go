package desk

import (
	"strings"
	"testing"
	"time"
)

func TestPlaceholders(t *testing.T) {
	for _, v := range strings.Split("n/a|N/A.|None|-|...|see above|See Above!|asdf|ASDFASDF|xxx|aaaaaa|tbd|?|same|unknown|test|qwer|asdasdasd|blablabla|"+
		"does not work|It doesn't work.|“n/a”|siehe oben|ninguno|hjkl|zzzz|123|(none)|lorem ipsum", "|") {
		if !Placeholder(v) {
			t.Errorf("%q passes as an answer", v)
		}
	}
	for _, v := range strings.Split("No workaround|v2.1|iOS|iOS 17|14|7|HB-4012|Acme|C|SQL|All tills in store 12|one till|Windows 11|nothing prints after login|"+
		"Error 500 on checkout|Test Valley Council|Nope Ltd|5 users|403|1999|AAA Cars|mama|Bobo Toys|no staff can log in|99.5 %", "|") {
		if Placeholder(v) {
			t.Errorf("%q is a genuine answer and is refused", v)
		}
	}
}

func TestWhen(t *testing.T) {
	la, _ := time.LoadLocation("America/Los_Angeles")
	now := time.Date(2026, 11, 20, 17, 55, 0, 0, la) // A Friday, PST, UTC-8.
	for in, want := range map[string]string{
		"2026-11-20 17:40": "2026-11-21T01:40:00Z", "2026-11-20T17:40": "2026-11-21T01:40:00Z", "2026-11-20T17:40:00-05:00": "2026-11-20T22:40:00Z",
		"today 14:00": "2026-11-20T22:00:00Z", "yesterday 9am": "2026-11-19T17:00:00Z", "17:40": "2026-11-21T01:40:00Z", "18:40": "2026-11-20T02:40:00Z",
		"20 min ago": "2026-11-21T01:35:00Z", "2h ago": "2026-11-20T23:55:00Z", "an hour ago": "2026-11-21T00:55:00Z", "now": "2026-11-21T01:55:00Z",
		"2026-11-20 17:40 UTC": "2026-11-20T17:40:00Z", "today 14:00 America/Chicago": "2026-11-20T20:00:00Z", "2026-11-20 17:40 +02:00": "2026-11-20T15:40:00Z",
		"20 Nov 17:40": "2026-11-21T01:40:00Z", "Nov 19, 2026 8:30 pm": "2026-11-20T04:30:00Z", "monday 10:00": "2026-11-16T18:00:00Z", "25 Dec 10:00": "2025-12-25T18:00:00Z",
		"11/19/2026 08:00": "2026-11-19T16:00:00Z", "2026-03-08 03:30": "2026-03-08T10:30:00Z", "fri 17:00": "2026-11-21T01:00:00Z",
	} {
		got, err := ParseWhen(in, now, la)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: got %v %v, want %s", in, got.Format(time.RFC3339), err, want)
		}
	}
	for in, want := range map[string]string{
		"in 2 hours": "2026-11-21T03:55:00Z", "2 hours": "2026-11-21T03:55:00Z", "tomorrow 10:00": "2026-11-21T18:00:00Z", "17:00": "2026-11-22T01:00:00Z",
		"18:30": "2026-11-21T02:30:00Z", "monday 9am": "2026-11-23T17:00:00Z", "3 days": "2026-11-24T01:55:00Z",
	} {
		got, err := ParseWhenAhead(in, now, la)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("ahead %q: got %v %v, want %s", in, got.Format(time.RFC3339), err, want)
		}
	}
	for _, in := range []string{"", "soon", "25:00", "2026-13-01 10:00", "today", "2026-03-08 02:30", "14:00 Mars/Phobos", "99999 hours ago", strings.Repeat("9", 5000)} {
		if got, err := ParseWhen(in, now, la); err == nil {
			t.Errorf("%q reads as %v", in, got)
		} else if KindOf(err) != KindInvalid {
			t.Errorf("%q: %v is no sentence for a person", in, err)
		}
	}
}

func FuzzWhen(f *testing.F) {
	f.Add("today 14:00")
	f.Add("2026-11-20 17:40 UTC")
	f.Add("half an hour ago")
	now := time.Date(2026, 11, 20, 17, 55, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, in string) {
		ParseWhen(in, now, time.UTC)
		ParseWhenAhead(in, now, time.UTC)
		Placeholder(in)
	})
}
