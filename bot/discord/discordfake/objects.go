package discordfake

import (
	"slices"
	"strconv"
)

func (s *Server) userJSON(id string) map[string]any {
	out := map[string]any{"id": id, "username": "deleted_user", "discriminator": "0", "global_name": nil, "avatar": nil, "public_flags": 0}
	if u := s.users[id]; u != nil {
		out["username"], out["global_name"] = u.name, u.name
		if u.bot != nil {
			out["bot"], out["global_name"] = true, nil
		}
	}
	return out
}

// memberJSON is somebody in a guild; in messages the user is left out, for it stands beside.
func (s *Server) memberJSON(guild, id string, withUser bool) map[string]any {
	u := s.users[id]
	if u == nil {
		return nil
	}
	roles, in := u.in[guild]
	if !in {
		return nil
	}
	out := map[string]any{"roles": list(roles), "nick": nil, "avatar": nil, "joined_at": stamp(s.guilds[guild].joined), "premium_since": nil, "deaf": false, "mute": false,
		"pending": false, "flags": 0, "communication_disabled_until": nil}
	if withUser {
		out["user"] = s.userJSON(id)
	}
	return out
}

func (s *Server) channelJSON(ch *channel) map[string]any {
	out := map[string]any{"id": ch.id, "type": ch.kind, "last_message_id": nil, "flags": 0}
	if n := len(ch.messages); n > 0 {
		out["last_message_id"] = ch.messages[n-1].id
	}
	if ch.kind == kindDM {
		out["recipients"] = []any{s.userJSON(ch.recipient)}
		return out
	}
	out["guild_id"], out["name"], out["rate_limit_per_user"] = ch.guild, ch.name, 0
	if ch.isThread() {
		out["parent_id"], out["owner_id"], out["message_count"], out["total_message_sent"] = ch.parent, ch.owner, len(ch.messages), len(ch.messages)
		out["member_count"], out["applied_tags"] = min(len(ch.members), 50), list(ch.tags)
		meta := map[string]any{"archived": ch.archived, "locked": ch.locked, "auto_archive_duration": ch.autoArchive, "archive_timestamp": stamp(ch.shelved),
			"create_timestamp": stamp(ch.created)}
		if ch.kind == kindPrivate {
			meta["invitable"] = ch.invitable
		}
		out["thread_metadata"] = meta
		return out
	}
	out["position"], out["parent_id"], out["topic"], out["nsfw"], out["permission_overwrites"] = ch.position, nil, orNull(ch.topic), false, s.overwrites(ch)
	if ch.kind == kindForum {
		out["available_tags"], out["default_reaction_emoji"], out["default_sort_order"], out["default_forum_layout"] = []any{}, nil, nil, 0
	}
	return out
}

func (s *Server) roleJSON(g *guild, r role, position int) map[string]any {
	return map[string]any{"id": r.id, "name": r.name, "color": 0, "hoist": false, "icon": nil, "unicode_emoji": nil, "position": position,
		"permissions": strconv.FormatInt(allPermissions(), 10), "managed": false, "mentionable": r.id != g.id, "flags": 0}
}

func (s *Server) rolesJSON(g *guild) []any {
	out := []any{}
	for i, r := range g.roles {
		out = append(out, s.roleJSON(g, r, i))
	}
	return out
}

// channelsOf are a guild's channels, threads left out.
func (s *Server) channelsOf(g *guild) []any {
	out := []any{}
	for _, ch := range s.order {
		if ch.guild == g.id && !ch.isThread() {
			out = append(out, s.channelJSON(ch))
		}
	}
	return out
}

// threadsOf are the active threads that a bot sees.
func (s *Server) threadsOf(g *guild, b *Bot) []any {
	out := []any{}
	for _, ch := range s.order {
		if ch.guild == g.id && ch.isThread() && !ch.archived && s.sees(b, ch) {
			x := s.channelJSON(ch)
			if slices.Contains(ch.members, b.ID) {
				x["member"] = s.threadMember(ch, b.ID)
			}
			out = append(out, x)
		}
	}
	return out
}

func (s *Server) threadMember(ch *channel, id string) map[string]any {
	return map[string]any{"id": ch.id, "user_id": id, "join_timestamp": stamp(ch.created), "flags": 0}
}

func (s *Server) guildHead(g *guild) map[string]any {
	members := 0
	for _, u := range s.users {
		if _, in := u.in[g.id]; in {
			members++
		}
	}
	return map[string]any{"id": g.id, "name": g.name, "icon": nil, "owner_id": "1", "roles": s.rolesJSON(g), "emojis": []any{}, "features": []any{}, "preferred_locale": "en-US",
		"mfa_level": 0, "verification_level": 0, "premium_tier": 0, "approximate_member_count": members}
}

// guildJSON is what GUILD_CREATE carries.
func (s *Server) guildJSON(g *guild, b *Bot) map[string]any {
	out := s.guildHead(g)
	out["joined_at"], out["large"], out["unavailable"], out["member_count"] = stamp(g.joined), false, false, out["approximate_member_count"]
	out["members"] = []any{s.memberJSON(g.id, b.ID, true)}
	out["channels"], out["threads"] = s.channelsOf(g), s.threadsOf(g, b)
	for _, empty := range []string{"presences", "voice_states", "stage_instances", "guild_scheduled_events", "stickers"} {
		out[empty] = []any{}
	}
	return out
}

func (s *Server) applicationJSON(b *Bot) map[string]any {
	flags := 0
	for name, bit := range map[string]int{"GUILD_PRESENCES": 1 << 13, "GUILD_MEMBERS": 1 << 15, "MESSAGE_CONTENT": 1 << 19} {
		if b.privileged[name] {
			flags |= bit
		}
	}
	return map[string]any{"id": b.Application, "name": "casebot", "flags": flags, "bot_public": false, "bot_require_code_grant": false, "bot": s.userJSON(b.ID), "verify_key": "00"}
}
