package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Audience says who may read an event. The Provider's thread is internal by construction: what is
// said there has the audience OnlyProvider, and only an explicit act makes an event for Both.
type Audience string

// The audiences, seen from the two sides of a case.
const (
	Both         Audience = "both"
	OnlyPartner  Audience = "partner"
	OnlyProvider Audience = "provider"
)

// Event is one thing that happened to a case. Events are append-only and chained: Hash covers the
// event and the hash before it, so that a changed or missing event shows (casebot audit verify).
type Event struct {
	Case     string    `json:"case"`
	Tenant   string    `json:"tenant"`
	Seq      int       `json:"seq"` // 1, 2, … within the case.
	At       time.Time `json:"at"`  // UTC, milliseconds. A breach carries its due instant.
	Actor    string    `json:"actor"`
	Name     string    `json:"name"` // The actor's name when it happened; people leave.
	Side     PartyKind `json:"side,omitempty"`
	Audience Audience  `json:"audience"`
	Body     Body      `json:"-"`
	Prev     string    `json:"prev"`
	Hash     string    `json:"hash"`
	Encoded  []byte    `json:"-"` // The body as it was sealed, so that it is encoded once; nil on events read back.
}

// Body is what an event says beyond who and when. Each kind of event has its own type.
type Body interface{ Kind() string }

