package kb

import (
	"cmp"
	"slices"
	"strings"

	"casebot/desk"
)

// Options say how to search.
type Options struct {
	Limit   int                     // How many hits at most; 0: 10.
	Typing  bool                    // The query is being typed: its last word may be unfinished.
	Visible func(desk.Article) bool // Asked before an article is answered; nil: all are. Must not call the index.
	Without Case                    // A linked case to leave out, to ask its own question as if it were new.
}

// Hit is an article found.
type Hit struct {
	ID         string  `json:"id"`
	Score      float64 `json:"score"`
	Confidence float64 `json:"confidence"` // 0 to 1: how much of what a perfect article would score.
}

// Search gives the best articles for a query, best first, equal ones by ID. A query without a word
// that any article has gives none.
func (ix *Index) Search(query string, o Options) []Hit {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	sc := ix.borrow()
	defer ix.scratch.Put(sc)
	pq := ix.parse(query, o.Typing, sc)
	found := ix.retrieve(&pq, o, ix.withhold(o.Without), sc)
	hits := make([]Hit, len(found))
	for i, f := range found {
		hits[i] = Hit{ID: ix.docs[f.slot].art.ID, Score: f.score, Confidence: pq.confidence(f.score - f.close)}
	}
	return hits
}

// scored is an article while it is being ranked.
type scored struct {
	slot  uint32
	score float64
	close float64 // What of the score addClose added.
}

// scratch is what a search needs for a moment, kept between searches.
type scratch struct {
	sum, best []float64 // By slot; all zero between searches.
	seen      []uint32  // Slots with a sum.
	shared    []uint8   // By word; all zero between searches.
	touched   []uint32
	near      []candidate
	lists     [][]uint32
	runes     []rune
	clauseOf  []int32 // By term; all -1 between searches.
	terms     []int64 // Those of clauseOf that are not -1.
}

func (ix *Index) borrow() *scratch {
	sc, _ := ix.scratch.Get().(*scratch)
	if sc == nil {
		sc = &scratch{}
	}
	if n := len(ix.docs); len(sc.sum) < n {
		sc.sum, sc.best = make([]float64, n), make([]float64, n)
	}
	for n := len(ix.terms); len(sc.clauseOf) < n; {
		sc.clauseOf = append(sc.clauseOf, -1)
	}
	return sc
}

func (sc *scratch) fitWords(n int) {
	if len(sc.shared) < n {
		sc.shared = make([]uint8, n+n/4)
	}
}

// retrieve scores every article that has a word of the query, keeps the best that may be seen, and
// looks at those once more for words standing side by side.
func (ix *Index) retrieve(pq *parsed, o Options, without *withheld, sc *scratch) []scored {
	all := ix.allNorms()
	for i := range pq.clauses {
		ix.add(&pq.clauses[i], all, without, sc)
	}
	limit := o.Limit
	if limit <= 0 {
		limit = 10
	}
	top := ix.best(max(limit, ix.p.PairDepth), o.Visible, sc)
	if len(top) > 0 {
		ix.addClose(pq, top[:min(len(top), ix.p.PairDepth)], all, without, sc)
		slices.SortFunc(top, ix.before)
	}
	return top[:min(limit, len(top))]
}

// before orders by score, then by ID.
func (ix *Index) before(a, b scored) int {
	if c := cmp.Compare(b.score, a.score); c != 0 {
		return c
	}
	return strings.Compare(ix.docs[a.slot].art.ID, ix.docs[b.slot].art.ID)
}

// best empties the sums into the n best articles that may be seen, in order. A heap with the worst
// kept article on top lets most be turned away by one comparison, unseen ones before visible is asked.
func (ix *Index) best(n int, visible func(desk.Article) bool, sc *scratch) []scored {
	h := make([]scored, 0, min(n, len(sc.seen)))
	for _, s := range sc.seen {
		x := scored{slot: s, score: sc.sum[s]}
		sc.sum[s] = 0
		full := len(h) == n
		if full && ix.before(x, h[0]) > 0 {
			continue
		}
		if visible != nil && !visible(ix.docs[s].art) {
			continue
		}
		if !full {
			h = append(h, x)
			for i := len(h) - 1; i > 0; {
				up := (i - 1) / 2
				if ix.before(h[i], h[up]) <= 0 {
					break
				}
				h[i], h[up], i = h[up], h[i], up
			}
			continue
		}
		h[0] = x
		for i := 0; ; {
			c := 2*i + 1
			if c >= n {
				break
			}
			if c+1 < n && ix.before(h[c+1], h[c]) > 0 {
				c++
			}
			if ix.before(h[c], h[i]) <= 0 {
				break
			}
			h[i], h[c], i = h[c], h[i], c
		}
	}
	sc.seen = sc.seen[:0]
	slices.SortFunc(h, ix.before)
	return h
}
