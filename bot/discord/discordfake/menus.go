package discordfake

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// fileOptionType is the type of an option that takes a file.
const fileOptionType = 11

// Menus is what the workspace can besides: commands with files, with their options filled in one by one, and the
// menu of a person.
type Menus interface {
	// Attach types /case with its line and puts files into its options that take one.
	Attach(ctx context.Context, by desk.Person, at bottest.Spot, line string, files []bot.File) error
	// Fill chooses a command by its path, such as "desk kb open", and fills in its options.
	Fill(ctx context.Context, by desk.Person, at bottest.Spot, path string, options map[string]string) error
	// PickPerson chooses the command of that name from the menu of a user ("Apps").
	PickPerson(ctx context.Context, by desk.Person, at bottest.Spot, user, name string) error
}

var _ Menus = (*workspace)(nil)

func (w *workspace) Attach(ctx context.Context, by desk.Person, at bottest.Spot, line string, files []bot.File) error {
	return w.uses(ctx, by, at, "case", chatCommand, func(p place, cmd map[string]any) (map[string]any, error) {
		filled, err := fill(cmd, line, false)
		if err != nil {
			return nil, err
		}
		uploaded := map[string]any{}
		for _, o := range objects(cmd, "options") {
			if num(o, "type") != fileOptionType || len(files) == 0 {
				continue
			}
			a := w.s.attachments([]*file{w.s.newFile(p.ch, files[0].Name, files[0].Type, files[0].Data)})[0]
			uploaded[str(a, "id")] = a
			filled = append(filled, map[string]any{"name": o["name"], "type": fileOptionType, "value": str(a, "id")})
			files = files[1:]
		}
		if len(files) > 0 {
			return nil, fmt.Errorf("the command has no place for %d of the files", len(files))
		}
		return map[string]any{"options": filled, "resolved": map[string]any{"attachments": uploaded}}, nil
	})
}

func (w *workspace) Fill(ctx context.Context, by desk.Person, at bottest.Spot, path string, options map[string]string) error {
	words := strings.Fields(path)
	return w.uses(ctx, by, at, words[0], chatCommand, func(_ place, cmd map[string]any) (map[string]any, error) {
		out := map[string]any{}
		into := out
		for _, word := range words[1:] {
			if cmd = option(objects(cmd, "options"), word); cmd == nil || num(cmd, "type") > groupType {
				return nil, fmt.Errorf("there is no %q in %q", word, path)
			}
			next := map[string]any{"name": word, "type": cmd["type"]}
			into["options"] = []any{next}
			into = next
		}
		given := []any{}
		for _, key := range slices.Sorted(maps.Keys(options)) {
			o := option(objects(cmd, "options"), key)
			if o == nil {
				return nil, fmt.Errorf("%q has no option %q", path, key)
			}
			v, err := value(o, options[key])
			if err != nil {
				return nil, err
			}
			given = append(given, map[string]any{"name": key, "type": o["type"], "value": v})
		}
		into["options"] = given
		return out, nil
	})
}

func (w *workspace) PickPerson(ctx context.Context, by desk.Person, at bottest.Spot, user, name string) error {
	return w.uses(ctx, by, at, name, userCommand, func(p place, _ map[string]any) (map[string]any, error) {
		return map[string]any{"target_id": user, "resolved": map[string]any{"users": map[string]any{user: w.s.userJSON(user)},
			"members": map[string]any{user: w.s.memberJSON(p.ch.guild, user, false)}}}, nil
	})
}

// uses sends a command with what a client makes of it.
func (w *workspace) uses(ctx context.Context, by desk.Person, at bottest.Spot, name string, kind int, data func(place, map[string]any) (map[string]any, error)) error {
	w.s.mu.Lock()
	in, err := func() (*interaction, error) {
		p, err := w.find(by, at)
		if err != nil {
			return nil, err
		}
		if p.bot == nil {
			return nil, errNotConnected
		}
		cmd := p.bot.command(p.ch.guild, name, kind)
		if cmd == nil {
			return nil, fmt.Errorf("there is no command %q here", name)
		}
		d, err := data(p, cmd)
		if err != nil {
			return nil, err
		}
		d["id"], d["name"], d["type"] = cmd["id"], name, kind
		in := &interaction{kind: typedCommand, name: name, bot: p.bot, user: p.user, ch: p.ch}
		return in, w.s.act(in, d)
	}()
	w.s.mu.Unlock()
	if err != nil {
		return err
	}
	return w.s.wait(ctx, in)
}
