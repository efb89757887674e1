package discord

import (
	"regexp"
	"strings"
	"unicode"

	"casebot/bot"
)

// bareLink is an address as people type it: the characters of addresses, and none that could end it early.
var bareLink = regexp.MustCompile(`^https?://[A-Za-z0-9\-._~:/?#@!$&'*+,;=%()\[\]]+`)

// invites are addresses that Discord turns into a card to join another server, also without https before them.
// What somebody typed into a case must not put one into another room.
var invites = regexp.MustCompile(`(?i)(discord\.(gg|new|me)|discord(app)?\.com/(invite|template))/`)

// escape writes words so that Discord shows them as they were typed
// (docs.discord.com/developers/reference#message-formatting): no mark, mention, time, emoji of a guild or
// heading comes from them. An address stays one that can be followed, and has no preview.
func escape(text string) string { return escaped(text, "") }

// escaped does the same between marks: an address that has one of them in it would end the style early and is then
// words like others.
func escaped(text, mark string) string {
	var b strings.Builder
	start := true // At the start of a line, where more characters have a meaning.
	for i := 0; i < len(text); {
		c := text[i]
		if c == 'h' {
			if link := strings.TrimRight(bareLink.FindString(text[i:]), ".,;:!?'*_~()[]"); len(link) > len("https://") && !strings.HasPrefix(text[i+len(link):], "…") && (mark == "" || !strings.Contains(link, mark)) && !invites.MatchString(link) {
				b.WriteString("<" + link + ">")
				i, start = i+len(link), false
				continue
			}
		}
		if start {
			if n := marksLine(text[i:]); n > 0 {
				b.WriteString(text[i:i+n-1] + "\\" + text[i+n-1:i+n])
				i, start = i+n, false
				continue
			}
		}
		switch c {
		case '\\', '*', '_', '~', '`', '|', '<', '[', ']':
			b.WriteByte('\\')
		case '@':
			if rest := text[i+1:]; strings.HasPrefix(rest, "everyone") || strings.HasPrefix(rest, "here") {
				b.WriteByte('\\')
			}
		case ':':
			if strings.HasPrefix(text[i+1:], "//") {
				b.WriteByte('\\')
			}
		case '/':
			if invites.MatchString(text[max(0, i-24) : i+1]) {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(c)
		start = c == '\n' || start && (c == ' ' || c == '\t')
		i++
	}
	return b.String()
}

// marksLine says up to which byte a text reads like the mark of a heading, a list or a quote; the last of
// them is the one to escape. 0: like none.
func marksLine(s string) int {
	switch {
	case s[0] == '>' || s[0] == '#':
		return 1
	case s[0] == '-' && len(s) > 1 && (s[1] == ' ' || s[1] == '#'), s[0] == '+' && len(s) > 1 && s[1] == ' ':
		return 1
	}
	n := 0
	for n < len(s) && n < 10 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 && n+1 < len(s) && s[n] == '.' && s[n+1] == ' ' {
		return n + 1
	}
	return 0
}

// clean makes words fit to be sent: readable text, one kind of line break, no control characters. A mark that
// turns the direction of writing is ended where the words end, so that it turns nothing of what follows.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if strings.IndexFunc(s, odd) >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.Map(func(c rune) rune {
			switch {
			case c == '\r' || c == 0x2028 || c == 0x2029 || c == 0x85:
				return '\n'
			case c != '\n' && c != '\t' && unicode.IsControl(c):
				return -1
			}
			return c
		}, s)
	}
	embeds, isolates := 0, 0
	for _, c := range s {
		switch {
		case c >= 0x202A && c <= 0x202E && c != 0x202C:
			embeds++
		case c == 0x202C:
			embeds = max(0, embeds-1)
		case c >= 0x2066 && c <= 0x2068:
			isolates++
		case c == 0x2069:
			isolates = max(0, isolates-1)
		}
	}
	if embeds+isolates > 0 {
		s += strings.Repeat("\u202c", min(embeds, 60)) + strings.Repeat("\u2069", min(isolates, 60))
	}
	return s
}

