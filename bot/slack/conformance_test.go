package slack

import (
	"context"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

// memory is a State that outlives the adapter's restarts in a test.
type memory struct {
	mu  sync.Mutex
	all map[string][]byte
}

func (m *memory) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[key], nil
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[string][]byte{}
	}
	m.all[key] = append([]byte(nil), value...)
	return nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, key)
	return nil
}

// sampleDirectory is a partner and a provider in workspaces of their own.
func sampleDirectory(t testing.TB) *desk.Directory {
	t.Helper()
	person := func(id, name, party, team, user string, roles ...desk.Role) desk.Person {
		return desk.Person{ID: id, Name: name, Party: party, Roles: roles, Accounts: []desk.Account{account(team, user)}}
	}
	d, err := desk.NewDirectory(
		[]desk.Party{
			{ID: "northwind", Name: "Northwind Demo Retail", Kind: desk.Partner, Key: "NW", Zone: "America/Los_Angeles", Home: "nw"},
			{ID: "harbor", Name: "Harbor Demo Software", Kind: desk.Provider, Zone: "America/Los_Angeles", Home: "hb"},
		},
		[]desk.Home{
			{ID: "nw", Party: "northwind", Platform: Name, Workspace: "T0NORTHWIND", Cases: "C0SUPPORT", Review: "C0REVIEW"},
			{ID: "hb", Party: "harbor", Platform: Name, Workspace: "T0HARBOR", Cases: "C0ESCALATIONS"},
		},
		[]desk.Person{
			person("dana", "Dana Demo", "northwind", "T0NORTHWIND", "U0DANA", desk.Agent),
			person("marco", "Marco Muster", "northwind", "T0NORTHWIND", "U0MARCO", desk.DutyManager),
			person("priya", "Priya Sample", "harbor", "T0HARBOR", "U0PRIYA", desk.Engineer),
		})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// world is the fake service with both workspaces, and what survives the adapter.
type world struct {
	dir   *desk.Directory
	fake  *slackfake.Server
	state *memory
	clock *bottest.Clock
	teams map[string]*slackfake.Team
	http  bool // Signed requests instead of sockets.
}

func newWorld(t testing.TB, http bool) *world {
	t.Helper()
	w := &world{dir: sampleDirectory(t), state: &memory{}, clock: bottest.NewClock(bottest.Monday), teams: map[string]*slackfake.Team{}, http: http}
	w.fake = slackfake.New(w.clock)
	t.Cleanup(w.fake.Close)
	for _, h := range w.dir.Homes {
		w.teams[h.Workspace] = w.fake.AddTeam(h.Workspace, h.Party)
		w.fake.Scopes(h.Workspace, Scopes()...)
	}
	w.fake.AddChannel("C0SUPPORT", "support", "T0NORTHWIND")
	w.fake.AddChannel("C0REVIEW", "ops-review", "T0NORTHWIND")
	w.fake.AddChannel("C0ESCALATIONS", "escalations", "T0HARBOR")
	for _, p := range w.dir.People {
		team, user := splitAccount(p.Accounts[0])
		w.fake.AddUser(team, user, p.Name, "America/Los_Angeles")
	}
	w.fake.AddUser("T0NORTHWIND", "U0STRANGER", "Sam Stranger", "America/Los_Angeles")
	return w
}

func (w *world) options() Options {
	return Options{Dir: w.dir, APIURL: w.fake.APIURL(), Clock: w.clock, Typing: -1, State: w.state, Tokens: func(h desk.Home) Tokens {
		team := w.teams[h.Workspace]
		k := Tokens{Bot: team.BotToken, App: team.AppToken}
		if w.http {
			k.App, k.Signing = "", team.SigningSecret
		}
		return k
	}}
}

// running is the adapter at work.
type running struct {
	*Platform
	end func()
}

// start runs the adapter over the fake until it is ended.
func (w *world) start(t testing.TB, inbox bot.Inbox, change func(o *Options)) *running {
	t.Helper()
	o := w.options()
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.fake.WaitWith(p.Wait)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	var server func()
	if w.http {
		server = serveHTTP(t, w, p)
	}
	go func() { ended <- p.Run(ctx, inbox) }()
	r := &running{Platform: p, end: sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if server != nil {
			server()
		}
	})}
	t.Cleanup(r.end)
	deadline := time.Now().Add(20 * time.Second)
	for p.Ready() != nil {
		if time.Now().After(deadline) {
			t.Fatalf("Slack is not connected: %v", p.Ready())
		}
		time.Sleep(2 * time.Millisecond)
	}
	return r
}

// settle waits until what was done is carried out and its answers are shown.
func (w *world) settle(*Platform) { w.fake.Settle() }

// Slack passes the suite that every platform passes, by Socket Mode and by signed requests.
func TestConformance(t *testing.T) {
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP mode": true} {
		t.Run(name, func(t *testing.T) {
			bottest.Conformance(t, func(t *testing.T, inbox bot.Inbox) *bottest.Harness {
				return open(t, newWorld(t, http), inbox)
			})
		})
	}
}

func open(t *testing.T, w *world, inbox bot.Inbox) *bottest.Harness {
	r := w.start(t, inbox, nil)
	h := &bottest.Harness{Platform: r.Platform, Work: w.fake.Workspace(w.dir), Dir: w.dir}
	h.Dana, _ = w.dir.Person("dana")
	h.Marco, _ = w.dir.Person("marco")
	h.Stranger = desk.Person{ID: "stranger", Name: "Sam Stranger", Party: "northwind", Accounts: []desk.Account{account("T0NORTHWIND", "U0STRANGER")}}
	h.Settle = func() { w.settle(r.Platform) }
	h.Redeliver = w.fake.Redeliver
	h.Out, h.In = func() { w.fake.Kick(northwind, supportID) }, func() { w.fake.Join(supportID, w.teams[northwind].BotUser) }
	h.Lose = func() {
		lost := false
		w.fake.Fault("chat.postMessage", func(int) *slackfake.Fault {
			if lost {
				return nil
			}
			lost = true
			return &slackfake.Fault{Accept: true}
		})
	}
	h.End, h.Advance = r.end, func(d time.Duration) { w.clock.Advance(d) }
	h.Restart = func(t *testing.T, inbox bot.Inbox) *bottest.Harness {
		r.end()
		return open(t, w, inbox)
	}
	h.Limits = func(t *testing.T, _ bottest.Spot) {
		for _, p := range w.fake.Problems() {
			t.Errorf("over a limit of Slack: %s", p)
		}
	}
	return h
}
