package kb

import (
	"errors"
	"math"
	"runtime"
	"slices"
	"time"

	"casebot/desk"
)

// Measured is the answer of `casebot kb eval`. Means are over the judged queries.
type Measured struct {
	Queries  int     `json:"queries"`
	NDCG10   float64 `json:"ndcg10"`
	Recall10 float64 `json:"recall10"`
	MRR10    float64 `json:"mrr10"`
	Hit3     float64 `json:"hit3"`     // Share of queries with a relevant document among the first three: what a person sees.
	BuildMS  float64 `json:"build_ms"` // Wall time of putting all documents and links in.
	P50MS    float64 `json:"p50_ms"`   // Wall time of one search, one at a time.
	P99MS    float64 `json:"p99_ms"`
	HeapMB   float64 `json:"heap_mb"` // The program's live heap after the build and a collection, articles included.
}

// cutoff is the depth to which a result list is judged.
const cutoff = 10

// Measure builds an index from a judged set and asks it every judged query. It empties the set's
// documents, so that the heap it reports holds them once. progress may be nil.
func Measure(j *Judged, p Params, progress func(done, total int)) (Measured, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	total := len(j.Docs) + len(j.Queries)
	same := map[string]bool{} // Queries that are themselves documents.
	for _, d := range j.Docs {
		if q, ok := j.texts[d.ID]; ok && alike(q, d) {
			same[d.ID] = true
		}
	}
	start := time.Now()
	ix := NewWith(p)
	// Links wait for their article: so each article is entered once, with all its cases.
	for _, l := range j.Links {
		ix.Link(l.Doc, l.Query, l.Text)
	}
	for i := range j.Docs {
		d := j.Docs[i]
		if err := ix.Put(d); err != nil {
			j.Left = append(j.Left, say(err))
		}
		j.Docs[i] = desk.Article{}
		progress(i+1, total)
	}
	ix.Pack()
	m := Measured{Queries: len(j.Queries), BuildMS: ms(time.Since(start))}
	docs := len(j.Docs)
	j.Docs = nil
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	m.HeapMB = float64(mem.HeapAlloc) / (1 << 20)

	times := make([]float64, 0, len(j.Queries))
	for i, q := range j.Queries {
		began := time.Now()
		hits := ix.Search(q.Text, Options{Limit: cutoff + 1})
		times = append(times, ms(time.Since(began)))
		ids := make([]string, 0, cutoff)
		for _, h := range hits {
			// A query that is itself one of the documents does not find itself (as in BEIR's evaluation).
			if h.ID == q.ID && same[q.ID] && j.Grades[q.ID][h.ID] <= 0 {
				continue
			}
			if len(ids) < cutoff {
				ids = append(ids, h.ID)
			}
		}
		m.add(ids, j.Grades[q.ID])
		progress(docs+i+1, total)
	}
	n := float64(len(j.Queries))
	m.NDCG10, m.Recall10, m.MRR10, m.Hit3 = m.NDCG10/n, m.Recall10/n, m.MRR10/n, m.Hit3/n
	slices.Sort(times)
	m.P50MS, m.P99MS = quantile(times, .50), quantile(times, .99)
	return m, nil
}

// alike says whether a query is a document's own text: four fifths of the words of the shorter of the two
// are in the other. Sets put spaces, line breaks and the title differently in the two places, so equal
// text is too much to ask; equal numbers alone, as in sets that count both from 1, are too little.
func alike(q string, d desk.Article) bool {
	few := wordSet(q)
	for _, many := range []map[string]bool{wordSet(d.Title + " " + d.Body), wordSet(d.Body)} {
		a, b := few, many
		if len(a) > len(b) {
			a, b = b, a
		}
		shared := 0
		for w := range a {
			if b[w] {
				shared++
			}
		}
		if len(a) > 0 && shared*5 >= len(a)*4 && len(a)*2 >= len(b) {
			return true
		}
	}
	return false
}

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, t := range tokenize(text, maxSeqTokens) {
		set[t.text] = true
	}
	return set
}

// add adds one query's figures. nDCG is trec_eval's ndcg_cut (Järvelin and Kekäläinen 2002): the gain
// is the grade itself, the discount log2(rank+1), the ideal taken over all judged documents, whether
// or not they are in the set.
func (m *Measured) add(ids []string, grades map[string]int) {
	var ideal []int
	for _, g := range grades {
		if g > 0 {
			ideal = append(ideal, g)
		}
	}
	slices.SortFunc(ideal, func(a, b int) int { return b - a })
	dcg, idcg, found, first := 0.0, 0.0, 0, 0
	for i, id := range ids {
		if g := grades[id]; g > 0 {
			dcg += float64(g) / math.Log2(float64(i+2))
			found++
			if first == 0 {
				first = i + 1
			}
		}
	}
	for i := range min(len(ideal), cutoff) {
		idcg += float64(ideal[i]) / math.Log2(float64(i+2))
	}
	m.NDCG10 += dcg / idcg
	m.Recall10 += float64(found) / float64(len(ideal))
	if first > 0 {
		m.MRR10 += 1 / float64(first)
	}
	if first > 0 && first <= 3 {
		m.Hit3++
	}
}

// quantile takes the value at or above the share q of sorted values (nearest rank).
func quantile(sorted []float64, q float64) float64 {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[max(0, min(i, len(sorted)-1))]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// say gives the sentence of an error that is meant for people.
func say(err error) string {
	var e *desk.Error
	if errors.As(err, &e) {
		return e.Say
	}
	return err.Error()
}
