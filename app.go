package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"casebot/assist"
	"casebot/bot"
	"casebot/commands"
	"casebot/desk"
	"casebot/storage"
	"casebot/templates"
	"casebot/web"
)

// App is the whole program put together: build it, Run it, Close it. Tests start the real thing with a
// database in a temporary folder.
type App struct {
	Desk     *desk.Desk
	Store    *storage.Store
	Delivery *bot.Delivery
	Inbox    bot.Inbox
	Runtime  *bot.Runtime
	Mounts   map[string]http.Handler // The platforms' own ways in on the web server, by path.
	Clock    bot.Clock
	Log      *slog.Logger

	articles *library
	pages    *web.Articles
	helper   *assist.Helper // Nil: none is set up.
	writer   *scribe        // Nil where it writes nothing.
	stepping sync.Mutex
}

// AppOptions say what the program is made of.
type AppOptions struct {
	DSN       string
	Dir       *desk.Directory
	Handbook  []byte // Source; nil: the default one.
	BookName  string // Its file name, for errors.
	Calendars map[string]desk.BusinessTime
	Rotas     map[string]*desk.Rota // By party ID.
	Clock     bot.Clock
	Log       *slog.Logger
	Every     time.Duration  // Between ticks; 0: the schedule's default.
	Assist    assist.Options // The writing helper; without a key and a model there is none.
	// ArticlesFirst has NewApp return when the index of the articles stands, for stories, in which nothing may hang on
	// chance. Else it is built in the background.
	ArticlesFirst bool
	pauseArticles func(ctx context.Context) error // Tests hold the build of the index back with it.
	URL           string                          // Where people reach the web server, without a slash at the end; empty: nobody writes articles there.
}

// realTime is the machine's clock.
type realTime struct{}

func (realTime) Now() time.Time { return time.Now() }

