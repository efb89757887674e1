package discord

import (
	"fmt"
	"strconv"
)

// need is one permission that the bot has in a guild, under the name that Discord's settings show, and what
// for. The invitation asks for these and no others (docs.discord.com/developers/topics/permissions).
type need struct {
	Name string
	Bit  int64
	Why  string
}

// needs is the whole of what the bot may do.
var needs = []need{
	{"View Channels", 1 << 10, "to read the channels of its homes"},
	{"Send Messages", 1 << 11, "cards, and posts in a forum"},
	{"Embed Links", 1 << 14, "the coloured part of a card"},
	{"Attach Files", 1 << 15, "evidence copied to the other side, long texts, the review's chart"},
	{"Read Message History", 1 << 16, "what was missed while the desk was away"},
	{"Add Reactions", 1 << 6, "quiet receipts"},
	{"Create Public Threads", 1 << 35, "the thread of a case"},
	{"Create Private Threads", 1 << 36, "the private room of a restricted case"},
	{"Send Messages in Threads", 1 << 38, "words in the threads of cases"},
	{"Manage Threads", 1 << 34, "keeping open cases' threads awake, also where somebody locked one"},
}

// Permissions is the number in which Discord writes them all.
func Permissions() int64 {
	var all int64
	for _, n := range needs {
		all |= n.Bit
	}
	return all
}

// InviteURL is the address at which an administrator of a guild invites the bot of an application. The error
// says that the application's number is none.
func InviteURL(application string) (string, error) {
	if !isSnowflake(application) {
		return "", fmt.Errorf("%.40q is no application's number; copy the Application ID from its General Information page", application)
	}
	return "https://discord.com/oauth2/authorize?client_id=" + application + "&scope=bot+applications.commands&permissions=" + strconv.FormatInt(Permissions(), 10), nil
}
