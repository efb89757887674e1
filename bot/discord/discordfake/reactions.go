package discordfake

import "net/http"

// mostReactions is how many different emoji a message takes.
const mostReactions = 20

// reacted finds the message and the emoji of a call.
func (c *call) reacted(perms ...string) (m *message, name, id string, no *refusal) {
	ch, no := c.open("c", perms...)
	if no != nil {
		return nil, "", "", no
	}
	if m, no = c.message(ch, "m"); no != nil {
		return nil, "", "", no
	}
	name, id, ok := emojiOf(c.path["e"])
	if !ok {
		return nil, "", "", refuse(http.StatusBadRequest, 10014)
	}
	return m, name, id, nil
}

func (c *call) putReaction() (any, *refusal) {
	m, name, id, no := c.reacted("READ_MESSAGE_HISTORY", "ADD_REACTIONS")
	if no != nil {
		return nil, no
	}
	if no := awake(m.ch); no != nil {
		return nil, no
	}
	if len(m.reactions) >= mostReactions {
		return nil, refuse(http.StatusBadRequest, 30010)
	}
	if m.react(name, id, c.bot.ID) {
		c.s.tellReaction("MESSAGE_REACTION_ADD", m, name, id, c.bot.ID)
	}
	return nil, nil
}

func (c *call) deleteReaction() (any, *refusal) {
	m, name, id, no := c.reacted()
	if no != nil {
		return nil, no
	}
	if no := awake(m.ch); no != nil {
		return nil, no
	}
	if m.unreact(name, id, c.bot.ID) {
		c.s.tellReaction("MESSAGE_REACTION_REMOVE", m, name, id, c.bot.ID)
	}
	return nil, nil
}

// getReactions are the users who reacted with an emoji, at most limit (1 to 100, else 25), by id after one.
func (c *call) getReactions() (any, *refusal) {
	m, name, id, no := c.reacted("READ_MESSAGE_HISTORY")
	if no != nil {
		return nil, no
	}
	limit := 25
	if n := len(c.query.Get("limit")); n > 0 {
		limit = 0
		for _, r := range c.query.Get("limit") {
			limit = limit*10 + int(r-'0')
		}
		if limit < 1 || limit > 100 {
			return nil, invalid(fault{[]string{"limit"}, "NUMBER_TYPE_MAX", "int value should be between 1 and 100."})
		}
	}
	out := []any{}
	for _, r := range m.reactions {
		if r.name != name || r.id != id {
			continue
		}
		for _, u := range sortedIDs(r.users) {
			if older(c.query.Get("after"), u) && len(out) < limit {
				out = append(out, c.s.userJSON(u))
			}
		}
	}
	return out, nil
}
