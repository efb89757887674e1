package storage

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"casebot/desk"
)

// Store is the desk's store on one database. It is safe for concurrent use.
type Store struct {
	d      *dialect
	engine engine
}

// engine runs transactions on one kind of database.
type engine interface {
	// update runs f in a write transaction and answers after the durable commit.
	update(ctx context.Context, f func(runner) error) error
	// view runs f on a consistent snapshot that cannot be written to.
	view(ctx context.Context, f func(runner) error) error
	close() error
}

var _ desk.Store = (*Store)(nil)

// Open opens the database and brings its schema up to date. The dsn is a path ("casebot.db"; the file is
// made when it is not there) for SQLite, or a URL that begins with postgres:// or postgresql://. Log gets
// migrations and retries.
func Open(ctx context.Context, dsn string, log *slog.Logger) (*Store, error) {
	var e engine
	var err error
	d := sqliteDialect
	if isPostgres(dsn) {
		d = postgresDialect
		e, err = openPostgres(ctx, dsn, log)
	} else {
		e, err = openSQLite(ctx, dsn, log)
	}
	if err != nil {
		return nil, d.explain(fmt.Errorf("open the %s database: %w", d.name, err))
	}
	return &Store{d: d, engine: e}, nil
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// Update implements desk.Store.
func (s *Store) Update(ctx context.Context, f func(desk.Tx) error) error {
	err := s.engine.update(ctx, func(r runner) error {
		t := &tx{reader: reader{ctx: ctx, db: r}}
		if err := f(t); err != nil {
			return err
		}
		return t.finish()
	})
	return s.d.explain(err)
}

// View implements desk.Store.
func (s *Store) View(ctx context.Context, f func(desk.Reader) error) error {
	return s.d.explain(s.engine.view(ctx, func(r runner) error { return f(&reader{ctx: ctx, db: r}) }))
}

// Ready writes a page and takes it away again, durably: only that shows that the disk has room and
// takes writes. The row is as large as a filed case, so that a nearly full database is red in time.
func (s *Store) Ready(ctx context.Context) error {
	page := make([]byte, 8<<10)
	for i := range page {
		page[i] = byte(i * i >> 3) // Not all alike, so that PostgreSQL does not pack it into nothing.
	}
	return s.Update(ctx, func(t desk.Tx) error {
		if err := t.PutState("storage", "ready", page); err != nil {
			return err
		}
		return t.DeleteState("storage", "ready")
	})
}

// Close waits for updates that have begun and closes the database. An update that comes later gets KindBusy.
func (s *Store) Close() error { return s.engine.close() }

// Prune forgets inbound event ids recorded before an instant; the caller keeps at least the time for
// which a platform may send an event again (24 hours, better 72). It walks through all ids in order of key and
// writes only where something is to go, in small transactions, so that nobody waits for it. It gives the number of
// rows it removed.
func (s *Store) Prune(ctx context.Context, before time.Time) (int, error) {
	total, from := 0, ""
	for {
		seen, old, to := 0, false, ""
		err := s.engine.view(ctx, func(r runner) error {
			return r.query(ctx, `select key, at from inbound where key > $1 order by key limit $2`, []any{from, pageSize}, func(scan scanner) error {
				var at int64
				err := scan(&to, &at)
				seen++
				old = old || at < millis(before)
				return err
			})
		})
		if err == nil && old {
			err = s.engine.update(ctx, func(r runner) error {
				n, err := r.exec(ctx, `delete from inbound where key > $1 and key <= $2 and at < $3`, from, to, millis(before))
				total += int(n)
				return err
			})
		}
		if err != nil || seen < pageSize {
			return total, s.d.explain(err)
		}
		from = to
	}
}

// millis is how an instant is stored. The zero time is 0, which is long before any case.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is the reverse of millis.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
