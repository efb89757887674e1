package web

import (
	"casebot/bot"
	"casebot/templates"
)

// block is a piece of an article as the preview shows it: "h", "p", "li", "step" or "pre". Its spans are escaped by the
// page, so nothing an author writes becomes markup.
type block struct {
	Kind  string
	Spans []span
}

// span is a part of a line: Tag is what it stands in, "b", "i", "code" or "a", or empty.
type span struct{ Tag, Text, Link string }

// blocks are the pieces of an article, as chat shows them.
func blocks(body string) []block {
	tags := map[bot.Style]string{bot.Bold: "b", bot.Italic: "i", bot.Code: "code"}
	var out []block
	for _, p := range templates.Markdown(body) {
		b := block{Kind: p.Kind}
		for _, s := range p.Spans {
			x := span{Tag: tags[s.Style], Text: s.Text, Link: s.Link}
			if s.Link != "" {
				x.Tag = "a"
			}
			b.Spans = append(b.Spans, x)
		}
		out = append(out, b)
	}
	return out
}
