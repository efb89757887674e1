package discordfake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"casebot/bot"
)

// The things in angle brackets and brackets, at the start of what is left.
var (
	angleUser    = regexp.MustCompile(`^<@!?(\d{1,20})>`)
	angleRole    = regexp.MustCompile(`^<@&(\d{1,20})>`)
	angleChannel = regexp.MustCompile(`^<#(\d{1,20})>`)
	angleTime    = regexp.MustCompile(`^<t:(-?\d{1,13})(?::[tTdDfFR])?>`)
	angleEmoji   = regexp.MustCompile(`^<a?(:\w{2,32}:)\d{1,20}>`)
	angleLink    = regexp.MustCompile(`^<(https?://[^\s>]+)>`)
	namedLink    = regexp.MustCompile(`^\[((?:\\.|[^\]\\])+)\]\(<?(https?://[^\s)>]+)>?\)`)
	bareLink     = regexp.MustCompile(`^https?://[^\s<>]+[^\s<>.,;:!?'")\]]`)
)

// pairs are the marks that come in twos, the longer ones first.
var pairs = []struct {
	mark  string
	style bot.Style
}{{"**", bot.Bold}, {"__", bot.Plain}, {"~~", bot.Strike}, {"||", bot.Plain}, {"*", bot.Italic}, {"_", bot.Italic}}

// inline reads Discord's marks in a text. m tells who is really pinged; nil: nobody.
func (w *workspace) inline(text string, m *message) []bot.Span { return w.styled(text, bot.Plain, m) }

func (w *workspace) styled(text string, style bot.Style, m *message) []bot.Span {
	var out []bot.Span
	var plain strings.Builder
	flush := func() {
		if words := clean(plain.String()); words != "" {
			out = append(out, bot.Span{Text: words, Style: style})
		}
		plain.Reset()
	}
	for i := 0; i < len(text); {
		rest := text[i:]
		if r, n := utf8.DecodeRuneInString(rest[1:]); rest[0] == '\\' && n > 0 && isMark(r) {
			plain.WriteRune(r)
			i += 1 + n
			continue
		}
		if span, n := w.special(rest, style, m); n > 0 {
			flush()
			out = append(out, span)
			i += n
			continue
		}
		if inner, st, n := paired(text, i); n > 0 {
			flush()
			if st == bot.Plain {
				st = style
			}
			out = append(out, w.styled(inner, st, m)...)
			i += n
			continue
		}
		plain.WriteByte(rest[0])
		i++
	}
	flush()
	return out
}

// isMark says whether a backslash before a character disappears: before all but spaces and the letters and
// digits of ASCII.
func isMark(r rune) bool {
	return !unicode.IsSpace(r) && !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
}

// special reads one thing in angle brackets, a link, or code at the start of a text.
func (w *workspace) special(rest string, style bot.Style, m *message) (bot.Span, int) {
	if rest[0] == '`' {
		ticks := len(rest) - len(strings.TrimLeft(rest, "`"))
		if end := strings.Index(rest[ticks:], rest[:ticks]); end > 0 {
			body := rest[ticks : ticks+end]
			return bot.Span{Text: clean(strings.Trim(body, " ")), Style: bot.Code}, 2*ticks + end
		}
		return bot.Span{}, 0
	}
	if rest[0] == '<' {
		if f := angleUser.FindStringSubmatch(rest); f != nil {
			return w.mention(f[1], m), len(f[0])
		}
		if f := angleRole.FindStringSubmatch(rest); f != nil {
			return bot.Span{Text: w.s.roleName(f[1]), Ping: m != nil && slices.Contains(m.roles, f[1]), Style: style}, len(f[0])
		}
		if f := angleChannel.FindStringSubmatch(rest); f != nil {
			name := "unknown"
			if ch := w.s.channels[f[1]]; ch != nil {
				name = ch.name
			}
			return bot.Span{Text: "#" + name, Style: style}, len(f[0])
		}
		if f := angleTime.FindStringSubmatch(rest); f != nil {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return bot.Span{At: time.Unix(n, 0), Style: style}, len(f[0])
		}
		if f := angleEmoji.FindStringSubmatch(rest); f != nil {
			return bot.Span{Text: f[1], Style: style}, len(f[0])
		}
		if f := angleLink.FindStringSubmatch(rest); f != nil {
			return bot.Span{Text: f[1], Link: f[1], Style: style}, len(f[0])
		}
	}
	// This is asked of every character, and an expression costs far more than a look at the first one.
	if rest[0] == '[' {
		if f := namedLink.FindStringSubmatch(rest); f != nil {
			return bot.Span{Text: bot.SpanText(w.styled(f[1], style, m), time.UTC), Link: f[2], Style: style}, len(f[0])
		}
	}
	if strings.HasPrefix(rest, "http") {
		if f := bareLink.FindString(rest); f != "" {
			return bot.Span{Text: clean(f), Link: f, Style: style}, len(f)
		}
	}
	return bot.Span{}, 0
}

// mention names a person. It pings only whom the message really mentions.
func (w *workspace) mention(id string, m *message) bot.Span {
	span := bot.Span{Text: w.s.name(id)}
	guild := ""
	if m != nil {
		span.Ping = slices.Contains(m.users, id)
		guild = m.ch.guild
	}
	if p := w.person(guild, id); !strings.Contains(p, "/") {
		span.Person = p
	}
	return span
}

// paired reads what stands between two equal marks at i. A single underscore inside a word is no mark.
func paired(text string, i int) (inner string, style bot.Style, n int) {
	for _, p := range pairs {
		if !strings.HasPrefix(text[i:], p.mark) {
			continue
		}
		k := len(p.mark)
		single := k == 1
		if single && (i+1 >= len(text) || text[i+1] == ' ') || p.mark == "_" && i > 0 && isWord(text[i-1]) {
			continue
		}
		for j := i + k + 1; j+k <= len(text); j++ {
			if isEscaped(text, j) || !strings.HasPrefix(text[j:], p.mark) {
				continue
			}
			if !single && j+k < len(text) && text[j+k] == p.mark[0] {
				continue // The last ones of a row close.
			}
			if single && (text[j-1] == ' ' && p.mark == "*" || p.mark == "_" && j+1 < len(text) && isWord(text[j+1])) {
				continue
			}
			if single && j+1 < len(text) && text[j+1] == p.mark[0] {
				j++ // Two of them are another mark.
				continue
			}
			return text[i+k : j], p.style, j + k - i
		}
	}
	return "", "", 0
}

// isEscaped says whether a backslash stands before a character that is not itself escaped.
func isEscaped(text string, at int) bool {
	n := 0
	for n < at && text[at-1-n] == '\\' {
		n++
	}
	return n%2 == 1 && isMark(rune(text[at]))
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
