package discordfake

import (
	"slices"
	"strings"
	"time"
)

// message is a message of any kind.
type message struct {
	ch        *channel
	id        string
	author    string // ID of a user.
	kind      int
	content   string
	embeds    []any
	rows      []any // Components.
	files     []*file
	flags     int
	refersTo  map[string]any
	inter     *interaction // What it answers.
	at        time.Time
	edited    time.Time
	nonce     any
	only      string // The one person who sees it.
	loading   bool   // A deferred answer that has not come yet.
	reactions []*reaction
	thread    *channel // Begun from it.
	users     []string // Whom it mentions.
	roles     []string
	everyone  bool
	picked    map[string][]string // What a person has chosen in its selects.
	gone      bool
}

type reaction struct {
	name, id string // id: of a custom emoji.
	users    []string
}

// The kinds of message.
const (
	plainMessage   = 0
	memberAdded    = 1
	threadCreated  = 18
	replyMessage   = 19
	commandMessage = 20
	threadStarter  = 21
)

// The flags of a message.
const (
	flagSuppressEmbeds = 1 << 2
	flagHasThread      = 1 << 5
	flagEphemeral      = 1 << 6
	flagLoading        = 1 << 7
	flagSilent         = 1 << 12
	flagComponentsV2   = 1 << 15
)

func (ch *channel) find(id string) *message {
	for _, m := range ch.messages {
		if m.id == id && !m.gone {
			return m
		}
	}
	return nil
}

// add puts a message into a channel under a new id, or under its own.
func (s *Server) add(m *message) *message {
	if m.id == "" {
		m.id = s.newID()
	}
	m.at = s.clock.Now()
	m.ch.messages = append(m.ch.messages, m)
	return m
}

// json is a message as REST and the gateway show it, with content.
func (m *message) json(s *Server) map[string]any {
	flags := m.flags
	if m.thread != nil {
		flags |= flagHasThread
	}
	if m.only != "" {
		flags |= flagEphemeral
	}
	if m.loading {
		flags |= flagLoading
	}
	out := map[string]any{"id": m.id, "channel_id": m.ch.id, "type": m.kind, "content": m.content, "author": s.userJSON(m.author), "timestamp": stamp(m.at),
		"edited_timestamp": nil, "tts": false, "mention_everyone": m.everyone, "mentions": s.mentioned(m.users), "mention_roles": list(m.roles),
		"attachments": s.attachments(m.beside()), "embeds": s.served(m), "pinned": false, "components": list(m.rows), "flags": flags}
	if !m.edited.IsZero() {
		out["edited_timestamp"] = stamp(m.edited)
	}
	if m.refersTo != nil {
		out["message_reference"] = m.refersTo
		if ref := s.referred(m); ref != nil {
			out["referenced_message"] = ref
		}
	}
	if m.thread != nil {
		out["thread"] = s.channelJSON(m.thread)
	}
	if len(m.reactions) > 0 {
		out["reactions"] = m.reactionsJSON(s)
	}
	if in := m.inter; in != nil {
		out["webhook_id"], out["application_id"] = in.bot.Application, in.bot.Application
		out["interaction_metadata"] = map[string]any{"id": in.id, "type": in.kind, "user": s.userJSON(in.user.id), "authorizing_integration_owners": map[string]any{"0": in.ch.guild}}
		if in.kind == typedCommand {
			out["interaction"] = map[string]any{"id": in.id, "type": in.kind, "name": in.name, "user": s.userJSON(in.user.id)}
		}
	}
	return out
}

// beside are the files of a message but for those that an embed shows: the vendor does not tell of these
// (github.com/discord/discord-api-docs/issues/4809).
func (m *message) beside() (out []*file) {
	for _, f := range m.files {
		shown := false
		for _, e := range m.embeds {
			for _, part := range []string{"image", "thumbnail"} {
				shown = shown || str(e, part, "url") == "attachment://"+f.name
			}
		}
		if !shown {
			out = append(out, f)
		}
	}
	return out
}

// referred is the message that one points to.
func (s *Server) referred(m *message) map[string]any {
	ch := s.channels[str(m.refersTo, "channel_id")]
	if ch == nil {
		return nil
	}
	if to := ch.find(str(m.refersTo, "message_id")); to != nil && to.refersTo == nil {
		return to.json(s)
	}
	return nil
}

func (s *Server) mentioned(ids []string) []any {
	out := []any{}
	for _, id := range ids {
		out = append(out, s.userJSON(id))
	}
	return out
}

// served are a message's embeds as they are shown: with their type, and attachment:// put as the address.
func (s *Server) served(m *message) []any {
	out := copied(list(m.embeds))
	for _, e := range out {
		x, _ := e.(map[string]any)
		if x == nil {
			continue
		}
		if x["type"] == nil {
			x["type"] = "rich"
		}
		for _, part := range []string{"image", "thumbnail"} {
			name, ok := strings.CutPrefix(str(x, part, "url"), "attachment://")
			if i := slices.IndexFunc(m.files, func(f *file) bool { return f.name == name }); ok && i >= 0 {
				url := s.address(m.files[i])
				x[part] = map[string]any{"url": url, "proxy_url": url, "width": 800, "height": 450}
			}
		}
	}
	return out
}

func (m *message) reactionsJSON(s *Server) []any {
	out := []any{}
	for _, r := range m.reactions {
		mine := slices.ContainsFunc(r.users, func(id string) bool { return s.users[id] != nil && s.users[id].bot != nil })
		out = append(out, map[string]any{"count": len(r.users), "count_details": map[string]any{"burst": 0, "normal": len(r.users)}, "me": mine, "me_burst": false,
			"emoji": r.emoji(), "burst_colors": []any{}})
	}
	return out
}

func (r *reaction) emoji() map[string]any { return map[string]any{"id": orNull(r.id), "name": r.name} }

// react adds a person's reaction; false when it is there already.
func (m *message) react(name, id, user string) bool {
	for _, r := range m.reactions {
		if r.name == name && r.id == id {
			if slices.Contains(r.users, user) {
				return false
			}
			r.users = append(r.users, user)
			return true
		}
	}
	m.reactions = append(m.reactions, &reaction{name, id, []string{user}})
	return true
}

// unreact takes a person's reaction off; false when there is none.
func (m *message) unreact(name, id, user string) bool {
	for _, r := range m.reactions {
		if i := slices.Index(r.users, user); r.name == name && r.id == id && i >= 0 {
			r.users = slices.Delete(r.users, i, i+1)
			m.reactions = slices.DeleteFunc(m.reactions, func(r *reaction) bool { return len(r.users) == 0 })
			return true
		}
	}
	return false
}

// emojiOf reads an emoji of a path: a character, or name:id of one of the guild's own.
func emojiOf(text string) (name, id string, ok bool) {
	if name, id, found := strings.Cut(text, ":"); found {
		return name, id, name != "" && isSnowflake(id)
	}
	ascii := true
	for _, r := range text {
		ascii = ascii && r < 0x80
	}
	return text, "", text != "" && !ascii
}
