package slack

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	api "github.com/slack-go/slack"

	"casebot/bot"
	"casebot/desk"
)

// fields draws label and value pairs in two columns, ten a section.
func (d *drawing) fields(pairs []bot.Pair) {
	var row []*api.TextBlockObject
	flush := func() {
		if len(row) > 0 {
			d.add(api.NewSectionBlock(nil, row, nil))
		}
		row = nil
	}
	for i, p := range pairs {
		if d.left < 100 {
			d.cut = true
			row = append(row, plainObject(fmt.Sprintf("… and %d more", len(pairs)-i)))
			break
		}
		row = append(row, d.field(p))
		if len(row) == maxFields {
			flush()
		}
	}
	flush()
}

// field draws one pair. The value is markup only where nothing in it could be taken for any; else the
// whole field is plain text.
func (d *drawing) field(p bot.Pair) *api.TextBlockObject {
	label, cut1 := clip(oneLine(p.Label), 200)
	value, cut2 := clip(strings.TrimSpace(bot.SpanText(p.Value, d.zoneOr())), min(1500, d.left))
	d.cut = d.cut || cut1 || cut2
	if value == "" {
		value = "–"
	}
	d.left -= utf8.RuneCountInString(label) + utf8.RuneCountInString(value)
	if looksMarked(label) || looksMarked(value) {
		return plainObject(label + "\n" + value)
	}
	text := escape(value)
	if pinged, ok := d.pings(p.Value); ok && !cut2 {
		text = pinged
	}
	o := api.NewTextBlockObject(api.MarkdownType, "*"+escape(label)+"*\n"+text, false, true)
	if utf8.RuneCountInString(o.Text) > maxFieldText {
		return plainObject(label + "\n" + value)
	}
	return o
}

// pings writes a value with real mentions, when it has any.
func (d *drawing) pings(spans []bot.Span) (string, bool) {
	var b strings.Builder
	any := false
	for _, s := range spans {
		if id, ok := d.userID(s.Person); ok && s.Ping {
			any = true
			b.WriteString("<@" + id + ">")
			continue
		}
		b.WriteString(escape(d.words(s)))
	}
	return b.String(), any
}

// marked finds what Slack's markup gives a meaning: emphasis, code, quotes, and names of emoji.
var marked = regexp.MustCompile("[*_~`>]|:[a-zA-Z0-9_+'-]+:")

func looksMarked(s string) bool { return marked.MatchString(s) }

// tail draws the small print and the buttons.
func (d *drawing) tail(m bot.Message) []api.Block {
	var out []api.Block
	if foot := strings.TrimSpace(bot.SpanText(m.Footer, d.zoneOr())); foot != "" {
		foot, cut := clip(foot, maxContext)
		d.cut = d.cut || cut
		out = append(out, api.NewContextBlock("", plainObject(foot)))
	}
	row := make([]api.BlockElement, 0, min(len(m.Buttons), maxButtons))
	for i, b := range m.Buttons {
		if e, ok := button(i, b); ok && len(row) < maxButtons {
			row = append(row, e)
		} else {
			d.cut = true
		}
	}
	if len(row) > 0 {
		out = append(out, api.NewActionBlock("do", row...))
	}
	return out
}

// button draws a button. Its value is the command line, so that it works after any restart. One whose
// line does not fit is left out, because half a command would do something else.
func button(i int, b bot.Button) (*api.ButtonBlockElement, bool) {
	label, _ := clip(oneLine(b.Label), maxButtonText)
	if label == "" || utf8.RuneCountInString(b.Do) > maxButtonDo || b.Do == "" && !isWeb(b.Link) {
		return nil, false
	}
	e := api.NewButtonBlockElement("do/"+strconv.Itoa(i), b.Do, plainObject(label))
	switch b.Style {
	case bot.ButtonPrimary:
		e.Style = api.StylePrimary
	case bot.ButtonDanger:
		e.Style = api.StyleDanger
	}
	if isWeb(b.Link) {
		e.URL = b.Link
	}
	return e, true
}

// plainObject is text in which Slack looks for nothing, not even names of emoji.
func plainObject(text string) *api.TextBlockObject {
	return &api.TextBlockObject{Type: api.PlainTextType, Text: text, Emoji: &noEmoji}
}

// noEmoji is pointed at by every plain text; nobody writes to it.
var noEmoji = false

// escape writes text for Slack's markup, where three characters have a meaning
// (docs.slack.dev/messaging/formatting-message-text#escaping).
func escape(s string) string { return escaper.Replace(s) }

// unescape takes Slack's escaping off again.
func unescape(s string) string { return unescaper.Replace(s) }

var (
	escaper   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// oneLine joins the lines of a text.
func oneLine(s string) string { return desk.OneSpaced(s) }

// clip shortens a text to n characters with a visible "…", at a blank where one is near and never inside
// a joined emoji. Slack counts UTF-16 units where emoji are concerned, so the budget is counted in those. Bytes that
// are no text would become a sign of their own each on their way to Slack; they are made one here, and counted.
func clip(s string, n int) (short string, cut bool) {
	if len(s) <= n && utf8.ValidString(s) {
		return s, false // No character has more units than bytes.
	}
	s = strings.ToValidUTF8(s, "�")
	if units(s) <= n {
		return s, false
	}
	if n <= 1 {
		return "…"[:len("…")*max(0, n)], true
	}
	used, end := 0, 0
	for i, c := range s {
		u := 1
		if c > 0xFFFF {
			u = 2
		}
		if used+u > n-1 {
			break
		}
		used += u
		end = i + utf8.RuneLen(c)
	}
	head := s[:end]
	if at := strings.LastIndexFunc(head, unicode.IsSpace); at > len(head)-40 && at > 0 {
		head = head[:at]
	}
	// A joiner or a variation selector at the cut belongs to what was cut off.
	head = strings.TrimRightFunc(head, func(c rune) bool { return c == 0x200D || c == 0xFE0F || c == utf8.RuneError || unicode.IsSpace(c) })
	return head + "…", true
}

// units counts a text as Slack does.
func units(s string) int {
	n := 0
	for _, c := range s {
		n++
		if c > 0xFFFF {
			n++
		}
	}
	return n
}
