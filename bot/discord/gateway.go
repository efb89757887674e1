package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// intents are what the desk hears of. Only the content of messages is a privileged one.
const intents = discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentGuildMessageReactions | discordgo.IntentDirectMessages |
	discordgo.IntentDirectMessageReactions | discordgo.IntentMessageContent

// The gateway's operations.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// codeAgain closes a connection so that its session can be resumed; 1000 and 1001 would end it.
const codeAgain = 4000

// link is one connection.
type link struct {
	conn *websocket.Conn
	mu   sync.Mutex // Of writing.
	acks atomic.Int64
	sent atomic.Int64
	dead atomic.Bool // Heartbeats are not answered.
}

func (l *link) write(op int, d any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	return l.conn.WriteJSON(map[string]any{"op": op, "d": d})
}

// close ends the connection, leaving the session to be resumed.
func (l *link) close() {
	_ = l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(codeAgain, ""), time.Now().Add(time.Second))
	_ = l.conn.Close()
}

// connection opens one connection and reads it to its end.
func (p *Platform) connection(ctx context.Context, a *app) (end ending) {
	ask, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	if err := a.prove(ask); err != nil {
		return ending{err: explained(err), grave: statusOf(err) == http.StatusUnauthorized}
	}
	if err := p.identity(ask, a); err != nil {
		return ending{err: err, grave: statusOf(err) == http.StatusUnauthorized}
	}
	to, err := p.address(ask, a)
	if err != nil {
		return ending{err: err, grave: statusOf(err) == http.StatusUnauthorized}
	}
	conn, _, err := websocket.DefaultDialer.DialContext(ask, to, nil)
	if err != nil {
		a.set(func(a *app) { a.resumeURL = "" })
		return ending{err: fmt.Errorf("could not reach Discord: %w", err)}
	}
	l := &link{conn: conn}
	own, stop := context.WithCancel(ctx)
	var beats sync.WaitGroup
	defer beats.Wait()
	defer stop()
	defer l.close()
	context.AfterFunc(own, l.close) // The end of the program ends the reading.
	var hello struct {
		Op int `json:"op"`
		D  struct {
			Every int `json:"heartbeat_interval"`
		} `json:"d"`
	}
	_ = conn.SetReadDeadline(time.Now().Add(dialWithin))
	if err := conn.ReadJSON(&hello); err != nil || hello.Op != opHello || hello.D.Every <= 0 {
		return p.cut(a, l, err)
	}
	_ = conn.SetReadDeadline(time.Time{})
	if err := p.begin(own, a, l); err != nil {
		return p.cut(a, l, err)
	}
	beats.Add(1)
	go func() {
		defer beats.Done()
		p.beat(own, a, l, time.Duration(hello.D.Every)*time.Millisecond)
	}()
	return p.read(own, a, l)
}

// begin resumes the session that there is, else identifies.
func (p *Platform) begin(ctx context.Context, a *app, l *link) error {
	a.mu.Lock()
	session, seq := a.session, a.seq
	a.mu.Unlock()
	if session != "" {
		return l.write(opResume, map[string]any{"token": "Bot " + a.token, "session_id": session, "seq": seq})
	}
	if !p.mayIdentify(ctx, a) {
		return ctx.Err()
	}
	return l.write(opIdentify, map[string]any{"token": "Bot " + a.token, "intents": int(intents),
		"properties": map[string]string{"os": runtime.GOOS, "browser": "casebot", "device": "casebot"}})
}

// beat sends heartbeats, the first one at a random moment. One that is not answered by the next ends the connection.
func (p *Platform) beat(ctx context.Context, a *app, l *link, every time.Duration) {
	wait := time.Duration(rand.Float64() * float64(every))
	for pause(ctx, wait) {
		wait = every
		if l.sent.Load() > l.acks.Load() {
			l.dead.Store(true)
			l.close()
			return
		}
		l.sent.Add(1)
		if err := p.heartbeat(a, l); err != nil {
			l.close()
			return
		}
	}
}

func (p *Platform) heartbeat(a *app, l *link) error {
	a.mu.Lock()
	seq := a.seq
	a.mu.Unlock()
	if seq == 0 {
		return l.write(opHeartbeat, nil)
	}
	return l.write(opHeartbeat, seq)
}

