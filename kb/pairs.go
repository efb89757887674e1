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
	w := pairWalk{ix: ix, pq: pq, clauseOf: sc.clauseOf, tf: map[[2]int32]float64{}, met: make([]int, len(pq.clauses))}
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
		top[i].close = w.take() + ix.p.CaseWeight*near
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
	tf       map[[2]int32]float64
	met      []int // By clause: the last text in which it was met.
	texts    int
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
			if w.pq.pairs[pair] {
				if w.tf[pair] == 0 {
					w.found = append(w.found, pair)
				}
				w.tf[pair] += weight
			}
		}
		prev = cur
	}
	return near / math.Sqrt(float64(max(length, 4)))
}

// take gives the worth of the pairs gathered and forgets them. How rare a pair is lies between the
// rarity of its rarer word (the two always come together) and the sum of both (they meet by chance);
// the middle is taken, as counting the articles that have it would need the postings this does without.
func (w *pairWalk) take() (sum float64) {
	for _, pair := range w.found {
		a, b := &w.pq.clauses[pair[0]], &w.pq.clauses[pair[1]]
		rarity := max(a.idf, b.idf) + min(a.idf, b.idf)/2
		sum += w.ix.p.PairWeight * min(a.weight, b.weight, 1) * rarity * w.ix.saturate(w.tf[pair])
		delete(w.tf, pair)
	}
	w.found = w.found[:0]
	return sum
}
