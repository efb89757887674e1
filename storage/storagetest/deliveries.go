package storagetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

// mail is a store with a few helpers around its outbox.
type mail struct {
	*testing.T
	s desk.Store
}

func (m mail) put(ns ...desk.Notice) {
	m.Helper()
	update(m.T, m.s, func(tx desk.Tx) error {
		for _, n := range ns {
			if err := tx.PutNotice(n); err != nil {
				return err
			}
		}
		return nil
	})
}

// claim gives the keys claimed; those a send was begun for before have a "!".
func (m mail) claim(now time.Time, limit int, shut ...string) string {
	m.Helper()
	var out []string
	update(m.T, m.s, func(tx desk.Tx) error {
		ds, err := tx.ClaimDeliveries(now, time.Minute, limit, shut...)
		out = nil
		for _, d := range ds {
			key := d.Key
			if d.Started {
				key += "!"
			}
			if !d.Leased.Equal(now.Add(time.Minute)) {
				m.Errorf("%s is leased until %v", key, d.Leased)
			}
			out = append(out, key)
		}
		return err
	})
	return strings.Join(out, " ")
}

func (m mail) begin(key string, now time.Time) error {
	return m.s.Update(m.Context(), func(tx desk.Tx) error { return tx.BeginDelivery(desk.DeliveryID(key), now) })
}

func (m mail) end(key string, state desk.DeliveryState, notBefore, now time.Time) {
	m.Helper()
	update(m.T, m.s, func(tx desk.Tx) error {
		return tx.EndDelivery(desk.DeliveryID(key), state, desk.Ref("ref:"+key), "said the platform", notBefore, now)
	})
}

func (m mail) wantClaim(now time.Time, want string) {
	m.Helper()
	if got := m.claim(now, 10); got != want {
		m.Errorf("claimed %q, want %q", got, want)
	}
}

func (m mail) list(state desk.DeliveryState) []desk.Delivery {
	m.Helper()
	var out []desk.Delivery
	view(m.T, m.s, func(r desk.Reader) error {
		var err error
		out, err = r.Deliveries(state, 100)
		return err
	})
	return out
}

