package discord

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// The types of first answer.
const (
	answerMessage  = 4
	answerDeferred = 5 // "Thinking": the words follow.
	answerQuiet    = 6 // To a press: nothing is shown.
	answerUpdate   = 7 // To a press: its message changes.
	answerChoices  = 8
	answerModal    = 9
)

// holdFor is how long the desk may take before a place is held for its answer. Discord waits three seconds
// for the first answer, and a modal can be nothing else.
const holdFor = 2 * time.Second

// deed is one act that is being answered.
type deed struct {
	app        *app
	at         where
	id, token  string // Of the interaction; empty: there is none, as with words and reactions.
	kind       int
	hasMessage bool              // Something on a message was used.
	private    bool              // That message only the person sees.
	asked      bool              // It is one with questions,
	meta       formMeta          // which carries this.
	typed      map[string]string // What a modal was filled with.
}

// answer hands an act in and shows the answer. One that takes too long for a first answer has its place held.
func (p *Platform) answer(ctx context.Context, t *deed, in *bot.Interaction) {
	done := make(chan bot.Answer, 1)
	p.background.Add()
	go func() {
		defer p.background.Done()
		var a bot.Answer
		defer func() { done <- a }()
		defer p.caught("an act")
		a = p.hand(ctx, in)
	}()
	late := time.NewTimer(holdFor)
	defer late.Stop()
	select {
	case a := <-done:
		p.show(ctx, t, in, a)
		return
	case <-late.C:
	}
	err := p.callback(ctx, t, answerDeferred, map[string]any{"flags": flagPrivate}, nil)
	if taken(err) {
		<-done // This act came twice, and the other one is answered.
		return
	}
	p.follow(ctx, t, in, <-done, err == nil)
}

// taken says that an interaction has had its first answer: it was delivered twice.
func taken(err error) bool { return codeOf(err) == 40060 }

// show shows the desk's answer to whoever acted.
func (p *Platform) show(ctx context.Context, t *deed, in *bot.Interaction, a bot.Answer) {
	if a.React != "" && in.Message != "" {
		if err := p.React(ctx, in.Message, a.React); err != nil {
			p.Log.Warn("a receipt could not be set", "err", err)
		}
	}
	if t.token == "" {
		switch {
		case a.Form != nil:
			p.private(ctx, t, offered(*a.Form), in.Person)
		case a.Message != nil && a.Public:
			p.public(ctx, t, *a.Message)
		case a.Message != nil:
			p.private(ctx, t, *a.Message, in.Person)
		}
		return
	}
	switch {
	case a.Form != nil:
		p.open(ctx, t, in, a)
	case a.Message == nil:
		p.nothing(ctx, t)
	case a.Public && in.Thread != "" && t.at.thread == "":
		// The form was asked for on a card; what all are told belongs into the card's thread.
		p.nothing(ctx, t)
		p.public(ctx, t, *a.Message)
	case a.Public:
		p.reply(ctx, t, in, answerMessage, draw(*a.Message, p.reader(t.at.guild, t.at.home, desk.Person{})), *a.Message)
	case t.asked && len(a.Message.Files) == 0:
		p.reply(ctx, t, in, answerUpdate, draw(*a.Message, p.reader(t.at.guild, t.at.home, in.Person)), *a.Message)
	default:
		m := *a.Message
		if !a.Done && len(t.typed) > 0 && (m.Tone == bot.ToneWarn || m.Tone == bot.ToneBad) {
			m = withTyped(m, t.typed) // A modal closes when it is sent: what was typed is given back.
		}
		d := draw(m, p.reader(t.at.guild, t.at.home, in.Person))
		d.Flags |= flagPrivate
		p.reply(ctx, t, in, answerMessage, d, m)
	}
}

// reply makes the first answer a message. Where that is too late by now, it goes another way.
func (p *Platform) reply(ctx context.Context, t *deed, in *bot.Interaction, kind int, d drawn, m bot.Message) {
	err := p.first(ctx, t, kind, d)
	if err == nil || taken(err) {
		return
	}
	p.Log.Warn("an answer could not be shown in its place", "err", err)
	if kind == answerMessage && d.Flags&flagPrivate == 0 {
		p.public(ctx, t, m)
		return
	}
	p.private(ctx, &deed{app: t.app, at: t.at}, m, in.Person)
}

