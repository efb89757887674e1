package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"casebot/desk"
)

// Flow presents forms as the platform can take them. A form that fits into one dialog passes through. A
// longer one goes dialog by dialog, and what was typed is kept as a draft after each, so that a closed
// dialog, an expired token or a restart loses nothing. The handler behind it sees one Submit with all
// values, whatever the presentation was.
//
// A page's form is named "page/K/NAME" and its Continue button does "form NAME K CASE". When the whole was refused,
// only the pages with something to mend come again: they are named "mend/K/NAME", their button does "mend NAME K CASE".
type Flow struct {
	Next Handler
	Desk *desk.Desk
}

// step is where somebody is in a form.
type step struct {
	name string // Of the whole form.
	k    int    // Page, from 0.
	mend bool   // The whole was refused; this page had faults.
}

// Handle passes an interaction on, taking paged forms together.
func (w *Flow) Handle(ctx context.Context, in *Interaction) (Answer, error) {
	if at, ok := pageName(in.Form); ok && (in.Kind == Submit || in.Kind == Refresh) {
		return w.page(ctx, in, at)
	}
	if at, id, ok := continueButton(in); ok {
		values, err := w.draft(ctx, in, at.name, id)
		if err != nil {
			return Answer{}, err
		}
		return w.open(ctx, in, at, id, values)
	}
	if err := w.choose(ctx, in); err != nil {
		return Answer{}, err
	}
	a, err := w.Next.Handle(ctx, in)
	if err != nil || a.Form == nil {
		return a, err
	}
	return w.show(ctx, a, in, step{name: a.Form.Name, mend: in.Kind == Submit})
}

// choose turns the options a person typed out, where a dialog has no choices, into their values.
func (w *Flow) choose(ctx context.Context, in *Interaction) error {
	if in.Kind != Submit || in.Caps.DialogChoices {
		return nil
	}
	again := *in
	again.Kind = Refresh
	a, err := w.Next.Handle(ctx, &again)
	if err == nil && a.Form != nil {
		choose(in.Values, *a.Form)
	}
	return err
}

// page takes one page's answers into the draft and opens the next, or hands everything in.
func (w *Flow) page(ctx context.Context, in *Interaction, at step) (Answer, error) {
	values, err := w.draft(ctx, in, at.name, in.Case)
	if err != nil {
		return Answer{}, err
	}
	maps.Copy(values, in.Values)
	if err := w.keep(ctx, in, at.name, in.Case, values); err != nil {
		return Answer{}, err
	}
	whole := *in
	whole.Form, whole.Values, whole.Kind = at.name, values, Refresh
	if in.Kind == Refresh && in.Caps.MessageChoices == 0 {
		return Answer{}, nil // Kept; nothing of an open page can change.
	}
	if !at.mend || in.Kind == Refresh || !in.Caps.DialogChoices {
		a, err := w.Next.Handle(ctx, &whole)
		if err != nil {
			return a, err
		}
		if a.Form != nil {
			pages := Plan(*a.Form, in.Caps)
			next := step{at.name, at.k + 1, at.mend}
			if in.Kind == Refresh {
				next.k = at.k
				if at.k >= len(pages) || !pages[at.k].InMessage {
					return Answer{}, nil
				}
			}
			if in.Kind == Refresh || !at.mend && next.k < len(pages) {
				return w.show(ctx, a, in, next)
			}
			if !in.Caps.DialogChoices {
				choose(values, *a.Form)
			}
		}
	}
	whole.Kind = Submit
	a, err := w.Next.Handle(ctx, &whole)
	if err == nil && a.Form != nil {
		return w.show(ctx, a, in, step{name: at.name, mend: true})
	}
	return a, err
}

// open shows a page of a form filled with what the draft has.
func (w *Flow) open(ctx context.Context, in *Interaction, at step, id string, values map[string]string) (Answer, error) {
	again := *in
	again.Kind, again.Form, again.Case, again.Values = Refresh, at.name, id, values
	a, err := w.Next.Handle(ctx, &again)
	if err != nil || a.Form == nil {
		return a, err
	}
	return w.show(ctx, a, in, at)
}

