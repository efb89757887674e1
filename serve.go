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
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"casebot/desk"
	"casebot/web"
)

const serveUsage = `casebot serve: run the bot.

  casebot serve

Settings come from the environment (CASEBOT_DB, CASEBOT_LISTEN, CASEBOT_URL, SLACK_…, DISCORD_…) and from casebot.yaml,
which names the parties, their homes and people. GET /healthz says that it is alive, /readyz that the
database and every platform answer, /metrics has figures for Prometheus.

Example:
  CASEBOT_DB=postgres://casebot@db/casebot CASEBOT_LISTEN=0.0.0.0:8080 casebot serve
`

const healthUsage = `casebot healthcheck: ask a running casebot whether it is alive. Exit code 0 means yes.

  casebot healthcheck [http://127.0.0.1:8080]
`

func runServe(ctx context.Context, args []string, _ io.Reader, _, errs io.Writer) int {
	fs := flag.NewFlagSet("casebot serve", flag.ContinueOnError)
	fs.SetOutput(errs)
	if fs.Parse(args) != nil || fs.NArg() > 0 {
		fmt.Fprint(errs, serveUsage)
		return exitUsage
	}
	log := slog.New(slog.NewTextHandler(errs, nil))
	d, err := readSetup(os.Getenv)
	if err != nil {
		fmt.Fprintf(errs, "casebot serve: %v\n", err)
		return exitFailed
	}
	app, err := NewApp(ctx, AppOptions{DSN: d.settings.DB, Dir: d.deployment.Dir, Handbook: d.source, BookName: d.settings.Handbook, Calendars: d.calendars, Rotas: d.rotas, Log: log, Assist: d.settings.assist(), URL: d.settings.URL})
	if err != nil {
		fmt.Fprintf(errs, "casebot serve: %v\n", err)
		return exitFailed
	}
	defer app.Close()
	if p := pagerOf(d.deployment.Dir, os.Getenv); p != nil {
		app.Connect(p)
	}
	for _, connect := range []func(*App, setup, func(string) string) error{connectSlack, connectDiscord} {
		if err := connect(app, d, os.Getenv); err != nil {
			fmt.Fprintf(errs, "casebot serve: %v\n", err)
			return exitFailed
		}
	}
	for _, h := range d.deployment.Dir.Homes {
		if app.Delivery.Platforms[h.Platform] == nil {
			fmt.Fprintf(errs, "casebot serve: home %q is on %q, which this build cannot connect to yet. Its messages wait for a day.\n", h.ID, h.Platform)
		}
	}
	ln, err := net.Listen("tcp", d.settings.Listen)
	if err != nil {
		fmt.Fprintf(errs, "casebot serve: %v\n", err)
		return exitFailed
	}
	for name, cal := range d.calendars {
		if c, ok := cal.(*desk.Calendar); ok {
			for _, year := range c.YearsWithoutHolidays(time.Now()) {
				log.Warn("a calendar has no closed date in a year that deadlines will reach", "calendar", name, "year", year)
			}
		}
	}
	suit(d.settings.DB)
	log.Info("time zone rules", "version", zoneRules())
	log.Info("serving", "address", ln.Addr().String(), "handbook", app.Desk.Book.Version)
	return exitOf(errs, "serve", app.Serve(ctx, ln, nil))
}

// suit sets what Go's runtime has settings for to what suits the program while it serves, unless its own variables are set
// (docs/performance.md). It is not called before, because starting leaves much behind that is never needed again.
func suit(db string) {
	// What an answer leaves behind is collected a third as often as Go would by itself, for some megabytes of memory.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	// SQLite's writer is in C most of its time, and the thread that is counts as one of Go's processors. With one more than the
	// machine has, the others go on reading and answering meanwhile.
	if os.Getenv("GOMAXPROCS") == "" && !strings.Contains(db, "://") {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}

// Serve runs the bot and its web server until ctx ends. page is mounted at the root; nil: there is none.
func (a *App) Serve(ctx context.Context, ln net.Listener, page http.Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := web.New(web.Options{Log: a.Log, Ready: a.Ready, Notes: a.notes, Page: page, Mounts: a.Mounts, Figures: a.figures()})
	errs := make(chan error, 2)
	go func() { defer cancel(); errs <- a.Runtime.Run(ctx) }()
	go func() { defer cancel(); errs <- server.Serve(ctx, ln) }()
	return errors.Join(<-errs, <-errs)
}

func exitOf(errs io.Writer, name string, err error) int {
	if err != nil {
		fmt.Fprintf(errs, "casebot %s: %v\n", name, err)
		return exitFailed
	}
	return exitDone
}

// runHealthcheck is for a container's HEALTHCHECK, where no other client is at hand.
func runHealthcheck(ctx context.Context, args []string, _ io.Reader, _, errs io.Writer) int {
	base := "http://127.0.0.1:8080"
	if len(args) > 0 {
		base = args[0]
	} else if v := localBase(os.Getenv("CASEBOT_LISTEN")); v != "" {
		base = v
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
	if err != nil {
		return exitOf(errs, "healthcheck", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return exitOf(errs, "healthcheck", err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return exitOf(errs, "healthcheck", fmt.Errorf("it answers %s", res.Status))
	}
	return exitDone
}

// setup is settings, deployment and handbook, read and checked.
type setup struct {
	settings   Settings
	deployment *Deployment
	book       *desk.Handbook
	source     []byte // The handbook's.
	calendars  map[string]desk.BusinessTime
	rotas      map[string]*desk.Rota
}

// readSetup reads everything that serve needs. The errors name file and line.
func readSetup(getenv func(string) string) (setup, error) {
	s, err := loadSettings(getenv)
	if err != nil {
		return setup{}, err
	}
	d, err := loadDeployment(s.Config)
	if errors.Is(err, errNoDeployment) {
		err = fmt.Errorf("%w; copy casebot.example.yaml and name your companies, or run casebot without a command for the playground", err)
	}
	if err != nil {
		return setup{}, err
	}
	if s, err = s.With(d); err != nil {
		return setup{}, err
	}
	book, source, err := loadHandbook(s.Handbook)
	if err != nil {
		return setup{}, err
	}
	calendars, err1 := compileCalendars(d, time.Now())
	rotas, err2 := compileRotas(d)
	return setup{settings: s, deployment: d, book: book, source: source, calendars: calendars, rotas: rotas}, errors.Join(err1, err2)
}

// compileCalendars makes the deployment's calendars ready. Each must open within 400 days, and every party
// must name one that is there, or none: then its clocks run around the clock.
func compileCalendars(d *Deployment, now time.Time) (map[string]desk.BusinessTime, error) {
	out := map[string]desk.BusinessTime{}
	var errs []error
	for name := range d.Calendars {
		var spec desk.CalendarSpec
		if err := d.Calendar(name, &spec); err != nil {
			return nil, err
		}
		spec, err := withHolidayFiles(spec, filepath.Dir(d.name), now)
		if err != nil {
			errs = append(errs, fmt.Errorf("calendar %s: %w", name, err))
			continue
		}
		cal, err := desk.CompileCalendar(name, spec, now)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out[name] = cal
	}
	for _, p := range d.Parties {
		if p.Calendar != "" && d.Calendars[p.Calendar].Kind == 0 {
			errs = append(errs, fmt.Errorf("party %s: there is no calendar %q", p.ID, p.Calendar))
		}
	}
	return out, errors.Join(errs...)
}
