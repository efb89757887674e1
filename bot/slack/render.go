package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	api "github.com/slack-go/slack"

	"casebot/bot"
)

// The vendor's limits of a message (docs.slack.dev/reference/block-kit/blocks, .../methods/chat.postMessage).
const (
	maxBlocks     = 50
	maxFields     = 10
	maxFieldText  = 2000
	maxButtons    = 25
	maxButtonText = 75
	maxButtonDo   = 2000
	maxContext    = 2000
	maxText       = 3000 // The vendor takes 4,000; escaping may lengthen it.
	maxRun        = 2900 // Of one block of rich text.
	maxWords      = 11_000
	maxWeight     = 12_500 // Of all blocks: msg_blocks_too_long comes from about 13,200 (github.com/slackapi/bolt-js/issues/2509).
	maxTextBytes  = 3_900  // chat.update counts its 4,000 in bytes.
)

// reader is for whom and where a message is drawn. Its functions may be nil.
type reader struct {
	zone  *time.Location
	alone bool                                       // One person reads it, whom it reaches anyway.
	user  func(person string) (id string, ok bool)   // Somebody's user id in the workspace.
	image func(name string) (fileID string, ok bool) // An uploaded picture of the message.
}

// drawn is a message as Slack takes it.
type drawn struct {
	text   string // For notifications and readers of the screen.
	blocks []api.Block
	cut    bool // Something was over a limit and ends in "…".
}

// draw renders a message: a pure function. Everything people typed goes into rich text or plain text
// objects, in which Slack looks for no markup, so that no mention, link or formatting can come from it.
func draw(m bot.Message, r reader) drawn {
	left := maxWords
	d := drawWithin(m, r, left)
	if weightBound(m) <= maxWeight {
		return d
	}
	// Slack weighs all blocks together with their containers, and tells neither the measure nor the limit.
	for weight(d.blocks) > maxWeight && left > 100 {
		left = left * 4 / 5
		d = drawWithin(m, r, left)
		d.cut = true
	}
	// A button's command can't be shortened, so the last ones are left out.
	for weight(d.blocks) > maxWeight && len(m.Buttons) > 0 {
		m.Buttons = m.Buttons[:len(m.Buttons)-1]
		d = drawWithin(m, r, left)
		d.cut = true
	}
	return d
}

// weightBound is what a message weighs at most. Encoding the blocks to count them costs more than the rest of an answer,
// and most answers are so short that the bound says enough. Each byte counts as the six characters of its longest escape,
// each piece as more than the longest container it is drawn in.
func weightBound(m bot.Message) int {
	const perByte, perPiece = 6, 300
	n := perPiece * (3 + len(m.Blocks) + len(m.Buttons) + len(m.Notify))
	spans := func(all []bot.Span) {
		for _, s := range all {
			n += perPiece + perByte*(len(s.Text)+len(s.Link)+len(s.Person))
		}
	}
	spans(m.Title)
	spans(m.Footer)
	for _, b := range m.Blocks {
		spans(b.Spans)
		n += perByte * (len(b.Alt) + len(b.File))
		for _, item := range b.Items {
			n += perPiece
			spans(item)
		}
		for _, f := range b.Fields {
			n += perPiece + perByte*len(f.Label)
			spans(f.Value)
		}
	}
	for _, b := range m.Buttons {
		n += perByte * (len(b.Label) + len(b.Do) + len(b.Link))
	}
	return n
}

// weight is how much blocks are together, in characters of what is sent.
func weight(blocks []api.Block) int {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(blocks); err != nil {
		return 0
	}
	return utf8.RuneCount(b.Bytes())
}

