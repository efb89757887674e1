package desk

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Do carries out one act in one transaction: events, case, clocks and notices together, or nothing.
// The same Key twice is done once. Errors are *Error; for a case the person may not see it is the
// same NoSuchCase as for one that is not there.
func (d *Desk) Do(ctx context.Context, a Act) (Outcome, error) {
	a.Now = stamp(a.Now)
	if f, ok := a.Do.(FileCase); ok {
		f.read = readIntake(f, d.Book, a.Now, d.Dir.ZoneOf(a.By))
		f.ahead = d.workAhead(a, f)
		a.Do = f
	}
	var out Outcome
	err := d.Store.Update(ctx, func(tx Tx) error {
		out = Outcome{}
		if a.Key != "" {
			if seen, err := tx.Seen(a.Key, a.Now); err != nil {
				return err
			} else if seen {
				out.Again = true
				return nil
			}
		}
		var err error
		if f, ok := a.Do.(FileCase); ok {
			out, err = d.file(tx, a, f)
		} else {
			out, err = d.change(tx, a)
		}
		if err == nil && a.Form != "" {
			err = tx.DeleteDraft(DraftID(a.By, a.Form, a.Case))
		}
		return err
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

// file opens a case: the number comes last before the decision, so that a refused form uses none up
// (the transaction is rolled back with it).
func (d *Desk) file(tx Tx, a Act, f FileCase) (Outcome, error) {
	tenant, err := d.filedFor(a.By, f)
	if err != nil {
		return Outcome{}, err
	}
	if f.ahead != nil {
		n, err := tx.NextNumber(tenant.ID)
		if err != nil {
			return Outcome{}, err
		}
		events, c := f.ahead.numbered(caseID(tenant, n))
		return Outcome{Case: c, Events: events}, d.put(tx, nil, c, events, a.Now)
	}
	env := d.env(tx, a, d.Book, nil)
	env.Pins = d.pins(tenant.ID, d.Dir.Provider().ID)
	if sig := f.read.signature; sig != "" {
		n, err := tx.CountCases(CaseQuery{Scope: Scope{Tenant: tenant.ID}, Signature: sig, Since: d.repeatedSince(a.Now)})
		if err != nil {
			return Outcome{}, err
		}
		env.Similar = n
	}
	n, err := tx.NextNumber(tenant.ID)
	if err != nil {
		return Outcome{}, err
	}
	events, c, err := Decide(blankCase(tenant.ID, caseID(tenant, n)), f, env)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Case: c, Events: events}, d.put(tx, nil, c, events, a.Now)
}

// caseID names the case with a number.
func caseID(tenant Party, n int) string { return tenant.Key + "-" + strconv.Itoa(n) }

// filedFor gives the Partner a case is filed for: the actor's own where none is named.
func (d *Desk) filedFor(by Person, f FileCase) (Party, error) {
	if f.Tenant == "" && by.side == Partner {
		f.Tenant = by.Party
	}
	tenant, ok := d.Dir.Party(f.Tenant)
	if !ok || tenant.Kind != Partner {
		return Party{}, &Error{Kind: KindInvalid, Say: "Say for which Partner the case is filed.", Fields: []FieldError{{"partner", "Name the Partner."}}}
	}
	if by.side == Partner && tenant.ID != by.Party {
		return Party{}, Errf(KindForbidden, "You can file cases for your own company only.")
	}
	return tenant, nil
}

// repeatedSince is from when on cases with one signature count as repeated failures.
func (d *Desk) repeatedSince(now time.Time) time.Time {
	for _, t := range d.Book.Triggers {
		if t.Trigger == TriggerRepeated && !t.Within.Zero() {
			return now.Add(-t.Within.Duration(24 * time.Hour))
		}
	}
	return now.Add(-14 * 24 * time.Hour)
}

// change decides on a case that is there.
func (d *Desk) change(tx Tx, a Act) (Outcome, error) {
	c, err := d.load(tx, a.By, a.Case)
	if err != nil {
		return Outcome{}, err
	}
	if err := d.answers(tx, c, a.Of); err != nil {
		return Outcome{}, err
	}
	if s, ok := a.Do.(Say); ok && s.Edits != "" {
		if a.Do, err = d.revision(tx, c, s); err != nil {
			return Outcome{}, err
		}
	}
	book, err := d.bookFor(tx, c.Handbook)
	if err != nil {
		return Outcome{}, err
	}
	if m, ok := a.Do.(MergeCase); ok {
		into, err := d.load(tx, a.By, m.Into)
		switch {
		case err != nil:
			return Outcome{}, err
		case into.ID == c.ID || into.Tenant != c.Tenant || !into.Open():
			return Outcome{}, Errf(KindInvalid, "A case is merged into another open case of the same Partner. %s is not one.", into.ID)
		}
		a.Do = MergeCase{Into: into.ID}
		env := d.env(tx, a, book, into)
		events, after, err := Decide(into, absorb{from: c.ID}, env)
		if err != nil {
			return Outcome{}, err
		}
		if err := d.put(tx, into, after, events, a.Now); err != nil {
			return Outcome{}, err
		}
	}
	events, after, err := Decide(c, a.Do, d.env(tx, a, book, c))
	if err != nil {
		return Outcome{}, d.first(c, a, err)
	}
	if len(events) == 0 {
		return Outcome{Case: c}, nil
	}
	return Outcome{Case: after, Events: events}, d.put(tx, c, after, events, a.Now)
}

// load reads a case for a change; what may not be seen is not there.
func (d *Desk) load(tx Tx, by Person, id string) (*Case, error) {
	id = strings.ToUpper(strings.TrimSpace(id))
	c, err := tx.CaseForUpdate(id)
	if err != nil && KindOf(err) != KindNotFound {
		return nil, err
	}
	if err != nil || by.ID != System && !CanSee(by, c) {
		return nil, NoSuchCase(id)
	}
	return c, nil
}

// first says who was first, when an act fails because somebody did the same a moment ago.
func (d *Desk) first(c *Case, a Act, err error) error {
	if KindOf(err) != KindState {
		return err
	}
	name := func(id string) string {
		if p, ok := d.Dir.Person(id); ok {
			return p.Name
		}
		return "somebody"
	}
	switch {
	case a.Do.Verb() == VerbAck && c.Status == StatusAcknowledged:
		return Errf(KindConflict, "%s has acknowledged %s already. There is nothing left for you to do.", name(c.Engineer), c.ID)
	case a.Do.Verb() == VerbEscalate && (c.Status == StatusEscalated || c.Status == StatusAcknowledged):
		who := name(c.EscalatedBy)
		if c.EscalatedBy == System {
			who = "The handbook's trigger"
		}
		if c.Status == StatusAcknowledged {
			return Errf(KindConflict, "%s has escalated %s already. %s has it.", who, c.ID, name(c.Engineer))
		}
		return Errf(KindConflict, "%s has escalated %s already. It waits to be acknowledged.", who, c.ID)
	}
	return err
}

// revision finds the message an edit or a deletion is about.
func (d *Desk) revision(tx Tx, c *Case, s Say) (Command, error) {
	p, err := tx.Post(s.Edits)
	if err != nil {
		return nil, err
	}
	if p.Case != c.ID || p.Purpose != PurposeSaid {
		return nil, Errf(KindNotFound, "That message is not kept on the case.")
	}
	return revise{of: p.Seq, text: s.Text, deleted: s.Gone, aloud: s.Aloud}, nil
}

// put seals the events into the case's chain and stores everything. Messages people said are posts of
// the case from now on, so that a reaction on one finds it.
func (d *Desk) put(tx Tx, before, after *Case, events []Event, now time.Time) error {
	prev, hash := 0, ""
	if before != nil {
		prev, hash = before.Seq, before.LastHash
	}
	for i := range events {
		e := &events[i]
		if e.Encoded == nil {
			body, err := EncodeBody(e.Body)
			if err != nil {
				return err
			}
			e.Encoded = body
		}
		e.Prev = hash
		e.Seal(e.Encoded)
		hash = e.Hash
	}
	after.LastHash = hash
	var past []Event
	if mayEnd(before, events) {
		var err error
		if past, err = tx.Events(after.ID); err != nil {
			return err
		}
	}
	if err := tx.PutCase(after, prev, events, noticesFor(d.Dir, before, after, past, events, now)); err != nil {
		return err
	}
	if err := linkArticles(tx, after, events); err != nil {
		return err
	}
	for _, e := range events {
		if s, ok := e.Body.(Said); ok && s.Ref != "" {
			if err := tx.PutPost(Post{Ref: s.Ref, Tenant: after.Tenant, Case: after.ID, Side: e.Side, Purpose: PurposeSaid, Seq: e.Seq}); err != nil {
				return err
			}
		}
	}
	return nil
}

// env gathers what a decision may look at. Who is on call is read in the same transaction, and only when a
// decision asks.
func (d *Desk) env(r Reader, a Act, book *Handbook, c *Case) *Env {
	return &Env{Now: a.Now, By: a.By, Dir: d.Dir, Book: book,
		Calendar: func(party string, sev Severity) BusinessTime { return d.calendarOf(r, book, c, party, sev) },
		Past: func() ([]Event, error) {
			if c == nil {
				return nil, nil
			}
			return r.Events(c.ID)
		},
		OnCall: func(call string) (Person, bool) { return d.onCall(r, d.Dir.Provider().ID, call, a.Now) }}
}

// calendarOf gives the calendar of a party's clocks at a severity: 24×7 where the handbook and the
// party's after-hours cover say so, else its business calendar (SLA.md §2).
// A case keeps the version of the calendar it was opened under; c is nil for one that is not there yet.
func (d *Desk) calendarOf(r Reader, book *Handbook, c *Case, party string, sev Severity) BusinessTime {
	p, _ := d.Dir.Party(party)
	if p.AfterHours && book.For(sev).AfterHours {
		return AroundTheClock{}
	}
	if c != nil && c.Calendars[party] != "" {
		if cal, ok := d.pinned(r, c.Calendars[party]); ok {
			return cal
		}
	}
	if cal, ok := d.Calendars[p.Calendar]; ok {
		return cal
	}
	return AroundTheClock{}
}

// bookShelf keeps the handbook versions that have been read, for cases opened under an older one.
type bookShelf struct {
	mu    sync.Mutex
	books map[string]*Handbook
}

// BookOf gives the handbook a case was opened under, for showing; the current one where that version
// can't be read any more.
func (d *Desk) BookOf(ctx context.Context, c *Case) *Handbook {
	book := d.Book
	if c.Handbook == book.Version {
		return book
	}
	_ = d.Store.View(ctx, func(r Reader) error {
		b, err := d.bookFor(r, c.Handbook)
		if err == nil {
			book = b
		}
		return err
	})
	return book
}

// bookFor gives the handbook a case was opened under.
func (d *Desk) bookFor(r Reader, version string) (*Handbook, error) {
	if version == d.Book.Version {
		return d.Book, nil
	}
	d.books.mu.Lock()
	defer d.books.mu.Unlock()
	if b := d.books.books[version]; b != nil {
		return b, nil
	}
	src, err := r.Handbook(version)
	if err != nil {
		return nil, err
	}
	b, err := ParseHandbook("handbook version "+version, src)
	if err != nil {
		return nil, err
	}
	if d.books.books == nil {
		d.books.books = map[string]*Handbook{}
	}
	d.books.books[version] = b
	return b, nil
}
