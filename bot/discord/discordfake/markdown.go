package discordfake

import (
	"regexp"
	"strings"

	"casebot/bot"
)

var (
	bullet  = regexp.MustCompile(`^\s*(?:[-*]|\d+\.) (.*)$`)
	heading = regexp.MustCompile(`^#{1,3} (.*)$`)
	fence   = regexp.MustCompile("^```[a-zA-Z0-9+-]*$")
)

// markdown reads Discord's blocks: quotes, lists, fences, headings and paragraphs.
func (w *workspace) markdown(text string, m *message) []bot.Block {
	var out []bot.Block
	var open *bot.Block // The block that further lines of its kind belong to.
	var lines []string
	flush := func() {
		if open == nil {
			return
		}
		if open.Kind == bot.Para || open.Kind == bot.Quote {
			open.Spans = w.inline(strings.Join(lines, "\n"), m)
		}
		out = append(out, *open)
		open, lines = nil, nil
	}
	into := func(kind bot.BlockKind) {
		if open == nil || open.Kind != kind {
			flush()
			open = &bot.Block{Kind: kind}
		}
	}
	all := strings.Split(text, "\n")
	for i := 0; i < len(all); i++ {
		line := all[i]
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			body, last, after := fenced(all, i)
			out = append(out, bot.Block{Kind: bot.Pre, Spans: []bot.Span{bot.T(clean(body))}})
			if i = last; after != "" {
				into(bot.Para)
				lines = append(lines, after)
			}
		case strings.HasPrefix(line, ">>> "):
			into(bot.Quote)
			for _, rest := range append([]string{line[4:]}, all[i+1:]...) {
				lines = append(lines, quoted(rest))
			}
			i = len(all)
		case strings.HasPrefix(line, "> ") || line == ">":
			into(bot.Quote)
			lines = append(lines, quoted(strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")))
		case bullet.MatchString(line):
			into(bot.List)
			open.Items = append(open.Items, w.inline(bullet.FindStringSubmatch(line)[1], m))
		case heading.MatchString(line):
			flush()
			out = append(out, bot.P(w.inline(heading.FindStringSubmatch(line)[1], m)...))
		case strings.HasPrefix(line, "-# "):
			flush()
			out = append(out, bot.P(w.inline(line[3:], m)...))
		case strings.TrimSpace(clean(line)) == "":
			flush()
		default:
			into(bot.Para)
			lines = append(lines, line)
		}
	}
	flush()
	return out
}

// quoted shows the marks that work inside a quote as the reader sees them, so that words which were not
// escaped are not read as they were typed.
func quoted(line string) string {
	if f := bullet.FindStringSubmatch(line); f != nil {
		return "• " + f[1]
	}
	if f := heading.FindStringSubmatch(line); f != nil {
		return f[1]
	}
	return strings.TrimPrefix(line, "-# ")
}

// fenced reads a fence that opens at a line, and what follows it on its last line; without an end it reaches
// to the end of the text.
func fenced(all []string, from int) (body string, last int, after string) {
	first := strings.TrimPrefix(all[from], "```")
	if fence.MatchString(all[from]) {
		first = "" // The name of a language.
	}
	body, rest, closed := strings.Cut(strings.Join(append([]string{first}, all[from+1:]...), "\n"), "```")
	if !closed {
		return strings.TrimPrefix(body, "\n"), len(all), ""
	}
	after, _, _ = strings.Cut(rest, "\n")
	return strings.Trim(body, "\n"), from + strings.Count(body, "\n"), strings.TrimSpace(after)
}
