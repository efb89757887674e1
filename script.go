package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"casebot/assist"
	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/story"
)

// runScript acts out one story and prints it as a conversation.
func runScript(ctx context.Context, file, dsn string, out, errs io.Writer) int {
	src, err := os.ReadFile(file)
	if err != nil {
		return exitOf(errs, "demo", err)
	}
	s, err := newStage(ctx, dsn)
	if err != nil {
		return exitOf(errs, "demo", err)
	}
	defer s.end()
	if err := story.Run(ctx, s.world(), src, out); err != nil {
		fmt.Fprintf(errs, "%s: %v\n", file, err)
		return exitFailed
	}
	fmt.Fprintf(out, "\nThe story holds.\n")
	return exitDone
}

// stage is the whole program set up for stories: the demo's people on an in-memory platform, a database,
// and a clock that only the story moves.
type stage struct {
	dsn  string
	dir  *desk.Directory
	fake *bottest.Fake
	app  *App

	helper   played
	settings assist.Options // Of the writing helper, where no story plays it.

	mu  sync.Mutex
	now time.Time
}

func newStage(ctx context.Context, dsn string) (*stage, error) {
	s := &stage{dsn: dsn, now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)}
	return s, s.raise(ctx)
}

// raise puts the demo's people on the platform and opens the desk.
func (s *stage) raise(ctx context.Context) (err error) {
	if s.dir, err = demoDirectory(demoPlatform); err != nil {
		return err
	}
	s.fake = bottest.NewFake(demoPlatform, s.dir)
	s.fake.Now = s.Now
	return s.open(ctx)
}

// assist are the settings of the writing helper.
func (s *stage) assist() assist.Options {
	if s.helper.Server != nil {
		return s.helper.options()
	}
	return s.settings
}

// Now is the story's time.
func (s *stage) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *stage) set(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = t
}

func (s *stage) open(ctx context.Context) error {
	calendars, err := demoCalendars()
	if err != nil {
		return err
	}
	app, err := NewApp(ctx, AppOptions{DSN: s.dsn, Dir: s.dir, Clock: s, Log: slog.New(slog.DiscardHandler), Calendars: calendars, Rotas: demoRotas(), Assist: s.assist(), ArticlesFirst: true})
	if err != nil {
		return err
	}
	app.Connect(s.fake)
	s.fake.Connect(app.Inbox)
	s.app = app
	return nil
}

func (s *stage) close() error { return s.app.Close() }

// end closes the stage for good, with what was played beside the desk.
func (s *stage) end() {
	s.close()
	s.helper.end()
}

// restart ends the program and starts it again on the same database; the chat platform stays, as it would.
func (s *stage) restart(ctx context.Context) error {
	if err := s.close(); err != nil {
		return err
	}
	return s.open(ctx)
}

func (s *stage) world() *story.World {
	w := &story.World{
		Dir: s.dir, Store: storeOf(func() desk.Store { return s.app.Store }), Work: s.fake, Now: s.Now, Set: s.set,
		Advance: func(ctx context.Context, to time.Time) error {
			if err := s.app.Step(ctx, to, s.set); err != nil {
				return err
			}
			s.set(to)
			return nil
		},
		Tick: func(ctx context.Context) error { return s.app.tick(ctx) },
		Flush: func(ctx context.Context) {
			s.app.settle()
			s.app.Delivery.Flush(ctx)
		},
		Restart: s.restart, Helper: &s.helper, Door: door{s.fake},
	}
	s.helper.restart = func(ctx context.Context) error { return w.Restart(ctx) } // Each platform starts anew in its own way.
	return w
}

// door takes the desk out of a channel of the in-memory platform.
type door struct{ fake *bottest.Fake }

func (d door) Out(_ context.Context, h desk.Home) error {
	d.fake.Out(h.ID, h.Cases)
	return nil
}

func (d door) In(ctx context.Context, h desk.Home) error {
	d.fake.In(ctx, h.ID, h.Cases)
	return nil
}

// storeOf is a store that may be another after a restart.
type storeOf func() desk.Store

func (f storeOf) Update(ctx context.Context, g func(desk.Tx) error) error   { return f().Update(ctx, g) }
func (f storeOf) View(ctx context.Context, g func(desk.Reader) error) error { return f().View(ctx, g) }
func (f storeOf) Ready(ctx context.Context) error                           { return f().Ready(ctx) }
func (f storeOf) Close() error                                              { return f().Close() }
