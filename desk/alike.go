package desk

import "math"

// TermWeights gives each term of a set of texts its inverse document frequency, ln(1 + n/df): what everybody
// writes tells nothing apart.
func TermWeights(texts [][]string) map[string]float64 {
	df := map[string]int{}
	for _, ts := range texts {
		for _, t := range ts {
			df[t]++
		}
	}
	w := make(map[string]float64, len(df))
	for t, n := range df {
		w[t] = math.Log(1 + float64(len(texts))/float64(n))
	}
	return w
}

// TermsAlike is the weighted Jaccard similarity of two sorted sets of terms, 0 to 1: the weight of what they
// share over the weight of all they have. A term without a weight counts 1. Sums run in the terms' order, so
// that the same texts give the same number everywhere.
func TermsAlike(a, b []string, weight map[string]float64) float64 {
	of := func(t string) float64 {
		if w, ok := weight[t]; ok {
			return w
		}
		return 1
	}
	var both, all float64
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			all += of(a[i])
			i++
		case i == len(a) || b[j] < a[i]:
			all += of(b[j])
			j++
		default:
			both += of(a[i])
			all += of(a[i])
			i, j = i+1, j+1
		}
	}
	if all == 0 {
		return 0
	}
	return both / all
}
