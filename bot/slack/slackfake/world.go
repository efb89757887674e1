package slackfake

import (
	"fmt"
	"slices"
)

// Team is a workspace with the app installed.
type Team struct {
	ID, Name      string
	AppID         string
	BotToken      string // "xoxb-…"
	AppToken      string // "xapp-1-…"
	SigningSecret string
	BotUser       string // "U…": whom people mention.
	BotID         string // "B…": who wrote the app's messages.

	base    string          // HTTP mode: where requests go; empty: Socket Mode.
	scopes  map[string]bool // nil: everything but chat:write.public.
	hears   map[string]bool // Event subscriptions; nil: all.
	revoked bool
	sockets []*socket
	tickets map[string]bool
	turn    int // Which socket is next.
}

type user struct {
	id, name, team, zone string
	bot                  bool
}

type usergroup struct {
	id, handle, name, team string
	users                  []string
	disabled               int64 // When, in seconds; 0: it is not.
}

// channel is a conversation of any kind.
type channel struct {
	id, name string
	teams    []string // Home first.
	private  bool
	archived bool
	im       string          // The person, in a direct conversation with the app of teams[0].
	members  map[string]bool // Of a private channel.
	bots     map[string]bool // Teams whose app is in.
	creator  string
	messages []*message
}

// AddTeam makes a workspace with the app installed in Socket Mode. Its tokens follow from its id, and are
// the same for the same id.
func (s *Server) AddTeam(id, name string) *Team {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &Team{ID: id, Name: name, AppID: "A0" + id, BotToken: "xoxb-" + id + "-demo", AppToken: "xapp-1-A0" + id + "-demo",
		SigningSecret: "signing-secret-of-" + id, BotUser: "U0BOT" + id, BotID: "B0" + id, tickets: map[string]bool{}}
	s.teams[id] = t
	s.users[t.BotUser] = &user{id: t.BotUser, name: "casebot", team: id, zone: "UTC", bot: true}
	return t
}

// AddUser adds a person to their home workspace. zone is an IANA name.
func (s *Server) AddUser(team, id, name, zone string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[id] = &user{id: id, name: name, team: team, zone: zone}
}

// AddGroup adds a user group, which messages mention as <!subteam^ID>.
func (s *Server) AddGroup(team, id, handle, name string, users ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups = append(s.groups, &usergroup{id: id, handle: handle, name: name, team: team, users: users})
}

// SetGroup changes who is in a user group and tells the team's app; with nobody the group is disabled.
func (s *Server) SetGroup(team, id string, users ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.groups {
		if g.team != team || g.id != id {
			continue
		}
		g.users = users
		inner := map[string]any{"type": "subteam_members_changed", "subteam_id": id, "team_id": team, "users_count": len(users), "event_ts": s.newTS()}
		if len(users) == 0 {
			g.disabled = s.clock.Now().Unix()
			inner = map[string]any{"type": "subteam_updated", "subteam": describeGroup(g, true), "event_ts": s.newTS()}
		}
		s.event(s.teams[team], inner, false)
	}
}

// AddChannel makes a public channel; with several teams it is a Slack Connect channel. Each team's app is
// in it.
func (s *Server) AddChannel(id, name string, teams ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := &channel{id: id, name: name, teams: teams, bots: map[string]bool{}}
	for _, t := range teams {
		ch.bots[t] = true
	}
	s.keep(ch)
}

func (s *Server) keep(ch *channel) *channel {
	s.channels[ch.id] = ch
	s.order = append(s.order, ch)
	return ch
}

// ChangeChannelID gives a channel another id, as Slack does when a channel becomes shared, and tells the
// apps in it.
func (s *Server) ChangeChannelID(old, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[old]
	if ch == nil {
		return
	}
	delete(s.channels, old)
	ch.id = id
	s.channels[id] = ch
	s.moved[old] = ch
	for _, f := range s.files {
		if i := slices.Index(f.channels, old); i >= 0 {
			f.channels[i] = id
		}
	}
	for _, t := range s.installed(ch) {
		s.event(t, map[string]any{"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": id, "event_ts": s.newTS()}, false)
	}
}

// Revoke takes the team's tokens back: a last event says so, and every call fails from then on.
func (s *Server) Revoke(team string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.teams[team]
	if t == nil {
		return
	}
	s.event(t, map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"oauth": []any{}, "bot": []any{t.BotUser}}, "event_ts": s.newTS()}, false)
	t.revoked = true
}

// Reinstall is an administrator who installs the app again where it was revoked, in the app's settings. The team has
// another bot token after that, which it gives.
func (s *Server) Reinstall(team string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.teams[team].reinstall()
	return s.teams[team].BotToken
}

// reinstall gives a team that revoked its tokens another one; an app that is there keeps its own.
func (t *Team) reinstall() {
	if t.revoked {
		t.revoked = false
		t.BotToken += "-again"
	}
}

// Scopes sets what the team's app was granted. A call or an event that needs more is refused or not sent.
func (s *Server) Scopes(team string, scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.teams[team]
	t.scopes = map[string]bool{}
	for _, x := range scopes {
		t.scopes[x] = true
	}
}

// Subscribe sets the event subscriptions of the team's app, by their names ("message.channels"). With none,
// events are off; a new app has them all.
func (s *Server) Subscribe(team string, names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.teams[team]
	t.hears = map[string]bool{}
	for _, x := range names {
		t.hears[x] = true
	}
}

// DefineCode makes an OAuth code that oauth.v2.access exchanges, once, for the team's bot token: another one than
// before, where that was revoked.
func (s *Server) DefineCode(code, team string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = team
}

// installed are the teams whose app is in a channel, home first.
func (s *Server) installed(ch *channel) []*Team {
	var out []*Team
	for _, id := range ch.teams {
		if t := s.teams[id]; t != nil && ch.bots[id] && !t.revoked {
			out = append(out, t)
		}
	}
	return out
}

func (s *Server) teamOf(user string) string {
	if u := s.users[user]; u != nil {
		return u.team
	}
	return ""
}

// sees says whether a person can read a channel: a public one of their own team, or a private one they are
// in, or their own direct conversation.
func (s *Server) sees(ch *channel, id string) bool {
	u := s.users[id]
	switch {
	case u == nil:
		return false
	case ch.im != "":
		return ch.im == id || u.bot && u.team == ch.teams[0]
	case ch.private:
		return ch.members[id]
	}
	return slices.Contains(ch.teams, u.team)
}

// kind is the channel_type of events.
func (ch *channel) kind() string {
	switch {
	case ch.im != "":
		return "im"
	case ch.private:
		return "group"
	}
	return "channel"
}

// shared says whether it is a Slack Connect channel.
func (ch *channel) shared() bool { return len(ch.teams) > 1 }

// direct gives the conversation of a person with a team's app, and makes it the first time.
func (s *Server) direct(t *Team, id string) *channel {
	for _, ch := range s.order {
		if ch.im == id && ch.teams[0] == t.ID {
			return ch
		}
	}
	return s.keep(&channel{id: fmt.Sprintf("D%04dDEMO", s.next()), teams: []string{t.ID}, im: id, bots: map[string]bool{t.ID: true}})
}
