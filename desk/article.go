package desk

import (
	"strings"
	"time"
)

// Audience values of an Article that are not the ID of a party.
const (
	ArticleForAll      = "all"      // Every party at the desk may read it.
	ArticleForProvider = "provider" // The Provider's people only: internal notes and release drafts.
)

// The kinds of article (handbook §6): the Provider supplies articles and release notes, a Partner
// maintains front-line scripts and triage guides.
const (
	ArticlePlain   = "article" // Also what an empty kind means.
	ArticleRelease = "release"
	ArticleScript  = "script"
	ArticleGuide   = "guide" // Its lines that begin with "- [ ]" are a checklist a case is walked through.
)

// ArticleKinds are the kinds in the order in which a form offers them.
var ArticleKinds = []string{ArticlePlain, ArticleRelease, ArticleScript, ArticleGuide}

// Article is one piece of knowledge: the Provider's articles and release notes, a Partner's front-line
// scripts and triage guides (handbook §6). It is plain data; who may read it is decided by the desk's
// visibility rule, never by the index that finds it.
type Article struct {
	ID        string    `json:"id"`                  // Stable across imports of the same source.
	Title     string    `json:"title"`               // One line, without markup.
	Body      string    `json:"body"`                // Markdown, at most kb's MaxArticleBytes long.
	Kind      string    `json:"kind,omitempty"`      // One of ArticleKinds; empty: ArticlePlain.
	Product   string    `json:"product,omitempty"`   // Name of the product it is about; empty: any.
	Audience  string    `json:"audience"`            // ArticleForAll, ArticleForProvider, or the ID of the one Partner that reads it.
	Party     string    `json:"party,omitempty"`     // ID of the party that maintains it; empty: the Provider.
	Owner     string    `json:"owner,omitempty"`     // Person ID of who keeps it true.
	By        string    `json:"by,omitempty"`        // Person ID of who saved this version.
	ReviewBy  time.Time `json:"review_by,omitzero"`  // When the owner has promised to read it again. Past: it is stale, yet still shown.
	Version   int       `json:"version"`             // Counts saved changes, from 1.
	Source    string    `json:"source,omitempty"`    // Where it was imported from, e.g. a file's path; empty: written at the desk.
	UpdatedAt time.Time `json:"updated_at,omitzero"` // When this version was saved.
	Retired   bool      `json:"retired,omitempty"`   // Somebody has taken it out: it is found no more, can be read by its code, and comes back with the next edit.
}

// Stale says whether the promised review is overdue. A stale article is still found and shown, with a word
// on its age: an old answer is mostly better than none.
func (a Article) Stale(now time.Time) bool { return !a.ReviewBy.IsZero() && a.ReviewBy.Before(now) }

// Steps are the questions of a triage guide: its lines that begin with "- [ ]" or "* [ ]", in order.
func (a Article) Steps() []string {
	var out []string
	for line := range strings.Lines(a.Body) {
		line = strings.TrimSpace(line)
		if len(line) > 6 && (line[0] == '-' || line[0] == '*') && strings.HasPrefix(line[1:], " [ ]") {
			if step := strings.TrimSpace(line[5:]); step != "" {
				out = append(out, step)
			}
		}
	}
	return out
}

// Question is what the knowledge base is asked: the words of somebody's problem and, if known, the product.
type Question struct {
	Words    string
	Product  string
	Customer string // Whose name is left out where the words leave the house; not looked up.
	Stays    bool   // Its words may be looked up here and go nowhere else: nobody has said yet that they are no private matter.
}

// QuestionOf makes the question of what a case carries. The same words are linked to the article that
// solved the case, so that the next person who says it this way finds it.
func QuestionOf(values map[Field]string) Question {
	return Question{Stays: strings.TrimSpace(values[FieldCategory]) == "", Product: strings.TrimSpace(values[FieldProduct]), Customer: strings.TrimSpace(values[FieldCustomer]),
		Words: strings.TrimSpace(values[FieldSummary] + "\n" + values[FieldSteps])}
}

// Question is what the case asks of the knowledge base; empty for a restricted case, whose words go nowhere.
func (c *Case) Question() Question {
	if c.Restricted {
		return Question{}
	}
	return QuestionOf(map[Field]string{FieldCategory: c.Fields[FieldCategory], FieldProduct: c.Fields[FieldProduct], FieldCustomer: c.Fields[FieldCustomer], FieldSummary: c.Summary, FieldSteps: c.Fields[FieldSteps]})
}

// Suggestion is an article worth showing, with why.
type Suggestion struct {
	Article
	Matched    []string // Words of the article that the question hit, most telling first.
	Passage    string   // The line of the article that has most of them.
	Confidence float64  // 0 to 1.
	Near       bool     // It was looked for and comes nearest, without being sure to answer.
}
