package desk

import (
	"maps"
	"slices"
	"time"
)

// Field names one thing a case must carry (handbook §4). The handbook file may add its own.
type Field string

// The fields the desk itself knows. Evidence is counted from the attachments, not typed.
const (
	FieldCustomer    Field = "customer"
	FieldProduct     Field = "product"
	FieldCategory    Field = "category"
	FieldSeverity    Field = "severity"
	FieldSummary     Field = "summary"
	FieldEnvironment Field = "environment"
	FieldSteps       Field = "steps"
	FieldEvidence    Field = "evidence"
	FieldFirstSeen   Field = "first_seen"
	FieldImpact      Field = "impact"
	FieldReportedAt  Field = "reported_at"
	FieldLive        Field = "live" // "yes": filed while talking to the customer, so the Tier 1 response is met at once.
)

// Attachment is a file somebody gave. Its bytes are kept by the Store under SHA256; the platform's
// link may expire and is never relied on.
type Attachment struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Type   string    `json:"type"` // MIME type, as far as it is known.
	Size   int64     `json:"size"` // Bytes.
	SHA256 string    `json:"sha256"`
	Link   string    `json:"link,omitempty"` // A link given instead of a file.
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Wait says why a case rests: whose word is awaited, why, who follows it up, and when it ends by
// itself (SLA.md §2, "Waiting on customer").
type Wait struct {
	On     WaitOn    `json:"on"`
	Reason string    `json:"reason"`
	Owner  string    `json:"owner"` // Person ID who follows it up.
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"` // The expiry: the desk then proposes closing or resumes.
	Nudges int       `json:"nudges"`
}

// WaitOn is whose word a case waits for.
type WaitOn string

// What a case may wait on.
const (
	OnCustomer   WaitOn = "customer"
	OnPartner    WaitOn = "partner"
	OnThirdParty WaitOn = "third party"
	OnSchedule   WaitOn = "schedule"
)

// Promise is a "next update by T" that an update carried. Kept promises are a metric.
type Promise struct {
	Seq   int       `json:"seq"` // The event that made it.
	Party string    `json:"party"`
	By    time.Time `json:"by"`
	Kept  string    `json:"kept,omitempty"` // "", "kept" or "broken".
	With  int       `json:"with,omitempty"` // The event of the resolution that settled it, which can be undone.
}

// Rating is the customer's satisfaction with one resolution, 1 (poor) to 5 (very good).
type Rating struct {
	Resolution int       `json:"resolution"` // 1 for the first resolution, 2 after a reopening, …
	Score      int       `json:"score"`
	Comment    string    `json:"comment,omitempty"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
}

// UndoPoint remembers what a case was before its last undoable act, so that a mistaken reaction
// can be taken back within the handbook's undo window.
type UndoPoint struct {
	Seq      int       `json:"seq"`
	Verb     Verb      `json:"verb"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Status   Status    `json:"status"`
	Engineer string    `json:"engineer,omitempty"`
	Agent    string    `json:"agent,omitempty"`
	Wait     *Wait     `json:"wait,omitempty"`
	Clocks   []Clock   `json:"clocks,omitempty"`

	Escalations int `json:"escalations,omitempty"`
}