// words draws a message for the person alone.
func (p *Platform) words(t *deed, m bot.Message) drawn {
	d := draw(m, reader{alone: true})
	d.Flags |= flagPrivate
	return d
}

// first gives a first answer that is a message.
func (p *Platform) first(ctx context.Context, t *deed, kind int, d drawn) error {
	if err := remember(ctx, p.State, d.keep, p.Clock.Now()); err != nil {
		return err
	}
	return p.callback(ctx, t, kind, d.payload, d.files)
}

// callback gives the first answer. One whose own answer was lost is given again: Discord takes the second for
// a repetition.
func (p *Platform) callback(ctx context.Context, t *deed, kind int, data any, files []bot.File) error {
	r := request{method: http.MethodPost, path: "interactions/" + t.id + "/" + t.token + "/callback", body: map[string]any{"type": kind, "data": data}, files: files, free: true, again: true}
	_, err := t.app.do(ctx, r)
	return err
}

// nothing ends an act that shows nothing.
func (p *Platform) nothing(ctx context.Context, t *deed) {
	if t.kind == aComponent || t.hasMessage {
		if err := p.callback(ctx, t, answerQuiet, nil, nil); err != nil && !taken(err) {
			p.Log.Warn("a press could not be acknowledged", "err", err)
		}
		return
	}
	err := p.callback(ctx, t, answerDeferred, map[string]any{"flags": flagPrivate}, nil)
	if err == nil {
		p.clear(ctx, t)
	} else if !taken(err) {
		p.Log.Warn("a command could not be acknowledged", "err", err)
	}
}

// original is the address of the first answer; it works for fifteen minutes.
func (p *Platform) original(t *deed) string {
	_, application := t.app.me()
	return "webhooks/" + application + "/" + t.token + "/messages/@original"
}

// clear takes the held place away.
func (p *Platform) clear(ctx context.Context, t *deed) {
	if _, err := t.app.do(ctx, request{method: http.MethodDelete, path: p.original(t), again: true, free: true}); err != nil {
		p.Log.Warn("a held place could not be cleared", "err", err)
	}
}

// open shows a form: as a modal, or as a message with questions.
func (p *Platform) open(ctx context.Context, t *deed, in *bot.Interaction, a bot.Answer) {
	f, r := *a.Form, p.reader(t.at.guild, t.at.home, in.Person)
	var err error
	switch {
	case f.InMessage && t.asked:
		meta := p.meta(t, in, f)
		meta.Page = t.meta.Page
		err = p.first(ctx, t, answerUpdate, questions(f, meta, r))
	case f.InMessage:
		d := questions(f, p.meta(t, in, f), r)
		d.Flags |= flagPrivate
		err = p.first(ctx, t, answerMessage, d)
	case t.kind == aModal:
		d := p.words(t, offered(f))
		err = p.first(ctx, t, answerMessage, d) // A modal never follows another.
	default:
		m, keep := dialog(f, p.meta(t, in, f), r)
		if err = remember(ctx, p.State, keep, p.Clock.Now()); err == nil {
			err = p.callback(ctx, t, answerModal, m, nil)
		}
	}
	if err != nil && !taken(err) {
		p.Log.Warn("a form could not be opened", "form", f.Name, "err", err)
		p.private(ctx, &deed{app: t.app, at: t.at}, offered(f), in.Person)
	}
	if a.Message != nil && err == nil {
		p.private(ctx, &deed{app: t.app, at: t.at}, *a.Message, in.Person)
	}
}

// meta is what travels with a form that is asked for here.
func (p *Platform) meta(t *deed, in *bot.Interaction, f bot.Form) formMeta {
	meta := formMeta{Home: t.at.home.ID, Channel: in.Channel, Thread: string(t.at.root)}
	if meta.Thread == "" && in.Kind == bot.Press && f.Case != "" && !t.at.direct && !t.private {
		meta.Thread = string(in.Message) // What a form on a card answers belongs into the card's thread.
	}
	return meta
}

