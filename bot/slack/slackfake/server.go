package slackfake

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"casebot/bot"
)

// Server is the whole of Slack: every workspace, listening on 127.0.0.1. Its methods may be called from
// many goroutines.
type Server struct {
	clock  bot.Clock
	http   *http.Server
	origin string // "http://127.0.0.1:port"

	mu        sync.Mutex
	changed   chan struct{} // Closed and made anew whenever something that Settle waits for has changed.
	quiet     func()        // Waits for what the app does after it has acknowledged; set by WaitWith.
	closed    bool
	number    int
	lastTS    int64 // Microseconds of the newest ts, so that each is used once.
	teams     map[string]*Team
	users     map[string]*user
	channels  map[string]*channel
	moved     map[string]*channel // By the ids that channels had before; people find them, apps do not.
	order     []*channel
	groups    []*usergroup
	triggers  map[string]*trigger
	stacks    map[string][]*view // Open modals of team/user, the lowest first.
	homes     map[string]*view   // App Home of team/user.
	files     map[string]*file
	answers   map[string]*answerURL
	codes     map[string]string // OAuth code → team ID.
	calls     []Call
	count     map[string]int
	faults    map[string]func(int) *Fault
	limits    map[string]int
	recent    map[string][]time.Time // Method/team → calls that were let through in the last minute.
	envelopes []*envelope
	byID      map[string]*envelope
	waiting   int // Envelopes neither acknowledged nor given up.
	last      *envelope
	twice     bool // Every event is sent once more after its acknowledgement.
	inFlight  int
	problems  []string
	work      sync.WaitGroup
}

// Call is one call of the Web API as it arrived. Form has every parameter as text, JSON the same decoded.
type Call struct {
	Team   string // ID of the team whose token it bore; empty: nobody's.
	Method string
	Form   url.Values
	JSON   map[string]any
	At     time.Time // By the server's clock.
}

// Fault makes a call of the Web API fail in one of the ways in which calls fail.
type Fault struct {
	Status     int           // Answered instead of 200, with an empty body unless Error is set.
	Error      string        // Slack's error code, answered with ok false.
	RetryAfter int           // Seconds, sent with Status 429.
	Accept     bool          // The call is carried out all the same and its answer lost: the connection is cut.
	Delay      time.Duration // Real time before anything happens.
}

// New starts a server. The clock gives every ts, and by it trigger ids and response URLs expire and retries
// fall due.
func New(clock bot.Clock) *Server {
	s := &Server{clock: clock, changed: make(chan struct{}), teams: map[string]*Team{}, users: map[string]*user{}, channels: map[string]*channel{}, moved: map[string]*channel{},
		triggers: map[string]*trigger{}, stacks: map[string][]*view{}, homes: map[string]*view{}, files: map[string]*file{},
		answers: map[string]*answerURL{}, codes: map[string]string{}, count: map[string]int{}, faults: map[string]func(int) *Fault{},
		limits: map[string]int{}, recent: map[string][]time.Time{}, byID: map[string]*envelope{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("slackfake: cannot listen: %v", err)) // A test machine without a loopback can run nothing.
	}
	s.origin = "http://" + l.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("/link/", s.serveSocket)
	mux.HandleFunc("/upload/{id}", s.serveUpload)
	mux.HandleFunc("/files-pri/{id}/{name...}", s.serveFile)
	mux.HandleFunc("/answer/{id}", s.serveAnswer)
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	s.work.Go(func() { _ = s.http.Serve(l) })
	return s
}

// Close cuts every connection and ends the server.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for _, t := range s.teams {
		for _, c := range slices.Clone(t.sockets) {
			c.cut()
		}
	}
	s.mu.Unlock()
	_ = s.http.Close()
	s.work.Wait()
}

// APIURL is the address of the Web API, with the slash at its end that clients need.
func (s *Server) APIURL() string { return s.origin + "/api/" }

// Fault sets what is asked before each call of a method of the Web API; "upload", "download" and
// "response_url" stand for what goes beside it. call counts from 1 over all teams;
// a nil answer lets the call through.
func (s *Server) Fault(method string, f func(call int) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = f
}

// faulted asks for the fault of something that is no method of the Web API and answers with it; true: it
// has failed. The lock is held.
func (s *Server) faulted(name string, w http.ResponseWriter) bool {
	s.count[name]++
	if ask := s.faults[name]; ask != nil {
		f := ask(s.count[name])
		if f != nil && f.Delay > 0 {
			s.mu.Unlock()
			time.Sleep(f.Delay)
			s.mu.Lock()
		}
		if f != nil && !f.Accept {
			return f.answer(w)
		}
	}
	return false
}

// Limit allows a method so many calls a minute and team; more get status 429 with Retry-After. 0: no limit.
func (s *Server) Limit(method string, perMinute int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits[method] = perMinute
}

// Calls are the calls of a method so far, oldest first; of all methods when it is empty.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

// Raw gives the messages of a channel as they are stored, deleted ones and private answers left out.
func (s *Server) Raw(channel string) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []map[string]any
	if ch := s.channels[channel]; ch != nil {
		for _, m := range ch.messages {
			if !m.gone && m.only == "" {
				out = append(out, maps.Clone(m.data))
			}
		}
	}
	return out
}

// Problems are the payloads that broke a limit of the vendor's, in words. A test fails on any.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

func (s *Server) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
	s.notify()
}

// notify wakes whoever waits in Settle; the lock is held.
func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// next numbers things, so that every id is used once.
func (s *Server) next() int { s.number++; return s.number }

// newTS gives a ts that no message has: seconds and microseconds, strictly rising even when the clock
// stands still or steps back.
func (s *Server) newTS() string {
	s.lastTS = max(s.clock.Now().UnixMicro(), s.lastTS+1)
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}
