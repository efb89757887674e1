package discordfake

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// compose checks what an app wants to say and puts it into m. On an edit only what is given changes. The
// name of the route goes into Problems.
func (s *Server) compose(m *message, body map[string]any, files []upload, b *Bot, edit bool) *refusal {
	if faults := checkMessage(body, len(files)); len(faults) > 0 {
		return invalid(faults...)
	}
	content, embeds, rows := m.content, m.embeds, m.rows
	if v, given := body["content"]; given || !edit {
		content = strings.TrimSpace(str(map[string]any{"c": v}, "c"))
	}
	if v, given := body["embeds"]; given || !edit {
		embeds, _ = copied(v).([]any)
	}
	if v, given := body["components"]; given || !edit {
		rows, _ = copied(v).([]any)
	}
	kept, no := s.keepFiles(m, body, files, b, edit)
	if no != nil {
		return no
	}
	if content == "" && len(embeds) == 0 && len(kept) == 0 {
		return refuse(http.StatusBadRequest, 50006)
	}
	if m.ch.kind != kindDM && m.inter == nil {
		if len(embeds) > 0 && !s.may(m.ch, "EMBED_LINKS") || len(files) > 0 && !s.may(m.ch, "ATTACH_FILES") {
			return refuse(http.StatusForbidden, 50013)
		}
	}
	if faults := unattached(embeds, kept); len(faults) > 0 {
		return invalid(faults...)
	}
	m.content, m.embeds, m.files = content, embeds, kept
	if _, given := body["components"]; given || !edit {
		m.rows, m.picked = rows, nil
	}
	s.numbered(m.rows)
	if _, given := body["content"]; given || !edit {
		if body["allowed_mentions"] == nil && content != "" {
			s.problem("message in %s: sent without allowed_mentions: %.60q", m.ch.id, content)
		}
		s.mentions(m, obj(body, "allowed_mentions"), body["allowed_mentions"] != nil)
	}
	if edit {
		m.flags = m.flags&^flagSuppressEmbeds | num(body, "flags")&flagSuppressEmbeds
	} else {
		m.flags = num(body, "flags") & (flagSuppressEmbeds | flagSilent)
	}
	return nil
}

// unattached are the embeds whose picture is a file that did not come with the message.
func unattached(embeds []any, files []*file) []fault {
	var out []fault
	for i, e := range embeds {
		for _, part := range []string{"image", "thumbnail"} {
			name, ok := strings.CutPrefix(str(e, part, "url"), "attachment://")
			there := false
			for _, f := range files {
				there = there || f.name == name
			}
			if ok && !there {
				out = append(out, fault{[]string{"embeds", fmt.Sprint(i), part, "url"}, "EMBED_ATTACHMENT_MISSING", "No attachment of the name " + name})
			}
		}
	}
	return out
}

// numbered gives every component the number that Discord gives it.
func (s *Server) numbered(rows []any) {
	n := 0
	for _, r := range rows {
		row, _ := r.(map[string]any)
		n++
		if row != nil && row["id"] == nil {
			row["id"] = n
		}
		for _, c := range objects(row, "components") {
			n++
			if c["id"] == nil {
				c["id"] = n
			}
		}
	}
}

// nonce is one that a bot used with enforce_nonce.
type nonce struct {
	bot   *Bot
	value string
	m     *message
	at    time.Time
}

// nonceLife is how long a nonce is remembered (vendor: "the past few minutes").
const nonceLife = 5 * time.Minute

// sameNonce gives the message that a bot sent with a nonce before, within a few minutes by the clock.
func (s *Server) sameNonce(b *Bot, value string) *message {
	for _, n := range s.nonces {
		if age := s.clock.Now().Sub(n.at); n.bot == b && n.value == value && age < nonceLife && age >= 0 {
			return n.m
		}
	}
	return nil
}

