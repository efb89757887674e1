package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
	"casebot/story"
)

// slackDirectory is the demo's directory with ids as Slack has them.
func slackDirectory(t testing.TB) *desk.Directory {
	t.Helper()
	demo, err := demoDirectory(slack.Name)
	if err != nil {
		t.Fatal(err)
	}
	homes, people := append([]desk.Home{}, demo.Homes...), append([]desk.Person{}, demo.People...)
	for i := range homes {
		name := strings.ToUpper(homes[i].Party)
		homes[i].Workspace, homes[i].Cases, homes[i].Review = "T0"+name, "C0"+name+"CASES", "C0"+name+"REVIEW"
	}
	for i := range people {
		people[i].Accounts = []desk.Account{desk.Account("slack/T0" + strings.ToUpper(people[i].Party) + "/U0" + strings.ToUpper(people[i].ID))}
	}
	dir, err := desk.NewDirectory(demo.Parties, homes, people)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// slackStage is the whole program with three workspaces of a fake Slack. A restart ends and starts the
// program; Slack stays, as it would.
type slackStage struct {
	*stage
	fake     *slackfake.Server
	teams    map[string]*slackfake.Team
	platform *slack.Platform
	http     bool
	oauth    slack.OAuth       // Installing by the web; the zero value: not at all.
	settings map[string]string // By workspace: the bot token of the settings, where it is not the good one.
	web      string            // Where the platform's own web pages are, without a slash at the end.
	stop     func()
}

// newSlackStage puts the companies' workspaces into a fake Slack.
func newSlackStage(t testing.TB, http bool) *slackStage {
	s := &slackStage{stage: &stage{dsn: filepath.Join(t.TempDir(), "casebot.db"), dir: slackDirectory(t), now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)},
		teams: map[string]*slackfake.Team{}, http: http}
	s.fake = slackfake.New(s)
	t.Cleanup(s.fake.Close)
	for _, h := range s.dir.Homes {
		s.teams[h.Workspace] = s.fake.AddTeam(h.Workspace, h.Party)
		s.fake.Scopes(h.Workspace, slack.Scopes()...)
		s.fake.AddChannel(h.Cases, "cases", h.Workspace)
		s.fake.AddChannel(h.Review, "ops-review", h.Workspace)
	}
	for _, p := range s.dir.People {
		h, _ := s.dir.HomeOf(p.Party)
		s.fake.AddUser(h.Workspace, "U0"+strings.ToUpper(p.ID), p.Name, p.Zone)
	}
	return s
}

func (s *slackStage) start(ctx context.Context) error {
	calendars, err := demoCalendars()
	if err != nil {
		return err
	}
	app, err := NewApp(ctx, AppOptions{DSN: s.dsn, Dir: s.dir, Clock: s, Log: slog.New(slog.DiscardHandler), Calendars: calendars, Rotas: demoRotas(), Assist: s.helper.options(), ArticlesFirst: true})
	if err != nil {
		return err
	}
	p, err := slack.New(slack.Options{Dir: s.dir, APIURL: s.fake.APIURL(), Clock: s, Typing: -1, State: stateSpace{app.Store, "slack"}, Threads: app.OpenThreads, OAuth: s.oauth,
		Zone: func(party string) *time.Location { return partyZone(s.dir, party) },
		Tokens: func(h desk.Home) slack.Tokens {
			team := s.teams[h.Workspace]
			if team == nil {
				return slack.Tokens{} // The app is not installed there.
			}
			bot := team.BotToken
			if stale := s.settings[h.Workspace]; stale != "" {
				bot = stale
			}
			if s.http {
				return slack.Tokens{Bot: bot, Signing: team.SigningSecret}
			}
			return slack.Tokens{Bot: bot, App: team.AppToken}
		}})
	if err != nil {
		return err
	}
	s.fake.WaitWith(p.Wait)
	app.Connect(p)
	app.Delivery.Rates = nil // The story's clock stands still between its lines.
	s.app, s.platform = app, p
	web := httptest.NewServer(p.Handler())
	s.web = web.URL
	if s.http {
		for team := range s.teams {
			s.fake.HTTP(team, web.URL)
		}
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- p.Run(running, app.Inbox) }()
	s.stop = sync.OnceFunc(func() { stop(); <-ended; web.Close(); app.Close() })
	for deadline := time.Now().Add(20 * time.Second); p.Ready() != nil; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.stop()
			return fmt.Errorf("Slack is not connected: %w", p.Ready())
		}
	}
	s.settle()
	return nil
}

// settle waits until what people did is carried out and its answers are shown.
func (s *slackStage) settle() { s.fake.Settle() }

// inBothModes plays something at a fresh desk on Slack, by Socket Mode and by signed requests, and holds that nothing was
// over a limit of Slack's.
// The desk may be prepared before it starts.
func inBothModes(t *testing.T, play func(t *testing.T, s *slackStage, w *story.World), prepare ...func(*slackStage)) {
	for name, http := range map[string]bool{"socket": false, "http": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSlackStage(t, http)
			for _, f := range prepare {
				f(s)
			}
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop() }()
			w := s.world()
			w.Work = settled{s.fake.Workspace(s.dir), s.settle}
			play(t, s, w)
			for _, p := range s.fake.Problems() {
				t.Error(p)
			}
		})
	}
}

// settled is a workspace whose acts are waited for.
type settled struct {
	bottest.Workspace
	wait func()
}

func (w settled) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	defer w.wait()
	return w.Workspace.Command(ctx, by, at, line)
}

func (w settled) Say(ctx context.Context, by desk.Person, at bottest.Spot, text string, files []bot.File) (bot.Ref, error) {
	defer w.wait()
	return w.Workspace.Say(ctx, by, at, text, files)
}

func (w settled) Rewrite(ctx context.Context, by desk.Person, ref bot.Ref, text string) error {
	defer w.wait()
	return w.Workspace.Rewrite(ctx, by, ref, text)
}

func (w settled) Remove(ctx context.Context, by desk.Person, ref bot.Ref) error {
	defer w.wait()
	return w.Workspace.Remove(ctx, by, ref)
}

func (w settled) Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error {
	defer w.wait()
	return w.Workspace.Press(ctx, by, ref, label)
}

func (w settled) Toggle(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error {
	defer w.wait()
	return w.Workspace.Toggle(ctx, kind, by, ref, emoji)
}

func (w settled) Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error {
	defer w.wait()
	return w.Workspace.Submit(ctx, by, values, files)
}

// Every story holds on Slack, by Socket Mode and by signed requests, with the scopes of the manifest and
// within every limit of the vendor.
func TestStoriesOnSlack(t *testing.T) {
	t.Parallel()
	for stage, mode := range []string{onSlackSocket: "socket", onSlackHTTP: "http"} {
		files := toldOn(t, stage)
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
					t.Parallel()
					tellOnSlack(t, file, stage == onSlackHTTP)
				})
			}
		})
	}
}

func tellOnSlack(t *testing.T, file string, http bool) {
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := newSlackStage(t, http)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { s.stop(); s.helper.end() }()
	world := s.world()
	world.Work, world.Door = settled{s.fake.Workspace(s.dir), s.settle}, s.door()
	world.Restart = func(ctx context.Context) error {
		s.stop()
		return s.start(ctx)
	}
	var told strings.Builder
	if err := story.Run(t.Context(), world, src, &told); err != nil {
		t.Errorf("%s: %v\nThe story so far:\n%s", file, err, tail(told.String(), 40))
	}
	for _, p := range s.fake.Problems() {
		t.Errorf("over a limit of Slack: %s", p)
	}
}
