package slack

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
	"casebot/desk"
)

// deliveryEvent is the metadata under which a message carries the desk's delivery id.
const deliveryEvent = "casebot_delivery"

// Post sends a message. The delivery id goes with it as metadata, which nobody sees and Find reads.
func (p *Platform) Post(ctx context.Context, to bot.To, m bot.Message, id string) (ref bot.Ref, err error) {
	t, err := p.teamOf(to.Home.ID)
	if err != nil {
		return "", err
	}
	defer func() { p.shutOut(t, err) }()
	channel, root, err := p.destination(ctx, t, to)
	if err != nil {
		return "", err
	}
	if link := p.linkTo(t, m.About); link != "" {
		m.Buttons = append(slices.Clone(m.Buttons), bot.LinkTo(link))
	}
	r := p.reader(t, to.Home, to.Person)
	up, err := p.upload(ctx, t, m)
	if err != nil {
		return "", err
	}
	r.image = up.image
	d := draw(m, r)
	if d.cut && len(m.Blocks) > 0 {
		// What does not fit into a message goes along as a file, so that nobody has to guess the rest.
		if whole, err := p.uploadOne(ctx, t, bot.File{Name: "whole-message.txt", Type: "text/plain", Data: []byte(bot.PlainText(m, r.zone))}); err == nil {
			up.others = append(up.others, whole)
		}
	}
	send := func(d drawn) (ts string, err error) {
		options := []api.MsgOption{api.MsgOptionText(d.text, false), api.MsgOptionBlocks(d.blocks...), api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl(),
			api.MsgOptionMetadata(api.SlackMetadata{EventType: deliveryEvent, EventPayload: map[string]any{"id": id}})}
		if root != "" {
			options = append(options, api.MsgOptionTS(root))
		}
		_, ts, err = t.web().PostMessageContext(ctx, p.today(channel), options...)
		return ts, err
	}
	ts, err := send(d)
	// Slack takes a moment over a new picture, and refuses the message that shows it until then.
	for try := 1; err != nil && len(up.pictures) > 0 && codeOf(err) == "invalid_blocks"; try++ {
		if try > 3 || !pause(ctx, time.Duration(try)*500*time.Millisecond) {
			p.Log.Error("Slack does not show a picture; its words go without it", "err", err)
			up.pictures, r.image = nil, nil
			d = draw(m, r)
		}
		ts, err = send(d)
	}
	if err != nil {
		return "", p.refusal(ctx, t, channel, err)
	}
	t.outside.Take(p.alias(channel))
	p.taken(t, channel)
	if len(up.others) > 0 {
		in := root
		if in == "" && d.cut {
			in = ts
		}
		p.share(ctx, t, channel, in, up.others)
	}
	if len(up.refused) > 0 {
		p.unshared(ctx, t, channel, root, up.refused)
	}
	return place{p.nameOf(to, t, channel), p.alias(channel), ts}.ref(), nil
}

