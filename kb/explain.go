package kb

import "casebot/desk"

// Explain gives articles as suggestions, in the order of their ids, with the words of the query they have and their
// best line: for an order that was made with more than words. Those that are not here are left out, and copies of one
// article count once.
func (ix *Index) Explain(query string, ids []string) []Suggestion {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	sc := ix.borrow()
	defer ix.scratch.Put(sc)
	pq := ix.parse(query, unfinished(query), sc)
	var out []Suggestion
	var seen []*desk.Article
next:
	for _, id := range ids {
		slot, ok := ix.slots[id]
		if !ok {
			continue
		}
		a := &ix.docs[slot].art
		for _, b := range seen {
			if a.Title == b.Title && a.Body == b.Body {
				continue next
			}
		}
		seen = append(seen, a)
		s := Suggestion{Hit: Hit{ID: id}, Title: a.Title, Product: a.Product, Audience: a.Audience, UpdatedAt: a.UpdatedAt, ReviewBy: a.ReviewBy}
		s.Matched, s.Passage = ix.why(a, &pq)
		out = append(out, s)
	}
	return out
}

// All gives every article, for those who keep something beside the index.
func (ix *Index) All() []desk.Article {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	out := make([]desk.Article, 0, ix.live)
	for i := range ix.docs {
		if ix.docs[i].live {
			out = append(out, ix.docs[i].art)
		}
	}
	return out
}
