package storage

import (
	"fmt"

	"casebot/desk"
)

const eventColumns = `events (case_id, seq, tenant, at, actor, name, side, audience, kind, body, prev, hash)`

// eventWidth is how many columns eventColumns names.
const eventWidth = 12

// chainRows checks that the events carry the case from prev to where its snapshot says it is, in an
// unbroken chain of hashes, and gives the values of their rows. That the first one joins on to what is stored is
// checked by the update of the case and the primary key (case, seq). A break here is a mistake of the
// program, not of a person.
func chainRows(c *desk.Case, prev int, events []desk.Event) ([]any, error) {
	values := make([]any, 0, len(events)*eventWidth)
	hash := firstPrev(c, events)
	for i := range events {
		e := &events[i]
		var err error
		body := e.Encoded
		if body == nil {
			body, err = desk.EncodeBody(e.Body)
		}
		if err == nil {
			err = validJSON(body)
		}
		if err != nil {
			return nil, err
		}
		if e.Case != c.ID || e.Tenant != c.Tenant || e.Seq != prev+1+i || e.Prev != hash || !e.Sealed(body) {
			return nil, fmt.Errorf("event %d of %s does not join the chain", e.Seq, c.ID)
		}
		hash = e.Hash
		values = append(values, e.Case, e.Seq, e.Tenant, millis(e.At), e.Actor, e.Name, string(e.Side),
			string(e.Audience), e.Body.Kind(), string(body), e.Prev, e.Hash)
	}
	if c.Seq != prev+len(events) || c.LastHash != hash {
		return nil, fmt.Errorf("the events of %s do not end where its snapshot does, at event %d", c.ID, c.Seq)
	}
	return values, nil
}

// firstPrev is the hash the events go on from. Without events (a sweep that found nothing to do only
// moves the due instant on) it is the snapshot's own.
func firstPrev(c *desk.Case, events []desk.Event) string {
	if len(events) == 0 {
		return c.LastHash
	}
	return events[0].Prev
}

const selectEvents = `select case_id, seq, tenant, at, actor, name, side, audience, kind, body, prev, hash from events `

// scanEvent reads a row of selectEvents. The body stays raw.
func scanEvent(scan scanner) (e desk.Event, kind string, body []byte, err error) {
	var at int64
	var side, audience string
	err = scan(&e.Case, &e.Seq, &e.Tenant, &at, &e.Actor, &e.Name, &side, &audience, &kind, &body, &e.Prev, &e.Hash)
	e.At, e.Side, e.Audience = instant(at), desk.PartyKind(side), desk.Audience(audience)
	return e, kind, body, err
}

// Events implements desk.Reader: the events of one case in order; none for a case that is not there.
func (r *reader) Events(caseID string) ([]desk.Event, error) {
	var out []desk.Event
	err := r.db.query(r.ctx, selectEvents+`where case_id = $1 order by seq`, []any{caseID}, func(scan scanner) error {
		e, kind, body, err := scanEvent(scan)
		if err == nil {
			e.Body, err = desk.DecodeBody(kind, body)
		}
		out = append(out, e)
		return err
	})
	return out, err
}

// pageSize is how many rows the walks below read at a time. They read in pages so that the caller's
// function may ask the same Reader something else meanwhile: PostgreSQL has one open result a connection.
const pageSize = 500

// EachEvent implements desk.Reader. A body that cannot be read is left nil; the raw bytes still come.
func (r *reader) EachEvent(f func(desk.Event, []byte) error) error {
	type row struct {
		e    desk.Event
		body []byte
	}
	last, seq := "", 0
	for {
		var page []row
		err := r.db.query(r.ctx, selectEvents+`where (case_id, seq) > ($1, $2) order by case_id, seq limit $3`,
			[]any{last, seq, pageSize}, func(scan scanner) error {
				e, kind, body, err := scanEvent(scan)
				if err != nil {
					return err
				}
				// The audit judges a body it can't read; reading goes on.
				e.Body, _ = desk.DecodeBody(kind, body)
				page = append(page, row{e, body})
				return nil
			})
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := f(p.e, p.body); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		last, seq = page[len(page)-1].e.Case, page[len(page)-1].e.Seq
	}
}
