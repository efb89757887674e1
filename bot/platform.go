package bot

import (
	"context"
	"time"

	"casebot/desk"
)

// Platform is one chat system. An adapter implements it for all the homes (workspaces, guilds) that
// name it; only the adapter knows what the strings in a Home mean.
type Platform interface {
	// Name is what homes write under platform.
	Name() string
	Capabilities() Capabilities
	// Run connects and hands every interaction to inbox until ctx ends. It reconnects by itself and
	// recovers from panics; it returns only for ctx or a failure that no retry mends.
	Run(ctx context.Context, inbox Inbox) error
	// Ready gives nil while connected, else what is wrong.
	Ready() error
	// Post sends a message. id is the delivery id: a platform carries it so that Find can look it up.
	// A failure is a *SendError.
	Post(ctx context.Context, to To, m Message, id string) (Ref, error)
	// Edit replaces a message of our own in place.
	Edit(ctx context.Context, ref Ref, m Message) error
}

// Finder is a platform that can look up a message by its delivery id after an unclear send.
type Finder interface {
	Find(ctx context.Context, to To, id string) (Ref, bool, error)
}

// RoomMaker is a platform that can make a private room for a restricted case and invite people to it.
// Calling it again for the same name gives the same room and adds whoever is new.
type RoomMaker interface {
	Room(ctx context.Context, home desk.Home, name string, people []desk.Person) (channel string, err error)
}

// Reactor is a platform on which the desk can add a reaction to a message, to show it took note.
type Reactor interface {
	React(ctx context.Context, ref Ref, emoji string) error
}

// Rereader is a platform that can read a thread back. Reread hands in again what was said and reacted under a
// root since it stands there, and on the root itself, as far as the desk has not had it or did not know the
// root then (Interaction.Unknown). Each bears the id it had, so that nothing is done twice, and ReadBack is
// set. A failure is a *SendError.
type Rereader interface {
	Reread(ctx context.Context, root Ref) error
}

// Hearer is a platform that counts the events it was sent, by workspace and kind, for the figures. Kinds of
// which none has come yet are there with 0.
type Hearer interface {
	Heard() map[string]map[string]int
}

// Watcher is a platform that notices by itself when a place takes messages again that refused one (SendError.Closed).
type Watcher interface {
	// Shut says whether the place is known to take nothing still: a channel of a home's workspace, by the name that the
	// error gave it, or the whole workspace where that is empty. It answers at once and asks nobody; false: it takes
	// messages again, or it is not known.
	Shut(home desk.Home, where string) bool
}

// To says where a message goes: a channel, a thread in it, or a person.
type To struct {
	Home    desk.Home
	Channel string
	Thread  Ref               // The root message; empty: a new message in the channel.
	Person  desk.Person       // Set: a direct message; Channel and Thread are empty.
	Data    map[string]string // With a pager: what the event carries.
}

// Capabilities are what a platform can show and take, as data. Levels, not names, decide what the
// desk does. Zero of a limit means no limit.
type Capabilities struct {
	DialogFields  int  // Questions in one dialog; 0: no dialogs, ask one by one.
	DialogChoices bool // Choices inside a dialog; else they are asked in a message first, or spelled out.
	DialogFiles   bool
	DialogTimes   bool
	DialogChain   bool // A dialog may follow at once on the sending of another.
	LiveForms     bool // A field marked Live can change the open form.
	// MessageChoices is how many choices can be asked in a private message that changes as they are picked
	// (Form.InMessage); 0: none.
	MessageChoices int
	ThreadCommand  bool // Slash commands work inside threads.
	Private        bool // Can answer one person in a channel (ephemeral).
	Rooms          bool // Is a RoomMaker.

	TextLimit   int // Characters of one message.
	FieldLimit  int // Characters of one typed answer.
	ButtonLimit int
	OptionLimit int
}

