package templates

import (
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// toldCustomer tells the words that are meant for the customer, and who passes them on (handbook §9).
func (v View) toldCustomer(e desk.Event, all []desk.Event) (bot.Message, bool) {
	switch b := e.Body.(type) {
	case desk.Updated:
		m := bot.Message{Title: v.title("status update"), Blocks: []bot.Block{para(v.actor(e), " gives this update for the customer:"), bot.Q(b.Text)}}
		meanwhile := givenWith(e, all)
		if meanwhile != "" {
			m.Title, m.Tone = v.title("status update and workaround"), bot.ToneGood
			m.Blocks = append(m.Blocks, para("How the customer can work meanwhile:"), bot.Q(meanwhile))
		}
		if b.ETA != "" {
			m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: pair("Expected", b.ETA)})
		}
		if x, over := v.updateOver(e, all); over {
			m.Blocks = append(m.Blocks, v.became(x))
			b.NextBy = time.Time{} // Nobody is to be told it any more.
		} else if by := v.movedTo(desk.ClockUpdate, b.NextBy, e, all); !by.Equal(b.NextBy) {
			m.Blocks = append(m.Blocks, para("The next update comes by ", by, "."))
			b.NextBy = by
		} else if !b.NextBy.IsZero() {
			m.Blocks = append(m.Blocks, para("The next update is promised for ", b.NextBy, "."))
		}
		return v.withRelay(m, e, all, v.customerText(b, meanwhile)), true
	case desk.WorkaroundGiven:
		if b.Of != 0 {
			return bot.Message{}, false // The update that it was given with tells it.
		}
		m := bot.Message{Title: v.title("workaround"), Tone: bot.ToneGood, Blocks: []bot.Block{
			para(v.actor(e), " says how the customer can work meanwhile:"), bot.Q(b.Text)}}
		return v.withRelay(m, e, all, line("You can go on working meanwhile:\n"+b.Text)), true
	case desk.Relayed:
		m := bot.Message{Blocks: []bot.Block{para(v.actor(e), " told the customer.")}}
		return m, true
	}
	return bot.Message{}, false
}

// updateOver finds what ended the promise of the next update that an update carried.
func (v View) updateOver(e desk.Event, all []desk.Event) (desk.Event, bool) {
	ended := desk.Endings(e, v.Side, all)
	n := slices.IndexFunc(ended, func(x desk.Event) bool {
		switch b := x.Body.(type) {
		case desk.Relayed, desk.ClockMoved:
			return false
		case desk.ClockStopped:
			return b.Clock != desk.ClockRelay
		}
		return true
	})
	if n < 0 {
		return desk.Event{}, false
	}
	return ended[n], true
}

// givenWith is the workaround that was given with an update; empty when none was.
func givenWith(e desk.Event, all []desk.Event) string {
	for _, o := range all {
		if b, ok := o.Body.(desk.WorkaroundGiven); ok && b.Of == e.Seq {
			return b.Text
		}
	}
	return ""
}

// customerText is what a Partner can copy to the customer as it stands: the words, the way round, what is
// expected, and when the next word comes.
func (v View) customerText(b desk.Updated, meanwhile string) []bot.Span {
	text := b.Text
	if meanwhile != "" {
		text += "\n\nYou can go on working meanwhile:\n" + meanwhile
	}
	if b.ETA != "" {
		text += "\n\nExpected: " + b.ETA
	}
	if at := CustomersTime(v.Dir, v.Case, b.NextBy); at == "" || strings.Contains(b.Text, at) {
		return line(text) // There is no promise, or the words say it.
	}
	return line(text+"\n\nThe next update comes by ", b.NextBy, ".")
}

