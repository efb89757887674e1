package commands

import (
	"strconv"
	"strings"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// kbCommands are the knowledge base (handbook §6). What stands under kb is typed as two words, `/case kb
// open ID`; the names with a hyphen are what buttons and forms carry.
func kbCommands() []Command {
	return append([]Command{
		{
			Name: "kb", Aliases: []string{"article", "articles"}, Case: MaybeCase,
			Summary: "Find knowledge articles. In a case's thread without words: those for the case.",
			Example: "/case kb HB-4012 card payment",
			Args:    []Arg{{Key: "words", Label: "Words", Rest: true}},
			run:     runKB,
		},
		{
			Name: "kb-open", Case: MaybeCase,
			Summary: "Read a knowledge article.",
			Example: "/case kb open card-payments-offline",
			Args:    []Arg{articleArg(), {Key: "page", Label: "Page of a long one", Word: true, Example: "2"}},
			run:     runOpenArticle,
		},
		{
			Name: "kb-helped", Case: MaybeCase, Quiet: true,
			Summary: "Say that an article helped.",
			Example: "/case kb helped NW-1042 card-payments-offline",
			Args:    []Arg{articleArg()},
			run:     func(r *request) (bot.Answer, error) { return r.judged(desk.ArticleHelped, "") },
		},
		{
			Name: "kb-not", Case: MaybeCase, Quiet: true, Title: "Why it did not help", Submit: "Keep it",
			Summary: "Say why an article did not help.",
			Example: `/case kb not NW-1042 card-payments-offline why="out of date"`,
			Args: []Arg{
				{Key: "article", Label: "Article", Word: true, Hidden: true},
				{Key: "why", Label: "Why", Kind: bot.AskChoice, Required: true, options: func(*request) []bot.Option { return sayOptions(desk.NotReasons) }},
			},
			intro: func(r *request) []bot.Block {
				a, err := r.article()
				if err != nil {
					return []bot.Block{bot.P(bot.T(sayOf(err)))}
				}
				return []bot.Block{bot.P(spans("“", bot.B(a.Title), "”. "+r.keeper(a)+" reads this in the ops review.")...)}
			},
			run: func(r *request) (bot.Answer, error) {
				why := strings.ToLower(r.get("why"))
				for _, c := range desk.NotReasons {
					if c.Code == why {
						return r.judged(desk.ArticleNot, why)
					}
				}
				say := "Choose unrelated, no answer or out of date."
				return bot.Answer{}, &desk.Error{Kind: desk.KindInvalid, Say: say, Fields: []desk.FieldError{{Field: "why", Message: say}}}
			},
		},
		{
			Name: "kb-solved", Quiet: true, Verb: desk.VerbFile,
			Summary: "End the case you are filing, because an article solved it.",
			Example: "/case kb solved card-payments-offline",
			Args:    []Arg{articleArg()},
			run:     runSolved,
		},
	}, append(append(writeCommands(), careCommands()...), walkCommand())...)
}

// articleArg is the code of an article.
func articleArg() Arg {
	return Arg{Key: "article", Label: "Code of the article", Word: true, Example: "card-payments-offline"}
}

// sub finds a command of two words, such as `kb open`: only where what follows the second one fits, because
// people also look for articles with words such as "open cash drawer".
func (r *request) sub(cmd *Command, rest string) (*Command, string) {
	word, after := cut(rest)
	under, ok := r.lookup(cmd.Name + "-" + strings.ToLower(word))
	if !ok {
		return cmd, rest
	}
	next := after
	if w, more := cut(next); isCaseNumber(w) && more != "" {
		next = more
	}
	first, _ := cut(next)
	if _, needs := under.arg("article"); needs {
		// A single word is meant as a code, known or not; several are a search unless the first is one.
		if _, err := r.h.desk.FindArticle(r.ctx, r.by(), first); first == "" && under.Verb == "" && !under.Bare || first != "" && err != nil && next != first && !strings.Contains(next, "=") {
			return cmd, rest
		}
	} else if _, keyed := under.arg("key"); keyed {
		if len(first) != 8 || strings.Trim(strings.ToLower(first), "0123456789abcdef") != "" {
			return cmd, rest
		}
	} else if first != "" && !strings.Contains(first, "=") && !(under.Case == WithCase && isCaseNumber(first)) {
		return cmd, rest
	}
	return under, after
}

// namesArticle says whether a word that looks like the number of a case is the code of an article, where the
// command takes one: imported articles may well be called kb-17.
func (r *request) namesArticle(word string) bool {
	if _, takes := r.cmd.arg("article"); !takes {
		return false
	}
	_, err := r.h.desk.FindArticle(r.ctx, r.by(), word)
	return err == nil
}

// noLibrary is what is said where there is no knowledge base.
func (r *request) noLibrary() error {
	if r.h.opt.Library == nil {
		return desk.Errf(desk.KindState, "This desk has no knowledge articles yet.")
	}
	return nil
}

// runKB looks words up. In a case's thread without words the case asks.
func runKB(r *request) (bot.Answer, error) {
	if err := r.noLibrary(); err != nil {
		return bot.Answer{}, err
	}
	words := r.get("words")
	if words == "" {
		if r.c == nil {
			return bot.Answer{}, desk.Errf(desk.KindInvalid, "Say what to look for. For example: %s", r.cmd.Example)
		}
		if r.c.Restricted {
			return bot.Answer{}, desk.Errf(desk.KindState, "%s is restricted, so its words are not looked up. Name what to look for, for example: %s", r.c.ID, r.cmd.Example)
		}
	}
	if err := r.h.opt.Library.Ready(r.ctx); err != nil {
		return bot.Answer{}, err
	}
	if words == "" {
		if r.found = r.h.opt.Library.Suggest(r.ctx, r.c.Question(), r.canRead); len(r.found) == 0 {
			return r.say("No article is close enough to "+r.c.ID+" to be worth your time.", "Look with words of your own: /case kb and the words.")
		}
	} else if r.found = r.h.opt.Library.Find(r.ctx, r.by(), r.typed(words)); len(r.found) == 0 {
		return r.say("No article was found for these words. Try the error code or fewer words.")
	}
	id := ""
	if r.c != nil && !r.c.Restricted {
		id = r.c.ID
	}
	r.logShown(r.articleSubject())
	m := templates.Articles(r.dir(), r.found, id, r.in.Now)
	m.Title = templates.Found(r.found)
	return r.answer(m)
}

// typed is the question of words that somebody typed. They stay here where the person may be speaking of a security or
// privacy event: in such a case, while filing one, and as long as one they were invited to is not closed (handbook §4).
func (r *request) typed(words string) desk.Question {
	q := desk.Question{Words: words, Stays: r.c != nil && r.c.Restricted || !r.h.opt.Library.Outside()}
	if d, err := r.h.desk.FindDraft(r.ctx, r.by(), desk.DraftID(r.by(), "new", "")); err == nil && !q.Stays {
		c, ok := r.book().Category(d.Values["category"])
		q.Stays = ok && c.Restricted
	}
	if !q.Stays {
		private, err := r.h.desk.WorksPrivately(r.ctx, r.by())
		q.Stays = private || err != nil
	}
	if r.c != nil {
		q.Customer = r.c.Fields[desk.FieldCustomer]
	}
	return q
}

// articleSubject is what an act with an article is about, in the log: the case, else the case being filed,
// else the looking itself, once a day.
func (r *request) articleSubject() (subject, tenant string) {
	if r.c != nil {
		return r.c.ID, r.c.Tenant
	}
	tenant = r.by().Party
	if d, err := r.h.desk.FindDraft(r.ctx, r.by(), desk.DraftID(r.by(), "new", "")); err == nil && d.Values["begun"] != "" {
		return desk.DraftSubject(r.by(), d.Values["begun"]), tenant
	}
	return "search/" + r.by().ID + "/" + r.in.Now.UTC().Format("2006-01-02"), tenant
}

// article finds the article a command names.
func (r *request) article() (desk.Article, error) {
	if err := r.noLibrary(); err != nil {
		return desk.Article{}, err
	}
	if r.get("article") == "" {
		return desk.Article{}, desk.Errf(desk.KindInvalid, "Name the article by its code. For example: %s", r.cmd.Example)
	}
	return r.h.desk.FindArticle(r.ctx, r.by(), r.get("article"))
}

// runOpenArticle shows an article whole, with the question whether it helped.
func runOpenArticle(r *request) (bot.Answer, error) {
	a, err := r.article()
	if err != nil {
		return bot.Answer{}, err
	}
	id := ""
	if r.c == nil || !r.c.Restricted {
		if r.c != nil {
			id = r.c.ID
		}
		r.logArticle(desk.ArticleAct{Article: a.ID, Act: desk.ArticleOpened})
	}
	return r.answer(templates.Article(r.dir(), a, id, r.in.Now, r.page(), templates.ArticleDo("kb-open", id, a.ID)))
}

// page is the page of a long article that is asked for, from 1.
func (r *request) page() int {
	n, _ := strconv.Atoi(r.get("page"))
	return n
}

// logArticle keeps an act with an article; an act that can't be kept does not stand in the way.
func (r *request) logArticle(act desk.ArticleAct) {
	act.Subject, act.Tenant = r.articleSubject()
	act.Person, act.Side, act.At = r.by().ID, r.side(), r.in.Now
	if err := r.h.desk.LogArticles(r.ctx, act); err != nil {
		r.h.log.Warn("an act with an article could not be kept", "act", act.Act, "err", err)
	}
}

// judged keeps somebody's word on an article.
func (r *request) judged(act, why string) (bot.Answer, error) {
	a, err := r.article()
	if err != nil {
		return bot.Answer{}, err
	}
	if !r.by().Has(desk.Agent, desk.Engineer, desk.DutyManager) {
		return bot.Answer{}, desk.Errf(desk.KindForbidden, "Whether an article helps is for the people who work on cases to say.")
	}
	if r.c != nil && r.c.Restricted {
		return bot.Answer{}, desk.Errf(desk.KindState, "%s is restricted, so nothing is kept of it beside the case.", r.c.ID)
	}
	r.logArticle(desk.ArticleAct{Article: a.ID, Act: act, Reason: why})
	if act == desk.ArticleHelped {
		parts := []any{bot.ToneGood, spans("It is kept that “", bot.B(a.Title), "” helped.")}
		if r.c != nil && r.c.Open() {
			parts = append(parts, "It is offered when the case is resolved.", button("Resolve", "resolve "+r.c.ID+" ask=yes"))
		}
		return r.say(parts...)
	}
	say := "Thank you. It is kept for " + r.keeper(a) + " and shown in the ops review."
	return r.say(say)
}

// keeper names who keeps an article true.
func (r *request) keeper(a desk.Article) string {
	if p, ok := r.dir().Person(a.Owner); ok {
		return p.Name
	}
	if p, ok := r.dir().Party(a.Party); ok {
		return p.Name
	}
	return r.provider()
}

// runSolved ends the draft of a case that an article has solved.
func runSolved(r *request) (bot.Answer, error) {
	a, err := r.article()
	if err != nil {
		return bot.Answer{}, err
	}
	id := desk.DraftID(r.by(), "new", "")
	d, err := r.h.desk.FindDraft(r.ctx, r.by(), id)
	if err != nil {
		return bot.Answer{}, desk.Errf(desk.KindState, "You are not filing a case now. If the article helped with a case, open it from the case and press Helped.")
	}
	r.values, r.draft = d.Values, id
	answer, err := r.deflect(a.ID)
	if err == nil {
		r.dropDraft()
	}
	return answer, err
}
