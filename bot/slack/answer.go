package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
	"casebot/desk"
)

// spot is where an answer goes, and by which ways.
type spot struct {
	team     *team
	home     desk.Home
	channel  string
	root     string // The thread's time stamp.
	direct   bool
	user     string
	trigger  string
	response string // The response address of a command or press.
	view     string // The view that the answer is about.
	loading  string // A view that holds the place of a form that is late.
}

// place finds where an interaction happened.
func (p *Platform) place(t *team, in *bot.Interaction) *spot {
	s := &spot{team: t, channel: in.Channel, direct: in.Direct}
	if h, ok := p.Dir.Home(in.Home); ok && h.Workspace == t.id {
		s.home = h
	} else {
		s.home = t.homes[0]
	}
	if in.Thread != "" {
		if at, err := parseRef(in.Thread); err == nil {
			s.root = at.ts
		}
	}
	author, user := splitAccount(in.Account)
	s.user = user
	if own := p.team(author); own != nil && p.reads(own, in.Channel) {
		s.team = own // In a shared channel everybody is answered by their own workspace's app.
	}
	return s
}

// reads says whether a workspace has a home in a channel.
func (p *Platform) reads(t *team, channel string) bool {
	for _, h := range t.homes {
		if channel != "" && h.Cases == channel {
			return true
		}
	}
	return false
}

// splitAccount takes the desk's name of a user apart.
func splitAccount(a desk.Account) (team, user string) {
	rest := string(a)
	for i, n := len(rest)-1, 0; i >= 0 && n == 0; i-- {
		if rest[i] == '/' {
			user, rest = rest[i+1:], rest[:i]
			n++
		}
	}
	for i := len(rest) - 1; i >= 0; i-- {
		if rest[i] == '/' {
			return rest[i+1:], user
		}
	}
	return rest, user
}

// inTime hands an interaction in. When the answer takes so long that the trigger might die, a view is
// opened that holds the place: what comes is shown there.
func (p *Platform) inTime(ctx context.Context, at *spot, in *bot.Interaction) bot.Answer {
	if at.trigger == "" {
		return p.hand(ctx, in)
	}
	held := make(chan struct{})
	late := time.AfterFunc(openAfter, func() {
		defer close(held)
		defer p.caught("holding a form's place")
		trigger := at.trigger
		at.trigger = ""
		if v, err := at.team.web().OpenViewContext(ctx, trigger, waiting()); err == nil {
			at.loading = v.ID
		}
	})
	defer func() {
		if !late.Stop() {
			<-held
		}
	}()
	defer p.caught("an act")
	return p.hand(ctx, in)
}

// show shows the desk's answer to whoever acted.
func (p *Platform) show(ctx context.Context, at *spot, in *bot.Interaction, a bot.Answer) {
	if a.React != "" && in.Message != "" {
		if err := p.React(ctx, in.Message, a.React); err != nil {
			p.Log.Warn("a receipt could not be set", "err", err)
		}
	}
	if a.Form != nil {
		p.open(ctx, at, in, *a.Form)
	}
	if a.Message == nil {
		return
	}
	if at.loading != "" && a.Form == nil {
		p.inView(ctx, at, *a.Message, in.Person)
		return
	}
	if a.Public {
		p.public(ctx, at, *a.Message)
		return
	}
	p.private(ctx, at, *a.Message, in.Person)
}

// open opens a form, or puts it where its place is held. Where it can't be opened any more the person is
// told, and what they typed is a draft.
func (p *Platform) open(ctx context.Context, at *spot, in *bot.Interaction, f bot.Form) {
	meta := formMeta{Home: at.home.ID, Channel: at.channel, Thread: at.root, Direct: at.direct}
	if at.root == "" && in.Kind == bot.Press {
		// What a form on a card answers belongs into the card's thread.
		if m, err := parseRef(in.Message); err == nil && f.Case != "" && !at.direct {
			meta.Thread = m.ts
		}
	}
	v := view(f, meta, p.reader(at.team, at.home, in.Person), nil)
	var err error
	switch {
	case units(v.PrivateMetadata) > maxMeta:
		err = errors.New("the form carries more than Slack takes")
	case at.loading != "":
		_, err = at.team.web().UpdateViewContext(ctx, v, "", "", at.loading)
	case at.trigger != "":
		_, err = at.team.web().OpenViewContext(ctx, at.trigger, v)
	default:
		err = errors.New("nothing was pressed that opens a form")
	}
	if err == nil {
		return
	}
	p.Log.Warn("a form could not be opened", "form", f.Name, "err", err)
	m := bot.Say("The form could not be opened in time. What you had typed is kept. Open it again.")
	m.Tone = bot.ToneWarn
	do := f.Name
	if f.Case != "" {
		do += " " + f.Case
	}
	m.Buttons = []bot.Button{{Label: "Open the form", Do: do, Style: bot.ButtonPrimary}}
	p.private(ctx, at, m, in.Person)
}

// ephemeral is the body that answers a slash command: seen by the one who typed it, also where the desk
// is no member of the channel.
func (p *Platform) ephemeral(at *spot, m bot.Message, who desk.Person) any {
	return answerBody{"ephemeral", p.shown(at, m, who)}
}

