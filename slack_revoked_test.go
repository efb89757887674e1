package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack"
	"casebot/desk"
	"casebot/story"
)

// whileAway is what an engineer says while the partner's workspace takes nothing, in this order.
var whileAway = []string{"Please do not restart till four.", "We see the coupon that freezes it.", "A fix goes out at noon."}

// revoked is a case whose partner's workspace throws the app out in the middle of its life.
type revoked struct {
	*testing.T
	*slackStage
	world *story.World
}

// tell plays lines of the one case.
func (r *revoked) tell(lines ...string) {
	r.Helper()
	var told strings.Builder
	if err := story.Run(r.Context(), r.world, []byte(strings.Join(lines, "\n")), &told); err != nil {
		r.Fatalf("%v\n%s", err, tail(told.String(), 30))
	}
}

// until waits for what happens after Slack had its answer.
func (r *revoked) until(what string, holds func() bool) {
	r.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.Fatalf("%s never came true; ready: %v", what, r.app.Ready(r.Context()))
		}
	}
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
	r.tell("it is 2026-11-17 10:00 America/Chicago", tillCase, `dana sees "is filed as Sev 3"`, "dana: /case escalate NW-1001",
		"erin: ack", `dana sees "Erin Demo (Harbor Software) has the case"`)
	if err := r.app.Ready(r.Context()); err != nil {
		r.Fatalf("before anything happened: %v", err)
	}
	before := len(r.thread())
	r.fake.Revoke("T0NORTHWIND")
	r.until("the revocation is noticed", func() bool { return r.app.Ready(r.Context()) != nil })
	for _, line := range whileAway {
		r.tell("the case is NW-1001", "erin: @casebot reply "+line, "one minute passes")
	}
	// The other workspace goes on, and its duty manager reads what waits and why. What a person writes where nobody listens is not lost.
	r.tell("the case is NW-1001", "erin: /case note NW-1001 Looks like the coupon cache.", `erin sees "Looks like the coupon cache."`,
		"pia: /case undelivered", `pia sees "the token was revoked; install the app again"`)
	dana, _ := r.dir.Person("dana")
	at := bottest.Spot{Home: "northwind", Channel: "C0NORTHWINDCASES", Thread: r.card()}
	if _, err := r.world.Work.Say(r.Context(), dana, at, "It also freezes at till five.", nil); err != nil {
		r.Fatal(err)
	}
	if n := len(r.thread()); n != before+1 {
		r.Errorf("the workspace that threw the app out got %d messages of it", n-before-1)
	}
	ready := fmt.Sprint(r.app.Ready(r.Context()))
	if !strings.Contains(ready, "workspace T0NORTHWIND: the app was removed or its token revoked") || strings.Contains(ready, "T0HARBOR") {
		r.Errorf("/readyz says %s", ready)
	}
}

// comesBack sees that what waited arrived once and in order, and that the case goes on on both sides.
func (r *revoked) comesBack() {
	r.until("the workspace is ready again", func() bool { return r.app.Ready(r.Context()) == nil })
	r.platform.Wait()
	r.settle()
	// What waits is tried every minute.
	r.tell("the case is NW-1001", "one minute passes", `erin sees "It also freezes at till five."`)
	var got []string
	for _, said := range r.thread() {
		for _, line := range whileAway {
			if strings.Contains(said, line) {
				got = append(got, line)
			}
		}
	}
	if !slices.Equal(got, whileAway) {
		r.Errorf("of what waited there arrived %q, want %q", got, whileAway)
	}
	if twice := r.fake.Doubles(); len(twice) != 0 {
		r.Errorf("said twice: %q", twice)
	}
	r.tell("the case is NW-1001", "dana: Since the update of this morning.", `erin sees "Since the update of this morning."`,
		"erin: @casebot reply Thank you, that helps.", `dana sees "Thank you, that helps."`,
		"nora: /case undelivered", `nora sees "Everything was delivered"`)
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
		r := &revoked{t, s, w}
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
		r := &revoked{t, s, w}
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
