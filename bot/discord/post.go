package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// messageOut is a message as it is sent. The library of this version knows no enforce_nonce.
type messageOut struct {
	payload
	Nonce     string     `json:"nonce,omitempty"`
	Enforce   bool       `json:"enforce_nonce,omitempty"`
	Reference *reference `json:"message_reference,omitempty"`
}

// reference makes a message a reply.
type reference struct {
	Message string `json:"message_id"`
	Strict  bool   `json:"fail_if_not_exists"`
}

// nonceOf is the desk's delivery id as Discord takes it: at most 25 characters. With enforce_nonce a second
// message of the same nonce within a few minutes is not made; the first comes back.
func nonceOf(id string) string {
	if len(id) <= 25 {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// spot is where a message goes.
type spot struct {
	channel string // The channel, thread or direct conversation that takes it.
	forum   bool   // The channel is a forum: the message begins a post.
	begin   place  // The card whose thread may have to be begun.
	reply   string // In a private room: the card it answers.
	room    bool   // A private room, in which it may be the first.
}

// Post sends a message. The delivery id goes with it as an enforced nonce; what it looks like is noted before,
// so that Find knows it again where a nonce is not remembered any more.
func (p *Platform) Post(ctx context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	a, g, err := p.at(to.Home.ID)
	if err != nil {
		return "", err
	}
	at, err := p.destination(ctx, a, g, to)
	if err != nil {
		channel := to.Channel
		for _, card := range cardOf(to) {
			channel = card.channel
		}
		return "", early(p.refusedIn(ctx, a, g, channel, err))
	}
	if about, err := parseRef(m.About); err == nil {
		if _, there, err := p.at(about.home); err == nil {
			m.Buttons = append(slices.Clone(m.Buttons), bot.LinkTo("https://discord.com/channels/"+there.id+"/"+about.channel+"/"+about.id))
		}
	}
	d := draw(m, p.reader(g, to.Home, to.Person))
	if err := remember(ctx, p.State, d.keep, p.Clock.Now()); err != nil {
		return "", &bot.SendError{Kind: bot.Temporary, Err: err}
	}
	p.sending(ctx, id, at, d)
	ref, made, err := p.put(ctx, a, to, at, d, id, m)
	if err != nil {
		return "", sendError(p.refusedIn(ctx, a, g, at.channel, err, cardOf(to)...))
	}
	p.taken(a, g, at.channel)
	p.sent(ctx, id, ref)
	if there, err := parseRef(ref); err == nil {
		p.noteFiles(context.WithoutCancel(ctx), there, d, nil, made)
	}
	p.rest(ctx, a, ref, d.more)
	return ref, nil
}

// cardOf is the card in whose thread a message goes, if any.
func cardOf(to bot.To) []place {
	if card, err := parseRef(to.Thread); err == nil {
		return []place{card}
	}
	return nil
}

// put makes the call or calls of a send.
func (p *Platform) put(ctx context.Context, a *app, to bot.To, at spot, d drawn, id string, m bot.Message) (ref bot.Ref, made sentIn, err error) {
	if at.forum {
		return p.newPost(ctx, a, to, at, d, m)
	}
	out := messageOut{payload: d.payload, Nonce: nonceOf(id), Enforce: id != ""}
	if at.reply != "" {
		out.Reference = &reference{Message: at.reply}
	}
	send := func() error {
		raw, err := a.do(ctx, request{method: http.MethodPost, path: "channels/" + at.channel + "/messages", body: out, files: d.files, again: id != ""})
		if err == nil {
			err = json.Unmarshal(raw, &made)
		}
		return err
	}
	if len(d.files) > 0 && at.begin.id != "" {
		// Files are not sent only to learn that nobody has begun the thread.
		_, err = p.channel(ctx, a, at.channel)
	}
	if codeOf(err) != 10003 {
		err = p.awake(ctx, a, at.channel, send)
	}
	if codeOf(err) == 10003 && at.begin.id != "" {
		// Nobody has begun the thread of this card yet.
		if err := p.beginThread(ctx, a, at.begin); err != nil {
			return "", made, early(err)
		}
		err = send()
	}
	if err != nil {
		return "", made, err
	}
	if at.room && at.reply == "" {
		p.noteRoot(ctx, at.channel, made.ID)
	}
	return place{p.nameOfHome(to), at.channel, made.ID}.ref(), made, nil
}

// nameOfHome is the home under which a message is named: in a channel that homes share, the first of them.
func (p *Platform) nameOfHome(to bot.To) string {
	if to.Person.ID == "" && (to.Channel == to.Home.Cases || to.Channel == to.Home.Review) {
		if _, g := p.guild(to.Home.Workspace); g != nil {
			return p.homeAt(g, to.Channel).ID
		}
	}
	return to.Home.ID
}

// longSleep is after how many minutes of silence Discord archives a thread: the longest it takes.
const longSleep = 10080

// beginThread begins the thread of a card. One that is there by now is as good.
func (p *Platform) beginThread(ctx context.Context, a *app, card place) error {
	var m messageIn
	if err := a.ask(ctx, "channels/"+card.channel+"/messages/"+card.id, &m); err != nil {
		return err
	}
	raw, err := a.call(ctx, http.MethodPost, "channels/"+card.channel+"/messages/"+card.id+"/threads", map[string]any{"name": titleOf(m.Content), "auto_archive_duration": longSleep})
	if codeOf(err) == 160004 {
		return nil
	}
	var c channelIn
	if err == nil && json.Unmarshal(raw, &c) == nil {
		p.know(c)
	}
	return err
}

// titleOf makes a thread's name of the first line of a card: plain words, at most 100 characters.
func titleOf(content string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(content), "\n")
	line = strings.NewReplacer(`\`, "", "*", "", "`", "", "~~", "").Replace(line)
	if line, _ = clip(oneLine(clean(line)), 100); blank(line) {
		return "Case"
	}
	return line
}

// newPost begins a post in a forum; its first message is the card.
func (p *Platform) newPost(ctx context.Context, a *app, to bot.To, at spot, d drawn, m bot.Message) (ref bot.Ref, made sentIn, err error) {
	title, _ := clip(oneLine(clean(bot.SpanText(m.Title, time.UTC))), 100)
	if blank(title) {
		title = titleOf(d.Content)
	}
	raw, err := a.do(ctx, request{method: http.MethodPost, path: "channels/" + at.channel + "/threads", files: d.files,
		body: map[string]any{"name": title, "auto_archive_duration": longSleep, "message": d.payload}})
	if err != nil {
		return "", made, err
	}
	var c struct {
		channelIn
		Message sentIn `json:"message"`
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return "", made, err
	}
	p.know(c.channelIn)
	return place{p.nameOfHome(to), c.ID, c.ID}.ref(), c.Message, nil
}

// rest sends the files that one message could not carry, after it. The message is there, so a failure is
// said and not made again.
func (p *Platform) rest(ctx context.Context, a *app, ref bot.Ref, files []bot.File) {
	at, _ := parseRef(ref)
	for len(files) > 0 {
		d := draw(bot.Message{Files: files}, reader{})
		files = d.more
		if _, err := a.do(ctx, request{method: http.MethodPost, path: "channels/" + at.channel + "/messages", body: messageOut{payload: d.payload}, files: d.files}); err != nil {
			p.Log.Error("files could not be shared in Discord", "channel", at.channel, "err", err)
			return
		}
	}
}

// destination finds where a message goes.
func (p *Platform) destination(ctx context.Context, a *app, g *server, to bot.To) (spot, error) {
	gone := func(err error) (spot, error) { return spot{}, &bot.SendError{Kind: bot.Permanent, Err: err} }
	if to.Person.ID != "" {
		user, ok := userOf(to.Person, g.id)
		if !ok {
			return gone(errors.New("the person has no account in this guild"))
		}
		channel, err := p.direct(ctx, a, user)
		return spot{channel: channel}, err
	}
	if to.Thread == "" {
		if !isSnowflake(to.Channel) {
			return gone(fmt.Errorf("%.40q is no channel of Discord", to.Channel))
		}
		c, err := p.channel(ctx, a, to.Channel)
		return spot{channel: to.Channel, forum: c.Type == forumChannel, room: c.Type == privateThread}, err
	}
	card, err := parseRef(to.Thread)
	switch {
	case err != nil:
		return gone(err)
	case card.channel == card.id: // The card of a forum's post stands in its thread.
		return spot{channel: card.id}, nil
	}
	c, err := p.channel(ctx, a, card.channel)
	switch {
	case err != nil:
		return spot{}, err
	case c.isThread(): // A private room, which has no threads.
		return spot{channel: card.channel, reply: card.id, room: true}, nil
	case c.Type == directChannel:
		return spot{channel: card.channel, reply: card.id}, nil
	}
	return spot{channel: card.id, begin: card}, nil
}

// direct opens the direct conversation with a user.
func (p *Platform) direct(ctx context.Context, a *app, user string) (string, error) {
	_, application := a.me()
	key := application + "/" + user
	p.mu.Lock()
	channel := p.directs[key]
	p.mu.Unlock()
	if channel != "" {
		return channel, nil
	}
	raw, err := a.do(ctx, request{method: http.MethodPost, path: "users/@me/channels", body: map[string]any{"recipient_id": user}, again: true})
	if err != nil {
		return "", err
	}
	var c channelIn
	if err := json.Unmarshal(raw, &c); err != nil {
		return "", err
	}
	p.mu.Lock()
	p.directs[key] = c.ID
	p.mu.Unlock()
	p.know(c)
	p.talked(ctx, a, c.ID)
	return c.ID, nil
}

// Edit replaces a message of ours. Of its files those that are there already are not sent again.
func (p *Platform) Edit(ctx context.Context, ref bot.Ref, m bot.Message) error {
	at, err := parseRef(ref)
	if err != nil {
		return &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	a, g, err := p.at(at.home)
	if err != nil {
		return err
	}
	home, _ := p.Dir.Home(at.home)
	d := draw(m, p.reader(g, home, desk.Person{}))
	if err := remember(ctx, p.State, d.keep, p.Clock.Now()); err != nil {
		return &bot.SendError{Kind: bot.Temporary, Err: err}
	}
	var now sentIn
	put := func(d drawn) error {
		return p.awake(ctx, a, at.channel, func() error {
			raw, err := a.do(ctx, request{method: http.MethodPatch, path: "channels/" + at.channel + "/messages/" + at.id, body: d.payload, files: d.files, again: true})
			if err == nil {
				err = json.Unmarshal(raw, &now)
			}
			return err
		})
	}
	had := p.filesAt(ctx, at)
	changes := d.keeping(had)
	err = put(changes)
	if len(had) > 0 && (statusOf(err) == http.StatusBadRequest || err == nil && !changes.kept(now)) {
		// What was there is gone by another hand: the message is made whole.
		had, changes, now = nil, d, sentIn{}
		err = put(changes)
	}
	if err != nil {
		return sendError(p.refusedIn(ctx, a, g, at.channel, err, at))
	}
	p.taken(a, g, at.channel)
	p.noteFiles(context.WithoutCancel(ctx), at, changes, had, now)
	return nil
}

// React sets the desk's own reaction on a message. One that is there already is as good.
func (p *Platform) React(ctx context.Context, ref bot.Ref, emoji string) error {
	at, err := parseRef(ref)
	if err != nil {
		return err
	}
	a, _, err := p.at(at.home)
	if err != nil {
		return err
	}
	return p.awake(ctx, a, at.channel, func() error {
		_, err := a.call(ctx, http.MethodPut, "channels/"+at.channel+"/messages/"+at.id+"/reactions/"+url.PathEscape(emojiOut(emoji))+"/@me", nil)
		return err
	})
}
