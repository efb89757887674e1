package slackfake

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// hook is the client of signed requests. It follows no redirects, as Slack does not.
var hook = &http.Client{Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// HTTP puts a team into HTTP mode: everything goes as signed requests to base + "/slack/events",
// "/slack/commands" and "/slack/interactions". The events address is checked with url_verification at
// once, the commands address with ssl_check; what fails is noted in Problems. An empty base goes back to Socket Mode.
func (s *Server) HTTP(team, base string) {
	s.mu.Lock()
	t := s.teams[team]
	t.base = strings.TrimSuffix(base, "/")
	s.mu.Unlock()
	if base == "" {
		return
	}
	challenge := "challenge-of-" + team
	body, _ := json.Marshal(map[string]any{"token": "deprecated-" + team, "challenge": challenge, "type": "url_verification"})
	status, answer, _, err := t.request("/slack/events", "application/json", body, nil)
	check := url.Values{"ssl_check": {"1"}, "token": {"deprecated-" + team}}
	sslStatus, _, _, sslErr := t.request("/slack/commands", "application/x-www-form-urlencoded", []byte(check.Encode()), nil)
	got := strings.TrimSpace(string(answer))
	var asJSON struct{ Challenge string }
	if json.Unmarshal(answer, &asJSON) == nil {
		got = asJSON.Challenge
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || status != http.StatusOK || got != challenge {
		s.problem("http: url_verification of %s got status %d and %q (%v)", t.base, status, got, err)
	}
	if sslErr != nil || sslStatus != http.StatusOK {
		s.problem("http: ssl_check of %s got status %d (%v)", t.base, sslStatus, sslErr)
	}
}

// Sign gives the headers of a request as Slack signs it at an instant: HMAC-SHA256 over
// "v0:timestamp:body" under the signing secret.
func (t *Team) Sign(at time.Time, body []byte) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(t.SigningSecret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", stamp)
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return h
}

// request makes one signed request. The stamp is real time, against which apps check the five minutes.
func (t *Team) request(path, media string, body []byte, extra http.Header) (int, []byte, http.Header, error) {
	r, err := http.NewRequest(http.MethodPost, t.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	r.Header = t.Sign(time.Now(), body)
	for k, v := range extra {
		r.Header[k] = v
	}
	r.Header.Set("Content-Type", media)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	resp, err := hook.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, answer, resp.Header, err
}

// post sends an envelope as a signed request; the answer to it is the acknowledgement. The lock is held,
// and the request goes out on its own.
func (s *Server) post(t *Team, env *envelope) {
	path, media := "/slack/events", "application/json"
	body, _ := json.Marshal(env.Payload)
	switch env.Type {
	case "slash_commands":
		form := url.Values{}
		for k, v := range env.Payload {
			form.Set(k, fmt.Sprint(v))
		}
		path, media, body = "/slack/commands", "application/x-www-form-urlencoded", []byte(form.Encode())
	case "interactive":
		path, media, body = "/slack/interactions", "application/x-www-form-urlencoded", []byte(url.Values{"payload": {string(body)}}.Encode())
	}
	extra := http.Header{}
	if env.Attempt > 0 && env.Type == "events_api" {
		extra.Set("X-Slack-Retry-Num", strconv.Itoa(env.Attempt))
		extra.Set("X-Slack-Retry-Reason", "http_timeout")
	}
	snapshot := &Team{base: t.base, SigningSecret: t.SigningSecret}
	done := env.done
	s.work.Go(func() {
		status, answer, header, err := snapshot.request(path, media, body, extra)
		s.mu.Lock()
		defer s.mu.Unlock()
		if env.done != done {
			return // It has been sent again meanwhile.
		}
		if err != nil || status < 200 || status > 299 {
			env.noRetry = header.Get("X-Slack-No-Retry") == "1"
			s.settle(env, failed, nil)
			return
		}
		s.settle(env, acked, answerOf(answer, header.Get("Content-Type")))
	})
}

// answerOf gives the body of an answer as an acknowledgement's payload: JSON, or plain words, which a slash
// command may be answered with.
func answerOf(body []byte, media string) json.RawMessage {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil
	}
	if json.Valid(body) && strings.HasPrefix(string(body), "{") {
		return body
	}
	if strings.HasPrefix(media, "text/plain") || media == "" {
		out, _ := json.Marshal(map[string]any{"text": string(body)})
		return out
	}
	return nil
}
