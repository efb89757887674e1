package kb

// addPairs adds to the best articles what pairs of words of the query are worth that stand side by
// side in them. An article's own words are walked, in its title, its body and each linked case: some
// hundred comparisons per article, and no postings of pairs.
func (ix *Index) addPairs(pq *parsed, top []scored, mean *[3]float64, sc *scratch) {
	for i := range pq.clauses {
		for _, r := range pq.clauses[i].readings {
			if sc.clauseOf[r.term] < 0 {
				sc.clauseOf[r.term] = int32(i)
			}
		}
	}
	w := pairWalk{ix: ix, pq: pq, clauseOf: sc.clauseOf, tf: map[[2]int32]float64{}}
	for i := range top {
		d := &ix.docs[top[i].slot]
		n := ix.norms(d, mean)
		w.walk(d.title, n[inTitle])
		w.walk(d.body, n[inBody])
		for _, l := range d.links {
			w.walk(l.seq, n[inLinks])
		}
		top[i].pairs = w.take()
		top[i].score += top[i].pairs
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
}

func (w *pairWalk) walk(seq []byte, weight float64) {
	prev := int32(-1)
	for no := range seqWords(seq) {
		k := &w.ix.words[no]
		if k.extra {
			continue
		}
		cur := w.clauseOf[k.term]
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
