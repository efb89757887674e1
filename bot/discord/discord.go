// Package discord is the desk's Discord: several guilds at once, with one bot or several. ref.go has the
// names of things, render.go, questions.go and view.go draw, rest.go, post.go and attached.go send, socket.go is
// the gateway, events.go and acts.go hear, answer.go shows what the desk answers, room.go makes private
// threads, recover.go reads back what was missed, dark.go what was said where the bot did not see it, and
// revoked.go lets wait what a guild does not take.
// docs/discord.md sets it up.
package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"casebot/bot"
	"casebot/desk"
)

// DefaultAPI is Discord's own address; another is a setting, for tests and proxies. The version is part of
// it, for the library's own is an older one.
const DefaultAPI = "https://discord.com/api/v10/"

// State is a small store for what must outlive a restart: how far events were read, private rooms, what long
// buttons carry. Get gives nil for a key that is not there.
type State interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
}

// Options say what the platform is made of.
type Options struct {
	Dir        *desk.Directory
	Token      func(home desk.Home) string // The bot's token, without the word Bot.
	APIURL     string                      // With the version and a slash at the end; empty: DefaultAPI.
	GatewayURL string                      // Empty: Discord is asked.
	Clock      bot.Clock
	State      State
	Log        *slog.Logger
	Commands   []CommandInfo // What people find as slash commands.
	// Threads gives the cards of the open cases, whose threads are read back after a downtime and kept awake;
	// nil: none.
	Threads func(ctx context.Context) ([]desk.Post, error)
	// Zone is the time zone of a party's people; nil: UTC.
	Zone func(party string) *time.Location
}

// Platform is every Discord guild of the deployment. It implements bot.Platform, Finder, RoomMaker and
// Reactor.
type Platform struct {
	Options
	http    *http.Client
	apps    []*app
	inbox   bot.LateInbox
	started time.Time     // When it was made.
	pace    time.Duration // The second of all waiting; tests make it shorter.

	background bot.Crew // What goes on after Discord had its answer.
	lanes      bot.Lanes
	listed     map[string]desk.Account // User → account of somebody in the directory.

	mu      sync.Mutex
	rooms   map[string]channelIn // Channels and threads, as Discord told last.
	directs map[string]string    // "application/user" → channel of the direct messages.
	authors map[string]string    // "channel/message" → user who wrote it.
	nonces  map[string]bot.Ref   // Nonce → the message that was sent with it.
	claimed map[bot.Ref]bool     // Messages that are known to be some delivery's.
	groups  map[string][]string  // "guild/user" → roles, as told last.
	told    map[string]bool      // Names of what was read back or heard.
}

// app is one bot with its connection.
type app struct {
	token  string
	base   string // Address of the API.
	rest   *discordgo.Session
	guilds []*server
	clock  bot.Clock
	log    *slog.Logger

	talks   bot.Talks
	last    bot.LastHeard
	reading sync.Mutex // Held while what was missed is read back.
	asking  sync.Mutex // Held while an IDENTIFY is counted.

	mu          sync.Mutex
	user        string // Of the bot.
	application string
	session     string // That can be resumed; empty: none.
	seq         int64
	resumeURL   string
	fault       error // Why it is not connected; nil: it is.
	shut        shut  // Whether its token was refused.
	heard       time.Time
	behind      bool // What was missed has not been read back whole.
	ready       bool // A session has been begun, and commands looked at.

	looked     time.Time // When the channels that it does not see were looked at last.
	lookedHome time.Time // When those of the homes were, which it should see.
}

// server is one guild of a bot with the homes in it.
type server struct {
	id    string
	homes []desk.Home
	in    bool                 // The bot is a member.
	roles map[string]role      // By id.
	dark  map[string]time.Time // Channels and threads that the bot does not see: up to when it heard them.

	outside bot.Outside // Those that took nothing, and for which something waits.
}

// role is a role of a guild as far as the desk needs it.
type role struct {
	Name string
	Mine bool   // Discord's own role of the bot: who mentions it means the bot.
	May  string // Its permissions, as Discord writes them.
}

// New makes the platform. Homes of one guild share its bot; the first that has a token counts.
func New(o Options) (*Platform, error) {
	if o.APIURL == "" {
		o.APIURL = DefaultAPI
	}
	o.APIURL = strings.TrimSuffix(o.APIURL, "/") + "/"
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = func(string) *time.Location { return time.UTC }
	}
	p := &Platform{Options: o, http: &http.Client{Timeout: 30 * time.Second, Transport: noting{http.DefaultTransport}}, pace: time.Second, listed: map[string]desk.Account{}, rooms: map[string]channelIn{},
		directs: map[string]string{}, authors: map[string]string{}, nonces: map[string]bot.Ref{}, claimed: map[bot.Ref]bool{}, groups: map[string][]string{}, told: map[string]bool{}}
	if o.Clock != nil {
		p.started = o.Clock.Now()
	}
	for _, person := range o.Dir.People {
		for _, a := range person.Accounts {
			if _, user := splitAccount(a); user != "" && p.listed[user] == "" {
				p.listed[user] = a
			}
		}
	}
	tokens := map[string]string{}
	for _, h := range o.Dir.Homes {
		if h.Platform == Name && tokens[h.Workspace] == "" && o.Token != nil {
			tokens[h.Workspace] = strings.TrimPrefix(strings.TrimSpace(o.Token(h)), "Bot ")
		}
	}
	for _, h := range o.Dir.Homes {
		if h.Platform != Name {
			continue
		}
		if tokens[h.Workspace] == "" {
			return nil, fmt.Errorf("home %s: its guild %s has no bot token; set the variable that tokens.bot names, or DISCORD_TOKEN", h.ID, h.Workspace)
		}
		if !isSnowflake(h.Workspace) || !isSnowflake(h.Cases) {
			return nil, fmt.Errorf("home %s: workspace and cases are the numbers of a guild and a channel; switch on Developer Mode in Discord and copy the ids", h.ID)
		}
		p.add(h, tokens[h.Workspace])
	}
	return p, nil
}

