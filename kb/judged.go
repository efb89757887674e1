package kb

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"casebot/desk"
)

// Judged is a set of queries with judgements, for measuring the ranking.
type Judged struct {
	Docs    []desk.Article
	Queries []JudgedQuery             // Those with at least one positive judgement, in file order.
	Grades  map[string]map[string]int // Query ID → document ID → grade; above 0 is relevant.
	Links   []JudgedLink              // Past cases linked to an article.
	Left    []string                  // What was left out and why, a sentence each, for stderr.

	texts map[string]string
}

// JudgedQuery is one query.
type JudgedQuery struct{ ID, Text string }

// JudgedLink is a query that serves as a past case of an article.
type JudgedLink struct{ Query, Doc, Text string }

// JudgedFiles names the files of a set and opens them; the names are for the messages.
type JudgedFiles struct {
	Docs, Queries, Qrels, Links string // Links may be empty.
	Open                        func(name string) (io.ReadCloser, error)
}

// ReadJudged reads a set in the formats of the contract for `casebot kb eval`. An error names the file
// and the line. Lines are JSON objects {"id","title","text"} for documents and {"id","text"} for
// queries, and columns for judgements and links. What public sets do differently is taken too: "_id",
// numbers as ids, no title or null, a header line, trec_eval's four columns, spaces for tabs.
func ReadJudged(f JudgedFiles) (*Judged, error) {
	j := &Judged{Grades: map[string]map[string]int{}, texts: map[string]string{}}
	if err := f.each(f.Queries, j.readQueries()); err != nil {
		return nil, err
	}
	if err := f.each(f.Qrels, j.readGrades(f)); err != nil {
		return nil, err
	}
	if f.Links != "" {
		if err := f.each(f.Links, j.readLinks()); err != nil {
			return nil, err
		}
	}
	if err := f.each(f.Docs, j.readDocs()); err != nil {
		return nil, err
	}
	j.checkLinks(f)
	kept := j.Queries[:0]
	for _, q := range j.Queries {
		for _, grade := range j.Grades[q.ID] {
			if grade > 0 {
				kept = append(kept, q)
				break
			}
		}
	}
	j.Queries = kept
	switch {
	case len(kept) == 0:
		return nil, fmt.Errorf("%s: no query of %s has a judgement above 0", f.Qrels, f.Queries)
	case len(j.Docs) == 0:
		return nil, fmt.Errorf("%s: no documents", f.Docs)
	}
	return j, nil
}

// errLine is put before the place it happened at.
func errLine(name string, n int, err error) error { return fmt.Errorf("%s:%d: %w", name, n, err) }

// each calls read for every line of a file that is not blank. Lines may be as long as the longest
// article and its JSON escapes; a longer one is an error and not a crash.
func (f JudgedFiles) each(name string, read func(n int, line []byte) error) error {
	r, err := f.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), 64<<20)
	n := 0
	for s.Scan() {
		n++
		line := bytes.TrimRight(s.Bytes(), "\r")
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := read(n, line); err != nil {
			return errLine(name, n, err)
		}
	}
	if err := s.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = errors.New("the line is longer than 64 MB")
		}
		return errLine(name, n+1, err)
	}
	return nil
}

// record is a line of JSON. Public sets write the id as text or as a number, and some call it _id.
type record struct {
	ID    json.RawMessage `json:"id"`
	Other json.RawMessage `json:"_id"`
	Title string          `json:"title"`
	Text  *string         `json:"text"`
}

