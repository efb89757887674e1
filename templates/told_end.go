package templates

import (
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// toldEnd tells how a case ends and starts again, and what the customer thought of it.
func (v View) toldEnd(e desk.Event) (bot.Message, bool) {
	c := v.Case
	m := bot.Message{}
	switch b := e.Body.(type) {
	case desk.Resolved:
		return v.resolved(e, b), true
	case desk.Rated:
		m.Blocks = []bot.Block{para("The customer rates the resolution ", bot.B(itoa(b.Score)+" of 5"), ".")}
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
		m.Blocks = []bot.Block{para(v.actor(e), " took back the last step ("+string(b.Verb)+")."), para("The case stands where it stood before.")}
	default:
		return bot.Message{}, false
	}
	return m, true
}

// resolved tells the solution; the Partner is asked for the customer's satisfaction (handbook §8, CSAT).
func (v View) resolved(e desk.Event, b desk.Resolved) bot.Message {
	m := bot.Message{Title: v.title("resolved"), Tone: bot.ToneGood, Blocks: []bot.Block{para(v.actor(e), " resolved the case:"), bot.Q(b.Text)}}
	var facts []bot.Pair
	if b.Code != "" {
		facts = append(facts, pair("How", codeSay(v.Book.Lifecycle.Resolutions, b.Code))...)
	}
	for _, a := range b.Articles {
		facts = append(facts, v.articleFact(a)...)
	}
	if len(facts) > 0 {
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: facts})
	}
	if v.Side == desk.Partner {
		if b.Number == v.Case.Resolutions && v.Case.Status == desk.StatusResolved {
			m = v.withRelay(m, e, line(b.Text))
			ask := "Ask the customer, and press the number they give:"
			if !strings.Contains(v.Book.Lifecycle.CSAT, "5") {
				ask = "Ask the customer, and press the number they give. 1 is poor, 5 is very good:"
			}
			m.Blocks = append(m.Blocks, para(ask), bot.Q(v.Book.Lifecycle.CSAT))
			m.Buttons = append(m.Buttons, Stars(v.Case.ID)...)
		}
		m.Footer = line("Without a further word the case closes after " + v.Book.Lifecycle.AutoClose.Text + ".")
	} else if e.Side == desk.Provider {
		m = v.withRelay(m, e, nil)
	}
	return m
}

// articleFact names an article that helped, where this side may read it: the other side's own articles are
// not even named.
func (v View) articleFact(id string) []bot.Pair {
	if v.Article == nil {
		return pair("Article", bot.C(id))
	}
	a, ok := v.Article(id)
	if !ok {
		return nil
	}
	if a.Title == "" {
		return pair("Article", bot.C(id))
	}
	return pair("Article", a.Title+" ", bot.C(id))
}

// Stars are the five buttons of a satisfaction question.
func Stars(id string) []bot.Button {
	var out []bot.Button
	for n := 1; n <= 5; n++ {
		out = append(out, bot.Button{Label: itoa(n), Do: "rate " + id + " " + itoa(n)})
	}
	return out
}
