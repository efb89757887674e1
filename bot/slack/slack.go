// Package slack is the desk's Slack: several workspaces at once, each with its own tokens, by Socket Mode
// or by signed requests. ref.go has the names of things, render.go and view.go draw, post.go and files.go
// send, events.go, acts.go and submit.go hear, answer.go shows what the desk answers, socket.go and http.go are the
// two ways in, and recover.go reads back what was missed. docs/slack.md sets it up.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
	"casebot/desk"
)

// DefaultAPI is Slack's own address; another is a setting, for tests and proxies.
const DefaultAPI = "https://slack.com/api/"

// Tokens are what a workspace gave the desk.
type Tokens struct {
	Bot     string // "xoxb-…"
	App     string // "xapp-…": Socket Mode when it is set.
	Signing string // Signing secret of the app: HTTP mode.
}

// State is a small store for what must outlive a restart: how far events were read, private rooms,
// installations. Get gives nil for a key that is not there.
type State interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
}

// Options say what the platform is made of.
type Options struct {
	Dir    *desk.Directory
	Tokens func(home desk.Home) Tokens
	APIURL string // With a trailing slash; empty: DefaultAPI.
	Clock  bot.Clock
	State  State
	Log    *slog.Logger
	// Threads gives the cards of the open cases, whose threads are read back after a downtime; nil: none.
	Threads func(ctx context.Context) ([]desk.Post, error)
	// Zone is the time zone of a party's people; nil: UTC.
	Zone func(party string) *time.Location
	// Typing is how long a person must pause in a question that changes the form before it changes; 0: typingPause,
	// below 0: not at all.
	Typing time.Duration
	// Quiet is how long a workspace may send nothing in its working hours before it is probed; 0: never.
	Quiet time.Duration
	// Working says whether a party is at work at an instant; nil: always.
	Working func(party string, at time.Time) bool
	// OAuth installs by the web; the zero value: tokens come from the settings only.
	OAuth OAuth
}

// Platform is every Slack workspace of the deployment. It implements bot.Platform, Finder, RoomMaker
// and Reactor.
type Platform struct {
	Options
	http    *http.Client
	teams   []*team
	hosts   map[string]*team // A workspace without the app → the one whose channel its people are guests of.
	inbox   bot.LateInbox
	started time.Time // When it was made.

	background bot.Crew      // What goes on after Slack had its answer.
	patience   time.Duration // For a round of a self-probe; 0: probePatience.
	lanes      bot.Lanes
	signings   signings

	mu      sync.Mutex
	names   map[string]string // "team/user" → display name, as Slack tells it.
	aliases map[string]string // A channel's id of today → the id that casebot.yaml has.
	directs map[string]string // "team/user" → channel of the direct messages.
	live    map[string]*refresher
	told    map[string]string // What happened → the event that told it.
}

// team is one workspace with the bot's identity in it.
type team struct {
	id     string
	homes  []desk.Home
	client *api.Client
	tokens Tokens

	talks   bot.Talks
	last    bot.LastHeard
	outside bot.Outside // Channels that the bot is not in and for which something waits.
	reading sync.Mutex  // Held while what was missed is read back.

	mu      sync.Mutex
	botUser string
	address string // Of the workspace, with a slash at the end; links to messages begin with it.
	botName string // As people mention it.
	botID   string
	known   bool      // auth.test has answered.
	up      bool      // A socket has been open.
	sockets int       // How many are open.
	lost    time.Time // When the last of them went.
	fault   error     // Why it is not connected; nil: it is.
	heard   time.Time
	behind  bool // What was missed has not been read back whole.
	probed  time.Time
	tried   time.Time      // When it was last tried to probe.
	events  map[string]int // Event subscription → how many came.

	noting     sync.Mutex        // Held while it is kept whether a channel is seen.
	dark       map[string]*shade // The channels that the bot does not see.
	looked     time.Time
	lookedHome time.Time
	turn       int // Where looking goes on.

	groups     map[string][]string // User → ids and handles of their user groups; nil: not read yet.
	groupsNext time.Time           // When they are read again.
}

