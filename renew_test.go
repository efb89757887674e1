package main

import (
	"testing"
	"time"

	"casebot/desk"
)

// A holiday added to a calendar moves the open deadlines at the next start, with a line in the record; a
// holiday taken away, or other hours, move nothing (SLA.md §2, "only added holidays and new tzdata").
func TestAddedHolidaysReachOpenCases(t *testing.T) {
	w := newPolicyWorld(t)
	dana, _ := w.dir.Person("dana")
	w.now = time.Date(2026, 11, 17, 23, 0, 0, 0, time.UTC) // Tuesday 17:00 in Chicago: one hour left of the day.
	c := w.file()
	due := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour+6, 0, 0, 0, time.UTC) }
	if got := w.due(c.ID); !got.Equal(due(18, 11)) {
		t.Fatalf("due %s, want Wednesday 11:00", got)
	}
	w.hours("08:00", "18:00", "2026-11-18 Burst pipe")
	if got := w.due(c.ID); !got.Equal(due(19, 11)) {
		t.Errorf("with Wednesday closed it is due %s, want Thursday 11:00", got)
	}
	_, events, err := w.app.Desk.Timeline(t.Context(), dana, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, e := range events {
		if m, ok := e.Body.(desk.ClockMoved); ok {
			said = m.Why
		}
	}
	if said != "a holiday was added to the calendar of Northwind Retail IT (2026-11-18 Burst pipe)" {
		t.Errorf("the record says %q", said)
	}
	n := len(events)
	w.start()
	w.hours("08:00", "18:00") // The holiday is taken away again: that waits for a re-rate.
	if got := w.due(c.ID); !got.Equal(due(19, 11)) {
		t.Errorf("a holiday taken away moved the deadline to %s", got)
	}
	if _, events, _ = w.app.Desk.Timeline(t.Context(), dana, c.ID); len(events) != n {
		t.Errorf("%d events were written by starts that change nothing", len(events)-n)
	}
}
