package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"casebot/bot"
	"casebot/desk"
)

// Payloads are taken apart by these small types, which read what the desk needs and pass over the rest: an
// event of a kind or a shape that nobody knew when this was written is no reason to fail.

type userIn struct {
	ID     string `json:"id"`
	Name   string `json:"username"`
	Global string `json:"global_name"`
	Bot    bool   `json:"bot"`
	System bool   `json:"system"`
}

type memberIn struct {
	User  *userIn  `json:"user"`
	Nick  string   `json:"nick"`
	Roles []string `json:"roles"`
}

// called is what somebody is called in a guild.
func called(u *userIn, m *memberIn) string {
	switch {
	case m != nil && m.Nick != "":
		return m.Nick
	case u == nil:
		return ""
	case u.Global != "":
		return u.Global
	}
	return u.Name
}

// messageIn is a message as events and history have it.
type messageIn struct {
	ID        string          `json:"id"`
	ChannelID string          `json:"channel_id"`
	GuildID   string          `json:"guild_id"`
	Type      int             `json:"type"`
	Content   string          `json:"content"`
	Author    *userIn         `json:"author"`
	Member    *memberIn       `json:"member"`
	WebhookID string          `json:"webhook_id"`
	Edited    string          `json:"edited_timestamp"`
	Mentions  []userIn        `json:"mentions"`
	Files     []upload        `json:"attachments"`
	Flags     int             `json:"flags"`
	Nonce     json.RawMessage `json:"nonce"`
	Embeds    []struct {
		Description string `json:"description"`
	} `json:"embeds"`
	Reactions []struct {
		Count int     `json:"count"`
		Me    bool    `json:"me"`
		Emoji emojiID `json:"emoji"`
	} `json:"reactions"`
	Snapshots []struct {
		Message *messageIn `json:"message"`
	} `json:"message_snapshots"` // Of a forwarded message.

	back bool // It was read back.
}

type emojiID struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// The kinds of message that are somebody's words.
const (
	plainKind = 0
	replyKind = 19
)

// take carries one event out, in order with the others of its channel.
func (p *Platform) take(ctx context.Context, a *app, e *discordgo.Event) {
	if e.Type == "INTERACTION_CREATE" {
		p.spawn("an interaction", func(ctx context.Context) { p.interaction(ctx, a, e.RawData) })
		return
	}
	if p.remembered(a, e.Type, e.RawData) {
		return
	}
	var x struct {
		Channel string `json:"channel_id"`
	}
	if json.Unmarshal(e.RawData, &x) != nil || x.Channel == "" {
		return
	}
	a.last.In(p.Clock.Now(), p.upward(x.Channel)...)
	run := p.lanes.Enter(x.Channel)
	p.spawn("an event", func(ctx context.Context) {
		run(func() {
			defer p.caught("an event")
			p.event(ctx, a, e)
		})
	})
}

// event takes in what was said and done with messages.
func (p *Platform) event(ctx context.Context, a *app, e *discordgo.Event) {
	switch e.Type {
	case "MESSAGE_CREATE", "MESSAGE_UPDATE":
		var m messageIn
		if err := json.Unmarshal(e.RawData, &m); err != nil || !isSnowflake(m.ID) {
			p.Log.Warn("a message of Discord could not be read", "err", err)
			return
		}
		if e.Type == "MESSAGE_CREATE" {
			p.said(ctx, a, &m)
		} else {
			p.edited(ctx, a, &m)
		}
	case "MESSAGE_DELETE", "MESSAGE_DELETE_BULK":
		var x struct {
			ID      string   `json:"id"`
			IDs     []string `json:"ids"`
			Channel string   `json:"channel_id"`
			Guild   string   `json:"guild_id"`
		}
		if json.Unmarshal(e.RawData, &x) != nil {
			return
		}
		for _, id := range append(x.IDs, x.ID) {
			if isSnowflake(id) {
				p.deleted(ctx, a, x.Guild, x.Channel, id)
			}
		}
	case "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE":
		var x reactionIn
		if json.Unmarshal(e.RawData, &x) != nil || !isSnowflake(x.Message) {
			return
		}
		kind := bot.React
		if e.Type == "MESSAGE_REACTION_REMOVE" {
			kind = bot.Unreact
		}
		// Discord gives a reaction neither a name nor a time. Its number in the session is the same when it is sent
		// again, and no other's.
		a.mu.Lock()
		session := a.session
		a.mu.Unlock()
		p.reaction(ctx, a, x, kind, fmt.Sprintf("%s/%d", session, e.Sequence))
	case "MESSAGE_REACTION_REMOVE_ALL", "MESSAGE_REACTION_REMOVE_EMOJI":
		var x reactionIn
		if json.Unmarshal(e.RawData, &x) == nil && isSnowflake(x.Message) {
			p.backReactions(ctx, a, x.Guild, x.Channel, x.Message, nil)
		}
	}
}

