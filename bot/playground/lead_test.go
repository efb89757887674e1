package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/desk"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// call sends a person the message that they are called for a card.
func (w *world) call(t testing.TB, who who, about bot.Ref) {
	t.Helper()
	m := bot.Say("You are called for NW-7.")
	m.About = about
	if _, err := w.Post(t.Context(), bot.To{Home: who.home, Person: who.Person}, m, token()); err != nil {
		t.Fatal(err)
	}
}

// A message to a person leads to the card that it is about, as soon as and only while they see the card.
func TestACallLeadsToTheThread(t *testing.T) {
	kept := newMemory()
	w := newWorld(t, kept)
	nw := w.home(t, "northwind-chat")
	dana, marco := w.as(t, nw.ID, "dana"), w.as(t, nw.ID, "marco")
	room, err := w.Room(t.Context(), nw, "NW-7", []desk.Person{marco.Person})
	if err != nil {
		t.Fatal(err)
	}
	open, hidden, other := w.post(t, nw.ID, "cases", "", bot.Say("the card")), w.post(t, nw.ID, room, "", bot.Say("need to know")), w.post(t, "harbor-chat", "escalations", "", bot.Say("theirs"))
	for _, about := range []bot.Ref{open, hidden, other, "northwind-chat:cases/9000", "no address", ""} {
		w.call(t, dana, about)
	}
	led := func(w *world) (out []string) {
		for _, e := range NewVisitors(w.Platform).Read(dana.Person, nw.ID, "", "") {
			at := ""
			for _, b := range e.Message.Buttons {
				at += b.Link
			}
			out = append(out, at)
		}
		return out
	}
	if got := led(w); !slices.Equal(got, []string{"/#m-1", "", "", "", "", ""}) {
		t.Errorf("the messages lead to %q", got)
	}
	if _, err := w.Room(t.Context(), nw, "NW-7", []desk.Person{dana.Person}); err != nil {
		t.Fatal(err)
	}
	want := []string{"/#m-1", "/#m-2", "", "", "", ""}
	if got := led(w); !slices.Equal(got, want) {
		t.Errorf("after she was let into the room the messages lead to %q", got)
	}
	if got := led(newWorld(t, kept)); !slices.Equal(got, want) {
		t.Errorf("after a new start the messages lead to %q", got)
	}
	if html := w.article(dana, w.message(4)).HTML; !strings.Contains(html, `href="/#m-1">Go to the thread</a>`) {
		t.Errorf("the button does not stay in the page: %s", html)
	}
}

