package playground

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// who is the part a visitor plays: a user of a home.
type who struct {
	home desk.Home
	user string
	name string
	desk.Person
}

// where is the place something happens in.
type where struct {
	channel string
	root    int64
}

// deed is one thing a user did, kept until the desk has taken it: a program that is killed in between
// passes it on at the next start, under the same id.
type deed struct {
	ID      string              `json:"id"`
	Kind    bot.InteractionKind `json:"kind"`
	Home    string              `json:"home"`
	User    string              `json:"user"`
	Channel string              `json:"channel"`
	Root    int64               `json:"root,omitempty"`
	Message int64               `json:"message,omitempty"`
	Emoji   string              `json:"emoji,omitempty"`
	Text    string              `json:"text,omitempty"`

	form  *formIn // Submit and Refresh: not kept, the page still holds it.
	again bool    // The desk did not know the message when it was told first.
}

// formIn is what a page sends of a dialog.
type formIn struct {
	Form, Case, Draft string
	Values            map[string]string
	Files             []bot.FileIn
}

var (
	errRefused  = errors.New("that is not yours to change")
	errNoPlace  = errors.New("there is no such place in this workspace")
	errNoButton = errors.New("that button is gone")
)

// play finds who a visitor plays.
func (p *Platform) play(home, user string) (who, error) {
	h, ok := p.dir.Home(home)
	if !ok || h.Platform != Name {
		return who{}, errNoPlace
	}
	person, ok := p.dir.ByAccount(accountOf(h.Workspace, user), user)
	if !ok {
		return who{}, errNoPlace
	}
	return who{home: h, user: user, name: person.Name, Person: person}, nil
}

// say stores what somebody said and passes it to the desk. The same nonce again is the same message.
func (p *Platform) say(ctx context.Context, w who, at where, text string, files []bot.File, nonce string) (bot.Answer, error) {
	if err := p.mayBeIn(w, at); err != nil {
		return bot.Answer{}, err
	}
	kept, blobs := p.filesOf(files)
	m := &message{Home: w.home.ID, Channel: at.channel, Root: at.root, User: w.user, Text: text, Files: kept, At: p.clock.Now(), Delivery: "said/" + w.user + "/" + nonce}
	if err := p.add(ctx, m, blobs); err != nil {
		return bot.Answer{}, err
	}
	return p.pass(ctx, deed{ID: p.eventID("said", itoa(m.ID)), Kind: bot.Said, Home: m.Home, User: w.user, Channel: m.Channel, Root: m.Root, Message: m.ID, Text: text})
}

// command runs what stands after "/case". Nothing of it is shown to anybody but by the answer.
func (p *Platform) command(ctx context.Context, w who, at where, text, nonce string) (bot.Answer, error) {
	if err := p.mayBeIn(w, at); err != nil {
		return bot.Answer{}, err
	}
	return p.pass(ctx, deed{ID: p.eventID("command", nonce), Kind: bot.Command, Home: w.home.ID, User: w.user, Channel: at.channel, Root: at.root, Text: text})
}

// press presses the button of that number under a message.
func (p *Platform) press(ctx context.Context, w who, id int64, button int, nonce string) (bot.Answer, error) {
	m, err := p.visible(w, id)
	if err != nil {
		return bot.Answer{}, err
	}
	if m.Told == nil || button < 0 || button >= len(m.Told.Buttons) || m.Told.Buttons[button].Do == "" {
		return bot.Answer{}, errNoButton
	}
	return p.pass(ctx, deed{ID: p.eventID("press", nonce), Kind: bot.Press, Home: m.Home, User: w.user, Channel: m.Channel, Root: m.Root, Message: id, Text: m.Told.Buttons[button].Do})
}

// react sets or takes away a reaction. What is as asked already stays so and is told to nobody.
func (p *Platform) react(ctx context.Context, w who, id int64, emoji string, on bool, nonce string) (bot.Answer, error) {
	m, err := p.visible(w, id)
	if err != nil {
		return bot.Answer{}, err
	}
	if m.For != "" || m.Gone {
		return bot.Answer{}, errRefused
	}
	same := false
	err = p.change(ctx, id, func(m *message) error {
		i := slices.IndexFunc(m.Reacts, func(r reaction) bool { return r.Emoji == emoji })
		same = on == (i >= 0 && slices.Contains(m.Reacts[i].Users, w.user))
		m.Reacts = toggled(m.Reacts, emoji, w.user, on)
		return nil
	})
	if err != nil || same {
		return bot.Answer{}, err
	}
	kind := bot.React
	if !on {
		kind = bot.Unreact
	}
	return p.pass(ctx, deed{ID: p.eventID("react", nonce), Kind: kind, Home: m.Home, User: w.user, Channel: m.Channel, Root: m.Root, Message: id, Emoji: emoji})
}

