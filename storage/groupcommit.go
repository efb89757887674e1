package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"casebot/desk"
)

// Group commit. A sync is what a small SQLite transaction costs most, so the updates that wait are taken
// in order into one transaction with one sync (decision: docs/performance.md). An error takes back what that one wrote
// alone (again). Nobody is answered before the commit is on the disk (durable.go), not even with an error, because what
// an update saw of those before it is true only then.
//
// The callers' functions run in the writer's goroutine, one after the other. Handing each caller its turn
// in its own goroutine cost two thread switches an update, a fifth of all the time. A panic is caught here
// and goes on in the caller's goroutine, so that it cannot stop the writer.

// job is one waiting update.
type job struct {
	f     func(runner) error
	taken atomic.Bool  // Set by the writer when it takes the job, or by a caller who gives up waiting.
	done  chan outcome // The writer: it is committed, or not.
}

// outcome is how an update ended.
type outcome struct {
	err   error
	panic *Panic
}

// Panic is what a caller of Update recovers when its function panicked: the value, and the stack of the
// place where it did, which the caller's own stack no longer shows.
type Panic struct {
	Value any
	Stack []byte
}

// Error makes a Panic readable in a log.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// largest is how many updates share one commit at most. It bounds how long the first one waits.
const largest = 64

// errPanicked stands for a function that ended by a panic.
var errPanicked = errors.New("the update ended in a panic")

func (e *sqliteEngine) update(ctx context.Context, f func(runner) error) error {
	j := &job{f: f, done: make(chan outcome, 1)}
	select {
	case e.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
		return errClosed
	}
	var out outcome
	select {
	case out = <-j.done:
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		// It has begun: the answer says whether it was committed.
		out = <-j.done
	case <-e.stopped:
		if j.taken.CompareAndSwap(false, true) {
			return errClosed
		}
		out = <-j.done
	}
	if out.panic != nil {
		panic(out.panic)
	}
	return out.err
}

// write is the writer goroutine. A caller's function that ends the goroutine it runs in (runtime.Goexit, as
// a test's t.Fatal does) gets its way; another goroutine then takes over.
func (e *sqliteEngine) write() {
	closed := false
	defer func() {
		if closed {
			close(e.groups)
			<-e.synced
			close(e.stopped)
		} else {
			go e.write()
		}
	}()
	for {
		select {
		case <-e.closing:
			e.refuse(nil, errClosed)
			closed = true
			return
		case j := <-e.queue:
			e.commit(j)
		}
	}
}

// refuse answers a job and all that wait now. All are taken before the first is answered: whoever comes
// after an answer gets a try of their own.
func (e *sqliteEngine) refuse(j *job, err error) {
	var all []*job
	if j != nil {
		all = append(all, j)
	}
	for waiting := true; waiting; {
		select {
		case j := <-e.queue:
			all = append(all, j)
		default:
			waiting = false
		}
	}
	for _, j := range all {
		if j.taken.CompareAndSwap(false, true) {
			j.done <- outcome{err: err}
		}
	}
}

// commit carries out a job, and those that come meanwhile, in one transaction.
func (e *sqliteEngine) commit(j *job) {
	if e.torn.Load() {
		if err := e.mend(); err != nil {
			e.refuse(j, busy(err))
			return
		}
	}
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
	g := &group{wary: e.wary > 0}
	if g.wary {
		e.wary--
	}
	lost := errGone // Stands only if a caller's function ends this goroutine.
	defer func() {
		if lost == errGone {
			_ = w.plain("rollback") // The next begin would show a failure.
		}
		if lost != nil {
			g.answer(lost)
			return
		}
		e.mayCommit = false
		e.groups <- g
	}()
	err := e.runAll(w, j, g)
	if err == nil {
		if !e.mayCommit {
			<-e.free
			e.mayCommit = true
		}
		if err = w.plain("commit"); err != nil && !w.c.AutoCommit() {
			err = errors.Join(err, w.plain("rollback"))
		}
	}
	e.carryOver()
	if lost = err; lost != nil {
		e.drop(lost)
		e.log.Warn("a commit failed", "updates", len(g.members), "err", lost)
		return
	}
	g.number = e.committed.Add(1)
}

// errGone is why a transaction is lost when a caller's function has ended the writer's goroutine.
var errGone = errors.New("an update ended the goroutine it ran in")

