package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack/socketmode"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

// sign signs a body as Slack does (docs.slack.dev/authentication/verifying-requests-from-slack).
func sign(secret string, at time.Time, body string) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	m := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(m, "v0:%s:%s", stamp, body)
	return http.Header{"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {"v0=" + hex.EncodeToString(m.Sum(nil))}}
}

// ask makes one request to the adapter's handler.
func ask(p *Platform, path, kind, body string, head http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	for k, v := range head {
		r.Header[k] = v
	}
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, r)
	return w
}

const formType = "application/x-www-form-urlencoded"

// Only what an app signed within the last five minutes gets in, and an app speaks for its own workspace alone.
func TestSignatures(t *testing.T) {
	s := stage(t, true, nil)
	secret, other := s.teams["T0NORTHWIND"].SigningSecret, s.teams["T0HARBOR"].SigningSecret
	line := func(team string) string {
		return url.Values{"team_id": {team}, "channel_id": {"C0SUPPORT"}, "user_id": {"U0DANA"}, "text": {"list"}, "trigger_id": {"t." + team}, "command": {"/case"}}.Encode()
	}
	good := line("T0NORTHWIND")
	now := time.Now()
	for _, c := range []struct {
		name string
		head http.Header
		body string
		want int
	}{
		{"signed now", sign(secret, now, good), good, 200},
		{"signed four minutes ago", sign(secret, now.Add(-4*time.Minute), good), good, 200},
		{"signed six minutes ago", sign(secret, now.Add(-6*time.Minute), good), good, 401},
		{"signed six minutes from now", sign(secret, now.Add(6*time.Minute), good), good, 401},
		{"signed with another key", sign("not the secret", now, good), good, 401},
		{"another body", sign(secret, now, good), good + "&text=more", 401},
		{"no signature", nil, good, 401},
		{"half a signature", http.Header{"X-Slack-Request-Timestamp": {strconv.FormatInt(now.Unix(), 10)}, "X-Slack-Signature": {"v0=abcd"}}, good, 401},
	} {
		if got := ask(s.Platform, "/slack/commands", formType, c.body, c.head).Code; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if n := len(s.inbox.of(bot.Command)); n != 2 {
		t.Fatalf("%d commands came in, want the two that were signed in time", n)
	}
	// The provider's app may not act in the partner's workspace.
	if got := ask(s.Platform, "/slack/commands", formType, good, sign(other, now, good)); got.Code != 200 || len(s.inbox.of(bot.Command)) != 2 {
		t.Errorf("another workspace's app acted as this one's: %d", got.Code)
	}
	event := `{"type":"event_callback","team_id":"T0NORTHWIND","event_id":"Ev9","event":{"type":"message","channel":"C0SUPPORT","user":"U0DANA","text":"forged","ts":"1772442000.000001"}}`
	ask(s.Platform, "/slack/events", "application/json", event, sign(other, now, event))
	if n := len(s.inbox.of(bot.Said)); n != 0 {
		t.Error("another workspace's app spoke as one of this one's people")
	}
}

// What Slack asks besides: the challenge of the set-up, the check of the certificate, and nonsense.
func TestSetUpRequestsAndNonsense(t *testing.T) {
	s := stage(t, true, nil)
	secret := s.teams["T0NORTHWIND"].SigningSecret
	now := time.Now()
	challenge := `{"type":"url_verification","challenge":"abc123"}`
	if got := ask(s.Platform, "/slack/events", "application/json", challenge, sign(secret, now, challenge)); got.Code != 200 || got.Body.String() != "abc123" {
		t.Errorf("the challenge is answered %d %q", got.Code, got.Body)
	}
	if got := ask(s.Platform, "/slack/commands", formType, "ssl_check=1", sign(secret, now, "ssl_check=1")); got.Code != 200 || got.Body.Len() != 0 {
		t.Errorf("the certificate's check is answered %d %q", got.Code, got.Body)
	}
	for _, c := range []struct{ path, body string }{
		{"/slack/events", "{"}, {"/slack/events", ""}, {"/slack/events", "[]"}, {"/slack/events", `{"type":"event_callback","team_id":"T0NORTHWIND"}`},
		{"/slack/events", `{"type":"event_callback","team_id":"T0NORTHWIND","event":"message"}`},
		{"/slack/commands", "%zz"}, {"/slack/commands", ""}, {"/slack/commands", "team_id=T0NORTHWIND&text=list"}, {"/slack/commands", "team_id=T0NORTHWIND&user_id=U0DANA&text=%FF"},
		{"/slack/interactions", "payload="}, {"/slack/interactions", "payload=%7B"}, {"/slack/interactions", "payload=[]"}, {"/slack/interactions", "payload={}"}, {"/slack/interactions", "%zz"},
	} {
		if got := ask(s.Platform, c.path, formType, c.body, sign(secret, now, c.body)); got.Code != http.StatusBadRequest {
			t.Errorf("%s answers %q with %d", c.path, c.body, got.Code)
		}
	}
	for _, kind := range []bot.InteractionKind{bot.Command, bot.Press, bot.Submit, bot.Said} {
		if n := len(s.inbox.of(kind)); n != 0 {
			t.Errorf("nonsense came in %d times as %s", n, kind)
		}
	}
	// The address that the first manifests said works on.
	press := "payload=" + url.QueryEscape(`{"type":"block_actions","team":{"id":"T0NORTHWIND"},"user":{"id":"U0DANA"},"actions":[{"value":"mine"}]}`)
	for _, path := range []string{"/slack/interactions", "/slack/interactivity"} {
		if got := ask(s.Platform, path, formType, press, sign(secret, now, press)).Code; got != http.StatusOK {
			t.Errorf("%s answers a press with %d", path, got)
		}
		r := httptest.NewRequest(http.MethodGet, path, nil)
		w := httptest.NewRecorder()
		if s.Platform.Handler().ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("GET %s is answered %d", path, w.Code)
		}
	}
	s.Wait()
	large := strings.Repeat("x", maxBody+1)
	if got := ask(s.Platform, "/slack/events", "application/json", large, sign(secret, now, large)).Code; got != http.StatusRequestEntityTooLarge {
		t.Errorf("a request of %d bytes is answered %d", len(large), got)
	}
}

