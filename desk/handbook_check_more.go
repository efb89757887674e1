package desk

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// core are the fields without which the desk itself can't work, whatever a handbook leaves out.
var core = []Field{FieldCustomer, FieldSeverity, FieldSummary}

// fields checks §4, required metadata.
func (c *bookCheck) fields() {
	seen := map[string]string{}
	for i, s := range c.h.Fields {
		p := each("fields", i)
		c.unique(seen, p+".name", string(s.Name))
		if !fieldName.MatchString(string(s.Name)) {
			c.Bad(p+".name", fmt.Sprintf("%q is not a field name", clip(string(s.Name), 40)), "write small letters, digits and _, such as first_seen")
		}
		if c.oneOf(p+".kind", string(s.Kind), string(KindText), string(KindLong), string(KindChoice), string(KindTime), string(KindFiles)) {
			c.kindFits(p, s)
		}
		for _, stage := range slices.Sorted(maps.Keys(s.Required)) {
			when := s.Required[stage]
			if c.oneOf(p+".required."+string(stage), string(stage), string(StageFile), string(StageEscalate)) {
				if _, err := requiredFor(when); err != nil {
					c.Bad(p+".required."+string(stage), fmt.Sprintf("required.%s: %q can't be read", stage, clip(when, 30)), `write "all", "none" or severities such as "1, 2"`)
				}
			}
		}
		if s.MinWords < 0 || s.MinWords > 50 {
			c.Bad(p+".min_words", fmt.Sprintf("min_words is %d", s.MinWords), "write a number from 0 to 50")
		}
	}
	for _, f := range core {
		s, ok := c.h.FieldSpec(f)
		if !ok || strings.TrimSpace(s.Required[StageFile]) != "all" {
			at := "fields"
			if p, ok := seen[string(f)]; ok {
				at = strings.TrimSuffix(p, ".name")
			}
			c.Bad(at, fmt.Sprintf("the field %s is not required of every case", f), `write it under fields with "required: {file: all}"; a case can't be filed without it`)
		}
	}
}

// kindFits checks that a field is asked for in a way the desk can read.
func (c *bookCheck) kindFits(p string, s FieldSpec) {
	want := map[Field]FieldKind{FieldEvidence: KindFiles, FieldFirstSeen: KindTime, FieldReportedAt: KindTime, FieldSeverity: KindChoice, FieldCategory: KindChoice}[s.Name]
	fromElsewhere := s.Name == FieldSeverity || s.Name == FieldCategory || s.Name == FieldProduct
	switch {
	case want != "" && s.Kind != want:
		c.Bad(p+".kind", fmt.Sprintf("the field %s is of kind %s", s.Name, s.Kind), "write kind: "+string(want))
	case s.Kind == KindFiles && s.Name != FieldEvidence:
		c.Bad(p+".kind", fmt.Sprintf("the field %s is of kind files", s.Name), "only evidence holds files; write text or long")
	case s.Kind == KindChoice && len(s.Choices) == 0 && !fromElsewhere:
		c.Bad(p, fmt.Sprintf("the field %s has no choices", s.Name), "write choices: and a list, or another kind")
	case s.Kind != KindChoice && len(s.Choices) > 0:
		c.Bad(p+".choices", fmt.Sprintf("the field %s of kind %s has choices", s.Name, s.Kind), "write kind: choice, or leave the choices out")
	case fromElsewhere && len(s.Choices) > 0:
		c.Bad(p+".choices", fmt.Sprintf("the choices of %s stand in their own section of this file", s.Name), "leave them out here")
	case s.Name == FieldProduct && s.Kind == KindChoice && len(c.h.Products) == 0:
		c.Bad(p+".kind", "the product is chosen from a list, but products: is empty", "list the products, or write kind: text")
	}
}

// requiredFor reads which severities a stage requires a field of: "all", "none", "1, 2".
func requiredFor(text string) ([]Severity, error) {
	switch t := strings.ToLower(strings.TrimSpace(text)); t {
	case "all":
		return Severities, nil
	case "none", "":
		return nil, nil
	default:
		var out []Severity
		for _, part := range strings.FieldsFunc(t, func(r rune) bool { return r == ',' || r == ' ' }) {
			s, err := ParseSeverity(part)
			if err != nil || slices.Contains(out, s) {
				return nil, mismatch{"not severities", ""}
			}
			out = append(out, s)
		}
		return out, nil
	}
}

