// Package discordfake is a fake of Discord's service for tests: the REST API v10, the gateway, guilds with
// channels, threads and forums, interactions with their tokens, modals and messages for one person, and
// people who act. It refuses what Discord refuses, with Discord's codes, and keeps a list of whatever an
// app did that only works by luck: a payload over a limit, a send without allowed_mentions, a second first
// answer to an interaction.
//
// It decodes Discord's JSON by itself and shares no code with the adapter, so that a mistake there cannot
// hide in here. Everything that expires does so by the clock it is given; only the waiting for an answer
// to a person's act is real time.
//
// Two things are stricter than the vendor. An archived thread takes no message until it is unarchived,
// where the vendor's API would unarchive a thread that is not locked. And a bot's application has another
// id than its user, as with old applications, so that the two cannot be confused.
package discordfake
