package slackfake

import "slices"

// reaction is one emoji on a message, by its short name with the skin tone still on.
type reaction struct {
	name  string
	users []string
}

// reacted finds the message of a reactions call.
func (s *Server) reacted(c *call) (*message, *refusal) {
	ch, no := s.inside(c)
	if no != nil {
		return nil, no
	}
	m := ch.find(c.str("timestamp"))
	if m == nil || m.only != "" { // Ephemeral messages take no reactions.
		return nil, refuse("message_not_found")
	}
	return m, nil
}

// reactionsAdd takes names and no characters: a client that sends the character itself learns it here.
func (s *Server) reactionsAdd(c *call) (map[string]any, *refusal) {
	m, no := s.reacted(c)
	if no != nil {
		return nil, no
	}
	name := c.str("name")
	if !knownEmoji(name) {
		return nil, refuse("invalid_name")
	}
	if !m.react(name, c.BotUser) {
		return nil, refuse("already_reacted")
	}
	s.tellReaction("reaction_added", m, name, c.BotUser, true)
	return map[string]any{}, nil
}

// reactionsRemove takes back what the same bot user set, and nobody else's.
func (s *Server) reactionsRemove(c *call) (map[string]any, *refusal) {
	m, no := s.reacted(c)
	if no != nil {
		return nil, no
	}
	name := c.str("name")
	if !knownEmoji(name) {
		return nil, refuse("invalid_name")
	}
	if !m.unreact(name, c.BotUser) {
		return nil, refuse("no_reaction")
	}
	s.tellReaction("reaction_removed", m, name, c.BotUser, true)
	return map[string]any{}, nil
}

// reactionsGet reads a message with its reactions, which is how an app learns what it missed.
func (s *Server) reactionsGet(c *call) (map[string]any, *refusal) {
	m, no := s.reacted(c)
	if no != nil {
		return nil, no
	}
	return map[string]any{"type": "message", "channel": m.ch.id, "message": s.shown(m, c)}, nil
}

func (m *message) react(name, user string) bool {
	i := slices.IndexFunc(m.reactions, func(r *reaction) bool { return r.name == name })
	if i < 0 {
		m.reactions = append(m.reactions, &reaction{name, []string{user}})
		return true
	}
	if slices.Contains(m.reactions[i].users, user) {
		return false
	}
	m.reactions[i].users = append(m.reactions[i].users, user)
	return true
}

func (m *message) unreact(name, user string) bool {
	for i, r := range m.reactions {
		if k := slices.Index(r.users, user); r.name == name && k >= 0 {
			r.users = slices.Delete(r.users, k, k+1)
			if len(r.users) == 0 {
				m.reactions = slices.Delete(m.reactions, i, i+1)
			}
			return true
		}
	}
	return false
}

func (m *message) reactionList() []any {
	var out []any
	for _, r := range m.reactions {
		out = append(out, map[string]any{"name": r.name, "users": slices.Clone(r.users), "count": len(r.users)})
	}
	return out
}
