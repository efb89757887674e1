package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Whether a bot sees a channel follows from roles, the channel's permissions and its category's. It is not worked out
// here from all of them: after an event that may have changed it, Discord is asked.

// isTalk says whether a channel is known to be a direct conversation.
func (p *Platform) isTalk(channel string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rooms[channel].Type == directChannel
}

// shutIn notes that a channel takes nothing of the outbox's, for want of a permission that somebody has to give, and gives
// the failure. It is under the name of the home's channel among those around where that is not seen either, or may be the
// one in which a permission is lacking.
func (p *Platform) shutIn(a *app, g *server, channel string, around []string, err error) *bot.SendError {
	where, say := channel, "the bot lacks a permission in channel %s; casebot check names it"
	for _, id := range around {
		if p.ofHome(g, id) && (codeOf(err) == 50013 || p.isDark(a, g, id)) {
			where = id
		}
	}
	if codeOf(err) == 50001 {
		say = "the bot does not see channel %s; give its role View Channel there"
	}
	g.outside.Add(where, p.Clock.Now())
	e := closedBy(fmt.Errorf(say+"\n%w", where, err))
	e.Where = where
	return e
}

// Shut says whether a channel, or the whole guild where none is named, is known to take nothing still. It implements
// bot.Watcher.
func (p *Platform) Shut(home desk.Home, where string) bool {
	a, g := p.guild(home.Workspace)
	switch {
	case g == nil:
		return false
	case where == "":
		return a.isShut() || !p.joined(a, g)
	}
	return g.outside.Ask(where, p.Clock.Now())
}

// lookAt looks at channels of a guild after something that may have changed whether the bot sees them: those named, else
// all of its homes, and all that it did not see.
func (p *Platform) lookAt(a *app, g *server, ids ...string) {
	if len(ids) == 0 {
		ids = g.own()
	}
	heard := a.heardAt(p.Clock.Now()) // Before more is heard.
	p.spawn("looking at channels", func(ctx context.Context) {
		p.lookAll(ctx, a, g, p.heardUntil(ctx, a, heard), append(ids, p.unseen(a, g)...))
	})
}

// own are the channels of a guild's homes.
func (g *server) own() (ids []string) {
	for _, h := range g.homes {
		ids = append(ids, h.Cases, h.Review)
	}
	return ids
}

// unseen are the channels and threads that the bot does not see, or for which something waits.
func (p *Platform) unseen(a *app, g *server) []string {
	return append(p.darkIn(a, g), g.outside.List(p.Clock.Now())...)
}

// lookAll looks at channels that were heard up to an instant; zero: up to the last that was heard in each.
func (p *Platform) lookAll(ctx context.Context, a *app, g *server, heard time.Time, ids []string) {
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if isSnowflake(id) {
			p.look(ctx, a, g, id, heard)
		}
	}
}

// lookAtHome is how often the channels of homes are looked at, for where nothing told of a loss.
const lookAtHome = 10 * time.Minute

// lookAgain looks once a minute at the channels that a bot does not see or for which something waits, and now and then at
// those that it should see, for where no event tells.
func (p *Platform) lookAgain(a *app) {
	due, home := false, false
	a.set(func(a *app) {
		now := p.Clock.Now()
		if due = now.Sub(a.looked).Abs() >= closedAgain; due {
			a.looked = now
		}
		if home = due && now.Sub(a.lookedHome).Abs() >= lookAtHome; home {
			a.lookedHome = now
		}
	})
	for _, g := range a.guilds {
		all := p.unseen(a, g)
		if home {
			all = append(all, g.own()...)
		}
		if due && len(all) > 0 && !a.isShut() && p.joined(a, g) {
			p.spawn("looking at channels", func(ctx context.Context) { p.lookAll(ctx, a, g, time.Time{}, all) })
		}
	}
}

// look asks Discord whether the bot sees a channel.
func (p *Platform) look(ctx context.Context, a *app, g *server, id string, heard time.Time) {
	switch _, err := p.freshChannel(ctx, a, id); {
	case !p.joined(a, g) || a.isShut():
	case codeOf(err) == 10003: // It was deleted.
		g.outside.Take(id)
		p.lit(ctx, a, g, id)
	case blind(err):
		p.darkened(ctx, a, g, id, p.upward(id), heard)
	case err != nil && heard.IsZero(): // It is looked at again.
	case err != nil:
		p.keepDark(ctx, a, g, id, heard) // It is looked at again in a minute.
	default:
		g.outside.Take(id)
		if p.isDark(a, g, id) {
			p.letIn(ctx, a, g, id)
		}
	}
}

// category is the kind of channel whose permissions others may follow.
const category = 4

// changed takes in that a channel or thread was made or changed, with its permissions perhaps.
func (p *Platform) changed(a *app, kind string, c channelIn) {
	switch g := a.guild(c.GuildID); {
	case g == nil:
	case kind == "CHANNEL_UPDATE" && c.Type == category:
		p.lookAt(a, g)
	case kind == "CHANNEL_UPDATE" && p.ofHome(g, c.ID), p.isDark(a, g, c.ID), slices.Contains(g.outside.List(p.Clock.Now()), c.ID):
		p.lookAt(a, g, c.ID)
	}
}

// sightChanged takes in an event after which the bot may see more or less than before.
func (p *Platform) sightChanged(a *app, kind string, raw json.RawMessage) {
	var x struct {
		ID       string      `json:"id"`
		Guild    string      `json:"guild_id"`
		Channels []string    `json:"channel_ids"`
		Threads  []channelIn `json:"threads"`
		User     userIn      `json:"user"`
		Removed  []string    `json:"removed_member_ids"`
		Added    []struct {
			User string `json:"user_id"`
		} `json:"added_members"`
	}
	if json.Unmarshal(raw, &x) != nil {
		return
	}
	g := a.guild(x.Guild)
	if g == nil {
		return
	}
	p.know(x.Threads...)
	switch kind {
	case "GUILD_MEMBER_UPDATE":
		if p.isMe(x.User.ID) {
			p.lookAt(a, g)
		}
	case "THREAD_MEMBERS_UPDATE":
		if slices.ContainsFunc(x.Removed, p.isMe) || p.isDark(a, g, x.ID) {
			p.lookAt(a, g, x.ID)
		}
	case "THREAD_LIST_SYNC":
		// The bot was let into these. That it was shut out before may not have been told, or not been looked at yet.
		heard, now := map[string]time.Time{}, p.Clock.Now()
		for _, id := range x.Channels {
			if p.ofHome(g, id) {
				heard[id] = a.seenIn(id, now)
			}
		}
		p.spawn("channels that are seen again", func(ctx context.Context) {
			for id, at := range heard {
				p.keepDark(ctx, a, g, id, p.heardUntil(ctx, a, at))
			}
			p.lookAt(a, g, x.Channels...)
		})
	case "GUILD_ROLE_DELETE":
		p.lookAt(a, g)
	}
}
