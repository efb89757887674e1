package desk

import (
	"strings"
	"time"
)

// Trigger is why a case goes up (handbook §4, escalation triggers).
type Trigger string

// The triggers. By hand is a person's own judgement.
const (
	TriggerByHand    Trigger = "by hand"
	TriggerSeverity  Trigger = "severity"
	TriggerSecurity  Trigger = "security or privacy"
	TriggerIntegrity Trigger = "data integrity"
	TriggerRepeated  Trigger = "repeated failures"
)

// Stage is when a field is required.
type Stage string

// The two stages at which the completeness gate asks (handbook §4).
const (
	StageFile     Stage = "file"
	StageEscalate Stage = "escalate"
)

// Handbook is the policy of the desk as data: what a case must carry, who answers by when, when it
// goes up, and what is said how often. It is read from handbook.yaml by templates and pinned to each
// case by Version. The yaml keys are the file's format; section numbers are the handbook's own.
type Handbook struct {
	Version string `yaml:"-" json:"version"` // First 12 hex digits of the SHA-256 of the source.

	Title      string            `yaml:"title"`
	Effective  string            `yaml:"effective"`  // Civil date, YYYY-MM-DD.
	Tiers      []TierDuty        `yaml:"tiers"`      // §2
	RACI       []RACIRow         `yaml:"raci"`       // §2
	Severities []SeverityPolicy  `yaml:"severities"` // §3, §5, §9: exactly four, 1 to 4
	Categories []Category        `yaml:"categories"` // §4
	Products   []string          `yaml:"products"`
	Fields     []FieldSpec       `yaml:"fields"`     // §4
	Triggers   []TriggerPolicy   `yaml:"triggers"`   // §4
	Escalation EscalationPolicy  `yaml:"escalation"` // §4: path, contacts, reason codes, ladder
	Waiting    WaitingPolicy     `yaml:"waiting"`
	Lifecycle  LifecyclePolicy   `yaml:"lifecycle"`
	Reactions  map[string]string `yaml:"reactions"` // Emoji name or character → act: escalate, ack, send, resolve, update.
	Tone       []string          `yaml:"tone"`      // §9
	Updates    []UpdateTemplate  `yaml:"updates"`   // §9
	Training   []string          `yaml:"training"`  // §6
	Access     []string          `yaml:"access"`    // §7
	Review     ReviewPolicy      `yaml:"review"`    // §8
	Changes    ChangePolicy      `yaml:"changes"`   // §10
}

// TierDuty is what one tier does (§2).
type TierDuty struct {
	Tier  string   `yaml:"tier"`
	Party string   `yaml:"party"` // "partner" or "provider".
	Does  []string `yaml:"does"`
}

// RACIRow names per task who is Responsible, Accountable, Consulted and Informed (§2).
type RACIRow struct {
	Task        string `yaml:"task"`
	Responsible string `yaml:"responsible"`
	Accountable string `yaml:"accountable"`
	Consulted   string `yaml:"consulted"`
	Informed    string `yaml:"informed"`
}

// Span is a length of time as a handbook writes it: a number with a unit. Business spans count open
// time on the calendar; "business day" is the calendar's nominal day (SLA.md §1).
type Span struct {
	N        int    // 0 means not set.
	Unit     string // "minute", "hour" or "day".
	Business bool
	Text     string // As written, for people.
}

// Zero says that the span is not set.
func (s Span) Zero() bool { return s.N == 0 }

// Duration gives the span's budget on a calendar whose business day is day long. Days that are not
// business days are 24 h.
func (s Span) Duration(day time.Duration) time.Duration {
	switch {
	case s.Unit == "minute":
		return time.Duration(s.N) * time.Minute
	case s.Unit == "hour":
		return time.Duration(s.N) * time.Hour
	case s.Business:
		return time.Duration(s.N) * day
	}
	return time.Duration(s.N) * 24 * time.Hour
}

// Range is a target as the handbook writes it: one span, or two ("30 minutes to 60 minutes") of which
// the lower is the objective and the upper the limit (SLA.md §2).
type Range struct {
	Objective Span // Zero when the target is one span.
	Limit     Span
}

// SeverityPolicy is everything that hangs on a severity.
type SeverityPolicy struct {
	Severity   Severity `yaml:"severity"`
	Name       string   `yaml:"name"`
	Definition string   `yaml:"definition"` // §3, the handbook's own words.
	Examples   []string `yaml:"examples"`

	Tier1      Range  `yaml:"tier1_response"` // §5
	Tier2      Range  `yaml:"tier2_response"` // §5
	Update     Span   `yaml:"status_update"`  // §9 cadence
	Until      string `yaml:"update_until"`   // "resolved" (default) or "workaround".
	Relay      Span   `yaml:"relay"`
	Workaround Range  `yaml:"workaround"` // Only where the Support Policy gives a number.
	Resolution Range  `yaml:"resolution"`
	Warnings   []int  `yaml:"warnings"`    // Percent of the budget.
	AfterHours bool   `yaml:"after_hours"` // Runs 24×7 where the party's cover is switched on.
}

