package slackfake

import (
	"context"
	"fmt"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// Press presses the button of that label on a message the person sees.
func (w *workspace) Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error {
	w.s.mu.Lock()
	p, m, err := w.on(by, ref)
	if err != nil {
		w.s.mu.Unlock()
		return err
	}
	block, button := findButton(allBlocks(m.data), label)
	t := w.s.teams[m.app]
	if button == nil || t == nil {
		w.s.mu.Unlock()
		return fmt.Errorf("the message has no button %q", label)
	}
	env := w.s.interaction(t, p.user, map[string]any{"type": "block_actions", "team": describeTeam(t),
		"actions": []any{w.s.action(block, button, map[string]any{"type": "button", "text": button["text"], "value": button["value"]})},
		"state":   map[string]any{"values": map[string]any{}}})
	w.s.aboutMessage(env, t, p.user, m)
	w.s.dispatch(t, env)
	w.s.mu.Unlock()
	return w.s.through(ctx, env)
}

// findButton looks through actions blocks and the accessories of sections.
func findButton(blocks []map[string]any, label string) (block, button map[string]any) {
	for _, b := range blocks {
		for _, e := range append(objects(b, "elements"), obj(b, "accessory")) {
			if str(e, "type") == "button" && strings.EqualFold(strings.TrimSpace(fromColons(str(e, "text", "text"))), strings.TrimSpace(label)) {
				return b, e
			}
		}
	}
	return nil, nil
}

func describeTeam(t *Team) map[string]any {
	return map[string]any{"id": t.ID, "domain": strings.ToLower(t.ID)}
}

// interaction makes an interactive payload with what all of them have; the lock is held.
func (s *Server) interaction(t *Team, u *user, more map[string]any) *envelope {
	payload := map[string]any{"user": map[string]any{"id": u.id, "username": u.id, "name": u.id, "team_id": u.team}, "api_app_id": t.AppID,
		"token": "deprecated-" + t.ID, "trigger_id": s.newTrigger(t.ID, u.id), "enterprise": nil, "is_enterprise_install": false}
	for k, v := range more {
		payload[k] = v
	}
	return &envelope{Envelope: Envelope{Type: "interactive", Team: t.ID, Payload: payload}}
}

// action is one element that was used. What is nil is left out, as Slack leaves it out.
func (s *Server) action(block, element, held map[string]any) map[string]any {
	out := map[string]any{"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": s.newTS()}
	for k, v := range held {
		if v != nil {
			out[k] = v
		}
	}
	if st := str(element, "style"); st != "" {
		out["style"] = st
	}
	return out
}

// aboutMessage adds what an interaction tells of its message. Of an ephemeral one it tells only the place,
// and not the content.
func (s *Server) aboutMessage(env *envelope, t *Team, u *user, m *message) {
	container := map[string]any{"type": "message", "message_ts": m.ts, "channel_id": m.ch.id, "is_ephemeral": m.only != ""}
	if m.thread != "" {
		container["thread_ts"] = m.thread
	}
	name := m.ch.name
	if m.ch.im != "" {
		name = "directmessage"
	}
	env.Payload["container"] = container
	env.Payload["channel"] = map[string]any{"id": m.ch.id, "name": name}
	env.Payload["response_url"] = s.newAnswer(t, m.ch, u.id, m)
	if m.only == "" {
		env.Payload["message"] = s.inner(m, t)
	}
}

// Shortcut uses a message shortcut of the app of the person's own workspace on a message. Slack shows an
// app's shortcuts only to the people of the workspace it is installed in.
func (s *Server) Shortcut(ctx context.Context, user, channel, ts, callbackID string) error {
	s.mu.Lock()
	u, ch := s.users[user], s.channels[channel]
	if u == nil || ch == nil || ch.find(ts) == nil || !s.sees(ch, user) || s.teams[u.team] == nil {
		s.mu.Unlock()
		return fmt.Errorf("%s sees no message %s in %s", user, ts, channel)
	}
	t, m := s.teams[u.team], ch.find(ts)
	env := s.interaction(t, u, map[string]any{"type": "message_action", "team": describeTeam(t), "callback_id": callbackID, "action_ts": s.newTS()})
	s.aboutMessage(env, t, u, m)
	delete(env.Payload, "container")
	env.Payload["message_ts"] = m.ts
	s.dispatch(t, env)
	s.mu.Unlock()
	return s.through(ctx, env)
}

// OpenHome opens the App Home in front of somebody; tab is "home" or "messages".
func (s *Server) OpenHome(team, user, tab string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, u := s.teams[team], s.users[user]
	if t == nil || u == nil {
		return
	}
	inner := map[string]any{"type": "app_home_opened", "user": user, "channel": s.direct(t, user).id, "tab": tab, "event_ts": s.newTS()}
	if v := s.homes[stackOf(team, user)]; v != nil && tab == "home" {
		inner["view"] = v.json(s)
	}
	s.event(t, inner, false)
}

// HomeView is the App Home that was published for somebody; nil when there is none.
func (s *Server) HomeView(team, user string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.homes[stackOf(team, user)]; v != nil {
		return v.json(s)
	}
	return nil
}

// Modal gives the modal that lies on top in front of a person as the app sent it; nil when none is open.
func (s *Server) Modal(team, user string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.top(team, user); v != nil {
		return v.json(s)
	}
	return nil
}
