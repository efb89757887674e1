package desk

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Status is where a case stands in its life (DESIGN §3; drawn in docs/lifecycle.md).
type Status string

// The states. Waiting is no state but lies over one: a case that waits keeps its place.
const (
	StatusDraft        Status = "draft"
	StatusOpen         Status = "open"         // Tier 1 works on it.
	StatusEscalated    Status = "escalated"    // The Provider has it and has not acknowledged.
	StatusAcknowledged Status = "acknowledged" // A named engineer works on it.
	StatusReturned     Status = "returned"     // Sent back by the Provider as incomplete.
	StatusWorkaround   Status = "workaround"   // The customer can work; the cause remains.
	StatusResolved     Status = "resolved"
	StatusClosed       Status = "closed"
	StatusReopened     Status = "reopened" // Back at Tier 1 after a resolution.
	StatusMerged       Status = "merged"
	StatusWithdrawn    Status = "withdrawn"
)

// Verb is something that is done to a case.
type Verb string

// The verbs; each is one command of the desk and one line of /case help.
const (
	VerbFile       Verb = "file"
	VerbEdit       Verb = "edit"
	VerbAttach     Verb = "attach"
	VerbEscalate   Verb = "escalate"
	VerbTakeBack   Verb = "take back"
	VerbReturn     Verb = "return"
	VerbAck        Verb = "acknowledge"
	VerbAssign     Verb = "assign"
	VerbSay        Verb = "say"
	VerbReply      Verb = "reply"
	VerbNote       Verb = "note"
	VerbUpdate     Verb = "update"
	VerbRelay      Verb = "relay"
	VerbWait       Verb = "wait"
	VerbResume     Verb = "resume"
	VerbSeverity   Verb = "change severity"
	VerbWorkaround Verb = "give a workaround"
	VerbResolve    Verb = "resolve"
	VerbRate       Verb = "rate"
	VerbClose      Verb = "close"
	VerbReopen     Verb = "reopen"
	VerbMerge      Verb = "merge"
	VerbWithdraw   Verb = "withdraw"
	VerbInvite     Verb = "invite"
	VerbWalk       Verb = "walk through a guide"
	VerbUndo       Verb = "undo"
	VerbTick       Verb = "tick" // The desk's own: a clock fell due.
)

// Of puts a verb and what it is done to into words: "acknowledge it", "let it wait", "reply to the
// Partner on it".
func (v Verb) Of(what string) string {
	if say, ok := sayings[v]; ok {
		return strings.Replace(say, "…", what, 1)
	}
	return string(v) + " " + what
}

// sayings are the verbs that take their object in another place.
var sayings = map[Verb]string{
	VerbTakeBack: "take … back", VerbSay: "write on …", VerbReply: "reply to the Partner on …", VerbNote: "add a note to …",
	VerbUpdate: "give an update on …", VerbRelay: "mark an update of … as relayed", VerbWait: "let … wait", VerbAttach: "attach files to …",
	VerbSeverity: "change the severity of …", VerbWorkaround: "give a workaround for …", VerbInvite: "invite people to …", VerbWalk: "walk … through a guide", VerbUndo: "undo a step of …",
}

// stay in the transition table means that the verb is allowed and leaves the state as it is.
const stay Status = "="

