package kb

import (
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// harborFiles is the judged set of our own making: articles about a made-up till and stock product,
// questions as people type them, and grades: 2 answers it, 1 helps.
func harborFiles(links bool) JudgedFiles {
	const dir = "../testdata/kb/"
	f := JudgedFiles{Docs: dir + "docs.jsonl", Queries: dir + "queries.jsonl", Qrels: dir + "qrels.tsv",
		Open: func(name string) (io.ReadCloser, error) { return os.Open(name) }}
	if links {
		f.Links = dir + "links.tsv"
	}
	return f
}

func harborSet(t testing.TB, links bool) *Judged {
	t.Helper()
	j, err := ReadJudged(harborFiles(links))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func harbor(t testing.TB, links bool) (*Index, *Judged) {
	j := harborSet(t, links)
	ix := New()
	for _, l := range j.Links {
		ix.Link(l.Doc, l.Query, l.Text)
	}
	put(t, ix, j.Docs...)
	return ix, j
}

func quality(t testing.TB, j *Judged) Measured {
	t.Helper()
	m, err := Measure(j, DefaultParams(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestFloor holds the ranking where it is. A change that makes it worse must raise something else and
// say so in docs/knowledge.md; the floors stand a little under the figures there.
func TestFloor(t *testing.T) {
	plain, linked := quality(t, harborSet(t, false)), quality(t, harborSet(t, true))
	if plain.Queries < 120 {
		t.Errorf("only %d judged queries", plain.Queries)
	}
	t.Logf("nDCG@10 %.4f, with linked cases %.4f", plain.NDCG10, linked.NDCG10)
	if plain.NDCG10 < .91 || plain.Hit3 < .94 {
		t.Errorf("nDCG@10 %.4f (floor .91), hit@3 %.4f (floor .94)", plain.NDCG10, plain.Hit3)
	}
	if linked.NDCG10 < .925 || linked.NDCG10 <= plain.NDCG10 {
		t.Errorf("with linked cases nDCG@10 %.4f (floor .925), without %.4f", linked.NDCG10, plain.NDCG10)
	}
}

func TestFloorByKind(t *testing.T) {
	floors := map[string]float64{"plain": .95, "typo": .96, "half": .95, "code": .97, "other": .70}
	for kind, floor := range floors {
		j := harborSet(t, false)
		kept := j.Queries[:0]
		for _, q := range j.Queries {
			if strings.HasPrefix(q.ID, kind+"-") {
				kept = append(kept, q)
			}
		}
		j.Queries = kept
		if m := quality(t, j); m.NDCG10 < floor {
			t.Errorf("%s: nDCG@10 %.4f over %d queries, floor %.2f", kind, m.NDCG10, m.Queries, floor)
		}
	}
}

// TestACaseLikeAnEarlierOneFindsItsArticle asks each linked case as if it were new: the four others of
// its article must lead to it far more often than the article's own words do.
func TestACaseLikeAnEarlierOneFindsItsArticle(t *testing.T) {
	ix, j := harbor(t, true)
	bare, _ := harbor(t, false)
	var with, without Measured
	for _, l := range j.Links {
		grades := map[string]int{l.Doc: 1}
		with.add(ids(ix.Search(l.Text, Options{Without: Case{l.Doc, l.Query}})), grades)
		without.add(ids(bare.Search(l.Text, Options{})), grades)
	}
	n := float64(len(j.Links))
	t.Logf("nDCG@10 of a new case: %.4f with the four others linked, %.4f with none", with.NDCG10/n, without.NDCG10/n)
	if with.NDCG10/n < .75 || with.NDCG10/n < without.NDCG10/n+.15 {
		t.Errorf("nDCG@10 %.4f (floor .75), without links %.4f", with.NDCG10/n, without.NDCG10/n)
	}
}

// slip makes one slip of the finger in a word: two letters swapped, one left out, doubled up with
// another, or hit beside.
func slip(r *rand.Rand, w string) string {
	b, i, l := []byte(w), r.IntN(len(w)), byte('a'+r.IntN(26))
	switch r.IntN(4) {
	case 0:
		i = min(i, len(b)-2)
		b[i], b[i+1] = b[i+1], b[i]
		return string(b)
	case 1:
		return w[:i] + w[i+1:]
	case 2:
		return w[:i] + string(l) + w[i:]
	}
	b[i] = l
	return string(b)
}

// mistype puts slips into a share of the plain words of four letters and more, and leaves out the
// queries that already have a slip or half a word in them: two in one word are beyond correction.
func mistype(j *Judged, share float64, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 26))
	kept := j.Queries[:0]
	for _, q := range j.Queries {
		if strings.HasPrefix(q.ID, "typo-") || strings.HasPrefix(q.ID, "half-") {
			continue
		}
		words := strings.Fields(q.Text)
		for k, w := range words {
			if len(w) >= 4 && simple(w) && r.Float64() < share {
				words[k] = slip(r, w)
			}
		}
		q.Text = strings.Join(words, " ")
		kept = append(kept, q)
	}
	j.Queries = kept
}

func TestMistypedWordsCostLittle(t *testing.T) {
	const rounds = 5 // A hundred queries are few; five rounds of slips steady the figure.
	mean := func(share float64) (sum float64) {
		for seed := range uint64(rounds) {
			j := harborSet(t, false)
			mistype(j, share, seed)
			sum += quality(t, j).NDCG10 / rounds
		}
		return sum
	}
	right := mean(0)
	for _, c := range []struct{ share, loss float64 }{{.3, .02}, {1, .06}} {
		got := mean(c.share)
		t.Logf("%.0f %% of the words mistyped: nDCG@10 %.4f, loss %.4f", 100*c.share, got, right-got)
		if right-got > c.loss {
			t.Errorf("%.0f %% mistyped: loss %.4f, at most %.2f", 100*c.share, right-got, c.loss)
		}
	}
}

// TestNDCGByHand holds the formula against figures worked out with trec_eval's definition.
func TestNDCGByHand(t *testing.T) {
	var m Measured
	m.add([]string{"b", "x", "a"}, map[string]int{"a": 2, "b": 1, "c": 1, "d": 0, "e": -1})
	// DCG = 1/log2(2) + 2/log2(4) = 2; ideal = 2/log2(2) + 1/log2(3) + 1/log2(4).
	want := 2 / (2 + 1/math.Log2(3) + .5)
	if math.Abs(m.NDCG10-want) > 1e-12 {
		t.Errorf("nDCG %v, want %v", m.NDCG10, want)
	}
	if math.Abs(m.Recall10-2.0/3) > 1e-12 || m.MRR10 != 1 || m.Hit3 != 1 {
		t.Errorf("recall %v, MRR %v, hit@3 %v", m.Recall10, m.MRR10, m.Hit3)
	}
	m = Measured{}
	m.add([]string{"x", "y", "z", "a"}, map[string]int{"a": 1})
	if m.MRR10 != .25 || m.Hit3 != 0 {
		t.Errorf("fourth place: MRR %v, hit@3 %v", m.MRR10, m.Hit3)
	}
}
