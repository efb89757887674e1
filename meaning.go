package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"casebot/assist"
	"casebot/bot"
	"casebot/desk"
	"casebot/kb"
)

// Where vectors are kept, by model and article or case, with a hash of the text they were made of.
const (
	vectorSpace   = "article_vector"
	questionSpace = "question_vector"
)

const (
	batch     = 8   // Articles in one request: what a day's budget refuses is little, and little is asked twice.
	maxFitted = 200 // Past cases that the weight is fitted on.
	closer    = .02 // By how much of a cosine an article must be closer than wrong ones were.
)

// vector is what an article or a past question means, and of which text it was made.
type vector struct {
	Of string    `json:"of"`
	V  []float32 `json:"v"`
}

// meaning finds articles by meaning beside the words. It works in the background and blocks no search: what has no
// vector yet is found by words. Its weight is fitted on the customer's own linked cases and is 0 until it helps.
type meaning struct {
	embed desk.Embedder
	index *kb.Index
	store desk.Store
	clock bot.Clock
	log   *slog.Logger

	kicked chan struct{}
	ended  chan struct{}
	cancel context.CancelFunc
	round  sync.Mutex // Held over a look for what has changed.

	mu     sync.RWMutex
	of     map[string]vector // By article.
	asked  map[string][]float32
	links  map[string]desk.ArticleLink
	fitted int // How many links the weight was fitted on.
	weight float64
	close  float64 // The cosine from which on an article is shown by its meaning alone.

	within time.Duration // What a search waits for its question's vector.
	slow   int           // Searches in a row that waited in vain,
	rests  time.Time     // and until when none waits.
}

func newMeaning(e desk.Embedder, index *kb.Index, store desk.Store, clock bot.Clock, log *slog.Logger) *meaning {
	ctx, cancel := context.WithCancel(context.Background())
	m := &meaning{embed: e, index: index, store: store, clock: clock, log: log, within: askWithin, kicked: make(chan struct{}, 1), ended: make(chan struct{}), cancel: cancel,
		of: map[string]vector{}, asked: map[string][]float32{}, links: map[string]desk.ArticleLink{}, close: 1}
	go func() {
		defer close(m.ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-m.kicked:
				m.refresh(ctx)
			}
		}
	}()
	return m
}

// end stops the background work.
func (m *meaning) end() {
	m.cancel()
	<-m.ended
}

// kick says that articles or links may have changed.
func (m *meaning) kick() {
	select {
	case m.kicked <- struct{}{}:
	default:
	}
}

// link notes which articles solved a case.
func (m *meaning) link(l desk.ArticleLink) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(l.Articles) == 0 {
		delete(m.links, l.Case)
		return
	}
	m.links[l.Case] = l
}

// relink notes all links anew.
func (m *meaning) relink(all []desk.ArticleLink) {
	m.mu.Lock()
	clear(m.links)
	m.mu.Unlock()
	for _, l := range all {
		m.link(l)
	}
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:12])
}

// refresh makes the vectors that are missing and fits the weight anew when a tenth of the links are new. What fails
// is tried again at the next change or the next hour.
func (m *meaning) refresh(ctx context.Context) {
	m.round.Lock()
	defer m.round.Unlock()
	if err := m.articles(ctx); err != nil {
		m.log.Warn("vectors of articles could not be made", "err", err)
		return
	}
	m.mu.RLock()
	n, before := len(m.links), m.fitted
	m.mu.RUnlock()
	if diff := n - before; before == 0 || 10*max(diff, -diff) >= before {
		if err := m.fit(ctx); err != nil {
			m.log.Warn("the weight of the meaning could not be fitted", "err", err)
		}
	}
}

