package kb

// DefaultThreshold is the confidence below which nothing is suggested before there are enough linked
// cases to calibrate on; measured on the judged set in testdata/kb.
const DefaultThreshold = .30

// threshold is where silence begins.
type threshold struct {
	value float64
}

// withheld takes one linked case out of its article's field for one search, so that a case can be
// asked about as if it had not been resolved yet.
type withheld struct {
	slot   uint32
	counts map[uint32]float64 // By term.
}

// confidence is the share of a perfect article's score, at most 1.
func (pq *parsed) confidence(score float64) float64 {
	if pq.ideal <= 0 {
		return 0
	}
	return min(1, score/pq.ideal)
}
