package bot

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"casebot/desk"
)

// Pages splits a form into dialogs of at most n questions, in order; 0 or a form that fits is one page.
func Pages(f Form, n int) []Form {
	if n <= 0 || len(f.Fields) <= n {
		return []Form{f}
	}
	var out []Form
	total := (len(f.Fields) + n - 1) / n
	for i := 0; i < len(f.Fields); i += n {
		p := f
		p.Fields = f.Fields[i:min(i+n, len(f.Fields))]
		p.Title = fmt.Sprintf("%s (%d of %d)", f.Title, len(out)+1, total)
		if len(out) > 0 {
			p.Intro = nil
		}
		if len(out) < total-1 {
			p.Submit = "Continue"
		}
		out = append(out, p)
	}
	return out
}

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
	a, err := w.Next.Handle(ctx, in)
	return w.split(a, in, 0), err
}

// page takes one page's answers into the draft and opens the next, or hands everything in.
func (w *Flow) page(ctx context.Context, in *Interaction, k int, name string) (Answer, error) {
	values, err := w.draft(ctx, in, name, in.Case)
	if err != nil {
		return Answer{}, err
	}
	maps.Copy(values, in.Values)
	if _, err := w.Desk.SaveDraft(ctx, in.Person, desk.Draft{Form: name, Case: in.Case, Values: values}, in.Now); err != nil {
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
		return w.split(a, in, k+1), nil
	}
	whole.Kind = Submit
	a, err = w.Next.Handle(ctx, &whole)
	if err == nil && a.Form != nil {
		return w.split(a, in, faulty(Pages(*a.Form, in.Caps.DialogFields))), nil
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
	pages := Pages(*a.Form, in.Caps.DialogFields)
	p := pages[min(k, len(pages)-1)]
	if len(pages) > 1 {
		p.Name = fmt.Sprintf("page/%d/%s", min(k, len(pages)-1), name)
	}
	return Answer{Form: &p}, nil
}

// split answers with page k of a form that does not fit, as a dialog where one may follow at once and
// as a message with a Continue button where not.
func (w *Flow) split(a Answer, in *Interaction, k int) Answer {
	if a.Form == nil {
		return a
	}
	pages := Pages(*a.Form, in.Caps.DialogFields)
	if len(pages) == 1 {
		return a
	}
	p := pages[k]
	name := a.Form.Name
	p.Name = fmt.Sprintf("page/%d/%s", k, name)
	if in.Kind != Submit || in.Caps.DialogChain {
		a.Form = &p
		return a
	}
	text := fmt.Sprintf("Page %d of %d is kept. Go on when you are ready.", k, len(pages))
	m := Say(text)
	for _, f := range p.Fields {
		if f.Error != "" {
			m.Tone = ToneWarn
			m.Blocks = append(m.Blocks, P(B(f.Label+": "), T(f.Error)))
		}
	}
	m.Buttons = []Button{{Label: "Continue", Style: ButtonPrimary, Do: strings.TrimSpace(fmt.Sprintf("form %s %d %s", name, k, a.Form.Case))}}
	return Answer{Message: &m, Done: true}
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
