package main

import (
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

// casebot check proves that somebody is on call for the next 14 days, and names what is not so.
func TestCheckProvesTheRota(t *testing.T) {
	dir, err := demoDirectory(demoPlatform)
	if err != nil {
		t.Fatal(err)
	}
	calendars, err := demoCalendars()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	look := func(spec desk.RotaSpec, covers ...desk.Cover) string {
		r, err := desk.CompileRota("nights", spec, func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, f := range rotaFindings(dir, map[string]*desk.Rota{"harbor": r}, calendars, map[string][]desk.Cover{"harbor": covers}, now) {
			lines = append(lines, f.text)
		}
		return strings.Join(lines, "\n")
	}
	has := func(name, got, want string) {
		t.Helper()
		if !strings.Contains(got, want) {
			t.Errorf("%s: want %q in\n%s", name, want, got)
		}
	}
	full := desk.RotaSpec{Zone: "America/Los_Angeles", Start: "2026-11-02 09:00", Shift: "7 days", People: []string{"erin", "egon"}}
	got := look(full)
	has("a full rota", got, "note: rota nights: somebody is on call at every minute of the next 14 days")
	has("a holiday", got, "note: harbor is closed on Thu 26 Nov (Thanksgiving")
	has("a party without a rota", got, "warning: party northwind has after-hours cover and no rota")

	gap := desk.RotaSpec{Zone: "America/Los_Angeles", Weekly: []desk.RotaTurn{{From: "mon 09:00", Person: "erin"}, {From: "sat 09:00"}}}
	got = look(gap)
	has("a gap", got, "error: rota nights: nobody is on call from Sat 21 Nov 09:00 PST to Mon 23 Nov 09:00 PST")
	has("the next gap", got, "error: rota nights: nobody is on call from Sat 28 Nov 09:00 PST")
	if got = look(gap, desk.Cover{From: time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC), Person: "elif"}); strings.Contains(got, "Sat 21 Nov") {
		t.Errorf("somebody stands in, and yet:\n%s", got)
	}

	dir.Homes[0].Workspace = "elsewhere"
	if dir, err = desk.NewDirectory(dir.Parties, dir.Homes, dir.People); err != nil {
		t.Fatal(err)
	}
	has("nobody can be reached", look(full), "error: rota nights: Erin Demo is on call from Mon 16 Nov 09:00 PST and has no account in the home harbor")
}
