package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseHandbook reads a handbook file strictly. Its errors name file and line where a value is at
// fault, and the section where something is missing. Version is the first 12 hex digits of the
// SHA-256 of the source, so the same words are the same version everywhere.
func ParseHandbook(name string, src []byte) (*Handbook, error) {
	h := &Handbook{}
	if err := ReadYAML(name, src, h); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(src)
	h.Version = hex.EncodeToString(sum[:6])
	c := &bookCheck{name: name, src: string(src), h: h}
	c.check()
	if len(c.findings) > 0 {
		return nil, errors.Join(c.findings...)
	}
	return h, nil
}

var spanForm = regexp.MustCompile(`^(\d{1,5}) ?(business )?(minutes?|min|hours?|h|days?|weeks?)$`)

// fromYAML reads "30 minutes", "4 business hours", "1 business day", "off".
func (s *Span) fromYAML(text string) error {
	t := strings.ToLower(strings.TrimSpace(text))
	if t == "off" {
		*s = Span{Text: "off"}
		return nil
	}
	m := spanForm.FindStringSubmatch(t)
	if m == nil {
		if _, err := strconv.Atoi(t); err == nil {
			return fmt.Errorf("a number needs a unit: write %q or %q", t+" hours", t+" business hours")
		}
		return errors.New(`expected a span such as "30 minutes", "4 business hours", "1 business day" or "off"`)
	}
	n, _ := strconv.Atoi(m[1])
	*s = Span{N: n, Business: m[2] != "", Text: strings.TrimSpace(text)}
	switch m[3][0] {
	case 'm':
		s.Unit = "minute"
	case 'h':
		s.Unit = "hour"
	case 'd':
		s.Unit = "day"
	case 'w':
		s.Unit, s.N = "day", n*7
	}
	if n == 0 {
		return errors.New(`a span of nothing is written "off"`)
	}
	return nil
}

// fromYAML reads a span, or two with "to" between: the objective and the limit.
func (r *Range) fromYAML(text string) error {
	low, high, two := strings.Cut(text, " to ")
	if !two {
		return r.Limit.fromYAML(text)
	}
	if err := r.Limit.fromYAML(high); err != nil {
		return err
	}
	// "2 to 4 business hours": the unit is said once.
	if _, err := strconv.Atoi(strings.TrimSpace(low)); err == nil {
		_, unit, _ := strings.Cut(strings.TrimSpace(high), " ")
		low = strings.TrimSpace(low) + " " + unit
	}
	if err := r.Objective.fromYAML(low); err != nil {
		return err
	}
	if r.Objective.Business != r.Limit.Business || r.Objective.Zero() || r.Limit.Zero() {
		return errors.New("both ends of a range count the same kind of time")
	}
	if r.Objective.Duration(8*time.Hour) >= r.Limit.Duration(8*time.Hour) {
		return errors.New("the first end of a range is the objective and must be shorter than the second, the limit")
	}
	return nil
}

// fromYAML reads a severity as a number or "Sev 2".
func (s *Severity) fromYAML(text string) error {
	v, err := ParseSeverity(text)
	if err != nil {
		return errors.New("expected 1, 2, 3 or 4")
	}
	*s = v
	return nil
}

// String says a range as people say it: "30 minutes to 60 minutes".
func (r Range) String() string {
	switch {
	case r.Limit.Zero():
		return "no target"
	case r.Objective.Zero():
		return r.Limit.Text
	}
	return r.Objective.Text + " to " + r.Limit.Text
}

// bookCheck holds what is read against what the desk needs.
type bookCheck struct {
	name     string
	src      string
	h        *Handbook
	findings []error
}

// fault notes a finding. The line is where the anchor text first stands, for these checks speak of
// sections and names, which a reader finds by them.
func (c *bookCheck) fault(anchor, format string, args ...any) {
	if len(c.findings) >= maxFindings {
		return
	}
	line := 1
	if i := strings.Index(c.src, anchor); i >= 0 && anchor != "" {
		line += strings.Count(c.src[:i], "\n")
	}
	c.findings = append(c.findings, fmt.Errorf("%s:%d: %s", c.name, line, fmt.Sprintf(format, args...)))
}

