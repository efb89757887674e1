package templates

import (
	"casebot/bot"
	"casebot/desk"
)

// HomeView is what somebody's own page with the desk shows.
type HomeView struct {
	Waiting []*desk.Case // Whose next deadline is theirs to keep.
	Mine    []*desk.Case
	OnCall  []bot.Block
	Cap     int // How many cases a list shows.
}

// HomePage draws somebody's own page: what waits for them first, for that is why they came.
func HomePage(v View, p HomeView) bot.Message {
	m := bot.Message{Title: line(bot.B("Your desk"))}
	part := func(title, empty, more string, cases []*desk.Case) {
		m.Blocks = append(m.Blocks, bot.P(bot.B(title)))
		if len(cases) == 0 {
			m.Blocks = append(m.Blocks, para(empty))
			return
		}
		list := List(v, ListPage{Cases: cases[:min(len(cases), p.Cap)]})
		m.Blocks = append(m.Blocks, list.Blocks...)
		if len(cases) > p.Cap {
			m.Blocks = append(m.Blocks, para(more))
		}
	}
	part("What waits for you", "Nothing waits for you.", "More wait. /case list shows all.", p.Waiting)
	part("Your cases", "You own no open case.", "There are more. /case mine shows all.", p.Mine)
	if len(p.OnCall) > 0 {
		m.Blocks = append(m.Blocks, bot.P(bot.B("On call")))
		m.Blocks = append(m.Blocks, p.OnCall...)
	}
	m.Footer = line("This page is as of the moment you opened it.")
	m.Buttons = []bot.Button{{Label: "File a case", Do: "new", Style: bot.ButtonPrimary}, {Label: "Your cases", Do: "mine"}, {Label: "All cases", Do: "list"}, {Label: "Help", Do: "help"}}
	return m
}
