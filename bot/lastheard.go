package bot

import (
	"sync"
	"time"
)

// LastHeard is up to when an adapter has heard everything that was said in a channel, for a loss of which nothing told: the
// last event that came from it was heard for sure, and so is what was read back whole since. The zero value is ready.
type LastHeard struct {
	mu    sync.Mutex
	in    map[string]time.Time // Channel → when the last event came from it.
	whole time.Time            // When reading back began that was done whole.
}

// mostHeard is of how many channels it is known when the last event came from them. Forgetting means more to be read.
const mostHeard = 20_000

// In notes that an event came from channels, or that one was read back up to then.
func (l *LastHeard) In(now time.Time, channels ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.in == nil || len(l.in) > mostHeard {
		l.in = map[string]time.Time{}
	}
	for _, id := range channels {
		l.in[id] = now
	}
}

// Whole notes that everything was read back by a reading that began at an instant.
func (l *LastHeard) Whole(began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.whole = began
}

// Until gives up to when a channel was heard; zero: nobody knows.
func (l *LastHeard) Until(channel string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.in[channel]; at.After(l.whole) {
		return at
	}
	return l.whole
}
