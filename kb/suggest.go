package kb

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"casebot/desk"
)

// maxSuggestions is how many articles a person is shown at most: more are not read while a form waits.
const maxSuggestions = 3

// Suggestion is an article worth showing, with why.
type Suggestion struct {
	Hit
	Title     string    `json:"title"`
	Product   string    `json:"product,omitempty"`
	Audience  string    `json:"audience"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	ReviewBy  time.Time `json:"review_by,omitzero"`
	Matched   []string  `json:"matched"` // Words of the article that the query hit, most telling first.
	Passage   string    `json:"passage"` // The line of the article that has most of them, at most 200 characters.
}

// Age is how long ago the article was last changed; 0 when that is not known.
func (s Suggestion) Age(now time.Time) time.Duration {
	if s.UpdatedAt.IsZero() || now.Before(s.UpdatedAt) {
		return 0
	}
	return now.Sub(s.UpdatedAt)
}

// Suggest gives at most k articles (never more than three) that visible lets through and that the
// index is sure enough of, best first; usually none for a question that no article answers. Copies of
// one article count once. visible is asked for each article and must not call the index.
func (ix *Index) Suggest(query string, visible func(desk.Article) bool, k int) []Suggestion {
	if k <= 0 || k > maxSuggestions {
		k = maxSuggestions
	}
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	sc := ix.borrow()
	defer ix.scratch.Put(sc)
	pq := ix.parse(query, unfinished(query), sc)
	if pq.ideal == 0 {
		return nil
	}
	var out []Suggestion
	for _, f := range ix.retrieve(&pq, Options{Limit: ix.p.PairDepth, Visible: visible}, nil, sc) {
		h := Hit{Score: f.score, Confidence: pq.confidence(f.score - f.close)}
		a := &ix.docs[f.slot].art
		copied := slices.ContainsFunc(out, func(s Suggestion) bool {
			b := &ix.docs[ix.slots[s.ID]].art
			return a.Title == b.Title && a.Body == b.Body
		})
		if h.Confidence < ix.threshold || copied {
			continue
		}
		h.ID = a.ID
		s := Suggestion{Hit: h, Title: a.Title, Product: a.Product, Audience: a.Audience, UpdatedAt: a.UpdatedAt, ReviewBy: a.ReviewBy}
		s.Matched, s.Passage = ix.why(a, &pq)
		if out = append(out, s); len(out) == k {
			break
		}
	}
	return out
}

// unfinished says whether a query looks like one being typed: short, and ending in a letter. A pasted
// description ends in a whole word.
func unfinished(q string) bool {
	r, _ := utf8.DecodeLastRuneInString(q)
	return unicode.IsLetter(r) && len(q) <= 80
}

// passageBytes bounds how much of an article is looked through for its best line.
const (
	passageBytes = 32 << 10
	passageRunes = 200
	maxMatched   = 5
)

// why gives the words of the article that the query hit and the line that has most of them. Words that
// only a linked case has are not shown: the case may be another party's.
func (ix *Index) why(a *desk.Article, pq *parsed) ([]string, string) {
	worth := map[uint32]float64{}
	for i := range pq.clauses {
		for _, r := range pq.clauses[i].readings {
			worth[r.term] = max(worth[r.term], pq.clauses[i].weight*r.weight*pq.clauses[i].idf)
		}
	}
	type match struct {
		word string
		v    float64
	}
	var matched []match
	seen := map[uint32]bool{}
	look := func(line string) (sum float64) {
		here := map[uint32]bool{}
		for _, t := range tokenize(line, maxSeqTokens) {
			key := t.text
			if t.extra() {
				key = t.key()
			}
			no, ok := ix.wordNo[key]
			if !ok {
				continue
			}
			term := ix.term(no)
			v := worth[term]
			if v > 0 && !here[term] {
				here[term] = true
				sum += v
			}
			if v > 0 && !seen[term] && t.kind != part && !stopWord(t.text) {
				seen[term] = true
				matched = append(matched, match{t.text, v})
			}
		}
		return sum
	}
	look(a.Title)
	passage, best := "", 0.0
	body := a.Body
	if len(body) > passageBytes {
		body = strings.ToValidUTF8(body[:passageBytes], "")
	}
	for line := range lines(body) {
		if v := look(line); v > best || passage == "" {
			passage, best = line, v
		}
	}
	slices.SortStableFunc(matched, func(x, y match) int { return cmp.Compare(y.v, x.v) })
	words := make([]string, 0, maxMatched)
	for _, m := range matched[:min(len(matched), maxMatched)] {
		words = append(words, m.word)
	}
	return words, shorten(passage)
}

// lines cuts Markdown into sentences and lines, without the marks at their start.
func lines(body string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(body) {
			line = strings.Trim(line, " \t\r\n#>*-_`|")
			for line != "" {
				end := len(line)
				for i := 0; i+1 < len(line); i++ {
					if strings.IndexByte(".!?", line[i]) >= 0 && line[i+1] == ' ' {
						end = i + 1
						break
					}
				}
				if !yield(line[:end]) {
					return
				}
				line = strings.TrimSpace(line[end:])
			}
		}
	}
}

// shorten cuts a line at a space before its 200th character.
func shorten(s string) string {
	if utf8.RuneCountInString(s) <= passageRunes {
		return s
	}
	cut := string([]rune(s)[:passageRunes-1])
	if i := strings.LastIndexByte(cut, ' '); i > passageRunes/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

// compare2 orders by a first and then a second text.
func compare2(a, b, c, d string) int {
	return cmp.Or(strings.Compare(a, b), strings.Compare(c, d))
}