// transitions is the whole lifecycle: for each verb, the states in which it is allowed and the
// state it leads to. docs/lifecycle.md draws it and a test holds the drawing against this table.
var transitions = map[Verb]map[Status]Status{
	VerbFile:     {StatusDraft: StatusOpen},
	VerbEscalate: {StatusOpen: StatusEscalated, StatusReturned: StatusEscalated, StatusReopened: StatusEscalated, StatusWorkaround: StatusEscalated},
	VerbTakeBack: {StatusEscalated: StatusOpen, StatusAcknowledged: StatusOpen},
	VerbReturn:   {StatusEscalated: StatusReturned, StatusAcknowledged: StatusReturned},
	VerbAck:      {StatusEscalated: StatusAcknowledged},
	VerbWorkaround: {StatusOpen: StatusWorkaround, StatusReturned: StatusWorkaround, StatusReopened: StatusWorkaround,
		StatusAcknowledged: StatusWorkaround, StatusWorkaround: stay},
	VerbResolve: {StatusOpen: StatusResolved, StatusReturned: StatusResolved, StatusReopened: StatusResolved,
		StatusEscalated: StatusResolved, StatusAcknowledged: StatusResolved, StatusWorkaround: StatusResolved},
	VerbRate:     {StatusResolved: stay, StatusClosed: stay},
	VerbClose:    {StatusResolved: StatusClosed},
	VerbReopen:   {StatusResolved: StatusReopened, StatusClosed: StatusReopened},
	VerbMerge:    every(working, StatusMerged),
	VerbWithdraw: every([]Status{StatusOpen, StatusReturned, StatusReopened, StatusEscalated, StatusAcknowledged}, StatusWithdrawn),

	VerbEdit:     every(working, stay),
	VerbAttach:   every(working, stay),
	VerbAssign:   every(working, stay),
	VerbSay:      every(present, stay),
	VerbReply:    every(present, stay),
	VerbNote:     every(present, stay),
	VerbUpdate:   every(working, stay),
	VerbRelay:    every(present, stay),
	VerbWait:     every(working, stay),
	VerbResume:   every(working, stay),
	VerbSeverity: every(working, stay),
	VerbInvite:   every(present, stay),
	VerbWalk:     every(working, stay),
	VerbUndo:     every(present, stay),
	VerbTick:     every(present, stay),
}

var (
	working = []Status{StatusOpen, StatusEscalated, StatusAcknowledged, StatusReturned, StatusWorkaround, StatusReopened}
	present = append(slices.Clone(working), StatusResolved, StatusClosed, StatusMerged, StatusWithdrawn)
)

func every(from []Status, to Status) map[Status]Status {
	m := make(map[Status]Status, len(from))
	for _, s := range from {
		m[s] = to
	}
	return m
}

// Next gives the state a verb leads to, or an Error of KindState that names the state and what
// can be done instead.
func Next(from Status, v Verb) (Status, error) {
	to, ok := transitions[v][from]
	switch {
	case !ok:
		return from, Errf(KindState, "The case is %s, so you cannot %s. %s", from.Words(), v.Of("it"), instead(from))
	case to == stay:
		return from, nil
	}
	return to, nil
}

// Words is a state as it stands after "the case is": "on a workaround", "acknowledged".
func (s Status) Words() string {
	if s == StatusWorkaround {
		return "on a workaround"
	}
	return string(s)
}

// Transitions lists every move of the table as "from --verb--> to", sorted, for the drawing's test.
func Transitions() []string {
	var out []string
	for v, m := range transitions {
		for from, to := range m {
			if to != stay {
				out = append(out, fmt.Sprintf("%s --> %s: %s", from, to, v))
			}
		}
	}
	sort.Strings(out)
	return out
}

// instead says in one sentence what a person can do in a state.
func instead(s Status) string {
	can := map[Status][]Verb{
		StatusOpen:         {VerbEscalate, VerbUpdate, VerbResolve},
		StatusEscalated:    {VerbAck, VerbReturn, VerbTakeBack},
		StatusAcknowledged: {VerbUpdate, VerbReturn, VerbResolve},
		StatusReturned:     {VerbEdit, VerbEscalate, VerbResolve},
		StatusReopened:     {VerbEscalate, VerbUpdate, VerbResolve},
		StatusWorkaround:   {VerbUpdate, VerbResolve},
		StatusResolved:     {VerbRate, VerbReopen, VerbClose},
		StatusClosed:       {VerbReopen, VerbRate},
		StatusMerged:       {VerbNote},
		StatusWithdrawn:    {VerbNote},
	}[s]
	if len(can) == 0 {
		return ""
	}
	words := make([]string, len(can))
	for i, v := range can {
		words[i] = v.Of("it")
	}
	return "You can " + strings.Join(words[:len(words)-1], ", ") + " or "[:min(4, 4*(len(words)-1))] + words[len(words)-1] + "."
}
