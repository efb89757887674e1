package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// visited makes somebody's own page with the desk: what waits for them, their cases, and who is on call.
func (r *request) visited() (bot.Answer, error) {
	cases, err := r.h.desk.ListCases(r.ctx, r.by(), desk.CaseQuery{Statuses: openStatuses, Limit: 200})
	if err != nil {
		return bot.Answer{}, err
	}
	v := templates.View{Dir: r.dir(), Book: r.book(), Side: r.side(), Room: true}
	p := templates.HomeView{Mine: r.mine(cases), Waiting: r.waiting(cases), Cap: pageSize}
	call := &request{h: r.h, ctx: r.ctx, in: &bot.Interaction{Kind: bot.Command, Platform: r.in.Platform, Account: r.in.Account, Person: r.in.Person, Now: r.in.Now, Caps: r.in.Caps, Direct: true}}
	if a, err := call.line("oncall"); err == nil && a.Message != nil {
		p.OnCall = a.Message.Blocks
	}
	return r.answer(templates.HomePage(v, p))
}

// mine are the open cases the person owns, the next deadline first.
func (r *request) mine(cases []*desk.Case) []*desk.Case {
	return byDeadline(cases, func(c *desk.Case) bool { return c.Agent == r.by().ID || c.Engineer == r.by().ID })
}

// waiting are the cases whose next deadline is the person's own side's to keep, and that nobody else has.
func (r *request) waiting(cases []*desk.Case) []*desk.Case {
	return byDeadline(cases, func(c *desk.Case) bool {
		k, ok := c.NextClock()
		owner := c.Agent
		if r.side() == desk.Provider {
			owner = c.Engineer
		}
		return ok && k.Party == r.by().Party && (owner == "" || owner == r.by().ID)
	})
}

// byDeadline picks cases and puts the one whose deadline comes next first; those without one come last.
func byDeadline(cases []*desk.Case, fits func(*desk.Case) bool) []*desk.Case {
	var out []*desk.Case
	for _, c := range cases {
		if fits(c) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b *desk.Case) int {
		x, ok1 := a.NextClock()
		y, ok2 := b.NextClock()
		switch {
		case ok1 && ok2:
			return x.Due.Compare(y.Due)
		case ok1:
			return -1
		case ok2:
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// maxSummary is how much of a message's first line becomes the summary of a new case.
const maxSummary = 150

// picked opens the form of a new case with the words and files of a message.
func (r *request) picked() (bot.Answer, error) {
	r.cmd, _ = lookup("new")
	if err := desk.May(r.by(), r.cmd.Verb); err != nil {
		return bot.Answer{}, err
	}
	r.values = map[string]string{"ask": "yes"}
	text := strings.TrimSpace(r.in.Text)
	if text != "" {
		line, _, _ := strings.Cut(text, "\n")
		summary := shorten(line, maxSummary)
		r.values[string(desk.FieldSummary)] = summary
		if summary != text {
			r.values[string(desk.FieldSteps)] = text
		}
	}
	if !r.in.At.IsZero() && r.in.At.Before(r.in.Now) {
		r.values[string(desk.FieldReportedAt)] = r.in.At.In(r.zone()).Format("2006-01-02 15:04")
	}
	if err := r.takeFiles(); err != nil {
		return bot.Answer{}, err
	}
	r.keep() // The files are in the draft; a dialog cannot carry them.
	return r.open(nil)
}

// shorten cuts a line at a blank.
func shorten(s string, n int) string {
	runes := []rune(strings.TrimSpace(s))
	if len(runes) <= n {
		return string(runes)
	}
	cut := string(runes[:n-1])
	if at := strings.LastIndexByte(cut, ' '); at > n/2 {
		cut = cut[:at]
	}
	return cut + "…"
}

// fileThis handles "@casebot file this": a case of the message that is answered, or of the words that
// follow. ok is false when the words ask for something else.
func (r *request) fileThis() (a bot.Answer, ok bool, err error) {
	verb, rest := cut(r.in.Text)
	this, rest := cut(rest)
	cmd, known := lookup(strings.ToLower(verb))
	if !known || cmd.Name != "new" || !strings.EqualFold(strings.TrimRight(this, ".,:!"), "this") {
		return bot.Answer{}, false, nil
	}
	r.in.Text = strings.TrimSpace(rest)
	if r.in.Above != nil {
		words, files, at, err := r.in.Above(r.ctx)
		if err != nil {
			r.h.log.Warn("the message above could not be read", "err", err)
		} else {
			r.in.Text = strings.TrimSpace(words + "\n" + r.in.Text)
			r.in.Files = append(files, r.in.Files...)
			r.in.At = at
		}
	}
	a, err = r.picked()
	return a, true, err
}
