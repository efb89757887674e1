package main

import (
	"testing"
	"time"

	"casebot/desk"
)

// reminders counts the reminders of a case that have been written, sent or not.
func (w *policyWorld) reminders() map[string]int {
	w.t.Helper()
	out := map[string]int{}
	err := w.app.Store.View(w.t.Context(), func(r desk.Reader) error {
		for _, state := range []desk.DeliveryState{desk.DeliveryPending, desk.DeliverySent, desk.DeliveryDropped, desk.DeliveryDead} {
			all, err := r.Deliveries(state, 500)
			if err != nil {
				return err
			}
			for _, d := range all {
				if d.Kind == desk.NoticeReminder && d.Party == "northwind" {
					out[d.Data["threshold"]]++
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// The system clock stepping two hours either way, and a process suspended over a due time: no reminder is
// lost and none is sent twice. The case has four business hours from 10:00 in Chicago: it warns at 13:00
// and is due at 14:00.
func TestSteppingClocksAndSuspendedProcesses(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 17, hour+6, minute, 0, 0, time.UTC) }
	for _, c := range []struct {
		name  string
		ticks []time.Time // What the machine's clock reads at each look.
		want  map[string]int
	}{
		{"an even clock", []time.Time{at(12, 0), at(13, 0), at(13, 30), at(14, 0), at(15, 0)}, map[string]int{"warning": 1, "limit": 1}},
		{"two hours back after the warning", []time.Time{at(13, 5), at(11, 5), at(12, 0), at(13, 0), at(14, 0)}, map[string]int{"warning": 1, "limit": 1}},
		{"two hours back after the limit", []time.Time{at(13, 0), at(14, 1), at(12, 1), at(13, 0), at(14, 0), at(15, 0)}, map[string]int{"warning": 1, "limit": 1}},
		{"two hours on over both", []time.Time{at(12, 30), at(14, 30), at(14, 31)}, map[string]int{"limit": 1}},
		{"two hours on and back again", []time.Time{at(11, 30), at(13, 30), at(11, 31), at(13, 0), at(14, 0)}, map[string]int{"warning": 1, "limit": 1}},
		{"suspended over everything until the next morning", []time.Time{at(12, 0), at(33, 0), at(33, 1)}, map[string]int{"limit": 1}},
		{"the same instant many times", []time.Time{at(13, 0), at(13, 0), at(13, 0), at(14, 0), at(14, 0)}, map[string]int{"warning": 1, "limit": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newPolicyWorld(t)
			id := w.file().ID
			for i, now := range c.ticks {
				w.now = now
				if i == len(c.ticks)/2 {
					w.start() // A restart in between changes nothing either.
				}
				if err := w.app.tick(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			got := w.reminders()
			for _, kind := range []string{"warning", "limit", "reminder", "contact"} {
				if got[kind] != c.want[kind] {
					t.Errorf("%d of %q, want %d (all: %v)", got[kind], kind, c.want[kind], got)
				}
			}
			dana, _ := w.dir.Person("dana")
			_, events, err := w.app.Desk.Timeline(t.Context(), dana, id)
			if err != nil {
				t.Fatal(err)
			}
			breaches := 0
			for _, e := range events {
				if b, ok := e.Body.(desk.ClockBreached); ok {
					breaches++
					if !e.At.Equal(at(14, 0)) || !b.Due.Equal(at(14, 0)) {
						t.Errorf("the breach is recorded at %s, want the due instant", e.At)
					}
				}
			}
			if breaches != 1 {
				t.Errorf("%d breaches recorded", breaches)
			}
		})
	}
}
