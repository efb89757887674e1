package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// writeCommands write articles in chat (handbook §6). Every version is kept.
func writeCommands() []Command {
	return []Command{
		{
			Name: "kb-new", Title: "New article", Submit: "Save the article",
			Summary: "Write a knowledge article, a release note, a front-line script or a triage guide.",
			Example: `/case kb new title="Blank receipts" kind=article audience=all text="Turn the paper roll."`,
			Args:    append(articleArgs(), proposalArg),
			fields:  articleFields, run: runSaveArticle,
		},
		{
			Name: "kb-edit", Title: "Edit article", Submit: "Save a new version",
			Summary: "Change an article. The old version is kept.",
			Example: "/case kb edit card-payments-offline",
			Args: append([]Arg{{Key: "article", Label: "Code of the article", Word: true, Hidden: true},
				{Key: "base", Label: "Version begun from", Hidden: true}, {Key: "version", Label: "Version to bring back", Hidden: true}}, articleArgs()...),
			fields: articleFields, run: runSaveArticle,
		},
		{
			Name:    "kb-write",
			Summary: "Write or change an article in the browser, with room for a long one and a preview.",
			Example: "/case kb write card-payments-offline",
			Args:    []Arg{articleArg()}, Bare: true,
			run: runArticleWeb,
		},
		{
			Name:    "kb-history",
			Summary: "Show the versions of an article, or one of them.",
			Example: "/case kb history card-payments-offline",
			Args:    []Arg{articleArg(), {Key: "version", Label: "One version", Word: true, Example: "2"}, {Key: "page", Label: "Page of a long one", Word: true, Hidden: true}},
			run:     runArticleHistory,
		},
	}
}

// articleArgs are the questions about an article.
func articleArgs() []Arg {
	return []Arg{
		{Key: "title", Label: "Title", Hint: "The problem in the customer's words.", Example: "Receipt printer prints blank paper"},
		{Key: "text", Label: "Text", Kind: bot.AskLong, Hint: "Step by step. In a triage guide each question is a line that begins with - [ ]"},
		{Key: "file", Label: "Or a Markdown file", Kind: bot.AskFiles, Hint: "Plain text of at most 1 MB. It takes the place of the text."},
		{Key: "kind", Label: "What it is", Kind: bot.AskChoice, options: kindOptions},
		{Key: "audience", Label: "Who may read it", Kind: bot.AskChoice, options: audienceOptions},
		{Key: "product", Label: "Product", Hint: "Leave it empty for any.", Example: "Harbor Tills"},
		{Key: "review_by", Label: "Review it by", Kind: bot.AskTime, Example: "in 90 days", Hint: "The owner is reminded then. It stays published."},
		{Key: "owner", Label: "Who keeps it true", Kind: bot.AskChoice, options: func(r *request) []bot.Option { return personOptions(r.dir().PeopleOf(r.by().Party)) }},
	}
}

func kindOptions(*request) []bot.Option {
	words := map[string]string{desk.ArticlePlain: "Article", desk.ArticleRelease: "Release note", desk.ArticleScript: "Front-line script", desk.ArticleGuide: "Triage guide"}
	var out []bot.Option
	for _, k := range desk.ArticleKinds {
		out = append(out, bot.Option{Value: k, Label: words[k]})
	}
	return out
}

func audienceOptions(r *request) []bot.Option {
	var out []bot.Option
	for _, a := range r.h.desk.ArticleAudiences(r.by()) {
		say := templates.ArticleAudience(r.dir(), desk.Article{Audience: a})
		out = append(out, bot.Option{Value: a, Label: strings.ToUpper(say[:1]) + say[1:]})
	}
	return out
}

// maxParts is into how many questions a long text is cut where one answer is limited.
const maxParts = 10

// articleFields are the questions filled with the version that is changed. A text longer than one answer may
// be is cut between paragraphs into several; nothing is ever cut off.
func articleFields(r *request) []bot.FormField {
	old := r.editing()
	var out []bot.FormField
	for _, f := range r.argFields() {
		if v, typed := r.values[f.Key]; !typed || v == "" && !r.sent {
			f.Value = articleValue(r, old, f.Key)
		}
		if f.Key != "text" {
			f.Required = f.Key == "title" || f.Key == "audience"
			out = append(out, f)
			continue
		}
		f.Rows = 10
		parts, _ := cutText(f.Value, r.in.Caps.FieldLimit)
		for i, p := range parts {
			more := f
			more.Value = p
			if i > 0 {
				more.Key, more.Label, more.Hint, more.Required = "text"+strconv.Itoa(i+1), fmt.Sprintf("Text, part %d of %d", i+1, len(parts)), "", false
			}
			if v, typed := r.values[more.Key]; typed && r.sent {
				more.Value = v
			}
			out = append(out, more)
		}
	}
	return out
}

