package discordfake

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// bucket is a rate limit of one route and one major parameter (channel, guild, webhook). It counts in real
// time, for clients wait in real time.
type bucket struct {
	limit int
	per   time.Duration
	used  []time.Time
}

// usual is what the headers say where no limit was set: so much that no client ever waits.
const usual = 50

// Limit sets how many calls a route takes in a span of real time, each channel or guild for itself; more get
// 429 with retry_after. 0 takes the limit off.
func (s *Server) Limit(route string, calls int, per time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets[bare(route)] = &bucket{limit: calls, per: per}
}

// rate writes the headers of a call's bucket and gives the seconds to wait when it is empty.
func (s *Server) rate(w http.ResponseWriter, key string, path map[string]string) float64 {
	major := path["c"] + path["g"] + path["token"]
	h := fnv.New64a()
	_, _ = h.Write([]byte(key))
	set := s.buckets[key]
	limit, left, after := usual, usual-1, 1.0
	over := false
	if set != nil && set.limit > 0 {
		b := s.buckets[key+" "+major]
		if b == nil || b.limit != set.limit {
			b = &bucket{limit: set.limit, per: set.per}
			s.buckets[key+" "+major] = b
		}
		now := time.Now()
		b.used = slices.DeleteFunc(b.used, func(t time.Time) bool { return now.Sub(t) >= b.per })
		if over = len(b.used) >= b.limit; !over {
			b.used = append(b.used, now)
		}
		limit, left, after = b.limit, b.limit-len(b.used), (b.per - now.Sub(b.used[0])).Seconds()
	}
	w.Header().Set("X-RateLimit-Bucket", fmt.Sprintf("%016x", h.Sum64()))
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(limit))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(left))
	w.Header().Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", after))
	w.Header().Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(time.Now().UnixMilli())/1000+after))
	if over {
		return max(after, 0.001)
	}
	return 0
}