// triggers checks §4, escalation triggers.
func (c *bookCheck) triggers() {
	seen := map[string]string{}
	for i, t := range c.h.Triggers {
		p := each("triggers", i)
		if !c.oneOf(p+".trigger", string(t.Trigger), string(TriggerSeverity), string(TriggerSecurity), string(TriggerIntegrity), string(TriggerRepeated)) {
			continue
		}
		c.unique(seen, p+".trigger", string(t.Trigger))
		c.oneOf(p+".mode", t.Mode, "automatic", "ask")
		for j, s := range t.Severities {
			if !s.Valid() {
				c.Bad(each(p+".severities", j), fmt.Sprintf("severity %d is not one of the four", int(s)), "write 1, 2, 3 or 4")
			}
		}
		repeated := t.Trigger == TriggerRepeated
		switch {
		case t.Trigger == TriggerSeverity && len(t.Severities) == 0:
			c.Bad(p, "the severity trigger names no severities", "write severities: [1, 2]")
		case t.Trigger != TriggerSeverity && len(t.Severities) > 0:
			c.Bad(p+".severities", fmt.Sprintf("the trigger %q names severities", t.Trigger), "leave them out; only the trigger severity has them")
		case !repeated && (t.Count != 0 || t.Reopens != 0 || c.Has(p+".within")):
			c.Bad(p, fmt.Sprintf("the trigger %q counts cases", t.Trigger), "leave count, within and reopens out; only repeated failures have them")
		case repeated && t.Count == 0 && t.Reopens == 0:
			c.Bad(p, "the trigger repeated failures counts nothing", "write count: 3 and within: 14 days, or reopens: 2")
		case repeated && (t.Count < 0 || t.Count == 1 || t.Count > 1000 || t.Reopens < 0 || t.Reopens > 100):
			c.Bad(p, fmt.Sprintf("count is %d and reopens is %d", t.Count, t.Reopens), "write a count of 2 or more and reopens of 1 or more")
		case repeated && t.Count > 0 && t.Within.Zero():
			c.Bad(p+".within", "repeated failures are counted over no time", "write within: 14 days")
		}
	}
}

