package main

import (
	"context"
	"errors"
	"time"

	"casebot/assist"
	"casebot/desk"
	"casebot/kb"
)

const (
	askWithin = 300 * time.Millisecond // What a search waits for its question's vector; then it goes by words alone.
	slowAfter = 3                      // Searches in a row that waited in vain;
	slowRest  = time.Minute            // then none waits for so long.
	fuseDepth = 50                     // Articles of either ranking that are put together.
	keptAsked = 500                    // Vectors of questions remembered: a form asks the same again and again.
)

// candidates are the articles that either ranking has at its top, with both scores.
func (m *meaning) candidates(hits []kb.Hit, v []float32, visible func(desk.Article) bool) []assist.Candidate {
	words := map[string]float64{}
	for _, h := range hits {
		words[h.ID] = h.Score
	}
	m.mu.RLock()
	all := make([]assist.Candidate, 0, len(m.of))
	for id, a := range m.of {
		all = append(all, assist.Candidate{ID: id, Words: words[id], Meaning: assist.Cosine(a.V, v)})
	}
	m.mu.RUnlock()
	byMeaning := assist.Fuse(all, 1)
	var out []assist.Candidate
	taken := map[string]bool{}
	for i, n := 0, 0; i < len(byMeaning); i++ {
		c := byMeaning[i]
		if _, hit := words[c.ID]; !hit {
			if n >= fuseDepth {
				continue
			}
			if a, ok := m.index.Get(c.ID); !ok || visible != nil && !visible(a) {
				continue
			}
			n++
		}
		taken[c.ID] = true
		out = append(out, c)
	}
	for _, h := range hits { // Those without a vector yet.
		if !taken[h.ID] {
			out = append(out, assist.Candidate{ID: h.ID, Words: h.Score})
		}
	}
	return out
}

// Outside says whether a question may be asked outside of the house: there is a helper, and it has turned out to help.
func (l *library) Outside() bool {
	if l.meaning == nil {
		return false
	}
	l.meaning.mu.RLock()
	defer l.meaning.mu.RUnlock()
	return l.meaning.weight > 0
}

// asking gives the vector of a question in a time that nobody notices; nil where the words alone shall answer. A
// service that is up and slow is left alone for a while, so that not every search waits for it.
func (m *meaning) asking(ctx context.Context, q desk.Question) []float32 {
	key := q.Customer + "\x00" + q.Words
	m.mu.RLock()
	v, rests := m.asked[key], m.clock.Now().Before(m.rests)
	m.mu.RUnlock()
	if v != nil || rests {
		return v
	}
	limited, cancel := context.WithTimeout(ctx, m.within)
	defer cancel()
	v, err := m.embed.Ask(limited, q)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil:
		m.slow = 0
		if len(m.asked) >= keptAsked {
			clear(m.asked)
		}
		m.asked[key] = v
		return v
	case ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded):
		if m.slow++; m.slow >= slowAfter {
			m.slow, m.rests = 0, m.clock.Now().Add(slowRest)
		}
	}
	return nil
}

// find orders by words and meaning what visible lets through; ok is false where the words alone shall answer. Sure ones
// are those that the words are sure of or that are closer than wrong ones were. Where there are none, and all is
// set, those that the words have found at all come in the same order; near says so.
func (m *meaning) find(ctx context.Context, q desk.Question, visible func(desk.Article) bool, most int, all bool) (out []kb.Suggestion, near, ok bool) {
	m.mu.RLock()
	weight, from := m.weight, m.close
	m.mu.RUnlock()
	if weight == 0 || q.Stays {
		return nil, false, false
	}
	v := m.asking(ctx, q)
	if v == nil {
		return nil, false, false
	}
	hits := m.index.Search(q.Words, kb.Options{Limit: fuseDepth, Visible: visible, Typing: all})
	hit, sure := map[string]bool{}, map[string]float64{}
	for _, h := range hits {
		hit[h.ID] = true
		if h.Confidence >= m.index.Threshold() {
			sure[h.ID] = h.Confidence
		}
	}
	var ids, rest []string
	for _, c := range assist.Fuse(m.candidates(hits, v, visible), weight) {
		switch {
		case sure[c.ID] > 0 || c.Meaning >= from:
			ids = append(ids, c.ID)
		case all && hit[c.ID]:
			rest = append(rest, c.ID)
		}
	}
	if near = len(ids) == 0; near {
		ids = rest
	}
	out = m.index.Explain(q.Words, ids)
	out = out[:min(most, len(out))]
	for i := range out {
		out[i].Confidence = sure[out[i].ID]
	}
	return out, near, true
}
