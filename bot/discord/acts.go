package discord

import (
	"context"
	"encoding/json"
	"errors"

	"casebot/bot"
)

// The types of interaction (docs.discord.com/developers/interactions/receiving-and-responding).
const (
	aCommand    = 2
	aComponent  = 3
	aCompletion = 4
	aModal      = 5
)

// interactionIn is an act that wants an answer. What it carries is read from the JSON itself, because the
// library of this version loses labels and uploads and ends the process over parts it does not know.
type interactionIn struct {
	ID          string          `json:"id"`
	Application string          `json:"application_id"`
	Type        int             `json:"type"`
	Data        json.RawMessage `json:"data"`
	GuildID     string          `json:"guild_id"`
	ChannelID   string          `json:"channel_id"`
	Channel     *channelIn      `json:"channel"`
	Member      *memberIn       `json:"member"`
	User        *userIn         `json:"user"`
	Token       string          `json:"token"`
	Message     json.RawMessage `json:"message"`
}

// by is who acts.
func (x *interactionIn) by() *userIn {
	if x.Member != nil && x.Member.User != nil {
		return x.Member.User
	}
	return x.User
}

// on is the message that the act is about, as far as it can be read.
func (x *interactionIn) on() *messageIn {
	var m messageIn
	if len(x.Message) == 0 || json.Unmarshal(x.Message, &m) != nil || !isSnowflake(m.ID) {
		return nil
	}
	return &m
}

// flagPrivate marks a message that one person sees.
const flagPrivate = 1 << 6

// interaction takes an act in and answers it.
func (p *Platform) interaction(ctx context.Context, a *app, raw json.RawMessage) {
	var x interactionIn
	if err := json.Unmarshal(raw, &x); err != nil {
		p.Log.Warn("an interaction of Discord could not be read", "err", err)
		return
	}
	u := x.by()
	if u == nil || !isSnowflake(u.ID) || !isSnowflake(x.ID) || x.Token == "" {
		return
	}
	if x.Channel != nil && isSnowflake(x.Channel.ID) {
		// It comes along in full, so nobody has to be asked while the person waits.
		if x.Channel.GuildID == "" {
			x.Channel.GuildID = x.GuildID
		}
		p.mu.Lock()
		if _, known := p.rooms[x.Channel.ID]; !known {
			p.rooms[x.Channel.ID] = *x.Channel
		}
		p.mu.Unlock()
	}
	at, ok := p.where(ctx, a, x.GuildID, x.ChannelID, u.ID)
	t := &deed{app: a, at: at, id: x.ID, token: x.Token, kind: x.Type}
	if !ok {
		if x.Type != aCompletion {
			p.first(ctx, t, answerMessage, p.words(t, bot.Say("The desk does not serve this server.")))
		}
		return
	}
	in := &bot.Interaction{Account: at.account, Name: called(u, x.Member), Home: at.home.ID, Channel: at.channel, Thread: at.root, Direct: at.direct, At: p.Clock.Now()}
	in.Groups = p.groupsOf(at, x.Member)
	if m := x.on(); m != nil {
		in.Message = place{at.home.ID, x.ChannelID, m.ID}.ref()
		t.private = m.Flags&flagPrivate != 0
		t.hasMessage = true
		if in.Thread == in.Message {
			in.Thread = ""
		}
	}
	switch x.Type {
	case aCommand:
		p.commanded(ctx, t, &x, in)
	case aCompletion:
		p.completing(ctx, t, &x, in)
	case aComponent:
		p.pressed(ctx, t, &x, in)
	case aModal:
		p.submitted(ctx, t, &x, in)
	}
}

// commanded takes in a command that was typed or picked from a menu.
func (p *Platform) commanded(ctx context.Context, t *deed, x *interactionIn, in *bot.Interaction) {
	c, err := readCommand(x.Data, false, p.Commands)
	if err != nil {
		p.lost(ctx, t, err)
		return
	}
	in.ID, in.Kind, in.Text = "c/"+x.ID, c.kind, c.line
	in.Files = p.filesIn(t.app, "", "", c.files)
	if c.kind == bot.Picked {
		var m messageIn
		if json.Unmarshal(c.message, &m) != nil || !isSnowflake(m.ID) {
			p.lost(ctx, t, errShape)
			return
		}
		m.forwarded()
		in.ID, in.At = "p/"+x.ID, timeOf(m.ID)
		in.Message = place{t.at.home.ID, x.ChannelID, m.ID}.ref()
		in.Text, _ = p.plainWords(t.app, t.at.guild, m.Content, m.Mentions)
		in.Files = p.filesIn(t.app, x.ChannelID, m.ID, m.Files)
	}
	p.answer(ctx, t, in)
}

