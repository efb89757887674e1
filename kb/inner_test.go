package kb

import (
	"strings"
	"testing"
)

func terms(text string) string {
	var out []string
	for _, t := range tokenize(text, 1000) {
		out = append(out, t.term())
	}
	return strings.Join(out, " ")
}

// TestNamesInsideLongerOnes holds what names with digits, hyphens and Greek letters become.
func TestNamesInsideLongerOnes(t *testing.T) {
	for text, want := range map[string]string{
		"p53":             "p 53 =p53",
		"p53-dependent":   "p 53 depend =p53dependent =p53",
		"IL-6":            "il 6 =il6",
		"IL-6-induced":    "il 6 induc =il6induced =il6",
		"COVID-19-like":   "covid 19 like =covid19like =covid19",
		"COVID-19":        "covid 19 =covid19",
		"IL-6/STAT3":      "il 6 stat 3 =il-6/stat3 =il6 =stat3",
		"HB-2041/E3":      "hb 2041 e 3 =hb-2041/e3 =hb2041 =e3",
		"TNF-α":           "tnf alpha tnfalpha",
		"TNF-alpha":       "tnf alpha tnfalpha",
		"TNFα":            "tnf alpha tnfalpha",
		"β2-adrenergic":   "beta 2 adrenerg =beta2adrenergic =beta2",
		"10 μm":           "10 μm",
		"set-up":          "set up setup",
		"Harbor's 24-7":   "harbor 24 7 =247",
		"Η ζωή είναι εδώ": "eta ζωη ειναι εδω",
	} {
		if got := terms(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAPartOfALongerNameIsFound(t *testing.T) {
	ix := New()
	put(t, ix,
		article("a", "", "Loss of p53-dependent apoptosis after IL-6-induced signalling and TNFα release."),
		article("b", "", "Group p has 53 members; il is the sixth state, 6 of them were alpha tested."),
	)
	for _, q := range []string{"p53", "IL-6", "TNF-alpha", "TNF alpha", "tnfalpha", "IL6 p53"} {
		if hits := ix.Search(q, Options{}); len(hits) == 0 || hits[0].ID != "a" {
			t.Errorf("%q: %v", q, ids(hits))
		}
	}
}
