package discord

import (
	"context"
	"slices"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// A bot may lose sight of one channel while the guild goes on: somebody changes a role or the channel's permissions, or
// takes it out of a private thread. Discord tells what changed, and when the bot is let in again which threads there are
// (docs.discord.com/developers/topics/threads#channel-access); what was said in between it never sends. The mark up to
// which the bot has heard moves on with the other channels, so for each channel that it does not see its own is kept,
// over restarts, until the open cases' threads there have been read back from it.

func darkKey(channel string) string { return "dark/" + channel }

// blind says whether what was said in a channel can't be read for want of a permission.
func blind(err error) bool { return codeOf(err) == 50001 || codeOf(err) == 50013 }

// around are where a card and its thread stand: in its channel, and in the one above where that is a thread.
func (p *Platform) around(card place) []string {
	up := append(p.upward(card.channel), card.id)
	if h, ok := p.Dir.Home(card.home); ok && card.channel == card.id {
		up = append(up, h.Cases) // A forum's post, also one of which Discord tells nothing.
	}
	return up
}

// upward are a channel and the one above it, as far as that is known.
func (p *Platform) upward(channel string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.rooms[channel]; c.isThread() && c.Parent != "" {
		return []string{channel, c.Parent}
	}
	return []string{channel}
}

func (p *Platform) isDark(a *app, g *server, id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, is := g.dark[id]
	return is
}

// darkIn are the channels and threads of a guild that the bot does not see.
func (p *Platform) darkIn(a *app, g *server) (out []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id := range g.dark {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// darkened notes a channel that the bot turned out not to see, or one of those around it where that is the reason, and
// up to when it was heard; zero: up to the last that was heard there.
func (p *Platform) darkened(ctx context.Context, a *app, g *server, channel string, around []string, heard time.Time) {
	for _, id := range around {
		if p.isDark(a, g, id) {
			return
		}
	}
	for _, id := range around {
		if id == channel || !p.ofHome(g, id) {
			continue
		}
		if _, err := p.freshChannel(ctx, a, id); blind(err) {
			channel = id
		}
	}
	if heard.IsZero() {
		heard = p.heardIn(ctx, a, channel)
	}
	if p.joined(a, g) && isSnowflake(channel) && p.keepDark(ctx, a, g, channel, heard) {
		p.Log.Error("the bot does not see a channel; what is said in cases' threads there is read back when it does", "guild", g.id, "channel", channel)
	}
}

// ofHome says whether a channel is one of a home's own.
func (p *Platform) ofHome(g *server, id string) bool {
	return slices.ContainsFunc(g.homes, func(h desk.Home) bool { return id != "" && (h.Cases == id || h.Review == id) })
}

// keepDark notes a channel as one that the bot does not see. What was noted first counts. It says whether this was.
func (p *Platform) keepDark(ctx context.Context, a *app, g *server, id string, heard time.Time) (fresh bool) {
	a.set(func(*app) {
		if _, was := g.dark[id]; !was {
			g.dark[id], fresh = heard, true
		}
	})
	if !fresh || p.State == nil {
		return fresh
	}
	first, err := bot.FirstMark(ctx, p.State, darkKey(id), heard)
	a.set(func(*app) {
		if _, still := g.dark[id]; still {
			g.dark[id] = first
		}
	})
	if err != nil {
		p.Log.Warn("up to when a channel was heard could not be kept", "channel", id, "err", err)
	}
	return fresh
}

// recallDark takes up what was noted before a restart.
func (p *Platform) recallDark(ctx context.Context, a *app, g *server) {
	var ids []string
	for _, h := range g.homes {
		ids = append(ids, h.Cases, h.Review)
	}
	cards, _ := p.openCards(ctx, g) // Where they can't be listed, nothing is read back either.
	for _, at := range cards {
		ids = append(ids, p.around(at)...)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id == "" || p.isDark(a, g, id) {
			continue
		}
		at, was, err := bot.Mark(ctx, p.State, darkKey(id))
		if err != nil {
			p.Log.Warn("up to when a channel was heard could not be read", "channel", id, "err", err)
		}
		if was {
			a.set(func(*app) { g.dark[id] = at })
		}
	}
}

// letIn reads back what was said in a channel that the bot sees again.
func (p *Platform) letIn(ctx context.Context, a *app, g *server, id string) {
	if p.State == nil {
		p.lit(ctx, a, g, id)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longRead)
	defer cancel()
	a.reading.Lock()
	defer a.reading.Unlock()
	p.relight(ctx, a, g, id)
}

// relight reads back what was said in a channel while the bot did not see it. Where that can't be done whole, the
// channel stays noted. The caller holds a.reading.
func (p *Platform) relight(ctx context.Context, a *app, g *server, id string) {
	a.mu.Lock()
	heard, is := g.dark[id]
	a.mu.Unlock()
	if !is {
		return // Something else noticed it as well and has read it.
	}
	began, since := p.Clock.Now(), p.soon(heard)
	cards, err := p.openCards(ctx, g)
	for _, at := range cards {
		if err == nil && slices.Contains(p.around(at), id) {
			err = p.backThread(ctx, a, g, at, since)
		}
	}
	for _, h := range g.homes {
		if err == nil && h.Cases == id {
			err = p.backChannel(ctx, a, g, id, since)
		}
	}
	if err != nil {
		p.Log.Info("what was said in a channel can't be read back yet", "guild", g.id, "channel", id, "err", err)
		return
	}
	a.last.In(began, id)
	p.lit(ctx, a, g, id)
	p.Log.Info("the bot sees a channel again", "guild", g.id, "channel", id)
}

// lit takes the note away.
func (p *Platform) lit(ctx context.Context, a *app, g *server, id string) {
	was := p.isDark(a, g, id)
	a.set(func(*app) { delete(g.dark, id) })
	if !was || p.State == nil {
		return
	}
	if err := p.State.Delete(ctx, darkKey(id)); err != nil {
		p.Log.Warn("what was kept of a channel that the bot did not see could not be cleared", "channel", id, "err", err)
	}
}

// taken notes that a channel took something, which it does of a bot that sees it.
func (p *Platform) taken(a *app, g *server, channel string) {
	for _, id := range p.upward(channel) {
		g.outside.Take(id)
		if p.isDark(a, g, id) {
			p.spawn("a channel that is seen again", func(ctx context.Context) { p.letIn(ctx, a, g, id) })
		}
	}
}
