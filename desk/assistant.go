package desk

import (
	"context"
	"time"
)

// AssistTask is what the optional helper can be asked to write.
type AssistTask string

// The tasks. Each has one prompt.
const (
	AssistUpdate   AssistTask = "update"   // A status update for the customer (handbook §9).
	AssistHandover AssistTask = "handover" // A summary for whoever takes the case over (handbook §4).
	AssistFields   AssistTask = "fields"   // The fields of a case, read out of a pasted message (handbook §4).
	AssistArticle  AssistTask = "article"  // A knowledge article from a resolved case (handbook §6).
)

// AssistAsk is one request to the helper, with everything it may know. What of it may leave the house, and in
// which words, is the helper's to decide and to guard; the asker hands in the case as they may read it.
type AssistAsk struct {
	Task     AssistTask
	By       Person
	Case     *Case   // Nil only with AssistFields.
	Events   []Event // Of the case, as the asker may read them.
	Kin      []*Case // The cases it is linked with: duplicates merged into it, what it follows or went into.
	Text     string  // With AssistFields: the pasted message.
	Category string  // With AssistFields: the category chosen so far, if any.
	Book     *Handbook
	Dir      *Directory
}

// Proposal is what the helper wrote. It is never acted upon: a person reads it, changes it and sends it.
type Proposal struct {
	Task   AssistTask       `json:"task"`
	Title  string           `json:"title,omitempty"`  // With AssistArticle.
	Text   string           `json:"text,omitempty"`   // Plain text, whatever it looks like.
	Values map[Field]string `json:"values,omitempty"` // With AssistFields: only what stands in the message.
	Prompt string           `json:"prompt"`           // Name and version of the prompt, such as "update v1".

	Key    string    `json:"key,omitempty"` // Names a kept proposal.
	Case   string    `json:"case,omitempty"`
	Person string    `json:"person,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Assistant is the optional helper. An error is an *Error whose sentence says in plain words why there is no
// proposal; the desk works without it.
type Assistant interface {
	// Refuses says why nothing of this may be given to the helper, and nil where it may: what must stay is never
	// offered. It asks nobody and costs nothing.
	Refuses(ask AssistAsk) error
	Propose(ctx context.Context, ask AssistAsk) (Proposal, error)
}

// Embedder turns texts into vectors for finding articles by meaning, one vector of the same length a text. The
// callers hand in articles and the words of questions, never anything of a restricted case.
type Embedder interface {
	// Embed makes the vectors of articles.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
	// Ask makes the vector of a question. It refuses one that stays, and one that reads like a security or privacy event.
	Ask(ctx context.Context, question Question) ([]float32, error)
	// Model names what made the vectors; vectors of two models cannot be compared.
	Model() string
}