// editing is the version that a form changes; an empty article for a new one.
func (r *request) editing() desk.Article {
	if r.cmd.Name != "kb-edit" {
		return desk.Article{}
	}
	a, err := r.h.desk.FindArticle(r.ctx, r.by(), r.get("article"))
	if err != nil {
		return desk.Article{}
	}
	if r.get("base") == "" {
		r.values["base"] = strconv.Itoa(a.Version)
	}
	if n, err := strconv.Atoi(r.get("version")); err == nil {
		if old, err := r.version(a.ID, n); err == nil {
			return old
		}
	}
	return a
}

// version finds one version of an article.
func (r *request) version(id string, n int) (desk.Article, error) {
	all, err := r.h.desk.ArticleHistory(r.ctx, r.by(), id)
	if err != nil {
		return desk.Article{}, err
	}
	for _, a := range all {
		if a.Version == n {
			return a, nil
		}
	}
	return desk.Article{}, desk.Errf(desk.KindNotFound, "Version %d of %s is not kept. /case kb history %s lists those that are.", n, id, id)
}

// articleValue is what a question starts with: what the article says, or the usual.
func articleValue(r *request, a desk.Article, key string) string {
	switch key {
	case "title":
		return a.Title
	case "text":
		return a.Body
	case "kind":
		if a.Kind == "" && a.ID == "" && r.side() == desk.Partner {
			return desk.ArticleScript
		}
		return orElse(a.Kind, desk.ArticlePlain)
	case "audience":
		return orElse(a.Audience, r.h.desk.ArticleAudiences(r.by())[0])
	case "product":
		return a.Product
	case "owner":
		return orElse(a.Owner, r.by().ID)
	case "review_by":
		if !a.ReviewBy.IsZero() {
			return a.ReviewBy.In(r.zone()).Format("2006-01-02 15:04")
		}
	}
	return ""
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// cutText cuts a text between paragraphs into pieces of at most limit characters; 0 is no limit. ok is false
// when a paragraph is longer than that, or there would be too many.
func cutText(text string, limit int) (parts []string, ok bool) {
	if limit <= 0 || len([]rune(text)) <= limit {
		return []string{text}, true
	}
	for _, p := range strings.Split(text, "\n\n") {
		if n := len(parts); n > 0 && len([]rune(parts[n-1]))+2+len([]rune(p)) <= limit {
			parts[n-1] += "\n\n" + p
			continue
		}
		parts = append(parts, p)
	}
	ok = len(parts) <= maxParts && !slices.ContainsFunc(parts, func(p string) bool { return len([]rune(p)) > limit })
	return parts, ok
}

// runSaveArticle saves a new article or a new version. Without a text it opens the form.
func runSaveArticle(r *request) (bot.Answer, error) {
	if err := r.noLibrary(); err != nil {
		return bot.Answer{}, err
	}
	old := desk.Article{}
	if r.cmd.Name == "kb-edit" {
		var err error
		if old, err = r.article(); err != nil {
			return bot.Answer{}, err
		}
	}
	if err := r.h.desk.MayWriteArticle(r.by(), old); err != nil {
		return bot.Answer{}, err
	}
	if !r.sent {
		if err := r.takeFiles(); err != nil {
			return bot.Answer{}, err
		}
	}
	if !r.sent && (r.get("ask") != "" || r.get("version") != "" || r.get("text") == "" && len(r.files) == 0 || old.ID == "" && r.get("title") == "" && len(r.files) == 0) {
		if _, ok := cutText(old.Body, r.in.Caps.FieldLimit); !ok {
			return bot.Answer{}, desk.Errf(desk.KindState, "The article %s is too long to be changed in a form here. Change it in the browser: /case kb write %s", old.ID, old.ID)
		}
		return r.open(nil)
	}
	a, base := old, old.Version
	if n, err := strconv.Atoi(r.get("base")); err == nil {
		base = n
	}
	err := r.readArticle(&a)
	if err != nil {
		return bot.Answer{}, err
	}
	a.Retired = false // Whoever writes an article means it to be found.
	a, err = r.h.opt.Library.Save(r.ctx, r.by(), a, base, r.in.Now)
	if err != nil {
		return bot.Answer{}, err
	}
	r.acted = true
	say := "is published"
	if a.Version > 1 {
		say = fmt.Sprintf("is published as version %d. The older ones are kept", a.Version)
	}
	return r.say(bot.ToneGood, spans("“", bot.B(a.Title), "” "+say+". Its code is ", bot.C(a.ID), "."),
		"It is "+templates.ArticleAudience(r.dir(), a)+".", button("Open", templates.ArticleDo("kb-open", "", a.ID)), button("History", templates.ArticleDo("kb-history", "", a.ID)))
}

// readArticle takes what was typed into an article. What was not asked stays.
func (r *request) readArticle(a *desk.Article) error {
	take := func(key string, to *string) {
		if v, typed := r.values[key]; typed {
			*to = strings.TrimSpace(v)
		} else if a.ID == "" {
			*to = articleValue(r, desk.Article{}, key)
		}
	}
	take("title", &a.Title)
	take("product", &a.Product)
	take("kind", &a.Kind)
	take("audience", &a.Audience)
	if who := r.get("owner"); who != "" {
		p, err := r.person("owner", who, r.dir().PeopleOf(r.by().Party))
		if err != nil {
			return err
		}
		a.Owner = p.ID
	} else if a.Owner == "" {
		a.Owner = r.by().ID
	}
	if v := r.get("review_by"); v != "" {
		t, err := desk.ParseDay(v, r.in.Now, r.zone())
		if err != nil {
			return &desk.Error{Kind: desk.KindInvalid, Say: "The day of the review could not be read. Everything you typed is kept.", Fields: []desk.FieldError{{Field: "review_by", Message: "Write for example: in 90 days, or 2027-03-31."}}}
		}
		a.ReviewBy = t.UTC().Truncate(time.Millisecond)
	} else if _, typed := r.values["review_by"]; typed {
		a.ReviewBy = time.Time{}
	}
	if _, typed := r.values["text"]; typed {
		parts := []string{strings.TrimSpace(r.values["text"])}
		for i := 2; i <= maxParts; i++ {
			if p := r.get("text" + strconv.Itoa(i)); p != "" {
				parts = append(parts, p)
			}
		}
		a.Body = strings.Join(parts, "\n\n")
	}
	return r.articleFile(a)
}

// articleFile takes the text from an attached file, the last one where several came. Its first heading is the
// title where none was typed.
func (r *request) articleFile(a *desk.Article) error {
	if len(r.files) == 0 {
		return nil
	}
	var data []byte
	f := r.files[len(r.files)-1]
	err := r.h.desk.Store.View(r.ctx, func(rd desk.Reader) error {
		var err error
		data, err = rd.Blob(f.SHA256)
		return err
	})
	if err != nil {
		return err
	}
	if a.Body = strings.TrimSpace(string(data)); a.Body == "" {
		return &desk.Error{Kind: desk.KindInvalid, Say: "The file is empty.", Fields: []desk.FieldError{{Field: "file", Message: "“" + clip(f.Name) + "” is empty. Attach another one or write the text."}}}
	}
	if first, rest, _ := strings.Cut(a.Body, "\n"); a.Title == "" && strings.HasPrefix(first, "# ") {
		a.Title, a.Body = strings.TrimSpace(first[2:]), strings.TrimSpace(rest)
	}
	return nil
}

// runArticleHistory lists the versions of an article, or shows one.
func runArticleHistory(r *request) (bot.Answer, error) {
	a, err := r.article()
	if err != nil {
		return bot.Answer{}, err
	}
	mine := r.h.desk.MayWriteArticle(r.by(), a) == nil
	if v := r.get("version"); v != "" {
		n, _ := strconv.Atoi(v)
		old, err := r.version(a.ID, n)
		if err != nil {
			return bot.Answer{}, err
		}
		m := templates.Article(r.dir(), old, "", r.in.Now, r.page(), templates.ArticleDo("kb-history", "", a.ID)+" version="+v)
		m.Buttons = slices.DeleteFunc(m.Buttons, func(b bot.Button) bool { return !strings.Contains(b.Do, " page=") })
		if m.Footer != nil {
			m.Footer = append(m.Footer, bot.T(" "))
		}
		m.Footer = append(m.Footer, spans(fmt.Sprintf("This is version %d of %d.", old.Version, a.Version))...)
		if mine && old.Version != a.Version {
			m.Buttons = append(m.Buttons, bot.Button{Label: "Bring it back", Do: templates.ArticleDo("kb-edit", "", a.ID) + " version=" + v})
		}
		return r.answer(m)
	}
	all, err := r.h.desk.ArticleHistory(r.ctx, r.by(), a.ID)
	if err != nil {
		return bot.Answer{}, err
	}
	return r.answer(templates.ArticleHistory(r.dir(), a, all, mine))
}
