package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// workspace lets people of a directory act in the fake. A reference of it is
// "<home ID>:<channel ID>/<ts>", as the adapter writes them.
type workspace struct {
	s   *Server
	dir *desk.Directory
}

var _ bottest.Workspace = (*workspace)(nil)

// Workspace gives the driver with which stories act as people. Every act waits until the app has
// acknowledged it or three seconds of real time have passed.
func (s *Server) Workspace(dir *desk.Directory) bottest.Workspace { return &workspace{s, dir} }

// errNotConnected is what a person sees when an app takes no commands: Slack says dispatch_failed.
var errNotConnected = errors.New("the app did not answer: dispatch_failed")

// Command types a slash command. It goes to the app of the person's own workspace, for in a shared channel
// only that one is theirs to command; and Slack has no commands in threads.
func (w *workspace) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	if at.Thread != "" {
		return errors.New("/case is not supported in threads")
	}
	w.s.mu.Lock()
	p, err := w.find(by, at)
	if err != nil {
		w.s.mu.Unlock()
		return err
	}
	t := w.s.teams[p.user.team]
	if t == nil || t.revoked || !t.grantedAny("commands") {
		w.s.mu.Unlock()
		return fmt.Errorf("/case is not a valid command in %s's workspace", by.Name)
	}
	url := w.s.newAnswer(t, p.ch, p.user.id, nil)
	name := p.ch.name
	if p.ch.im != "" {
		name = "directmessage"
	}
	env := &envelope{Envelope: Envelope{Type: "slash_commands", Team: t.ID, Payload: map[string]any{"token": "deprecated-" + t.ID, "team_id": t.ID,
		"team_domain": strings.ToLower(t.ID), "channel_id": p.ch.id, "channel_name": name, "user_id": p.user.id, "user_name": p.user.id, "command": "/case",
		"text": escape(line), "api_app_id": t.AppID, "is_enterprise_install": "false", "response_url": url,
		"trigger_id": w.s.newTrigger(t.ID, p.user.id)}}}
	a := w.s.answers[url[strings.LastIndex(url, "/")+1:]]
	env.onAnswer = func(raw json.RawMessage) { w.s.answerCommand(a, raw) }
	w.s.dispatch(t, env)
	w.s.mu.Unlock()
	return w.s.through(ctx, env)
}

// through waits for the acknowledgement of a command or an interaction, which a person notices the lack of.
func (s *Server) through(ctx context.Context, env *envelope) error {
	if err := s.await(ctx, env); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if env.state == failed {
		return errNotConnected
	}
	return nil
}

// Say writes a message, in the direct conversation with the app at the zero Spot.
func (w *workspace) Say(ctx context.Context, by desk.Person, at bottest.Spot, text string, files []bot.File) (bot.Ref, error) {
	w.s.mu.Lock()
	p, err := w.find(by, at)
	if err == nil && p.ch.archived {
		err = fmt.Errorf("channel %q is archived", p.ch.id)
	}
	if err != nil {
		w.s.mu.Unlock()
		return "", err
	}
	data := map[string]any{"text": stored(text, w.appIn(p).BotUser), "client_msg_id": fmt.Sprintf("%08x-demo", w.s.next())}
	if text != "" {
		data["blocks"] = w.s.numbered([]any{richText(str(data, "text"))})
	}
	var shown []any
	for _, f := range files {
		x := w.s.newFile(p.user.team, p.user.id, f.Name, f.Type, len(f.Data))
		x.data, x.uploaded, x.shared, x.channels = f.Data, true, true, []string{p.ch.id}
		shown = append(shown, x.json(w.s, p.user.team))
	}
	if len(shown) > 0 {
		data["files"], data["upload"], data["subtype"] = shown, false, "file_share"
	}
	m := &message{ch: p.ch, thread: p.thread, user: p.user.id, team: p.user.team, data: data}
	from := len(w.s.envelopes)
	w.s.keepMessage(m, false)
	sent := slices.Clone(w.s.envelopes[from:])
	w.s.mu.Unlock()
	return w.ref(p.home, m), w.s.await(ctx, sent...)
}

// appIn is whose app people address in a channel: their own workspace's, or in a shared channel without it
// the one that is there.
func (w *workspace) appIn(p place) *Team {
	if p.ch.im != "" || p.ch.bots[p.team.ID] {
		return p.team
	}
	for _, t := range w.s.installed(p.ch) {
		return t
	}
	return p.team
}

func (w *workspace) ref(h desk.Home, m *message) bot.Ref {
	return bot.Ref(h.ID + ":" + m.ch.id + "/" + m.ts)
}

// Rewrite edits a person's own message.
func (w *workspace) Rewrite(ctx context.Context, by desk.Person, ref bot.Ref, text string) error {
	return w.own(ctx, by, ref, func(p place, m *message) []*envelope {
		before := copied(m.data)
		m.data["text"] = stored(text, w.appIn(p).BotUser)
		m.data["blocks"] = w.s.numbered([]any{richText(str(m.data, "text"))})
		m.data["edited"] = map[string]any{"user": p.user.id, "ts": w.s.newTS()}
		return w.s.tellChanged(m, before, false)
	})
}

// Remove deletes a person's own message.
func (w *workspace) Remove(ctx context.Context, by desk.Person, ref bot.Ref) error {
	return w.own(ctx, by, ref, func(_ place, m *message) []*envelope {
		from := len(w.s.envelopes)
		w.s.remove(m, false)
		return slices.Clone(w.s.envelopes[from:])
	})
}

func (w *workspace) own(ctx context.Context, by desk.Person, ref bot.Ref, do func(place, *message) []*envelope) error {
	w.s.mu.Lock()
	p, m, err := w.on(by, ref)
	if err == nil && m.user != p.user.id {
		err = fmt.Errorf("%s did not write %s", by.Name, ref)
	}
	if err != nil {
		w.s.mu.Unlock()
		return err
	}
	sent := do(p, m)
	w.s.mu.Unlock()
	return w.s.await(ctx, sent...)
}

// Toggle sets a reaction or takes it off. Slack knows emoji by name; ephemeral messages take none.
func (w *workspace) Toggle(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error {
	w.s.mu.Lock()
	p, m, err := w.on(by, ref)
	name := shortName(emoji)
	event := "reaction_added"
	switch {
	case err != nil:
	case m.only != "":
		err = errors.New("a message that only one person sees takes no reactions")
	case !knownEmoji(name):
		err = fmt.Errorf("there is no emoji %q", emoji)
	case kind == bot.Unreact && !m.unreact(name, p.user.id):
		err = fmt.Errorf("%s has not reacted with %s", by.Name, emoji)
	case kind == bot.Unreact:
		event = "reaction_removed"
	case !m.react(name, p.user.id):
		err = fmt.Errorf("%s has reacted with %s already", by.Name, emoji)
	}
	if err != nil {
		w.s.mu.Unlock()
		return err
	}
	sent := w.s.tellReaction(event, m, name, p.user.id, false)
	w.s.mu.Unlock()
	return w.s.await(ctx, sent...)
}
