package discord

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"casebot/bot"
)

// A session can be resumed only by the process that began it. So how far a bot had heard is kept, and after a
// restart, or when Discord ended the session, the threads of the open cases and the cases channels are read
// from there on. What comes up twice bears the same id and is done once.

const (
	readBack = 2 * time.Minute // Before the last event, because clocks differ.
	farBack  = 7 * 24 * time.Hour
	longRead = 10 * time.Minute // A long thread takes its time; what is heard meanwhile is handed in beside it.
)

func (a *app) heardKey() string { return "heard/" + a.guilds[0].id }

// saveHeard keeps how far a bot has heard. The caller holds a.reading: while what was missed is read back, the
// old mark must stay, or a crash in between would lose it.
func (p *Platform) saveHeard(ctx context.Context, a *app) {
	a.mu.Lock()
	at, behind := a.heard, a.behind
	a.mu.Unlock()
	if at.IsZero() || behind || p.State == nil {
		return
	}
	if err := bot.PutMark(ctx, p.State, a.heardKey(), at); err != nil {
		p.Log.Warn("how far Discord was heard could not be kept", "err", err)
	}
}

// saveUnlessReading keeps it unless what was missed is just being read back.
func (p *Platform) saveUnlessReading(ctx context.Context, a *app) {
	if a.reading.TryLock() {
		defer a.reading.Unlock()
		p.saveHeard(ctx, a)
	}
}

// recover reads back what happened since a bot was last heard.
func (p *Platform) recover(ctx context.Context, a *app) {
	defer p.caught("reading back")
	if p.State == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longRead)
	defer cancel()
	a.reading.Lock()
	defer a.reading.Unlock()
	began := p.Clock.Now()
	a.set(func(a *app) { a.behind = true })
	last, known, err := p.lastHeard(ctx, a)
	if err != nil {
		p.Log.Warn("up to when the bot was heard could not be read; it is read back at the next connection", "err", err)
		return
	}
	if known {
		for _, g := range a.guilds {
			if p.joined(a, g) {
				p.backGuild(ctx, a, g, last)
			}
		}
		p.backTalks(ctx, a, last, p.soon(last))
	}
	if ctx.Err() != nil || a.isShut() {
		return // The mark stays where it is, and the next reading begins there.
	}
	a.last.Whole(began)
	a.set(func(a *app) { a.behind = false })
	p.saveHeard(ctx, a)
}

// heardAt is when a bot last heard anything.
func (a *app) heardAt(now time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.heard.IsZero() {
		return now
	}
	return a.heard
}

// seenIn is up to when everything was heard that was said in a channel, where no event told of its loss.
func (a *app) seenIn(channel string, now time.Time) time.Time {
	if at := a.last.Until(channel); !at.IsZero() {
		return at
	}
	return a.heardAt(now)
}

// heardIn is that, also while what was missed before is read back.
func (p *Platform) heardIn(ctx context.Context, a *app, channel string) time.Time {
	return p.heardUntil(ctx, a, a.seenIn(channel, p.Clock.Now()))
}

// heardUntil is up to when a bot has heard everything, where it heard something at an instant: while what was missed is
// read back, that is earlier.
func (p *Platform) heardUntil(ctx context.Context, a *app, heard time.Time) time.Time {
	if p.State == nil {
		return heard
	}
	if last, known, err := p.lastHeard(ctx, a); err == nil && known && last.Before(heard) {
		return last
	}
	return heard
}

// lastHeard is up to when a bot was heard, as it is kept.
func (p *Platform) lastHeard(ctx context.Context, a *app) (at time.Time, known bool, err error) {
	return bot.Mark(ctx, p.State, a.heardKey())
}

// soon is from when on to read, for something that was heard up to an instant.
func (p *Platform) soon(heard time.Time) time.Time {
	since := heard.Add(-readBack)
	if far := p.Clock.Now().Add(-farBack); since.Before(far) {
		return far
	}
	return since
}

// backGuild reads back what happened in a guild since an instant, or since the bot was taken out of it. The caller
// holds a.reading.
func (p *Platform) backGuild(ctx context.Context, a *app, g *server, since time.Time) {
	away, was, err := bot.Mark(ctx, p.State, awayKey(g.id))
	if err != nil {
		p.Log.Warn("since when a guild was without the bot could not be read", "guild", g.id, "err", err)
	}
	if was && away.Before(since) {
		since = away
	}
	p.recallDark(ctx, a, g)
	p.backThreads(ctx, a, g, since)
	for _, h := range g.homes {
		if !p.isDark(a, g, h.Cases) {
			if err := p.backChannel(ctx, a, g, h.Cases, p.soon(since)); blind(err) {
				p.darkened(ctx, a, g, h.Cases, nil, since)
			}
		}
	}
	for _, id := range p.darkIn(a, g) {
		p.relight(ctx, a, g, id)
	}
	if was && !a.isShut() && p.joined(a, g) {
		if err := p.State.Delete(ctx, awayKey(g.id)); err != nil {
			p.Log.Warn("a guild's time without the bot could not be cleared", "guild", g.id, "err", err)
		}
	}
}

