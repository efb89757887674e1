package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

func TestHealth(t *testing.T) {
	var fault error
	h := New(Options{Ready: func(context.Context) error { return fault }}).Handler()
	if code, body := get(t, h, "/healthz"); code != 200 || body != "alive\n" {
		t.Errorf("healthz: %d %q", code, body)
	}
	if code, _ := get(t, h, "/readyz"); code != 200 {
		t.Errorf("readyz: %d", code)
	}
	fault = errors.Join(errors.New("the database is away"), errors.New("platform x: not connected"))
	if code, body := get(t, h, "/readyz"); code != 503 || !strings.Contains(body, `"the database is away","platform x: not connected"`) {
		t.Errorf("readyz with faults: %d %s", code, body)
	}
	if code, body := get(t, h, "/metrics"); code != 200 || !strings.Contains(body, "go_goroutines") {
		t.Errorf("metrics: %d", code)
	}
}

// A request that panics is answered with a number that stands in the log, and counted.
func TestPanicIsNoted(t *testing.T) {
	var log strings.Builder
	h := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Page: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") })}).Handler()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	id := w.Header().Get("X-Request-Id")
	if w.Code != 500 || id == "" || !strings.Contains(w.Body.String(), id) || !strings.Contains(log.String(), id) {
		t.Errorf("%d %q, logged %q", w.Code, w.Body, log.String())
	}
	if _, body := get(t, h, "/metrics"); !strings.Contains(body, `casebot_http_request_seconds_count{class="5xx"} 1`) {
		t.Error("the request was not counted")
	}
}

// A desk that is ready and not yet all there says so, and is ready all the same.
func TestReadyWithNotes(t *testing.T) {
	var notes []string
	h := New(Options{Notes: func() []string { return notes }}).Handler()
	if code, body := get(t, h, "/readyz"); code != 200 || body != "{\"ready\":true}\n" {
		t.Errorf("readyz: %d %s", code, body)
	}
	notes = []string{"articles: 3 of 5 read"}
	if code, body := get(t, h, "/readyz"); code != 200 || body != "{\"ready\":true,\"notes\":[\"articles: 3 of 5 read\"]}\n" {
		t.Errorf("readyz: %d %s", code, body)
	}
}
