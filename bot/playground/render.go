package playground

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"casebot/bot"
)

// Reader is for whom a message is drawn.
type Reader struct {
	Zone *time.Location
	Now  time.Time                             // Times of another year carry the year.
	Self string                                // Person ID: mentions of oneself stand out.
	Name func(person string) (string, bool)    // The name a person has in this workspace; false when they have no account here.
	File func(name string) (address string)    // Where a file of the message is fetched; empty when it has none of that name.
	Act  func(i int, b bot.Button) (id string) // Names a button for the page; nil: buttons do nothing.
}

// shownText is how many characters of one block are shown before "Show all".
const shownText = 1200

// Render draws a message as HTML for a reader. It is a pure function of its arguments. Every text is
// escaped here and nowhere else, so nothing a person typed becomes markup; what is long is folded, never cut.
func Render(m bot.Message, r Reader) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="card%s">`, class(" tone-", string(m.Tone)))
	if m.Tone == bot.ToneInternal {
		b.WriteString(`<p class="internal-mark">Internal: your side only</p>`)
	}
	if len(m.Title) > 0 {
		b.WriteString(`<h4 class="card-title">`)
		r.title(&b, m.Title)
		b.WriteString(`</h4>`)
	}
	for _, block := range m.Blocks {
		r.block(&b, block)
	}
	if len(m.Footer) > 0 {
		b.WriteString(`<p class="card-foot">`)
		r.spans(&b, m.Footer)
		b.WriteString(`</p>`)
	}
	if len(m.Buttons) > 0 {
		b.WriteString(`<div class="card-buttons">`)
		for i, button := range m.Buttons {
			r.button(&b, i, button)
		}
		b.WriteString(`</div>`)
	}
	b.WriteString(`</div>`)
	return b.String()
}

// RenderBlocks draws blocks alone, as a form's introduction has them.
func RenderBlocks(blocks []bot.Block, r Reader) string {
	var b strings.Builder
	for _, block := range blocks {
		r.block(&b, block)
	}
	return b.String()
}

func (r Reader) block(b *strings.Builder, block bot.Block) {
	switch block.Kind {
	case bot.Divider:
		b.WriteString(`<hr>`)
	case bot.Quote:
		r.folded(b, "blockquote", block.Spans)
	case bot.Pre:
		r.folded(b, "pre", block.Spans)
	case bot.List:
		b.WriteString(`<ul>`)
		for _, item := range block.Items {
			b.WriteString(`<li>`)
			r.spans(b, item)
			b.WriteString(`</li>`)
		}
		b.WriteString(`</ul>`)
	case bot.Fields:
		b.WriteString(`<dl>`)
		for _, f := range block.Fields {
			fmt.Fprintf(b, `<div%s><dt>%s</dt><dd>`, wide(f), html.EscapeString(f.Label))
			r.fold(b, f.Value)
			b.WriteString(`</dd></div>`)
		}
		b.WriteString(`</dl>`)
	case bot.Image:
		if at := r.file(block.File); at != "" {
			fmt.Fprintf(b, `<figure><a href="%s" target="_blank" rel="noopener"><img src="%[1]s" alt="%s" loading="lazy"></a></figure>`,
				html.EscapeString(at), html.EscapeString(block.Alt))
			return
		}
		fmt.Fprintf(b, `<p class="alt">%s</p>`, html.EscapeString(block.Alt))
	default:
		r.folded(b, "p", block.Spans)
	}
}

func (r Reader) file(name string) string {
	if r.File == nil {
		return ""
	}
	return r.File(name)
}

// wide marks a field whose value needs a line of its own.
func wide(f bot.Pair) string {
	n := 0
	for _, s := range f.Value {
		n += utf8.RuneCountInString(s.Text)
	}
	if n > 60 {
		return ` class="wide"`
	}
	return ""
}

// folded draws spans inside an element, the part beyond shownText behind "Show all".
func (r Reader) folded(b *strings.Builder, element string, spans []bot.Span) {
	b.WriteString("<" + element + ">")
	r.fold(b, spans)
	b.WriteString("</" + element + ">")
}

func (r Reader) fold(b *strings.Builder, spans []bot.Span) {
	head, tail, total := split(spans, shownText)
	r.spans(b, head)
	if len(tail) > 0 {
		writeFold(b, total, func() { r.spans(b, tail) })
	}
}

// writeFold writes the part behind "Show all". It is a span, since it may stand inside a paragraph.
func writeFold(b *strings.Builder, total int, rest func()) {
	b.WriteString(`<span class="rest" hidden>`)
	rest()
	fmt.Fprintf(b, `</span><button type="button" class="show-all" data-act="show-all">Show all <small>%s characters</small></button>`, thousands(total))
}

// split cuts spans after so many characters. A little more is shown rather than folded for a few words.
func split(spans []bot.Span, limit int) (head, tail []bot.Span, total int) {
	for _, s := range spans {
		total += utf8.RuneCountInString(s.Text)
	}
	if total <= limit+limit/4 {
		return spans, nil, total
	}
	left := limit
	for i, s := range spans {
		n := utf8.RuneCountInString(s.Text)
		if n <= left {
			left -= n
			head = append(head, s)
			continue
		}
		runes := []rune(s.Text)
		a, z := s, s
		a.Text, z.Text = string(runes[:left]), string(runes[left:])
		return append(head, a), append([]bot.Span{z}, spans[i+1:]...), total
	}
	return head, nil, total
}

// sevForm finds a severity in a title, with the dot that parts it from what stands before.
var sevForm = regexp.MustCompile(`(?:^|\s*·\s*)(Sev ([1-4]))(?:\s*·\s*|\s|$)`)

// title draws the line at the head of a card. A severity in it becomes a label, in words and colour.
func (r Reader) title(b *strings.Builder, spans []bot.Span) {
	for _, s := range spans {
		at := sevForm.FindStringSubmatchIndex(s.Text)
		if at == nil || s.Person != "" || s.Link != "" || !s.At.IsZero() {
			b.WriteString(`<span>`)
			r.span(b, s)
			b.WriteString(`</span>`)
			continue
		}
		if before := s.Text[:at[0]]; before != "" {
			fmt.Fprintf(b, `<span>%s</span>`, html.EscapeString(before))
		}
		fmt.Fprintf(b, `<span class="sev sev-%s">%s</span>`, s.Text[at[4]:at[5]], s.Text[at[2]:at[3]])
		if after := s.Text[at[1]:]; after != "" {
			fmt.Fprintf(b, `<span>%s</span>`, html.EscapeString(after))
		}
	}
}

func (r Reader) spans(b *strings.Builder, spans []bot.Span) {
	for _, s := range spans {
		r.span(b, s)
	}
}

func (r Reader) span(b *strings.Builder, s bot.Span) {
	text := html.EscapeString(s.Text)
	switch {
	case !s.At.IsZero():
		text = r.when(s.At)
	case s.Person != "":
		text = r.person(s)
	}
	if at := safeLink(s.Link); at != "" {
		text = fmt.Sprintf(`<a href="%s"%s>%s</a>`, html.EscapeString(at), leaving(at), text)
	}
	switch s.Style {
	case bot.Bold:
		text = "<b>" + text + "</b>"
	case bot.Italic:
		text = "<i>" + text + "</i>"
	case bot.Code:
		text = "<code>" + text + "</code>"
	case bot.Strike:
		text = "<s>" + text + "</s>"
	}
	b.WriteString(text)
}

// person shows somebody as chat does: by the name they have here, or by the text where they are not.
func (r Reader) person(s bot.Span) string {
	name, here := s.Text, false
	if r.Name != nil {
		if n, ok := r.Name(s.Person); ok {
			name, here = n, true
		}
	}
	if !here {
		return html.EscapeString(name)
	}
	if !s.Ping {
		return fmt.Sprintf(`<span class="person">%s</span>`, html.EscapeString(name))
	}
	mark := ""
	if s.Person == r.Self {
		mark = " to-me"
	}
	return fmt.Sprintf(`<span class="mention%s">@%s</span>`, mark, html.EscapeString(name))
}

// when shows an instant in the reader's zone with the zone named; the title has it in full.
func (r Reader) when(t time.Time) string {
	return fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`,
		t.UTC().Format(time.RFC3339), html.EscapeString(longTime(t, r.Zone)), html.EscapeString(shortTime(t, r.Now, r.Zone)))
}

