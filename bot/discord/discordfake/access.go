package discordfake

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// permissions are the vendor's bits of what the fake looks at.
var permissions = map[string]int64{
	"ADD_REACTIONS": 1 << 6, "VIEW_CHANNEL": 1 << 10, "SEND_MESSAGES": 1 << 11, "MANAGE_MESSAGES": 1 << 13, "EMBED_LINKS": 1 << 14, "ATTACH_FILES": 1 << 15,
	"READ_MESSAGE_HISTORY": 1 << 16, "MENTION_EVERYONE": 1 << 17, "USE_EXTERNAL_EMOJIS": 1 << 18, "MANAGE_CHANNELS": 1 << 4, "MANAGE_ROLES": 1 << 28,
	"USE_APPLICATION_COMMANDS": 1 << 31, "MANAGE_THREADS": 1 << 34, "CREATE_PUBLIC_THREADS": 1 << 35, "CREATE_PRIVATE_THREADS": 1 << 36,
	"SEND_MESSAGES_IN_THREADS": 1 << 38, "PIN_MESSAGES": 1 << 51,
}

// Everything are the names of all permissions that the fake looks at, for Permit.
func Everything() []string { return slices.Sorted(maps.Keys(permissions)) }

func allPermissions() (all int64) {
	for _, bit := range permissions {
		all |= bit
	}
	return all
}

// governing is the channel whose permissions count: a thread has its parent's.
func (s *Server) governing(ch *channel) *channel {
	if p := s.channels[ch.parent]; ch.isThread() && p != nil {
		return p
	}
	return ch
}

func (s *Server) may(ch *channel, perm string) bool {
	g := s.governing(ch)
	return g.perms == nil || g.perms[perm]
}

// bits are a bot's permissions in a channel, as the number that stands in interactions.
func (s *Server) bits(ch *channel) string {
	var n int64
	for name, bit := range permissions {
		if s.may(ch, name) {
			n |= bit
		}
	}
	return strconv.FormatInt(n, 10)
}

// overwrites are the permission overwrites by which a bot ends up with what Permit says.
func (s *Server) overwrites(ch *channel) []any {
	out := []any{}
	g := s.guilds[ch.guild]
	if ch.perms == nil || g == nil {
		return out
	}
	var allow int64
	for name := range ch.perms {
		allow |= permissions[name]
	}
	for _, b := range g.bots {
		out = append(out, map[string]any{"id": b.ID, "type": 1, "allow": strconv.FormatInt(allow, 10), "deny": strconv.FormatInt(allPermissions()&^allow, 10)})
	}
	return out
}

// Permit sets what bots may do in a channel and its threads, by the vendor's names, e.g. "VIEW_CHANNEL".
// Before the first time everything is permitted; with no names nothing is.
func (s *Server) Permit(channel string, perms ...string) {
	s.PermitBy("CHANNEL_UPDATE", channel, perms...)
}

// PermitBy is Permit by another act: bots are told of that one, "GUILD_ROLE_UPDATE" or "GUILD_MEMBER_UPDATE"; empty: of
// none. Who sees the channel from then on and did not before is told its threads; of the loss nothing else tells
// (docs.discord.com/developers/topics/threads#channel-access).
func (s *Server) PermitBy(act, channel string, perms ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	if ch == nil {
		panic("discordfake: there is no channel " + channel)
	}
	saw := s.may(ch, "VIEW_CHANNEL")
	ch.perms = map[string]bool{}
	for _, p := range perms {
		if permissions[p] == 0 {
			panic("discordfake: there is no permission " + p)
		}
		ch.perms[p] = true
	}
	g := s.guilds[ch.guild]
	for _, x := range s.sessions {
		if !x.bot.in(g) {
			continue
		}
		d := s.channelJSON(ch)
		switch act {
		case "GUILD_ROLE_UPDATE":
			r := s.roleJSON(g, g.roles[0], 0)
			r["permissions"] = s.bits(ch)
			d = map[string]any{"guild_id": g.id, "role": r}
		case "GUILD_MEMBER_UPDATE":
			d = s.memberJSON(g.id, x.bot.ID, true)
			d["guild_id"] = g.id
		}
		if act != "" {
			s.send(x, intentGuilds, act, d)
		}
		if !saw && s.may(ch, "VIEW_CHANNEL") {
			s.send(x, intentGuilds, "THREAD_LIST_SYNC", s.synced(ch, x.bot))
		}
	}
}

