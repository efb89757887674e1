package storage

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"casebot/desk"
)

// where gathers conditions and their arguments. The conditions open = 1 and reached = 1 stand there as
// they are, not as arguments: only then do the databases see that a partial index answers them.
type where struct {
	conds []string
	args  []any
}

// and adds a condition in which each ? stands for the next argument.
func (w *where) and(cond string, args ...any) {
	w.conds = append(w.conds, w.fill(cond, args...))
}

// fill gives each ? the number of its argument.
func (w *where) fill(sql string, args ...any) string {
	for _, a := range args {
		w.args = append(w.args, a)
		sql = strings.Replace(sql, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	return sql
}

// in adds "column in (…)".
func (w *where) in(column string, args []any) {
	if len(args) > 0 {
		w.and(column+" in ("+strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")+")", args...)
	}
}

func (w *where) String() string {
	if len(w.conds) == 0 {
		return "1 = 1"
	}
	return strings.Join(w.conds, " and ")
}

func (w *where) scope(s desk.Scope) {
	if s.Tenant != "" {
		w.and("c.tenant = ?", s.Tenant)
	}
	if s.ReachedOnly {
		w.and("c.reached = 1")
	}
	if s.Person != "" {
		w.and("(c.restricted = 0 or exists (select 1 from invited i where i.case_id = c.id and i.person = ?))", s.Person)
	}
}

// likeWord makes a pattern that finds a word anywhere, whatever characters it has.
func likeWord(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%"
}

func caseFilter(q desk.CaseQuery) *where {
	w := &where{}
	w.scope(q.Scope)
	var statuses, severities []any
	for _, s := range q.Statuses {
		statuses = append(statuses, string(s))
	}
	w.in("c.status", statuses)
	for _, s := range q.Severities {
		severities = append(severities, int(s))
	}
	w.in("c.severity", severities)
	if q.Customer != "" {
		w.and("c.customer = ?", fold(q.Customer))
	}
	if q.Signature != "" {
		w.and("c.signature = ?", fold(q.Signature))
	}
	for _, word := range strings.Fields(fold(q.Text)) {
		w.and(`c.search like ? escape '\'`, likeWord(word))
	}
	if !q.Since.IsZero() {
		w.and("c.updated_at >= ?", millis(q.Since)) // Never before it was filed.
	}
	return w
}

// source is what a query reads from. A person, a customer or a signature names few cases among a million,
// so these are found first and the other conditions are tried on them: SQLite, which keeps no statistics
// unless told to, would walk all of a Partner's cases in order of time instead. It takes the tables of a
// cross join in the order they stand in; for PostgreSQL that is a join like any.
func (w *where) source(q desk.CaseQuery) string {
	few := ""
	switch {
	case q.Owner != "":
		few = `select id from cases where agent = ? union select id from cases where engineer = ? and engineer <> ''`
		few = w.fill(few, q.Owner, q.Owner)
	case q.Signature != "":
		few = w.fill(`select id from cases where signature = ? and signature <> ''`, fold(q.Signature))
	case q.Customer != "":
		few = w.fill(`select id from cases where customer = ?`, fold(q.Customer))
	default:
		return "cases c"
	}
	if q.Owner == "" && q.Scope.Tenant != "" {
		few = w.fill(few+" and tenant = ?", q.Scope.Tenant)
	}
	if q.Signature != "" && q.Owner == "" && !q.Since.IsZero() {
		// Asked with every case that is filed: the index answers it, however often the failure came before.
		few = w.fill(few+" and updated_at >= ?", millis(q.Since))
	}
	w.and("c.id = few.id")
	return "(" + few + ") few cross join cases c"
}

// halves says which of the open and the ended cases a query can find. The indexes by time hold the two
// apart, so that the few open ones are found at once among a million ended.
func halves(q desk.CaseQuery) []string {
	open, ended := len(q.Statuses) == 0, len(q.Statuses) == 0
	for _, s := range q.Statuses {
		if (&desk.Case{Status: s}).Open() {
			open = true
		} else {
			ended = true
		}
	}
	switch {
	case open && ended && (q.Owner != "" || q.Signature != "" || q.Customer != ""):
		return []string{"1 = 1"}
	case open && ended:
		return []string{"c.open = 1", "c.open = 0"}
	case open:
		return []string{"c.open = 1"}
	}
	return []string{"c.open = 0"}
}

// Cases implements desk.Reader.
func (r *reader) Cases(q desk.CaseQuery) ([]*desk.Case, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	filed := int64(0)
	if q.After != "" {
		found, err := r.one(`select filed_at from cases where id = $1`, []any{q.After}, &filed)
		if err != nil || !found {
			return nil, err
		}
	}
	var out []*desk.Case
	for _, half := range halves(q) {
		cs, err := r.firstCases(q, half, filed, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, cs...)
	}
	sign := -1
	if q.Oldest {
		sign = 1
	}
	slices.SortFunc(out, func(a, b *desk.Case) int {
		return sign * cmp.Or(a.FiledAt.Compare(b.FiledAt), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), limit)], nil
}

// firstCases gives the first cases of one half, in any order. The small rows are filtered, sorted and cut
// before a snapshot is read.
func (r *reader) firstCases(q desk.CaseQuery, half string, afterFiled int64, limit int) ([]*desk.Case, error) {
	w := caseFilter(q)
	from := w.source(q)
	w.and(half)
	order, compare := "desc", "<"
	if q.Oldest {
		order, compare = "asc", ">"
	}
	if q.After != "" {
		w.and("(c.filed_at, c.id) "+compare+" (?, ?)", afterFiled, q.After)
	}
	w.args = append(w.args, limit)
	return r.cases(`select c.id from `+from+` where `+w.String()+` order by c.filed_at `+order+`, c.id `+order+
		` limit $`+strconv.Itoa(len(w.args)), w.args)
}

// CountCases implements desk.Reader. After, Oldest and Limit do not matter to it.
func (r *reader) CountCases(q desk.CaseQuery) (int, error) {
	w, n := caseFilter(q), 0
	from := w.source(q)
	_, err := r.one(`select count(*) from `+from+` where `+w.String(), w.args, &n)
	return n, err
}

// EachCase implements desk.Reader. A zero from or to leaves that side of the span open.
func (r *reader) EachCase(scope desk.Scope, from, to time.Time, f func(*desk.Case) error) error {
	last := ""
	for {
		w := &where{}
		w.and("c.id > ?", last)
		w.scope(scope)
		if !to.IsZero() {
			w.and("c.filed_at < ?", millis(to))
		}
		if !from.IsZero() {
			// A case that ended in the span was updated in it or later.
			w.and("(c.updated_at >= ? or c.open = 1)", millis(from))
		}
		w.args = append(w.args, pageSize)
		page, err := r.stored(`select c.id from cases c where `+w.String()+` order by c.id limit $`+strconv.Itoa(len(w.args)), w.args)
		if err != nil {
			return err
		}
		slices.SortFunc(page, func(a, b *stored) int { return cmp.Compare(a.id, b.id) })
		for _, s := range page {
			c, err := s.state()
			if err == nil && c != nil {
				err = f(c)
			}
			if err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		last = page[len(page)-1].id
	}
}
