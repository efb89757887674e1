package templates

import (
	"fmt"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Digest is the weekly ops review (handbook §8) as a message: the numbers first, each with how many it is
// made of, then what to talk about. A quiet week says that it was quiet.
func Digest(dir *desk.Directory, r desk.Report) bot.Message {
	loc := dir.ZoneOf(desk.Person{Party: r.Party.ID})
	day := func(t time.Time) string { return t.In(loc).Format("Mon 2 Jan") }
	m := bot.Message{Title: []bot.Span{bot.B("Ops review, " + r.Party.Name)},
		Footer: []bot.Span{bot.T("Counted from "), bot.When(r.From), bot.T(" to "), bot.When(r.To), bot.T(".")}}
	m.Blocks = append(m.Blocks, bot.P(bot.T(fmt.Sprintf("%s to %s. %s", day(r.From), day(r.To), headline(r)))))
	fields := digestFields(r)
	if quiet(r) {
		fields = fields[:2] // There is nothing to take a share of.
	}
	m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: fields})
	if len(r.Partners) > 0 && !quiet(r) {
		m.Blocks = append(m.Blocks, bot.P(bot.B("By partner")), bot.Block{Kind: bot.List, Items: partnerLines(r.Partners)})
	}
	m.Blocks = append(m.Blocks, worstLines(r)...)
	m.Blocks = append(m.Blocks, overdueLines(dir, r)...)
	know, buttons := knowledgeLines(dir, r)
	m.Blocks, m.Buttons = append(m.Blocks, know...), buttons
	weeks := sinceFirst(r.Weeks)
	if png, err := WeeksChart(weeks, loc); err == nil {
		m.Files = []bot.File{{Name: "weeks.png", Type: "image/png", Data: png}}
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Image, File: "weeks.png", Alt: chartWords(weeks, loc)})
	}
	return m
}

// quiet says that nothing happened in the week, nothing is open, and nothing fell due.
func quiet(r desk.Report) bool {
	due := 0
	for _, a := range []desk.Adherence{r.Tier1, r.Tier2, r.Updates, r.Relays, r.Promises} {
		due += a.Total
	}
	return r.Filed+r.Resolved+r.Open+r.Escalations+r.Reopened+r.CSAT.N+due == 0
}

// headline is the week in one or two sentences.
func headline(r desk.Report) string {
	if r.Filed == 0 && r.Resolved == 0 && r.Open == 0 {
		return "It was a quiet week: no case was filed and none is open."
	}
	late := 0
	for _, a := range []desk.Adherence{r.Tier1, r.Tier2, r.Updates, r.Relays} {
		late += a.Total - a.Kept
	}
	switch late {
	case 0:
		return "Every deadline was kept."
	case 1:
		return "One deadline was missed."
	}
	return fmt.Sprintf("%d deadlines were missed.", late)
}

func digestFields(r desk.Report) []bot.Pair {
	f := func(label, format string, args ...any) bot.Pair {
		return bot.Pair{Label: label, Value: []bot.Span{bot.T(fmt.Sprintf(format, args...))}}
	}
	open := openNow(r)
	csat := "no ratings"
	if r.CSAT.N > 0 {
		csat = fmt.Sprintf("%.1f of 5 (%s)", r.CSAT.Average, plural(r.CSAT.N, "rating"))
	}
	resolve := "nothing was resolved"
	if r.ToResolve.N > 0 {
		resolve = fmt.Sprintf("median %s, 90 %% within %s (%s)", roughly(r.ToResolve.Median), roughly(r.ToResolve.P90), plural(r.ToResolve.N, "case"))
	}
	word := "no case had one"
	if r.FirstWord.N > 0 {
		word = fmt.Sprintf("median %s, 90 %% within %s (%s)", roughly(r.FirstWord.Median), roughly(r.FirstWord.P90), plural(r.FirstWord.N, "case"))
	}
	return []bot.Pair{
		f("Volume", "%d filed, %d resolved", r.Filed, r.Resolved),
		f("Open now", "%s", open),
		f("Tier 1 response", "%s", kept(r.Tier1)),
		f("Tier 2 response", "%s", kept(r.Tier2)),
		f("First word after the acknowledgement", "%s", word),
		f("Status updates", "%s", kept(r.Updates)),
		f("Relays to customers", "%s", kept(r.Relays)),
		f("Escalation rate", "%s", rate(r.Escalated, r.Filed, "filed case")),
		f("Return rate", "%s", rate(r.Returned, r.Escalations, "escalation")),
		f("Reopen rate", "%s", rate(r.Reopened, r.Resolved, "resolution")),
		f("Time to resolution", "%s", resolve),
		f("CSAT", "%s", csat),
		f("Promised updates", "%s", kept(r.Promises)),
	}
}

