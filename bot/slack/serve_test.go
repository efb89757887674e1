package slack

import (
	"net/http/httptest"
	"testing"
)

// serveHTTP stands the adapter's handler on a loopback port and points the fake at it.
func serveHTTP(t testing.TB, w *world, p *Platform) func() {
	t.Helper()
	s := httptest.NewServer(p.Handler())
	for team := range w.teams {
		w.fake.HTTP(team, s.URL)
	}
	return s.Close
}