// The bodies. A field's meaning is the same-named field of Case unless said otherwise.
type (
	// Filed opens a case (handbook §4: intake).
	Filed struct {
		Handbook   string            `json:"handbook"`
		Severity   Severity          `json:"severity"`
		Summary    string            `json:"summary"`
		Fields     map[Field]string  `json:"fields"`
		Evidence   []Attachment      `json:"evidence,omitempty"`
		Restricted bool              `json:"restricted,omitempty"`
		Signature  string            `json:"signature,omitempty"`
		ReportedAt time.Time         `json:"reported_at"`
		Agent      string            `json:"agent"`
		Live       bool              `json:"live,omitempty"`
		FollowUp   string            `json:"follow_up,omitempty"` // The closed case this one follows.
		Calendars  map[string]string `json:"calendars,omitempty"` // Calendar versions it is opened under, by party.
	}
	// Edited changes fields; From keeps what stood there, so nothing a person wrote is lost.
	Edited struct {
		From map[Field]string `json:"from"`
		To   map[Field]string `json:"to"`
	}
	// Attached adds evidence.
	Attached struct {
		Files []Attachment `json:"files"`
	}
	// EscalationDue says that a handbook trigger asks for an escalation that was not made by itself,
	// because fields are missing or the trigger asks a person first.
	EscalationDue struct {
		Trigger Trigger `json:"trigger"`
		Missing []Field `json:"missing,omitempty"`
	}
	// Escalated hands the case to the Provider: the completeness gate is passed.
	Escalated struct {
		Trigger Trigger `json:"trigger"`
		Reason  string  `json:"reason,omitempty"`
		Cycle   int     `json:"cycle"`
	}
	// TakenBack returns the case to Tier 1 at the Partner's own wish.
	TakenBack struct {
		Reason string `json:"reason,omitempty"`
	}
	// Returned sends an escalation back as incomplete, with a code of the handbook's list.
	Returned struct {
		Code    string  `json:"code"`
		Missing []Field `json:"missing,omitempty"`
		Text    string  `json:"text,omitempty"`
	}
	// Acknowledged is a named Provider person's word that they have it.
	Acknowledged struct {
		Engineer   string    `json:"engineer"`
		NextUpdate time.Time `json:"next_update,omitzero"`
	}
	// Assigned names a new owner on one side.
	Assigned struct {
		Side PartyKind `json:"side"`
		To   string    `json:"to"`
		Name string    `json:"to_name"`
	}
	// Said is a message a person wrote in a thread of the case. Ref is the platform's message.
	Said struct {
		Text  string       `json:"text"`
		Files []Attachment `json:"files,omitempty"`
		Ref   Ref          `json:"ref,omitempty"`
		Aloud bool         `json:"aloud,omitempty"` // In a room that both sides read.
	}
	// Revised replaces (or, with Deleted, withdraws) the text of an earlier Said; the old text stays in its event.
	Revised struct {
		Of      int    `json:"of"`
		Text    string `json:"text,omitempty"`
		Deleted bool   `json:"deleted,omitempty"`
		Aloud   bool   `json:"aloud,omitempty"` // The words it changes were said aloud.
	}
	// Replied crosses from the Provider's room to the Partner's by an explicit act. Of is the Said
	// event that was sent across, when it was one.
	Replied struct {
		Text  string       `json:"text"`
		Files []Attachment `json:"files,omitempty"`
		Of    int          `json:"of,omitempty"`
	}
	// Noted is an internal note of the actor's side.
	Noted struct {
		Text string `json:"text"`
	}
	// Updated is a status update meant for the customer (handbook §9).
	Updated struct {
		Text   string    `json:"text"`
		ETA    string    `json:"eta,omitempty"`
		NextBy time.Time `json:"next_by,omitzero"` // The promise, if one was made.
	}
	// Relayed says that the Partner passed Provider update Of on to the customer.
	Relayed struct {
		Of int `json:"of"`
	}
	// WaitStarted and WaitEnded bracket a pause.
	WaitStarted struct {
		On     WaitOn    `json:"on"`
		Reason string    `json:"reason"`
		Owner  string    `json:"owner"`
		Until  time.Time `json:"until"`
	}
	WaitEnded struct {
		Why string `json:"why"`
	}
	// WaitNudged reminds the owner of a wait; Propose asks them to close the case.
	WaitNudged struct {
		Nudge   int  `json:"nudge"`
		Propose bool `json:"propose,omitempty"`
	}
	// SeverityChanged keeps who changed it, from what, and why.
	SeverityChanged struct {
		From Severity `json:"from"`
		To   Severity `json:"to"`
		Why  string   `json:"why"`
	}
	// WorkaroundGiven says how the customer can work meanwhile. Of is the update that it was given with, which
	// tells it and is relayed for both; 0: it was given by itself.
	WorkaroundGiven struct {
		Text string `json:"text"`
		Of   int    `json:"of,omitempty"`
	}
	// Resolved ends the work. Code is one of the handbook's resolution codes.
	Resolved struct {
		Text     string   `json:"text"`
		Code     string   `json:"code,omitempty"`
		Articles []string `json:"articles,omitempty"`
		Number   int      `json:"number"` // 1 for the first resolution.
	}
	// Rated is the customer's satisfaction with one resolution (handbook §8, CSAT).
	Rated struct {
		Resolution int    `json:"resolution"`
		Score      int    `json:"score"`
		Comment    string `json:"comment,omitempty"`
	}
	// Closed, Reopened, Merged, Absorbed and Withdrawn end or restart a case's life.
	Closed struct {
		Why string `json:"why,omitempty"`
	}
	Reopened struct {
		Why string `json:"why"`
	}
	Merged struct {
		Into string `json:"into"`
	}
	Absorbed struct {
		From string `json:"from"`
	}
	Withdrawn struct {
		Why string `json:"why"`
	}
	// Invited lets a person into a restricted case; Why is kept for the audit.
	Invited struct {
		Person string `json:"person"`
		Name   string `json:"person_name"`
		Why    string `json:"why,omitempty"`
	}
	// Walked keeps the answers to a triage guide's checklist (handbook §6). Walking the same guide again
	// replaces its answers on the case; these stay in their event.
	Walked struct {
		Guide   string   `json:"guide"` // Article ID.
		Title   string   `json:"title"`
		Version int      `json:"version"`
		Answers []Answer `json:"answers"`
	}
	// Undone takes back the last act, within the handbook's undo window.
	Undone struct {
		Of   int       `json:"of"`
		Verb Verb      `json:"verb"`
		Back UndoPoint `json:"back"`

		Unsaid bool `json:"unsaid,omitempty"` // What the act said had still to be relayed, and has not any more.
	}

	// ClockStarted and the bodies below record the clocks, so that a receipt needs the events alone.
	ClockStarted struct {
		Clock Clock `json:"clock"`
	}
	ClockStopped struct {
		Clock ClockKind  `json:"clock"`
		State ClockState `json:"state"`
		Why   string     `json:"why,omitempty"`
	}
	// ClockPaused and ClockResumed bracket time that does not count.
	ClockPaused struct {
		Clock  ClockKind `json:"clock"`
		Reason string    `json:"reason"`
	}
	// ClockResumed carries the due instants as they are after the pause.
	ClockResumed struct {
		Clock ClockKind   `json:"clock"`
		Due   time.Time   `json:"due"`
		Early time.Time   `json:"early,omitzero"`
		Warn  []time.Time `json:"warn,omitempty"`
		Tell  Tell        `json:"tell,omitzero"`
	}
	// ClockMoved is a severity change, a promise, or a re-rate: old and new due, and why.
	ClockMoved struct {
		Clock    ClockKind     `json:"clock"`
		From     time.Time     `json:"from"`
		Due      time.Time     `json:"due"`
		Early    time.Time     `json:"early,omitzero"`
		Warn     []time.Time   `json:"warn,omitempty"`
		Base     time.Time     `json:"base"`
		Budget   time.Duration `json:"budget"`
		Calendar string        `json:"calendar,omitempty"`
		Tell     Tell          `json:"tell,omitzero"`
		Why      string        `json:"why"`
	}
	// ClockFired says that thresholds up to Fired were acted on; Late counts those passed in one go.
	ClockFired struct {
		Clock     ClockKind     `json:"clock"`
		Cycle     int           `json:"cycle"`
		Threshold ThresholdKind `json:"threshold"`
		Due       time.Time     `json:"due"` // The threshold's own instant.
		Fired     int           `json:"fired"`
		Late      int           `json:"late,omitempty"`
		Next      time.Time     `json:"next,omitzero"` // After the limit: when the next reminder is due.
	}
	// ClockBreached is recorded at the due instant, once a cycle, whenever it was noticed.
	ClockBreached struct {
		Clock ClockKind `json:"clock"`
		Cycle int       `json:"cycle"`
		Party string    `json:"party"`
		Due   time.Time `json:"due"`
	}
	// Rerated moves a case to another version of the handbook and of the calendars (SLA.md §2). The moved
	// deadlines follow as events of their own.
	Rerated struct {
		Handbook  string            `json:"handbook"`
		Calendars map[string]string `json:"calendars,omitempty"`
		By        string            `json:"by"`
		Why       string            `json:"why"`
	}
	// Lapsed says that an acknowledgement has been followed by nothing: the ladder calls again.
	Lapsed struct {
		Engineer string    `json:"engineer"`
		Since    time.Time `json:"since"` // The Provider's last activity.
	}
	// PromiseEnded settles a promise. With is the event of the resolution that did; 0: an update, or its time passed. Those
	// can't be undone. Resolutions of before With was kept have none, and settle for good.
	PromiseEnded struct {
		Of   int  `json:"of"`
		Kept bool `json:"kept"`
		With int  `json:"with,omitempty"`
	}
	// Paged says whom the on-call ladder called.
	Paged struct {
		Step   int    `json:"step"`
		Person string `json:"person"`
		Name   string `json:"person_name"`
	}
)

