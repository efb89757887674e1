package web

import (
	"context"
	"errors"
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
