package kb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

// zipfWords makes a vocabulary of made-up words whose frequency falls as in natural text.
type zipfWords struct {
	r     *rand.Rand
	z     *rand.Zipf
	words []string
}

func newZipf(seed uint64) *zipfWords {
	r := rand.New(rand.NewPCG(seed, 1))
	syllables := strings.Fields("ra te mi no pa lo ke su vi da for men tal stra ble ing ex con per sync till port ure ant")
	g := &zipfWords{r: r, z: rand.NewZipf(r, 1.07, 3, 60_000)}
	seen := map[string]bool{}
	for len(g.words) <= 60_000 {
		var b strings.Builder
		// Common words are short, as in any language.
		for range 1 + r.IntN(2) + int(math.Log10(float64(len(g.words)+1)))/2 + r.IntN(2) {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			g.words = append(g.words, w)
		}
	}
	return g
}

func (g *zipfWords) text(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(g.words[g.z.Uint64()])
		b.WriteByte(" \n"[g.r.IntN(30)/29])
	}
	return b.String()
}

func (g *zipfWords) articles(n int) []desk.Article {
	out := make([]desk.Article, n)
	for i := range out {
		out[i] = article(fmt.Sprintf("kb-%05d", i), g.text(4+g.r.IntN(8)), g.text(60+g.r.IntN(240)))
	}
	return out
}

// query makes what people type: a few words, one in ten of them with a slip.
func (g *zipfWords) query(n int) string {
	words := strings.Fields(g.text(n))
	for i, w := range words {
		if len(w) >= 4 && g.r.IntN(10) == 0 {
			words[i] = slip(g.r, w)
		}
	}
	return strings.Join(words, " ")
}

func BenchmarkBuild5000(b *testing.B) {
	articles := newZipf(1).articles(5000)
	for b.Loop() {
		ix := New()
		put(b, ix, articles...)
	}
}

func BenchmarkSearch5000(b *testing.B)  { benchSearch(b, 5000) }
func BenchmarkSearch20000(b *testing.B) { benchSearch(b, 20_000) }

func benchSearch(b *testing.B, n int) {
	g := newZipf(1)
	var before, after runtime.MemStats
	articles := g.articles(n)
	runtime.GC()
	runtime.ReadMemStats(&before)
	ix := New()
	put(b, ix, articles...)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for _, c := range []struct {
		name string
		q    func() string
	}{
		{"short", func() string { return g.query(3 + g.r.IntN(5)) }},
		{"case", func() string { return g.query(60) }},
		{"pasted", func() string { return g.query(5000) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			queries := make([]string, 300)
			for i := range queries {
				queries[i] = c.q()
			}
			var times []float64
			i := 0
			for b.Loop() {
				start := time.Now()
				ix.Search(queries[i%len(queries)], Options{Typing: true})
				times = append(times, ms(time.Since(start)))
				i++
			}
			slices.Sort(times)
			b.ReportMetric(quantile(times, .5), "p50-ms")
			b.ReportMetric(quantile(times, .99), "p99-ms")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "index-MB")
		})
	}
}