// withRelay adds, for the Partner, the copy-ready text of a Provider's word with the button that says
// it was passed on; for the Provider, by when the Partner passes it on.
func (v View) withRelay(m bot.Message, e desk.Event, all []desk.Event, copyable []bot.Span) bot.Message {
	if e.Side != desk.Provider {
		return m
	}
	k, due := v.Case.Clock(desk.ClockRelay)
	by := v.movedTo(desk.ClockRelay, k.Due, e, all)
	x, over := ending[desk.Relayed](e, v.Side, all)
	stop, stopped := relayStopped(e, v.Side, all)
	if v.Side == desk.Provider {
		if !over {
			x, over = stop, stopped
		}
		if over {
			m.Blocks = append(m.Blocks, v.became(x))
		} else if due {
			m.Blocks = append(m.Blocks, para(v.partner()+" passes it on by ", by, "."))
		}
		return m
	}
	m.Blocks = append(m.Blocks, para("Text for the customer, ready to copy:"), bot.Block{Kind: bot.Pre, Spans: copyable})
	if over {
		m.Blocks = append(m.Blocks, v.became(x))
		return m
	}
	if stopped {
		m.Blocks = append(m.Blocks, para("Tell the customer. There has been no deadline for it since ", stop.At, "."))
	} else if due {
		m.Blocks = append(m.Blocks, para("Tell the customer by ", by, "."))
	}
	m.Buttons = append(m.Buttons, relayButton(v.Case.ID, e.Seq))
	return m
}

// relayStopped finds the event that ended the deadline for passing a word on.
func relayStopped(e desk.Event, side desk.PartyKind, all []desk.Event) (desk.Event, bool) {
	for _, x := range desk.Endings(e, side, all) {
		if b, ok := x.Body.(desk.ClockStopped); ok && b.Clock == desk.ClockRelay {
			return x, true
		}
	}
	return desk.Event{}, false
}

// relayButton names the update it is about, so that an older message's button does not confirm a newer one.
func relayButton(id string, seq int) bot.Button {
	return bot.Button{Label: "Told the customer", Do: "relay " + id + " of=" + itoa(seq), Style: bot.ButtonPrimary}
}

// toldWork tells waits and severity changes.
func (v View) toldWork(e desk.Event, all []desk.Event) (bot.Message, bool) {
	c := v.Case
	switch b := e.Body.(type) {
	case desk.WaitStarted:
		m := bot.Message{Title: v.title("waits on " + waitOn(b.On)), Blocks: []bot.Block{para(v.actor(e), " lets the case wait on "+waitOn(b.On)+"."), bot.Q(b.Reason)}}
		if v.settled(&m, e, all) {
			m.Title = v.title("waited on " + waitOn(b.On))
			m.Blocks[0] = para(v.actor(e), " let the case wait on "+waitOn(b.On)+".")
			return m, true
		}
		m.Blocks = append(m.Blocks, para(v.owner(b.Owner), " follows it up."))
		if !b.Until.IsZero() {
			m.Blocks = append(m.Blocks, para("The wait ends ", b.Until, "."))
		}
		m.Buttons = []bot.Button{{Label: "Resume", Do: "resume " + c.ID}}
		return m, true
	case desk.WaitEnded:
		if movedOn(e, all) {
			return bot.Message{}, false
		}
		return bot.Message{Title: v.title("goes on"), Blocks: []bot.Block{para("The case no longer waits: " + b.Why + "."), para("Its deadlines run again.")}}, true
	case desk.WaitNudged:
		if c.Wait == nil {
			return bot.Message{}, false
		}
		return v.nudge(b, *c.Wait, nil), true
	case desk.SeverityChanged:
		m := bot.Message{Title: v.title("is now " + b.To.String()), Tone: bot.ToneWarn, Blocks: []bot.Block{
			para(v.actor(e), " changed the severity from "+b.From.String()+" to "+b.To.String()+"."), bot.Q(b.Why)}}
		m.Blocks = append(m.Blocks, movedDeadlines(e, all)...)
		return m, true
	case desk.Rerated:
		moved := movedDeadlines(e, all)
		if len(moved) == 0 {
			return bot.Message{}, false // The policy is another, no deadline is: nobody needs to know.
		}
		m := bot.Message{Title: v.title("has new deadlines"), Tone: bot.ToneWarn, Blocks: []bot.Block{
			para("The support policy or the business hours of this case were brought up to date."), bot.Q(b.Why)}}
		m.Blocks = append(m.Blocks, moved...)
		return m, true
	}
	return bot.Message{}, false
}

