package discord

import (
	"encoding/binary"
	"strings"
	"time"

	"casebot/bot"
)

// What the desk keeps about messages and buttons of Discord, for whoever tidies up: bot.Tidy. What else stands in its
// space is small or bounded, and stays.

// datedMark begins a value that says when it was used last. No command line and no form's JSON begins with it.
const datedMark = 1

// dated puts an instant before a value.
func dated(value []byte, at time.Time) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{datedMark}, uint64(at.Unix())), value...)
}

// undated takes the instant off again; false where there is none, as in what was kept by earlier versions.
func undated(raw []byte) (at time.Time, value []byte, ok bool) {
	if len(raw) < 9 || raw[0] != datedMark {
		return time.Time{}, raw, false
	}
	return time.Unix(int64(binary.BigEndian.Uint64(raw[1:9])), 0), raw[9:], true
}

// Kept implements bot.Keeping: the authors, files and reactions of messages, and what long buttons and forms carry.
func (p *Platform) Kept(key string, value []byte) (bot.Kept, bool) {
	kind, rest, _ := strings.Cut(key, "/")
	switch kind {
	case "id":
		at, content, ok := undated(value)
		k := bot.Kept{At: at, Words: string(content)}
		if !ok {
			k.Date = func(now time.Time) []byte { return dated(value, now) }
		}
		return k, true
	case "author", "files", "reactions":
		channel, id, ok := strings.Cut(rest, "/")
		if !ok || !isSnowflake(channel) || !isSnowflake(id) {
			return bot.Kept{}, false
		}
		k := bot.Kept{At: timeOf(id), In: channel}
		for _, h := range p.Dir.Homes {
			if h.Platform == Name {
				k.Refs = append(k.Refs, place{h.ID, channel, id}.ref())
			}
		}
		return k, true
	}
	return bot.Kept{}, false
}

// Around implements bot.Keeping: a card stands in a channel or in its thread, and its thread bears its id.
func (p *Platform) Around(card bot.Ref) []string {
	at, err := parseRef(card)
	if err != nil {
		return nil
	}
	return []string{at.channel, at.id}
}

var _ bot.Keeping = (*Platform)(nil)
