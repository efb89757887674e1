package desk

import (
	"context"
	"slices"
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

// heldAfter is how long a message may be on its way before it counts as held up. One for a place that is known to take nothing
// counts at once.
const heldAfter = 2 * time.Minute

// HeldUp tells of the messages to one party that wait for one reason because sending fails, and are tried again by
// themselves.
type HeldUp struct {
	Party string
	N     int // How many wait, of the 5,000 oldest of the desk.
	Since time.Time
	Why   string // What the platform said, with what to do; it names no case.
}

// HeldUp lists what is held up, by party in the order of the deployment and by reason in the order in which they came up:
// of the person's own party, and for the Provider's people of every one, because a company whose workspace takes nothing
// can't ask from there.
func (d *Desk) HeldUp(ctx context.Context, by Person, now time.Time) ([]HeldUp, error) {
	if err := mayMend(by); err != nil {
		return nil, err
	}
	var waiting []Delivery
	err := d.Store.View(ctx, func(r Reader) (err error) {
		waiting, err = r.Deliveries(DeliveryPending, 5000) // In one company's channel hundreds may wait for a week.
		return err
	})
	var out []HeldUp
	for _, p := range d.Dir.Parties {
		if p.ID == by.Party || by.Party == d.Dir.Provider().ID {
			out = append(out, heldUp(p.ID, waiting, now)...)
		}
	}
	return out, err
}

// heldUp counts what waits for one party, by reason.
func heldUp(party string, waiting []Delivery, now time.Time) []HeldUp {
	var out []HeldUp
	lanes := map[string]string{} // Lane → why it waits.
	var behind []Delivery
	count := func(why string, x Delivery) {
		i := slices.IndexFunc(out, func(h HeldUp) bool { return h.Why == why })
		if i < 0 {
			i, out = len(out), append(out, HeldUp{Party: party, Why: why, Since: x.At})
		}
		out[i].N++
		if x.At.Before(out[i].Since) {
			out[i].Since = x.At
		}
	}
	for _, x := range waiting {
		// What is for later is not late.
		late := x.Error != "" || !x.NotBefore.After(now.Add(-heldAfter))
		if x.Party != party || !x.Shut() && (!late || x.At.After(now.Add(-heldAfter))) {
			continue
		}
		if x.Error == "" {
			behind = append(behind, x)
			continue
		}
		lanes[x.Lane] = x.Error
		count(x.Error, x)
	}
	for _, x := range behind {
		// It stands behind one that failed, in its lane or as a new card for the same channel, and was not tried itself.
		why := lanes[x.Lane]
		if why == "" && len(out) > 0 {
			why = out[0].Why
		}
		if why != "" {
			count(why, x)
		}
	}
	return out
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
