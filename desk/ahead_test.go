package desk

import (
	"encoding/json"
	"maps"
	"testing"
	"time"
)

// What is worked out before a filing has its number is, letter for letter, what is decided with the number. A filing for
// which the store has to be asked is left to its turn.
func TestAFilingIsTheSameWorkedOutAhead(t *testing.T) {
	p := newPaper(t)
	d := &Desk{Dir: p.dir, Book: p.book}
	dana, _ := p.dir.Person("dana")
	base := map[Field]string{FieldCustomer: "Acme", FieldSummary: "Tills print nothing", FieldSeverity: "3", FieldCategory: "Defect"}
	for _, c := range []struct {
		name  string
		with  map[Field]string
		f     FileCase
		ahead bool
	}{
		{name: "severity 3", ahead: true},
		{name: "severity 4 with steps", with: map[Field]string{FieldSeverity: "4", FieldSteps: "Open the till"}, ahead: true},
		{name: "severity 2 that is incomplete", with: map[Field]string{FieldSeverity: "2"}, ahead: true},
		{name: "while talking to the customer", with: map[Field]string{FieldLive: "yes", FieldReportedAt: "2026-11-20 08:30"}, ahead: true},
		{name: "restricted", with: map[Field]string{FieldCategory: "Security"}, ahead: true},
		{name: "follows another, with a file", f: FileCase{FollowUp: "NW-1001", Files: []Attachment{{ID: "f1", Name: "log.txt"}}}, ahead: true},
		{name: "severity 1, which calls somebody", with: map[Field]string{FieldSeverity: "1", FieldSteps: "Open the till"},
			f: FileCase{Files: []Attachment{{ID: "f1", Name: "log.txt"}}}},
		{name: "with a signature, which is counted", with: map[Field]string{FieldSummary: "Tills fail with HB-4012", FieldProduct: "Tills"}},
		{name: "without a customer", with: map[Field]string{FieldCustomer: ""}},
		{name: "for another Partner", f: FileCase{Tenant: "southgate"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := c.f
			f.Values = maps.Clone(base)
			maps.Copy(f.Values, c.with)
			a := Act{By: dana, Now: p.now}
			f.read = readIntake(f, d.Book, a.Now, time.UTC)
			ahead := d.workAhead(a, f)
			if (ahead != nil) != c.ahead {
				t.Fatalf("worked out ahead: %v, want %v", ahead != nil, c.ahead)
			}
			if ahead == nil {
				return
			}
			env := d.env(nil, a, d.Book, nil)
			env.Pins = d.pins("northwind", "harbor")
			events, after, err := Decide(blankCase("northwind", "NW-1007"), f, env)
			if err != nil {
				t.Fatal(err)
			}
			ahead.numbered("NW-1006") // As of a transaction that was taken back.
			gotEvents, got := ahead.numbered("NW-1007")
			same := func(got, want any) {
				t.Helper()
				g, _ := json.Marshal(got)
				w, _ := json.Marshal(want)
				if string(g) != string(w) {
					t.Errorf("ahead:\n%s\nin its turn:\n%s", g, w)
				}
			}
			same(gotEvents, events)
			same(got, after)
			for _, e := range gotEvents {
				body, _ := EncodeBody(e.Body)
				same(e.Encoded, body)
			}
		})
	}
}
