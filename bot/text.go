package bot

import (
	"strconv"
	"strings"
	"time"
)

// PlainText is a message as lines of plain text, times in a zone with the zone named: for notification
// texts, for logs of a conversation, and for tests that read what a person reads.
func PlainText(m Message, loc *time.Location) string {
	out := make([]string, 0, 3+len(m.Blocks))
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
	var buttons strings.Builder
	for i, b := range m.Buttons {
		if i > 0 {
			buttons.WriteByte(' ')
		}
		buttons.WriteString("[")
		buttons.WriteString(b.Label)
		buttons.WriteString("]")
	}
	add(buttons.String())
	return strings.Join(out, "\n")
}

// SpanText is a line of spans as plain text.
func SpanText(spans []Span, loc *time.Location) string {
	if len(spans) == 1 {
		return spans[0].plain(loc) // Nothing has to be copied.
	}
	n := 0
	for _, s := range spans {
		n += len(s.Text) + 1
		if !s.At.IsZero() {
			n += len(whenForm)
		}
	}
	var b strings.Builder
	b.Grow(n)
	for _, s := range spans {
		b.WriteString(s.plain(loc))
	}
	return b.String()
}

const whenForm = "Mon 2 Jan 15:04 MST"

func (s *Span) plain(loc *time.Location) string {
	switch {
	case !s.At.IsZero():
		return whenText(s.At.In(loc))
	case s.Ping:
		return "@" + s.Text
	}
	return s.Text
}

// whenText writes a time by whenForm. It does not read the form, for each answer holds a time twice.
func whenText(t time.Time) string {
	zone, _ := t.Zone()
	if zone == "" {
		return t.Format(whenForm) // Which writes the offset instead.
	}
	_, month, day := t.Date()
	h, m, _ := t.Clock()
	var room [40]byte
	b := append(room[:0], t.Weekday().String()[:3]...)
	b = strconv.AppendInt(append(b, ' '), int64(day), 10)
	b = append(append(append(b, ' '), month.String()[:3]...), ' ')
	b = append(b, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ' ')
	return string(append(b, zone...))
}
