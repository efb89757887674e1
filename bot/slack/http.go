package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
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
func (p *Platform) signed(next func(ctx context.Context, w http.ResponseWriter, r *http.Request, allowed []*team, body []byte)) http.HandlerFunc {
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
		next(context.WithoutCancel(r.Context()), w, r, allowed, body)
	}
}

// signers are the workspaces whose app signed a request.
func (p *Platform) signers(h http.Header, body []byte) []*team {
	if len(p.teams) == 1 {
		if !p.signings.good(h, body, p.signingOf(p.teams[0])) {
			return nil
		}
		return p.teams
	}
	good := map[string]bool{}
	var out []*team
	for _, t := range p.teams {
		secret := p.signingOf(t)
		ok, tried := good[secret]
		if !tried {
			ok = p.signings.good(h, body, secret)
			good[secret] = ok
		}
		if ok {
			out = append(out, t)
		}
	}
	return out
}

// signingOf is the signing secret of a workspace's app.
func (p *Platform) signingOf(t *team) string {
	if t.tokens.Signing != "" {
		return t.tokens.Signing
	}
	return p.OAuth.Signing
}

// serveEvent takes an event in and answers when it is done: what was not carried out is sent again.
func (p *Platform) serveEvent(ctx context.Context, w http.ResponseWriter, r *http.Request, allowed []*team, body []byte) {
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
	p.lanes.Enter(laneOf(body))(func() { p.event(ctx, allowed, body) })
	w.WriteHeader(http.StatusOK)
}

func (p *Platform) serveCommand(ctx context.Context, w http.ResponseWriter, r *http.Request, allowed []*team, body []byte) {
	c, check, err := readCommand(string(body))
	if err != nil {
		http.Error(w, "the command can't be read", http.StatusBadRequest)
		return
	}
	if check {
		return
	}
	if c.TeamID == "" || c.UserID == "" || !utf8.ValidString(c.Text) {
		http.Error(w, "the command can't be read: it names no workspace or nobody, or is not UTF-8", http.StatusBadRequest)
		return
	}
	c.seal = r.Header.Get("X-Slack-Signature")
	reply(w, p.command(ctx, allowed, c))
}

// readCommand reads the form that a slash command is sent as, and whether it only tries the address out. It reads as
// url.ParseQuery does, and refuses what that refuses, but keeps only what a command has: the first of each.
func readCommand(body string) (c slash, check bool, err error) {
	var probe string
	parts := [...]struct {
		key string
		to  *string // Nil once it is read: the first one counts.
	}{{"team_id", &c.TeamID}, {"channel_id", &c.ChannelID}, {"user_id", &c.UserID}, {"user_name", &c.UserName}, {"text", &c.Text},
		{"trigger_id", &c.TriggerID}, {"response_url", &c.ResponseURL}, {"ssl_check", &probe}}
	for body != "" {
		var pair string
		pair, body, _ = strings.Cut(body, "&")
		if strings.Contains(pair, ";") {
			return slash{}, false, errors.New("a semicolon separates nothing in a form")
		}
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		if key, err = url.QueryUnescape(key); err != nil {
			return slash{}, false, err
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return slash{}, false, err
		}
		for i := range parts {
			if parts[i].key == key && parts[i].to != nil {
				*parts[i].to, parts[i].to = value, nil
			}
		}
	}
	return c, probe == "1", nil
}

func (p *Platform) serveInteraction(ctx context.Context, w http.ResponseWriter, r *http.Request, allowed []*team, body []byte) {
	form, err := url.ParseQuery(string(body))
	var x interactive
	if err == nil {
		err = json.Unmarshal([]byte(form.Get("payload")), &x)
	}
	if err != nil || x.Type == "" {
		http.Error(w, "the interaction can't be read", http.StatusBadRequest)
		return
	}
	reply(w, p.interaction(ctx, allowed, &x))
}

// isObject says whether JSON that was read holds an object.
func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

// reply writes what a response carries; nothing is an empty one.
func reply(w http.ResponseWriter, answer any) {
	if answer == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	room := rooms.Get().(*[]byte)
	defer rooms.Put(room)
	raw, err := appendAnswer((*room)[:0], answer)
	if err != nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	if cap(raw) <= maxRoom {
		*room = raw
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw))) // Else a long answer goes out in pieces.
	w.Write(raw)
}

// rooms are where answers are written down before they are sent; none that is kept is larger than maxRoom.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

const maxRoom = 16 << 10

// appendAnswer writes an answer as JSON, with a line break at its end.
func appendAnswer(b []byte, answer any) ([]byte, error) {
	if body, ok := answer.(answerBody); ok {
		b, err := body.appendTo(b)
		return append(b, '\n'), err
	}
	raw, err := json.Marshal(answer)
	return append(append(b, raw...), '\n'), err
}
