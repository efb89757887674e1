package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
	"casebot/desk"
)

// Of its own removal a bot is told by channel_left or group_left, which Slack sometimes withholds
// (docs.slack.dev/reference/events/channel_left); member_left_channel goes to those who are still in the channel. Of its
// return it is told by member_joined_channel. A public channel that was archived has lost its members when it is brought
// back, a private one keeps them. So the events are the quick way, and refused calls and looks the sure one.

const (
	lookMost   = 20               // Channels in a round: of conversations.info Slack takes fifty calls a minute.
	lookAtHome = 10 * time.Minute // How often a cases channel is looked at that the bot should see.
)

// unseen are Slack's errors of calls in a channel that the bot does not see.
var unseen = []string{"not_in_channel", "channel_not_found", "is_archived", "is_inactive"}

func blind(err error) bool { return slices.Contains(unseen, codeOf(err)) }

// sawIn notes that an event came from a channel: up to then everything there was heard.
func (p *Platform) sawIn(t *team, e *event) {
	channel := e.channel()
	if channel == "" {
		channel = e.Item.Channel
	}
	me, _ := t.me()
	switch e.Type {
	case "message", "app_mention", "reaction_added", "reaction_removed", "member_joined_channel":
		if channel == "" || e.User == me {
			return // Several events tell of the bot's own coming, and what was said before that it did not hear.
		}
		t.last.In(p.Clock.Now(), p.alias(channel))
	}
}

// heardIn is up to when everything was heard that was said in a channel. An event may have been withheld that told of its
// loss.
func (p *Platform) heardIn(ctx context.Context, t *team, channel string) time.Time {
	at := t.last.Until(channel)
	if at.IsZero() {
		at = p.Clock.Now()
	}
	if p.State == nil {
		return at
	}
	if last, known, err := bot.Mark(ctx, p.State, heardKey(t.id)); err == nil && known && last.Before(at) {
		return last // What was missed before is being read back.
	}
	return at
}

// lost notes that the bot does not see a channel, and up to when it was heard.
func (p *Platform) lost(ctx context.Context, t *team, channel string, heard time.Time) {
	if t.isShut() || !t.isDark(channel) && !p.concerns(ctx, t, channel) {
		return
	}
	if p.keepDark(ctx, t, channel, heard) {
		p.Log.Error("the bot does not see a channel; what is said in cases' threads there is read back when it does", "workspace", t.id, "channel", channel)
	}
	t.set(func(t *team) {
		if s := t.dark[channel]; s != nil {
			s.losses++
		}
	})
}

// refusedIn takes in that Slack refused a call in a channel.
func (p *Platform) refusedIn(ctx context.Context, t *team, channel string, err error) {
	if channel = p.alias(channel); blind(err) && !t.isDark(channel) {
		p.lost(ctx, t, channel, p.heardIn(ctx, t, channel))
	}
}

// refusal takes in that Slack refused something of the outbox's in a channel, and sorts it: what is for a channel that the
// bot is not in waits until it is.
func (p *Platform) refusal(ctx context.Context, t *team, channel string, err error) *bot.SendError {
	p.refusedIn(ctx, t, channel, err)
	e := sendError(err)
	if channel = p.alias(channel); !blind(err) || !isRoom(channel) {
		return e
	}
	t.outside.Add(channel, p.Clock.Now())
	return &bot.SendError{Kind: bot.Temporary, After: closedAgain, Closed: true, Where: channel, Err: fmt.Errorf("%s\n%w", t.outOf(channel, codeOf(err)), err)}
}

// outOf says what is wrong with a channel that takes nothing, and what to do.
func (t *team) outOf(channel, code string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	invite := strings.TrimSuffix("invite it there with /invite @"+t.botName, " @")
	switch code {
	case "not_in_channel":
		return "the bot is not in channel " + channel + "; " + invite
	case "channel_not_found":
		return "the bot is not in channel " + channel + ", or there is no such channel; " + invite + ", or mend the id in casebot.yaml"
	}
	return "channel " + channel + " is archived; bring it back, " + invite + ", or name another in casebot.yaml"
}