// NewApp opens the database, keeps the handbook's version and ties the rooms together. Platforms are
// handed in with Connect.
func NewApp(ctx context.Context, o AppOptions) (*App, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = realTime{}
	}
	if o.Handbook == nil {
		o.Handbook, o.BookName = templates.DefaultHandbook(), "handbook.yaml"
	}
	book, err := desk.ParseHandbook(o.BookName, o.Handbook)
	if err != nil {
		return nil, err
	}
	store, err := storage.Open(ctx, o.DSN, o.Log)
	if err != nil {
		return nil, err
	}
	d := &desk.Desk{Store: store, Dir: o.Dir, Book: book, Log: o.Log, Calendars: o.Calendars, Rotas: o.Rotas, Terms: terms}
	err = store.Update(ctx, func(tx desk.Tx) error { return tx.PutHandbook(book.Version, o.Handbook, o.Clock.Now()) })
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if err := d.KeepCalendars(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if n, err := d.Renew(ctx, o.Clock.Now()); err != nil {
		return nil, errors.Join(err, store.Close())
	} else if n > 0 {
		o.Log.Info("deadlines were computed anew, because holidays were added or time zone rules changed", "cases", n)
	}
	a := &App{Desk: d, Store: store, Clock: o.Clock, Log: o.Log, articles: newLibrary(d, o.Log)}
	renderer := &templates.Renderer{Desk: d, Digest: a.digestNotice, Articles: a.articles.forCase}
	a.Delivery = &bot.Delivery{Store: store, Dir: o.Dir, Platforms: map[string]bot.Platform{}, Render: renderer.Render, Clock: o.Clock, Log: o.Log}
	a.pages = &web.Articles{Desk: d, Save: a.articles.Save, Now: a.Clock.Now, Base: o.URL, Log: o.Log}
	a.Mount("/kb/", a.pages)
	options := commands.Options{Digest: a.digestNow, Library: a.articles, Log: o.Log, Pages: a.pages, Shut: a.Delivery.Shut}
	a.withHelper(o.Assist)
	a.articles.build.pause = o.pauseArticles
	a.articles.start()
	if o.ArticlesFirst {
		if err := a.articles.load(ctx); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	if a.writer != nil {
		options.Writer, renderer.Helper = a.writer, a.writer.mayOffer
	}
	handler := commands.New(d, options)
	a.Inbox = &bot.Dispatcher{Dir: o.Dir, Clock: o.Clock, Handler: &bot.Flow{Next: handler, Desk: d}, Log: o.Log, Nudge: a.Delivery.Nudge, Caps: a.caps, Sending: a.sending}
	a.Runtime = &bot.Runtime{Inbox: a.Inbox, Delivery: a.Delivery,
		Schedule: &bot.Schedule{Log: o.Log, Every: o.Every, Tick: a.tick, Daily: a.housekeeping}}
	return a, nil
}

// Connect adds a platform, with the limits it wants the outbox to keep. Call it before Run.
func (a *App) Connect(p bot.Platform) {
	a.Delivery.Platforms[p.Name()] = p
	a.Runtime.Platforms = append(a.Runtime.Platforms, p)
	if paced, ok := p.(bot.Paced); ok {
		if a.Delivery.Rates == nil {
			a.Delivery.Rates = bot.NewRates(map[string]bot.Rate{})
		}
		a.Delivery.Rates.Add(p.Name(), paced.Rates())
	}
}

// Mount adds a platform's way in to the web server. Call it before Serve.
func (a *App) Mount(path string, h http.Handler) {
	if a.Mounts == nil {
		a.Mounts = map[string]http.Handler{}
	}
	a.Mounts[path] = h
}

// OpenThreads gives the cards of the cases that are open, on every side.
func (a *App) OpenThreads(ctx context.Context) ([]desk.Post, error) {
	var out []desk.Post
	err := a.Store.View(ctx, func(r desk.Reader) error {
		after := ""
		for {
			cases, err := r.Cases(desk.CaseQuery{Statuses: livingStatuses, After: after, Limit: 500})
			if err != nil {
				return err
			}
			for _, c := range cases {
				for _, side := range []desk.PartyKind{desk.Partner, desk.Provider} {
					posts, err := r.Posts(c.ID, side, desk.PurposeCard)
					if err != nil {
						return err
					}
					out = append(out, posts...)
				}
			}
			if len(cases) < 500 {
				return nil
			}
			after = cases[len(cases)-1].ID
		}
	})
	return out, err
}

func (a *App) caps(platform string) bot.Capabilities {
	if p := a.Delivery.Platforms[platform]; p != nil {
		return p.Capabilities()
	}
	return bot.Capabilities{}
}

// sending lists the deliveries that are under way.
func (a *App) sending(ctx context.Context) (ids []string, err error) {
	err = a.Store.View(ctx, func(r desk.Reader) error {
		ids, err = r.Sending()
		return err
	})
	return ids, err
}

// Close ends what Run has left.
func (a *App) Close() error {
	if a.writer != nil {
		a.writer.close()
	}
	a.articles.end()
	if a.articles.meaning != nil {
		a.articles.meaning.end()
	}
	return a.Store.Close()
}

// Ready gives nil when the database takes writes, every platform is connected and the alarm ticks.
func (a *App) Ready(ctx context.Context) error {
	faults := []error{a.Store.Ready(ctx), a.Runtime.Ready()}
	missing := map[string]bool{}
	for _, h := range a.Desk.Dir.Homes {
		if a.Delivery.Platforms[h.Platform] == nil && !missing[h.Platform] {
			missing[h.Platform] = true
			faults = append(faults, fmt.Errorf("platform %s: not running, and home %s is on it", h.Platform, h.ID))
		}
	}
	return errors.Join(faults...)
}

// notes say at /readyz what is not as it will be, though the desk works: that articles are still being read.
func (a *App) notes() []string {
	if s := a.articles.note(); s != "" {
		return []string{s}
	}
	return nil
}

// tick is what the alarm does: whatever has fallen due, the hand-overs of on-call duty, the reminders of
// articles to read again, then the reviews.
func (a *App) tick(ctx context.Context) error {
	n, err := a.Desk.Sweep(ctx, a.Clock.Now())
	if err != nil {
		return err
	}
	k, err := a.Desk.Handovers(ctx, a.Clock.Now())
	if err != nil {
		return err
	}
	j, err := a.Desk.ArticleReviews(ctx, a.Clock.Now())
	if err != nil {
		return err
	}
	lost := 0
	if a.writer != nil {
		if lost, err = a.Desk.LostProposals(ctx, a.Clock.Now().Add(-lostAfter), a.Clock.Now()); err != nil {
			return err
		}
	}
	m, err := a.Desk.Reviews(ctx, a.Clock.Now())
	if n+m+k+j+lost > 0 {
		a.Delivery.Nudge()
	}
	return err
}

// housekeeping forgets inbound event ids that no platform will send again and what platforms keep about the messages of
// cases that ended long ago, and sets anew from which confidence on articles are suggested.
func (a *App) housekeeping(ctx context.Context) error {
	a.articles.catchUp(ctx)
	a.articles.calibrate(ctx)
	if a.articles.meaning != nil && a.articles.build.stands() {
		a.articles.meaning.kick()
	}
	if err := a.Desk.PruneProposals(ctx, a.Clock.Now().Add(-keepProposals)); err != nil {
		return err
	}
	if _, err := a.Store.Prune(ctx, a.Clock.Now().Add(-72*time.Hour)); err != nil {
		return err
	}
	return a.tidy(ctx)
}

// Step goes through everything that falls due until an instant, in order and at its own time, as it
// would have happened had the time really passed. set moves the clock.
func (a *App) Step(ctx context.Context, to time.Time, set func(time.Time)) error {
	a.stepping.Lock()
	defer a.stepping.Unlock()
	a.Delivery.Flush(ctx)
	for range maxSteps {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, ok, err := a.Desk.NextDue(ctx)
		if err != nil {
			return err
		}
		if !ok || next.After(to) {
			return nil
		}
		set(next)
		if err := a.tick(ctx); err != nil {
			return err
		}
		a.Delivery.Flush(ctx)
	}
	return fmt.Errorf("more than %d things fall due until %s; move the clock in smaller steps", maxSteps, to.Format(time.RFC3339))
}

// maxSteps bounds one move of the clock.
const maxSteps = 20_000

// digestNotice words the ops review that a notice asks for.
func (a *App) digestNotice(ctx context.Context, n desk.Notice, _ desk.Home) (bot.Message, bool, error) {
	from, err1 := time.Parse(time.RFC3339, n.Data["from"])
	to, err2 := time.Parse(time.RFC3339, n.Data["to"])
	if err := errors.Join(err1, err2); err != nil {
		return bot.Message{}, false, &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	r, err := a.Desk.Report(ctx, n.Party, from, to)
	if err != nil {
		return bot.Message{}, false, err
	}
	return templates.Digest(a.Desk.Dir, r), false, nil
}

// digestNow words the ops review of the last seven days for somebody who asks for it.
func (a *App) digestNow(ctx context.Context, by desk.Person, now time.Time) (bot.Message, error) {
	r, err := a.Desk.Report(ctx, by.Party, now.AddDate(0, 0, -7), now)
	if err != nil {
		return bot.Message{}, err
	}
	return templates.Digest(a.Desk.Dir, r), nil
}

// livingStatuses are those in which people still talk about a case: the open ones, and the resolved that may be reopened.
var livingStatuses = []desk.Status{desk.StatusOpen, desk.StatusEscalated, desk.StatusAcknowledged, desk.StatusReturned, desk.StatusWorkaround, desk.StatusReopened, desk.StatusResolved}