// Kind names, as stored. They never change once released.
func (Filed) Kind() string           { return "filed" }
func (Edited) Kind() string          { return "edited" }
func (Attached) Kind() string        { return "attached" }
func (EscalationDue) Kind() string   { return "escalation_due" }
func (Escalated) Kind() string       { return "escalated" }
func (TakenBack) Kind() string       { return "taken_back" }
func (Returned) Kind() string        { return "returned" }
func (Acknowledged) Kind() string    { return "acknowledged" }
func (Assigned) Kind() string        { return "assigned" }
func (Said) Kind() string            { return "said" }
func (Revised) Kind() string         { return "revised" }
func (Replied) Kind() string         { return "replied" }
func (Noted) Kind() string           { return "noted" }
func (Updated) Kind() string         { return "updated" }
func (Relayed) Kind() string         { return "relayed" }
func (WaitStarted) Kind() string     { return "wait_started" }
func (WaitEnded) Kind() string       { return "wait_ended" }
func (WaitNudged) Kind() string      { return "wait_nudged" }
func (SeverityChanged) Kind() string { return "severity_changed" }
func (WorkaroundGiven) Kind() string { return "workaround_given" }
func (Resolved) Kind() string        { return "resolved" }
func (Rated) Kind() string           { return "rated" }
func (Closed) Kind() string          { return "closed" }
func (Reopened) Kind() string        { return "reopened" }
func (Merged) Kind() string          { return "merged" }
func (Absorbed) Kind() string        { return "absorbed" }
func (Withdrawn) Kind() string       { return "withdrawn" }
func (Invited) Kind() string         { return "invited" }
func (Walked) Kind() string          { return "walked" }
func (Undone) Kind() string          { return "undone" }
func (ClockStarted) Kind() string    { return "clock_started" }
func (ClockStopped) Kind() string    { return "clock_stopped" }
func (ClockPaused) Kind() string     { return "clock_paused" }
func (ClockResumed) Kind() string    { return "clock_resumed" }
func (ClockMoved) Kind() string      { return "clock_moved" }
func (ClockFired) Kind() string      { return "clock_fired" }
func (ClockBreached) Kind() string   { return "clock_breached" }
func (Rerated) Kind() string         { return "rerated" }
func (Lapsed) Kind() string          { return "lapsed" }
func (PromiseEnded) Kind() string    { return "promise_ended" }
func (Paged) Kind() string           { return "paged" }

