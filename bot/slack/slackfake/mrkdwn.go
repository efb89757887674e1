package slackfake

import (
	"strings"
	"unicode"

	"casebot/bot"
)

// invisible takes out the characters that apps put in to keep typed marks from working. The joiner inside
// emoji is not one of them.
var invisible = strings.NewReplacer("\u200b", "", "\u2060", "", "\ufeff", "")

func clean(text string) string { return invisible.Replace(text) }

// textObject reads a text object, plain or mrkdwn.
func (w *workspace) textObject(t map[string]any) []bot.Span {
	if str(t, "type") == "mrkdwn" {
		return w.mrkdwn(str(t, "text"), bot.Plain)
	}
	return w.plain(t)
}

func (w *workspace) plain(t any) []bot.Span {
	text := str(t, "text")
	if emoji, set := at(t, "emoji").(bool); !set || emoji {
		text = fromColons(text)
	}
	return []bot.Span{bot.T(clean(text))}
}

var marks = map[rune]bot.Style{'*': bot.Bold, '_': bot.Italic, '~': bot.Strike, '`': bot.Code}

// mrkdwn reads Slack's markup: angle brackets, the four marks and entities. What is not markup by Slack's
// rules stays as it stands.
func (w *workspace) mrkdwn(text string, style bot.Style) []bot.Span {
	var out []bot.Span
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, bot.Span{Text: clean(fromColons(unescape(plain.String()))), Style: style})
			plain.Reset()
		}
	}
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		if r == '<' {
			if end := indexFrom(runes, i+1, '>'); end > 0 {
				flush()
				out = append(out, w.bracket(string(runes[i+1:end]), style))
				i = end
				continue
			}
		}
		if st, ok := marks[r]; ok && opens(runes, i) {
			if end := closing(runes, i); end > 0 {
				flush()
				inner := string(runes[i+1 : end])
				if st == bot.Code {
					out = append(out, bot.Span{Text: clean(unescape(inner)), Style: st})
				} else {
					out = append(out, w.mrkdwn(inner, st)...)
				}
				i = end
				continue
			}
		}
		plain.WriteRune(r)
	}
	flush()
	return out
}

// bracket reads one thing in angle brackets.
func (w *workspace) bracket(inner string, style bot.Style) bot.Span {
	what, label, labelled := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(what, "@"):
		return w.mention(what[1:])
	case strings.HasPrefix(what, "!subteam^"):
		return bot.Span{Text: w.s.groupName(strings.TrimPrefix(what, "!subteam^")), Ping: true, Style: style}
	case strings.HasPrefix(what, "#"), strings.HasPrefix(what, "!"):
		return bot.Span{Text: w.s.named(inner), Style: style}
	case !labelled:
		label = what
	}
	return bot.Span{Text: clean(fromColons(unescape(label))), Link: unescape(what), Style: style}
}

func indexFrom(runes []rune, from int, want rune) int {
	for i := from; i < len(runes); i++ {
		if runes[i] == want {
			return i
		}
	}
	return -1
}

// boundary says whether a mark may open after, or close before, this character: the edge of a word.
func boundary(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsPunct(r) && r != '\\' || unicode.IsSymbol(r) || r == '~' || r == '`'
}

// hidden are the characters that keep a mark from working when they stand inside it.
func hidden(r rune) bool { return r == '\u200b' || r == '\u2060' || r == '\ufeff' }

func opens(runes []rune, i int) bool {
	before := i == 0 || boundary(runes[i-1]) && !hidden(runes[i-1])
	return before && i+1 < len(runes) && !unicode.IsSpace(runes[i+1]) && !hidden(runes[i+1]) && runes[i+1] != runes[i]
}

// closing finds the mark that ends what opens at i, on the same line.
func closing(runes []rune, i int) int {
	for k := i + 1; k < len(runes); k++ {
		if runes[k] == '\n' {
			return -1
		}
		after := k+1 == len(runes) || boundary(runes[k+1]) && !hidden(runes[k+1])
		if runes[k] == runes[i] && k > i+1 && after && !unicode.IsSpace(runes[k-1]) && !hidden(runes[k-1]) {
			return k
		}
	}
	return -1
}
