package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one call under way.
type call struct {
	*Team
	params
}

// refusal is an answer with ok false.
type refusal struct {
	code  string
	extra map[string]any
}

func refuse(code string) *refusal { return &refusal{code: code} }

// method is one method of the Web API. It runs with the server's lock held.
type method struct {
	run   func(s *Server, c *call) (map[string]any, *refusal)
	scope string // What the app must have been granted; more than one with spaces, any of them enough.
	app   bool   // Takes the app-level token.
	open  bool   // Takes no token.
}

// methods is filled by init, for the methods' own functions refer to the table's types.
var methods map[string]method

func init() {
	methods = map[string]method{
		"auth.test":                    {run: (*Server).authTest},
		"apps.connections.open":        {run: (*Server).connectionsOpen, app: true},
		"bots.info":                    {run: (*Server).botsInfo, scope: "users:read"},
		"chat.delete":                  {run: (*Server).chatDelete, scope: "chat:write"},
		"chat.getPermalink":            {run: (*Server).chatPermalink},
		"chat.postEphemeral":           {run: (*Server).chatEphemeral, scope: "chat:write"},
		"chat.postMessage":             {run: (*Server).chatPost, scope: "chat:write"},
		"chat.update":                  {run: (*Server).chatUpdate, scope: "chat:write"},
		"conversations.create":         {run: (*Server).conversationsCreate, scope: "channels:manage groups:write"},
		"conversations.history":        {run: (*Server).conversationsHistory, scope: "channels:history groups:history im:history"},
		"conversations.info":           {run: (*Server).conversationsInfo, scope: "channels:read groups:read im:read"},
		"conversations.invite":         {run: (*Server).conversationsInvite, scope: "channels:manage groups:write channels:write.invites groups:write.invites"},
		"conversations.join":           {run: (*Server).conversationsJoin, scope: "channels:join"},
		"conversations.list":           {run: (*Server).conversationsList, scope: "channels:read groups:read im:read"},
		"conversations.members":        {run: (*Server).conversationsMembers, scope: "channels:read groups:read im:read"},
		"conversations.open":           {run: (*Server).conversationsOpen, scope: "im:write"},
		"conversations.replies":        {run: (*Server).conversationsReplies, scope: "channels:history groups:history im:history"},
		"files.completeUploadExternal": {run: (*Server).filesComplete, scope: "files:write"},
		"files.getUploadURLExternal":   {run: (*Server).filesUploadURL, scope: "files:write"},
		"files.info":                   {run: (*Server).filesInfo, scope: "files:read"},
		"oauth.v2.access":              {run: (*Server).oauthAccess, open: true},
		"reactions.add":                {run: (*Server).reactionsAdd, scope: "reactions:write"},
		"reactions.get":                {run: (*Server).reactionsGet, scope: "reactions:read"},
		"reactions.remove":             {run: (*Server).reactionsRemove, scope: "reactions:write"},
		"usergroups.list":              {run: (*Server).usergroupsList, scope: "usergroups:read"},
		"usergroups.users.list":        {run: (*Server).usergroupsUsers, scope: "usergroups:read"},
		"users.info":                   {run: (*Server).usersInfo, scope: "users:read"},
		"users.list":                   {run: (*Server).usersList, scope: "users:read"},
		"views.open":                   {run: (*Server).viewsOpen},
		"views.publish":                {run: (*Server).viewsPublish},
		"views.push":                   {run: (*Server).viewsPush},
		"views.update":                 {run: (*Server).viewsUpdate},
	}
}

