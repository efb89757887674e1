package discord

import (
	"fmt"
	"strings"
	"unicode"

	"casebot/bot"
)

// part is a piece of text and what it is, which decides how far it stands from the next.
type part struct {
	text string
	kind bot.BlockKind
}

// joined puts parts below each other: paragraphs and lists with an empty line between, the rest close.
func joined(parts []part) string {
	var b strings.Builder
	var before bot.BlockKind
	for _, p := range parts {
		if blank(p.text) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
			if before == bot.List || before == bot.Para && p.kind == bot.Para {
				b.WriteString("\n")
			}
		}
		b.WriteString(p.text)
		before = p.kind
	}
	return strings.TrimFunc(b.String(), unicode.IsSpace)
}

// block draws a block that is text, within so many characters.
func (d *drawing) block(b bot.Block, room int) part {
	p := part{kind: b.Kind}
	if p.kind == "" {
		p.kind = bot.Para
	}
	switch b.Kind {
	case bot.Divider:
		p.text = "———"
	case bot.Quote:
		p.text = d.quote(b.Spans, room)
	case bot.Pre:
		p.text = d.pre(b.Spans, room)
	case bot.List:
		p.text = d.list(b.Items, room)
	case bot.Image:
		p.text = d.line([]bot.Span{{Text: b.Alt, Style: bot.Italic}}, room)
	default:
		p.text = d.line(b.Spans, room)
	}
	if blank(p.text) {
		p.text = ""
	}
	return p
}

// line draws spans within so many characters of what is sent. What does not fit ends in "…".
func (d *drawing) line(spans []bot.Span, room int) string {
	var out strings.Builder
	used := 0
	for _, s := range d.merged(spans) {
		text, mention := d.words(s)
		text, long := clip(text, 3*room+3) // What is longer does not fit in any case.
		md := text
		if !mention {
			md = d.marked(s, text, out.String())
		}
		if n := units(md); used+n <= room && !long {
			out.WriteString(md)
			used += n
			continue
		}
		d.cut = true
		if !mention {
			k := mostFitting(min(units(text), room), func(k int) bool {
				short, _ := clip(text, k)
				return used+units(d.marked(s, short, out.String())) <= room
			})
			short, _ := clip(text, k)
			out.WriteString(d.marked(s, short, out.String()))
		} else if used < room {
			out.WriteString("…")
		}
		break
	}
	return out.String()
}

