package commands

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// carryOut runs a command whose case and arguments are known, or opens its form when something it
// cannot do without is missing. A form is opened only when the state of the case allows the act, so that
// nobody fills one in for nothing.
func (r *request) carryOut() (bot.Answer, error) {
	cmd := r.cmd
	if r.post.Ref == "" && r.c == nil && cmd.Case == WithCase {
		return bot.Answer{}, desk.Errf(desk.KindNotFound, "Name the case. For example: %s", cmd.Example)
	}
	if !r.sent && cmd.Title != "" && r.incomplete() {
		if cmd.Verb != "" && r.c != nil {
			if _, err := desk.Next(r.c.Status, cmd.Verb); err != nil {
				return bot.Answer{}, err
			}
			if err := r.h.desk.Answers(r.ctx, r.c, r.answered()); err != nil {
				return bot.Answer{}, err
			}
		}
		return r.open(nil)
	}
	r.draftID()
	a, err := cmd.run(r)
	return r.refused(a, err)
}

// incomplete says whether a required argument has not been given.
func (r *request) incomplete() bool {
	for _, a := range r.cmd.Args {
		if a.Required && r.get(a.Key) == "" && !(a.Kind == bot.AskFiles && len(r.files)+len(r.in.Files) > 0) {
			return true
		}
	}
	// The commands on the fields of a case know by themselves what to ask for.
	return r.get("ask") != "" && !r.cmd.CaseFields
}

// refused opens the form again when the desk found fault with what was typed: the same questions, a
// sentence beside each that has to be mended, and everything typed kept, also as a draft.
func (r *request) refused(a bot.Answer, err error) (bot.Answer, error) {
	var e *desk.Error
	if err == nil {
		if r.acted && r.cmd.Title != "" {
			r.dropDraft()
		}
		return a, nil
	}
	if !errors.As(err, &e) || e.Kind != desk.KindInvalid && e.Kind != desk.KindIncomplete || len(e.Fields) == 0 || r.cmd.Title == "" {
		if r.sent {
			r.keep() // The state forbids it or the store is away: the words are kept all the same.
		}
		return a, err
	}
	r.keep()
	return r.open(e)
}

// open shows the command's form. Where no dialog can be opened from here (a mention, a reaction) it is a
// message with one button that opens it.
func (r *request) open(why *desk.Error) (bot.Answer, error) {
	switch r.in.Kind {
	case bot.Said, bot.React, bot.Unreact:
		r.keep()
		m := bot.Message{Tone: bot.ToneWarn}
		if why != nil {
			m = bot.Sorry(why)
		} else {
			m.Blocks = []bot.Block{bot.P(bot.T("One more step: " + lower(r.cmd.Title) + "."))}
		}
		m.Buttons = []bot.Button{{Label: r.cmd.Title, Do: r.doLine(), Style: bot.ButtonPrimary}}
		if r.cmd.Name == "new" {
			if _, may := r.readField(); may {
				m.Buttons = append(m.Buttons, button("Fill in from the text", "fill"))
			}
		}
		return r.answer(m)
	}
	return bot.Answer{Form: r.form(why)}, nil
}

// doLine is the command line that opens this form again.
func (r *request) doLine() string {
	do := r.cmd.Name
	if r.c != nil {
		do += " " + r.c.ID
	}
	return do + " ask=yes"
}

// form builds the command's form, filled with the draft and with what was typed.
func (r *request) form(why *desk.Error) *bot.Form {
	since := r.restore()
	f := &bot.Form{Name: r.cmd.Name, Title: r.cmd.Title, Submit: r.cmd.Submit, Draft: r.draftID(), Hidden: map[string]string{}}
	if r.c != nil {
		f.Case = r.c.ID
		f.Title += " " + r.c.ID
	}
	if why != nil {
		f.Intro = append(f.Intro, bot.P(bot.B(why.Say)))
	}
	if since != nil && why == nil && !r.sent && r.get("proposal") == "" && r.in.Kind != bot.Refresh {
		f.Intro = append(f.Intro, bot.P(spans("This is what you had typed by ", since.UpdatedAt, ".")...))
	}
	if _, dated := r.cmd.arg("begun"); dated && r.get("begun") == "" {
		// Names the filling-in, so that what is done in it again and again counts once.
		r.values["begun"] = r.in.Now.UTC().Format(time.RFC3339)
	}
	if r.cmd.asks != nil {
		f.Intro = append(f.Intro, r.cmd.asks(r)...)
	}
	f.Intro = append(f.Intro, r.proposed()...)
	if r.cmd.intro != nil {
		f.Intro = append(f.Intro, r.cmd.intro(r)...)
	}
	if r.cmd.Name == "new" && r.solvedBy() != "" {
		f.Submit = solvedSubmit
	}
	if r.cmd.ways != nil {
		f.Ways = r.cmd.ways(r)
	}
	if r.cmd.fields != nil {
		f.Fields = r.cmd.fields(r)
	} else {
		f.Fields = r.argFields()
	}
	for _, a := range r.cmd.Args {
		if v := r.get(a.Key); a.Hidden && v != "" && a.Key != "ask" {
			f.Hidden[a.Key] = v
		}
	}
	if at, links, ok := r.linksField(f.Fields); ok {
		f.Fields = slices.Insert(f.Fields, at, links)
	}
	r.markRead(f.Fields)
	for i := range f.Fields {
		choose(&f.Fields[i])
	}
	if why != nil {
		r.mark(f, why.Fields)
	}
	return f
}

