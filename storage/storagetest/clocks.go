package storagetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

func testClocks(t *testing.T, open func(t *testing.T) desk.Store) {
	s := open(t)
	due := func(now time.Time, limit int) string {
		var out []string
		update(t, s, func(tx desk.Tx) error {
			var err error
			out, err = tx.DueCases(now, limit)
			return err
		})
		return strings.Join(out, " ")
	}
	if got := due(Monday.Add(100*time.Hour), 10); got != "" {
		t.Errorf("due in an empty desk: %q", got)
	}
	view(t, s, func(r desk.Reader) error {
		_, ok, err := r.NextDue()
		if ok {
			t.Error("an empty desk has something due")
		}
		return err
	})
	file(t, s,
		Filing{ID: "NW-1001", Tenant: "northwind", Due: Monday.Add(3 * time.Hour), Resolution: Monday.Add(9 * time.Hour)},
		Filing{ID: "NW-1002", Tenant: "northwind", Due: Monday.Add(2 * time.Hour), Resolution: Monday.Add(time.Hour)},
		Filing{ID: "CO-1001", Tenant: "contoso", Due: Monday.Add(2 * time.Hour)},
		Filing{ID: "CO-1002", Tenant: "contoso"})
	for _, c := range []struct {
		after time.Duration
		limit int
		want  string
	}{
		{59 * time.Minute, 10, ""},
		{time.Hour, 10, "NW-1002"},
		{4 * time.Hour, 10, "NW-1002 CO-1001 NW-1001"},
		{4 * time.Hour, 2, "NW-1002 CO-1001"},
	} {
		if got := due(Monday.Add(c.after), c.limit); got != c.want {
			t.Errorf("due after %v, at most %d: %q, want %q", c.after, c.limit, got, c.want)
		}
	}

	// A clock that stops, and a case whose last clock stops, leave the list.
	stop := func(id string, kinds ...desk.ClockKind) {
		update(t, s, func(tx desk.Tx) error {
			c, err := tx.CaseForUpdate(id)
			if err != nil {
				return err
			}
			var bodies []desk.Body
			for _, k := range kinds {
				bodies = append(bodies, desk.ClockStopped{Clock: k, State: desk.StateMet})
			}
			after, events := Extend(c, c.ID, c.Tenant, Monday.Add(30*time.Minute), bodies...)
			return tx.PutCase(after, c.Seq, events, nil)
		})
	}
	stop("NW-1002", desk.ClockResolution)
	stop("CO-1001", desk.ClockTier1)
	if got := due(Monday.Add(2*time.Hour), 10); got != "NW-1002" {
		t.Errorf("due after two clocks stopped: %q", got)
	}
	view(t, s, func(r desk.Reader) error {
		at, ok, err := r.NextDue()
		if !ok || !at.Equal(Monday.Add(2*time.Hour)) {
			t.Errorf("next due is %v, %v", at, ok)
		}
		return err
	})
	stop("NW-1002", desk.ClockTier1)
	stop("NW-1001", desk.ClockTier1, desk.ClockResolution)
	if got := due(Monday.Add(1000*time.Hour), 10); got != "" {
		t.Errorf("due when nothing runs: %q", got)
	}

	t.Run("two sweeps never get the same case", func(t *testing.T) {
		s := open(t)
		var fs []Filing
		for i := range 40 {
			fs = append(fs, Filing{ID: number(2000 + i), Tenant: "northwind", Due: Monday.Add(time.Minute)})
		}
		file(t, s, fs...)
		got := race(t, 4, func(int) ([]string, error) {
			var mine []string
			for {
				var ids []string
				err := s.Update(t.Context(), func(tx desk.Tx) error {
					var err error
					if ids, err = tx.DueCases(Monday.Add(time.Hour), 5); err != nil {
						return err
					}
					for _, id := range ids {
						c, err := tx.CaseForUpdate(id)
						if err != nil {
							return err
						}
						after, events := Extend(c, c.ID, c.Tenant, Monday.Add(time.Hour), desk.ClockStopped{Clock: desk.ClockTier1, State: desk.StateMissed})
						if err := tx.PutCase(after, c.Seq, events, nil); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil || len(ids) == 0 {
					return mine, err
				}
				mine = append(mine, ids...)
			}
		})
		// A sweep that found its cases held by another leaves them to it, so all are done once.
		if dup := twice(got); dup != "" || len(got) != 40 {
			t.Errorf("%d cases swept, %s", len(got), dup)
		}
	})
}

// twice names what occurs more than once.
func twice(all []string) string {
	n, out := map[string]int{}, ""
	for _, s := range all {
		if n[s]++; n[s] == 2 {
			out += fmt.Sprintf("%s was handed out twice. ", s)
		}
	}
	return out
}
