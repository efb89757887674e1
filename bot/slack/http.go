package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"

	api "github.com/slack-go/slack"
)

// maxBody bounds a request of Slack; a view with its state may have 250 kB twice.
const maxBody = 1 << 20

// Handler takes signed requests (HTTP mode) and installs, under /slack/.
func (p *Platform) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slack/events", p.signed(p.serveEvent))
	mux.HandleFunc("POST /slack/commands", p.signed(p.serveCommand))
	mux.HandleFunc("POST /slack/interactions", p.signed(p.serveInteraction))
	mux.HandleFunc("POST /slack/interactivity", p.signed(p.serveInteraction)) // What the first manifests said.
	if p.OAuth.on() {
		mux.HandleFunc("GET /slack/install", p.serveInstall)
		mux.HandleFunc("GET /slack/oauth", p.serveInstalled)
	}
	return mux
}

// signed lets only requests through that bear the signature of an app whose secret the desk has, not older
// than five minutes (docs.slack.dev/authentication/verifying-requests-from-slack). The workspaces that this
// secret stands for go along: nobody may speak for another's.
func (p *Platform) signed(next func(w http.ResponseWriter, r *http.Request, allowed []*team, body []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var read bytes.Buffer
		// What a stranger says of the length is believed only for as much as a command has.
		read.Grow(int(max(0, min(r.ContentLength, 8<<10))) + bytes.MinRead)
		_, err := read.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
		body := read.Bytes()
		if err != nil {
			http.Error(w, "the request is too large or broke off", http.StatusRequestEntityTooLarge)
			return
		}
		allowed := p.signers(r.Header, body)
		if len(allowed) == 0 {
			p.Log.Warn("a request to Slack's address was not signed by an app the desk knows", "from", r.RemoteAddr)
			http.Error(w, "the signature is not valid", http.StatusUnauthorized)
			return
		}
		// What Slack sent is carried out even when it hangs up: it would send it again.
		next(w, r.WithContext(context.WithoutCancel(r.Context())), allowed, body)
	}
}

// signers are the workspaces whose app signed a request.
func (p *Platform) signers(h http.Header, body []byte) []*team {
	good := map[string]bool{}
	var out []*team
	for _, t := range p.teams {
		secret := t.tokens.Signing
		if secret == "" {
			secret = p.OAuth.Signing
		}
		ok, tried := good[secret]
		if !tried {
			ok = verify(h, body, secret)
			good[secret] = ok
		}
		if ok {
			out = append(out, t)
		}
	}
	return out
}

func verify(h http.Header, body []byte, secret string) bool {
	if secret == "" {
		return false
	}
	v, err := api.NewSecretsVerifier(h, secret)
	if err != nil {
		return false
	}
	v.Write(body)
	return v.Ensure() == nil
}

// serveEvent takes an event in and answers when it is done: what was not carried out is sent again.
func (p *Platform) serveEvent(w http.ResponseWriter, r *http.Request, allowed []*team, body []byte) {
	var c callback
	if err := json.Unmarshal(body, &c); err != nil {
		http.Error(w, "the event can't be read", http.StatusBadRequest)
		return
	}
	if c.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, c.Challenge)
		return
	}
	if c.Type == "event_callback" && !isObject(c.Event) {
		http.Error(w, "the event can't be read", http.StatusBadRequest)
		return
	}
	p.lanes.Enter(laneOf(body))(func() { p.event(r.Context(), allowed, body) })
	w.WriteHeader(http.StatusOK)
}

func (p *Platform) serveCommand(w http.ResponseWriter, r *http.Request, allowed []*team, body []byte) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "the command can't be read", http.StatusBadRequest)
		return
	}
	if form.Get("ssl_check") == "1" {
		return
	}
	if form.Get("team_id") == "" || form.Get("user_id") == "" || !utf8.ValidString(form.Get("text")) {
		http.Error(w, "the command can't be read: it names no workspace or nobody, or is not UTF-8", http.StatusBadRequest)
		return
	}
	reply(w, p.command(r.Context(), allowed, slash{TeamID: form.Get("team_id"), ChannelID: form.Get("channel_id"), UserID: form.Get("user_id"), UserName: form.Get("user_name"),
		Text: form.Get("text"), TriggerID: form.Get("trigger_id"), ResponseURL: form.Get("response_url"),
		seal: r.Header.Get("X-Slack-Signature")}))
}

func (p *Platform) serveInteraction(w http.ResponseWriter, r *http.Request, allowed []*team, body []byte) {
	form, err := url.ParseQuery(string(body))
	var x interactive
	if err == nil {
		err = json.Unmarshal([]byte(form.Get("payload")), &x)
	}
	if err != nil || x.Type == "" {
		http.Error(w, "the interaction can't be read", http.StatusBadRequest)
		return
	}
	reply(w, p.interaction(r.Context(), allowed, &x))
}

// isObject says whether JSON that was read holds an object.
func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

// reply writes what a response carries; nothing is an empty one.
func reply(w http.ResponseWriter, answer any) {
	if answer == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	raw, err := encoded(answer)
	if err != nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw))) // Else a long answer goes out in pieces.
	w.Write(raw)
}

// encoded is an answer as JSON, with a line break at its end.
func encoded(answer any) ([]byte, error) {
	var raw []byte
	var err error
	if body, ok := answer.(answerBody); ok {
		raw, err = body.MarshalJSON()
	} else {
		raw, err = json.Marshal(answer)
	}
	return append(raw, '\n'), err
}