// show answers with a page of a form: as a dialog where one may be opened now, as a message with a
// Continue button where none may follow another at once, and as a line to type where there are none. Of a form that
// was refused it is the first page with something to mend.
func (w *Flow) show(ctx context.Context, a Answer, in *Interaction, at step) (Answer, error) {
	f := *a.Form
	if in.Caps.DialogFields <= 0 {
		m := asLine(f)
		return Answer{Message: &m, Done: true}, nil
	}
	pages := Plan(f, in.Caps)
	if k, found := faulty(pages); found && (in.Kind == Submit || at.mend || !pages[0].InMessage) {
		at.k, at.mend = k, true
	} else if in.Kind == Submit && at.mend {
		at.k, at.mend = 0, false // Refused for another reason than an answer: all of it is to be looked at.
	}
	at.k = min(at.k, len(pages)-1)
	p := pages[at.k]
	if len(pages) > 1 {
		p.Name = at.page()
	}
	if in.Kind == Submit && in.Form == f.Name && !in.Caps.DialogChain {
		// The answers of pages are kept already; a form of one page may be the next one after another.
		if err := w.keep(ctx, in, f.Name, f.Case, in.Values); err != nil {
			return Answer{}, err
		}
	}
	if len(pages) > 1 && in.Kind != Submit && in.Kind != Refresh {
		// What came with the command stands on several pages, and each hands in its own: the others' is kept here.
		if err := w.keepGiven(ctx, in, f); err != nil {
			return Answer{}, err
		}
	}
	switch {
	case p.InMessage:
		p = inMessage(f, p)
	case in.Kind == Submit && !in.Caps.DialogChain && !fromMessage(in, pages):
		m := goOn(f, in, at, len(pages))
		return Answer{Message: &m, Done: true}, nil
	}
	if !in.Caps.DialogChoices {
		p = spelled(p)
	}
	a.Form = &p
	return a, nil
}

// fromMessage says whether what was sent stood in a message: in answer to it a dialog may open at once.
func fromMessage(in *Interaction, pages []Form) bool {
	if at, ok := pageName(in.Form); ok {
		return at.k < len(pages) && pages[at.k].InMessage
	}
	return len(pages) == 1 && pages[0].InMessage
}

// inMessage is a page as it stands in a message: what has to be mended is said above the choices, of all pages.
func inMessage(f, p Form) Form {
	if faults := faults(f); len(faults) > 0 {
		p.Intro = append(faults, p.Intro...)
	}
	p.Intro = append(slices.Clone(p.Intro), kept(f, p)...)
	fields := make([]FormField, len(p.Fields))
	for i, x := range p.Fields {
		x.Error = ""
		fields[i] = x
	}
	p.Fields = fields
	return p
}

// kept says what has been answered on the pages behind a message, so that nobody fears for what they typed.
func kept(f, p Form) []Block {
	var items [][]Span
	for _, x := range f.Fields {
		later := !slices.ContainsFunc(p.Fields, func(y FormField) bool { return y.Key == x.Key })
		value := strings.Join(strings.Fields(x.Value), " ")
		if !later || value == "" {
			continue
		}
		if r := []rune(value); len(r) > 80 {
			value = string(r[:79]) + "…"
		}
		items = append(items, []Span{B(x.Label + ": "), T(value)})
	}
	if len(items) == 0 {
		return nil
	}
	return []Block{P(T("Kept so far, for the next page:")), {Kind: List, Items: items}}
}

// faults are the sentences of refused answers.
func faults(f Form) []Block {
	var out []Block
	for _, x := range f.Fields {
		if x.Error != "" {
			out = append(out, P(B(x.Label+": "), T(x.Error)))
		}
	}
	return out
}

