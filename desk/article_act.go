package desk

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// actSpace is where it is kept what people did with articles: one row a case (or draft), article, person
// and act, so that a thing done twice counts once.
const actSpace = "article_act"

// What people do with an article. Shown is the desk's own act; all but Deflected are about a case or a draft.
const (
	ArticleShown     = "shown"
	ArticleOpened    = "opened"
	ArticleHelped    = "helped"
	ArticleNot       = "not"       // It did not help; Reason says why.
	ArticleLinked    = "linked"    // A case was resolved with it.
	ArticleDeflected = "deflected" // A draft was solved by it and never filed.
)

// NotReasons are why an article did not help, with the words a form shows.
var NotReasons = []Code{
	{Code: "unrelated", Say: "It is about something else"},
	{Code: "no answer", Say: "It is related but has no answer"},
	{Code: "out of date", Say: "It is out of date"},
}

// ArticleAct is one row of what was done with an article. It carries no word of any case.
type ArticleAct struct {
	Subject string    `json:"subject"` // Case ID, or DraftSubject of a case not filed yet.
	Article string    `json:"article"`
	Person  string    `json:"person,omitempty"` // Empty: shown to a whole side.
	Act     string    `json:"act"`
	Reason  string    `json:"reason,omitempty"` // With ArticleNot: a code of NotReasons.
	Tenant  string    `json:"tenant"`           // The Partner whose case it is.
	Side    PartyKind `json:"side,omitempty"`   // The side that did it.
	At      time.Time `json:"at"`
}

// draftPrefix marks subjects that are drafts; no case number begins like it.
const draftPrefix = "draft/"

// DraftSubject names a case that is being filed: whose it is and when it was begun.
func DraftSubject(by Person, begun string) string { return draftPrefix + by.ID + "/" + begun }

func (a ArticleAct) key() string {
	return a.Subject + "#" + DeliveryID(a.Article+"\x00"+a.Person+"\x00"+a.Act)
}

// putArticleAct writes a row unless it is there. Another reason for the same "not" replaces the first.
func putArticleAct(tx Tx, a ArticleAct) error {
	old, err := articleAct(tx, a.key())
	if err != nil || old.Act != "" && old.Reason == a.Reason {
		return err
	}
	if old.Act != "" {
		a.At = old.At
	}
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return tx.PutState(actSpace, a.key(), value)
}

// articleAct reads a row; an empty one when it is not there.
func articleAct(r Reader, key string) (ArticleAct, error) {
	var a ArticleAct
	value, err := r.State(actSpace, key)
	if KindOf(err) == KindNotFound {
		return a, nil
	}
	if err == nil {
		err = json.Unmarshal(value, &a)
	}
	return a, err
}

// LogArticles keeps what was done with articles. What is kept already costs no write.
func (d *Desk) LogArticles(ctx context.Context, acts ...ArticleAct) error {
	var fresh []ArticleAct
	err := d.Store.View(ctx, func(r Reader) error {
		fresh = nil
		for _, a := range acts {
			old, err := articleAct(r, a.key())
			if err != nil {
				return err
			}
			if old.Act == "" || old.Reason != a.Reason {
				fresh = append(fresh, a)
			}
		}
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return err
	}
	return d.Store.Update(ctx, func(tx Tx) error {
		for _, a := range fresh {
			a.At = stamp(a.At)
			if err := putArticleAct(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetArticles takes back what was logged of a draft's articles: it has turned out to be restricted.
func (d *Desk) ForgetArticles(ctx context.Context, subject string) error {
	var keys []string
	err := d.Store.View(ctx, func(r Reader) error {
		keys = nil
		return r.EachState(actSpace, func(key string, _ []byte) error {
			if strings.HasPrefix(key, subject+"#") {
				keys = append(keys, key)
			}
			return nil
		})
	})
	if err != nil || len(keys) == 0 {
		return err
	}
	return d.Store.Update(ctx, func(tx Tx) error {
		for _, k := range keys {
			if err := tx.DeleteState(actSpace, k); err != nil {
				return err
			}
		}
		return nil
	})
}

// ArticleDone says whether one of the people has done an act with an article on a subject.
func (d *Desk) ArticleDone(ctx context.Context, subject, article, act string, people ...string) (bool, error) {
	found := false
	err := d.Store.View(ctx, func(r Reader) error {
		for _, p := range people {
			a, err := articleAct(r, ArticleAct{Subject: subject, Article: article, Person: p, Act: act}.key())
			if err != nil {
				return err
			}
			found = found || a.Act != ""
		}
		return nil
	})
	return found, err
}
