package slackfake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
)

var shared = bottest.Spot{Home: "nw", Channel: "C0SHARED"}

// In a shared channel each team's app gets an event of its own.
func TestASharedChannelDeliversTwice(t *testing.T) {
	w := newWorld(t)
	a, b := w.connect(w.team), w.connect(w.other)
	ref, err := w.work.Say(t.Context(), w.dana, shared, "hello", []bot.File{{Name: "a.log", Data: []byte("x")}})
	w.must(err)
	mine, theirs := a.events("message"), b.events("message")
	if len(mine) != 1 || len(theirs) != 1 {
		t.Fatalf("%d and %d events came", len(mine), len(theirs))
	}
	x, y := mine[0], theirs[0]
	if x["event_id"] == y["event_id"] || x["team_id"] != "T0NW" || y["team_id"] != "T0HB" || str(y, "event", "user_team") != "T0NW" || str(x, "event", "ts") != str(y, "event", "ts") {
		t.Errorf("the events are %v and %v", x, y)
	}
	if f := objects(y, "event", "files"); len(f) != 1 || str(f[0], "file_access") != "check_file_info" || f[0]["url_private"] != nil {
		t.Errorf("the other team is told of the file %v, want its id only", f)
	}
	if out := w.call(w.other.BotToken, "files.info", "file", str(objects(y, "event", "files")[0], "id")); str(out, "file", "name") != "a.log" {
		t.Errorf("files.info gave the other team %v", out)
	}
	// Erin reads the channel under her home, and reacts there; both apps hear it.
	theirsAt := bottest.Spot{Home: "hb", Channel: "C0SHARED"}
	if seen := w.work.Read(w.erin, theirsAt); len(seen) != 1 || seen[0].From != "dana" || seen[0].Ref == ref {
		t.Errorf("Erin sees %+v", seen)
	}
	// Her commands go to her own team's app.
	w.must(w.work.Command(t.Context(), w.erin, theirsAt, "list"))
	if len(a.interactions("")) != 0 || len(b.interactions("")) != 1 {
		t.Error("the command went to the wrong app")
	}
}

// An event that nobody acknowledged is sent again by the clock, three times, with the same event id.
func TestEventsAreRetriedByTheClock(t *testing.T) {
	w := newWorld(t)
	_, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "while nobody was there", nil)
	w.must(err)
	if len(w.Unacked()) != 1 {
		t.Fatalf("unacked: %v", w.Unacked())
	}
	id := w.Last().EventID
	a := w.connect(w.team)
	a.script(func(map[string]any) (any, bool) { return nil, false })
	drop := func() { // The socket ends without an acknowledgement, which gives the event up at once.
		a.until(func() bool { return len(a.events("message")) > 0 })
		w.Drop("T0NW")
		<-a.done
		w.Settle()
		a = w.connect(w.team)
		a.script(func(map[string]any) (any, bool) { return nil, false })
	}
	for n, wait := range []time.Duration{0, time.Minute, 4 * time.Minute} {
		if wait > 0 {
			w.clock.Advance(wait - time.Second)
			w.Retry()
			if got := a.events("message"); len(got) != 0 {
				t.Fatalf("retry %d came a second early", n+1)
			}
			w.clock.Advance(time.Second)
		}
		w.Retry()
		if n < 2 {
			drop()
		}
	}
	a.script(nil)
	a.until(func() bool { return len(a.events("message")) > 0 })
	a.mu.Lock()
	env := a.got[0]
	a.mu.Unlock()
	if str(env, "payload", "event_id") != id || env["retry_attempt"] != float64(3) || env["retry_reason"] != "timeout" {
		t.Errorf("the last retry came as %v", env)
	}
}

// A redelivery bears the same ids.
func TestRedeliveryBearsTheSameIDs(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	_, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "once", nil)
	w.must(err)
	w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "the app's own words do not count as the last")
	w.Redeliver()
	ids := map[string]int{}
	for _, p := range a.events("message") {
		ids[str(p, "event_id")]++
	}
	if ids[w.Last().EventID] != 2 || len(ids) != 2 {
		t.Errorf("the event ids are %v", ids)
	}
}

