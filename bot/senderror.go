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
	// Closed, with Temporary: the whole workspace takes nothing until an administrator has mended it. What is to be told
	// there waits in its order, and is tried every After, so that it goes soon after the mending.
	Closed bool
	Err    error
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
