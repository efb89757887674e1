package slackfake

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var webAddress = regexp.MustCompile(`https?://[^\s<>|"']+[^\s<>|"'.,;:!?)\]]`)

// stored writes what a person typed as Slack stores and sends it: the three characters escaped, addresses
// in angle brackets, emoji by name, and the app's name at the start as a mention of its bot user.
func stored(text, botUser string) string {
	mention := ""
	if rest, ok := strings.CutPrefix(text, "@casebot"); ok && (rest == "" || rest[0] == ' ' || rest[0] == '\n') {
		mention, text = "<@"+botUser+">", rest
	}
	var b strings.Builder
	from := 0
	for _, m := range webAddress.FindAllStringIndex(text, -1) {
		b.WriteString(escape(text[from:m[0]]) + "<" + escape(text[m[0]:m[1]]) + ">")
		from = m[1]
	}
	b.WriteString(escape(text[from:]))
	return mention + toColons(b.String())
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func unescape(text string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text)
}

var angled = regexp.MustCompile(`<([^<>]*)>`)

// read shows a stored text as a person sees it: names for mentions, the words of a link, characters.
func (s *Server) read(text string) string {
	text = angled.ReplaceAllStringFunc(text, func(m string) string { return s.named(m[1 : len(m)-1]) })
	return fromColons(unescape(text))
}

// named is what stands for one thing in angle brackets.
func (s *Server) named(inner string) string {
	what, label, labelled := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(what, "@"):
		return "@" + s.display(what[1:])
	case strings.HasPrefix(what, "#"):
		if ch := s.channels[what[1:]]; ch != nil {
			return "#" + ch.name
		}
		return "#unknown"
	case strings.HasPrefix(what, "!subteam^"):
		return "@" + s.groupName(strings.TrimPrefix(what, "!subteam^"))
	case strings.HasPrefix(what, "!date^"):
		return label
	case strings.HasPrefix(what, "!"):
		return "@" + what[1:]
	case labelled:
		return label
	}
	return what
}

func (s *Server) display(id string) string {
	if u := s.users[id]; u != nil {
		return u.name
	}
	return "unknown"
}

func (s *Server) groupName(id string) string {
	for _, g := range s.groups {
		if g.id == id {
			return g.handle
		}
	}
	return "unknown-group"
}

// emojiElement is an emoji in rich text: its name, its code points, and its skin tone apart.
func emojiElement(name string) map[string]any {
	base, tone, toned := strings.Cut(name, "::skin-tone-")
	var points []string
	for _, r := range character(name) {
		points = append(points, fmt.Sprintf("%04x", r))
	}
	out := map[string]any{"type": "emoji", "name": base, "unicode": strings.Join(points, "-")}
	if toned {
		out["skin_tone"], _ = strconv.Atoi(tone)
	}
	return out
}

// richText is the rich_text block that Slack's composer makes of a typed message.
func richText(text string) map[string]any {
	var parts []any
	from := 0
	plain := func(piece string) {
		if piece != "" {
			parts = append(parts, map[string]any{"type": "text", "text": unescape(piece)})
		}
	}
	add := func(piece string) {
		done := 0
		for _, m := range colonForm.FindAllStringSubmatchIndex(piece, -1) {
			if name := piece[m[2]:m[3]]; knownEmoji(name) {
				plain(piece[done:m[0]])
				parts = append(parts, emojiElement(name))
				done = m[1]
			}
		}
		plain(piece[done:])
	}
	for _, m := range angled.FindAllStringSubmatchIndex(text, -1) {
		add(text[from:m[0]])
		from = m[1]
		if inner := text[m[2]:m[3]]; strings.HasPrefix(inner, "@") {
			parts = append(parts, map[string]any{"type": "user", "user_id": inner[1:]})
		} else {
			parts = append(parts, map[string]any{"type": "link", "url": unescape(inner)})
		}
	}
	add(text[from:])
	return map[string]any{"type": "rich_text", "elements": []any{map[string]any{"type": "rich_text_section", "elements": parts}}}
}
