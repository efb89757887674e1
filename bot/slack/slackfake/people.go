package slackfake

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// authTest says who the bearer of a token is. Every adapter calls it first, to know its own messages from others.
func (s *Server) authTest(c *call) (map[string]any, *refusal) {
	return map[string]any{"url": "https://" + strings.ToLower(c.ID) + ".slack.test/", "team": c.Name, "user": "casebot", "team_id": c.ID,
		"user_id": c.BotUser, "bot_id": c.BotID, "is_enterprise_install": false}, nil
}

// connectionsOpen gives an address with a ticket that opens one socket.
func (s *Server) connectionsOpen(c *call) (map[string]any, *refusal) {
	ticket := fmt.Sprintf("ticket-%d", s.next())
	c.tickets[ticket] = true
	q := url.Values{"ticket": {ticket}, "app_id": {c.AppID}}
	return map[string]any{"url": "ws" + strings.TrimPrefix(s.origin, "http") + "/link/?" + q.Encode()}, nil
}

// oauthAccess exchanges a code, which is used once.
func (s *Server) oauthAccess(c *call) (map[string]any, *refusal) {
	code := c.str("code")
	t := s.teams[s.codes[code]]
	switch {
	case c.str("client_id") == "" || c.str("client_secret") == "":
		return nil, refuse("bad_client_secret")
	case t == nil:
		return nil, refuse("invalid_code")
	}
	delete(s.codes, code)
	t.reinstall()
	return map[string]any{"access_token": t.BotToken, "token_type": "bot", "scope": strings.Join(t.granted(), ","), "bot_user_id": t.BotUser,
		"app_id": t.AppID, "team": map[string]any{"id": t.ID, "name": t.Name}, "enterprise": nil, "authed_user": map[string]any{"id": "U0INSTALLER"}}, nil
}

// describeUser is a person as users.info shows them to a team. Another team's people are strangers to it.
func (s *Server) describeUser(u *user, t *Team) map[string]any {
	zone, err := time.LoadLocation(u.zone)
	if err != nil {
		zone = time.UTC
	}
	label, offset := s.clock.Now().In(zone).Zone()
	return map[string]any{"id": u.id, "team_id": u.team, "name": strings.ToLower(strings.ReplaceAll(u.name, " ", ".")), "real_name": u.name, "deleted": false,
		"tz": zone.String(), "tz_label": label, "tz_offset": offset, "is_bot": u.bot, "is_stranger": u.team != t.ID, "is_app_user": false,
		"profile": map[string]any{"real_name": u.name, "real_name_normalized": u.name, "display_name": u.name, "display_name_normalized": u.name, "team": u.team}}
}

// knows says whether a team can see somebody: its own people, and those it shares a channel with.
func (s *Server) knows(t *Team, u *user) bool {
	if u.team == t.ID {
		return true
	}
	return slices.ContainsFunc(s.order, func(ch *channel) bool {
		return slices.Contains(ch.teams, t.ID) && slices.Contains(ch.teams, u.team)
	})
}

// usersInfo tells of one person, of another workspace only where both share a channel.
func (s *Server) usersInfo(c *call) (map[string]any, *refusal) {
	u := s.users[c.str("user")]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	if !s.knows(c.Team, u) {
		return nil, refuse("user_not_visible")
	}
	return map[string]any{"user": s.describeUser(u, c.Team)}, nil
}

// usersList gives the own workspace alone; people of shared channels are looked up one by one.
func (s *Server) usersList(c *call) (map[string]any, *refusal) {
	var all []map[string]any
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		if u := s.users[id]; u.team == c.ID {
			all = append(all, s.describeUser(u, c.Team))
		}
	}
	part, cursor, no := page(c, all, 1000)
	if no != nil {
		return nil, no
	}
	return withCursor(map[string]any{"members": part, "cache_ts": s.clock.Now().Unix()}, cursor), nil
}

// usergroupsList gives the groups that a message can mention; who is in them, and those that are disabled,
// only when asked.
func (s *Server) usergroupsList(c *call) (map[string]any, *refusal) {
	all := []map[string]any{}
	for _, g := range s.groups {
		if g.team == c.ID && (g.disabled == 0 || c.yes("include_disabled")) {
			all = append(all, describeGroup(g, c.yes("include_users")))
		}
	}
	return map[string]any{"usergroups": all}, nil
}

// describeGroup is a user group as Slack shows it.
func describeGroup(g *usergroup, users bool) map[string]any {
	d := map[string]any{"id": g.id, "team_id": g.team, "is_usergroup": true, "name": g.name, "handle": g.handle, "description": "", "date_delete": g.disabled,
		"user_count": len(g.users)}
	if users {
		d["users"] = append([]string{}, g.users...)
	}
	return d
}

// usergroupsUsers gives the members of one group, by whose mention all of them are notified.
func (s *Server) usergroupsUsers(c *call) (map[string]any, *refusal) {
	for _, g := range s.groups {
		if g.id == c.str("usergroup") && g.team == c.ID {
			return map[string]any{"users": append([]string{}, g.users...)}, nil
		}
	}
	return nil, refuse("no_such_subteam")
}

// botsInfo leads from the bot_id of a message to the bot user who is mentioned.
func (s *Server) botsInfo(c *call) (map[string]any, *refusal) {
	for _, t := range s.teams {
		if t.BotID == c.str("bot") {
			return map[string]any{"bot": map[string]any{"id": t.BotID, "app_id": t.AppID, "user_id": t.BotUser, "name": "casebot", "deleted": false}}, nil
		}
	}
	return nil, refuse("bot_not_found")
}
