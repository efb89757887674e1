package templates

import (
	"fmt"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// walked is a triage guide with its answers: what was found out, and what nobody has asked yet.
func (v View) walked(w desk.Walked) []bot.Block {
	out := []bot.Block{para(bot.B("Triage: "+w.Title), fmt.Sprintf(", %d of %d answered", w.Answered(), len(w.Answers)))}
	var pairs []bot.Pair
	for _, a := range w.Answers {
		if a.Text != "" {
			pairs = append(pairs, bot.Pair{Label: a.Question, Value: line(a.Text)})
		}
	}
	return append(out, bot.Block{Kind: bot.Fields, Fields: pairs})
}

// walks are all guides of a case.
func (v View) walks() []bot.Block {
	var out []bot.Block
	for _, w := range v.Case.Walks {
		out = append(out, v.walked(w.Walked)...)
	}
	return out
}

// guidesShown is how many guides are offered at once.
const guidesShown = 5

// Guides offers triage guides for a case: those that fit its words first, then those of its product.
func Guides(caseID string, list []desk.Article, product string, fits map[string]bool) bot.Message {
	if len(list) == 0 {
		return bot.Say("There is no triage guide yet. Write one with /case kb new and the kind Triage guide.")
	}
	rank := func(a desk.Article) int {
		switch {
		case fits[a.ID]:
			return 0
		case product != "" && strings.EqualFold(a.Product, product):
			return 1
		}
		return 2
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b desk.Article) int { return rank(a) - rank(b) })
	m := bot.Message{Title: line(bot.B("Triage guides for " + caseID))}
	for i, a := range list[:min(len(list), guidesShown)] {
		m.Blocks = append(m.Blocks, para(fmt.Sprintf("%d. ", i+1), bot.B(a.Title), " ", bot.C(a.ID)))
		m.Buttons = append(m.Buttons, bot.Button{Label: fmt.Sprintf("Walk through %d", i+1), Do: ArticleDo("kb-walk", caseID, a.ID)})
	}
	if len(list) > guidesShown {
		m.Footer = line("More of them: /case kb and a few words.")
	}
	return m
}
