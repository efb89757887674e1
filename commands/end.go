package commands

import (
	"strconv"

	"casebot/bot"
	"casebot/desk"
)

// endCommands end a case's life or start it again.
func endCommands() []Command {
	return []Command{
		{
			Name: "workaround", Verb: desk.VerbWorkaround, Case: WithCase, Title: "Give a workaround", Submit: "Give it",
			Summary: "Say how the customer can work meanwhile.",
			Example: "/case workaround NW-1042 Take cards on the handheld and book them in the evening",
			Args:    []Arg{{Key: "text", Label: "How the customer can work meanwhile", Kind: bot.AskLong, Required: true, Rest: true, Hint: "Step by step, in words for the customer."}},
			run: func(r *request) (bot.Answer, error) {
				if _, err := r.act(r.c.ID, desk.GiveWorkaround{Text: r.get("text")}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(bot.ToneGood, spans("The workaround is on ", bot.B(r.c.ID), "."), "Resolve the case when the cause is gone.")
			},
		},
		{
			Name: "resolve", Aliases: []string{"solve", "solved", "done"}, Verb: desk.VerbResolve, Case: WithCase, React: "resolve", Title: "Resolve the case", Submit: "Resolve",
			Summary: "Say what solved it. The Partner is asked how satisfied the customer was.",
			Example: "/case resolve NW-1042 code=fixed Version 6.2.2 is installed and card payments pass",
			Args: []Arg{
				{Key: "text", Label: "What solved it", Kind: bot.AskLong, Required: true, Rest: true, Hint: "The customer and the next person read this."},
				{Key: "code", Label: "How", Kind: bot.AskChoice, options: func(r *request) []bot.Option { return sayOptions(r.book().Lifecycle.Resolutions) }},
				{Key: "articles", Label: "Articles that helped", Example: "kb-pos-4012", Hint: "Codes of knowledge articles, separated by commas."},
			},
			fields: resolveFields, run: runResolve,
		},
		{
			Name: "rate", Aliases: []string{"csat"}, Verb: desk.VerbRate, Case: WithCase, Title: "Customer satisfaction", Submit: "Keep the rating",
			Summary: "Keep the customer's satisfaction with the resolution, 1 (poor) to 5 (very good).",
			Example: "/case rate NW-1042 5 They liked the quick call back",
			Args: []Arg{
				{Key: "score", Label: "Rating", Kind: bot.AskChoice, Required: true, Word: true, options: scores},
				{Key: "comment", Label: "The customer's words", Kind: bot.AskLong, Rest: true},
			},
			run: func(r *request) (bot.Answer, error) {
				n, _ := strconv.Atoi(r.get("score"))
				was := r.c.Ratings
				if _, err := r.act(r.c.ID, desk.RateCase{Score: n, Comment: r.get("comment")}); err != nil {
					return bot.Answer{}, err
				}
				parts := []any{bot.ToneGood, spans("The rating of ", bot.B(r.c.ID), " is kept: "+strconv.Itoa(n)+" of 5.")}
				for _, old := range was {
					// Two may have pressed at once, or one on an old screen.
					if old.Resolution == r.c.Resolutions {
						parts = append(parts, "It takes the place of the "+strconv.Itoa(old.Score)+" that "+r.name(old.By)+" noted.")
					}
				}
				if n <= 2 {
					parts = append(parts, "If the problem is still there, reopen the case.", button("Reopen", "reopen "+r.c.ID))
				}
				return r.say(append(parts, button("Change it", "rate "+r.c.ID+" ask=yes"))...)
			},
		},
		{
			Name: "reopen", Verb: desk.VerbReopen, Case: WithCase, Title: "Reopen the case", Submit: "Reopen",
			Summary: "Start a resolved case again. Later than the handbook allows, file a new case that follows it.",
			Example: "/case reopen NW-1042 The error is back since this morning",
			Args:    []Arg{{Key: "why", Label: "What the customer reports now", Kind: bot.AskLong, Required: true, Rest: true}},
			run: func(r *request) (bot.Answer, error) {
				if _, err := r.act(r.c.ID, desk.ReopenCase{Why: r.get("why")}); err != nil {
					return bot.Answer{}, err
				}
				parts := []any{spans(bot.B(r.c.ID), " is open again.")}
				if k, ok := r.c.Clock(desk.ClockTier1); ok {
					parts = append(parts, spans(r.partner()+" answers the customer by ", k.Due, "."))
				}
				if r.c.Status == desk.StatusEscalated {
					parts = append(parts, r.told(r.provider()+" has it again too."))
				}
				return r.say(append(parts, button("Show", "show "+r.c.ID))...)
			},
		},
		{
			Name: "close", Verb: desk.VerbClose, Case: WithCase,
			Summary: "Close a resolved case for good.",
			Example: "/case close NW-1042 The customer confirmed",
			Args:    []Arg{{Key: "why", Label: "Why", Rest: true}},
			run: func(r *request) (bot.Answer, error) {
				if _, err := r.act(r.c.ID, desk.CloseCase{Why: r.get("why")}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(bot.ToneGood, spans(bot.B(r.c.ID), " is closed."))
			},
		},
		{
			Name: "merge", Verb: desk.VerbMerge, Case: WithCase, Title: "Merge into another case", Submit: "Merge",
			Summary: "End this case in favour of another one about the same problem.",
			Example: "/case merge NW-1042 into NW-1040",
			Args:    []Arg{{Key: "into", Label: "Number of the case that stays", Required: true, Word: true, Example: "NW-1040"}},
			run: func(r *request) (bot.Answer, error) {
				if _, err := r.act(r.c.ID, desk.MergeCase{Into: r.get("into")}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(spans(bot.B(r.c.ID), " is merged into ", bot.B(r.c.MergedInto), "."), "Go on there.", button("Show "+r.c.MergedInto, "show "+r.c.MergedInto))
			},
		},
		{
			Name: "withdraw", Aliases: []string{"cancel"}, Verb: desk.VerbWithdraw, Case: WithCase, Title: "Withdraw the case", Submit: "Withdraw",
			Summary: "End a case that should not have been filed.",
			Example: "/case withdraw NW-1042 The customer mixed up two shops",
			Args:    []Arg{{Key: "why", Label: "Why", Kind: bot.AskLong, Required: true, Rest: true}},
			run: func(r *request) (bot.Answer, error) {
				if _, err := r.act(r.c.ID, desk.WithdrawCase{Why: r.get("why")}); err != nil {
					return bot.Answer{}, err
				}
				return r.say(spans(bot.B(r.c.ID), " is withdrawn. Its record stays."))
			},
		},
		{
			Name: "undo", Verb: desk.VerbUndo, Case: WithCase,
			Summary: "Take your last step back, while the handbook still allows it.",
			Example: "/case undo NW-1042",
			run: func(r *request) (bot.Answer, error) {
				if r.c.LastAct == nil {
					return bot.Answer{}, desk.Errf(desk.KindState, "There is nothing to undo on %s.", r.c.ID)
				}
				return r.undo(r.c.LastAct.Verb)
			},
		},
	}
}

// undo takes back the person's own last act of a verb.
func (r *request) undo(of desk.Verb) (bot.Answer, error) {
	if _, err := r.act(r.c.ID, desk.UndoAct{Of: of}); err != nil {
		return bot.Answer{}, err
	}
	return r.say(spans(bot.B(r.c.ID), " is "+r.c.Status.Words()+" again."), "Both sides can see that the step was taken back.")
}

// sayOptions shows codes by their sentences.
func sayOptions(cs []desk.Code) []bot.Option {
	var out []bot.Option
	for _, c := range cs {
		out = append(out, bot.Option{Value: c.Code, Label: c.Say})
	}
	return out
}

// scores are the five answers of the satisfaction question, with words so that nobody rates upside down.
func scores(*request) []bot.Option {
	words := []string{"poor", "fair", "good enough", "good", "very good"}
	var out []bot.Option
	for i, w := range words {
		out = append(out, bot.Option{Value: strconv.Itoa(i + 1), Label: strconv.Itoa(i+1) + ", " + w})
	}
	return out
}

// runResolve ends the work. The articles named are what the knowledge base learns from.
func runResolve(r *request) (bot.Answer, error) {
	articles, err := r.helpful()
	if err != nil {
		return bot.Answer{}, err
	}
	do := desk.ResolveCase{Text: r.get("text"), Code: r.get("code"), Articles: articles}
	if _, err := r.act(r.c.ID, do); err != nil {
		return bot.Answer{}, err
	}
	parts := []any{bot.ToneGood, spans(bot.B(r.c.ID), " is resolved.")}
	if r.side() == desk.Partner {
		parts = append(parts, "Ask the customer how satisfied they are, and press the number under the resolution.")
	} else {
		parts = append(parts, r.told(r.partner()+" tells the customer and asks how satisfied they are."))
	}
	if r.h.opt.Library != nil && r.h.desk.MayWriteArticle(r.by(), desk.Article{}) == nil && r.offers(desk.AssistArticle) {
		parts = append(parts, button("Draft an article", "kb-draft "+r.c.ID))
	}
	return r.say(append(parts, r.undoButton())...)
}
