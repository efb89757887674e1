package discordfake

import (
	"fmt"
	"slices"
	"time"
)

// Bot is an application with its bot user. It may be in several guilds.
type Bot struct {
	ID          string // Of its user: whom people mention.
	Application string
	Token       string // Without the word Bot before it.

	revoked    bool
	privileged map[string]bool // The privileged intents that are switched on.
	identifies []time.Time
	resumes    int
	global     []map[string]any
	commands   map[string][]map[string]any // By guild.
}

type user struct {
	id, name string
	bot      *Bot
	in       map[string][]string // Guild → ids of roles.
}

type role struct{ id, name string }

type guild struct {
	id, name string
	roles    []role
	bots     []*Bot
	joined   time.Time
}

// The kinds of channel.
const (
	kindText    = 0
	kindDM      = 1
	kindThread  = 11
	kindPrivate = 12
	kindForum   = 15
)

// channel is a channel of a guild, a thread, or a direct conversation with a bot.
type channel struct {
	id, guild, name, parent string
	kind                    int
	perms                   map[string]bool // What bots may do; nil: everything.
	topic                   string
	position                int
	messages                []*message

	bot       *Bot   // In a direct conversation.
	recipient string // The person in it.

	owner       string // Of a thread, like all below.
	members     []string
	archived    bool
	locked      bool
	autoArchive int // Minutes.
	invitable   bool
	tags        []string
	created     time.Time
	shelved     time.Time // When it was archived or unarchived last.
}

func (ch *channel) isThread() bool { return ch.kind == kindThread || ch.kind == kindPrivate }

// AddBot makes an application with a bot user. All privileged intents are switched on.
func (s *Server) AddBot(token string) *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.bots) + 1
	b := &Bot{ID: fmt.Sprintf("8000000000000000%02d", n), Application: fmt.Sprintf("7000000000000000%02d", n), Token: token,
		privileged: map[string]bool{"MESSAGE_CONTENT": true, "GUILD_MEMBERS": true, "GUILD_PRESENCES": true}, commands: map[string][]map[string]any{}}
	s.bots = append(s.bots, b)
	s.users[b.ID] = &user{id: b.ID, name: "casebot", bot: b, in: map[string][]string{}}
	return b
}

// AddGuild makes a guild and puts a bot into it. For a guild that is there already it adds the bot.
func (s *Server) AddGuild(id, name string, bot *Bot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[id]
	if g == nil {
		g = &guild{id: id, name: name, joined: s.clock.Now(), roles: []role{{id, "@everyone"}}}
		s.guilds[id] = g
	}
	if bot == nil || slices.Contains(g.bots, bot) {
		return
	}
	g.bots = append(g.bots, bot)
	s.users[bot.ID].in[id] = nil
	for _, x := range s.sessions {
		if x.bot == bot {
			s.send(x, intentGuilds, "GUILD_CREATE", s.guildJSON(g, bot))
		}
	}
}

// AddChannel makes a channel of kind "text" or "forum".
func (s *Server) AddChannel(guild, id, name string, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := &channel{id: id, guild: guild, name: name, position: len(s.order)}
	if kind == "forum" {
		ch.kind = kindForum
	}
	s.keep(ch)
	s.tell(ch, intentGuilds, "CHANNEL_CREATE", s.channelJSON(ch))
}

func (s *Server) keep(ch *channel) *channel {
	ch.created, ch.shelved = s.clock.Now(), s.clock.Now()
	s.channels[ch.id] = ch
	s.order = append(s.order, ch)
	return ch
}

// AddUser puts a person into a guild, with the ids of roles. The same id in a second guild is the same person.
func (s *Server) AddUser(guild, id, name string, roles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[id]
	if u == nil {
		u = &user{id: id, name: name, in: map[string][]string{}}
		s.users[id] = u
	}
	u.in[guild] = roles
}

// AddRole makes a role of a guild, which messages mention as <@&ID>.
func (s *Server) AddRole(guild, id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.guilds[guild]; g != nil {
		g.roles = append(g.roles, role{id, name})
	}
}

// Intents sets which privileged intents are switched on for a bot: MESSAGE_CONTENT, GUILD_MEMBERS,
// GUILD_PRESENCES. Identifying with another one is refused with close code 4014. Other names do nothing.
func (s *Server) Intents(bot *Bot, allowed ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bot.privileged = map[string]bool{}
	for _, x := range allowed {
		bot.privileged[x] = true
	}
}

// Archive archives a thread, as the vendor does after a time of silence.
func (s *Server) Archive(thread string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[thread]; ch != nil && ch.isThread() && !ch.archived {
		ch.archived, ch.shelved = true, s.clock.Now()
		s.tell(ch, intentGuilds, "THREAD_UPDATE", s.channelJSON(ch))
	}
}

// Kick takes a bot out of a guild: what it does there is refused with 50001.
func (s *Server) Kick(bot *Bot, guild string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.guilds[guild]; g != nil {
		g.bots = slices.DeleteFunc(g.bots, func(x *Bot) bool { return x == bot })
		delete(s.users[bot.ID].in, guild)
		for _, x := range s.sessions {
			if x.bot == bot {
				s.send(x, intentGuilds, "GUILD_DELETE", map[string]any{"id": guild})
			}
		}
	}
}

// Delete deletes a channel with its threads, or a thread.
func (s *Server) Delete(channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deleteChannel(channel)
}

func (s *Server) deleteChannel(id string) {
	ch := s.channels[id]
	if ch == nil {
		return
	}
	if ch.isThread() {
		s.tell(ch, intentGuilds, "THREAD_DELETE", map[string]any{"id": ch.id, "guild_id": ch.guild, "parent_id": ch.parent, "type": ch.kind})
	} else {
		for _, t := range slices.Clone(s.order) {
			if t.parent == id {
				s.deleteChannel(t.id)
			}
		}
		s.tell(ch, intentGuilds, "CHANNEL_DELETE", s.channelJSON(ch))
	}
	delete(s.channels, id)
	s.order = slices.DeleteFunc(s.order, func(x *channel) bool { return x == ch })
}

// direct gives the conversation of a person with a bot, and makes it the first time.
func (s *Server) direct(b *Bot, person string) *channel {
	for _, ch := range s.order {
		if ch.bot == b && ch.recipient == person {
			return ch
		}
	}
	return s.keep(&channel{id: s.newID(), kind: kindDM, bot: b, recipient: person})
}

// in says whether a bot is in a guild.
func (b *Bot) in(g *guild) bool { return g != nil && slices.Contains(g.bots, b) }
