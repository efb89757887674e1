package templates

import (
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

// The button of a reminder does something in every state in which its clock may run: a case that is resolved while
// the customer has not been told is not asked for an update, which it takes no more.
func TestAReminderAsksForWhatCanBeDone(t *testing.T) {
	verbs := map[string]desk.Verb{"update": desk.VerbUpdate, "ack": desk.VerbAck, "relay": desk.VerbRelay, "workaround": desk.VerbWorkaround, "rate": desk.VerbRate}
	working := []desk.Status{desk.StatusOpen, desk.StatusEscalated, desk.StatusAcknowledged, desk.StatusReturned, desk.StatusWorkaround, desk.StatusReopened}
	all := append(append([]desk.Status{}, working...), desk.StatusResolved)
	for kind, states := range map[desk.ClockKind][]desk.Status{desk.ClockTier1: all, desk.ClockRelay: all, desk.ClockTier2: {desk.StatusEscalated},
		desk.ClockUpdate: working, desk.ClockWorkaround: working, desk.ClockResolution: working} {
		for _, status := range states {
			for _, relay := range [][]int{nil, {4}} {
				if kind == desk.ClockRelay && relay == nil {
					continue // Nothing to relay, no clock.
				}
				s := newStage(t)
				v := s.view(desk.Partner)
				v.Case = &desk.Case{ID: "NW-1001", Tenant: "northwind", Status: status, ToRelay: relay}
				say, b := v.reminderAct(kind)
				if _, err := desk.Next(status, verbs[strings.Fields(b.Do)[0]]); err != nil || say == "" {
					t.Errorf("%s, %s: “%s” [%s]: %v", kind, status, say, b.Label, err)
				}
			}
		}
	}
}

// Where the Provider's word waits to be passed on, one warning asks for it and not two.
func TestOneWarningAsksForOneWord(t *testing.T) {
	due := time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)
	for _, relays := range []bool{false, true} {
		s := newStage(t)
		v := s.view(desk.Partner)
		first := desk.Clock{Kind: desk.ClockTier1, Cycle: 1, Party: "northwind", State: desk.StateRunning, Due: due}
		v.Case = &desk.Case{ID: "NW-1001", Tenant: "northwind", Status: desk.StatusAcknowledged, Severity: desk.Sev2, Clocks: []desk.Clock{first}}
		if relays {
			v.Case.ToRelay = []int{4}
			v.Case.Clocks = append(v.Case.Clocks, desk.Clock{Kind: desk.ClockRelay, Cycle: 1, Party: "northwind", State: desk.StateRunning, Due: due})
		}
		for threshold, want := range map[desk.ThresholdKind]bool{desk.AtWarning: !relays, desk.AtLimit: true} {
			e := desk.Event{Case: "NW-1001", Body: desk.ClockFired{Clock: desk.ClockTier1, Cycle: 1, Threshold: threshold, Due: due}}
			if _, ok := Reminder(v, e, 0); ok != want {
				t.Errorf("with a relay %v, at %s: told %v, want %v", relays, threshold, ok, want)
			}
		}
	}
}