// drawWithin renders a message with so many characters of words at most.
func drawWithin(m bot.Message, r reader, left int) drawn {
	d := &drawing{reader: r, left: left}
	if m.Tone == bot.ToneInternal {
		d.add(api.NewContextBlock("", plainObject("🔒 Internal: your side only")))
	}
	mark := toneMark(m.Tone)
	if len(m.Title) > 0 {
		d.line(bolded(append(mark, m.Title...)))
	} else if len(mark) > 0 && len(m.Blocks) > 0 && m.Blocks[0].Kind == bot.Para {
		m.Blocks = slices.Clone(m.Blocks)
		m.Blocks[0].Spans = append(mark, m.Blocks[0].Spans...)
	}
	for _, b := range m.Blocks {
		d.block(b)
	}
	d.line(d.unpinged(m))
	// What people must see last, the buttons and the small print, keeps its place however long the rest is.
	tail := d.tail(m)
	if room := maxBlocks - len(tail); len(d.blocks) > room {
		d.blocks = append(d.blocks[:room-1], words(plainRun("…")))
		d.cut = true
	}
	d.blocks = append(d.blocks, tail...)
	return drawn{text: fallback(m, r.zone), blocks: d.blocks, cut: d.cut}
}

// fallback is a message as one plain text, which Slack shows in notifications.
func fallback(m bot.Message, zone *time.Location) string {
	whole := escape(bot.PlainText(m, zone))
	text, _ := clip(whole, maxText)
	for n := maxText; len(text) > maxTextBytes; {
		n = n * 3 / 4
		text, _ = clip(whole, n)
	}
	if strings.TrimSpace(text) == "" {
		return "…"
	}
	return text
}

type drawing struct {
	reader
	blocks []api.Block
	left   int // Characters that may still be shown.
	cut    bool
}

func (d *drawing) add(b api.Block) {
	if d.blocks == nil {
		d.blocks = make([]api.Block, 0, 8)
	}
	d.blocks = append(d.blocks, b)
}

// toneMark says in one character what a colour would. What is appended to it is a new slice.
func toneMark(t bot.Tone) []bot.Span {
	switch t {
	case bot.ToneGood:
		return goodMark[:]
	case bot.ToneWarn:
		return warnMark[:]
	case bot.ToneBad:
		return badMark[:]
	}
	return nil
}

var goodMark, warnMark, badMark = [1]bot.Span{bot.T("🟢 ")}, [1]bot.Span{bot.T("🟠 ")}, [1]bot.Span{bot.T("🔴 ")}

// bolded makes a title's plain spans bold.
func bolded(spans []bot.Span) []bot.Span {
	out := append([]bot.Span{}, spans...)
	for i := range out {
		if out[i].Style == bot.Plain {
			out[i].Style = bot.Bold
		}
	}
	return out
}

// unpinged names whoever must be notified and is not yet.
func (d *drawing) unpinged(m bot.Message) []bot.Span {
	if d.alone {
		return nil
	}
	done := map[string]bool{}
	for _, s := range allSpans(m) {
		if s.Ping {
			done[s.Person] = true
		}
	}
	var out []bot.Span
	for _, id := range m.Notify {
		if _, here := d.userID(id); here && !done[id] {
			out = append(out, bot.Ping(id, id), bot.T(" "))
			done[id] = true
		}
	}
	return out
}

func allSpans(m bot.Message) []bot.Span {
	out := append(append([]bot.Span{}, m.Title...), m.Footer...)
	for _, b := range m.Blocks {
		out = append(out, b.Spans...)
		for _, i := range b.Items {
			out = append(out, i...)
		}
		for _, f := range b.Fields {
			out = append(out, f.Value...)
		}
	}
	return out
}

func (d *drawing) userID(person string) (string, bool) {
	if d.user == nil || person == "" {
		return "", false
	}
	return d.user(person)
}

// block draws one block of a message.
func (d *drawing) block(b bot.Block) {
	switch b.Kind {
	case bot.Divider:
		d.add(api.NewDividerBlock())
	case bot.Quote:
		if run := d.run(b.Spans); len(run) > 0 {
			d.add(words(&api.RichTextQuote{Type: api.RTEQuote, Elements: run}))
		}
	case bot.Pre:
		if run := d.run(b.Spans); len(run) > 0 {
			d.add(words(&api.RichTextPreformatted{Type: api.RTEPreformatted, Elements: unstyled(run)}))
		}
	case bot.List:
		d.list(b.Items)
	case bot.Fields:
		d.fields(b.Fields)
	case bot.Image:
		if d.image != nil {
			if id, ok := d.image(b.File); ok {
				alt, _ := clip(b.Alt, maxFieldText)
				d.add(&api.ImageBlock{Type: api.MBTImage, AltText: alt, SlackFile: &api.SlackFileObject{ID: id}})
				return
			}
		}
		d.line([]bot.Span{{Text: b.Alt, Style: bot.Italic}})
	default:
		d.line(b.Spans)
	}
}

