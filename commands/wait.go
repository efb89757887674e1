package commands

import (
	"casebot/bot"
	"casebot/desk"
)

// waitCommands rest a case and wake it (SLA.md §2, Waiting on customer).
func waitCommands() []Command {
	return []Command{
		{
			Name: "wait", Aliases: []string{"pause"}, Verb: desk.VerbWait, Case: WithCase, Title: "Let the case wait", Submit: "Wait",
			Summary: "Let the case wait on the customer, the partner, a third party or a date, with a reason and an owner.",
			Example: `/case wait NW-1042 customer until="friday 10:00" They test the new cable`,
			Args: []Arg{
				{Key: "on", Label: "Waits on", Kind: bot.AskChoice, Required: true, Word: true, options: waitOptions,
					match: func(_ *request, w string) bool { _, ok := desk.ParseWaitOn(w); return ok }},
				{Key: "reason", Label: "What is awaited", Kind: bot.AskLong, Required: true, Rest: true},
				{Key: "owner", Label: "Who follows it up", Kind: bot.AskChoice, options: func(r *request) []bot.Option { return personOptions(r.colleagues()) }, value: startsWith(func(r *request) string { return r.by().ID })},
				{Key: "until", Label: "Until", Kind: bot.AskTime, Example: "friday 10:00", Hint: "Empty: the handbook reminds you, and asks to close in the end."},
			},
			run: runWait,
		},
		{
			Name: "resume", Aliases: []string{"continue", "go"}, Verb: desk.VerbResume, Case: WithCase,
			Summary: "End a wait. The deadlines run again.",
			Example: "/case resume NW-1042 The customer answered",
			Args:    []Arg{{Key: "why", Label: "Why", Rest: true}},
			run: func(r *request) (bot.Answer, error) {
				if _, err := r.act(r.c.ID, desk.ResumeCase{Why: r.get("why")}); err != nil {
					return bot.Answer{}, err
				}
				parts := []any{bot.ToneGood, spans(bot.B(r.c.ID), " goes on. Its deadlines run again.")}
				if k, ok := r.c.NextClock(); ok {
					parts = append(parts, spans("The first one is due ", k.Due, "."))
				}
				return r.say(parts...)
			},
		},
	}
}

// waitOptions says beside "the customer" what no other wait does: it stops the time to the next update.
func waitOptions(*request) []bot.Option {
	return []bot.Option{
		{Value: string(desk.OnCustomer), Label: "The customer", Note: "The time to the next update stops."},
		{Value: string(desk.OnPartner), Label: "The partner"},
		{Value: string(desk.OnThirdParty), Label: "A third party"},
		{Value: string(desk.OnSchedule), Label: "A set date"},
	}
}

// runWait rests the case. Every wait has an owner and an end, or it would be a way to forget a customer.
func runWait(r *request) (bot.Answer, error) {
	on, ok := desk.ParseWaitOn(r.get("on"))
	if !ok {
		on = desk.WaitOn(r.get("on")) // The desk names what can be chosen.
	}
	until, err := r.ahead("until")
	if err != nil {
		return bot.Answer{}, err
	}
	do := desk.WaitCase{On: on, Reason: r.get("reason"), Until: until}
	if who := r.get("owner"); who != "" {
		p, err := r.person("owner", who, r.colleagues())
		if err != nil {
			return bot.Answer{}, err
		}
		do.Owner = p.ID
	}
	if _, err := r.act(r.c.ID, do); err != nil {
		return bot.Answer{}, err
	}
	owner := r.by().ID
	if r.c.Wait != nil {
		owner = r.c.Wait.Owner
	}
	parts := []any{spans(bot.B(r.c.ID), " waits now. ", bot.Who(owner, r.name(owner)), " follows it up.")}
	if k, ok := r.c.Clock(desk.ClockWait); ok {
		if len(k.Warnings) > 0 {
			parts = append(parts, spans("The first reminder comes ", k.Warnings[0], "."))
		} else {
			parts = append(parts, spans("The wait ends by itself ", k.Due, "."))
		}
	}
	return r.say(append(parts, button("Resume", "resume "+r.c.ID))...)
}
