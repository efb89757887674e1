package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Where the knowledge base is kept: small named values of the store, so that both databases keep it alike.
const (
	articleSpace   = "article"         // The newest version of each article, by id.
	versionSpace   = "article_version" // Every version, by id and number.
	linkSpace      = "article_link"    // Which articles solved a case, by case.
	changeSpace    = "article_change"  // What has changed lately, by number: how an index follows.
	changeLast     = "last"            // Key of the newest change's number.
	keptChanges    = 1000              // An index further behind is built anew.
	articleChanged = "article "
	linksChanged   = "links "
)

// PutArticle keeps a version of an article and notes the change. It checks nothing: that is done by
// SaveArticle for people and by the import for files.
func PutArticle(tx Tx, a Article) error {
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := tx.PutState(articleSpace, a.ID, value); err != nil {
		return err
	}
	if err := tx.PutState(versionSpace, versionKey(a.ID, a.Version), value); err != nil {
		return err
	}
	if !a.ReviewBy.IsZero() {
		if err := wakeReviews(tx, a); err != nil {
			return err
		}
	}
	return noteChange(tx, articleChanged+a.ID)
}

func versionKey(id string, n int) string { return fmt.Sprintf("%s#%06d", id, n) }

// ReadArticle gives the newest version of an article; KindNotFound when there is none.
func ReadArticle(r Reader, id string) (Article, error) {
	var a Article
	value, err := r.State(articleSpace, id)
	if KindOf(err) == KindNotFound {
		return a, NoSuchArticle(id)
	}
	if err == nil {
		err = json.Unmarshal(value, &a)
	}
	return a, err
}

// EachArticle calls f for every article in order of id.
func EachArticle(r Reader, f func(Article) error) error {
	return r.EachState(articleSpace, func(id string, value []byte) error {
		var a Article
		if err := json.Unmarshal(value, &a); err != nil {
			return fmt.Errorf("article %s: %w", id, err)
		}
		return f(a)
	})
}

// LastImported gives the newest version of an article that no person saved: what its source said at the last import. It
// is empty when there is none.
func LastImported(r Reader, newest Article) (Article, error) {
	for n := newest.Version; n > 0; n-- {
		a := newest
		if n < newest.Version {
			a = Article{}
			value, err := r.State(versionSpace, versionKey(newest.ID, n))
			if KindOf(err) == KindNotFound {
				continue
			}
			if err == nil {
				err = json.Unmarshal(value, &a)
			}
			if err != nil {
				return Article{}, err
			}
		}
		if a.By == "" {
			return a, nil
		}
	}
	return Article{}, nil
}

// NoSuchArticle is the one answer for an article that is not there and for one that may not be read.
func NoSuchArticle(id string) *Error {
	return Errf(KindNotFound, "There is no article %q that you can read. Find one with /case kb and a few words.", clip(id, 60))
}

// FindArticle gives an article the person may read; for every other, the same "no such article".
func (d *Desk) FindArticle(ctx context.Context, by Person, id string) (Article, error) {
	var out Article
	err := d.Store.View(ctx, func(r Reader) error {
		a, err := ReadArticle(r, id)
		if err == nil && !CanSeeArticle(by, a) {
			err = NoSuchArticle(id)
		}
		out = a
		return err
	})
	if err != nil {
		return Article{}, err
	}
	return out, nil
}

// noteChange appends to the list of changes. The first write takes the row's lock, so that on PostgreSQL
// two changes at once get two numbers.
func noteChange(tx Tx, what string) error {
	if err := tx.PutState(changeSpace, "lock", nil); err != nil {
		return err
	}
	n, err := lastChange(tx)
	if err != nil {
		return err
	}
	n++
	if err := tx.PutState(changeSpace, changeLast, []byte(strconv.FormatInt(n, 10))); err != nil {
		return err
	}
	if err := tx.PutState(changeSpace, changeKey(n), []byte(what)); err != nil {
		return err
	}
	return tx.DeleteState(changeSpace, changeKey(n-keptChanges))
}

func changeKey(n int64) string { return fmt.Sprintf("%015d", n) }

// lastChange is the number of the newest change, 0 before the first.
func lastChange(r Reader) (int64, error) {
	v, err := r.State(changeSpace, changeLast)
	if KindOf(err) == KindNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(v), 10, 64)
}

// Follower is an index of the articles that keeps up with the store.
type Follower interface {
	PutArticle(a Article)
	RemoveArticle(id string)
	// LinkCase says which articles solved a case, in whose words; no articles: none does any more.
	LinkCase(l ArticleLink)
}

// ArticlesFarBehind says whether an index that has taken in the changes up to number since would be given everything
// by FollowArticles, which takes a while, because it is new (since -1) or has missed more changes than are kept.
func ArticlesFarBehind(r Reader, since int64) (bool, error) {
	last, err := lastChange(r)
	return err == nil && farBehind(last, since), err
}

func farBehind(last, since int64) bool {
	return since < 0 || last-since > keptChanges || last < since
}

// FollowArticles brings an index from change number since to the newest and gives its number. It costs one
// read when nothing has changed; an index that is new (since -1) or far behind is given everything.
func FollowArticles(r Reader, since int64, f Follower) (int64, error) {
	last, err := lastChange(r)
	if err != nil || last == since {
		return since, err
	}
	if farBehind(last, since) {
		return last, followAll(r, f)
	}
	for n := since + 1; n <= last; n++ {
		what, err := r.State(changeSpace, changeKey(n))
		if err != nil {
			return since, err
		}
		if err := followOne(r, string(what), f); err != nil {
			return since, err
		}
	}
	return last, nil
}

func followAll(r Reader, f Follower) error {
	if err := EachArticle(r, func(a Article) error { f.PutArticle(a); return nil }); err != nil {
		return err
	}
	return r.EachState(linkSpace, func(_ string, value []byte) error {
		var l ArticleLink
		err := json.Unmarshal(value, &l)
		if err == nil {
			f.LinkCase(l)
		}
		return err
	})
}

func followOne(r Reader, what string, f Follower) error {
	if id, ok := strings.CutPrefix(what, articleChanged); ok {
		a, err := ReadArticle(r, id)
		switch {
		case KindOf(err) == KindNotFound:
			f.RemoveArticle(id)
		case err != nil:
			return err
		default:
			f.PutArticle(a)
		}
		return nil
	}
	id, _ := strings.CutPrefix(what, linksChanged)
	l, err := linkOf(r, id)
	if err == nil {
		f.LinkCase(l)
	}
	return err
}
