package commands

import (
	"slices"
	"strconv"
	"strings"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// readCommands show things and change nothing.
func readCommands() []Command {
	return []Command{
		{
			Name: "show", Aliases: []string{"view", "info"}, Case: WithCase,
			Summary: "Show a case: where it stands, what it carries, what happened last.",
			Example: "/case show NW-1042",
			Args:    []Arg{{Key: "timeline", Label: "Everything that happened", Hint: "yes, or the number of a page"}, {Key: "file", Label: "Open a file by its name"}},
			run:     runShow,
		},
		{
			Name: "list", Aliases: []string{"ls", "find", "search"},
			Summary: "List the cases you can see, by status, severity, owner, customer or words.",
			Example: `/case list severity=1,2 customer="Acme Outdoor"`,
			Args: []Arg{
				{Key: "status", Label: "Status", Example: "open, escalated, closed, all"},
				{Key: "severity", Label: "Severity", Example: "1,2"},
				{Key: "owner", Label: "Owner", Example: "@dana"},
				{Key: "customer", Label: "Customer"},
				{Key: "after", Label: "Go on after", Hidden: true},
				{Key: "words", Label: "Words in number, summary or customer", Rest: true},
			},
			run: runList,
		},
		{
			Name:    "mine",
			Summary: "List the open cases you own.",
			Example: "/case mine",
			Args:    []Arg{{Key: "after", Label: "Go on after", Hidden: true}},
			run: func(r *request) (bot.Answer, error) {
				return r.list(desk.CaseQuery{Owner: r.by().ID, Statuses: openStatuses}, "Your open cases", "mine", "You own no open case.")
			},
		},
		{
			Name: "explain", Aliases: []string{"deadlines", "clocks"}, Case: WithCase,
			Summary: "Show a case's deadlines: where each counts from, its budget, and when it falls due.",
			Example: "/case explain NW-1042",
			Args:    []Arg{{Key: "clock", Label: "One deadline", Rest: true, Example: "status update"}},
			run:     runExplain,
		},
		{
			Name: "handbook", Aliases: []string{"book", "rules"}, Case: MaybeCase,
			Summary: "Show the channel support handbook, or one section of it.",
			Example: "/case handbook escalation",
			Args:    []Arg{{Key: "section", Label: "Section", Word: true, options: sections}},
			run: func(r *request) (bot.Answer, error) {
				m, ok := templates.Handbook(r.book(), strings.ToLower(r.get("section")))
				if !ok {
					return bot.Answer{}, desk.Errf(desk.KindInvalid, "The handbook has no section “%s”. It has: %s.", clip(r.get("section")), strings.Join(templates.BookSections, ", "))
				}
				return r.answer(m)
			},
		},
		{
			Name:    "raci",
			Summary: "Show who is responsible, accountable, consulted and informed for each task.",
			Example: "/case raci",
			run:     func(r *request) (bot.Answer, error) { return r.answer(templates.RACI(r.book())) },
		},
		onCallCommand(),
	}
}

// sections are the handbook's parts as a choice.
func sections(*request) []bot.Option {
	var out []bot.Option
	for _, s := range templates.BookSections {
		out = append(out, bot.Option{Value: s, Label: s})
	}
	return out
}

// runShow shows a case as its reader may see it: the events of the other side's room are not among what
// the desk gives out, so there is nothing to filter here.
func runShow(r *request) (bot.Answer, error) {
	if r.c.Restricted && !r.in.Caps.Private && !r.in.Direct && r.post.Ref == "" {
		// Here everybody in the channel would read the answer.
		return bot.Answer{}, desk.Errf(desk.KindForbidden, "%s is restricted. Ask for it in a direct message to the desk.", r.c.ID)
	}
	c, events, err := r.h.desk.Timeline(r.ctx, r.by(), r.c.ID)
	if err != nil {
		return bot.Answer{}, err
	}
	r.c = c
	if name := r.get("file"); name != "" {
		return r.openFile(name)
	}
	if t := strings.ToLower(r.get("timeline")); t != "" && t != "no" {
		page, _ := strconv.Atoi(t)
		return r.answer(templates.Timeline(r.view(), events, page))
	}
	return r.answer(templates.Detail(r.view(), events))
}

// mayPress says whether a button would do something for this person.
func (r *request) mayPress(b bot.Button) bool {
	name, _ := cut(b.Do)
	cmd, ok := r.lookup(name)
	return b.Link != "" || ok && (cmd.Verb == "" || desk.May(r.by(), cmd.Verb) == nil)
}

// openFile gives a file from the desk's own copy; the platform's link may have expired long ago.
func (r *request) openFile(name string) (bot.Answer, error) {
	for _, a := range r.c.Evidence {
		if !strings.EqualFold(a.Name, name) && a.ID != name {
			continue
		}
		if a.Link != "" {
			return r.answer(bot.Message{Blocks: []bot.Block{bot.P(bot.Span{Text: a.Name, Link: a.Link})}})
		}
		_, data, err := r.h.desk.OpenFile(r.ctx, r.by(), r.c.ID, a.ID)
		if err != nil {
			return bot.Answer{}, err
		}
		return r.answer(bot.Message{Blocks: []bot.Block{bot.P(bot.C(a.Name))}, Files: []bot.File{{Name: a.Name, Type: a.Type, Data: data}}})
	}
	return bot.Answer{}, desk.Errf(desk.KindNotFound, "%s has no file “%s”. /case show %s lists its files.", r.c.ID, clip(name), r.c.ID)
}

// pageSize is how many cases one answer lists; more are behind a button.
const pageSize = 10

var openStatuses = []desk.Status{desk.StatusOpen, desk.StatusEscalated, desk.StatusAcknowledged, desk.StatusReturned, desk.StatusWorkaround, desk.StatusReopened}

var allStatuses = append(slices.Clone(openStatuses), desk.StatusResolved, desk.StatusClosed, desk.StatusMerged, desk.StatusWithdrawn)

// runList reads the filters. The desk adds the one that matters, who may see what, by itself.
func runList(r *request) (bot.Answer, error) {
	q := desk.CaseQuery{Customer: r.get("customer"), Text: r.get("words"), Statuses: openStatuses}
	again := []string{"list"}
	for _, k := range []string{"status", "severity", "owner", "customer"} {
		if v := r.get(k); v != "" {
			again = append(again, k+`="`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v)+`"`)
		}
	}
	if q.Text != "" {
		again = append(again, q.Text)
	}
	title := "Open cases"
	if s := strings.ToLower(r.get("status")); s != "" && s != "open" {
		title = "Cases: " + s
		q.Statuses = nil
		for _, w := range strings.Split(s, ",") {
			w = strings.TrimSpace(w)
			switch {
			case w == "all":
				q.Statuses = allStatuses
			case slices.Contains(allStatuses, desk.Status(w)):
				q.Statuses = append(q.Statuses, desk.Status(w))
			default:
				return bot.Answer{}, desk.Errf(desk.KindInvalid, "“%s” is not a status. Use open, escalated, acknowledged, returned, workaround, reopened, resolved, closed, merged, withdrawn or all.", clip(w))
			}
		}
	}
	for _, w := range strings.Split(r.get("severity"), ",") {
		if strings.TrimSpace(w) == "" {
			continue
		}
		sev, err := desk.ParseSeverity(w)
		if err != nil {
			return bot.Answer{}, err
		}
		q.Severities = append(q.Severities, sev)
	}
	if who := r.get("owner"); who != "" {
		p, err := r.person("owner", who, r.dir().PeopleOf(r.by().Party))
		if err != nil {
			return bot.Answer{}, err
		}
		q.Owner = p.ID
	}
	return r.list(q, title, strings.Join(again, " "), "No case fits. File one with /case new.")
}

