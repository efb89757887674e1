package templates

import (
	"slices"

	"casebot/bot"
	"casebot/desk"
)

// toldEscalation tells how a case goes up, is taken on, comes back (handbook §4).
func (v View) toldEscalation(e desk.Event, all []desk.Event) (bot.Message, bool) {
	switch b := e.Body.(type) {
	case desk.EscalationDue:
		return v.escalationDue(e, b, all), true
	case desk.Escalated:
		return v.escalated(e, b, all), true
	case desk.TakenBack:
		m := bot.Message{Title: v.title("taken back"), Blocks: []bot.Block{para(v.actor(e), " took the case back.")}}
		m.Blocks = append(m.Blocks, quote(b.Reason)...)
		if v.Side == desk.Provider {
			m.Blocks = append(m.Blocks, para("You have nothing left to do on it."))
		} else {
			m.Blocks = append(m.Blocks, para(v.partner()+" works on it again."))
		}
		return m, true
	case desk.Returned:
		return v.returned(e, b, all), true
	case desk.Lapsed:
		return v.lapsed(e, b, all), true
	case desk.Acknowledged:
		return v.acknowledged(e, b, all), true
	}
	return bot.Message{}, false
}

// title starts with the case number, because a notification is often all that is read.
func (v View) title(what string) []bot.Span { return line(bot.B(v.Case.ID), " "+what) }

// triggerSay says why the handbook wants a case to go up.
func triggerSay(t desk.Trigger, c *desk.Case) string {
	switch t {
	case desk.TriggerSeverity:
		return "The handbook escalates every " + c.Severity.String() + "."
	case desk.TriggerSecurity:
		return "The handbook escalates every security or privacy event."
	case desk.TriggerIntegrity:
		return "The handbook escalates every data integrity issue."
	case desk.TriggerRepeated:
		return "This failure has come back several times."
	}
	return ""
}

// escalationDue asks the Partner for what the handbook wants. It never goes to the Provider: an incomplete
// escalation starts no clock there and is not theirs to see yet (SLA.md §2).
func (v View) escalationDue(e desk.Event, b desk.EscalationDue, all []desk.Event) bot.Message {
	id := v.Case.ID
	m := bot.Message{Title: v.title("should be escalated"), Tone: bot.ToneWarn, Blocks: []bot.Block{para(triggerSay(b.Trigger, v.asOf(e, all).Case))}}
	if v.settled(&m, e, all) {
		return m
	}
	if len(b.Missing) > 0 {
		m.Blocks = append(m.Blocks, para("It cannot go to "+v.provider()+" yet."), para("Still missing: ", bot.B(v.labels(b.Missing)), "."),
			para("Add it and the case goes up at once."))
		m.Buttons = []bot.Button{{Label: "Add what is missing", Do: "escalate " + id + " ask=yes", Style: bot.ButtonPrimary}}
		return m
	}
	m.Blocks = append(m.Blocks, para("Decide whether it goes to "+v.provider()+" now."))
	m.Buttons = []bot.Button{{Label: "Escalate", Do: "escalate " + id, Style: bot.ButtonPrimary}}
	return m
}

// escalated tells the Partner by when somebody answers, and gives the engineer the whole case with the two
// things that can be done: take it, or send it back.
func (v View) escalated(e desk.Event, b desk.Escalated, all []desk.Event) bot.Message {
	c := v.Case
	m := bot.Message{Title: v.title("escalated to " + v.provider()), Tone: bot.ToneWarn}
	switch {
	case withReopening(e, all):
		// The reopening is told by itself, with its reason.
		m.Blocks = append(m.Blocks, para("It goes straight back to "+v.provider()+", who had it before."))
	case e.Actor == desk.System || b.Trigger != desk.TriggerByHand:
		m.Blocks = append(m.Blocks, para(triggerSay(b.Trigger, v.asOf(e, all).Case)))
	default:
		m.Blocks = append(m.Blocks, para(v.actor(e), " handed the case to "+v.provider()+"."))
		m.Blocks = append(m.Blocks, quote(b.Reason)...)
	}
	k, due := c.Clock(desk.ClockTier2)
	settled := v.settled(&m, e, all)
	v.Up = e.Seq
	if v.Side == desk.Provider {
		if !settled {
			if due {
				m.Blocks = append(m.Blocks, para("Acknowledge by ", k.Due, "."))
			}
			m.Blocks = append(m.Blocks, para("Answer “ack” here, press the button"+v.orReact("ack")+"."))
			m.Buttons = []bot.Button{{Label: "Acknowledge", Do: v.take("ack"), Style: bot.ButtonPrimary}, {Label: "Return", Do: v.take("return")}}
		}
		m.Blocks = append(m.Blocks, v.asOf(e, all).carries()...)
		m.Blocks = append(m.Blocks, v.before(e, all)...)
		if v.Handover && c.Tier() == 2 {
			m.Buttons = append(m.Buttons, bot.Button{Label: "Hand-over summary", Do: "handover " + c.ID})
		}
		return m
	}
	if settled && !v.held(e, all) {
		return m
	}
	if due && !settled {
		m.Blocks = append(m.Blocks, para("Somebody at "+v.provider()+" acknowledges by ", k.Due, "."))
	}
	m.Blocks = append(m.Blocks, para("What you write in this thread reaches them too."))
	m.Buttons = []bot.Button{{Label: "Take back", Do: v.take("takeback")}}
	return m
}