// decode makes the body of one type from its JSON.
func decode[B Body](data []byte) (Body, error) {
	var b B
	err := json.Unmarshal(data, &b)
	return b, err
}

// bodies maps each stored kind to its type.
var bodies = func() map[string]func([]byte) (Body, error) {
	m := map[string]func([]byte) (Body, error){}
	add := func(b Body, f func([]byte) (Body, error)) { m[b.Kind()] = f }
	add(Filed{}, decode[Filed])
	add(Edited{}, decode[Edited])
	add(Attached{}, decode[Attached])
	add(EscalationDue{}, decode[EscalationDue])
	add(Escalated{}, decode[Escalated])
	add(TakenBack{}, decode[TakenBack])
	add(Returned{}, decode[Returned])
	add(Acknowledged{}, decode[Acknowledged])
	add(Assigned{}, decode[Assigned])
	add(Said{}, decode[Said])
	add(Revised{}, decode[Revised])
	add(Replied{}, decode[Replied])
	add(Noted{}, decode[Noted])
	add(Updated{}, decode[Updated])
	add(Relayed{}, decode[Relayed])
	add(WaitStarted{}, decode[WaitStarted])
	add(WaitEnded{}, decode[WaitEnded])
	add(WaitNudged{}, decode[WaitNudged])
	add(SeverityChanged{}, decode[SeverityChanged])
	add(WorkaroundGiven{}, decode[WorkaroundGiven])
	add(Resolved{}, decode[Resolved])
	add(Rated{}, decode[Rated])
	add(Closed{}, decode[Closed])
	add(Reopened{}, decode[Reopened])
	add(Merged{}, decode[Merged])
	add(Absorbed{}, decode[Absorbed])
	add(Withdrawn{}, decode[Withdrawn])
	add(Invited{}, decode[Invited])
	add(Walked{}, decode[Walked])
	add(Undone{}, decode[Undone])
	add(ClockStarted{}, decode[ClockStarted])
	add(ClockStopped{}, decode[ClockStopped])
	add(ClockPaused{}, decode[ClockPaused])
	add(ClockResumed{}, decode[ClockResumed])
	add(ClockMoved{}, decode[ClockMoved])
	add(ClockFired{}, decode[ClockFired])
	add(ClockBreached{}, decode[ClockBreached])
	add(Rerated{}, decode[Rerated])
	add(Lapsed{}, decode[Lapsed])
	add(PromiseEnded{}, decode[PromiseEnded])
	add(Paged{}, decode[Paged])
	return m
}()

// DecodeBody reads a stored body back.
func DecodeBody(kind string, data []byte) (Body, error) {
	f, ok := bodies[kind]
	if !ok {
		return nil, fmt.Errorf("unknown event kind %q", kind)
	}
	return f(data)
}

// Seal fills in Hash from the event's own content, the encoded body and Prev.
func (e *Event) Seal(body []byte) {
	hash := e.seal(body)
	e.Hash = string(hash[:])
}

// Sealed says whether Hash is the one that Seal would fill in.
func (e *Event) Sealed(body []byte) bool {
	hash := e.seal(body)
	return string(hash[:]) == e.Hash
}

// seal gives the hash in hexadecimal. It is made twice for every event that is stored, so what is hashed is
// laid out in one buffer, which is on the stack unless the body is long.
func (e *Event) seal(body []byte) (hash [2 * sha256.Size]byte) {
	b := make([]byte, 0, 1024)
	line := func(s string) { b = append(append(b, s...), '\n') }
	line(e.Prev)
	line(e.Case)
	b = append(strconv.AppendInt(b, int64(e.Seq), 10), '\n')
	b = append(strconv.AppendInt(b, e.At.UnixMilli(), 10), '\n')
	line(e.Actor)
	b = append(strconv.AppendQuote(b, e.Name), '\n') // Quoted: a name may hold a line break.
	line(string(e.Side))
	line(string(e.Audience))
	line(e.Body.Kind())
	line(e.Tenant)
	sum := sha256.Sum256(append(b, body...))
	hex.Encode(hash[:], sum[:])
	return hash
}
