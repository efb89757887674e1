package playground

import (
	"fmt"
	"strconv"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// Name is what homes write under platform to live here.
const Name = "playground"

// selfUser is the user id under which the desk's own messages stand.
const selfUser = "casebot"

// Every foreign id of this platform is made and parsed in this file and nowhere else.

// accountOf makes the account of a user of a workspace.
func accountOf(workspace, user string) desk.Account {
	return desk.Account(Name + "/" + workspace + "/" + user)
}

// splitAccount takes an account of this platform apart.
func splitAccount(a desk.Account) (workspace, user string, ok bool) {
	rest, ok := strings.CutPrefix(string(a), Name+"/")
	if !ok {
		return "", "", false
	}
	workspace, user, ok = strings.Cut(rest, "/")
	return workspace, user, ok && workspace != "" && user != ""
}

// refOf names a message: "<home>:<channel>/<number>".
func refOf(m *message) bot.Ref { return makeRef(m.Home, m.Channel, m.ID) }

func makeRef(home, channel string, id int64) bot.Ref {
	return bot.Ref(fmt.Sprintf("%s:%s/%d", home, channel, id))
}

// parseRef takes a message's name apart.
func parseRef(r bot.Ref) (home, channel string, id int64, err error) {
	home, rest, ok := strings.Cut(string(r), ":")
	slash := strings.LastIndexByte(rest, '/')
	if !ok || slash < 0 {
		return "", "", 0, fmt.Errorf("%q is not a message of the playground", r)
	}
	id, err = strconv.ParseInt(rest[slash+1:], 10, 64)
	if err != nil || id <= 0 {
		return "", "", 0, fmt.Errorf("%q is not a message of the playground", r)
	}
	return home, rest[:slash], id, nil
}

// addressOf is where the page shows a message. The page reads it in app.js; the number alone says nothing
// to anybody who may not see the message.
func addressOf(id int64) string { return fmt.Sprintf("%sm-%d", inPage, id) }

// inPage begins every address that stays in the page it is pressed in.
const inPage = "/#"

// directChannel is the conversation of one user with the desk.
func directChannel(user string) string { return "@" + user }

// directUser gives whose conversation with the desk a channel is.
func directUser(channel string) (user string, ok bool) { return strings.CutPrefix(channel, "@") }

// roomChannel makes a channel id of a room's name: small letters, digits and dashes.
func roomChannel(name string) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		}
		return '-'
	}, name)
	return "private-" + strings.Trim(slug, "-")
}
