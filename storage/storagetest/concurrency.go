package storagetest

import (
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"casebot/desk"
)

func testConcurrency(t *testing.T, open func(t *testing.T) desk.Store) {
	t.Run("two decide on the same state: one wins", func(t *testing.T) {
		s := open(t)
		c := file(t, s, Filing{ID: "NW-1001", Tenant: "northwind"})[0]
		var conflicts atomic.Int32
		race(t, 8, func(i int) ([]string, error) {
			after, events := Extend(c, c.ID, c.Tenant, Monday.Add(time.Minute), desk.Acknowledged{Engineer: strconv.Itoa(i)})
			err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutCase(after, c.Seq, events, nil) })
			if desk.KindOf(err) == desk.KindConflict {
				conflicts.Add(1)
				err = nil
			}
			return nil, err
		})
		if conflicts.Load() != 7 {
			t.Errorf("%d of 8 were told that somebody else was first, want 7", conflicts.Load())
		}
		view(t, s, func(r desk.Reader) error {
			events, err := r.Events(c.ID)
			if len(events) != 2 {
				t.Errorf("%d events, want 2", len(events))
			}
			return err
		})
	})

	t.Run("those who read for update all get their turn", func(t *testing.T) {
		s := open(t)
		file(t, s, Filing{ID: "NW-1001", Tenant: "northwind"})
		race(t, 8, func(int) ([]string, error) {
			return nil, s.Update(t.Context(), func(tx desk.Tx) error {
				c, err := tx.CaseForUpdate("NW-1001")
				if err != nil {
					return err
				}
				after, events := Extend(c, c.ID, c.Tenant, Monday, desk.Noted{Text: "me too"})
				return tx.PutCase(after, c.Seq, events, nil)
			})
		})
		view(t, s, func(r desk.Reader) error {
			c, err := r.Case("NW-1001")
			if err == nil && c.Seq != 9 {
				t.Errorf("the case is at event %d, want 9", c.Seq)
			}
			return err
		})
	})

	t.Run("the same new id is given once", func(t *testing.T) {
		s := open(t)
		var won atomic.Int32
		race(t, 8, func(int) ([]string, error) {
			c, events := New(Filing{ID: "NW-1001", Tenant: "northwind"})
			err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutCase(c, 0, events, nil) })
			if err == nil {
				won.Add(1)
			} else {
				wantKind(t, err, desk.KindConflict)
			}
			return nil, nil
		})
		if won.Load() != 1 {
			t.Errorf("%d filed the same case", won.Load())
		}
	})

	t.Run("a redelivered event is handled once", func(t *testing.T) {
		s := open(t)
		var first atomic.Int32
		race(t, 8, func(int) ([]string, error) {
			seen := false
			err := s.Update(t.Context(), func(tx desk.Tx) error {
				var err error
				seen, err = tx.Seen("slack/Ev1", Monday)
				return err
			})
			if !seen {
				first.Add(1)
			}
			return nil, err
		})
		if first.Load() != 1 {
			t.Errorf("%d handled it", first.Load())
		}
	})

	t.Run("numbers have no gap and no double, with failures in between", func(t *testing.T) {
		s := open(t)
		got := race(t, 8, func(i int) ([]string, error) {
			var mine []string
			for n := range 10 {
				num := 0
				err := s.Update(t.Context(), func(tx desk.Tx) error {
					var err error
					if num, err = tx.NextNumber("northwind"); err == nil && n%3 == 2 {
						err = errRefused
					}
					return err
				})
				switch {
				case err == nil:
					mine = append(mine, strconv.Itoa(num))
				case !errors.Is(err, errRefused):
					return mine, err
				}
			}
			return mine, nil
		})
		seen := map[string]bool{}
		for _, n := range got {
			seen[n] = true
		}
		for n := 1001; n < 1001+len(got); n++ {
			if !seen[strconv.Itoa(n)] {
				t.Errorf("number %d was not given", n)
			}
		}
		if len(got) != 56 {
			t.Errorf("%d numbers given, want 56", len(got))
		}
	})

	t.Run("transactions that tell the same people do not stop each other", func(t *testing.T) {
		s := open(t)
		lanes := []string{"person/a", "person/b", "person/c"}
		race(t, 8, func(i int) ([]string, error) {
			for n := range 5 {
				err := s.Update(t.Context(), func(tx desk.Tx) error {
					for k := range lanes {
						key := strconv.Itoa(i*1000 + n*10 + k)
						if err := tx.PutNotice(Tell("", lanes[(i+k)%3], key, Monday)); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					return nil, err
				}
			}
			return nil, nil
		})
		view(t, s, func(r desk.Reader) error {
			ds, err := r.Deliveries(desk.DeliveryPending, 500)
			if len(ds) != 120 {
				t.Errorf("%d notices, want 120", len(ds))
			}
			return err
		})
	})
}

var errRefused = errors.New("refused")
