package bot

import (
	"strings"
	"time"
)

// PlainText is a message as lines of plain text, times in a zone with the zone named: for notification
// texts, for logs of a conversation, and for tests that read what a person reads.
func PlainText(m Message, loc *time.Location) string {
	var out []string
	add := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	add(SpanText(m.Title, loc))
	for _, b := range m.Blocks {
		switch b.Kind {
		case Quote:
			add("> " + strings.ReplaceAll(SpanText(b.Spans, loc), "\n", "\n> "))
		case List:
			for _, item := range b.Items {
				add("• " + SpanText(item, loc))
			}
		case Fields:
			for _, f := range b.Fields {
				add(f.Label + ": " + SpanText(f.Value, loc))
			}
		case Image:
			add("[picture: " + b.Alt + "]")
		case Divider:
			add("—")
		default:
			add(SpanText(b.Spans, loc))
		}
	}
	add(SpanText(m.Footer, loc))
	var buttons []string
	for _, b := range m.Buttons {
		buttons = append(buttons, "["+b.Label+"]")
	}
	add(strings.Join(buttons, " "))
	return strings.Join(out, "\n")
}

// SpanText is a line of spans as plain text.
func SpanText(spans []Span, loc *time.Location) string {
	var b strings.Builder
	for _, s := range spans {
		switch {
		case !s.At.IsZero():
			b.WriteString(s.At.In(loc).Format("Mon 2 Jan 15:04 MST"))
		case s.Ping:
			b.WriteString("@" + s.Text)
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}
