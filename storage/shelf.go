package storage

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"casebot/desk"
)

// put is a write whose outcome nobody waits for before the commit.
func (t *tx) put(sql string, args ...any) error {
	return t.fail(t.db.later(t.ctx, stmt{sql: sql, args: args}))
}

// putJSON is put with a last argument that is stored as JSON.
func (t *tx) putJSON(sql string, v any, args ...any) error {
	body, err := encode(v)
	if err != nil {
		return t.fail(err)
	}
	return t.put(sql, append(args, body)...)
}

// fit makes a text from a platform or a driver fit for a column: it is only shown, so a broken byte is
// replaced instead of refused.
func fit(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// list reads JSON rows.
func list[T any](r *reader, sql string, args ...any) ([]T, error) {
	var out []T
	err := r.db.query(r.ctx, sql, args, func(scan scanner) error {
		var body []byte
		var v T
		if err := scan(&body); err != nil {
			return err
		}
		err := json.Unmarshal(body, &v)
		out = append(out, v)
		return err
	})
	return out, err
}

// bytesOf reads one value of bytes.
func (r *reader) bytesOf(what, sql string, args ...any) ([]byte, error) {
	var data []byte
	found, err := r.one(sql, args, &data)
	if err == nil && !found {
		err = notFound(what)
	}
	return data, err
}

// Draft implements desk.Reader.
func (r *reader) Draft(id string) (desk.Draft, error) {
	ds, err := list[desk.Draft](r, `select body from drafts where id = $1`, id)
	if err == nil && len(ds) == 0 {
		err = notFound("draft")
	}
	if err != nil {
		return desk.Draft{}, err
	}
	return ds[0], nil
}

// Drafts implements desk.Reader, the latest first.
func (r *reader) Drafts(person string) ([]desk.Draft, error) {
	return list[desk.Draft](r, `select body from drafts where person = $1 order by updated_at desc, id`, person)
}

// PutDraft implements desk.Tx.
func (t *tx) PutDraft(d desk.Draft) error {
	return t.putJSON(`insert into drafts (id, tenant, person, updated_at, body) values ($1, $2, $3, $4, $5)
		on conflict (id) do update set tenant = excluded.tenant, person = excluded.person, updated_at = excluded.updated_at, body = excluded.body`,
		d, d.ID, d.Tenant, d.Person, millis(d.UpdatedAt))
}

// DeleteDraft implements desk.Tx. A draft that is not there is no error.
func (t *tx) DeleteDraft(id string) error { return t.put(`delete from drafts where id = $1`, id) }

// Actions implements desk.Reader, by due date. Scope.Tenant narrows it; the rest of a scope is about cases.
func (r *reader) Actions(scope desk.Scope, openOnly bool) ([]desk.Action, error) {
	w := &where{}
	if scope.Tenant != "" {
		w.and("tenant = ?", scope.Tenant)
	}
	if openOnly {
		w.and("open = 1")
	}
	return list[desk.Action](r, `select body from actions where `+w.String()+` order by due_at, id`, w.args...)
}

// PutAction implements desk.Tx.
func (t *tx) PutAction(a desk.Action) error {
	return t.putJSON(`insert into actions (id, tenant, open, due_at, body) values ($1, $2, $3, $4, $5)
		on conflict (id) do update set tenant = excluded.tenant, open = excluded.open, due_at = excluded.due_at, body = excluded.body`,
		a, a.ID, a.Tenant, a.Done.IsZero(), millis(a.Due))
}

// Handbook implements desk.Reader.
func (r *reader) Handbook(version string) ([]byte, error) {
	return r.bytesOf("handbook version", `select source from handbooks where version = $1`, version)
}

// PutHandbook implements desk.Tx. Cases are pinned to a version, so its text never changes: the same
// text again is fine, another one is KindConflict.
func (t *tx) PutHandbook(version string, source []byte, at time.Time) error {
	old, err := t.Handbook(version)
	switch {
	case err == nil && bytes.Equal(old, source):
		return nil
	case err == nil:
		return t.fail(conflict(fmt.Errorf("handbook version %s is stored with another text", version)))
	case desk.KindOf(err) != desk.KindNotFound:
		return t.fail(err)
	}
	return t.put(`insert into handbooks (version, at, source) values ($1, $2, $3)`, version, millis(at), some(source))
}

// Blob implements desk.Reader.
func (r *reader) Blob(sum string) ([]byte, error) {
	return r.bytesOf("file", `select data from blobs where sha256 = $1`, sum)
}

// PutBlob implements desk.Tx. The same bytes are kept once; bytes that do not have the hash are refused.
func (t *tx) PutBlob(sum string, data []byte) error {
	if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
		return t.fail(fmt.Errorf("the file's bytes do not have the hash %.16s", sum))
	}
	return t.put(`insert into blobs (sha256, data) values ($1, $2) on conflict (sha256) do nothing`, sum, some(data))
}

// some makes nil an empty value: the columns hold no NULL.
func some(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// State implements desk.Reader.
func (r *reader) State(space, key string) ([]byte, error) {
	return r.bytesOf("value", `select value from state where space = $1 and key = $2`, space, key)
}

// EachState implements desk.Reader, in pages as EachEvent does.
func (r *reader) EachState(space string, f func(key string, value []byte) error) error {
	type pair struct {
		key   string
		value []byte
	}
	last, first := "", true
	for {
		var page []pair
		sql := `select key, value from state where space = $1 and key > $2 order by key limit $3`
		if first {
			sql = `select key, value from state where space = $1 and key >= $2 order by key limit $3`
		}
		err := r.db.query(r.ctx, sql, []any{space, last, pageSize}, func(scan scanner) error {
			var p pair
			err := scan(&p.key, &p.value)
			page = append(page, p)
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := f(p.key, p.value); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		last, first = page[len(page)-1].key, false
	}
}

// PutState implements desk.Tx.
func (t *tx) PutState(space, key string, value []byte) error {
	return t.put(`insert into state (space, key, value) values ($1, $2, $3) on conflict (space, key) do update set value = excluded.value`,
		space, key, some(value))
}

// DeleteState implements desk.Tx.
func (t *tx) DeleteState(space, key string) error {
	return t.put(`delete from state where space = $1 and key = $2`, space, key)
}

// DeleteStateIf implements desk.Tx. It is one statement, so that it sees on every database what was committed last.
func (t *tx) DeleteStateIf(space, key string, value []byte) error {
	return t.put(`delete from state where space = $1 and key = $2 and value = $3`, space, key, some(value))
}