// Category groups cases and may raise a trigger or restrict who sees them.
type Category struct {
	Name       string  `yaml:"name"`
	Trigger    Trigger `yaml:"trigger"`
	Restricted bool    `yaml:"restricted"` // Security and privacy: need to know.
}

// FieldKind is how a field is asked for.
type FieldKind string

// The kinds of field; a form's presentation decides how each looks.
const (
	KindText   FieldKind = "text"
	KindLong   FieldKind = "long"
	KindChoice FieldKind = "choice"
	KindTime   FieldKind = "time"
	KindFiles  FieldKind = "files"
)

// FieldSpec is one field of a case and when it must be there.
type FieldSpec struct {
	Name     Field            `yaml:"name"`
	Label    string           `yaml:"label"`
	Hint     string           `yaml:"hint"`
	Example  string           `yaml:"example"`
	Kind     FieldKind        `yaml:"kind"`
	Choices  []string         `yaml:"choices"`
	Required map[Stage]string `yaml:"required"` // Stage → "all", "none" or severities like "1,2".
	MinWords int              `yaml:"min_words"`
	Ask      string           `yaml:"ask"` // The sentence said when it is missing.
}

// TriggerPolicy says what happens when a trigger applies.
type TriggerPolicy struct {
	Trigger    Trigger    `yaml:"trigger"`
	Severities []Severity `yaml:"severities"` // With TriggerSeverity.
	Mode       string     `yaml:"mode"`       // "automatic" or "ask".
	Count      int        `yaml:"count"`      // With TriggerRepeated: cases with one signature.
	Within     Span       `yaml:"within"`
	Reopens    int        `yaml:"reopens"` // With TriggerRepeated: reopened so often.
}

// EscalationPolicy is the path, its contacts and the codes of a return (§4).
type EscalationPolicy struct {
	Path        []string     `yaml:"path"`
	Contacts    []string     `yaml:"contacts"`
	AfterHours  []string     `yaml:"after_hours"`
	ReturnCodes []Code       `yaml:"return_codes"`
	Ladder      []LadderStep `yaml:"ladder"`
	Security    []string     `yaml:"security"` // What to do in a security or privacy event.
}

// Code is a reason people choose from a list.
type Code struct {
	Code string `yaml:"code"`
	Say  string `yaml:"say"`
}

// LadderStep is who is called when, after the step before it got no answer.
type LadderStep struct {
	Call  string `yaml:"call"`  // "on-call", "duty manager", "contact" or a person ID.
	After Span   `yaml:"after"` // After the escalation reached the Provider.
}

// WaitingPolicy gives the defaults of a wait (SLA.md §2).
type WaitingPolicy struct {
	Nudge      Span `yaml:"nudge"`
	Second     Span `yaml:"second"`
	Propose    Span `yaml:"propose_closing"`
	ThirdParty bool `yaml:"third_party_pauses"` // Pauses the resolution clock too.
}

// LifecyclePolicy gives the spans of a case's later life.
type LifecyclePolicy struct {
	AutoClose   Span   `yaml:"auto_close"`  // After resolving, without a word.
	Reopen      Span   `yaml:"reopen"`      // Later a follow-up case is filed instead.
	Undo        Span   `yaml:"undo"`        // A mistaken reaction can be undone so long.
	Resolutions []Code `yaml:"resolutions"` // Resolution codes.
	CSAT        string `yaml:"csat_question"`
}

// UpdateTemplate is a response template (§9). Its text may hold {customer}, {case}, {summary}, {next}.
type UpdateTemplate struct {
	Name string `yaml:"name"`
	Text string `yaml:"text"`
}

// ReviewPolicy is when the ops review is posted and what it must show (§8).
type ReviewPolicy struct {
	Cadence string   `yaml:"cadence"` // "weekly".
	Weekday string   `yaml:"weekday"`
	At      string   `yaml:"at"` // Local time, HH:MM.
	Zone    string   `yaml:"zone"`
	Metrics []string `yaml:"metrics"`
}

// ChangePolicy is the notice a change of the handbook needs (§10).
type ChangePolicy struct {
	Notice Span   `yaml:"notice"`
	Rule   string `yaml:"rule"`
}

// For gives the policy of a severity; the zero SeverityPolicy for an unset one.
func (h *Handbook) For(s Severity) SeverityPolicy {
	for _, p := range h.Severities {
		if p.Severity == s {
			return p
		}
	}
	return SeverityPolicy{Severity: s}
}

// Category finds a category by name, letters in any case.
func (h *Handbook) Category(name string) (Category, bool) {
	for _, c := range h.Categories {
		if strings.EqualFold(c.Name, name) {
			return c, true
		}
	}
	return Category{}, false
}

// FieldSpec finds the spec of a field.
func (h *Handbook) FieldSpec(f Field) (FieldSpec, bool) {
	for _, s := range h.Fields {
		if s.Name == f {
			return s, true
		}
	}
	return FieldSpec{}, false
}
