package web

import "strings"

// block is a piece of an article as a page shows it: "h", "p", "li", "step" or "pre". Text is escaped by the
// page, so nothing an author writes becomes markup.
type block struct{ Kind, Text string }

// blocks cuts an article for the preview: headings, paragraphs, lists, checklists, code.
func blocks(body string) []block {
	var out []block
	code := false
	open := "" // Kind of the block that the next line of text may go on.
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		text := strings.TrimSpace(line)
		kind := "p"
		switch {
		case strings.HasPrefix(text, "```"):
			code, open = !code, ""
			continue
		case code:
			kind, text = "pre", line
		case text == "":
			open = ""
			continue
		case strings.HasPrefix(text, "#"):
			kind, text = "h", strings.TrimSpace(strings.TrimLeft(text, "#"))
		case strings.HasPrefix(text, "- [ ]"), strings.HasPrefix(text, "* [ ]"):
			kind, text = "step", strings.TrimSpace(text[5:])
		case strings.HasPrefix(text, "- "), strings.HasPrefix(text, "* "):
			kind, text = "li", text[2:]
		}
		if n := len(out); n > 0 && kind == open && (kind == "p" || kind == "pre") {
			out[n-1].Text += "\n" + text
			continue
		}
		out, open = append(out, block{kind, text}), kind
	}
	return out
}
