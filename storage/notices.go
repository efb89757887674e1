package storage

import (
	"encoding/json"
	"fmt"
	"time"

	"casebot/desk"
)

const noticeColumns = `notices (id, key, tenant, lane, state, not_before, attempts, started_at, sent_at, ref, error, body)`

// noticeWidth is how many columns noticeColumns names.
const noticeWidth = 12

// PutNotice implements desk.Tx. A notice whose key exists is skipped without an error.
func (t *tx) PutNotice(n desk.Notice) error {
	stmts, err := t.noticeStmts([]desk.Notice{n})
	if err == nil {
		err = t.db.later(t.ctx, stmts...)
	}
	return t.fail(err)
}

// noticeStmts makes the inserts of notices and notes their lanes. The keys of everything ever told
// stay in the table, so that the same thing is not told twice.
func (t *tx) noticeStmts(ns []desk.Notice) ([]stmt, error) {
	values := make([]any, 0, len(ns)*noticeWidth)
	for i := range ns {
		n := &ns[i]
		if n.ID == "" || n.Key == "" || n.Lane == "" {
			return nil, fmt.Errorf("a notice needs an id, a key and a lane: %q, %q, %q", n.ID, n.Key, n.Lane)
		}
		body, err := lossless(desk.EncodeNotice(n))
		if err != nil {
			return nil, err
		}
		values = append(values, n.ID, n.Key, n.Tenant, n.Lane, string(desk.DeliveryPending), millis(n.NotBefore), 0, 0, 0, "", "", body)
		t.touch(lane{name: n.Lane, tenant: n.Tenant, readyAt: millis(n.NotBefore), room: n.Room})
	}
	return inserts(noticeColumns, "on conflict do nothing", noticeWidth, values), nil
}

const deliveryColumns = `select n.id, n.lane, n.state, n.not_before, n.attempts, n.started_at, n.sent_at, n.ref, n.error, n.body, `

const selectDeliveries = deliveryColumns + `coalesce(l.ready_at, 0), coalesce(w.room, '')
	from notices n left join lanes l on l.lane = n.lane and l.leased = n.id left join lanes w on w.lane = n.lane and n.state = 'pending' `

// scanDelivery reads a row of deliveryColumns, the end of the lease and the room that the lane waits for.
func scanDelivery(scan scanner) (desk.Delivery, error) {
	var d desk.Delivery
	var id, lane, state, ref string
	var notBefore, started, sent, leased int64
	var body []byte
	if err := scan(&id, &lane, &state, &notBefore, &d.Attempts, &started, &sent, &ref, &d.Error, &body, &leased, &d.Waits); err != nil {
		return d, err
	}
	if err := json.Unmarshal(body, &d.Notice); err != nil {
		return d, fmt.Errorf("read a notice: %w", err)
	}
	d.NotBefore = instant(notBefore)
	d.State, d.Ref = desk.DeliveryState(state), desk.Ref(ref)
	d.Started, d.SentAt, d.Leased = started != 0, instant(sent), instant(leased)
	return d, nil
}

// Deliveries implements desk.Reader. The states are named in the statement, because a partial index
// answers only a condition it can see.
func (r *reader) Deliveries(state desk.DeliveryState, limit int) ([]desk.Delivery, error) {
	cond := `where n.state = $1`
	switch state {
	case desk.DeliveryPending:
		cond = `where n.state = 'pending' and n.state = $1`
	case desk.DeliveryDead, desk.DeliveryDoubt, desk.DeliveryDropped:
		cond = `where n.state in ('dead', 'doubt', 'dropped') and n.state = $1`
	}
	if limit <= 0 {
		limit = 50
	}
	var out []desk.Delivery
	err := r.db.query(r.ctx, selectDeliveries+cond+` order by n.pos limit $2`, []any{string(state), limit}, func(scan scanner) error {
		d, err := scanDelivery(scan)
		out = append(out, d)
		return err
	})
	return out, err
}

