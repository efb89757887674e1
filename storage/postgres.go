package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"casebot/desk"
)

// pgEngine runs each transaction on a connection of database/sql's pool, through the driver's own
// connection: only that can put several statements into one round trip.
type pgEngine struct {
	db  *sql.DB
	log *slog.Logger
}

const (
	pgConns   = 24                   // Connections at most, for each running casebot.
	pgTries   = 6                    // How often a transaction is tried when it loses to another.
	pgBackoff = 3 * time.Millisecond // Before the second try; doubled for each further one.
	pgLock    = "10s"                // How long a statement waits for a row another transaction holds.
	pgIdleTx  = "60s"                // A transaction that stands still this long has been forgotten.
	pgConnect = 10 * time.Second     // How long to wait for a connection.
	pgMaxIdle = 5 * time.Minute      // Then an unused connection is closed.
)

func openPostgres(ctx context.Context, dsn string, log *slog.Logger) (*pgEngine, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = pgConnect
	}
	for k, v := range map[string]string{"application_name": "casebot", "lock_timeout": pgLock,
		"idle_in_transaction_session_timeout": pgIdleTx, "default_transaction_isolation": "read committed"} {
		if _, set := cfg.RuntimeParams[k]; !set {
			cfg.RuntimeParams[k] = v
		}
	}
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(pgConns)
	db.SetMaxIdleConns(pgConns)
	db.SetConnMaxIdleTime(pgMaxIdle)
	if err := migrate(ctx, db, postgresDialect, log); err != nil {
		db.Close()
		return nil, err
	}
	return &pgEngine{db: db, log: log}, nil
}

func (e *pgEngine) close() error { return e.db.Close() }

// update runs f, again when the transaction lost to another one or its connection broke before the
// commit: nothing has been changed then.
func (e *pgEngine) update(ctx context.Context, f func(runner) error) error {
	wait := pgBackoff
	for try := 1; ; try++ {
		err := e.transact(ctx, "begin", f)
		if err == nil || try == pgTries || !e.again(err, try) {
			return err
		}
		e.log.Debug("transaction tried again", "try", try, "err", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait/2 + rand.N(wait)):
			wait *= 2
		}
	}
}

// again says whether another try may help. A dead connection is replaced once: if the server is away, the
// person should hear it now.
func (e *pgEngine) again(err error, try int) bool {
	if errors.Is(err, errUnclear) {
		return false
	}
	f, ok := postgresFault(err)
	return ok && f == faultRetry || try == 1 && (ok && f == faultAway || connectionLost(err))
}

// view runs f on one snapshot. A repeatable read that writes nothing never fails to serialise.
func (e *pgEngine) view(ctx context.Context, f func(runner) error) error {
	err := e.transact(ctx, "begin isolation level repeatable read read only", f)
	if err != nil && e.again(err, 1) {
		err = e.transact(ctx, "begin isolation level repeatable read read only", f)
	}
	return err
}

// errUnclear marks a commit whose answer never came.
var errUnclear = errors.New("no answer to the commit")

// transact runs f between begin and commit on one connection. begin travels with f's first statement.
func (e *pgEngine) transact(ctx context.Context, begin string, f func(runner) error) error {
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(dc any) error {
		c := &pgConn{c: dc.(*stdlib.Conn).Conn(), pending: []stmt{{sql: begin}}}
		ended := false
		defer func() {
			if !ended {
				c.rollback() // f panicked; Raw closes the connection.
			}
		}()
		err := f(c)
		if err == nil {
			err = c.commit(ctx)
		} else {
			c.rollback()
		}
		ended = true
		return err
	})
}

// pgConn carries the statements of one transaction.
type pgConn struct {
	c       *pgx.Conn
	pending []stmt // To travel with the next statement; begin is the first of them.
}

// commit sends what is pending and the commit in one round trip. When only begin is pending, nothing was
// asked of the database at all.
func (c *pgConn) commit(ctx context.Context) error {
	if len(c.pending) == 1 && c.c.PgConn().TxStatus() == 'I' {
		return nil
	}
	c.pending = append(c.pending, stmt{sql: "commit"})
	// Once the commit is on its way, a caller who stops waiting must not break it off.
	_, err := c.flush(context.WithoutCancel(ctx))
	if err == nil {
		return nil
	}
	if _, answered := postgresFault(err); answered {
		c.rollback()
		return err
	}
	return &desk.Error{Kind: desk.KindBusy, Say: sayUnclear, Err: fmt.Errorf("%w: %w", errUnclear, err)}
}

// rollback is best effort: a connection that cannot do it is not used again (ResetSession sees to it).
func (c *pgConn) rollback() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if !c.c.IsClosed() && c.c.PgConn().TxStatus() != 'I' {
		_, _ = c.c.Exec(ctx, "rollback")
	}
}

// flush sends what is pending and gives how many rows the counted statements changed.
func (c *pgConn) flush(ctx context.Context) (int64, error) {
	b, stmts := &pgx.Batch{}, c.pending
	for _, s := range stmts {
		b.Queue(s.sql, s.args...)
	}
	c.pending = nil
	res := c.c.SendBatch(ctx, b)
	changed := int64(0)
	for _, s := range stmts {
		tag, err := res.Exec()
		if err != nil {
			res.Close() // It gives the same error again.
			return 0, err
		}
		if s.counted {
			changed += tag.RowsAffected()
		}
	}
	return changed, res.Close()
}

func (c *pgConn) later(_ context.Context, stmts ...stmt) error {
	for _, s := range stmts {
		if err := clean(s.args); err != nil {
			return err
		}
	}
	c.pending = append(c.pending, stmts...)
	return nil
}

func (c *pgConn) batch(ctx context.Context, stmts []stmt) (int64, error) {
	if err := c.later(ctx, stmts...); err != nil {
		return 0, err
	}
	return c.flush(ctx)
}

func (c *pgConn) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	return c.batch(ctx, []stmt{{sql, args, true}})
}

func (c *pgConn) query(ctx context.Context, sql string, args []any, f func(scanner) error) error {
	if err := clean(args); err != nil {
		return err
	}
	if len(c.pending) == 0 {
		rows, err := c.c.Query(ctx, sql, args...)
		return eachRow(rows, err, f)
	}
	b := &pgx.Batch{}
	for _, s := range c.pending {
		b.Queue(s.sql, s.args...)
	}
	before := len(c.pending)
	c.pending = nil
	b.Queue(sql, args...)
	res := c.c.SendBatch(ctx, b)
	for range before {
		if _, err := res.Exec(); err != nil {
			res.Close() // It gives the same error again.
			return err
		}
	}
	rows, err := res.Query()
	err = eachRow(rows, err, f)
	if last := res.Close(); err == nil {
		err = last
	}
	return err
}

func eachRow(rows pgx.Rows, err error, f func(scanner) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
