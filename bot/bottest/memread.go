package bottest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"casebot/desk"
)

// memReader implements desk.Reader on one version of the rows.
type memReader struct{ *rows }

// get reads one row of JSON.
func get[T any](in map[string][]byte, key, what string) (T, error) {
	var v T
	data, ok := in[key]
	if !ok {
		return v, missing(what)
	}
	return v, json.Unmarshal(data, &v)
}

// all reads every row of JSON that keep wants, in the order less gives.
func all[T any](in map[string][]byte, keep func(T) bool, order func(a, b T) int) ([]T, error) {
	var out []T
	for _, data := range in {
		var v T
		if err := json.Unmarshal(data, &v); err != nil {
			return nil, err
		}
		if keep(v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, order)
	return out, nil
}

// Case implements desk.Reader.
func (r *memReader) Case(id string) (*desk.Case, error) {
	data, ok := r.cases[id]
	if !ok {
		return nil, desk.NoSuchCase(id)
	}
	c := new(desk.Case)
	return c, json.Unmarshal(data, c)
}

// inScope is the coarse filter of a viewer.
func inScope(s desk.Scope, c *desk.Case) bool {
	return (s.Tenant == "" || c.Tenant == s.Tenant) && (!s.ReachedOnly || c.Reached) &&
		(s.Person == "" || !c.Restricted || slices.Contains(c.Invited, s.Person))
}

func fold(s string) string { return strings.TrimSpace(strings.ToLower(s)) }

func wanted(q desk.CaseQuery, c *desk.Case) bool {
	customer := c.Field(desk.FieldCustomer)
	text := fold(c.ID + " " + c.Summary + " " + customer)
	for _, word := range strings.Fields(fold(q.Text)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return inScope(q.Scope, c) &&
		(len(q.Statuses) == 0 || slices.Contains(q.Statuses, c.Status)) &&
		(len(q.Severities) == 0 || slices.Contains(q.Severities, c.Severity)) &&
		(q.Owner == "" || c.Agent == q.Owner || c.Engineer == q.Owner) &&
		(q.Customer == "" || fold(customer) == fold(q.Customer)) &&
		(q.Signature == "" || fold(c.Signature) == fold(q.Signature)) &&
		(q.Since.IsZero() || !c.FiledAt.Before(q.Since) || !c.UpdatedAt.Before(q.Since))
}

// Cases implements desk.Reader.
func (r *memReader) Cases(q desk.CaseQuery) ([]*desk.Case, error) {
	sign := -1
	if q.Oldest {
		sign = 1
	}
	order := func(a, b *desk.Case) int {
		return sign * cmp.Or(a.FiledAt.Compare(b.FiledAt), strings.Compare(a.ID, b.ID))
	}
	out, err := all(r.cases, func(c *desk.Case) bool { return wanted(q, c) }, order)
	if err != nil {
		return nil, err
	}
	if q.After != "" {
		after, err := r.Case(q.After)
		if err != nil {
			return nil, nil
		}
		out = slices.DeleteFunc(out, func(c *desk.Case) bool { return order(c, after) <= 0 })
	}
	limit := min(cmp.Or(q.Limit, 50), 500)
	return out[:min(len(out), limit)], nil
}

// CountCases implements desk.Reader.
func (r *memReader) CountCases(q desk.CaseQuery) (int, error) {
	out, err := all(r.cases, func(c *desk.Case) bool { return wanted(q, c) }, func(a, b *desk.Case) int { return 0 })
	return len(out), err
}

// LostCases implements desk.Reader: memory loses none.
func (r *memReader) LostCases() ([]string, error) { return nil, nil }

// EachCase implements desk.Reader.
func (r *memReader) EachCase(scope desk.Scope, from, to time.Time, f func(*desk.Case) error) error {
	out, err := all(r.cases, func(c *desk.Case) bool {
		return inScope(scope, c) && (to.IsZero() || c.FiledAt.Before(to)) && (from.IsZero() || c.Open() || !c.UpdatedAt.Before(from))
	}, func(a, b *desk.Case) int { return strings.Compare(a.ID, b.ID) })
	for _, c := range out {
		if err := f(c); err != nil {
			return err
		}
	}
	return err
}

// Events implements desk.Reader.
func (r *memReader) Events(id string) ([]desk.Event, error) {
	var out []desk.Event
	for _, m := range r.events[id] {
		e := m.Event
		var err error
		if e.Body, err = desk.DecodeBody(m.kind, m.raw); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// EachEvent implements desk.Reader.
func (r *memReader) EachEvent(f func(desk.Event, []byte) error) error {
	for _, id := range slices.Sorted(maps.Keys(r.events)) {
		events, err := r.Events(id)
		if err != nil {
			return err
		}
		for i, e := range events {
			if err := f(e, bytes.Clone(r.events[id][i].raw)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Post implements desk.Reader.
func (r *memReader) Post(ref desk.Ref) (desk.Post, error) {
	return get[desk.Post](r.posts, string(ref), "message")
}

// Posts implements desk.Reader.
func (r *memReader) Posts(id string, side desk.PartyKind, purpose desk.Purpose) ([]desk.Post, error) {
	return all(r.posts, func(p desk.Post) bool {
		return p.Case == id && (side == "" || p.Side == side) && (purpose == "" || p.Purpose == purpose)
	}, func(a, b desk.Post) int { return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Ref, b.Ref)) })
}

// Draft implements desk.Reader.
func (r *memReader) Draft(id string) (desk.Draft, error) {
	return get[desk.Draft](r.drafts, id, "draft")
}

// Drafts implements desk.Reader.
func (r *memReader) Drafts(person string) ([]desk.Draft, error) {
	return all(r.drafts, func(d desk.Draft) bool { return d.Person == person },
		func(a, b desk.Draft) int { return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.ID, b.ID)) })
}

// Actions implements desk.Reader.
func (r *memReader) Actions(s desk.Scope, openOnly bool) ([]desk.Action, error) {
	return all(r.actions, func(a desk.Action) bool {
		return (s.Tenant == "" || a.Tenant == s.Tenant) && (!openOnly || a.Done.IsZero())
	},
		func(a, b desk.Action) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
}

func bytesOf(in map[string][]byte, key, what string) ([]byte, error) {
	data, ok := in[key]
	if !ok {
		return nil, missing(what)
	}
	return bytes.Clone(data), nil
}

// Handbook implements desk.Reader.
func (r *memReader) Handbook(version string) ([]byte, error) {
	return bytesOf(r.books, version, "handbook version")
}

// Blob implements desk.Reader.
func (r *memReader) Blob(sum string) ([]byte, error) { return bytesOf(r.blobs, sum, "file") }

// State implements desk.Reader.
func (r *memReader) State(space, key string) ([]byte, error) {
	return bytesOf(r.state[space], key, "value")
}

// EachState implements desk.Reader.
func (r *memReader) EachState(space string, f func(string, []byte) error) error {
	for _, k := range slices.Sorted(maps.Keys(r.state[space])) {
		if err := f(k, bytes.Clone(r.state[space][k])); err != nil {
			return err
		}
	}
	return nil
}

// due gives each case that has something to do, with when.
func (r *memReader) due() ([]*desk.Case, map[string]time.Time, error) {
	at := map[string]time.Time{}
	out, err := all(r.cases, func(c *desk.Case) bool {
		for i := range c.Clocks {
			if due, ok := c.Clocks[i].NextDue(); ok && (at[c.ID].IsZero() || due.Before(at[c.ID])) {
				at[c.ID] = due
			}
		}
		return !at[c.ID].IsZero()
	}, func(a, b *desk.Case) int { return cmp.Or(at[a.ID].Compare(at[b.ID]), strings.Compare(a.ID, b.ID)) })
	return out, at, err
}

// NextDue implements desk.Reader.
func (r *memReader) NextDue() (time.Time, bool, error) {
	cs, at, err := r.due()
	if err != nil || len(cs) == 0 {
		return time.Time{}, false, err
	}
	return at[cs[0].ID], true, nil
}