func (r Reader) button(b *strings.Builder, i int, button bot.Button) {
	style := "btn" + class(" ", string(button.Style))
	label := html.EscapeString(button.Label)
	if at := safeLink(button.Link); at != "" {
		fmt.Fprintf(b, `<a class="%s" href="%s"%s>%s</a>`, style, html.EscapeString(at), leaving(at), label)
		return
	}
	if r.Act == nil || button.Do == "" {
		fmt.Fprintf(b, `<button type="button" class="%s" disabled>%s</button>`, style, label)
		return
	}
	fmt.Fprintf(b, `<button type="button" class="%s" data-act="press" data-i="%s" data-test="button-%s">%s</button>`,
		style, html.EscapeString(r.Act(i, button)), html.EscapeString(verb(button.Do)), label)
}

// verb is the first word of a command line.
func verb(do string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(do), " ")
	return word
}

// class makes a class name of a known small word; anything else gives none.
func class(prefix, word string) string {
	switch word {
	case "good", "warn", "bad", "internal", "primary", "danger":
		return prefix + word
	}
	return ""
}

// leaving opens an address elsewhere beside the page; one that stays in the page needs nothing.
func leaving(at string) string {
	if strings.HasPrefix(at, inPage) {
		return ""
	}
	return ` target="_blank" rel="noopener noreferrer"`
}

// safeLink lets through addresses a browser may be sent to, and no script.
func safeLink(link string) string {
	if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") {
		return link
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "mailto" {
		return ""
	}
	return link
}
