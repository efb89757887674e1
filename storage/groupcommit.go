package storage

import (
	"context"
	"errors"
	"sync/atomic"

	"casebot/desk"
)

// Group commit. A sync is what a small SQLite transaction costs most, so the updates that wait are taken
// in order into one transaction with one sync (decision: docs/performance.md). Each stands in a savepoint
// of its own: an error takes back that one alone. Nobody is answered before the commit, not even with an
// error, because what an update saw of those before it is true only once they are committed.
//
// The writer goroutine gives each caller its turn, and the caller's function runs in the caller's own
// goroutine: a panic there unwinds where it belongs, and cannot stop the writer.

// job is one waiting update.
type job struct {
	ctx   context.Context
	taken atomic.Bool   // Set by the writer when it takes the job, or by a caller who gives up waiting.
	turn  chan struct{} // The writer: it is your turn.
	ran   chan error    // The caller: my function has ended.
	done  chan error    // The writer: it is committed, or not.
}

// largest is how many updates share one commit at most. It bounds how long the first one waits.
const largest = 64

// errAbandoned stands for a function that ended by a panic; its caller is unwinding already.
var errAbandoned = errors.New("the update ended in a panic")

func (e *sqliteEngine) update(ctx context.Context, f func(runner) error) error {
	j := &job{ctx: ctx, turn: make(chan struct{}, 1), ran: make(chan error, 1), done: make(chan error, 1)}
	select {
	case e.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
		return errClosed
	}
	select {
	case <-j.turn:
	case err := <-j.done: // Refused before its turn: the database is locked or gone.
		return err
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		select {
		case <-j.turn:
		case err := <-j.done:
			return err
		}
	case <-e.stopped:
		return errClosed
	}
	ended := false
	defer func() {
		if !ended {
			j.ran <- errAbandoned
			<-j.done
		}
	}()
	err := f(e.writer)
	ended = true
	j.ran <- err
	return <-j.done
}

// write is the writer goroutine.
func (e *sqliteEngine) write() {
	defer close(e.stopped)
	for {
		select {
		case <-e.closing:
			e.refuse(nil, errClosed)
			return
		case j := <-e.queue:
			e.commit(j)
		}
	}
}

// refuse answers a job and all that wait now. One that begins to wait later gets a try of its own.
func (e *sqliteEngine) refuse(j *job, err error) {
	for {
		if j != nil && j.taken.CompareAndSwap(false, true) {
			j.done <- err
		}
		select {
		case j = <-e.queue:
		default:
			return
		}
	}
}

// commit carries out a job, and those that come meanwhile, in one transaction.
func (e *sqliteEngine) commit(j *job) {
	if e.writer == nil {
		if err := e.dialWriter(); err != nil {
			e.refuse(j, err)
			return
		}
	}
	w := e.writer
	if err := w.plain("begin immediate"); err != nil {
		e.drop(err)
		e.refuse(j, err)
		return
	}
	var members []*job
	var outcomes []error
	var lost error
	for j != nil && lost == nil {
		if j.taken.CompareAndSwap(false, true) {
			err := e.run(w, j)
			members, outcomes = append(members, j), append(outcomes, err)
			if w.c.AutoCommit() {
				// A full disk and some other faults end the whole transaction, not the statement alone.
				lost = err
				if lost == nil {
					lost = errors.New("the transaction ended by itself")
				}
			}
		}
		j = nil
		if len(members) < largest {
			select {
			case j = <-e.queue:
			default:
			}
		}
	}
	if lost == nil {
		if lost = w.plain("commit"); lost != nil && !w.c.AutoCommit() {
			if err := w.plain("rollback"); err != nil {
				lost = errors.Join(lost, err)
			}
		}
	}
	if lost != nil {
		e.drop(lost)
		e.log.Warn("a commit failed", "updates", len(members), "err", lost)
	}
	for i, m := range members {
		if lost != nil {
			outcomes[i] = busy(lost)
		}
		m.done <- outcomes[i]
	}
	if j != nil {
		// It was taken from the queue and not carried out: its turn comes in a transaction of its own.
		e.commit(j)
	}
}

// busy is what every member of a lost transaction is told: nothing was changed, whatever their own
// function came to.
func busy(lost error) error {
	err := sqliteDialect.explain(lost)
	if desk.KindOf(err) == desk.KindBusy {
		return err
	}
	return &desk.Error{Kind: desk.KindBusy, Say: sayBusy, Err: lost}
}

// run gives a job its turn inside a savepoint.
func (e *sqliteEngine) run(w *sqliteConn, j *job) error {
	if err := w.plain("savepoint one"); err != nil {
		return err
	}
	j.turn <- struct{}{}
	err := <-j.ran
	if err == nil {
		// A failed release leaves the savepoint open; then it is taken back like any failure.
		if err = w.plain("release one"); err == nil {
			return nil
		}
	}
	if !w.c.AutoCommit() {
		if back := w.plain("rollback to one"); back == nil {
			back = w.plain("release one")
			if back != nil {
				err = errors.Join(err, back)
			}
		} else {
			err = errors.Join(err, back)
		}
	}
	return err
}

// drop closes a writer whose file has become unreadable, so that the next update opens it anew.
func (e *sqliteEngine) drop(err error) {
	if f, ok := sqliteFault(err); ok && f == faultAway && e.writer != nil {
		e.writer.close()
		e.writer = nil
	}
}
