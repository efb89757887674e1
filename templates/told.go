package templates

import (
	"slices"

	"casebot/bot"
	"casebot/desk"
)

// Told turns one event into the message for a side's thread. ok is false when the event has nothing
// new for its readers: clock events show on the card, and a wait that ended because the case moved on
// is told by the move itself. all are the case's events, for what happened in the same act.
func Told(v View, e desk.Event, all []desk.Event) (m bot.Message, ok bool) {
	if !e.Audience.Includes(v.Side) {
		return bot.Message{}, false
	}
	if v.hidden() {
		return v.toldHidden(e)
	}
	switch b := e.Body.(type) {
	case desk.Said:
		return v.said(e, b), e.Side != v.Side
	case desk.Revised:
		return v.revised(e, b, all), e.Side != v.Side
	case desk.Replied:
		return v.replied(e, b), true
	case desk.Noted:
		return v.noted(e, b), true
	case desk.Edited:
		return v.edited(e, b), !carried(e, all)
	case desk.Attached:
		return v.attached(e, b), !carried(e, all)
	case desk.Walked:
		return bot.Message{Blocks: append([]bot.Block{para(v.actor(e), " went through a triage guide.")}, v.walked(b)...)}, true
	case desk.Assigned:
		return v.assigned(e, b), true
	case desk.Paged:
		return bot.Message{Tone: bot.ToneInternal, Blocks: []bot.Block{para(v.who(b.Person, b.Name), " was called.")}}, true
	case desk.Updated, desk.Relayed, desk.WorkaroundGiven:
		return v.toldCustomer(e, all)
	case desk.WaitStarted, desk.WaitEnded, desk.WaitNudged, desk.SeverityChanged:
		return v.toldWork(e, all)
	case desk.Resolved, desk.Rated, desk.Closed, desk.Reopened, desk.Merged, desk.Absorbed, desk.Withdrawn, desk.Invited, desk.Undone:
		return v.toldEnd(e, all)
	}
	return v.toldEscalation(e, all)
}

// carried says that what was mended is part of an escalation made by the same act: the Provider reads the
// whole case there, and the Partner's thread needs one message of one act, not three.
func carried(e desk.Event, all []desk.Event) bool {
	for _, o := range sameAct(e, all) {
		if _, ok := o.Body.(desk.Escalated); ok {
			return true
		}
	}
	return false
}

// toldHidden says outside the private room only that something happened.
func (v View) toldHidden(e desk.Event) (bot.Message, bool) {
	switch e.Body.(type) {
	case desk.Filed, desk.Revised, desk.Paged, desk.WaitNudged, desk.ClockStarted, desk.ClockStopped, desk.ClockPaused,
		desk.ClockResumed, desk.ClockMoved, desk.ClockBreached, desk.ClockFired, desk.PromiseEnded:
		return bot.Message{}, false
	}
	return bot.Message{
		Title:   line(bot.B(v.Case.ID), " · restricted"),
		Blocks:  []bot.Block{para("There is something new on this case."), para("Invited people can read it with Show.")},
		Buttons: []bot.Button{show(v.Case.ID)},
	}, true
}

// said mirrors a message of the other room, with its author's name and company.
func (v View) said(e desk.Event, b desk.Said) bot.Message {
	m := bot.Message{Blocks: []bot.Block{para(v.actor(e), ":")}}
	m.Blocks = append(m.Blocks, quote(b.Text)...)
	m.Blocks = append(m.Blocks, files(b.Files)...)
	return m
}

// revised follows an edit or a deletion of a mirrored message.
func (v View) revised(e desk.Event, b desk.Revised, all []desk.Event) bot.Message {
	if !b.Deleted {
		return bot.Message{Blocks: []bot.Block{para(v.actor(e), " changed a message. It now reads:"), bot.Q(b.Text)}}
	}
	m := bot.Message{Blocks: []bot.Block{para(v.actor(e), " took back a message.")}}
	for _, old := range all {
		if old.Seq == b.Of {
			m.Footer = line("It was written ", old.At, ". The record keeps it.")
		}
	}
	return m
}

// replied is what crossed from the Provider's room by an explicit act.
func (v View) replied(e desk.Event, b desk.Replied) bot.Message {
	head := para(v.actor(e), ":")
	if v.Side == desk.Provider {
		head = para(v.actor(e), " sent this to "+v.partner()+":")
	}
	m := bot.Message{Blocks: append([]bot.Block{head}, quote(b.Text)...)}
	m.Blocks = append(m.Blocks, files(b.Files)...)
	return m
}

// noted shows a note to its own side and says so, for people do not trust what they cannot see.
func (v View) noted(e desk.Event, b desk.Noted) bot.Message {
	return bot.Message{
		Tone:   bot.ToneInternal,
		Blocks: []bot.Block{para("Internal note by ", v.actor(e), ":"), bot.Q(b.Text)},
		Footer: line("Only your own side can read this."),
	}
}

// edited shows old and new side by side: what somebody wrote is never silently replaced.
func (v View) edited(e desk.Event, b desk.Edited) bot.Message {
	m := bot.Message{Blocks: []bot.Block{para(v.actor(e), " changed the case:")}}
	// The handbook's order, so that the same edit always reads the same; fields it no longer knows last.
	fields := make([]desk.Field, 0, len(b.To))
	for _, s := range v.Book.Fields {
		if _, ok := b.To[s.Name]; ok {
			fields = append(fields, s.Name)
		}
	}
	var rest []desk.Field
	for f := range b.To {
		if !slices.Contains(fields, f) {
			rest = append(rest, f)
		}
	}
	slices.Sort(rest)
	var pairs []bot.Pair
	for _, f := range append(fields, rest...) {
		value := fieldValue(v.Book, f, b.To[f])
		if old := b.From[f]; old != "" {
			value = line(bot.Span{Text: plainValue(old), Style: bot.Strike}, " ", value)
		}
		pairs = append(pairs, pair(v.label(f), value)...)
	}
	m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: pairs})
	return m
}

// attached names the files. In the room where they were dropped they are there already.
func (v View) attached(e desk.Event, b desk.Attached) bot.Message {
	return bot.Message{Blocks: append([]bot.Block{para(v.actor(e), " attached "+evidence(b.Files)+":")}, files(b.Files)...)}
}

// assigned tells both sides whom to talk to from now on.
func (v View) assigned(e desk.Event, b desk.Assigned) bot.Message {
	if b.To == e.Actor {
		return bot.Message{Blocks: []bot.Block{para(v.who(b.To, b.Name), " took the case on.")}}
	}
	return bot.Message{Blocks: []bot.Block{para(v.actor(e), " gave the case to ", v.who(b.To, b.Name), ".")}}
}

// quote keeps somebody's words, or nothing when there are none.
func quote(text string) []bot.Block {
	if text == "" {
		return nil
	}
	return []bot.Block{bot.Q(text)}
}

// files lists attachments by name; their bytes travel beside the message where they fit.
func files(as []desk.Attachment) []bot.Block {
	if len(as) == 0 {
		return nil
	}
	b := bot.Block{Kind: bot.List}
	for _, a := range as {
		item := line(bot.C(a.Name), " ("+size(a.Size)+")")
		if a.Link != "" {
			item = []bot.Span{{Text: a.Name, Link: a.Link}}
		}
		b.Items = append(b.Items, item)
	}
	return []bot.Block{b}
}
