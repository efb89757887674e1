package discord

import (
	"fmt"
	"strings"
	"time"

	"casebot/bot"
)

// The vendor's limits of a message (docs.discord.com/developers/resources/message#embed-object-embed-limits,
// .../components/reference). They are in characters; where Discord may count an emoji twice, so do we.
const (
	maxContent     = 2000
	maxEmbeds      = 10
	maxEmbedTotal  = 6000
	maxDescription = 4096
	maxFields      = 25
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFooter      = 2048
	maxRows        = 5
	maxRowButtons  = 5
	maxButtonText  = 80
	maxButtonLink  = 512
	maxFiles       = 10
	maxAlt         = 1024
	maxPings       = 40 // Of one message; each takes up to 24 characters of the content.
)

// maxUpload is how large one file may be that a bot sends, in bytes, where the guild has no better rate.
const maxUpload = 10 << 20

// reader is for whom and where a message is drawn. Its functions may be nil.
type reader struct {
	zone  *time.Location
	alone bool                                     // One person reads it, whom it reaches anyway.
	user  func(person string) (id string, ok bool) // Somebody's user id in the guild.
	most  int64                                    // Bytes of one file; 0: maxUpload.
}

// drawn is a message as Discord takes it.
type drawn struct {
	payload
	files []bot.File        // They go with it, files[0] for attachment 0 and so on.
	more  []bot.File        // What one message can't carry; it follows in messages of its own.
	keep  map[string][]byte // What has to be remembered before it is sent.
	cut   bool              // Something was over a limit and ends in "…"; the whole is among the files.
}

// tones are the colours. Nothing hangs on them: toneMark says the same in the text.
var tones = map[bot.Tone]int{bot.ToneGood: 0x2E7D32, bot.ToneWarn: 0xE67E22, bot.ToneBad: 0xC62828, bot.ToneInternal: 0x6A5ACD}

// toneMark says in one character what a colour would.
func toneMark(t bot.Tone) []bot.Span {
	switch t {
	case bot.ToneGood:
		return []bot.Span{bot.T("🟢 ")}
	case bot.ToneWarn:
		return []bot.Span{bot.T("🟠 ")}
	case bot.ToneBad:
		return []bot.Span{bot.T("🔴 ")}
	}
	return nil
}

// draw renders a message: a pure function. What is short and plain is the text of the message. The rest has
// its headline there, which is what a phone shows, and a card below it in the colour of its tone.
func draw(m bot.Message, r reader) drawn {
	d := &drawing{reader: r, out: drawn{keep: map[string][]byte{}}}
	d.out.Mentions.Parse, d.out.Embeds, d.out.Components, d.out.Attachments = []string{}, []embed{}, []component{}, []attached{}
	big := d.attach(m)
	whole := m
	m.Blocks = append([]bot.Block{}, m.Blocks...)
	if !d.plain(m, big) {
		d.card(m, big)
	}
	d.out.Components = d.buttons(m.Buttons, maxRows)
	if d.cut && len(m.Blocks)+len(m.Title) > 0 {
		d.whole(whole)
	}
	d.out.cut, d.out.Mentions.Users = d.cut, d.pinged
	if d.out.Content == "" && len(d.out.Embeds) == 0 && len(d.out.files) == 0 {
		d.out.Content = "…" // Discord takes no empty message.
	}
	return d.out
}

// drawing is a message on its way.
type drawing struct {
	reader
	out    drawn
	inText bool              // What is drawn goes into the text, where a mark of a person notifies them.
	sent   map[string]string // Names of files of the message → under which they are sent.
	left   int               // Characters that the embeds may still hold.
	kind   bot.BlockKind     // Of what stands last in the embed.
	pinged []string
	cut    bool
	color  int
}