// Inbox takes what happens on a platform. Handle never panics and answers quickly; it is called from
// many goroutines.
type Inbox interface {
	Handle(ctx context.Context, in *Interaction) Answer
}

// InteractionKind is what somebody did.
type InteractionKind string

// The kinds of interaction.
const (
	Command  InteractionKind = "command"  // "/case …": Text is what follows.
	Press    InteractionKind = "press"    // A button: Text is its Do.
	Submit   InteractionKind = "submit"   // A form: Form, Values, Files.
	Refresh  InteractionKind = "refresh"  // A Live field changed: Form, Values.
	React    InteractionKind = "react"    // Emoji on Message.
	Unreact  InteractionKind = "unreact"  // Emoji taken off Message.
	Said     InteractionKind = "said"     // A message: Text, Files; Mention when the desk is addressed.
	Edited   InteractionKind = "edited"   // Message has new Text.
	Deleted  InteractionKind = "deleted"  // Message is gone.
	Complete InteractionKind = "complete" // Somebody types a command: Text so far; the answer carries Completions.
	Picked   InteractionKind = "picked"   // "File as a case" was chosen on a message: Message, its Text and Files.
	Visited  InteractionKind = "visited"  // Somebody opened their own page with the desk: the answer's Message is shown there.
)

// Interaction is one thing somebody did, in the desk's terms.
type Interaction struct {
	ID       string // The platform's own event id, unique within the platform; a redelivery bears the same.
	Kind     InteractionKind
	Platform string
	Account  desk.Account
	Name     string   // Display name, for people who are not listed.
	Groups   []string // What the platform has them under, ids and names (Discord's roles), where homes give roles by it.
	Home     string   // Home ID, when the workspace is one of ours.
	Channel  string
	Thread   Ref // Root of the thread it happened in; empty outside threads.
	Message  Ref // The message pressed, reacted to, said, edited or deleted.
	Text     string
	Emoji    string // Name or character, skin tones still on.
	Mention  bool   // Said: the desk was addressed; Text is without the mention.
	Direct   bool   // In a direct conversation with the desk.
	Form     string // Submit, Refresh: Form.Name.
	Case     string // Submit, Refresh: Form.Case.
	Draft    string
	Values   map[string]string
	Files    []FileIn
	At       time.Time // When it happened, by the platform; zero: now.

	// Above reads the message that the words answer, the root of the thread; nil where it can't be read.
	Above func(ctx context.Context) (text string, files []FileIn, at time.Time, err error)

	Foreign  bool // Set by the adapter: the root, or the message, is surely none that the desk has posted.
	ReadBack bool // Set by the adapter: it was read back, and did not come in by itself.
	Unknown  bool // Set by the handler: it happened at a message of which the desk knows no case, and nothing was done.

	Person desk.Person  // Filled by the dispatcher: who this is. Zero when nobody we know.
	Now    time.Time    // Filled by the dispatcher: the desk's time.
	Caps   Capabilities // Filled by the dispatcher: what the platform can show.
}

// Answer is what the person gets at once. The zero Answer says nothing.
type Answer struct {
	Message     *Message // Shown to the person alone, unless Public.
	Public      bool     // Shown to everybody where it happened, in the thread when there is one.
	Form        *Form    // Opens, or replaces, a dialog.
	Done        bool     // Closes the dialog it answers.
	Completions []Option // Value: the whole line so far with the piece put in.
	React       string   // Emoji the desk sets on the message, as a quiet receipt.
}

// Handler does the work behind the dispatcher; main hands it in, as net/http is handed one.
type Handler interface {
	Handle(ctx context.Context, in *Interaction) (Answer, error)
}

// Render turns a notice into a message for one home. It is handed in by main. drop says the notice
// has been overtaken and must not be sent.
type Render func(ctx context.Context, n desk.Notice, home desk.Home) (m Message, drop bool, err error)

// Clock gives the desk's time. The playground's can be moved.
type Clock interface{ Now() time.Time }