func (r *record) id() (string, error) {
	raw := r.ID
	if raw == nil {
		raw = r.Other
	}
	var s string
	if json.Unmarshal(raw, &s) == nil && s != "" {
		return s, nil
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil && n != "" {
		return n.String(), nil
	}
	return "", errors.New(`"id" is missing; expected a text or a number`)
}

func parseRecord(line []byte) (id string, r record, err error) {
	if err = json.Unmarshal(line, &r); err != nil {
		return "", r, fmt.Errorf("not a JSON object: %w", err)
	}
	if id, err = r.id(); err == nil && r.Text == nil {
		err = errors.New(`"text" is missing`)
	}
	return id, r, err
}

func (j *Judged) readQueries() func(int, []byte) error {
	return func(_ int, line []byte) error {
		id, r, err := parseRecord(line)
		if err != nil {
			return err
		}
		if _, twice := j.texts[id]; twice {
			return fmt.Errorf("query %q is there twice", id)
		}
		j.texts[id] = *r.Text
		j.Queries = append(j.Queries, JudgedQuery{id, *r.Text})
		return nil
	}
}

func (j *Judged) readDocs() func(int, []byte) error {
	seen := map[string]bool{}
	return func(_ int, line []byte) error {
		id, r, err := parseRecord(line)
		if err != nil {
			return err
		}
		if seen[id] {
			return fmt.Errorf("document %q is there twice", id)
		}
		seen[id] = true
		j.Docs = append(j.Docs, desk.Article{ID: id, Title: r.Title, Body: *r.Text, Audience: desk.ArticleForAll})
		return nil
	}
}

// columns cuts a line of judgements: at tabs, or at spaces where it has no tab, as in trec_eval's files.
func columns(line []byte) []string {
	c := strings.Split(string(line), "\t")
	if len(c) == 1 {
		return strings.Fields(c[0])
	}
	for i := range c {
		c[i] = strings.TrimSpace(c[i])
	}
	return c
}

// parseGrade reads a grade: a whole number, which some tools write as "2.0".
func parseGrade(s string) (int, error) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1e6 {
		return 0, fmt.Errorf("grade %q is not a whole number", s)
	}
	return int(f), nil
}

func (j *Judged) readGrades(f JudgedFiles) func(int, []byte) error {
	return func(n int, line []byte) error {
		c := columns(line)
		if len(c) == 4 { // trec_eval's own: query, iteration, document, grade. The iteration says nothing.
			c = []string{c[0], c[2], c[3]}
		}
		if len(c) != 3 {
			return fmt.Errorf("expected query-id<TAB>doc-id<TAB>grade, found %d columns", len(c))
		}
		grade, err := parseGrade(c[2])
		if err != nil {
			if n == 1 {
				return nil // A header line.
			}
			return err
		}
		if _, ok := j.texts[c[0]]; !ok {
			j.Left = append(j.Left, fmt.Sprintf("%s:%d: query %q is not in %s; the judgement is left out.", f.Qrels, n, c[0], f.Queries))
			return nil
		}
		if j.Grades[c[0]] == nil {
			j.Grades[c[0]] = map[string]int{}
		}
		if old, twice := j.Grades[c[0]][c[1]]; twice && old != grade {
			return fmt.Errorf("query %q and document %q were already judged %d", c[0], c[1], old)
		}
		j.Grades[c[0]][c[1]] = grade
		return nil
	}
}

// readLinks refuses a link whose query is judged: the answer would be in the index.
func (j *Judged) readLinks() func(int, []byte) error {
	return func(n int, line []byte) error {
		c := columns(line)
		if len(c) < 2 {
			return fmt.Errorf("expected query-id<TAB>doc-id, found %d columns", len(c))
		}
		text, ok := j.texts[c[0]]
		switch {
		case !ok && n == 1:
			return nil // A header line.
		case !ok:
			return fmt.Errorf("query %q is not among the queries", c[0])
		case j.Grades[c[0]] != nil:
			return fmt.Errorf("query %q is linked and judged; a query can be only one of the two", c[0])
		}
		j.Links = append(j.Links, JudgedLink{Query: c[0], Doc: c[1], Text: text})
		return nil
	}
}

// checkLinks reports links to documents that are not there; their cases teach nothing.
func (j *Judged) checkLinks(f JudgedFiles) {
	docs := make(map[string]bool, len(j.Docs))
	for _, d := range j.Docs {
		docs[d.ID] = true
	}
	for _, l := range j.Links {
		if !docs[l.Doc] {
			j.Left = append(j.Left, fmt.Sprintf("%s: document %q of query %q is not in %s; the link is left out.", f.Links, l.Doc, l.Query, f.Docs))
		}
	}
}

// ReadArticles reads documents alone, in the same format.
func ReadArticles(name string, open func(string) (io.ReadCloser, error)) ([]desk.Article, error) {
	var j Judged
	f := JudgedFiles{Open: open}
	err := f.each(name, j.readDocs())
	return j.Docs, err
}
