package commands

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// Options are what main hands in beside the desk. Each may be nil; the command then says that it is
// not set up.
type Options struct {
	// Digest makes the ops review of a party up to now.
	Digest func(ctx context.Context, by desk.Person, now time.Time) (bot.Message, error)
	// Library is the knowledge base.
	Library Library
	// Pages is where articles are written in the browser.
	Pages Pages
	// Writer is the writing helper; nil: there is none, and nothing speaks of it.
	Writer Writer
	// Shut says whether a home is known to take no messages at the moment; nil: nobody knows.
	Shut func(desk.Home) bool
	Log  *slog.Logger
}

// Handler carries out what people do. It is what stands behind bot.Dispatcher.
type Handler struct {
	desk *desk.Desk
	opt  Options
	log  *slog.Logger
}

// New makes the handler of a desk.
func New(d *desk.Desk, opt Options) *Handler {
	h := &Handler{desk: d, opt: opt, log: opt.Log}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	return h
}

// Handle answers one interaction. Errors are *desk.Error where the person can do something about them;
// the dispatcher words them.
func (h *Handler) Handle(ctx context.Context, in *bot.Interaction) (bot.Answer, error) {
	r := &request{h: h, ctx: ctx, in: in}
	switch in.Kind {
	case bot.Command, bot.Press:
		return r.line(in.Text)
	case bot.Submit:
		return r.submit()
	case bot.Refresh:
		return r.refresh()
	case bot.React:
		return r.reacted()
	case bot.Unreact:
		return r.unreacted()
	case bot.Said:
		return r.said()
	case bot.Edited, bot.Deleted:
		return r.revised()
	case bot.Complete:
		return r.complete()
	case bot.Picked:
		return r.picked()
	case bot.Visited:
		return r.visited()
	}
	return bot.Answer{}, nil
}

// request is one interaction on its way through a command.
type request struct {
	h   *Handler
	ctx context.Context
	in  *bot.Interaction

	cmd    *Command
	c      *desk.Case // The case it is about, as the person may see it.
	post   desk.Post  // The message of the case it happened at, if any.
	values map[string]string
	files  []desk.Attachment
	sent   bool // The values came from a form.
	acted  bool // Something other than an act on a case was done; such an act takes its draft with it (desk.Act).
	draft  string
	waits  string // The other side's name, where it is told what was done only later.

	asked bool              // The knowledge base has been asked for what is in the form.
	found []desk.Suggestion // What it answered,
	same  []*desk.Case      // and the cases that look alike.

	read map[desk.Field]string // What the writing helper read out of a message for this form.
}

// by, side, dir and zone are shorthands for who acts, on which side, among whom, in which zone.
func (r *request) by() desk.Person      { return r.in.Person }
func (r *request) side() desk.PartyKind { return r.in.Person.Side() }
func (r *request) dir() *desk.Directory { return r.h.desk.Dir }
func (r *request) zone() *time.Location { return r.h.desk.Dir.ZoneOf(r.in.Person) }

// get gives an argument without the blanks around it; empty when it was not given.
func (r *request) get(key string) string {
	return strings.TrimSpace(r.values[key])
}

// book is the handbook that counts here: the case's own, or the current one.
func (r *request) book() *desk.Handbook {
	if r.c != nil {
		return r.h.desk.BookOf(r.ctx, r.c)
	}
	return r.h.desk.Book
}

// view is the case as the person reads it. An answer is seen by the person alone, so a restricted case
// may be shown to the invited; they are the only ones who get this far.
func (r *request) view() templates.View {
	return templates.View{Dir: r.dir(), Book: r.book(), Case: r.c, Side: r.side(), Room: true}
}

// now is the instant of the act. What was done while the desk was away and is read back later counts
// from when it was done (DESIGN §2), but never before what the case already carries.
func (r *request) now() time.Time {
	at := r.in.At
	if at.IsZero() || !at.Before(r.in.Now) || r.in.Now.Sub(at) > 12*time.Hour {
		return r.in.Now
	}
	if r.c != nil && r.c.UpdatedAt.After(at) {
		return r.c.UpdatedAt
	}
	return at
}