// backThreads reads the threads of the open cases of a guild, waking those that fell asleep: what was said and edited
// since, and the reactions as they stand. Those that stand where the bot does not see them are passed over.
func (p *Platform) backThreads(ctx context.Context, a *app, g *server, since time.Time) {
	cards, err := p.openCards(ctx, g)
	if err != nil {
		p.Log.Warn("the open threads could not be listed", "err", err)
	}
	for _, at := range cards {
		if slices.ContainsFunc(p.around(at), func(id string) bool { return p.isDark(a, g, id) }) {
			continue
		}
		if err := p.backThread(ctx, a, g, at, p.soon(since)); blind(err) {
			p.darkened(ctx, a, g, at.channel, p.around(at), since)
		} else if err != nil {
			p.Log.Warn("a thread could not be read back", "thread", at.ref(), "err", err)
		}
	}
}

// openCards are the cards of the open cases in a guild.
func (p *Platform) openCards(ctx context.Context, g *server) (out []place, err error) {
	if p.Threads == nil {
		return nil, nil
	}
	cards, err := p.Threads(ctx)
	for _, card := range cards {
		at, err := parseRef(card.Ref)
		if err != nil {
			continue
		}
		if h, ok := p.Dir.Home(at.home); ok && h.Platform == Name && h.Workspace == g.id {
			out = append(out, at)
		}
	}
	return out, err
}

