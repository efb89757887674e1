package slack

import (
	"context"
	"slices"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
)

// To the desk itself people write commands, with words for customers and colleagues in them, and they answer and react to
// what it told them. What came while the desk was away is carried out late rather than never, like what is said in the
// threads of cases. Which conversations there are is kept, for listing them takes another scope (im:read).

// talkReach is how long before a gap a message of the desk's may stand for an answer or a reaction to be read back.
const talkReach = 24 * time.Hour

func talksKey(team string) string { return "talks/" + team }

// talked notes a direct conversation.
func (p *Platform) talked(ctx context.Context, t *team, channel string) {
	if p.State == nil || !isID(channel) {
		return
	}
	if err := t.talks.Note(ctx, p.State, talksKey(t.id), channel); err != nil {
		p.Log.Warn("a direct conversation could not be noted", "err", err)
	}
}

// backTalks reads the direct conversations back. Up to heard the workspace was heard; some time before that is read as
// well, because events come out of order.
func (p *Platform) backTalks(ctx context.Context, t *team, heard, since time.Time) {
	all, err := t.talks.All(ctx, p.State, talksKey(t.id))
	if err != nil {
		p.Log.Warn("the direct conversations could not be listed", "err", err)
	}
	for _, channel := range all {
		if t.isShut() || ctx.Err() != nil {
			return
		}
		err := p.backTalk(ctx, t, channel, heard, since)
		if codeOf(err) == "channel_not_found" {
			err = t.talks.Forget(ctx, p.State, talksKey(t.id), channel)
		}
		if err != nil {
			p.Log.Warn("a direct conversation could not be read back", "channel", channel, "err", err)
		}
	}
}

func (p *Platform) backTalk(ctx context.Context, t *team, channel string, heard, since time.Time) error {
	var all []api.Message
	for cursor := ""; ; {
		msgs, next, err := p.page(ctx, t, channel, "", stampOf(since.Add(-talkReach)), cursor)
		if err != nil {
			return err
		}
		if all = append(all, msgs...); next == "" {
			break
		}
		cursor = next
	}
	slices.Reverse(all) // History comes newest first.
	from, by := since, bot.AnsweredBy(heard, p.started)
	for _, m := range all {
		// What was answered already is not answered once more; acts would be done once anyway.
		if at := timeOf(m.Timestamp); p.ours(t, eventOf(m)) && at.After(from) && !at.After(by) {
			from = at
		}
	}
	for _, m := range all {
		if m.ReplyCount > 0 && timeOf(m.LatestReply).After(since) {
			if err := p.backThread(ctx, t, place{channel: channel, ts: m.Timestamp}, since); err != nil {
				return err
			}
		}
		p.backMessage(ctx, t, channel, m, from)
	}
	return nil
}
