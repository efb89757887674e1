package kb

import (
	"io"
	"math/rand/v2"
	"os"
	"testing"
)

// paraphraseSet is our second judged set over the same articles: five past cases for each of 32 of them, in the words
// of people behind a counter, and three questions each that other people might ask. A first draft of the questions
// echoed the cases and was thrown away; of these none was changed after it was measured.
func paraphraseSet(t testing.TB, links bool) *Judged {
	t.Helper()
	const dir = "../testdata/kb/"
	f := JudgedFiles{Docs: dir + "docs.jsonl", Queries: dir + "paraphrase-queries.jsonl", Qrels: dir + "paraphrase-qrels.tsv",
		Open: func(name string) (io.ReadCloser, error) { return os.Open(name) }}
	if links {
		f.Links = dir + "paraphrase-links.tsv"
	}
	j, err := ReadJudged(f)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// shared is the share of a text's terms that another text has, stop words left out.
func shared(text, other string) (share float64) {
	has, mine := map[string]bool{}, Terms(text, 1000)
	for _, term := range Terms(other, 1000) {
		has[term] = true
	}
	for _, term := range mine {
		if has[term] {
			share += 1 / float64(len(mine))
		}
	}
	return share
}

// TestTheParaphraseSetIsWhatItSays: 32 articles with five cases each, and questions that are neither the article's
// words nor a past case copied.
func TestTheParaphraseSetIsWhatItSays(t *testing.T) {
	j := paraphraseSet(t, true)
	text, cases := map[string]string{}, map[string][]string{}
	for _, a := range j.Docs {
		text[a.ID] = a.Title + " " + a.Body
	}
	for _, l := range j.Links {
		cases[l.Doc] = append(cases[l.Doc], l.Text)
	}
	for doc, list := range cases {
		if len(list) != 5 {
			t.Errorf("%s has %d cases", doc, len(list))
		}
	}
	if len(cases) != 32 || len(j.Queries) != 96 {
		t.Errorf("%d articles have cases, and there are %d questions", len(cases), len(j.Queries))
	}
	article, nearest := 0.0, 0.0
	for _, q := range j.Queries {
		for doc := range j.Grades[q.ID] {
			most := 0.0
			for _, c := range cases[doc] {
				most = max(most, shared(q.Text, c))
			}
			if most > .67 {
				t.Errorf("%s is nearly a past case: %.0f %% of its words", q.ID, 100*most)
			}
			article += shared(q.Text, text[doc]) / float64(len(j.Queries))
			nearest += most / float64(len(j.Queries))
		}
	}
	t.Logf("of a question's words %.0f %% are the article's and %.0f %% those of the nearest past case", 100*article, 100*nearest)
	if article > .2 || nearest > .4 {
		t.Errorf("of a question's words %.0f %% are the article's (at most 20) and %.0f %% those of the nearest past case (at most 40)", 100*article, 100*nearest)
	}
}

// TestFloorWithFiveCasesAnArticle holds what five linked cases an article are worth to questions in other words.
func TestFloorWithFiveCasesAnArticle(t *testing.T) {
	plain, linked := quality(t, paraphraseSet(t, false)), quality(t, paraphraseSet(t, true))
	t.Logf("nDCG@10 %.4f without linked cases, %.4f with five an article", plain.NDCG10, linked.NDCG10)
	if linked.NDCG10 < .96 {
		t.Errorf("with five linked cases an article nDCG@10 %.4f (floor .96)", linked.NDCG10)
	}
}

// spoil gives a share of the links, drawn by a seed, to another of the linked articles than their own: somebody ticked
// the wrong one.
func spoil(j *Judged, share float64, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 20))
	docs := make([]string, len(j.Links))
	for i, l := range j.Links {
		docs[i] = l.Doc
	}
	for n, i := range r.Perm(len(j.Links)) {
		if float64(n) >= share*float64(len(j.Links)) {
			return
		}
		for l := &j.Links[i]; l.Doc == docs[i]; {
			l.Doc = docs[r.IntN(len(docs))]
		}
	}
}

// TestWrongLinksStillHelp: of the gain that linked cases bring, most is left when every fifth is linked wrongly.
func TestWrongLinksStillHelp(t *testing.T) {
	const rounds = 5
	for _, c := range []struct {
		name   string
		set    func(testing.TB, bool) *Judged
		margin float64
	}{{"harbor", harborSet, .005}, {"paraphrase", paraphraseSet, .5}} {
		plain, right := quality(t, c.set(t, false)).NDCG10, quality(t, c.set(t, true)).NDCG10
		wrong, least := 0.0, 1.0
		for seed := range uint64(rounds) {
			j := c.set(t, true)
			spoil(j, .2, seed)
			got := quality(t, j).NDCG10
			wrong, least = wrong+got/rounds, min(least, got)
		}
		t.Logf("%s: nDCG@10 %.4f without links, %.4f with right ones, %.4f with every fifth wrong (least %.4f)", c.name, plain, right, wrong, least)
		if least < plain+c.margin {
			t.Errorf("%s: with every fifth link wrong nDCG@10 %.4f, without links %.4f, expected a gain of %.3f", c.name, least, plain, c.margin)
		}
	}
}
