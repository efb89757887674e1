// Package assistfake is a server on the loopback that speaks as much of the OpenAI API as the desk uses: chat
// completions and embeddings. It refuses what the API's reference refuses, writes what it was told to write, and
// remembers every request, so that a test can say what left the house. It is for tests and for trying the writing
// helper in the playground without an account.
package assistfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Key is the only key that the server lets in; Chat and Embed are the models it has.
const (
	Key   = "demo-key"
	Chat  = "demo-chat"
	Embed = "demo-embed"
)

// Server is the fake. It may be used from many goroutines.
type Server struct {
	web *httptest.Server

	mu    sync.Mutex
	next  []string // What it writes, in order; the last one again and again.
	down  bool
	slow  chan struct{}     // Open: answers wait until it is closed.
	heard []string          // The bodies of all requests.
	same  map[string]string // Words that mean the same, for vectors.
}

// New starts a server. Close ends it.
func New() *Server {
	s := &Server{same: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.guard(s.chat))
	mux.HandleFunc("POST /v1/embeddings", s.guard(s.embed))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, "invalid_request_error", fmt.Sprintf("Unknown request URL: %s %s.", r.Method, r.URL.Path))
	})
	s.web = httptest.NewServer(mux)
	return s
}

// URL is the base address, as OPENAI_BASE_URL takes it.
func (s *Server) URL() string { return s.web.URL + "/v1" }

// Close ends the server.
func (s *Server) Close() { s.web.Close() }

// Write sets what the next answers say; the last text is said from then on.
func (s *Server) Write(texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = texts
}

// Down has every request answered with 503, or no longer.
func (s *Server) Down(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Slow has every answer wait until the asker gives up, or no longer.
func (s *Server) Slow(slow bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case slow && s.slow == nil:
		s.slow = make(chan struct{})
	case !slow && s.slow != nil:
		close(s.slow)
		s.slow = nil
	}
}

// Same makes words mean the same for vectors.
func (s *Server) Same(words ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range words {
		s.same[w] = words[0]
	}
}

// Heard gives the bodies of all requests so far.
func (s *Server) Heard() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heard...)
}

// guard checks what is common to both calls: the key, the form, and whether the server is up.
func (s *Server) guard(next func(w http.ResponseWriter, body map[string]json.RawMessage)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body map[string]json.RawMessage
		raw := json.RawMessage{}
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&raw)
		s.mu.Lock()
		s.heard = append(s.heard, string(raw))
		down, slow := s.down, s.slow
		s.mu.Unlock()
		if slow != nil {
			select {
			case <-slow:
			case <-r.Context().Done():
			}
		}
		switch {
		case down:
			refuse(w, http.StatusServiceUnavailable, "server_error", "The server is overloaded or not ready yet.")
		case r.Header.Get("Authorization") != "Bearer "+Key:
			refuse(w, http.StatusUnauthorized, "invalid_request_error", "Incorrect API key provided.")
		case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || err != nil || json.Unmarshal(raw, &body) != nil:
			refuse(w, http.StatusBadRequest, "invalid_request_error", "We could not parse the JSON body of your request.")
		default:
			next(w, body)
		}
	}
}

// refuse answers as the API does: an object "error" with message, type, param and code.
func refuse(w http.ResponseWriter, status int, kind, message string) {
	answer(w, status, map[string]any{"error": map[string]any{"message": message, "type": kind, "param": nil, "code": nil}})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