func (c *bookCheck) check() {
	c.severities()
	c.fields()
	h := c.h
	if len(h.Categories) == 0 {
		c.fault("categories:", "there are no categories; expected at least one with a name")
	}
	known := []Trigger{"", TriggerSeverity, TriggerSecurity, TriggerIntegrity, TriggerRepeated}
	for _, cat := range h.Categories {
		if !slices.Contains(known, cat.Trigger) {
			c.fault(string(cat.Trigger), "category %q has the trigger %q; expected one of %q", cat.Name, cat.Trigger, known[1:])
		}
	}
	for _, t := range h.Triggers {
		if !slices.Contains(known[1:], t.Trigger) {
			c.fault(string(t.Trigger), "there is no trigger %q; expected one of %q", t.Trigger, known[1:])
		}
		if t.Mode != "automatic" && t.Mode != "ask" {
			c.fault("mode: "+t.Mode, "trigger %q has the mode %q; expected automatic or ask", t.Trigger, t.Mode)
		}
	}
	if len(h.Escalation.ReturnCodes) == 0 {
		c.fault("escalation:", "escalation has no return_codes; expected at least one with a code and a sentence")
	}
	for act, want := range map[string]Span{"auto_close": h.Lifecycle.AutoClose, "reopen": h.Lifecycle.Reopen, "undo": h.Lifecycle.Undo} {
		if want.Text == "" {
			c.fault("lifecycle:", "lifecycle has no %s; expected a span or off", act)
		}
	}
	if h.Waiting.Nudge.Zero() || h.Waiting.Second.Zero() || h.Waiting.Propose.Zero() {
		c.fault("waiting:", "waiting needs nudge, second and propose_closing, each a span")
	}
	acts := []string{"escalate", "ack", "send", "resolve", "update", "relay"}
	for emoji, act := range h.Reactions {
		if !slices.Contains(acts, act) {
			c.fault(emoji, "the reaction %s does %q; expected one of %s", emoji, act, strings.Join(acts, ", "))
		}
	}
	c.review()
}

func (c *bookCheck) severities() {
	seen := map[Severity]bool{}
	for _, p := range c.h.Severities {
		anchor := fmt.Sprintf("severity: %d", p.Severity)
		if seen[p.Severity] {
			c.fault(anchor, "%s stands twice", p.Severity)
		}
		seen[p.Severity] = true
		if p.Definition == "" {
			c.fault(anchor, "%s has no definition", p.Severity)
		}
		for what, r := range map[string]Range{"tier1_response": p.Tier1, "tier2_response": p.Tier2} {
			if r.Limit.Zero() {
				c.fault(anchor, "%s has no %s; expected a span such as \"1 hour\" or a range", p.Severity, what)
			}
		}
		if p.Update.Text == "" {
			c.fault(anchor, "%s has no status_update; expected a span or off", p.Severity)
		}
		if p.Until != "" && p.Until != "resolved" && p.Until != "workaround" {
			c.fault(anchor, "%s has update_until %q; expected resolved or workaround", p.Severity, p.Until)
		}
		for _, w := range p.Warnings {
			if w <= 0 || w >= 100 {
				c.fault(anchor, "%s warns at %d percent; expected a number from 1 to 99", p.Severity, w)
			}
		}
	}
	for _, s := range Severities {
		if !seen[s] {
			c.fault("severities:", "%s is missing; the handbook's section 3 has four", s)
		}
	}
}

func (c *bookCheck) fields() {
	kinds := []FieldKind{KindText, KindLong, KindChoice, KindTime, KindFiles}
	have := map[Field]bool{}
	for _, f := range c.h.Fields {
		anchor := "name: " + string(f.Name)
		switch {
		case f.Name == "" || f.Label == "":
			c.fault(anchor, "a field needs a name and a label")
		case have[f.Name]:
			c.fault(anchor, "the field %q stands twice", f.Name)
		case !slices.Contains(kinds, f.Kind):
			c.fault(anchor, "the field %q has the kind %q; expected one of %q", f.Name, f.Kind, kinds)
		}
		have[f.Name] = true
		for stage, who := range f.Required {
			if stage != StageFile && stage != StageEscalate {
				c.fault(anchor, "the field %q is required at %q; expected file or escalate", f.Name, stage)
			}
			if _, err := requiredFor(who); err != nil {
				c.fault(anchor, "the field %q is required for %q; expected all, none or severities such as 1,2", f.Name, who)
			}
		}
	}
	for _, f := range []Field{FieldCustomer, FieldSeverity, FieldSummary, FieldCategory} {
		if !have[f] {
			c.fault("fields:", "the field %q is missing; the desk cannot do without it", f)
		}
	}
}

func (c *bookCheck) review() {
	r := c.h.Review
	if _, ok := weekdays[strings.ToLower(r.Weekday)]; !ok {
		c.fault("weekday:", "the review is on %q; expected a day such as monday", r.Weekday)
	}
	if _, err := time.Parse("15:04", r.At); err != nil {
		c.fault("at:", "the review is at %q; expected a time such as 09:00", r.At)
	}
	if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "" {
		c.fault("zone:", "the review is in the zone %q; expected one such as America/Los_Angeles", r.Zone)
	}
}

var weekdays = map[string]time.Weekday{"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday,
	"wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday}

// requiredFor reads "all", "none" or a list of severities.
func requiredFor(who string) ([]Severity, error) {
	switch strings.TrimSpace(who) {
	case "all":
		return Severities, nil
	case "none", "":
		return nil, nil
	}
	var out []Severity
	for _, part := range strings.Split(who, ",") {
		s, err := ParseSeverity(part)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