// choose brings what was typed for a choice to one of its options; no platform shows another. What fits
// none is left out here, and the sentence beside the question quotes it.
func choose(f *bot.FormField) {
	if f.Kind != bot.AskChoice {
		return
	}
	for _, o := range f.Options {
		if strings.EqualFold(o.Value, f.Value) || strings.EqualFold(o.Label, f.Value) {
			f.Value = o.Value
			return
		}
	}
	f.Value = ""
}

// mark puts each sentence beside its field. One about a field the form does not show joins the intro, so
// that it is never lost.
func (r *request) mark(f *bot.Form, errs []desk.FieldError) {
	for _, e := range errs {
		found := false
		for i := range f.Fields {
			if f.Fields[i].Key == e.Field {
				f.Fields[i].Error, found = e.Message, true
			}
		}
		if !found {
			f.Intro = append(f.Intro, bot.P(bot.T(e.Message)))
		}
	}
}

// argFields makes the questions of the declared arguments.
func (r *request) argFields() []bot.FormField {
	var out []bot.FormField
	for _, a := range r.cmd.Args {
		if a.Hidden {
			continue
		}
		f := bot.FormField{Key: a.Key, Label: a.Label, Hint: a.Hint, Example: a.Example, Kind: a.Kind, Required: a.Required, Live: a.live, Value: r.get(a.Key)}
		f.Ahead = f.Kind == bot.AskTime // What a command asks for is still to come; what has been is a field of the case.
		if f.Kind == "" {
			f.Kind = bot.AskText
		}
		if f.Kind == bot.AskLong {
			f.Rows = 5
		}
		if a.options != nil {
			f.Options = a.options(r)
		}
		if a.value != nil {
			f.Value = a.value(r, f.Value)
		}
		out = append(out, f)
	}
	return out
}

// submit takes a sent form.
func (r *request) submit() (bot.Answer, error) {
	if err := r.fromForm(); err != nil {
		return bot.Answer{}, err
	}
	r.sent = true
	if r.cmd.Verb != "" {
		if err := desk.May(r.by(), r.cmd.Verb); err != nil {
			return bot.Answer{}, err
		}
	}
	if err := r.takeFiles(); err != nil {
		return r.refused(bot.Answer{}, r.withGaps(err))
	}
	if gaps := r.gaps(); len(gaps) > 0 {
		return r.refused(bot.Answer{}, &desk.Error{Kind: desk.KindInvalid, Say: "Something is missing. Everything you typed is kept.", Fields: gaps})
	}
	r.draftID()
	a, err := r.cmd.run(r)
	return r.refused(a, err)
}

// gaps lists the required questions that were left empty.
func (r *request) gaps() []desk.FieldError {
	var out []desk.FieldError
	for _, a := range r.cmd.Args {
		if a.Required && r.get(a.Key) == "" && !(a.Kind == bot.AskFiles && len(r.files) > 0) {
			say := a.Label + " is needed."
			if a.Hint != "" {
				say += " " + a.Hint
			}
			out = append(out, desk.FieldError{Field: a.Key, Message: say})
		}
	}
	return out
}

// refresh shows an open form again after a Live field changed, and keeps what was typed.
func (r *request) refresh() (bot.Answer, error) {
	if err := r.fromForm(); err != nil {
		return bot.Answer{}, err
	}
	if err := r.takeFiles(); err != nil {
		return r.refused(bot.Answer{}, err)
	}
	r.keep()
	return bot.Answer{Form: r.form(nil)}, nil
}

// fromForm reads which command and case a form belongs to.
func (r *request) fromForm() error {
	cmd, ok := lookup(r.in.Form)
	if !ok || cmd.Title == "" {
		return desk.Errf(desk.KindInvalid, "This form is out of date. Open it again.")
	}
	r.cmd = cmd
	r.values = maps.Clone(r.in.Values)
	if r.values == nil {
		r.values = map[string]string{}
	}
	if r.in.Case == "" {
		if cmd.Case == WithCase {
			return desk.Errf(desk.KindInvalid, "This form is out of date. Open it again.")
		}
		return nil
	}
	c, err := r.h.desk.FindCase(r.ctx, r.by(), strings.ToUpper(r.in.Case))
	r.c = c
	return err
}

// lower makes the first letter small, to put a title into a sentence.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
