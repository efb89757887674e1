package templates

import (
	"strings"
	"time"

	"casebot/bot"
)

// dump shows a message as text with its styles and the lines its buttons do, for golden files. Instants are
// shown in loc.
func dump(m bot.Message, loc *time.Location) string {
	var b strings.Builder
	put := func(s string) {
		b.WriteString(strings.TrimRight(s, " "))
		b.WriteByte('\n')
	}
	if len(m.Title) > 0 {
		put("# " + spans(m.Title, loc))
	}
	for _, bl := range m.Blocks {
		switch bl.Kind {
		case bot.Quote, bot.Pre:
			mark := "> "
			if bl.Kind == bot.Pre {
				mark = "| "
			}
			for _, l := range strings.Split(spans(bl.Spans, loc), "\n") {
				put(mark + l)
			}
		case bot.Fields:
			for _, f := range bl.Fields {
				put("  " + f.Label + ": " + strings.ReplaceAll(spans(f.Value, loc), "\n", "\n    "))
			}
		case bot.List:
			for _, i := range bl.Items {
				put("- " + strings.ReplaceAll(spans(i, loc), "\n", "\n  "))
			}
		case bot.Divider:
			put("---")
		case bot.Image:
			put("(image: " + bl.Alt + ")")
		default:
			put(spans(bl.Spans, loc))
		}
	}
	if len(m.Footer) > 0 {
		put("(" + spans(m.Footer, loc) + ")")
	}
	for _, f := range m.Files {
		put("(file: " + f.Name + ")")
	}
	for _, x := range m.Buttons {
		to := x.Do
		if x.Link != "" {
			to = x.Link
		}
		put("[" + x.Label + "] " + to)
	}
	return b.String()
}

func spans(ss []bot.Span, loc *time.Location) string {
	var b strings.Builder
	for _, s := range ss {
		text := s.Text
		if !s.At.IsZero() {
			text = s.At.In(loc).Format("Mon 2 Jan 15:04 MST")
		}
		switch {
		case s.Ping:
			text = "@" + text
		case s.Style == bot.Bold:
			text = "*" + text + "*"
		case s.Style == bot.Code:
			text = "`" + text + "`"
		case s.Style == bot.Strike:
			text = "~" + text + "~"
		}
		b.WriteString(text)
	}
	return b.String()
}
