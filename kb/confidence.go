package kb

import (
	"context"
	"slices"
	"strings"

	"casebot/desk"
)

// DefaultThreshold is the confidence below which nothing is suggested before there are enough linked
// cases to calibrate on. On the judged set in testdata/kb it shows 115 of the 128 right first hits, and something for
// one of 26 questions that no article answers.
const DefaultThreshold = .27

// Calibration is done on at least minCases linked cases and at most maxCases, spread evenly over all;
// its result stays within reason, so that one odd month of cases neither silences the desk nor makes
// it babble.
const (
	minCases     = 20
	maxCases     = 400
	minThreshold = .15
	maxThreshold = .50
)

// Case names a linked case of an article.
type Case struct{ Article, ID string }

// withheld takes one linked case out of its article's field for one search, so that a case can be
// asked about as if it had not been resolved yet.
type withheld struct {
	slot   uint32
	caseID string
	counts map[uint32]float64 // By term.
}

func (ix *Index) withhold(c Case) *withheld {
	s, ok := ix.slots[c.Article]
	if !ok {
		return nil
	}
	for _, l := range ix.docs[s].links {
		if l.caseID == c.ID {
			w := &withheld{slot: s, caseID: c.ID, counts: map[uint32]float64{}}
			for no := range seqWords(l.seq) {
				w.counts[ix.term(no)]++
			}
			return w
		}
	}
	return nil
}

// confidence is the share of a perfect article's score, at most 1. The score is taken without what
// addClose added.
func (pq *parsed) confidence(score float64) float64 {
	if pq.ideal <= 0 {
		return 0
	}
	return min(1, score/pq.ideal)
}

// Threshold is the confidence below which Suggest says nothing, 0 to 1.
func (ix *Index) Threshold() float64 {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return ix.threshold
}

// Calibrate sets the threshold from the linked cases, whose answer is known, and gives it. Each case is
// asked twice, as if it were new: once to see how sure the index is of the right article, once with
// that article hidden, to see how sure it is of a wrong one. The threshold is where right answers
// shown minus wrong answers shown is greatest. With fewer than 20 linked cases it is DefaultThreshold.
//
// It asks up to 800 searches; call it after the build and then now and again, not with every link. When ctx ends
// before that, the threshold stays.
func (ix *Index) Calibrate(ctx context.Context) float64 {
	var right, wrong []float64
	for _, c := range ix.sample() {
		if ctx.Err() != nil {
			return ix.Threshold()
		}
		q, sure := ix.caseText(c), 0.0
		for _, h := range ix.Search(q, Options{Limit: maxSuggestions, Without: c}) {
			if h.ID == c.Article {
				sure = h.Confidence
			}
		}
		right = append(right, sure)
		others := func(a desk.Article) bool { return a.ID != c.Article }
		sure = 0
		for _, h := range ix.Search(q, Options{Limit: 1, Visible: others}) {
			sure = h.Confidence
		}
		wrong = append(wrong, sure)
	}
	t := DefaultThreshold
	if len(right) >= minCases {
		t = split(right, wrong)
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.threshold = t
	return t
}

// caseText gives a linked case's words, as far as the index keeps them: in order, without capitals,
// marks and the wholes of identifiers.
func (ix *Index) caseText(c Case) string {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	s, ok := ix.slots[c.Article]
	if !ok {
		return "" // Removed since the sample was taken.
	}
	var b strings.Builder
	for _, l := range ix.docs[s].links {
		if l.caseID != c.ID {
			continue
		}
		for no := range seqWords(l.seq) {
			if ix.termOf[no]&besideText == 0 {
				b.WriteString(ix.words[no].text)
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// sample lists linked cases, at most maxCases, evenly spread over all in the order of article and case.
func (ix *Index) sample() []Case {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	var all []Case
	for i := range ix.docs {
		for _, l := range ix.docs[i].links {
			all = append(all, Case{ix.docs[i].art.ID, l.caseID})
		}
	}
	slices.SortFunc(all, func(a, b Case) int { return compare2(a.Article, b.Article, a.ID, b.ID) })
	if len(all) <= maxCases {
		return all
	}
	out := make([]Case, maxCases)
	for i := range out {
		out[i] = all[i*len(all)/maxCases]
	}
	return out
}

// split gives the threshold with the greatest share of right answers at or above it minus the share of
// wrong ones; of equals the lowest, which shows more.
func split(right, wrong []float64) float64 {
	at := slices.Sorted(slices.Values(right))
	best, most := DefaultThreshold, -1.0
	above := func(v []float64, t float64) (n float64) {
		for _, x := range v {
			if x >= t && x > 0 {
				n++
			}
		}
		return n / float64(len(v))
	}
	for _, t := range at {
		t = max(minThreshold, min(maxThreshold, t))
		if gain := above(right, t) - above(wrong, t); gain > most {
			best, most = t, gain
		}
	}
	return best
}
