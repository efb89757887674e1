package discordfake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"casebot/bot"
	"casebot/desk"
)

// Submit sends the open modal, or makes the choices of a message and presses its way on. What Discord's
// client does not send, because a required field is empty, stays open with a sentence beside the field.
func (w *workspace) Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error {
	w.s.mu.Lock()
	x := w.open(by)
	if x == nil {
		m := w.questions(by)
		w.s.mu.Unlock()
		if m == nil {
			return errors.New("no dialog is open")
		}
		if len(files) > 0 {
			return errors.New("the dialog takes no files")
		}
		return w.choices(ctx, by, m, values)
	}
	in, err := w.send(x, values, files)
	w.s.mu.Unlock()
	if err != nil || in == nil {
		return err
	}
	return w.s.wait(ctx, in)
}

// send fills in a modal and sends it; nil when the client keeps it back. The lock is held.
func (w *workspace) send(x *modal, values map[string]string, files []bot.File) (*interaction, error) {
	fields := x.fields()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(fields, func(f field) bool { return keyOf(f.id) == key })
		if i < 0 {
			return nil, fmt.Errorf("the dialog %q has no field %q", str(x.spec, "title"), key)
		}
		if err := x.fill(fields[i], values[key]); err != nil {
			return nil, err
		}
	}
	if err := w.attach(x, fields, files); err != nil {
		return nil, err
	}
	clear(x.faults)
	for _, f := range fields {
		if required(f.part) && x.value(f) == "" && len(x.files[f.id]) == 0 {
			x.faults[f.id] = "This field is required"
		}
	}
	if len(x.faults) > 0 {
		return nil, nil
	}
	in := &interaction{kind: submitted, bot: x.from.bot, user: x.from.user, ch: x.from.ch, on: x.from.on}
	delete(w.s.modals, x.from.user.id)
	return in, w.s.act(in, x.json(w.s))
}

// fill puts a value into a field, as a person can.
func (x *modal) fill(f field, text string) error {
	switch num(f.part, "type") {
	case selectType:
		if _, err := choose(f.part, keyOf(f.id), text); err != nil {
			return err
		}
	case uploadType:
		if text != "" {
			return fmt.Errorf("the field %q takes files", keyOf(f.id))
		}
		delete(x.files, f.id)
	default:
		if n := utf8.RuneCountInString(text); n > mostTyped(f.part) {
			return fmt.Errorf("the field %q takes %d characters, not %d", keyOf(f.id), mostTyped(f.part), n)
		} else if least := num(f.part, "min_length"); n > 0 && n < least {
			return fmt.Errorf("the field %q takes at least %d characters", keyOf(f.id), least)
		}
		if num(f.part, "style") == 1 && strings.Contains(text, "\n") {
			return fmt.Errorf("the field %q takes one line", keyOf(f.id))
		}
	}
	x.held[f.id] = text
	return nil
}

// attach uploads files into the first field that takes them.
func (w *workspace) attach(x *modal, fields []field, files []bot.File) error {
	if len(files) == 0 {
		return nil
	}
	i := slices.IndexFunc(fields, func(f field) bool { return num(f.part, "type") == uploadType })
	if i < 0 {
		return errors.New("the dialog takes no files")
	}
	f := fields[i]
	if _, most := bounds(f.part); len(x.files[f.id])+len(files) > most {
		return fmt.Errorf("the dialog takes %d files at most", most)
	}
	for _, in := range files {
		x.files[f.id] = append(x.files[f.id], w.s.newFile(x.from.ch, in.Name, in.Type, in.Data))
	}
	return nil
}

// json is what a sent modal carries: the rows and labels with what was filled in.
func (x *modal) json(s *Server) map[string]any {
	values := map[string]field{}
	for _, f := range x.fields() {
		values[f.id] = f
	}
	uploaded := map[string]any{}
	answer := func(c map[string]any) map[string]any {
		f := values[str(c, "custom_id")]
		out := map[string]any{"type": c["type"], "custom_id": f.id, "id": c["id"]}
		switch num(c, "type") {
		case selectType:
			out["values"], _ = choose(c, f.id, x.value(f))
		case uploadType:
			ids := []any{}
			for _, a := range s.attachments(x.files[f.id]) {
				ids = append(ids, str(a, "id"))
				uploaded[str(a, "id")] = a
			}
			out["values"] = ids
		default:
			out["value"] = x.value(f)
		}
		return out
	}
	rows := []any{}
	for i, r := range objects(x.spec, "components") {
		row := map[string]any{"type": r["type"], "id": i + 1}
		switch num(r, "type") {
		case labelType:
			row["component"] = answer(obj(r, "component"))
		case rowType:
			parts := []any{}
			for _, c := range objects(r, "components") {
				parts = append(parts, answer(c))
			}
			row["components"] = parts
		}
		rows = append(rows, row)
	}
	out := map[string]any{"custom_id": str(x.spec, "custom_id"), "components": rows}
	if len(uploaded) > 0 {
		out["resolved"] = map[string]any{"attachments": uploaded}
	}
	return out
}

// choices picks in the selects of a message, each an interaction of its own, and presses the button that
// leads on.
func (w *workspace) choices(ctx context.Context, by desk.Person, m *message, values map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		w.s.mu.Lock()
		in, err := w.choice(m, key, values[key])
		w.s.mu.Unlock()
		if err != nil {
			return err
		}
		if in == nil {
			continue
		}
		if err := w.s.wait(ctx, in); err != nil {
			return err
		}
		w.s.Settle() // A person waits for the message to change before going on.
	}
	w.s.mu.Lock()
	if x := w.open(by); x != nil {
		w.s.mu.Unlock()
		return nil // The choice itself led on.
	}
	if now := w.questions(by); now != nil {
		m = now // What was answered may stand in a message of its own.
	}
	b := m.button(func(b map[string]any) bool { return strings.EqualFold(clean(str(b, "label")), "Continue") })
	if b == nil {
		b = m.button(func(b map[string]any) bool { return num(b, "style") == 1 })
	}
	if b == nil {
		w.s.mu.Unlock()
		return errors.New("the message has no button that leads on")
	}
	in, err := w.pressed(place{user: w.s.users[m.only]}, m, b)
	w.s.mu.Unlock()
	if err != nil || in == nil {
		return err
	}
	return w.s.wait(ctx, in)
}

// choice picks in one select; nil when nothing is sent. The lock is held.
func (w *workspace) choice(m *message, key, text string) (*interaction, error) {
	all := m.selects()
	i := slices.IndexFunc(all, func(c map[string]any) bool { return selectKey(c) == key })
	if i < 0 {
		return nil, fmt.Errorf("the message has no field %q", key)
	}
	c := all[i]
	picked, err := choose(c, key, text)
	if err != nil {
		return nil, err
	}
	if least, _ := bounds(c); len(picked) < least {
		return nil, nil // Discord's client has no way to take the last option off.
	}
	if m.picked == nil {
		m.picked = map[string][]string{}
	}
	id := str(c, "custom_id")
	m.picked[id] = texts(map[string]any{"v": picked}, "v")
	in := &interaction{kind: pressed, bot: w.s.users[m.author].bot, user: w.s.users[m.only], ch: m.ch, on: m}
	return in, w.s.act(in, map[string]any{"custom_id": id, "component_type": selectType, "id": c["id"], "values": picked})
}

// CloseModal closes the modal in front of a person, as by its cross. Discord tells the app nothing.
func (s *Server) CloseModal(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.modals, user)
}
