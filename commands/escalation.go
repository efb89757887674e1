package commands

import (
	"slices"
	"strconv"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// escalationCommands take a case up to the Provider and down again (handbook §4).
func escalationCommands() []Command {
	return []Command{
		{
			Name: "escalate", Aliases: []string{"up"}, Verb: desk.VerbEscalate, Case: WithCase, React: "escalate", CaseFields: true,
			Title: "Add what is missing", Submit: "Add and escalate",
			Summary: "Hand the case to the Provider. If something is missing, a button opens exactly that.",
			Example: `/case escalate NW-1042 Customer's shop opens in an hour`,
			Args: []Arg{
				{Key: "reason", Label: "Reason", Rest: true, Hidden: true},
				{Key: "fields", Label: "Fields to mend", Hidden: true},
			},
			fields: escalateFields, run: runEscalate,
		},
		{
			Name: "takeback", Aliases: []string{"take-back", "recall"}, Verb: desk.VerbTakeBack, Case: WithCase,
			Summary: "Take an escalated case back to your own side.",
			Example: "/case takeback NW-1042 The customer found the cable unplugged",
			Args:    []Arg{{Key: "reason", Label: "Reason", Rest: true}, escalationArg},
			run: func(r *request) (bot.Answer, error) {
				if _, err := r.act(r.c.ID, desk.TakeBack{Reason: r.get("reason")}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(spans(bot.B(r.c.ID), " is yours again."), r.told(r.provider()+" has been told."), button("Show", "show "+r.c.ID))
			},
		},
		{
			Name: "ack", Aliases: []string{"acknowledge", "acknowledged"}, Verb: desk.VerbAck, Case: WithCase, React: "ack",
			Summary: "Say that you have the case. The Partner is told your name and when the next update comes.",
			Example: `/case ack NW-1042 next="17:00"`,
			Args:    []Arg{{Key: "next", Label: "Next update by", Kind: bot.AskTime, Example: "17:00"}, escalationArg},
			run:     runAck,
		},
		{
			Name: "return", Aliases: []string{"reject", "incomplete"}, Verb: desk.VerbReturn, Case: WithCase, Title: "Return the case", Submit: "Return it",
			Summary: "Send an escalation back as incomplete, with a reason from the list and what is missing.",
			Example: "/case return NW-1042 steps Which till model is it",
			Args: []Arg{
				{Key: "code", Label: "Why it goes back", Kind: bot.AskChoice, Required: true, Word: true, options: returnCodes, match: isReturnCode},
				{Key: "missing", Label: "What is missing", Kind: bot.AskMulti, options: fieldOptions},
				{Key: "text", Label: "A sentence for the Partner", Kind: bot.AskLong, Rest: true, Hint: "Say what would make the case complete."},
				escalationArg,
			},
			run: runReturn,
		},
	}
}

// escalationArg names the escalation that a message's button answers, so that an older message's does not answer a newer one.
var escalationArg = Arg{Key: "escalation", Label: "Which escalation", Hidden: true}

// answered is the escalation that is answered; 0: the one that stands.
func (r *request) answered() int {
	of, _ := strconv.Atoi(r.get(escalationArg.Key))
	return of
}

// escalateFields are exactly the fields the gate misses, those an engineer named in a return, and those
// already typed into this form.
func escalateFields(r *request) []bot.FormField {
	want := map[desk.Field]bool{}
	for _, g := range r.missing() {
		want[desk.Field(g.Field)] = true
	}
	for _, f := range strings.Split(r.get("fields"), ",") {
		want[desk.Field(strings.TrimSpace(f))] = true
	}
	var out []bot.FormField
	for _, s := range r.book().Fields {
		_, typed := r.values[string(s.Name)]
		if !want[s.Name] && !typed || s.Name == desk.FieldSeverity || s.Name == desk.FieldLive {
			continue
		}
		f := r.field(s, desk.StageEscalate, r.c.Severity)
		if !typed {
			f.Value = r.stands(s)
		}
		f.Live = false
		out = append(out, f)
	}
	return out
}

// runEscalate escalates, mending in the same act what was typed. An incomplete case is answered with one
// button that opens exactly the missing fields; pressing it is the one time the form opens by itself.
func runEscalate(r *request) (bot.Answer, error) {
	if !r.sent {
		if err := r.takeFiles(); err != nil {
			return bot.Answer{}, err
		}
	}
	asked := r.get("ask") != ""
	if asked && !r.sent && (len(r.missing()) > 0 || r.get("fields") != "") {
		if _, err := desk.Next(r.c.Status, desk.VerbEscalate); err != nil {
			return bot.Answer{}, err
		}
		return r.open(nil)
	}
	_, err := r.act(r.c.ID, desk.EscalateCase{Reason: r.get("reason"), Values: r.caseValues(), Files: r.files})
	if desk.KindOf(err) == desk.KindIncomplete && !r.sent {
		return r.askForMissing(err)
	}
	if err != nil {
		return bot.Answer{}, err
	}
	parts := []any{bot.ToneGood, spans(bot.B(r.c.ID), " is with "+r.provider()+" now.")}
	if k, ok := r.c.Clock(desk.ClockTier2); ok {
		parts = append(parts, spans("They acknowledge by ", k.Due, "."))
	}
	return r.say(append(parts, r.undoButton())...)
}

// askForMissing names what is missing and offers the form that mends it and escalates in one act.
func (r *request) askForMissing(err error) (bot.Answer, error) {
	e := err.(*desk.Error)
	r.keep() // What was typed with the command is in the form that the button opens.
	m := bot.Message{Tone: bot.ToneWarn, Title: spans(bot.B(r.c.ID), " is not complete yet"), Blocks: []bot.Block{bot.P(bot.T("It has not gone up. These are still needed:"))}}
	list := bot.Block{Kind: bot.List}
	for _, g := range e.Fields {
		label := g.Field
		if s, ok := r.book().FieldSpec(desk.Field(g.Field)); ok {
			label = s.Label
		}
		list.Items = append(list.Items, spans(bot.B(label+". "), g.Message))
	}
	m.Blocks = append(m.Blocks, list, bot.P(bot.T("Add them and the case goes up at once.")))
	m.Buttons = []bot.Button{{Label: "Add what is missing", Do: "escalate " + r.c.ID + " ask=yes", Style: bot.ButtonPrimary}}
	return r.answer(m)
}

// undoButton offers to take the last act back while that can still be done.
func (r *request) undoButton() bot.Button { return button("Undo", "undo "+r.c.ID) }

// runAck is the explicit acknowledgement that stops the Tier 2 clock (SLA.md §2): a named person, and the
// time of the next update.
func runAck(r *request) (bot.Answer, error) {
	next, err := r.ahead("next")
	if err != nil {
		return bot.Answer{}, err
	}
	if _, err := r.act(r.c.ID, desk.AckCase{NextUpdate: next}); err != nil {
		return bot.Answer{}, err
	}
	parts := []any{bot.ToneGood, spans("You have ", bot.B(r.c.ID), " now."), r.told(r.partner() + " has been told your name.")}
	if k, ok := r.c.Clock(desk.ClockUpdate); ok {
		parts = append(parts, spans("Give the next update by ", k.Due, "."))
	}
	parts = append(parts, button("Reply to partner", "reply "+r.c.ID), button("Update", "update "+r.c.ID))
	if r.offers(desk.AssistHandover) {
		parts = append(parts, button("Hand-over summary", "handover "+r.c.ID))
	}
	return r.say(append(parts, r.undoButton())...)
}

// returnCodes are the reasons of a return. They are codes so that the review can count them.
func returnCodes(r *request) []bot.Option {
	return codeOptions(r.book().Escalation.ReturnCodes)
}

// codeOptions shows a code with its sentence below.
func codeOptions(cs []desk.Code) []bot.Option {
	var out []bot.Option
	for _, c := range cs {
		out = append(out, bot.Option{Value: c.Code, Label: c.Code, Note: c.Say})
	}
	return out
}

// isReturnCode tells a code from the first word of a sentence, so that "return NW-1042 what is this" asks
// for the code and keeps the sentence.
func isReturnCode(r *request, word string) bool {
	return slices.ContainsFunc(r.book().Escalation.ReturnCodes, func(c desk.Code) bool { return strings.EqualFold(c.Code, word) })
}

// fieldOptions are the fields an engineer can ask for.
func fieldOptions(r *request) []bot.Option {
	var out []bot.Option
	for _, s := range r.book().Fields {
		if s.RequiredAt(desk.StageEscalate, r.c.Severity) {
			out = append(out, bot.Option{Value: string(s.Name), Label: s.Label})
		}
	}
	return out
}

// runReturn sends the case back naming the fields that are missing, which the Partner gets as a form.
func runReturn(r *request) (bot.Answer, error) {
	do := desk.ReturnCase{Code: r.get("code"), Text: r.get("text")}
	for _, f := range strings.Split(r.get("missing"), ",") {
		f = strings.TrimSpace(f)
		if f == "" {
			continue
		}
		s, ok := r.fieldNamed(f)
		if !ok {
			say := "There is no field “" + clip(f) + "”."
			return bot.Answer{}, &desk.Error{Kind: desk.KindInvalid, Say: say, Fields: []desk.FieldError{{Field: "missing", Message: say}}}
		}
		do.Missing = append(do.Missing, s.Name)
	}
	if _, err := r.act(r.c.ID, do); err != nil {
		return bot.Answer{}, err
	}
	return r.say(spans(bot.B(r.c.ID), " is back with "+r.partner()+"."), r.told("They have been told what is missing."))
}

// fieldNamed finds a field by its name or its label.
func (r *request) fieldNamed(name string) (desk.FieldSpec, bool) {
	for _, s := range r.book().Fields {
		if strings.EqualFold(string(s.Name), name) || strings.EqualFold(s.Label, name) {
			return s, true
		}
	}
	return desk.FieldSpec{}, false
}