// completing offers how a command could go on. Nothing is shown where the desk has nothing to offer in time.
func (p *Platform) completing(ctx context.Context, t *deed, x *interactionIn, in *bot.Interaction) {
	c, err := readCommand(x.Data, true, p.Commands)
	if err != nil {
		p.callback(ctx, t, answerChoices, map[string]any{"choices": []choiceOut{}}, nil)
		return
	}
	in.ID, in.Kind, in.Text = "o/"+x.ID, bot.Complete, c.line
	a := p.hand(ctx, in)
	if err := p.callback(ctx, t, answerChoices, map[string]any{"choices": c.choices(a.Completions)}, nil); err != nil {
		p.Log.Debug("completions came too late", "err", err)
	}
}

// pressed takes in the use of a button or a menu.
func (p *Platform) pressed(ctx context.Context, t *deed, x *interactionIn, in *bot.Interaction) {
	got, err := readPress(ctx, p.State, x.Data, x.Message)
	if err != nil {
		p.lost(ctx, t, err)
		return
	}
	in.ID, in.Kind, in.Text = "a/"+x.ID, bot.Press, got.line
	if got.kind == doID {
		p.answer(ctx, t, in)
		return
	}
	// A message with questions: each pick asks for it again, the button hands it in.
	t.asked, t.meta = true, got.meta
	p.fill(t, in, got)
	in.ID, in.Kind, in.Text, in.Message = "r/"+x.ID, bot.Refresh, "", ""
	if got.kind == sendID {
		in.ID, in.Kind = "v/"+x.ID, bot.Submit
	}
	p.answer(ctx, t, in)
}

// submitted takes in a modal that was sent.
func (p *Platform) submitted(ctx context.Context, t *deed, x *interactionIn, in *bot.Interaction) {
	got, err := readDialog(ctx, p.State, x.Data)
	if err != nil {
		// What was typed must not be lost with it: the person gets it back.
		m := bot.Say(lostWords)
		m.Tone = bot.ToneWarn
		p.first(ctx, t, answerMessage, p.words(t, withTyped(m, got.values)))
		if !errors.Is(err, errLost) {
			p.Log.Warn("a form could not be read", "err", err)
		}
		return
	}
	t.typed = got.values
	p.fill(t, in, got)
	in.ID, in.Kind, in.Message = "v/"+x.ID, bot.Submit, ""
	in.Files = p.filesIn(t.app, "", "", got.files)
	p.answer(ctx, t, in)
}

// fill puts what a form carries and what it was filled with into an interaction.
func (p *Platform) fill(t *deed, in *bot.Interaction, got acted) {
	in.Form, in.Case, in.Draft, in.Values = got.meta.Form, got.meta.Case, got.meta.Draft, got.values
	if _, ok := p.Dir.Home(got.meta.Home); !ok || got.meta.Channel == "" {
		return
	}
	// The answer goes where the form was asked for; a form about a card belongs into the card's thread.
	in.Home, in.Channel = got.meta.Home, got.meta.Channel
	if _, err := parseRef(bot.Ref(got.meta.Thread)); err == nil {
		in.Thread = bot.Ref(got.meta.Thread)
		t.at.root = in.Thread
	}
}

// lost tells somebody that what they used can't be carried out any more.
func (p *Platform) lost(ctx context.Context, t *deed, err error) {
	m := bot.Say(lostWords)
	switch {
	case errors.Is(err, errLost):
	case errors.Is(err, errForeign), errors.Is(err, errShape):
		p.Log.Warn("something of Discord's could not be read", "err", err)
		m = bot.Say("The desk does not know this. Its commands may have changed: try /case help.")
	default:
		p.Log.Error("what a button carries could not be looked up", "err", err)
		m = bot.Say("The desk can't reach its store at the moment. Try again in a minute.")
	}
	m.Tone = bot.ToneWarn
	p.first(ctx, t, answerMessage, p.words(t, m))
}
