package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"casebot/desk"
)

// sqliteEngine has one writer and a few readers beside it. Readers see the last commit and never wait.
type sqliteEngine struct {
	path    string
	busy    int // How long to wait for another process's lock, in milliseconds.
	log     *slog.Logger
	writer  *sqliteConn // Used by the writer goroutine, and by the job whose turn it is. Nil after a broken file.
	queue   chan *job
	closing chan struct{}
	stopped chan struct{} // Closed when the writer goroutine is gone.
	readers chan *sqliteConn
	carry   chan struct{} // Asks carryOvers to work.
	carried chan struct{} // Closed when carryOvers has ended.
	commits int           // Counted by the writer goroutine.
	crowd   int           // How many updates a group had lately at most; one fewer for each group since.
	wary    int           // For how many groups more each update gets a savepoint.
	moment  *time.Timer   // Runs while it waits for more.
	once    sync.Once

	// How what is committed comes to the disk (durable.go).
	committed atomic.Uint64 // Groups.
	disk      tide
	groups    chan *group
	free      chan struct{} // Holds a token while nothing is on its way to the disk.
	mayCommit bool          // The writer goroutine has the token.
	torn      atomic.Bool   // A sync failed, and nothing has mended it yet.
	synced    chan struct{} // Closed when syncs has ended.
	sync      func() error
	logPath   string
	logFile   *os.File    // Used by syncs.
	newLog    atomic.Bool // The writer was opened anew since the log was.
}

// busyMillis is how long a writer waits for another process (a backup, an administrator's command).
const busyMillis = 5000

func openSQLite(ctx context.Context, path string, log *slog.Logger) (*sqliteEngine, error) {
	return openSQLiteBusy(ctx, path, busyMillis, log)
}

func openSQLiteBusy(ctx context.Context, path string, busy int, log *slog.Logger) (*sqliteEngine, error) {
	if err := migrateSQLite(ctx, path, log); err != nil {
		return nil, err
	}
	e := &sqliteEngine{path: path, busy: busy, log: log, queue: make(chan *job, 256),
		closing: make(chan struct{}), stopped: make(chan struct{}), carry: make(chan struct{}, 1), carried: make(chan struct{}),
		groups: make(chan *group), free: make(chan struct{}, 1), synced: make(chan struct{}), moment: time.NewTimer(0)}
	e.disk.reach(0)
	e.free <- struct{}{}
	e.sync = e.syncLog
	if err := e.dialWriter(); err != nil {
		return nil, err
	}
	// The file by its real name: SQLite follows links before it names the log after it.
	e.logPath = e.writer.c.GetFilename("main") + "-wal"
	// A nil in the pool is a connection to be opened when it is first wanted.
	n := max(4, runtime.NumCPU())
	e.readers = make(chan *sqliteConn, n)
	for range n {
		e.readers <- nil
	}
	go e.syncs()
	go e.write()
	go e.carryOvers()
	return e, nil
}

// migrateSQLite tries a few times: of two processes that make a new file at once, one finds the other's
// tables half way and has only to look again.
func migrateSQLite(ctx context.Context, path string, log *slog.Logger) error {
	db, err := sql.Open("sqlite3", sqliteDSN(path, false, busyMillis))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for try := 1; ; try++ {
		err = migrate(ctx, db, sqliteDialect, log)
		if f, ok := sqliteFault(err); err == nil || try == 3 || ctx.Err() != nil || ok && f != faultBusy && f != faultOther {
			return err
		}
	}
}

func (e *sqliteEngine) dialWriter() error {
	dsn := sqliteDSN(e.path, false, e.busy)
	if vfs := gatherVFS(); vfs != "" {
		dsn += "&vfs=" + vfs
	}
	w, err := dialSQLite(dsn)
	if err != nil {
		return err
	}
	w.still = true
	// The log is synced by syncs, which answers.
	if err := w.plain("pragma synchronous = normal"); err != nil {
		w.close()
		return err
	}
	e.writer = w
	e.newLog.Store(true)
	return nil
}

// view runs f in a read transaction, so that all it reads is of one moment.
func (e *sqliteEngine) view(ctx context.Context, f func(runner) error) error {
	var c *sqliteConn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
		return errClosed
	}
	defer func() { e.readers <- c }()
	if c == nil {
		var err error
		if c, err = dialSQLite(sqliteDSN(e.path, true, e.busy)); err != nil {
			return err
		}
	}
	if err := c.plain("begin"); err != nil {
		c.close()
		c = nil
		return err
	}
	defer func() {
		// A read transaction has nothing to lose; a connection that can't end one is not used again.
		if err := c.plain("rollback"); err != nil {
			c.close()
			c = nil
		}
	}()
	if err := f(c); err != nil {
		return err
	}
	// What was read may be on its way to the disk. Nobody is told of it before it is there.
	return e.disk.wait(ctx, e.committed.Load())
}

// errClosed is the answer after Close.
var errClosed = &desk.Error{Kind: desk.KindBusy, Say: sayAway, Err: errors.New("the store is closed")}

// close lets the batch that is being written end, refuses what still waits, and closes the connections.
func (e *sqliteEngine) close() error {
	var errs []error
	e.once.Do(func() { errs = e.closeAll() })
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

func (e *sqliteEngine) closeAll() (errs []error) {
	close(e.closing)
	<-e.stopped
	<-e.carried
	for range cap(e.readers) {
		if c := <-e.readers; c != nil {
			errs = append(errs, c.close())
		}
	}
	if e.writer != nil {
		errs = append(errs, e.writer.close())
	}
	if e.logFile != nil {
		errs = append(errs, e.logFile.Close())
	}
	return errs
}
