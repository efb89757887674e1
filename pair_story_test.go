package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/discord"
	"casebot/bot/discord/discordfake"
	"casebot/bot/slack"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
	"casebot/storage/pgtest"
	"casebot/story"
)

// pair says which platform each company of the demo is on.
type pair map[string]string

// The three pairs: everybody on Discord, and a Partner and a Provider who meet from two platforms.
var pairs = map[string]pair{
	"discord":          {"harbor": discord.Name, "northwind": discord.Name, "southgate": discord.Name},
	"partners-discord": {"harbor": slack.Name, "northwind": discord.Name, "southgate": discord.Name},
	"partners-slack":   {"harbor": discord.Name, "northwind": slack.Name, "southgate": slack.Name},
}

// snowflake makes an id as Discord has them, out of a number of our own.
func snowflake(kind, n int) string { return fmt.Sprintf("1%02d0000000000%05d", kind, n) }

// pairDirectory is the demo's directory with the ids of the platforms.
func pairDirectory(t testing.TB, on pair) *desk.Directory {
	t.Helper()
	demo, err := demoDirectory("pair")
	if err != nil {
		t.Fatal(err)
	}
	homes, people := append([]desk.Home{}, demo.Homes...), append([]desk.Person{}, demo.People...)
	spaces := map[string]string{}
	for i := range homes {
		h := &homes[i]
		name := strings.ToUpper(h.Party)
		h.Platform, h.Workspace, h.Cases, h.Review = on[h.Party], "T0"+name, "C0"+name+"CASES", "C0"+name+"REVIEW"
		if h.Platform == discord.Name {
			h.Workspace, h.Cases, h.Review = snowflake(1, i), snowflake(2, i), snowflake(3, i)
		}
		spaces[h.Party] = h.Workspace
	}
	for i := range people {
		p := &people[i]
		user := "U0" + strings.ToUpper(p.ID)
		if on[p.Party] == discord.Name {
			user = snowflake(4, i)
		}
		p.Accounts = []desk.Account{desk.Account(on[p.Party] + "/" + spaces[p.Party] + "/" + user)}
	}
	dir, err := desk.NewDirectory(demo.Parties, homes, people)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// pairStage is the whole program between a fake Slack and a fake Discord. A restart ends and starts the program;
// the platforms stay, as they would.
type pairStage struct {
	*stage
	on      pair
	slack   *slackfake.Server
	discord *discordfake.Server
	teams   map[string]*slackfake.Team
	bots    map[string]*discordfake.Bot // By guild.
	forum   bool                        // Cases stand in forums.
	tokens  map[string]string           // By guild: the token of the settings, where it is not the good one.
	without string                      // A guild that takes nothing: a start does not wait for it.
	stop    func()
}

// newPairStage puts each company where it is at home.
func newPairStage(t testing.TB, on pair, dsn string, forum bool) *pairStage {
	t.Helper()
	s := &pairStage{stage: &stage{dsn: dsn, dir: pairDirectory(t, on), now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)}, on: on, forum: forum,
		teams: map[string]*slackfake.Team{}, bots: map[string]*discordfake.Bot{}}
	s.slack, s.discord = slackfake.New(s), discordfake.New(s)
	t.Cleanup(s.slack.Close)
	t.Cleanup(s.discord.Close)
	for _, h := range s.dir.Homes {
		if h.Platform == slack.Name {
			s.teams[h.Workspace] = s.slack.AddTeam(h.Workspace, h.Party)
			s.slack.Scopes(h.Workspace, slack.Scopes()...)
			s.slack.AddChannel(h.Cases, "cases", h.Workspace)
			s.slack.AddChannel(h.Review, "ops-review", h.Workspace)
			continue
		}
		s.bots[h.Workspace] = s.discord.AddBot("token-of-" + h.Party)
		s.discord.AddGuild(h.Workspace, h.Party, s.bots[h.Workspace])
		kind := "text"
		if forum {
			kind = "forum"
		}
		s.discord.AddChannel(h.Workspace, h.Cases, "cases", kind)
		s.discord.AddChannel(h.Workspace, h.Review, "ops-review", "text")
	}
	for _, p := range s.dir.People {
		f := strings.Split(string(p.Accounts[0]), "/")
		if f[0] == slack.Name {
			s.slack.AddUser(f[1], f[2], p.Name, p.Zone)
		} else {
			s.discord.AddUser(f[1], f[2], p.Name)
		}
	}
	return s
}