// TakeOut takes a bot out of a thread. It sees a private one no more, unless it may manage threads.
func (s *Server) TakeOut(b *Bot, thread string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[thread]
	ch.members = slices.DeleteFunc(ch.members, func(id string) bool { return id == b.ID })
	s.sendLast(b, intentGuilds, "THREAD_MEMBERS_UPDATE", map[string]any{"id": ch.id, "guild_id": ch.guild, "member_count": len(ch.members), "removed_member_ids": []any{b.ID}}, nil)
}

// TakeIn adds a bot to a thread, which it is told as if the thread were new to it.
func (s *Server) TakeIn(b *Bot, thread string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[thread]
	ch.members = append(ch.members, b.ID)
	d := s.channelJSON(ch)
	d["member"] = s.threadMember(ch, b.ID)
	s.sendLast(b, intentGuilds, "THREAD_CREATE", d, nil)
}

// synced is what THREAD_LIST_SYNC tells of a channel that a bot was let into: the threads that are not archived.
func (s *Server) synced(ch *channel, b *Bot) map[string]any {
	threads, mine := []any{}, []any{}
	for _, t := range s.order {
		if t.parent != ch.id || !t.isThread() || t.archived || !s.sees(b, t) {
			continue
		}
		threads = append(threads, s.channelJSON(t))
		if slices.Contains(t.members, b.ID) {
			mine = append(mine, s.threadMember(t, b.ID))
		}
	}
	return map[string]any{"guild_id": ch.guild, "channel_ids": []any{ch.id}, "threads": threads, "members": mine}
}

// sees says whether a bot can read a channel.
func (s *Server) sees(b *Bot, ch *channel) bool {
	if ch.kind == kindDM {
		return ch.bot == b
	}
	if !b.in(s.guilds[ch.guild]) || !s.may(ch, "VIEW_CHANNEL") {
		return false
	}
	return ch.kind != kindPrivate || slices.Contains(ch.members, b.ID) || s.may(ch, "MANAGE_THREADS")
}

// reads says whether a person can read a channel. Everybody of a guild reads its channels and public threads.
func (s *Server) reads(u *user, ch *channel) bool {
	if ch.kind == kindDM {
		return ch.recipient == u.id
	}
	if _, in := u.in[ch.guild]; !in {
		return false
	}
	return ch.kind != kindPrivate || slices.Contains(ch.members, u.id)
}

// open finds the channel of a call and checks what the bot may do there: unknown 10003, unseen 50001, not
// permitted 50013.
func (c *call) open(name string, perms ...string) (*channel, *refusal) {
	ch := c.s.channels[c.path[name]]
	switch {
	case !isSnowflake(c.path[name]):
		no := invalid(fault{[]string{"channel_id"}, "NUMBER_TYPE_COERCE", `Value "` + c.path[name] + `" is not snowflake.`})
		no.address = true
		return nil, no
	case ch == nil:
		return nil, refuse(http.StatusNotFound, 10003)
	case !c.s.sees(c.bot, ch):
		return nil, refuse(http.StatusForbidden, 50001)
	}
	for _, p := range perms {
		if p == "SEND_MESSAGES" && ch.isThread() {
			p = "SEND_MESSAGES_IN_THREADS"
		}
		if ch.kind != kindDM && !c.s.may(ch, p) {
			return nil, refuse(http.StatusForbidden, 50013)
		}
	}
	return ch, nil
}

// awake refuses what an archived thread does not take.
func awake(ch *channel) *refusal {
	if ch.archived {
		return refuse(http.StatusBadRequest, 50083)
	}
	return nil
}

// message finds the message of a call. One that only a person sees is not there for the channel's routes.
func (c *call) message(ch *channel, name string) (*message, *refusal) {
	if m := ch.find(c.path[name]); m != nil && m.only == "" {
		return m, nil
	}
	return nil, refuse(http.StatusNotFound, 10008)
}
