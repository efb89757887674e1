package desk

import (
	"log/slog"
	"time"
)

// Desk is the use cases: everything people and clocks can do, over a Store. All methods are safe for
// concurrent use. Time comes in as an argument; the Desk truncates it to milliseconds.
type Desk struct {
	Store Store
	Dir   *Directory
	Book  *Handbook // The current handbook; a case keeps the version it was opened under.
	Log   *slog.Logger

	Calendars map[string]BusinessTime // By name; a party without one has every hour open.
	Rotas     map[string]*Rota        // By party ID; a party without one has its people called in the order they are listed.

	Terms func(text string) []string // Cuts a text into terms, to find questions without an article; nil: none are found.

	books     bookShelf
	calendars calendarShelf
}

// Act is one thing a person does (or, by System, the desk itself) to a case.
type Act struct {
	By   Person
	Case string // Case ID; empty for FileCase.
	Do   Command
	Now  time.Time
	Key  string // The platform's event id, if any: the same key twice is done once.
	Of   int    // The escalation (its event) that it answers; 0: the one that stands.

	// Form is the form the act came from, if any. The actor's draft of it goes with the act, in one transaction: what was
	// done is no draft any more, and what was refused still is one.
	Form string
}

// Outcome is what an act came to.
type Outcome struct {
	Case   *Case
	Events []Event // As the actor may read them.
	Again  bool    // The Key had been seen: nothing was done this time.
}

// Command is one decision: from the case as it is and the environment to the bodies of new events
// (see Decide in decide.go).
type Command interface {
	Verb() Verb
	decide(w *work) error
}

// Env is everything a decision may look at beside the case itself. It holds no Store: what a decision
// needs of other cases is looked up before and stands here as a fact.
type Env struct {
	Now      time.Time
	By       Person
	Dir      *Directory
	Book     *Handbook
	Calendar func(party string, sev Severity) BusinessTime // The calendar a party's clocks run on at a severity (SLA.md §2).
	OnCall   func(call string) (Person, bool)              // Who a step of the ladder calls at Now (handbook §4).
	Pins     map[string]string                             // Calendar versions a case filed or re-rated now is pinned to, by party.
	Past     func() ([]Event, error)                       // The events of the case so far; read by an undoing only.
	Similar  int                                           // Other cases with the same signature within the trigger's span.
}

// The commands. Text fields are stored whole, however long.
type (
	// FileCase opens a case. Values are as typed in the form, keyed by field name.
	FileCase struct {
		Tenant   string // The Partner; empty: the actor's own.
		Values   map[Field]string
		Files    []Attachment
		FollowUp string // A closed case it follows.
		Linked   []string
		read     *intake  // What the Desk has read of it already.
		ahead    *decided // What it comes to, where that is known already.
	}
	// EditCase changes fields as typed.
	EditCase struct {
		Values map[Field]string
		Files  []Attachment
	}
	// AttachFiles adds evidence.
	AttachFiles struct{ Files []Attachment }
	// EscalateCase hands the case to the Provider; Values and Files mend what was missing in the same act.
	EscalateCase struct {
		Reason string
		Values map[Field]string
		Files  []Attachment
	}
	// TakeBack returns an escalated case to Tier 1.
	TakeBack struct{ Reason string }
	// ReturnCase sends an escalation back with a code of the handbook.
	ReturnCase struct {
		Code    string
		Missing []Field
		Text    string
	}
	// AckCase is the explicit acknowledgement. NextUpdate is optional; the cadence gives it otherwise.
	AckCase struct{ NextUpdate time.Time }
	// AssignCase gives the case to somebody of the actor's own side.
	AssignCase struct{ To string }
	// Say is a message in one of the case's threads, on the actor's side.
	Say struct {
		Text  string
		Files []Attachment
		Ref   Ref
		Edits Ref  // Replaces the text of an earlier message.
		Gone  bool // With Edits: the message was deleted.
		Aloud bool // Said in a room where both sides read it (Directory.SharedRoom): nothing of it is internal.
	}
	// Reply crosses to the Partner's room. Of is the ref of a message of the Provider's thread to send, or empty with Text.
	Reply struct {
		Text  string
		Files []Attachment
		Of    int
	}
	// AddNote is internal to the actor's side.
	AddNote struct{ Text string }
	// UpdateCase is a status update for the customer. NextBy is a promise, at most 3 cadences ahead. With a
	// Workaround the case counts as having one, as after GiveWorkaround, and the customer is told both at once.
	UpdateCase struct {
		Text       string
		ETA        string
		NextBy     time.Time
		Workaround string
	}
	// RelayUpdate says that the customer was told; Of 0 is every update still to be relayed.
	RelayUpdate struct{ Of int }
	// WaitCase pauses; Until zero is the handbook's default.
	WaitCase struct {
		On     WaitOn
		Reason string
		Owner  string
		Until  time.Time
	}
	// ResumeCase ends a wait.
	ResumeCase struct{ Why string }
	// ChangeSeverity needs a reason.
	ChangeSeverity struct {
		To  Severity
		Why string
	}
	// GiveWorkaround says how the customer can work meanwhile.
	GiveWorkaround struct{ Text string }
	// ResolveCase ends the work.
	ResolveCase struct {
		Text     string
		Code     string
		Articles []string
	}
	// RateCase keeps the customer's satisfaction, 1–5.
	RateCase struct {
		Score   int
		Comment string
	}
	// CloseCase, ReopenCase, MergeCase, WithdrawCase end or restart a case.
	CloseCase    struct{ Why string }
	ReopenCase   struct{ Why string }
	MergeCase    struct{ Into string }
	WithdrawCase struct{ Why string }
	// InvitePerson lets somebody into a restricted case.
	InvitePerson struct {
		Person string
		Why    string
	}
	// UndoAct takes back the actor's own last act of that verb, within the undo window.
	UndoAct struct{ Of Verb }
)
