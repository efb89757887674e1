package desk

import (
	"testing"
	"time"
)

// A day of review needs no time of day; a clock's time does (ParseWhen).
func TestParseDay(t *testing.T) {
	la, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"2027-03-31":       "2027-03-31T16:00:00Z", // 09:00 -07:00
		" 2027-01-04 ":     "2027-01-04T17:00:00Z", // 09:00 -08:00
		"2027-03-31 14:00": "2027-03-31T21:00:00Z",
		"in 90 days":       "2027-02-14T17:00:00Z",
		"soon":             "",
		"2027-02-30":       "",
	} {
		got, err := ParseDay(text, now, la)
		if want == "" && err == nil || want != "" && got.Format(time.RFC3339) != want {
			t.Errorf("%q is %s (%v), want %s", text, got.Format(time.RFC3339), err, want)
		}
	}
}
