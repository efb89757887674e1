// Package desk is the domain of casebot: what a support desk shared by two companies knows and
// decides. It imports nothing of ours, speaks no SQL, knows no chat platform and reads no clock; time,
// storage and chat are seams that others fill.
//
// A guided tour, from the ground up:
//
// Who. A [Party] is one company: the one Provider (Tier 2/3) or one of many Partners (Tier 1). A
// [Person] works at a party in one or more roles; a [Home] is where a party lives in chat. The
// [Directory] knows them all. [CanSee] in visibility.go is the one rule of who may see what, and [May]
// the one table of who may do what.
//
// Rules. A [Handbook] is the channel support handbook as data: severities and their targets, the
// fields a case must carry and when, escalation triggers, the on-call ladder, what is said how often.
// [ParseHandbook] reads it strictly over [ReadYAML], which names every problem with its line; a case
// keeps the version it was opened under. [CheckFields] in complete.go is the completeness gate, and
// complete_filler.go knows the answers that only fill a box. [ParseWhen] in timeparse.go reads times as
// people type them.
//
// A case. [Case] is the state of one case; [Event] is one thing that happened to it, with a typed
// [Body]. lifecycle.go is the table of which [Verb] is allowed in which [Status]. [Apply] takes one
// event into a case and [Fold] builds a case from its events alone, which is how the audit proves
// that nothing was changed afterwards. encode.go gives the JSON in which the case and its events are
// stored and hashed.
//
// Deciding. [Decide] is the functional core: (case, command, environment) to events. The commands are
// declared in desk.go; what each decides stands in decide_file.go, decide_escalate.go, decide_work.go
// and decide_end.go. A decision also runs the clocks: sla.go has their types, clocks.go starts, pauses,
// moves and stops them by SLA.md §2, and tick.go is what happens when one falls due.
//
// Doing. [Desk] is the use cases over a [Store]. [Desk.Do] takes an act through one transaction:
// events, case, clocks and notices together, or nothing; what a filing comes to is worked out before its turn there, all but
// its number (ahead.go). [Desk.Sweep] does the same for whatever has fallen due. A [Notice] is the intent to tell somebody
// something, written in that same transaction; notices.go decides who is told what, and package bot delivers it. [Endings] in endings.go says what has
// become of what a message offers or promises (promises.go), so that it is brought up to date where it stands (redraws.go). usecases.go reads.
//
// Reading out. [Desk.Foresee] says what will happen before a form is sent; report.go counts what the
// weekly ops review reads.
package desk
