package playground

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/desk"
)

func TestPostEditFind(t *testing.T) {
	w := newWorld(t, nil)
	to := bot.To{Home: w.home(t, "harbor-chat"), Channel: "escalations"}
	ref, err := w.Post(t.Context(), to, bot.Say("one"), "d-1")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(ref), "harbor-chat:") {
		t.Errorf("the ref %q does not start with its home", ref)
	}
	if again, err := w.Post(t.Context(), to, bot.Say("one"), "d-1"); err != nil || again != ref {
		t.Errorf("the same delivery again gave %q, %v; want %q", again, err, ref)
	}
	if found, ok, err := w.Find(t.Context(), to, "d-1"); err != nil || !ok || found != ref {
		t.Errorf("Find gave %q, %t, %v", found, ok, err)
	}
	if err := w.Edit(t.Context(), ref, bot.Say("two")); err != nil {
		t.Fatal(err)
	}
	to.Thread = ref
	reply, err := w.Post(t.Context(), to, bot.Say("under it"), "d-2")
	if err != nil {
		t.Fatal(err)
	}
	to.Thread = reply
	if _, err := w.Post(t.Context(), to, bot.Say("under the reply"), "d-3"); err != nil {
		t.Fatal(err)
	}
	seen := NewVisitors(w.Platform).Read(w.as(t, "harbor-chat", "priya").Person, "harbor-chat", "escalations", ref)
	if len(seen) != 3 || seen[0].Message.Blocks[0].Spans[0].Text != "two" {
		t.Errorf("the thread reads %+v", seen)
	}
}

