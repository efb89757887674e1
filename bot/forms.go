package bot

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"casebot/desk"
)

// Flow presents forms as the platform can take them. A form that fits into one dialog passes through. A
// longer one goes dialog by dialog, and what was typed is kept as a draft after each, so that a closed
// dialog, an expired token or a restart loses nothing. The handler behind it sees one Submit with all
// values, whatever the presentation was.
//
// A page's form is named "page/K/NAME" and its Continue button does "form NAME K CASE".
type Flow struct {
	Next Handler
	Desk *desk.Desk
}

// Handle passes an interaction on, taking paged forms together.
func (w *Flow) Handle(ctx context.Context, in *Interaction) (Answer, error) {
	if k, name, ok := pageName(in.Form); ok && (in.Kind == Submit || in.Kind == Refresh) {
		return w.page(ctx, in, k, name)
	}
	if k, name, id, ok := continueButton(in); ok {
		values, err := w.draft(ctx, in, name, id)
		if err != nil {
			return Answer{}, err
		}
		return w.open(ctx, in, name, id, values, k)
	}
	if err := w.choose(ctx, in); err != nil {
		return Answer{}, err
	}
	a, err := w.Next.Handle(ctx, in)
	if err != nil || a.Form == nil {
		return a, err
	}
	return w.show(ctx, a, in, 0)
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
func (w *Flow) page(ctx context.Context, in *Interaction, k int, name string) (Answer, error) {
	values, err := w.draft(ctx, in, name, in.Case)
	if err != nil {
		return Answer{}, err
	}
	maps.Copy(values, in.Values)
	if err := w.keep(ctx, in, name, in.Case, values); err != nil {
		return Answer{}, err
	}
	if in.Kind == Refresh {
		return Answer{}, nil
	}
	whole := *in
	whole.Form, whole.Values = name, values
	whole.Kind = Refresh
	a, err := w.Next.Handle(ctx, &whole)
	if err != nil {
		return a, err
	}
	if a.Form != nil && k+1 < len(Pages(*a.Form, in.Caps.DialogFields)) {
		return w.show(ctx, a, in, k+1)
	}
	if a.Form != nil && !in.Caps.DialogChoices {
		choose(values, *a.Form)
	}
	whole.Kind = Submit
	a, err = w.Next.Handle(ctx, &whole)
	if err == nil && a.Form != nil {
		return w.show(ctx, a, in, faulty(Pages(*a.Form, in.Caps.DialogFields)))
	}
	return a, err
}

// open shows page k of a form filled with what the draft has.
func (w *Flow) open(ctx context.Context, in *Interaction, name, id string, values map[string]string, k int) (Answer, error) {
	again := *in
	again.Kind, again.Form, again.Case, again.Values = Refresh, name, id, values
	a, err := w.Next.Handle(ctx, &again)
	if err != nil || a.Form == nil {
		return a, err
	}
	return w.show(ctx, a, in, k)
}

// show answers with page k of a form: as a dialog where one may be opened now, as a message with a
// Continue button where none may follow another at once, and as a line to type where there are none.
func (w *Flow) show(ctx context.Context, a Answer, in *Interaction, k int) (Answer, error) {
	f := *a.Form
	if in.Caps.DialogFields <= 0 {
		m := asLine(f)
		return Answer{Message: &m, Done: true}, nil
	}
	pages := Pages(f, in.Caps.DialogFields)
	k = min(k, len(pages)-1)
	if in.Kind == Submit && !in.Caps.DialogChain {
		// The answers of pages are kept already; a form of one page may be the next one after another.
		if in.Form == f.Name {
			if err := w.keep(ctx, in, f.Name, f.Case, in.Values); err != nil {
				return Answer{}, err
			}
		}
		m := goOn(f, k, len(pages))
		return Answer{Message: &m, Done: true}, nil
	}
	p := pages[k]
	if len(pages) > 1 {
		p.Name = fmt.Sprintf("page/%d/%s", k, f.Name)
	}
	if !in.Caps.DialogChoices {
		p = spelled(p)
	}
	a.Form = &p
	return a, nil
}

// goOn is the message between two dialogs: what is kept, what has to be mended, and the way on.
func goOn(f Form, k, pages int) Message {
	m := Say(fmt.Sprintf("Page %d of %d is kept. Go on when you are ready.", k, pages))
	var faults []Block
	for _, x := range f.Fields {
		if x.Error != "" {
			faults = append(faults, P(B(x.Label+": "), T(x.Error)))
		}
	}
	if len(faults) > 0 {
		m = Say("Something has to be mended before this can go through. Everything you typed is kept.")
		m.Tone, m.Blocks = ToneWarn, append(m.Blocks, faults...)
	}
	if len(faults) == 0 {
		// What stands above the questions has changed with the answers: deadlines, what is known already.
		m.Blocks = append(m.Blocks, f.Intro...)
	}
	m.Buttons = []Button{{Label: "Continue", Style: ButtonPrimary, Do: strings.TrimSpace(fmt.Sprintf("form %s %d %s", f.Name, k, f.Case))}}
	m.Buttons = append(m.Buttons, f.Ways...)
	return m
}

// keep saves what has been typed into a form so far.
func (w *Flow) keep(ctx context.Context, in *Interaction, name, id string, values map[string]string) error {
	_, err := w.Desk.SaveDraft(ctx, in.Person, desk.Draft{Form: name, Case: id, Values: values}, in.Now)
	return err
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
func faulty(pages []Form) int {
	for i, p := range pages {
		for _, f := range p.Fields {
			if f.Error != "" {
				return i
			}
		}
	}
	return 0
}

func pageName(form string) (k int, name string, ok bool) {
	rest, ok := strings.CutPrefix(form, "page/")
	if !ok {
		return 0, "", false
	}
	number, name, ok := strings.Cut(rest, "/")
	k, err := strconv.Atoi(number)
	return k, name, ok && err == nil && k >= 0 && k < 100
}

func continueButton(in *Interaction) (k int, name, id string, ok bool) {
	w := strings.Fields(in.Text)
	if in.Kind != Press || len(w) < 3 || w[0] != "form" {
		return 0, "", "", false
	}
	k, err := strconv.Atoi(w[2])
	if len(w) > 3 {
		id = w[3]
	}
	return k, w[1], id, err == nil && k >= 0 && k < 100
}
