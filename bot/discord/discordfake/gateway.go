package discordfake

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// session is what IDENTIFY begins. It outlives its connection until it is ended, so that it can be resumed.
type session struct {
	id      string
	bot     *Bot
	intents int
	seq     int
	log     []*sent
	sock    *socket // nil while nobody is connected.
	zombie  bool    // Neither acknowledges heartbeats nor sends anything.
}

// sent is one event as it went out.
type sent struct {
	to  *session
	seq int
	raw []byte
}

// socket is one connection.
type socket struct {
	conn   *websocket.Conn
	out    chan frame
	ended  chan struct{}
	once   sync.Once
	ponged int // The last ping that came back.
	takes  []time.Time
}

// frame is a message, a ping, or a close.
type frame struct {
	kind int
	data []byte
	last bool
}

// mostSends is how many messages a connection takes in 60 seconds of real time (vendor: 120).
const mostSends = 120

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// Heartbeat sets the interval that HELLO asks for; at first the vendor's 41.25 s. It is real time.
func (s *Server) Heartbeat(every time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beat = every
}

func (c *call) getGateway() (any, *refusal) { return map[string]any{"url": c.s.Gateway()}, nil }

// mostIdentifies is how many a bot has in 24 hours; with one more its token is reset.
const mostIdentifies = 1000

func (c *call) getGatewayBot() (any, *refusal) {
	left := mostIdentifies - c.s.identified(c.bot)
	return map[string]any{"url": c.s.Gateway(), "shards": 1,
		"session_start_limit": map[string]any{"total": mostIdentifies, "remaining": max(0, left), "reset_after": 86400000, "max_concurrency": 1}}, nil
}

// identified counts a bot's IDENTIFYs of the last day by the clock.
func (s *Server) identified(b *Bot) int {
	n := 0
	for _, at := range b.identifies {
		if s.clock.Now().Sub(at) < 24*time.Hour {
			n++
		}
	}
	return n
}

// serveGateway opens a connection and says HELLO.
func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	sock := &socket{conn: conn, out: make(chan frame, 8192), ended: make(chan struct{})}
	conn.SetPongHandler(func(n string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		sock.ponged = max(sock.ponged, atoi(n))
		s.notify()
		return nil
	})
	s.mu.Lock()
	closed, beat := s.closed, s.beat
	if !closed {
		s.work.Go(sock.sendAll)
	}
	s.mu.Unlock()
	if v := r.URL.Query().Get("v"); v != "" && v != "9" && v != "10" {
		sock.close(4012, "Invalid API version")
	}
	if closed {
		_ = conn.Close()
		return
	}
	sock.write(asJSON(map[string]any{"op": 10, "s": nil, "t": nil, "d": map[string]any{"heartbeat_interval": beat.Milliseconds(), "_trace": []any{}}}))
	s.readAll(sock)
}

// write queues a message. It never blocks, for the lock may be held; a client that reads nothing is cut off.
func (c *socket) write(b []byte) { c.put(frame{kind: websocket.TextMessage, data: b}) }

func (c *socket) put(f frame) {
	select {
	case c.out <- f:
	default:
		c.cut()
	}
}

// close ends the connection with a code, after what is queued.
func (c *socket) close(code int, words string) {
	c.put(frame{websocket.CloseMessage, websocket.FormatCloseMessage(code, words), true})
}

// cut ends the connection dead, without a close frame.
func (c *socket) cut() {
	c.once.Do(func() {
		close(c.ended)
		_ = c.conn.Close()
	})
}

func (c *socket) sendAll() {
	for {
		select {
		case <-c.ended:
			return
		case f := <-c.out:
			if err := c.conn.WriteMessage(f.kind, f.data); err != nil || f.last {
				if f.last {
					// The client reads the code before the connection goes.
					_ = c.conn.SetReadDeadline(time.Now().Add(time.Second))
					return
				}
				c.cut()
				return
			}
		}
	}
}

// readAll takes what a client sends until the connection ends. A client that closes with 1000 or 1001 ends
// its session; after any other end the session can be resumed.
func (s *Server) readAll(sock *socket) {
	code := websocket.CloseAbnormalClosure
	for {
		_, b, err := sock.conn.ReadMessage()
		if err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				code = e.Code
			}
			break
		}
		s.mu.Lock()
		s.hear(sock, b)
		s.mu.Unlock()
	}
	sock.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.on(sock); x != nil {
		x.sock = nil
		if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
			s.drop(x)
		}
	}
	s.notify()
}

// on is the session of a connection.
func (s *Server) on(sock *socket) *session {
	for _, x := range s.sessions {
		if x.sock == sock {
			return x
		}
	}
	return nil
}

// drop ends a session for good; what waits for its answer is told so.
func (s *Server) drop(x *session) {
	s.sessions = slices.DeleteFunc(s.sessions, func(y *session) bool { return x == y })
}
