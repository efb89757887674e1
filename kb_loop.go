package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"casebot/bot"
	"casebot/desk"
	"casebot/kb"
)

// alikeFrom is the weighted share of terms from which on two cases seem to be about the same problem, and
// alikeTokens how much of each is read.
const (
	alikeFrom   = .4
	alikeTokens = 400
)

// terms cuts a text into what is compared: for duplicates and for gaps the same.
func terms(text string) []string { return kb.Terms(text, alikeTokens) }

// Alike gives those of the cases that seem to be about the same problem as a question, the likest first, at
// most two: the weighted Jaccard similarity of their terms, of equals the lower number.
func (l *library) Alike(q desk.Question, cases []*desk.Case) []*desk.Case {
	mine := terms(q.Words)
	if len(mine) < 2 {
		return nil
	}
	texts := [][]string{mine}
	for _, c := range cases {
		texts = append(texts, terms(c.Question().Words))
	}
	weight := desk.TermWeights(texts)
	type match struct {
		c  *desk.Case
		by float64
	}
	var found []match
	for i, c := range cases {
		// A form is compared as far as it is filled in: with the summary alone, and with the steps.
		by := max(desk.TermsAlike(mine, texts[i+1], weight), desk.TermsAlike(mine, terms(c.Summary), weight))
		if by >= alikeFrom {
			found = append(found, match{c, by})
		}
	}
	slices.SortFunc(found, func(a, b match) int { return cmp.Or(cmp.Compare(b.by, a.by), cmp.Compare(a.c.ID, b.c.ID)) })
	var out []*desk.Case
	for _, m := range found[:min(2, len(found))] {
		out = append(out, m.c)
	}
	return out
}

// Save checks an article as the index would, keeps it as a new version and makes it found.
func (l *library) Save(ctx context.Context, by desk.Person, a desk.Article, base int, now time.Time) (desk.Article, error) {
	look := a
	look.ID = cmp.Or(a.ID, "the new one")
	if a.Title != "" && a.Body != "" {
		if err := kb.New().Put(look); err != nil {
			return a, &desk.Error{Kind: desk.KindInvalid, Say: sentence(err), Fields: []desk.FieldError{{Field: "text", Message: sentence(err)}}}
		}
	}
	a, err := l.desk.SaveArticle(ctx, by, a, base, now)
	if err == nil {
		l.catchUp(ctx)
	}
	return a, err
}

// forCase finds what everybody at a party may read and may answer a case, and keeps that it was shown there.
func (l *library) forCase(ctx context.Context, c *desk.Case, to desk.Party, n desk.Notice) ([]desk.Suggestion, error) {
	// Messages of a thread go in order; those behind this one wait the moment that a build takes, not longer.
	if !l.build.stands() && l.build.failure() == nil {
		return nil, &bot.SendError{Kind: bot.Temporary, Err: errStillReading}
	}
	found := l.Suggest(ctx, c.Question(), func(a desk.Article) bool { return desk.PartyReads(to, a) })
	var acts []desk.ArticleAct
	for _, s := range found {
		acts = append(acts, desk.ArticleAct{Subject: c.ID, Article: s.ID, Act: desk.ArticleShown, Tenant: c.Tenant, Side: to.Kind, At: n.At})
	}
	return found, l.desk.LogArticles(ctx, acts...)
}