// plain draws a message as text alone: one that has no tone, no pairs and no picture, and fits. It says
// whether it did.
func (d *drawing) plain(m bot.Message, big string) bool {
	if m.Tone != bot.ToneNone {
		return false
	}
	for _, b := range m.Blocks {
		if b.Kind == bot.Fields || b.Kind == bot.Image {
			return false
		}
	}
	try := &drawing{reader: d.reader, inText: true}
	var parts []part
	if len(m.Title) > 0 {
		parts = append(parts, part{text: try.line(bolded(oneLined(m.Title)), maxContent)})
	}
	used := 0
	for _, b := range m.Blocks {
		p := try.block(b, maxContent)
		if used += units(p.text); try.cut || used > maxContent {
			return false
		}
		parts = append(parts, p)
	}
	if big != "" {
		parts = append(parts, part{text: escape(big), kind: bot.Para})
	}
	if foot := oneLine(bot.SpanText(m.Footer, try.zoneOr())); !blank(foot) {
		parts = append(parts, part{text: "-# " + escape(foot), kind: bot.Para})
	}
	ping := try.pings(m)
	if ping != "" {
		parts = append(parts, part{text: ping})
	}
	text := joined(parts)
	if try.cut || units(text) > maxContent {
		return false
	}
	d.pinged, d.out.Content = try.pinged, text
	return true
}

// card draws a message with a headline and embeds.
func (d *drawing) card(m bot.Message, big string) {
	d.left, d.color = maxEmbedTotal-100, tones[m.Tone] // The rest is room for "… and 12 more".
	lead := d.lead(&m)
	foot, cut := clip(clean(oneLine(bot.SpanText(m.Footer, d.zoneOr()))), maxFooter)
	d.cut = d.cut || cut
	d.left -= units(foot)
	if len(lead) == 0 {
		if mark := toneMark(m.Tone); mark != nil && len(m.Blocks) > 0 && m.Blocks[0].Kind == bot.Para {
			m.Blocks[0].Spans = append(mark, m.Blocks[0].Spans...)
		}
	}
	if big != "" {
		m.Blocks = append(m.Blocks, bot.P(bot.T(big)))
	}
	for i, b := range m.Blocks {
		if b.Kind == bot.Divider && d.apart() {
			continue // What follows stands in a card of its own in any case.
		}
		if len(b.Fields) <= 3 && i+1 < len(m.Blocks) && m.Blocks[i+1].Kind != bot.Fields {
			b = unpaired(b) // A few pairs amid text stay in its card, so that it reads in one go.
		}
		if !d.put(b) {
			d.rest(len(m.Blocks) - i)
			break
		}
	}
	if !blank(foot) {
		if e := d.last(); e != nil {
			e.Footer = &embedFooter{foot}
		} else {
			d.out.Embeds = append(d.out.Embeds, embed{Color: d.color, Footer: &embedFooter{foot}})
		}
	}
	d.content(m, lead)
}

// lead takes the headline out of a message: its title, or a short first paragraph that more follows.
func (d *drawing) lead(m *bot.Message) []bot.Span {
	if len(m.Title) > 0 {
		return append(toneMark(m.Tone), bolded(oneLined(m.Title))...)
	}
	if len(m.Blocks) < 2 || m.Blocks[0].Kind != bot.Para || len(bot.SpanText(m.Blocks[0].Spans, time.UTC)) > 300 {
		return nil
	}
	first := m.Blocks[0].Spans
	m.Blocks = m.Blocks[1:]
	return append(toneMark(m.Tone), first...)
}

// content writes the text above the embeds: whose side it is for, the headline, and whom it calls.
func (d *drawing) content(m bot.Message, lead []bot.Span) {
	var parts []part
	if m.Tone == bot.ToneInternal {
		parts = append(parts, part{text: "🔒 Internal: your side only"})
	}
	// The names of those who must come take their room first, and stand behind the headline.
	d.inText = true
	parts = append(parts, part{text: d.line(lead, maxContent-maxPings*25-100)}, part{text: d.out.Content})
	d.inText = false
	if ping := d.pings(m); ping != "" {
		parts = append(parts, part{text: ping})
	}
	d.out.Content = joined(parts)
}