func (s *pairStage) start(ctx context.Context) error {
	calendars, err := demoCalendars()
	if err != nil {
		return err
	}
	app, err := NewApp(ctx, AppOptions{DSN: s.dsn, Dir: s.dir, Clock: s, Log: slog.New(slog.DiscardHandler), Calendars: calendars, Rotas: demoRotas(), Assist: s.helper.options(), ArticlesFirst: true})
	if err != nil {
		return err
	}
	s.app = app
	var platforms []bot.Platform
	zone := func(party string) *time.Location { return partyZone(s.dir, party) }
	if len(s.teams) > 0 {
		p, err := slack.New(slack.Options{Dir: s.dir, APIURL: s.slack.APIURL(), Clock: s, Typing: -1, State: stateSpace{app.Store, "slack"}, Threads: app.OpenThreads, Zone: zone,
			Tokens: func(h desk.Home) slack.Tokens {
				return slack.Tokens{Bot: s.teams[h.Workspace].BotToken, Signing: s.teams[h.Workspace].SigningSecret}
			}})
		if err != nil {
			return err
		}
		s.slack.WaitWith(p.Wait)
		web := httptest.NewServer(p.Handler())
		for team := range s.teams {
			s.slack.HTTP(team, web.URL)
		}
		defer func() {
			end := s.stop
			s.stop = func() { end(); web.Close() }
		}()
		platforms = append(platforms, p)
	}
	if len(s.bots) > 0 {
		p, err := discord.New(discord.Options{Dir: s.dir, APIURL: s.discord.REST(), GatewayURL: s.discord.Gateway(), Clock: s, State: stateSpace{app.Store, "discord"},
			Threads: app.OpenThreads, Zone: zone, Commands: discordCommands(app.Desk.Book), Token: func(h desk.Home) string {
				if stale := s.tokens[h.Workspace]; stale != "" {
					return stale
				}
				return s.bots[h.Workspace].Token
			}})
		if err != nil {
			return err
		}
		s.discord.WaitWith(p.Wait)
		platforms = append(platforms, p)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	var ended sync.WaitGroup
	for _, p := range platforms {
		app.Connect(p)
		ended.Go(func() { _ = p.Run(running, app.Inbox) })
	}
	app.Delivery.Rates = nil // The story's clock stands still between its lines.
	s.stop = sync.OnceFunc(func() { stop(); ended.Wait(); app.Close() })
	for _, p := range platforms {
		for deadline := time.Now().Add(20 * time.Second); !s.connected(p); time.Sleep(2 * time.Millisecond) {
			if time.Now().After(deadline) {
				err := p.Ready()
				s.stop()
				return fmt.Errorf("%s is not connected: %w", p.Name(), err)
			}
		}
	}
	s.settle()
	return nil
}

// connected says whether a platform is ready, but for the guild that takes nothing.
func (s *pairStage) connected(p bot.Platform) bool {
	err := p.Ready()
	return err == nil || s.without != "" && strings.HasPrefix(err.Error(), "guild "+s.without+":") && !strings.Contains(err.Error(), "\n")
}

// settle waits until what people did on either platform is carried out and its answers are shown.
func (s *pairStage) settle() {
	if len(s.bots) > 0 {
		s.discord.Settle()
	}
	if len(s.teams) > 0 {
		s.slack.Settle()
	}
}

// world is what a story acts in.
func (s *pairStage) world() *story.World {
	w := s.stage.world()
	w.Work = settled{crossing{s.dir, map[string]bottest.Workspace{slack.Name: s.slack.Workspace(s.dir), discord.Name: besideForum{s.discord.Workspace(s.dir), s.dir, s.forum}}}, s.settle}
	w.Door = s.door()
	w.Restart = func(ctx context.Context) error {
		s.stop()
		return s.start(ctx)
	}
	return w
}

// problems are what the program did that breaks a rule of either vendor.
func (s *pairStage) problems() (out []string) {
	return append(s.discord.Problems(), s.slack.Problems()...)
}

// besideForum types what is meant for a cases channel into the channel beside it where that is a forum, which
// takes words and commands only in its posts.
type besideForum struct {
	bottest.Workspace
	dir   *desk.Directory
	forum bool
}

func (b besideForum) at(at bottest.Spot) bottest.Spot {
	if h, ok := b.dir.Home(at.Home); ok && b.forum && at.Channel == h.Cases && at.Thread == "" {
		at.Channel = h.Review
	}
	return at
}

func (b besideForum) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	return b.Workspace.Command(ctx, by, b.at(at), line)
}

