package assist

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var rematch = flag.Bool("rematch", false, "write the requests that the tests make into testdata/replay, keeping the answers")

// replay answers requests from a file of testdata/replay, without a network. A file holds exchanges:
//
//	== POST /v1/chat/completions
//	{the request's body, canonical JSON}
//	-- 200
//	Retry-After: 3
//
//	the answer's body
//
// A request is matched by a hash of method, path and canonical body, so a changed prompt, schema or redaction shows
// up as a request nobody recorded. The answers were written after the API's reference; -rematch renews the requests.
type replay struct {
	t    *testing.T
	file string

	mu   sync.Mutex
	all  []exchange
	next int
}

type exchange struct {
	line   string // "POST /v1/chat/completions"
	body   string // Canonical.
	status int
	header http.Header
	answer string
	used   bool
}

func (x exchange) hash() string {
	sum := sha256.Sum256([]byte(x.line + "\n" + x.body))
	return hex.EncodeToString(sum[:8])
}

// canonical writes JSON with sorted keys and two blanks of indent; what is no JSON stays as it is.
func canonical(body []byte) string {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return string(body)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v)
	return strings.TrimSpace(b.String())
}

func newReplay(t *testing.T, name string) *replay {
	t.Helper()
	r := &replay{t: t, file: filepath.Join("testdata", "replay", name+".txt")}
	src, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(src), "\n== ")[1:] {
		request, answer, ok := strings.Cut(part, "\n-- ")
		line, body, _ := strings.Cut(request, "\n")
		head, text, _ := strings.Cut(answer, "\n\n")
		status, headers, _ := strings.Cut(head, "\n")
		code, err := strconv.Atoi(strings.TrimSpace(status))
		if !ok || err != nil {
			t.Fatalf("%s: an exchange is %q", r.file, part)
		}
		x := exchange{line: strings.TrimSpace(line), body: canonical([]byte(strings.TrimSpace(body))), status: code, header: http.Header{}, answer: strings.TrimSpace(text)}
		for h := range strings.Lines(headers) {
			if k, v, ok := strings.Cut(strings.TrimSpace(h), ":"); ok {
				x.header.Set(k, strings.TrimSpace(v))
			}
		}
		r.all = append(r.all, x)
	}
	t.Cleanup(r.done)
	return r
}

// RoundTrip answers a request, or fails the test saying what was recorded instead.
func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	got := exchange{line: req.Method + " " + req.URL.Path, body: canonical(body)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if *rematch && r.next < len(r.all) {
		r.all[r.next].line, r.all[r.next].body = got.line, got.body
		r.next++
	}
	for i := range r.all {
		x := &r.all[i]
		if x.used || x.hash() != got.hash() {
			continue
		}
		x.used = true
		return &http.Response{StatusCode: x.status, Status: fmt.Sprint(x.status), Header: x.header, Body: io.NopCloser(strings.NewReader(x.answer)), Request: req}, nil
	}
	r.t.Errorf("%s has no answer to %s %s.\n%s\nRenew it with: go test ./assist -run '^%s$' -rematch", r.file, got.line, got.hash(), r.nearest(got), r.t.Name())
	return nil, io.ErrUnexpectedEOF
}

// nearest shows where the request first differs from the one recorded that begins like it.
func (r *replay) nearest(got exchange) string {
	best, at := -1, -1
	for i, x := range r.all {
		if n := shared(x.line+"\n"+x.body, got.line+"\n"+got.body); !x.used && n > at {
			best, at = i, n
		}
	}
	if best < 0 {
		return "All that was recorded has been asked already."
	}
	want, have := r.all[best].line+"\n"+r.all[best].body, got.line+"\n"+got.body
	return fmt.Sprintf("The nearest recorded request (%s) differs from character %d on:\n  recorded …%s\n  asked    …%s", r.all[best].hash(), at, near(want, at), near(have, at))
}

func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func near(s string, at int) string {
	return strconv.Quote(s[max(0, at-40):min(len(s), at+80)])
}

// done holds that everything recorded was asked for.
func (r *replay) done() {
	if *rematch {
		var b strings.Builder
		for _, x := range r.all {
			fmt.Fprintf(&b, "== %s\n%s\n-- %d\n", x.line, x.body, x.status)
			for k := range x.header {
				fmt.Fprintf(&b, "%s: %s\n", k, x.header.Get(k))
			}
			fmt.Fprintf(&b, "\n%s\n", x.answer)
		}
		if err := os.WriteFile(r.file, []byte(b.String()), 0o644); err != nil {
			r.t.Error(err)
		}
		return
	}
	for _, x := range r.all {
		if !x.used && !r.t.Failed() {
			r.t.Errorf("%s: %s %s was never asked", r.file, x.line, x.hash())
		}
	}
}