// add puts a home to its guild, and that to its bot.
func (p *Platform) add(h desk.Home, token string) {
	if _, g := p.guild(h.Workspace); g != nil {
		g.homes = append(g.homes, h)
		return
	}
	var a *app
	for _, x := range p.apps {
		if x.token == token {
			a = x
		}
	}
	if a == nil {
		a = &app{token: token, base: p.APIURL, clock: p.Clock, log: p.Log, fault: errors.New("not connected yet")}
		// The session is used for its REST calls and its rate limiter; the error is for user accounts only.
		a.rest, _ = discordgo.New("Bot " + token)
		a.rest.Client, a.rest.StateEnabled = p.http, false
		p.apps = append(p.apps, a)
	}
	a.guilds = append(a.guilds, &server{id: h.Workspace, homes: []desk.Home{h}, in: true, roles: map[string]role{}, dark: map[string]time.Time{}})
}

// Name is what homes write under platform.
func (*Platform) Name() string { return Name }

// Capabilities are Discord's.
func (*Platform) Capabilities() bot.Capabilities {
	return bot.Capabilities{DialogFields: maxModalParts, DialogChoices: true, DialogFiles: true, MessageChoices: maxChoices, ThreadCommand: true, Private: true, Rooms: true,
		TextLimit: maxContent, FieldLimit: maxTyped, ButtonLimit: maxRows * maxRowButtons, OptionLimit: 1000}
}

// Rates are what the outbox holds to in each channel: five messages in five seconds, and about as many edits.
// What Discord says in its headers counts besides (docs.discord.com/developers/topics/rate-limits).
func (*Platform) Rates() map[string]bot.Rate {
	return map[string]bot.Rate{"send": {Every: time.Second, Burst: 5}, "edit": {Every: time.Second, Burst: 5}}
}

// guild finds a guild by its id, with its bot.
func (p *Platform) guild(id string) (*app, *server) {
	for _, a := range p.apps {
		if g := a.guild(id); g != nil {
			return a, g
		}
	}
	return nil, nil
}

func (a *app) guild(id string) *server {
	for _, g := range a.guilds {
		if g.id == id {
			return g
		}
	}
	return nil
}

// homeAt is the home that a channel belongs to: the one that names it, else the guild's first.
func (p *Platform) homeAt(g *server, channel string) desk.Home {
	for _, h := range g.homes {
		if channel != "" && (h.Cases == channel || h.Review == channel) {
			return h
		}
	}
	return g.homes[0]
}

// at finds the bot and the guild of a home. In a guild without the bot nothing can be said or looked up.
func (p *Platform) at(home string) (*app, *server, error) {
	if h, ok := p.Dir.Home(home); ok && h.Platform == Name {
		switch a, g := p.guild(h.Workspace); {
		case g == nil:
		case !p.joined(a, g):
			return nil, nil, closedBy(errNotIn)
		default:
			return a, g, nil
		}
	}
	return nil, nil, &bot.SendError{Kind: bot.Permanent, Err: fmt.Errorf("home %q is no guild of Discord", home)}
}

// zoneOf is the zone in which a home's channels read times, and a person their direct messages.
func (p *Platform) zoneOf(h desk.Home, who desk.Person) *time.Location {
	if who.ID != "" {
		return p.Dir.ZoneOf(who)
	}
	return p.Zone(h.Party)
}

// reader draws for a home's channel, or for one person.
func (p *Platform) reader(g *server, h desk.Home, who desk.Person) reader {
	return reader{zone: p.zoneOf(h, who), alone: who.ID != "", user: func(id string) (string, bool) {
		person, ok := p.Dir.Person(id)
		if !ok {
			person = desk.Person{ID: id}
		}
		return userOf(person, g.id)
	}}
}

// Ready gives nil while every bot is connected and in its guilds.
func (p *Platform) Ready() error {
	var all []error
	for _, a := range p.apps {
		all = append(all, a.faults()...)
	}
	return errors.Join(all...)
}

// hand hands an interaction in, when Run has an inbox.
func (p *Platform) hand(ctx context.Context, in *bot.Interaction) bot.Answer {
	in.Platform = Name
	return p.inbox.Handle(ctx, in)
}

// Wait returns when everything that was heard has been carried out.
func (p *Platform) Wait() { p.background.Wait() }

// spawn carries something out beside the reading of events. A panic of it ends nothing else.
func (p *Platform) spawn(what string, f func(ctx context.Context)) {
	p.background.Add()
	go func() {
		defer p.background.Done()
		defer p.caught(what)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		f(ctx)
	}()
}

// caught logs a panic and goes on.
func (p *Platform) caught(what string) {
	if r := recover(); r != nil {
		p.Log.Error("Discord's part panicked", "at", what, "panic", r, "stack", string(debug.Stack()))
	}
}

func (a *app) set(f func(a *app)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(a)
}

func (a *app) me() (user, application string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.user, a.application
}
