package bot

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"casebot/desk"
)

// Dispatcher stands between the platforms and the handler: it finds out who acts, keeps the time within
// which a platform wants its answer, turns errors into sentences, and survives a panic. It is the Inbox
// that a Platform is given.
type Dispatcher struct {
	Dir     *desk.Directory
	Clock   Clock
	Handler Handler
	Log     *slog.Logger
	Nudge   func() // Called after every interaction: there may be something to deliver.
	Caps    func(platform string) Capabilities
	Timeout time.Duration // For one interaction; 0 is 2.5 s, under the platforms' 3 s.
	// Sending lists the deliveries whose message may be on a platform while the desk does not know its address
	// yet (desk.Reader). What happens at a message that is not known waits for them; nil: nothing waits.
	Sending func(ctx context.Context) ([]string, error)

	stopping lid
}

// Handle answers one interaction. It never panics and never gives an error: what went wrong is said to
// the person who acted.
func (d *Dispatcher) Handle(ctx context.Context, in *Interaction) (out Answer) {
	defer func() {
		if p := recover(); p != nil {
			number := errorNumber()
			d.Log.Error("a handler panicked", "error_number", number, "kind", in.Kind, "panic", p, "stack", string(debug.Stack()))
			out = private(Say(fmt.Sprintf("Something went wrong on our side and was noted as %s. Look whether it was done before you try again, and give that number if it happens again.", number)))
		}
	}()
	limit := d.Timeout
	if limit == 0 {
		limit = 2500 * time.Millisecond
	}
	if len(in.Files) > 0 {
		limit = max(limit, filesIn) // Evidence is read from the platform meanwhile; adapters hold the answer's place.
	}
	in.Now, in.Unknown = d.Clock.Now(), false
	if d.Caps != nil {
		in.Caps = d.Caps(in.Platform)
	}
	who, ok := d.Dir.ByMember(in.Account, in.Name, in.Groups)
	if !ok {
		return d.stranger(in)
	}
	in.Person = who
	if in.Home == "" {
		if h, ok := d.Dir.HomeOf(who.Party); ok && h.Platform == in.Platform {
			in.Home = h.ID
		}
	}
	out, err := d.within(ctx, limit, in)
	if in.Unknown && !in.Foreign && !in.ReadBack && d.settled(ctx, limit, in) {
		in.Now, in.Unknown = d.Clock.Now(), false
		out, err = d.within(ctx, limit, in)
	}
	if d.Nudge != nil {
		d.Nudge()
	}
	if err != nil {
		out = d.sorry(in, err)
	}
	in.Unknown = in.Unknown && out.Message == nil // Who was told so can say it again.
	return out
}

// filesIn is how long the files that come with a happening may take to be read.
const filesIn = 20 * time.Second

// within gives the handler its time.
func (d *Dispatcher) within(ctx context.Context, limit time.Duration, in *Interaction) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return d.Handler.Handle(ctx, in)
}

// stranger answers somebody the desk does not know. Chatter is passed over in silence; who tries to use
// the desk is told whom to ask, and nothing else.
func (d *Dispatcher) stranger(in *Interaction) Answer {
	switch in.Kind {
	case Command, Press, Submit, Picked, Visited:
		return private(Say("The desk does not know you yet. Ask your administrator to add you to the desk's list of people."))
	case Said:
		if in.Mention || in.Direct {
			return private(Say("The desk does not know you yet. Ask your administrator to add you to the desk's list of people."))
		}
	}
	return Answer{}
}

// sorry turns an error into a sentence for the person who acted.
func (d *Dispatcher) sorry(in *Interaction, err error) Answer {
	var e *desk.Error
	switch {
	case errors.As(err, &e) && e.Kind == desk.KindDuplicate:
		return Answer{}
	case errors.As(err, &e):
		if e.Kind == desk.KindBusy {
			d.Log.Error("the store refused an act", "kind", in.Kind, "err", err)
		}
		return private(Sorry(e))
	case errors.Is(err, context.DeadlineExceeded):
		d.Log.Error("an act took too long", "kind", in.Kind, "err", err)
		return private(Say("The desk is slow at the moment and the time for an answer ran out. Look at the case before you try again."))
	}
	number := errorNumber()
	d.Log.Error("an act failed", "error_number", number, "kind", in.Kind, "err", err)
	return private(Say(fmt.Sprintf("Something went wrong on our side and was noted as %s. Try again, and give that number if it happens again.", number)))
}

// Sorry makes the message of a refusal: the sentence, and one line a field.
func Sorry(e *desk.Error) Message {
	m := Message{Tone: ToneWarn, Blocks: []Block{P(T(e.Say))}}
	var items [][]Span
	for _, f := range e.Fields {
		if f.Message != e.Say {
			items = append(items, []Span{T(f.Message)})
		}
	}
	if len(items) > 0 {
		m.Blocks = append(m.Blocks, Block{Kind: List, Items: items})
	}
	return m
}

func private(m Message) Answer { return Answer{Message: &m} }

// errorNumber ties what a person is told to a line of the log.
func errorNumber() string {
	var b [3]byte
	rand.Read(b[:])
	return "E-" + hex.EncodeToString(b[:])
}
