package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// The kinds of channel that the desk tells apart (docs.discord.com/developers/resources/channel).
const (
	textChannel   = 0
	directChannel = 1
	newsChannel   = 5
	newsThread    = 10
	publicThread  = 11
	privateThread = 12
	forumChannel  = 15
)

// channelIn is a channel or a thread as Discord tells of it.
type channelIn struct {
	ID      string `json:"id"`
	Type    int    `json:"type"`
	GuildID string `json:"guild_id"`
	Name    string `json:"name"`
	Parent  string `json:"parent_id"`
	Owner   string `json:"owner_id"`
	Thread  *struct {
		Archived bool `json:"archived"`
		Locked   bool `json:"locked"`
	} `json:"thread_metadata"`
	Overwrites []overwrite `json:"permission_overwrites"`
}

func (c channelIn) isThread() bool {
	return c.Type == newsThread || c.Type == publicThread || c.Type == privateThread
}

func (c channelIn) archived() bool { return c.Thread != nil && c.Thread.Archived }

// where is where something happened, as the desk names it.
type where struct {
	guild   *server // nil in a direct conversation.
	home    desk.Home
	channel string  // The home's channel, a private room, or a direct conversation.
	root    bot.Ref // The card of the thread; empty outside threads.
	thread  string  // The thread itself, where messages go.
	direct  bool
	user    string
	account desk.Account
}

// ofCases says whether this is a thread below a home's cases channel, or a private room.
func (w where) ofCases() bool {
	return w.root != "" && (w.channel == w.home.Cases || w.channel == w.thread)
}

// desks says whether the desk may have posted there: in a channel of the home, in a thread below it, in a
// private room, in a direct conversation.
func (w where) desks() bool {
	return w.direct || w.ofCases() || w.channel == w.home.Cases || w.channel == w.home.Review
}

// where finds the place of an event; false when it is none of the desk's.
func (p *Platform) where(ctx context.Context, a *app, guildID, channel, user string) (where, bool) {
	at := where{user: user, channel: channel}
	if guildID == "" {
		c, err := p.channel(ctx, a, channel)
		if err == nil && c.GuildID != "" {
			guildID = c.GuildID
		} else {
			// A direct conversation is in no guild: the person's own says which home it is.
			at.direct = true
			at.account = p.accountOf(a.guilds[0].id, user)
			own, _ := splitAccount(at.account)
			at.guild = a.guild(own)
			if at.guild == nil {
				at.guild = a.guilds[0]
			}
			at.home = p.homeAt(at.guild, "")
			return at, isSnowflake(channel)
		}
	}
	if at.guild = a.guild(guildID); at.guild == nil {
		return at, false
	}
	at.account = p.accountOf(guildID, user)
	at.home = p.homeAt(at.guild, channel)
	c, err := p.channel(ctx, a, channel)
	if err != nil || !c.isThread() {
		return at, isSnowflake(channel)
	}
	at.thread = channel
	at.home = p.homeAt(at.guild, c.Parent)
	if c.Type == privateThread {
		if root := p.rootOf(ctx, a, channel); root != "" {
			at.root = place{at.home.ID, channel, root}.ref()
		}
		return at, true
	}
	at.channel = c.Parent
	parent, err := p.channel(ctx, a, c.Parent)
	if err == nil && parent.Type == forumChannel {
		at.root = place{at.home.ID, channel, channel}.ref()
	} else {
		at.root = place{at.home.ID, c.Parent, channel}.ref()
	}
	return at, true
}

// channel is what is known of a channel; Discord is asked when nothing is.
func (p *Platform) channel(ctx context.Context, a *app, id string) (channelIn, error) {
	p.mu.Lock()
	c, ok := p.rooms[id]
	p.mu.Unlock()
	if ok {
		return c, nil
	}
	return p.freshChannel(ctx, a, id)
}

func (p *Platform) freshChannel(ctx context.Context, a *app, id string) (c channelIn, err error) {
	if err = a.ask(ctx, "channels/"+id, &c); err != nil {
		return c, err
	}
	p.know(c)
	return c, nil
}

func (p *Platform) know(all ...channelIn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rooms) > 50_000 {
		clear(p.rooms) // Forgetting costs a question, nothing more.
	}
	for _, c := range all {
		if c.ID != "" {
			p.rooms[c.ID] = c
		}
	}
}

func (p *Platform) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.rooms, id)
}

