package slackfake

import (
	"regexp"
	"strings"
)

// emojiNames gives Slack's short name of every emoji that the desk or a story uses. The raised hand is
// "hand" in Slack's own set and "raised_hand" its second name; reactions carry the first that is listed
// here.
var emojiNames = map[string]string{
	"🆘": "sos", "✋": "raised_hand", "🖐": "raised_hand_with_fingers_splayed", "🤚": "raised_back_of_hand",
	"📤": "outbox_tray", "✅": "white_check_mark", "✔": "heavy_check_mark", "☑": "ballot_box_with_check",
	"📝": "memo", "✏": "pencil2", "📃": "page_with_curl", "👀": "eyes", "👍": "+1", "👎": "-1", "🎉": "tada", "❤": "heart", "⚠": "warning",
	"1️⃣": "one", "2️⃣": "two", "3️⃣": "three", "4️⃣": "four", "5️⃣": "five", "📢": "loudspeaker", "📣": "mega",
	"🙏": "pray", "🔥": "fire", "🚀": "rocket", "😀": "grinning", "🙂": "slightly_smiling_face", "😄": "smile", "👋": "wave", "👏": "clap",
	"❌": "x", "⏰": "alarm_clock", "⏳": "hourglass_flowing_sand", "🔒": "lock", "📌": "pushpin", "📎": "paperclip", "❓": "question", "❗": "exclamation",
	"🚨": "rotating_light", "🔴": "red_circle", "🟠": "large_orange_circle", "🟡": "large_yellow_circle", "🟢": "large_green_circle", "🔵": "large_blue_circle",
}

// alsoNamed are names of the same set under which Slack takes an emoji too.
var alsoNamed = map[string]string{"hand": "✋", "thumbsup": "👍", "thumbsdown": "👎", "pencil": "📝", "red_heart": "❤"}

// emojiChars is the way back from the name to the character.
var emojiChars = func() map[string]string {
	out := map[string]string{}
	for c, name := range emojiNames {
		out[name] = c
	}
	for name, c := range alsoNamed {
		out[name] = c
	}
	return out
}()

// shortName gives the name under which Slack knows an emoji: characters by the table, with the skin tone
// written after the name; names stay as they are.
func shortName(emoji string) string {
	emoji = strings.Trim(emoji, ":")
	tone := ""
	var base strings.Builder
	for _, r := range emoji {
		switch {
		case r >= 0x1F3FB && r <= 0x1F3FF:
			tone = "::skin-tone-" + string(rune('2'+r-0x1F3FB))
		case r != 0xFE0F && r != 0xFE0E:
			base.WriteRune(r)
		}
	}
	if name, ok := emojiNames[base.String()]; ok {
		return name + tone
	}
	if name, ok := emojiNames[emoji]; ok { // The keycaps keep their variation selector.
		return name
	}
	return emoji
}

// character gives the character of a short name, with its skin tone; an unknown name stays, in colons.
func character(name string) string {
	base, tone, _ := strings.Cut(name, "::skin-tone-")
	c, ok := emojiChars[base]
	if !ok {
		return ":" + name + ":"
	}
	if len(tone) == 1 && tone[0] >= '2' && tone[0] <= '6' {
		c += string(rune(0x1F3FB + int(tone[0]-'2')))
	}
	return c
}

// knownEmoji says whether Slack has an emoji of that name. A skin tone goes on hands alone in truth; the
// fake takes it on any.
func knownEmoji(name string) bool {
	base, tone, toned := strings.Cut(name, "::")
	_, ok := emojiChars[base]
	return ok && (!toned || toneForm.MatchString(tone))
}

var (
	toneForm  = regexp.MustCompile(`^skin-tone-[2-6]$`)
	colonForm = regexp.MustCompile(`:([a-z0-9_+-]+(?:::skin-tone-[2-6])?):`)
)

// toColons writes the emoji in a text as Slack stores them, :sos: for the character.
func toColons(text string) string {
	for c, name := range emojiNames {
		for tone := rune(0x1F3FB); tone <= 0x1F3FF; tone++ {
			if strings.Contains(text, c+string(tone)) {
				text = strings.ReplaceAll(text, c+string(tone), ":"+name+"::skin-tone-"+string('2'+tone-0x1F3FB)+":")
			}
		}
		text = strings.ReplaceAll(strings.ReplaceAll(text, c+"\ufe0f", ":"+name+":"), c, ":"+name+":")
	}
	return text
}

// fromColons shows the emoji that a text names.
func fromColons(text string) string {
	return colonForm.ReplaceAllStringFunc(text, func(m string) string {
		name := strings.Trim(m, ":")
		if knownEmoji(name) {
			return character(name)
		}
		return m
	})
}
