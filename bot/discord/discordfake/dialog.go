package discordfake

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// modal is the form that is open in front of a person.
type modal struct {
	from   *interaction // In answer to which it opened.
	spec   map[string]any
	held   map[string]string // What a person has filled in, by custom_id.
	faults map[string]string // What the client says beside a field.
	files  map[string][]*file
}

// field is one question of a modal.
type field struct {
	id, label, hint string
	part            map[string]any
}

// fields are a modal's questions, in rows of the old kind and in labels.
func (x *modal) fields() []field {
	var out []field
	for _, r := range objects(x.spec, "components") {
		if num(r, "type") == labelType {
			c := obj(r, "component")
			out = append(out, field{str(c, "custom_id"), str(r, "label"), str(r, "description"), c})
			continue
		}
		for _, c := range objects(r, "components") {
			out = append(out, field{str(c, "custom_id"), str(c, "label"), "", c})
		}
	}
	return out
}

// value is what stands in a field: what was filled in, else what the app put there.
func (x *modal) value(f field) string {
	if v, set := x.held[f.id]; set {
		return v
	}
	if num(f.part, "type") == selectType {
		return chosen(f.part)
	}
	return str(f.part, "value")
}

// chosen are the options that are selected from the start.
func chosen(part map[string]any) string {
	var out []string
	for _, o := range objects(part, "options") {
		if yes(o, "default") {
			out = append(out, str(o, "value"))
		}
	}
	return strings.Join(out, ",")
}

func required(part map[string]any) bool {
	v, set := part["required"].(bool)
	return v || !set
}

func keyOf(id string) string { key, _, _ := strings.Cut(id, "~"); return key }

// Dialog is the open modal as a form. A field's key is its custom_id up to the first "~". Where no modal is
// open and the newest message that only this person sees has selects, it is that message, with the key
// behind the last ":" of each custom_id.
func (w *workspace) Dialog(by desk.Person) *bot.Form {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if x := w.open(by); x != nil {
		return w.modalForm(x)
	}
	if m := w.questions(by); m != nil {
		return w.messageForm(m)
	}
	return nil
}

func (w *workspace) open(by desk.Person) *modal {
	for _, a := range by.Accounts {
		if f := strings.Split(string(a), "/"); len(f) == 3 && f[0] == "discord" && w.s.modals[f[2]] != nil {
			return w.s.modals[f[2]]
		}
	}
	return nil
}

// questions is the newest message for a person alone, when it has selects.
func (w *workspace) questions(by desk.Person) *message {
	var newest *message
	for _, ch := range w.s.order {
		for _, m := range ch.messages {
			mine := slices.ContainsFunc(by.Accounts, func(a desk.Account) bool { return m.only != "" && strings.HasSuffix(string(a), "/"+m.only) })
			if mine && !m.gone && !m.loading && (newest == nil || older(newest.id, m.id)) {
				newest = m
			}
		}
	}
	if newest == nil || len(newest.selects()) == 0 {
		return nil
	}
	return newest
}

func (w *workspace) modalForm(x *modal) *bot.Form {
	f := &bot.Form{Name: str(x.spec, "custom_id"), Title: clean(str(x.spec, "title")), Submit: "Submit"}
	for _, r := range objects(x.spec, "components") {
		if num(r, "type") == textType {
			f.Intro = append(f.Intro, w.markdown(str(r, "content"), nil)...)
		}
	}
	for _, q := range x.fields() {
		out := bot.FormField{Key: keyOf(q.id), Label: clean(q.label), Hint: clean(q.hint), Example: clean(str(q.part, "placeholder")), Required: required(q.part),
			Value: clean(x.value(q)), Error: x.faults[q.id], Kind: bot.AskText}
		switch num(q.part, "type") {
		case inputType:
			if num(q.part, "style") == 2 {
				out.Kind = bot.AskLong
			}
		case selectType:
			out.Kind, out.Options = choiceKind(q.part), optionsOf(q.part)
		case uploadType:
			out.Kind = bot.AskFiles
		}
		f.Fields = append(f.Fields, out)
	}
	return f
}

func (w *workspace) messageForm(m *message) *bot.Form {
	f := &bot.Form{Submit: "Continue"}
	shown := w.composed(m)
	f.Title, f.Intro = bot.SpanText(shown.Title, time.UTC), shown.Blocks
	for _, c := range m.selects() {
		x := bot.FormField{Key: selectKey(c), Label: clean(str(c, "placeholder")), Example: clean(str(c, "placeholder")), Kind: choiceKind(c), Options: optionsOf(c), Live: true,
			Value: chosen(c)}
		if v, set := m.picked[str(c, "custom_id")]; set {
			x.Value = strings.Join(v, ",")
		}
		least, _ := bounds(c)
		x.Required = least > 0
		f.Fields = append(f.Fields, x)
	}
	return f
}

func selectKey(c map[string]any) string {
	id := str(c, "custom_id")
	return keyOf(id[strings.LastIndex(id, ":")+1:])
}

func choiceKind(part map[string]any) bot.FieldKind {
	if _, most := bounds(part); most > 1 {
		return bot.AskMulti
	}
	return bot.AskChoice
}

func optionsOf(part map[string]any) []bot.Option {
	var out []bot.Option
	for _, o := range objects(part, "options") {
		out = append(out, bot.Option{Value: str(o, "value"), Label: clean(str(o, "label")), Note: clean(str(o, "description"))})
	}
	return out
}

// choose reads the values that a person picks in a select.
func choose(part map[string]any, key, text string) ([]any, error) {
	out := []any{}
	for _, v := range strings.Split(text, ",") {
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		i := slices.IndexFunc(objects(part, "options"), func(o map[string]any) bool { return str(o, "value") == v })
		if i < 0 {
			return nil, fmt.Errorf("the field %q has no option %q", key, v)
		}
		out = append(out, v)
	}
	if least, most := bounds(part); len(out) > most || len(out) > 0 && len(out) < least {
		return nil, fmt.Errorf("the field %q takes %d to %d options", key, least, most)
	}
	return out, nil
}
