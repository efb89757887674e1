package storage

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"os"

	"github.com/jackc/pgx/v5/pgconn"

	"casebot/desk"
)

// The sentences for people. Each says what happened and what to do now; the cause goes to the log.
const (
	sayBusy     = "The desk's database is busy right now, so nothing was saved. Try again in a moment."
	sayFull     = "The disk under the desk's database is full, so nothing was saved. Tell whoever runs casebot, then try again."
	sayReadOnly = "The desk's database cannot be written to, so nothing was saved. Tell whoever runs casebot, then try again."
	sayAway     = "The desk's database cannot be reached, so nothing was saved. Try again in a minute. Tell whoever runs casebot if it goes on."
	sayUnclear  = "The desk's database went away while saving. Look whether it was saved before you try again."
	sayConflict = "Somebody else changed this at the same moment. Look again, then decide."
	sayText     = "The text holds characters that are not valid UTF-8, so nothing was saved. Send it again as plain text, or attach it as a file."
	sayLate     = "The desk did not get to this in time, so nothing was saved. Try again in a moment."
)

// explain turns an error of a driver into the desk's kind with a sentence for the person. Errors of
// the desk itself, and any others a caller's own function gave, pass through as they are.
func (d *dialect) explain(err error) error {
	if err == nil || desk.KindOf(err) != "" {
		return err
	}
	kind, say := desk.KindBusy, ""
	f, ok := d.fault(err)
	switch {
	case ok && f == faultConflict:
		kind, say = desk.KindConflict, sayConflict
	case ok && (f == faultBusy || f == faultRetry):
		say = sayBusy
	case ok && f == faultFull:
		say = sayFull
	case ok && f == faultReadOnly:
		say = sayReadOnly
	case ok && f == faultText:
		kind, say = desk.KindInvalid, sayText
	case ok && f == faultAway, connectionLost(err):
		say = sayAway
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		say = sayLate
	default:
		return err
	}
	return &desk.Error{Kind: kind, Say: say, Err: err}
}

// connectionLost tells an error of the way to the server from one the server gave.
func connectionLost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, os.ErrDeadlineExceeded) || pgconn.SafeToRetry(err)
}

// notFound is the answer for a row that is not there.
func notFound(what string) error {
	return desk.Errf(desk.KindNotFound, "There is no such %s.", what)
}

// conflict is the answer when somebody else was first.
func conflict(cause error) error {
	return &desk.Error{Kind: desk.KindConflict, Say: sayConflict, Err: cause}
}

// invalid is the answer to text that cannot be kept.
func invalid(cause error) error {
	return &desk.Error{Kind: desk.KindInvalid, Say: sayText, Err: cause}
}
