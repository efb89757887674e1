package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The check says of the casebot that runs whether it is ready, and why not; of another program at its address, and
// where nothing answers, it says nothing.
func TestTheCheckSpeaksOfTheCasebotThatRuns(t *testing.T) {
	for _, c := range []struct{ name, healthz, readyz, want string }{
		{"ready", "alive\n", `{"ready":true}`, "ok: casebot serve runs at "},
		{"deaf", "alive\n", `{"ready":false,"faults":["workspace T1: no events come from Slack","the alarm rests"]}`, "is not ready: workspace T1: no events come from Slack; the alarm rests"},
		{"out of order", "alive\n", "<html>", "does not say whether it is ready"},
		{"another program", "<html>", `{"ready":true}`, ""},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(map[string]string{"/healthz": c.healthz, "/readyz": c.readyz}[r.URL.Path]))
		}))
		var said []string
		for _, f := range servingFindings(t.Context(), Settings{Listen: strings.TrimPrefix(server.URL, "http://")}) {
			said = append(said, f.text)
		}
		server.Close()
		if got := strings.Join(said, "\n"); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: the check says %q, want %q", c.name, got, c.want)
		}
	}
	if got := servingFindings(t.Context(), Settings{Listen: freePort(t)}); len(got) != 0 {
		t.Errorf("where nothing answers the check says %v", got)
	}
	for listen, want := range map[string]string{":8080": "http://127.0.0.1:8080", "0.0.0.0:8080": "http://127.0.0.1:8080", "[::]:8080": "http://127.0.0.1:8080", "10.0.0.7:80": "http://10.0.0.7:80", "127.0.0.1:0": "", "": ""} {
		if got := localBase(listen); got != want {
			t.Errorf("a casebot that listens at %q is asked at %q, want %q", listen, got, want)
		}
	}
}
