package kb

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// reading is one known term that an unknown word may have been meant as.
type reading struct {
	term   uint32
	weight float64 // Against a word typed right.
}

// correct gives the known terms nearest to a word that is in no article: one edit away or, when there
// are none and the word is long enough, two. The likelier readings weigh more; an article counts
// the best reading it has, so the rest of the query picks between them.
func (ix *Index) correct(w string, sc *scratch) []reading {
	rs := []rune(w)
	if len(rs) < ix.p.CorrectFrom || len(rs) > MaxTokenRunes || !correctable(w) {
		return nil
	}
	// Two edits let in many more words and cost more to look for; they are tried only when one is not enough.
	for edits := 1; edits <= 2; edits++ {
		if edits == 2 && len(rs) < ix.p.TwoEditsFrom {
			break
		}
		sc.near = sc.near[:0]
		ix.gather(rs, edits, sc)
		if out := ix.readings(w, edits, sc); len(out) > 0 {
			return out
		}
	}
	return nil
}

// candidate is a known spelling and how many edits it is away.
type candidate struct {
	no    uint32
	edits int
}

// gather finds the known spellings within most edits of a word, by shared grams first.
func (ix *Index) gather(rs []rune, most int, sc *scratch) {
	sc.fitWords(len(ix.words))
	sc.lists = sc.lists[:0]
	gramsOf(rs, func(g gram) { sc.lists = append(sc.lists, ix.grams[g]) })
	// A word has as many grams as letters; an edit changes at most three of them, a swap of neighbours
	// four. Two swaps in one word are too rare to compare half the dictionary for.
	need := max(1, len(rs)-4)
	if most > 1 {
		need = max(2, len(rs)-6)
	}
	// Who shares that many of the grams shares at least one of all but need-1 of them: the rarest are
	// looked through, and the lists of endings such as "-ing" are not.
	slices.SortFunc(sc.lists, func(a, b []uint32) int { return cmp.Compare(len(a), len(b)) })
	mask := lettersOf(rs)
	for _, list := range sc.lists[:max(1, len(sc.lists)-need+1)] {
		for _, no := range list {
			// Most are told by their letters alone, before it is asked whether another list had them.
			w := ix.shapes[no]
			if d := int(w.letters) - len(rs); d > most || d < -most || bits.OnesCount32(w.mask^mask) > 2*most || sc.shared[no] != 0 {
				continue
			}
			sc.shared[no] = 1
			sc.touched = append(sc.touched, no)
		}
	}
	for _, no := range sc.touched {
		sc.shared[no] = 0
		w := &ix.words[no]
		if w.count == 0 {
			continue
		}
		sc.runes = sc.runes[:0]
		for _, r := range spelling(w.text) {
			sc.runes = append(sc.runes, r)
		}
		if e := within(rs, sc.runes, most); e <= most {
			sc.near = append(sc.near, candidate{no, e})
		}
	}
	sc.touched = sc.touched[:0]
	clear(sc.lists) // They are the index's; a search that is over keeps none of them alive.
}

// readings weighs the candidates with the fewest edits and joins those of one stem.
func (ix *Index) readings(w string, least int, sc *scratch) []reading {
	best, stops := map[uint32]float64{}, map[uint32]bool{}
	for _, c := range sc.near {
		if c.edits != least {
			continue
		}
		k := &ix.words[c.no]
		// Slips keep the first letter far more often than not, and common words are meant more often.
		p := math.Sqrt(float64(k.count))
		if first(spelling(k.text)) != first(w) {
			p *= ix.p.FirstLetter
		}
		best[ix.term(c.no)] += p
		if stopWord(k.text) {
			stops[ix.term(c.no)] = true
		}
	}
	weight := ix.p.CorrectedWeight
	if least > 1 {
		weight *= ix.p.TwoEdits
	}
	out := ix.rank(best, weight, ix.p.Corrections)
	if len(stops) > 0 {
		for i := range out {
			if stops[out[i].term] {
				out[i].weight *= ix.p.StopWeight
			} else {
				out[i].weight *= ix.p.StopDoubt
			}
		}
	}
	return out
}

// doubt gives the readings of a known word so rare that it may be somebody's slip: much commoner words
// one edit away.
func (ix *Index) doubt(w string, no uint32, sc *scratch) []reading {
	rs := []rune(w)
	if len(rs) < ix.p.RareFrom || len(rs) > MaxTokenRunes || !correctable(w) || len(ix.terms[no].post) > ix.p.RareDF {
		return nil
	}
	sc.near = sc.near[:0]
	ix.gather(rs, 1, sc)
	likely := map[uint32]float64{}
	for _, c := range sc.near {
		k := &ix.words[c.no]
		if t := ix.term(c.no); t != no && float64(len(ix.terms[t].post)) >= ix.p.RareTimes*float64(len(ix.terms[no].post)) {
			likely[t] += math.Sqrt(float64(k.count))
		}
	}
	return ix.rank(likely, ix.p.RareWeight, 2)
}

// rank keeps the n likeliest terms, weighed against the likeliest.
func (ix *Index) rank(likely map[uint32]float64, weight float64, n int) []reading {
	out := make([]reading, 0, len(likely))
	for t, p := range likely {
		if len(ix.terms[t].post) > 0 {
			out = append(out, reading{t, p})
		}
	}
	slices.SortFunc(out, func(a, b reading) int {
		if c := cmp.Compare(b.weight, a.weight); c != 0 {
			return c
		}
		return strings.Compare(ix.terms[a.term].text, ix.terms[b.term].text)
	})
	out = out[:min(len(out), n)]
	if len(out) > 0 {
		top := out[0].weight
		for i := range out {
			out[i].weight = weight * math.Pow(out[i].weight/top, ix.p.LikelyPower)
		}
	}
	return out
}

// complete gives the terms of known words that begin with w, commonest first.
func (ix *Index) complete(w string) []reading {
	rs := []rune(w)
	if len(rs) < 2 || !correctable(w) {
		return nil
	}
	likely, mask := map[uint32]float64{}, lettersOf(rs)
	for _, no := range ix.grams[pack(edge, rs[0], rs[1])] {
		if shape := ix.shapes[no]; shape.mask&mask != mask || int(shape.letters) < min(len(rs), 255) {
			continue
		}
		if k := &ix.words[no]; k.count > 0 && strings.HasPrefix(spelling(k.text), w) {
			likely[ix.term(no)] += math.Sqrt(float64(k.count))
		}
	}
	return ix.rank(likely, ix.p.PrefixWeight, ix.p.PrefixMax)
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
