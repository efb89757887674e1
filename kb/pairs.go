package kb

import "math"

// addClose adds to the best articles what the counting of words cannot see: pairs of words of the query
// that stand side by side in them, and the one linked case that is most like the query. An article's
// own words are walked, in its title, its body and each linked case: some hundred comparisons per
// article, and no postings of pairs. A withheld case is passed over.
func (ix *Index) addClose(pq *parsed, top []scored, mean *[3]float64, without *withheld, sc *scratch) {
	for i := range pq.clauses {
		for _, r := range pq.clauses[i].readings {
			if sc.clauseOf[r.term] < 0 {
				sc.clauseOf[r.term] = int32(i)
			}
		}
	}
	w := pairWalk{ix: ix, pq: pq, clauseOf: sc.clauseOf, tf: make([]float64, len(pq.pairs)), df: make([]int, len(pq.pairs)), met: make([]int, len(pq.clauses))}
	for i := range top {
		d := &ix.docs[top[i].slot]
		n := ix.norms(d, mean)
		w.walk(d.title, n[inTitle])
		w.walk(d.body, n[inBody])
		near := 0.0
		for _, l := range d.links {
			if without != nil && top[i].slot == without.slot && l.caseID == without.caseID {
				continue
			}
			near = max(near, w.walk(l.seq, n[inLinks]))
		}
		top[i].close = ix.p.CaseWeight * near
		w.take(i)
	}
	for _, h := range w.hits {
		a, b := &pq.clauses[h.pair[0]], &pq.clauses[h.pair[1]]
		// A pair with a stop word in it counts as its other word: "switch off" is not "switch" beside "off".
		weight := ix.p.PairWeight * min(1, max(a.weight, b.weight))
		top[h.top].close += weight * ix.idf(w.df[pq.pairs[h.pair]]) * ix.saturate(h.tf)
	}
	for i := range top {
		top[i].score += top[i].close
	}
	for i := range pq.clauses {
		for _, r := range pq.clauses[i].readings {
			sc.clauseOf[r.term] = -1
		}
	}
}

// pairWalk gathers the pairs of one article at a time.
type pairWalk struct {
	ix       *Index
	pq       *parsed
	clauseOf []int32
	found    [][2]int32 // In the order they were met, which is the article's own.
	tf       []float64  // By number of the pair, of the article being walked.
	df       []int      // By number: how many of the best articles have it.
	hits     []pairHit
	met      []int // By clause: the last text in which it was met.
	texts    int
}

// pairHit is a pair of the query in one of the best articles.
type pairHit struct {
	top  int
	pair [2]int32
	tf   float64
}

// walk looks through one text and gives how near it is to the query: what the words they share are
// worth, against the length of the text.
func (w *pairWalk) walk(seq []byte, weight float64) (near float64) {
	prev, length := int32(-1), 0
	w.texts++
	for no := range seqWords(seq) {
		k := &w.ix.words[no]
		if k.extra {
			continue
		}
		length++
		cur := w.clauseOf[k.term]
		if cur >= 0 && w.met[cur] != w.texts {
			w.met[cur] = w.texts
			near += w.pq.clauses[cur].weight * w.pq.clauses[cur].idf
		}
		if prev >= 0 && cur >= 0 {
			pair := [2]int32{prev, cur}
			if no, ok := w.pq.pairs[pair]; ok {
				if w.tf[no] == 0 {
					w.found = append(w.found, pair)
				}
				w.tf[no] += weight
			}
		}
		prev = cur
	}
	return near / math.Sqrt(float64(max(length, 4)))
}

// take keeps the pairs gathered in an article as hits. What a hit is worth is known when all articles were
// walked: how rare a pair is is counted among the best articles. Those are the ones that have both of
// its words, so few that have the pair are missed, and no postings of pairs are needed.
func (w *pairWalk) take(top int) {
	for _, pair := range w.found {
		no := w.pq.pairs[pair]
		w.hits = append(w.hits, pairHit{top, pair, w.tf[no]})
		w.df[no]++
		w.tf[no] = 0
	}
	w.found = w.found[:0]
}
