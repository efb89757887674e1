package desk

import (
	"errors"
	"fmt"
)

// ErrKind says what sort of trouble an Error is, so that every surface (chat, web, command line)
// can react the same way without reading the sentence.
type ErrKind string

// The kinds. NotFound is also the answer to everything a person may not see: the two must be
// indistinguishable, or a partner learns that another partner's case exists.
const (
	KindNotFound   ErrKind = "not found"
	KindForbidden  ErrKind = "forbidden"  // The person may see it but not do this to it.
	KindState      ErrKind = "state"      // The case is in a state that does not allow it.
	KindInvalid    ErrKind = "invalid"    // Something typed is not usable; Fields says what and why.
	KindIncomplete ErrKind = "incomplete" // The completeness gate (handbook §4) is not passed; Fields says what is missing.
	KindConflict   ErrKind = "conflict"   // Somebody else was first.
	KindBusy       ErrKind = "busy"       // The database is locked, full or away; nothing was changed.
	KindDuplicate  ErrKind = "duplicate"  // This very event was handled before; nothing to do.
)

// FieldError is one sentence about one field of a form.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error carries a kind for programs, a sentence for the person, and the cause for the log.
type Error struct {
	Kind   ErrKind
	Say    string       // One or two plain sentences: what happened, what to do now.
	Fields []FieldError // With KindInvalid and KindIncomplete.
	Err    error        // The inner cause, if any. Never shown to people.
}

// Error gives the sentence and the cause, for logs.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Kind, e.Say, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Kind, e.Say)
}

// Unwrap gives the inner cause.
func (e *Error) Unwrap() error { return e.Err }

// Errf makes an Error of a kind with a sentence for the person.
func Errf(kind ErrKind, format string, args ...any) *Error {
	return &Error{Kind: kind, Say: fmt.Sprintf(format, args...)}
}

// KindOf gives the kind of an error, or "" when it is not an Error of ours.
func KindOf(err error) ErrKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// NoSuchCase is the one answer for a case that is not there and for one that may not be seen.
func NoSuchCase(id string) *Error {
	return Errf(KindNotFound, "There is no case %q that you can see. Check the number, or use /case list.", clip(id, 40))
}

// clip shortens a quoted piece of somebody's input so that an error never echoes a page of text.
func clip(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return string(r[:runes]) + "…"
}

// sayOf gives the sentence of an error for the person.
func sayOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Say
	}
	return err.Error()
}