// Sending implements desk.Reader. The lanes that are leased are few, and their index holds no others. The
// notice of each is looked up by itself, so that both databases begin with the lanes, however many notices are pending.
func (r *reader) Sending() ([]string, error) {
	var out []string
	err := r.db.query(r.ctx, `select leased from lanes where leased <> '' and (select n.started_at from notices n
		where n.lane = lanes.lane and n.state = 'pending' and n.id = lanes.leased order by n.pos limit 1) > 0 order by leased`, nil, func(scan scanner) error {
		var id string
		err := scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}

// BeginDelivery implements desk.Tx. Only the holder of a lease that still runs may send: for anybody
// else it is KindConflict, because the notice has been or will be given to another worker.
func (t *tx) BeginDelivery(id string, now time.Time) error {
	lane := ""
	found, err := t.one(`select lane from lanes where leased = $1 and leased <> '' and ready_at > $2 for update`, []any{id, millis(now)}, &lane)
	if err == nil && !found {
		err = notYours(id)
	}
	if err != nil {
		return t.fail(err)
	}
	return t.put(`update notices set started_at = $3, attempts = attempts + 1 where pos = `+leasedPos, id, lane, millis(now))
}

// leasedPos finds the notice with id $1 among those pending in lane $2. It is the first, as a rule.
const leasedPos = `(select pos from notices where lane = $2 and state = 'pending' and id = $1 order by pos limit 1)`

func notYours(id string) error {
	return &desk.Error{Kind: desk.KindConflict, Say: "This notice is no longer yours to deliver.",
		Err: fmt.Errorf("delivery %s is not leased", id)}
}

// EndDelivery implements desk.Tx: it records the outcome and gives the lane back. The lane is locked
// first, as everywhere, so that whoever adds to it meanwhile waits, and the look for what comes next sees
// their notice.
func (t *tx) EndDelivery(id string, state desk.DeliveryState, ref desk.Ref, errText string, notBefore, now time.Time) error {
	lane, err := t.leasing(id)
	if err != nil {
		return t.fail(err)
	}
	sent := int64(0)
	if state == desk.DeliverySent {
		sent = millis(now)
	}
	began := `0`
	if state == desk.DeliveryUnclear {
		state, began = desk.DeliveryPending, `started_at`
	}
	outcome := stmt{sql: `update notices set state = $3, ref = $4, error = $5, not_before = $6, started_at = ` + began + `, sent_at = $7 where pos = ` + leasedPos,
		args: []any{id, lane, string(state), fit(string(ref)), fit(errText), millis(notBefore), sent}}
	return t.fail(t.db.later(t.ctx, append([]stmt{outcome}, next(lane, state == desk.DeliveryPending)...)...))
}

// leasing locks the lane in which a notice is leased.
func (t *tx) leasing(id string) (lane string, err error) {
	found, err := t.one(`select lane from lanes where leased = $1 and leased <> '' for update`, []any{id}, &lane)
	if err == nil && !found {
		err = notYours(id)
	}
	return lane, err
}

// HoldDelivery implements desk.Tx.
func (t *tx) HoldDelivery(id, room, errText string, begun bool, notBefore time.Time) error {
	lane, err := t.leasing(id)
	if err != nil {
		return t.fail(err)
	}
	began := `0`
	if begun {
		began = `started_at`
	}
	held := stmt{sql: `update notices set error = $3, not_before = $4, started_at = ` + began + ` where pos = ` + leasedPos, args: []any{id, lane, fit(errText), millis(notBefore)}}
	return t.fail(t.db.later(t.ctx, append([]stmt{held}, back(`$2`, lane, room)...)...))
}

// RetryDelivery implements desk.Tx. The notice takes its old place: before everything later in its lane.
// The first condition stands there for the partial index.
func (t *tx) RetryDelivery(id string, now time.Time) error {
	var l lane
	var pos int64
	found, err := t.one(`select pos, lane, tenant from notices where state in ('dead', 'doubt', 'dropped') and state <> 'dropped'
		and id = $1`, []any{id}, &pos, &l.name, &l.tenant)
	switch {
	case err != nil:
		return t.fail(err)
	case !found:
		return t.fail(notFound("notice to retry"))
	}
	l.readyAt = millis(now)
	t.touch(l)
	return t.put(`update notices set state = 'pending', not_before = $2, started_at = 0 where pos = $1`, pos, l.readyAt)
}
