package discordfake

import (
	"net/http"
	"slices"
	"strconv"
)

// getMessage is GET channels/{c}/messages/{m}.
func (c *call) getMessage() (any, *refusal) {
	ch, no := c.open("c", "READ_MESSAGE_HISTORY")
	if no != nil {
		return nil, no
	}
	m, no := c.message(ch, "m")
	if no != nil {
		return nil, no
	}
	return c.s.plainly(c.bot, m), nil
}

// listMessages is GET channels/{c}/messages: at most limit (1 to 100, else 50), the newest first; before,
// after and around are ids and exclude one another. After gives the oldest of what is newer than it.
func (c *call) listMessages() (any, *refusal) {
	ch, no := c.open("c")
	if no != nil {
		return nil, no
	}
	limit := 50
	if text := c.query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			return nil, invalid(fault{[]string{"limit"}, "NUMBER_TYPE_MAX", "int value should be between 1 and 100."})
		}
		limit = n
	}
	before, after, around := c.query.Get("before"), c.query.Get("after"), c.query.Get("around")
	for name, id := range map[string]string{"before": before, "after": after, "around": around} {
		if id != "" && !isSnowflake(id) {
			return nil, invalid(fault{[]string{name}, "NUMBER_TYPE_COERCE", `Value "` + id + `" is not snowflake.`})
		}
	}
	if ch.kind == kindForum {
		return nil, refuse(http.StatusBadRequest, 50024)
	}
	var all []*message // Newest first.
	if c.s.may(ch, "READ_MESSAGE_HISTORY") {
		for _, m := range slices.Backward(ch.messages) {
			if !m.gone && m.only == "" {
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *message) int {
		if older(b.id, a.id) {
			return -1
		}
		return 1
	})
	switch {
	case around != "":
		i := slices.IndexFunc(all, func(m *message) bool { return !older(around, m.id) })
		if i < 0 {
			i = len(all)
		}
		from := max(0, i-limit/2)
		all = all[from:min(len(all), from+limit)]
	case before != "":
		all = slices.DeleteFunc(all, func(m *message) bool { return !older(m.id, before) })
	case after != "":
		all = slices.DeleteFunc(all, func(m *message) bool { return !older(after, m.id) })
		all = all[max(0, len(all)-limit):]
	}
	out := []any{}
	for _, m := range all[:min(limit, len(all))] {
		out = append(out, c.s.plainly(c.bot, m))
	}
	return out, nil
}

// plainly is a message as a bot reads it: without the privileged intent switched on for the application its
// words are empty here too, but for the bot's own, those that mention it, and direct messages.
func (s *Server) plainly(b *Bot, m *message) map[string]any {
	out := m.json(s)
	if !b.privileged["MESSAGE_CONTENT"] {
		blank(out, s, b, m)
	}
	return out
}

// blank takes out what only bots with MESSAGE_CONTENT read.
func blank(out map[string]any, s *Server, b *Bot, m *message) {
	if m.author == b.ID || m.ch.kind == kindDM || slices.Contains(m.users, b.ID) {
		return
	}
	out["content"], out["embeds"], out["attachments"], out["components"] = "", []any{}, []any{}, []any{}
}
