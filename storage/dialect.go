package storage

import (
	"errors"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

// dialect is everything in which the two databases differ, as far as SQL goes. All other files of the
// package speak one SQL, with $1-style arguments; the way a transaction is run is in sqlite.go and
// postgres.go.
type dialect struct {
	name  string
	goose goose.Dialect
	// text turns a statement into the database's own form.
	text func(sql string) string
	// ddl does the same for a migration.
	ddl func(sql string) string
	// fault sorts an error of the driver; ok is false for one that is not the driver's.
	fault func(err error) (f fault, ok bool)
}

var (
	numbered  = regexp.MustCompile(`\$(\d+)`)
	forUpdate = regexp.MustCompile(`\s+for update( skip locked)?\s*$`)
	textType  = regexp.MustCompile(`(?m)^(\s+\w+ )text\b`)
	blobType  = regexp.MustCompile(`(?m)^(\s+\w+ )blob\b`)
	serial    = regexp.MustCompile(`(?m)^(\s+\w+ )integer primary key\b`)
	noRowID   = regexp.MustCompile(`\) without rowid;`)
)

// sqliteDialect: mattn binds $2,$1 by the order in which the names occur, silently wrong, so the
// arguments become ?2,?1. Row locks are left out: there is one writer.
var sqliteDialect = &dialect{
	name:  "SQLite",
	goose: goose.DialectSQLite3,
	text: func(sql string) string {
		return numbered.ReplaceAllString(forUpdate.ReplaceAllString(sql, ""), "?$1")
	},
	ddl:   func(sql string) string { return sql },
	fault: sqliteFault,
}

// postgresDialect: the collation "C" compares text by byte as SQLite does, so that both databases give
// rows in the same order and paging by key agrees, whatever locale the cluster was made with.
var postgresDialect = &dialect{
	name:  "PostgreSQL",
	goose: goose.DialectPostgres,
	text:  func(sql string) string { return sql },
	ddl: func(sql string) string {
		sql = textType.ReplaceAllString(sql, `${1}text collate "C"`)
		sql = blobType.ReplaceAllString(sql, "${1}bytea")
		sql = serial.ReplaceAllString(sql, "${1}bigint generated always as identity primary key")
		return noRowID.ReplaceAllString(sql, ");")
	},
	fault: postgresFault,
}

// fault is what a driver's error means to the desk.
type fault int

const (
	faultOther    fault = iota
	faultConflict       // A unique key is taken.
	faultRetry          // A serialisation failure or deadlock: the same work may succeed at once.
	faultBusy           // Locked by somebody else for too long.
	faultFull           // No room on the disk.
	faultReadOnly       // The database cannot be written to.
	faultAway           // Not reachable, shutting down, or its files cannot be read.
	faultText           // Text the database cannot hold.
)

func sqliteFault(err error) (fault, bool) {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return faultOther, false
	}
	switch e.Code {
	case sqlite3.ErrConstraint:
		return faultConflict, true
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return faultBusy, true
	case sqlite3.ErrFull:
		return faultFull, true
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return faultReadOnly, true
	case sqlite3.ErrIoErr, sqlite3.ErrCantOpen, sqlite3.ErrNomem, sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return faultAway, true
	}
	return faultOther, true
}

// postgresFault goes by SQLSTATE (PostgreSQL manual, appendix A). An error of the connection carries
// none and is told apart from a mistake of ours by its type.
func postgresFault(err error) (fault, bool) {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return faultOther, false
	}
	switch e.Code {
	case "40001", "40P01":
		return faultRetry, true
	case "55P03", "57014":
		return faultBusy, true
	case "25006", "42501":
		return faultReadOnly, true
	case "22021", "22P05":
		return faultText, true
	}
	switch {
	case strings.HasPrefix(e.Code, "23"):
		return faultConflict, true
	case e.Code == "53100":
		return faultFull, true
	case strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "57P"),
		strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "58"), strings.HasPrefix(e.Code, "28"), e.Code == "3D000":
		return faultAway, true
	}
	return faultOther, true
}
