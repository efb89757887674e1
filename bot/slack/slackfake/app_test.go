package slackfake

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"casebot/bot/bottest"
	"casebot/desk"
)

// world is the fake with two workspaces, people and channels, for its own tests.
type world struct {
	*testing.T
	*Server
	clock *bottest.Clock
	team  *Team
	other *Team
	dir   *desk.Directory
	work  bottest.Workspace
	dana  desk.Person
	erin  desk.Person
}

func newWorld(t *testing.T) *world {
	t.Helper()
	person := func(id, name, party, account string) desk.Person {
		return desk.Person{ID: id, Name: name, Party: party, Roles: []desk.Role{desk.Agent}, Accounts: []desk.Account{desk.Account("slack/" + account)}}
	}
	dir, err := desk.NewDirectory([]desk.Party{
		{ID: "nw", Name: "Northwind Demo", Kind: desk.Partner, Key: "NW", Zone: "America/Chicago", Home: "nw"},
		{ID: "hb", Name: "Harbor Demo", Kind: desk.Provider, Key: "HB", Zone: "America/Los_Angeles", Home: "hb"},
	}, []desk.Home{
		{ID: "nw", Party: "nw", Platform: "slack", Workspace: "T0NW", Cases: "C0NWCASES"},
		{ID: "hb", Party: "hb", Platform: "slack", Workspace: "T0HB", Cases: "C0HBCASES"},
	}, []desk.Person{person("dana", "Dana Demo", "nw", "T0NW/U0DANA"), {ID: "erin", Name: "Erin Demo", Party: "hb", Roles: []desk.Role{desk.Engineer}, Accounts: []desk.Account{"slack/T0HB/U0ERIN"}}})
	if err != nil {
		t.Fatal(err)
	}
	clock := bottest.NewClock(bottest.Monday)
	s := New(clock)
	t.Cleanup(s.Close)
	w := &world{T: t, Server: s, clock: clock, team: s.AddTeam("T0NW", "Northwind Demo"), other: s.AddTeam("T0HB", "Harbor Demo"), dir: dir, work: s.Workspace(dir)}
	s.AddUser("T0NW", "U0DANA", "Dana Demo", "America/Chicago")
	s.AddUser("T0HB", "U0ERIN", "Erin Demo", "America/Los_Angeles")
	s.AddChannel("C0NWCASES", "cases", "T0NW")
	s.AddChannel("C0HBCASES", "cases", "T0HB")
	s.AddChannel("C0SHARED", "shared", "T0NW", "T0HB")
	w.dana, _ = dir.Person("dana")
	w.erin, _ = dir.Person("erin")
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// call makes a call of the Web API with a form body, as any client would.
func (w *world) call(token, method string, args ...string) map[string]any {
	w.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, w.APIURL()+method, strings.NewReader(form.Encode()))
	w.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	w.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	w.must(err)
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		w.Fatalf("%s answered status %d, %q", method, resp.StatusCode, b)
	}
	return out
}

// ok is a call that must succeed.
func (w *world) ok(method string, args ...string) map[string]any {
	w.Helper()
	out := w.call(w.team.BotToken, method, args...)
	if out["ok"] != true {
		w.Fatalf("%s %v was refused: %v", method, args, out)
	}
	return out
}

// refused is a call that must fail with a code.
func (w *world) refused(code, method string, args ...string) map[string]any {
	w.Helper()
	out := w.call(w.team.BotToken, method, args...)
	if out["ok"] != false || out["error"] != code {
		w.Errorf("%s %v gave %v, want the error %s", method, args, out, code)
	}
	return out
}

// app is a client in Socket Mode that keeps what it gets and acknowledges it by a script.
type app struct {
	conn *websocket.Conn
	done chan struct{}

	more   chan struct{} // Holds one token after something came.
	mu     sync.Mutex
	got    []map[string]any
	answer func(env map[string]any) (payload any, ack bool)
	pings  int
}

// connect opens a socket for a team.
func (w *world) connect(t *Team) *app {
	w.Helper()
	open := w.call(t.AppToken, "apps.connections.open")
	conn, _, err := websocket.DefaultDialer.Dial(str(open, "url"), nil)
	w.must(err)
	a := &app{conn: conn, done: make(chan struct{}), more: make(chan struct{}, 1)}
	conn.SetPingHandler(func(data string) error {
		a.mu.Lock()
		a.pings++
		a.mu.Unlock()
		return conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	})
	var hello map[string]any
	w.must(conn.ReadJSON(&hello))
	if hello["type"] != "hello" {
		w.Fatalf("the first message is %v, want hello", hello)
	}
	go a.read()
	w.Cleanup(func() { conn.Close(); <-a.done })
	return a
}

func (a *app) read() {
	defer close(a.done)
	for {
		var env map[string]any
		if a.conn.ReadJSON(&env) != nil {
			return
		}
		a.mu.Lock()
		a.got = append(a.got, env)
		f := a.answer
		a.mu.Unlock()
		select {
		case a.more <- struct{}{}:
		default:
		}
		id := str(env, "envelope_id")
		if id == "" {
			continue
		}
		reply := map[string]any{"envelope_id": id}
		if f != nil {
			payload, ack := f(env)
			if !ack {
				continue
			}
			if payload != nil {
				reply["payload"] = payload
			}
		}
		_ = a.conn.WriteJSON(reply)
	}
}

// until waits for what the app is to get.
func (a *app) until(ok func() bool) {
	for !ok() {
		select {
		case <-a.more:
		case <-a.done:
			return
		}
	}
}

// until waits for a change of the server's state.
func (w *world) until(ok func() bool) {
	for {
		w.mu.Lock()
		changed := w.changed
		w.mu.Unlock()
		if ok() {
			return
		}
		<-changed
	}
}

func (a *app) script(f func(env map[string]any) (any, bool)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = f
}

// events are the inner events of a type that came.
func (a *app) events(kind string) []map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []map[string]any
	for _, env := range a.got {
		if e := obj(env, "payload", "event"); str(e, "type") == kind {
			out = append(out, obj(env, "payload"))
		}
	}
	return out
}

// interactions are the payloads of a type that came; "" gives slash commands.
func (a *app) interactions(kind string) []map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []map[string]any
	for _, env := range a.got {
		p := obj(env, "payload")
		if kind == "" && str(env, "type") == "slash_commands" || kind != "" && str(env, "type") == "interactive" && str(p, "type") == kind {
			out = append(out, p)
		}
	}
	return out
}

func asJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// nowClock stands at the suite's instant, where a test needs no other time.
type nowClock struct{}

func (nowClock) Now() time.Time { return bottest.Monday }
