package templates

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"casebot/bot"
)

// The kinds of Piece.
const (
	PieceText    = "p"
	PieceHeading = "h"
	PieceItem    = "li"
	PieceStep    = "step" // A question of a checklist.
	PieceCode    = "pre"
)

// Piece is a part of an article as people see it. An article is written in the part of Markdown (CommonMark 0.31) that
// a chat can show: headings, paragraphs, lists, checklists, code, bold, italic and links to the web. Everything else
// stands as it is written, and nothing in it becomes markup of a chat or a page.
type Piece struct {
	Kind  string
	Spans []bot.Span
}

// Markdown cuts an article into its pieces.
func Markdown(body string) []Piece {
	var out []Piece
	var texts [][]string // The lines of each piece: an article of a megabyte may be one paragraph.
	code := false
	open := "" // Kind of the piece that the next line goes on.
	for l := range strings.Lines(body) {
		l = strings.TrimRight(l, "\r\n")
		text := strings.TrimSpace(l)
		kind := PieceText
		switch {
		case strings.HasPrefix(text, "```"):
			code, open = !code, ""
			continue
		case code:
			kind, text = PieceCode, l
		case text == "":
			open = ""
			continue
		case heading(text) != "":
			kind, text = PieceHeading, heading(text)
		case strings.HasPrefix(text, "- [ ]"), strings.HasPrefix(text, "* [ ]"):
			kind, text = PieceStep, strings.TrimSpace(text[5:])
		case strings.HasPrefix(text, "- "), strings.HasPrefix(text, "* "):
			kind, text = PieceItem, strings.TrimSpace(text[2:])
		case open == PieceItem && l != text && !numberedLine(text):
			// The line before goes on, set in below its mark.
			texts[len(texts)-1] = append(texts[len(texts)-1], text)
			continue
		}
		if n := len(out); n > 0 && kind == open && (kind == PieceText || kind == PieceCode) {
			texts[n-1] = append(texts[n-1], text)
			continue
		}
		out, texts, open = append(out, Piece{Kind: kind}), append(texts, []string{text}), kind
	}
	for i := range out {
		switch out[i].Kind {
		case PieceCode:
			out[i].Spans = []bot.Span{bot.T(strings.Join(texts[i], "\n"))}
		case PieceText:
			out[i].Spans = inline(strings.Join(texts[i], "\n"))
		default:
			out[i].Spans = inline(strings.Join(texts[i], " "))
		}
	}
	return out
}

// heading gives the words of a line that is a heading, else nothing.
func heading(text string) string {
	words := strings.TrimLeft(text, "#")
	if n := len(text) - len(words); n == 0 || n > 6 || !strings.HasPrefix(words, " ") {
		return ""
	}
	return strings.TrimSpace(strings.TrimRight(words, "# "))
}

// numberedLine says whether a line is an item of a numbered list, which stands as it is written.
func numberedLine(text string) bool {
	digits := strings.TrimLeft(text, "0123456789")
	return digits != text && (strings.HasPrefix(digits, ". ") || strings.HasPrefix(digits, ") "))
}

// markReach is how many bytes a mark and its partner may be apart.
const markReach = 600

// inline reads a line of text: code, bold, italic, links. A mark without its partner is a mark.
func inline(text string) []bot.Span {
	var out []bot.Span
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, bot.T(plain.String()))
			plain.Reset()
		}
	}
	last := rune(0) // What stands before.
	for text != "" {
		if text[0] == '\\' && len(text) > 1 && strings.IndexByte("\\`*_[]()#<>!-", text[1]) >= 0 {
			plain.WriteByte(text[1])
			text, last = text[2:], rune(text[1])
			continue
		}
		if strings.IndexByte("`*[!", text[0]) >= 0 {
			// A mark's partner is looked for nearby: a megabyte of marks is no reason to look far for each.
			near := text[:min(len(text), markReach)]
			if s, after, ok := marked(near, last); ok {
				flush()
				out = append(out, s)
				text, last = text[len(near)-len(after):], '*'
				continue
			}
		}
		c, size := utf8.DecodeRuneInString(text)
		plain.WriteString(text[:size])
		text, last = text[size:], c
	}
	flush()
	return out
}

// marked reads the span that a text begins with, if it begins with one; before is what stands before it.
func marked(text string, before rune) (s bot.Span, after string, ok bool) {
	switch {
	case text[0] == '`':
		if in, after, ok := between(text, "`"); ok {
			return bot.C(in), after, true
		}
	case strings.HasPrefix(text, "**"):
		if in, after, ok := between(text, "**"); ok {
			return bot.B(plainOf(in)), after, true
		}
	case text[0] == '*' && !isWord(before):
		if in, after, ok := between(text, "*"); ok && !strings.HasPrefix(after, "*") && !beginsWord(after) {
			return bot.Span{Text: plainOf(in), Style: bot.Italic}, after, true
		}
	case text[0] == '[' || strings.HasPrefix(text, "!["):
		label, rest, ok := strings.Cut(text[strings.IndexByte(text, '[')+1:], "](")
		address, after, closed := strings.Cut(rest, ")")
		if !ok || !closed || label == "" || strings.ContainsAny(label, "[]\n") {
			break
		}
		if address, _, _ = strings.Cut(strings.TrimSpace(address), " "); onWeb(address) && text[0] == '[' {
			return bot.Span{Text: plainOf(label), Link: address}, after, true
		}
		return bot.T(plainOf(label)), after, true // A picture, or a place that a reader of the chat has not: its words.
	}
	return s, "", false
}

// between gives what stands between two marks on one line, with no blank inside of either.
func between(text, mark string) (in, after string, ok bool) {
	in, after, ok = strings.Cut(text[len(mark):], mark)
	return in, after, ok && in != "" && in == strings.TrimSpace(in) && !strings.Contains(in, "\n")
}

// plainOf leaves the marks of code out of a text that is marked already.
func plainOf(s string) string { return strings.ReplaceAll(s, "`", "") }

func onWeb(address string) bool {
	low := strings.ToLower(address)
	return (strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://")) && !strings.ContainsAny(address, "<>\"' ")
}

func beginsWord(s string) bool {
	for _, c := range s {
		return isWord(c)
	}
	return false
}

func isWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_' }

// articleBlocks are an article's pieces as blocks of a message.
func articleBlocks(body string) []bot.Block {
	var out []bot.Block
	for _, p := range Markdown(body) {
		switch p.Kind {
		case PieceHeading:
			for i := range p.Spans {
				if p.Spans[i].Style == bot.Plain && p.Spans[i].Link == "" {
					p.Spans[i].Style = bot.Bold
				}
			}
			out = append(out, bot.P(p.Spans...))
		case PieceItem, PieceStep:
			if p.Kind == PieceStep {
				p.Spans = append([]bot.Span{bot.T("☐ ")}, p.Spans...)
			}
			if n := len(out); n > 0 && out[n-1].Kind == bot.List {
				out[n-1].Items = append(out[n-1].Items, p.Spans)
				continue
			}
			out = append(out, bot.Block{Kind: bot.List, Items: [][]bot.Span{p.Spans}})
		case PieceCode:
			out = append(out, bot.Block{Kind: bot.Pre, Spans: p.Spans})
		default:
			out = append(out, bot.P(p.Spans...))
		}
	}
	return out
}
