package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ParseHandbook reads a handbook.yaml strictly. The error is *Problems: file, line, what was found and
// what is expected, up to ten at once. name is only used in errors. A handbook that comes back is
// complete: every optional part that was left out has its default, so nobody downstream guesses.
//
// Required: title, effective, the four severities with their definition and targets, categories,
// fields, the return codes and ladder of escalation, and the resolution codes. Everything else is
// optional; withDefaults says what it is then.
func ParseHandbook(name string, src []byte) (*Handbook, error) {
	h := &Handbook{Version: HandbookVersion(src)}
	f := ReadYAML(name, src, h)
	if f.Err() == nil || f.root != nil && len(f.lines) > 0 {
		c := &bookCheck{YAMLFile: f, h: h}
		c.unfilled()
		h.withDefaults(f)
		c.all()
		h.fillChoices()
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return h, nil
}

// HandbookVersion gives the version a handbook's source has: the first 12 hex digits of its SHA-256.
// One changed letter is another version, so a case can be held against the very text it was opened under.
func HandbookVersion(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])[:12]
}

// unfilledText finds what somebody forgot to fill in when they made the file from a printed handbook:
// "[Insert table]", "[COUNTY]", "[30]", "[e.g., …]", "TBD", "TODO". A Markdown link is not one.
var unfilledText = regexp.MustCompile(`\[(?:(?i:insert|e\.g\.|name|your|fill|choose|tbd|todo)\b[^\]]*|[A-Z][A-Z _-]+|\d+|[a-z]+/[a-z/-]+)\](?:[^(]|$)|\b(?:TBD|TODO|FIXME|XXX)\b`)

// unfilled refuses those. A target somebody meant to agree on and never did must not go live as text.
func (c *bookCheck) unfilled() {
	c.Texts(func(line int, text string) {
		if m := unfilledText.FindString(text); m != "" {
			c.at(line, strconv.Quote(clip(strings.TrimSpace(m), 40))+" is still to be filled in", "write what was agreed, or leave the line out")
		}
	})
}

// withDefaults fills in what was left out (SLA.md §2 and §3, handbook §8 and §10).
func (h *Handbook) withDefaults(f *YAMLFile) {
	for i := range h.Severities {
		p, path := &h.Severities[i], "severities["+strconv.Itoa(i)+"]"
		worst := p.Severity == Sev1 || p.Severity == Sev2
		if p.Name == "" {
			p.Name = p.Severity.String()
		}
		if p.Until == "" {
			p.Until = "resolved"
		}
		if !f.Has(path + ".warnings") {
			p.Warnings = []int{75}
			if worst {
				p.Warnings = []int{50, 75}
			}
		}
		if !f.Has(path + ".after_hours") {
			p.AfterHours = worst
		}
	}
	for i := range h.Fields {
		s := &h.Fields[i]
		if s.Kind == "" {
			s.Kind = KindText
		}
		if s.Label == "" {
			s.Label = strings.ToUpper(string(s.Name[:min(1, len(s.Name))])) + strings.ReplaceAll(string(s.Name[min(1, len(s.Name)):]), "_", " ")
		}
		if s.Ask == "" {
			s.Ask = "Fill in " + strings.ToLower(s.Label) + "."
		}
	}
	for i := range h.Triggers {
		if t := &h.Triggers[i]; t.Trigger == TriggerRepeated && t.Count > 0 && !f.Has("triggers["+strconv.Itoa(i)+"].within") {
			t.Within = Span{14, "day", false, "14 days"}
		}
	}
	for i := range h.Escalation.Ladder {
		if s := &h.Escalation.Ladder[i]; s.From == "" {
			s.From = "start"
		}
	}
	businessDays := func(n int) Span { return Span{n, "day", true, strconv.Itoa(n) + " business days"} }
	orElse := func(s *Span, path string, d Span) {
		if !f.Has(path) {
			*s = d
		}
	}
	orElse(&h.Waiting.Nudge, "waiting.nudge", businessDays(2))
	orElse(&h.Waiting.Second, "waiting.second", businessDays(5))
	orElse(&h.Waiting.Propose, "waiting.propose_closing", businessDays(10))
	orElse(&h.Lifecycle.AutoClose, "lifecycle.auto_close", businessDays(5))
	orElse(&h.Lifecycle.Reopen, "lifecycle.reopen", Span{14, "day", false, "14 days"})
	orElse(&h.Lifecycle.Undo, "lifecycle.undo", Span{10, "minute", false, "10 minutes"})
	orElse(&h.Changes.Notice, "changes.notice", Span{30, "day", false, "30 days"})
	if h.Lifecycle.CSAT == "" {
		h.Lifecycle.CSAT = "How satisfied are you with how this case was handled, from 1 (poor) to 5 (very good)?"
	}
	h.Reactions = readActs(h.Reactions)
	if !f.Has("reactions") {
		h.Reactions = map[string]string{}
		for act, names := range defaultReactions {
			for _, n := range names {
				h.Reactions[n] = act
			}
		}
	}
	r := &h.Review
	for _, d := range []struct {
		at   *string
		word string
	}{{&r.Cadence, "weekly"}, {&r.Weekday, "Monday"}, {&r.At, "09:00"}, {&r.Zone, "UTC"}, {&r.Joint, "quarterly"}} {
		if *d.at == "" {
			*d.at = d.word
		}
	}
	if !f.Has("review.metrics") {
		r.Metrics = []string{"ticket volume", "SLA adherence", "escalation rate", "reopen rate", "CSAT", "time to resolution"}
	}
}

// fillChoices gives the fields whose choices stand in their own section those choices, so that a form
// finds them at the field like any other's.
func (h *Handbook) fillChoices() {
	for i := range h.Fields {
		switch f := &h.Fields[i]; f.Name {
		case FieldSeverity:
			f.Choices = []string{"1", "2", "3", "4"}
		case FieldCategory:
			for _, c := range h.Categories {
				f.Choices = append(f.Choices, c.Name)
			}
		case FieldProduct:
			if f.Kind == KindChoice {
				f.Choices = slices.Clone(h.Products)
			}
		}
	}
}

// acts are what a reaction may do (handbook §4), with the words people write for them.
var acts = map[string]string{
	"escalate": "escalate", "ack": "ack", "acknowledge": "ack", "send": "send", "relay": "relay", "resolve": "resolve", "update": "update",
}

// defaultReactions are the reactions of a handbook that names none; each emoji under its character and
// the names the platforms give it.
var defaultReactions = map[string][]string{
	"escalate": {"🆘", "sos"},
	"ack":      {"✋", "hand", "raised_hand"},
	"send":     {"📤", "outbox_tray"},
	"resolve":  {"✅", "white_check_mark"},
	"update":   {"📝", "memo", "pencil"},
}

// readActs makes every act its short word and every emoji name plain: ":SOS:" is "sos". What is not an
// act stays, for the check to refuse.
func readActs(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for emoji, act := range m {
		if short, ok := acts[strings.ToLower(strings.TrimSpace(act))]; ok {
			act = short
		}
		out[strings.ToLower(strings.Trim(strings.TrimSpace(emoji), ":"))] = act
	}
	return out
}
