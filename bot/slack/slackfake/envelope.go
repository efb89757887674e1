package slackfake

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Envelope is one thing sent to an app: an event, a command or an interaction.
type Envelope struct {
	ID      string // envelope_id.
	Type    string // "events_api", "slash_commands" or "interactive".
	Team    string // Whose app it went to.
	EventID string // Of an event.
	Payload map[string]any
	Attempt int    // How often it was sent again.
	Reason  string // Why it was sent again.
}

type state int

const (
	waiting state = iota // Sent, neither acknowledged nor given up.
	acked
	failed
)

type envelope struct {
	Envelope
	own      bool // Caused by the app itself.
	state    state
	late     bool // Acknowledged after it had been given up.
	noRetry  bool
	first    time.Time // When it was sent first, by the server's clock.
	done     chan struct{}
	sock     *socket
	timer    *time.Timer
	answer   json.RawMessage              // What the acknowledgement carried.
	onAnswer func(answer json.RawMessage) // Runs once, with the lock held.
}

// answerTime is how long an app may take to acknowledge (vendor: 3 seconds, of real time here).
const answerTime = 3 * time.Second

// retryAfter is when an event that was not acknowledged is sent again, counted from the first time.
var retryAfter = []time.Duration{0, time.Minute, 5 * time.Minute}

// dispatch sends something for the first time; the lock is held.
func (s *Server) dispatch(t *Team, env *envelope) {
	env.ID = fmt.Sprintf("%08x-demo-4000-8000-%012x", s.next(), s.number)
	env.first = s.clock.Now()
	s.envelopes = append(s.envelopes, env)
	s.byID[env.ID] = env
	if !env.own {
		s.last = env
	}
	s.send(t, env)
}

// send hands an envelope to a socket or makes the signed request, and gives it up after three seconds.
func (s *Server) send(t *Team, env *envelope) {
	env.state, env.sock, env.done = waiting, nil, make(chan struct{})
	s.waiting++
	if s.closed {
		s.settle(env, failed, nil)
		return
	}
	if t.base != "" {
		s.post(t, env)
		return
	}
	sock := t.pick()
	if sock == nil {
		s.settle(env, failed, nil) // Nobody is connected; Slack keeps nothing for later but its retries.
		return
	}
	env.sock = sock
	done := env.done
	env.timer = time.AfterFunc(answerTime, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if env.done == done {
			s.settle(env, failed, nil)
		}
	})
	sock.write(map[string]any{"type": env.Type, "envelope_id": env.ID, "payload": env.Payload, "accepts_response_payload": env.Type != "events_api",
		"retry_attempt": env.Attempt, "retry_reason": env.Reason})
}

// settle ends the waiting for an acknowledgement; the lock is held. Only the first end counts.
func (s *Server) settle(env *envelope, to state, answer json.RawMessage) {
	if env.state != waiting {
		env.late = env.late || to == acked
		return
	}
	env.state = to
	s.waiting--
	if env.timer != nil {
		env.timer.Stop()
	}
	if to == acked {
		env.answer = answer
		if env.onAnswer != nil {
			env.onAnswer(answer)
			env.onAnswer = nil // A redelivery's answer changes nothing more.
		}
	}
	close(env.done)
	s.notify()
	if s.twice && to == acked && env.Type == "events_api" && env.Attempt == 0 {
		s.again(env, "timeout")
	}
}

// await waits until envelopes are acknowledged or given up.
func (s *Server) await(ctx context.Context, envs ...*envelope) error {
	for _, env := range envs {
		if env == nil {
			continue
		}
		s.mu.Lock()
		done := env.done
		s.mu.Unlock()
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Retry sends again the events that were not acknowledged and are due by the clock: at once, after one
// minute and after five minutes. Commands and interactions are never sent again.
func (s *Server) Retry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	for _, env := range slices.Clone(s.envelopes) {
		if env.Type != "events_api" || env.state != failed || env.late || env.noRetry || env.Attempt >= len(retryAfter) {
			continue
		}
		if now.Sub(env.first) >= retryAfter[env.Attempt] {
			s.again(env, "timeout")
		}
	}
}

func (s *Server) again(env *envelope, reason string) {
	env.Attempt++
	env.Reason = reason
	s.send(s.teams[env.Team], env)
}

// Twice makes every event come once more right after it was acknowledged, as happens in Slack when an
// acknowledgement is lost on its way.
func (s *Server) Twice(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.twice = on
}

// Last is the newest envelope that the app did not cause itself.
func (s *Server) Last() Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		return Envelope{}
	}
	e := s.last.Envelope
	e.Payload = copied(e.Payload)
	return e
}

// Redeliver sends the last envelope again under the same ids, whether it was acknowledged or not: an event
// as its first retry, anything else as it was.
func (s *Server) Redeliver() {
	s.mu.Lock()
	env := s.last
	if env == nil || env.state == waiting {
		s.mu.Unlock()
		return
	}
	if env.Type == "events_api" {
		s.again(env, "timeout")
	} else {
		s.send(s.teams[env.Team], env)
	}
	s.mu.Unlock()
	_ = s.await(context.Background(), env)
}

// Unacked are the ids of the envelopes that were never acknowledged, those under way left out.
func (s *Server) Unacked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, env := range s.envelopes {
		if env.state == failed && !env.late {
			out = append(out, env.ID)
		}
	}
	return out
}

// WaitWith hands in what waits until the app has done all its work. Settle and Submit call it, for an app
// goes on after it has acknowledged. Without it they wait for a short silence.
func (s *Server) WaitWith(quiet func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet = quiet
}

const (
	settleTime = 5 * time.Second
	silence    = 15 * time.Millisecond
)

// Settle waits until everything sent was acknowledged or given up and no call of the Web API is under way,
// at most five seconds.
func (s *Server) Settle() {
	deadline := time.After(settleTime)
	for {
		s.mu.Lock()
		busy, changed, quiet, before := s.busy(), s.changed, s.quiet, len(s.envelopes)+len(s.calls)
		s.mu.Unlock()
		if !busy {
			var calm <-chan time.Time
			if quiet != nil {
				quiet()
			} else {
				calm = time.After(silence)
				select {
				case <-calm:
				case <-changed:
				case <-deadline:
					return
				}
			}
			s.mu.Lock()
			still := !s.busy() && len(s.envelopes)+len(s.calls) == before
			s.mu.Unlock()
			if still {
				return
			}
			continue
		}
		select {
		case <-changed:
		case <-deadline:
			return
		}
	}
}

// Idle says that everything sent was acknowledged or given up.
func (s *Server) Idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting == 0
}

// busy says whether something is under way; the lock is held.
func (s *Server) busy() bool { return s.inFlight > 0 || s.waiting > 0 }
