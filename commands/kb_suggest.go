package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// Library is the knowledge base as the commands need it: main hands one in.
type Library interface {
	// Suggest gives at most three articles it is sure enough of that visible lets through; often none.
	Suggest(ctx context.Context, q desk.Question, visible func(desk.Article) bool) []desk.Suggestion
	// Ready waits a moment after a start, while the articles are still being read and nothing is found yet; an error
	// tells a person who asks. Forms do not ask: they suggest nothing then.
	Ready(ctx context.Context) error
	// Find looks words up for a person, sure or not.
	Find(ctx context.Context, by desk.Person, q desk.Question) []desk.Suggestion
	// Outside says whether words may be looked up outside of the house at all: a writing helper is set up, and helps.
	Outside() bool
	// Alike gives those of the cases that seem to be about the same problem, the likest first, at most two.
	Alike(q desk.Question, cases []*desk.Case) []*desk.Case
	// Save checks and keeps an article as a person wrote it; base is the version they began from, 0 for a new one.
	Save(ctx context.Context, by desk.Person, a desk.Article, base int, now time.Time) (desk.Article, error)
}

// The answers of the form's question whether an article solved it, beside the code of the one that did.
const (
	notSolved = "no"
	readFirst = "read " // And the code of an article that is to be shown whole.
)

// solvedSubmit is what the button of the form says when nothing will be filed.
const solvedSubmit = "Close as solved"

// suggested are the articles for what has been typed into the intake form so far, looked up once an
// interaction. What is shown is logged. Where the category makes the case restricted nothing is looked up,
// and what was logged before the category was chosen is forgotten (handbook §4).
func (r *request) suggested() []desk.Suggestion {
	if r.h.opt.Library == nil || r.asked {
		return r.found
	}
	r.asked = true
	if r.draftRestricted() {
		if err := r.h.desk.ForgetArticles(r.ctx, r.draftSubject()); err != nil {
			r.h.log.Warn("what a draft was shown could not be forgotten", "err", err)
		}
		return nil
	}
	values := r.caseValues()
	r.found = r.h.opt.Library.Suggest(r.ctx, desk.QuestionOf(values), r.canRead)
	r.logShown(r.draftSubject(), r.tenant())
	if strings.TrimSpace(values[desk.FieldSummary]) != "" {
		r.same = r.alike(desk.QuestionOf(values))
	}
	return r.found
}

// canRead is whether the person may read an article.
func (r *request) canRead(a desk.Article) bool { return desk.CanSeeArticle(r.by(), a) }

// draftRestricted says whether the case being filed will be one for invited people only.
func (r *request) draftRestricted() bool {
	c, ok := r.book().Category(r.get("category"))
	return ok && c.Restricted
}

// draftSubject names the case being filed in the log of articles.
func (r *request) draftSubject() string { return desk.DraftSubject(r.by(), r.get("begun")) }

// logShown keeps that the found articles were shown. A log that can't be kept does not stand in the way.
func (r *request) logShown(subject, tenant string) {
	var acts []desk.ArticleAct
	for _, s := range r.found {
		acts = append(acts, desk.ArticleAct{Subject: subject, Article: s.ID, Person: r.by().ID, Act: desk.ArticleShown, Tenant: tenant, Side: r.side(), At: r.in.Now})
	}
	if err := r.h.desk.LogArticles(r.ctx, acts...); err != nil {
		r.h.log.Warn("what was shown could not be kept", "err", err)
	}
}

// alike are open cases of the same Partner, as this person may see them, that look like the same problem.
// Restricted cases are never among them, not even for those who are invited.
func (r *request) alike(q desk.Question) []*desk.Case {
	cases, err := r.h.desk.ListCases(r.ctx, r.by(), desk.CaseQuery{Statuses: openStatuses, Limit: 100})
	if err != nil {
		return nil
	}
	tenant := r.tenant()
	cases = slices.DeleteFunc(cases, func(c *desk.Case) bool { return c.Restricted || c.Tenant != tenant })
	return r.h.opt.Library.Alike(q, cases)
}

