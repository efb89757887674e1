package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"casebot/desk"
)

// race runs f in n goroutines and gathers what they give.
func race(t *testing.T, n int, f func(i int) ([]string, error)) []string {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var all []string
	for i := range n {
		wg.Go(func() {
			got, err := f(i)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, got...)
			if err != nil {
				t.Errorf("worker %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	return all
}

// nothing checks that no row of a failed update is left.
func nothing(t *testing.T, s desk.Store) {
	t.Helper()
	view(t, s, func(r desk.Reader) error {
		if n, err := r.CountCases(desk.CaseQuery{}); n != 0 || err != nil {
			t.Errorf("%d cases left: %v", n, err)
		}
		if ds, err := r.Deliveries(desk.DeliveryPending, 10); len(ds) != 0 || err != nil {
			t.Errorf("%d notices left: %v", len(ds), err)
		}
		if _, due, err := r.NextDue(); due || err != nil {
			t.Errorf("a clock is left: %v", err)
		}
		return r.EachEvent(func(e desk.Event, _ []byte) error {
			t.Errorf("event %d of %s is left", e.Seq, e.Case)
			return nil
		})
	})
	_ = s.Update(t.Context(), func(tx desk.Tx) error {
		if seen, err := tx.Seen("once", Monday); seen || err != nil {
			t.Errorf("the event id of a failed update is remembered: %v", err)
		}
		if n, err := tx.NextNumber("northwind"); n != 1001 || err != nil {
			t.Errorf("the next number is %d: %v", n, err)
		}
		return errors.New("only looked")
	})
}

// everything writes a bit of everything.
func everything(tx desk.Tx) error {
	if _, err := tx.Seen("once", Monday); err != nil {
		return err
	}
	if _, err := tx.NextNumber("northwind"); err != nil {
		return err
	}
	c, events := New(Filing{ID: "NW-1001", Tenant: "northwind", Due: Monday.Add(time.Hour)})
	return tx.PutCase(c, 0, events, []desk.Notice{Tell(c.ID, "lane", "key", Monday)})
}

func testTransactions(t *testing.T, open func(t *testing.T) desk.Store) {
	t.Run("an error takes everything back", func(t *testing.T) {
		s := open(t)
		mine := errors.New("mine")
		err := s.Update(t.Context(), func(tx desk.Tx) error { return errors.Join(everything(tx), mine) })
		if !errors.Is(err, mine) {
			t.Errorf("error is %v", err)
		}
		nothing(t, s)
	})

	t.Run("a panic takes everything back and goes on up", func(t *testing.T) {
		s := open(t)
		func() {
			defer func() {
				// It may come wrapped, with the stack of where it happened.
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "mine") {
					t.Errorf("recovered %v", got)
				}
			}()
			_ = s.Update(t.Context(), func(tx desk.Tx) error {
				if err := everything(tx); err != nil {
					t.Error(err)
				}
				panic("mine")
			})
		}()
		nothing(t, s)
	})

	t.Run("a cancelled caller leaves nothing", func(t *testing.T) {
		s := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Update(ctx, func(tx desk.Tx) error {
			if err := everything(tx); err != nil {
				return err
			}
			cancel()
			_, err := tx.NextNumber("northwind")
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
		wantKind(t, err, desk.KindBusy)
		wantKind(t, s.Update(ctx, everything), desk.KindBusy)
		nothing(t, s)
	})

	t.Run("a failed write is not forgotten when the caller looks away", func(t *testing.T) {
		s := open(t)
		err := s.Update(t.Context(), func(tx desk.Tx) error {
			if err := everything(tx); err != nil {
				return err
			}
			c, events := New(Filing{ID: "NW-1001", Tenant: "northwind"})
			_ = tx.PutCase(c, 0, events, nil)
			return nil
		})
		wantKind(t, err, desk.KindConflict)
		nothing(t, s)
	})

	t.Run("an event id is seen once", func(t *testing.T) {
		s := open(t)
		for i, want := range []bool{false, true, true} {
			update(t, s, func(tx desk.Tx) error {
				seen, err := tx.Seen("slack/Ev1", Monday.Add(time.Duration(i)*time.Hour))
				if seen != want {
					t.Errorf("seen the %d. time: %v", i+1, seen)
				}
				return err
			})
		}
	})

	t.Run("old event ids are forgotten, however many and wherever they stand", func(t *testing.T) {
		s, ok := open(t).(interface {
			desk.Store
			Prune(ctx context.Context, before time.Time) (int, error)
		})
		if !ok {
			t.Skip("this store forgets nothing")
		}
		const ids = 1203 // More than two steps, every third is old.
		update(t, s, func(tx desk.Tx) error {
			for i := range ids {
				at := Monday
				if i%3 == 0 {
					at = Monday.Add(-time.Millisecond)
				}
				if _, err := tx.Seen(fmt.Sprintf("slack/%04d", i), at); err != nil {
					return err
				}
			}
			return nil
		})
		for _, want := range []int{ids / 3, 0} {
			if n, err := s.Prune(t.Context(), Monday); n != want || err != nil {
				t.Errorf("forgot %d, want %d: %v", n, want, err)
			}
		}
		update(t, s, func(tx desk.Tx) error {
			for i := range ids {
				if seen, err := tx.Seen(fmt.Sprintf("slack/%04d", i), Monday); err != nil || seen != (i%3 != 0) {
					return fmt.Errorf("id %d seen: %v, %v", i, seen, err)
				}
			}
			return nil
		})
	})

	t.Run("a transaction reads what it wrote, a view what was committed", func(t *testing.T) {
		s := open(t)
		update(t, s, func(tx desk.Tx) error {
			if err := everything(tx); err != nil {
				return err
			}
			if c, err := tx.Case("NW-1001"); err != nil || c.Seq != 2 {
				t.Errorf("inside: %v", err)
			}
			view(t, s, func(r desk.Reader) error {
				_, err := r.Case("NW-1001")
				wantKind(t, err, desk.KindNotFound)
				return nil
			})
			return nil
		})
	})

	t.Run("a view is of one moment", func(t *testing.T) {
		s := open(t)
		view(t, s, func(r desk.Reader) error {
			if _, err := r.CountCases(desk.CaseQuery{}); err != nil {
				return err
			}
			update(t, s, everything)
			n, err := r.CountCases(desk.CaseQuery{})
			if n != 0 {
				t.Error("a view saw a later commit")
			}
			return err
		})
	})

	t.Run("it is ready", func(t *testing.T) {
		s := open(t)
		if err := s.Ready(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
