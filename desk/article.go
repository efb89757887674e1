package desk

import "time"

// Audience values of an Article that are not the ID of a party.
const (
	ArticleForAll      = "all"      // Every party at the desk may read it.
	ArticleForProvider = "provider" // The Provider's people only: internal notes and release drafts.
)

// Article is one piece of knowledge: the Provider's articles and release notes, a Partner's front-line
// scripts and triage guides (handbook §6). It is plain data; who may read it is decided by the desk's
// visibility rule, never by the index that finds it.
type Article struct {
	ID        string    `json:"id"`                  // Stable across imports of the same source.
	Title     string    `json:"title"`               // One line, without markup.
	Body      string    `json:"body"`                // Markdown, at most kb's MaxArticleBytes long.
	Product   string    `json:"product,omitempty"`   // Name of the product it is about; empty: any.
	Audience  string    `json:"audience"`            // ArticleForAll, ArticleForProvider, or the ID of the one Partner that reads it.
	Owner     string    `json:"owner,omitempty"`     // Person ID of who keeps it true.
	ReviewBy  time.Time `json:"review_by,omitzero"`  // When the owner has promised to read it again. Past: it is stale, yet still shown.
	Version   int       `json:"version"`             // Counts saved changes, from 1.
	Source    string    `json:"source,omitempty"`    // Where it was imported from, e.g. a file's path; empty: written at the desk.
	UpdatedAt time.Time `json:"updated_at,omitzero"` // When this version was saved.
}
