package slackfake

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// inside finds the channel of a call that reads; reading needs the app to be a member.
func (s *Server) inside(c *call) (*channel, *refusal) {
	ch := s.channels[c.str("channel")]
	if ch == nil || !slices.Contains(ch.teams, c.ID) || ch.kind() != "channel" && !ch.bots[c.ID] {
		return nil, refuse("channel_not_found")
	}
	if !ch.bots[c.ID] {
		return ch, refuse("not_in_channel")
	}
	return ch, nil
}

// describe is a channel as conversations.info shows it to a team.
func (s *Server) describe(ch *channel, t *Team) map[string]any {
	d := map[string]any{"id": ch.id, "created": 1, "is_archived": ch.archived, "is_im": ch.im != "", "is_channel": ch.kind() == "channel",
		"is_group": ch.private, "is_private": ch.private || ch.im != "", "is_mpim": false, "is_member": ch.bots[t.ID], "is_general": false}
	if ch.im != "" {
		d["user"] = ch.im
		return d
	}
	maps.Copy(d, map[string]any{"name": ch.name, "name_normalized": ch.name, "creator": ch.creator, "is_shared": ch.shared(), "is_ext_shared": ch.shared(),
		"context_team_id": t.ID, "shared_team_ids": ch.teams, "topic": map[string]any{"value": ""}, "purpose": map[string]any{"value": ""}})
	return d
}

// conversationsInfo shows a channel to an app that is in it, and a public one to every app of its teams.
func (s *Server) conversationsInfo(c *call) (map[string]any, *refusal) {
	ch, no := s.inside(c)
	if no != nil && no.code != "not_in_channel" { // A public channel shows itself to everybody.
		return nil, no
	}
	return map[string]any{"channel": s.describe(ch, c.Team)}, nil
}

