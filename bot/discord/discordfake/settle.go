package discordfake

import (
	"strconv"
	"time"

	"github.com/gorilla/websocket"
)

const (
	settleTime = 5 * time.Second
	silence    = 20 * time.Millisecond
)

// WaitWith hands in what waits until the app has done all its work. Settle calls it, for events are not
// acknowledged and an app works on in goroutines of its own. Without it Settle waits for a short silence.
func (s *Server) WaitWith(quiet func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet = quiet
}

// Settle waits until apps have read all events, every interaction has its answer, a deferred one too, and no
// call is under way; at most five seconds of real time. That events were read is known from a WebSocket
// ping behind them, which clients answer in their reading loop.
func (s *Server) Settle() {
	deadline := time.After(settleTime)
	for {
		s.mu.Lock()
		before := s.events + len(s.calls)
		s.pings++
		n := s.pings
		for _, x := range s.sessions {
			if x.sock != nil && !x.zombie {
				x.sock.put(frame{kind: websocket.PingMessage, data: []byte(strconv.Itoa(n))})
			}
		}
		s.mu.Unlock()
		if !s.until(deadline, func() bool { return s.inFlight == 0 && !s.waiting() && s.read(n) }) {
			return
		}
		s.mu.Lock()
		quiet, changed := s.quiet, s.changed
		s.mu.Unlock()
		if quiet != nil {
			quiet()
		} else {
			select {
			case <-time.After(silence):
			case <-changed:
			case <-deadline:
				return
			}
		}
		s.mu.Lock()
		still := s.inFlight == 0 && !s.waiting() && s.events+len(s.calls) == before
		s.mu.Unlock()
		if still {
			return
		}
	}
}

// read says whether every live connection has answered a ping; the lock is held.
func (s *Server) read(n int) bool {
	for _, x := range s.sessions {
		if x.sock != nil && !x.zombie && x.sock.ponged < n {
			return false
		}
	}
	return true
}

// until waits for something to become true; false when the deadline came first.
func (s *Server) until(deadline <-chan time.Time, ready func() bool) bool {
	for {
		s.mu.Lock()
		ok, changed := ready(), s.changed
		s.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-deadline:
			return false
		}
	}
}
