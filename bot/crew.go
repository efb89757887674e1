package bot

import (
	"context"
	"sync"
)

// What every adapter of a chat platform needs to take events in: to know when all is done, to keep the order of a
// channel, and to hold what comes before the desk is there.

// Crew counts what is under way. Unlike a sync.WaitGroup it may be waited for while more comes. The zero value is ready.
type Crew struct {
	mu   sync.Mutex
	n    int
	idle *sync.Cond
}

func (c *Crew) cond() *sync.Cond {
	if c.idle == nil {
		c.idle = sync.NewCond(&c.mu)
	}
	return c.idle
}

// Add says that one more thing is under way.
func (c *Crew) Add() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}

// Done says that one thing has ended.
func (c *Crew) Done() {
	c.mu.Lock()
	c.n--
	c.cond().Broadcast()
	c.mu.Unlock()
}

// Wait returns when nothing is under way.
func (c *Crew) Wait() {
	c.mu.Lock()
	for c.n > 0 {
		c.cond().Wait()
	}
	c.mu.Unlock()
}

// Lanes keep what happened in one channel in the order in which it came: an edit must not overtake the words it changes.
// The zero value is ready.
type Lanes struct {
	mu    sync.Mutex
	tails map[string]chan struct{}
}

// Enter takes a place on a lane. Whoever reads events calls it before it goes on to the next one, so that places are in the
// order of arrival. run carries f out when everything before it on the lane is done, and must be called once, from any
// goroutine.
func (l *Lanes) Enter(key string) (run func(f func())) {
	l.mu.Lock()
	if l.tails == nil {
		l.tails = map[string]chan struct{}{}
	}
	before, mine := l.tails[key], make(chan struct{})
	l.tails[key] = mine
	l.mu.Unlock()
	return func(f func()) {
		defer func() {
			close(mine)
			l.mu.Lock()
			if l.tails[key] == mine {
				delete(l.tails, key)
			}
			l.mu.Unlock()
		}()
		if before != nil {
			<-before
		}
		f()
	}
}

// LateInbox holds interactions until it is told where they go: an adapter may hear of something before it runs. The zero
// value is ready.
type LateInbox struct {
	once  sync.Once
	ready chan struct{}
	to    Inbox
}

func (i *LateInbox) init() { i.once.Do(func() { i.ready = make(chan struct{}) }) }

// Set says where interactions go. It may be called once.
func (i *LateInbox) Set(to Inbox) {
	i.init()
	i.to = to
	close(i.ready)
}

// Handle implements Inbox: it waits for Set, and gives an empty answer when ctx ends before.
func (i *LateInbox) Handle(ctx context.Context, in *Interaction) Answer {
	i.init()
	select {
	case <-i.ready:
		return i.to.Handle(ctx, in)
	case <-ctx.Done():
		return Answer{}
	}
}