// serveAPI answers a call: fault, rate, token, scope, and then the method itself, in Slack's order.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	p, err := readParams(r)
	if err != nil {
		writeJSON(w, http.StatusOK, map[string]any{"ok": false, "error": "invalid_json"})
		return
	}
	token := p.str("token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		token = bearer
	}
	s.mu.Lock()
	s.inFlight++
	t := s.holder(token)
	record := Call{Method: name, At: s.clock.Now()}
	if t != nil {
		record.Team = t.ID
	}
	record.Form, record.JSON = p.both()
	s.calls = append(s.calls, record)
	s.count[name]++
	ask, n := s.faults[name], s.count[name]
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.notify()
		s.mu.Unlock()
	}()
	var fault *Fault
	if ask != nil {
		fault = ask(n)
	}
	if fault != nil {
		if fault.Delay > 0 {
			select {
			case <-time.After(fault.Delay):
			case <-r.Context().Done():
			}
		}
		if !fault.Accept && fault.answer(w) {
			return
		}
	}
	s.mu.Lock()
	if wait := s.overRate(name, record.Team); wait > 0 {
		s.mu.Unlock()
		(&Fault{Status: http.StatusTooManyRequests, RetryAfter: wait}).answer(w)
		return
	}
	body, no := s.perform(name, t, token, p)
	if no != nil {
		body = map[string]any{"ok": false, "error": no.code}
		maps.Copy(body, no.extra)
	} else {
		body["ok"] = true
	}
	// What is handed out is written after the lock is given back, so it must be a copy.
	out, err := json.Marshal(body)
	if t != nil && name == "auth.test" {
		w.Header().Set("X-OAuth-Scopes", strings.Join(t.granted(), ","))
	}
	s.mu.Unlock()
	if fault != nil && fault.Accept {
		cutConnection(w)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(out)
}

// perform checks the token and the scope and runs the method; the lock is held.
func (s *Server) perform(name string, t *Team, token string, p params) (map[string]any, *refusal) {
	m, known := methods[name]
	c := &call{t, p}
	switch {
	case !known:
		return nil, &refusal{"unknown_method", map[string]any{"req_method": name}}
	case m.open:
		return m.run(s, c)
	case token == "":
		return nil, refuse("not_authed")
	case t == nil:
		return nil, refuse("invalid_auth")
	case t.revoked && m.app:
		return nil, refuse("invalid_auth")
	case t.revoked:
		return nil, refuse("token_revoked")
	case m.app != (token == t.AppToken):
		return nil, refuse("not_allowed_token_type")
	case !t.grantedAny(m.scope):
		return nil, &refusal{"missing_scope", map[string]any{"needed": strings.Join(strings.Fields(m.scope), ","), "provided": strings.Join(t.granted(), ",")}}
	}
	return m.run(s, c)
}

// holder is the team whose token it is.
func (s *Server) holder(token string) *Team {
	for _, t := range s.teams {
		if token != "" && (token == t.BotToken || token == t.AppToken) {
			return t
		}
	}
	return nil
}

// optional is the scope that an app has only when a test grants it, for without it not_in_channel is seen.
const optional = "chat:write.public"

func (t *Team) grantedAny(scopes string) bool {
	if scopes == "" {
		return true
	}
	for _, x := range strings.Fields(scopes) {
		if t.scopes[x] || t.scopes == nil && x != optional {
			return true
		}
	}
	return false
}

func (t *Team) granted() []string {
	if t.scopes != nil {
		return slices.Sorted(maps.Keys(t.scopes))
	}
	all := map[string]bool{"commands": true, "app_mentions:read": true}
	for _, m := range methods {
		for _, x := range strings.Fields(m.scope) {
			all[x] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// overRate gives the seconds to wait when a method has been called too often in the last minute.
func (s *Server) overRate(name, team string) int {
	limit := s.limits[name]
	if limit <= 0 {
		return 0
	}
	now, key := s.clock.Now(), name+"/"+team
	s.recent[key] = slices.DeleteFunc(s.recent[key], func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if got := s.recent[key]; len(got) >= limit {
		return max(1, int((time.Minute-now.Sub(got[0])+time.Second-1)/time.Second))
	}
	s.recent[key] = append(s.recent[key], now)
	return 0
}

// answer writes the failure; false when the fault has none and only delays.
func (f *Fault) answer(w http.ResponseWriter) bool {
	if f.Status == 0 && f.Error == "" {
		return false
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	status := f.Status
	if status == 0 {
		status = http.StatusOK
	}
	code := f.Error
	if code == "" && status == http.StatusTooManyRequests {
		code = "ratelimited"
	}
	if code == "" {
		w.WriteHeader(status)
		return true
	}
	writeJSON(w, status, map[string]any{"ok": false, "error": code})
	return true
}

func writeJSON(w http.ResponseWriter, status int, body map[string]any) {
	out, err := json.Marshal(body)
	if err != nil {
		out = fmt.Appendf(nil, `{"ok":false,"error":"fatal_error"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out)
}

// cutConnection ends the connection without an answer.
func cutConnection(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if c, _, err := h.Hijack(); err == nil {
			_ = c.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