// createMessage is POST channels/{c}/messages.
func (c *call) createMessage() (any, *refusal) {
	ch, no := c.open("c", "SEND_MESSAGES")
	if no != nil {
		return nil, no
	}
	if ch.kind == kindForum {
		return nil, refuse(http.StatusBadRequest, 50024)
	}
	if no := awake(ch); no != nil {
		return nil, no
	}
	value := ""
	if v := c.body["nonce"]; v != nil {
		value = idOf(v)
	}
	if len(value) > 25 {
		return nil, invalid(fault{[]string{"nonce"}, "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length."})
	}
	if yes(c.body, "enforce_nonce") && value != "" {
		if m := c.s.sameNonce(c.bot, value); m != nil {
			out := m.json(c.s)
			out["nonce"] = c.body["nonce"]
			return out, nil
		}
	}
	m := &message{ch: ch, author: c.bot.ID}
	if no := c.refer(m); no != nil {
		return nil, no
	}
	if no := c.s.compose(m, c.body, c.files, c.bot, false); no != nil {
		return nil, no
	}
	c.s.add(m)
	m.nonce = c.body["nonce"]
	if yes(c.body, "enforce_nonce") && value != "" {
		c.s.nonces = append(c.s.nonces, nonce{c.bot, value, m, c.s.clock.Now()})
	}
	c.s.tellMessage("MESSAGE_CREATE", m)
	out := m.json(c.s)
	if m.nonce != nil {
		out["nonce"] = m.nonce
	}
	return out, nil
}

// refer makes a message a reply to another one of the channel.
func (c *call) refer(m *message) *refusal {
	ref := obj(c.body, "message_reference")
	if ref == nil {
		return nil
	}
	id := idOf(ref["message_id"])
	if m.ch.find(id) == nil {
		if strict, set := ref["fail_if_not_exists"].(bool); set && !strict {
			return nil
		}
		return invalid(fault{[]string{"message_reference"}, "REPLIES_UNKNOWN_MESSAGE", "Unknown message"})
	}
	m.kind = replyMessage
	m.refersTo = map[string]any{"type": 0, "channel_id": m.ch.id, "message_id": id}
	if m.ch.guild != "" {
		m.refersTo["guild_id"] = m.ch.guild
	}
	return nil
}

// editMessage is PATCH channels/{c}/messages/{m}.
func (c *call) editMessage() (any, *refusal) {
	ch, no := c.open("c")
	if no != nil {
		return nil, no
	}
	m, no := c.message(ch, "m")
	if no != nil {
		return nil, no
	}
	if m.author != c.bot.ID {
		return nil, refuse(http.StatusForbidden, 50005)
	}
	if no := awake(ch); no != nil {
		return nil, no
	}
	if no := c.s.compose(m, c.body, c.files, c.bot, true); no != nil {
		return nil, no
	}
	m.edited = c.s.clock.Now()
	c.s.tellMessage("MESSAGE_UPDATE", m)
	return m.json(c.s), nil
}

// deleteMessage is DELETE channels/{c}/messages/{m}.
func (c *call) deleteMessage() (any, *refusal) {
	ch, no := c.open("c")
	if no != nil {
		return nil, no
	}
	m, no := c.message(ch, "m")
	if no != nil {
		return nil, no
	}
	if m.author != c.bot.ID && !c.s.may(ch, "MANAGE_MESSAGES") {
		return nil, refuse(http.StatusForbidden, 50013)
	}
	if no := awake(ch); no != nil {
		return nil, no
	}
	c.s.remove(m)
	return nil, nil
}

// remove takes a message away and tells bots.
func (s *Server) remove(m *message) []*sent {
	m.gone = true
	if m.only != "" {
		return nil
	}
	data := map[string]any{"id": m.id, "channel_id": m.ch.id}
	if m.ch.guild != "" {
		data["guild_id"] = m.ch.guild
	}
	return s.tell(m.ch, messageIntent(m.ch), "MESSAGE_DELETE", data)
}
