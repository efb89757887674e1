package assist

import (
	"context"
	"errors"

	"casebot/desk"
)

// What can keep the helper from answering, as the program tells them apart.
var (
	errBudget  = errors.New("the day's budget of tokens is used up")
	errOpen    = errors.New("the breaker is open")
	errBusy    = errors.New("too many requests wait already")
	errAnswer  = errors.New("the answer cannot be used")
	errTooLong = errors.New("the answer is too long")
)

// forPerson makes the plain sentence. The inner error is for the log and holds nothing of what was sent.
func forPerson(err error) error {
	var e *desk.Error
	if errors.As(err, &e) {
		return err
	}
	say := "The writing helper does not answer at the moment. Write it yourself, or ask again in a few minutes."
	switch {
	case errors.Is(err, errBudget):
		say = "The writing helper has used up its budget of today. Write it yourself, or ask again after midnight UTC."
	case errors.Is(err, errBusy):
		say = "The writing helper is busy with others. Write it yourself, or ask again in a minute."
	case errors.Is(err, errAnswer), errors.Is(err, errTooLong):
		say = "The writing helper gave an answer that cannot be used. Write it yourself, or ask once more."
	case errors.Is(err, context.Canceled):
		say = "The writing helper was interrupted. Ask again."
	}
	return &desk.Error{Kind: desk.KindState, Say: say, Err: err}
}

// Off is the sentence where no helper is set up.
func Off() error {
	return desk.Errf(desk.KindState, "No writing helper is set up at this desk. Write it yourself.")
}
