// Package bot is chat: the contract that every chat platform shares, and the running parts between the
// platforms and the desk. It knows no platform by name; an adapter (bot/slack, bot/discord,
// bot/playground) implements [Platform] and nobody outside it asks which one it is.
//
// A guided tour, from the ground up:
//
// Words. A [Message] is what the desk says before any markup: spans, blocks, buttons. A [Form] is a set of
// questions as data. Neither has a platform's shape; an adapter's renderer gives it one and escapes
// whatever a person typed.
//
// Platforms. [Platform] is what an adapter must do: run, post, edit. [Finder], [Rereader], [RoomMaker], [Reactor] and
// [Watcher] are what it may do besides, found by assertion. [Capabilities] say as data what it can show.
// [SendError] says how a send failed.
//
// In. Whatever somebody does on a platform becomes an [Interaction] and goes to the [Inbox], which is the
// [Dispatcher]: it finds out who acts, bounds the time, turns errors into sentences and survives a panic.
// Behind it stands a [Handler] that main hands in, as net/http is handed one; bot never imports commands.
// [Flow] lies between them and takes forms apart for platforms with small dialogs. [ParseArgs] reads a
// command line, [EmojiKey] a reaction.
//
// Out. [Delivery] takes the notices that the desk has written to the platforms: lane by lane, with leases,
// temporary and permanent failures, and a look at the platform after an unclear send. A card, and what was told
// of an event whose buttons are used up or whose promise is over, it edits in place. [Rates] holds it to what a platform allows, and a channel that
// has taken what it may is left alone until its next turn (rooms.go), one that the desk is not in until it is let in
// (closed.go). What somebody does at a message whose address the
// desk has not stored yet is held by the dispatcher, and read back by a [Rereader] where the program ends in between
// (hold.go).
//
// Time. [Schedule] is the alarm clock; what is due is computed from rows. [Runtime] runs it all.
//
// Tests. bottest has an in-memory platform with faults, a store in memory, a driver with which tests act as
// people on any platform, and the suite that every platform passes (docs/adding-a-platform.md).
package bot