func odd(c rune) bool {
	return c != '\n' && c != '\t' && unicode.IsControl(c) || c == 0x2028 || c == 0x2029
}

// blank says whether nothing of a text can be seen.
func blank(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return !unicode.IsSpace(c) && !unicode.Is(unicode.Cf, c) && c != 0x3164 }) < 0
}

// styled puts a style's marks around plain words, line by line, outside the blanks at their ends.
func styled(text string, style bot.Style) string {
	mark := map[bot.Style]string{bot.Bold: "**", bot.Italic: "*", bot.Strike: "~~"}[style]
	if style == bot.Code {
		return code(text)
	}
	if mark == "" {
		return escape(text)
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		inner := strings.TrimFunc(l, unicode.IsSpace)
		if blank(inner) {
			continue
		}
		at := strings.Index(l, inner)
		lines[i] = l[:at] + mark + escaped(inner, mark[:1]) + mark + l[at+len(inner):]
	}
	return strings.Join(lines, "\n")
}

// code writes words in code type. Words with two ticks in a row, or nothing to see, can't be.
func code(text string) string {
	flat := oneLine(text)
	switch {
	case flat == "" || blank(flat) || strings.Contains(flat, "``"):
		return escape(text)
	case strings.Contains(flat, "`"):
		return "`` " + flat + " ``"
	}
	return "`" + flat + "`"
}

// fence writes lines that keep their spacing. Three ticks in a row would end it, so something that nobody
// sees stands between them.
func fence(text string) string {
	text = strings.ReplaceAll(text, "```", "`\u200b`\u200b`")
	return "```\n" + strings.Trim(text, "\n") + "\n```"
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// safeLink writes an address so that nothing in it can end it early; false when it is none of the web.
func safeLink(link string) (string, bool) {
	if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") || len(link) > 1500 {
		return "", false
	}
	var b strings.Builder
	for i := range len(link) {
		c := link[i]
		if c <= ' ' || c >= 0x7F || strings.IndexByte("()<>\"\\`|^{}", c) >= 0 {
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// oneLine joins the lines of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// units counts a text in UTF-16, of which Discord allows so many; its servers may count fewer, never more.
func units(s string) int {
	n := 0
	for _, c := range s {
		n++
		if c > 0xFFFF {
			n++
		}
	}
	return n
}

// clip shortens a text to n characters with a visible "…": at a blank where one is near, and never between a
// letter and its marks or inside a joined emoji.
func clip(s string, n int) (short string, cut bool) {
	if units(s) <= n {
		return s, false
	}
	if n <= 1 {
		return strings.Repeat("…", max(0, n)), true
	}
	head := s[:cutAt(s, n-1)]
	if i := strings.LastIndexFunc(head, unicode.IsSpace); i > 0 && i > len(head)-40 {
		head = head[:i]
	}
	return strings.TrimRightFunc(head, unicode.IsSpace) + "…", true
}

// cutAt is the last place within n characters at which a text may be cut.
func cutAt(s string, n int) int {
	used, safe := 0, 0
	joined := false
	for i, c := range s {
		clings := unicode.In(c, unicode.Mn, unicode.Me, unicode.Mc) || c == 0x200D || c >= 0xFE00 && c <= 0xFE0F || c >= 0x1F3FB && c <= 0x1F3FF || c >= 0xE0020 && c <= 0xE007F
		if !clings && !joined {
			safe = i
		}
		joined = c == 0x200D
		if used += 1 + boolInt(c > 0xFFFF); used > n {
			if safe == 0 { // One letter with more marks than there is room for.
				return i
			}
			return safe
		}
	}
	return len(s)
}

// mostFitting is the largest k up to most for which fits says yes; fits must hold for all below it.
func mostFitting(most int, fits func(k int) bool) int {
	low, high := 0, most
	for low < high {
		mid := (low + high + 1) / 2
		if fits(mid) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low
}
