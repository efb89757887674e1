package kb

import "math"

// addClose adds to the best articles what the counting of words cannot see: pairs of words of the query
// that stand side by side in them, and the one linked case that is most like the query. An article's
// own words are walked, in its title, its body and each linked case: some hundred comparisons per
// article, and no postings of pairs. A withheld case is passed over.
func (ix *Index) addClose(pq *parsed, top []scored, all []norms, without *withheld, sc *scratch) {
	for i := range pq.clauses {
		for _, r := range pq.clauses[i].readings {
			if sc.clauseOf[r.term] < 0 {
				sc.clauseOf[r.term] = int32(i)
			}
		}
	}
	w := pairWalk{ix: ix, pq: pq, clauseOf: sc.clauseOf, n: int32(len(pq.clauses)), tf: make([]float64, len(pq.pairs)),
		df: make([]int, len(pq.pairs)), met: make([]int, len(pq.clauses))}
	for i := range top {
		d := &ix.docs[top[i].slot]
		n := &all[top[i].slot]
		w.walk(d.title, n[inTitle])
		w.walk(d.body, n[inBody])
		near := 0.0
		for _, l := range d.links {
			if without != nil && top[i].slot == without.slot && l.caseID == without.caseID {
				continue
			}
			w.walk(l.seq, n[inLinks])
			near = max(near, w.near(l.seq))
		}
		top[i].close = ix.p.CaseWeight * near
		w.take(i)
	}
	for _, h := range w.hits {
		pair := pq.pairs[h.pair]
		a, b := &pq.clauses[pair[0]], &pq.clauses[pair[1]]
		// A pair with a stop word in it counts as its other word: "switch off" is not "switch" beside "off".
		weight := ix.p.PairWeight * min(1, max(a.weight, b.weight))
		top[h.top].close += weight * ix.idf(w.df[h.pair]) * ix.saturate(h.tf)
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
	n        int32     // Clauses.
	found    []uint16  // Pairs in the order they were met, which is the article's own.
	tf       []float64 // By number of the pair, of the article being walked.
	df       []int     // By number: how many of the best articles have it.
	hits     []pairHit
	met      []int // By clause: the last text in which it was met.
	texts    int
}

// pairHit is a pair of the query, by number, in one of the best articles.
type pairHit struct {
	top  int
	pair uint16
	tf   float64
}

// walk looks through one text for pairs. It is the innermost loop of a search over long articles, hence by hand
// what seqWords does.
func (w *pairWalk) walk(seq []byte, weight float64) {
	if len(w.pq.pairs) == 0 {
		return
	}
	termOf, clauseOf, pairNo := w.ix.termOf, w.clauseOf, w.pq.pairNo
	prev := int32(-1)
	for i := 0; i < len(seq); {
		no := uint32(seq[i])
		if i++; no >= 0x80 {
			no &= 0x7f
			for shift := 7; i < len(seq); shift += 7 {
				b := seq[i]
				i++
				no |= uint32(b&0x7f) << shift
				if b < 0x80 {
					break
				}
			}
		}
		t := termOf[no]
		if t&besideText != 0 {
			continue
		}
		cur := clauseOf[t]
		if prev >= 0 && cur >= 0 {
			if k := pairNo[prev*w.n+cur]; k > 0 {
				if w.tf[k-1] == 0 {
					w.found = append(w.found, k-1)
				}
				w.tf[k-1] += weight
			}
		}
		prev = cur
	}
}

// near gives how near a linked case is to the query: what the words they share are worth, against the length of
// its text.
func (w *pairWalk) near(seq []byte) (near float64) {
	length := 0
	w.texts++
	for no := range seqWords(seq) {
		t := w.ix.termOf[no]
		if t&besideText != 0 {
			continue
		}
		length++
		if cur := w.clauseOf[t]; cur >= 0 && w.met[cur] != w.texts {
			w.met[cur] = w.texts
			near += w.pq.clauses[cur].weight * w.pq.clauses[cur].idf
		}
	}
	return near / math.Sqrt(float64(max(length, 4)))
}

// take keeps the pairs gathered in an article as hits. What a hit is worth is known when all articles were
// walked: how rare a pair is is counted among the best articles. Those are the ones that have both of
// its words, so few that have the pair are missed, and no postings of pairs are needed.
func (w *pairWalk) take(top int) {
	for _, no := range w.found {
		w.hits = append(w.hits, pairHit{top, no, w.tf[no]})
		w.df[no]++
		w.tf[no] = 0
	}
	w.found = w.found[:0]
}
