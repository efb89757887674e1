package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// resolveFields are the questions of the resolve dialog. Where the knowledge base has articles for the case
// they are offered to tick; none has to be. An article that somebody of the case said helped is ticked already.
func resolveFields(r *request) []bot.FormField {
	out := r.argFields()
	offered := r.offered()
	if len(offered) == 0 {
		return out
	}
	var ticked []string
	for _, s := range offered {
		done, err := r.h.desk.ArticleDone(r.ctx, r.c.ID, s.ID, desk.ArticleHelped, r.by().ID, r.c.Agent, r.c.Engineer)
		if err == nil && done {
			ticked = append(ticked, optionOf(s.ID))
		}
	}
	for i := range out {
		if out[i].Key != "articles" {
			continue
		}
		f := &out[i]
		f.Kind, f.Example, f.Hint = bot.AskMulti, "", "Tick those that helped, or none. The next case like this one finds them sooner."
		for _, s := range offered {
			f.Options = append(f.Options, bot.Option{Value: optionOf(s.ID), Label: s.Title})
		}
		if _, typed := r.values["articles"]; !typed {
			f.Value = strings.Join(ticked, ",")
		}
	}
	return out
}

// offered are the articles that the case itself asks for, and those that were named before.
func (r *request) offered() []desk.Suggestion {
	if r.h.opt.Library == nil || r.c == nil || r.c.Restricted {
		return nil
	}
	out := r.h.opt.Library.Suggest(r.ctx, r.c.Question(), r.canRead)
	for _, id := range append(commaList(r.get("articles")), r.c.Articles...) {
		if slices.ContainsFunc(out, func(s desk.Suggestion) bool { return s.ID == id || optionOf(s.ID) == id }) {
			continue
		}
		if a, err := r.h.desk.FindArticle(r.ctx, r.by(), id); err == nil {
			out = append(out, desk.Suggestion{Article: a})
		}
	}
	return out
}

// helpful are the articles named at the resolution. A code that is none is said, because a slip would link the
// case to nothing.
func (r *request) helpful() ([]string, error) {
	ids := commaList(r.get("articles"))
	if r.h.opt.Library == nil {
		return ids, nil
	}
	offered := r.offered()
	for i, id := range ids {
		if k := slices.IndexFunc(offered, func(s desk.Suggestion) bool { return s.ID != id && optionOf(s.ID) == id }); k >= 0 {
			ids[i] = offered[k].ID
			continue
		}
		if _, err := r.h.desk.FindArticle(r.ctx, r.by(), id); err != nil {
			if desk.KindOf(err) != desk.KindNotFound {
				return nil, err
			}
			say := "There is no article “" + clip(id) + "” that you can read. Leave it out, or find it with /case kb."
			return nil, &desk.Error{Kind: desk.KindInvalid, Say: "The case is not resolved yet. Mend what is marked; everything you typed is kept.",
				Fields: []desk.FieldError{{Field: "articles", Message: say}}}
		}
	}
	return ids, nil
}

// commaList splits a list of codes, each once.
func commaList(s string) []string {
	var out []string
	for _, v := range strings.Split(s, ",") {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
