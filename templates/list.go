package templates

import (
	"casebot/bot"
	"casebot/desk"
)

// ListPage is one page of a list of cases with what it takes to turn it.
type ListPage struct {
	Title string
	Cases []*desk.Case
	Query string // The list command without paging, e.g. `list status=open`.
	More  bool
	Empty string // What to say when there is nothing.
}

// List shows cases, one line each, for a reader who may see them all.
func List(v View, p ListPage) bot.Message {
	m := bot.Message{Title: line(bot.B(p.Title))}
	if len(p.Cases) == 0 {
		m.Blocks = []bot.Block{para(p.Empty)}
		return m
	}
	list := bot.Block{Kind: bot.List}
	for _, c := range p.Cases {
		v.Case = c
		if v.hidden() {
			list.Items = append(list.Items, line(bot.C(c.ID), " "+c.Severity.String()+" · restricted"))
			continue
		}
		item := line(bot.C(c.ID), " "+c.Severity.String()+" · ", v.status())
		if c.Wait != nil {
			item = append(item, bot.T(", waits on "+waitOn(c.Wait.On)))
		}
		item = append(item, bot.T(" · "), bot.B(c.Fields[desk.FieldCustomer]), bot.T(": "), bot.Span{Text: c.Summary, Style: bot.Italic})
		if k, ok := c.NextClock(); ok {
			lead := " · " + ClockName(k.Kind) + " due "
			if !k.Breached.IsZero() {
				lead = " · " + ClockName(k.Kind) + " late since "
			}
			item = append(item, bot.T(lead), bot.When(k.Due))
		}
		list.Items = append(list.Items, item)
	}
	m.Blocks = []bot.Block{list}
	m.Footer = line("Open one with /case show and its number.")
	if p.More {
		last := p.Cases[len(p.Cases)-1].ID
		m.Buttons = []bot.Button{{Label: "More", Do: p.Query + " after=" + last}}
	}
	return m
}

// Drafts lists the forms a person has begun.
func Drafts(ds []desk.Draft) bot.Message {
	m := bot.Message{Title: line(bot.B("Your drafts"))}
	if len(ds) == 0 {
		m.Blocks = []bot.Block{para("You have no drafts. A form you close half-way is kept here.")}
		return m
	}
	list := bot.Block{Kind: bot.List}
	for _, d := range ds {
		item := line(bot.B(d.Form), " ")
		if d.Case != "" {
			item = append(item, bot.C(d.Case), bot.T(" "))
		}
		if words := d.Values[string(desk.FieldSummary)] + d.Values["text"]; words != "" {
			item = append(item, bot.Span{Text: words, Style: bot.Italic}, bot.T(" "))
		}
		list.Items = append(list.Items, append(item, line("kept ", d.UpdatedAt)...))
		if len(m.Buttons) < 4 {
			m.Buttons = append(m.Buttons, bot.Button{Label: "Go on: " + d.Form + space(d.Case), Do: d.Form + space(d.Case)})
		}
	}
	m.Blocks = []bot.Block{list}
	m.Buttons = append(m.Buttons, bot.Button{Label: "Throw all away", Do: "drafts clear=yes", Style: bot.ButtonDanger})
	return m
}

// space puts a blank before a word that is there.
func space(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

// Actions lists the action items of the ops review (handbook §8).
func Actions(dir *desk.Directory, as []desk.Action, now func(desk.Action) bool) bot.Message {
	m := bot.Message{Title: line(bot.B("Open action items"))}
	if len(as) == 0 {
		m.Blocks = []bot.Block{para("Nothing is open. Add one with /case action add."), para("Example: ", bot.C(`/case action add owner=@dana due="friday 17:00" Write the triage guide`))}
		return m
	}
	v := View{Dir: dir, Case: &desk.Case{}}
	list := bot.Block{Kind: bot.List}
	for _, a := range as {
		item := line(bot.C(a.ID), " ", a.Title, " · ", v.owner(a.Owner), " · due ", a.Due)
		if now(a) {
			item = append(item, bot.B(" late"))
		}
		list.Items = append(list.Items, item)
	}
	m.Blocks = []bot.Block{list}
	m.Footer = line("Mark one done with /case action done and its code.")
	return m
}
