package slack

import "strings"

// shortNames are Slack's names of the emoji that the desk sets itself; it takes no characters there.
var shortNames = map[string]string{
	"👀": "eyes", "✅": "white_check_mark", "📤": "outbox_tray", "🆘": "sos", "✋": "raised_hand", "📝": "memo", "📢": "loudspeaker", "📣": "mega",
	"👍": "+1", "👎": "-1", "🎉": "tada", "❤": "heart", "⚠": "warning", "1️⃣": "one", "2️⃣": "two", "3️⃣": "three", "4️⃣": "four", "5️⃣": "five",
}

// shortName gives Slack's name of an emoji; a name stays as it is.
func shortName(emoji string) string {
	if n, ok := shortNames[emoji]; ok {
		return n
	}
	if n, ok := shortNames[strings.ReplaceAll(emoji, "\ufe0f", "")]; ok {
		return n
	}
	return strings.Trim(emoji, ":")
}
