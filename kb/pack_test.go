package kb

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPackChangesNothing: a packed index answers as another one to the last bit, also after articles and cases have
// come and gone, whose lists lie between those of others.
func TestPackChangesNothing(t *testing.T) {
	a, j := harbor(t, true)
	b, _ := harbor(t, true)
	b.Pack()
	same := func(when string) {
		t.Helper()
		for _, q := range j.Queries {
			if x, y := a.Search(q.Text, Options{Limit: 50}), b.Search(q.Text, Options{Limit: 50}); !slices.Equal(x, y) {
				t.Fatalf("%s %q: %v, packed %v", when, q.Text, x, y)
			}
		}
	}
	same("at first")
	r := rand.New(rand.NewPCG(8, 8))
	for range 300 {
		art, l, n := j.Docs[r.IntN(len(j.Docs))], j.Links[r.IntN(len(j.Links))], r.IntN(4)
		for _, ix := range []*Index{a, b} {
			switch n {
			case 0:
				ix.Remove(art.ID)
			case 1:
				ix.Link(art.ID, l.Query, l.Text)
			case 2:
				ix.Link(l.Doc, l.Query, "")
			default:
				put(t, ix, article(art.ID, art.Title, art.Body+" "+l.Text+" newly coined blorptang"))
			}
		}
	}
	same("after many changes")
	b.Pack()
	same("packed again")
}