// Case is the state of one case: the fold of its events and nothing else. It is stored as a
// snapshot beside them; `casebot audit verify` folds the events again and compares.
type Case struct {
	ID       string `json:"id"`     // As people say it: "NW-1042".
	Tenant   string `json:"tenant"` // The Partner whose case it is.
	Seq      int    `json:"seq"`    // Number of the last event; also the version for concurrent writers.
	LastHash string `json:"last_hash"`
	Handbook string `json:"handbook"` // Version of the handbook it was opened under (SLA.md §2, last but one point).

	Status     Status           `json:"status"`
	Severity   Severity         `json:"severity"`
	Summary    string           `json:"summary"`
	Fields     map[Field]string `json:"fields"` // As typed; times in RFC 3339.
	Evidence   []Attachment     `json:"evidence,omitempty"`
	Restricted bool             `json:"restricted,omitempty"` // Security or privacy: need to know (DESIGN §3).
	Invited    []string         `json:"invited,omitempty"`    // Person IDs let into a restricted case.
	Signature  string           `json:"signature,omitempty"`  // Error signature, for repeated failures.

	ReportedAt time.Time `json:"reported_at"` // When the customer reported it.
	FiledAt    time.Time `json:"filed_at"`
	FiledBy    string    `json:"filed_by"`
	UpdatedAt  time.Time `json:"updated_at"`
	Agent      string    `json:"agent"`              // Tier 1 owner (person ID).
	Engineer   string    `json:"engineer,omitempty"` // Tier 2/3 owner (person ID), once acknowledged or assigned.

	Reached     bool      `json:"reached,omitempty"` // The Provider has been given it at least once.
	EscalatedAt time.Time `json:"escalated_at,omitzero"`
	EscalatedBy string    `json:"escalated_by,omitempty"`
	Escalations int       `json:"escalations,omitempty"` // Complete escalations; the Tier 2 cycle number.
	Returns     int       `json:"returns,omitempty"`
	Due         []Trigger `json:"due_triggers,omitempty"` // Triggers that ask for an escalation which has not been made.

	Calendars map[string]string `json:"calendars,omitempty"` // Calendar versions it was opened under, by party.

	ProviderAt time.Time `json:"provider_at,omitzero"` // When somebody of the Provider last did anything.
	AckedAt    time.Time `json:"acked_at,omitzero"`    // The first acknowledgement.
	FirstWord  time.Time `json:"first_word,omitzero"`  // The Provider's first word to the Partner after it, measured without a target (SLA.md §2).
	Lapsed     time.Time `json:"lapsed,omitzero"`      // When the acknowledgement lapsed, until somebody has the case again.

	Wait        *Wait     `json:"wait,omitempty"`
	Promises    []Promise `json:"promises,omitempty"`
	LastUpdate  time.Time `json:"last_update,omitzero"` // Last customer-visible human update.
	ToRelay     []int     `json:"to_relay,omitempty"`   // Provider updates not yet relayed to the customer.
	Workaround  string    `json:"workaround,omitempty"`
	ResolvedAt  time.Time `json:"resolved_at,omitzero"`
	FirstSolved time.Time `json:"first_solved,omitzero"` // Frozen at the first resolution (SLA.md §2, Reopen).
	Resolution  string    `json:"resolution,omitempty"`
	Resolutions int       `json:"resolutions,omitempty"`
	Articles    []string  `json:"articles,omitempty"` // Knowledge articles that helped.
	Ratings     []Rating  `json:"ratings,omitempty"`
	ClosedAt    time.Time `json:"closed_at,omitzero"`
	Reopens     int       `json:"reopens,omitempty"`
	MergedInto  string    `json:"merged_into,omitempty"`
	Walks       []Walk    `json:"walks,omitempty"`  // Triage guides the case was walked through.
	Linked      []string  `json:"linked,omitempty"` // Duplicates merged into this one, and follow-ups.

	Clocks  []Clock    `json:"clocks,omitempty"` // Every cycle of every clock, ended ones too.
	LastAct *UndoPoint `json:"last_act,omitempty"`
}

// Open says whether anybody still has work to do on the case.
func (c *Case) Open() bool {
	return !slices.Contains([]Status{StatusResolved, StatusClosed, StatusMerged, StatusWithdrawn}, c.Status)
}

// Tier is where the case is being worked: 1 at the Partner, 2 at the Provider.
func (c *Case) Tier() int {
	switch c.Status {
	case StatusEscalated, StatusAcknowledged:
		return 2
	case StatusWorkaround, StatusResolved, StatusClosed:
		if c.Reached && c.Engineer != "" {
			return 2
		}
	}
	return 1
}

// Field gives what the case carries under a name, whatever part of the case holds it.
func (c *Case) Field(f Field) string {
	switch f {
	case FieldSeverity:
		if c.Severity.Valid() {
			return c.Severity.String()
		}
		return ""
	case FieldSummary:
		return c.Summary
	case FieldReportedAt:
		if c.ReportedAt.IsZero() {
			return ""
		}
		return c.ReportedAt.UTC().Format(time.RFC3339)
	}
	return c.Fields[f]
}

// clone copies a case deeply enough that folding into the copy leaves the original alone.
func (c *Case) clone() *Case {
	n := *c
	n.Fields = make(map[Field]string, len(c.Fields)+2)
	for k, v := range c.Fields {
		n.Fields[k] = v
	}
	n.Calendars = maps.Clone(c.Calendars)
	n.Evidence = slices.Clone(c.Evidence)
	n.Invited = slices.Clone(c.Invited)
	n.Due = slices.Clone(c.Due)
	n.Promises = slices.Clone(c.Promises)
	n.ToRelay = slices.Clone(c.ToRelay)
	n.Articles = slices.Clone(c.Articles)
	n.Ratings = slices.Clone(c.Ratings)
	n.Linked = slices.Clone(c.Linked)
	n.Walks = slices.Clone(c.Walks)
	n.Clocks = cloneClocks(c.Clocks)
	if c.Wait != nil {
		w := *c.Wait
		n.Wait = &w
	}
	if c.LastAct != nil {
		u := *c.LastAct
		n.LastAct = &u
	}
	return &n
}
