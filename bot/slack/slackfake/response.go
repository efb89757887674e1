package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"
)

// answerURL is a response_url: five uses within thirty minutes, bound to where somebody acted.
type answerURL struct {
	team *Team
	ch   *channel
	user string
	on   *message // What was pressed; nil for a command.
	at   time.Time
	uses int
}

const (
	answerUses = 5
	answerLife = 30 * time.Minute
)

func (s *Server) newAnswer(t *Team, ch *channel, user string, on *message) string {
	id := fmt.Sprintf("a%d", s.next())
	s.answers[id] = &answerURL{team: t, ch: ch, user: user, on: on, at: s.clock.Now()}
	return s.origin + "/answer/" + id
}

// serveAnswer takes what is posted to a response URL. It needs no token: the address is the secret.
func (s *Server) serveAnswer(w http.ResponseWriter, r *http.Request) {
	p, err := readParams(r)
	if err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.answers[r.PathValue("id")]
	name := "response_url"
	record := Call{Method: name, At: s.clock.Now()}
	if a != nil {
		record.Team = a.team.ID
	}
	record.Form, record.JSON = p.both()
	s.calls = append(s.calls, record)
	if s.faulted(name, w) {
		return
	}
	code := ""
	switch {
	case a == nil:
		code = "invalid_url"
	case s.clock.Now().Sub(a.at) > answerLife:
		code = "expired_url"
	case a.uses >= answerUses:
		code = "used_url"
	}
	if code != "" {
		writeJSON(w, http.StatusNotFound, map[string]any{"ok": false, "error": code})
		return
	}
	if no := s.answered(a, p); no != nil {
		writeJSON(w, http.StatusOK, map[string]any{"ok": false, "error": no.code})
		return
	}
	a.uses++
	_, _ = w.Write([]byte("ok"))
}

// answered does what an answer says: replaces or deletes what was pressed, or says something new.
func (s *Server) answered(a *answerURL, p params) *refusal {
	if p.yes("delete_original") {
		if a.on == nil || a.on.gone {
			return refuse("message_not_found")
		}
		a.on.gone = true
		if a.on.only == "" {
			s.tellDeleted(a.on, copied(a.on.data), true)
		}
		return nil
	}
	p[viaResponse] = true
	data, meta, no := s.content(&call{a.team, p})
	if no != nil {
		return no
	}
	if empty(data) {
		return refuse("no_text")
	}
	if p.yes("replace_original") && a.on != nil {
		if a.on.gone {
			return refuse("message_not_found")
		}
		before := copied(a.on.data)
		delete(a.on.data, "blocks")
		maps.Copy(a.on.data, data)
		if a.on.only == "" {
			s.tellChanged(a.on, before, true)
		}
		return nil
	}
	thread, ok := a.ch.root(p.str("thread_ts"))
	if !ok {
		return refuse("thread_not_found")
	}
	if p.str("response_type") == "in_channel" {
		s.botSays(a.team, a.ch, thread, data, meta)
	} else {
		s.whisper(a.team, a.ch, thread, a.user, data)
	}
	return nil
}

// answerCommand shows what an acknowledgement of a slash command carries: a message in the answer itself.
func (s *Server) answerCommand(a *answerURL, raw json.RawMessage) {
	var body map[string]any
	if len(raw) == 0 || json.Unmarshal(raw, &body) != nil || strings.TrimSpace(str(body, "text")) == "" && len(items(body, "blocks")) == 0 {
		return
	}
	if no := s.answered(a, params(body)); no != nil {
		s.problem("command: the answer was refused: %s", no.code)
	}
}