// goOn is the message between two dialogs: what is kept, what has to be mended, and the way on.
func goOn(f Form, in *Interaction, at step, pages int) Message {
	m := Say(fmt.Sprintf("Page %d of %d is kept. Go on when you are ready.", at.k, pages))
	faults := faults(f)
	switch sent, paged := pageName(in.Form); {
	case len(faults) > 0:
		m = Say("Something has to be mended before this can go through. Everything you typed is kept.")
		m.Tone, m.Blocks = ToneWarn, append(m.Blocks, faults...)
	case at.k > 0:
	case in.Form == f.Name || paged && sent.name == f.Name:
		m = Say("This has not gone through yet. Everything you typed is kept.")
		m.Tone = ToneWarn
	default:
		m = Say("One more step: " + f.Title + ".")
	}
	if len(faults) == 0 {
		// What stands above the questions has changed with the answers: deadlines, what is known already.
		m.Blocks = append(m.Blocks, f.Intro...)
	}
	m.Buttons = []Button{{Label: "Continue", Style: ButtonPrimary, Do: at.button(f.Case)}}
	m.Buttons = append(m.Buttons, f.Ways...)
	return m
}

// keep saves what has been typed into a form so far.
func (w *Flow) keep(ctx context.Context, in *Interaction, name, id string, values map[string]string) error {
	_, err := w.Desk.SaveDraft(ctx, in.Person, desk.Draft{Form: name, Case: id, Values: values}, in.Now)
	return err
}

// keepGiven saves what a form has been filled with before anybody typed into it.
func (w *Flow) keepGiven(ctx context.Context, in *Interaction, f Form) error {
	values, err := w.draft(ctx, in, f.Name, f.Case)
	if err != nil {
		return err
	}
	n := 0
	for _, x := range f.Fields {
		if x.Value != "" && x.Kind != AskFiles && values[x.Key] != x.Value {
			values[x.Key] = x.Value
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return w.keep(ctx, in, f.Name, f.Case, values)
}

// draft gives what has been typed into a form so far; nothing when there is no draft.
func (w *Flow) draft(ctx context.Context, in *Interaction, name, id string) (map[string]string, error) {
	dr, err := w.Desk.FindDraft(ctx, in.Person, desk.DraftID(in.Person, name, id))
	if desk.KindOf(err) == desk.KindNotFound {
		return map[string]string{}, nil
	}
	if dr.Values == nil {
		dr.Values = map[string]string{}
	}
	return dr.Values, err
}

// faulty is the first page that has an error to mend.
func faulty(pages []Form) (int, bool) {
	for i, p := range pages {
		for _, f := range p.Fields {
			if f.Error != "" {
				return i, true
			}
		}
	}
	return 0, false
}

// page is the name under which a page's answers come back.
func (s step) page() string {
	word := "page"
	if s.mend {
		word = "mend"
	}
	return fmt.Sprintf("%s/%d/%s", word, s.k, s.name)
}

// button is the line of the button that opens a page of a form about a case.
func (s step) button(id string) string {
	word := "form"
	if s.mend {
		word = "mend"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %d %s", word, s.name, s.k, id))
}

func pageName(form string) (at step, ok bool) {
	word, rest, ok := strings.Cut(form, "/")
	if !ok || word != "page" && word != "mend" {
		return at, false
	}
	number, name, ok := strings.Cut(rest, "/")
	k, err := strconv.Atoi(number)
	return step{name, k, word == "mend"}, ok && err == nil && k >= 0 && k < 100
}

func continueButton(in *Interaction) (at step, id string, ok bool) {
	w := strings.Fields(in.Text)
	if in.Kind != Press || len(w) < 3 || w[0] != "form" && w[0] != "mend" {
		return at, "", false
	}
	k, err := strconv.Atoi(w[2])
	if len(w) > 3 {
		id = w[3]
	}
	return step{w[1], k, w[0] == "mend"}, id, err == nil && k >= 0 && k < 100
}