// New makes the platform. Homes that share a workspace share its tokens; the first that has any counts.
func New(o Options) (*Platform, error) {
	if o.APIURL == "" {
		o.APIURL = DefaultAPI
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = func(string) *time.Location { return time.UTC }
	}
	p := &Platform{Options: o, http: &http.Client{Timeout: 15 * time.Second}, names: map[string]string{}, aliases: map[string]string{}, directs: map[string]string{}, live: map[string]*refresher{}, told: map[string]string{}}
	if o.Clock != nil {
		p.started = o.Clock.Now()
	}
	for _, h := range o.Dir.Homes {
		if h.Platform != Name {
			continue
		}
		t := p.team(h.Workspace)
		if t == nil {
			t = &team{id: h.Workspace, fault: errNotYet, dark: map[string]*shade{}}
			p.teams = append(p.teams, t)
		}
		t.homes = append(t.homes, h)
		if t.tokens.Bot == "" && o.Tokens != nil {
			t.tokens = o.Tokens(h)
		}
	}
	p.lodge()
	for _, t := range p.teams {
		if err := p.equip(t); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// lodge finds the workspaces in which the app is not installed, because their people come to a channel that
// another workspace shares with them (Slack Connect): that one's app serves them.
func (p *Platform) lodge() {
	p.hosts = map[string]*team{}
	var own []*team
	for _, t := range p.teams {
		if host := p.host(t); host != nil {
			p.hosts[t.id] = host
			continue
		}
		own = append(own, t)
	}
	p.teams = own
}

// host is the workspace whose app serves a workspace without one.
func (p *Platform) host(t *team) *team {
	if t.tokens.Bot != "" || p.OAuth.on() {
		return nil
	}
	for _, h := range t.homes {
		for _, x := range p.teams {
			for _, theirs := range x.homes {
				if h.Shared && x != t && x.tokens.Bot != "" && theirs.Cases == h.Cases {
					return x
				}
			}
		}
	}
	return nil
}

// equip gives a workspace its client.
func (p *Platform) equip(t *team) error {
	if t.tokens.Bot == "" && !p.OAuth.on() {
		return fmt.Errorf("home %s: its workspace %s has no bot token; set the variable that its tokens.bot names, or SLACK_BOT_TOKEN where it is the only workspace", t.homes[0].ID, t.id)
	}
	if t.tokens.App == "" && t.tokens.Signing == "" && p.OAuth.Signing == "" {
		return fmt.Errorf("home %s: set SLACK_APP_TOKEN (or the variable that tokens.app names) for Socket Mode, or SLACK_SIGNING_SECRET (tokens.signing_secret) for HTTP mode", t.homes[0].ID)
	}
	t.client = p.client(t.tokens)
	return nil
}

func (p *Platform) client(k Tokens) *api.Client {
	return api.New(k.Bot, api.OptionAPIURL(p.APIURL), api.OptionHTTPClient(p.http), api.OptionAppLevelToken(k.App))
}

// Name is what homes write under platform.
func (*Platform) Name() string { return Name }

// Capabilities are Slack's.
func (*Platform) Capabilities() bot.Capabilities {
	return bot.Capabilities{DialogFields: maxFormFields, DialogChoices: true, DialogFiles: true, DialogTimes: true, DialogChain: true, LiveForms: true,
		Private: true, Rooms: true, TextLimit: maxWords, FieldLimit: maxTyped, ButtonLimit: maxButtons, OptionLimit: maxOptions * maxOptions}
}

// Rates are Slack's published limits as the outbox keeps them: a post a second and channel, edits fifty a
// minute (docs.slack.dev/apis/web-api/rate-limits).
func (*Platform) Rates() map[string]bot.Rate {
	return map[string]bot.Rate{"send": {Every: time.Second, Burst: 3}, "edit": {Every: 1200 * time.Millisecond, Burst: 10}}
}

// team finds a workspace by its id.
func (p *Platform) team(id string) *team {
	for _, t := range p.teams {
		if t.id == id {
			return t
		}
	}
	return nil
}

// homeAt is the home that a channel belongs to: the one that names it, else the workspace's first. In a
// channel that several homes share (Slack Connect) the first of the deployment counts, whoever's
// installation delivered the event, so that a message has one name.
func (p *Platform) homeAt(t *team, channel string) desk.Home {
	channel = p.alias(channel)
	for _, h := range p.Dir.Homes {
		if h.Platform == Name && channel != "" && (h.Cases == channel || h.Review == channel) {
			return h
		}
	}
	return t.homes[0]
}

// refAt names a message of a channel.
func (p *Platform) refAt(t *team, channel, ts string) bot.Ref {
	channel = p.alias(channel)
	return place{p.homeAt(t, channel).ID, channel, ts}.ref()
}

// teamOf is the workspace of a home.
func (p *Platform) teamOf(home string) (*team, error) {
	h, ok := p.Dir.Home(home)
	if ok {
		if t := p.team(h.Workspace); t != nil {
			return t, nil
		}
		if t := p.hosts[h.Workspace]; t != nil {
			return t, nil
		}
	}
	return nil, &bot.SendError{Kind: bot.Permanent, Err: fmt.Errorf("home %q is no workspace of Slack", home)}
}

// zoneOf is the zone in which a home's channels read times, and a person their direct messages.
func (p *Platform) zoneOf(h desk.Home, who desk.Person) *time.Location {
	if who.ID != "" {
		return p.Dir.ZoneOf(who)
	}
	return p.Zone(h.Party)
}

// reader draws for a home's channel, or for one person.
func (p *Platform) reader(t *team, h desk.Home, who desk.Person) reader {
	return reader{zone: p.zoneOf(h, who), alone: who.ID != "", user: func(id string) (string, bool) {
		person, ok := p.Dir.Person(id)
		if !ok {
			person = desk.Person{ID: id}
		}
		for _, team := range append([]string{t.id}, p.guests(h)...) {
			if user, ok := userOf(person, team); ok {
				return user, true
			}
		}
		return "", false
	}}
}

// guests are the other workspaces that read a home's cases channel.
func (p *Platform) guests(h desk.Home) []string {
	var out []string
	for _, x := range p.Dir.Homes {
		if x.Platform == Name && x.Cases == h.Cases && x.Workspace != h.Workspace {
			out = append(out, x.Workspace)
		}
	}
	return out
}

// alias gives a channel the id that the desk knows it by; Slack changes ids when a channel is shared.
func (p *Platform) alias(channel string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.aliases[channel]; ok {
		return old
	}
	return channel
}

// today gives the id that Slack knows a channel by.
func (p *Platform) today(channel string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for now, old := range p.aliases {
		if old == channel {
			return now
		}
	}
	return channel
}

// Ready gives nil while every workspace is connected and none has gone deaf.
func (p *Platform) Ready() error {
	var all []error
	now := p.Clock.Now()
	for _, t := range p.teams {
		t.mu.Lock()
		fault := t.fault
		if fault == nil && t.tokens.App != "" && t.sockets == 0 && now.Sub(t.lost) > lostFor {
			fault = errLost
		}
		if fault != nil {
			all = append(all, fmt.Errorf("workspace %s: %w", t.id, fault))
		}
		t.mu.Unlock()
	}
	return errors.Join(all...)
}

// Handle hands an interaction in, when Run has an inbox.
func (p *Platform) hand(ctx context.Context, in *bot.Interaction) bot.Answer {
	in.Platform, in.Groups = Name, p.groupsOf(ctx, in.Account)
	return p.inbox.Handle(ctx, in)
}

// go carries something out after Slack had its answer. A panic of it ends nothing else.
func (p *Platform) spawn(what string, f func(ctx context.Context)) {
	p.background.Add()
	go func() {
		defer p.background.Done()
		defer p.caught(what)
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		f(ctx)
	}()
}

// caught logs a panic and goes on.
func (p *Platform) caught(what string) {
	if r := recover(); r != nil {
		p.Log.Error("Slack's part panicked", "at", what, "panic", r, "stack", stack())
	}
}

// parties are those whose home a workspace is.
func (t *team) parties() []string {
	var out []string
	for _, h := range t.homes {
		if !slices.Contains(out, h.Party) {
			out = append(out, h.Party)
		}
	}
	return out
}

// web is the workspace's client; a new installation changes it.
func (t *team) web() *api.Client {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.client
}

// token is the bot's token.
func (t *team) token() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tokens.Bot
}

func (t *team) me() (user, bot string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.botUser, t.botID
}

func (t *team) set(f func(t *team)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t)
}
