package assist

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Candidate is one article as two rankings see it: Words is its score by words, any scale from 0 up; Meaning the
// cosine of its vector with the question's, -1 to 1.
type Candidate struct {
	ID      string
	Words   float64
	Meaning float64
}

// Sample is a past question whose answer is known: the candidates it had, asked as if it were new, and those right.
type Sample struct {
	Candidates []Candidate
	Right      []string
}

// minSamples is from how many past questions on a weight is fitted, and minGain by how much of the mean reciprocal
// rank it must help on questions that it was not fitted on.
const (
	minSamples = 20
	minGain    = .005
)

// Fuse orders candidates by (1-lambda)·words + lambda·meaning, both brought to 0 to 1 over the candidates, equal ones
// by ID. With lambda 0 the order is that of the words alone.
func Fuse(list []Candidate, lambda float64) []Candidate {
	type scored struct {
		Candidate
		sum float64
	}
	low, high, most := math.Inf(1), math.Inf(-1), 0.0
	for _, c := range list {
		low, high, most = min(low, c.Meaning), max(high, c.Meaning), max(most, c.Words)
	}
	all := make([]scored, len(list))
	for i, c := range list {
		words, meaning := 0.0, 0.0
		if most > 0 {
			words = c.Words / most
		}
		if high > low {
			meaning = (c.Meaning - low) / (high - low)
		}
		all[i] = scored{c, (1-lambda)*words + lambda*meaning}
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.sum, a.sum), strings.Compare(a.ID, b.ID)) })
	out := make([]Candidate, len(all))
	for i, s := range all {
		out[i] = s.Candidate
	}
	return out
}

// Fit gives the weight of the meaning, 0 to 0.9, that ranks the right articles of past questions highest; 0 when there
// are too few questions or when it does not help. It must help on either half of the questions as fitted on the
// other: a weight that only fits what it was fitted on would make the next search worse.
func Fit(samples []Sample) float64 {
	if len(samples) < minSamples {
		return 0
	}
	var half [2][]Sample
	for i, s := range samples {
		half[i%2] = append(half[i%2], s)
	}
	for i := range half {
		mine, other := half[i], half[1-i]
		if w := best(mine); w == 0 || rank(other, w)-rank(other, 0) < minGain {
			return 0
		}
	}
	return best(samples)
}

// best is the weight with the highest mean reciprocal rank; of equals the smallest.
func best(samples []Sample) float64 {
	w, most := 0.0, rank(samples, 0)
	for i := 1; i <= 9; i++ {
		if r := rank(samples, float64(i)/10); r > most+1e-9 {
			w, most = float64(i)/10, r
		}
	}
	return w
}

// rank is the mean reciprocal rank of the first right article.
func rank(samples []Sample, lambda float64) (mean float64) {
	for _, s := range samples {
		for i, c := range Fuse(s.Candidates, lambda) {
			if slices.Contains(s.Right, c.ID) {
				mean += 1 / float64(i+1)
				break
			}
		}
	}
	return mean / float64(max(1, len(samples)))
}

// Cosine of two vectors of length 1; 0 where they cannot be compared.
func Cosine(a, b []float32) (sum float64) {
	if len(a) != len(b) {
		return 0
	}
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// unit makes a vector one of length 1; one of nothing but zeros stays.
func unit(v []float32) []float32 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	out := make([]float32, len(v))
	if sum == 0 || math.IsInf(sum, 0) || math.IsNaN(sum) {
		return out
	}
	n := math.Sqrt(sum)
	for i, x := range v {
		out[i] = float32(float64(x) / n)
	}
	return out
}
