package slack

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
)

// What Slack sent while nobody listened it does not send again. So how far the desk had heard is kept, and
// after a downtime the threads of the open cases and the cases channels are read from there on. What comes
// up twice bears the same id and is done once.

const (
	readBack = 2 * time.Minute // Before the last event, because events arrive out of order.
	farBack  = 7 * 24 * time.Hour
	longRead = 10 * time.Minute // At fifty calls a minute many threads take their time.
)

// readBackID stands for the event of what was read back.
const readBackID = "read back"

func heardKey(team string) string { return "heard/" + team }

// heard notes that a workspace sent something.
func (p *Platform) heard(t *team) {
	now := p.Clock.Now()
	t.set(func(t *team) {
		t.heard = now
		if t.fault != nil && t.fault == errDeaf {
			t.fault = nil
		}
	})
}

// saveHeard keeps how far a workspace was heard. The caller holds t.reading: while what was missed is read
// back, the old mark must stay, or a crash in between would lose it.
func (p *Platform) saveHeard(ctx context.Context, t *team) {
	t.mu.Lock()
	at, known := t.heard, t.known && !t.behind
	t.mu.Unlock()
	if !known || at.IsZero() || p.State == nil {
		return
	}
	if err := bot.PutMark(ctx, p.State, heardKey(t.id), at); err != nil {
		p.Log.Warn("how far Slack was heard could not be kept", "err", err)
	}
}

// saveUnlessReading keeps it unless what was missed is just being read back.
func (p *Platform) saveUnlessReading(ctx context.Context, t *team) {
	if t.reading.TryLock() {
		defer t.reading.Unlock()
		p.saveHeard(ctx, t)
	}
}

// recover reads back what a workspace sent since it was last heard.
func (p *Platform) recover(ctx context.Context, t *team) {
	defer p.caught("reading back")
	t.reading.Lock()
	defer t.reading.Unlock()
	p.readSince(ctx, t)
}

// readSince is recover for a caller who holds t.reading.
func (p *Platform) readSince(ctx context.Context, t *team) {
	if p.State == nil {
		return
	}
	last, known, err := bot.Mark(ctx, p.State, heardKey(t.id))
	if err != nil {
		t.set(func(t *team) { t.behind = true })
		p.Log.Warn("up to when the workspace was heard could not be read; it is read back at the next connection", "team", t.id, "err", err)
		return
	}
	p.recallDark(ctx, t)
	if !known {
		t.last.Whole(p.Clock.Now())
		t.set(func(t *team) { t.behind = false })
		p.saveHeard(ctx, t)
		return
	}
	if _, short := ctx.Deadline(); short {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), longRead)
		defer cancel()
	}
	t.set(func(t *team) { t.behind = true })
	began, since, before := p.Clock.Now(), p.soon(last), t.darkOnes()
	p.backThreads(ctx, t, last)
	for _, h := range t.homes {
		if !t.isDark(h.Cases) {
			p.unread(ctx, t, h.Cases, last, p.backChannel(ctx, t, h.Cases, since))
		}
	}
	for _, channel := range before {
		p.relight(ctx, t, channel)
	}
	p.backTalks(ctx, t, last, since)
	if ctx.Err() != nil || t.isShut() {
		return // The mark stays where it is, and the next reading begins there.
	}
	t.last.Whole(began)
	t.set(func(t *team) { t.behind = false })
	p.saveHeard(ctx, t)
}

// soon is from when on to read, for something that was heard up to an instant.
func (p *Platform) soon(heard time.Time) time.Time {
	since := heard.Add(-readBack)
	if far := p.Clock.Now().Add(-farBack); since.Before(far) {
		return far
	}
	return since
}

// unread takes in how reading a channel back ended. One that could not be read is noted, with the mark from which it is to
// be read, for the workspace's own moves on.
func (p *Platform) unread(ctx context.Context, t *team, channel string, heard time.Time, err error) {
	switch {
	case err == nil || ctx.Err() != nil: // Where there was no time, the workspace's mark stays.
	case slices.Contains(closing, codeOf(err)):
		p.shutOut(t, sendError(err))
	default:
		p.Log.Warn("a channel could not be read back", "channel", channel, "err", err)
		p.lost(ctx, t, channel, heard)
	}
}

