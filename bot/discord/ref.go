package discord

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Name is what homes write under platform.
const Name = "discord"

// place is a message taken apart: the home, the channel in which the message stands, and its id. A thread
// that is begun on a message bears that message's id, and so does a forum's post, whose first message stands
// in the thread itself; so the id of a card is the id of its thread in both kinds of home.
type place struct {
	home    string
	channel string
	id      string
}

// ref makes the desk's name of a message: "<home>:<channel>/<message>".
func (p place) ref() bot.Ref { return bot.Ref(p.home + ":" + p.channel + "/" + p.id) }

// parseRef takes the desk's name of a message apart. What is not one of ours is refused.
func parseRef(r bot.Ref) (place, error) {
	home, rest, ok1 := strings.Cut(string(r), ":")
	channel, id, ok2 := strings.Cut(rest, "/")
	if !ok1 || !ok2 || home == "" || !isSnowflake(channel) || !isSnowflake(id) {
		return place{}, fmt.Errorf("%.80q names no message of Discord", string(r))
	}
	return place{home, channel, id}, nil
}

// isSnowflake says whether a text is one of Discord's ids: a number of 64 bits, without leading zeros.
func isSnowflake(s string) bool {
	if s == "" || s[0] == '0' || len(s) > 20 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

// epoch is where Discord's ids count their milliseconds from (docs.discord.com/developers/reference, Snowflakes).
const epoch = 1420070400000

// timeOf is the instant that is part of every id; zero when the text is no id.
func timeOf(id string) time.Time {
	if !isSnowflake(id) {
		return time.Time{}
	}
	n, _ := strconv.ParseUint(id, 10, 64)
	return time.UnixMilli(int64(n>>22) + epoch).UTC()
}

// idAt is the first id that an instant can have, as the before and after of a history take it.
func idAt(t time.Time) string {
	return strconv.FormatInt(max(1, t.UnixMilli()-epoch)<<22, 10)
}

// account is the desk's name of a user in a guild.
func account(guild, user string) desk.Account {
	return desk.Account(Name + "/" + guild + "/" + user)
}

// splitAccount takes the desk's name of a user apart; both are empty when it names nobody on Discord.
func splitAccount(a desk.Account) (guild, user string) {
	rest, ok := strings.CutPrefix(string(a), Name+"/")
	guild, user, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || !isSnowflake(guild) || !isSnowflake(user) {
		return "", ""
	}
	return guild, user
}

// userOf gives somebody's user id in a guild. Users are the same everywhere on Discord, but somebody is
// written to only where the directory says they are.
func userOf(p desk.Person, guild string) (string, bool) {
	for _, a := range append([]desk.Account{desk.Account(p.ID)}, p.Accounts...) {
		if g, user := splitAccount(a); user != "" && g == guild {
			return user, true
		}
	}
	return "", false
}
