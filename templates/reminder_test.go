package templates

import (
	"strings"
	"testing"

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
