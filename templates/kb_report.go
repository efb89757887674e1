package templates

import (
	"fmt"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// reportLines is how many articles of a kind the ops review names: what is talked about in one meeting.
const reportLines = 5

// gapsShown is how many proposals one ops review makes; each has two buttons.
const gapsShown = 3

// knowledgeLines are the ops review's words on the knowledge base with the buttons for what it proposes
// (handbook §6). Where nothing happened with it, nothing is said.
func knowledgeLines(dir *desk.Directory, r desk.Report) ([]bot.Block, []bot.Button) {
	k := r.Knowledge
	if k.Articles == 0 && len(k.Gaps) == 0 || k.Resolved+k.Shown+k.Opened+k.Helped+k.Not+k.Deflected+len(k.Stale)+len(k.Gaps) == 0 {
		return nil, nil
	}
	f := func(label, format string, args ...any) bot.Pair {
		return bot.Pair{Label: label, Value: []bot.Span{bot.T(fmt.Sprintf(format, args...))}}
	}
	helped := "nobody has said yet"
	if n := k.Helped + k.Not; n > 0 {
		helped = fmt.Sprintf("%.0f %% said yes (%d of %d)%s", 100*float64(k.Helped)/float64(n), k.Helped, n, reasons(k.Reasons))
	}
	out := []bot.Block{para(bot.B("Knowledge")), {Kind: bot.Fields, Fields: []bot.Pair{
		f("Solved with an article", "%s", rate(k.Linked, k.Resolved, "resolved case")),
		f("Did it help", "%s", helped),
		f("Solved before filing", "%s", plural(k.Deflected, "case")),
		f("Shown and opened", "shown %s, opened %s", times(k.Shown), times(k.Opened)),
	}}}
	out = append(out, weakLines(k)...)
	out = append(out, staleLines(dir, k)...)
	more, buttons := gapLines(k.Gaps)
	return append(out, more...), buttons
}

// times says how often.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return plural(n, "time")
}

// reasons says why articles did not help, in the order of the form.
func reasons(by map[string]int) string {
	var out []string
	for _, c := range desk.NotReasons {
		if n := by[c.Code]; n > 0 {
			out = append(out, fmt.Sprintf("%s %d", c.Code, n))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; " + strings.Join(out, ", ")
}

// weakLines name the articles that were judged, the least helpful first.
func weakLines(k desk.KnowledgeReport) []bot.Block {
	if len(k.Each) == 0 {
		return nil
	}
	list := bot.Block{Kind: bot.List}
	for _, a := range k.Each[:min(len(k.Each), reportLines)] {
		list.Items = append(list.Items, line(bot.C(a.ID), " ", a.Title, fmt.Sprintf(": helped %d, did not %d%s, solved %s", a.Helped, a.Not, reasons(a.Reasons), plural(a.Linked, "case"))))
	}
	return []bot.Block{para(bot.B("Articles, the least helpful first")), list}
}

// staleLines name the articles whose review is overdue. They stay published.
func staleLines(dir *desk.Directory, k desk.KnowledgeReport) []bot.Block {
	if len(k.Stale) == 0 {
		return nil
	}
	v := View{Dir: dir, Case: &desk.Case{}}
	list := bot.Block{Kind: bot.List}
	for i, a := range k.Stale {
		if i == reportLines {
			list.Items = append(list.Items, line(fmt.Sprintf("and %d more", len(k.Stale)-i)))
			break
		}
		owner := line("nobody owns it")
		if a.Owner != "" {
			owner = v.owner(a.Owner)
		}
		list.Items = append(list.Items, line(bot.C(a.ID), " ", a.Title, ": review was due ", a.ReviewBy, ", ", owner))
	}
	return []bot.Block{para(bot.B("Articles whose review is overdue")), list}
}

// gapLines propose an article for what customers keep asking. A person accepts it into an action item.
func gapLines(gaps []desk.Gap) ([]bot.Block, []bot.Button) {
	if len(gaps) == 0 {
		return nil, nil
	}
	gaps = gaps[:min(len(gaps), gapsShown)]
	var list []bot.Block
	var buttons []bot.Button
	for i, g := range gaps {
		n := ""
		if len(gaps) > 1 {
			n = " " + itoa(i+1)
		}
		about := "“" + g.Summary + "”"
		if g.Product != "" {
			about += ", " + g.Product
		}
		list = append(list, para(strings.TrimSpace(n+" "), sep(n), bot.B(plural(len(g.Cases), "case")), " like ", about, ": "+strings.Join(g.Cases, ", ")))
		buttons = append(buttons, bot.Button{Label: "Accept as action item" + n, Do: "kb-gap " + g.Key},
			bot.Button{Label: "Not needed" + n, Do: "kb-gap " + g.Key + " no"})
	}
	out := []bot.Block{para(bot.B("Proposed action items: write an article")), para("These cases were solved without an article in the last eight weeks.")}
	return append(out, list...), buttons
}

func sep(n string) string {
	if n == "" {
		return ""
	}
	return ". "
}

// StaleArticles reminds an owner of articles to read again.
func StaleArticles(list []desk.Article, now time.Time) bot.Message {
	m := bot.Message{Title: line(bot.B("Please read again"))}
	var items []bot.Block
	for i, a := range list {
		n := ""
		if len(list) > 1 {
			n = " " + itoa(i+1)
		}
		word := ": review is due "
		if a.Stale(now) {
			word = ": review was due "
		}
		items = append(items, para(strings.TrimSpace(n), sep(n), bot.B(a.Title), " ", bot.C(a.ID), word, a.ReviewBy))
		m.Buttons = append(m.Buttons, bot.Button{Label: "Open" + n, Do: ArticleDo("kb-open", "", a.ID)},
			bot.Button{Label: "Still true" + n, Do: ArticleDo("kb-review", "", a.ID)})
	}
	m.Blocks = append([]bot.Block{para("You keep these articles true.")}, items...)
	m.Blocks = append(m.Blocks, para("Press Still true, or change what is not: /case kb edit and the code. What nobody needs any more: /case kb retire and the code. They stay published."))
	return m
}

// Gaps lists proposals for somebody who asks.
func Gaps(gaps []desk.Gap) bot.Message {
	m := bot.Message{Title: line(bot.B("Questions without an article"))}
	if m.Blocks, m.Buttons = gapLines(gaps); len(gaps) == 0 {
		m.Blocks = []bot.Block{para("Nothing was asked again and again without an article in the last eight weeks.")}
	}
	return m
}
