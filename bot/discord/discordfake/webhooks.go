package discordfake

import (
	"net/http"
	"slices"
)

// answering finds the interaction whose token a call bears: unknown or older than 15 minutes 50027, not
// answered yet 10015.
func (c *call) answering() (*interaction, *refusal) {
	in := c.s.tokens[c.path["token"]]
	switch {
	case in == nil || in.bot.Application != c.path["a"] || c.s.clock.Now().Sub(in.at) > tokenLife:
		return nil, refuse(http.StatusUnauthorized, 50027)
	case in.answered == 0 || in.answered == answerModal || in.answered == answerChoices:
		return nil, refuse(http.StatusNotFound, 10015)
	}
	return in, nil
}

// followUp is POST webhooks/{a}/{token}. The first one after a deferred answer takes that answer's place,
// and is seen by whom that one was for.
func (c *call) followUp() (any, *refusal) {
	in, no := c.answering()
	if no != nil {
		return nil, no
	}
	if in.original != nil && in.original.loading && !in.original.gone {
		return c.rewrite(in.original, false)
	}
	m := in.message(c.body)
	m.kind = plainMessage
	if in.original != nil {
		m.kind = replyMessage
		m.refersTo = map[string]any{"type": 0, "channel_id": in.ch.id, "message_id": in.original.id}
	}
	if no := c.s.compose(m, c.body, c.files, in.bot, false); no != nil {
		return nil, no
	}
	in.later = append(in.later, c.s.add(m))
	c.s.tellMessage("MESSAGE_CREATE", m)
	return m.json(c.s), nil
}

// answer finds the first answer, or a follow-up by its id.
func (c *call) answer() (*message, *refusal) {
	in, no := c.answering()
	if no != nil {
		return nil, no
	}
	if id := c.path["m"]; id != "@original" && (in.original == nil || in.original.id != id) {
		if i := slices.IndexFunc(in.later, func(m *message) bool { return m.id == id && !m.gone }); i >= 0 {
			return in.later[i], nil
		}
		return nil, refuse(http.StatusNotFound, 10008)
	}
	if in.original == nil || in.original.gone {
		return nil, refuse(http.StatusNotFound, 10008)
	}
	return in.original, nil
}

func (c *call) getAnswer() (any, *refusal) {
	m, no := c.answer()
	if no != nil {
		return nil, no
	}
	return m.json(c.s), nil
}

func (c *call) editAnswer() (any, *refusal) {
	m, no := c.answer()
	if no != nil {
		return nil, no
	}
	return c.rewrite(m, true)
}

// rewrite edits an answer, or gives a deferred one its words.
func (c *call) rewrite(m *message, edit bool) (any, *refusal) {
	if no := c.s.compose(m, c.body, c.files, c.s.users[m.author].bot, edit); no != nil {
		return nil, no
	}
	if !m.loading {
		m.edited = c.s.clock.Now()
	}
	m.loading = false
	c.s.notify()
	c.s.tellMessage("MESSAGE_UPDATE", m)
	return m.json(c.s), nil
}

func (c *call) deleteAnswer() (any, *refusal) {
	m, no := c.answer()
	if no != nil {
		return nil, no
	}
	m.loading = false
	c.s.remove(m)
	return nil, nil
}
