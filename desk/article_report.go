package desk

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// KnowledgeReport is what the ops review reads of the knowledge base (handbook §6 and §8). Acts are counted
// in the span, for the party's own cases; articles the party may not read are not counted.
type KnowledgeReport struct {
	Articles  int // That the party may read, now.
	Resolved  int // Cases resolved in the span, restricted ones not counted,
	Linked    int // and how many of them were solved with an article.
	Shown     int // Times an article was shown for a case or a draft.
	Opened    int
	Helped    int
	Not       int
	Reasons   map[string]int // Of Not, by code.
	Deflected int            // Drafts solved before filing.

	Each  []ArticleLine // Articles with a word on them in the span; the least helpful first.
	Stale []Article     // Whose review is overdue, of those this party maintains; the longest first.
	Gaps  []Gap         // What customers keep asking and no article answers.
}

// ArticleLine is one article's part of the report.
type ArticleLine struct {
	ID, Title                                     string
	Shown, Opened, Helped, Not, Linked, Deflected int
	Reasons                                       map[string]int
}

// linkedCases is the set of cases that are linked to an article now.
func linkedCases(r Reader) (map[string]bool, error) {
	out := map[string]bool{}
	return out, r.EachState(linkSpace, func(id string, _ []byte) error { out[id] = true; return nil })
}

// knowledge counts for a party over [from, to). Resolved and Linked are counted case by case elsewhere.
func (d *Desk) knowledge(r Reader, party Party, from, to time.Time, k *KnowledgeReport) error {
	lines := map[string]*ArticleLine{}
	k.Reasons = map[string]int{}
	err := EachArticle(r, func(a Article) error {
		if !PartyReads(party, a) {
			return nil
		}
		if !a.Retired {
			k.Articles++
		}
		lines[a.ID] = &ArticleLine{ID: a.ID, Title: a.Title, Reasons: map[string]int{}}
		if a.Stale(to) && !a.Retired && d.keptBy(a) == party.ID {
			a.Body = "" // A report names articles; it does not carry them.
			k.Stale = append(k.Stale, a)
		}
		return nil
	})
	if err != nil {
		return err
	}
	shown := map[string]bool{} // A case counts once, however many people were shown the article.
	err = r.EachState(actSpace, func(_ string, value []byte) error {
		var a ArticleAct
		if err := json.Unmarshal(value, &a); err != nil {
			return err
		}
		l := lines[a.Article]
		if l == nil || a.At.Before(from) || !a.At.Before(to) || party.Kind == Partner && a.Tenant != party.ID {
			return nil
		}
		switch a.Act {
		case ArticleShown:
			if key := a.Subject + "\x00" + a.Article; !shown[key] {
				shown[key] = true
				l.Shown++
				k.Shown++
			}
		case ArticleOpened:
			l.Opened++
			k.Opened++
		case ArticleHelped:
			l.Helped++
			k.Helped++
		case ArticleNot:
			l.Not++
			l.Reasons[a.Reason]++
			k.Not++
			k.Reasons[a.Reason]++
		case ArticleLinked:
			l.Linked++
		case ArticleDeflected:
			l.Deflected++
			k.Deflected++
		}
		return nil
	})
	for _, l := range lines {
		if l.Helped+l.Not+l.Linked > 0 {
			k.Each = append(k.Each, *l)
		}
	}
	slices.SortFunc(k.Each, func(a, b ArticleLine) int {
		return cmp.Or(cmp.Compare(b.Not-b.Helped, a.Not-a.Helped), cmp.Compare(b.Helped+b.Linked, a.Helped+a.Linked), strings.Compare(a.ID, b.ID))
	})
	slices.SortFunc(k.Stale, func(a, b Article) int { return cmp.Or(a.ReviewBy.Compare(b.ReviewBy), strings.Compare(a.ID, b.ID)) })
	return err
}
