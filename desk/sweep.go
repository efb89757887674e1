package desk

import (
	"context"
	"time"
)

// sweepBatch is how many due cases share one transaction.
const sweepBatch = 50

// Sweep acts on every clock that has fallen due by now and says how many cases it touched. In one
// transaction a due row appends its event, writes the outgoing message and sets its next threshold
// (SLA.md §4). A case that can't be handled is logged and left for the next sweep; it holds up no other.
func (d *Desk) Sweep(ctx context.Context, now time.Time) (int, error) {
	now = stamp(now)
	done, bad := 0, map[string]bool{}
	for {
		var ids []string
		err := d.Store.Update(ctx, func(tx Tx) error {
			var err error
			if ids, err = tx.DueCases(now, sweepBatch+len(bad)); err != nil {
				return err
			}
			for _, id := range ids {
				if !bad[id] {
					if err := d.tick(tx, id, now); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if KindOf(err) == KindBusy || ctx.Err() != nil {
			return done, err
		}
		if err != nil {
			// One of them is at fault: take each by itself, so that the others are not held up.
			for _, id := range ids {
				if bad[id] {
					continue
				}
				if err := d.Store.Update(ctx, func(tx Tx) error { return d.tick(tx, id, now) }); err != nil {
					bad[id] = true
					d.Log.Error("a due case could not be handled", "case", id, "err", err)
				} else {
					done++
				}
			}
			continue
		}
		fresh := 0
		for _, id := range ids {
			if !bad[id] {
				fresh++
			}
		}
		done += fresh
		if fresh < sweepBatch {
			return done, nil
		}
	}
}

// tick acts on one due case. A case with nothing to do is written all the same, so that its stored
// due instant moves on and it is not found for ever.
func (d *Desk) tick(tx Tx, id string, now time.Time) error {
	c, err := tx.CaseForUpdate(id)
	if err != nil {
		return err
	}
	book, err := d.bookFor(tx, c.Handbook)
	if err != nil {
		return err
	}
	self := Person{ID: System, Name: "casebot"}
	events, after, err := Decide(c, tick{}, d.env(tx, Act{By: self, Now: now}, book, c))
	if err != nil {
		return err
	}
	return d.put(tx, c, after, events, now)
}
