// Package playground is the third chat platform: a small chat workspace in a web page, where the
// partners' workspaces and the provider's stand side by side and one visitor plays every part. It is an
// adapter like the others and passes the same conformance suite; nothing in the desk knows that it is
// not Slack. Handler (api.go) serves the page and what the page asks; render.go turns a bot.Message
// into HTML; clock.go lets the visitor push the time forward.
package playground

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Options is what a playground is made of.
type Options struct {
	Dir   *desk.Directory // Its homes on platform "playground" and the people with accounts there are shown.
	Clock *Clock          // Nil: a new one.
	Log   *slog.Logger    // Nil: silent.
	State State           // Nil: the conversation lives in memory.
	// Reactions are offered first in the picker, each with what it does; nil gives the handbook's five.
	Reactions []bot.Option
	// Hosts are names other than the loopback ones under which the page may be asked for. The playground
	// has no sign-in, so a foreign name is refused: it could be a page elsewhere that points here.
	Hosts []string
}

// Platform is the playground. Make one with New.
type Platform struct {
	dir    *desk.Directory
	clock  *Clock
	log    *slog.Logger
	state  State
	reacts []bot.Option
	hosts  []string
	hub    *hub

	writing sync.Mutex // One change of the conversation at a time, in the order it is kept.
	mu      sync.Mutex // Guards what follows.

	meta      meta
	last      int64
	byID      map[int64]*message
	chat      map[string][]*message // By home and channel, in order.
	replies   map[int64][]*message  // By root.
	delivered map[string]*message   // By delivery id.
	blobs     map[string][]byte     // Bytes of files, by file id.
	rooms     map[string]*room      // By home and channel.
	pending   []deed                // Told to no inbox before the last run ended.
	outside   map[string][]deed     // By home and channel: one that the desk was taken out of, and what was done there since.
	unknown   []deed                // Done at a message of the outbox that the desk did not know yet.
	inbox     bot.Inbox
}

// The contracts the playground keeps.
var (
	_ bot.Platform  = (*Platform)(nil)
	_ bot.Finder    = (*Platform)(nil)
	_ bot.RoomMaker = (*Platform)(nil)
	_ bot.Reactor   = (*Platform)(nil)
	_ bot.Clock     = (*Clock)(nil)
)

var (
	errNoMessage = errors.New("there is no such message")
	errNotYet    = errors.New("the desk is still starting")
)

// New makes a playground and reads back what an earlier run has kept, the moved clock included.
func New(ctx context.Context, o Options) (*Platform, error) {
	p := &Platform{
		dir: o.Dir, clock: o.Clock, log: o.Log, state: o.State, reacts: o.Reactions, hosts: o.Hosts, hub: newHub(),
		byID: map[int64]*message{}, chat: map[string][]*message{}, replies: map[int64][]*message{},
		delivered: map[string]*message{}, blobs: map[string][]byte{}, rooms: map[string]*room{}, outside: map[string][]deed{},
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.clock == nil {
		p.clock = NewClock(nil)
	}
	if p.reacts == nil {
		p.reacts = handbookReactions
	}
	if err := p.load(ctx); err != nil {
		return nil, fmt.Errorf("reading the playground's conversation: %w", err)
	}
	if p.meta.Instance == "" {
		p.meta.Instance = token()
	} else if at := p.clock.base().Add(p.meta.Offset); at.After(p.clock.Now()) {
		p.clock.Set(at) // What has fallen due stays in the past.
	}
	if err := p.keepMeta(ctx); err != nil {
		return nil, err
	}
	p.clock.onMove(func() {
		if err := p.keepMeta(context.Background()); err != nil {
			p.log.Error("the moved clock could not be kept", "err", err)
		}
		p.hub.tell(event{Kind: "clock", Now: p.clock.Now().UnixMilli()})
	})
	return p, nil
}

// handbookReactions is the map of the default handbook.
var handbookReactions = []bot.Option{
	{Value: "🆘", Label: "Escalate"}, {Value: "✋", Label: "Acknowledge"}, {Value: "📤", Label: "Send to the other side"},
	{Value: "✅", Label: "Resolve"}, {Value: "📝", Label: "Give an update"},
}

func (p *Platform) keepMeta(ctx context.Context) error {
	p.mu.Lock()
	p.meta.Offset = p.clock.current()
	m := p.meta
	p.mu.Unlock()
	return p.keep(ctx, "meta", m)
}

// Clock gives the clock the playground shows and moves.
func (p *Platform) Clock() *Clock { return p.clock }

// Name is "playground".
func (p *Platform) Name() string { return Name }

// Capabilities is everything: a page has no vendor's limits. The answer limit keeps one request small.
func (p *Platform) Capabilities() bot.Capabilities {
	return bot.Capabilities{
		DialogFields: 50, DialogChoices: true, DialogFiles: true, DialogTimes: true, LiveForms: true, DialogChain: true,
		ThreadCommand: true, Private: true, Rooms: true, FieldLimit: 100_000,
	}
}

// Run hands interactions to inbox until ctx ends. What an earlier run was told and could not pass on
// goes first, under the id it had: the desk knows whether it was done.
func (p *Platform) Run(ctx context.Context, inbox bot.Inbox) error {
	p.mu.Lock()
	p.inbox = inbox
	left := p.pending
	p.pending = nil
	p.mu.Unlock()
	slices.SortStableFunc(left, func(a, b deed) int { return cmp.Compare(a.Message, b.Message) })
	for _, d := range left {
		if _, err := p.pass(ctx, d); err != nil {
			p.log.Error("an event of the last run could not be passed on", "event", d.ID, "err", err)
		}
	}
	p.hub.tell(event{Kind: "reset"})
	<-ctx.Done()
	p.mu.Lock()
	p.inbox = nil
	p.mu.Unlock()
	p.hub.close()
	return nil
}

// Ready gives nil while an inbox listens.
func (p *Platform) Ready() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.inbox == nil {
		return errNotYet
	}
	return nil
}