// ours says whether a message is nobody's word: the desk wrote it, another bot, a webhook, or Discord.
func (p *Platform) ours(m *messageIn) bool {
	return m.Author == nil || m.Author.ID == "" || m.Author.Bot || m.Author.System || m.WebhookID != "" || p.isMe(m.Author.ID)
}

func (p *Platform) isMe(user string) bool {
	for _, a := range p.apps {
		if me, _ := a.me(); me != "" && me == user {
			return true
		}
	}
	return false
}

// said hands in somebody's words.
func (p *Platform) said(ctx context.Context, a *app, m *messageIn) {
	if m.Author != nil && p.isMe(m.Author.ID) {
		p.mine(a, m)
	}
	if p.ours(m) || m.Type != plainKind && m.Type != replyKind {
		return
	}
	at, ok := p.where(ctx, a, m.GuildID, m.ChannelID, m.Author.ID)
	if !ok {
		return
	}
	in := p.about(at, m, bot.Said)
	in.ID, in.At = "m/"+m.ChannelID+"/"+m.ID, timeOf(m.ID)
	m.forwarded()
	in.Files = p.filesIn(a, m.ChannelID, m.ID, m.Files)
	in.Text, in.Mention = p.plainWords(a, at.guild, m.Content, m.Mentions)
	if in.Mention || in.Direct {
		in.Text = p.commandWords(a, at.guild, m.Content, m.Mentions)
	}
	if in.Mention && in.Thread != "" {
		in.Above = func(ctx context.Context) (string, []bot.FileIn, time.Time, error) { return p.above(ctx, a, at) }
	}
	p.wrote(ctx, m.ChannelID, m.ID, m.Author.ID, at.ofCases())
	if at.direct {
		p.talked(ctx, a, m.ChannelID)
	}
	p.happened(ctx, a, at, in)
}

// forwarded takes the words and files out of a message that was forwarded, which has none of its own.
func (m *messageIn) forwarded() {
	for _, s := range m.Snapshots {
		if s.Message != nil && m.Content == "" && len(m.Files) == 0 {
			m.Content, m.Files = s.Message.Content, s.Message.Files
		}
	}
}

// edited hands in new words. Discord tells of an update also when a preview or a thread was added.
func (p *Platform) edited(ctx context.Context, a *app, m *messageIn) {
	if m.Edited == "" || m.Author == nil && p.writer(ctx, m.ChannelID, m.ID) == "" {
		return
	}
	if m.Author == nil {
		m.Author = &userIn{ID: p.writer(ctx, m.ChannelID, m.ID)}
	}
	if p.ours(m) || m.Type != plainKind && m.Type != replyKind {
		return
	}
	at, ok := p.where(ctx, a, m.GuildID, m.ChannelID, m.Author.ID)
	if !ok {
		return
	}
	in := p.about(at, m, bot.Edited)
	in.ID = "e/" + m.ChannelID + "/" + m.ID + "/" + m.Edited
	in.At, _ = time.Parse(time.RFC3339, m.Edited)
	in.Text, _ = p.plainWords(a, at.guild, m.Content, m.Mentions)
	p.happened(ctx, a, at, in)
}

// deleted hands in that a message is gone. Discord does not say whose it was.
func (p *Platform) deleted(ctx context.Context, a *app, guild, channel, id string) {
	user := p.writer(ctx, channel, id)
	if user == "" {
		return // The desk's own, or one that it never heard of.
	}
	at, ok := p.where(ctx, a, guild, channel, user)
	if !ok {
		return
	}
	in := p.about(at, &messageIn{ID: id, ChannelID: channel, Author: &userIn{ID: user}}, bot.Deleted)
	in.ID = "d/" + channel + "/" + id
	p.happened(ctx, a, at, in)
	if p.State != nil {
		// The message is gone and with it what was kept about it. The author stays for a redelivery, in memory.
		if err := errors.Join(p.State.Delete(ctx, authorKey(channel, id)), p.State.Delete(ctx, reactionKey(channel, id))); err != nil {
			p.Log.Warn("what was kept of a deleted message could not be cleared", "err", err)
		}
	}
}

// happened hands in what an event tells and shows the answer.
func (p *Platform) happened(ctx context.Context, a *app, at where, in *bot.Interaction) {
	p.mark(in.ID)
	t := &deed{app: a, at: at}
	p.show(ctx, t, in, p.hand(ctx, in))
	if in.Unknown {
		// It is not told yet: when the message turns out to be a card of the desk's, it is read back.
		p.mu.Lock()
		delete(p.told, in.ID)
		p.mu.Unlock()
	}
}

// mark notes that something was handed in, so that reading back passes it over. A redelivery is handed in
// again, for the first one may have failed.
func (p *Platform) mark(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.told) > 50_000 {
		clear(p.told)
	}
	p.told[id] = true
}

