package bot

import (
	"sync"
	"time"
)

// Rate is how often one kind of call may be made: Burst at once, then one Every.
type Rate struct {
	Every time.Duration
	Burst int
}

// Rates is a table of token buckets, one a key (home, method class, channel). A platform's published
// limits go in as data; a key without a rate is not held back.
type Rates struct {
	mu      sync.Mutex
	rates   map[string]Rate
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
	until  time.Time // A 429 closes the bucket until then.
}

// Paced is a platform with limits of its own for the outbox to keep, by class: "send" and "edit".
type Paced interface {
	Rates() map[string]Rate
}

// Add puts the limits of a platform into the table. Call it before the table is used.
func (r *Rates) Add(platform string, rates map[string]Rate) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for class, rate := range rates {
		r.rates[platform+"/"+class] = rate
	}
}

// NewRates makes a table from the rate of each class.
func NewRates(rates map[string]Rate) *Rates {
	return &Rates{rates: rates, buckets: map[string]*bucket{}}
}

// Take asks to make one call of a class under a key at an instant. It gives 0 when the call may be made,
// which uses the token up, and otherwise how long to wait.
func (r *Rates) Take(class, key string, now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	rate, limited := r.rates[class]
	b := r.bucket(class, key, rate, now)
	if wait := b.until.Sub(now); wait > 0 {
		return wait
	}
	if !limited || rate.Every <= 0 {
		return 0
	}
	// A clock that stepped back gives no tokens and takes none.
	if gone := now.Sub(b.at); gone > 0 {
		b.tokens = min(float64(rate.Burst), b.tokens+float64(gone)/float64(rate.Every))
	}
	b.at = now
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) * float64(rate.Every))
	}
	b.tokens--
	return 0
}

// Close keeps a bucket shut for a while: the platform answered 429 with Retry-After.
func (r *Rates) Close(class, key string, until, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.bucket(class, key, r.rates[class], now); until.After(b.until) {
		b.until = until
	}
}

func (r *Rates) bucket(class, key string, rate Rate, now time.Time) *bucket {
	id := class + "|" + key
	b := r.buckets[id]
	if b == nil {
		b = &bucket{tokens: float64(rate.Burst), at: now}
		r.buckets[id] = b
	}
	return b
}