// What cannot be sent fails for good, so that it goes to the dead letters and is not tried for ever.
func TestPostNowhere(t *testing.T) {
	w := newWorld(t, nil)
	priya := w.as(t, "harbor-chat", "priya").Person
	for name, to := range map[string]bot.To{
		"no such home":    {Home: desk.Home{ID: "elsewhere"}, Channel: "cases"},
		"no such channel": {Home: w.home(t, "harbor-chat"), Channel: "nowhere"},
		"no such thread":  {Home: w.home(t, "harbor-chat"), Channel: "escalations", Thread: "harbor-chat:escalations/99"},
		"not a ref":       {Home: w.home(t, "harbor-chat"), Channel: "escalations", Thread: "x"},
		"not their home":  {Home: w.home(t, "northwind-chat"), Person: priya},
	} {
		_, err := w.Post(t.Context(), to, bot.Say("hello"), token())
		if kind, _ := bot.SendKindOf(err); err == nil || kind != bot.Permanent {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.Edit(t.Context(), "harbor-chat:escalations/99", bot.Say("x")); err == nil {
		t.Error("a message that is not there was edited")
	}
}

// A restart with the same state shows the same conversation, posts nothing twice, keeps the clock where
// it was moved to, and passes on what the desk had not taken when the program was killed.
func TestRestart(t *testing.T) {
	state := newMemory()
	first := newWorld(t, state)
	dana := first.as(t, "northwind-chat", "dana")
	ref := first.post(t, "northwind-chat", "cases", "", bot.Message{Blocks: []bot.Block{bot.P(bot.T("card"))}, Files: []bot.File{{Name: "a.txt", Data: []byte("body")}}})
	_, _, id, _ := parseRef(ref)
	if _, err := first.react(t.Context(), dana, id, "✋", true, "n1"); err != nil {
		t.Fatal(err)
	}
	room, err := first.Room(t.Context(), first.home(t, "northwind-chat"), "NW-1042", []desk.Person{dana.Person})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.clock.Advance(t.Context(), 48*time.Hour); err != nil {
		t.Fatal(err)
	}
	// The program dies between the message and its effect.
	first.mu.Lock()
	first.Platform.inbox = panicInbox{}
	first.mu.Unlock()
	func() {
		defer func() { recover() }()
		first.say(t.Context(), dana, where{channel: "cases"}, "hello", nil, "n2")
	}()

	second := newWorld(t, state)
	if got := second.inbox.last(t, bot.Said); got.Text != "hello" || !strings.Contains(got.ID, "said") {
		t.Errorf("what was said last was passed on as %+v", got)
	}
	if now := second.clock.Now(); now.Before(monday.Add(48 * time.Hour)) {
		t.Errorf("the clock went back to %v", now)
	}
	again, err := second.Post(t.Context(), bot.To{Home: second.home(t, "northwind-chat"), Channel: "cases"}, bot.Say("card"), second.message(id).Delivery)
	if err != nil || again != ref {
		t.Errorf("posted again as %q, %v; want %q", again, err, ref)
	}
	m := second.message(id)
	if data, err := second.blob(m.Files[0].ID); err != nil || string(data) != "body" {
		t.Errorf("the file reads %q, %v", data, err)
	}
	if len(m.Reacts) != 1 || m.Reacts[0].Users[0] != "dana" {
		t.Errorf("the reactions are %+v", m.Reacts)
	}
	if !second.channelExists(second.home(t, "northwind-chat"), room) {
		t.Error("the private room is gone")
	}
	third := newWorld(t, state)
	third.inbox.mu.Lock()
	defer third.inbox.mu.Unlock()
	if len(third.inbox.got) != 0 {
		t.Errorf("the next start passed on %+v again", third.inbox.got)
	}
}

type panicInbox struct{}

func (panicInbox) Handle(context.Context, *bot.Interaction) bot.Answer { panic("killed") }

// Interactions carry what the desk needs to know, and a repeated one is the same.
func TestInteractions(t *testing.T) {
	w := newWorld(t, nil)
	dana := w.as(t, "northwind-chat", "dana")
	root := w.post(t, "northwind-chat", "cases", "", sampleCard("NW-1", 3, "", "x", "Open", monday, "Escalate"))
	_, _, id, _ := parseRef(root)
	must := func(_ bot.Answer, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.say(t.Context(), dana, where{"cases", id}, "@casebot ack", []bot.File{{Name: "l.log", Data: []byte("x")}}, "n"))
	said := w.inbox.last(t, bot.Said)
	if !said.Mention || said.Text != "ack" || said.Thread != root || said.Account != "playground/northwind/dana" || len(said.Files) != 1 {
		t.Errorf("said: %+v", said)
	}
	must(w.say(t.Context(), dana, where{"cases", id}, "@casebot ack", nil, "n"))
	if again := w.inbox.last(t, bot.Said); again.ID != said.ID || again.Message != said.Message {
		t.Errorf("a request sent twice is %q and %q", said.ID, again.ID)
	}
	must(w.press(t.Context(), dana, id, 0, "p"))
	if got := w.inbox.last(t, bot.Press); got.Text != "escalate NW-1" || got.Message != root {
		t.Errorf("press: %+v", got)
	}
	if _, err := w.press(t.Context(), dana, id, 1, "p"); !errors.Is(err, errNoButton) {
		t.Errorf("a button that is not there: %v", err)
	}
	must(w.react(t.Context(), dana, id, "🆘", true, "r"))
	must(w.react(t.Context(), dana, id, "🆘", true, "r2")) // It is set already: nothing to tell.
	must(w.react(t.Context(), dana, id, "🆘", false, "r3"))
	if got := w.inbox.last(t, bot.Unreact); got.Emoji != "🆘" || got.Message != root {
		t.Errorf("unreact: %+v", got)
	}
	must(w.say(t.Context(), dana, where{channel: "@dana"}, "list", nil, "d"))
	if got := w.inbox.last(t, bot.Said); !got.Direct {
		t.Error("a direct message is not marked as one")
	}
}

// Private answers, private rooms and other workspaces stay out of sight of those they are not for.
func TestWhoSeesWhat(t *testing.T) {
	w := newWorld(t, nil)
	dana, marco, priya := w.as(t, "northwind-chat", "dana"), w.as(t, "northwind-chat", "marco"), w.as(t, "harbor-chat", "priya")
	w.inbox.answer = func(*bot.Interaction) bot.Answer { m := bot.Say("for you alone"); return bot.Answer{Message: &m} }
	if _, err := w.command(t.Context(), dana, where{channel: "cases"}, "list", "c"); err != nil {
		t.Fatal(err)
	}
	seen := func(who who, channel string) int { list, _ := w.channel(who, channel, 0); return len(list) }
	if seen(dana, "cases") != 1 || seen(marco, "cases") != 0 {
		t.Errorf("the private answer is seen by dana %d, marco %d", seen(dana, "cases"), seen(marco, "cases"))
	}
	id := w.lastNumber()
	if _, err := w.visible(marco, id); err == nil {
		t.Error("marco can fetch dana's private answer")
	}
	room, err := w.Room(t.Context(), w.home(t, "northwind-chat"), "NW-7", []desk.Person{marco.Person, priya.Person})
	if err != nil {
		t.Fatal(err)
	}
	w.post(t, "northwind-chat", room, "", bot.Say("need to know"))
	if w.mayRead(dana, room) || !w.mayRead(marco, room) {
		t.Error("the private room lets the wrong people in")
	}
	if err := w.mayBeIn(priya, where{channel: room}); err == nil {
		t.Error("somebody of another workspace is in the room")
	}
	if _, err := w.visible(dana, w.lastNumber()); err == nil {
		t.Error("dana can fetch a message of a room she is not in")
	}
	if w.mayRead(dana, "@marco") {
		t.Error("dana can read marco's direct messages")
	}
	if _, err := w.edit(t.Context(), dana, id, "x", false, "e"); err == nil {
		t.Error("the desk's message could be edited by a person")
	}
}

// Requests from other pages, under other names and with foreign files are refused or made harmless.
func TestHandlerIsCareful(t *testing.T) {
	w := newWorld(t, nil)
	server := w.serve(t)
	ask := func(method, path string, change func(*http.Request)) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(r)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	if got := ask("POST", "/api/say", func(r *http.Request) { r.Header.Set("Origin", "https://elsewhere.test") }); got.StatusCode != http.StatusForbidden {
		t.Errorf("a POST from another page: %s", got.Status)
	}
	if got := ask("GET", "/", func(r *http.Request) { r.Host = "elsewhere.test" }); got.StatusCode != http.StatusForbidden {
		t.Errorf("another name for this machine: %s", got.Status)
	}
	page := ask("GET", "/", nil)
	if csp := page.Header.Get("Content-Security-Policy"); page.StatusCode != http.StatusOK || strings.Contains(csp, "unsafe") || csp == "" {
		t.Errorf("the page: %s, %q", page.Status, csp)
	}
	dana := w.as(t, "northwind-chat", "dana")
	evil := []byte("<svg onload=alert(1)>")
	if _, err := w.say(t.Context(), dana, where{channel: "cases"}, "see", []bot.File{{Name: `a"b.svg`, Type: "image/png", Data: evil}}, "f"); err != nil {
		t.Fatal(err)
	}
	m := w.message(w.lastNumber())
	res := ask("GET", w.fileAddress(dana, m, m.Files[0]), nil)
	if kind := res.Header.Get("Content-Type"); kind != "application/octet-stream" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a file that lies about its type: %v", res.Header)
	}
	priya := w.as(t, "harbor-chat", "priya")
	if res := ask("GET", w.fileAddress(priya, m, m.Files[0]), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a file of another workspace: %s", res.Status)
	}
	form := url.Values{"home": {"northwind-chat"}, "as": {"priya"}, "channel": {"cases"}}
	if res := ask("GET", "/api/channel?"+form.Encode(), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a person who is not of that workspace: %s", res.Status)
	}
}
