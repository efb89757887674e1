package storage

import (
	"cmp"
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
	room         string // What it waits for: its channel's limit while it begins with a new card, or a place that takes nothing.
}

// touch notes that a lane has something pending from an instant on.
func (t *tx) touch(l lane) {
	if t.lanes == nil {
		t.lanes = map[string]lane{}
	}
	if old, ok := t.lanes[l.name]; ok {
		l.room, l.readyAt = old.room, min(l.readyAt, old.readyAt) // What was put in first comes first.
	}
	t.lanes[l.name] = l
}

// laneWidth is how many values a row of lanes has.
const laneWidth = 5

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
		values = append(values, l.name, l.tenant, l.readyAt, "", l.room)
	}
	// An earlier instant only, and an update even when it changes nothing: the update is the lock.
	return t.db.later(t.ctx, inserts(`lanes (lane, tenant, ready_at, leased, room)`, `on conflict (lane) do update set
		ready_at = case when lanes.leased = '' and excluded.ready_at < lanes.ready_at then excluded.ready_at else lanes.ready_at end`, laneWidth, values)...)
}

// selectHeads reads the pending notice of a lane that comes next: the one that was leased, when the lease
// has run out, else the oldest.
const selectHeads = deliveryColumns + `0, lanes.room from lanes cross join notices n where n.pos = coalesce(
	(select h.pos from notices h where lanes.leased <> '' and h.lane = lanes.lane and h.state = 'pending' and h.id = lanes.leased
		order by h.pos limit 1),
	(select min(h.pos) from notices h where h.lane = lanes.lane and h.state = 'pending')) and `

// next gives a lane back: ready when its next pending notice is, or gone when there is none. One whose first notice stays
// pending still waits for its room.
func next(name string, stays bool) []stmt {
	room := `''`
	if stays {
		room = `room`
	}
	return back(room, name)
}

// back gives a lane back that waits for a room from now on: an expression over the row and the values after the name.
func back(room string, args ...any) []stmt {
	name := args[0]
	return []stmt{
		{sql: `update lanes set leased = '', room = ` + room + `, ready_at = coalesce((select not_before from notices
			where lane = $1 and state = 'pending' order by pos limit 1), -1) where lane = $1`, args: args},
		{sql: `delete from lanes where lane = $1 and ready_at = -1`, args: []any{name}},
	}
}

// selectRooms lists the rooms that lanes wait for, the empty one among them where some wait for none: a step through the index
// for each room, and not for each lane.
const selectRooms = `with recursive rooms (room) as (select min(room) from lanes union all
	select (select min(lanes.room) from lanes where lanes.room > rooms.room) from rooms where rooms.room is not null)
	select room from rooms where room is not null`

// ready locks and lists the lanes that a claim may look at, those that have waited longest first. Of those that wait for
// one room it is one at a time, so that they come to it in order.
func (t *tx) ready(now time.Time, limit int, shut []string) ([]lane, error) {
	var rooms []string
	err := t.db.query(t.ctx, selectRooms, nil, func(scan scanner) error {
		var room string
		err := scan(&room)
		if !slices.Contains(shut, room) || room == "" {
			rooms = append(rooms, room)
		}
		return err
	})
	var found []lane
	for _, room := range rooms {
		if err != nil {
			break
		}
		limit := limit
		if room != "" {
			limit = 1
		}
		err = t.db.query(t.ctx, `select lane, ready_at from lanes where room = $1 and ready_at <= $2 order by ready_at, lane limit $3 for update skip locked`,
			[]any{room, millis(now), limit}, func(scan scanner) error {
				l := lane{room: room}
				err := scan(&l.name, &l.readyAt)
				found = append(found, l)
				return err
			})
	}
	slices.SortFunc(found, func(a, b lane) int { return cmp.Or(cmp.Compare(a.readyAt, b.readyAt), cmp.Compare(a.name, b.name)) })
	return found[:min(limit, len(found))], err
}

// ClaimDeliveries implements desk.Tx.
func (t *tx) ClaimDeliveries(now time.Time, lease time.Duration, limit int, shut ...string) ([]desk.Delivery, error) {
	out, err := t.claim(now, lease, limit, shut)
	return out, t.fail(err)
}

func (t *tx) claim(now time.Time, lease time.Duration, limit int, shut []string) ([]desk.Delivery, error) {
	ready, err := t.ready(now, limit, shut)
	if err != nil || len(ready) == 0 {
		return nil, err
	}
	// The rows are locked now, so this statement sees everything that was put into these lanes before.
	w := &where{}
	var names []any
	for _, l := range ready {
		names = append(names, l.name)
	}
	w.in("lanes.lane", names)
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
	for _, l := range ready {
		if !heads[l.name] {
			stmts = append(stmts, stmt{sql: `delete from lanes where lane = $1`, args: []any{l.name}})
		}
	}
	// Oldest first, so that what has waited longest is sent first.
	slices.SortFunc(out, func(a, b desk.Delivery) int { return a.At.Compare(b.At) })
	return out, t.db.later(t.ctx, stmts...)
}