// Reread hands in again what stands in a thread, and the reactions on its messages. It implements bot.Rereader.
func (p *Platform) Reread(ctx context.Context, root bot.Ref) error {
	at, err := parseRef(root)
	if err != nil {
		return &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	a, g, err := p.at(at.home)
	if err != nil {
		return err
	}
	if err := p.backThread(ctx, a, g, at, time.Time{}); err != nil {
		return early(p.refusedIn(ctx, a, g, at.channel, err, at))
	}
	return nil
}

func (p *Platform) backThread(ctx context.Context, a *app, g *server, card place, since time.Time) error {
	thread := card.id
	c, err := p.channel(ctx, a, card.channel)
	if err != nil {
		return err
	}
	if c.isThread() {
		thread = card.channel // A forum's post, or a private room.
	} else {
		var root messageIn
		switch err := a.ask(ctx, "channels/"+card.channel+"/messages/"+card.id, &root); {
		case err == nil:
			p.backMessage(ctx, a, g, &root, since)
		case codeOf(err) != 10008: // Of a card that was deleted the thread stays.
			return err
		}
	}
	t, err := p.freshChannel(ctx, a, thread)
	if codeOf(err) == 10003 {
		return nil // Nobody has begun it.
	}
	if err != nil {
		return err
	}
	if t.archived() && !t.Thread.Locked {
		if err := p.wake(ctx, a, thread); err != nil {
			p.Log.Warn("the thread of an open case could not be unarchived", "thread", thread, "err", err)
		}
	}
	some := false
	err = p.pages(ctx, a, thread, "1", func(m messageIn) {
		some = true
		p.backMessage(ctx, a, g, &m, since)
	})
	if err == nil && !some {
		// Who may not read the history gets an empty list. A message by itself is refused.
		if err = a.ask(ctx, "channels/"+thread+"/messages/"+card.id, &messageIn{}); !blind(err) {
			return nil
		}
	}
	return err
}

// backMessage hands in one message that was read back, if it is new or changed, and its reactions.
func (p *Platform) backMessage(ctx context.Context, a *app, g *server, m *messageIn, since time.Time) {
	m.GuildID, m.back = g.id, true
	if timeOf(m.ID).After(since) && !p.marked("m/"+m.ChannelID+"/"+m.ID) {
		p.said(ctx, a, m)
	}
	if at, err := time.Parse(time.RFC3339, m.Edited); err == nil && at.After(since) && !p.marked("e/"+m.ChannelID+"/"+m.ID+"/"+m.Edited) {
		p.edited(ctx, a, m)
	}
	p.backReactions(ctx, a, g.id, m.ChannelID, m.ID, m)
}

// backChannel reads a cases channel for mentions of the desk outside threads.
func (p *Platform) backChannel(ctx context.Context, a *app, g *server, channel string, since time.Time) error {
	c, err := p.channel(ctx, a, channel)
	if err == nil && c.Type == forumChannel {
		return nil // What is said there stands in posts.
	}
	if err == nil {
		err = p.pages(ctx, a, channel, idAt(since), func(m messageIn) {
			if _, mention := p.withoutMe(a, g, m.Content); mention && !p.marked("m/"+m.ChannelID+"/"+m.ID) {
				m.GuildID, m.back = g.id, true
				p.said(ctx, a, &m)
			}
		})
	}
	if err != nil {
		p.Log.Warn("a channel could not be read back", "channel", channel, "err", err)
	}
	return err
}

func reactionKey(channel, id string) string { return "reactions/" + channel + "/" + id }

// mark of a reaction in the list of those that are known.
func reactionMark(user string, e emojiID) string { return user + "/" + e.Name + "/" + e.ID }

func unmarked(s string) (user string, e emojiID) {
	user, rest, _ := strings.Cut(s, "/")
	i := max(0, strings.LastIndexByte(rest, '/'))
	return user, emojiID{Name: rest[:i], ID: rest[min(i+1, len(rest)):]}
}

// reactionsOf are the reactions of a message that the desk knows of.
func (p *Platform) reactionsOf(ctx context.Context, channel, id string) map[string]bool {
	out := map[string]bool{}
	if p.State == nil {
		return out
	}
	raw, err := p.State.Get(ctx, reactionKey(channel, id))
	var all []string
	if err != nil || json.Unmarshal(raw, &all) != nil {
		return out
	}
	for _, r := range all {
		out[r] = true
	}
	return out
}

func (p *Platform) keepReactions(ctx context.Context, channel, id string, all map[string]bool) {
	if p.State == nil {
		return
	}
	var err error
	if len(all) == 0 {
		err = p.State.Delete(ctx, reactionKey(channel, id))
	} else {
		var list []string
		for r := range all {
			list = append(list, r)
		}
		slices.Sort(list)
		raw, _ := json.Marshal(list)
		err = p.State.Put(ctx, reactionKey(channel, id), raw)
	}
	if err != nil {
		p.Log.Warn("a reaction could not be noted", "err", err)
	}
}

// markReaction notes a reaction that came in, so that reading back tells new ones from old.
func (p *Platform) markReaction(ctx context.Context, kind bot.InteractionKind, channel, id, user string, e emojiID) {
	all := p.reactionsOf(ctx, channel, id)
	if kind == bot.React {
		all[reactionMark(user, e)] = true
	} else {
		delete(all, reactionMark(user, e))
	}
	p.keepReactions(ctx, channel, id, all)
}

// backReactions hands in the reactions that were set or taken off while nobody listened; m is the message as
// it was read, nil: none stand there now. Discord does not tell when, so they count from now.
func (p *Platform) backReactions(ctx context.Context, a *app, guild, channel, id string, m *messageIn) {
	known, now := p.reactionsOf(ctx, channel, id), map[string]bool{}
	if m == nil {
		m = &messageIn{}
		if err := a.ask(ctx, "channels/"+channel+"/messages/"+id, m); err != nil {
			p.Log.Warn("a message's reactions could not be read", "err", err)
			return
		}
	}
	for _, r := range m.Reactions {
		if r.Count == 0 || r.Count == 1 && r.Me {
			continue
		}
		users, err := p.whoReacted(ctx, a, channel, id, r.Emoji)
		if err != nil {
			p.Log.Warn("a message's reactions could not be read", "err", err)
			return
		}
		for _, u := range users {
			if !u.Bot && !p.isMe(u.ID) {
				now[reactionMark(u.ID, r.Emoji)] = true
			}
		}
	}
	name := "back/" + p.Clock.Now().UTC().Format(time.RFC3339Nano)
	tell := func(which, but map[string]bool, kind bot.InteractionKind) {
		var all []string
		for r := range which {
			if !but[r] {
				all = append(all, r)
			}
		}
		slices.Sort(all)
		for _, r := range all {
			user, e := unmarked(r)
			p.reaction(ctx, a, reactionIn{User: user, Channel: channel, Message: id, Guild: guild, Emoji: e, back: true}, kind, name)
		}
	}
	tell(now, known, bot.React)
	tell(known, now, bot.Unreact)
}

// whoReacted are the users who reacted with an emoji.
func (p *Platform) whoReacted(ctx context.Context, a *app, channel, id string, e emojiID) ([]userIn, error) {
	emoji := emojiPath(e)
	var out []userIn
	after := ""
	for {
		var page []userIn
		if err := a.ask(ctx, "channels/"+channel+"/messages/"+id+"/reactions/"+emoji+"?limit=100"+after, &page); err != nil {
			return nil, err
		}
		out = append(out, page...)
		if len(page) < 100 {
			return out, nil
		}
		after = "&after=" + page[len(page)-1].ID
	}
}