// list shows one page of a query.
func (r *request) list(q desk.CaseQuery, title, again, empty string) (bot.Answer, error) {
	q.After, q.Limit = strings.ToUpper(r.get("after")), pageSize+1
	cases, err := r.h.desk.ListCases(r.ctx, r.by(), q)
	if err != nil {
		return bot.Answer{}, err
	}
	p := templates.ListPage{Title: title, Query: again, Empty: empty, More: len(cases) > pageSize, Cases: cases[:min(len(cases), pageSize)]}
	// In a channel where everybody would read the answer a restricted case shows its number alone.
	v := templates.View{Dir: r.dir(), Book: r.book(), Side: r.side(), Room: r.in.Caps.Private || r.in.Direct}
	return r.answer(templates.List(v, p))
}

// runExplain shows one deadline or all. A part of its name is enough.
func runExplain(r *request) (bot.Answer, error) {
	kinds := []desk.ClockKind{desk.ClockTier1, desk.ClockTier2, desk.ClockUpdate, desk.ClockRelay, desk.ClockWorkaround, desk.ClockResolution, desk.ClockWait, desk.ClockClose}
	want := strings.ToLower(r.get("clock"))
	_, events, err := r.h.desk.Timeline(r.ctx, r.by(), r.c.ID)
	if err != nil {
		return bot.Answer{}, err
	}
	receipts := r.h.desk.Explain(r.c, events)
	if want == "" {
		return r.answer(templates.Explain(r.view(), "", receipts))
	}
	var known []string
	for _, k := range kinds {
		if strings.Contains(string(k), want) || strings.Contains(templates.ClockName(k), want) {
			return r.answer(templates.Explain(r.view(), k, receipts))
		}
		known = append(known, string(k))
	}
	return bot.Answer{}, desk.Errf(desk.KindInvalid, "There is no deadline “%s”. There are: %s.", clip(want), strings.Join(known, ", "))
}
