package discordfake

import (
	"net/http"
	"slices"
)

// activeThreads is GET guilds/{g}/threads/active.
func (c *call) activeThreads() (any, *refusal) {
	g, no := c.guild()
	if no != nil {
		return nil, no
	}
	threads := c.s.threadsOf(g, c.bot)
	mine := []any{}
	for _, t := range threads {
		if m := obj(t, "member"); m != nil {
			mine = append(mine, m)
		}
	}
	return map[string]any{"threads": threads, "members": mine}, nil
}

// archivedThreads lists a channel's archived threads, those archived last first.
func (c *call) archivedThreads(kind int) (any, *refusal) {
	ch, no := c.open("c", "READ_MESSAGE_HISTORY")
	if no != nil {
		return nil, no
	}
	var found []*channel
	for _, t := range c.s.order {
		if t.parent == ch.id && t.kind == kind && t.archived && c.s.sees(c.bot, t) {
			found = append(found, t)
		}
	}
	slices.SortStableFunc(found, func(a, b *channel) int { return b.shelved.Compare(a.shelved) })
	threads := []any{}
	for _, t := range found {
		threads = append(threads, c.s.channelJSON(t))
	}
	return map[string]any{"threads": threads, "members": []any{}, "has_more": false}, nil
}

// thread finds the thread of a call.
func (c *call) thread() (*channel, *refusal) {
	ch, no := c.open("c")
	if no == nil && !ch.isThread() {
		return nil, refuse(http.StatusBadRequest, 50024)
	}
	return ch, no
}

func (c *call) who() string {
	if c.path["u"] == "@me" {
		return c.bot.ID
	}
	return c.path["u"]
}

func (c *call) getThreadMembers() (any, *refusal) {
	ch, no := c.thread()
	if no != nil {
		return nil, no
	}
	out := []any{}
	for _, id := range sortedIDs(ch.members) {
		out = append(out, c.s.threadMember(ch, id))
	}
	return out, nil
}

func (c *call) getThreadMember() (any, *refusal) {
	ch, no := c.thread()
	if no != nil {
		return nil, no
	}
	if !slices.Contains(ch.members, c.who()) {
		return nil, refuse(http.StatusNotFound, 10007)
	}
	return c.s.threadMember(ch, c.who()), nil
}

// putThreadMember adds somebody of the guild to a thread; the thread shows it as a message of its own kind.
func (c *call) putThreadMember() (any, *refusal) {
	ch, no := c.thread()
	if no != nil {
		return nil, no
	}
	if no := awake(ch); no != nil {
		return nil, no
	}
	id := c.who()
	if id != c.bot.ID && !c.s.may(ch, "SEND_MESSAGES_IN_THREADS") {
		return nil, refuse(http.StatusForbidden, 50013)
	}
	if c.s.memberJSON(ch.guild, id, false) == nil {
		return nil, refuse(http.StatusNotFound, 10007)
	}
	if slices.Contains(ch.members, id) {
		return nil, nil
	}
	ch.members = append(ch.members, id)
	c.s.tell(ch, intentGuilds, "THREAD_MEMBERS_UPDATE", map[string]any{"id": ch.id, "guild_id": ch.guild, "member_count": len(ch.members),
		"added_members": []any{c.s.threadMember(ch, id)}})
	if id != c.bot.ID {
		m := c.s.add(&message{ch: ch, author: c.bot.ID, kind: memberAdded, users: []string{id}})
		c.s.tellMessage("MESSAGE_CREATE", m)
	}
	return nil, nil
}

func (c *call) deleteThreadMember() (any, *refusal) {
	ch, no := c.thread()
	if no != nil {
		return nil, no
	}
	if no := awake(ch); no != nil {
		return nil, no
	}
	if id := c.who(); id != c.bot.ID && !c.s.may(ch, "MANAGE_THREADS") && (ch.owner != c.bot.ID || ch.kind != kindPrivate) {
		return nil, refuse(http.StatusForbidden, 50013)
	}
	id := c.who()
	if !slices.Contains(ch.members, id) {
		return nil, refuse(http.StatusNotFound, 10007)
	}
	ch.members = slices.DeleteFunc(ch.members, func(x string) bool { return x == id })
	c.s.tell(ch, intentGuilds, "THREAD_MEMBERS_UPDATE", map[string]any{"id": ch.id, "guild_id": ch.guild, "member_count": len(ch.members), "removed_member_ids": []any{id}})
	return nil, nil
}
