package discordfake

import (
	"regexp"
	"slices"
	"strings"
)

var (
	userMention = regexp.MustCompile(`<@!?(\d{1,20})>`)
	roleMention = regexp.MustCompile(`<@&(\d{1,20})>`)
	codeSpan    = regexp.MustCompile("(?s)```.*?```|``.*?``|`[^`]*`")
	massMention = regexp.MustCompile(`(^|[^\\])@(everyone|here)\b`)
)

// mentions finds whom a message's words ping. Without allowed everybody named is pinged, as for people's
// own messages. A mention in code or in an embed pings nobody.
func (s *Server) mentions(m *message, allowed map[string]any, limited bool) {
	m.users, m.roles, m.everyone = nil, nil, false
	text := codeSpan.ReplaceAllString(m.content, "")
	parse := texts(allowed, "parse")
	users, roles := texts(allowed, "users"), texts(allowed, "roles")
	for _, f := range userMention.FindAllStringSubmatch(text, -1) {
		ok := !limited || slices.Contains(parse, "users") || slices.Contains(users, f[1])
		if ok && s.users[f[1]] != nil && !slices.Contains(m.users, f[1]) {
			m.users = append(m.users, f[1])
		}
	}
	for _, f := range roleMention.FindAllStringSubmatch(text, -1) {
		ok := !limited || slices.Contains(parse, "roles") || slices.Contains(roles, f[1])
		if ok && s.roleName(f[1]) != "" && !slices.Contains(m.roles, f[1]) {
			m.roles = append(m.roles, f[1])
		}
	}
	m.everyone = massMention.MatchString(text) && (!limited || slices.Contains(parse, "everyone"))
	if m.everyone && s.users[m.author] != nil && s.users[m.author].bot != nil {
		s.problem("message in %s: pings everybody: %.60q", m.ch.id, m.content)
	}
	if to := str(m.refersTo, "message_id"); to != "" && (!limited || yes(allowed, "replied_user")) {
		if r := m.ch.find(to); r != nil && !slices.Contains(m.users, r.author) {
			m.users = append(m.users, r.author)
		}
	}
}

// roleName is the name of a role of any guild.
func (s *Server) roleName(id string) string {
	for _, g := range s.guilds {
		for _, r := range g.roles {
			if r.id == id {
				return strings.TrimPrefix(r.name, "@")
			}
		}
	}
	return ""
}

// checkMentions holds allowed_mentions against the vendor's rules.
func (k *checker) mentions(body map[string]any) {
	allowed := obj(body, "allowed_mentions")
	if allowed == nil {
		return
	}
	parse := texts(allowed, "parse")
	for i, p := range parse {
		if p != "users" && p != "roles" && p != "everyone" {
			k.bad("BASE_TYPE_CHOICES", "Value must be one of {'everyone', 'roles', 'users'}.", "allowed_mentions", "parse", i)
		}
	}
	for _, kind := range []string{"users", "roles"} {
		ids := texts(allowed, kind)
		if len(ids) > 0 && slices.Contains(parse, kind) {
			k.bad("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", kind+" are excluded with parse:['"+kind+"']", "allowed_mentions")
		}
		if len(ids) > 100 {
			k.bad("BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.", "allowed_mentions", kind)
		}
		for i, id := range ids {
			if !isSnowflake(id) {
				k.bad("NUMBER_TYPE_COERCE", `Value "`+id+`" is not snowflake.`, "allowed_mentions", kind, i)
			}
		}
	}
}
