package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"casebot/assist"
	"casebot/assist/assistfake"
	"casebot/bot/playground"
	"casebot/desk"
)

const demoUsage = `casebot demo: the playground. A desk with demo people and three weeks of past cases in the browser.

  casebot [demo] [--db FILE] [--listen ADDRESS] [--empty] [--helper]
  casebot demo --script FILE [--db FILE]

  --db FILE       keep the desk and the conversation in FILE between runs; otherwise they go with the program
  --listen ADDR   where the page is served; default 127.0.0.1:8080, or a free port when that is taken
  --empty         start without the past cases
  --helper        play the writing helper on this machine, to see what it is for; nothing leaves it
  --script FILE   act out one story and print it as a conversation; exit code 1 names the line that did not hold

Example:
  casebot demo --script testdata/script/friday-evening.txtar
`

func runDemo(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	fs := flag.NewFlagSet("casebot demo", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.Usage = func() { fmt.Fprint(errs, demoUsage) }
	db := fs.String("db", "", "")
	listen := fs.String("listen", os.Getenv("CASEBOT_LISTEN"), "")
	script := fs.String("script", "", "")
	empty := fs.Bool("empty", false, "")
	helper := fs.Bool("helper", false, "")
	if err := fs.Parse(args); err != nil || fs.NArg() > 0 {
		if errors.Is(err, flag.ErrHelp) {
			return exitDone
		}
		if fs.NArg() > 0 {
			fmt.Fprintf(errs, "casebot demo: %q is not understood.\n%s", fs.Arg(0), demoUsage)
		}
		return exitUsage
	}
	dsn := *db
	if dsn == "" {
		dir, err := os.MkdirTemp("", "casebot-demo-")
		if err != nil {
			return exitOf(errs, "demo", err)
		}
		defer os.RemoveAll(dir)
		dsn = filepath.Join(dir, "casebot.db")
	}
	if *script != "" {
		return runScript(ctx, *script, dsn, out, errs)
	}
	return exitOf(errs, "demo", demo(ctx, dsn, *listen, *empty, *helper, out, errs))
}

// demo seeds the desk when it is new, and serves the playground until ctx ends.
func demo(ctx context.Context, dsn, listen string, empty, played bool, out, errs io.Writer) error {
	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	fmt.Fprintln(errs, "Preparing the desk. A new one plays three weeks of past cases first, which takes some seconds.")
	helper, end, err := demoHelper(played)
	if err != nil {
		return err
	}
	defer end()
	d, err := NewDemo(ctx, dsn, !empty, log, time.Now, helper)
	if err != nil {
		return err
	}
	defer d.Close()
	ln, err := listenNear(listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "casebot playground: http://%s/\nPress Ctrl+C to end it.\n", ln.Addr())
	return d.Serve(ctx, ln, d.Playground.Handler())
}

// listenNear listens where it was asked to. Without a wish it takes the usual port, or a free one when
// that is taken.
func listenNear(listen string) (net.Listener, error) {
	if listen != "" {
		return net.Listen("tcp", listen)
	}
	ln, err := net.Listen("tcp", defaultListen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return ln, err
}

// Demo is the program with the playground as its platform.
type Demo struct {
	*App
	Playground *playground.Platform
}

// NewDemo opens a demo desk on a database. A new one is seeded; one that has cases goes on where it was.
// base is the real time; the playground's clock starts there. helpers is the writing helper, if any.
func NewDemo(ctx context.Context, dsn string, past bool, log *slog.Logger, base func() time.Time, helpers ...assist.Options) (*Demo, error) {
	var helper assist.Options
	for _, h := range helpers {
		helper = h
	}
	dir, err := demoDirectory(demoPlatform)
	if err != nil {
		return nil, err
	}
	calendars, err := demoCalendars()
	if err != nil {
		return nil, err
	}
	clock := playground.NewClock(base)
	app, err := NewApp(ctx, AppOptions{DSN: dsn, Dir: dir, Clock: clock, Log: log, Calendars: calendars, Rotas: demoRotas(), Assist: helper, ArticlesFirst: true})
	if err != nil {
		return nil, err
	}
	p, err := playground.New(ctx, playground.Options{Dir: dir, Clock: clock, Log: log, State: stateSpace{app.Store, "playground"}})
	if err != nil {
		return nil, errors.Join(err, app.Close())
	}
	app.Connect(p)
	clock.Steps(app.Step, app.Desk.NextDue)
	d := &Demo{App: app, Playground: p}
	if past {
		if err := d.seedOnce(ctx, clock, base()); err != nil {
			return nil, errors.Join(err, app.Close())
		}
	}
	return d, nil
}

// Serve serves the playground until ctx ends, and says under which address articles are written.
func (d *Demo) Serve(ctx context.Context, ln net.Listener, page http.Handler) error {
	d.pages.Base = "http://" + ln.Addr().String()
	return d.App.Serve(ctx, ln, page)
}

// seedOnce plays the past into a desk that has none.
func (d *Demo) seedOnce(ctx context.Context, clock *playground.Clock, now time.Time) error {
	var cases []*desk.Case
	err := d.Store.View(ctx, func(r desk.Reader) error {
		var err error
		cases, err = r.Cases(desk.CaseQuery{Limit: 1})
		return err
	})
	if err != nil || len(cases) > 0 {
		return err
	}
	return d.seed(ctx, now, clock.Set)
}

// stateSpace is a space of the store's small values as the playground keeps its conversation in.
type stateSpace struct {
	store desk.Store
	space string
}

func (s stateSpace) Put(ctx context.Context, key string, value []byte) error {
	return s.store.Update(ctx, func(tx desk.Tx) error { return tx.PutState(s.space, key, value) })
}

func (s stateSpace) Get(ctx context.Context, key string) (value []byte, err error) {
	err = s.store.View(ctx, func(r desk.Reader) error {
		value, err = r.State(s.space, key)
		return err
	})
	if desk.KindOf(err) == desk.KindNotFound {
		return nil, nil
	}
	return value, err
}

func (s stateSpace) Delete(ctx context.Context, key string) error {
	return s.store.Update(ctx, func(tx desk.Tx) error { return tx.DeleteState(s.space, key) })
}

func (s stateSpace) Each(ctx context.Context, f func(key string, value []byte) error) error {
	return s.store.View(ctx, func(r desk.Reader) error { return r.EachState(s.space, f) })
}

// demoCalendars are the business hours of the demo's companies.
func demoCalendars() (map[string]desk.BusinessTime, error) {
	week := func(from, to string, days ...string) map[string][][]string {
		m := map[string][][]string{}
		for _, d := range days {
			m[d] = [][]string{{from, to}}
		}
		return m
	}
	out := map[string]desk.BusinessTime{}
	for name, spec := range map[string]desk.CalendarSpec{
		"harbor":    {TZ: "America/Los_Angeles", Weekly: week("08:00", "17:00", "mon", "tue", "wed", "thu", "fri"), Day: "8h", HolidaySets: []string{"us-california"}},
		"northwind": {TZ: "America/Chicago", Weekly: week("08:00", "18:00", "mon", "tue", "wed", "thu", "fri"), Day: "8h", HolidaySets: []string{"us-federal"}},
		"southgate": {TZ: "Europe/Berlin", Weekly: week("09:00", "18:00", "mon", "tue", "wed", "thu", "fri", "sat"), Day: "8h", Holidays: []string{"2026-12-25 Christmas", "2026-12-26 Boxing Day", "2027-01-01 New Year"}},
	} {
		cal, err := desk.CompileCalendar(name, spec, time.Time{})
		if err != nil {
			return nil, err
		}
		out[name] = cal
	}
	return out, nil
}

// demoHelper is the writing helper of the playground: one played on this machine when asked for, else the one that the
// environment sets up, which mostly is none.
func demoHelper(played bool) (o assist.Options, end func(), err error) {
	if played {
		fake := assistfake.New()
		return assist.Options{BaseURL: fake.URL(), Key: assistfake.Key, ChatModel: assistfake.Chat}, fake.Close, nil
	}
	s, err := loadSettings(os.Getenv)
	return s.assist(), func() {}, err
}
