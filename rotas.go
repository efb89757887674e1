package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"casebot/desk"
	"casebot/storage"
)

// compileRotas makes the rotas of a deployment ready, by party. A rota that no party uses is checked too.
func compileRotas(d *Deployment) (map[string]*desk.Rota, error) {
	byName, out := map[string]*desk.Rota{}, map[string]*desk.Rota{}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(d.Rotas)) {
		var spec desk.RotaSpec
		if err := d.Rota(name, &spec); err != nil {
			return nil, err
		}
		r, err := desk.CompileRota(name, spec, d.hasPerson)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		byName[name] = r
	}
	for _, p := range d.Parties {
		r := byName[p.Rota]
		if r == nil {
			continue
		}
		for _, id := range r.Everybody() {
			if who, _ := d.Dir.Person(id); who.Party != p.ID {
				errs = append(errs, fmt.Errorf("rota %s: %s is not of party %s, whose rota it is", p.Rota, id, p.ID))
			}
		}
		out[p.ID] = r
	}
	return out, errors.Join(errs...)
}

// coverDays is for how many days ahead casebot check proves that somebody is on call.
const coverDays = 14

// rotaFindings proves the cover of the next 14 days, party by party: gaps, people whom no direct message
// reaches, and closed dates of the party's calendar with who is on call then.
func rotaFindings(dir *desk.Directory, rotas map[string]*desk.Rota, calendars map[string]desk.BusinessTime, covers map[string][]desk.Cover, now time.Time) []finding {
	var out []finding
	say := func(word, format string, args ...any) {
		out = append(out, finding{word == "error", word + ": " + fmt.Sprintf(format, args...)})
	}
	until := now.AddDate(0, 0, coverDays)
	for _, p := range dir.Parties {
		rota := rotas[p.ID]
		if rota == nil {
			if p.AfterHours {
				say("warning", "party %s has after-hours cover and no rota, so the first of its people listed is called every time", p.ID)
			}
			continue
		}
		loc := rota.Zone()
		at := func(t time.Time) string { return t.In(loc).Format("Mon 2 Jan 15:04 MST") }
		turns := rota.Turns(now, until, covers[p.ID])
		gaps := 0
		home, _ := dir.HomeOf(p.ID)
		unreachable := map[string]bool{}
		for _, t := range turns {
			who, ok := dir.Person(t.Person)
			switch {
			case !ok:
				gaps++
				end := t.To
				if end.After(until) {
					end = until
				}
				say("error", "rota %s: nobody is on call from %s to %s", rota.Name(), at(t.From), at(end))
			case !reachable(who, home) && !unreachable[who.ID]:
				unreachable[who.ID] = true
				say("error", "rota %s: %s is on call from %s and has no account in the home %s, so no page reaches them; add one under accounts", rota.Name(), who.Name, at(t.From), home.ID)
			}
		}
		if cal, ok := calendars[p.Calendar].(*desk.Calendar); ok {
			for day := now; day.Before(until); day = day.AddDate(0, 0, 1) {
				local := day.In(loc)
				if name, closed := cal.Holiday(local.Year(), local.Month(), local.Day()); closed {
					who, _ := dir.Person(rota.At(day, covers[p.ID]).Person)
					say("note", "%s is closed on %s (%s); %s is on call then", p.ID, local.Format("Mon 2 Jan"), name, orNobody(who.Name))
				}
			}
		}
		if gaps == 0 {
			say("note", "rota %s: somebody is on call at every minute of the next %d days", rota.Name(), coverDays)
		}
	}
	return out
}

func orNobody(name string) string {
	if name == "" {
		return "nobody"
	}
	return name
}

// reachable says whether a direct message finds somebody: they have an account on the platform and in the
// workspace of their party's home.
func reachable(p desk.Person, home desk.Home) bool {
	return slices.ContainsFunc(p.Accounts, func(a desk.Account) bool {
		return strings.HasPrefix(string(a), home.Platform+"/"+home.Workspace+"/")
	})
}

// demoRotas has the playground's engineers take turns, a week each. The start is far back, so that every
// past case of the demo finds somebody on call.
func demoRotas() map[string]*desk.Rota {
	r, err := desk.CompileRota("harbor-oncall", desk.RotaSpec{Zone: "America/Los_Angeles", Start: "2024-01-01 09:00", Shift: "7 days",
		People: []string{"erin", "egon", "elif"}}, func(string) bool { return true })
	if err != nil {
		panic(err) // The demo's own rota is part of the program.
	}
	return map[string]*desk.Rota{"harbor": r}
}

// storedCovers reads who stands in by agreement in chat. A check must work before the first start and
// without a database, so a desk that is not there has none.
func storedCovers(ctx context.Context, s setup) map[string][]desk.Cover {
	out := map[string][]desk.Cover{}
	if strings.HasPrefix(s.settings.DB, "postgres") {
		return out
	}
	if _, err := os.Stat(s.settings.DB); err != nil {
		return out
	}
	store, err := storage.Open(ctx, s.settings.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		return out
	}
	defer store.Close()
	d := &desk.Desk{Store: store, Dir: s.deployment.Dir}
	for party := range s.rotas {
		out[party], _ = d.Covers(ctx, party)
	}
	return out
}
