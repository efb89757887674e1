package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"casebot/desk"
	"casebot/kb"
)

// kbUsage is what `casebot help kb` prints.
const kbUsage = `casebot kb: knowledge articles and how well they are found.

  casebot kb eval --docs docs.jsonl --queries queries.jsonl --qrels qrels.tsv [--links links.tsv] [--json]
      Builds an index of the documents, asks it every judged query and prints the quality:
      nDCG@10 (trec_eval's, linear gain), recall@10, MRR@10, share with a hit in the first three,
      build time, median and 99th percentile of the search time, live heap.
      docs     {"id","title","text"} a line       qrels  query-id<TAB>doc-id<TAB>grade
      queries  {"id","text"} a line               links  query-id<TAB>doc-id: past cases of an article

  casebot kb import PATH|-
      Keeps articles in the desk's database (CASEBOT_DB): a folder of Markdown files with front matter (title,
      kind, product, audience, party, owner, review_by), or JSON lines {"id","title","text",…}. Importing again
      changes only what has changed in the source; with one mistake nothing is imported.

  casebot kb search [--docs docs.jsonl] [--limit 10] "words"
      Prints the articles found for the words, best first: confidence, id, title.

Example:
  casebot kb eval --docs testdata/kb/docs.jsonl --queries testdata/kb/queries.jsonl --qrels testdata/kb/qrels.tsv
`

// runKB runs `casebot kb …` and gives the exit code: 0 done, 1 the thing asked failed, 2 wrong usage.
// Data goes to out, messages and progress to errs.
func runKB(args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(errs, kbUsage)
		return 2
	}
	switch args[0] {
	case "eval":
		return kbEval(args[1:], out, errs)
	case "search":
		return kbSearch(args[1:], out, errs)
	case "import":
		return kbImport(context.Background(), args[1:], os.Stdin, out, errs)
	case "help", "-h", "--help":
		fmt.Fprint(out, kbUsage)
		return 0
	}
	fmt.Fprintf(errs, "casebot kb: %q is not one of eval, import, search. `casebot kb help` shows them.\n", args[0])
	return 2
}

// flags makes a flag set that reports to errs and never ends the program by itself.
func kbFlags(name string, errs io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.Usage = func() { fmt.Fprint(errs, kbUsage) }
	return fs
}

// parseKB parses flags; done is true when the command is over, with its exit code.
func parseKB(fs *flag.FlagSet, args []string) (code int, done bool) {
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0, true
	case err != nil:
		return 2, true
	}
	return 0, false
}

func kbEval(args []string, out, errs io.Writer) int {
	fs := kbFlags("casebot kb eval", errs)
	f := kb.JudgedFiles{Open: func(name string) (io.ReadCloser, error) { return os.Open(name) }}
	fs.StringVar(&f.Docs, "docs", "", "documents, JSON lines")
	fs.StringVar(&f.Queries, "queries", "", "queries, JSON lines")
	fs.StringVar(&f.Qrels, "qrels", "", "judgements, tab-separated")
	fs.StringVar(&f.Links, "links", "", "past cases linked to articles, tab-separated")
	asJSON := fs.Bool("json", false, "print one JSON object")
	if code, done := parseKB(fs, args); done {
		return code
	}
	if f.Docs == "" || f.Queries == "" || f.Qrels == "" || fs.NArg() > 0 {
		fmt.Fprintln(errs, "casebot kb eval: --docs, --queries and --qrels are needed, and nothing beside flags. `casebot kb help` shows an example.")
		return 2
	}
	j, err := kb.ReadJudged(f)
	if err != nil {
		fmt.Fprintf(errs, "casebot kb eval: %v\n", err)
		return 1
	}
	bar := newProgress(errs, "kb eval")
	m, err := kb.Measure(j, kb.DefaultParams(), bar.at)
	bar.end()
	if err != nil {
		fmt.Fprintf(errs, "casebot kb eval: %v\n", err)
		return 1
	}
	for i, s := range j.Left {
		if i == 10 {
			fmt.Fprintf(errs, "casebot kb eval: and %d more.\n", len(j.Left)-i)
			break
		}
		fmt.Fprintf(errs, "casebot kb eval: %s\n", s)
	}
	if *asJSON {
		if err := json.NewEncoder(out).Encode(m); err != nil {
			fmt.Fprintf(errs, "casebot kb eval: %v\n", err)
			return 1
		}
		return 0
	}
	fmt.Fprintf(out, "queries    %d\nnDCG@10    %.4f\nrecall@10  %.4f\nMRR@10     %.4f\nhit@3      %.4f\nbuild      %.0f ms\nsearch     %.2f ms median, %.2f ms 99th percentile\nheap       %.1f MB\n",
		m.Queries, m.NDCG10, m.Recall10, m.MRR10, m.Hit3, m.BuildMS, m.P50MS, m.P99MS, m.HeapMB)
	return 0
}

