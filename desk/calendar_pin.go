package desk

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"
)

// calendarSpace keeps, by version, every calendar that a case may be pinned to, as it was written: "a case
// keeps the handbook and calendar version it was opened under" (SLA.md §2).
const calendarSpace = "calendar"

// calendarShelf keeps the older calendars that have been read and compiled.
type calendarShelf struct {
	mu        sync.Mutex
	calendars map[string]*Calendar
}

// KeepCalendars stores the calendars of the deployment under their versions. It is called once at start.
func (d *Desk) KeepCalendars(ctx context.Context) error {
	return d.Store.Update(ctx, func(tx Tx) error {
		for _, cal := range d.Calendars {
			c, ok := cal.(*Calendar)
			if !ok {
				continue
			}
			_, err := tx.State(calendarSpace, c.version)
			if err == nil {
				continue
			}
			if KindOf(err) != KindNotFound {
				return err
			}
			body, err := json.Marshal(c.spec)
			if err != nil {
				return err
			}
			if err := tx.PutState(calendarSpace, c.version, body); err != nil {
				return err
			}
		}
		return nil
	})
}

// pins are the calendar versions that a case filed now is opened under, by party. A party without a
// calendar has none: it is open around the clock.
func (d *Desk) pins(parties ...string) map[string]string {
	var out map[string]string
	for _, id := range parties {
		p, _ := d.Dir.Party(id)
		if c, ok := d.Calendars[p.Calendar].(*Calendar); ok {
			if out == nil {
				out = map[string]string{}
			}
			out[id] = c.version
		}
	}
	return out
}

// pinned gives the calendar of a version: one of the deployment's, or an older one that has been kept. r is
// the transaction's reader; nil: a view of its own.
func (d *Desk) pinned(r Reader, version string) (*Calendar, bool) {
	for _, cal := range d.Calendars {
		if c, ok := cal.(*Calendar); ok && c.version == version {
			return c, true
		}
	}
	d.calendars.mu.Lock()
	defer d.calendars.mu.Unlock()
	if c := d.calendars.calendars[version]; c != nil {
		return c, true
	}
	if d.Store == nil {
		return nil, false
	}
	var src []byte
	read := func(r Reader) (err error) { src, err = r.State(calendarSpace, version); return err }
	var err error
	if r != nil {
		err = read(r)
	} else {
		err = d.Store.View(context.Background(), read)
	}
	var spec CalendarSpec
	if err == nil {
		err = json.Unmarshal(src, &spec)
	}
	var c *Calendar
	if err == nil {
		name, _, _ := strings.Cut(version, "@")
		c, err = CompileCalendar(name, spec, time.Time{})
	}
	if err != nil {
		if KindOf(err) != KindNotFound {
			d.Log.Error("a calendar that cases are pinned to can't be read", "calendar", version, "err", err)
		}
		return nil, false
	}
	c.version = version // As it was called then, whatever a newer program would make of the same text.
	if d.calendars.calendars == nil {
		d.calendars.calendars = map[string]*Calendar{}
	}
	d.calendars.calendars[version] = c
	return c, true
}

// Holiday says whether a civil date is closed, and under which name.
func (c *Calendar) Holiday(year int, month time.Month, day int) (name string, closed bool) {
	s := c.special[time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/86400]
	return s.name, s.closed
}
