package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"casebot/bot"
	"casebot/desk"
	"casebot/kb"
)

// library is the knowledge articles: kept in the store, found by the index.
type library struct {
	desk  *desk.Desk
	index *kb.Index
	log   *slog.Logger
}

func newLibrary(d *desk.Desk, log *slog.Logger) *library {
	return &library{desk: d, index: kb.New(), log: log}
}

// articleSpace is where the articles are kept, by id.
const articleSpace = "article"

// load indexes every article that is kept.
func (l *library) load(ctx context.Context) error {
	return l.desk.Store.View(ctx, func(r desk.Reader) error {
		return r.EachState(articleSpace, func(id string, value []byte) error {
			var a desk.Article
			if err := json.Unmarshal(value, &a); err != nil {
				return fmt.Errorf("article %s: %w", id, err)
			}
			return l.index.Put(a)
		})
	})
}

// put keeps and indexes an article.
func (l *library) put(ctx context.Context, a desk.Article) error {
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := l.index.Put(a); err != nil {
		return err
	}
	return l.desk.Store.Update(ctx, func(tx desk.Tx) error { return tx.PutState(articleSpace, a.ID, value) })
}

// answer words what was found for /case kb: at most three, each with its title, its first words and age.
func (l *library) answer(_ context.Context, by desk.Person, words string) (bot.Message, error) {
	m := bot.Message{}
	for _, h := range l.index.Search(words, kb.Options{Limit: 3, Visible: func(a desk.Article) bool { return desk.CanSeeArticle(by, a) }}) {
		a, ok := l.index.Get(h.ID)
		if !ok {
			continue
		}
		m.Blocks = append(m.Blocks, bot.P(bot.B(a.Title), bot.T(" "), bot.C(a.ID)), bot.Q(opening(a.Body)),
			bot.P(bot.T(a.Product+", last changed "+a.UpdatedAt.In(l.desk.Dir.ZoneOf(by)).Format("2 Jan 2006")+".")))
	}
	if len(m.Blocks) == 0 {
		return bot.Say("No article was found for these words. Try the error code or fewer words."), nil
	}
	return m, nil
}

// opening is the first lines of an article, enough to tell whether it is the right one.
func opening(body string) string {
	r := []rune(body)
	if len(r) <= 280 {
		return body
	}
	return string(r[:280]) + "…"
}
