package commands

import (
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// workCommands are what is done on a case while it is open: words, waits, severity, people.
func workCommands() []Command {
	return append([]Command{
		{
			Name: "update", Aliases: []string{"status"}, Verb: desk.VerbUpdate, Case: WithCase, React: "update", Title: "Status update", Submit: "Give the update",
			Summary: "Give a status update meant for the customer. It restarts the time to the next one.",
			Example: `/case update NW-1042 next="17:00" The cause is found. A fix is being tested.`,
			Args: []Arg{
				{Key: "template", Label: "Start from a text", Kind: bot.AskChoice, options: updateTemplates, live: true},
				{Key: "text", Label: "What the customer should know", Kind: bot.AskLong, Required: true, Rest: true, value: templateText,
					Hint: "What happened, what is being done, what comes next."},
				{Key: "eta", Label: "Expected (ETA)", Example: "a fix this week", Hint: "Only if you are sure. The customer reads it."},
				{Key: "workaround", Label: "Workaround", Kind: bot.AskLong, Hint: "How the customer can work meanwhile, if there is a way. The customer reads it."},
				{Key: "next", Label: "Next update by", Kind: bot.AskTime, Example: "17:00", Hint: "Empty: by the handbook's cadence."},
				proposalArg,
			},
			fields: updateFields, asks: updateAsks, run: runUpdate,
		},
		{
			Name: "relay", Aliases: []string{"told", "relayed"}, Verb: desk.VerbRelay, Case: WithCase, React: "relay",
			Summary: "Say that the customer has been told what the Provider wrote.",
			Example: "/case relay NW-1042",
			Args:    []Arg{{Key: "of", Label: "Which update", Hidden: true}},
			run: func(r *request) (bot.Answer, error) {
				of, _ := strconv.Atoi(r.get("of"))
				if _, err := r.act(r.c.ID, desk.RelayUpdate{Of: of}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(bot.ToneGood, spans("Noted on ", bot.B(r.c.ID), " that the customer has been told."))
			},
		},
		{
			Name: "reply", Aliases: []string{"send"}, Verb: desk.VerbReply, Case: WithCase, React: "send", Title: "Reply to the partner", Submit: "Send",
			Summary: "Send words from the Provider's thread to the Partner's. Nothing else leaves that thread.",
			Example: "/case reply NW-1042 Please send the till's log of today",
			Args:    []Arg{{Key: "text", Label: "What the Partner should read", Kind: bot.AskLong, Required: true, Rest: true}},
			run: func(r *request) (bot.Answer, error) {
				files, err := r.keepFiles(r.in.Files)
				if err != nil {
					return bot.Answer{}, err
				}
				if _, err := r.act(r.c.ID, desk.Reply{Text: r.get("text"), Files: files}); err != nil {
					return bot.Answer{}, err
				}
				return r.sentAcross("Sent to ")
			},
		},
		{
			Name: "note", Verb: desk.VerbNote, Case: WithCase, Title: "Internal note", Submit: "Keep the note",
			Summary: "Keep a note that only your own side can read.",
			Example: "/case note NW-1042 Same network as last month's outage",
			Args:    []Arg{{Key: "text", Label: "Note", Kind: bot.AskLong, Required: true, Rest: true}, proposalArg},
			run: func(r *request) (bot.Answer, error) {
				if _, err := r.act(r.c.ID, desk.AddNote{Text: r.get("text")}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(bot.ToneGood, spans("The note is kept on ", bot.B(r.c.ID), ". Only your own side can read it."))
			},
		},
		{
			Name: "severity", Aliases: []string{"sev"}, Case: MaybeCase, Title: "Change the severity", Submit: "Change",
			Summary: "Show the four definitions, or change a case's severity with a reason.",
			Example: "/case severity NW-1042 1 No till can take payment since 9:40",
			Args: []Arg{
				{Key: "severity", Label: "Severity", Kind: bot.AskChoice, Word: true, match: isSeverity, options: func(r *request) []bot.Option { return severityOptions(r.book()) }},
				{Key: "why", Label: "Why it changes", Kind: bot.AskLong, Rest: true, Hint: "Kept with the old and the new deadlines."},
			},
			run: runSeverity,
		},
		{
			Name: "assign", Aliases: []string{"give"}, Verb: desk.VerbAssign, Case: WithCase, Title: "Give the case to", Submit: "Assign",
			Summary: "Give the case to somebody of your own side, or take it yourself with “me”.",
			Example: "/case assign NW-1042 @dana",
			Args:    []Arg{{Key: "to", Label: "Who", Kind: bot.AskChoice, Required: true, Rest: true, options: func(r *request) []bot.Option { return personOptions(r.colleagues()) }}},
			run: func(r *request) (bot.Answer, error) {
				p, err := r.person("to", strings.TrimPrefix(r.get("to"), "to "), r.colleagues())
				if err != nil {
					return bot.Answer{}, err
				}
				if _, err := r.act(r.c.ID, desk.AssignCase{To: p.ID}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(bot.ToneGood, spans(bot.B(r.c.ID), " is with ", bot.Who(p.ID, p.Name), " now."))
			},
		},
		{
			Name: "invite", Verb: desk.VerbInvite, Case: WithCase, Title: "Invite somebody", Submit: "Invite",
			Summary: "Let somebody into a restricted case.",
			Example: "/case invite NW-1042 @ivy She leads the investigation",
			Args: []Arg{
				{Key: "person", Label: "Who", Kind: bot.AskChoice, Required: true, Word: true, options: func(r *request) []bot.Option { return personOptions(r.invitees()) }},
				{Key: "why", Label: "Why", Rest: true, Hint: "Kept for the audit."},
			},
			run: func(r *request) (bot.Answer, error) {
				p, err := r.person("person", r.get("person"), append(r.invitees(), r.invitedAlready()...))
				if err != nil {
					return bot.Answer{}, err
				}
				if _, err := r.act(r.c.ID, desk.InvitePerson{Person: p.ID, Why: r.get("why")}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(bot.ToneGood, spans(bot.Who(p.ID, p.Name), " can read ", bot.B(r.c.ID), " now."))
			},
		},
	}, waitCommands()...)
}

// invitedAlready lets the answer to a second invitation name the person, who is told to be in already.
func (r *request) invitedAlready() []desk.Person {
	var out []desk.Person
	for _, id := range r.c.Invited {
		if p, ok := r.dir().Person(id); ok {
			out = append(out, p)
		}
	}
	return out
}

// ahead reads a time to come; an empty one is zero.
func (r *request) ahead(key string) (time.Time, error) {
	v := r.get(key)
	if v == "" {
		return time.Time{}, nil
	}
	t, err := desk.ParseWhenAhead(v, r.in.Now, r.zone())
	if err != nil {
		say := err.Error()
		if e, ok := err.(*desk.Error); ok {
			say = e.Say
		}
		return t, &desk.Error{Kind: desk.KindInvalid, Say: say, Fields: []desk.FieldError{{Field: key, Message: say}}}
	}
	return t, nil
}

// runUpdate gives an update with an optional promise. A promise that is too far off comes back as a
// sentence beside its field, from the desk.
func runUpdate(r *request) (bot.Answer, error) {
	next, err := r.ahead("next")
	if err != nil {
		return bot.Answer{}, err
	}
	text, err := r.promised(r.get("text"), next)
	if err != nil {
		return bot.Answer{}, err
	}
	if _, err := r.act(r.c.ID, desk.UpdateCase{Text: text, ETA: r.get("eta"), NextBy: next, Workaround: r.get("workaround")}); err != nil {
		return bot.Answer{}, err
	}
	parts := []any{bot.ToneGood, spans("Your update is on ", bot.B(r.c.ID), ".")}
	if r.get("workaround") != "" {
		parts = append(parts, "The case counts as having a workaround. Resolve it when the cause is gone.")
	}
	if r.side() == desk.Provider {
		parts = append(parts, r.told(r.partner()+" passes it on to the customer."))
	} else {
		parts = append(parts, "Make sure the customer has it too.")
	}
	if k, ok := r.c.Clock(desk.ClockUpdate); ok && k.Party == r.by().Party {
		parts = append(parts, spans("The next one is due ", k.Due, "."))
	}
	return r.say(parts...)
}

// isSeverity tells a severity from the first word of a reason.
func isSeverity(_ *request, word string) bool {
	_, err := desk.ParseSeverity(word)
	return err == nil
}

// runSeverity shows the definitions where there is nothing to change. The permission stands here and not
// in the declaration, because everybody may read the definitions.
func runSeverity(r *request) (bot.Answer, error) {
	if r.c == nil {
		return r.answer(templates.Severities(r.book()))
	}
	if err := desk.May(r.by(), desk.VerbSeverity); err != nil {
		return bot.Answer{}, err
	}
	if _, err := desk.Next(r.c.Status, desk.VerbSeverity); err != nil {
		return bot.Answer{}, err
	}
	if !r.sent && (r.get("severity") == "" || r.get("why") == "") {
		return r.open(nil)
	}
	to, err := desk.ParseSeverity(r.get("severity"))
	if err != nil {
		say := err.(*desk.Error).Say
		return bot.Answer{}, &desk.Error{Kind: desk.KindInvalid, Say: say, Fields: []desk.FieldError{{Field: "severity", Message: say}}}
	}
	from := r.c.Severity
	if _, err := r.act(r.c.ID, desk.ChangeSeverity{To: to, Why: r.get("why")}); err != nil {
		return bot.Answer{}, err
	}
	parts := []any{bot.ToneGood, spans(bot.B(r.c.ID), " is "+to.String()+" now. It was "+from.String()+".")}
	if k, ok := r.c.NextClock(); ok && k.Breached.IsZero() {
		parts = append(parts, spans("Next due: "+templates.ClockName(k.Kind)+", ", k.Due, "."))
	} else if ok {
		parts = append(parts, spans("Late: "+templates.ClockName(k.Kind)+", was due ", k.Due, "."))
	}
	return r.say(append(parts, button("Deadlines", "explain "+r.c.ID))...)
}
