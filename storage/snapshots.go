package storage

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"casebot/desk"
)

// A case's snapshot is stored from its second act on. Until then its state is what the events of its filing come to, which
// is as quick to read, and what a person wrote goes to the disk once (docs/decisions/0015-snapshot-from-the-second-act.md).

const putSnapshot = `insert into case_bodies (id, tenant, body) values ($1, $2, $3) on conflict (id) do update set body = excluded.body`

// oneAct says whether events may be all that happened to a case, because they are of one instant. Only such a case may be
// without a snapshot: where more happened, one that is missing was taken away.
func oneAct(events []desk.Event) bool {
	return len(events) > 0 && !slices.ContainsFunc(events, func(e desk.Event) bool { return !e.At.Equal(events[0].At) })
}

// stored is what the store has of a case's state: a snapshot, or the events that it is to come to. It is read by one
// statement, so that nobody's second act comes between the two.
type stored struct {
	id, lastHash string
	seq          int
	body         []byte
	events       []desk.Event
}

// selectStored reads what is stored of the cases whose ids a statement gives: a row for each, or one for each event where there
// is no snapshot.
func selectStored(ids string) string {
	return `select c.id, c.seq, c.last_hash, coalesce(b.body, ''), coalesce(e.seq, 0), coalesce(e.tenant, ''), coalesce(e.at, 0), coalesce(e.actor, ''),
		coalesce(e.name, ''), coalesce(e.side, ''), coalesce(e.audience, ''), coalesce(e.kind, ''), coalesce(e.body, ''), coalesce(e.prev, ''), coalesce(e.hash, '')
		from (` + ids + `) found cross join cases c left join case_bodies b on b.id = c.id left join events e on e.case_id = c.id and b.id is null
		where c.id = found.id`
}

// stored reads what is stored of cases, in any order.
func (r *reader) stored(ids string, args []any) ([]*stored, error) {
	var out []*stored
	at := map[string]*stored{}
	err := r.db.query(r.ctx, selectStored(ids), args, func(scan scanner) error {
		var s stored
		var e desk.Event
		var ms int64
		var side, audience, kind string
		var body []byte
		if err := scan(&s.id, &s.seq, &s.lastHash, &s.body, &e.Seq, &e.Tenant, &ms, &e.Actor, &e.Name, &side, &audience, &kind, &body, &e.Prev, &e.Hash); err != nil {
			return err
		}
		had := at[s.id]
		if had == nil {
			had = &s
			at[s.id], out = had, append(out, had)
		}
		if e.Seq == 0 {
			return nil
		}
		e.Case, e.At, e.Side, e.Audience = s.id, instant(ms), desk.PartyKind(side), desk.Audience(audience)
		var err error
		e.Body, err = desk.DecodeBody(kind, body)
		had.events = append(had.events, e)
		return err
	})
	return out, err
}

// state gives the case; nil where what is stored does not come to the event that the case is at.
func (s *stored) state() (*desk.Case, error) {
	if len(s.body) > 0 {
		c := new(desk.Case)
		if err := json.Unmarshal(s.body, c); err != nil {
			return nil, fmt.Errorf("read a case's snapshot: %w", err)
		}
		return c, nil
	}
	slices.SortFunc(s.events, func(a, b desk.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	if c := desk.Fold(s.events); oneAct(s.events) && c.Seq == s.seq && c.LastHash == s.lastHash {
		return c, nil
	}
	return nil, nil
}

// Case implements desk.Reader.
func (r *reader) Case(id string) (*desk.Case, error) {
	// An id no database could hold is an id that is not there.
	if strings.IndexByte(id, 0) >= 0 || !utf8.ValidString(id) {
		return nil, desk.NoSuchCase(id)
	}
	found, err := r.cases(`select id from cases where id = $1`, []any{id})
	if err == nil && len(found) == 0 {
		err = desk.NoSuchCase(id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// cases reads the cases whose ids a statement gives, in any order, those that have lost their state left out.
func (r *reader) cases(ids string, args []any) ([]*desk.Case, error) {
	var out []*desk.Case
	all, err := r.stored(ids, args)
	for i := 0; i < len(all) && err == nil; i++ {
		var c *desk.Case
		if c, err = all[i].state(); c != nil {
			out = append(out, c)
		}
	}
	return out, err
}

// LostCases implements desk.Reader.
func (r *reader) LostCases() ([]string, error) {
	var out []string
	err := r.db.query(r.ctx, `select c.id from cases c where not exists (select 1 from case_bodies b where b.id = c.id)
		and not exists (select 1 from events e where e.case_id = c.id) order by c.id`, nil, func(scan scanner) error {
		var id string
		err := scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}
