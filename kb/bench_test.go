package kb

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
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

func BenchmarkBuild5000(b *testing.B)  { benchBuild(b, 5000) }
func BenchmarkBuild20000(b *testing.B) { benchBuild(b, 20_000) }

// benchBuild reports the least time that a build took, of the processor and by the wall clock.
func benchBuild(b *testing.B, n int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	articles := benchArticles(b, n)
	cpu, wall := math.Inf(1), math.Inf(1)
	for b.Loop() {
		runtime.GC()
		start, used := time.Now(), processorTime()
		put(b, New(), articles...)
		cpu, wall = min(cpu, ms(processorTime()-used)), min(wall, ms(time.Since(start)))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(cpu, "cpu-ms")
	b.ReportMetric(wall, "wall-ms")
}

// benchArticles gives n articles: made-up ones, or those of a file of JSON lines that CASEBOT_BENCH_DOCS names, whose
// words are natural.
func benchArticles(b *testing.B, n int) []desk.Article {
	name := os.Getenv("CASEBOT_BENCH_DOCS")
	if name == "" {
		return newZipf(1).articles(n)
	}
	articles, err := ReadArticles(name, func(name string) (io.ReadCloser, error) { return os.Open(name) })
	if err != nil {
		b.Fatal(err)
	}
	if len(articles) < n {
		b.Skipf("%s has only %d articles", name, len(articles))
	}
	return articles[:n]
}

func BenchmarkSearch5000(b *testing.B)  { benchSearch(b, 5000) }
func BenchmarkSearch20000(b *testing.B) { benchSearch(b, 20_000) }

// benchQueries makes what people ask, by kind: some words with slips, a case's description as written and with a
// slip in every word, and pasted logs and e-mails. They are words of the articles, in their order.
func benchQueries(articles []desk.Article) map[string]func() string {
	r := rand.New(rand.NewPCG(3, 3))
	words := func(n int, share float64) string {
		var out []string
		for len(out) < n {
			w := strings.Fields(articles[r.IntN(len(articles))].Body)
			if from := r.IntN(len(w)); n < len(w) {
				w = w[min(from, len(w)-n):]
			}
			out = append(out, w...)
		}
		out = out[:n]
		for i, w := range out {
			if len(w) >= 4 && simple(w) && r.Float64() < share {
				out[i] = slip(r, w)
			}
		}
		return strings.Join(out, " ")
	}
	return map[string]func() string{
		"short":    func() string { return words(3+r.IntN(5), .1) },
		"case":     func() string { return words(60, .1) },
		"mistyped": func() string { return words(60, 1) },
		"pasted":   func() string { return words(8000, .02) },
	}
}

// benchSearch asks each of 300 queries five times and reports the distribution of the least time each took, of the
// processor and by the wall clock.
func benchSearch(b *testing.B, n int) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	articles := benchArticles(b, n)
	ix := New()
	put(b, ix, articles...)
	ix.Pack()
	kinds := []string{"short", "case", "mistyped", "pasted"}
	asked, ask := map[string][]string{}, benchQueries(articles)
	size := 0
	for _, kind := range kinds {
		for range 300 {
			q := ask[kind]()
			asked[kind] = append(asked[kind], q)
			size += len(q)
		}
	}
	articles, ask = nil, nil // What the index needs of them, it holds.
	runtime.GC()
	runtime.ReadMemStats(&after)
	heap := float64(after.HeapAlloc) - float64(before.HeapAlloc) - float64(size)
	for _, kind := range kinds {
		b.Run(kind, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			queries := asked[kind]
			cpu, wall := make([]float64, len(queries)), make([]float64, len(queries))
			for b.Loop() {
				for round := range 5 {
					for i, q := range queries {
						start, used := time.Now(), processorTime()
						ix.Search(q, Options{Typing: true})
						c, w := ms(processorTime()-used), ms(time.Since(start))
						if round == 0 || c < cpu[i] {
							cpu[i] = c
						}
						if round == 0 || w < wall[i] {
							wall[i] = w
						}
					}
				}
			}
			slices.Sort(cpu)
			slices.Sort(wall)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(quantile(cpu, .5), "cpu-p50-ms")
			b.ReportMetric(quantile(cpu, .99), "cpu-p99-ms")
			b.ReportMetric(quantile(wall, .5), "wall-p50-ms")
			b.ReportMetric(quantile(wall, .99), "wall-p99-ms")
			b.ReportMetric(heap/(1<<20), "heap-MB")
		})
	}
}
