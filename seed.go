package main

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"time"

	"casebot/desk"
)

// seedWeeks is how far back the demo's past goes.
const seedWeeks = 3

// seedAct is one thing somebody did in the demo's past.
type seedAct struct {
	at   time.Time
	who  string
	file *seedCase // Files this case; nil: acts on one filed before.
	on   *seedCase
	do   desk.Command
}

// seed plays three weeks of past cases through the same use cases as everybody's, on a moved clock, so
// that lists, digest and charts show something at once. set moves the clock; now is where it ends.
func (a *App) seed(ctx context.Context, now time.Time, set func(time.Time)) error {
	start := now.AddDate(0, 0, -7*seedWeeks).Truncate(24 * time.Hour)
	set(start)
	articles, err := seedArticles()
	if err != nil {
		return err
	}
	for i := range articles {
		articles[i].UpdatedAt, articles[i].Version = start, 1
		if err := a.articles.put(ctx, articles[i]); err != nil {
			return err
		}
	}
	if err := a.tick(ctx); err != nil { // Sets the reviews' first due instants.
		return err
	}
	var acts []seedAct
	for i := range seedCases {
		acts = append(acts, seedCases[i].acts(start, now)...)
	}
	sort.SliceStable(acts, func(i, j int) bool { return acts[i].at.Before(acts[j].at) })
	ids := map[*seedCase]string{}
	for _, x := range acts {
		if x.at.After(now) {
			break
		}
		if err := a.Step(ctx, x.at, set); err != nil {
			return err
		}
		set(x.at)
		if err := a.seedOne(ctx, x, ids); err != nil {
			return fmt.Errorf("seeding %q at %s: %w", x.on.summary, x.at.Format(time.RFC3339), err)
		}
	}
	if err := a.Step(ctx, now, set); err != nil {
		return err
	}
	set(now)
	return a.seedActions(ctx, now)
}

// seedOne does one act. An act that the case's state no longer allows is left out: the desk's own clocks
// may have been quicker.
func (a *App) seedOne(ctx context.Context, x seedAct, ids map[*seedCase]string) error {
	by, ok := a.Desk.Dir.Person(x.who)
	if !ok {
		return fmt.Errorf("there is no demo person %q", x.who)
	}
	if x.file == nil {
		_, err := a.Desk.Do(ctx, desk.Act{By: by, Case: ids[x.on], Do: x.do, Now: x.at})
		if k := desk.KindOf(err); k == desk.KindState || k == desk.KindConflict {
			return nil
		}
		return err
	}
	var files []desk.Attachment
	if x.file.log != "" {
		f, err := a.Desk.KeepFile(ctx, by, "till.log", "text/plain", []byte(x.file.log), x.at)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	out, err := a.Desk.Do(ctx, desk.Act{By: by, Now: x.at, Do: desk.FileCase{Values: x.file.values(x.at), Files: files}})
	if err != nil {
		return err
	}
	ids[x.file] = out.Case.ID
	return nil
}

func (a *App) seedActions(ctx context.Context, now time.Time) error {
	for _, x := range []struct {
		who, owner, title string
		due               time.Duration
		ago               time.Duration
	}{
		{"pia", "erin", "Write an article on HB-4012 after an update", -24 * time.Hour, 8 * 24 * time.Hour},
		{"pia", "egon", "Add the till log location to the intake hints", 4 * 24 * time.Hour, 2 * 24 * time.Hour},
		{"nora", "dana", "Check that every till has the log switched on", -2 * 24 * time.Hour, 9 * 24 * time.Hour},
		{"stefan", "sara", "Train two more agents on refunds", 6 * 24 * time.Hour, 24 * time.Hour},
	} {
		by, _ := a.Desk.Dir.Person(x.who)
		if _, err := a.Desk.AddAction(ctx, by, desk.Action{Title: x.title, Owner: x.owner, Due: now.Add(x.due)}, now.Add(-x.ago)); err != nil {
			return err
		}
	}
	return nil
}

// values are the case's fields as its agent typed them.
func (s *seedCase) values(at time.Time) map[desk.Field]string {
	v := map[desk.Field]string{
		desk.FieldCustomer: s.customer, desk.FieldProduct: s.product, desk.FieldCategory: s.category,
		desk.FieldSeverity: strconv.Itoa(s.severity), desk.FieldSummary: s.summary, desk.FieldImpact: s.impact,
		desk.FieldEnvironment: s.environment, desk.FieldSteps: s.steps,
		desk.FieldFirstSeen:  at.Add(-40 * time.Minute).UTC().Format(time.RFC3339),
		desk.FieldReportedAt: at.Add(-10 * time.Minute).UTC().Format(time.RFC3339),
	}
	if s.live {
		v[desk.FieldLive] = "yes"
	}
	return v
}
