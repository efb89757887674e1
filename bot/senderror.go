package bot

import (
	"errors"
	"fmt"
	"time"
)

// SendError says how a send failed, which decides what the worker does next.
type SendError struct {
	Kind  SendKind
	After time.Duration // With Temporary: not before (Retry-After); 0: back off.
	Aside bool          // It was not the send itself that was refused, but a call before it: only this message waits.
	// Closed, with Temporary: a channel that the desk is not in, or the whole workspace, takes nothing until somebody has
	// mended it. What is to be told there waits in its order for a week. One message is tried every After, for a channel of
	// which a [Watcher] knows once an hour, and as soon as that says that the place is open.
	Closed bool
	Where  string // With Closed: the platform's own name of the channel; empty: the workspace takes nothing.
	Err    error  // With Closed people read it in a list: its first line says what is wrong and what to do, and names no case.
}

// SendKind is how a send failed.
type SendKind string

// Temporary failures are retried, permanent ones go to the dead letters, and after an unclear one the
// worker looks for its delivery id before it sends again.
const (
	Temporary SendKind = "temporary"
	Permanent SendKind = "permanent"
	Unclear   SendKind = "unclear"
)

// Error gives the kind and the cause.
func (e *SendError) Error() string { return fmt.Sprintf("%s send failure: %v", e.Kind, e.Err) }

// Unwrap gives the cause.
func (e *SendError) Unwrap() error { return e.Err }

// SendKindOf sorts any error: one that is no SendError is unclear, for nothing is known of it.
func SendKindOf(err error) (SendKind, time.Duration) {
	var e *SendError
	if errors.As(err, &e) {
		return e.Kind, e.After
	}
	return Unclear, 0
}
