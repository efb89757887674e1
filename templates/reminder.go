package templates

import (
	"casebot/bot"
	"casebot/desk"
)

// Reminder tells a side that a clock has reached one of its instants (SLA.md §4). ok is false when it
// has been overtaken: the clock was stopped, moved or paused since, or a later instant has been acted on.
func Reminder(v View, e desk.Event, generation int) (m bot.Message, ok bool) {
	f, isFired := e.Body.(desk.ClockFired)
	if !isFired {
		return bot.Message{}, false
	}
	k, found := cycleOf(v.Case, f.Clock, f.Cycle)
	if !found || !k.Running() || k.Generation != generation || k.Fired > f.Fired {
		return bot.Message{}, false
	}
	mine := v.sideOf(k.Party) == v.Side
	if !mine && f.Threshold != desk.AtLimit {
		return bot.Message{}, false // A warning is for those who can still be in time.
	}
	if r, relays := v.Case.Clock(desk.ClockRelay); relays && f.Clock == desk.ClockTier1 && f.Threshold == desk.AtWarning && !r.Due.After(k.Due) {
		return bot.Message{}, false // The relay that is warned of as well is the answer: one message asks for it.
	}
	m = bot.Message{Title: line(bot.B(v.Case.ID), " · "+v.Case.Severity.String()+" · "+reminderHead(f)), Tone: bot.ToneWarn}
	late := f.Threshold == desk.AtLimit || f.Threshold == desk.AtReminder || f.Threshold == desk.AtContact
	if late {
		m.Tone = bot.ToneBad
	}
	what := "The " + ClockName(f.Clock)
	switch {
	case late:
		m.Blocks = append(m.Blocks, para(what+" by "+v.party(k.Party)+" is late.", " It was due ", k.Due, "."))
	case f.Threshold == desk.AtObjective:
		m.Blocks = append(m.Blocks, para(what+" was wanted by ", f.Due, "."), para("The limit is ", k.Due, "."))
	default:
		m.Blocks = append(m.Blocks, para(what+" by "+v.party(k.Party)+" is due ", k.Due, "."))
	}
	m.Blocks = append(m.Blocks, v.summary()...)
	if !mine {
		if p, ok := v.Dir.Party(k.Party); ok && p.Contact != "" && f.Clock == desk.ClockTier2 {
			m.Blocks = append(m.Blocks, para("Their escalation contact has been told."))
		}
		m.Blocks = append(m.Blocks, para("Tell the customer that it takes longer."))
		m.Buttons = []bot.Button{{Label: "Update", Do: "update " + v.Case.ID}, show(v.Case.ID)}
		return m, true
	}
	say, button := v.reminderAct(f.Clock)
	m.Blocks = append(m.Blocks, para(say))
	m.Buttons = []bot.Button{button, show(v.Case.ID)}
	return m, true
}

// reminded is a reminder of what has been settled since, or that a later one has taken the place of.
func (v View) reminded(f desk.ClockFired, ended []desk.Event) bot.Message {
	m := bot.Message{Title: line(bot.B(v.Case.ID), " · "+v.Case.Severity.String()+" · "+ClockName(f.Clock)), Buttons: []bot.Button{show(v.Case.ID)}}
	if len(ended) == 0 {
		m.Blocks = append(m.Blocks, para("A later reminder has taken the place of this one."))
	} else {
		if k, found := cycleOf(v.Case, f.Clock, f.Cycle); found {
			m.Blocks = append(m.Blocks, para("The "+ClockName(f.Clock)+" by "+v.party(k.Party)+" was due ", k.Due, "."))
		}
		m.Blocks = append(m.Blocks, v.became(ended[0]))
	}
	m.Blocks = append(m.Blocks, v.summary()...)
	return m
}

// reminderHead is what a phone's lock screen shows of a reminder: the clock and how urgent it is.
func reminderHead(f desk.ClockFired) string {
	switch f.Threshold {
	case desk.AtLimit:
		return ClockName(f.Clock) + " is late"
	case desk.AtReminder, desk.AtContact:
		return ClockName(f.Clock) + " is still late"
	case desk.AtObjective:
		return ClockName(f.Clock) + " is wanted now"
	}
	return ClockName(f.Clock) + " is due soon"
}

// reminderAct says what to do now about a clock, with the button that does it.
func (v View) reminderAct(k desk.ClockKind) (string, bot.Button) {
	do := func(label, verb string) bot.Button {
		return bot.Button{Label: label, Do: verb + " " + v.Case.ID, Style: bot.ButtonPrimary}
	}
	over := v.Case.Status == desk.StatusResolved
	switch k {
	case desk.ClockTier1:
		// A word of the Provider's that is passed on is an answer too, and the only one left when the case is resolved.
		switch {
		case over && len(v.Case.ToRelay) > 0:
			return "Tell the customer how it was resolved, then press the button.", do("Told the customer", "relay")
		case over:
			return "Tell the customer how it was resolved, and ask how satisfied they are.", do("Rate", "rate")
		case len(v.Case.ToRelay) > 0:
			return "Pass what " + v.provider() + " wrote on to the customer, then press the button.", do("Told the customer", "relay")
		}
		return "Answer the customer, then record what you told them with Update.", do("Update", "update")
	case desk.ClockTier2:
		return "Take the case with Acknowledge, or send it back with a reason.", bot.Button{Label: "Acknowledge", Do: v.take("ack"), Style: bot.ButtonPrimary}
	case desk.ClockRelay:
		if over {
			return "Tell the customer how it was resolved, then press the button.", do("Told the customer", "relay")
		}
		return "Pass the update on to the customer, then press the button.", do("Told the customer", "relay")
	case desk.ClockWorkaround:
		if _, err := desk.Next(v.Case.Status, desk.VerbWorkaround); err != nil {
			return "Take the case up, or say in an update what holds it up.", do("Update", "update")
		}
		return "Give the customer a way to work meanwhile, or raise the alarm in your team.", do("Workaround", "workaround")
	case desk.ClockResolution:
		return "Resolve the case, or say in an update what holds it up.", do("Update", "update")
	}
	return "Say what happened, what is being done, and when the next update comes.", do("Update", "update")
}

