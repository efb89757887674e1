package discord

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Discord's own marks inside a text (docs.discord.com/developers/reference#message-formatting).
var marks = regexp.MustCompile(`<(?:(@!?|@&|#)(\d{1,20})|(a?):(\w{1,32}):(\d{1,20})|/([^:<>]{1,100}):(\d{1,20})|t:(-?\d{1,13})(?::[tTdDfFR])?)>`)

// plainWords turns Discord's text into what the person typed: mentions by name, emoji by theirs. mention says
// whether the desk was addressed; then its own name is left out.
func (p *Platform) plainWords(a *app, g *server, text string, mentions []userIn) (words string, mention bool) {
	text, mention = p.withoutMe(a, g, text)
	out := marks.ReplaceAllStringFunc(text, func(s string) string {
		m := marks.FindStringSubmatch(s)
		switch {
		case m[1] == "@" || m[1] == "@!":
			return "@" + p.nameOf(m[2], mentions)
		case m[1] == "@&":
			a.mu.Lock()
			defer a.mu.Unlock()
			if g != nil && g.roles[m[2]].Name != "" {
				return "@" + strings.TrimPrefix(g.roles[m[2]].Name, "@")
			}
			return "@role"
		case m[1] == "#":
			p.mu.Lock()
			defer p.mu.Unlock()
			if c, ok := p.rooms[m[2]]; ok && c.Name != "" {
				return "#" + c.Name
			}
			return "#" + m[2]
		case m[4] != "":
			return ":" + m[4] + ":"
		case m[6] != "":
			return "/" + m[6]
		}
		n, _ := strconv.ParseInt(m[8], 10, 64)
		return time.Unix(n, 0).UTC().Format("2006-01-02 15:04 MST")
	})
	return strings.TrimSpace(out), mention
}

// nameOf is what people call a user: as the directory has it, else as Discord.
func (p *Platform) nameOf(user string, mentions []userIn) string {
	if a := p.listed[user]; a != "" {
		if who, ok := p.Dir.ByAccount(a, ""); ok {
			return who.Name
		}
	}
	for _, m := range mentions {
		if m.ID == user {
			return called(&m, nil)
		}
	}
	return user
}

// withoutMe takes the first mention of the desk itself out of a text. Discord gives a bot a role of its own
// name, and people often pick that one.
func (p *Platform) withoutMe(a *app, g *server, text string) (string, bool) {
	me, _ := a.me()
	for _, at := range marks.FindAllStringSubmatchIndex(text, -1) {
		if at[2] < 0 {
			continue
		}
		kind, id := text[at[2]:at[3]], text[at[4]:at[5]]
		mine := strings.HasPrefix(kind, "@") && kind != "@&" && id == me && me != ""
		if kind == "@&" && g != nil {
			a.mu.Lock()
			mine = g.roles[id].Mine
			a.mu.Unlock()
		}
		if mine {
			return strings.TrimSpace(text[:at[0]] + text[at[1]:]), true
		}
	}
	return text, false
}

var mentioned = regexp.MustCompile(`<@!?(\d{1,20})>`)

// commandWords is a text as a command line: mentions stay as Discord writes them, so that a command finds the
// account.
func (p *Platform) commandWords(a *app, g *server, text string, mentions []userIn) string {
	text, _ = p.withoutMe(a, g, text)
	text = mentioned.ReplaceAllString(text, "\x00$1\x01")
	text, _ = p.plainWords(a, g, text, mentions)
	return keptMentions.Replace(text)
}

// keptMentions brings back the mentions that commandWords has put aside.
var keptMentions = strings.NewReplacer("\x00", "<@", "\x01", ">")

// emojiPath is an emoji of a reaction as its route takes it.
func emojiPath(e emojiID) string {
	if e.ID != "" {
		return url.PathEscape(e.Name + ":" + e.ID)
	}
	return url.PathEscape(e.Name)
}
