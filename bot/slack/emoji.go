package slack

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

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

// spell puts the characters of emoji into a message's words. Slack writes them as names there, which
// nobody else reads; a message's blocks say which characters they are. Emoji that a workspace made for
// itself have none and keep their names.
func (e *event) spell() {
	for _, x := range []*event{e, e.Message, e.Previous} {
		if x == nil || !strings.Contains(x.Text, ":") || len(x.Blocks) == 0 {
			continue
		}
		var blocks []any
		if json.Unmarshal(x.Blocks, &blocks) == nil {
			eachEmoji(blocks, func(name, chars string) { x.Text = strings.ReplaceAll(x.Text, ":"+name+":", chars) })
		}
	}
}

// eachEmoji finds the emoji of a message's blocks, however deep they stand.
func eachEmoji(v any, found func(name, chars string)) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			eachEmoji(x, found)
		}
	case map[string]any:
		name, _ := v["name"].(string)
		points, _ := v["unicode"].(string)
		if v["type"] != "emoji" || name == "" {
			eachEmoji(v["elements"], found)
			return
		}
		if tone, ok := v["skin_tone"].(float64); ok && tone >= 2 && tone <= 6 {
			name += fmt.Sprintf("::skin-tone-%d", int(tone))
		}
		if chars := fromPoints(points); chars != "" {
			found(name, chars)
		}
	}
}

// fromPoints reads code points as Slack writes them: "270b-1f3fd".
func fromPoints(points string) string {
	var b strings.Builder
	for _, p := range strings.Split(points, "-") {
		n, err := strconv.ParseUint(p, 16, 32)
		if err != nil || n > 0x10FFFF {
			return ""
		}
		b.WriteRune(rune(n))
	}
	return b.String()
}
