package slackfake

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// message is one message. data is what the Web API shows of it; metadata is shown only when asked for.
type message struct {
	ch        *channel
	ts        string
	thread    string // ts of the root; empty on roots and outside threads.
	user      string // Who said it; for an app's message its bot user.
	team      string // Team of the author.
	app       string // Team whose app wrote it; empty: a person did.
	only      string // The one reader of an ephemeral message.
	data      map[string]any
	metadata  map[string]any
	reactions []*reaction
	gone      bool
}

// place finds the channel of a call that writes: by id, or a person's id for the direct conversation.
func (s *Server) place(c *call) (*channel, *refusal) {
	id := c.str("channel")
	if u := s.users[id]; u != nil && !u.bot {
		if u.team != c.ID {
			return nil, refuse("channel_not_found")
		}
		return s.direct(c.Team, id), nil
	}
	ch := s.channels[id]
	if ch == nil || !slices.Contains(ch.teams, c.ID) || ch.kind() != "channel" && !ch.bots[c.ID] {
		return nil, refuse("channel_not_found")
	}
	return ch, nil
}

// root checks thread_ts. Slack takes the ts of a reply too, and starts nothing new: it is the root's thread.
func (ch *channel) root(ts string) (string, bool) {
	if ts == "" {
		return "", true
	}
	m := ch.find(ts)
	if m == nil || m.only != "" {
		return "", false
	}
	if m.thread != "" {
		return m.thread, true
	}
	return m.ts, true
}

func (ch *channel) find(ts string) *message {
	for _, m := range ch.messages {
		if m.ts == ts && !m.gone {
			return m
		}
	}
	return nil
}

// chatPost sends a message (docs.slack.dev/reference/methods/chat.postMessage). Slack has no key by which a message
// sent twice would be known: what is sent twice is there twice.
func (s *Server) chatPost(c *call) (map[string]any, *refusal) {
	ch, no := s.place(c)
	if no != nil {
		return nil, no
	}
	switch {
	case ch.archived:
		return nil, refuse("is_archived")
	case !ch.bots[c.ID] && !c.grantedAny(optional):
		return nil, refuse("not_in_channel")
	}
	data, meta, no := s.content(c)
	if no != nil {
		return nil, no
	}
	if empty(data) {
		return nil, refuse("no_text")
	}
	thread, ok := ch.root(c.str("thread_ts"))
	if !ok {
		return nil, refuse("thread_not_found")
	}
	if thread != "" && c.yes("reply_broadcast") {
		data["subtype"] = "thread_broadcast"
	}
	if name := c.str("username"); name != "" { // A message in another name is no longer the bot user's own.
		data["subtype"], data["username"] = "bot_message", name
	}
	m := s.botSays(c.Team, ch, thread, data, meta)
	return map[string]any{"channel": ch.id, "ts": m.ts, "message": copied(m.data)}, nil
}

// botSays keeps an app's message and tells the apps in the channel of it.
func (s *Server) botSays(t *Team, ch *channel, thread string, data, meta map[string]any) *message {
	m := &message{ch: ch, thread: thread, user: t.BotUser, team: t.ID, app: t.ID, data: data, metadata: meta}
	maps.Copy(data, map[string]any{"bot_id": t.BotID, "app_id": t.AppID,
		"bot_profile": map[string]any{"id": t.BotID, "app_id": t.AppID, "name": "casebot", "team_id": t.ID, "deleted": false, "updated": 0}})
	return s.keepMessage(m, true)
}

// keepMessage gives a message its ts and stores it; told apps hear of it.
func (s *Server) keepMessage(m *message, own bool) *message {
	m.ts = s.newTS()
	maps.Copy(m.data, map[string]any{"type": "message", "user": m.user, "team": m.team, "ts": m.ts})
	if m.thread != "" {
		m.data["thread_ts"] = m.thread
		if root := m.ch.find(m.thread); root != nil {
			m.data["parent_user_id"] = root.user
		}
	}
	m.ch.messages = append(m.ch.messages, m)
	if m.only == "" {
		s.tellMessage(m, own)
	}
	return m
}

// mine finds a message that the app itself wrote.
func (s *Server) mine(c *call, wrong string) (*message, *refusal) {
	ch, no := s.place(c)
	if no != nil {
		return nil, no
	}
	m := ch.find(c.str("ts"))
	switch {
	case m == nil || m.only != "": // An ephemeral message can't be edited through the Web API.
		return nil, refuse("message_not_found")
	case m.app != c.ID:
		return nil, refuse(wrong)
	case ch.archived:
		return nil, refuse("is_inactive")
	}
	return m, nil
}

