package discordfake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"casebot/bot/bottest"
	"casebot/desk"
)

// world is a guild with two people and a bot that a test speaks for by hand.
type world struct {
	*testing.T
	*Server
	clock *bottest.Clock
	bot   *Bot
	work  bottest.Workspace
	dana  desk.Person
	marco desk.Person
}

const (
	guildID   = "111111111111111111"
	casesID   = "222222222222222222"
	danaID    = "333333333333333333"
	marcoID   = "444444444444444444"
	forumID   = "555555555555555555"
	supportID = "666666666666666666"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := bottest.NewClock(bottest.Monday)
	w := &world{T: t, Server: New(clock), clock: clock}
	t.Cleanup(w.Close)
	w.bot = w.AddBot("token-of-the-demo")
	w.AddGuild(guildID, "Northwind", w.bot)
	w.AddChannel(guildID, casesID, "cases", "text")
	w.AddChannel(guildID, forumID, "posts", "forum")
	w.AddRole(guildID, supportID, "support")
	w.AddUser(guildID, danaID, "Dana Demo", supportID)
	w.AddUser(guildID, marcoID, "Marco Demo")
	person := func(id, name, user string) desk.Person {
		return desk.Person{ID: id, Name: name, Party: "nw", Roles: []desk.Role{desk.Agent}, Accounts: []desk.Account{desk.Account("discord/" + guildID + "/" + user)}}
	}
	dir, err := desk.NewDirectory([]desk.Party{{ID: "nw", Name: "Northwind Demo", Kind: desk.Partner, Key: "NW", Zone: "America/Chicago", Home: "nwd"},
		{ID: "hb", Name: "Harbor Demo", Kind: desk.Provider}},
		[]desk.Home{{ID: "nwd", Party: "nw", Platform: "discord", Workspace: guildID, Cases: casesID}},
		[]desk.Person{person("dana", "Dana Demo", danaID), person("marco", "Marco Demo", marcoID)})
	w.must(err)
	w.dana, _ = dir.Person("dana")
	w.marco, _ = dir.Person("marco")
	w.work = w.Workspace(dir)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) channel() bottest.Spot { return bottest.Spot{Home: "nwd", Channel: casesID} }

// call makes a REST call and gives the status and the body, a list under "list".
func (w *world) call(method, path string, body any) (int, map[string]any) {
	w.Helper()
	kind, data := "application/json", []byte(nil)
	if body != nil {
		data = asJSON(body)
	}
	return w.request(method, path, kind, data)
}

func (w *world) request(method, path, kind string, data []byte) (int, map[string]any) {
	w.Helper()
	r, err := http.NewRequest(method, w.REST()+strings.TrimPrefix(path, "/"), bytes.NewReader(data))
	w.must(err)
	r.Header.Set("Authorization", "Bot "+w.bot.Token)
	r.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, map[string]any{"error": err.Error()}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.must(err)
	var v any
	_ = json.Unmarshal(raw, &v)
	if l, ok := v.([]any); ok {
		return resp.StatusCode, map[string]any{"list": l}
	}
	out, _ := v.(map[string]any)
	return resp.StatusCode, out
}