func (b besideForum) Say(ctx context.Context, by desk.Person, at bottest.Spot, text string, files []bot.File) (bot.Ref, error) {
	return b.Workspace.Say(ctx, by, b.at(at), text, files)
}

// crossing lets each person act where they are at home.
type crossing struct {
	dir *desk.Directory
	on  map[string]bottest.Workspace // By platform.
}

// at is the platform of a home; of a person's own when the home is empty.
func (c crossing) at(by desk.Person, home string) bottest.Workspace {
	h, ok := c.dir.Home(home)
	if !ok {
		h, _ = c.dir.HomeOf(by.Party)
	}
	return c.on[h.Platform]
}

// of is the platform on which a message stands.
func (c crossing) of(by desk.Person, ref bot.Ref) bottest.Workspace {
	home, _, _ := strings.Cut(string(ref), ":")
	return c.at(by, home)
}

func (c crossing) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	return c.at(by, at.Home).Command(ctx, by, at, line)
}

func (c crossing) Say(ctx context.Context, by desk.Person, at bottest.Spot, text string, files []bot.File) (bot.Ref, error) {
	return c.at(by, at.Home).Say(ctx, by, at, text, files)
}

func (c crossing) Rewrite(ctx context.Context, by desk.Person, ref bot.Ref, text string) error {
	return c.of(by, ref).Rewrite(ctx, by, ref, text)
}

func (c crossing) Remove(ctx context.Context, by desk.Person, ref bot.Ref) error {
	return c.of(by, ref).Remove(ctx, by, ref)
}

func (c crossing) Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error {
	return c.of(by, ref).Press(ctx, by, ref, label)
}

func (c crossing) Toggle(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error {
	return c.of(by, ref).Toggle(ctx, kind, by, ref, emoji)
}

func (c crossing) Dialog(by desk.Person) *bot.Form { return c.at(by, "").Dialog(by) }

func (c crossing) Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error {
	return c.at(by, "").Submit(ctx, by, values, files)
}

func (c crossing) Read(by desk.Person, at bottest.Spot) []bottest.Seen {
	return c.at(by, at.Home).Read(by, at)
}

// Every story holds on Discord, and between a Partner and a Provider on two platforms, on both databases and
// within every limit of the vendors.
func TestStoriesOnPairs(t *testing.T) {
	t.Parallel()
	stage := onPairs
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		for _, database := range []string{"sqlite", "postgresql"} {
			files := toldOn(t, stage)
			stage++
			t.Run(name+"/"+database, func(t *testing.T) {
				t.Parallel()
				for _, file := range files {
					t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
						t.Parallel()
						tellOnPair(t, pairs[name], file, database, false)
					})
				}
			})
		}
	}
}

// Every story holds too where the cases of a Discord stand in a forum.
func TestStoriesInAForum(t *testing.T) {
	t.Parallel()
	for _, file := range toldOn(t, onDiscordForum) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			tellOnPair(t, pairs["discord"], file, "sqlite", true)
		})
	}
}

func tellOnPair(t *testing.T, on pair, file, database string, forum bool) {
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dsn := filepath.Join(t.TempDir(), "casebot.db")
	if database == "postgresql" {
		dsn = pgtest.Database(t)
	}
	s := newPairStage(t, on, dsn, forum)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { s.stop(); s.helper.end() }()
	var told strings.Builder
	if err := story.Run(t.Context(), s.world(), src, &told); err != nil {
		t.Errorf("%s: %v\nThe story so far:\n%s", file, err, tail(told.String(), 40))
	}
	for _, p := range s.problems() {
		t.Errorf("over a limit of the platform: %s", p)
	}
}
