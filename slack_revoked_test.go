package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack"
	"casebot/desk"
	"casebot/story"
)

// revoked is a case whose partner's workspace throws the app out in the middle of its life.
type revoked struct {
	*closedCase
	*slackStage
}

func newRevoked(t *testing.T, s *slackStage, w *story.World) *revoked {
	r := &revoked{slackStage: s}
	r.closedCase = &closedCase{T: t, scene: w, ready: func() error { return s.app.Ready(t.Context()) }, said: r.thread}
	return r
}

// thread are the desk's and people's words in the partner's channel, in order.
func (r *revoked) thread() []string {
	var out []string
	for _, m := range r.fake.Raw("C0NORTHWINDCASES") {
		out = append(out, fmt.Sprint(m["text"]))
	}
	return out
}

// goesAway files a case that both sides have in hand, revokes the partner's token, and has both sides go on.
func (r *revoked) goesAway() {
	r.begins()
	r.fake.Revoke("T0NORTHWIND")
	r.until("the revocation is noticed", func() bool { return r.ready() != nil })
	dana, _ := r.dir.Person("dana")
	r.goesOn(dana, bottest.Spot{Home: "northwind", Channel: "C0NORTHWINDCASES", Thread: r.card()}, "the token was revoked; install the app again")
	ready := fmt.Sprint(r.ready())
	if !strings.Contains(ready, "workspace T0NORTHWIND: the app was removed or its token revoked") || strings.Contains(ready, "T0HARBOR") {
		r.Errorf("/readyz says %s", ready)
	}
}

// comesBack sees that the case goes on, and that nothing was said twice.
func (r *revoked) comesBack() {
	r.goesOnAgain(func() { r.platform.Wait(); r.settle() })
	if twice := r.fake.Doubles(); len(twice) != 0 {
		r.Errorf("said twice: %q", twice)
	}
}

// card is the case's card on the partner's side.
func (r *revoked) card() bot.Ref {
	r.Helper()
	var cards []desk.Post
	err := r.app.Store.View(r.Context(), func(v desk.Reader) (err error) {
		cards, err = v.Posts("NW-1001", desk.Partner, desk.PurposeCard)
		return err
	})
	if err != nil || len(cards) != 1 {
		r.Fatalf("the case's cards are %+v (%v)", cards, err)
	}
	return cards[0].Ref
}

// A workspace revokes the app's token in the middle of a case. The other goes on, /readyz says what to do, and what is
// to be told waits; once an administrator has installed the app again from the page, it arrives, and so does what was
// written there meanwhile. The token of the settings is a stale one from then on: a start uses the one that was installed.
func TestRevokedAndInstalledAgainFromThePage(t *testing.T) {
	inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
		r := newRevoked(t, s, w)
		stale := s.teams["T0NORTHWIND"].BotToken
		r.goesAway()
		if ready := fmt.Sprint(s.app.Ready(t.Context())); !strings.Contains(ready, "install it again at /slack/install") {
			t.Errorf("/readyz does not say what to do: %s", ready)
		}
		r.installs()
		r.comesBack()
		s.settings = map[string]string{"T0NORTHWIND": stale}
		s.stop()
		if err := s.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Store = s.app.Store
		r.tell("the case is NW-1001", "erin: @casebot reply After the night the desk still knows its way.", `dana sees "still knows its way"`)
	}, func(s *slackStage) {
		s.oauth = slack.OAuth{ID: "1.2", Secret: "demo", Key: bytes.Repeat([]byte{7}, 32), Redirect: "http://desk.example.com/slack/oauth", Scopes: slack.Scopes()}
	})
}

// The same where tokens stand in the settings: the administrator puts the new one there and starts the desk again.
func TestRevokedAndANewTokenInTheSettings(t *testing.T) {
	inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
		r := newRevoked(t, s, w)
		r.goesAway()
		if ready := fmt.Sprint(s.app.Ready(t.Context())); !strings.Contains(ready, "put the new token where the old one stands and start casebot again") {
			t.Errorf("/readyz does not say what to do: %s", ready)
		}
		s.stop()
		s.fake.Reinstall("T0NORTHWIND")
		if err := s.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Store = s.app.Store
		r.comesBack()
	})
}

// installs goes the way of an administrator's browser: from the page to Slack's consent and back. A state of another
// browser changes nothing.
func (r *revoked) installs() {
	r.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(path string, cookies ...*http.Cookie) (*http.Response, string) {
		q, err := http.NewRequest(http.MethodGet, r.web+path, nil)
		if err != nil {
			r.Fatal(err)
		}
		for _, c := range cookies {
			q.AddCookie(c)
		}
		res, err := browser.Do(q)
		if err != nil {
			r.Fatal(err)
		}
		defer res.Body.Close()
		said, _ := io.ReadAll(res.Body)
		return res, string(said)
	}
	begun, _ := get("/slack/install")
	consent, err := begun.Location()
	if err != nil || len(begun.Cookies()) != 1 {
		r.Fatalf("/slack/install answers %s with %d cookies (%v)", begun.Status, len(begun.Cookies()), err)
	}
	r.fake.DefineCode("again", "T0NORTHWIND")
	state := consent.Query().Get("state")
	if res, _ := get("/slack/oauth?code=again&state=" + state); res.StatusCode != http.StatusBadRequest || r.app.Ready(r.Context()) == nil {
		r.Errorf("a state of another browser is answered %s", res.Status)
	}
	if res, said := get("/slack/oauth?code=again&state="+state, begun.Cookies()[0]); res.StatusCode != http.StatusOK || !strings.Contains(said, "The app is installed") {
		r.Fatalf("the way back is answered %s %s", res.Status, said)
	}
}