var callTarget = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,79}$`)

// escalation checks §4, path and contacts: the codes of a return and the on-call ladder.
func (c *bookCheck) escalation() {
	e := &c.h.Escalation
	c.codes("escalation.return_codes", e.ReturnCodes)
	if len(e.Ladder) == 0 {
		c.Bad("escalation.ladder", "the on-call ladder has no step", "write at least: - call: on-call")
	}
	for i, s := range e.Ladder {
		p := each("escalation.ladder", i)
		if !slices.Contains([]string{"on-call", "second call", "duty manager", "contact"}, s.Call) && !callTarget.MatchString(s.Call) {
			c.Bad(p+".call", fmt.Sprintf("%q is nobody who can be called", clip(s.Call, 40)), "expected on-call, second call, duty manager, contact or the id of a person")
		}
		if c.oneOf(p+".from", s.From, "start", "objective", "limit") && i > 0 {
			c.order(p, e.Ladder[i-1], s)
		}
	}
	c.fallback()
}

// fallback checks what happens when the ladder's last step is behind (handbook §4).
func (c *bookCheck) fallback() {
	e := &c.h.Escalation
	if e.Fallback != "" && !slices.Contains([]string{CallOnCall, CallSecond, CallManager, CallContact}, e.Fallback) && !callTarget.MatchString(e.Fallback) {
		c.Bad("escalation.fallback", fmt.Sprintf("%q is nobody who can be called", clip(e.Fallback, 40)), "expected on-call, second call, duty manager, contact or the id of a person")
	}
	if e.Repeats < 0 || e.Repeats > 9 {
		c.Bad("escalation.ladder_repeats", fmt.Sprintf("the ladder would begin again %d times", e.Repeats), "write 0 to 9")
	}
	if e.Repeats > 0 && e.Repeat.Zero() {
		c.Bad("escalation.ladder_repeats", "the ladder begins again, and ladder_repeat does not say after how long", "write ladder_repeat: 30 minutes")
	}
}

// order refuses a step of the ladder that would be taken before the one above it. Delays hang on the
// severity's target, so each severity is tried.
func (c *bookCheck) order(path string, before, step LadderStep) {
	for _, p := range c.h.Severities {
		if step.Wait(p.Tier2, 8*time.Hour) < before.Wait(p.Tier2, 8*time.Hour) {
			c.Bad(path, fmt.Sprintf("at severity %d the step that calls %s comes before the step above it", int(p.Severity), step.Call), "put the steps in the order in which they are taken")
			return
		}
	}
}

func (c *bookCheck) codes(path string, codes []Code) {
	if len(codes) == 0 {
		c.Bad(path, path+" is missing", "write at least one: - code: a word, and say: what people read")
	}
	seen := map[string]string{}
	for i, k := range codes {
		p := each(path, i)
		c.need(p+".code", k.Code, "write the code, one word")
		c.need(p+".say", k.Say, "write what people read beside the code")
		c.unique(seen, p+".code", k.Code)
	}
}

// life checks the waits, the later life of a case and the reactions.
func (c *bookCheck) life() {
	w := &c.h.Waiting
	order := func(path string, a, b Span) {
		if !a.Zero() && !b.Zero() && a.Duration(8*time.Hour) >= b.Duration(8*time.Hour) {
			c.Bad(path, fmt.Sprintf("%s: %q is not after %q", path, b.Text, a.Text), "write nudge, second and propose_closing in growing order")
		}
	}
	for _, s := range []struct {
		key  string
		span Span
	}{{"nudge", w.Nudge}, {"second", w.Second}, {"propose_closing", w.Propose}} {
		if s.span.Zero() {
			c.Bad("waiting."+s.key, "waiting."+s.key+" is off", "every wait has an end; write a length of time")
		}
	}
	order("waiting.second", w.Nudge, w.Second)
	order("waiting.propose_closing", w.Second, w.Propose)
	c.codes("lifecycle.resolutions", c.h.Lifecycle.Resolutions)
	if up := c.h.Lifecycle.SeverityUp; up != "" {
		c.oneOf("lifecycle.severity_up", up, UpEarlier, RateRetroactive, RateRestart)
	}
	if down := c.h.Lifecycle.SeverityDown; down != "" {
		c.oneOf("lifecycle.severity_down", down, RateRetroactive, RateRestart)
	}
	if u := c.h.Lifecycle.Undo; u.Duration(24*time.Hour) > 24*time.Hour {
		c.Bad("lifecycle.undo", fmt.Sprintf("undo: %q is too long", u.Text), "write at most 24 hours; later a case is changed, not undone")
	}
	for _, emoji := range slices.Sorted(maps.Keys(c.h.Reactions)) {
		act := c.h.Reactions[emoji]
		path := "reactions." + emoji
		if emoji == "" || len(emoji) > 60 || strings.ContainsAny(emoji, " \t\n:") {
			c.Bad(path, fmt.Sprintf("reactions: %q is not an emoji", clip(emoji, 40)), "write an emoji or its name, such as sos")
		}
		if _, ok := acts[act]; !ok {
			c.Bad(path, fmt.Sprintf("reactions: %q does %q, which is not known", emoji, clip(act, 40)), "expected one of: escalate, ack, send, relay, resolve, update")
		}
	}
}

var token = regexp.MustCompile(`\{[^{}\n]{0,40}\}`)

// tokens are what an update template may hold (handbook §9).
var tokens = []string{"{customer}", "{case}", "{summary}", "{next}"}

// words checks §9: the response templates.
func (c *bookCheck) words() {
	seen := map[string]string{}
	for i, u := range c.h.Updates {
		p := each("updates", i)
		c.need(p+".name", u.Name, "name the template")
		c.need(p+".text", u.Text, "write the text of the template")
		c.unique(seen, p+".name", u.Name)
		for j, s := range u.Severities {
			if !s.Valid() {
				c.Bad(each(p+".severities", j), fmt.Sprintf("severity %d is not one of the four", int(s)), "write 1, 2, 3 or 4")
			}
		}
		for _, t := range token.FindAllString(u.Text, -1) {
			if !slices.Contains(tokens, t) {
				c.Bad(p+".text", fmt.Sprintf("the template %q holds %s", clip(u.Name, 40), clip(t, 40)), "only these are filled in: "+strings.Join(tokens, ", "))
			}
		}
	}
}

var weekdayNames = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// weekdays finds a day of the week by its name in small letters.
var weekdays = map[string]time.Weekday{"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday,
	"wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday}

// review checks §8, and §10's notice.
func (c *bookCheck) review() {
	r := &c.h.Review
	c.oneOf("review.cadence", r.Cadence, "weekly")
	c.oneOf("review.joint_review", r.Joint, "monthly", "quarterly")
	if i := slices.IndexFunc(weekdayNames, func(d string) bool { return strings.EqualFold(d, r.Weekday) }); i >= 0 {
		r.Weekday = weekdayNames[i]
	} else {
		c.oneOf("review.weekday", r.Weekday, weekdayNames...)
	}
	if _, err := time.Parse("15:04", r.At); err != nil || len(r.At) != 5 {
		c.Bad("review.at", fmt.Sprintf("review.at: %q is not a time of day", clip(r.At, 20)), `write it as "HH:MM", such as "09:00"`)
	}
	if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "Local" {
		c.Bad("review.zone", fmt.Sprintf("review.zone: there is no time zone %q", clip(r.Zone, 40)), "write an IANA name, such as America/Los_Angeles")
	}
	seen := map[string]string{}
	for i, m := range r.Metrics {
		p := each("review.metrics", i)
		c.need(p, m, "name the metric")
		c.unique(seen, p, m)
	}
	if c.h.Changes.Notice.Zero() {
		c.Bad("changes.notice", "changes.notice is off", "partners are owed notice (handbook §10); write a length of time, such as 30 days")
	}
}