// held says that nothing has happened to an escalation but that it was acknowledged: it can still be taken back.
func (v View) held(e desk.Event, all []desk.Event) bool {
	ended := desk.Endings(e, v.Side, all)
	if len(ended) == 0 {
		return false
	}
	_, acked := ended[len(ended)-1].Body.(desk.Acknowledged)
	return acked
}

// orReact offers the reaction that does an act, where the handbook has one.
func (v View) orReact(act string) string {
	signs := []string{}
	for sign, does := range v.Book.Reactions {
		if key := bot.EmojiKey(sign); does == act && !slices.Contains(signs, key) {
			signs = append(signs, key)
		}
	}
	if len(signs) == 0 {
		return ""
	}
	slices.Sort(signs)
	return ", or react with " + signs[0]
}

// firstTime says that the Provider had never been given the case before an escalation.
func firstTime(e desk.Event, all []desk.Event) bool {
	return !slices.ContainsFunc(all, func(o desk.Event) bool {
		_, up := o.Body.(desk.Escalated)
		return up && o.Seq < e.Seq
	})
}

// beforeShown is how many of the messages that were written before a case went up are shown with it.
const beforeShown = 5

// before gives the Provider what the Partner's people wrote on the case before it went up: nothing of it was
// copied then.
func (v View) before(e desk.Event, all []desk.Event) []bot.Block {
	if !firstTime(e, all) {
		return nil
	}
	var said []desk.Event
	now := map[int]desk.Revised{}
	for _, o := range all {
		switch b := o.Body.(type) {
		case desk.Said:
			if o.Seq < e.Seq && o.Audience.Includes(v.Side) && b.Text != "" {
				said = append(said, o)
			}
		case desk.Revised:
			now[b.Of] = b
		}
	}
	said = slices.DeleteFunc(said, func(o desk.Event) bool { return now[o.Seq].Deleted })
	if len(said) == 0 {
		return nil
	}
	out := []bot.Block{para(bot.B("Written before it went up"))}
	if n := len(said) - beforeShown; n > 0 {
		out = append(out, para("The last "+itoa(beforeShown)+" of "+itoa(len(said))+" messages. Show has them all."))
		said = said[n:]
	}
	for _, o := range said {
		text := o.Body.(desk.Said).Text
		if r, ok := now[o.Seq]; ok {
			text = r.Text
		}
		out = append(out, para(v.actor(o), ", ", o.At, ":"), bot.Q(text))
	}
	return out
}

// withReopening says that an escalation is part of a reopening.
func withReopening(e desk.Event, all []desk.Event) bool {
	for _, o := range sameAct(e, all) {
		if _, ok := o.Body.(desk.Reopened); ok {
			return true
		}
	}
	return false
}

