// Package story runs stories: scripts in the words of a support manager, acted out by people against the
// whole desk on any platform that has a bottest.Workspace. They are how somebody who reads no code checks
// the product, and `casebot demo --script` prints one as a conversation.
//
// A story is a txtar archive. Its files are what people attach; its text is the script, one line each:
//
//	# A comment is printed as narration.
//	it is 2026-11-20 17:55 America/Los_Angeles   The time at the start, before anybody acts.
//	two hours pass | 30 minutes pass              Everything that falls due on the way happens at its time.
//	it becomes 2026-11-23 09:00 America/Chicago
//	the desk is down for 5 hours                  Time passes and nothing happens; then the desk comes back.
//	the desk restarts
//	the case is NW-1001                           Whose thread the lines below act in; a filed case becomes it by itself.
//	the desk is taken out of northwind's channel  As people do it on the platform of that company: it says and hears nothing there.
//	the desk is let into northwind's channel again
//	the desk has a writing helper                 From here on; the program is started anew with it.
//	the helper writes "It is being looked into."  What it answers from now on; a file's name for longer texts.
//	the helper is down | the helper is up again
//	the helper was told "HB-4012"                 Something in all that left the house; "was never told": nothing.
//	the helper was never asked
//	dana: /case new severity=2 customer="Demo"    A command, in the cases channel.
//	dana: We tried it twice.                      A message in the case's thread on her side.
//	dana in the channel: hello                    A message in the cases channel.
//	dana fills in steps="1 scan" with till.log    Sends the dialog that is open in front of her, page by page where it has pages.
//	dana attaches till.log                        A message with a file in the case's thread.
//	dana presses "Escalate"                       The newest button of that name that she sees.
//	dana reacts 🆘                                On the case's card on her side; on "words" for a message.
//	dana takes back 🆘
//	dana edits "twice" to "three times" | dana deletes "twice"
//	dana sees "waits for Harbor"                  Among what is new since the last act, wherever she looks.
//	dana does not see "internal"                  Likewise; "never sees" looks at everything so far.
//	dana still sees "Sev 2"                       Anything so far.
//	dana is asked "steps to reproduce"            The dialog in front of her says so; "is not asked": it does not.
//
// Words match when they are part of a message, white space and the case of letters aside. {case} stands
// for the number of the case. A line that does not hold ends the story with its number.
package story
