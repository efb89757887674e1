package playground

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Moving the clock stops at everything that falls due on the way, in order.
func TestClockStepsThroughWhatIsDue(t *testing.T) {
	due := []time.Time{monday.Add(10 * time.Minute), monday.Add(20 * time.Minute), monday.Add(2 * time.Hour)}
	var at []time.Time
	c := NewClock(func() time.Time { return monday })
	c.Steps(func(_ context.Context, to time.Time, set func(time.Time)) error {
		for _, d := range due {
			if d.After(c.Now()) && !d.After(to) {
				set(d)
				at = append(at, c.Now())
			}
		}
		return nil
	}, nil)
	if err := c.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if len(at) != 2 || !at[0].Equal(due[0]) || !at[1].Equal(due[1]) {
		t.Errorf("the clock stopped at %v", at)
	}
	if got := c.Now(); !got.Equal(monday.Add(time.Hour)) {
		t.Errorf("the clock ended at %v", got)
	}
	if err := c.MoveTo(t.Context(), monday); !errors.Is(err, errBackward) {
		t.Errorf("the clock went back: %v", err)
	}
	if err := c.Advance(t.Context(), 500*24*time.Hour); err == nil {
		t.Error("the clock moved more than a year at once")
	}
}

// A step that fails leaves the clock where it came to, so that nothing due is jumped over.
func TestClockStaysWhereAStepFailed(t *testing.T) {
	c := NewClock(func() time.Time { return monday })
	c.Steps(func(_ context.Context, _ time.Time, set func(time.Time)) error {
		set(monday.Add(time.Minute))
		return errors.New("the database is away")
	}, nil)
	if err := c.Advance(t.Context(), time.Hour); err == nil {
		t.Fatal("the failure was swallowed")
	}
	if got := c.Now(); !got.Equal(monday.Add(time.Minute)) {
		t.Errorf("the clock stands at %v", got)
	}
}

func TestNextAt(t *testing.T) {
	for _, c := range []struct {
		zone, now, want string
		weekday         time.Weekday
	}{
		{"America/Los_Angeles", "2026-11-23T18:30:00Z", "2026-11-24T17:00:00Z", -1},
		{"America/Los_Angeles", "2026-11-23T18:30:00Z", "2026-11-30T17:00:00Z", time.Monday},
		{"America/Los_Angeles", "2026-11-23T16:59:00Z", "2026-11-23T17:00:00Z", time.Monday},
		{"Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T08:00:00Z", -1}, // The clocks go back that night.
		{"Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T07:00:00Z", -1}, // And forward that one.
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.Parse(time.RFC3339, c.now)
		if got := nextAt(now, loc, 9, c.weekday).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("nextAt(%s, %s, %v) = %s, want %s", c.now, c.zone, c.weekday, got, c.want)
		}
	}
}
