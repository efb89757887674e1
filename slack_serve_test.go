package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot/slack"
	"casebot/bot/slack/slackfake"
)

// oneWorkspace is the smallest deployment: two companies in one workspace, no variable named.
const oneWorkspace = `
parties:
  - {id: harbor, name: Harbor Demo Software, kind: provider, zone: America/Los_Angeles}
  - {id: northwind, name: Northwind Demo Retail, kind: partner, key: NW, zone: America/Chicago}
homes:
  - {id: provider, party: harbor, platform: slack, workspace: T0DESK, cases: C0ESCALATIONS}
  - {id: partner, party: northwind, platform: slack, workspace: T0DESK, cases: C0CASES, default_role: agent}
people:
  - {id: dana, name: Dana Demo, party: northwind, roles: [agent], accounts: [slack/T0DESK/U0DANA]}
  - {id: erin, name: Erin Demo, party: harbor, roles: [engineer], accounts: [slack/T0DESK/U0ERIN]}
`

// program is casebot as a process of its own, in an empty folder, with a fake of Slack behind a line that
// can be down.
type program struct {
	*testing.T
	fake *slackfake.Server
	team *slackfake.Team
	base string
	dir  string
	env  []string
	up   atomic.Bool
}

// startProgram starts `casebot serve` in HTTP mode while Slack can't be reached.
func startProgram(t *testing.T) *program {
	p := &program{T: t, fake: slackfake.New(realTime{}), dir: t.TempDir()}
	t.Cleanup(p.fake.Close)
	p.team = p.fake.AddTeam("T0DESK", "desk")
	p.fake.Scopes("T0DESK", slack.Scopes()...)
	for _, c := range []string{"C0ESCALATIONS", "C0CASES"} {
		p.fake.AddChannel(c, strings.ToLower(c[2:]), "T0DESK")
	}
	p.fake.AddUser("T0DESK", "U0DANA", "Dana Demo", "America/Chicago")
	p.fake.AddUser("T0DESK", "U0ERIN", "Erin Demo", "America/Los_Angeles")
	port := freePort(t)
	p.base = "http://" + port
	if err := os.WriteFile(filepath.Join(p.dir, "casebot.yaml"), []byte(oneWorkspace), 0o600); err != nil {
		t.Fatal(err)
	}
	p.env = append(os.Environ(), "CASEBOT_TEST_AS_PROGRAM=1", "CASEBOT_LISTEN="+port, "SLACK_API_URL="+p.line()+"/api/", "SLACK_BOT_TOKEN="+p.team.BotToken,
		"SLACK_SIGNING_SECRET="+p.team.SigningSecret)
	var said bytes.Buffer
	c := p.command("serve")
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Signal(os.Interrupt)
		if err := c.Wait(); err != nil {
			t.Errorf("casebot serve ended with %v:\n%s", err, said.String())
		}
	})
	return p
}

func (p *program) command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Dir, c.Env = p.dir, p.env
	return c
}

// line is the way to the fake, which is cut until up is set.
func (p *program) line() string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { ln.Close() })
	to, err := url.Parse(p.fake.APIURL())
	if err != nil {
		p.Fatal(err)
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", to.Host)
			if err != nil || !p.up.Load() {
				c.Close()
				continue
			}
			go func() { io.Copy(there, c); there.Close() }()
			go func() { io.Copy(c, there); c.Close() }()
		}
	}()
	return "http://" + ln.Addr().String()
}

// freePort finds an address for a program that is started in a moment. It lies below those that the system gives out by
// itself, so that nothing of a test beside this one gets it meanwhile.
func freePort(t testing.TB) string {
	for range 100 {
		if ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000))); err == nil {
			defer ln.Close()
			return ln.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// until asks again until the answer holds.
func (p *program) until(what string, holds func() bool) {
	p.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.Fatalf("%s never came true", what)
		}
	}
}