// shown draws an answer for one person. One that is too long for a message ends in "…", says where the whole of it
// is, and goes there: to the direct conversation, where the rest comes along as a file.
func (p *Platform) shown(at *spot, m bot.Message, who desk.Person) drawn {
	r := p.reader(at.team, at.home, who)
	d := draw(m, r)
	if !d.cut || at.direct || len(m.Blocks) == 0 {
		return d
	}
	whole, to := m, *at
	p.spawn("the whole of a long answer", func(ctx context.Context) { p.directly(ctx, &to, whole, who) })
	m.Footer = append(append([]bot.Span{}, m.Footer...), bot.T(" The whole text is in your direct messages with this app."))
	return draw(m, r)
}

// private answers one person. In a channel it is an ephemeral message; where Slack shows none, and where
// files come along, it is a direct message.
func (p *Platform) private(ctx context.Context, at *spot, m bot.Message, who desk.Person) {
	if len(m.Files) > 0 || at.channel == "" {
		p.directly(ctx, at, m, who)
		return
	}
	d := p.shown(at, m, who)
	if d.cut && at.direct {
		p.directly(ctx, at, m, who) // With the rest as a file.
		return
	}
	options := []api.MsgOption{api.MsgOptionText(d.text, false), api.MsgOptionBlocks(d.blocks...), api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl()}
	if at.root != "" {
		options = append(options, api.MsgOptionTS(at.root))
	}
	if !at.direct {
		_, err := at.team.web().PostEphemeralContext(ctx, p.today(at.channel), at.user, options...)
		if err == nil {
			return
		}
		p.refusedIn(ctx, at.team, at.channel, err)
		if at.response != "" {
			err = p.respond(ctx, at.response, answerBody{"ephemeral", d})
			if err == nil {
				return
			}
		}
		p.Log.Warn("an answer could not be shown in its channel", "channel", at.channel, "err", err)
	}
	if at.direct {
		if _, _, err := at.team.web().PostMessageContext(ctx, at.channel, options...); err == nil {
			return
		}
	}
	p.directly(ctx, at, m, who)
}

// directly answers in the direct conversation.
func (p *Platform) directly(ctx context.Context, at *spot, m bot.Message, who desk.Person) {
	if who.ID == "" {
		who = desk.Person{ID: string(account(at.team.id, at.user))}
	}
	if _, ok := userOf(who, at.team.id); !ok {
		return // Somebody of another workspace, whom this installation cannot write to.
	}
	if _, err := p.Post(ctx, bot.To{Home: at.home, Person: who}, m, ""); err != nil {
		p.Log.Warn("an answer could not be given", "err", err)
	}
}

// public answers everybody where it happened.
func (p *Platform) public(ctx context.Context, at *spot, m bot.Message) {
	to := bot.To{Home: at.home, Channel: at.channel}
	if at.root != "" {
		to.Thread = p.refAt(at.team, at.channel, at.root)
	}
	_, err := p.Post(ctx, to, m, "")
	if err == nil {
		return
	}
	if at.response != "" {
		d := draw(m, p.reader(at.team, at.home, desk.Person{}))
		err = p.respond(ctx, at.response, answerBody{"in_channel", d})
	}
	if err != nil {
		p.Log.Warn("an answer could not be shown to all", "channel", at.channel, "err", err)
	}
}

// respond answers at the address that came with a command or a press; it lives half an hour and takes five
// answers. slack-go sends empty metadata along there, which is refused, so the request is made here.
func (p *Platform) respond(ctx context.Context, address string, body any) error {
	if err := p.slackAddress(address); err != nil {
		return err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if said, _ := io.ReadAll(io.LimitReader(res.Body, 1000)); res.StatusCode != http.StatusOK || bytes.Contains(said, []byte(`"ok":false`)) {
		return fmt.Errorf("the answer of Slack was %s: %s", res.Status, said)
	}
	return nil
}

// inView shows a message in the view that held the place of an answer.
func (p *Platform) inView(ctx context.Context, at *spot, m bot.Message, who desk.Person) {
	d := draw(m, p.reader(at.team, at.home, who))
	v := view(bot.Form{Title: "Case desk"}, formMeta{Home: at.home.ID, Channel: at.channel, Thread: at.root, Direct: at.direct}, reader{}, nil)
	v.CallbackID = "answer"
	v.Blocks = api.Blocks{BlockSet: d.blocks}
	if _, err := at.team.web().UpdateViewContext(ctx, v, "", "", at.loading); err != nil {
		p.Log.Warn("a late answer could not be shown", "err", err)
	}
}

// publish shows somebody's page with the desk (App Home).
func (p *Platform) publish(ctx context.Context, t *team, user string, m bot.Message, who desk.Person) {
	d := draw(m, p.reader(t, t.homes[0], who))
	v := api.HomeTabViewRequest{Type: api.VTHomeTab, Blocks: api.Blocks{BlockSet: d.blocks}}
	err := p.patient(ctx, func() error {
		_, err := t.web().PublishViewContext(ctx, api.PublishViewContextRequest{UserID: user, View: v})
		return err
	})
	if err != nil {
		p.Log.Warn("a page could not be shown", "err", err)
	}
}
