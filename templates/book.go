package templates

import (
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// BookSections are the parts of the handbook that can be asked for by name, in its own order (§2–10).
var BookSections = []string{"tiers", "raci", "severities", "intake", "escalation", "targets", "security", "training", "access", "review", "communication", "changes"}

// Handbook shows the handbook's contents, or one section of it.
func Handbook(h *desk.Handbook, section string) (bot.Message, bool) {
	m := bot.Message{Title: line(bot.B(h.Title)), Footer: line("In force since "+h.Effective+", version ", bot.C(h.Version), ".")}
	list := func(items []string) bot.Block { return bullets(items) }
	switch section {
	case "":
		m.Blocks = []bot.Block{para("Ask for a section, for example ", bot.C("/case handbook escalation"), "."), bullets(BookSections)}
	case "tiers":
		for _, t := range h.Tiers {
			m.Blocks = append(m.Blocks, para(bot.B(t.Tier+" ("+t.Party+")")), list(t.Does))
		}
	case "raci":
		return RACI(h), true
	case "severities":
		return Severities(h), true
	case "targets":
		return Targets(h), true
	case "intake":
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: intake(h)})
	case "escalation":
		m.Blocks = append(m.Blocks, para(bot.B("What sends a case up")), bullets(triggers(h)), para(bot.B("The path")), list(h.Escalation.Path),
			para(bot.B("Contacts")), list(h.Escalation.Contacts), para(bot.B("After hours")), list(h.Escalation.AfterHours),
			para(bot.B("Why a case comes back")), bot.Block{Kind: bot.Fields, Fields: codes(h.Escalation.ReturnCodes)})
	case "security":
		m.Blocks = append(m.Blocks, list(h.Escalation.Security))
	case "training":
		m.Blocks = append(m.Blocks, list(h.Training))
	case "access":
		m.Blocks = append(m.Blocks, list(h.Access))
	case "review":
		m.Blocks = append(m.Blocks, para("The review is "+h.Review.Cadence+", on "+upper(h.Review.Weekday)+" at "+h.Review.At+" ("+h.Review.Zone+")."),
			para("It shows:"), list(h.Review.Metrics))
	case "communication":
		m.Blocks = append(m.Blocks, list(h.Tone), para(bot.B("Texts to start from")))
		for _, u := range h.Updates {
			m.Blocks = append(m.Blocks, para(bot.B(u.Name)), bot.Q(u.Text))
		}
	case "changes":
		m.Blocks = append(m.Blocks, para("A change is announced "+h.Changes.Notice.Text+" ahead."), para(h.Changes.Rule))
	default:
		return bot.Message{}, false
	}
	return m, true
}

// bullets makes a list of plain lines.
func bullets(items []string) bot.Block {
	b := bot.Block{Kind: bot.List}
	for _, i := range items {
		b.Items = append(b.Items, line(i))
	}
	return b
}

// codes shows each code with its sentence.
func codes(cs []desk.Code) []bot.Pair {
	var out []bot.Pair
	for _, c := range cs {
		out = append(out, pair(c.Code, c.Say)...)
	}
	return out
}

// triggers says of each trigger whether it acts by itself or asks first.
func triggers(h *desk.Handbook) []string {
	var out []string
	for _, t := range h.Triggers {
		say := upper(string(t.Trigger))
		for i, s := range t.Severities {
			say += map[bool]string{true: " ", false: ", "}[i == 0] + s.String()
		}
		switch t.Mode {
		case "automatic":
			say += ": by itself, as soon as the case is complete"
		default:
			say += ": the agent is asked"
		}
		out = append(out, say)
	}
	return out
}

// intake says of each field when it is needed (§4).
func intake(h *desk.Handbook) []bot.Pair {
	var out []bot.Pair
	for _, f := range h.Fields {
		var when []string
		for _, st := range []desk.Stage{desk.StageFile, desk.StageEscalate} {
			switch who := strings.TrimSpace(f.Required[st]); who {
			case "", "none":
			case "all":
				when = append(when, "to "+string(st))
			default:
				when = append(when, "to "+string(st)+" Sev "+who)
			}
		}
		if len(when) == 0 {
			when = []string{"if you like"}
		}
		out = append(out, pair(f.Label, strings.Join(when, ", "))...)
	}
	return out
}

// RACI shows who is Responsible, Accountable, Consulted and Informed (§2).
func RACI(h *desk.Handbook) bot.Message {
	m := bot.Message{Title: line(bot.B("Who does what (RACI)"))}
	var rows []bot.Pair
	for _, r := range h.RACI {
		rows = append(rows, pair(r.Task, "R ", bot.B(r.Responsible), " · A "+r.Accountable+" · C "+r.Consulted+" · I "+r.Informed)...)
	}
	m.Blocks = []bot.Block{{Kind: bot.Fields, Fields: rows}}
	m.Footer = line("R does it, A answers for it, C is asked, I is told.")
	return m
}

// Severities shows the four definitions (§3) with examples.
func Severities(h *desk.Handbook) bot.Message {
	m := bot.Message{Title: line(bot.B("Severities"))}
	var rows []bot.Pair
	for _, p := range h.Severities {
		rows = append(rows, pair(p.Severity.String()+" "+p.Name, p.Definition+" For example: "+strings.Join(p.Examples, "; ")+".")...)
	}
	m.Blocks = []bot.Block{{Kind: bot.Fields, Fields: rows}}
	return m
}

// Targets shows the response and update targets by severity (§5, §9).
func Targets(h *desk.Handbook) bot.Message {
	m := bot.Message{Title: line(bot.B("Response and update targets"))}
	for _, p := range h.Severities {
		rows := pair("First answer to the customer", p.Tier1.String())
		rows = append(rows, pair("Acknowledgement after escalation", p.Tier2.String())...)
		rows = append(rows, pair("Status update", p.Update.Text)...)
		if !p.Relay.Zero() {
			rows = append(rows, pair("Relay to the customer", p.Relay.Text)...)
		}
		if !p.Workaround.Limit.Zero() {
			rows = append(rows, pair("Workaround", p.Workaround.String())...)
		}
		if !p.Resolution.Limit.Zero() {
			rows = append(rows, pair("Resolution", p.Resolution.String())...)
		}
		m.Blocks = append(m.Blocks, para(bot.B(p.Severity.String()+" "+p.Name)), bot.Block{Kind: bot.Fields, Fields: rows})
	}
	return m
}
