package discordfake

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"casebot/bot"
)

// Server is the whole of Discord, listening on 127.0.0.1. Its methods may be called from many goroutines.
type Server struct {
	clock  bot.Clock
	http   *http.Server
	origin string // "http://127.0.0.1:port"

	mu       sync.Mutex
	changed  chan struct{} // Closed and made anew whenever something that Settle waits for has changed.
	quiet    func()        // Waits for what the app does in goroutines of its own; set by WaitWith.
	closed   bool
	lastID   int64
	bots     []*Bot
	guilds   map[string]*guild
	channels map[string]*channel
	order    []*channel
	users    map[string]*user
	inters   map[string]*interaction // By id.
	tokens   map[string]*interaction // By token.
	modals   map[string]*modal       // The one open in front of a user.
	files    map[string]*file
	sessions []*session
	calls    []Call
	count    map[string]int
	faults   map[string]func(int) *Fault
	buckets  map[string]*bucket
	nonces   []nonce
	last     func() // Sends the last event that people caused once more.
	events   int    // Dispatched so far.
	inFlight int
	pings    int
	beat     time.Duration
	archives bool
	writes   int // Bulk overwrites of commands.
	problems []string
	work     sync.WaitGroup
}

// Call is one REST call as it arrived.
type Call struct {
	Bot    string // ID of the bot whose token it bore; empty: nobody's.
	Route  string // Method and template, e.g. "POST /channels/{c}/messages".
	Path   string // Behind the version.
	Query  map[string]string
	JSON   map[string]any // The body, or the payload_json of a multipart body.
	List   []any          // A body that is a list, as in a bulk overwrite.
	Files  []string       // Names of the files of a multipart body.
	Status int            // What was answered; 0 while it is under way, or when the connection was cut.
	At     time.Time      // By the server's clock.
}

// Fault makes a REST call fail in one of the ways in which calls fail.
type Fault struct {
	Status     int           // Answered instead; 5xx without a Code has no JSON, as from a proxy.
	Code       int           // Discord's own error code.
	RetryAfter float64       // Seconds, with Status 429.
	Global     bool          // With Status 429: the limit over all routes.
	Accept     bool          // The call is carried out all the same and its answer lost: the connection is cut.
	Delay      time.Duration // Real time before anything happens.
}

// New starts a server. The clock gives every id and timestamp, and by it interaction tokens, attachment
// links and nonces expire.
func New(clock bot.Clock) *Server {
	s := &Server{clock: clock, changed: make(chan struct{}), guilds: map[string]*guild{}, channels: map[string]*channel{}, users: map[string]*user{},
		inters: map[string]*interaction{}, tokens: map[string]*interaction{}, modals: map[string]*modal{}, files: map[string]*file{}, count: map[string]int{},
		faults: map[string]func(int) *Fault{}, buckets: map[string]*bucket{}, beat: 41250 * time.Millisecond}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("discordfake: cannot listen: %v", err)) // A test machine without a loopback can run nothing.
	}
	s.origin = "http://" + l.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", s.serveAPI)
	mux.HandleFunc("/gateway", s.serveGateway)
	mux.HandleFunc("/gateway/", s.serveGateway)
	mux.HandleFunc("/resume/", s.serveGateway)
	mux.HandleFunc("/attachments/{channel}/{id}/{name...}", s.serveFile)
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	s.work.Go(func() { _ = s.http.Serve(l) })
	return s
}

// Close cuts every connection and ends the server.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for _, x := range s.sessions {
		if x.sock != nil {
			x.sock.cut()
		}
	}
	for _, in := range s.inters {
		in.end()
	}
	s.mu.Unlock()
	_ = s.http.Close()
	s.work.Wait()
}

// REST is the address of the API with its version and a slash at the end. Every other version answers too.
func (s *Server) REST() string { return s.origin + "/api/v10/" }

// Gateway is the address of the gateway.
func (s *Server) Gateway() string { return "ws" + strings.TrimPrefix(s.origin, "http") + "/gateway" }

// Fault sets what is asked before each call of a route, written as "POST /channels/{id}/messages"; what
// stands in the braces does not matter. call counts from 1; a nil answer lets the call through, a nil f all.
func (s *Server) Fault(route string, f func(call int) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[bare(route)] = f
	s.count[bare(route)] = 0
}

// Calls are the calls of a route so far, oldest first; of all routes when it is empty.
func (s *Server) Calls(route string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if route == "" || bare(c.Route) == bare(route) {
			out = append(out, c)
		}
	}
	return out
}

// Raw gives the messages of a channel as the API shows them, oldest first; those for one person left out.
func (s *Server) Raw(channel string) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []map[string]any
	if ch := s.channels[channel]; ch != nil {
		for _, m := range ch.messages {
			if !m.gone && m.only == "" {
				out = append(out, copied(m.json(s)))
			}
		}
	}
	return out
}

// Problems are what an app did that breaks a rule of the vendor's, in words. A test fails on any.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

func (s *Server) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// notify wakes whoever waits; the lock is held.
func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// asJSON marshals what is of the fake's own making.
func asJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("discordfake: %v", err)) // Only strings, numbers, lists and maps are ever built.
	}
	return b
}