// remembered takes in what changes guilds, channels and threads. It says whether an event was such a one.
func (p *Platform) remembered(a *app, kind string, raw json.RawMessage) bool {
	switch kind {
	case "GUILD_CREATE":
		var x struct {
			ID       string      `json:"id"`
			Channels []channelIn `json:"channels"`
			Threads  []channelIn `json:"threads"`
			Roles    []roleIn    `json:"roles"`
		}
		if json.Unmarshal(raw, &x) != nil {
			return true
		}
		for _, list := range [][]channelIn{x.Channels, x.Threads} {
			for i := range list {
				list[i].GuildID = x.ID // It is left out inside the guild.
			}
			p.know(list...)
		}
		if g := a.guild(x.ID); g != nil {
			came := false
			a.set(func(a *app) {
				came, g.in = !g.in, true
				for _, r := range x.Roles {
					g.learn(a, r)
				}
			})
			if came {
				p.spawn("joining a guild", func(ctx context.Context) { p.cameBack(ctx, a, g) })
			}
		}
	case "GUILD_DELETE":
		var x struct {
			ID   string `json:"id"`
			Away bool   `json:"unavailable"` // An outage of Discord's; the bot is still a member.
		}
		if json.Unmarshal(raw, &x) == nil && !x.Away {
			if g := a.guild(x.ID); g != nil {
				p.left(context.Background(), a, g)
			}
		}
	case "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE":
		var x struct {
			Guild string `json:"guild_id"`
			Role  roleIn `json:"role"`
		}
		if json.Unmarshal(raw, &x) == nil && a.guild(x.Guild) != nil {
			changed := false
			a.set(func(a *app) {
				g := a.guild(x.Guild)
				changed = g.roles[x.Role.ID].May != x.Role.May
				g.learn(a, x.Role)
			})
			if changed {
				p.lookAt(a, a.guild(x.Guild))
			}
		}
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE":
		var c channelIn
		if json.Unmarshal(raw, &c) == nil {
			p.know(c)
			p.changed(a, kind, c)
		}
	case "GUILD_ROLE_DELETE", "GUILD_MEMBER_UPDATE", "THREAD_LIST_SYNC", "THREAD_MEMBERS_UPDATE":
		p.sightChanged(a, kind, raw)
	case "THREAD_UPDATE":
		var c channelIn
		if json.Unmarshal(raw, &c) == nil {
			p.know(c)
			if c.archived() {
				p.spawn("an archived thread", func(ctx context.Context) { p.keepAwake(ctx, a, c) })
			}
		}
	case "CHANNEL_DELETE", "THREAD_DELETE":
		var c channelIn
		if json.Unmarshal(raw, &c) == nil {
			p.forget(c.ID)
		}
	case "READY", "RESUMED":
	default:
		return false
	}
	return true
}

// roleIn is a role as Discord tells of it.
type roleIn struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	May  string `json:"permissions"`
	Tags struct {
		Bot string `json:"bot_id"`
	} `json:"tags"`
}

// learn notes a role. The caller holds a.mu.
func (g *server) learn(a *app, r roleIn) {
	g.roles[r.ID] = role{Name: r.Name, Mine: r.Tags.Bot != "" && r.Tags.Bot == a.user, May: r.May}
}

// wake unarchives a thread. One that is locked needs Manage Threads.
func (p *Platform) wake(ctx context.Context, a *app, thread string) error {
	raw, err := a.call(ctx, http.MethodPatch, "channels/"+thread, map[string]any{"archived": false})
	if err != nil {
		return err
	}
	var c channelIn
	if json.Unmarshal(raw, &c) == nil {
		p.know(c)
	}
	return nil
}

// codeAsleep is Discord's code for what an archived thread does not take.
const codeAsleep = 50083

// awake does something in a thread, and again after waking it when it turns out to be archived.
func (p *Platform) awake(ctx context.Context, a *app, thread string, do func() error) error {
	err := do()
	if codeOf(err) != codeAsleep {
		return err
	}
	if err := p.wake(ctx, a, thread); err != nil {
		return early(err)
	}
	return do()
}

// keepAwake unarchives a thread of an open case, in which else nobody could react or press a button.
func (p *Platform) keepAwake(ctx context.Context, a *app, c channelIn) {
	if p.Threads == nil || c.Thread.Locked {
		return
	}
	cards, err := p.Threads(ctx)
	if err != nil {
		p.Log.Warn("the open threads could not be listed", "err", err)
		return
	}
	for _, card := range cards {
		if at, err := parseRef(card.Ref); err == nil && (at.id == c.ID || at.channel == c.ID) {
			if err := p.wake(ctx, a, c.ID); err != nil {
				p.Log.Warn("the thread of an open case could not be unarchived", "thread", c.ID, "err", err)
			}
			return
		}
	}
}

// groupsOf are the ids and names of somebody's roles, where a home of the guild gives roles at the desk by them.
// Some events do not tell them: then they are those that were told last, or Discord is asked.
func (p *Platform) groupsOf(at where, member *memberIn) []string {
	a, g := p.guild(at.guild.id)
	if g == nil || !slices.ContainsFunc(g.homes, func(h desk.Home) bool { return len(h.Roles) > 0 }) || p.isListed(at.account) {
		return nil
	}
	key := g.id + "/" + at.user
	p.mu.Lock()
	ids, known := p.groups[key]
	p.mu.Unlock()
	switch {
	case member != nil:
		ids = member.Roles
	case !known:
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		var m memberIn
		if err := a.ask(ctx, "guilds/"+g.id+"/members/"+at.user, &m); err != nil {
			p.Log.Warn("somebody's roles could not be read", "guild", g.id, "err", err)
			return nil
		}
		ids = m.Roles
	}
	p.mu.Lock()
	if len(p.groups) > 20_000 {
		clear(p.groups)
	}
	p.groups[key] = ids
	p.mu.Unlock()
	out := slices.Clone(ids)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		if name := g.roles[id].Name; name != "" && name != "@everyone" {
			out = append(out, name)
		}
	}
	return out
}
