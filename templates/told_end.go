package templates

import (
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// toldEnd tells how a case ends and starts again, and what the customer thought of it.
func (v View) toldEnd(e desk.Event, all []desk.Event) (bot.Message, bool) {
	c := v.Case
	m := bot.Message{}
	switch b := e.Body.(type) {
	case desk.Resolved:
		return v.resolved(e, b, all), true
	case desk.Rated:
		m.Blocks = []bot.Block{para("The customer rates the resolution ", bot.B(itoa(b.Score)+" of 5"), ".")}
		if old, again := ratedBefore(e, b, all); again {
			m.Blocks = append(m.Blocks, para("This takes the place of the "+itoa(old.Score)+" that was kept before."))
		}
		m.Blocks = append(m.Blocks, quote(b.Comment)...)
	case desk.Closed:
		m.Title = v.title("closed")
		m.Blocks = []bot.Block{para(v.actor(e), " closed the case.")}
		if b.Why != "" && e.Actor == desk.System {
			m.Blocks = []bot.Block{para("The case closed by itself: " + b.Why + ".")}
		} else {
			m.Blocks = append(m.Blocks, quote(b.Why)...)
		}
		m.Blocks = append(m.Blocks, para("Reopen it if the customer comes back within "+v.Book.Lifecycle.Reopen.Text+" of the resolution."))
	case desk.Reopened:
		m.Title, m.Tone = v.title("reopened"), bot.ToneWarn
		m.Blocks = []bot.Block{para(v.actor(e), " reopened the case:"), bot.Q(b.Why)}
		m.Blocks = append(m.Blocks, para(v.partner()+" answers the customer first."))
	case desk.Merged:
		m.Title = v.title("merged into " + b.Into)
		m.Blocks = []bot.Block{para(v.actor(e), " merged this case into ", bot.C(b.Into), "."), para("Go on there.")}
		m.Buttons = []bot.Button{{Label: "Show " + b.Into, Do: "show " + b.Into}}
	case desk.Absorbed:
		m.Blocks = []bot.Block{para(v.actor(e), " merged ", bot.C(b.From), " into this case.")}
		m.Buttons = []bot.Button{{Label: "Show " + b.From, Do: "show " + b.From}}
	case desk.Withdrawn:
		m.Title = v.title("withdrawn")
		m.Blocks = []bot.Block{para(v.actor(e), " withdrew the case:"), bot.Q(b.Why)}
	case desk.Invited:
		m.Blocks = []bot.Block{para(v.actor(e), " invited ", v.who(b.Person, b.Name), " to this case.")}
		m.Blocks = append(m.Blocks, quote(b.Why)...)
	case desk.Undone:
		m.Title = v.title("is " + c.Status.Words() + " again")
		m.Blocks = []bot.Block{para(v.actor(e), " took the "+stepName(b.Verb)+" back."), para("The case stands where it stood before.")}
		m.Blocks = append(m.Blocks, movedDeadlines(e, all)...)
	default:
		return bot.Message{}, false
	}
	return m, true
}

// resolved tells the solution; the Partner is asked for the customer's satisfaction (handbook §8, CSAT).
func (v View) resolved(e desk.Event, b desk.Resolved, all []desk.Event) bot.Message {
	m := bot.Message{Title: v.title("resolved"), Tone: bot.ToneGood, Blocks: []bot.Block{para(v.actor(e), " resolved the case:"), bot.Q(b.Text)}}
	var facts []bot.Pair
	if b.Code != "" {
		facts = append(facts, pair("How", codeSay(v.Book.Lifecycle.Resolutions, b.Code))...)
	}
	var open []bot.Button
	for _, a := range b.Articles {
		fact, known := v.articleFact(a)
		if facts = append(facts, fact...); known {
			open = append(open, bot.Button{Label: "Open " + a, Do: "kb-open " + a})
		}
	}
	if len(open) == 1 {
		open[0].Label = "Open the article"
	}
	if len(facts) > 0 {
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: facts})
	}
	if v.Side == desk.Provider {
		if x, back := ending[desk.Undone](e, v.Side, all); back {
			m.Blocks = append(m.Blocks, v.became(x))
		} else {
			m = v.withRelay(m, e, all, nil)
		}
		m.Buttons = append(m.Buttons, open...)
		return m
	}
	rating, rated := ending[desk.Rated](e, v.Side, all)
	if ended := desk.Endings(e, v.Side, all); len(ended) > 0 {
		switch last := ended[len(ended)-1]; last.Body.(type) {
		case desk.Reopened, desk.Undone:
			if rated {
				m.Blocks = append(m.Blocks, v.became(rating))
			}
			m.Blocks = append(m.Blocks, v.became(last))
			m.Buttons = open
			return m
		}
	}
	m = v.withRelay(m, e, all, line(b.Text))
	if rated {
		m.Blocks = append(m.Blocks, v.became(rating))
	} else {
		ask := "Ask the customer, and press the number they give:"
		if !strings.Contains(v.Book.Lifecycle.CSAT, "5") {
			ask = "Ask the customer, and press the number they give. 1 is poor, 5 is very good:"
		}
		m.Blocks = append(m.Blocks, para(ask), bot.Q(v.Book.Lifecycle.CSAT))
		m.Buttons = append(Stars(v.Case.ID), m.Buttons...) // Five in a row, which another before them would break.
	}
	m.Buttons = append(m.Buttons, open...)
	if x, closed := ending[desk.Closed](e, v.Side, all); closed {
		m.Footer = v.became(x).Spans
	} else if _, closes := v.Case.Clock(desk.ClockClose); closes {
		m.Footer = line("The case closes after " + v.Book.Lifecycle.AutoClose.Text + " unless it is reopened before.")
	}
	return m
}

// ratedBefore finds the rating that another one of the same resolution takes the place of.
func ratedBefore(e desk.Event, b desk.Rated, all []desk.Event) (old desk.Rated, found bool) {
	for _, x := range all {
		if r, ok := x.Body.(desk.Rated); ok && x.Seq < e.Seq && r.Resolution == b.Resolution {
			old, found = r, true
		}
	}
	return old, found
}

// articleFact names an article that helped, where this side may read it: the other side's own articles are
// not even named. known says that it can be opened.
func (v View) articleFact(id string) (fact []bot.Pair, known bool) {
	if v.Article == nil {
		return pair("Article", bot.C(id)), false
	}
	a, ok := v.Article(id)
	if !ok {
		return nil, false
	}
	if a.Title == "" {
		return pair("Article", bot.C(id)), false
	}
	return pair("Article", a.Title+" ", bot.C(id)), true
}

// stepName is a step that can be undone, as a thing.
func stepName(v desk.Verb) string {
	switch v {
	case desk.VerbEscalate:
		return "escalation"
	case desk.VerbAck:
		return "acknowledgement"
	case desk.VerbResolve:
		return "resolution"
	}
	return "last step"
}

// Stars are the five buttons of a satisfaction question.
func Stars(id string) []bot.Button {
	var out []bot.Button
	for n := 1; n <= 5; n++ {
		out = append(out, bot.Button{Label: itoa(n), Do: "rate " + id + " " + itoa(n)})
	}
	return out
}
