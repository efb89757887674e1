package bottest

import (
	"maps"
	"slices"
	"time"

	"casebot/desk"
)

// PutNotice implements desk.Tx. A notice whose key exists is skipped.
func (t *memTx) PutNotice(n desk.Notice) error {
	if _, err := encode(n); err != nil {
		return t.fail(err)
	}
	if t.keys[n.Key] {
		return nil
	}
	t.keys[n.Key] = true
	n.Data = maps.Clone(n.Data)
	t.outbox = append(t.outbox, desk.Delivery{Notice: n, State: desk.DeliveryPending})
	return nil
}

// DueCases implements desk.Tx.
func (t *memTx) DueCases(now time.Time, limit int) ([]string, error) {
	cs, at, err := t.due()
	var out []string
	for _, c := range cs {
		if len(out) < limit && !at[c.ID].After(now) {
			out = append(out, c.ID)
		}
	}
	return out, t.fail(err)
}

// Deliveries implements desk.Reader.
func (r *memReader) Deliveries(state desk.DeliveryState, limit int) ([]desk.Delivery, error) {
	if limit <= 0 {
		limit = 50
	}
	var out []desk.Delivery
	for _, d := range r.outbox {
		if d.State == state && len(out) < limit {
			if l := r.leased[d.Lane]; l.id == d.ID {
				d.Leased = l.until
			}
			out = append(out, d)
		}
	}
	return out, nil
}

// Sending implements desk.Reader.
func (r *memReader) Sending() ([]string, error) {
	var out []string
	for _, d := range r.outbox {
		if d.State == desk.DeliveryPending && d.Started && r.leased[d.Lane].id == d.ID {
			out = append(out, d.ID)
		}
	}
	slices.Sort(out)
	return out, nil
}

// ClaimDeliveries implements desk.Tx.
func (t *memTx) ClaimDeliveries(now time.Time, span time.Duration, limit int, shut ...string) ([]desk.Delivery, error) {
	var heads, out []desk.Delivery
	looked := map[string]bool{}
	for _, d := range t.outbox {
		l, held := t.leased[d.Lane]
		switch {
		case d.State != desk.DeliveryPending:
			continue
		case held && l.until.After(now), held && l.id != d.ID, looked[d.Lane]:
			continue // Under way, or not this lane's turn: a lease that ran out is taken up first.
		}
		looked[d.Lane] = true
		heads = append(heads, d)
	}
	slices.SortStableFunc(heads, func(a, b desk.Delivery) int { return a.NotBefore.Compare(b.NotBefore) })
	shut = slices.Clone(shut)
	for _, d := range heads {
		if d.Waits == "" {
			d.Waits = d.Room
		}
		if len(out) == limit || d.NotBefore.After(now) || d.Waits != "" && slices.Contains(shut, d.Waits) {
			continue
		}
		shut = append(shut, d.Waits) // One of each room at a time.
		d.Leased = now.Add(span)
		t.leased[d.Lane] = lease{d.ID, d.Leased}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b desk.Delivery) int { return a.At.Compare(b.At) })
	return out, t.failed
}

// change finds a notice by id and changes it.
func (t *memTx) change(id string, ok func(desk.Delivery) bool, f func(*desk.Delivery)) bool {
	for i := range t.outbox {
		if d := &t.outbox[i]; d.ID == id && ok(*d) {
			f(d)
			return true
		}
	}
	return false
}

func (t *memTx) notYours() error {
	return t.fail(desk.Errf(desk.KindConflict, "This notice is no longer yours to deliver."))
}

// BeginDelivery implements desk.Tx.
func (t *memTx) BeginDelivery(id string, now time.Time) error {
	mine := func(d desk.Delivery) bool {
		return d.State == desk.DeliveryPending && t.leased[d.Lane].id == id && t.leased[d.Lane].until.After(now)
	}
	if !t.change(id, mine, func(d *desk.Delivery) { d.Started, d.Attempts = true, d.Attempts+1 }) {
		return t.notYours()
	}
	return nil
}

// EndDelivery implements desk.Tx.
func (t *memTx) EndDelivery(id string, state desk.DeliveryState, ref desk.Ref, text string, notBefore, now time.Time) error {
	mine := func(d desk.Delivery) bool { return d.State == desk.DeliveryPending && t.leased[d.Lane].id == id }
	ended := t.change(id, mine, func(d *desk.Delivery) {
		delete(t.leased, d.Lane)
		d.Started = d.Started && state == desk.DeliveryUnclear
		d.State, d.Ref, d.Error, d.NotBefore = state, ref, text, notBefore
		if state == desk.DeliveryUnclear {
			d.State = desk.DeliveryPending
		}
		if state == desk.DeliverySent {
			d.SentAt = now
		}
	})
	if !ended {
		return t.notYours()
	}
	return nil
}

// HoldDelivery implements desk.Tx.
func (t *memTx) HoldDelivery(id, room, text string, begun bool, notBefore time.Time) error {
	mine := func(d desk.Delivery) bool { return d.State == desk.DeliveryPending && t.leased[d.Lane].id == id }
	held := t.change(id, mine, func(d *desk.Delivery) {
		delete(t.leased, d.Lane)
		d.Started = d.Started && begun
		d.Error, d.NotBefore, d.Waits = text, notBefore, room
	})
	if !held {
		return t.notYours()
	}
	return nil
}

// RetryDelivery implements desk.Tx.
func (t *memTx) RetryDelivery(id string, now time.Time) error {
	lost := func(d desk.Delivery) bool {
		return d.State == desk.DeliveryDead || d.State == desk.DeliveryDoubt
	}
	if !t.change(id, lost, func(d *desk.Delivery) {
		d.State, d.NotBefore, d.Started, d.Waits = desk.DeliveryPending, now, false, ""
	}) {
		return t.fail(missing("notice to retry"))
	}
	return nil
}
