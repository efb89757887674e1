package discord

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"casebot/desk"
)

// Finding is one line of a check: what was looked at, and what to do when it is not in order.
type Finding struct {
	What string
	Do   string // Empty: it is in order.
}

// overwrite changes permissions in a channel, for a role or a member.
type overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0: a role, 1: a member.
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

// Check looks at every bot and guild by asking Discord: the token, the intent, the membership, the commands and
// the permissions. It changes nothing and opens no connection to the gateway.
func (p *Platform) Check(ctx context.Context) []Finding {
	var out []Finding
	for _, a := range p.apps {
		out = append(out, p.checkApp(ctx, a)...)
	}
	return out
}

func (p *Platform) checkApp(ctx context.Context, a *app) []Finding {
	f := Finding{What: fmt.Sprintf("Discord guild %s: the bot's token is good", a.guilds[0].id)}
	if err := p.identity(ctx, a); err != nil {
		f.Do = oneLine(err.Error())
		return []Finding{f}
	}
	out := []Finding{f}
	var application struct {
		Flags int `json:"flags"`
	}
	f = Finding{What: fmt.Sprintf("Discord guild %s: the bot may read the content of messages", a.guilds[0].id)}
	// Bit 18 is for apps in a hundred guilds and more, bit 19 for the others.
	if err := a.ask(ctx, "applications/@me", &application); err != nil {
		f.Do = oneLine(explained(err).Error())
	} else if application.Flags&(1<<18|1<<19) == 0 {
		f.Do = "tick Message Content Intent in the developer portal (your application, Bot, Privileged Gateway Intents); without it Discord refuses the connection (4014)"
	}
	out = append(out, f)
	for _, g := range a.guilds {
		out = append(out, p.checkGuild(ctx, a, g)...)
	}
	return out
}

func (p *Platform) checkGuild(ctx context.Context, a *app, g *server) []Finding {
	me, application := a.me()
	var head struct {
		Name  string       `json:"name"`
		Owner string       `json:"owner_id"`
		Roles []permitting `json:"roles"`
	}
	f := Finding{What: fmt.Sprintf("Discord guild %s: the bot is a member", g.id)}
	if err := a.ask(ctx, "guilds/"+g.id, &head); err != nil {
		f.Do = "invite it with the address that casebot discord invite prints, or mend workspace in casebot.yaml (" + oneLine(err.Error()) + ")"
		return []Finding{f}
	}
	out := []Finding{f}
	f = Finding{What: fmt.Sprintf("Discord guild %s: slash commands may be registered", g.id)}
	if _, err := a.call(ctx, "GET", "applications/"+application+"/guilds/"+g.id+"/commands", nil); err != nil {
		f.Do = "invite the bot again with the scope applications.commands (" + oneLine(err.Error()) + ")"
	}
	out = append(out, f)
	var member memberIn
	if err := a.ask(ctx, "guilds/"+g.id+"/members/"+me, &member); err != nil {
		return append(out, Finding{What: fmt.Sprintf("Discord guild %s: the bot's permissions can be read", g.id), Do: oneLine(explained(err).Error())})
	}
	for _, h := range g.homes {
		for _, name := range slices.Sorted(maps.Keys(h.Roles)) {
			f := Finding{What: fmt.Sprintf("home %s: the guild has the role %s", h.ID, name)}
			if !slices.ContainsFunc(head.Roles, func(r permitting) bool { return r.ID == name || r.Name == name }) {
				f.Do = "make it in the guild's settings, or mend roles in casebot.yaml"
			}
			out = append(out, f)
		}
		out = append(out, p.checkHome(ctx, a, g, h, head.Roles, member.Roles, head.Owner == me)...)
	}
	return out
}

// checkHome looks at a home's channels.
func (p *Platform) checkHome(ctx context.Context, a *app, g *server, h desk.Home, roles []permitting, mine []string, owner bool) []Finding {
	me, _ := a.me()
	var out []Finding
	var rooms bool
	for i, id := range []string{h.Cases, h.Review} {
		if id == "" || i == 1 && id == h.Cases {
			continue
		}
		f := Finding{What: fmt.Sprintf("home %s: the bot may work in channel %s", h.ID, id)}
		c, err := p.freshChannel(ctx, a, id)
		switch {
		case err != nil:
			f.Do = oneLine(explained(err).Error())
		case c.GuildID != "" && c.GuildID != g.id:
			f.Do = "the channel is in another guild; mend its id in casebot.yaml"
		case c.Type != textChannel && c.Type != newsChannel && !(c.Type == forumChannel && i == 0):
			f.Do = "cases need a text channel or a forum, the review a text channel; name another in casebot.yaml"
		default:
			makes := c.Type != forumChannel && !rooms
			rooms = rooms || c.Type != forumChannel
			if lacking := lacking(permissionsIn(c, g.id, me, roles, mine, owner), makes); len(lacking) > 0 {
				f.Do = "tick for the bot's role in this channel: " + strings.Join(lacking, ", ")
			}
		}
		out = append(out, f)
	}
	if !rooms && !slices.ContainsFunc(out, func(f Finding) bool { return f.Do != "" }) {
		out = append(out, Finding{What: fmt.Sprintf("home %s: restricted cases have a place for their private rooms", h.ID),
			Do: "a forum has no private threads; name a text channel as review of this home"})
	}
	return out
}

// permitting is a role with what it permits.
type permitting struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
}

// permissionsIn works out what a member may do in a channel
// (docs.discord.com/developers/topics/permissions#permission-overwrites).
func permissionsIn(c channelIn, guild, user string, roles []permitting, mine []string, owner bool) int64 {
	all := int64(-1)
	if owner {
		return all
	}
	var may int64
	for _, r := range roles {
		if r.ID == guild || slices.Contains(mine, r.ID) {
			may |= bits(r.Permissions)
		}
	}
	if may&discordgo.PermissionAdministrator != 0 {
		return all
	}
	apply := func(is func(o overwrite) bool) {
		var allow, deny int64
		for _, o := range c.Overwrites {
			if is(o) {
				allow, deny = allow|bits(o.Allow), deny|bits(o.Deny)
			}
		}
		may = may&^deny | allow
	}
	apply(func(o overwrite) bool { return o.ID == guild })
	apply(func(o overwrite) bool { return o.Type == 0 && o.ID != guild && slices.Contains(mine, o.ID) })
	apply(func(o overwrite) bool { return o.Type == 1 && o.ID == user })
	return may
}

func bits(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// lacking names the permissions that are not there.
func lacking(may int64, makesRooms bool) []string {
	var out []string
	for _, n := range needs {
		if may&n.Bit == 0 && (n.Bit != discordgo.PermissionCreatePrivateThreads || makesRooms) {
			out = append(out, n.Name)
		}
	}
	return out
}
