package slackfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one Socket Mode connection of an app.
type socket struct {
	conn   *websocket.Conn
	out    chan []byte
	ended  chan struct{}
	once   sync.Once
	ending bool // It was told to reconnect; others are preferred.
}

const (
	maxSockets = 10                     // Vendor: up to 10 connections an app.
	maxAck     = 20_480                 // Bytes of an acknowledgement's payload; so many are refused.
	pingEvery  = 2 * time.Second        // Clients that hear no ping for 30 s reconnect.
	grace      = 250 * time.Millisecond // Between a disconnect message and the end of the connection; Slack leaves about 10 s.
)

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// serveSocket opens a connection for a ticket from apps.connections.open, which is used once.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	var t *Team
	for _, x := range s.teams {
		if x.tickets[ticket] && !x.revoked {
			t = x
			delete(x.tickets, ticket)
		}
	}
	s.mu.Unlock()
	if t == nil {
		http.Error(w, "invalid ticket", http.StatusUnauthorized)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	sock := &socket{conn: conn, out: make(chan []byte, 4096), ended: make(chan struct{})}
	s.mu.Lock()
	if s.closed || len(t.sockets) >= maxSockets {
		s.mu.Unlock()
		_ = conn.WriteJSON(map[string]any{"type": "disconnect", "reason": "too_many_websockets", "debug_info": map[string]any{"host": "wss-demo"}})
		_ = conn.Close()
		return
	}
	t.sockets = append(t.sockets, sock)
	sock.write(map[string]any{"type": "hello", "num_connections": len(t.sockets), "connection_info": map[string]any{"app_id": t.AppID},
		"debug_info": map[string]any{"host": "wss-demo", "build_number": 1, "approximate_connection_time": 18060}})
	s.notify()
	s.work.Go(sock.sendAll)
	s.mu.Unlock()
	s.readAll(t, sock)
}

// write queues a message; one that nobody reads for long enough is cut off. It never blocks, for the lock is
// held.
func (c *socket) write(v map[string]any) {
	b, err := json.Marshal(v)
	if err != nil {
		return
	}
	select {
	case c.out <- b:
	default:
		c.cut()
	}
}

// cut ends the connection dead, without a close frame.
func (c *socket) cut() {
	c.once.Do(func() {
		close(c.ended)
		_ = c.conn.Close()
	})
}

// sendAll writes what is queued, and pings.
func (c *socket) sendAll() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	// The first ping goes out at once, so that a client that counts them has one.
	_ = c.conn.WriteControl(websocket.PingMessage, []byte("Ping from wss-demo"), time.Now().Add(time.Second))
	for {
		var err error
		select {
		case <-c.ended:
			return
		case b := <-c.out:
			err = c.conn.WriteMessage(websocket.TextMessage, b)
		case <-ping.C:
			err = c.conn.WriteControl(websocket.PingMessage, []byte("Ping from wss-demo"), time.Now().Add(time.Second))
		}
		if err != nil {
			c.cut()
			return
		}
	}
}

// readAll takes acknowledgements until the connection ends. What was sent on it and not acknowledged is
// given up then.
func (s *Server) readAll(t *Team, sock *socket) {
	for {
		_, b, err := sock.conn.ReadMessage()
		if err != nil {
			break
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		s.mu.Lock()
		if err := json.Unmarshal(b, &ack); err != nil || ack.EnvelopeID == "" {
			s.problem("socket: what came is no acknowledgement: %.100s", b)
		} else {
			s.acknowledge(ack.EnvelopeID, ack.Payload)
		}
		s.mu.Unlock()
	}
	sock.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	t.sockets = slices.DeleteFunc(t.sockets, func(c *socket) bool { return c == sock })
	for _, env := range s.envelopes {
		if env.sock == sock && env.state == waiting {
			s.settle(env, failed, nil)
		}
	}
	s.notify()
}

// acknowledge takes an acknowledgement; the lock is held.
func (s *Server) acknowledge(id string, payload json.RawMessage) {
	env := s.byID[id]
	if env == nil {
		s.problem("socket: the envelope %q was never sent", id)
		return
	}
	if len(payload) >= maxAck {
		s.problem("socket: the acknowledgement of a %s carries %d bytes, fewer than %d are taken", env.Type, len(payload), maxAck)
		return
	}
	if env.Type == "events_api" && len(payload) > 0 && string(payload) != "null" {
		s.problem("socket: the acknowledgement of an event carries a payload, which is not taken: %.100s", payload)
	}
	s.settle(env, acked, payload)
}

// pick gives the socket for the next envelope: any one of them, in turn, and not one that is about to end
// while there is another.
func (t *Team) pick() *socket {
	for _, ending := range []bool{false, true} {
		for range t.sockets {
			t.turn++
			if c := t.sockets[t.turn%len(t.sockets)]; c.ending == ending {
				return c
			}
		}
	}
	return nil
}

// Sockets is how many Socket Mode connections a team's app has open.
func (s *Server) Sockets(team string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.teams[team]; t != nil {
		return len(t.sockets)
	}
	return 0
}

// Disconnect tells one socket of a team to reconnect, with the reason "warning" or "refresh_requested", and
// ends it a little later.
func (s *Server) Disconnect(team, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.teams[team]
	if t == nil {
		return
	}
	for _, c := range t.sockets {
		if !c.ending {
			c.ending = true
			c.write(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "wss-demo"}})
			time.AfterFunc(grace, c.cut)
			return
		}
	}
}

// Refresh tells one socket of every team to reconnect, as Slack does every few hours. A team of which one is
// ending already, or which has only one, is left alone: Slack's refreshes do not pile up.
func (s *Server) Refresh() {
	s.mu.Lock()
	var ids []string
	for id, t := range s.teams {
		if len(t.sockets) > 1 && !slices.ContainsFunc(t.sockets, func(c *socket) bool { return c.ending }) {
			ids = append(ids, id)
		}
	}
	s.mu.Unlock()
	for _, id := range ids {
		s.Disconnect(id, "refresh_requested")
	}
}

// Drop cuts all the sockets of a team dead.
func (s *Server) Drop(team string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.teams[team]; t != nil {
		for _, c := range t.sockets {
			c.cut()
		}
	}
}
