package slack

import (
	"context"
	"slices"
	"time"

	"casebot/bot"
)

// A bot may lose sight of one channel while the workspace goes on: somebody takes it out, or archives the channel. What
// was said there in between Slack never sends. The mark up to which the workspace was heard moves on with the other
// channels, so for each channel that the bot does not see its own is kept, over restarts, until the open cases' threads
// there have been read back from it.

// shade is what is known of a channel that the bot does not see.
type shade struct {
	heard   time.Time // Up to when it was heard.
	losses  int       // One more while it is read back means that it is to be read again.
	reading bool      // It is read back, or waits for its turn.
}

func darkKey(team, channel string) string { return "dark/" + team + "/" + channel }

func (t *team) isDark(channel string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dark[channel] != nil
}

// darkOnes are the channels that the bot does not see.
func (t *team) darkOnes() (out []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range t.dark {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// ofHome says whether a channel is where one of the workspace's homes has its cases.
func (t *team) ofHome(channel string) bool {
	for _, h := range t.homes {
		if channel != "" && h.Cases == channel {
			return true
		}
	}
	return false
}

// concerns says whether there is anything to read back in a channel.
func (p *Platform) concerns(ctx context.Context, t *team, channel string) bool {
	if t.ofHome(channel) {
		return true
	}
	if !isRoom(channel) {
		return false // Direct conversations are read back apart.
	}
	cards, err := p.openCards(ctx, t)
	return err != nil || slices.ContainsFunc(cards, func(at place) bool { return at.channel == channel })
}

// recallDark takes up what was noted before a restart.
func (p *Platform) recallDark(ctx context.Context, t *team) {
	var ids []string
	for _, h := range t.homes {
		ids = append(ids, h.Cases)
	}
	cards, _ := p.openCards(ctx, t) // Where they can't be listed, nothing is read back either.
	for _, at := range cards {
		ids = append(ids, at.channel)
	}
	slices.Sort(ids)
	t.noting.Lock()
	defer t.noting.Unlock()
	for _, id := range slices.Compact(ids) {
		if t.isDark(id) {
			continue
		}
		at, was, err := bot.Mark(ctx, p.State, darkKey(t.id, id))
		if err != nil {
			p.Log.Warn("up to when a channel was heard could not be read", "channel", id, "err", err)
		}
		if was {
			t.set(func(t *team) { t.dark[id] = &shade{heard: at} })
		}
	}
}

// keepDark notes a channel as one that the bot does not see. What was noted first counts. It says whether this was.
func (p *Platform) keepDark(ctx context.Context, t *team, channel string, heard time.Time) (fresh bool) {
	t.noting.Lock()
	defer t.noting.Unlock()
	t.set(func(t *team) {
		if fresh = t.dark[channel] == nil; fresh {
			t.dark[channel] = &shade{heard: heard}
		}
	})
	if !fresh || p.State == nil {
		return fresh
	}
	first, err := bot.FirstMark(ctx, p.State, darkKey(t.id, channel), heard)
	t.set(func(t *team) { t.dark[channel].heard = first })
	if err != nil {
		p.Log.Warn("up to when a channel was heard could not be kept", "channel", channel, "err", err)
	}
	return fresh
}

// lit takes the note away, unless the channel was lost again while it was read.
func (p *Platform) lit(ctx context.Context, t *team, channel string, losses int, read time.Time) (done bool) {
	t.noting.Lock()
	defer t.noting.Unlock()
	t.set(func(t *team) {
		if s := t.dark[channel]; s != nil && s.losses == losses {
			delete(t.dark, channel)
			t.last.In(read, channel)
			t.outside.Take(channel)
			done = true
		}
	})
	if !done || p.State == nil {
		return done
	}
	if err := p.State.Delete(ctx, darkKey(t.id, channel)); err != nil {
		p.Log.Warn("what was kept of a channel that the bot did not see could not be cleared", "channel", channel, "err", err)
	}
	return done
}

// letIn reads back what was said in a channel that the bot sees again. Whoever comes while that is under way leaves it to
// the one who began.
func (p *Platform) letIn(ctx context.Context, t *team, channel string) {
	mine := false
	t.set(func(t *team) {
		if s := t.dark[channel]; s != nil && !s.reading {
			s.reading, mine = true, true
		}
	})
	if !mine {
		return
	}
	defer t.set(func(t *team) {
		if s := t.dark[channel]; s != nil {
			s.reading = false
		}
	})
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longRead)
	defer cancel()
	t.reading.Lock()
	defer t.reading.Unlock()
	p.relight(ctx, t, channel)
}

// relight reads back what was said in a channel while the bot did not see it. Where that can't be done whole, the
// channel stays noted. The caller holds t.reading.
func (p *Platform) relight(ctx context.Context, t *team, channel string) {
	var now shade
	t.set(func(t *team) {
		if s := t.dark[channel]; s != nil {
			now = *s
		}
	})
	if now.heard.IsZero() {
		return // Something else noticed it as well and has read it.
	}
	began, since := p.Clock.Now(), p.soon(now.heard)
	cards, err := p.openCards(ctx, t)
	for _, at := range cards {
		if err == nil && at.channel == channel {
			err = unlessGone(p.backThread(ctx, t, at, since))
		}
	}
	if err == nil && t.ofHome(channel) {
		err = p.backChannel(ctx, t, channel, since)
	}
	if err == nil {
		err = ctx.Err()
	}
	switch {
	case err != nil:
		p.Log.Info("what was said in a channel can't be read back yet", "workspace", t.id, "channel", channel, "err", err)
	case p.lit(ctx, t, channel, now.losses, began):
		p.Log.Info("the bot sees a channel again", "workspace", t.id, "channel", channel)
	}
}

// unlessGone is an error of reading a thread, unless the thread is there no more: then nothing is to be read.
func unlessGone(err error) error {
	if codeOf(err) == "thread_not_found" {
		return nil
	}
	return err
}