// linkTo is the address at which people of a workspace find a message: the one that "Copy link" gives them. Empty
// where it is in a channel that they can't read.
func (p *Platform) linkTo(t *team, ref bot.Ref) string {
	at, err := parseRef(ref)
	if err != nil {
		return ""
	}
	h, _ := p.Dir.Home(at.home)
	if p.team(h.Workspace) != t && !slices.Contains(p.guests(h), t.id) {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.address == "" {
		return ""
	}
	return t.address + "archives/" + p.today(at.channel) + "/p" + strings.ReplaceAll(at.ts, ".", "")
}

// nameOf is the home under which a message is named: in a channel that homes share, the first of them.
func (p *Platform) nameOf(to bot.To, t *team, channel string) string {
	if to.Person.ID == "" && (channel == to.Home.Cases || channel == to.Home.Review) {
		return p.homeAt(t, channel).ID
	}
	return to.Home.ID
}

// destination finds the channel and the root's time stamp of where a message goes.
func (p *Platform) destination(ctx context.Context, t *team, to bot.To) (channel, root string, err error) {
	if to.Person.ID != "" {
		user, ok := userOf(to.Person, t.id)
		if !ok {
			return "", "", &bot.SendError{Kind: bot.Permanent, Err: errors.New("the person has no account in this workspace")}
		}
		channel, err = p.direct(ctx, t, user)
		return channel, "", err
	}
	if to.Thread != "" {
		at, err := parseRef(to.Thread)
		if err != nil {
			return "", "", &bot.SendError{Kind: bot.Permanent, Err: err}
		}
		return at.channel, at.ts, nil
	}
	return to.Channel, "", nil
}

// direct opens the direct conversation with a user.
func (p *Platform) direct(ctx context.Context, t *team, user string) (string, error) {
	key := t.id + "/" + user
	p.mu.Lock()
	channel := p.directs[key]
	p.mu.Unlock()
	if channel != "" {
		return channel, nil
	}
	c, _, _, err := t.web().OpenConversationContext(ctx, &api.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", early(err) // Nothing has been sent yet.
	}
	p.mu.Lock()
	p.directs[key] = c.ID
	p.mu.Unlock()
	p.talked(ctx, t, c.ID)
	return c.ID, nil
}

// temporary is the kind of a failure before anything could have arrived.
func temporary(k bot.SendKind) bot.SendKind {
	if k == bot.Unclear {
		return bot.Temporary
	}
	return k
}

// Edit replaces a message of ours. Files stay as they were posted.
func (p *Platform) Edit(ctx context.Context, ref bot.Ref, m bot.Message) (err error) {
	at, err := parseRef(ref)
	if err != nil {
		return &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	t, err := p.teamOf(at.home)
	if err != nil {
		return err
	}
	defer func() { p.shutOut(t, err) }()
	home, _ := p.Dir.Home(at.home)
	d := draw(m, p.reader(t, home, desk.Person{}))
	_, _, _, err = t.web().UpdateMessageContext(ctx, p.today(at.channel), at.ts, api.MsgOptionText(d.text, false), api.MsgOptionBlocks(d.blocks...))
	if err != nil {
		return p.refusal(ctx, t, at.channel, err)
	}
	p.taken(t, at.channel)
	return nil
}

// lookBack is how far Find reads: a delivery is tried for a day.
const lookBack = 26 * time.Hour

// Find looks a message up by its delivery id, in the thread or the channel it was meant for.
func (p *Platform) Find(ctx context.Context, to bot.To, id string) (bot.Ref, bool, error) {
	t, err := p.teamOf(to.Home.ID)
	if err != nil {
		return "", false, err
	}
	channel, root, err := p.destination(ctx, t, to)
	if err != nil {
		return "", false, err
	}
	oldest := stampOf(p.Clock.Now().Add(-lookBack))
	cursor := ""
	for {
		msgs, next, err := p.page(ctx, t, channel, root, oldest, cursor)
		if err != nil {
			return "", false, p.refusal(ctx, t, channel, err)
		}
		for _, m := range msgs {
			if m.Metadata.EventType == deliveryEvent && m.Metadata.EventPayload["id"] == id {
				return place{p.nameOf(to, t, channel), p.alias(channel), m.Timestamp}.ref(), true, nil
			}
		}
		if next == "" {
			return "", false, nil
		}
		cursor = next
	}
}

// page reads one page of a channel, or of a thread when root is given, waiting as long as Slack asks.
func (p *Platform) page(ctx context.Context, t *team, channel, root, oldest, cursor string) (msgs []api.Message, next string, err error) {
	err = p.patient(ctx, func() error {
		if root != "" {
			msgs, _, next, err = t.web().GetConversationRepliesContext(ctx, &api.GetConversationRepliesParameters{ChannelID: p.today(channel), Timestamp: root,
				Cursor: cursor, Oldest: oldest, Inclusive: true, Limit: 200, IncludeAllMetadata: true})
			return err
		}
		h, err := t.web().GetConversationHistoryContext(ctx, &api.GetConversationHistoryParameters{ChannelID: p.today(channel), Cursor: cursor, Oldest: oldest, Limit: 200, IncludeAllMetadata: true})
		if err == nil {
			msgs, next = h.Messages, h.ResponseMetaData.NextCursor
		}
		return err
	})
	return msgs, next, err
}

// patient makes a call that may be repeated, waiting as long as a 429 asks, three times. Where there is not so
// much time it does not wait at all.
func (p *Platform) patient(ctx context.Context, call func() error) error {
	for try := 0; ; try++ {
		err := call()
		var limited *api.RateLimitedError
		if !errors.As(err, &limited) || try == 3 {
			return err
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) < limited.RetryAfter || !pause(ctx, limited.RetryAfter) {
			return err
		}
	}
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// React sets the desk's own reaction on a message. One that is there already is as good.
func (p *Platform) React(ctx context.Context, ref bot.Ref, emoji string) error {
	at, err := parseRef(ref)
	if err != nil {
		return err
	}
	t, err := p.teamOf(at.home)
	if err != nil {
		return err
	}
	err = t.web().AddReactionContext(ctx, shortName(emoji), api.NewRefToMessage(p.today(at.channel), at.ts))
	if codeOf(err) == "already_reacted" {
		return nil
	}
	p.refusedIn(ctx, t, at.channel, err)
	return err
}

// codeOf is Slack's name of an error.
func codeOf(err error) string {
	var e api.SlackErrorResponse
	if errors.As(err, &e) {
		return e.Err
	}
	return ""
}

// passing are Slack's errors that pass without anybody's doing and before anything was taken;
// doubtful those after which the message may be there (docs.slack.dev/reference/methods/chat.postMessage#errors). Closing are those of a
// token that is good no more: nothing gets into the workspace until it is installed again.
var (
	closing  = []string{"token_revoked", "invalid_auth", "account_inactive", "token_expired", "not_authed"}
	passing  = []string{"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org", "accesslimited"}
	doubtful = []string{"fatal_error", "internal_error", "request_timeout"}
)

// sendError sorts a failure of a send by what the outbox must do next.
func sendError(err error) *bot.SendError {
	var known *bot.SendError
	if errors.As(err, &known) {
		return known
	}
	e := &bot.SendError{Kind: bot.Unclear, Err: err}
	var limited *api.RateLimitedError
	var status api.StatusCodeError
	var line *net.OpError
	code := codeOf(err)
	switch {
	case errors.As(err, &limited):
		e.Kind, e.After = bot.Temporary, max(limited.RetryAfter, time.Second)
	case slices.Contains(passing, code):
		e.Kind = bot.Temporary
	case slices.Contains(closing, code):
		e.Kind, e.After, e.Closed, e.Err = bot.Temporary, closedAgain, true, explained(err, code)
	case slices.Contains(doubtful, code):
	case code != "":
		e.Kind, e.Err = bot.Permanent, explained(err, code)
	case errors.As(err, &status) && status.Code < 500:
		e.Kind = bot.Permanent
	case errors.As(err, &line) && line.Op == "dial":
		e.Kind = bot.Temporary // Nobody was there to take it.
	}
	return e
}

// explained says beside Slack's word what an administrator can do.
func explained(err error, code string) error {
	say := map[string]string{
		"not_in_channel":    "the bot is not in the channel; invite it with /invite",
		"channel_not_found": "there is no such channel, or the bot is not in it; mend its id in casebot.yaml or invite the bot",
		"is_archived":       "the channel is archived; bring it back or name another in casebot.yaml",
		"token_revoked":     "the token was revoked; install the app again",
		"invalid_auth":      "the token is not valid; copy it anew from the app's settings",
		"account_inactive":  "the app was removed from the workspace; install it again",
		"missing_scope":     "the app lacks a scope; install it again from the manifest",
	}[code]
	if say == "" {
		return err
	}
	var e api.SlackErrorResponse
	if errors.As(err, &e) && e.Needed != "" {
		say += " (needed: " + strings.TrimSpace(e.Needed) + ")"
	}
	return errors.Join(errors.New(say), err)
}
