package assist

import (
	"sync"
	"time"
)

// Clock gives the time.
type Clock interface{ Now() time.Time }

// breaker stops asking a service that fails, so that people get their plain sentence at once instead of after a
// time-out. Closed it counts failures in a row; after limit of them it is open and lets nothing through until
// its rest is over; then it is half open: one request is tried. If that works it closes, else the rest doubles.
type breaker struct {
	clock Clock
	limit int
	rest  time.Duration // The first rest.
	most  time.Duration // The longest.

	mu     sync.Mutex
	failed int // In a row.
	next   time.Duration
	until  time.Time // Open until then.
	trying bool      // Half open, and the one request is on its way.
}

// allow says whether a request may go out now, and whether it is the one that is tried. Who is allowed must
// call done with the same word.
func (b *breaker) allow() (ok, trial bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return true, false
	}
	if b.trying || b.clock.Now().Before(b.until) {
		return false, false
	}
	b.trying = true
	return true, true
}

// outcome is how a request ended, for the breaker.
type outcome int

const (
	worked  outcome = iota
	failed          // The service's fault.
	unknown         // Neither: the asker went away, or asked for something it does not take.
)

func (b *breaker) done(o outcome, trial bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if trial {
		b.trying = false
	} else if !b.until.IsZero() {
		return // It went out before the breaker opened and says nothing new.
	}
	switch o {
	case worked:
		b.failed, b.next, b.until = 0, 0, time.Time{}
	case failed:
		b.failed++
		if trial || b.failed >= b.limit {
			b.open()
		}
	}
}

func (b *breaker) open() {
	if b.next = min(b.most, b.next*2); b.next == 0 {
		b.next = b.rest
	}
	if t := b.clock.Now().Add(b.next); t.After(b.until) {
		b.until = t
	}
}

// pause opens the breaker for as long as the service asked for (Retry-After), at most the longest rest.
func (b *breaker) pause(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.clock.Now().Add(min(d, b.most)); d > 0 && t.After(b.until) {
		b.until = t
	}
}