// offered is a message with the way to a form that could not be opened at once.
func offered(f bot.Form) bot.Message {
	m := bot.Say("The form is ready. What you typed so far is kept.")
	do := f.Name
	if page, name, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(f.Name, "page/"), "mend/"), "/"); ok {
		do = "form " + name + " " + page // A page of a long form is opened by its number.
	}
	if f.Case != "" {
		do += " " + f.Case
	}
	m.Buttons = []bot.Button{{Label: "Open the form", Do: do, Style: bot.ButtonPrimary}}
	return m
}

// follow gives an answer whose place was held. held is false when not even that came in time.
func (p *Platform) follow(ctx context.Context, t *deed, in *bot.Interaction, a bot.Answer, held bool) {
	r := p.reader(t.at.guild, t.at.home, in.Person)
	after := &deed{app: t.app, at: t.at}
	if a.Form != nil && !a.Form.InMessage {
		m := offered(*a.Form)
		a.Message, a.Form, a.Public = &m, nil, false
	}
	switch {
	case !held:
		p.show(ctx, after, in, a)
		return
	case a.Form == nil && a.Message == nil:
		p.clear(ctx, t)
	case a.Form == nil && a.Public:
		p.clear(ctx, t)
		p.public(ctx, after, *a.Message)
		return
	}
	var d drawn
	switch {
	case a.Form != nil:
		d = questions(*a.Form, p.meta(t, in, *a.Form), r)
	case a.Message != nil:
		d = draw(*a.Message, r)
	default:
		return
	}
	err := remember(ctx, p.State, d.keep, p.Clock.Now())
	if err == nil {
		_, err = t.app.do(ctx, request{method: http.MethodPatch, path: p.original(t), body: d.payload, files: d.files, again: true, free: true})
	}
	if err == nil {
		return
	}
	p.Log.Warn("a late answer could not be put in its place", "err", err)
	var m bot.Message
	if a.Message != nil {
		m = *a.Message
	} else {
		m = offered(*a.Form)
	}
	p.private(ctx, after, m, in.Person)
}

// private answers one person where there is no interaction to answer: in the direct conversation.
func (p *Platform) private(ctx context.Context, t *deed, m bot.Message, who desk.Person) {
	if who.ID == "" {
		who = desk.Person{ID: string(account(t.at.guild.id, t.at.user))}
	}
	to := bot.To{Home: t.at.home, Person: who}
	if _, ok := userOf(who, t.at.guild.id); !ok {
		// Somebody of another guild, who is listed there.
		own, _ := splitAccount(t.at.account)
		if home, ok := p.Dir.HomeAt(Name, own); ok {
			to.Home = home
		}
	}
	_, err := p.Post(ctx, to, m, "")
	if err == nil {
		return
	}
	p.Log.Warn("an answer could not be given in a direct message", "err", err)
	if t.at.direct {
		return
	}
	// Others read here, so only the way is said.
	say := payload{Content: fmt.Sprintf("<@%s> I could not write to you. Allow direct messages from members of this server, or use /case here.", t.at.user),
		Embeds: []embed{}, Components: []component{}, Attachments: []attached{}, Mentions: mentions{Parse: []string{}, Users: []string{t.at.user}}}
	channel := t.at.thread
	if channel == "" {
		channel = t.at.channel
	}
	if _, err := t.app.call(ctx, http.MethodPost, "channels/"+channel+"/messages", say); err != nil {
		p.Log.Warn("nor could that be said", "err", err)
	}
}

// public answers everybody where it happened.
func (p *Platform) public(ctx context.Context, t *deed, m bot.Message) {
	if _, err := p.Post(ctx, bot.To{Home: t.at.home, Channel: t.at.channel, Thread: t.at.root}, m, ""); err != nil {
		p.Log.Warn("an answer could not be shown to all", "channel", t.at.channel, "err", err)
	}
}

// withTyped gives back what somebody typed into a form that did not go through.
func withTyped(m bot.Message, typed map[string]string) bot.Message {
	m.Blocks = slices.Clone(m.Blocks)
	first := true
	for _, key := range slices.Sorted(maps.Keys(typed)) {
		if strings.TrimSpace(typed[key]) == "" {
			continue
		}
		if first {
			m.Blocks = append(m.Blocks, bot.P(bot.B("What you typed:")))
			first = false
		}
		m.Blocks = append(m.Blocks, bot.Q(typed[key]))
	}
	return m
}
