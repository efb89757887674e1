package desk

import (
	"context"
	"strings"
	"time"
)

// mayMend says who sees and retries what could not be delivered: a party's duty managers and administrators.
func mayMend(p Person) error {
	if p.Has(DutyManager, Administrator) {
		return nil
	}
	return Errf(KindForbidden, "What could not be delivered is for duty managers and administrators.")
}

// Undelivered lists the messages to the person's own party that could not be delivered (dead), or of which
// nobody knows whether they arrived (doubt), oldest first. They name the case and the reason, no content.
func (d *Desk) Undelivered(ctx context.Context, by Person) ([]Delivery, error) {
	if err := mayMend(by); err != nil {
		return nil, err
	}
	var out []Delivery
	err := d.Store.View(ctx, func(r Reader) error {
		for _, state := range []DeliveryState{DeliveryDead, DeliveryDoubt} {
			list, err := r.Deliveries(state, 500)
			if err != nil {
				return err
			}
			for _, x := range list {
				if x.Party == by.Party {
					out = append(out, x)
				}
			}
		}
		return nil
	})
	return out, err
}

// Redeliver puts undelivered messages of the person's party back in line: one by its id, or all of them
// for "all". It gives how many.
func (d *Desk) Redeliver(ctx context.Context, by Person, id string, now time.Time) (int, error) {
	list, err := d.Undelivered(ctx, by)
	if err != nil {
		return 0, err
	}
	n := 0
	err = d.Store.Update(ctx, func(tx Tx) error {
		n = 0
		for _, x := range list {
			if id != "all" && !strings.HasPrefix(x.ID, strings.ToLower(id)) {
				continue
			}
			if err := tx.RetryDelivery(x.ID, stamp(now)); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err == nil && n == 0 {
		err = Errf(KindNotFound, "There is no undelivered message %s. /case undelivered lists them.", quoted(id))
	}
	return n, err
}
