package storagetest

import (
	"reflect"
	"testing"
	"time"

	"casebot/desk"
)

func testCases(t *testing.T, open func(t *testing.T) desk.Store) {
	t.Run("a case comes back as it was put, with its events", func(t *testing.T) {
		s := open(t)
		c, events := New(Filing{ID: "NW-1001", Tenant: "northwind", Summary: "Exports hang", Customer: "Acme",
			Due: Monday.Add(time.Hour), Resolution: Monday.Add(8 * time.Hour)})
		update(t, s, func(tx desk.Tx) error { return tx.PutCase(c, 0, events, nil) })
		view(t, s, func(r desk.Reader) error {
			got, err := r.Case("NW-1001")
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(got, c) {
				t.Errorf("case is\n%+v\nwant\n%+v", got, c)
			}
			back, err := r.Events("NW-1001")
			if !reflect.DeepEqual(back, events) {
				t.Errorf("events are\n%+v\nwant\n%+v", back, events)
			}
			return err
		})
	})

	t.Run("a case goes on from where it was", func(t *testing.T) {
		s := open(t)
		c := file(t, s, Filing{ID: "NW-1001", Tenant: "northwind", Summary: "Exports hang"})[0]
		update(t, s, func(tx desk.Tx) error {
			c, err := tx.CaseForUpdate("NW-1001")
			if err != nil {
				return err
			}
			after, events := Extend(c, c.ID, c.Tenant, Monday.Add(time.Minute), desk.Escalated{Trigger: desk.TriggerByHand, Cycle: 1})
			return tx.PutCase(after, c.Seq, events, nil)
		})
		view(t, s, func(r desk.Reader) error {
			got, err := r.Case(c.ID)
			if err == nil && (got.Seq != 2 || !got.Reached || got.Status != desk.StatusEscalated) {
				t.Errorf("case is at event %d, %s", got.Seq, got.Status)
			}
			return err
		})
	})

	t.Run("what is not there is not found", func(t *testing.T) {
		s := open(t)
		view(t, s, func(r desk.Reader) error {
			_, err := r.Case("NW-9999")
			wantKind(t, err, desk.KindNotFound)
			_, err = r.Case("NW-\x00")
			wantKind(t, err, desk.KindNotFound)
			events, err := r.Events("NW-9999")
			if len(events) != 0 {
				t.Error("events of no case")
			}
			return err
		})
	})

	t.Run("numbers start at 1001 and each tenant has its own", func(t *testing.T) {
		s := open(t)
		update(t, s, func(tx desk.Tx) error {
			for i, want := range []struct {
				tenant string
				n      int
			}{{"northwind", 1001}, {"northwind", 1002}, {"contoso", 1001}, {"northwind", 1003}} {
				n, err := tx.NextNumber(want.tenant)
				if err != nil {
					return err
				}
				if n != want.n {
					t.Errorf("number %d is %d, want %d", i, n, want.n)
				}
			}
			return nil
		})
	})

	t.Run("a chain that does not join on is refused", func(t *testing.T) {
		s := open(t)
		c := file(t, s, Filing{ID: "NW-1001", Tenant: "northwind"})[0]
		after, events := Extend(c, c.ID, c.Tenant, Monday, desk.Noted{Text: "looked at it"})
		broken := append([]desk.Event(nil), events...)
		broken[0].Prev = "somewhere else"
		gap := append([]desk.Event(nil), events...)
		gap[0].Seq = 7
		forged := append([]desk.Event(nil), events...)
		forged[0].Body = desk.Noted{Text: "never looked"}
		for name, es := range map[string][]desk.Event{"another hash before": broken, "a gap": gap, "other words under the same hash": forged} {
			if err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutCase(after, 1, es, nil) }); err == nil {
				t.Errorf("%s: stored", name)
			}
		}
		view(t, s, func(r desk.Reader) error {
			events, err := r.Events(c.ID)
			if len(events) != 1 {
				t.Errorf("%d events stored, want 1", len(events))
			}
			return err
		})
	})

	t.Run("the audit reads all events in order, raw", func(t *testing.T) {
		s := open(t)
		file(t, s, Filing{ID: "NW-1002", Tenant: "northwind", Due: Monday}, Filing{ID: "CO-1001", Tenant: "contoso"}, Filing{ID: "NW-1001", Tenant: "northwind"})
		var got []string
		view(t, s, func(r desk.Reader) error {
			return r.EachEvent(func(e desk.Event, body []byte) error {
				// Something else can be read from within the walk.
				if _, err := r.Case(e.Case); err != nil {
					return err
				}
				sealed := e
				sealed.Seal(body)
				if sealed.Hash != e.Hash {
					t.Errorf("event %d of %s does not have its hash", e.Seq, e.Case)
				}
				got = append(got, e.Case+"/"+e.Body.Kind())
				return nil
			})
		})
		want := []string{"CO-1001/filed", "NW-1001/filed", "NW-1002/filed", "NW-1002/clock_started"}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("events are %v, want %v", got, want)
		}
	})

	t.Run("a snapshot alone moves the due instant on", func(t *testing.T) {
		s := open(t)
		c := file(t, s, Filing{ID: "NW-1001", Tenant: "northwind", Due: Monday.Add(time.Hour)})[0]
		update(t, s, func(tx desk.Tx) error { return tx.PutCase(c, c.Seq, nil, nil) })
		view(t, s, func(r desk.Reader) error {
			at, ok, err := r.NextDue()
			if !ok || !at.Equal(Monday.Add(time.Hour)) {
				t.Errorf("next due is %v, %v", at, ok)
			}
			return err
		})
	})
}