// edit changes one's own message; an empty text without files takes it away.
func (p *Platform) edit(ctx context.Context, w who, id int64, text string, remove bool, nonce string) (bot.Answer, error) {
	m, err := p.visible(w, id)
	if err != nil {
		return bot.Answer{}, err
	}
	if m.User != w.user || m.Gone {
		return bot.Answer{}, errRefused
	}
	now := p.clock.Now()
	err = p.change(ctx, id, func(m *message) error {
		if remove {
			m.Text, m.Files, m.Gone = "", nil, true
			return nil
		}
		m.Text, m.Edited = text, now
		return nil
	})
	if err != nil {
		return bot.Answer{}, err
	}
	kind := bot.Edited
	if remove {
		kind = bot.Deleted
	}
	return p.pass(ctx, deed{ID: p.eventID("edit", nonce), Kind: kind, Home: m.Home, User: w.user, Channel: m.Channel, Root: m.Root, Message: id, Text: text})
}

// dismiss takes a private answer off one's own page.
func (p *Platform) dismiss(ctx context.Context, w who, id int64) error {
	return p.change(ctx, id, func(m *message) error {
		if m.For != w.user {
			return errRefused
		}
		m.Gone, m.Told = true, nil
		return nil
	})
}

// form passes on a dialog that was sent, or one that has changed.
func (p *Platform) form(ctx context.Context, w who, at where, kind bot.InteractionKind, in formIn, nonce string) (bot.Answer, error) {
	if err := p.mayBeIn(w, at); err != nil {
		return bot.Answer{}, err
	}
	return p.pass(ctx, deed{ID: p.eventID(string(kind), nonce), Kind: kind, Home: w.home.ID, User: w.user, Channel: at.channel, Root: at.root, form: &in})
}

// complete asks what could stand next in a command line.
func (p *Platform) complete(ctx context.Context, w who, at where, text string) ([]bot.Option, error) {
	if err := p.mayBeIn(w, at); err != nil {
		return nil, err
	}
	answer, err := p.pass(ctx, deed{ID: p.eventID("complete", token()), Kind: bot.Complete, Home: w.home.ID, User: w.user, Channel: at.channel, Root: at.root, Text: text})
	return answer.Completions, err
}

// pass hands a deed to the desk and shows the answer. What has changed the conversation already is
// kept first, so that no kill comes between the message and its effect.
func (p *Platform) pass(ctx context.Context, d deed) (bot.Answer, error) {
	p.mu.Lock()
	inbox := p.inbox
	p.mu.Unlock()
	lasting := d.Message != 0 && d.Kind != bot.Press
	if lasting {
		ctx = context.WithoutCancel(ctx) // It is in the conversation, whether the page stays or goes.
		if err := p.keep(ctx, "pend/"+d.ID, d); err != nil {
			return bot.Answer{}, err
		}
	}
	if inbox == nil {
		if lasting {
			p.mu.Lock()
			p.pending = append(p.pending, d)
			p.mu.Unlock()
		}
		return bot.Answer{}, errNotYet
	}
	if p.misses(d) {
		return bot.Answer{}, nil
	}
	in, err := p.interaction(d)
	if err != nil {
		return bot.Answer{}, err
	}
	answer := inbox.Handle(ctx, in)
	if err := p.show(ctx, d, answer); err != nil {
		return answer, err
	}
	if in.Unknown && lasting && p.keepUnknown(d) {
		return answer, nil
	}
	if lasting {
		return answer, p.forget(ctx, "pend/"+d.ID)
	}
	return answer, nil
}

