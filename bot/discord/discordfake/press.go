package discordfake

import (
	"context"
	"fmt"
	"strings"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// Press presses a button, whatever the case of the letters in its label. A link opens in a browser and
// reaches nobody.
func (w *workspace) Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error {
	w.s.mu.Lock()
	p, m, err := w.on(by, ref)
	if err != nil {
		w.s.mu.Unlock()
		return err
	}
	b := m.button(func(b map[string]any) bool { return strings.EqualFold(clean(str(b, "label")), label) })
	if b == nil {
		w.s.mu.Unlock()
		return fmt.Errorf("the message has no button %q", label)
	}
	in, err := w.pressed(p, m, b)
	w.s.mu.Unlock()
	if err != nil || in == nil {
		return err
	}
	return w.s.wait(ctx, in)
}

// pressed sends the press of a button; the lock is held. nil without an error: it was a link.
func (w *workspace) pressed(p place, m *message, b map[string]any) (*interaction, error) {
	switch {
	case yes(b, "disabled"):
		return nil, fmt.Errorf("the button %q is switched off", str(b, "label"))
	case str(b, "url") != "":
		return nil, nil
	}
	in := &interaction{kind: pressed, bot: w.s.users[m.author].bot, user: p.user, ch: m.ch, on: m}
	return in, w.s.act(in, map[string]any{"custom_id": str(b, "custom_id"), "component_type": buttonType, "id": b["id"]})
}

// button finds a button of a message.
func (m *message) button(is func(map[string]any) bool) map[string]any {
	for _, r := range m.rows {
		for _, c := range objects(r, "components") {
			if num(c, "type") == buttonType && is(c) {
				return c
			}
		}
	}
	return nil
}

// selects are the choices of a message, in order.
func (m *message) selects() []map[string]any {
	var out []map[string]any
	for _, r := range m.rows {
		for _, c := range objects(r, "components") {
			if num(c, "type") == selectType {
				out = append(out, c)
			}
		}
	}
	return out
}

// Command types a slash command in a channel, a thread or the direct conversation. Where /case takes its
// whole line in one option called "line" it is sent so, else as a subcommand with options.
func (w *workspace) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	w.s.mu.Lock()
	p, err := w.find(by, at)
	if err != nil {
		w.s.mu.Unlock()
		return err
	}
	in, err := w.command(p, line, typedCommand)
	w.s.mu.Unlock()
	if err != nil {
		return err
	}
	return w.s.wait(ctx, in)
}

// command sends a typed line, or asks what could complete it; the lock is held.
func (w *workspace) command(p place, line string, kind int) (*interaction, error) {
	if p.bot == nil {
		return nil, errNotConnected
	}
	cmd := p.bot.command(p.ch.guild, "case", chatCommand)
	if cmd == nil {
		return nil, fmt.Errorf("there is no command /case here; the bot has registered %d", len(p.bot.global)+len(p.bot.commands[p.ch.guild]))
	}
	if p.ch.kind == kindForum {
		return nil, fmt.Errorf("in the forum %q commands are typed in its posts", p.ch.name)
	}
	if p.ch.kind != kindDM && !w.s.may(p.ch, "USE_APPLICATION_COMMANDS") {
		return nil, fmt.Errorf("commands are switched off in %q", p.ch.name)
	}
	options, err := fill(cmd, line, kind == completing)
	if err != nil {
		return nil, err
	}
	in := &interaction{kind: kind, name: "case", bot: p.bot, user: p.user, ch: p.ch}
	data := map[string]any{"id": cmd["id"], "name": "case", "type": chatCommand, "options": options}
	if g := str(cmd, "guild_id"); g != "" {
		data["guild_id"] = g
	}
	return in, w.s.act(in, data)
}

// Completer is what the workspace can besides: a person sees completions while typing a command.
type Completer interface {
	// Complete gives what is offered to complete a line, as value and label.
	Complete(ctx context.Context, by desk.Person, at bottest.Spot, line string) ([]bot.Option, error)
	// Pick chooses the command of that name from the menu of a message ("Apps").
	Pick(ctx context.Context, by desk.Person, ref bot.Ref, name string) error
}

var _ Completer = (*workspace)(nil)

func (w *workspace) Complete(ctx context.Context, by desk.Person, at bottest.Spot, line string) ([]bot.Option, error) {
	w.s.mu.Lock()
	p, err := w.find(by, at)
	if err != nil {
		w.s.mu.Unlock()
		return nil, err
	}
	in, err := w.command(p, line, completing)
	w.s.mu.Unlock()
	if err == nil {
		err = w.s.wait(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	var out []bot.Option
	for _, x := range in.choices {
		out = append(out, bot.Option{Value: str(x, "value"), Label: str(x, "name")})
	}
	return out, nil
}

func (w *workspace) Pick(ctx context.Context, by desk.Person, ref bot.Ref, name string) error {
	w.s.mu.Lock()
	p, m, err := w.on(by, ref)
	if err != nil {
		w.s.mu.Unlock()
		return err
	}
	cmd := p.bot.command(p.ch.guild, name, messageCommand)
	if cmd == nil || m.only != "" {
		w.s.mu.Unlock()
		return fmt.Errorf("the menu of the message has no %q", name)
	}
	in := &interaction{kind: typedCommand, name: name, bot: p.bot, user: p.user, ch: p.ch}
	// A command's words come in full, whatever the intents.
	data := map[string]any{"id": cmd["id"], "name": name, "type": messageCommand, "target_id": m.id, "resolved": map[string]any{"messages": map[string]any{m.id: m.json(w.s)}}}
	err = w.s.act(in, data)
	w.s.mu.Unlock()
	if err != nil {
		return err
	}
	return w.s.wait(ctx, in)
}