// Where a message stands is told only to who sees it; what is not there and what is hidden look alike.
func TestPlaceOfAMessage(t *testing.T) {
	w := newWorld(t, nil)
	nw := w.home(t, "northwind-chat")
	room, err := w.Room(t.Context(), nw, "NW-7", []desk.Person{w.as(t, nw.ID, "marco").Person})
	if err != nil {
		t.Fatal(err)
	}
	card := w.post(t, nw.ID, "cases", "", bot.Say("the card"))
	w.post(t, nw.ID, "cases", card, bot.Say("a reply"))
	w.post(t, nw.ID, room, "", bot.Say("need to know"))
	server := w.serve(t)
	ask := func(home, as, id string) (int, string) {
		t.Helper()
		res, err := http.Get(server.URL + "/api/place?" + url.Values{"home": {home}, "as": {as}, "message": {id}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var got map[string]any
		if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, fmt.Sprint(got["channel"], got["root"], got["error"])
	}
	for _, c := range []struct {
		home, as, id string
		code         int
		want         string
	}{
		{nw.ID, "dana", "1", 200, "cases"}, {nw.ID, "dana", "2", 200, "cases"}, {nw.ID, "marco", "3", 200, room},
		{nw.ID, "dana", "3", 404, "does not see"}, {nw.ID, "dana", "99", 404, "does not see"}, {nw.ID, "dana", "x", 404, "does not see"},
		{"harbor-chat", "priya", "1", 404, "does not see"}, {nw.ID, "nobody", "1", 404, "not in that channel"},
	} {
		if code, got := ask(c.home, c.as, c.id); code != c.code || !strings.Contains(got, c.want) {
			t.Errorf("%s asks for message %s: %d %s, want %d %s", c.as, c.id, code, got, c.code, c.want)
		}
	}
	if _, a := ask(nw.ID, "dana", "2"); !strings.Contains(a, "1") {
		t.Errorf("the reply stands in %s, want the thread of message 1", a)
	}
}

// In the page the button opens the room and the thread, marks the message and gives it the focus; so does its
// address after a reload and in a window of its own; a message that is not for the person's eyes opens nothing.
func TestTheButtonOpensTheThread(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	w := newWorld(t, nil)
	nw := w.home(t, "northwind-chat")
	room, err := w.Room(t.Context(), nw, "NW-7", []desk.Person{w.as(t, nw.ID, "marco").Person})
	if err != nil {
		t.Fatal(err)
	}
	card := w.post(t, nw.ID, "cases", "", bot.Say("the card"))
	for range pageSize + 5 { // The card is out of what the channel shows at first.
		w.post(t, nw.ID, "cases", "", bot.Say("another one"))
	}
	w.post(t, nw.ID, "cases", card, bot.Say("a reply"))
	hidden := w.post(t, nw.ID, room, "", bot.Say("need to know"))
	w.call(t, w.as(t, nw.ID, "dana"), card)
	url := w.serve(t).URL
	_, _, secret, _ := parseRef(hidden)
	const pane, lead, led = "[data-test=pane-0] ", `[data-test=pane-0] a[href="/#m-1"]`, `[data-test=pane-0] .thread-view article[data-id="1"].marked:focus`
	inThread := fmt.Sprintf(`document.querySelectorAll('%s.thread-view article').length === 2 && document.querySelector('%[1]s[aria-current=page]').dataset.test === 'channel-cases'`, pane)
	for _, width := range []int64{1280, 390} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			ctx, stop := browse(t)
			defer stop()
			reduce := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
				_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
				return err
			})
			step := "open the page"
			now := func(what string) chromedp.Action[chromedp.Void] {
				return chromedp.Func(func(context.Context, *chromedp.Target) error { step = what; return nil })
			}
			is := func(expression string) chromedp.Action[chromedp.Void] {
				return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
					_, err := chromedp.Poll[bool]("!!("+expression+")")(ctx, tab)
					return err
				})
			}
			err := chromedp.Do(ctx,
				chromedp.EmulateViewport(width, 820), reduce, chromedp.Navigate(url), chromedp.WaitVisible(`body[data-ready]`),
				now("press the button by the keyboard"), chromedp.Click(pane+`[data-test=channel-direct]`), chromedp.WaitVisible(lead),
				chromedp.Focus(lead), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(led), is(inThread), is(`location.hash === '#m-1'`),
				now("the mark goes"), chromedp.WaitNotPresent(pane+`.marked`),
				now("reload"), chromedp.Reload(), chromedp.WaitVisible(`body[data-ready]`), chromedp.WaitVisible(led), is(inThread),
				now("go elsewhere"), chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(pane+`.thread-view`), is(`location.hash === ''`),
				now("open its address"), chromedp.Navigate("about:blank"), chromedp.Navigate(url+"/#m-1"), chromedp.WaitVisible(led), is(inThread),
				now("a hidden message"), chromedp.Navigate("about:blank"), chromedp.Navigate(fmt.Sprintf("%s/#m-%d", url, secret)),
				chromedp.WaitVisible(`.toast.bad`), is(`document.querySelector('.toast.bad').innerText.includes('does not see')`), is(`!document.body.innerText.includes('need to know')`),
			)
			if err != nil {
				t.Errorf("%s: %v", step, err)
			}
		})
	}
}