func testDeliveries(t *testing.T, open func(t *testing.T) desk.Store) {
	at := func(s int) time.Time { return Monday.Add(time.Duration(s) * time.Second) }
	fresh := func(t *testing.T) mail { return mail{t, open(t)} }

	t.Run("a lane goes in order, one at a time", func(t *testing.T) {
		m := fresh(t)
		m.put(Tell("", "a", "a1", at(0)), Tell("", "a", "a2", at(0)), Tell("", "b", "b1", at(1)))
		m.wantClaim(at(1), "a1 b1")
		m.wantClaim(at(2), "")
		m.put(Tell("", "a", "a3", at(2)))
		m.wantClaim(at(3), "")
		m.end("a1", desk.DeliverySent, time.Time{}, at(4))
		m.wantClaim(at(5), "a2")
		m.end("a2", desk.DeliveryDropped, time.Time{}, at(6))
		m.end("b1", desk.DeliverySent, time.Time{}, at(6))
		m.wantClaim(at(7), "a3")
		m.end("a3", desk.DeliverySent, time.Time{}, at(8))
		m.wantClaim(at(1000), "")
		m.put(Tell("", "b", "b2", at(9)))
		m.wantClaim(at(1000), "b2")
	})

	t.Run("a room that is shut holds the new cards for it, and nothing else", func(t *testing.T) {
		m := fresh(t)
		waits := func(lane, key, room string, s int) desk.Notice {
			n := Tell("", lane, key, at(s))
			n.Kind, n.Room = desk.NoticeCard, room
			return n
		}
		wantClaim := func(s int, want string, shut ...string) {
			t.Helper()
			if got := m.claim(at(s), 10, shut...); got != want {
				t.Errorf("with %q shut %q is claimed, want %q", shut, got, want)
			}
		}
		m.put(waits("a", "a1", "northwind", 0), Tell("", "a", "a2", at(0)), waits("b", "b1", "northwind", 1), waits("c", "c1", "meridian", 2), Tell("", "d", "d1", at(3)))
		wantClaim(4, "d1", "harbor", "meridian", "northwind")
		wantClaim(5, "c1", "northwind")
		wantClaim(6, "a1") // One at a time, the oldest first.
		wantClaim(6, "b1")
		// What is put back keeps its place: a1 is the oldest still.
		m.end("b1", desk.DeliveryPending, at(1), at(7))
		m.end("a1", desk.DeliveryPending, at(0), at(7))
		wantClaim(8, "", "northwind")
		if got := m.claim(at(9), 1, "meridian"); got != "a1" {
			t.Errorf("%q is claimed, want a1", got)
		}
		// What follows a card is no new card.
		m.end("a1", desk.DeliverySent, time.Time{}, at(10))
		wantClaim(11, "a2", "northwind")
		m.end("d1", desk.DeliverySent, time.Time{}, at(12))
		m.put(waits("d", "d2", "northwind", 12))
		wantClaim(13, "", "northwind")
		wantClaim(13, "b1")
		wantClaim(13, "d2")
	})

	t.Run("what is held waits for its room, and its lane with it", func(t *testing.T) {
		m := fresh(t)
		hold := func(key string, begun bool, s int) {
			t.Helper()
			update(t, m.s, func(tx desk.Tx) error {
				return tx.HoldDelivery(desk.DeliveryID(key), "+elsewhere", "nobody is let in", begun, at(s))
			})
		}
		wantClaim := func(s int, want string, shut ...string) {
			t.Helper()
			if got := m.claim(at(s), 10, shut...); got != want {
				t.Errorf("with %q shut %q is claimed, want %q", shut, got, want)
			}
		}
		m.put(Tell("", "a", "a1", at(0)), Tell("", "a", "a2", at(0)), Tell("", "b", "b1", at(0)), Tell("", "c", "c1", at(0)))
		m.wantClaim(at(1), "a1 b1 c1")
		if err := m.begin("a1", at(1)); err != nil {
			t.Fatal(err)
		}
		hold("a1", true, 1)
		hold("c1", false, 3)
		hold("b1", false, 2)
		wantKind(t, m.s.Update(t.Context(), func(tx desk.Tx) error {
			return tx.HoldDelivery(desk.DeliveryID("a1"), "+elsewhere", "", false, at(2))
		}), desk.KindConflict)
		if p := m.list(desk.DeliveryPending); len(p) != 4 || p[0].Error != "nobody is let in" || p[0].Waits != "+elsewhere" || p[0].Attempts != 1 || !p[0].Started {
			t.Errorf("pending: %+v", p)
		}
		m.put(Tell("", "a", "a3", at(2)), Tell("", "d", "d1", at(2)))
		wantClaim(10, "d1", "+elsewhere")
		wantClaim(60, "", "+elsewhere")
		m.end("d1", desk.DeliverySent, time.Time{}, at(60))
		// Let in, one lane at a time, those that were put back first first; a lane whose first notice is through waits for nothing.
		var got []desk.Delivery
		update(t, m.s, func(tx desk.Tx) (err error) {
			got, err = tx.ClaimDeliveries(at(1001), time.Minute, 10)
			return err
		})
		if len(got) != 1 || got[0].Key != "a1" || got[0].Waits != "+elsewhere" || !got[0].Started {
			t.Errorf("claimed is %+v", got)
		}
		m.end("a1", desk.DeliverySent, time.Time{}, at(1002))
		wantClaim(1003, "a2", "+elsewhere")
		wantClaim(1003, "b1")
		wantClaim(1003, "c1")
		m.end("a2", desk.DeliverySent, time.Time{}, at(1004))
		m.wantClaim(at(1005), "a3")
	})

	t.Run("what is being sent", func(t *testing.T) {
		m := fresh(t)
		sending := func(want ...string) {
			t.Helper()
			for i, key := range want {
				want[i] = desk.DeliveryID(key)
			}
			slices.Sort(want)
			view(t, m.s, func(r desk.Reader) error {
				got, err := r.Sending()
				if !slices.Equal(got, want) {
					t.Errorf("being sent: %q, want %q", got, want)
				}
				return err
			})
		}
		m.put(Tell("", "a", "a1", at(0)), Tell("", "b", "b1", at(0)), Tell("", "a", "a2", at(1)))
		sending()
		m.wantClaim(at(1), "a1 b1")
		sending()
		for _, key := range []string{"a1", "b1"} {
			if err := m.begin(key, at(2)); err != nil {
				t.Fatal(err)
			}
		}
		sending("a1", "b1")
		m.end("a1", desk.DeliverySent, time.Time{}, at(3))
		sending("b1")
		m.end("b1", desk.DeliveryUnclear, at(60), at(4)) // It waits for another look, and nobody sends it.
		sending()
		m.wantClaim(at(70), "b1! a2")
		sending("b1")
	})

	t.Run("not before its time, and no more than asked for", func(t *testing.T) {
		m := fresh(t)
		m.put(Tell("", "a", "a1", at(0)), Tell("", "b", "b1", at(0)), Tell("", "c", "c1", at(50)))
		if got := m.claim(at(1), 1); got != "a1" {
			t.Errorf("claimed %q", got)
		}
		m.wantClaim(at(1), "b1")
		m.wantClaim(at(49), "")
		m.wantClaim(at(50), "c1")
	})

	t.Run("the same key is told once", func(t *testing.T) {
		m := fresh(t)
		m.put(Tell("", "a", "a1", at(0)), Tell("", "a", "a1", at(1)))
		m.put(Tell("", "z", "a1", at(2)))
		m.wantClaim(at(3), "a1")
		m.end("a1", desk.DeliverySent, time.Time{}, at(4))
		m.put(Tell("", "a", "a1", at(5)))
		m.wantClaim(at(500), "")
		if sent := m.list(desk.DeliverySent); len(sent) != 1 || sent[0].Ref != "ref:a1" || !sent[0].SentAt.Equal(at(4)) {
			t.Errorf("sent: %+v", sent)
		}
	})

	t.Run("a retry waits and keeps its place", func(t *testing.T) {
		m := fresh(t)
		m.put(Tell("", "a", "a1", at(0)), Tell("", "a", "a2", at(0)))
		m.wantClaim(at(1), "a1")
		if err := m.begin("a1", at(2)); err != nil {
			t.Fatal(err)
		}
		m.end("a1", desk.DeliveryPending, at(30), at(3))
		m.put(Tell("", "a", "a3", at(4)))
		m.wantClaim(at(29), "")
		m.wantClaim(at(30), "a1")
		if p := m.list(desk.DeliveryPending); len(p) != 3 || p[0].Attempts != 1 || p[0].Error != "said the platform" || p[0].Leased.IsZero() || !p[1].Leased.IsZero() {
			t.Errorf("pending: %+v", p)
		}
	})

	t.Run("a send that may have arrived stays begun", func(t *testing.T) {
		m := fresh(t)
		m.put(Tell("", "a", "a1", at(0)))
		m.wantClaim(at(1), "a1")
		if err := m.begin("a1", at(2)); err != nil {
			t.Fatal(err)
		}
		m.end("a1", desk.DeliveryUnclear, at(30), at(3))
		m.wantClaim(at(29), "")
		m.wantClaim(at(30), "a1!")
		if p := m.list(desk.DeliveryPending); len(p) != 1 || p[0].State != desk.DeliveryPending || p[0].Attempts != 1 {
			t.Errorf("pending: %+v", p)
		}
	})

	t.Run("a lease runs out", func(t *testing.T) {
		m := fresh(t)
		m.put(Tell("", "a", "a1", at(0)), Tell("", "b", "b1", at(0)))
		m.wantClaim(at(0), "a1 b1")
		if err := m.begin("a1", at(1)); err != nil {
			t.Fatal(err)
		}
		m.wantClaim(at(59), "")
		m.wantClaim(at(60), "a1! b1")
		wantKind(t, m.begin("a1", at(200)), desk.KindConflict)
		wantKind(t, m.begin("nobody's", at(60)), desk.KindConflict)
	})

	t.Run("dead ones are shown and can be retried", func(t *testing.T) {
		m := fresh(t)
		m.put(Tell("", "a", "a1", at(0)), Tell("", "a", "a2", at(0)))
		m.wantClaim(at(0), "a1")
		m.end("a1", desk.DeliveryDead, time.Time{}, at(1))
		if dead := m.list(desk.DeliveryDead); len(dead) != 1 || dead[0].Key != "a1" || dead[0].Error == "" {
			t.Errorf("dead: %+v", dead)
		}
		update(t, m.s, func(tx desk.Tx) error { return tx.RetryDelivery(desk.DeliveryID("a1"), at(2)) })
		m.wantClaim(at(2), "a1")
		m.end("a1", desk.DeliveryDoubt, time.Time{}, at(3))
		m.wantClaim(at(3), "a2")
		m.end("a2", desk.DeliverySent, time.Time{}, at(3))
		update(t, m.s, func(tx desk.Tx) error { return tx.RetryDelivery(desk.DeliveryID("a1"), at(4)) })
		m.wantClaim(at(4), "a1")
		err := m.s.Update(t.Context(), func(tx desk.Tx) error { return tx.RetryDelivery(desk.DeliveryID("a2"), at(5)) })
		wantKind(t, err, desk.KindNotFound)
		err = m.s.Update(t.Context(), func(tx desk.Tx) error {
			return tx.EndDelivery("nobody's", desk.DeliverySent, "", "", time.Time{}, at(5))
		})
		wantKind(t, err, desk.KindConflict)
	})

	t.Run("a case brings its notices", func(t *testing.T) {
		m := fresh(t)
		c, events := New(Filing{ID: "NW-1001", Tenant: "northwind"})
		n := Tell(c.ID, "NW-1001/northwind", "card", at(0))
		n.Data = map[string]string{"text": "hello \x00 ☎"}
		update(t, m.s, func(tx desk.Tx) error { return tx.PutCase(c, 0, events, []desk.Notice{n, n}) })
		m.wantClaim(at(0), "card")
		if p := m.list(desk.DeliveryPending); len(p) != 1 || p[0].Data["text"] != n.Data["text"] || p[0].Case != c.ID {
			t.Errorf("pending: %+v", p)
		}
	})

	t.Run("sixteen workers never get the same notice, and a lane keeps its order", func(t *testing.T) {
		m := fresh(t)
		var ns []desk.Notice
		for i := range 40 {
			lane := number(i % 20)
			ns = append(ns, Tell("", lane, lane+"/"+string(rune('a'+i/20)), at(0)))
		}
		m.put(ns...)
		got := race(t, 16, func(int) ([]string, error) {
			var mine []string
			for {
				var ds []desk.Delivery
				err := m.s.Update(t.Context(), func(tx desk.Tx) error {
					var err error
					ds, err = tx.ClaimDeliveries(at(1), time.Hour, 3)
					return err
				})
				if err != nil || len(ds) == 0 {
					return mine, err
				}
				for _, d := range ds {
					mine = append(mine, d.Key)
					if err := m.s.Update(t.Context(), func(tx desk.Tx) error {
						return tx.EndDelivery(d.ID, desk.DeliverySent, "", "", time.Time{}, at(2))
					}); err != nil {
						return mine, err
					}
				}
			}
		})
		if dup := twice(got); dup != "" {
			t.Error(dup)
		}
		// A worker may stop while others still hold lanes; what they left is still there in full.
		for rest := m.claim(at(3), 100); rest != ""; rest = m.claim(at(3), 100) {
			for _, key := range strings.Fields(rest) {
				got = append(got, key)
				m.end(key, desk.DeliverySent, time.Time{}, at(3))
			}
		}
		if len(got) != 40 || twice(got) != "" {
			t.Errorf("%d of 40 delivered. %s", len(got), twice(got))
		}
	})
}
