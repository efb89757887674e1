package templates

import (
	"fmt"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// recent is how many events a case's page shows; the whole timeline is asked for by name.
const recent = 8

// Detail is everything about a case for one person who may read it.
func Detail(v View, events []desk.Event) bot.Message {
	m := Card(v)
	c := v.Case
	fields := v.intakeFacts()
	if c.Workaround != "" {
		fields = append(fields, pair("Workaround", c.Workaround)...)
	}
	if c.Resolution != "" {
		fields = append(fields, pair("Resolution", c.Resolution)...)
	}
	if len(c.Linked) > 0 {
		fields = append(fields, pair("Linked cases", strings.Join(c.Linked, ", "))...)
	}
	if len(fields) > 0 {
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: fields})
	}
	m.Blocks = append(m.Blocks, v.walks()...)
	m.Blocks = append(m.Blocks, files(c.Evidence)...)
	lines := v.lines(events)
	if len(lines) > recent {
		lines = lines[len(lines)-recent:]
	}
	if len(lines) > 0 {
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Divider}, para(bot.B("Latest")), bot.Block{Kind: bot.List, Items: lines})
	}
	// The page is open already: instead of Show it offers the rest.
	for i, b := range m.Buttons {
		if strings.HasPrefix(b.Do, "show ") {
			m.Buttons[i] = bot.Button{Label: "Timeline", Do: "show " + c.ID + " timeline=yes"}
		}
	}
	return m
}

// intakeFacts are the fields of the intake that the card does not show.
func (v View) intakeFacts() []bot.Pair {
	var out []bot.Pair
	for _, s := range v.Book.Fields {
		switch s.Name {
		case desk.FieldCustomer, desk.FieldProduct, desk.FieldSummary, desk.FieldSeverity, desk.FieldEvidence, desk.FieldLive:
			continue
		}
		if value := v.Case.Field(s.Name); value != "" {
			out = append(out, pair(s.Label, fieldValue(v.Book, s.Name, value))...)
		}
	}
	return out
}

// carries is everything the case carries beside its card: what an engineer needs to begin.
func (v View) carries() []bot.Block {
	var out []bot.Block
	if fs := v.intakeFacts(); len(fs) > 0 {
		out = append(out, bot.Block{Kind: bot.Fields, Fields: fs})
	}
	out = append(out, v.walks()...)
	return append(out, files(v.Case.Evidence)...)
}

// timelinePage is how many events one page of a timeline holds.
const timelinePage = 25

// Timeline lists a case's events, oldest first; page counts from 1, 0 is the last.
func Timeline(v View, events []desk.Event, page int) bot.Message {
	lines := v.lines(events)
	pages := max(1, (len(lines)+timelinePage-1)/timelinePage)
	if page < 1 || page > pages {
		page = pages
	}
	from := (page - 1) * timelinePage
	m := bot.Message{Title: v.title("timeline"), Blocks: []bot.Block{{Kind: bot.List, Items: lines[from:min(from+timelinePage, len(lines))]}}}
	if pages > 1 {
		m.Footer = line("Page " + itoa(page) + " of " + itoa(pages) + ".")
	}
	turn := func(label string, to int) {
		m.Buttons = append(m.Buttons, bot.Button{Label: label, Do: "show " + v.Case.ID + " timeline=" + itoa(to)})
	}
	if page > 1 {
		turn("Earlier", page-1)
	}
	if page < pages {
		turn("Later", page+1)
	}
	return m
}

// lines words every event a reader of this side may read and would miss.
func (v View) lines(events []desk.Event) [][]bot.Span {
	var out [][]bot.Span
	for _, e := range events {
		if !e.Audience.Includes(v.Side) {
			continue
		}
		if words := v.sentence(e); len(words) > 0 {
			out = append(out, line(e.At, " ", words))
		}
	}
	return out
}

// sentence is an event in one line of a timeline.
func (v View) sentence(e desk.Event) []bot.Span {
	by := func(what string, words string) []bot.Span {
		if words = strings.Join(strings.Fields(words), " "); words != "" {
			return line(v.actor(e), " "+what+": ", bot.Span{Text: words, Style: bot.Italic})
		}
		return line(v.actor(e), " "+what)
	}
	switch b := e.Body.(type) {
	case desk.Filed:
		return by("filed the case as "+b.Severity.String(), "")
	case desk.Edited:
		var names []desk.Field
		for _, s := range v.Book.Fields {
			if _, ok := b.To[s.Name]; ok {
				names = append(names, s.Name)
			}
		}
		return by("changed "+v.labels(names), "")
	case desk.Attached:
		return by("attached "+count(len(b.Files), "file"), "")
	case desk.EscalationDue:
		return line(triggerSay(b.Trigger, v.Case))
	case desk.Escalated:
		return by("escalated the case", b.Reason)
	case desk.TakenBack:
		return by("took the case back", b.Reason)
	case desk.Returned:
		return by("returned the case ("+b.Code+")", b.Text)
	case desk.Acknowledged:
		return by("acknowledged the case", "")
	case desk.Assigned:
		return line(v.actor(e), " gave the case to ", v.who(b.To, b.Name))
	case desk.Said:
		return by("wrote", b.Text)
	case desk.Revised:
		if b.Deleted {
			return by("took back a message", "")
		}
		return by("changed a message", b.Text)
	case desk.Replied:
		return by("replied to "+v.partner(), b.Text)
	case desk.Noted:
		return by("noted for the own side", b.Text)
	case desk.Updated:
		return by("gave a status update", b.Text)
	case desk.Relayed:
		return by("told the customer", "")
	case desk.WaitStarted:
		return by("let the case wait on "+waitOn(b.On), b.Reason)
	case desk.WaitEnded:
		return line("The wait ended: " + b.Why)
	case desk.SeverityChanged:
		return by("changed "+b.From.String()+" to "+b.To.String(), b.Why)
	case desk.WorkaroundGiven:
		return by("gave a workaround", b.Text)
	case desk.Resolved:
		return by("resolved the case", b.Text)
	case desk.Rated:
		return by("rated the resolution "+itoa(b.Score)+" of 5", b.Comment)
	case desk.Closed:
		return by("closed the case", b.Why)
	case desk.Reopened:
		return by("reopened the case", b.Why)
	case desk.Merged:
		return by("merged the case into "+b.Into, "")
	case desk.Absorbed:
		return by("merged "+b.From+" into the case", "")
	case desk.Withdrawn:
		return by("withdrew the case", b.Why)
	case desk.Invited:
		return line(v.actor(e), " invited ", v.who(b.Person, b.Name))
	case desk.Walked:
		return by(fmt.Sprintf("walked the case through “%s”, %d of %d answered", b.Title, b.Answered(), len(b.Answers)), "")
	case desk.Undone:
		return by("took back a step ("+string(b.Verb)+")", "")
	case desk.ClockBreached:
		return line(bot.B("Late: "), "the "+ClockName(b.Clock)+" by "+v.party(b.Party)+" was due")
	case desk.PromiseEnded:
		if !b.Kept {
			return line("A promised update did not come in time")
		}
	case desk.Paged:
		return line(v.who(b.Person, b.Name), " was called")
	}
	return nil
}
