package discord

import (
	"strings"

	"casebot/bot"
)

// qualified are the emoji that Discord knows only with their variation selector, by the form without it.
var qualified = map[string]string{"❤": "❤\ufe0f", "⚠": "⚠\ufe0f", "✔": "✔\ufe0f", "☑": "☑\ufe0f"}

// emojiOut is an emoji as the route of a reaction takes it: the character itself, from a character or one of
// the names the desk knows; "name:id" of an emoji that a guild made stays as it is.
func emojiOut(emoji string) string {
	bare := strings.Trim(strings.TrimPrefix(strings.Trim(emoji, "<>"), "a:"), ":")
	if name, id, ok := strings.Cut(bare, ":"); ok && name != "" && isSnowflake(id) {
		return name + ":" + id
	}
	c := bot.EmojiKey(emoji)
	if len([]rune(c)) > 1 && strings.HasSuffix(c, "\u20e3") && !strings.Contains(c, "\ufe0f") {
		// A key cap: the selector stands between the digit and the cap.
		return strings.TrimSuffix(c, "\u20e3") + "\ufe0f\u20e3"
	}
	if q, ok := qualified[c]; ok {
		return q
	}
	return c
}

// emojiIn is an emoji of a reaction as the desk takes it: the character, or the name of one that a guild made.
func emojiIn(name, id string) string {
	if id == "" || id == "0" {
		return name
	}
	return ":" + name + ":"
}
