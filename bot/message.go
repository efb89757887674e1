package bot

import (
	"time"

	"casebot/desk"
)

// Message is what the desk says, before any platform's markup. It is shaped by what the desk has to
// say and not by a platform: an adapter's renderer, a pure function of (Message, Capabilities), turns
// it into blocks, embeds or HTML and escapes every Span.
type Message struct {
	Title   []Span // One line, may be empty.
	Tone    Tone
	Blocks  []Block
	Footer  []Span // Small print.
	Buttons []Button
	Files   []File
	Notify  []string // Person IDs that must be pinged, beyond those in spans with Ping.
	About   Ref      // A message elsewhere that this one is about; a platform that has links to messages leads there.
}

// LinkTo is the button that leads to the message a message is about, at the address that a platform has for it.
func LinkTo(address string) Button { return Button{Label: "Go to the thread", Link: address} }

// Tone colours a message; its meaning never hangs on the colour alone.
type Tone string

// The tones. Internal marks what only one side sees.
const (
	ToneNone     Tone = ""
	ToneGood     Tone = "good"
	ToneWarn     Tone = "warn"
	ToneBad      Tone = "bad"
	ToneInternal Tone = "internal"
)

// Span is a piece of a line. Text is plain: an adapter escapes it, so nothing a person typed can
// become a mention, a link or markup in another room.
type Span struct {
	Text   string
	Style  Style
	Link   string    // An address this span leads to.
	Person string    // Person ID: shown as the platform shows people, by Text where the person has no account there.
	Ping   bool      // With Person: notify them.
	At     time.Time // An instant: shown in the reader's own zone with the zone named.
}

// Style of a span.
type Style string

// The styles.
const (
	Plain  Style = ""
	Bold   Style = "bold"
	Italic Style = "italic"
	Code   Style = "code"
	Strike Style = "strike"
)

// BlockKind tells the blocks apart.
type BlockKind string

// The kinds of block. Quote holds somebody's own words, kept line by line; Fields are label and value
// pairs; Pre keeps its spacing; Image shows the file of that name from Message.Files.
const (
	Para    BlockKind = "para"
	Quote   BlockKind = "quote"
	Fields  BlockKind = "fields"
	List    BlockKind = "list"
	Pre     BlockKind = "pre"
	Image   BlockKind = "image"
	Divider BlockKind = "divider"
)

// Block is one part of a message.
type Block struct {
	Kind   BlockKind
	Spans  []Span   // Para, Quote, Pre.
	Items  [][]Span // List.
	Fields []Pair   // Fields.
	File   string   // Image: name of a file of the message.
	Alt    string   // Image: what it shows, in words.
}

// Pair is a label and what stands under it.
type Pair struct {
	Label string
	Value []Span
}

// ButtonStyle of a button.
type ButtonStyle string

// The button styles.
const (
	ButtonPlain   ButtonStyle = ""
	ButtonPrimary ButtonStyle = "primary"
	ButtonDanger  ButtonStyle = "danger"
)

// Button does a command when pressed, as if it had been typed: Do is the command line without "/case",
// e.g. `ack NW-1042`. Every press is authorised again.
type Button struct {
	Label string
	Do    string
	Style ButtonStyle
	Link  string // Opens an address instead.
}

// File goes out with a message.
type File struct {
	Name string
	Type string
	Data []byte
}

// T makes a plain span, B a bold one, C one in code type.
func T(text string) Span { return Span{Text: text} }

// B makes a bold span.
func B(text string) Span { return Span{Text: text, Style: Bold} }

// C makes a span in code type.
func C(text string) Span { return Span{Text: text, Style: Code} }

// When makes a span that shows an instant in the reader's zone.
func When(t time.Time) Span { return Span{At: t} }

// Who makes a span that names a person without pinging them.
func Who(id, name string) Span { return Span{Text: name, Person: id} }

// Ping makes a span that names a person and notifies them.
func Ping(id, name string) Span { return Span{Text: name, Person: id, Ping: true} }

// P makes a paragraph.
func P(spans ...Span) Block { return Block{Kind: Para, Spans: spans} }

// Q makes a quote of somebody's words.
func Q(text string) Block { return Block{Kind: Quote, Spans: []Span{{Text: text}}} }

// Say makes a message of one plain sentence.
func Say(text string) Message { return Message{Blocks: []Block{P(T(text))}} }

// FileIn is a file that came with an interaction; Open reads it from the platform.
type FileIn struct {
	Name string
	Type string
	Size int64
	Open func() ([]byte, error)
}

// Ref is the desk's opaque name of a message.
type Ref = desk.Ref
