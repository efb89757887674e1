package storage

import (
	"maps"
	"slices"
	"time"

	"casebot/desk"
)

// A lane with something pending has one row in lanes. ready_at is when to look at it next: the head's
// not_before, or the end of the lease while one runs. So a claim looks at the lanes that are ready and
// at nothing else, with a million sent notices behind it or ten thousand lanes waiting.
//
// Whoever adds to a lane or takes from it locks the lane's row first; a row is removed only under that
// lock and after looking for pending notices. So no notice is ever left in a lane without a row.

// lane is a lane to be written at the end of the transaction.
type lane struct {
	name, tenant string
	readyAt      int64
}

// touch notes that a lane has something pending from an instant on.
func (t *tx) touch(l lane) {
	if t.lanes == nil {
		t.lanes = map[string]lane{}
	}
	if old, ok := t.lanes[l.name]; !ok || l.readyAt < old.readyAt {
		t.lanes[l.name] = l
	}
}

// laneWidth is how many values a row of lanes has.
const laneWidth = 4

// finish is called when the caller's function gave no error, right before the commit. The lanes are
// locked last and in order of name: two transactions that tell the same people wait for each other
// briefly and never in a ring. A lane that is leased keeps its instant; the end of the lease looks again.
func (t *tx) finish() error {
	if t.failed != nil || len(t.lanes) == 0 {
		return t.failed
	}
	values := make([]any, 0, len(t.lanes)*laneWidth)
	for _, name := range slices.Sorted(maps.Keys(t.lanes)) {
		l := t.lanes[name]
		values = append(values, l.name, l.tenant, l.readyAt, "")
	}
	// An earlier instant only, and an update even when it changes nothing: the update is the lock.
	return t.db.later(t.ctx, inserts(`lanes (lane, tenant, ready_at, leased)`, `on conflict (lane) do update set
		ready_at = case when lanes.leased = '' and excluded.ready_at < lanes.ready_at then excluded.ready_at else lanes.ready_at end`, laneWidth, values)...)
}

// selectHeads reads the pending notice of a lane that comes next: the one that was leased, when the lease
// has run out, else the oldest.
const selectHeads = deliveryColumns + `0 from lanes cross join notices n where n.pos = coalesce(
	(select h.pos from notices h where lanes.leased <> '' and h.lane = lanes.lane and h.state = 'pending' and h.id = lanes.leased
		order by h.pos limit 1),
	(select min(h.pos) from notices h where h.lane = lanes.lane and h.state = 'pending')) and `

// next gives a lane back: ready when its next pending notice is, or gone when there is none.
func next(name string) []stmt {
	return []stmt{
		{sql: `update lanes set leased = '', ready_at = coalesce((select not_before from notices
			where lane = $1 and state = 'pending' order by pos limit 1), -1) where lane = $1`, args: []any{name}},
		{sql: `delete from lanes where lane = $1 and ready_at = -1`, args: []any{name}},
	}
}

// ClaimDeliveries implements desk.Tx.
func (t *tx) ClaimDeliveries(now time.Time, lease time.Duration, limit int) ([]desk.Delivery, error) {
	out, err := t.claim(now, lease, limit)
	return out, t.fail(err)
}

func (t *tx) claim(now time.Time, lease time.Duration, limit int) ([]desk.Delivery, error) {
	var ready []any
	err := t.db.query(t.ctx, `select lane from lanes where ready_at <= $1 order by ready_at, lane limit $2 for update skip locked`,
		[]any{millis(now), limit}, func(scan scanner) error {
			var name string
			err := scan(&name)
			ready = append(ready, name)
			return err
		})
	if err != nil || len(ready) == 0 {
		return nil, err
	}
	// The rows are locked now, so this statement sees everything that was put into these lanes before.
	w := &where{}
	w.in("lanes.lane", ready)
	var out []desk.Delivery
	heads := map[string]bool{}
	var stmts []stmt
	until := now.Add(lease)
	err = t.db.query(t.ctx, selectHeads+w.String(), w.args, func(scan scanner) error {
		d, err := scanDelivery(scan)
		if err != nil {
			return err
		}
		heads[d.Lane] = true
		if d.NotBefore.After(now) {
			// It was put in with an earlier instant than its lane's head has: look again when that is ready.
			stmts = append(stmts, stmt{sql: `update lanes set leased = '', ready_at = $2 where lane = $1`, args: []any{d.Lane, millis(d.NotBefore)}})
			return nil
		}
		d.Leased = instant(millis(until))
		out = append(out, d)
		stmts = append(stmts, stmt{sql: `update lanes set leased = $2, ready_at = $3 where lane = $1`, args: []any{d.Lane, d.ID, millis(until)}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range ready {
		if !heads[name.(string)] {
			stmts = append(stmts, stmt{sql: `delete from lanes where lane = $1`, args: []any{name}})
		}
	}
	// Oldest first, so that what has waited longest is sent first.
	slices.SortFunc(out, func(a, b desk.Delivery) int { return a.At.Compare(b.At) })
	return out, t.db.later(t.ctx, stmts...)
}
