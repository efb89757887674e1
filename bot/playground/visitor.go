package playground

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"casebot/bot"
	"casebot/desk"
)

// Visitors acts as people do on the page, without a browser: for stories, and for the conformance suite
// that every platform passes. It goes through the same ways in as the page's requests.
type Visitors struct {
	p *Platform

	mu      sync.Mutex
	dialogs map[string]*open // By person ID.
}

// open is a dialog in front of a person, with where it was opened.
type open struct {
	form *bot.Form
	at   where
}

// Entry is a message as a person sees it.
type Entry struct {
	Ref       bot.Ref
	From      string       // Person ID; empty: the desk.
	Text      string       // A person's words.
	Message   *bot.Message // The desk's.
	Private   bool
	Edited    bool
	Reactions []string
	Files     []string
}

// NewVisitors gives a way to act in a playground.
func NewVisitors(p *Platform) *Visitors { return &Visitors{p: p, dialogs: map[string]*open{}} }

// who finds the part of a person.
func (v *Visitors) who(by desk.Person) (who, error) {
	for _, a := range by.Accounts {
		workspace, user, ok := splitAccount(a)
		if !ok {
			continue
		}
		if h, ok := v.p.dir.HomeAt(Name, workspace); ok {
			return v.p.play(h.ID, user)
		}
	}
	return who{}, fmt.Errorf("%s has no account in the playground", by.ID)
}

// spot turns a channel and a thread into a place; an empty channel is the person's direct conversation.
func spot(w who, channel string, thread bot.Ref) (where, error) {
	if channel == "" {
		return where{channel: directChannel(w.user)}, nil
	}
	if thread == "" {
		return where{channel: channel}, nil
	}
	_, _, root, err := parseRef(thread)
	return where{channel, root}, err
}

// show keeps the dialog an answer opens, or closes the one it answers.
func (v *Visitors) show(w who, at where, a bot.Answer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if a.Done {
		delete(v.dialogs, w.ID)
	}
	if a.Form != nil {
		v.dialogs[w.ID] = &open{a.Form, at}
	}
}

// Command types what stands after "/case".
func (v *Visitors) Command(ctx context.Context, by desk.Person, channel string, thread bot.Ref, line string) error {
	w, err := v.who(by)
	if err != nil {
		return err
	}
	at, err := spot(w, channel, thread)
	if err != nil {
		return err
	}
	a, err := v.p.command(ctx, w, at, line, token())
	v.show(w, at, a)
	return err
}

// Say writes a message.
func (v *Visitors) Say(ctx context.Context, by desk.Person, channel string, thread bot.Ref, text string, files []bot.File) (bot.Ref, error) {
	w, err := v.who(by)
	if err != nil {
		return "", err
	}
	at, err := spot(w, channel, thread)
	if err != nil {
		return "", err
	}
	nonce := token()
	a, err := v.p.say(ctx, w, at, text, files, nonce)
	v.show(w, at, a)
	v.p.mu.Lock()
	defer v.p.mu.Unlock()
	if m := v.p.delivered["said/"+w.user+"/"+nonce]; m != nil {
		return refOf(m), err
	}
	return "", err
}

// Rewrite changes a person's own message; Remove takes it away.
func (v *Visitors) Rewrite(ctx context.Context, by desk.Person, ref bot.Ref, text string) error {
	return v.touch(by, ref, func(w who, id int64) (bot.Answer, error) { return v.p.edit(ctx, w, id, text, false, token()) })
}

// Remove takes a person's own message away.
func (v *Visitors) Remove(ctx context.Context, by desk.Person, ref bot.Ref) error {
	return v.touch(by, ref, func(w who, id int64) (bot.Answer, error) { return v.p.edit(ctx, w, id, "", true, token()) })
}

// Press presses the button of a label.
func (v *Visitors) Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error {
	return v.touch(by, ref, func(w who, id int64) (bot.Answer, error) {
		if m := v.p.message(id); m != nil && m.Told != nil {
			for i, b := range m.Told.Buttons {
				if strings.EqualFold(b.Label, label) {
					return v.p.press(ctx, w, id, i, token())
				}
			}
		}
		return bot.Answer{}, fmt.Errorf("the message has no button %q", label)
	})
}

