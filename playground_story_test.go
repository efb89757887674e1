package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/playground"
	"casebot/desk"
	"casebot/story"
)

// visitors lets stories act in the playground as they do on any platform.
type visitors struct{ stage *playStage }

var _ bottest.Workspace = visitors{}

func (v visitors) on() *playground.Visitors { return v.stage.visitors }

func (v visitors) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	return v.on().Command(ctx, by, at.Channel, at.Thread, line)
}

func (v visitors) Say(ctx context.Context, by desk.Person, at bottest.Spot, text string, files []bot.File) (bot.Ref, error) {
	return v.on().Say(ctx, by, at.Channel, at.Thread, text, files)
}

func (v visitors) Rewrite(ctx context.Context, by desk.Person, ref bot.Ref, text string) error {
	return v.on().Rewrite(ctx, by, ref, text)
}

func (v visitors) Remove(ctx context.Context, by desk.Person, ref bot.Ref) error {
	return v.on().Remove(ctx, by, ref)
}

func (v visitors) Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error {
	return v.on().Press(ctx, by, ref, label)
}

func (v visitors) Toggle(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error {
	return v.on().Toggle(ctx, kind, by, ref, emoji)
}

func (v visitors) Dialog(by desk.Person) *bot.Form { return v.on().Dialog(by) }

func (v visitors) Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error {
	return v.on().Submit(ctx, by, values, files)
}

func (v visitors) Read(by desk.Person, at bottest.Spot) []bottest.Seen {
	var out []bottest.Seen
	for _, e := range v.on().Read(by, at.Home, at.Channel, at.Thread) {
		out = append(out, bottest.Seen(e))
	}
	return out
}

// playStage is the whole program on the playground. A restart starts the playground anew as well, from
// what it kept in the desk's store.
type playStage struct {
	*stage
	visitors *playground.Visitors
	stop     func()
}

func (s *playStage) start(ctx context.Context) error {
	clock := playground.NewClock(s.Now)
	calendars, err := demoCalendars()
	if err != nil {
		return err
	}
	app, err := NewApp(ctx, AppOptions{DSN: s.dsn, Dir: s.dir, Clock: clock, Log: slog.New(slog.DiscardHandler), Calendars: calendars, Rotas: demoRotas(), Assist: s.helper.options(), ArticlesFirst: true})
	if err != nil {
		return err
	}
	p, err := playground.New(ctx, playground.Options{Dir: s.dir, Clock: clock, State: stateSpace{app.Store, "playground"}})
	if err != nil {
		return err
	}
	app.Connect(p)
	s.app, s.visitors = app, playground.NewVisitors(p)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.Run(running, app.Inbox) }()
	for p.Ready() != nil {
		runtime.Gosched()
	}
	s.stop = func() { stop(); <-ended; app.Close() }
	return nil
}

// Every story holds on the playground too: it is a platform like the others.
func TestStoriesOnThePlayground(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no stories: %v", err)
	}
	dir, err := demoDirectory(demoPlatform)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &playStage{stage: &stage{dsn: filepath.Join(t.TempDir(), "casebot.db"), dir: dir, now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)}}
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop(); s.helper.end() }()
			world := s.world()
			world.Work, world.Door = visitors{s}, s.door()
			world.Restart = func(ctx context.Context) error {
				s.stop()
				return s.start(ctx)
			}
			var told strings.Builder
			if err := story.Run(t.Context(), world, src, &told); err != nil {
				t.Errorf("%s: %v\nThe story so far:\n%s", file, err, tail(told.String(), 40))
			}
		})
	}
}