// interaction puts a deed into the desk's terms.
func (p *Platform) interaction(d deed) (*bot.Interaction, error) {
	w, err := p.play(d.Home, d.User)
	if err != nil {
		return nil, err
	}
	_, direct := directUser(d.Channel)
	in := &bot.Interaction{
		ID: d.ID, Kind: d.Kind, Platform: Name, Account: accountOf(w.home.Workspace, d.User), Name: w.name,
		Home: d.Home, Channel: d.Channel, Text: d.Text, Emoji: d.Emoji, Direct: direct, At: p.clock.Now(),
	}
	if d.Root != 0 {
		in.Thread = makeRef(d.Home, d.Channel, d.Root)
	}
	if d.Message != 0 {
		in.Message = makeRef(d.Home, d.Channel, d.Message)
	}
	in.ReadBack, in.Foreign = d.again, p.posted(d) == nil
	if d.Kind == bot.Said || d.Kind == bot.Edited {
		in.Text, in.Mention = addressed(d.Text)
	}
	if m := p.message(d.Message); m != nil && d.Kind == bot.Said {
		in.At = m.At
		for _, f := range m.Files {
			in.Files = append(in.Files, bot.FileIn{Name: f.Name, Type: f.Type, Size: f.Size, Open: func() ([]byte, error) { return p.blob(f.ID) }})
		}
	}
	if d.form != nil {
		in.Form, in.Case, in.Draft, in.Values, in.Files = d.form.Form, d.form.Case, d.form.Draft, d.form.Values, d.form.Files
	}
	return in, nil
}

// show puts an answer into the conversation: what is public where everybody reads it, the rest for
// the one person. What goes into a dialog that stays open is left to the page.
func (p *Platform) show(ctx context.Context, d deed, a bot.Answer) error {
	if a.React != "" && d.Message != 0 {
		err := p.change(ctx, d.Message, func(m *message) error { m.Reacts = toggled(m.Reacts, a.React, selfUser, true); return nil })
		if err != nil {
			return fmt.Errorf("setting a receipt: %w", err)
		}
	}
	if a.Message == nil || inDialog(d, a) {
		return nil
	}
	only := d.User
	if a.Public {
		only = ""
	}
	return p.put(ctx, d.Home, where{d.Channel, d.Root}, only, *a.Message)
}

// tell shows a message to one person alone.
func (p *Platform) tell(ctx context.Context, w who, at where, m bot.Message) error {
	return p.put(ctx, w.home.ID, at, w.user, m)
}

// put adds a message of the desk's that came as an answer.
func (p *Platform) put(ctx context.Context, home string, at where, only string, told bot.Message) error {
	files, blobs := p.filesOf(told.Files)
	told.Files = nil
	m := &message{Home: home, Channel: at.channel, Root: at.root, User: selfUser, Told: &told, Files: files, At: p.clock.Now(), For: only}
	return p.add(ctx, m, blobs)
}

// inDialog says whether an answer belongs into the dialog that asked for it.
func inDialog(d deed, a bot.Answer) bool {
	return d.form != nil && !a.Done && !a.Public
}

// visible gives a message that a user can see.
func (p *Platform) visible(w who, id int64) (*message, error) {
	m := p.message(id)
	if m == nil || m.Home != w.home.ID || m.For != "" && m.For != w.user || !p.mayRead(w, m.Channel) {
		return nil, errNoMessage
	}
	return m, nil
}

// mayBeIn says whether a user can act in a place.
func (p *Platform) mayBeIn(w who, at where) error {
	if !p.channelExists(w.home, at.channel) || !p.mayRead(w, at.channel) {
		return errNoPlace
	}
	if at.root != 0 {
		if m := p.message(at.root); m == nil || m.Home != w.home.ID || m.Channel != at.channel {
			return errNoPlace
		}
	}
	return nil
}

// mayRead keeps private rooms and other people's direct messages from a user.
func (p *Platform) mayRead(w who, channel string) bool {
	if user, ok := directUser(channel); ok {
		return user == w.user
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.rooms[w.home.ID+"/"+channel]; r != nil {
		return slices.Contains(r.Members, w.user)
	}
	return true
}

// channelExists knows the home's own channels, its private rooms and its people's conversations.
func (p *Platform) channelExists(h desk.Home, channel string) bool {
	if user, ok := directUser(channel); ok {
		_, err := p.play(h.ID, user)
		return err == nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(openChannels(h), channel) || p.rooms[h.ID+"/"+channel] != nil
}

// openChannels are those everybody of a workspace reads.
func openChannels(h desk.Home) []string {
	out := []string{h.Cases}
	if h.Review != "" && h.Review != h.Cases {
		out = append(out, h.Review)
	}
	return append(out, "general")
}

// commandLine gives what stands after "/case" when a text is a command.
func commandLine(text string) (rest string, ok bool) {
	t := strings.TrimSpace(text)
	if len(t) < 5 || !strings.EqualFold(t[:5], "/case") {
		return "", false
	}
	rest = t[5:]
	if rest != "" && rest[0] != ' ' && rest[0] != '\n' {
		return "", false
	}
	return strings.TrimSpace(rest), true
}
