package storage

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// runner carries statements of one transaction to the database. Statements have $1-style arguments of
// the types string, int, int64, bool (as 1 or 0) and []byte; each distinct text is prepared once a connection.
type runner interface {
	// exec gives the number of rows changed.
	exec(ctx context.Context, sql string, args ...any) (int64, error)
	// query calls f once a row; scan fills *string, *int, *int64 and *[]byte.
	query(ctx context.Context, sql string, args []any, f func(scan scanner) error) error
	// batch carries several statements in one round trip, in order, and gives how many rows those that are
	// counted changed. It stops at the first error.
	batch(ctx context.Context, stmts []stmt) (int64, error)
	// later carries statements whose outcome nobody waits for. A database that is a round trip away takes
	// them with the next statement or the commit, where an error then shows; the order is kept.
	later(ctx context.Context, stmts ...stmt) error
}

type scanner func(dest ...any) error

// stmt is a statement of a batch.
type stmt struct {
	sql     string
	args    []any
	counted bool // Somebody asks how many rows it changes.
}

// clean checks and converts arguments in place. PostgreSQL's text holds neither NUL nor invalid UTF-8
// and SQLite's holds both, so keys with either are refused on both alike. What people type never comes
// here bare: it is stored as JSON, where a NUL is an escape (see encode).
func clean(args []any) error {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
				return invalid(fmt.Errorf("argument $%d is not plain UTF-8: %.60q", i+1, v))
			}
		case int:
			args[i] = int64(v)
		case bool:
			args[i] = int64(0)
			if v {
				args[i] = int64(1)
			}
		}
	}
	return nil
}

// widest is how many rows one insert carries. It bounds the number of distinct texts to prepare.
const widest = 16

var (
	insertMu    sync.RWMutex
	insertTexts = map[insertKey]string{}
)

type insertKey struct {
	into  string
	width int
	rows  int
	then  string
}

// inserts makes multi-row inserts: fewer statements on SQLite, fewer round trips on PostgreSQL. into is
// "table (columns)", then what follows the values ("" or "on conflict …"). values are those of all rows, one row
// after the other, width to a row; the statements take them over.
func inserts(into, then string, width int, values []any) []stmt {
	var out []stmt
	for len(values) > 0 {
		n := min(len(values)/width, widest)
		out = append(out, stmt{sql: insertText(insertKey{into, width, n, then}), args: values[: n*width : n*width]})
		values = values[n*width:]
	}
	return out
}

// insertText gives the text of an insert, made once for each shape.
func insertText(k insertKey) string {
	insertMu.RLock()
	text, ok := insertTexts[k]
	insertMu.RUnlock()
	if ok {
		return text
	}
	var b strings.Builder
	b.WriteString("insert into " + k.into + " values ")
	for i := range k.rows * k.width {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%k.width == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	b.WriteString(") " + k.then)
	insertMu.Lock()
	defer insertMu.Unlock()
	insertTexts[k] = b.String()
	return insertTexts[k]
}
