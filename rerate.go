package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"strings"
	"time"

	"casebot/desk"
	"casebot/storage"
	"casebot/templates"
)

const rerateUsage = `casebot rerate: apply the current handbook and calendars to open cases. A case keeps the versions it was
opened under until this is done (SLA.md, section 2). Without --apply nothing is changed: each line shows what would be.

  casebot rerate --all [--party ID]
  casebot rerate --case NW-1001
  casebot rerate --all --apply --why "new support policy from 1 December"

  --apply     change the cases; each gets an entry in its record with who, why, and the old and new deadlines
  --why TEXT  the reason that is kept; needed with --apply
  --by NAME   who does it; default: the name of the account that runs the command

A line is: case, party, deadline, old due, new due, separated by tabs.
`

func runRerate(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	fs := flag.NewFlagSet("casebot rerate", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.Usage = func() { fmt.Fprint(errs, rerateUsage) }
	id, all, party := fs.String("case", "", ""), fs.Bool("all", false, ""), fs.String("party", "", "")
	apply, why, by := fs.Bool("apply", false, ""), fs.String("why", "", ""), fs.String("by", "", "")
	if fs.Parse(args) != nil || fs.NArg() > 0 || (*id == "") == !*all {
		fmt.Fprint(errs, rerateUsage)
		return exitUsage
	}
	if *apply && strings.TrimSpace(*why) == "" {
		fmt.Fprintln(errs, "casebot rerate: --apply needs --why, because deadlines that move are kept with their reason.")
		return exitUsage
	}
	if *by == "" {
		if u, err := user.Current(); err == nil {
			*by = u.Username
		}
	}
	s, err := readSetup(os.Getenv)
	if err != nil {
		return exitOf(errs, "rerate", err)
	}
	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	store, err := storage.Open(ctx, s.settings.DB, log)
	if err != nil {
		return exitOf(errs, "rerate", err)
	}
	defer store.Close()
	d := &desk.Desk{Store: store, Dir: s.deployment.Dir, Book: s.book, Log: log, Calendars: s.calendars, Rotas: s.rotas}
	now := time.Now()
	if *apply {
		err = store.Update(ctx, func(tx desk.Tx) error { return tx.PutHandbook(s.book.Version, s.source, now) })
		if err == nil {
			err = d.KeepCalendars(ctx)
		}
	}
	if err == nil {
		err = rerateCases(ctx, d, rerateOptions{id: *id, party: *party, by: *by, why: *why, apply: *apply}, now, out, errs)
	}
	return exitOf(errs, "rerate", err)
}

type rerateOptions struct {
	id, party, by, why string
	apply              bool
}

// rerateCases goes through one case or all of a scope, each in a transaction of its own: the desk goes on
// working meanwhile, and what was done stays done when the command is ended.
func rerateCases(ctx context.Context, d *desk.Desk, o rerateOptions, now time.Time, out, errs io.Writer) error {
	ids := []string{o.id}
	if o.id == "" {
		ids = nil
		err := d.Store.View(ctx, func(r desk.Reader) error {
			return r.EachCase(desk.Scope{Tenant: o.party}, time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), func(c *desk.Case) error {
				if c.Open() {
					ids = append(ids, c.ID)
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	bar := newProgress(errs, "rerate")
	defer bar.end()
	cases, moved := 0, 0
	for i, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		clocks, err := d.Rerate(ctx, id, o.by, o.why, o.apply, now)
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		if len(clocks) > 0 {
			cases++
		}
		for _, k := range clocks {
			moved++
			to := "ends: there is no such target any more"
			if !k.Off {
				to = inZone(d, k.Party, k.To)
			}
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", id, k.Party, templates.ClockName(k.Clock), inZone(d, k.Party, k.From), to)
		}
		bar.at(i+1, len(ids))
	}
	what := "would move; nothing was changed. Add --apply --why to change them"
	if o.apply {
		what = "moved"
	}
	fmt.Fprintf(errs, "%d open cases looked at; %d deadlines of %d cases %s.\n", len(ids), moved, cases, what)
	return nil
}

// inZone shows an instant to the party that answers for it.
func inZone(d *desk.Desk, party string, at time.Time) string {
	return at.In(d.Dir.ZoneOf(desk.Person{Party: party})).Format("Mon 2 Jan 2006 15:04 MST")
}