// runAll carries out a job and those that wait behind it or come while the group before is on its way to the disk,
// and notes each before it begins. An error means that the transaction has ended by itself, as a full disk and some
// other faults make it.
func (e *sqliteEngine) runAll(w *sqliteConn, j *job, g *group) error {
	for ; j != nil; j = e.next(g) {
		if !j.taken.CompareAndSwap(false, true) {
			continue
		}
		g.members, g.outcomes = append(g.members, j), append(g.outcomes, outcome{})
		if err := e.runLast(w, g); err != nil {
			return err
		}
	}
	e.crowd = max(len(g.members), e.crowd-1)
	return nil
}

// runLast carries out the job that came last into a group.
func (e *sqliteEngine) runLast(w *sqliteConn, g *group) error {
	i := len(g.members) - 1
	if g.wary {
		return g.keep(w, i, run(w, g.members[i].f))
	}
	w.wrote = false
	out := call(w, g.members[i].f)
	if err := g.keep(w, i, out); err != nil || out.err == nil || !w.wrote {
		return err
	}
	return e.again(w, g)
}

// again is how what a failed update wrote is taken back: with all of its transaction, whose members are then carried out once
// more, each in a savepoint, which takes back that one alone. A savepoint keeps a copy of each page that is changed, a
// twentieth of an update's time, and few updates fail after they have written. Where one did, more may: for a while each
// gets its savepoint from the start, so that nobody can make others' work be done twice again and again.
func (e *sqliteEngine) again(w *sqliteConn, g *group) error {
	g.wary, e.wary = true, waryFor
	if err := w.plain("rollback"); err != nil {
		return err
	}
	if err := w.plain("begin immediate"); err != nil {
		return err
	}
	for i, m := range g.members {
		if err := g.keep(w, i, run(w, m.f)); err != nil {
			return err
		}
	}
	return nil
}

// waryFor is for how many groups each update gets its savepoint, after one has failed without.
const waryFor = 32

// keep notes how a member ended. An error means that the transaction ended with it.
func (g *group) keep(w *sqliteConn, i int, out outcome) error {
	g.outcomes[i] = out
	if w.c.AutoCommit() {
		return cmp.Or(out.err, errors.New("the transaction ended by itself"))
	}
	return nil
}

// A commit and its sync cost nearly the same for two updates as for sixteen. Where many people are at it at once, as the
// size of the groups before tells, those who were answered will be back in a moment: the commit waits until as many are there
// again, as long as nobody lets it wait for a moment in vain. Somebody who is alone, or one of a few, waits for nobody.
const (
	many    = 4
	aMoment = time.Millisecond
	atMost  = 4 * time.Millisecond // From the first wait to the commit.
)

// next gives the job that goes into the group too; none when it is to be committed.
func (e *sqliteEngine) next(g *group) *job {
	if len(g.members) == largest {
		return nil
	}
	select {
	case j := <-e.queue:
		return j
	default:
	}
	if !e.mayCommit {
		select {
		case j := <-e.queue:
			return j
		case <-e.free:
			e.mayCommit = true
		}
	}
	if e.crowd < many || len(g.members) >= e.crowd {
		return nil
	}
	if now := time.Now(); g.waits.IsZero() {
		g.waits = now
	} else if now.Sub(g.waits) > atMost {
		return nil
	}
	e.moment.Reset(aMoment)
	select {
	case j := <-e.queue:
		return j
	case <-e.moment.C:
		return nil
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

// run carries out one update inside a savepoint.
func run(w *sqliteConn, f func(runner) error) (out outcome) {
	if out.err = w.plain("savepoint one"); out.err != nil {
		return out
	}
	out = call(w, f)
	if out.err == nil {
		// A failed release leaves the savepoint open; then it is taken back like any failure.
		if out.err = w.plain("release one"); out.err == nil {
			return out
		}
	}
	if !w.c.AutoCommit() {
		back := w.plain("rollback to one")
		if back == nil {
			back = w.plain("release one")
		}
		if back != nil {
			out.err = errors.Join(out.err, back)
		}
	}
	return out
}

// call runs the caller's function and catches what it may do to the goroutine it runs in.
func call(w *sqliteConn, f func(runner) error) (out outcome) {
	defer func() {
		if p := recover(); p != nil {
			out = outcome{err: errPanicked, panic: &Panic{p, debug.Stack()}}
		}
	}()
	return outcome{err: f(w)}
}

// drop closes a writer whose file has become unreadable, so that the next update opens it anew.
func (e *sqliteEngine) drop(err error) {
	if f, ok := sqliteFault(err); ok && f == faultAway && e.writer != nil {
		e.writer.close()
		e.writer = nil
	}
}