// status asks a page.
func (p *program) status(path string) int {
	res, err := http.Get(p.base + path)
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

// send makes one request to the program, signed at an instant unless head says otherwise.
func (p *program) send(path, body string, head http.Header) (int, string) {
	p.Helper()
	r, err := http.NewRequest(http.MethodPost, p.base+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	r.Header = head.Clone()
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(said)
}

// signed sends what Slack signed just now.
func (p *program) signed(path, body string) (int, string) {
	p.Helper()
	return p.send(path, body, p.team.Sign(time.Now(), []byte(body)))
}

// slashLine is the body of a slash command.
func slashLine(trigger, text string) string {
	return url.Values{"team_id": {"T0DESK"}, "channel_id": {"C0CASES"}, "user_id": {"U0DANA"}, "user_name": {"dana"}, "command": {"/case"}, "trigger_id": {trigger}, "text": {text}}.Encode()
}

// cases counts the cases that are written.
func (p *program) cases() int {
	p.Helper()
	out, err := p.command("export", "--all").Output()
	if err != nil {
		p.Fatal(err)
	}
	return bytes.Count(out, []byte("\n"))
}

// The whole program as a stranger runs it: a process, the contract's variables and addresses, Slack that
// can't be reached at first, and everything that may arrive from the internet.
func TestServeSignedRequestsAsAProcess(t *testing.T) {
	t.Parallel()
	p := startProgram(t)
	p.until("the program is alive", func() bool { return p.status("/healthz") == 200 })
	if got := p.status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("without Slack /readyz answers %d", got)
	}
	const line = `new severity=3 customer="Demo Outdoor" product="Harbor Tills" category="Defect" summary="Till 7 prints no receipts" impact="One store waits" first_seen="1 hour ago"`
	body := slashLine("1.2.a", line)
	head := p.team.Sign(time.Now(), []byte(body))
	if code, said := p.send("/slack/commands", body, head); code != 200 || !strings.Contains(said, "is filed as Sev 3") || p.cases() != 1 {
		t.Fatalf("while Slack is away a command is answered %d %s, and %d cases are written", code, said, p.cases())
	}
	p.send("/slack/commands", body, head) // Somebody plays it back.
	if n := p.cases(); n != 1 {
		t.Errorf("a command that was played back filed again: %d cases", n)
	}
	p.nonsense(body)
	if n := p.cases(); n != 1 {
		t.Errorf("after all that %d cases are written", n)
	}

	p.up.Store(true)
	p.until("Slack is connected", func() bool { return p.status("/readyz") == 200 })
	p.until("the card is posted", func() bool { return len(p.posts("Till 7 prints no receipts")) == 1 })
	card := p.posts("Till 7 prints no receipts")[0]
	event := fmt.Sprintf(`{"type":"event_callback","team_id":"T0DESK","event_id":"Ev1","event":{"type":"message","channel":"C0CASES","channel_type":"channel","user":"U0DANA","text":"It hangs after three sales","ts":"%d.000100","thread_ts":%q}}`,
		time.Now().Unix(), card)
	for i := range 4 {
		head := p.team.Sign(time.Now(), []byte(event))
		if i > 0 {
			head.Set("X-Slack-Retry-Num", fmt.Sprint(i))
			head.Set("X-Slack-Retry-Reason", "http_timeout")
		}
		if code, said := p.send("/slack/events", event, head); code != 200 {
			t.Errorf("delivery %d is answered %d %s", i+1, code, said)
		}
	}
	out, err := p.command("export", "--all").Output()
	if n := bytes.Count(out, []byte("It hangs after three sales")); err != nil || n != 1 {
		t.Errorf("an event that was sent four times is kept %d times (%v)", n, err)
	}
	for _, problem := range p.fake.Problems() {
		t.Errorf("over a limit of Slack: %s", problem)
	}
}

// nonsense is what must be refused, each with the status that says why.
func (p *program) nonsense(good string) {
	p.Helper()
	now := time.Now()
	other := *p.team
	other.SigningSecret = "of another app"
	challenge := `{"type":"url_verification","challenge":"c-1"}`
	if code, said := p.signed("/slack/events", challenge); code != 200 || said != "c-1" {
		p.Errorf("url_verification is answered %d %q", code, said)
	}
	if code, said := p.signed("/slack/commands", "ssl_check=1&token=x"); code != 200 || said != "" {
		p.Errorf("ssl_check is answered %d %q", code, said)
	}
	if code, _ := p.signed("/slack/events", `{"type":"event_callback","team_id":"T0DESK","event_id":"Ev0","event":{"type":"of_tomorrow"}}`); code != 200 {
		p.Errorf("an event that nobody knows is answered %d", code)
	}
	large := strings.Repeat("x", 2<<20)
	for _, c := range []struct {
		what, path, body string
		head             http.Header
		want             int
	}{
		{"no signature", "/slack/commands", good, http.Header{}, 401},
		{"another app's signature", "/slack/commands", good, other.Sign(now, []byte(good)), 401},
		{"a signature of six minutes ago", "/slack/commands", good, p.team.Sign(now.Add(-6*time.Minute), []byte(good)), 401},
		{"a changed body", "/slack/commands", good + "&x=y", p.team.Sign(now, []byte(good)), 401},
		{"too large a body", "/slack/events", large, p.team.Sign(now, []byte(large)), 413},
		{"JSON that breaks off", "/slack/events", "{", p.team.Sign(now, []byte("{")), 400},
		{"a payload that is none", "/slack/interactions", "payload=%7B", p.team.Sign(now, []byte("payload=%7B")), 400},
		{"a form that is none", "/slack/commands", "%zz", p.team.Sign(now, []byte("%zz")), 400},
	} {
		if code, said := p.send(c.path, c.body, c.head); code != c.want {
			p.Errorf("%s is answered %d %q, want %d", c.what, code, said, c.want)
		}
	}
	for _, path := range []string{"/slack/events", "/slack/commands", "/slack/interactions"} {
		if got := p.status(path); got != http.StatusMethodNotAllowed {
			p.Errorf("GET %s is answered %d", path, got)
		}
	}
}

// posts gives the time stamps of the messages in the partner's channel that hold a text.
func (p *program) posts(text string) []string {
	p.Helper()
	client := api.New(p.team.BotToken, api.OptionAPIURL(p.fake.APIURL()))
	page, err := client.GetConversationHistory(&api.GetConversationHistoryParameters{ChannelID: "C0CASES", Limit: 50})
	if err != nil {
		p.Fatal(err)
	}
	var out []string
	for _, m := range page.Messages {
		if whole, err := json.Marshal(m); err == nil && bytes.Contains(whole, []byte(text)) {
			out = append(out, m.Timestamp)
		}
	}
	return out
}
