package slack

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Name is what homes write under platform.
const Name = "slack"

// place is a message of ours taken apart. Slack names a message by its channel and its time stamp, which
// is unique in the channel; that is all an edit, a reaction or a look needs. A reply's thread is not part
// of its name, because a reaction's event does not tell it.
type place struct {
	home    string
	channel string
	ts      string
}

// ref makes the desk's name of a message: "<home>:<channel>/<ts>".
func (p place) ref() bot.Ref { return bot.Ref(p.home + ":" + p.channel + "/" + p.ts) }

// parseRef takes the desk's name of a message apart. What is not one of ours is refused.
func parseRef(r bot.Ref) (place, error) {
	home, rest, ok1 := strings.Cut(string(r), ":")
	channel, ts, ok2 := strings.Cut(rest, "/")
	if !ok1 || !ok2 || home == "" || !isID(channel) || !isTS(ts) {
		return place{}, fmt.Errorf("%.80q names no message of Slack", string(r))
	}
	return place{home, channel, ts}, nil
}

// isID says whether a text looks like one of Slack's ids: capital letters and digits.
func isID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range s {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// isTS says whether a text is a message's time stamp: "1763312400.000100".
func isTS(s string) bool {
	whole, part, ok := strings.Cut(s, ".")
	if !ok || whole == "" || part == "" || len(s) > 32 {
		return false
	}
	return strings.Trim(whole+part, "0123456789") == ""
}

// timeOf is the instant of a time stamp; zero when it is none.
func timeOf(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}
	}
	micro, _ := strconv.ParseInt((part + "000000")[:6], 10, 64)
	return time.Unix(sec, micro*1000).UTC()
}

// stampOf writes an instant as Slack's oldest and latest take it.
func stampOf(t time.Time) string {
	return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
}

// account is the desk's name of a user of a workspace.
func account(team, user string) desk.Account {
	return desk.Account(Name + "/" + team + "/" + user)
}

// userOf gives somebody's user id in a workspace. A person may have accounts in several.
func userOf(p desk.Person, team string) (string, bool) {
	for _, a := range append(p.Accounts, desk.Account(p.ID)) {
		if id, ok := strings.CutPrefix(string(a), Name+"/"+team+"/"); ok && isID(id) {
			return id, true
		}
	}
	return "", false
}