// newIntro is what stands above the intake form: what will happen, and what is known already. An article that somebody
// wants to read first stands there whole.
func newIntro(r *request) []bot.Block {
	found := r.suggested()
	if a, ok := r.chosen(r.solvedBy()); ok {
		return []bot.Block{bot.P(bot.B("Nothing will be filed.")), bot.P(spans("The desk keeps that “", bot.B(a.Title), "” solved it.")...)}
	}
	if a, ok := r.chosen(strings.TrimPrefix(r.get("solved"), readFirst)); ok && strings.HasPrefix(r.get("solved"), readFirst) {
		act := desk.ArticleAct{Subject: r.draftSubject(), Article: a.ID, Person: r.by().ID, Act: desk.ArticleOpened, Tenant: r.tenant(), Side: r.side(), At: r.in.Now}
		if err := r.h.desk.LogArticles(r.ctx, act); err != nil {
			r.h.log.Warn("what was opened could not be kept", "err", err)
		}
		return templates.ArticleInForm(r.dir(), a, r.in.Now)
	}
	return append(forecast(r), templates.SuggestedInForm(r.dir(), found, r.same, r.in.Now)...)
}

// chosen is the suggested article of a code.
func (r *request) chosen(id string) (desk.Article, bool) {
	for _, s := range r.suggested() {
		if s.ID == id || optionOf(s.ID) == id {
			return s.Article, true
		}
	}
	return desk.Article{}, false
}

// maxOption is how long the code of an article may be to stand for it in a list: an imported one may be called by a
// long path, and chats give back short values only.
const maxOption = 60

// optionOf is what stands for an article in a list of a form: its code, or a name made of it where that is too long or
// has a comma, which divides the codes of several.
func optionOf(id string) string {
	if len(id) <= maxOption && !strings.Contains(id, ",") {
		return id
	}
	return "#" + desk.DeliveryID(id)[:12]
}

// newWays are the ways out of filing: an article that has solved it.
func newWays(r *request) []bot.Button {
	var out []bot.Button
	found := r.suggested()
	for i, s := range found {
		label := "This solved it"
		if len(found) > 1 {
			label += " " + strconv.Itoa(i+1)
		}
		out = append(out, bot.Button{Label: label, Do: templates.ArticleDo("kb-solved", "", s.ID)})
	}
	return out
}

// solvedField asks beside the suggestions whether one of them solved it. It is asked only where there is one.
func (r *request) solvedField() (bot.FormField, bool) {
	found := r.suggested()
	if len(found) == 0 {
		return bot.FormField{}, false
	}
	f := bot.FormField{Key: "solved", Label: "Did an article solve it?", Kind: bot.AskChoice, Live: true, Value: r.get("solved"),
		Hint: "If one did, nothing is filed. The desk keeps only that the article helped."}
	for _, s := range found {
		f.Options = append(f.Options, bot.Option{Value: readFirst + optionOf(s.ID), Label: "Read it here: " + s.Title}, bot.Option{Value: optionOf(s.ID), Label: "This solved it: " + s.Title})
	}
	if _, reads := r.chosen(strings.TrimPrefix(f.Value, readFirst)); reads && strings.HasPrefix(f.Value, readFirst) {
		f.Hint = "The article stands whole above the questions. Say here whether it solved it."
	}
	f.Options = append(f.Options, bot.Option{Value: notSolved, Label: "No, file the case"})
	return f, true
}

// solvedBy is the article that the person says solved it; empty when none did.
func (r *request) solvedBy() string {
	if v := r.get("solved"); !strings.EqualFold(v, notSolved) && !strings.HasPrefix(v, readFirst) {
		return v
	}
	return ""
}

// deflect ends a draft that an article has solved: nothing is filed, and it is kept that the article helped.
func (r *request) deflect(id string) (bot.Answer, error) {
	a, err := r.h.desk.FindArticle(r.ctx, r.by(), id)
	if err != nil {
		return bot.Answer{}, err
	}
	if !r.draftRestricted() {
		act := desk.ArticleAct{Subject: r.draftSubject(), Article: a.ID, Person: r.by().ID, Tenant: r.tenant(), Side: r.side(), At: r.in.Now}
		helped := act
		act.Act, helped.Act = desk.ArticleDeflected, desk.ArticleHelped
		if err := r.h.desk.LogArticles(r.ctx, act, helped); err != nil {
			return bot.Answer{}, err
		}
	}
	r.acted = true
	return r.say(bot.ToneGood, spans("Solved with “", bot.B(a.Title), "”. Nothing was filed."),
		"Tell the customer what the article says. If it comes back, file a case with /case new.", button("Open the article", templates.ArticleDo("kb-open", "", a.ID)))
}
