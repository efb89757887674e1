package bot

import (
	"testing"
	"time"
)

func TestATimeIsWrittenByItsForm(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("", 0), time.FixedZone("", 5*3600+1800), time.FixedZone("UTC+02:00", 7200)}
	for _, name := range []string{"America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, loc)
	}
	from := time.Date(2025, 12, 27, 0, 0, 0, 0, time.UTC)
	for _, loc := range zones {
		for at := from; at.Before(from.AddDate(1, 1, 0)); at = at.Add(97 * time.Minute) {
			if got, want := whenText(at.In(loc)), at.In(loc).Format(whenForm); got != want {
				t.Fatalf("%v in %v is written %q, want %q", at, loc, got, want)
			}
		}
		for _, at := range []time.Time{{}, time.Date(-5, 1, 2, 3, 4, 5, 6, loc), time.Date(12345, 1, 2, 3, 4, 5, 6, loc)} {
			if got, want := whenText(at.In(loc)), at.In(loc).Format(whenForm); got != want {
				t.Errorf("%v in %v is written %q, want %q", at, loc, got, want)
			}
		}
	}
}

func BenchmarkWhenText(b *testing.B) {
	at := time.Date(2026, 11, 20, 17, 40, 0, 0, time.UTC)
	for b.Loop() {
		whenText(at)
	}
}
