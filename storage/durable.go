package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// What is committed is answered only when it is on the disk. SQLite would sync the log inside the commit and keep the
// writer waiting; here the writer's commit leaves it out (synchronous = NORMAL), and a goroutine of its own syncs the
// log and answers, while the writer carries out the updates that come next. These stay in one transaction until the
// sync has ended, so that there are not more commits than syncs (decision 0009).

// group is what one transaction committed: its members wait for the disk.
type group struct {
	members  []*job
	outcomes []outcome
	number   uint64
	wary     bool      // Each of its updates has a savepoint.
	waits    time.Time // When it first waited for more; zero when it has not.
}

func (g *group) answer(err error) {
	for i, m := range g.members {
		if err != nil {
			g.outcomes[i].err = busy(err)
		}
		m.done <- g.outcomes[i]
	}
}

// syncs is the goroutine that makes committed groups durable. It takes one at a time and ends after the writer.
func (e *sqliteEngine) syncs() {
	defer close(e.synced)
	for g := range e.groups {
		err := errUnsynced
		// After a failure nothing that follows in the log can be trusted, until the writer has mended it.
		if !e.torn.Load() {
			if err = e.sync(); err != nil {
				e.torn.Store(true)
				err = fmt.Errorf("%w: %w", errUnsynced, err)
				e.log.Error("the log could not be synced to the disk", "updates", len(g.members), "err", err)
			}
		}
		e.disk.reach(g.number)
		g.answer(err)
		e.free <- struct{}{}
	}
}

// errUnsynced is why a committed update may not be on the disk.
var errUnsynced = errors.New("what was committed could not be written to the disk for certain")

// syncLog syncs the log's file. It is opened by itself, because the driver does not give its own out; to sync one
// descriptor of a file is to sync the file (fsync(2)). It is opened anew when the writer was: its log may be another
// file then. As long as the writer has it open, nobody takes it away.
func (e *sqliteEngine) syncLog() (err error) {
	if e.newLog.Swap(false) && e.logFile != nil {
		e.logFile.Close()
		e.logFile = nil
	}
	if e.logFile == nil {
		if e.logFile, err = os.OpenFile(e.logPath, os.O_RDWR, 0); err != nil {
			return err
		}
	}
	return syncData(e.logFile)
}

// mend makes the desk whole after a failed sync. What the system still holds in memory of the log is carried over into
// the file, on a new connection; that syncs the file. Until it succeeds nothing is written.
func (e *sqliteEngine) mend() error {
	if e.writer != nil {
		e.writer.close()
		e.writer = nil
	}
	if err := e.dialWriter(); err != nil {
		return err
	}
	var blocked, pages, carried int
	err := e.writer.query(context.Background(), "pragma wal_checkpoint(restart)", nil, func(scan scanner) error {
		return scan(&blocked, &pages, &carried)
	})
	if err == nil && (blocked != 0 || pages != carried) {
		err = fmt.Errorf("%w: %d of %d pages carried over", errUnsynced, carried, pages)
	}
	if err == nil {
		e.torn.Store(false)
	}
	return err
}

// tide is how far the disk has come: the number of the last group that is on it.
type tide struct {
	at   atomic.Uint64
	next atomic.Pointer[chan struct{}] // Closed when it moves.
}

func (t *tide) reach(n uint64) {
	t.at.Store(n)
	ch := make(chan struct{})
	if old := t.next.Swap(&ch); old != nil {
		close(*old)
	}
}

// wait waits until a group is on the disk.
func (t *tide) wait(ctx context.Context, n uint64) error {
	for {
		ch := t.next.Load()
		if t.at.Load() >= n {
			return nil
		}
		select {
		case <-*ch:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