// pings names whoever must be notified and is not yet. A mark inside an embed notifies nobody, so those
// that stand there are named here too.
func (d *drawing) pings(m bot.Message) string {
	if d.alone {
		return ""
	}
	var want []string
	for _, s := range allSpans(m) {
		if s.Ping {
			want = append(want, s.Person)
		}
	}
	want = append(want, m.Notify...)
	var out []string
	for _, p := range want {
		if id, ok := d.userID(p); ok && d.ping(id) {
			out = append(out, "<@"+id+">")
		}
	}
	return strings.Join(out, " ")
}

// ping notes that a user is notified; false: they are already, or no more fit.
func (d *drawing) ping(id string) bool {
	for _, p := range d.pinged {
		if p == id {
			return false
		}
	}
	if len(d.pinged) >= maxPings {
		return false
	}
	d.pinged = append(d.pinged, id)
	return true
}

func (d *drawing) userID(person string) (string, bool) {
	if d.user == nil || person == "" {
		return "", false
	}
	id, ok := d.user(person)
	return id, ok && isSnowflake(id)
}

func (d *drawing) zoneOr() *time.Location {
	if d.zone == nil {
		return time.UTC
	}
	return d.zone
}

// allSpans are a message's pieces, in the order in which they are read.
func allSpans(m bot.Message) []bot.Span {
	out := append([]bot.Span{}, m.Title...)
	for _, b := range m.Blocks {
		out = append(out, b.Spans...)
		for _, i := range b.Items {
			out = append(out, i...)
		}
		for _, f := range b.Fields {
			out = append(out, f.Value...)
		}
	}
	return append(out, m.Footer...)
}

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

// oneLined takes the line breaks out of a title.
func oneLined(spans []bot.Span) []bot.Span {
	out := append([]bot.Span{}, spans...)
	for i := range out {
		out[i].Text = strings.Join(strings.FieldsFunc(out[i].Text, func(c rune) bool { return c == '\n' || c == '\r' }), " ")
	}
	return out
}

// last is the embed that is being written; nil: there is none yet.
func (d *drawing) last() *embed {
	if len(d.out.Embeds) == 0 {
		return nil
	}
	return &d.out.Embeds[len(d.out.Embeds)-1]
}

// apart says whether text that comes next begins a card.
func (d *drawing) apart() bool {
	e := d.last()
	return e == nil || len(e.Fields) > 0 || e.Image != nil
}

// room gives the embed that text can go on in, and how many characters it takes.
func (d *drawing) room(want int) (*embed, int) {
	e := d.last()
	if d.apart() || maxDescription-units(e.Description)-2 < min(want, 600, d.left) {
		if len(d.out.Embeds) == maxEmbeds {
			return nil, 0
		}
		d.out.Embeds = append(d.out.Embeds, embed{Color: d.color})
		e, d.kind = d.last(), ""
	}
	return e, min(maxDescription-units(e.Description)-2, d.left)
}

// put draws one block into the embeds; false: there is no room for it.
func (d *drawing) put(b bot.Block) bool {
	if b.Kind == bot.Fields {
		return d.fields(b.Fields)
	}
	if b.Kind == bot.Image && d.image(b) {
		return true
	}
	if d.left < 100 {
		return false
	}
	had := len(d.out.Embeds)
	e, n := d.room(len(bot.PlainText(bot.Message{Blocks: []bot.Block{b}}, d.zoneOr())))
	if e == nil {
		return false
	}
	p := d.block(b, n)
	if p.text == "" {
		d.out.Embeds = d.out.Embeds[:had]
		return true
	}
	before := units(e.Description)
	e.Description = joined([]part{{e.Description, d.kind}, p})
	d.left, d.kind = d.left-units(e.Description)+before, b.Kind
	return true
}

// rest says how many parts there was no room for, where something stands to say it behind.
func (d *drawing) rest(n int) {
	d.cut = true
	more := fmt.Sprintf("… and %d more", n)
	if e := d.last(); e != nil && e.Description != "" && units(e.Description)+units(more)+1 <= maxDescription {
		e.Description += "\n" + more
		return
	}
	d.out.Content = more // The headline is put before it.
}
