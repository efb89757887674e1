package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"casebot/desk"
)

// reader implements desk.Reader on a transaction.
type reader struct {
	ctx context.Context
	db  runner
}

// tx implements desk.Tx. It remembers the first failed write, because a transaction part of which failed
// must not be committed even when the caller's function looks away.
type tx struct {
	reader
	lanes  map[string]lane // Lanes that got something pending; written at the end, in order of name.
	failed error
}

var (
	_ desk.Reader = (*reader)(nil)
	_ desk.Tx     = (*tx)(nil)
)

// one reads a single row; found is false when there is none.
func (r *reader) one(sql string, args []any, dest ...any) (found bool, err error) {
	err = r.db.query(r.ctx, sql, args, func(scan scanner) error {
		found = true
		return scan(dest...)
	})
	return found, err
}

func (t *tx) fail(err error) error {
	if err != nil && t.failed == nil {
		t.failed = err
	}
	return err
}

// encode gives the JSON of something that holds people's text, as typed. JSON has an escape for NUL, which
// PostgreSQL's text lacks, so everything a person can type is kept without loss on both databases; bytes
// that are no UTF-8 are refused rather than silently replaced.
func encode(v any) (string, error) {
	buf := encodings.Get().(*bytes.Buffer)
	defer encodings.Put(buf)
	buf.Reset()
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	data := bytes.TrimRight(buf.Bytes(), "\n")
	return string(data), validJSON(data)
}

// encodings are the buffers of encode: a new one grows half a dozen times.
var encodings = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// lossless makes a text that could not be kept as typed the person's mistake, whoever encoded it.
func lossless(body string, err error) (string, error) {
	if errors.Is(err, desk.ErrNotUTF8) {
		err = invalid(err)
	}
	return body, err
}

// validJSON finds the escape \ufffd, which encoding/json writes for a broken byte only: a U+FFFD that
// somebody typed stands there as itself, and a typed backslash is doubled.
func validJSON(data []byte) error {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(`\ufffd`))
		if i < 0 {
			return nil
		}
		at += i
		slashes := 0
		for at-slashes > 0 && data[at-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return invalid(desk.ErrNotUTF8)
		}
		at++
	}
}

// fold makes the form in which texts are compared: small letters, nothing a database cannot hold.
func fold(s string) string {
	s = strings.ToLower(strings.ToValidUTF8(s, " "))
	return strings.TrimSpace(strings.ReplaceAll(s, "\x00", " "))
}

const caseColumns = `cases (id, tenant, seq, last_hash, status, open, severity, reached, restricted,
	agent, engineer, customer, signature, filed_at, updated_at, due_at, search)`

// The update insists on the version and the hash the decision was made on, so that of two writers one
// changes no row, whatever the isolation level.
const updateCase = `update cases set seq = $3, last_hash = $4, status = $5, open = $6, severity = $7, reached = $8,
	restricted = $9, agent = $10, engineer = $11, customer = $12, signature = $13, filed_at = $14, updated_at = $15,
	due_at = $16, search = $17 where id = $1 and tenant = $2 and seq = $18 and last_hash = $19`

func caseRow(c *desk.Case) []any {
	customer := c.Field(desk.FieldCustomer)
	return []any{c.ID, c.Tenant, c.Seq, c.LastHash, string(c.Status), c.Open(), int(c.Severity), c.Reached, c.Restricted,
		c.Agent, c.Engineer, fold(customer), fold(c.Signature), millis(c.FiledAt), millis(c.UpdatedAt), firstDue(c),
		fold(c.ID + " " + c.Summary + " " + customer)}
}

// CaseForUpdate implements desk.Tx. The lock is on the row in cases, which every writer takes first. The
// snapshot is read by a statement of its own, in the same round trip: one statement for both would read
// the snapshot as it was before it waited for the lock.
func (t *tx) CaseForUpdate(id string) (*desk.Case, error) {
	if strings.IndexByte(id, 0) < 0 && utf8.ValidString(id) {
		if err := t.put(`select 1 from cases where id = $1 for update`, id); err != nil {
			return nil, err
		}
	}
	c, err := t.Case(id)
	if err != nil && desk.KindOf(err) != desk.KindNotFound {
		return nil, t.fail(err)
	}
	return c, err
}

