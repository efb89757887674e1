package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Answer is one question of a triage guide with what was found out.
type Answer struct {
	Question string `json:"question"`
	Text     string `json:"text,omitempty"` // Empty: not answered.
}

// Walk is a triage guide with the answers of one case.
type Walk struct {
	Walked
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Answered counts the questions that have an answer.
func (w Walked) Answered() int {
	n := 0
	for _, a := range w.Answers {
		if a.Text != "" {
			n++
		}
	}
	return n
}

// MaxSteps is how many questions a triage guide may have: more are not asked while a customer waits, and no
// dialog takes them.
const MaxSteps = 40

// WalkCase keeps the answers to a triage guide on a case. The questions are those of the guide as it was read.
type WalkCase struct {
	Guide   Article
	Answers map[string]string // By question.
}

// Verb of the command.
func (WalkCase) Verb() Verb { return VerbWalk }

func (x WalkCase) decide(w *work) error {
	e := Walked{Guide: x.Guide.ID, Title: x.Guide.Title, Version: x.Guide.Version}
	for _, q := range x.Guide.Steps() {
		e.Answers = append(e.Answers, Answer{Question: q, Text: strings.TrimSpace(x.Answers[q])})
	}
	if e.Answered() == 0 {
		return Errf(KindInvalid, "Nothing was answered, so nothing is kept. Answer at least one question.")
	}
	w.add(e)
	return nil
}

// Guides lists the articles with a checklist that a person may read, without their texts, in order of title.
func (d *Desk) Guides(ctx context.Context, by Person) ([]Article, error) {
	var out []Article
	err := d.Store.View(ctx, func(r Reader) error {
		out = nil
		return EachArticle(r, func(a Article) error {
			if CanSeeArticle(by, a) && !a.Retired && len(a.Steps()) > 0 {
				a.Body = ""
				out = append(out, a)
			}
			return nil
		})
	})
	slices.SortFunc(out, func(a, b Article) int { return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.ID, b.ID)) })
	return out, err
}
