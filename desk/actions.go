package desk

import (
	"context"
	"strings"
	"time"
)

// AddAction keeps an action item of an ops review (handbook §8: tracked to closure). It belongs to the
// actor's own party.
func (d *Desk) AddAction(ctx context.Context, by Person, a Action, now time.Time) (Action, error) {
	switch {
	case by.Has(Observer) && len(by.Roles) == 1:
		return a, Errf(KindForbidden, "You can read action items but not add them.")
	case blank(a.Title):
		return a, Errf(KindInvalid, "Say what is to be done.")
	case !a.Due.After(now):
		return a, Errf(KindInvalid, "Say by when it is to be done, with a date that is still ahead.")
	}
	if a.Owner == "" {
		a.Owner = by.ID
	}
	a.Tenant, a.By, a.At, a.Due = by.Party, by.ID, stamp(now), stamp(a.Due)
	a.ID = DeliveryID(by.ID + a.Title + a.At.Format(time.RFC3339Nano))[:6]
	return a, d.Store.Update(ctx, func(tx Tx) error { return tx.PutAction(a) })
}

// Actions lists the open action items of the person's party.
func (d *Desk) Actions(ctx context.Context, by Person) ([]Action, error) {
	var out []Action
	err := d.Store.View(ctx, func(r Reader) error {
		var err error
		out, err = r.Actions(Scope{Tenant: by.Party}, true)
		return err
	})
	return out, err
}

// CloseAction marks one of the party's action items as done.
func (d *Desk) CloseAction(ctx context.Context, by Person, id string, now time.Time) (Action, error) {
	var done Action
	err := d.Store.Update(ctx, func(tx Tx) error {
		all, err := tx.Actions(Scope{Tenant: by.Party}, true)
		if err != nil {
			return err
		}
		for _, a := range all {
			if strings.EqualFold(a.ID, strings.TrimSpace(id)) {
				a.Done = stamp(now)
				done = a
				return tx.PutAction(a)
			}
		}
		return Errf(KindNotFound, "There is no open action item %s. Use /case action to list them.", quoted(id))
	})
	return done, err
}
