package kb

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// clause is one word of a query with everything it may stand for.
type clause struct {
	key      string // Order of summation: fixed, whatever the order of the articles.
	typed    string
	weight   float64
	idf      float64 // Of the best reading; of a word nobody uses when there is none.
	readings []reading
	repeat   float64
	stop     bool
	unsure   bool // Corrected or completed: the readings are guesses.
}

// parsed is a query ready to be scored.
type parsed struct {
	clauses []clause
	pairs   [][2]int32 // Clauses that stand side by side in the query, by number.
	pairNo  []uint16   // By first clause × clauses + second clause: the pair's number and 1, or 0. At most MaxTerms².
	ideal   float64    // What a perfect article would score: the measure of confidence.
}

// parse turns typed text into clauses. Everything it does is bounded: bytes read, words corrected,
// words scored.
func (ix *Index) parse(q string, typing bool, sc *scratch) parsed {
	if len(q) > MaxQueryBytes {
		q = strings.ToValidUTF8(q[:MaxQueryBytes], "")
	}
	tokens := tokenize(q, MaxQueryBytes)
	last := lastWord(tokens, ix.p.PrefixFrom, typing)
	unknown := map[string]int32{} // Clauses of terms that the index does not have.
	var clauses []clause
	at := make([]int32, 0, len(tokens)) // Clause of each place in the text, for the pairs.
	corrected := 0
	for i, t := range tokens {
		no, key := ix.lookUp(t)
		n, met := int32(-1), false
		if no >= 0 {
			n = sc.clauseOf[no]
			met = n >= 0
		} else {
			n, met = unknown[key]
		}
		if met {
			clauses[n].repeat++
		} else {
			c := clause{key: key, typed: t.text, repeat: 1, weight: 1, stop: t.kind != whole && stopWord(t.text)}
			switch {
			case c.stop:
				c.weight = ix.p.StopWeight
			case t.kind == part:
				c.weight = ix.p.PartWeight
			case t.kind == join:
				c.weight = ix.p.WholeWeight
			}
			ix.read(&c, no, t, i == last, len(tokens) > pastedTokens, &corrected, sc)
			n = int32(len(clauses))
			if no >= 0 {
				sc.clauseOf[no] = n
				sc.terms = append(sc.terms, no)
			} else {
				unknown[key] = n
			}
			clauses = append(clauses, c)
		}
		if !t.extra() {
			at = append(at, n)
		}
	}
	for _, no := range sc.terms {
		sc.clauseOf[no] = -1
	}
	sc.terms = sc.terms[:0]
	pq := parsed{clauses: clauses}
	ix.finish(&pq, at)
	return pq
}

// lookUp gives the number of a token's term, -1 when the index does not have it, and the term. A spelling that the
// index has is not stemmed again.
func (ix *Index) lookUp(t token) (no int64, term string) {
	if !t.extra() {
		if w, ok := ix.wordNo[t.text]; ok {
			no := ix.term(w)
			return int64(no), ix.terms[no].text
		}
	}
	term = t.term()
	if no, ok := ix.termNo[term]; ok {
		return int64(no), term
	}
	return -1, term
}

// lastWord gives the place of the word still being typed, or -1 when every word counts as finished:
// nobody types, too few words are there yet, or something follows the word.
func lastWord(tokens []token, from int, typing bool) int {
	if !typing {
		return -1
	}
	places := 0
	for _, t := range tokens {
		if !t.extra() {
			places++
		}
	}
	if n := len(tokens); places >= from && n > 0 && tokens[n-1].kind == plain {
		return n - 1
	}
	return -1
}

// read finds what a word stands for: its own term, else what it may have been meant as.
func (ix *Index) read(c *clause, known int64, t token, unfinished, pasted bool, corrected *int, sc *scratch) {
	no := uint32(max(known, 0))
	here := known >= 0 && len(ix.terms[no].post) > 0
	if here {
		c.readings = []reading{{no, 1}}
	}
	if unfinished {
		c.unsure = true
		for _, r := range ix.complete(t.text) {
			if !here || r.term != no {
				c.readings = append(c.readings, r)
			}
		}
	}
	if t.extra() || c.stop || unfinished || *corrected >= MaxCorrected {
		return
	}
	if here {
		// A pasted log has enough words that are right; doubting its rare ones would only cost time.
		if pasted {
			return
		}
		if more := ix.doubt(t.text, no, sc); len(more) > 0 {
			*corrected++
			c.readings = append(c.readings, more...)
		}
		return
	}
	*corrected++
	c.unsure = true
	c.readings = ix.correct(t.text, sc)
	if len(c.readings) == 0 || utf8.RuneCountInString(t.text) >= ix.p.HalfWordFrom {
		// Half a word: people stop in the middle, and search fields send what is there.
		c.readings = merge(c.readings, ix.complete(t.text))
	}
}

// merge joins two lists of readings; a term in both keeps its greater weight.
func merge(a, b []reading) []reading {
	for _, r := range b {
		if i := slices.IndexFunc(a, func(x reading) bool { return x.term == r.term }); i >= 0 {
			a[i].weight = max(a[i].weight, r.weight)
		} else {
			a = append(a, r)
		}
	}
	return a
}

// finish weighs the clauses, drops what a long query can do without, and fixes the order.
func (ix *Index) finish(pq *parsed, at []int32) {
	cs := pq.clauses
	order := make([]int32, len(cs))
	for i := range cs {
		c := &cs[i]
		order[i] = int32(i)
		c.idf = ix.idf(0)
		for k, r := range c.readings {
			if v := ix.idf(len(ix.terms[r.term].post)); k == 0 || v < c.idf {
				c.idf = v
			}
		}
		c.weight *= c.repeat * (ix.p.RepeatCap + 1) / (ix.p.RepeatCap + c.repeat)
	}
	// The heaviest words first; a long text gives up its stop words and then its commonest words.
	long := len(cs) > ix.p.LongQuery
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &cs[a], &cs[b]
		if c := cmp.Compare(y.weight*y.idf, x.weight*x.idf); c != 0 {
			return c
		}
		return strings.Compare(x.key, y.key)
	})
	keep := order[:0]
	for _, i := range order {
		if len(keep) < MaxTerms && !(long && cs[i].stop) {
			keep = append(keep, i)
		}
	}
	for rank, i := range keep {
		if c := &cs[i]; rank < idealWords && !c.stop {
			pq.ideal += c.weight * c.idf * (ix.p.K1 + 1)
		}
	}
	slices.SortFunc(keep, func(a, b int32) int { return strings.Compare(cs[a].key, cs[b].key) })
	place := make([]int32, len(cs))
	for i := range place {
		place[i] = -1
	}
	out := make([]clause, len(keep))
	for n, i := range keep {
		place[i], out[n] = int32(n), cs[i]
	}
	pq.clauses = out
	n := int32(len(out))
	pq.pairNo = make([]uint16, n*n)
	for i := 1; i < len(at); i++ {
		a, b := place[at[i-1]], place[at[i]]
		// Two stop words side by side say nothing about what the text is about.
		if a >= 0 && b >= 0 && a != b && !(out[a].stop && out[b].stop) {
			if no := &pq.pairNo[a*n+b]; *no == 0 {
				pq.pairs = append(pq.pairs, [2]int32{a, b})
				*no = uint16(len(pq.pairs))
			}
		}
	}
}

// pastedTokens is the length from which a query is taken for a pasted text.
const pastedTokens = 500

// idealWords is how many of a query's words a perfect article is expected to have. A case's
// description rambles; an article that has its twelve rarest words is certain enough.
const idealWords = 12