// cut says how a connection ended that can't be read any more.
func (p *Platform) cut(a *app, l *link, err error) ending {
	var c *websocket.CloseError
	switch {
	case l.dead.Load():
		return ending{err: errors.New("no heartbeat is answered by Discord any more")}
	case errors.As(err, &c) && c.Code >= 4000:
		e := closed(c.Code, c.Text)
		if errors.Is(e.err, errToken) {
			a.refused()
		}
		return e
	case err == nil:
		err = errors.New("there was no hello from Discord")
	}
	return ending{err: err}
}

// read takes in what comes until the connection ends.
func (p *Platform) read(ctx context.Context, a *app, l *link) (end ending) {
	up := false
	defer func() { end.lived = up }()
	for {
		_, raw, err := l.conn.ReadMessage()
		if err != nil {
			return p.cut(a, l, err)
		}
		var e discordgo.Event
		if err := json.Unmarshal(raw, &e); err != nil {
			p.Log.Warn("a message of Discord's gateway could not be read", "err", err)
			continue
		}
		switch e.Operation {
		case opDispatch:
			a.set(func(a *app) {
				a.seq, a.heard = max(a.seq, e.Sequence), p.Clock.Now()
			})
			switch e.Type {
			case "READY":
				up = true
				p.began(a, e.RawData)
			case "RESUMED":
				up = true
				p.resumed(a)
			}
			p.take(ctx, a, &e)
		case opHeartbeat:
			if err := p.heartbeat(a, l); err != nil {
				return ending{err: err}
			}
		case opReconnect:
			return ending{}
		case opInvalid:
			// Discord asks for a wait of one to five seconds.
			wait := p.pace + time.Duration(rand.Int64N(4*int64(p.pace)))
			return ending{err: errors.New("the session was ended by Discord"), forget: string(e.RawData) != "true", wait: wait}
		case opAck:
			l.acks.Store(l.sent.Load())
			a.set(func(a *app) { a.heard = p.Clock.Now() })
		}
	}
}

// ready is what the event READY says.
type ready struct {
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Application struct {
		ID string `json:"id"`
	} `json:"application"`
	Session string `json:"session_id"`
	Resume  string `json:"resume_gateway_url"`
	Guilds  []struct {
		ID string `json:"id"`
	} `json:"guilds"`
}

// began notes a new session. The bot counts as connected when its commands have been looked at.
func (p *Platform) began(a *app, raw json.RawMessage) {
	var r ready
	if err := json.Unmarshal(raw, &r); err != nil || r.Session == "" {
		p.Log.Error("Discord's READY could not be read", "err", err)
		return
	}
	first := false
	a.set(func(a *app) {
		a.user, a.session, a.resumeURL = r.User.ID, r.Session, r.Resume
		if r.Application.ID != "" {
			a.application = r.Application.ID
		}
		for _, g := range a.guilds {
			g.in = false
			for _, x := range r.Guilds {
				g.in = g.in || x.ID == g.id
			}
		}
		first = !a.ready
		a.ready = true
		if !first {
			a.fault = nil
		}
	})
	for _, g := range a.guilds {
		if !p.joined(a, g) {
			p.left(context.Background(), a, g)
		}
	}
	p.spawn("reading back", func(ctx context.Context) {
		if first {
			p.offer(ctx, a)
			a.set(func(a *app) { a.fault = nil })
		}
		p.recover(ctx, a)
	})
}

// resumed notes that a session goes on; what was missed has been sent.
func (p *Platform) resumed(a *app) { a.set(func(a *app) { a.fault = nil }) }

// offer registers the commands in each guild where they have changed.
func (p *Platform) offer(ctx context.Context, a *app) {
	_, application := a.me()
	for _, g := range a.guilds {
		if !p.joined(a, g) {
			continue
		}
		wrote, err := register(ctx, a.call, application, g.id, Commands(p.Commands))
		if err != nil {
			p.Log.Error("slash commands could not be registered; invite the bot with the scope applications.commands", "guild", g.id, "err", err)
			continue
		}
		if wrote {
			p.Log.Info("slash commands were registered", "guild", g.id)
		}
	}
}

func (p *Platform) joined(a *app, g *server) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return g.in
}