// Post shows a message. The same delivery id again gives the message that is there.
func (p *Platform) Post(ctx context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	home, channel, root, err := p.place(to)
	if err != nil {
		return "", &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	if err := p.refused(home.ID, channel); err != nil {
		return "", err
	}
	files, blobs := p.filesOf(m.Files)
	m.Files = nil
	msg := &message{Home: home.ID, Channel: channel, Root: root, User: selfUser, Told: &m, Files: files, At: p.clock.Now(), Delivery: id}
	if err := p.add(ctx, msg, blobs); err != nil {
		return "", &bot.SendError{Kind: bot.Temporary, Err: err}
	}
	return refOf(msg), nil
}

// place finds where a message goes.
func (p *Platform) place(to bot.To) (desk.Home, string, int64, error) {
	home, ok := p.dir.Home(to.Home.ID)
	if !ok || home.Platform != Name {
		return home, "", 0, fmt.Errorf("home %q is not in the playground", to.Home.ID)
	}
	if to.Person.ID != "" {
		for _, a := range to.Person.Accounts {
			if workspace, user, ok := splitAccount(a); ok && workspace == home.Workspace {
				return home, directChannel(user), 0, nil
			}
		}
		return home, "", 0, fmt.Errorf("%s has no account in %s", to.Person.ID, home.ID)
	}
	if !p.channelExists(home, to.Channel) {
		return home, "", 0, fmt.Errorf("there is no channel %q in %s", to.Channel, home.ID)
	}
	if to.Thread == "" {
		return home, to.Channel, 0, nil
	}
	h, c, root, err := parseRef(to.Thread)
	if err != nil {
		return home, "", 0, err
	}
	if h != home.ID || c != to.Channel || p.message(root) == nil {
		return home, "", 0, fmt.Errorf("there is no thread %q in %s", to.Thread, to.Channel)
	}
	return home, to.Channel, root, nil
}

// Edit replaces a message of the desk in place.
func (p *Platform) Edit(ctx context.Context, ref bot.Ref, m bot.Message) error {
	home, channel, id, err := parseRef(ref)
	if err != nil {
		return &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	if err := p.refused(home, channel); err != nil {
		return err
	}
	files, blobs := p.filesOf(m.Files)
	m.Files = nil
	for id, data := range blobs {
		if err := p.keep(ctx, "file/"+id, data); err != nil {
			return &bot.SendError{Kind: bot.Temporary, Err: err}
		}
		p.mu.Lock()
		p.blobs[id] = data
		p.mu.Unlock()
	}
	now := p.clock.Now()
	err = p.change(ctx, id, func(old *message) error {
		if old.User != selfUser || old.Gone {
			return errNoMessage
		}
		old.Told, old.Edited = &m, now
		if len(files) > 0 {
			old.Files = files
		}
		return nil
	})
	return sendError(err)
}

// React sets a reaction of the desk's own.
func (p *Platform) React(ctx context.Context, ref bot.Ref, emoji string) error {
	_, _, id, err := parseRef(ref)
	if err != nil {
		return &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	return sendError(p.change(ctx, id, func(m *message) error { m.Reacts = toggled(m.Reacts, emoji, selfUser, true); return nil }))
}

// sendError sorts what went wrong with a message that should be there.
func sendError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNoMessage):
		return &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	return &bot.SendError{Kind: bot.Temporary, Err: err}
}

// Find looks a message up by its delivery id.
func (p *Platform) Find(_ context.Context, _ bot.To, id string) (bot.Ref, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := p.delivered[id]; m != nil {
		return refOf(m), true, nil
	}
	return "", false, nil
}

// Room makes a private channel, or finds it by its name, and lets people in who have an account there.
func (p *Platform) Room(ctx context.Context, home desk.Home, name string, people []desk.Person) (string, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	channel := roomChannel(name)
	p.mu.Lock()
	r := &room{Home: home.ID, Channel: channel, Name: name}
	if old := p.rooms[home.ID+"/"+channel]; old != nil {
		r.Members = slices.Clone(old.Members)
	}
	p.mu.Unlock()
	for _, who := range people {
		for _, a := range who.Accounts {
			workspace, user, ok := splitAccount(a)
			if ok && workspace == home.Workspace && !slices.Contains(r.Members, user) {
				r.Members = append(r.Members, user)
			}
		}
	}
	if err := p.keep(ctx, "room/"+home.ID+"/"+channel, r); err != nil {
		return "", err
	}
	p.mu.Lock()
	p.rooms[home.ID+"/"+channel] = r
	p.mu.Unlock()
	p.hub.tell(event{Kind: "channels", Home: home.ID})
	return channel, nil
}

// message gives a message by its number, nil when there is none.
func (p *Platform) message(id int64) *message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byID[id]
}

// toggled gives the reactions with one set or taken away.
func toggled(list []reaction, emoji, user string, on bool) []reaction {
	var out []reaction
	found := false
	for _, r := range list {
		if r.Emoji == emoji {
			found = true
			users := slices.DeleteFunc(slices.Clone(r.Users), func(u string) bool { return u == user })
			if on {
				users = append(users, user)
			}
			r.Users = users
		}
		if len(r.Users) > 0 {
			out = append(out, r)
		}
	}
	if on && !found {
		out = append(out, reaction{Emoji: emoji, Users: []string{user}})
	}
	return out
}

// token makes an unguessable name.
func token() string {
	var b [12]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// stampDay is the layout of a civil date.
const stampDay = time.DateOnly
