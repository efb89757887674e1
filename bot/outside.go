package bot

import (
	"slices"
	"sync"
	"time"
)

// Outside keeps, for a [Watcher], the channels of one workspace that took nothing of the outbox's because the desk is not
// in them. A channel for which nothing waits any more, so that nobody asks for it, is forgotten. The zero value is ready.
type Outside struct {
	mu    sync.Mutex
	asked map[string]time.Time
}

// unasked is after how long without a question a channel is forgotten.
const unasked = 2 * closedLook

// Add notes that a channel took nothing.
func (o *Outside) Add(channel string, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asked == nil {
		o.asked = map[string]time.Time{}
	}
	o.asked[channel] = now
}

// Ask says whether a channel takes nothing still, as far as is known.
func (o *Outside) Ask(channel string, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, out := o.asked[channel]; !out {
		return false
	}
	o.asked[channel] = now
	return true
}

// Take notes that the desk is in a channel.
func (o *Outside) Take(channel string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.asked, channel)
}

// List lists the channels for which something waits.
func (o *Outside) List(now time.Time) (out []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, at := range o.asked {
		if now.Sub(at).Abs() > unasked {
			delete(o.asked, id)
			continue
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