// PutCase implements desk.Tx: all of it is one round trip.
func (t *tx) PutCase(c *desk.Case, prev int, events []desk.Event, notices []desk.Notice) error {
	return t.fail(t.putCase(c, prev, events, notices))
}

func (t *tx) putCase(c *desk.Case, prev int, events []desk.Event, notices []desk.Notice) error {
	eventRows, err := chainRows(c, prev, events)
	if err != nil {
		return err
	}
	row := caseRow(c)
	var stmts []stmt
	if prev == 0 {
		stmts = inserts(caseColumns, "", len(row), row)
	} else {
		stmts = append(stmts, stmt{sql: updateCase, args: append(row, prev, firstPrev(c, events)), counted: true})
	}
	if prev != 0 || !oneAct(events) {
		body, err := lossless(desk.EncodeCase(c))
		if err != nil {
			return err
		}
		stmts = append(stmts, stmt{sql: putSnapshot, args: []any{c.ID, c.Tenant, body}})
	}
	stmts = append(stmts, inserts(eventColumns, "", eventWidth, eventRows)...)
	if c.Restricted {
		stmts = append(stmts, stmt{sql: `delete from invited where case_id = $1`, args: []any{c.ID}})
		var values []any
		for _, p := range c.Invited {
			values = append(values, c.ID, p, c.Tenant)
		}
		stmts = append(stmts, inserts(`invited (case_id, person, tenant)`, `on conflict (case_id, person) do nothing`, 3, values)...)
	}
	more, err := t.noticeStmts(notices)
	if err != nil {
		return err
	}
	changed, err := t.db.batch(t.ctx, append(stmts, more...))
	if err == nil && prev != 0 && changed == 0 {
		err = conflict(fmt.Errorf("%s is no longer at event %d", c.ID, prev))
	}
	return err
}

// firstDue is the earliest instant at which a running clock has something to do; 0 when none has.
func firstDue(c *desk.Case) int64 {
	first := int64(0)
	for i := range c.Clocks {
		if at, ok := c.Clocks[i].NextDue(); ok && (first == 0 || millis(at) < first) {
			first = millis(at)
		}
	}
	return first
}

// DueCases implements desk.Tx. due_at > 0 stands there for the partial index.
func (t *tx) DueCases(now time.Time, limit int) ([]string, error) {
	var ids []string
	err := t.db.query(t.ctx, `select id from cases where due_at > 0 and due_at <= $1 order by due_at, id limit $2
		for update skip locked`, []any{millis(now), limit}, func(scan scanner) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, t.fail(err)
}

// NextDue implements desk.Reader.
func (r *reader) NextDue() (time.Time, bool, error) {
	var at int64
	found, err := r.one(`select due_at from cases where due_at > 0 order by due_at limit 1`, nil, &at)
	return instant(at), found, err
}

// NextNumber implements desk.Tx.
func (t *tx) NextNumber(tenant string) (int, error) {
	n := 0
	found, err := t.one(`update numbers set last = last + 1 where tenant = $1 returning last`, []any{tenant}, &n)
	if err == nil && !found {
		// The Partner's first. Somebody else may be filing it too.
		_, err = t.one(`insert into numbers (tenant, last) values ($1, 1001)
			on conflict (tenant) do update set last = numbers.last + 1 returning last`, []any{tenant}, &n)
	}
	return n, t.fail(err)
}

// Seen implements desk.Tx.
func (t *tx) Seen(key string, at time.Time) (bool, error) {
	n, err := t.db.exec(t.ctx, `insert into inbound (key, at) values ($1, $2) on conflict (key) do nothing`, key, millis(at))
	return err == nil && n == 0, t.fail(err)
}