// line draws a paragraph.
func (d *drawing) line(spans []bot.Span) {
	if run := d.run(spans); len(run) > 0 {
		d.add(words(api.NewRichTextSection(run...)))
	}
}

// list draws items, as many as there is room for.
func (d *drawing) list(items [][]bot.Span) {
	var rows []api.RichTextElement
	for i, item := range items {
		if d.left < 100 {
			rows = append(rows, plainRun(fmt.Sprintf("… and %d more", len(items)-i)))
			d.cut = true
			break
		}
		if run := d.run(item); len(run) > 0 {
			rows = append(rows, api.NewRichTextSection(run...))
		}
	}
	if len(rows) > 0 {
		d.add(words(api.NewRichTextList(api.RTEListBullet, 0, rows...)))
	}
}

// run draws spans as elements of rich text, within what one block and the whole message may hold. An
// empty element is refused by Slack and left out.
func (d *drawing) run(spans []bot.Span) []api.RichTextSectionElement {
	w := run{left: min(maxRun, d.left), out: make([]api.RichTextSectionElement, 0, len(spans))}
	for i := 0; i < len(spans) && !w.cut; i++ {
		d.piece(&w, spans[i])
	}
	d.cut = d.cut || w.cut
	return w.out
}

// run is the words of one block while they are drawn.
type run struct {
	out  []api.RichTextSectionElement
	left int  // Characters that the block may still hold.
	cut  bool // It is full.
}

// piece draws a span.
func (d *drawing) piece(w *run, s bot.Span) {
	if s.Ping {
		if id, ok := d.userID(s.Person); ok {
			w.out = append(w.out, api.NewRichTextSectionUserElement(id, nil))
			return
		}
	}
	text := d.words(s)
	if text == "" {
		return
	}
	short, cut := clip(text, w.left)
	n := utf8.RuneCountInString(short)
	w.left, d.left, w.cut = w.left-n, d.left-n, cut
	switch {
	case short == "":
	case s.Link != "" && isWeb(s.Link):
		w.out = append(w.out, api.NewRichTextSectionLinkElement(s.Link, short, styleOf(s.Style)))
	default:
		w.out = append(w.out, api.NewRichTextSectionTextElement(short, styleOf(s.Style)))
	}
}

// words is what a span says.
func (d *drawing) words(s bot.Span) string {
	return bot.SpanText([]bot.Span{s}, d.zoneOr())
}

func (d *drawing) zoneOr() *time.Location {
	if d.zone == nil {
		return time.UTC
	}
	return d.zone
}

func words(elements ...api.RichTextElement) *api.RichTextBlock {
	return api.NewRichTextBlock("", elements...)
}

func plainRun(text string) *api.RichTextSection {
	return api.NewRichTextSection(api.NewRichTextSectionTextElement(text, nil))
}

// unstyled takes the styles off, which preformatted text cannot have.
func unstyled(run []api.RichTextSectionElement) []api.RichTextSectionElement {
	for _, e := range run {
		switch e := e.(type) {
		case *api.RichTextSectionTextElement:
			e.Style = nil
		case *api.RichTextSectionLinkElement:
			e.Style = nil
		}
	}
	return run
}

func styleOf(s bot.Style) *api.RichTextSectionTextStyle {
	switch s {
	case bot.Bold:
		return &api.RichTextSectionTextStyle{Bold: true}
	case bot.Italic:
		return &api.RichTextSectionTextStyle{Italic: true}
	case bot.Code:
		return &api.RichTextSectionTextStyle{Code: true}
	case bot.Strike:
		return &api.RichTextSectionTextStyle{Strike: true}
	}
	return nil
}

// isWeb lets only addresses of the web become links.
func isWeb(link string) bool {
	return (strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://")) && len(link) <= 3000
}
