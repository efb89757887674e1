package storage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"net/url"

	"github.com/mattn/go-sqlite3"
)

// sqliteConn is one connection with its prepared statements. It speaks to the driver directly: on the
// way through database/sql every statement costs a lock, a copy of the arguments and, with a context that
// can end, a goroutine, and the one writer's time is what bounds how much the desk can take.
type sqliteConn struct {
	c     *sqlite3.SQLiteConn
	stmts map[string]prepared
	args  []driver.NamedValue // Of the statement at hand.
	wrote bool                // A statement that can change something was begun since this was last cleared.
	// still makes a cancelled context stop the next statement, not the running one: a writer's statement
	// that is broken off may take others' work in the same transaction with it.
	still bool
}

// prepared is a statement as SQLite has it.
type prepared struct {
	*sqlite3.SQLiteStmt
	reads bool // It changes nothing (sqlite.org/c3ref/stmt_readonly.html).
}

// maxStmts is how many prepared statements a connection keeps. Lists make new texts by the number of
// their conditions, so there has to be an end.
const maxStmts = 256

// sqliteDSN gives the address of a file with the settings of every connection: WAL lets readers and the
// writer be; FULL syncs each commit; foreign keys are off in SQLite unless asked for; no mutex, because
// a connection is never used by two goroutines at once.
func sqliteDSN(path string, readOnly bool, busyMillis int) string {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + fmt.Sprintf("?_busy_timeout=%d&_foreign_keys=1&_synchronous=FULL&_mutex=no", busyMillis)
	if readOnly {
		return dsn + "&mode=ro&_query_only=1"
	}
	// 8 MiB of page cache for the writer: what every filing touches, and little beside it.
	return dsn + "&mode=rwc&_journal_mode=WAL&_txlock=immediate&_cache_size=-4096"
}

func dialSQLite(dsn string) (*sqliteConn, error) {
	c, err := (&sqlite3.SQLiteDriver{}).Open(dsn)
	if err != nil {
		return nil, err
	}
	s := &sqliteConn{c: c.(*sqlite3.SQLiteConn), stmts: map[string]prepared{}}
	// A savepoint keeps the pages it changes for the way back. In a file that was four of five writes.
	// And the log is carried over into the file once in 64 MiB, not in 4: pages that change with every case
	// are then carried once for thousands of them, and one commit in thousands waits for it, not one in fifty.
	for _, pragma := range []string{"pragma temp_store = memory", "pragma wal_autocheckpoint = 16000"} {
		if _, err := s.c.Exec(pragma, nil); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

func (s *sqliteConn) close() error {
	s.forget()
	return s.c.Close()
}

func (s *sqliteConn) forget() {
	for _, st := range s.stmts {
		st.Close()
	}
	clear(s.stmts)
}

// plain carries out a statement of transaction control.
func (s *sqliteConn) plain(sql string) error {
	_, err := s.exec(context.Background(), sql)
	return err
}

func (s *sqliteConn) prepare(ctx context.Context, sql string) (context.Context, *sqlite3.SQLiteStmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if s.still {
		ctx = context.Background()
	}
	if st, ok := s.stmts[sql]; ok {
		s.wrote = s.wrote || !st.reads
		return ctx, st.SQLiteStmt, nil
	}
	if len(s.stmts) >= maxStmts {
		s.forget()
	}
	st, err := s.c.Prepare(sqliteDialect.text(sql))
	if err != nil {
		return nil, nil, fmt.Errorf("%w in %s", err, sql)
	}
	p := prepared{SQLiteStmt: st.(*sqlite3.SQLiteStmt)}
	p.reads = p.Readonly()
	s.stmts[sql] = p
	s.wrote = s.wrote || !p.reads
	return ctx, p.SQLiteStmt, nil
}

// named gives arguments as the driver takes them, valid until the next call: the driver binds them before it gives
// anything back.
func (s *sqliteConn) named(args []any) ([]driver.NamedValue, error) {
	if err := clean(args); err != nil {
		return nil, err
	}
	s.args = s.args[:0]
	for i, a := range args {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return s.args, nil
}

func (s *sqliteConn) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	ctx, st, err := s.prepare(ctx, sql)
	if err != nil {
		return 0, err
	}
	vals, err := s.named(args)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(ctx, vals)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (s *sqliteConn) query(ctx context.Context, sql string, args []any, f func(scanner) error) error {
	ctx, st, err := s.prepare(ctx, sql)
	if err != nil {
		return err
	}
	vals, err := s.named(args)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(ctx, vals)
	if err != nil {
		return err
	}
	defer rows.Close()
	if f == nil {
		f = func(scanner) error { return nil }
	}
	row := make([]driver.Value, len(rows.Columns()))
	scan := func(dest ...any) error { return scanRow(row, dest) }
	for {
		switch err := rows.Next(row); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := f(scan); err != nil {
			return err
		}
	}
}

// scanRow copies a row into *string, *int, *int64 and *[]byte.
func scanRow(row []driver.Value, dest []any) error {
	for i, d := range dest {
		ok := false
		switch d := d.(type) {
		case *string:
			*d, ok = row[i].(string)
		case *int64:
			*d, ok = row[i].(int64)
		case *int:
			var n int64
			n, ok = row[i].(int64)
			*d = int(n)
		case *[]byte:
			switch v := row[i].(type) {
			case []byte:
				*d, ok = append([]byte{}, v...), true
			case string:
				*d, ok = []byte(v), true
			}
		}
		if !ok {
			return fmt.Errorf("column %d is a %T where a %T was wanted", i+1, row[i], d)
		}
	}
	return nil
}

func (s *sqliteConn) batch(ctx context.Context, stmts []stmt) (changed int64, err error) {
	for _, st := range stmts {
		n := int64(0)
		if st.counted || !small(st.args) {
			n, err = s.exec(ctx, st.sql, st.args...)
		} else {
			err = s.query(ctx, st.sql, st.args, nil)
		}
		if err != nil {
			return 0, err
		}
		if st.counted {
			changed += n
		}
	}
	return changed, nil
}

// small says whether arguments may be carried to SQLite as a query's are. The driver binds those in one call, where it takes a
// call and a copy for each argument of a statement whose changes it counts; but it keeps as much memory with the
// prepared statement as they ever took.
func small(args []any) bool {
	size := 0
	for _, a := range args {
		switch v := a.(type) {
		case string:
			size += len(v)
		case []byte:
			size += len(v)
		}
	}
	return size <= 64<<10
}

// later has nothing to gain here: there is no round trip.
func (s *sqliteConn) later(ctx context.Context, stmts ...stmt) error {
	_, err := s.batch(ctx, stmts)
	return err
}
