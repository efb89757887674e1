package discord

import (
	"context"
	"time"

	"casebot/bot"
)

// To the desk itself people write commands, with words for customers and colleagues in them, and they answer and react to
// what it told them. What came while the desk was away is carried out late rather than never, like what is said in the
// threads of cases.

// talkReach is how long before a gap a message of the desk's may stand for a reaction on it to be read back.
const talkReach = 24 * time.Hour

func (a *app) talksKey() string { return "talks/" + a.guilds[0].id }

// talked notes a direct conversation.
func (p *Platform) talked(ctx context.Context, a *app, channel string) {
	if p.State == nil || !isSnowflake(channel) {
		return
	}
	if err := a.talks.Note(ctx, p.State, a.talksKey(), channel); err != nil {
		p.Log.Warn("a direct conversation could not be noted", "err", err)
	}
}

// backTalks reads the direct conversations back. Up to heard the bot had heard everything; some time before that is
// read as well, because clocks differ.
func (p *Platform) backTalks(ctx context.Context, a *app, heard, since time.Time) {
	all, err := a.talks.All(ctx, p.State, a.talksKey())
	if err != nil {
		p.Log.Warn("the direct conversations could not be listed", "err", err)
	}
	for _, channel := range all {
		if a.isShut() || ctx.Err() != nil {
			return
		}
		switch err := p.backTalk(ctx, a, channel, heard, since); {
		case codeOf(err) == 10003 || codeOf(err) == 50001:
			if err := a.talks.Forget(ctx, p.State, a.talksKey(), channel); err != nil {
				p.Log.Warn("a direct conversation could not be forgotten", "err", err)
			}
		case err != nil:
			p.Log.Warn("a direct conversation could not be read back", "channel", channel, "err", err)
		}
	}
}

func (p *Platform) backTalk(ctx context.Context, a *app, channel string, heard, since time.Time) error {
	var all []messageIn
	var answered time.Time
	by := bot.AnsweredBy(heard, p.started)
	err := p.pages(ctx, a, channel, idAt(since.Add(-talkReach)), func(m messageIn) {
		all = append(all, m)
		if at := timeOf(m.ID); m.Author != nil && p.isMe(m.Author.ID) && !at.After(by) {
			answered = at
		}
	})
	if err != nil {
		return err
	}
	for _, m := range all {
		m.back = true
		// What was answered already is not answered once more; acts would be done once anyway.
		if at := timeOf(m.ID); at.After(since) && at.After(answered) && !p.marked("m/"+m.ChannelID+"/"+m.ID) {
			p.said(ctx, a, &m)
		}
		p.backReactions(ctx, a, "", m.ChannelID, m.ID, &m)
	}
	return nil
}
