package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"casebot/desk"
)

// For every clock of every case of the demo's past the counted stretches of its receipt add up to its
// budget, leave no gap from where it counts to its due instant, and none is stale.
func TestReceiptsAddUp(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	d, err := NewDemo(ctx, filepath.Join(t.TempDir(), "casebot.db"), true, slog.New(slog.DiscardHandler), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	clocks := 0
	err = d.Store.View(ctx, func(r desk.Reader) error {
		return r.EachCase(desk.Scope{}, time.Time{}, now.AddDate(1, 0, 0), func(c *desk.Case) error {
			events, err := r.Events(c.ID)
			if err != nil {
				return err
			}
			for _, x := range d.Desk.Explain(c, events) {
				moved := false
				for _, m := range x.Moves {
					moved = moved || !m.From.IsZero()
				}
				if x.Stale {
					t.Errorf("%s: the calendar of the %s clock is not at hand", c.ID, x.Clock.Kind)
				}
				if x.Clock.Promised || moved || x.Clock.State == desk.StatePaused {
					continue // A promise and a severity change name an instant; a pause is not over yet.
				}
				clocks++
				if x.Counted != x.Clock.Budget {
					t.Errorf("%s: the %s clock's receipt adds up to %v, its budget is %v", c.ID, x.Clock.Kind, x.Counted, x.Clock.Budget)
				}
				edge := x.Clock.Base
				for _, p := range x.Pieces {
					if !p.From.Equal(edge) {
						t.Errorf("%s: a gap in the %s clock's receipt at %v", c.ID, x.Clock.Kind, edge)
					}
					edge = p.To
				}
				if !edge.Equal(x.Clock.Due) {
					t.Errorf("%s: the %s clock's receipt ends at %v, it is due at %v", c.ID, x.Clock.Kind, edge, x.Clock.Due)
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if clocks < 50 {
		t.Errorf("only %d clocks were looked at", clocks)
	}
}
