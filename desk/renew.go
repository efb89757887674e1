package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// renewSpace keeps what the calendars and the time zone rules were at the last start.
const renewSpace = "calendars at start"

// Renew looks whether holidays were added to a calendar, or the time zone rules have changed, since the last
// start, and if so computes the open deadlines anew. These two changes alone reach open cases by themselves
// (SLA.md §2); everything else waits for a re-rate. It gives how many cases were changed.
func (d *Desk) Renew(ctx context.Context, now time.Time) (int, error) {
	now = stamp(now)
	zones := d.zoneRules()
	seen := d.calendarVersions() + " " + zones
	var last string
	err := d.Store.View(ctx, func(r Reader) error {
		v, err := r.State(renewSpace, "seen")
		last = string(v)
		if KindOf(err) == KindNotFound {
			return nil
		}
		return err
	})
	if err != nil || last == seen {
		return 0, err
	}
	var ids []string
	if last != "" {
		// Each case is a transaction of its own, so that a large desk is not held up.
		err = d.Store.View(ctx, func(r Reader) error {
			return r.EachCase(Scope{}, time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), func(c *Case) error {
				if c.Open() {
					ids = append(ids, c.ID)
				}
				return nil
			})
		})
	}
	changed := 0
	for _, id := range ids {
		if err != nil {
			return changed, err
		}
		before := changed
		err = d.Store.Update(ctx, func(tx Tx) error {
			changed = before // It may be run again.
			c, err := tx.CaseForUpdate(id)
			if err != nil {
				return err
			}
			book, err := d.bookFor(tx, c.Handbook)
			if err != nil {
				return err
			}
			renewed := c.clone()
			why := d.addedHolidays(tx, renewed)
			if why == "" && strings.HasSuffix(last, " "+zones) {
				return nil // Other hours, say: that waits for a re-rate.
			}
			env := d.env(tx, Act{By: Person{ID: System, Name: "casebot"}, Now: now}, book, renewed)
			env.Pins = renewed.Calendars
			if why == "" {
				why = "the rules of a time zone have changed"
			}
			events, after, err := Decide(c, renewCase{why}, env)
			if err != nil || len(events) == 0 {
				return err
			}
			changed++
			return d.put(tx, c, after, events, now)
		})
	}
	if err != nil {
		return changed, err
	}
	return changed, d.Store.Update(ctx, func(tx Tx) error { return tx.PutState(renewSpace, "seen", []byte(seen)) })
}

// addedHolidays moves a case's pins on to calendars that differ by added holidays alone, and says in words
// what was added; empty: nothing.
func (d *Desk) addedHolidays(r Reader, c *Case) string {
	var why []string
	for _, party := range slices.Sorted(maps.Keys(c.Calendars)) {
		p, _ := d.Dir.Party(party)
		cur, ok := d.Calendars[p.Calendar].(*Calendar)
		if !ok || cur.version == c.Calendars[party] {
			continue
		}
		old, ok := d.pinned(r, c.Calendars[party])
		if !ok {
			continue
		}
		if added, only := cur.addsHolidays(old); only && len(added) > 0 {
			c.Calendars[party] = cur.version
			why = append(why, "a holiday was added to the calendar of "+p.Name+" ("+added[0]+")")
		}
	}
	return strings.Join(why, "; ")
}

// addsHolidays says whether c is old with more closed dates and nothing else, and lists those.
func (c *Calendar) addsHolidays(old *Calendar) (added []string, only bool) {
	if c.name != old.name || c.loc.String() != old.loc.String() || c.nominal != old.nominal || !reflect.DeepEqual(c.week, old.week) {
		return nil, false
	}
	for day, was := range old.special {
		is, ok := c.special[day]
		if !ok || was.closed && !is.closed || !is.closed && !reflect.DeepEqual(is, was) {
			return nil, false
		}
	}
	for day, is := range c.special {
		was, ok := old.special[day]
		switch {
		case is.closed && !was.closed:
			date := time.Unix(day*86400, 0).UTC().Format("2006-01-02")
			added = append(added, strings.TrimSpace(date+" "+is.name))
		case !ok:
			return nil, false // An override or a break is new: that waits for a re-rate.
		}
	}
	slices.Sort(added)
	return added, true
}

// renewCase computes the open deadlines of a case anew: same start, same budget, the calendars of its
// environment.
type renewCase struct{ why string }

func (renewCase) Verb() Verb { return VerbTick }

func (r renewCase) decide(w *work) error {
	if !samePins(w.c.Calendars, w.env.Pins) {
		w.add(Rerated{Handbook: w.c.Handbook, Calendars: w.env.Pins, By: System, Why: r.why})
	}
	for _, k := range slices.Clone(w.c.Clocks) {
		if k.Ended() || k.Promised || k.Calendar == "" || k.Kind.Timer() {
			continue
		}
		w.breachIfLate(&k)
		old := *w.c.cycle(k.Kind, k.Cycle)
		cal := w.calendar(w.sideOf(&old))
		n := cloneClocks([]Clock{old})[0]
		w.plan(&n, cal)
		if cal.Version() != old.Calendar && n.Due.Before(old.Due) {
			continue // A holiday gives time and takes none: what a reopening had allowed beyond the budget stays.
		}
		if !old.Breached.IsZero() || n.Due.Equal(old.Due) && cal.Version() == old.Calendar {
			continue
		}
		w.add(ClockMoved{Clock: k.Kind, From: old.Due, Due: n.Due, Early: n.EarlyDue, Warn: n.Warnings, Tell: n.Tell, Base: n.Base,
			Budget: n.Budget, Calendar: cal.Version(), Why: r.why})
	}
	return nil
}

func (d *Desk) calendarVersions() string {
	var out []string
	for _, cal := range d.Calendars {
		out = append(out, cal.Version())
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// zoneRules is a fingerprint of what the zones of the calendars do: their changes of offset until 2036. It is taken from behaviour, because no two systems name the version of their rules alike.
func (d *Desk) zoneRules() string {
	zones := map[string]*time.Location{}
	for _, cal := range d.Calendars {
		if c, ok := cal.(*Calendar); ok {
			zones[c.loc.String()] = c.loc
		}
	}
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(zones)) {
		// Fixed years: the fingerprint stays the same as time goes by.
		t, end := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := 0; t.Before(end) && i < 100; i++ {
			_, off := t.In(zones[name]).Zone()
			fmt.Fprintf(h, "%s %d %d\n", name, t.Unix(), off)
			_, next := t.In(zones[name]).ZoneBounds()
			if next.IsZero() || !next.After(t) {
				break
			}
			t = next.UTC()
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
