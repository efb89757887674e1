package discordfake

import (
	"net/http"
	"slices"
)

func sortedIDs(ids []string) []string {
	out := slices.Clone(ids)
	slices.SortFunc(out, func(a, b string) int {
		if older(a, b) {
			return -1
		}
		return 1
	})
	return out
}

// settings checks and takes a thread's name and durations.
func (c *call) settings(t *channel) *refusal {
	k := &checker{}
	k.length(str(c.body, "name"), 1, 100, "name")
	t.name, t.autoArchive = str(c.body, "name"), 4320
	k.duration(c.body, &t.autoArchive)
	if len(k.faults) > 0 {
		return invalid(k.faults...)
	}
	return nil
}

func (k *checker) duration(body map[string]any, into *int) {
	if n := num(body, "auto_archive_duration"); body["auto_archive_duration"] != nil {
		if !slices.Contains([]int{60, 1440, 4320, 10080}, n) {
			k.bad("BASE_TYPE_CHOICES", "Value must be one of {60, 1440, 4320, 10080}.", "auto_archive_duration")
		}
		*into = n
	}
}

// threadFromMessage is POST channels/{c}/messages/{m}/threads. The thread's id is the message's.
func (c *call) threadFromMessage() (any, *refusal) {
	ch, no := c.open("c", "CREATE_PUBLIC_THREADS", "READ_MESSAGE_HISTORY")
	if no != nil {
		return nil, no
	}
	m, no := c.message(ch, "m")
	if no != nil {
		return nil, no
	}
	if ch.kind != kindText {
		return nil, refuse(http.StatusBadRequest, 50024)
	}
	if m.thread != nil || c.s.channels[m.id] != nil {
		return nil, refuse(http.StatusBadRequest, 160004)
	}
	t := &channel{id: m.id, guild: ch.guild, parent: ch.id, kind: kindThread, owner: c.bot.ID, members: []string{c.bot.ID}}
	if no := c.settings(t); no != nil {
		return nil, no
	}
	c.s.begin(t, m)
	return c.s.channelJSON(t), nil
}

// begin opens a thread under a message: the first message in it points back to that one.
func (s *Server) begin(t *channel, m *message) {
	s.keep(t)
	m.thread = t
	s.tellThread("THREAD_CREATE", t, true)
	s.add(&message{ch: t, author: t.owner, kind: threadStarter, refersTo: map[string]any{"type": 0, "channel_id": m.ch.id, "guild_id": m.ch.guild, "message_id": m.id}})
	s.tellMessage("MESSAGE_UPDATE", m)
}

// newThread is POST channels/{c}/threads: a post in a forum with its first message, or a thread without one.
func (c *call) newThread() (any, *refusal) {
	ch, no := c.open("c")
	if no != nil {
		return nil, no
	}
	t := &channel{guild: ch.guild, parent: ch.id, kind: num(c.body, "type"), owner: c.bot.ID, members: []string{c.bot.ID}, invitable: true}
	if v, set := c.body["invitable"].(bool); set {
		t.invitable = v
	}
	if no := c.settings(t); no != nil {
		return nil, no
	}
	need := "CREATE_PUBLIC_THREADS"
	switch {
	case ch.kind == kindForum:
		t.kind, t.tags, need = kindThread, texts(c.body, "applied_tags"), "SEND_MESSAGES"
	case ch.kind != kindText:
		return nil, refuse(http.StatusBadRequest, 50024)
	case t.kind == 0, t.kind == kindPrivate: // The vendor makes a private thread where no type is given.
		t.kind, need = kindPrivate, "CREATE_PRIVATE_THREADS"
	case t.kind != kindThread:
		return nil, invalid(fault{[]string{"type"}, "BASE_TYPE_CHOICES", "Value must be one of {10, 11, 12}."})
	}
	if !c.s.may(ch, need) {
		return nil, refuse(http.StatusForbidden, 50013)
	}
	t.id = c.s.newID()
	if ch.kind != kindForum {
		c.s.keep(t)
		c.s.tellThread("THREAD_CREATE", t, true)
		if t.kind == kindThread {
			m := c.s.add(&message{ch: ch, author: c.bot.ID, kind: threadCreated, content: t.name, refersTo: map[string]any{"type": 0, "channel_id": t.id, "guild_id": t.guild}})
			c.s.tellMessage("MESSAGE_CREATE", m)
		}
		return c.s.channelJSON(t), nil
	}
	first := obj(c.body, "message")
	if first == nil {
		return nil, invalid(fault{[]string{"message"}, "BASE_TYPE_REQUIRED", "This field is required"})
	}
	// A post's first message bears the id of the thread.
	m := &message{ch: t, id: t.id, author: c.bot.ID}
	if no := c.s.compose(m, first, c.files, c.bot, false); no != nil {
		for i := range no.faults {
			no.faults[i].at = append([]string{"message"}, no.faults[i].at...)
		}
		return nil, no
	}
	c.s.keep(t)
	c.s.add(m)
	c.s.tellThread("THREAD_CREATE", t, true)
	c.s.tellMessage("MESSAGE_CREATE", m)
	out := c.s.channelJSON(t)
	out["message"] = m.json(c.s)
	return out, nil
}