// merged puts neighbours of one style together, so that no marks stand between them.
func (d *drawing) merged(spans []bot.Span) []bot.Span {
	var out []bot.Span
	for _, s := range spans {
		if s.Link == "" && !s.Ping {
			s = bot.Span{Text: bot.SpanText([]bot.Span{s}, d.zoneOr()), Style: s.Style}
			if n := len(out) - 1; n >= 0 && out[n].Style == s.Style && out[n].Link == "" && !out[n].Ping {
				out[n].Text += s.Text
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// words is what a span says, or the mark that notifies a person.
func (d *drawing) words(s bot.Span) (text string, mention bool) {
	if s.Ping && d.inText {
		if id, ok := d.userID(s.Person); ok && (d.ping(id) || contains(d.pinged, id)) {
			return "<@" + id + ">", true
		}
	}
	return clean(bot.SpanText([]bot.Span{s}, d.zoneOr())), false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// marked writes a span's words with its style and its link, behind what stands before.
func (d *drawing) marked(s bot.Span, text, before string) string {
	if text == "" {
		return ""
	}
	md := ""
	if link, ok := safeLink(s.Link); ok && s.Link != "" {
		switch {
		case s.Link == strings.TrimSpace(text):
			md = "<" + link + ">"
		case strings.Contains(text, "://"): // Discord shows no link behind words that look like another.
			md = styled(text, s.Style) + " (<" + link + ">)"
		default:
			md = "[" + styled(strings.ReplaceAll(text, "\n", " "), s.Style) + "](<" + link + ">)"
		}
	} else {
		md = styled(text, s.Style)
	}
	if before != "" {
		last := before[len(before)-1]
		if strings.IndexByte("*~`", last) >= 0 && strings.IndexByte("*~`", md[0]) >= 0 {
			return "\u200b" + md // Two marks side by side would read as another one.
		}
	}
	return md
}

// within draws something whose size is known only when it is drawn: it asks for less until it fits.
func within(room int, draw func(n int) string) string {
	n := room
	for range 8 {
		s := draw(n)
		if over := units(s) - room; over > 0 {
			n = max(0, n-over-1)
			continue
		}
		return s
	}
	return ""
}

// quote draws somebody's own words, line by line.
func (d *drawing) quote(spans []bot.Span, room int) string {
	return within(room, func(n int) string {
		text := strings.TrimFunc(d.line(spans, n), unicode.IsSpace)
		if blank(text) {
			return ""
		}
		return "> " + strings.ReplaceAll(text, "\n", "\n> ")
	})
}

// pre draws lines that keep their spacing.
func (d *drawing) pre(spans []bot.Span, room int) string {
	text := clean(bot.SpanText(spans, d.zoneOr()))
	if blank(text) {
		return ""
	}
	return within(room, func(n int) string {
		short, cut := clip(text, max(1, n-8))
		d.cut = d.cut || cut
		return fence(short)
	})
}

// list draws items, as many as there is room for.
func (d *drawing) list(items [][]bot.Span, room int) string {
	var rows []string
	used := 0
	for i, item := range items {
		if room-used < 100 {
			rows = append(rows, fmt.Sprintf("- … and %d more", len(items)-i))
			d.cut = true
			break
		}
		text := within(room-used-30, func(n int) string {
			return strings.ReplaceAll(strings.TrimFunc(d.line(item, n), unicode.IsSpace), "\n", "\n  ")
		})
		if blank(text) {
			continue
		}
		rows = append(rows, "- "+text)
		used += units(text) + 3
	}
	return strings.Join(rows, "\n")
}

// fields draws label and value pairs, 25 to an embed; false: not one of them fitted.
func (d *drawing) fields(pairs []bot.Pair) bool {
	long := 0
	for _, p := range pairs {
		long += boolInt(!isShort(bot.SpanText(p.Value, d.zoneOr())))
	}
	wide := 2*long > len(pairs) // Mostly long ones read better one below the other, all of them.
	for i, p := range pairs {
		e := d.last()
		if e == nil || len(e.Fields) == maxFields || e.Image != nil {
			if len(d.out.Embeds) == maxEmbeds {
				d.cut = true
				return i > 0
			}
			d.out.Embeds = append(d.out.Embeds, embed{Color: d.color})
			e, d.kind = d.last(), ""
		}
		if d.left < 200 {
			d.cut = true
			if len(e.Fields) > 0 || i > 0 {
				e.Fields = append(e.Fields, embedField{Name: "…", Value: fmt.Sprintf("and %d more", len(pairs)-i)})
				return true
			}
			if e.Description == "" {
				d.out.Embeds = d.out.Embeds[:len(d.out.Embeds)-1]
			}
			return false
		}
		f := d.field(p)
		f.Inline = f.Inline && !wide
		d.left -= units(f.Name) + units(f.Value)
		e.Fields = append(e.Fields, f)
	}
	return true
}

// unpaired writes pairs as lines of text, for places where columns would part what belongs together or where
// Discord has none. Other blocks stay as they are.
func unpaired(b bot.Block) bot.Block {
	if b.Kind != bot.Fields {
		return b
	}
	out := bot.Block{Kind: bot.Para}
	for i, p := range b.Fields {
		if i > 0 {
			out.Spans = append(out.Spans, bot.T("\n"))
		}
		out.Spans = append(append(out.Spans, bot.B(oneLine(p.Label)+":"), bot.T(" ")), p.Value...)
	}
	return out
}

// field draws one pair. Short ones stand beside each other.
func (d *drawing) field(p bot.Pair) embedField {
	f := embedField{Name: d.line([]bot.Span{bot.T(oneLine(p.Label))}, 200), Value: d.line(p.Value, min(maxFieldValue, d.left-units(p.Label)))}
	f.Value = strings.TrimFunc(f.Value, unicode.IsSpace)
	if blank(f.Name) {
		f.Name = "–"
	}
	if blank(f.Value) {
		f.Value = "–"
	}
	f.Inline = isShort(f.Value)
	return f
}

// isShort says whether a value has room in a third of a card.
func isShort(value string) bool { return units(value) <= 60 && !strings.Contains(value, "\n") }

// image shows a picture of the message in an embed; false when it does not go with the message.
func (d *drawing) image(b bot.Block) bool {
	name, ok := d.sent[b.File]
	if !ok || !isPicture(name) {
		return false
	}
	e := d.last()
	if e == nil || e.Image != nil {
		if len(d.out.Embeds) == maxEmbeds {
			return false
		}
		d.out.Embeds = append(d.out.Embeds, embed{Color: d.color})
		e, d.kind = d.last(), ""
	}
	e.Image = &embedImage{"attachment://" + name}
	return true
}

// buttons draws buttons, five a row. One that no row has room for is left out, and the whole text names it.
func (d *drawing) buttons(list []bot.Button, rows int) []component {
	out := []component{}
	same := map[string]int{}
	for _, b := range list {
		c, ok := d.button(b, same)
		if !ok || len(out) == rows && len(out[len(out)-1].Components) == maxRowButtons {
			d.cut = true
			continue
		}
		if len(out) == 0 || len(out[len(out)-1].Components) == maxRowButtons {
			out = append(out, component{Type: rowType})
		}
		row := &out[len(out)-1]
		row.Components = append(row.Components, c)
	}
	return out
}

// button draws one button. Its id is the command line, so that it works after any restart.
func (d *drawing) button(b bot.Button, same map[string]int) (component, bool) {
	label, _ := clip(clean(oneLine(b.Label)), maxButtonText)
	link, web := safeLink(b.Link)
	switch {
	case blank(label):
		return component{}, false
	case web && len(link) <= maxButtonLink:
		return component{Type: buttonType, Style: styleLink, Label: label, URL: link}, true
	case strings.TrimSpace(b.Do) == "":
		return component{}, false
	}
	c := component{Type: buttonType, Style: styleSecondary, Label: label, CustomID: buttonID(b.Do, same[b.Do], d.out.keep)}
	same[b.Do]++
	switch b.Style {
	case bot.ButtonPrimary:
		c.Style = stylePrimary
	case bot.ButtonDanger:
		c.Style = styleDanger
	}
	return c, true
}
