package desk

import (
	"encoding/json"
	"time"
)

// ArticleLink says which articles solved a case and in whose words it was asked: what the index learns from.
type ArticleLink struct {
	Case     string    `json:"case"`
	Tenant   string    `json:"tenant"`
	Articles []string  `json:"articles"`
	Text     string    `json:"text"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// linkOf gives the link of a case; one without articles when there is none.
func linkOf(r Reader, caseID string) (ArticleLink, error) {
	l := ArticleLink{Case: caseID}
	value, err := r.State(linkSpace, caseID)
	if KindOf(err) == KindNotFound {
		return l, nil
	}
	if err == nil {
		err = json.Unmarshal(value, &l)
	}
	return l, err
}

// linkArticles keeps the links of a case in step with its life, in the same transaction: a resolution with
// articles links them, whatever takes the resolution back unlinks them. A restricted case is never linked.
func linkArticles(tx Tx, c *Case, events []Event) error {
	if c.Restricted {
		return nil
	}
	for _, e := range events {
		switch b := e.Body.(type) {
		case Resolved:
			if err := setLink(tx, c, e, b.Articles); err != nil {
				return err
			}
		case Reopened, Withdrawn, Merged:
			if err := setLink(tx, c, e, nil); err != nil {
				return err
			}
		case Undone:
			if b.Verb == VerbResolve {
				if err := setLink(tx, c, e, nil); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// setLink writes a case's link, or takes it away, when that is a change, and logs each article linked.
func setLink(tx Tx, c *Case, e Event, articles []string) error {
	old, err := linkOf(tx, c.ID)
	if err != nil || len(old.Articles) == 0 && len(articles) == 0 {
		return err
	}
	if len(articles) == 0 {
		if err := tx.DeleteState(linkSpace, c.ID); err != nil {
			return err
		}
		return noteChange(tx, linksChanged+c.ID)
	}
	value, err := json.Marshal(ArticleLink{Case: c.ID, Tenant: c.Tenant, Articles: articles, Text: c.Question().Words, By: e.Actor, At: e.At})
	if err != nil {
		return err
	}
	if err := tx.PutState(linkSpace, c.ID, value); err != nil {
		return err
	}
	for _, id := range articles {
		if err := putArticleAct(tx, ArticleAct{Subject: c.ID, Article: id, Person: e.Actor, Act: ArticleLinked, Tenant: c.Tenant, Side: e.Side, At: e.At}); err != nil {
			return err
		}
	}
	return noteChange(tx, linksChanged+c.ID)
}
