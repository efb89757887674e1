package desk

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bookCheck holds a handbook that has been read against what it must mean. Each method checks one
// section and names the line of what is wrong.
type bookCheck struct {
	*YAMLFile
	h *Handbook
}

func (c *bookCheck) all() {
	c.head()
	c.duties()
	c.severities()
	c.categories()
	c.fields()
	c.triggers()
	c.escalation()
	c.life()
	c.words()
	c.review()
}

// need records that a required part is missing or empty.
func (c *bookCheck) need(path, value, expected string) {
	if !blank(value) {
		return
	}
	if c.Has(path) {
		c.Bad(path, path+" is empty", expected)
		return
	}
	c.Bad(path, path+" is missing", expected)
}

// oneOf records a word that is not among the known ones.
func (c *bookCheck) oneOf(path, value string, known ...string) bool {
	if slices.Contains(known, value) {
		return true
	}
	found := fmt.Sprintf("%s: %q is not known", path, clip(value, 40))
	if value == "" {
		found = path + " is missing"
	}
	c.Bad(path, found, "expected one of: "+strings.Join(known, ", "))
	return false
}

// unique records a second entry of the same name. Letters count in any case, as they do for people.
func (c *bookCheck) unique(seen map[string]string, path, value string) {
	key := strings.ToLower(strings.TrimSpace(value))
	if first, ok := seen[key]; ok && key != "" {
		c.Bad(path, fmt.Sprintf("%q stands twice, first on line %d", clip(value, 40), c.Line(first)), "keep one of them")
		return
	}
	seen[key] = path
}

// each gives the path of an entry of a list.
func each(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func (c *bookCheck) head() {
	c.need("title", c.h.Title, "write the handbook's title")
	c.need("effective", c.h.Effective, "write the day from which it holds, such as 2026-11-01")
	if !blank(c.h.Effective) {
		if _, err := time.Parse(time.DateOnly, c.h.Effective); err != nil {
			c.Bad("effective", fmt.Sprintf("effective: %q is not a day of the calendar", clip(c.h.Effective, 30)), "write it as YYYY-MM-DD, such as 2026-11-01")
		}
	}
}

// duties checks §2: who does what, and the RACI matrix.
func (c *bookCheck) duties() {
	for i, t := range c.h.Tiers {
		p := each("tiers", i)
		c.need(p+".tier", t.Tier, "name the tier")
		c.oneOf(p+".party", t.Party, string(Partner), string(Provider))
	}
	seen := map[string]string{}
	for i, r := range c.h.RACI {
		p := each("raci", i)
		c.need(p+".task", r.Task, "name the task")
		c.need(p+".responsible", r.Responsible, "name who does the task")
		c.need(p+".accountable", r.Accountable, "name the one who answers for the task")
		if strings.ContainsAny(r.Accountable, ",&/") || strings.Contains(r.Accountable, " and ") {
			c.Bad(p+".accountable", fmt.Sprintf("%s: %q names more than one", p+".accountable", clip(r.Accountable, 40)), "a task has exactly one accountable; move the others to responsible or consulted")
		}
		c.unique(seen, p+".task", r.Task)
	}
}

// severities checks §3, §5 and §9: all four, once each, with whole and possible targets.
func (c *bookCheck) severities() {
	seen := map[Severity]string{}
	for i := range c.h.Severities {
		p, s := each("severities", i), &c.h.Severities[i]
		if !s.Severity.Valid() {
			c.Bad(p+".severity", fmt.Sprintf("severity %d is not one of the four", int(s.Severity)), "write 1, 2, 3 or 4")
			continue
		}
		if first, ok := seen[s.Severity]; ok {
			c.Bad(p+".severity", fmt.Sprintf("severity %d stands twice, first on line %d", int(s.Severity), c.Line(first)), "keep one of them")
			continue
		}
		seen[s.Severity] = p
		c.need(p+".definition", s.Definition, "write the handbook's definition of "+s.Severity.String())
		c.targets(p, s)
		for j, w := range s.Warnings {
			if w < 1 || w > 99 || j > 0 && w <= s.Warnings[j-1] {
				c.Bad(each(p+".warnings", j), fmt.Sprintf("warnings of severity %d: %d is out of place", int(s.Severity), w), "write percents from 1 to 99, each above the one before, such as [50, 75]")
				break
			}
		}
		c.oneOf(p+".update_until", s.Until, "resolved", "workaround")
		if s.AfterHours && s.Severity > Sev2 {
			c.Bad(p+".after_hours", fmt.Sprintf("severity %d runs after hours", int(s.Severity)), "only severities 1 and 2 may (handbook §4); write false")
		}
	}
	for _, s := range Severities {
		if seen[s] == "" {
			c.Bad("severities", fmt.Sprintf("severity %d is missing", int(s)), "describe all four severities, 1 to 4")
		}
	}
	// The handbook's order is what people read; the worst stands first whatever the file's order.
	slices.SortStableFunc(c.h.Severities, func(a, b SeverityPolicy) int { return int(a.Severity - b.Severity) })
}

// targets checks the spans of one severity.
func (c *bookCheck) targets(p string, s *SeverityPolicy) {
	for _, key := range []string{"tier1_response", "tier2_response", "status_update"} {
		if !c.Has(p + "." + key) {
			c.Bad(p, fmt.Sprintf("severity %d has no %s", int(s.Severity), key), `write one, such as "4 business hours", or "off"`)
		}
	}
	for _, t := range []struct {
		key  string
		span Span
	}{
		{"tier1_response", s.Tier1.Objective}, {"tier1_response", s.Tier1.Limit},
		{"tier2_response", s.Tier2.Objective}, {"tier2_response", s.Tier2.Limit},
		{"workaround", s.Workaround.Objective}, {"workaround", s.Workaround.Limit},
		{"resolution", s.Resolution.Objective}, {"resolution", s.Resolution.Limit},
		{"status_update", s.Update}, {"relay", s.Relay},
	} {
		// A clock counts open time, so "1 day" of a 09:00–17:00 calendar would be three working days.
		if t.span.Unit == "day" && !t.span.Business && !s.AfterHours {
			c.Bad(p+"."+t.key, fmt.Sprintf("%s: %q would count 24 open hours a day", t.key, t.span.Text), fmt.Sprintf(`write "%d business day" (or days), or the hours`, t.span.N))
		}
	}
}

var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (c *bookCheck) categories() {
	if len(c.h.Categories) == 0 {
		c.Bad("categories", "there is no category", "write at least one, such as: - name: Defect")
	}
	seen := map[string]string{}
	for i, k := range c.h.Categories {
		p := each("categories", i)
		c.need(p+".name", k.Name, "name the category")
		c.unique(seen, p+".name", k.Name)
		if k.Trigger != "" {
			c.oneOf(p+".trigger", string(k.Trigger), string(TriggerSecurity), string(TriggerIntegrity))
		}
	}
	seen = map[string]string{}
	for i, name := range c.h.Products {
		p := each("products", i)
		c.need(p, name, "name the product")
		c.unique(seen, p, name)
	}
}