// openNow counts the open cases by severity and by who has them; what there is none of is not said.
func openNow(r desk.Report) string {
	if r.Open == 0 {
		return "none"
	}
	var by []string
	for _, s := range desk.Severities {
		if n := r.OpenSeverity[s]; n > 0 {
			by = append(by, fmt.Sprintf("%s %d", s, n))
		}
	}
	out := fmt.Sprintf("%d: %s. Tier 1 has %d, Tier 2/3 has %d", r.Open, strings.Join(by, ", "), r.OpenTier[1], r.OpenTier[2])
	if r.Waiting > 0 {
		out += fmt.Sprintf(", %d of them waiting", r.Waiting)
	}
	return out
}

// kept says an adherence with the numbers behind it; nothing to count is not 100 %.
func kept(a desk.Adherence) string {
	p, ok := a.Percent()
	if !ok {
		return "none fell due"
	}
	return fmt.Sprintf("%.0f %% kept (%d of %d)", p, a.Kept, a.Total)
}

func rate(n, of int, what string) string {
	if of == 0 {
		return fmt.Sprintf("%d, with no %s to compare", n, what)
	}
	return fmt.Sprintf("%.0f %% (%d of %s)", 100*float64(n)/float64(of), n, plural(of, what))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func partnerLines(lines []desk.PartnerLine) [][]bot.Span {
	var out [][]bot.Span
	for _, l := range lines {
		out = append(out, []bot.Span{bot.B(l.Party.Name), bot.T(fmt.Sprintf(": %d filed, %d open, %s, Tier 1 response %s", l.Filed, l.Open, plural(l.Escalations, "escalation"), kept(l.Tier1)))})
	}
	return out
}

func worstLines(r desk.Report) []bot.Block {
	if len(r.Worst) == 0 {
		return nil
	}
	var items [][]bot.Span
	for _, w := range r.Worst {
		what := "late by "
		if !w.Done {
			what = "still missing after "
		}
		items = append(items, []bot.Span{bot.C(w.Case), bot.T(" " + w.Severity.String() + " "), bot.T("“" + w.Summary + "”"),
			bot.T(": " + ClockName(w.Clock) + " " + what + roughly(w.Over) + ", due "), bot.When(w.Due)})
	}
	return []bot.Block{bot.P(bot.B("To talk about")), {Kind: bot.List, Items: items}}
}

func overdueLines(dir *desk.Directory, r desk.Report) []bot.Block {
	if len(r.Overdue) == 0 {
		return []bot.Block{bot.P(bot.T("No action item is overdue."))}
	}
	var items [][]bot.Span
	for _, a := range r.Overdue {
		name := a.Owner
		if p, ok := dir.Person(a.Owner); ok {
			name = p.Name
		}
		items = append(items, []bot.Span{bot.T(a.Title + ": "), bot.Who(a.Owner, name), bot.T(", was due "), bot.When(a.Due), bot.T(" ("), bot.C(a.ID), bot.T(")")})
	}
	return []bot.Block{bot.P(bot.B("Overdue action items")), {Kind: bot.List, Items: items}}
}

// sinceFirst leaves out the weeks before anything was filed, down to the last four: a young desk has no past.
func sinceFirst(weeks []desk.WeekLine) []desk.WeekLine {
	for len(weeks) > 4 && weeks[0].Filed+weeks[0].Resolved == 0 {
		weeks = weeks[1:]
	}
	return weeks
}

// chartWords says in words what the chart shows, for people who do not see it.
func chartWords(weeks []desk.WeekLine, loc *time.Location) string {
	out := "Cases a week, filed and resolved:"
	for _, w := range weeks {
		out += fmt.Sprintf(" %s %d and %d;", w.Start.In(loc).Format("2 Jan"), w.Filed, w.Resolved)
	}
	return out[:len(out)-1] + "."
}

// roughly says a length of time in its two largest units: "3 d 4 h".
func roughly(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, mins := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, mins)
	}
	return fmt.Sprintf("%d min", mins)
}
