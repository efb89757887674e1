package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// onCallCommand shows who is called, and lets people stand in for each other (SLA.md §4, handbook §4).
func onCallCommand() Command {
	return Command{
		Name: "oncall", Aliases: []string{"on-call", "duty", "rota"}, Title: "Stand in on call", Submit: "Put on call",
		Summary: "Show who is on call on both sides and until when, or let somebody stand in for a time.",
		Example: `/case oncall cover person=@elif from="friday 17:00" to="saturday 09:00" why="at a wedding"`,
		Args: []Arg{
			{Key: "act", Label: "What to do", Hidden: true, Word: true, match: func(_ *request, w string) bool {
				return slices.Contains([]string{"cover", "swap", "take", "show"}, strings.ToLower(w))
			}},
			{Key: "person", Label: "Who stands in", Kind: bot.AskChoice, Word: true, options: func(r *request) []bot.Option {
				return personOptions(r.dir().PeopleOf(r.by().Party, desk.Agent, desk.Engineer, desk.DutyManager))
			}},
			{Key: "from", Label: "From", Kind: bot.AskTime, Hint: "Left empty: from now on.", Example: "friday 17:00"},
			{Key: "to", Label: "Until", Kind: bot.AskTime, Example: "saturday 09:00"},
			{Key: "why", Label: "Why", Rest: true},
		},
		fields: func(r *request) []bot.FormField {
			fields := r.argFields()
			for i, f := range fields {
				// Needed in the form only: the command without anything shows who is on call.
				fields[i].Required = f.Key == "person" || f.Key == "to"
			}
			return fields
		},
		run: runOnCall,
	}
}

// runOnCall shows both sides, then the ladder with the people who would be called now. A Partner sees its own
// side and the Provider's, never another Partner's.
func runOnCall(r *request) (bot.Answer, error) {
	switch act := strings.ToLower(r.get("act")); {
	case act == "cover" || act == "swap" || act == "take" || r.sent:
		return r.cover(act == "take")
	}
	parties := []string{r.dir().Provider().ID}
	if r.side() == desk.Partner {
		parties = append(parties, r.by().Party)
	} else {
		for _, p := range r.dir().Parties {
			if p.Kind == desk.Partner {
				parties = append(parties, p.ID)
			}
		}
	}
	var duties []desk.Duty
	for _, p := range parties {
		d, err := r.h.desk.OnDuty(r.ctx, p, r.in.Now)
		if err != nil {
			return bot.Answer{}, err
		}
		if p == r.by().Party || d.Rota || p == parties[0] {
			duties = append(duties, d)
		}
	}
	var calls []templates.Call
	for _, s := range r.book().Escalation.Ladder {
		who, ok := r.h.desk.WhoIsCalled(s.Call, r.in.Now)
		calls = append(calls, templates.Call{Call: s.Call, When: stepWhen(s), Who: who, Found: ok})
	}
	return r.answer(templates.OnCall(duties, calls))
}

// cover puts somebody on call for a time. "take" without a name is the person themselves.
func (r *request) cover(self bool) (bot.Answer, error) {
	who := r.get("person")
	if self && who == "" {
		who = r.by().ID
	}
	if !r.sent && (who == "" || r.get("to") == "") {
		if who != "" {
			r.values["person"] = who
		}
		return r.open(nil)
	}
	p := r.by()
	if who != r.by().ID {
		var err error
		if p, err = r.person("person", who, r.dir().PeopleOf(r.by().Party)); err != nil {
			return bot.Answer{}, err
		}
	}
	r.values["person"] = p.ID // A form that comes back shows the choice made.
	to, err := r.ahead("to")
	if err != nil {
		return bot.Answer{}, err
	}
	from := r.in.Now
	if r.get("from") != "" {
		if from, err = r.ahead("from"); err != nil {
			return bot.Answer{}, err
		}
	}
	c, err := r.h.desk.AddCover(r.ctx, r.by(), desk.Cover{From: from, To: to, Person: p.ID, Why: r.get("why")}, r.in.Now)
	if err != nil {
		return bot.Answer{}, err
	}
	r.acted = true
	return r.say(bot.ToneGood, spans(bot.Who(p.ID, p.Name), " is on call from ", c.From, " to ", c.To, "."))
}

// stepWhen says when a step of the ladder is called, if nobody has acknowledged by then.
func stepWhen(s desk.LadderStep) string {
	from := map[string]string{"objective": "the wanted time", "limit": "the limit"}[s.From]
	switch {
	case s.After.Zero() && from == "":
		return "at once"
	case s.After.Zero():
		return "when " + from + " has passed"
	case from == "":
		return s.After.Text + " after the escalation"
	}
	return s.After.Text + " after " + from
}