// Toggle sets a reaction (bot.React) or takes it off (bot.Unreact).
func (v *Visitors) Toggle(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error {
	return v.touch(by, ref, func(w who, id int64) (bot.Answer, error) {
		return v.p.react(ctx, w, id, emoji, kind == bot.React, token())
	})
}

func (v *Visitors) touch(by desk.Person, ref bot.Ref, f func(w who, id int64) (bot.Answer, error)) error {
	w, err := v.who(by)
	if err != nil {
		return err
	}
	_, channel, id, err := parseRef(ref)
	if err != nil {
		return err
	}
	a, err := f(w, id)
	at := where{channel: channel}
	if m := v.p.message(id); m != nil {
		at.root = m.Root
	}
	v.show(w, at, a)
	return err
}

// Dialog is the form open in front of a person; nil when there is none.
func (v *Visitors) Dialog(by desk.Person) *bot.Form {
	v.mu.Lock()
	defer v.mu.Unlock()
	if d := v.dialogs[by.ID]; d != nil {
		return d.form
	}
	return nil
}

// Submit sends the open form: what it was filled with, overlaid with values. A choice that changes the form is told
// before, as the page does.
func (v *Visitors) Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error {
	w, err := v.who(by)
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for {
		v.mu.Lock()
		d := v.dialogs[by.ID]
		v.mu.Unlock()
		if d == nil {
			return errors.New("no dialog is open")
		}
		i := slices.IndexFunc(d.form.Fields, func(q bot.FormField) bool {
			value, given := values[q.Key]
			return given && q.Live && q.Kind == bot.AskChoice && value != q.Value && !told[q.Key]
		})
		if i < 0 {
			return v.submit(ctx, w, d, values, files)
		}
		q := d.form.Fields[i].Key
		told[q] = true
		in, err := filled(d.form, map[string]string{q: values[q]})
		if err != nil {
			return err
		}
		a, err := v.p.form(ctx, w, d.at, bot.Refresh, in, token())
		if err != nil {
			return err
		}
		if a.Form != nil {
			v.show(w, d.at, a)
		}
	}
}

func (v *Visitors) submit(ctx context.Context, w who, d *open, values map[string]string, files []bot.File) error {
	in, err := filled(d.form, values)
	if err != nil {
		return err
	}
	for _, f := range files {
		in.Files = append(in.Files, bot.FileIn{Name: f.Name, Type: f.Type, Size: int64(len(f.Data)), Open: func() ([]byte, error) { return f.Data, nil }})
	}
	a, err := v.p.form(ctx, w, d.at, bot.Submit, in, token())
	if err != nil {
		return err
	}
	v.show(w, d.at, a)
	if a.Message != nil && !a.Done && !a.Public {
		// The page shows this sentence inside the dialog; here it stands where the person reads.
		return v.p.tell(ctx, w, d.at, *a.Message)
	}
	return nil
}

// filled is what a form hands in: what stands in it, overlaid with values.
func filled(form *bot.Form, values map[string]string) (formIn, error) {
	in := formIn{Form: form.Name, Case: form.Case, Draft: form.Draft, Values: map[string]string{}}
	maps.Copy(in.Values, form.Hidden)
	for _, q := range form.Fields {
		if q.Value != "" {
			in.Values[q.Key] = q.Value
		}
	}
	for k, value := range values {
		if !slices.ContainsFunc(form.Fields, func(q bot.FormField) bool { return q.Key == k }) {
			return in, fmt.Errorf("the dialog %q has no field %q", form.Title, k)
		}
		in.Values[k] = value
	}
	return in, nil
}

// Read gives what a person sees in a place of a home, oldest first: the top level of a channel, or a
// thread with its root. The empty channel is their direct conversation.
func (v *Visitors) Read(by desk.Person, home, channel string, thread bot.Ref) []Entry {
	w, err := v.who(by)
	if err != nil {
		return nil
	}
	at, err := spot(w, channel, thread)
	if err != nil || home != "" && home != w.home.ID || !v.p.mayRead(w, at.channel) {
		return nil
	}
	v.p.mu.Lock()
	list := slices.Clone(v.p.chat[w.home.ID+"/"+at.channel])
	v.p.mu.Unlock()
	var out []Entry
	for _, m := range list {
		if m.Root != at.root && (at.root == 0 || m.ID != at.root) || m.Gone || m.For != "" && m.For != w.user {
			continue
		}
		e := Entry{Ref: refOf(m), Text: m.Text, Private: m.For != "", Edited: !m.Edited.IsZero()}
		if m.Told != nil {
			told := v.p.led(w, *m.Told)
			e.Message = &told
		}
		if other, err := v.p.play(m.Home, m.User); err == nil {
			e.From = other.ID
		}
		for _, r := range m.Reacts {
			for range r.Users {
				e.Reactions = append(e.Reactions, r.Emoji)
			}
		}
		for _, f := range m.Files {
			e.Files = append(e.Files, f.Name)
		}
		out = append(out, e)
	}
	return out
}
