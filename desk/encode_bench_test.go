package desk

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// filedCase is a case as filing leaves it: what a person typed, and three clocks with their warnings.
func filedCase() *Case {
	at := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	c := &Case{ID: "NW-1042", Tenant: "northwind", Seq: 4, LastHash: strings.Repeat("0f", 32), Handbook: "2026-07-01", Status: StatusOpen,
		Severity: Sev2, Summary: "Export of invoices stops after the first page", ReportedAt: at, FiledAt: at, FiledBy: "dana", UpdatedAt: at,
		Agent: "dana", Signature: "invoices export stops page", Calendars: map[string]string{"northwind": "berlin@1", "provider": "london@1"},
		Fields: map[Field]string{FieldCustomer: "Demo Customer", FieldProduct: "Invoices", FieldCategory: "Export", FieldEnvironment: "Production, 4.2",
			FieldSteps: "1. Open the list.\n2. Choose \"export\".\n3. Only the first page is there.", FieldImpact: strings.Repeat("Nobody can send invoices. ", 8),
			FieldFirstSeen: "2026-07-01T08:30:00Z"}}
	for _, kind := range []ClockKind{ClockTier1, ClockWorkaround, ClockResolution} {
		c.Clocks = append(c.Clocks, Clock{Kind: kind, Cycle: 1, Party: "northwind", Calendar: "berlin@1", Start: at, Base: at, Budget: 4 * time.Hour,
			Early: time.Hour, Due: at.Add(4 * time.Hour), EarlyDue: at.Add(time.Hour), Warnings: []time.Time{at.Add(2 * time.Hour), at.Add(3 * time.Hour)},
			State: StateRunning})
	}
	return c
}

func BenchmarkEncodeCase(b *testing.B) {
	c := filedCase()
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := EncodeCase(c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by reflection", func(b *testing.B) {
		b.ReportAllocs()
		var buf bytes.Buffer
		for b.Loop() {
			buf.Reset()
			enc := json.NewEncoder(&buf)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(c); err != nil || buf.String() == "" {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	c := filedCase()
	e := Event{Case: c.ID, Tenant: c.Tenant, Seq: 1, At: c.FiledAt, Actor: c.Agent, Name: "Dana Demo", Side: Partner, Audience: Both,
		Body: ClockStarted{c.Clocks[0]}, Prev: c.LastHash}
	body, err := EncodeBody(e.Body)
	if err != nil {
		b.Fatal(err)
	}
	e.Seal(body)
	b.ReportAllocs()
	for b.Loop() {
		if !e.Sealed(body) {
			b.Fatal("it does not know its own hash")
		}
	}
}