// act carries out one command of the desk. The platform's event id makes a redelivery a no-op; the verb
// is part of it because one event may carry two acts (a message and the file beside it).
func (r *request) act(id string, do desk.Command) (desk.Outcome, error) {
	key := ""
	switch {
	case r.in.Kind == bot.Said && r.in.Message != "":
		// The same message may come once more under another event id, when it is read back after a restart.
		key = "said/" + string(r.in.Message) + "/" + string(do.Verb())
	case r.in.ID != "":
		key = r.in.Platform + "/" + r.in.ID + "/" + string(do.Verb())
	}
	a := desk.Act{By: r.by(), Case: id, Do: do, Now: r.now(), Key: key, Of: r.answered()}
	if r.cmd != nil && r.cmd.Title != "" {
		a.Form = r.cmd.Name
	}
	out, err := r.h.desk.Do(r.ctx, a)
	if err != nil {
		return out, err
	}
	if out.Again {
		// A redelivery: nothing was done this time. What is answered is the case as it stands.
		if out.Case, err = r.h.desk.FindCase(r.ctx, r.by(), id); err != nil {
			return out, desk.Errf(desk.KindDuplicate, "That was done already.")
		}
	}
	r.c = out.Case
	r.waits = r.waitingFor(out.Events)
	return out, nil
}

// say answers the person alone with sentences, each an idea of its own, and the buttons of what may
// come next.
func (r *request) say(parts ...any) (bot.Answer, error) {
	m := bot.Message{}
	m.Blocks = slices.Grow(m.Blocks, len(parts))
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			if p != "" {
				m.Blocks = append(m.Blocks, bot.P(bot.T(p)))
			}
		case []bot.Span:
			m.Blocks = append(m.Blocks, bot.P(p...))
		case bot.Block:
			m.Blocks = append(m.Blocks, p)
		case bot.Button:
			m.Buttons = append(m.Buttons, p)
		case bot.Tone:
			m.Tone = p
		}
	}
	if r.waits != "" {
		m.Tone = bot.ToneWarn
		m.Blocks = append(m.Blocks, bot.P(bot.T(r.waits+" does not see it in their channel yet, because the desk can't write there at the moment.")),
			bot.P(bot.T("It is sent by itself, in order, once that is mended. If it can't wait, tell them another way.")))
	}
	return r.answer(m)
}

// waitingFor names the other side where something that was just done is told to it and its channel takes nothing.
func (r *request) waitingFor(events []desk.Event) string {
	other := r.c.Tenant
	if r.side() == desk.Partner {
		other = r.dir().Provider().ID
	}
	crosses := r.c.Reached && !r.c.Restricted && !r.dir().SharedRoom(r.c.Tenant) &&
		slices.ContainsFunc(events, func(e desk.Event) bool { return e.Audience == desk.Both })
	home, ok := r.dir().HomeOf(other)
	if !crosses || !ok || r.h.opt.Shut == nil || !r.h.opt.Shut(home) {
		return ""
	}
	p, _ := r.dir().Party(other)
	return p.Name
}

// told is a sentence on what the other side knows now; nothing where it does not know it yet.
func (r *request) told(sentence string) string {
	if r.waits != "" {
		return ""
	}
	return sentence
}

// answer shows a message to the person alone and closes the form it answers. A button whose act would be
// refused to this person is left out; that no act is done without asking again is decided elsewhere.
func (r *request) answer(m bot.Message) (bot.Answer, error) {
	m.Buttons = slices.DeleteFunc(m.Buttons, func(b bot.Button) bool { return !r.mayPress(b) })
	return bot.Answer{Message: &m, Done: r.in.Kind == bot.Submit}, nil
}

// spans joins strings, instants and spans into one sentence.
func spans(parts ...any) []bot.Span {
	out := make([]bot.Span, 0, len(parts))
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			out = append(out, bot.T(p))
		case time.Time:
			out = append(out, bot.When(p))
		case bot.Span:
			out = append(out, p)
		}
	}
	return out
}

// button makes a plain button that does a command line.
func button(label, do string) bot.Button { return bot.Button{Label: label, Do: do} }
