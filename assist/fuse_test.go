package assist

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// samples makes past questions in which the meaning tells the right article from the wrong ones as well as said: 1
// always, 0 no better than chance. The words put it second.
func samples(n int, good float64, r *rand.Rand) []Sample {
	var out []Sample
	for range n {
		s := Sample{Right: []string{"right"}, Candidates: []Candidate{{ID: "first", Words: 5, Meaning: r.Float64()}, {ID: "right", Words: 4.5, Meaning: r.Float64()}}}
		for k := range 8 {
			s.Candidates = append(s.Candidates, Candidate{ID: fmt.Sprint("other", k), Words: r.Float64(), Meaning: r.Float64()})
		}
		if r.Float64() < good {
			s.Candidates[1].Meaning = 1.1
		}
		out = append(out, s)
	}
	return out
}

// The weight is 0 where there are too few past cases or the meaning is chance, and above it where it helps.
func TestFit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	if w := Fit(samples(19, 1, r)); w != 0 {
		t.Errorf("fitted %v on 19 cases", w)
	}
	if w := Fit(samples(60, 1, r)); w <= 0 {
		t.Error("a meaning that is always right is not used")
	}
	noise := samples(60, 0, r)
	for i := range noise { // The words are right already, so that whatever chance adds does harm.
		noise[i].Candidates[1].Words = 6
	}
	if w := Fit(noise); w != 0 {
		t.Errorf("chance has the weight %v", w)
	}
}

// Without weight the order is that of the words; equal ones stand by ID, whatever order they came in.
func TestFuse(t *testing.T) {
	list := []Candidate{{"b", 1, .9}, {"a", 1, .1}, {"c", 2, .5}, {"d", 0, 1}}
	for lambda, want := range map[float64]string{0: "cabd", .9: "dbca"} {
		for range 3 {
			list = append(list[1:], list[0])
			got := ""
			for _, c := range Fuse(list, lambda) {
				got += c.ID
			}
			if got != want {
				t.Errorf("%v: %s, want %s", lambda, got, want)
			}
		}
	}
	if len(Fuse(nil, .5)) != 0 || Cosine([]float32{1}, []float32{1, 0}) != 0 {
		t.Error("nothing and what cannot be compared")
	}
}
