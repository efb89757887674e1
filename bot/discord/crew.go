package discord

import "sync"

// crew counts what is under way. Unlike a sync.WaitGroup it may be waited for while more comes.
type crew struct {
	mu   sync.Mutex
	n    int
	idle *sync.Cond
}

func (c *crew) cond() *sync.Cond {
	if c.idle == nil {
		c.idle = sync.NewCond(&c.mu)
	}
	return c.idle
}

func (c *crew) add() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}

func (c *crew) done() {
	c.mu.Lock()
	c.n--
	c.cond().Broadcast()
	c.mu.Unlock()
}

// wait returns when nothing is under way.
func (c *crew) wait() {
	c.mu.Lock()
	for c.n > 0 {
		c.cond().Wait()
	}
	c.mu.Unlock()
}

// lanes keep what happened in one channel in the order in which it came: an edit must not overtake the
// words it changes.
type lanes struct {
	mu    sync.Mutex
	tails map[string]chan struct{}
}

// enter takes a place on a lane; the reading loop does, so that places are in the order of arrival. run
// carries f out when everything before it on the lane is done.
func (l *lanes) enter(key string) (run func(f func())) {
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