// returned tells the Partner what to add, with the one button that opens exactly that.
func (v View) returned(e desk.Event, b desk.Returned, all []desk.Event) bot.Message {
	c := v.Case
	m := bot.Message{Title: v.title("returned to " + v.partner()), Tone: bot.ToneWarn, Blocks: []bot.Block{
		para(v.actor(e), " sent the case back."), para(codeSay(v.Book.Escalation.ReturnCodes, b.Code))}}
	m.Blocks = append(m.Blocks, quote(b.Text)...)
	if len(b.Missing) > 0 {
		m.Blocks = append(m.Blocks, para("Please add: ", bot.B(v.labels(b.Missing)), "."))
	}
	if v.Side == desk.Provider {
		m.Blocks = append(m.Blocks, para("The next complete escalation starts a new time to answer."))
		return m
	}
	if v.settled(&m, e, all) {
		return m
	}
	m.Blocks = append(m.Blocks, para("Mend it and escalate again."))
	m.Buttons = []bot.Button{{Label: "Add what is missing", Do: "escalate " + c.ID + " ask=yes", Style: bot.ButtonPrimary}, {Label: "Resolve", Do: "resolve " + c.ID}}
	again := b.Missing
	if _, isField := v.Book.FieldSpec(desk.Field(b.Code)); isField && len(again) == 0 {
		again = []desk.Field{desk.Field(b.Code)} // A reason named like a field names it: without it the case would go up unchanged.
	}
	if len(again) > 0 {
		// The fields may be filled and still not do: the form has to offer what the engineer named.
		m.Buttons[0].Do += " fields=" + join(again)
	}
	return m
}

// lapsed tells both sides that an acknowledgement has been followed by nothing (SLA.md §2).
func (v View) lapsed(e desk.Event, b desk.Lapsed, all []desk.Event) bot.Message {
	p, _ := v.Dir.Person(b.Engineer)
	m := bot.Message{Title: v.title("needs somebody again"), Tone: bot.ToneWarn,
		Blocks: []bot.Block{para("There has been no word from "+v.provider()+" on this case since ", b.Since, ".")}}
	ended := desk.Endings(e, v.Side, all)
	last, called := ending[desk.ClockFired](e, v.Side, all)
	switch {
	case called && len(ended) == 1: // Nobody else is called, and somebody is needed all the same.
		m.Blocks = append(m.Blocks, v.became(last))
	case v.settled(&m, e, all):
		m.Title = v.title("needed somebody again")
		m.Blocks[0] = para("There had been no word from "+v.provider()+" on this case since ", b.Since, ".")
		return m
	case v.Side == desk.Partner:
		m.Blocks = append(m.Blocks, para("The people on call there are called again. You have nothing to do."))
	default:
		m.Blocks = append(m.Blocks, para("The people on call are called again until somebody acknowledges."))
	}
	if v.Side == desk.Partner {
		return m
	}
	m.Blocks = append(m.Blocks, para("Any word of ", bot.Who(b.Engineer, p.Name), " in this thread takes the case up again."))
	m.Buttons = []bot.Button{{Label: "Acknowledge", Do: v.take("ack"), Style: bot.ButtonPrimary}}
	return m
}

// acknowledged gives the Partner a name and a time, which is what they tell their customer. The engineer
// is reminded that their thread is internal, at the moment when it starts to matter.
func (v View) acknowledged(e desk.Event, b desk.Acknowledged, all []desk.Event) bot.Message {
	m := bot.Message{Title: v.title("acknowledged"), Tone: bot.ToneGood, Blocks: []bot.Block{para(v.actor(e), " has the case.")}}
	if x, over := v.updateOver(e, all); over {
		m.Tone = bot.ToneNone
		m.Blocks = append(m.Blocks, v.became(x))
		if !goesOn(x) {
			m.Blocks[0] = para(v.actor(e), " had the case.")
		}
	} else if by := v.movedTo(desk.ClockUpdate, b.NextUpdate, e, all); !by.IsZero() {
		m.Blocks = append(m.Blocks, para("The next update comes by ", by, "."))
	}
	if v.Side == desk.Provider {
		how := "Use Reply to partner for what " + v.partner() + " should read."
		if or := v.orReact("send"); or != "" {
			how = "Use Reply to partner" + or + " on what " + v.partner() + " should read."
		}
		m.Blocks = append(m.Blocks, para("This thread stays inside "+v.provider()+". "+how))
		m.Buttons = []bot.Button{{Label: "Reply to partner", Do: "reply " + v.Case.ID}, {Label: "Update", Do: "update " + v.Case.ID}}
	}
	return m
}

// goesOn says that what ended the promise of the next update left the case with who had acknowledged it.
func goesOn(x desk.Event) bool {
	switch x.Body.(type) {
	case desk.Updated, desk.WorkaroundGiven, desk.WaitStarted, desk.ClockStopped:
		return true
	}
	return false
}