func kbSearch(args []string, out, errs io.Writer) int {
	fs := kbFlags("casebot kb search", errs)
	docs := fs.String("docs", "", "documents, JSON lines; without it the desk's own articles")
	limit := fs.Int("limit", 10, "how many articles at most")
	if code, done := parseKB(fs, args); done {
		return code
	}
	query := strings.Join(fs.Args(), " ")
	if strings.TrimSpace(query) == "" || *limit < 1 {
		fmt.Fprintln(errs, `casebot kb search: words to look for are needed, for example: casebot kb search "receipt printer offline"`)
		return 2
	}
	articles, err := searched(*docs, errs)
	if err != nil {
		fmt.Fprintf(errs, "casebot kb search: %v\n", err)
		return 1
	}
	ix := kb.New()
	for _, a := range articles {
		if err := ix.Put(a); err != nil {
			fmt.Fprintf(errs, "casebot kb search: %s\n", sentence(err))
		}
	}
	hits := ix.Search(query, kb.Options{Limit: *limit})
	if len(hits) == 0 {
		fmt.Fprintln(errs, "No article has any of these words.")
		return 0
	}
	if hits[0].Confidence == 0 {
		fmt.Fprintln(errs, `These are only small words, such as "how" and "the". Name what the customer sees, or the error code.`)
		return 0
	}
	for _, h := range hits {
		a, _ := ix.Get(h.ID)
		fmt.Fprintf(out, "%.2f\t%s\t%s\n", h.Confidence, h.ID, a.Title)
	}
	return 0
}

// searched gives the articles to look in: a file's, or those that the desk keeps.
func searched(docs string, errs io.Writer) ([]desk.Article, error) {
	if docs != "" {
		return kb.ReadArticles(docs, func(name string) (io.ReadCloser, error) { return os.Open(name) })
	}
	ctx := context.Background()
	store, err := openStore(ctx, errs)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	var out []desk.Article
	err = store.View(ctx, func(r desk.Reader) error {
		return desk.EachArticle(r, func(a desk.Article) error {
			if !a.Retired {
				out = append(out, a)
			}
			return nil
		})
	})
	return out, err
}

// sentence gives what an error has to say to a person.
func sentence(err error) string {
	var e *desk.Error
	if errors.As(err, &e) {
		return e.Say
	}
	return err.Error()
}

// progress tells on stderr how far long work is: a bar on a terminal, else a line a minute.
type progress struct {
	w        io.Writer
	what     string
	terminal bool
	last     time.Time
	drawn    bool
}

func newProgress(w io.Writer, what string) *progress {
	p := &progress{w: w, what: what, last: time.Now()}
	if f, ok := w.(*os.File); ok {
		if st, err := f.Stat(); err == nil {
			p.terminal = st.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

// at reports that done of total steps are done. It is cheap enough to be called at every step.
func (p *progress) at(done, total int) {
	every := time.Minute
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if now := time.Now(); now.Sub(p.last) >= every {
		p.last = now
		if !p.terminal {
			fmt.Fprintf(p.w, "%s: %d of %d\n", p.what, done, total)
			return
		}
		const width = 30
		n := width * done / max(total, 1)
		fmt.Fprintf(p.w, "\r%s [%s%s] %d of %d ", p.what, strings.Repeat("=", n), strings.Repeat(" ", width-n), done, total)
		p.drawn = true
	}
}

// end wipes the bar, so that what follows starts on a clean line.
func (p *progress) end() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
