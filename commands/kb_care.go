package commands

import (
	"strings"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// careCommands keep the knowledge base true and whole (handbook §6, §8): reviews and gaps.
func careCommands() []Command {
	return []Command{
		{
			Name: "kb-review", Quiet: true,
			Summary: "Say that an article was read again and is still true. Its next review is half a year ahead.",
			Example: "/case kb review card-payments-offline",
			Args:    []Arg{articleArg()},
			run: func(r *request) (bot.Answer, error) {
				a, err := r.article()
				if err != nil {
					return bot.Answer{}, err
				}
				if a, err = r.h.desk.StillTrue(r.ctx, r.by(), a.ID, r.in.Now); err != nil {
					return bot.Answer{}, err
				}
				if a.ReviewBy.IsZero() {
					return r.say(spans("“", bot.B(a.Title), "” has no day of review. Set one with Edit."), button("Edit", templates.ArticleDo("kb-edit", "", a.ID)))
				}
				return r.say(bot.ToneGood, spans("“", bot.B(a.Title), "” is still true. Its next review is due ", a.ReviewBy, "."))
			},
		},
		{
			Name: "kb-retire", Quiet: true,
			Summary: "Take an article out, or bring it back. It is found no more; every version is kept.",
			Example: "/case kb retire card-payments-offline",
			Args:    []Arg{articleArg(), {Key: "answer", Label: "back: bring it back", Word: true}},
			run: func(r *request) (bot.Answer, error) {
				a, err := r.article()
				if err != nil {
					return bot.Answer{}, err
				}
				back := strings.EqualFold(r.get("answer"), "back")
				if a, err = r.h.desk.RetireArticle(r.ctx, r.by(), a.ID, !back, r.in.Now); err != nil {
					return bot.Answer{}, err
				}
				r.acted = true
				if back {
					return r.say(bot.ToneGood, spans("“", bot.B(a.Title), "” is published again."), button("Open", templates.ArticleDo("kb-open", "", a.ID)))
				}
				return r.say(spans("“", bot.B(a.Title), "” is retired. It is suggested and found no more."), "Its versions are kept, and what it solved is not forgotten. Editing it publishes it again.",
					button("Bring it back", templates.ArticleDo("kb-retire", "", a.ID)+" answer=back"))
			},
		},
		{
			Name:    "kb-gaps",
			Summary: "Show what customers keep asking and no article answers.",
			Example: "/case kb gaps",
			run: func(r *request) (bot.Answer, error) {
				gaps, err := r.h.desk.Gaps(r.ctx, r.by().Party, r.in.Now)
				if err != nil {
					return bot.Answer{}, err
				}
				return r.answer(templates.Gaps(gaps))
			},
		},
		{
			Name: "kb-gap", Quiet: true,
			Summary: "Accept a proposed article as an action item, or say that it is not needed.",
			Example: "/case kb gap 1a2b3c4d",
			Args:    []Arg{{Key: "key", Label: "Code of the proposal", Word: true}, {Key: "answer", Label: "no: it is not needed", Word: true}},
			run:     runGap,
		},
	}
}

// runGap settles a proposal of the ops review.
func runGap(r *request) (bot.Answer, error) {
	if r.get("key") == "" {
		return bot.Answer{}, desk.Errf(desk.KindInvalid, "Name the proposal by its code. /case kb gaps lists them.")
	}
	accept := !strings.EqualFold(r.get("answer"), "no")
	g, a, err := r.h.desk.SettleGap(r.ctx, r.by(), strings.ToLower(r.get("key")), accept, r.in.Now)
	if err != nil {
		return bot.Answer{}, err
	}
	if !accept {
		return r.say("No article will be proposed for these cases any more.", "When as many new ones come, they are proposed again.")
	}
	return r.say(bot.ToneGood, spans(bot.C(a.ID), " is on the list: "+a.Title+". You do it by ", a.Due, "."),
		button("Write it now", "kb-new title="+quoteArg(g.Summary)+productArg(g.Product)+" ask=yes"))
}

// quoteArg writes a value so that the line is read back as it was meant.
func quoteArg(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}

func productArg(p string) string {
	if p == "" {
		return ""
	}
	return " product=" + quoteArg(p)
}
