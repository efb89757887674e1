package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"casebot/desk"
	"casebot/kb"
)

const (
	firstRetry = time.Second // After a build that failed; doubled each time,
	lastRetry  = time.Minute // up to this.
)

// building is how an index comes to stand: read and put together in the background, so that a desk with many articles
// starts and answers at once. Until then nothing is suggested. There is never more than one build at a time.
type building struct {
	ctx    context.Context
	cancel context.CancelFunc
	jobs   sync.WaitGroup

	mu      sync.Mutex
	running bool
	ended   bool
	fault   error // Why the last build failed; nil: it did not.

	stood chan struct{} // Closed when the index stands for the first time.
	tried chan struct{} // Closed when the first build is over, either way.
	read  atomic.Int64  // Articles indexed so far, and
	of    atomic.Int64  // how many there are, of the build that runs.

	patience time.Duration                   // What a person who asks waits for the index.
	retry    time.Duration                   // After a build that failed, the first time.
	pause    func(ctx context.Context) error // Tests hold a build back with it, after the store was read; nil: nothing does.
}

func newBuilding() *building {
	b := &building{stood: make(chan struct{}), tried: make(chan struct{}), patience: time.Second, retry: firstRetry}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// stands says whether there is an index to look into.
func (b *building) stands() bool { return closed(b.stood) }

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// failure is why the last build failed; nil: it did not, or runs for the first time.
func (b *building) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fault
}

// start has the index built in the background. While a build runs, and after the end, it does nothing.
func (l *library) start() {
	b := l.build
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running || b.ended {
		return
	}
	b.running = true
	b.jobs.Add(1)
	go func() {
		defer b.jobs.Done()
		l.keepBuilding(b.ctx)
		b.mu.Lock()
		b.running = false
		b.mu.Unlock()
	}()
}

// end stops a build that is under way and returns when nothing of it runs any more.
func (l *library) end() {
	b := l.build
	b.mu.Lock()
	b.ended = true
	b.mu.Unlock()
	b.cancel()
	b.jobs.Wait()
}

// load builds the index and returns when it stands. Its error is that of the first build.
func (l *library) load(ctx context.Context) error {
	l.start()
	select {
	case <-l.build.tried:
	case <-ctx.Done():
		return ctx.Err()
	}
	if l.build.stands() {
		return nil
	}
	return l.build.failure()
}

// keepBuilding builds until the index stands and is up to date. A build that fails is tried again: the desk works
// without articles meanwhile.
func (l *library) keepBuilding(ctx context.Context) {
	b := l.build
	for wait := b.retry; ; wait = min(2*wait, lastRetry) {
		err := l.buildOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		b.mu.Lock()
		b.fault = err
		b.mu.Unlock()
		if err == nil && !closed(b.stood) {
			close(b.stood)
		}
		if !closed(b.tried) {
			close(b.tried)
		}
		if err == nil {
			return
		}
		l.log.Error("the index of the articles could not be built; an older one answers, if there is one", "err", err, "again in", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// buildOnce makes a new index of everything that is kept, sets its threshold, and puts it in the place of the old
// one, which answers until then. Changes made meanwhile are taken in by their numbers before the index stands.
func (l *library) buildOnce(ctx context.Context) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			l.log.Error("the build of the index panicked", "panic", fault, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	for {
		if err := l.rebuild(ctx); err != nil {
			return err
		}
		far, err := l.takeIn(ctx)
		if err != nil || !far {
			return err
		}
	}
}

// gathered is everything that is kept, as the store gives it.
type gathered struct {
	articles []desk.Article
	links    []desk.ArticleLink
}

func (g *gathered) PutArticle(a desk.Article) {
	if !a.Retired {
		g.articles = append(g.articles, a)
	}
}
func (g *gathered) RemoveArticle(string)        {}
func (g *gathered) LinkCase(l desk.ArticleLink) { g.links = append(g.links, l) }

// rebuild is one build, from what the store holds at one moment.
func (l *library) rebuild(ctx context.Context) error {
	var all gathered
	var change int64
	// Only reading stands in the transaction; the work is done when it is over.
	err := l.desk.Store.View(ctx, func(r desk.Reader) (err error) {
		all = gathered{}
		change, err = desk.FollowArticles(r, newIndex, &all)
		return err
	})
	if err != nil {
		return err
	}
	l.build.read.Store(0)
	l.build.of.Store(int64(len(all.articles)))
	if l.build.pause != nil {
		if err := l.build.pause(ctx); err != nil {
			return err
		}
	}
	fresh, linked := kb.New(), map[string][]string{}
	// Cases wait for their article, so that each article is entered once.
	for _, link := range all.links {
		for _, id := range link.Articles {
			fresh.Link(id, link.Case, link.Text)
		}
		linked[link.Case] = link.Articles
	}
	for i, a := range all.articles {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.enter(fresh, a)
		all.articles[i] = desk.Article{}
		l.build.read.Add(1)
	}
	fresh.Pack()
	fresh.Calibrate(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.index.Become(fresh)
	l.change, l.linked = change, linked
	if l.meaning != nil {
		l.meaning.relink(all.links)
		l.meaning.kick()
	}
	return nil
}

// enter indexes an article. One that no index can hold, say of an older program, must not keep the others out.
func (l *library) enter(ix *kb.Index, a desk.Article) {
	if err := ix.Put(a); err != nil {
		l.log.Warn("an article could not be indexed", "article", a.ID, "err", err)
	}
}

// Ready waits a moment for the index after a start. Its error, of desk.KindState, says that there is none yet.
func (l *library) Ready(ctx context.Context) error {
	if l.build.stands() {
		return nil
	}
	limit := time.NewTimer(l.build.patience)
	defer limit.Stop()
	select {
	case <-l.build.stood:
		return nil
	case <-limit.C:
	case <-ctx.Done():
	}
	if l.build.failure() != nil {
		return desk.Errf(desk.KindState, "The articles cannot be read right now. Try again in a few minutes.")
	}
	return desk.Errf(desk.KindState, "The articles are still being read after a start. Try again in a moment.")
}

// note says at /readyz that nothing is suggested yet, or nothing new, and why; empty when all is well. The desk is
// ready without it.
func (l *library) note() string {
	err := l.build.failure()
	switch {
	case err != nil && l.build.stands():
		return "articles: the newest could not be read and are tried again: " + err.Error()
	case err != nil:
		return "articles: they could not be read and are tried again, nothing is suggested until then: " + err.Error()
	case l.build.stands():
		return ""
	case l.build.of.Load() == 0:
		return "articles: being read, nothing is suggested until all are"
	}
	return fmt.Sprintf("articles: %d of %d read, nothing is suggested until all are", l.build.read.Load(), l.build.of.Load())
}

var errStillReading = errors.New("the articles are still being read")