// summary names the customer and quotes the summary, where that may be shown.
func (v View) summary() []bot.Block {
	if v.hidden() {
		return []bot.Block{para("The case is restricted. Invited people can read it with Show.")}
	}
	bs := []bot.Block{bot.Q(v.Case.Summary)}
	if name := v.Case.Fields[desk.FieldCustomer]; name != "" {
		bs = append([]bot.Block{{Kind: bot.Fields, Fields: pair("Customer", name)}}, bs...)
	}
	return bs
}

// sideOf gives the side of a party of this case.
func (v View) sideOf(party string) desk.PartyKind {
	if party == v.Case.Tenant {
		return desk.Partner
	}
	return desk.Provider
}

// cycleOf finds the cycle that an event speaks of; a later one of the same clock is another promise.
func cycleOf(c *desk.Case, kind desk.ClockKind, n int) (desk.Clock, bool) {
	for _, k := range c.Clocks {
		if k.Kind == kind && k.Cycle == n {
			return k, true
		}
	}
	return desk.Clock{}, false
}

// Page is the message that must wake somebody of the on-call ladder (handbook §4). ok is false once
// nobody has to be woken any more.
func Page(v View, to desk.Person, e desk.Event) (m bot.Message, ok bool) {
	c := v.Case
	p, isPaged := e.Body.(desk.Paged)
	if !isPaged || c.Status != desk.StatusEscalated {
		return bot.Message{}, false
	}
	return v.page(p), true
}

// page asks somebody of the ladder to take the case.
func (v View) page(p desk.Paged) bot.Message {
	c := v.Case
	m := bot.Message{Title: line(bot.B(c.ID), " · "+c.Severity.String()+" needs you"), Tone: bot.ToneBad, Notify: []string{p.Person}}
	m.Blocks = append(m.Blocks, para(v.partner()+" escalated this case ", c.EscalatedAt, "."), para("Nobody has acknowledged it yet."))
	m.Blocks = append(m.Blocks, v.summary()...)
	if impact := c.Fields[desk.FieldImpact]; impact != "" && !v.hidden() {
		m.Blocks = append(m.Blocks, para("Business impact:"), bot.Q(impact))
	}
	if k, due := c.Clock(desk.ClockTier2); due {
		m.Blocks = append(m.Blocks, para("Acknowledge by ", k.Due, "."))
	}
	m.Buttons = []bot.Button{{Label: "Acknowledge", Do: v.take("ack"), Style: bot.ButtonPrimary}, show(c.ID)}
	return m
}

// paged is a call that has been answered, by whomever, or is needed no more.
func (v View) paged(ended []desk.Event) bot.Message {
	m := bot.Message{Title: line(bot.B(v.Case.ID), " · "+v.Case.Severity.String()+" no longer needs you"), Buttons: []bot.Button{show(v.Case.ID)}}
	m.Blocks = append([]bot.Block{para("You were called for this case."), v.became(ended[0])}, v.summary()...)
	return m
}

// Direct is a message to one person about an event that concerns them.
func Direct(v View, to desk.Person, e desk.Event, generation int) (m bot.Message, ok bool) {
	c := v.Case
	switch b := e.Body.(type) {
	case desk.Assigned:
		m = bot.Message{Title: v.title("is yours"), Blocks: []bot.Block{para(v.actor(e), " gave you this case.")}}
	case desk.Invited:
		m = bot.Message{Title: v.title("· restricted"), Tone: bot.ToneWarn, Blocks: []bot.Block{
			para(v.actor(e), " invited you to this case."), para("Speak of it with invited people only.")}}
		if !v.hidden() {
			m.Blocks = append(m.Blocks, v.summary()...)
		}
		m.Buttons = []bot.Button{show(c.ID)}
		return m, true
	case desk.WaitNudged:
		if c.Wait == nil || c.Wait.Nudges != b.Nudge {
			return bot.Message{}, false
		}
		return v.nudgeTo(b, *c.Wait, nil), true
	case desk.ClockFired:
		if m, ok = Reminder(v, e, generation); ok {
			m.Footer = v.asContact(to)
		}
		return m, ok
	default:
		return Told(v, e, nil)
	}
	m.Blocks = append(m.Blocks, v.summary()...)
	if _, isDue := c.NextClock(); isDue && !v.hidden() {
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: v.nextDue()})
	}
	m.Buttons = []bot.Button{show(c.ID)}
	if _, given := e.Body.(desk.Assigned); given && !v.hidden() {
		m.Buttons = Buttons(c, v.Side) // Whoever is given a case has to do something on it.
	}
	return m, true
}

// asContact says why somebody gets a reminder in person.
func (v View) asContact(to desk.Person) []bot.Span {
	return line("You get this as the escalation contact of " + v.party(to.Party) + ".")
}