// ok makes a call that must succeed.
func (w *world) ok(method, path string, body any) map[string]any {
	w.Helper()
	status, out := w.call(method, path, body)
	if status >= 300 {
		w.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

// refused makes a call that must fail with a code of Discord's.
func (w *world) refused(code int, method, path string, body any) map[string]any {
	w.Helper()
	status, out := w.call(method, path, body)
	if status < 400 || num(out, "code") != code {
		w.Errorf("%s %s: %d %v, want code %d", method, path, status, out, code)
	}
	return out
}

// quiet pings nobody.
var quiet = map[string]any{"parse": []any{}}

// post sends a text with a button and gives the id.
func (w *world) post(channel, text string) string {
	w.Helper()
	return str(w.ok("POST", "channels/"+channel+"/messages", map[string]any{"content": text, "allowed_mentions": quiet, "components": []any{row(button("Acknowledge", "ack NW-1"))}}), "id")
}

func row(parts ...any) map[string]any { return map[string]any{"type": 1, "components": parts} }

func button(label, id string) map[string]any {
	return map[string]any{"type": 2, "style": 1, "label": label, "custom_id": id}
}

// multipart makes a body with payload_json and files.
func parts(w *world, payload any, files ...string) (kind string, data []byte) {
	var b bytes.Buffer
	mw := multipart.NewWriter(&b)
	w.must(mw.WriteField("payload_json", string(asJSON(payload))))
	for i, name := range files {
		f, err := mw.CreateFormFile(fmt.Sprintf("files[%d]", i), name)
		w.must(err)
		_, err = f.Write([]byte("data of " + name))
		w.must(err)
	}
	w.must(mw.Close())
	return mw.FormDataContentType(), b.Bytes()
}

// app is a client of the gateway.
type app struct {
	w    *world
	conn *websocket.Conn
	mu   sync.Mutex
	got  []map[string]any
	code int // The close code.
	end  chan struct{}
	on   func(d map[string]any) // Called for each interaction.
}

// intents are all that the desk asks for.
const intents = intentGuilds | intentMessages | intentReactions | intentDirectMessages | intentDirectReactions | intentContent

func (w *world) dial(address string) *app {
	w.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(address+"?v=10&encoding=json", nil)
	w.must(err)
	a := &app{w: w, conn: conn, end: make(chan struct{})}
	w.Cleanup(func() { _ = conn.Close() })
	return a
}

// run reads until the connection ends.
func (a *app) run() {
	defer close(a.end)
	for {
		var m map[string]any
		if err := a.conn.ReadJSON(&m); err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				a.code = e.Code
			}
			return
		}
		a.mu.Lock()
		a.got = append(a.got, m)
		on := a.on
		a.mu.Unlock()
		if str(m, "t") == "INTERACTION_CREATE" && on != nil {
			go on(obj(m, "d"))
		}
	}
}

// connect identifies and waits for READY.
func (w *world) connect(intents int) *app {
	w.Helper()
	a := w.dial(w.Gateway())
	go a.run()
	a.identify(w.bot.Token, intents)
	w.until(func() bool { return len(a.of("READY")) > 0 })
	return a
}

func (a *app) identify(token string, intents int) {
	a.send(2, map[string]any{"token": token, "intents": intents, "properties": map[string]any{"os": "linux", "browser": "demo", "device": "demo"}})
}

func (a *app) send(op int, d any) {
	a.w.Helper()
	a.w.must(a.conn.WriteJSON(map[string]any{"op": op, "d": d}))
}

// of gives the data of the events of a type; of all when it is empty.
func (a *app) of(t string) []map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []map[string]any
	for _, m := range a.got {
		if num(m, "op") == 0 && (t == "" || str(m, "t") == t) {
			out = append(out, obj(m, "d"))
		}
	}
	return out
}

// ops counts the messages of an opcode.
func (a *app) ops(op int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, m := range a.got {
		if num(m, "op") == op {
			n++
		}
	}
	return n
}

// seq is the number of the newest event.
func (a *app) seq() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, m := range a.got {
		n = max(n, num(m, "s"))
	}
	return n
}

// answer makes the app answer every interaction with one body.
func (a *app) answer(body map[string]any) {
	a.with(func(d map[string]any) {
		a.w.call("POST", "interactions/"+str(d, "id")+"/"+str(d, "token")+"/callback", body)
	})
}

func (a *app) with(f func(d map[string]any)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.on = f
}

// until waits for what another goroutine does, for at most five seconds.
func (w *world) until(ready func() bool) {
	w.Helper()
	for end := time.Now().Add(5 * time.Second); !ready(); {
		if time.Now().After(end) {
			w.Fatal("it has not happened")
		}
		time.Sleep(time.Millisecond)
	}
}
