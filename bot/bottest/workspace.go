// Package bottest is what tests of chat need: a driver with which stories act as people on any platform,
// an in-memory platform with faults that can be switched on, and the suite that every platform passes.
package bottest

import (
	"context"

	"casebot/bot"
	"casebot/desk"
)

// Workspace lets a test act as people do on a platform, through the platform's own ways in, and read what
// they see. The fakes of the platforms and the playground implement it. Errors are failures of the test's
// own making (no such button), not refusals by the desk: those are messages the person sees.
type Workspace interface {
	// Command types a slash command ("/case" is left out) in a channel, or in a thread where the platform can.
	Command(ctx context.Context, by desk.Person, at Spot, line string) error
	// Say writes a message. A text that starts with "@casebot " addresses the desk.
	Say(ctx context.Context, by desk.Person, at Spot, text string, files []bot.File) (bot.Ref, error)
	// Rewrite and Remove change a person's own message.
	Rewrite(ctx context.Context, by desk.Person, ref bot.Ref, text string) error
	Remove(ctx context.Context, by desk.Person, ref bot.Ref) error
	// Press presses the button of that label on a message the person can see.
	Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error
	// Toggle sets a reaction (bot.React) or takes it off (bot.Unreact).
	Toggle(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error
	// Dialog is the form open in front of the person; nil when there is none.
	Dialog(by desk.Person) *bot.Form
	// Submit sends the open form: what it was filled with, overlaid with values. An empty value clears.
	Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error
	// Read gives what a person sees at a spot, oldest first, with the private answers they got there. The
	// zero Spot is their direct messages with the desk.
	Read(by desk.Person, at Spot) []Seen
}

// Spot is a place in a home: a channel, or a thread in it.
type Spot struct {
	Home    string
	Channel string
	Thread  bot.Ref
}

// Seen is a message as a person sees it.
type Seen struct {
	Ref       bot.Ref
	From      string       // Person ID or account; empty: the desk.
	Text      string       // A person's words.
	Message   *bot.Message // The desk's.
	Private   bool
	Edited    bool
	Reactions []string
	Files     []string
}
