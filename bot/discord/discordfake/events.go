package discordfake

import (
	"slices"
)

// The intents, by the bits of IDENTIFY.
const (
	intentGuilds          = 1 << 0
	intentMembers         = 1 << 1
	intentPresences       = 1 << 8
	intentMessages        = 1 << 9
	intentReactions       = 1 << 10
	intentDirectMessages  = 1 << 12
	intentDirectReactions = 1 << 13
	intentContent         = 1 << 15
	allIntents            = 1<<26 - 1
)

// privilegedIntents must be switched on for the application.
var privilegedIntents = map[string]int{"GUILD_MEMBERS": intentMembers, "GUILD_PRESENCES": intentPresences, "MESSAGE_CONTENT": intentContent}

func messageIntent(ch *channel) int {
	if ch.kind == kindDM {
		return intentDirectMessages
	}
	return intentMessages
}

func reactionIntent(ch *channel) int {
	if ch.kind == kindDM {
		return intentDirectReactions
	}
	return intentReactions
}

// send puts an event into a session's log, and on its connection when it has one. The log is what RESUME
// replays. need is an intent of which it takes one; 0 goes to all.
func (s *Server) send(x *session, need int, t string, d any) *sent {
	if need != 0 && x.intents&need == 0 {
		return nil
	}
	s.events++
	x.seq++
	f := &sent{x, x.seq, asJSON(map[string]any{"op": 0, "s": x.seq, "t": t, "d": d})}
	x.log = append(x.log, f)
	if x.sock != nil && !x.zombie {
		x.sock.write(f.raw)
	}
	return f
}

// tell sends what happened in a channel to every bot that sees the channel.
func (s *Server) tell(ch *channel, need int, t string, d any) (frames []*sent) {
	for _, x := range s.sessions {
		if !s.sees(x.bot, ch) {
			continue
		}
		if f := s.send(x, need, t, d); f != nil {
			frames = append(frames, f)
		}
	}
	return frames
}

// sendLast sends an event to a bot and keeps it for Redeliver; it gives how many sessions took it.
func (s *Server) sendLast(b *Bot, need int, t string, d any, in *interaction) int {
	var frames []*sent
	for _, x := range s.sessions {
		if x.bot == b {
			if f := s.send(x, need, t, d); f != nil {
				frames = append(frames, f)
			}
		}
	}
	s.keepLast(frames, in)
	return len(frames)
}

// keepLast remembers an event that people caused, so that it can be sent again as it was.
func (s *Server) keepLast(frames []*sent, in *interaction) {
	if len(frames) == 0 {
		return
	}
	s.last = func() {
		if in != nil {
			in.again = true
		}
		for _, f := range frames {
			if f.to.sock != nil && !f.to.zombie {
				f.to.sock.write(f.raw)
			}
		}
	}
}

// Redeliver sends the last event that a person caused once more, with the same number, as a replay after
// RESUME does.
func (s *Server) Redeliver() {
	s.mu.Lock()
	if s.last != nil {
		s.last()
	}
	s.mu.Unlock()
	s.Settle()
}

// SendEvent dispatches an event of any kind to a bot, whatever its intents, e.g. one that no client knows.
func (s *Server) SendEvent(bot *Bot, t string, d any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sessions {
		if x.bot == bot {
			s.send(x, 0, t, d)
		}
	}
}

// tellMessage tells bots of a new or changed message. One that a single person sees is told to nobody.
func (s *Server) tellMessage(t string, m *message) {
	if m.only != "" {
		return
	}
	var frames []*sent
	for _, x := range s.sessions {
		if !s.sees(x.bot, m.ch) {
			continue
		}
		d := m.json(s)
		if m.ch.guild != "" {
			d["guild_id"] = m.ch.guild
			if member := s.memberJSON(m.ch.guild, m.author, false); member != nil && m.inter == nil {
				d["member"] = member
			}
		}
		if m.nonce != nil && t == "MESSAGE_CREATE" {
			d["nonce"] = m.nonce
		}
		if m.ch.kind == kindDM {
			d["channel_type"] = kindDM
		}
		if x.intents&intentContent == 0 {
			blank(d, s, x.bot, m)
		}
		if f := s.send(x, messageIntent(m.ch), t, d); f != nil {
			frames = append(frames, f)
		}
	}
	if u := s.users[m.author]; u != nil && u.bot == nil {
		s.keepLast(frames, nil)
	}
}

// tellThread tells bots of a thread; a new one bears newly_created, and the bot's membership when it is in.
func (s *Server) tellThread(t string, ch *channel, fresh bool) {
	for _, x := range s.sessions {
		if !s.sees(x.bot, ch) {
			continue
		}
		d := s.channelJSON(ch)
		if fresh {
			d["newly_created"] = true
		}
		if slices.Contains(ch.members, x.bot.ID) && fresh {
			d["member"] = s.threadMember(ch, x.bot.ID)
		}
		s.send(x, intentGuilds, t, d)
	}
}

// tellReaction tells bots of a reaction that was set or taken off.
func (s *Server) tellReaction(t string, m *message, name, id, user string) {
	d := map[string]any{"user_id": user, "channel_id": m.ch.id, "message_id": m.id, "emoji": map[string]any{"id": orNull(id), "name": name}, "burst": false, "type": 0}
	if m.ch.guild != "" {
		d["guild_id"] = m.ch.guild
	}
	if t == "MESSAGE_REACTION_ADD" {
		d["message_author_id"] = m.author
		if m.ch.guild != "" {
			d["member"] = s.memberJSON(m.ch.guild, user, true)
		}
	}
	var frames []*sent
	for _, x := range s.sessions {
		if !s.sees(x.bot, m.ch) {
			continue
		}
		if f := s.send(x, reactionIntent(m.ch), t, d); f != nil {
			frames = append(frames, f)
		}
	}
	if u := s.users[user]; u != nil && u.bot == nil {
		s.keepLast(frames, nil)
	}
}
