package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"casebot/desk"
	"casebot/kb"
)

// library is the knowledge articles: kept in the store, found by the index. The index follows the store, so
// that several programs on one database, and a restarted one, find the same.
type library struct {
	desk  *desk.Desk
	index *kb.Index
	log   *slog.Logger
	build *building

	mu     sync.Mutex // Held while the index catches up.
	change int64      // The newest change the index has taken in.
	linked map[string][]string

	meaning *meaning // Nil: articles are found by words alone.
}

// newIndex is the number of changes that an index has taken in which is given everything.
const newIndex = -1

func newLibrary(d *desk.Desk, log *slog.Logger) *library {
	return &library{desk: d, index: kb.New(), log: log, build: newBuilding(), change: newIndex, linked: map[string][]string{}}
}

// follow takes in what has changed since the last time. It is one small read when nothing has. An index that is not
// there yet, or too far behind to follow, is built in the background; until then the old one answers.
func (l *library) follow(ctx context.Context) error {
	if !l.build.stands() {
		l.start()
		return nil
	}
	far, err := l.takeIn(ctx)
	if far {
		l.start()
	}
	return err
}

// takeIn takes in the changes since the last time; far is true when there are too many of them, and none was.
func (l *library) takeIn(ctx context.Context) (far bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.change
	err = l.desk.Store.View(ctx, func(r desk.Reader) (err error) {
		if far, err = desk.ArticlesFarBehind(r, l.change); err != nil || far {
			return err
		}
		l.change, err = desk.FollowArticles(r, l.change, follower{l})
		return err
	})
	if l.meaning != nil && l.change != before {
		l.meaning.kick()
	}
	return far, err
}

// catchUp follows as far as it can: an older index still answers when the database does not.
func (l *library) catchUp(ctx context.Context) {
	if err := l.follow(ctx); err != nil {
		l.log.Warn("the index of articles could not catch up", "err", err)
	}
}

// calibrate sets anew from which confidence on articles are suggested.
func (l *library) calibrate(ctx context.Context) {
	if l.build.stands() {
		l.index.Calibrate(ctx)
	}
}

// follower takes changes of the store into the index; the library's mutex is held.
type follower struct{ l *library }

func (f follower) PutArticle(a desk.Article) {
	if a.Retired {
		f.l.index.Remove(a.ID)
		return
	}
	f.l.enter(f.l.index, a)
}

func (f follower) RemoveArticle(id string) { f.l.index.Remove(id) }

func (f follower) LinkCase(link desk.ArticleLink) {
	if f.l.meaning != nil {
		f.l.meaning.link(link)
	}
	for _, id := range f.l.linked[link.Case] {
		f.l.index.Link(id, link.Case, "")
	}
	delete(f.l.linked, link.Case)
	for _, id := range link.Articles {
		f.l.index.Link(id, link.Case, link.Text)
		f.l.linked[link.Case] = append(f.l.linked[link.Case], id)
	}
}

// put keeps and indexes an article.
func (l *library) put(ctx context.Context, a desk.Article) error {
	if err := kb.New().Put(a); err != nil {
		return err
	}
	if err := l.desk.Store.Update(ctx, func(tx desk.Tx) error { return desk.PutArticle(tx, a) }); err != nil {
		return err
	}
	return l.follow(ctx)
}

// manyCopies is how far down the list Find looks past copies of one article.
const manyCopies = 200

// maxSuggested is how many articles a person is shown at most.
const maxSuggested = 3

// Suggest gives at most three articles that the index is sure enough of, of the product first; none when no
// article answers the question, and while the index does not stand yet.
func (l *library) Suggest(ctx context.Context, q desk.Question, visible func(desk.Article) bool) []desk.Suggestion {
	if strings.TrimSpace(q.Words) == "" {
		return nil
	}
	l.catchUp(ctx)
	if !l.build.stands() {
		return nil
	}
	of := func(a desk.Article) bool {
		return visible(a) && (q.Product == "" || a.Product == "" || strings.EqualFold(a.Product, q.Product))
	}
	summary, _, more := strings.Cut(strings.TrimSpace(q.Words), "\n")
	find := func(of func(desk.Article) bool) []kb.Suggestion {
		if l.meaning != nil {
			if found, _, ok := l.meaning.find(ctx, q, of, maxSuggested, false); ok && (len(found) > 0 || !more) {
				return found
			}
		}
		found := l.index.Suggest(q.Words, of, 0)
		if len(found) == 0 && more {
			// What the summary finds does not go away again when the steps are told: most of their words are no article's.
			found = l.index.Suggest(summary, of, 0)
		}
		return found
	}
	found := find(of)
	if len(found) == 0 && q.Product != "" {
		found = find(visible) // The product may be filed wrongly, on either side.
	}
	return l.shown(found, false)
}

// shown are suggestions with their articles; near: they only come nearest.
func (l *library) shown(found []kb.Suggestion, near bool) []desk.Suggestion {
	var out []desk.Suggestion
	for _, s := range found {
		if a, ok := l.index.Get(s.ID); ok {
			out = append(out, desk.Suggestion{Article: a, Matched: s.Matched, Passage: s.Passage, Confidence: s.Confidence, Near: near})
		}
	}
	return out
}

// Find looks words up for somebody who asks: the sure ones with their passages, else the best there are. Words that may
// leave the house are looked up by their meaning too.
func (l *library) Find(ctx context.Context, by desk.Person, q desk.Question) []desk.Suggestion {
	visible := func(a desk.Article) bool { return desk.CanSeeArticle(by, a) }
	if l.meaning != nil && strings.TrimSpace(q.Words) != "" {
		l.catchUp(ctx)
		if found, near, ok := l.meaning.find(ctx, q, visible, maxSuggested, true); ok {
			return l.shown(found, near)
		}
	}
	q.Stays = true // Whatever the reason was, it is not asked twice for one search.
	if out := l.Suggest(ctx, q, visible); len(out) > 0 {
		return out
	}
	var ids []string
	var taken []desk.Article
	for _, h := range l.index.Search(q.Words, kb.Options{Limit: manyCopies, Typing: true, Visible: visible}) {
		a, ok := l.index.Get(h.ID)
		copied := slices.ContainsFunc(taken, func(b desk.Article) bool { return a.Title == b.Title && a.Body == b.Body })
		// Without any confidence only words such as "how" were found, which every article has.
		if !ok || copied || h.Confidence == 0 {
			continue
		}
		ids, taken = append(ids, h.ID), append(taken, a)
		if len(ids) == maxSuggested {
			break
		}
	}
	return l.shown(l.index.Explain(q.Words, ids), true)
}