var channelName = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$`)

// conversationsCreate makes a channel with the app in it. Names follow docs.slack.dev/reference/methods/conversations.create:
// small letters, digits, hyphens and underscores, each name once in a workspace.
func (s *Server) conversationsCreate(c *call) (map[string]any, *refusal) {
	name := c.str("name")
	switch {
	case name == "":
		return nil, refuse("invalid_name_required")
	case len([]rune(name)) > 80:
		return nil, refuse("invalid_name_maxlength")
	case !channelName.MatchString(name):
		return nil, refuse("invalid_name_specials")
	}
	for _, ch := range s.order {
		if ch.im == "" && ch.teams[0] == c.ID && ch.name == name { // Names of private channels are taken too.
			return nil, refuse("name_taken")
		}
	}
	ch := &channel{id: fmt.Sprintf("C%04dROOM", s.next()), name: name, teams: []string{c.ID}, private: c.yes("is_private"),
		bots: map[string]bool{c.ID: true}, creator: c.BotUser}
	if ch.private {
		ch.members = map[string]bool{c.BotUser: true}
	}
	s.keep(ch)
	return map[string]any{"channel": s.describe(ch, c.Team)}, nil
}

// conversationsInvite takes all or nobody, unless force is set: then it takes those it can.
func (s *Server) conversationsInvite(c *call) (map[string]any, *refusal) {
	ch, no := s.inside(c)
	if no != nil {
		return nil, no
	}
	var errs []any
	var first string
	var join []string
	for _, id := range c.listOf("users") {
		code := ""
		switch u := s.users[id]; {
		case u == nil || !slices.Contains(ch.teams, u.team):
			code = "user_not_found"
		case id == c.BotUser:
			code = "cant_invite_self"
		case ch.members == nil || ch.members[id]:
			code = "already_in_channel"
		default:
			join = append(join, id)
			continue
		}
		if first == "" {
			first = code
		}
		errs = append(errs, map[string]any{"user": id, "ok": false, "error": code})
	}
	if len(join) == 0 && first == "" {
		return nil, refuse("no_user")
	}
	if first != "" && !(c.yes("force") && len(join) > 0) {
		return nil, &refusal{first, map[string]any{"errors": errs}}
	}
	for _, id := range join {
		s.join(ch, id, c.BotUser)
	}
	return map[string]any{"channel": s.describe(ch, c.Team)}, nil
}

// conversationsMembers lists people and bot users. In a public channel the fake counts everybody of its teams.
func (s *Server) conversationsMembers(c *call) (map[string]any, *refusal) {
	ch, no := s.inside(c)
	if no != nil && no.code != "not_in_channel" {
		return nil, no
	}
	var all []string
	for id, u := range s.users {
		if u.bot && ch.bots[u.team] || !u.bot && s.sees(ch, id) {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	part, cursor, no := page(c, all, 100)
	if no != nil {
		return nil, no
	}
	return withCursor(map[string]any{"members": part}, cursor), nil
}

// conversationsList gives public channels, and of the others those that the app is in.
func (s *Server) conversationsList(c *call) (map[string]any, *refusal) {
	types := c.listOf("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	word := map[string]string{"channel": "public_channel", "group": "private_channel", "im": "im"}
	var all []map[string]any
	for _, ch := range s.order {
		visible := ch.kind() == "channel" || ch.bots[c.ID]
		if visible && slices.Contains(ch.teams, c.ID) && slices.Contains(types, word[ch.kind()]) {
			all = append(all, s.describe(ch, c.Team))
		}
	}
	part, cursor, no := page(c, all, 100)
	if no != nil {
		return nil, no
	}
	return withCursor(map[string]any{"channels": part}, cursor), nil
}

// conversationsOpen gives the direct conversation with one person of the own workspace; it is made the first time.
func (s *Server) conversationsOpen(c *call) (map[string]any, *refusal) {
	if id := c.str("channel"); id != "" {
		ch, no := s.inside(c)
		if no != nil {
			return nil, no
		}
		return map[string]any{"channel": map[string]any{"id": ch.id}}, nil
	}
	users := c.listOf("users")
	if len(users) != 1 {
		return nil, refuse("users_list_not_supplied") // The fake has no conversations of several people.
	}
	u := s.users[users[0]]
	switch {
	case u == nil || u.bot:
		return nil, refuse("user_not_found")
	case u.team != c.ID:
		return nil, refuse("user_not_visible")
	}
	return map[string]any{"channel": map[string]any{"id": s.direct(c.Team, u.id).id}}, nil
}

// conversationsJoin lets the app enter a public channel by itself. Into a private one it has to be invited.
func (s *Server) conversationsJoin(c *call) (map[string]any, *refusal) {
	ch, no := s.inside(c)
	if ch == nil {
		return nil, no
	}
	if ch.kind() != "channel" {
		return nil, refuse("method_not_supported_for_channel_type")
	}
	switch {
	case ch.archived:
		return nil, refuse("is_archived")
	case !ch.bots[c.ID]:
		ch.bots[c.ID] = true
		s.join(ch, c.BotUser, "")
	}
	return map[string]any{"channel": s.describe(ch, c.Team)}, nil
}

// page cuts a list by limit and cursor. The cursor is the place to go on from.
func page[T any](c *call, all []T, most int) ([]T, string, *refusal) {
	from := 0
	if text, ok := strings.CutPrefix(c.str("cursor"), "next:"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, "", refuse("invalid_cursor")
		}
		from = min(n, len(all))
	} else if c.str("cursor") != "" {
		return nil, "", refuse("invalid_cursor")
	}
	limit := c.num("limit", most)
	if limit < 1 || limit > 1000 {
		return nil, "", refuse("invalid_limit")
	}
	to := min(from+limit, len(all))
	cursor := ""
	if to < len(all) {
		cursor = "next:" + strconv.Itoa(to)
	}
	part := all[from:to]
	if part == nil {
		part = []T{}
	}
	return part, cursor, nil
}

func withCursor(body map[string]any, cursor string) map[string]any {
	body["response_metadata"] = map[string]any{"next_cursor": cursor}
	return body
}
