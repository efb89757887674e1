package slack

import (
	"strings"

	"casebot/bot"
)

// Kept implements bot.Keeping: the reactions of messages. What else the desk keeps of Slack is a row a workspace or a
// private room, and stays.
func (p *Platform) Kept(key string, _ []byte) (bot.Kept, bool) {
	rest, ok1 := strings.CutPrefix(key, "reactions/")
	channel, ts, ok2 := strings.Cut(rest, "/")
	if !ok1 || !ok2 || !isID(channel) || !isTS(ts) {
		return bot.Kept{}, false
	}
	channel = p.alias(channel)
	k := bot.Kept{At: timeOf(ts), In: channel}
	for _, h := range p.Dir.Homes {
		if h.Platform == Name {
			k.Refs = append(k.Refs, place{h.ID, channel, ts}.ref())
		}
	}
	return k, true
}

// Around implements bot.Keeping. A thread has no name of its own in Slack.
func (p *Platform) Around(card bot.Ref) []string {
	at, err := parseRef(card)
	if err != nil {
		return nil
	}
	return []string{at.channel}
}

var _ bot.Keeping = (*Platform)(nil)
