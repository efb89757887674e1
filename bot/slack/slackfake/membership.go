package slackfake

import (
	"slices"
	"strings"
)

// Join makes somebody a member of a channel and tells the apps in it; a bot user brings its team's app in, which is told
// of it like of anybody else.
func (s *Server) Join(channel, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, u := s.channels[channel], s.users[user]
	if ch == nil || u == nil {
		return
	}
	if u.bot {
		ch.bots[u.team] = true
	}
	s.join(ch, user, "")
}

// join adds a person; the lock is held.
func (s *Server) join(ch *channel, id, inviter string) {
	if ch.members != nil {
		ch.members[id] = true
	}
	// Slack says so in the channel, in a message that nobody typed.
	s.keepMessage(&message{ch: ch, user: id, team: s.teamOf(id), data: map[string]any{"subtype": "channel_join", "text": "<@" + id + "> has joined the channel"}}, inviter != "")
	for _, t := range s.installed(ch) {
		inner := s.membership("member_joined_channel", ch, id)
		if inviter != "" {
			inner["inviter"] = inviter
		}
		s.event(t, inner, inviter != "")
	}
}

func (s *Server) membership(kind string, ch *channel, id string) map[string]any {
	return map[string]any{"type": kind, "user": id, "channel": ch.id, "channel_type": strings.ToUpper(ch.kind()[:1]), "team": s.teamOf(id), "event_ts": s.newTS()}
}

// Kick takes a team's app out of a channel: what it sends there is refused with not_in_channel, in a private
// channel with channel_not_found. The app itself is told by channel_left or group_left, and the apps that are still in the
// channel by member_left_channel (docs.slack.dev/reference/events/channel_left, .../member_left_channel).
func (s *Server) Kick(team, channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, t := s.channels[channel], s.teams[team]
	if ch == nil || t == nil || !ch.bots[team] {
		return
	}
	delete(ch.bots, team)
	delete(ch.members, t.BotUser)
	kind := "channel_left"
	if ch.private {
		kind = "group_left"
	}
	s.event(t, map[string]any{"type": kind, "channel": ch.id, "event_ts": s.newTS()}, false)
	for _, other := range s.installed(ch) {
		s.event(other, s.membership("member_left_channel", ch, t.BotUser), false)
	}
}

// Archive closes a channel. Nobody writes there any more. A public one loses its members with that, a private one keeps
// them for when it is brought back. Of a public channel every app of its teams is told, of a private one those in it.
func (s *Server) Archive(channel, by string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	if ch == nil || ch.archived {
		return
	}
	ch.archived = true
	s.tellOfChannel(ch, "archive", by)
	if !ch.private {
		clear(ch.bots)
	}
}

// Unarchive brings a channel back. Into a public one the app has to be invited again.
func (s *Server) Unarchive(channel, by string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	if ch == nil || !ch.archived {
		return
	}
	ch.archived = false
	s.tellOfChannel(ch, "unarchive", by)
}

// tellOfChannel tells the apps that may know of it what became of a channel.
func (s *Server) tellOfChannel(ch *channel, what, by string) {
	for _, id := range ch.teams {
		if t := s.teams[id]; t != nil && (ch.bots[id] || !ch.private) {
			s.event(t, map[string]any{"type": ch.kind() + "_" + what, "channel": ch.id, "user": by, "event_ts": s.newTS()}, false)
		}
	}
}

// Private makes a channel private. Those who could read it stay in it.
func (s *Server) Private(channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	ch.private, ch.members = true, map[string]bool{}
	for id, u := range s.users {
		ch.members[id] = slices.Contains(ch.teams, u.team)
	}
}
