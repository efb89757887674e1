package discordfake

import "net/http"

// routes is filled by init, for the routes' own functions refer to the table.
var routes []route

func init() {
	routes = []route{
		{"GET", "/gateway", true, (*call).getGateway},
		{"GET", "/gateway/bot", false, (*call).getGatewayBot},
		{"GET", "/users/@me", false, func(c *call) (any, *refusal) { return c.s.userJSON(c.bot.ID), nil }},
		{"GET", "/users/@me/guilds", false, (*call).getMyGuilds},
		{"POST", "/users/@me/channels", false, (*call).openDirect},
		{"GET", "/users/{u}", false, (*call).getUser},
		{"GET", "/applications/@me", false, func(c *call) (any, *refusal) { return c.s.applicationJSON(c.bot), nil }},
		{"GET", "/oauth2/applications/@me", false, func(c *call) (any, *refusal) { return c.s.applicationJSON(c.bot), nil }},
		{"GET", "/applications/{a}/commands", false, (*call).getCommands},
		{"PUT", "/applications/{a}/commands", false, (*call).putCommands},
		{"GET", "/applications/{a}/guilds/{g}/commands", false, (*call).getCommands},
		{"PUT", "/applications/{a}/guilds/{g}/commands", false, (*call).putCommands},

		{"GET", "/channels/{c}", false, (*call).getChannel},
		{"PATCH", "/channels/{c}", false, (*call).patchChannel},
		{"DELETE", "/channels/{c}", false, (*call).deleteChannel},
		{"POST", "/channels/{c}/typing", false, (*call).typing},
		{"GET", "/channels/{c}/messages", false, (*call).listMessages},
		{"POST", "/channels/{c}/messages", false, (*call).createMessage},
		{"GET", "/channels/{c}/messages/{m}", false, (*call).getMessage},
		{"PATCH", "/channels/{c}/messages/{m}", false, (*call).editMessage},
		{"DELETE", "/channels/{c}/messages/{m}", false, (*call).deleteMessage},
		{"PUT", "/channels/{c}/messages/{m}/reactions/{e}/@me", false, (*call).putReaction},
		{"DELETE", "/channels/{c}/messages/{m}/reactions/{e}/@me", false, (*call).deleteReaction},
		{"GET", "/channels/{c}/messages/{m}/reactions/{e}", false, (*call).getReactions},
		{"POST", "/channels/{c}/messages/{m}/threads", false, (*call).threadFromMessage},
		{"POST", "/channels/{c}/threads", false, (*call).newThread},
		{"GET", "/channels/{c}/threads/archived/public", false, func(c *call) (any, *refusal) { return c.archivedThreads(kindThread) }},
		{"GET", "/channels/{c}/threads/archived/private", false, func(c *call) (any, *refusal) { return c.archivedThreads(kindPrivate) }},
		{"GET", "/channels/{c}/thread-members", false, (*call).getThreadMembers},
		{"GET", "/channels/{c}/thread-members/{u}", false, (*call).getThreadMember},
		{"PUT", "/channels/{c}/thread-members/{u}", false, (*call).putThreadMember},
		{"DELETE", "/channels/{c}/thread-members/{u}", false, (*call).deleteThreadMember},

		{"GET", "/guilds/{g}", false, (*call).getGuild},
		{"GET", "/guilds/{g}/channels", false, (*call).getGuildChannels},
		{"GET", "/guilds/{g}/threads/active", false, (*call).activeThreads},
		{"GET", "/guilds/{g}/roles", false, (*call).getRoles},
		{"GET", "/guilds/{g}/members", false, (*call).getMembers},
		{"GET", "/guilds/{g}/members/{u}", false, (*call).getMember},

		{"POST", "/interactions/{id}/{token}/callback", true, (*call).callback},
		{"POST", "/webhooks/{a}/{token}", true, (*call).followUp},
		{"GET", "/webhooks/{a}/{token}/messages/{m}", true, (*call).getAnswer},
		{"PATCH", "/webhooks/{a}/{token}/messages/{m}", true, (*call).editAnswer},
		{"DELETE", "/webhooks/{a}/{token}/messages/{m}", true, (*call).deleteAnswer},
	}
}

// guild finds the guild of a call; one the bot is not in is refused as missing access.
func (c *call) guild() (*guild, *refusal) {
	g := c.s.guilds[c.path["g"]]
	if g == nil {
		return nil, refuse(http.StatusNotFound, 10004)
	}
	if !c.bot.in(g) {
		return nil, refuse(http.StatusForbidden, 50001)
	}
	return g, nil
}

func (c *call) getGuild() (any, *refusal) {
	g, no := c.guild()
	if no != nil {
		return nil, no
	}
	return c.s.guildHead(g), nil
}

func (c *call) getGuildChannels() (any, *refusal) {
	g, no := c.guild()
	if no != nil {
		return nil, no
	}
	return c.s.channelsOf(g), nil
}

func (c *call) getRoles() (any, *refusal) {
	g, no := c.guild()
	if no != nil {
		return nil, no
	}
	return c.s.rolesJSON(g), nil
}

func (c *call) getMember() (any, *refusal) {
	g, no := c.guild()
	if no != nil {
		return nil, no
	}
	id := c.path["u"]
	if id == "@me" {
		id = c.bot.ID
	}
	if m := c.s.memberJSON(g.id, id, true); m != nil {
		return m, nil
	}
	return nil, refuse(http.StatusNotFound, 10007)
}

// getMembers needs a privileged intent switched on, as at the vendor.
func (c *call) getMembers() (any, *refusal) {
	g, no := c.guild()
	if no != nil {
		return nil, no
	}
	if !c.bot.privileged["GUILD_MEMBERS"] {
		return nil, refuse(http.StatusForbidden, 50001)
	}
	out := []any{}
	for id := range c.s.users {
		if m := c.s.memberJSON(g.id, id, true); m != nil {
			out = append(out, m)
		}
	}
	return out, nil
}

func (c *call) getMyGuilds() (any, *refusal) {
	out := []any{}
	for _, g := range c.s.guilds {
		if c.bot.in(g) {
			out = append(out, map[string]any{"id": g.id, "name": g.name, "icon": nil, "owner": false, "permissions": "0", "features": []any{}})
		}
	}
	return out, nil
}

func (c *call) getUser() (any, *refusal) {
	if c.s.users[c.path["u"]] == nil {
		return nil, refuse(http.StatusNotFound, 10013)
	}
	return c.s.userJSON(c.path["u"]), nil
}

// openDirect gives the conversation with a person. A person who shares no guild with the bot cannot be
// written to, which the vendor says at the first message; the fake says it here.
func (c *call) openDirect() (any, *refusal) {
	id := idOf(c.body["recipient_id"])
	u := c.s.users[id]
	if u == nil || u.bot != nil {
		return nil, invalid(fault{[]string{"recipient_id"}, "NUMBER_TYPE_COERCE", `Value "` + id + `" is no user.`})
	}
	for g := range u.in {
		if c.bot.in(c.s.guilds[g]) {
			return c.s.channelJSON(c.s.direct(c.bot, id)), nil
		}
	}
	return nil, refuse(http.StatusForbidden, 50007)
}