func (c *call) getChannel() (any, *refusal) {
	ch, no := c.open("c")
	if no != nil {
		return nil, no
	}
	return c.s.channelJSON(ch), nil
}

// patchChannel changes a thread, or a channel's name and topic. An archived thread takes nothing but to be
// unarchived; a locked one is unarchived only by who may manage threads.
func (c *call) patchChannel() (any, *refusal) {
	ch, no := c.open("c")
	if no != nil {
		return nil, no
	}
	if ch.kind == kindDM {
		return nil, refuse(http.StatusBadRequest, 50024)
	}
	k := &checker{}
	if c.body["name"] != nil {
		k.length(str(c.body, "name"), 1, 100, "name")
	}
	minutes := ch.autoArchive
	k.duration(c.body, &minutes)
	if k.count(len(items(c.body, "applied_tags")), 0, 5, "applied_tags"); len(k.faults) > 0 {
		return nil, invalid(k.faults...)
	}
	if !ch.isThread() {
		if !c.s.may(ch, "MANAGE_CHANNELS") {
			return nil, refuse(http.StatusForbidden, 50013)
		}
		if name := str(c.body, "name"); name != "" {
			ch.name = name
		}
		if topic, set := c.body["topic"].(string); set {
			ch.topic = topic
		}
		c.s.tell(ch, intentGuilds, "CHANNEL_UPDATE", c.s.channelJSON(ch))
		return c.s.channelJSON(ch), nil
	}
	return c.patchThread(ch, minutes)
}

func (c *call) patchThread(ch *channel, minutes int) (any, *refusal) {
	manage := c.s.may(ch, "MANAGE_THREADS")
	archived, change := c.body["archived"].(bool)
	_, locks := c.body["locked"].(bool)
	unarchives := change && !archived
	switch {
	case ch.archived && !unarchives && !locks:
		return nil, refuse(http.StatusBadRequest, 50083)
	case !manage && (ch.owner != c.bot.ID && (!unarchives || len(c.body) > 1) || locks || ch.locked):
		return nil, refuse(http.StatusForbidden, 50013)
	}
	if change && archived != ch.archived {
		ch.archived, ch.shelved = archived, c.s.clock.Now()
	}
	if locks {
		ch.locked = yes(c.body, "locked")
	}
	if name := str(c.body, "name"); name != "" {
		ch.name = name
	}
	if v, set := c.body["invitable"].(bool); set {
		ch.invitable = v
	}
	if c.body["applied_tags"] != nil {
		ch.tags = texts(c.body, "applied_tags")
	}
	ch.autoArchive = minutes
	c.s.tellThread("THREAD_UPDATE", ch, false)
	return c.s.channelJSON(ch), nil
}

func (c *call) deleteChannel() (any, *refusal) {
	ch, no := c.open("c", "MANAGE_THREADS")
	if no != nil {
		return nil, no
	}
	out := c.s.channelJSON(ch)
	c.s.deleteChannel(ch.id)
	return out, nil
}

func (c *call) typing() (any, *refusal) {
	_, no := c.open("c", "SEND_MESSAGES")
	return nil, no
}
