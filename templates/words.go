package templates

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

func itoa(n int) string { return strconv.Itoa(n) }

// size says how large a file is, in the unit people use.
func size(bytes int64) string {
	switch {
	case bytes <= 0:
		return "size unknown"
	case bytes < 1<<10:
		return fmt.Sprintf("%d bytes", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%d KB", bytes>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}

// span says how long something is: "1 h 30 min".
func span(d time.Duration) string {
	d = d.Round(time.Second)
	var parts []string
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / u.unit; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
			d -= n * u.unit
		}
	}
	if len(parts) == 0 {
		return "0 min"
	}
	return strings.Join(parts, " ")
}

// join lists field names for a command line.
func join(fields []desk.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return strings.Join(names, ",")
}

// fieldValue shows what a field holds: a time as an instant in the reader's zone, the rest as typed.
func fieldValue(book *desk.Handbook, f desk.Field, value string) []bot.Span {
	if s, ok := book.FieldSpec(f); ok && s.Kind == desk.KindTime || f == desk.FieldReportedAt {
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			return line(t)
		}
	}
	return line(value)
}

// plainValue is a value inside a struck-through span, which can't hold an instant.
func plainValue(value string) string {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t.UTC().Format("2 Jan 15:04 UTC")
	}
	return value
}

// CustomersTime writes an instant as the customer reads it: in the zone of the Partner that serves them.
func CustomersTime(dir *desk.Directory, c *desk.Case, t time.Time) string {
	party, ok := dir.Party(c.Tenant)
	if t.IsZero() || !ok {
		return ""
	}
	return bot.SpanText(line(t), desk.Zone(party.Zone))
}

// Fill puts a case's facts into a response template of the handbook (§9). What is not known is left
// as its name in braces, so that nobody sends a sentence with a hole in it unseen.
func Fill(text string, c *desk.Case, next string) string {
	var pairs []string
	for name, value := range map[string]string{"{case}": c.ID, "{customer}": c.Fields[desk.FieldCustomer], "{summary}": c.Summary, "{next}": next} {
		if value != "" {
			pairs = append(pairs, name, value)
		}
	}
	// One pass: a summary that itself contains "{next}" stays as its author wrote it.
	return strings.NewReplacer(pairs...).Replace(text)
}