// isRoom says whether something is the id of a channel, and not of a direct conversation.
func isRoom(channel string) bool { return isID(channel) && !strings.HasPrefix(channel, "D") }

// Shut says whether a channel, or the whole workspace where none is named, is known to take nothing still. It implements
// bot.Watcher.
func (p *Platform) Shut(home desk.Home, where string) bool {
	t, err := p.teamOf(home.ID)
	if err != nil || where == "" {
		return err == nil && t.isShut()
	}
	return t.outside.Ask(where, p.Clock.Now())
}

// taken takes in that a channel took something, which it does as a rule of a bot that sees it. An edit Slack may take of
// any other.
func (p *Platform) taken(t *team, channel string) {
	if channel = p.alias(channel); t.isDark(channel) {
		p.spawn("a channel that is seen again", func(ctx context.Context) { p.letIn(ctx, t, channel) })
	}
}

// sightChanged takes in an event after which the bot sees less or more than before.
func (p *Platform) sightChanged(ctx context.Context, t *team, e *event) {
	channel := p.alias(e.channel())
	switch e.Type {
	case "channel_left", "group_left", "channel_archive", "group_archive":
		p.lost(ctx, t, channel, p.heardIn(ctx, t, channel))
	case "member_joined_channel":
		if me, _ := t.me(); e.User != me {
			return
		}
		t.outside.Take(channel)
		if !p.concerns(ctx, t, channel) {
			return
		}
		p.keepDark(ctx, t, channel, p.heardIn(ctx, t, channel)) // Nothing may have told of the loss.
		p.spawn("a channel that is seen again", func(ctx context.Context) { p.letIn(ctx, t, channel) })
	case "channel_unarchive", "group_unarchive":
		if t.isDark(channel) || slices.Contains(t.outside.List(p.Clock.Now()), channel) {
			p.spawn("looking at a channel", func(ctx context.Context) { p.look(ctx, t, channel) })
		}
	}
}

// lookAgain looks once a minute at the channels that the bot does not see or for which something waits, and now and then
// at those that it should see.
func (p *Platform) lookAgain(t *team) {
	now := p.Clock.Now()
	all := t.outside.List(now)
	t.set(func(t *team) {
		if now.Sub(t.looked).Abs() < closedAgain || !t.known {
			all = nil
			return
		}
		t.looked = now
		for id := range t.dark {
			all = append(all, id)
		}
		slices.Sort(all)
		all = slices.Compact(all)
		if n := len(all); n > lookMost {
			// In turn, so that each is looked at some time.
			t.turn = (t.turn + lookMost) % n
			all = append(all[t.turn:], all[:t.turn]...)[:lookMost]
		}
		if now.Sub(t.lookedHome).Abs() >= lookAtHome {
			t.lookedHome = now
			for _, h := range t.homes {
				if !slices.Contains(all, h.Cases) {
					all = append(all, h.Cases)
				}
			}
		}
	})
	if len(all) == 0 || t.isShut() {
		return
	}
	p.spawn("looking at channels", func(ctx context.Context) {
		for _, channel := range all {
			p.look(ctx, t, channel)
		}
	})
}

// look asks Slack whether the bot sees a channel.
func (p *Platform) look(ctx context.Context, t *team, channel string) {
	var c *api.Channel
	err := p.patient(ctx, func() (err error) {
		c, err = t.web().GetConversationInfoContext(ctx, &api.GetConversationInfoInput{ChannelID: p.today(channel)})
		return err
	})
	switch dark := t.isDark(channel); {
	case err == nil && c.IsMember && !c.IsArchived:
		t.outside.Take(channel)
		p.letIn(ctx, t, channel)
	case err != nil && !blind(err):
	case !dark:
		p.lost(ctx, t, channel, p.heardIn(ctx, t, channel))
	case !p.concerns(ctx, t, channel):
		p.letIn(ctx, t, channel) // The last case there was closed meanwhile: there is nothing to read, and the note goes.
	}
}