// An acknowledgement that carries too much is refused, and the event stays unacknowledged.
func TestAnAcknowledgementCanBeTooLarge(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	a.script(func(env map[string]any) (any, bool) {
		return map[string]any{"text": strings.Repeat("x", maxAck)}, true
	})
	ctx := t.Context()
	done := make(chan error, 1)
	go func() { done <- w.work.Command(ctx, w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "list") }()
	w.until(func() bool { return len(w.Problems()) > 0 })
	w.Drop("T0NW")
	if err := <-done; err == nil || len(w.Unacked()) != 1 {
		t.Errorf("the command was taken (%v), unacked: %v", err, w.Unacked())
	}
}

// Socket Mode: a hello, a ping at once, ten sockets, each envelope to one of them, a warning before the end.
func TestSocketsComeAndGo(t *testing.T) {
	w := newWorld(t)
	var apps []*app
	for range maxSockets {
		apps = append(apps, w.connect(w.team))
	}
	if w.Sockets("T0NW") != maxSockets {
		t.Fatalf("%d sockets are open", w.Sockets("T0NW"))
	}
	for range maxSockets {
		w.SendEvent("T0NW", map[string]any{"type": "something_new"})
	}
	w.Settle()
	for i, a := range apps {
		if n := len(a.events("something_new")); n != 1 {
			t.Errorf("socket %d got %d of %d events", i, n, maxSockets)
		}
	}
	w.Disconnect("T0NW", "warning")
	warned := 0
	<-apps[0].done
	for _, a := range apps {
		a.mu.Lock()
		for _, m := range a.got {
			if m["type"] == "disconnect" && m["reason"] == "warning" {
				warned++
			}
		}
		a.mu.Unlock()
	}
	if warned != 1 {
		t.Errorf("%d sockets were warned, want one", warned)
	}
}

// HTTP mode: signed requests, the challenge, retry headers, and answers as acknowledgements.
func TestSignedRequests(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	var retries []string
	status, bodies := http.StatusOK, map[string]string{}
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte(w.team.SigningSecret))
		mac.Write([]byte("v0:" + r.Header.Get("X-Slack-Request-Timestamp") + ":" + string(body)))
		if "v0="+hex.EncodeToString(mac.Sum(nil)) != r.Header.Get("X-Slack-Signature") {
			http.Error(rw, "bad signature", http.StatusUnauthorized)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		bodies[r.URL.Path] = string(body)
		if strings.Contains(string(body), "url_verification") {
			_, _ = io.WriteString(rw, "challenge-of-T0NW")
			return
		}
		if strings.Contains(string(body), "ssl_check") {
			return
		}
		retries = append(retries, r.Header.Get("X-Slack-Retry-Num"))
		if r.URL.Path == "/slack/commands" {
			_, _ = io.WriteString(rw, "done")
			return
		}
		rw.WriteHeader(status)
	}))
	defer hook.Close()
	w.HTTP("T0NW", hook.URL)
	channel := bottest.Spot{Home: "nw", Channel: "C0NWCASES"}
	mu.Lock()
	status = http.StatusInternalServerError
	mu.Unlock()
	_, err := w.work.Say(t.Context(), w.dana, channel, "hello", nil)
	w.must(err)
	mu.Lock()
	status = http.StatusOK
	mu.Unlock()
	w.Retry()
	w.Settle()
	w.must(w.work.Command(t.Context(), w.dana, channel, "list all"))
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(retries, ","); got != ",1," {
		t.Errorf("the retry numbers are %q", got)
	}
	form, _ := url.ParseQuery(bodies["/slack/commands"])
	if form.Get("command") != "/case" || form.Get("text") != "list all" || len(w.Unacked()) != 0 {
		t.Errorf("the command came as %v; unacked: %v", form, w.Unacked())
	}
	seen := w.work.Read(w.dana, channel)
	if last := seen[len(seen)-1]; !last.Private || bot.PlainText(*last.Message, nil) != "done" {
		t.Errorf("the command was answered with %+v", last)
	}
	if p := w.Problems(); len(p) > 0 {
		t.Error(p)
	}
}