// articles makes the vectors of new and changed articles and forgets those of articles that are gone.
func (m *meaning) articles(ctx context.Context) error {
	here := map[string]bool{}
	var ids, texts []string
	for _, a := range m.index.All() {
		text := a.Title + "\n" + a.Body
		here[a.ID] = true
		m.mu.RLock()
		had := m.of[a.ID].Of == hashOf(text)
		m.mu.RUnlock()
		if had {
			continue
		}
		v, err := m.kept(ctx, vectorSpace, a.ID, text)
		if err != nil {
			return err
		}
		if v == nil {
			ids, texts = append(ids, a.ID), append(texts, text)
			continue
		}
		m.set(a.ID, vector{hashOf(text), v})
	}
	m.mu.Lock()
	maps.DeleteFunc(m.of, func(id string, _ vector) bool { return !here[id] })
	m.mu.Unlock()
	for len(ids) > 0 {
		n := min(batch, len(ids))
		got, err := m.embed.Embed(ctx, texts[:n])
		if err != nil {
			return err
		}
		for i, v := range got {
			if err := m.keep(ctx, vectorSpace, ids[i], texts[i], v); err != nil {
				return err
			}
			m.set(ids[i], vector{hashOf(texts[i]), v})
		}
		ids, texts = ids[n:], texts[n:]
	}
	return nil
}

func (m *meaning) set(id string, v vector) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of[id] = v
}

// kept gives a vector of the same text and model from the store; nil when there is none.
func (m *meaning) kept(ctx context.Context, space, id, text string) ([]float32, error) {
	var v vector
	err := m.store.View(ctx, func(r desk.Reader) error {
		value, err := r.State(space, m.embed.Model()+"/"+id)
		if err == nil {
			err = json.Unmarshal(value, &v)
		}
		return err
	})
	if desk.KindOf(err) == desk.KindNotFound || err == nil && v.Of != hashOf(text) {
		return nil, nil
	}
	return v.V, err
}

func (m *meaning) keep(ctx context.Context, space, id, text string, v []float32) error {
	value, err := json.Marshal(vector{hashOf(text), v})
	if err != nil {
		return err
	}
	return m.store.Update(ctx, func(tx desk.Tx) error { return tx.PutState(space, m.embed.Model()+"/"+id, value) })
}

// fit asks the linked cases once more as if they were new and sets the weight by how they are answered.
func (m *meaning) fit(ctx context.Context) error {
	m.mu.RLock()
	links := slices.Collect(maps.Values(m.links))
	m.mu.RUnlock()
	slices.SortFunc(links, func(a, b desk.ArticleLink) int { return b.At.Compare(a.At) })
	var samples []assist.Sample
	var wrong []float64
	for _, l := range links[:min(maxFitted, len(links))] {
		v, err := m.question(ctx, l)
		if err != nil {
			return err
		}
		if v == nil {
			continue
		}
		hits := m.index.Search(l.Text, kb.Options{Limit: fuseDepth, Without: kb.Case{Article: l.Articles[0], ID: l.Case}})
		list := m.candidates(hits, v, nil)
		samples = append(samples, assist.Sample{Candidates: list, Right: l.Articles})
		most := 0.0
		for _, c := range list {
			if !slices.Contains(l.Articles, c.ID) {
				most = max(most, c.Meaning)
			}
		}
		wrong = append(wrong, most)
	}
	weight, near := assist.Fit(samples), 1.0
	if weight > 0 {
		// Of past questions one in twenty would have had a wrong article shown.
		slices.Sort(wrong)
		near = wrong[len(wrong)*19/20] + closer
	}
	m.mu.Lock()
	m.weight, m.close, m.fitted = weight, near, len(links)
	m.mu.Unlock()
	m.log.Info("articles are found by meaning", "weight", weight, "cases", len(samples))
	return nil
}

// question is the vector of a linked case's words; nil for one that may not leave.
func (m *meaning) question(ctx context.Context, l desk.ArticleLink) ([]float32, error) {
	stays, customer := false, ""
	err := m.store.View(ctx, func(r desk.Reader) error {
		c, err := r.Case(l.Case)
		stays = desk.KindOf(err) == desk.KindNotFound || err == nil && c.Restricted
		if stays {
			return nil
		}
		if err == nil {
			customer = c.Fields[desk.FieldCustomer]
		}
		return err
	})
	if err != nil || stays {
		return nil, err
	}
	if v, err := m.kept(ctx, questionSpace, l.Case, l.Text); err != nil || v != nil {
		return v, err
	}
	v, err := m.embed.Ask(ctx, desk.Question{Words: l.Text, Customer: customer})
	if desk.KindOf(err) == desk.KindForbidden {
		return nil, nil // It reads like a security or privacy event.
	}
	if err != nil {
		return nil, err
	}
	return v, m.keep(ctx, questionSpace, l.Case, l.Text, v)
}
