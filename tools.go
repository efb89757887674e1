package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"casebot/bot"
	"casebot/desk"
	"casebot/storage"
	"casebot/templates"
)

const checkUsage = `casebot check: look over settings, handbook, calendars, people and the chat platforms. One line a finding; exit code 1
when one is an error.

  casebot check [--no-probe]

Slack and Discord are asked whether they are set up. To see whether Slack's events arrive, a line is written into
each Slack cases channel, reacted to and deleted; --no-probe leaves that out.

Example:
  casebot check
`

const reportUsage = `casebot report: the numbers of an ops review.

  casebot report --from 2026-11-16 --to 2026-11-23 [--party ID] [--json]

Dates are whole days in the party's zone, the second not included. Without --party it is the Provider's report.
`

const exportUsage = `casebot export: cases with their events, one JSON object a line.

  casebot export --case NW-1001
  casebot export --all
`

func runCheck(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	fs := flag.NewFlagSet("casebot check", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	still := fs.Bool("no-probe", false, "")
	if fs.Parse(args) != nil || fs.NArg() > 0 {
		fmt.Fprint(errs, checkUsage)
		return exitUsage
	}
	s, err := readSetup(os.Getenv)
	if err != nil {
		fmt.Fprintln(out, err)
		return exitFailed
	}
	code := exitDone
	list := findings(s.deployment.Dir, s.book)
	list = append(list, rotaFindings(s.deployment.Dir, s.rotas, s.calendars, storedCovers(ctx, s), time.Now())...)
	list = append(list, assistFindings(s.settings)...)
	list = append(list, pagerFindings(s.deployment.Dir, os.Getenv)...)
	list = append(list, servingFindings(ctx, s.settings)...)
	list = append(list, slackFindings(ctx, s, os.Getenv, !*still)...)
	list = append(list, discordFindings(ctx, s, os.Getenv)...)
	for _, f := range list {
		fmt.Fprintln(out, f.text)
		if f.bad {
			code = exitFailed
		}
	}
	for name, cal := range s.calendars {
		if c, ok := cal.(*desk.Calendar); ok {
			for _, year := range c.YearsWithoutHolidays(time.Now()) {
				fmt.Fprintf(out, "warning: calendar %s has no closed date in %d; name a holiday set or its dates\n", name, year)
			}
		}
	}
	fmt.Fprintf(out, "handbook: version %s, %d people, %d homes\n", s.book.Version, len(s.deployment.Dir.People), len(s.deployment.Dir.Homes))
	return code
}

type finding struct {
	bad  bool
	text string
}

// findings are what would go wrong at work although every file can be read.
func findings(dir *desk.Directory, book *desk.Handbook) []finding {
	var out []finding
	say := func(bad bool, format string, args ...any) {
		word := "warning"
		if bad {
			word = "error"
		}
		out = append(out, finding{bad, word + ": " + fmt.Sprintf(format, args...)})
	}
	for _, p := range dir.Parties {
		if _, ok := dir.HomeOf(p.ID); !ok {
			say(true, "party %s has no home, so nothing can be told there", p.ID)
		}
		if p.Contact == "" {
			say(false, "party %s has no escalation contact (handbook section 4)", p.ID)
		}
		workers := dir.PeopleOf(p.ID, desk.Agent, desk.Engineer, desk.DutyManager)
		if h, _ := dir.HomeOf(p.ID); len(workers) == 0 && h.DefaultRole == "" && len(h.Roles) == 0 {
			say(true, "party %s has nobody who may work on cases", p.ID)
		}
	}
	for _, p := range dir.People {
		if len(p.Accounts) == 0 {
			say(false, "%s has no account, so no direct message reaches them", p.ID)
		}
	}
	for _, step := range book.Escalation.Ladder {
		provider := dir.Provider()
		engineers := len(dir.PeopleOf(provider.ID, desk.Engineer))
		if step.Call == "second call" && engineers == 1 {
			say(false, "the ladder's second call has nobody but the first one to call (handbook section 4)")
			continue
		}
		known := map[string]bool{"on-call": engineers > 0, "second call": engineers > 1, "duty manager": len(dir.PeopleOf(provider.ID, desk.DutyManager)) > 0, "contact": provider.Contact != ""}
		if _, named := dir.Person(step.Call); !named && !known[step.Call] {
			say(true, "the ladder calls %q and there is nobody to call (handbook section 4)", step.Call)
		}
	}
	return out
}

// openDesk opens the deployment's desk for a command that only reads.
func openDesk(ctx context.Context, errs io.Writer) (*desk.Desk, func() error, error) {
	s, err := readSetup(os.Getenv)
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	store, err := storage.Open(ctx, s.settings.DB, log)
	if err != nil {
		return nil, nil, err
	}
	return &desk.Desk{Store: store, Dir: s.deployment.Dir, Book: s.book, Log: log, Terms: terms}, store.Close, nil
}

func runReport(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	fs := flag.NewFlagSet("casebot report", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.Usage = func() { fmt.Fprint(errs, reportUsage) }
	from, to := fs.String("from", "", ""), fs.String("to", "", "")
	party, asJSON := fs.String("party", "", ""), fs.Bool("json", false, "")
	if fs.Parse(args) != nil || fs.NArg() > 0 || *from == "" || *to == "" {
		fmt.Fprint(errs, reportUsage)
		return exitUsage
	}
	d, done, err := openDesk(ctx, errs)
	if err != nil {
		return exitOf(errs, "report", err)
	}
	defer done()
	if *party == "" {
		*party = d.Dir.Provider().ID
	}
	loc := d.Dir.ZoneOf(desk.Person{Party: *party})
	a, err1 := time.ParseInLocation("2006-01-02", *from, loc)
	b, err2 := time.ParseInLocation("2006-01-02", *to, loc)
	if err := errors.Join(err1, err2); err != nil || !b.After(a) {
		fmt.Fprintf(errs, "casebot report: --from and --to are dates such as 2026-11-16, the second after the first.\n")
		return exitUsage
	}
	r, err := d.Report(ctx, *party, a, b)
	if err != nil {
		return exitOf(errs, "report", err)
	}
	if *asJSON {
		return exitOf(errs, "report", json.NewEncoder(out).Encode(r))
	}
	fmt.Fprintln(out, bot.PlainText(templates.Digest(d.Dir, r), loc))
	return exitDone
}

// exported is one line of an export.
type exported struct {
	Case   *desk.Case      `json:"case"`
	Events []exportedEvent `json:"events"`
}

type exportedEvent struct {
	desk.Event
	Kind string    `json:"kind"`
	Body desk.Body `json:"body"`
}

func runExport(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	fs := flag.NewFlagSet("casebot export", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.Usage = func() { fmt.Fprint(errs, exportUsage) }
	id, all := fs.String("case", "", ""), fs.Bool("all", false, "")
	if fs.Parse(args) != nil || fs.NArg() > 0 || (*id == "") == !*all {
		fmt.Fprint(errs, exportUsage)
		return exitUsage
	}
	d, done, err := openDesk(ctx, errs)
	if err != nil {
		return exitOf(errs, "export", err)
	}
	defer done()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	bar := newProgress(errs, "export")
	defer bar.end()
	return exitOf(errs, "export", d.Store.View(ctx, func(r desk.Reader) error {
		one := func(c *desk.Case) error {
			events, err := r.Events(c.ID)
			if err != nil {
				return err
			}
			x := exported{Case: c}
			for _, e := range events {
				x.Events = append(x.Events, exportedEvent{e, e.Body.Kind(), e.Body})
			}
			return enc.Encode(x)
		}
		if *id != "" {
			c, err := r.Case(*id)
			if err != nil {
				return err
			}
			return one(c)
		}
		n := 0
		return r.EachCase(desk.Scope{}, time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), func(c *desk.Case) error {
			n++
			bar.at(n, 0)
			return one(c)
		})
	}))
}