// Reread hands in again what stands in a thread, and the reactions on its messages. It implements bot.Rereader.
func (p *Platform) Reread(ctx context.Context, root bot.Ref) error {
	at, err := parseRef(root)
	if err != nil {
		return &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	t, err := p.teamOf(at.home)
	if err != nil {
		return err
	}
	if err := p.backThread(ctx, t, at, time.Time{}); err != nil {
		return p.earlyIn(ctx, t, at.channel, err)
	}
	return nil
}

// backThread reads one thread: what was said and edited since an instant, and the reactions as they stand.
func (p *Platform) backThread(ctx context.Context, t *team, at place, since time.Time) error {
	for cursor := ""; ; {
		msgs, next, err := p.page(ctx, t, at.channel, at.ts, "", cursor)
		if err != nil {
			return err
		}
		for _, m := range msgs {
			p.backMessage(ctx, t, at.channel, m, since)
		}
		if cursor = next; cursor == "" {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// backThreads reads the threads of the open cases: what was said and edited since they were heard, and the reactions as
// they stand. Those in channels that the bot does not see are passed over.
func (p *Platform) backThreads(ctx context.Context, t *team, heard time.Time) {
	cards, err := p.openCards(ctx, t)
	if err != nil {
		p.Log.Warn("the open threads could not be listed", "err", err)
	}
	for _, at := range cards {
		if !t.isDark(at.channel) {
			p.unread(ctx, t, at.channel, heard, unlessGone(p.backThread(ctx, t, at, p.soon(heard))))
		}
	}
}

// openCards are the cards of the open cases in a workspace.
func (p *Platform) openCards(ctx context.Context, t *team) (out []place, err error) {
	if p.Threads == nil {
		return nil, nil
	}
	cards, err := p.Threads(ctx)
	for _, card := range cards {
		if at, err := parseRef(card.Ref); err == nil && p.homeTeam(at.home) == t {
			out = append(out, at)
		}
	}
	return out, err
}

func (p *Platform) homeTeam(home string) *team {
	t, err := p.teamOf(home)
	if err != nil {
		return nil
	}
	return t
}

// backMessage hands in one message that was read back, if it is new or changed, and its reactions.
func (p *Platform) backMessage(ctx context.Context, t *team, channel string, m api.Message, since time.Time) {
	e := eventOf(m)
	if at := timeOf(m.Timestamp); at.After(since) && (m.SubType == "" || m.SubType == "file_share" || m.SubType == "thread_broadcast") {
		p.said(ctx, t, channel, e, readBackID)
	}
	if m.Edited != nil && timeOf(m.Edited.Timestamp).After(since) && !p.ours(t, e) {
		in := p.about(ctx, t, channel, e, bot.Edited)
		in.ID, in.At = "e/"+channel+"/"+e.TS+"/"+m.Edited.Timestamp, timeOf(m.Edited.Timestamp)
		in.Text, _ = p.plainWords(t, e.Text)
		p.happened(ctx, t, in, readBackID)
	}
	p.backReactions(ctx, t, channel, m)
}

// eventOf is a message that was read, as the event that told of it would be.
func eventOf(m api.Message) *event {
	e := &event{Type: "message", Subtype: m.SubType, User: m.User, BotID: m.BotID, Text: m.Text, TS: m.Timestamp, ThreadTS: m.ThreadTimestamp}
	for _, f := range m.Files {
		e.Files = append(e.Files, fileIn{ID: f.ID, Name: f.Name, Title: f.Title, Mimetype: f.Mimetype, Size: int64(f.Size), URL: f.URLPrivateDownload, Private: f.URLPrivate})
	}
	e.Blocks, _ = json.Marshal(m.Blocks)
	e.spell()
	return e
}

// backChannel reads a cases channel for mentions of the desk outside threads.
func (p *Platform) backChannel(ctx context.Context, t *team, channel string, since time.Time) error {
	cursor := ""
	for {
		msgs, next, err := p.page(ctx, t, channel, "", stampOf(since), cursor)
		if err != nil {
			return err
		}
		slices.Reverse(msgs) // History comes newest first.
		for _, m := range msgs {
			if _, mention := p.withoutMe(t, m.Text); mention {
				p.said(ctx, t, channel, eventOf(m), readBackID)
			}
		}
		if cursor = next; cursor == "" || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func reactionKey(channel, ts string) string { return "reactions/" + channel + "/" + ts }

// reactionsOf are the reactions of a message that the desk knows of, as "user/name".
func (p *Platform) reactionsOf(ctx context.Context, channel, ts string) map[string]bool {
	out := map[string]bool{}
	if p.State == nil {
		return out
	}
	raw, err := p.State.Get(ctx, reactionKey(channel, ts))
	if err != nil || len(raw) == 0 {
		return out
	}
	var all []string
	if json.Unmarshal(raw, &all) == nil {
		for _, r := range all {
			out[r] = true
		}
	}
	return out
}

func (p *Platform) keepReactions(ctx context.Context, channel, ts string, all map[string]bool) {
	if p.State == nil {
		return
	}
	var err error
	if len(all) == 0 {
		err = p.State.Delete(ctx, reactionKey(channel, ts))
	} else {
		var list []string
		for r := range all {
			list = append(list, r)
		}
		slices.Sort(list)
		raw, _ := json.Marshal(list)
		err = p.State.Put(ctx, reactionKey(channel, ts), raw)
	}
	if err != nil {
		p.Log.Warn("a reaction could not be noted", "err", err)
	}
}

// markReaction notes a reaction that came in, so that reading back tells new ones from old.
func (p *Platform) markReaction(ctx context.Context, kind bot.InteractionKind, channel, ts, user, name string) {
	all := p.reactionsOf(ctx, channel, ts)
	if kind == bot.React {
		all[user+"/"+name] = true
	} else {
		delete(all, user+"/"+name)
	}
	p.keepReactions(ctx, channel, ts, all)
}

// backReactions hands in the reactions that were set or taken off while nobody listened. Slack does not
// tell when, so they count from now.
func (p *Platform) backReactions(ctx context.Context, t *team, channel string, m api.Message) {
	known := p.reactionsOf(ctx, channel, m.Timestamp)
	now := map[string]bool{}
	for _, r := range m.Reactions {
		for _, user := range r.Users {
			if !p.ours(t, &event{User: user}) {
				now[user+"/"+r.Name] = true
			}
		}
	}
	stamp := stampOf(p.Clock.Now())
	tell := func(which map[string]bool, but map[string]bool, kind string) {
		var all []string
		for r := range which {
			if !but[r] {
				all = append(all, r)
			}
		}
		slices.Sort(all)
		for _, r := range all {
			user, name, _ := strings.Cut(r, "/")
			e := &event{Type: kind, User: user, Reaction: name, EventTS: stamp}
			e.Item.Type, e.Item.Channel, e.Item.TS = "message", channel, m.Timestamp
			if kind == "reaction_added" {
				p.reaction(ctx, t, e, bot.React, readBackID)
			} else {
				p.reaction(ctx, t, e, bot.Unreact, readBackID)
			}
		}
	}
	tell(now, known, "reaction_added")
	tell(known, now, "reaction_removed")
}

// renamed follows a channel whose id Slack has changed, so that its home and the names of its messages
// stay as they are.
func (p *Platform) renamed(ctx context.Context, _ *team, old, now string) {
	if !isID(old) || !isID(now) || old == now {
		return
	}
	was := p.alias(old)
	p.mu.Lock()
	delete(p.aliases, old)
	p.aliases[now] = was
	all, _ := json.Marshal(p.aliases)
	p.mu.Unlock()
	p.Log.Warn("Slack has changed a channel's id", "from", old, "to", now)
	if p.State != nil {
		if err := p.State.Put(ctx, "aliases", all); err != nil {
			p.Log.Warn("a channel's new id could not be kept", "err", err)
		}
	}
}

func (p *Platform) loadAliases(ctx context.Context) {
	if p.State == nil {
		return
	}
	raw, err := p.State.Get(ctx, "aliases")
	if err != nil || len(raw) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	json.Unmarshal(raw, &p.aliases)
}
