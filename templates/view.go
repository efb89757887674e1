package templates

import (
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// View is one case as one side of it reads it: everything a message template looks at. Templates are
// pure functions of a View, so that golden files can hold them.
type View struct {
	Dir  *desk.Directory
	Book *desk.Handbook
	Case *desk.Case
	Side desk.PartyKind // The side that reads.
	Room bool           // The message stays in the private room of a restricted case, or goes to one invited person alone.

	// Article gives an article that everybody on the side may read; nil: articles are shown by their codes.
	Article func(id string) (desk.Article, bool)

	Handover bool // A hand-over summary may be offered.
	Up       int  // The event of the escalation that stands; 0: it is not known.
}

// take is the line of a button that answers the escalation at hand, and no newer one: the message may stay on somebody's
// screen until the case has come back and gone up again.
func (v View) take(verb string) string {
	if v.Up == 0 {
		return verb + " " + v.Case.ID
	}
	return verb + " " + v.Case.ID + " escalation=" + itoa(v.Up)
}

// hidden says that nothing of the case's content may be shown here: no title, no customer, no words
// (handbook §4, security and privacy events).
func (v View) hidden() bool { return v.Case.Restricted && !v.Room }

// partner, provider and party name the companies, for the sides know each other by company.
func (v View) partner() string  { return v.party(v.Case.Tenant) }
func (v View) provider() string { return v.Dir.Provider().Name }

func (v View) party(id string) string {
	if p, ok := v.Dir.Party(id); ok {
		return p.Name
	}
	return id
}

// who names a person with their company, as the two sides often do not know each other.
func (v View) who(id, name string) []bot.Span {
	if id == desk.System || id == "" {
		return []bot.Span{bot.T("The desk")}
	}
	p, ok := v.Dir.Person(id)
	if name == "" {
		name = p.Name
	}
	if name == "" {
		// Somebody a home's default role let in: their id is their account, which means nothing to people.
		name = "Somebody"
	}
	if !ok {
		return []bot.Span{bot.Who(id, name)}
	}
	return []bot.Span{bot.Who(id, name), bot.T(" (" + v.party(p.Party) + ")")}
}

// actor names who did an event. The side stands in the event, so it is known even for people who
// have left the directory.
func (v View) actor(e desk.Event) []bot.Span {
	if e.Actor == desk.System {
		return []bot.Span{bot.T("The desk")}
	}
	company := v.partner()
	if e.Side == desk.Provider {
		company = v.provider()
	}
	return []bot.Span{bot.Who(e.Actor, e.Name), bot.T(" (" + company + ")")}
}

// line joins pieces of a sentence: strings, instants, spans and lists of spans.
func line(parts ...any) []bot.Span {
	var out []bot.Span
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			if p != "" {
				out = append(out, bot.T(p))
			}
		case time.Time:
			out = append(out, bot.When(p))
		case bot.Span:
			out = append(out, p)
		case []bot.Span:
			out = append(out, p...)
		}
	}
	return out
}

// para makes a paragraph of pieces.
func para(parts ...any) bot.Block { return bot.P(line(parts...)...) }

// pair makes one line of a field block; an empty value makes none.
func pair(label string, parts ...any) []bot.Pair {
	value := line(parts...)
	if len(value) == 0 {
		return nil
	}
	return []bot.Pair{{Label: label, Value: value}}
}

// ClockName says what a clock waits for, in the words of the two sides.
func ClockName(k desk.ClockKind) string {
	switch k {
	case desk.ClockTier1:
		return "first answer to the customer"
	case desk.ClockTier2:
		return "acknowledgement"
	case desk.ClockUpdate:
		return "status update"
	case desk.ClockRelay:
		return "relay to the customer"
	case desk.ClockWorkaround:
		return "workaround"
	case desk.ClockResolution:
		return "resolution"
	case desk.ClockWait:
		return "end of the wait"
	case desk.ClockClose:
		return "closing by itself"
	}
	return string(k)
}

// status says in a few words where the case stands and with whom.
func (v View) status() []bot.Span {
	c := v.Case
	switch c.Status {
	case desk.StatusOpen:
		return line("Open, with " + v.partner())
	case desk.StatusEscalated:
		return line("Escalated, waits for " + v.provider() + " to acknowledge")
	case desk.StatusAcknowledged:
		return line("Acknowledged, with " + v.provider())
	case desk.StatusReturned:
		return line("Returned to "+v.partner(), ", something is missing")
	case desk.StatusReopened:
		return line("Reopened, with " + v.partner())
	case desk.StatusWorkaround:
		return line("Workaround given, the cause remains")
	case desk.StatusMerged:
		return line("Merged into ", bot.C(c.MergedInto))
	}
	return line(strings.ToUpper(string(c.Status[:1])) + string(c.Status[1:]))
}

// codeSay gives the sentence of a code of the handbook, or the code itself when the list has changed.
func codeSay(codes []desk.Code, code string) string {
	for _, c := range codes {
		if strings.EqualFold(c.Code, code) && c.Say != "" {
			return sentence(c.Say)
		}
	}
	return sentence(code)
}

// sentence ends a text of the handbook with a full stop where its author did not.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".?!…") {
		return s
	}
	return s + "."
}

// labels names fields as the form does.
func (v View) labels(fields []desk.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = v.label(f)
	}
	return strings.Join(names, ", ")
}

// label names a field as the form does.
func (v View) label(f desk.Field) string {
	if s, ok := v.Book.FieldSpec(f); ok {
		return s.Label
	}
	return string(f)
}
