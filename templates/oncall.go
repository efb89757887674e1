package templates

import (
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Call is one step of an on-call ladder, with who answers it now.
type Call struct {
	Call  string
	When  string // In words, e.g. "at once".
	Who   desk.Person
	Found bool
}

// OnCall shows who is on call on the sides given, until when and who follows, then whom the Provider's
// ladder calls when a case is escalated now.
func OnCall(duties []desk.Duty, calls []Call) bot.Message {
	m := bot.Message{Title: line(bot.B("On call"))}
	sides := bot.Block{Kind: bot.List}
	provider := ""
	for _, d := range duties {
		if d.Party.Kind == desk.Provider {
			provider = d.Party.Name
		}
		sides.Items = append(sides.Items, onDuty(d))
	}
	list := bot.Block{Kind: bot.List}
	for _, c := range calls {
		who := line("nobody is named; this step is skipped")
		if c.Found {
			who = line(bot.Who(c.Who.ID, c.Who.Name))
		}
		list.Items = append(list.Items, line(upper(c.Call)+", "+c.When+": ", who))
	}
	m.Blocks = []bot.Block{sides, para("When a case is escalated to " + provider + " now, these are called:"), list}
	m.Footer = line("The calls end when somebody acknowledges.")
	return m
}

// PagerLine is what a pager shows of a case: one line, and of a restricted case its number alone.
func PagerLine(v View) bot.Message {
	if v.hidden() {
		return bot.Message{Title: line(v.Case.ID + " · " + v.Case.Severity.String() + " · restricted")}
	}
	return bot.Message{Title: line(v.Case.ID + " · " + v.Case.Severity.String() + " · " + v.Case.Summary + " · " + v.Case.Fields[desk.FieldCustomer])}
}

// onDuty is one side's line: who, until when, who is the second, who follows.
func onDuty(d desk.Duty) []bot.Span {
	out := line(bot.B(d.Party.Name), ": ")
	switch {
	case d.Person.ID == "" && d.Rota:
		out = append(out, line("nobody until ", d.Turn.To)...)
	case d.Person.ID == "":
		return append(out, line("nobody is listed.")...)
	case d.Rota:
		out = append(out, line(bot.Who(d.Person.ID, d.Person.Name), " until ", d.Turn.To)...)
	default:
		return append(out, line(bot.Who(d.Person.ID, d.Person.Name), ". There is no rota, so this does not change.")...)
	}
	if d.Turn.Cover {
		out = append(out, line(" (stands in)")...)
	}
	if d.Second.ID != "" {
		out = append(out, line(", second call ", bot.Who(d.Second.ID, d.Second.Name))...)
	}
	if d.After.ID != "" {
		out = append(out, line(". Then ", bot.Who(d.After.ID, d.After.Name), " until ", d.Next.To)...)
	}
	return append(out, line(".")...)
}

// Handover tells a side, or the person who takes over, that the hands have changed.
func Handover(dir *desk.Directory, n desk.Notice) bot.Message {
	who, ok := dir.Person(n.Data["person"])
	until, _ := time.Parse(time.RFC3339, n.Data["until"])
	var m bot.Message
	switch {
	case !ok:
		m.Tone = bot.ToneWarn
		m.Title = line(bot.B("Nobody is on call now"))
		m.Blocks = []bot.Block{para("The rota names nobody until ", until, ". Until then the next step of the ladder is called at once."), para("Somebody can stand in with ", bot.C("/case oncall take"), ".")}
		return m
	case n.Place == desk.ToPerson:
		m.Title = line(bot.B("You are on call now"))
		m.Blocks = []bot.Block{para("You are called first for escalated cases until ", until, ".")}
	default:
		m.Title = line(bot.B("On call now: "), bot.Who(who.ID, who.Name))
		m.Blocks = []bot.Block{para("Until ", until, ".")}
		if before, ok := dir.Person(n.Data["before"]); ok {
			m.Blocks = []bot.Block{para(bot.Who(before.ID, before.Name), " has handed over. ", bot.Who(who.ID, who.Name), " is called first until ", until, ".")}
		}
	}
	m.Buttons = []bot.Button{{Label: "Who is on call", Do: "oncall"}}
	return m
}