// FuzzPayload: whatever a signed request holds, nothing panics and nobody is made up.
func FuzzPayload(f *testing.F) {
	f.Add(`{"type":"event_callback","team_id":"T0NORTHWIND","event":{"type":"message","channel":"C1","user":"U0DANA","text":"<@U1|x> <http://a|b>","ts":"1.1","thread_ts":"1.0"}}`)
	f.Add(`{"type":"block_actions","team":{"id":"T0NORTHWIND"},"user":{"id":"U0DANA"},"actions":[{"value":"ack"}],"container":{"message_ts":"1.1","channel_id":"C1"}}`)
	f.Add(`{"type":"view_submission","team":{"id":"T0NORTHWIND"},"user":{"id":"U0DANA"},"view":{"callback_id":"form","private_metadata":"{}","state":{"values":{"a+9":{"in":{"value":"x"}}}}}}`)
	f.Add(`{"type":"message_action","team":{"id":"T0NORTHWIND"},"message":null}`)
	p, err := New(Options{Dir: sampleDirectory(f), APIURL: "http://127.0.0.1:1/api/", Clock: bottest.NewClock(monday), Tokens: func(desk.Home) Tokens { return Tokens{Bot: "xoxb-demo", Signing: "demo"} }})
	if err != nil {
		f.Fatal(err)
	}
	inbox := &recorder{dir: p.Dir}
	p.inbox.Set(inbox)
	f.Fuzz(func(t *testing.T, body string) {
		p.event(t.Context(), p.teams, []byte(body))
		p.payload(t.Context(), p.teams, socketmode.RequestTypeInteractive, []byte(body))
		p.Wait()
		inbox.mu.Lock()
		inbox.got = nil
		inbox.mu.Unlock()
	})
}

// An event may come before Slack has told the desk who it is. The event says it too, so that a mention is known as one.
func TestAMentionIsKnownBeforeSlackHasAnswered(t *testing.T) {
	w := newWorld(t, true)
	w.fake.Fault("auth.test", func(int) *slackfake.Fault { return &slackfake.Fault{Status: 503} })
	o := w.options()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	inbox := &recorder{dir: w.dir}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, inbox) }()
	team := w.teams["T0NORTHWIND"]
	event := `{"type":"event_callback","team_id":"T0NORTHWIND","event_id":"Ev1","authorizations":[{"team_id":"T0NORTHWIND","user_id":"` + team.BotUser + `","is_bot":true}],` +
		`"event":{"type":"message","channel":"C0SUPPORT","channel_type":"channel","user":"U0DANA","text":"<@` + team.BotUser + `> list","ts":"1772442000.000001"}}`
	if got := ask(p, "/slack/events", "application/json", event, sign(team.SigningSecret, time.Now(), event)).Code; got != 200 {
		t.Errorf("the event is answered %d", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := inbox.of(bot.Said); len(got) != 1 || !got[0].Mention || got[0].Text != "list" {
		t.Errorf("the mention came in as %+v", got)
	}
}
