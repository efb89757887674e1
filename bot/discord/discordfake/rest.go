package discordfake

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// call is one REST call under way.
type call struct {
	s     *Server
	bot   *Bot // nil on routes whose address is the secret.
	path  map[string]string
	query url.Values
	body  map[string]any
	list  []any
	files []upload
}

// route is one row of the table. It runs with the server's lock held; a nil body is answered with 204.
type route struct {
	method, path string
	open         bool // Takes no token: the address holds one.
	run          func(c *call) (any, *refusal)
}

var braces = regexp.MustCompile(`\{[^}]*\}`)

// bare is a route without the names in its braces and without the leading slash.
func bare(name string) string {
	method, path, _ := strings.Cut(name, " ")
	return method + " /" + strings.Trim(braces.ReplaceAllString(path, "{}"), "/")
}

// find looks a request up in the table. Literal steps stand in the table before those in braces.
func find(method, escaped string) (route, map[string]string, bool) {
	steps := strings.Split(strings.Trim(escaped, "/"), "/")
	for _, r := range routes {
		want := strings.Split(strings.Trim(r.path, "/"), "/")
		if r.method != method || len(want) != len(steps) {
			continue
		}
		got, fits := map[string]string{}, true
		for i, w := range want {
			text, err := url.PathUnescape(steps[i])
			if name, ok := strings.CutPrefix(w, "{"); ok && err == nil && text != "" {
				got[strings.TrimSuffix(name, "}")] = text
			} else if w != text {
				fits = false
				break
			}
		}
		if fits {
			return r, got, true
		}
	}
	return route{}, nil, false
}

var versioned = regexp.MustCompile(`^/api/v\d+/`)

// serveAPI answers a call: fault, rate, token, and then the route itself, in the vendor's order.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	path := versioned.ReplaceAllString(r.URL.EscapedPath(), "")
	if path == r.URL.EscapedPath() {
		path = strings.TrimPrefix(path, "/api/")
	}
	rt, params, known := find(r.Method, path)
	name := rt.method + " " + rt.path
	if !known {
		name = r.Method + " /" + path
	}
	c := &call{s: s, path: params, query: r.URL.Query()}
	no := c.read(r)
	s.mu.Lock()
	s.inFlight++
	c.bot = s.holder(r.Header.Get("Authorization"))
	n := s.record(c, name, "/"+path)
	key := bare(name)
	s.count[key]++
	ask, times := s.faults[key], s.count[key]
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.notify()
		s.mu.Unlock()
	}()
	var fault *Fault
	if ask != nil {
		fault = ask(times)
	}
	if fault != nil {
		if fault.Delay > 0 {
			select {
			case <-time.After(fault.Delay):
			case <-r.Context().Done():
			}
		}
		if !fault.Accept && fault.answer(w) {
			s.answered(n, fault.Status)
			return
		}
	}
	s.mu.Lock()
	wait := s.rate(w, key, params)
	var body any
	status := http.StatusOK
	switch {
	case wait > 0:
		s.mu.Unlock()
		(&Fault{Status: http.StatusTooManyRequests, RetryAfter: wait}).answer(w)
		s.answered(n, http.StatusTooManyRequests)
		return
	case !known:
		no = &refusal{status: http.StatusNotFound, message: "404: Not Found"}
	case !rt.open && (c.bot == nil || c.bot.revoked):
		no = &refusal{status: http.StatusUnauthorized, message: "401: Unauthorized"}
	case no == nil:
		s.tire()
		body, no = rt.run(c)
	}
	if no != nil {
		status, body = no.status, no.json()
		if no.code == 50035 && !no.address {
			s.problem("%s: %s", name, no.words())
		}
	} else if body == nil {
		status = http.StatusNoContent
	}
	// What is answered is written after the lock is given back, so it is marshalled before.
	var out []byte
	if body != nil {
		out = asJSON(body)
	}
	s.mu.Unlock()
	if fault != nil && fault.Accept {
		cutConnection(w)
		return
	}
	s.answered(n, status)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(out)
}

// holder is the bot of an Authorization header.
func (s *Server) holder(header string) *Bot {
	token, ok := strings.CutPrefix(header, "Bot ")
	for _, b := range s.bots {
		if ok && b.Token == token {
			return b
		}
	}
	return nil
}

// record keeps a call and gives its place among the calls.
func (s *Server) record(c *call, name, path string) int {
	x := Call{Route: name, Path: path, Query: map[string]string{}, JSON: c.body, List: c.list, At: s.clock.Now()}
	if c.bot != nil {
		x.Bot = c.bot.ID
	}
	for k := range c.query {
		x.Query[k] = c.query.Get(k)
	}
	for _, f := range c.files {
		x.Files = append(x.Files, f.name)
	}
	s.calls = append(s.calls, x)
	return len(s.calls) - 1
}

func (s *Server) answered(n, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[n].Status = status
}

// answer writes the failure; false when the fault has none and only delays.
func (f *Fault) answer(w http.ResponseWriter) bool {
	if f.Status == 0 {
		return false
	}
	if f.Status >= 500 && f.Code == 0 {
		http.Error(w, "<html><body>upstream failed</body></html>", f.Status)
		return true
	}
	body := map[string]any{"code": f.Code, "message": messages[f.Code]}
	if body["message"] == "" {
		body["message"] = fmt.Sprintf("%d: %s", f.Status, http.StatusText(f.Status))
	}
	if f.Status == http.StatusTooManyRequests {
		body = map[string]any{"message": "You are being rate limited.", "retry_after": f.RetryAfter, "global": f.Global}
		w.Header().Set("Retry-After", strconv.FormatFloat(f.RetryAfter, 'f', -1, 64))
		w.Header().Set("X-RateLimit-Reset-After", strconv.FormatFloat(f.RetryAfter, 'f', -1, 64))
		w.Header().Set("X-RateLimit-Scope", "user")
		if f.Global {
			w.Header().Set("X-RateLimit-Global", "true")
			w.Header().Set("X-RateLimit-Scope", "global")
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(f.Status)
	_, _ = w.Write(asJSON(body))
	return true
}

// cutConnection ends the connection without an answer.
func cutConnection(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