// movedDeadlines lists the deadlines that an act moved, with the old and the new instant, and those that another severity has
// and the one before had not.
func movedDeadlines(e desk.Event, all []desk.Event) []bot.Block {
	var moved []bot.Pair
	for _, other := range sameAct(e, all) {
		if k, ok := other.Body.(desk.ClockMoved); ok && !k.Clock.Timer() && !k.From.Equal(k.Due) {
			moved = append(moved, pair(upper(ClockName(k.Clock)), "was due ", k.From, ", now due ", k.Due)...)
		}
		_, severity := e.Body.(desk.SeverityChanged)
		if k, ok := other.Body.(desk.ClockStarted); ok && severity && slices.Contains(newWithSeverity, k.Clock.Kind) {
			moved = append(moved, pair(upper(ClockName(k.Clock.Kind)), "had no deadline, now due ", k.Clock.Due)...)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	return []bot.Block{{Kind: bot.Fields, Fields: moved}}
}

// newWithSeverity are the clocks that only another severity starts in the act that changes it. An escalation in the same act
// tells its own.
var newWithSeverity = []desk.ClockKind{desk.ClockUpdate, desk.ClockWorkaround, desk.ClockResolution}

// nudge reminds the owner of a wait; the last one proposes to end the case (SLA.md §2). Once the wait has ended it says so.
func (v View) nudge(b desk.WaitNudged, w desk.Wait, ended []desk.Event) bot.Message {
	c := v.Case
	if len(ended) > 0 {
		return bot.Message{Title: v.title("waited on " + waitOn(w.On)), Blocks: []bot.Block{
			para("It had waited since ", w.Since, "."), bot.Q(w.Reason), v.became(ended[0])}}
	}
	m := bot.Message{Title: v.title("still waits on " + waitOn(w.On)), Tone: bot.ToneWarn, Blocks: []bot.Block{
		para("It has waited since ", w.Since, "."), bot.Q(w.Reason)}}
	if b.Propose {
		m.Blocks = append(m.Blocks, para("If no answer is to be expected, resolve the case."))
		m.Buttons = []bot.Button{{Label: "Resolve", Do: "resolve " + c.ID}, {Label: "Resume", Do: "resume " + c.ID}}
		return m
	}
	m.Blocks = append(m.Blocks, para(v.owner(w.Owner), ", please ask again, or resume the case."))
	m.Buttons = []bot.Button{{Label: "Resume", Do: "resume " + c.ID}}
	return m
}

// nudgeTo reminds the owner of a wait in person, who may be one of those who must not read what the case waits on.
func (v View) nudgeTo(b desk.WaitNudged, w desk.Wait, ended []desk.Event) bot.Message {
	m := v.nudge(b, w, ended)
	switch {
	case v.hidden() && len(ended) > 0:
		m.Title, m.Blocks = v.title("waited"), []bot.Block{para("You followed up what this case waited on."), v.became(ended[0])}
	case v.hidden():
		m = bot.Message{Title: v.title("still waits"), Blocks: []bot.Block{para("You follow up what this case waits on.")}}
	}
	if v.hidden() {
		m.Blocks = append(m.Blocks, v.summary()...)
	}
	m.Buttons = append(m.Buttons, show(v.Case.ID))
	return m
}

// waitOn says what is awaited as part of a sentence.
func waitOn(on desk.WaitOn) string {
	switch on {
	case desk.OnSchedule:
		return "a set date"
	case desk.OnThirdParty:
		return "a third party"
	}
	return "the " + string(on)
}

// sameAct lists the events that were decided together with e: its neighbours by the same person at the
// same instant. A breach noticed by the act stands among them with the instant at which it fell due.
func sameAct(e desk.Event, all []desk.Event) []desk.Event {
	at := slices.IndexFunc(all, func(o desk.Event) bool { return o.Seq == e.Seq })
	if at < 0 {
		return nil
	}
	together := func(o desk.Event) bool {
		_, breach := o.Body.(desk.ClockBreached)
		return o.Actor == e.Actor && (breach || o.At.Equal(e.At))
	}
	var out []desk.Event
	for i := at - 1; i >= 0 && together(all[i]); i-- {
		out = append(out, all[i])
	}
	for i := at + 1; i < len(all) && together(all[i]); i++ {
		out = append(out, all[i])
	}
	return out
}

// movedOn says that the act an event belongs to moved the case, which is told by itself.
func movedOn(e desk.Event, all []desk.Event) bool {
	for _, o := range sameAct(e, all) {
		switch o.Body.(type) {
		case desk.Escalated, desk.Resolved, desk.WorkaroundGiven, desk.Merged, desk.Withdrawn:
			return true
		}
	}
	return false
}
