package discord

import (
	"context"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
	"casebot/desk"
)

// The ids of the test's guilds, channels and people.
const (
	northwindGuild = "100000000000000001"
	harborGuild    = "100000000000000002"
	supportID      = "200000000000000001"
	reviewID       = "200000000000000002"
	generalID      = "200000000000000004"
	escalationsID  = "200000000000000003"
	userDana       = "300000000000000001"
	userMarco      = "300000000000000002"
	userPriya      = "300000000000000003"
	userStranger   = "300000000000000009"
)

// sampleDirectory is a partner and a provider in guilds of their own.
func sampleDirectory(t testing.TB) *desk.Directory {
	t.Helper()
	person := func(id, name, party, guild, user string, roles ...desk.Role) desk.Person {
		return desk.Person{ID: id, Name: name, Party: party, Roles: roles, Accounts: []desk.Account{account(guild, user)}}
	}
	d, err := desk.NewDirectory(
		[]desk.Party{
			{ID: "northwind", Name: "Northwind Demo Retail", Kind: desk.Partner, Key: "NW", Zone: "America/Los_Angeles", Home: "nw"},
			{ID: "harbor", Name: "Harbor Demo Software", Kind: desk.Provider, Zone: "America/Los_Angeles", Home: "hb"},
		},
		[]desk.Home{
			{ID: "nw", Party: "northwind", Platform: Name, Workspace: northwindGuild, Cases: supportID, Review: reviewID},
			{ID: "hb", Party: "harbor", Platform: Name, Workspace: harborGuild, Cases: escalationsID},
		},
		[]desk.Person{
			person("dana", "Dana Demo", "northwind", northwindGuild, userDana, desk.Agent),
			person("marco", "Marco Muster", "northwind", northwindGuild, userMarco, desk.DutyManager),
			person("priya", "Priya Sample", "harbor", harborGuild, userPriya, desk.Engineer),
		})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// stored is a State that outlives the adapter's restarts in a test.
type stored struct {
	mu  sync.Mutex
	all map[string][]byte
}

func (m *stored) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[key], nil
}

func (m *stored) Put(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[string][]byte{}
	}
	m.all[key] = append([]byte(nil), value...)
	return nil
}

func (m *stored) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, key)
	return nil
}

// world is the fake service with both guilds, and what survives the adapter.
type world struct {
	dir   *desk.Directory
	fake  *discordfake.Server
	state *stored
	clock *bottest.Clock
	bot   *discordfake.Bot
	forum bool
}

// newWorld puts both guilds into a fake Discord; kind is that of the partner's cases channel, text or forum.
func newWorld(t testing.TB, kind string) *world {
	t.Helper()
	w := &world{dir: sampleDirectory(t), state: &stored{}, clock: bottest.NewClock(bottest.Monday), forum: kind == "forum"}
	w.fake = discordfake.New(w.clock)
	t.Cleanup(w.fake.Close)
	w.bot = w.fake.AddBot("a-token")
	for _, h := range w.dir.Homes {
		w.fake.AddGuild(h.Workspace, h.Party, w.bot)
	}
	w.fake.AddChannel(northwindGuild, supportID, "support", kind)
	w.fake.AddChannel(northwindGuild, reviewID, "ops-review", "text")
	w.fake.AddChannel(northwindGuild, generalID, "general", "text")
	w.fake.AddChannel(harborGuild, escalationsID, "escalations", "text")
	for _, p := range w.dir.People {
		guild, user := splitAccount(p.Accounts[0])
		w.fake.AddUser(guild, user, p.Name)
	}
	w.fake.AddUser(northwindGuild, userStranger, "Sam Stranger")
	return w
}

func (w *world) options() Options {
	return Options{Dir: w.dir, APIURL: w.fake.REST(), Clock: w.clock, State: w.state, Token: func(desk.Home) string { return w.bot.Token }}
}

// running is the adapter at work.
type running struct {
	*Platform
	end func()
}

// start runs the adapter over the fake until it is ended.
func (w *world) start(t testing.TB, inbox bot.Inbox, change func(o *Options)) *running {
	t.Helper()
	r := w.begin(t, inbox, change)
	deadline := time.Now().Add(20 * time.Second)
	for r.Ready() != nil {
		if time.Now().After(deadline) {
			t.Fatalf("Discord is not connected: %v", r.Ready())
		}
		time.Sleep(2 * time.Millisecond)
	}
	w.fake.Settle()
	return r
}

// begin runs it without waiting until it is connected.
func (w *world) begin(t testing.TB, inbox bot.Inbox, change func(o *Options)) *running {
	t.Helper()
	o := w.options()
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	p.pace = 10 * time.Millisecond
	w.fake.WaitWith(p.Wait)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, inbox) }()
	r := &running{Platform: p, end: sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})}
	t.Cleanup(r.end)
	return r
}

// Discord passes the suite that every platform passes, with a text channel and with a forum as home.
func TestConformance(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		t.Run(kind, func(t *testing.T) {
			bottest.Conformance(t, func(t *testing.T, inbox bot.Inbox) *bottest.Harness {
				return open(t, newWorld(t, kind), inbox)
			})
		})
	}
}

// beside lets people in a home with a forum type commands where it can be done: in the text channel beside it,
// for a forum has only posts.
type beside struct{ bottest.Workspace }

func (w beside) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	if at.Channel == supportID && at.Thread == "" {
		at.Channel = generalID
	}
	return w.Workspace.Command(ctx, by, at, line)
}

func (w beside) Read(by desk.Person, at bottest.Spot) []bottest.Seen {
	out := w.Workspace.Read(by, at)
	if at.Channel == supportID && at.Thread == "" {
		at.Channel = generalID
		out = append(out, w.Workspace.Read(by, at)...)
	}
	return out
}

func open(t *testing.T, w *world, inbox bot.Inbox) *bottest.Harness {
	r := w.start(t, inbox, nil)
	h := &bottest.Harness{Platform: r.Platform, Work: w.fake.Workspace(w.dir), Dir: w.dir}
	if w.forum {
		h.Work = beside{h.Work}
	}
	h.Dana, _ = w.dir.Person("dana")
	h.Marco, _ = w.dir.Person("marco")
	h.Stranger = desk.Person{ID: "stranger", Name: "Sam Stranger", Party: "northwind", Accounts: []desk.Account{account(northwindGuild, userStranger)}}
	h.Settle = w.fake.Settle
	h.Redeliver = w.fake.Redeliver
	h.Out, h.In = func() { w.fake.Permit(supportID) }, func() { w.fake.Permit(supportID, discordfake.Everything()...) }
	h.Lose = func() {
		lost := false
		for _, route := range []string{"POST /channels/{id}/messages", "POST /channels/{id}/threads"} {
			w.fake.Fault(route, func(int) *discordfake.Fault {
				if lost {
					return nil
				}
				lost = true
				return &discordfake.Fault{Accept: true}
			})
		}
	}
	h.End, h.Advance = r.end, func(d time.Duration) { w.clock.Advance(d) }
	h.Restart = func(t *testing.T, inbox bot.Inbox) *bottest.Harness {
		r.end()
		return open(t, w, inbox)
	}
	h.Limits = func(t *testing.T, _ bottest.Spot) {
		for _, p := range w.fake.Problems() {
			t.Errorf("over a limit of Discord: %s", p)
		}
	}
	return h
}