// chatUpdate replaces a message of the app's own. Metadata stays when the call brings none.
func (s *Server) chatUpdate(c *call) (map[string]any, *refusal) {
	m, no := s.mine(c, "cant_update_message")
	if no != nil {
		return nil, no
	}
	data, meta, no := s.content(c)
	if no != nil {
		return nil, no
	}
	if empty(data) {
		return nil, refuse("no_text")
	}
	if n := len(str(data, "text")); n > maxText { // Measured: an edit's text is counted in bytes.
		s.problem("chat.update: the text has %d bytes, at most %d", n, maxText)
		return nil, refuse("msg_too_long")
	}
	before := copied(m.data)
	m.data["text"] = data["text"]
	delete(m.data, "blocks")
	delete(m.data, "attachments")
	maps.Copy(m.data, data)
	m.data["edited"] = map[string]any{"user": c.BotID, "ts": s.newTS()}
	if meta != nil {
		m.metadata = meta
	}
	s.tellChanged(m, before, true)
	return map[string]any{"channel": m.ch.id, "ts": m.ts, "text": data["text"], "message": copied(m.data)}, nil
}

// chatDelete deletes a message of the app's own.
func (s *Server) chatDelete(c *call) (map[string]any, *refusal) {
	m, no := s.mine(c, "cant_delete_message")
	if no != nil {
		return nil, no
	}
	s.remove(m, true)
	return map[string]any{"channel": m.ch.id, "ts": m.ts}, nil
}

// remove deletes a message. The root of a thread with replies stays behind as a tombstone, as in Slack.
func (s *Server) remove(m *message, own bool) {
	before := copied(m.data)
	if m.ch.replies(m.ts) > 0 {
		m.data = map[string]any{"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "hidden": true,
			"ts": m.ts, "thread_ts": m.ts}
		m.reactions, m.metadata, m.app, m.user = nil, nil, "", "USLACKBOT"
		s.tellChanged(m, before, own)
		return
	}
	m.gone = true
	s.tellDeleted(m, before, own)
}

func (ch *channel) replies(ts string) int {
	n := 0
	for _, m := range ch.messages {
		if m.thread == ts && !m.gone && m.only == "" {
			n++
		}
	}
	return n
}

// chatEphemeral shows a message to one person in a channel that both are in. Its ts leads nowhere: it can be
// neither edited nor found.
func (s *Server) chatEphemeral(c *call) (map[string]any, *refusal) {
	ch, no := s.place(c)
	if no != nil {
		return nil, no
	}
	reader := c.str("user")
	switch {
	case !ch.bots[c.ID]:
		return nil, refuse("not_in_channel")
	case !s.sees(ch, reader):
		return nil, refuse("user_not_in_channel")
	}
	data, _, no := s.content(c)
	if no != nil {
		return nil, no
	}
	if empty(data) {
		return nil, refuse("no_text")
	}
	thread, ok := ch.root(c.str("thread_ts"))
	if !ok {
		return nil, refuse("thread_not_found")
	}
	m := s.whisper(c.Team, ch, thread, reader, data)
	return map[string]any{"message_ts": m.ts}, nil
}

// whisper shows something to one person. Nobody is told of it and no call finds it again. In a thread it is
// shown only when the thread has replies already; else the call succeeds and nobody sees anything
// (docs.slack.dev/reference/methods/chat.postEphemeral).
func (s *Server) whisper(t *Team, ch *channel, thread, reader string, data map[string]any) *message {
	data["bot_id"], data["is_ephemeral"] = t.BotID, true
	m := s.keepMessage(&message{ch: ch, thread: thread, user: t.BotUser, team: t.ID, app: t.ID, only: reader, data: data}, true)
	m.gone = thread != "" && ch.replies(thread) == 0
	return m
}

// Reload is a person starting their client anew: what only they saw is gone, for Slack keeps no ephemeral
// messages.
func (s *Server) Reload(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.order {
		ch.messages = slices.DeleteFunc(ch.messages, func(m *message) bool { return m.only == user })
	}
}

// chatPermalink gives the address of a message in the client, which is no address of the fake.
func (s *Server) chatPermalink(c *call) (map[string]any, *refusal) {
	ch, no := s.place(c)
	if no != nil {
		return nil, no
	}
	m := ch.find(c.str("message_ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	link := fmt.Sprintf("https://%s.slack.test/archives/%s/p%s", strings.ToLower(c.ID), ch.id, strings.Replace(m.ts, ".", "", 1))
	if m.thread != "" {
		link += "?thread_ts=" + m.thread + "&cid=" + ch.id
	}
	return map[string]any{"channel": ch.id, "permalink": link}, nil
}
