package commands

import (
	"fmt"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// walkCommand takes a case through a triage guide (handbook §6): its checklist as a form, the answers on the case.
func walkCommand() Command {
	return Command{
		Name: "kb-walk", Verb: desk.VerbWalk, Case: WithCase, Title: "Triage guide", Submit: "Keep the answers",
		Summary: "Walk a case through a triage guide. The answers are kept on the case.",
		Example: "/case kb walk NW-1042 card-payment-triage",
		Args:    []Arg{{Key: "article", Label: "Code of the guide", Word: true, Hidden: true}},
		intro:   walkIntro, fields: walkFields, run: runWalk,
	}
}

// stepKey names the answer to a question, so that a draft keeps it when the guide changes around it.
func stepKey(guide, question string) string {
	return "q" + desk.DeliveryID(guide + "\x00" + question)[:10]
}

// guide finds the triage guide a command names.
func (r *request) guide() (desk.Article, []string, error) {
	a, err := r.article()
	if err != nil {
		return a, nil, err
	}
	steps := a.Steps()
	if len(steps) == 0 {
		return a, nil, desk.Errf(desk.KindInvalid, "%s has no checklist. A triage guide has its questions on lines that begin with - [ ]", a.ID)
	}
	return a, steps[:min(len(steps), desk.MaxSteps)], nil
}

func walkIntro(r *request) []bot.Block {
	a, steps, err := r.guide()
	if err != nil {
		return []bot.Block{bot.P(bot.T("The guide is gone. Close this and look for another one."))}
	}
	out := []bot.Block{bot.P(bot.B(a.Title)), bot.P(bot.T("Answer what you can. You can go on later, and the answers go up with an escalation."))}
	if all := a.Steps(); len(all) > len(steps) {
		out = append(out, bot.P(bot.T(fmt.Sprintf("The guide has %d questions; a form takes %d. Ask its owner to split it.", len(all), len(steps)))))
	}
	return out
}

// walkFields are the questions with what has been answered before. A question too long for a label stands whole
// in the hint.
func walkFields(r *request) []bot.FormField {
	a, steps, err := r.guide()
	if err != nil {
		return nil
	}
	before := map[string]string{}
	for _, w := range r.c.Walks {
		if w.Guide == a.ID {
			for _, x := range w.Answers {
				before[x.Question] = x.Text
			}
		}
	}
	var out []bot.FormField
	for i, q := range steps {
		f := bot.FormField{Key: stepKey(a.ID, q), Label: fmt.Sprintf("%d. %s", i+1, q), Kind: bot.AskText, Value: before[q]}
		if rs := []rune(f.Label); len(rs) > 45 {
			f.Label, f.Hint = string(rs[:44])+"…", q
		}
		if v, typed := r.values[f.Key]; typed {
			f.Value = v
		}
		out = append(out, f)
	}
	return out
}

// runWalk opens the checklist, or keeps the answers. Without a guide it offers those that fit the case.
func runWalk(r *request) (bot.Answer, error) {
	if err := r.noLibrary(); err != nil {
		return bot.Answer{}, err
	}
	if r.get("article") == "" {
		return r.offerGuides()
	}
	a, steps, err := r.guide()
	if err != nil {
		return bot.Answer{}, err
	}
	if !r.sent {
		if _, err := desk.Next(r.c.Status, desk.VerbWalk); err != nil {
			return bot.Answer{}, err
		}
		return r.open(nil)
	}
	answers := map[string]string{}
	for _, q := range steps {
		answers[q] = r.get(stepKey(a.ID, q))
	}
	a.Body = "" // Only what was asked is kept, of a long guide too.
	for _, q := range steps {
		a.Body += "- [ ] " + q + "\n"
	}
	if _, err := r.act(r.c.ID, desk.WalkCase{Guide: a, Answers: answers}); err != nil {
		return bot.Answer{}, err
	}
	w := r.c.Walks[len(r.c.Walks)-1]
	return r.say(bot.ToneGood, spans(fmt.Sprintf("%d of %d answers are kept on ", w.Answered(), len(w.Answers)), bot.B(r.c.ID), "."),
		button("Show", "show "+r.c.ID))
}

// offerGuides lists the guides a person may read, those that fit the case first.
func (r *request) offerGuides() (bot.Answer, error) {
	guides, err := r.h.desk.Guides(r.ctx, r.by())
	if err != nil {
		return bot.Answer{}, err
	}
	fits := map[string]bool{}
	for _, s := range r.h.opt.Library.Suggest(r.ctx, r.c.Question(), func(a desk.Article) bool { return r.canRead(a) && len(a.Steps()) > 0 }) {
		fits[s.ID] = true
	}
	return r.answer(templates.Guides(r.c.ID, guides, r.c.Fields[desk.FieldProduct], fits))
}
