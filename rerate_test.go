package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/desk"
	"casebot/templates"
)

// policyWorld is a desk whose handbook and calendars can be changed between two starts.
type policyWorld struct {
	t         *testing.T
	dsn       string
	dir       *desk.Directory
	handbook  string
	calendars map[string]desk.BusinessTime
	now       time.Time
	app       *App
}

func newPolicyWorld(t *testing.T) *policyWorld {
	dir, err := demoDirectory(demoPlatform)
	if err != nil {
		t.Fatal(err)
	}
	w := &policyWorld{t: t, dsn: filepath.Join(t.TempDir(), "desk.db"), dir: dir, handbook: string(templates.DefaultHandbook()),
		now: time.Date(2026, 11, 17, 16, 0, 0, 0, time.UTC)} // Tuesday 10:00 in Chicago, −06:00.
	if w.calendars, err = demoCalendars(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.app.Close() })
	w.start()
	return w
}

// Now is the world's time: what the App reads.
func (w *policyWorld) Now() time.Time { return w.now }

func (w *policyWorld) start() {
	w.t.Helper()
	if w.app != nil {
		w.app.Close()
	}
	var err error
	w.app, err = NewApp(w.t.Context(), AppOptions{DSN: w.dsn, Dir: w.dir, Handbook: []byte(w.handbook), BookName: "handbook.yaml", Calendars: w.calendars, Clock: w})
	if err != nil {
		w.t.Fatal(err)
	}
}

// hours gives Northwind another calendar from the next start on: business hours of its weekdays, and closed
// dates beside the federal ones.
func (w *policyWorld) hours(from, to string, holidays ...string) {
	w.t.Helper()
	spec := desk.CalendarSpec{TZ: "America/Chicago", Weekly: map[string][][]string{}, Day: "8h", HolidaySets: []string{"us-federal"}, Holidays: holidays}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
		spec.Weekly[day] = [][]string{{from, to}}
	}
	cal, err := desk.CompileCalendar("northwind", spec, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	calendars := map[string]desk.BusinessTime{}
	for k, v := range w.calendars {
		calendars[k] = v
	}
	calendars["northwind"] = cal
	w.calendars = calendars
	w.start()
}

func (w *policyWorld) file() *desk.Case {
	w.t.Helper()
	dana, _ := w.dir.Person("dana")
	out, err := w.app.Desk.Do(w.t.Context(), desk.Act{By: dana, Now: w.now, Do: desk.FileCase{Values: map[desk.Field]string{
		desk.FieldCustomer: "Demo Books", desk.FieldProduct: "Harbor Tills", desk.FieldCategory: "Defect", desk.FieldSeverity: "3",
		desk.FieldSummary: "Receipts print twice at till 2", desk.FieldImpact: "One till wastes paper", desk.FieldFirstSeen: "today 09:00"}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Case
}

func (w *policyWorld) due(id string) time.Time {
	w.t.Helper()
	dana, _ := w.dir.Person("dana")
	c, err := w.app.Desk.FindCase(w.t.Context(), dana, id)
	if err != nil {
		w.t.Fatal(err)
	}
	k, _ := c.Clock(desk.ClockTier1)
	return k.Due
}

func (w *policyWorld) rerate(o rerateOptions) string {
	w.t.Helper()
	var out, errs bytes.Buffer
	if err := rerateCases(context.Background(), w.app.Desk, o, w.now, &out, &errs); err != nil {
		w.t.Fatal(err)
	}
	return out.String() + errs.String()
}

// SLA.md §2: "A case keeps the handbook and calendar version it was opened under; a change is applied by an
// explicit, audited re-rate with a dry run that prints old and new due."
func TestACaseKeepsItsCalendarUntilItIsRerated(t *testing.T) {
	w := newPolicyWorld(t)
	c := w.file() // Four business hours from 10:00: 14:00 in Chicago.
	old := w.due(c.ID)
	if want := time.Date(2026, 11, 17, 20, 0, 0, 0, time.UTC); !old.Equal(want) {
		t.Fatalf("due %s, want %s", old, want)
	}
	w.hours("12:00", "20:00")
	// A pause and an end of it compute the deadline anew: still on the calendar the case was opened under.
	dana, _ := w.dir.Person("dana")
	act := func(do desk.Command) {
		t.Helper()
		if _, err := w.app.Desk.Do(t.Context(), desk.Act{By: dana, Case: c.ID, Now: w.now, Do: do}); err != nil {
			t.Fatal(err)
		}
	}
	act(desk.ChangeSeverity{To: desk.Sev4, Why: "less than it seemed"})
	act(desk.ChangeSeverity{To: desk.Sev3, Why: "it is the till after all"})
	if got := w.due(c.ID); !got.Equal(old) {
		t.Errorf("the deadline moved to %s although nobody re-rated the case", got)
	}
	if newer := w.due(w.file().ID); !newer.Equal(time.Date(2026, 11, 17, 22, 0, 0, 0, time.UTC)) {
		t.Errorf("a new case is due %s, want 16:00 in Chicago by the new hours", newer)
	}

	dry := w.rerate(rerateOptions{id: c.ID})
	for _, want := range []string{c.ID + "\tnorthwind\t", "Tue 17 Nov 2026 14:00 CST\tTue 17 Nov 2026 16:00 CST", "nothing was changed"} {
		if !strings.Contains(dry, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, dry)
		}
	}
	if got := w.due(c.ID); !got.Equal(old) {
		t.Fatalf("the dry run moved the deadline to %s", got)
	}

	w.rerate(rerateOptions{apply: true, by: "ada", why: "new opening hours"})
	if got := w.due(c.ID); !got.Equal(time.Date(2026, 11, 17, 22, 0, 0, 0, time.UTC)) {
		t.Errorf("after the re-rate it is due %s", got)
	}
	_, events, err := w.app.Desk.Timeline(t.Context(), dana, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var kept desk.Rerated
	for _, e := range events {
		if b, ok := e.Body.(desk.Rerated); ok {
			kept = b
		}
	}
	if kept.By != "ada" || kept.Why != "new opening hours" {
		t.Errorf("the record says %+v", kept)
	}
	if again := w.rerate(rerateOptions{}); !strings.Contains(again, "0 deadlines") {
		t.Errorf("a second re-rate would move something:\n%s", again)
	}
}

func TestACaseKeepsItsHandbookUntilItIsRerated(t *testing.T) {
	w := newPolicyWorld(t)
	c := w.file()
	old := w.due(c.ID)
	changed := strings.Replace(w.handbook, "tier1_response: 4 business hours", "tier1_response: 6 business hours", 1)
	if changed == w.handbook {
		t.Fatal("the handbook has no such line")
	}
	w.handbook = changed
	w.start()
	if got := w.due(c.ID); !got.Equal(old) {
		t.Errorf("a new handbook moved an open case to %s", got)
	}
	w.rerate(rerateOptions{id: c.ID, apply: true, by: "ada", why: "longer response"})
	if got := w.due(c.ID); !got.Equal(old.Add(2 * time.Hour)) {
		t.Errorf("re-rated to %s, want two hours later than %s", got, old)
	}
}
