package desk

import (
	"slices"
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
// goes up, and what is said how often. ParseHandbook reads it from handbook.yaml and each case is
// pinned to its Version. The yaml keys are the file's format; section numbers are the handbook's own.
// It is never changed after it has been read, so everybody may share one.
type Handbook struct {
	Version string `yaml:"-" json:"version"` // First 12 hex digits of the SHA-256 of the source.

	Title      string            `yaml:"title"`
	Effective  string            `yaml:"effective"`  // Civil date, YYYY-MM-DD.
	Scope      []string          `yaml:"scope"`      // §1
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
	Reactions  map[string]string `yaml:"reactions"` // Emoji name or character → act: escalate, ack, send, relay, resolve, update.
	Tone       []string          `yaml:"tone"`      // §9
	Updates    []UpdateTemplate  `yaml:"updates"`   // §9
	Training   []string          `yaml:"training"`  // §6
	Access     []string          `yaml:"access"`    // §7
	Review     ReviewPolicy      `yaml:"review"`    // §8
	Changes    ChangePolicy      `yaml:"changes"`   // §10
	Governing  string            `yaml:"governing"` // §11: which agreement and law this hangs on.
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
	AckLapses  Span   `yaml:"ack_lapses"`  // An acknowledgement with no activity for so long calls the ladder again; empty: one cadence.
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
	Choices  []string         `yaml:"choices"`  // Filled from their own sections for severity, category and product.
	Required map[Stage]string `yaml:"required"` // Stage → "all", "none" or severities like "1, 2".
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
	Repeat      Span         `yaml:"ladder_repeat"`  // So long after the last step the ladder begins again; off: it does not.
	Repeats     int          `yaml:"ladder_repeats"` // How often it begins again, 0 to 9.
	Fallback    string       `yaml:"fallback"`       // Called when a whole round finds nobody; as LadderStep.Call.
	Security    []string     `yaml:"security"`       // What to do in a security or privacy event.
}

// Code is a reason people choose from a list.
type Code struct {
	Code string `yaml:"code"`
	Say  string `yaml:"say"`
}

// LadderStep is who is called when nobody has acknowledged by then.
type LadderStep struct {
	Call  string `yaml:"call"`  // "on-call", "second call", "duty manager", "contact" or a person ID.
	From  string `yaml:"from"`  // What After counts from: "start" (default), "objective" or "limit" of the Tier 2 response.
	After Span   `yaml:"after"` // Zero: at once.
}

// Wait gives the step's delay after the escalation reached the Provider, for a case whose Tier 2
// response is target, on a calendar whose business day is day long. A target without a range has no
// objective; three quarters of its limit stand in, which is when its last warning is sent.
func (s LadderStep) Wait(target Range, day time.Duration) time.Duration {
	after := s.After.Duration(day)
	switch limit := target.Limit.Duration(day); {
	case s.From == "limit":
		after += limit
	case s.From == "objective" && target.Objective.Zero():
		after += (limit * 3 / 4).Truncate(time.Second)
	case s.From == "objective":
		after += target.Objective.Duration(day)
	}
	return after
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

	SeverityUp   string `yaml:"severity_up"`   // How open deadlines move: UpEarlier (default), RateRetroactive or RateRestart.
	SeverityDown string `yaml:"severity_down"` // RateRetroactive (default) or RateRestart.
}

// How a severity change moves the open deadlines (SLA.md §2, switches). Earlier: the earlier of the old one
// and the new budget from the change on. Retroactive: the new budget from the original start, never before
// now. Restart: the new budget from the change on.
const (
	UpEarlier       = "earlier"
	RateRetroactive = "retroactive"
	RateRestart     = "restart"
)

// UpdateTemplate is a response template (§9). Its text may hold {customer}, {case}, {summary}, {next}.
type UpdateTemplate struct {
	Name       string     `yaml:"name"`
	When       string     `yaml:"when"`       // The situation it is for, in a few words.
	Severities []Severity `yaml:"severities"` // Empty: all.
	Text       string     `yaml:"text"`
}

// ReviewPolicy is when the ops review is posted and what it must show (§8).
type ReviewPolicy struct {
	Cadence string   `yaml:"cadence"`      // "weekly": how often the desk posts it.
	Weekday string   `yaml:"weekday"`      // "Monday" … "Sunday".
	At      string   `yaml:"at"`           // Local time, HH:MM.
	Zone    string   `yaml:"zone"`         // IANA zone of At.
	Joint   string   `yaml:"joint_review"` // How often people of both sides meet over it: "monthly" or "quarterly".
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

// Templates lists the response templates that fit a severity, in the order of the file (§9).
func (h *Handbook) Templates(s Severity) []UpdateTemplate {
	var out []UpdateTemplate
	for _, t := range h.Updates {
		if len(t.Severities) == 0 || slices.Contains(t.Severities, s) {
			out = append(out, t)
		}
	}
	return out
}
