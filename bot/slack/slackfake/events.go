package slackfake

import (
	"fmt"
	"maps"
	"strings"
)

// needs is the scope without which Slack does not send an event of that kind.
func needs(inner map[string]any) string {
	switch kind := str(inner, "type"); kind {
	case "message":
		return map[string]string{"channel": "channels:history", "group": "groups:history", "im": "im:history"}[str(inner, "channel_type")]
	case "app_mention":
		return "app_mentions:read"
	case "reaction_added", "reaction_removed":
		return "reactions:read"
	case "member_joined_channel", "member_left_channel":
		return map[string]string{"C": "channels:read", "G": "groups:read"}[str(inner, "channel_type")]
	case "channel_left", "channel_archive", "channel_unarchive":
		return "channels:read"
	case "group_left", "group_archive", "group_unarchive":
		return "groups:read"
	case "subteam_members_changed", "subteam_updated":
		return "usergroups:read"
	}
	return ""
}

// subscribed says whether the app has asked for an event of that kind.
func (t *Team) subscribed(inner map[string]any) bool {
	if t.hears == nil {
		return true
	}
	name := str(inner, "type")
	if name == "message" {
		name += map[string]string{"channel": ".channels", "group": ".groups", "im": ".im"}[str(inner, "channel_type")]
	}
	return t.hears[name]
}

// event wraps an inner event in an envelope of the Events API for one team and sends it. own marks what
// the app itself caused, which Last passes over. nil: the app may not hear of it, or has not asked for it.
func (s *Server) event(t *Team, inner map[string]any, own bool) *envelope {
	if t.revoked || !t.grantedAny(needs(inner)) || !t.subscribed(inner) {
		return nil
	}
	shared := false
	for _, key := range []string{"channel", "new_channel_id"} {
		if ch := s.channels[str(inner, key)]; ch != nil {
			shared = ch.shared()
		}
	}
	if ch := s.channels[str(inner, "item", "channel")]; ch != nil {
		shared = ch.shared()
	}
	id := fmt.Sprintf("Ev%08dDEMO", s.next())
	payload := map[string]any{"token": "deprecated-" + t.ID, "team_id": t.ID, "context_team_id": t.ID, "context_enterprise_id": nil, "api_app_id": t.AppID,
		"event": inner, "type": "event_callback", "event_id": id, "event_time": s.clock.Now().Unix(), "is_ext_shared_channel": shared,
		"authorizations": []any{map[string]any{"enterprise_id": nil, "team_id": t.ID, "user_id": t.BotUser, "is_bot": true, "is_enterprise_install": false}},
		"event_context":  "4-" + id}
	env := &envelope{Envelope: Envelope{Type: "events_api", Team: t.ID, EventID: id, Payload: payload}, own: own}
	s.dispatch(t, env)
	return env
}

// SendEvent sends any inner event to a team's app, known to clients or not.
func (s *Server) SendEvent(team string, event map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.teams[team]; t != nil {
		inner := copied(event)
		if str(inner, "event_ts") == "" {
			inner["event_ts"] = s.newTS()
		}
		s.event(t, inner, false)
	}
}

// inner is a message as events show it to one team.
func (s *Server) inner(m *message, t *Team) map[string]any {
	out := copied(m.data)
	maps.Copy(out, map[string]any{"channel": m.ch.id, "channel_type": m.ch.kind(), "event_ts": m.ts})
	if m.ch.shared() {
		out["user_team"], out["source_team"] = m.team, m.team
	}
	s.hideForeignFiles(out, m, t)
	return out
}

// tellMessage tells every app in the channel of a new message. In a shared channel each gets an event of
// its own, under its own authorization and event id.
func (s *Server) tellMessage(m *message, own bool) []*envelope {
	var out []*envelope
	for _, t := range s.installed(m.ch) {
		inner := s.inner(m, t)
		out = add(out, s.event(t, inner, own))
		if strings.Contains(str(m.data, "text"), "<@"+t.BotUser+">") && m.ch.im == "" {
			mention := copied(inner)
			mention["type"] = "app_mention"
			delete(mention, "channel_type")
			delete(mention, "subtype")
			out = add(out, s.event(t, mention, own))
		}
	}
	return out
}

func add(all []*envelope, e *envelope) []*envelope {
	if e == nil {
		return all
	}
	return append(all, e)
}

// tellChanged tells of an edit: the message as it is and as it was.
func (s *Server) tellChanged(m *message, before map[string]any, own bool) []*envelope {
	var out []*envelope
	ts := s.newTS()
	for _, t := range s.installed(m.ch) {
		now := copied(m.data)
		if m.ch.shared() {
			now["user_team"], now["source_team"] = m.team, m.team
		}
		s.hideForeignFiles(now, m, t)
		out = add(out, s.event(t, map[string]any{"type": "message", "subtype": "message_changed", "hidden": true, "channel": m.ch.id,
			"channel_type": m.ch.kind(), "ts": ts, "event_ts": ts, "message": now, "previous_message": copied(before)}, own))
	}
	return out
}

// tellDeleted tells of a deletion.
func (s *Server) tellDeleted(m *message, before map[string]any, own bool) []*envelope {
	var out []*envelope
	ts := s.newTS()
	for _, t := range s.installed(m.ch) {
		out = add(out, s.event(t, map[string]any{"type": "message", "subtype": "message_deleted", "hidden": true, "channel": m.ch.id,
			"channel_type": m.ch.kind(), "ts": ts, "event_ts": ts, "deleted_ts": m.ts, "previous_message": copied(before)}, own))
	}
	return out
}

// tellReaction tells of a reaction set or taken off, by a person or by the app itself.
func (s *Server) tellReaction(kind string, m *message, name, user string, own bool) []*envelope {
	var out []*envelope
	ts := s.newTS()
	for _, t := range s.installed(m.ch) {
		inner := map[string]any{"type": kind, "user": user, "reaction": name, "item_user": m.user, "event_ts": ts,
			"item": map[string]any{"type": "message", "channel": m.ch.id, "ts": m.ts}}
		if m.ch.shared() {
			inner["user_team"], inner["source_team"] = s.teamOf(user), s.teamOf(user)
		}
		out = add(out, s.event(t, inner, own))
	}
	return out
}
