package bot

import "strings"

// emojiNames gives the character of every name under which the platforms know the emoji the desk uses,
// so that a reaction means the same whatever it is called.
var emojiNames = map[string]string{
	"sos": "🆘", "squared_sos": "🆘",
	"hand": "✋", "raised_hand": "✋", "raised_hand_with_fingers_splayed": "✋", "🖐": "✋", "🤚": "✋", "raised_back_of_hand": "✋",
	"outbox_tray": "📤", "outbox": "📤",
	"white_check_mark": "✅", "heavy_check_mark": "✅", "ballot_box_with_check": "✅", "✔": "✅", "☑": "✅",
	"memo": "📝", "pencil": "📝", "page_with_pencil": "📝",
	"eyes": "👀", "thumbsup": "👍", "+1": "👍", "thumbsdown": "👎", "-1": "👎", "tada": "🎉", "heart": "❤", "warning": "⚠",
	"one": "1️⃣", "two": "2️⃣", "three": "3️⃣", "four": "4️⃣", "five": "5️⃣", "loudspeaker": "📢", "mega": "📣",
}

// EmojiKey brings an emoji to the one form under which the handbook's map is looked up: a name or a
// character, with or without colons, skin tone and variation selector.
func EmojiKey(s string) string {
	s = strings.TrimSpace(s)
	// Slack writes the tone after the name: "hand::skin-tone-3".
	if name, _, ok := strings.Cut(strings.Trim(s, ":"), "::"); ok {
		s = name
	}
	s = strings.Trim(s, ":")
	if base, _, ok := strings.Cut(s, "_tone"); ok && base != "" {
		s = base // Discord's names: "raised_hand_tone3".
	}
	s = strings.Map(func(r rune) rune {
		if r == 0xFE0F || r == 0xFE0E || r >= 0x1F3FB && r <= 0x1F3FF {
			return -1
		}
		return r
	}, s)
	if c, ok := emojiNames[strings.ToLower(s)]; ok {
		return strings.ReplaceAll(c, "\ufe0f", "")
	}
	return s
}