func (p *Platform) marked(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.told[id]
}

// about makes the interaction of an event about a message.
func (p *Platform) about(at where, m *messageIn, kind bot.InteractionKind) *bot.Interaction {
	in := &bot.Interaction{Kind: kind, Account: at.account, Home: at.home.ID, Channel: at.channel, Thread: at.root, Direct: at.direct,
		Message: place{at.home.ID, m.ChannelID, m.ID}.ref(), ReadBack: m.back, Foreign: !at.desks()}
	if in.Thread == in.Message {
		in.Thread = "" // The card of a forum's post stands in its thread itself.
	}
	in.Name = called(m.Author, m.Member)
	in.Groups = p.groupsOf(at, m.Member)
	return in
}

// reactionIn is a reaction that was set or taken off.
type reactionIn struct {
	User    string    `json:"user_id"`
	Channel string    `json:"channel_id"`
	Message string    `json:"message_id"`
	Guild   string    `json:"guild_id"`
	Member  *memberIn `json:"member"`
	Emoji   emojiID   `json:"emoji"`

	back bool // It was read back.
}

// reaction hands in a reaction.
func (p *Platform) reaction(ctx context.Context, a *app, x reactionIn, kind bot.InteractionKind, id string) {
	if x.User == "" || p.isMe(x.User) || x.Member != nil && x.Member.User != nil && x.Member.User.Bot {
		return
	}
	at, ok := p.where(ctx, a, x.Guild, x.Channel, x.User)
	if !ok {
		return
	}
	var u *userIn
	if x.Member != nil {
		u = x.Member.User
	}
	in := p.about(at, &messageIn{ID: x.Message, ChannelID: x.Channel, Author: u, Member: x.Member, back: x.back}, kind)
	in.Emoji = emojiIn(x.Emoji.Name, x.Emoji.ID)
	in.ID, in.At = string(kind)+"/"+id+"/"+x.User+"/"+in.Emoji, p.Clock.Now()
	p.markReaction(ctx, kind, x.Channel, x.Message, x.User, x.Emoji)
	p.happened(ctx, a, at, in)
	if !in.Unknown {
		return
	}
	back := bot.Unreact
	if kind == bot.Unreact {
		back = bot.React
	}
	p.markReaction(ctx, back, x.Channel, x.Message, x.User, x.Emoji)
}

// above reads the root of a thread.
func (p *Platform) above(ctx context.Context, a *app, at where) (string, []bot.FileIn, time.Time, error) {
	root, err := parseRef(at.root)
	if err != nil {
		return "", nil, time.Time{}, err
	}
	var m messageIn
	if err := a.ask(ctx, "channels/"+root.channel+"/messages/"+root.id, &m); err != nil {
		return "", nil, time.Time{}, err
	}
	m.forwarded()
	words, _ := p.plainWords(a, at.guild, m.Content, m.Mentions)
	return words, p.filesIn(a, root.channel, root.id, m.Files), timeOf(m.ID), nil
}

func authorKey(channel, id string) string { return "author/" + channel + "/" + id }

// wrote notes who wrote a message. Of what stands in a thread of a case it is kept over a restart, because a
// deletion does not tell.
func (p *Platform) wrote(ctx context.Context, channel, id, user string, keep bool) {
	p.mu.Lock()
	if len(p.authors) > 20_000 {
		clear(p.authors)
	}
	p.authors[channel+"/"+id] = user
	p.mu.Unlock()
	if keep && p.State != nil {
		if err := p.State.Put(ctx, authorKey(channel, id), []byte(user)); err != nil {
			p.Log.Warn("the author of a message could not be noted", "err", err)
		}
	}
}

// writer is who wrote a message; empty when that is not known.
func (p *Platform) writer(ctx context.Context, channel, id string) string {
	p.mu.Lock()
	user := p.authors[channel+"/"+id]
	p.mu.Unlock()
	if user != "" || p.State == nil {
		return user
	}
	raw, err := p.State.Get(ctx, authorKey(channel, id))
	if err != nil {
		return ""
	}
	return string(raw)
}

// accountOf is the desk's name of a user: as the directory has it, whatever guild the event comes from, else
// in that guild.
func (p *Platform) accountOf(guild, user string) desk.Account {
	if a := account(guild, user); p.listed[user] == "" || p.isListed(a) {
		return a
	}
	return p.listed[user]
}

func (p *Platform) isListed(a desk.Account) bool {
	for _, person := range p.Dir.People {
		for _, x := range person.Accounts {
			if x == a {
				return true
			}
		}
	}
	return false
}

// nonceText is a nonce, which Discord gives back as a text or as a number.
func nonceText(raw json.RawMessage) string { return strings.Trim(string(raw), `"`) }
