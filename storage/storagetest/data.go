package storagetest

import (
	"fmt"
	"testing"
	"time"

	"casebot/desk"
)

// Monday is when the suite's cases are filed: 2 March 2026, 09:00 UTC.
var Monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Extend adds events to a case as the desk does: sealed, chained and folded. It gives the case after
// them and leaves the one before alone; a nil case is a new one.
func Extend(before *desk.Case, id, tenant string, at time.Time, bodies ...desk.Body) (*desk.Case, []desk.Event) {
	c := desk.Fold(nil)
	prev, hash := 0, ""
	if before != nil {
		copied := *before
		copied.Fields = map[desk.Field]string{}
		for k, v := range before.Fields {
			copied.Fields[k] = v
		}
		copied.Clocks = append([]desk.Clock(nil), before.Clocks...)
		c, prev, hash = &copied, before.Seq, before.LastHash
	}
	var events []desk.Event
	for i, b := range bodies {
		e := desk.Event{Case: id, Tenant: tenant, Seq: prev + 1 + i, At: at, Actor: "dana", Name: "Dana Demo",
			Side: desk.Partner, Audience: desk.Both, Body: b, Prev: hash}
		body, err := desk.EncodeBody(b)
		if err != nil {
			panic(err) // A test's own body; there is none that cannot be encoded.
		}
		e.Seal(body)
		hash = e.Hash
		desk.Apply(c, e)
		events = append(events, e)
	}
	return c, events
}

// Filing is what a filed case of a test looks like.
type Filing struct {
	ID, Tenant  string
	At          time.Time
	Severity    desk.Severity
	Summary     string
	Customer    string
	Agent       string
	Signature   string
	Restricted  bool
	Due         time.Time // When its first-response clock is due; zero is none.
	Resolution  time.Time // When its resolution clock is due; zero is none.
	Description string
}

// New makes the case and the events of a filing.
func New(f Filing) (*desk.Case, []desk.Event) {
	if f.At.IsZero() {
		f.At = Monday
	}
	if f.Severity == 0 {
		f.Severity = desk.Sev3
	}
	if f.Agent == "" {
		f.Agent = "dana"
	}
	bodies := []desk.Body{desk.Filed{Handbook: "h1", Severity: f.Severity, Summary: f.Summary, Signature: f.Signature,
		Restricted: f.Restricted, Agent: f.Agent, ReportedAt: f.At.Add(-10 * time.Minute),
		Fields: map[desk.Field]string{desk.FieldCustomer: f.Customer, desk.FieldProduct: "Ledger", desk.FieldSteps: f.Description}}}
	for _, k := range []struct {
		kind desk.ClockKind
		due  time.Time
	}{{desk.ClockTier1, f.Due}, {desk.ClockResolution, f.Resolution}} {
		if !k.due.IsZero() {
			bodies = append(bodies, desk.ClockStarted{Clock: desk.Clock{Kind: k.kind, Cycle: 1, Party: f.Tenant,
				Start: f.At, Budget: k.due.Sub(f.At), Due: k.due, State: desk.StateRunning}})
		}
	}
	return Extend(nil, f.ID, f.Tenant, f.At, bodies...)
}

// Tell makes a notice about a case.
func Tell(caseID, lane, key string, at time.Time) desk.Notice {
	return desk.Notice{ID: desk.DeliveryID(key), Key: key, Tenant: "northwind", Lane: lane, Kind: desk.NoticeEvent,
		Place: desk.InThread, Party: "northwind", Case: caseID, At: at, NotBefore: at}
}

// file puts filings into the store, each with its notices, in one update.
func file(t *testing.T, s desk.Store, fs ...Filing) []*desk.Case {
	t.Helper()
	var out []*desk.Case
	update(t, s, func(tx desk.Tx) error {
		out = nil
		for _, f := range fs {
			c, events := New(f)
			if err := tx.PutCase(c, 0, events, nil); err != nil {
				return err
			}
			out = append(out, c)
		}
		return nil
	})
	return out
}

func update(t *testing.T, s desk.Store, f func(desk.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t *testing.T, s desk.Store, f func(desk.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), f); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// wantKind checks the kind of an error, and that an error for people comes with a sentence.
func wantKind(t *testing.T, err error, kind desk.ErrKind) {
	t.Helper()
	if desk.KindOf(err) != kind {
		t.Fatalf("error is %v (kind %q), want kind %q", err, desk.KindOf(err), kind)
	}
}

func ids(cs []*desk.Case) string {
	out := ""
	for _, c := range cs {
		out += c.ID + " "
	}
	return out
}

func number(i int) string { return fmt.Sprintf("NW-%d", i) }
