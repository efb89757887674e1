package bottest

import (
	"sync"
	"time"
)

// Clock is the desk's time in a test: it stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock makes a clock that shows an instant.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now gives the instant it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves it, back as well as forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
