package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

// guide is docs/slack.md taken apart.
type guide struct{ text string }

func readGuide(t *testing.T) guide {
	raw, err := os.ReadFile("docs/slack.md")
	if err != nil {
		t.Fatal(err)
	}
	return guide{string(raw)}
}

// step is the text of one heading.
func (g guide) step(t *testing.T, head string) string {
	t.Helper()
	_, rest, ok := strings.Cut(g.text, "\n## "+head)
	if !ok {
		t.Fatalf("docs/slack.md has no %q", head)
	}
	out, _, _ := strings.Cut(rest, "\n## ")
	return out
}

// yaml is the file that a step shows.
func (g guide) yaml(t *testing.T, head string) string {
	t.Helper()
	m := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(g.step(t, head))
	if m == nil {
		t.Fatalf("%s shows no file", head)
	}
	return m[1]
}

// stranger follows docs/slack.md in an empty folder, with Slack as it is before step 1: a workspace with two
// channels and two people. What the page says to type is what is run.
func stranger(t *testing.T, setup string) *program {
	p := &program{T: t, fake: slackfake.New(realTime{}), dir: t.TempDir()}
	t.Cleanup(p.fake.Close)
	p.team = p.fake.AddTeam("T0123ABCD", "desk")
	p.fake.AddChannel("C0123ABCD", "support", "T0123ABCD")
	p.fake.AddChannel("C0456EFGH", "escalations", "T0123ABCD")
	p.fake.AddUser("T0123ABCD", "U0123ABCD", "Dana Demo", "America/Chicago")
	p.fake.AddUser("T0123ABCD", "U0456EFGH", "Erin Demo", "America/Los_Angeles")
	p.fake.Kick("T0123ABCD", "C0123ABCD")
	p.fake.Kick("T0123ABCD", "C0456EFGH")
	port := freePort(t)
	p.base = "http://" + port
	p.env = append(os.Environ(), "CASEBOT_TEST_AS_PROGRAM=1", "CASEBOT_LISTEN="+port, "SLACK_API_URL="+p.fake.APIURL())
	if err := os.WriteFile(filepath.Join(p.dir, "casebot.yaml"), []byte(setup), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// says runs a command and gives what it prints and how it ends.
func (p *program) says(args ...string) (string, int) {
	p.Helper()
	out, err := p.command(args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.Fatal(err)
	}
	if exit != nil {
		return string(out), exit.ExitCode()
	}
	return string(out), 0
}

// install does what Slack does with a manifest that is pasted and installed: it grants the scopes and turns
// the events on.
func (p *program) install(manifest string) {
	p.Helper()
	var m slack.Manifest
	if err := json.Unmarshal([]byte(manifest), &m); err != nil {
		p.Fatalf("the manifest can't be read: %v\n%s", err, manifest)
	}
	p.fake.Scopes(p.team.ID, m.OAuth.Scopes["bot"]...)
	p.fake.Subscribe(p.team.ID, m.Settings.Events.Events...)
}

// serve starts casebot serve until the test ends.
func (p *program) serve() {
	p.Helper()
	var said bytes.Buffer
	c := p.command("serve")
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() {
		c.Process.Signal(os.Interrupt)
		if err := c.Wait(); err != nil {
			p.Errorf("casebot serve ended with %v:\n%s", err, said.String())
		}
	})
}

// A stranger's ten minutes: each step of docs/slack.md as it is written, with what the page says is seen.
func TestTheSetUpOfTheGuide(t *testing.T) {
	t.Parallel()
	g := readGuide(t)
	p := stranger(t, g.yaml(t, "4. Tell the desk"))
	dir := directoryOf(t, p.dir)
	dana, _ := dir.Person("dana")
	erin, _ := dir.Person("erin")

	// 1. The manifest, by the line that stands there.
	if !strings.Contains(g.step(t, "1. Make the app"), `    casebot slack manifest --name "Harbor desk" > manifest.json`) {
		t.Error("step 1 says something else than this test types")
	}
	manifest, code := p.says("slack", "manifest", "--name", "Harbor desk")
	if code != 0 || !strings.Contains(manifest, `"socket_mode_enabled": true`) || !strings.Contains(manifest, `"/case"`) || !strings.Contains(manifest, `"File as a case"`) ||
		!strings.Contains(manifest, `"display_name": "harbor-desk"`) || !strings.Contains(g.step(t, "3. Invite"), "/invite @harbor-desk") {
		t.Fatalf("the manifest is %s (exit %d)", manifest, code)
	}
	// Before any token is there, the check says so and asks nobody.
	if said, code := p.says("check"); code != 0 || !strings.Contains(said, "warning: Slack was not asked: home harbor-slack: its workspace T0123ABCD has no bot token; set the variable") {
		t.Errorf("without tokens the check ends with %d and says\n%s", code, said)
	}
	// 2. The tokens. The manifest has not been installed: everything is missing, and each line says what to do.
	p.env = append(p.env, "SLACK_BOT_TOKEN="+p.team.BotToken, "SLACK_APP_TOKEN="+p.team.AppToken)
	p.fake.Scopes(p.team.ID)
	p.fake.Subscribe(p.team.ID)
	if said, code := p.says("check"); code != 1 || !strings.Contains(said, "0 of 15 scopes are granted? add ") {
		t.Errorf("before the installation the check ends with %d and says\n%s", code, said)
	}
	p.install(manifest)
	// 3. Before the invitation.
	if said, code := p.says("check"); code != 1 || strings.Count(said, "invite it there: /invite @casebot") != 2 {
		t.Errorf("before the invitation the check ends with %d and says\n%s", code, said)
	}
	p.fake.Join("C0123ABCD", p.team.BotUser)
	p.fake.Join("C0456EFGH", p.team.BotUser)
	// 4. The check, with the line that the page shows.
	said, code := p.says("check")
	shown := regexp.MustCompile(`(?m)^    (ok: .*)$`).FindStringSubmatch(g.step(t, "4. Tell the desk"))
	if shown == nil || code != 0 || strings.Contains(said, "error:") || !strings.Contains(said, shown[1]) {
		t.Errorf("the check ends with %d and says\n%s\nwant no error and %q", code, said, shown)
	}
	for _, want := range []string{"the bot token is good", "15 of 15 scopes are granted", "Socket Mode opens", "in channel C0123ABCD", "in channel C0456EFGH", "warning: the ladder's second call", "handbook: version"} {
		if !strings.Contains(said, want) {
			t.Errorf("the check does not say %q:\n%s", want, said)
		}
	}
	// 5. It is started, and a case goes the way of the page.
	p.serve()
	p.until("the program is ready", func() bool { return p.status("/readyz") == 200 })
	if said, code := p.says("check"); code != 0 || !strings.Contains(said, "ok: casebot serve runs at "+p.base+" and is ready") || !strings.Contains(said, "events arrive at "+p.base) {
		t.Errorf("beside the running program the check ends with %d and says\n%s", code, said)
	}
	work, support, above := p.fake.Workspace(dir), bottest.Spot{Home: "northwind-slack", Channel: "C0123ABCD"}, bottest.Spot{Home: "harbor-slack", Channel: "C0456EFGH"}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(work.Command(t.Context(), dana, support, "new"))
	p.until("the form opens", func() bool { f := work.Dialog(dana); return f != nil && f.Title == "New case" })
	must(work.Submit(t.Context(), dana, map[string]string{"severity": "3", "customer": "Demo Outdoor", "product": work.Dialog(dana).Fields[1].Options[0].Value, "category": "Defect",
		"summary": "Till 7 prints no receipts", "impact": "One store waits", "first_seen": "1 hour ago"}, nil))
	var card bot.Ref
	p.until("the card appears", func() bool { card = find(work, dana, support, "Till 7 prints no receipts"); return card != "" })
	must(work.Toggle(t.Context(), bot.React, dana, card, "🆘"))
	p.until("what is missing is asked for", func() bool { return find(work, dana, support, "not complete yet") != "" })
	must(work.Press(t.Context(), dana, find(work, dana, support, "not complete yet"), "Add what is missing"))
	p.until("the form of what is missing", func() bool { return work.Dialog(dana) != nil })
	must(work.Submit(t.Context(), dana, map[string]string{"environment": "Harbor Tills 8.4 at till 7, Windows 11", "steps": "1 Sell. 2 Pay by card. Expected a receipt, got none."}, []bot.File{{Name: "till.log", Type: "text/plain", Data: []byte("HB-4012 printer queue is full")}}))
	var there bot.Ref
	p.until("the card appears above", func() bool { there = find(work, erin, above, "Till 7 prints no receipts"); return there != "" })
	inside := above
	inside.Thread = there
	_, err := work.Say(t.Context(), erin, inside, "ack", nil)
	must(err)
	p.until("both sides read that Erin has it", func() bool {
		return find(work, erin, above, "Acknowledged") != "" && find(work, dana, support, "Acknowledged") != ""
	})
	for _, problem := range p.fake.Problems() {
		t.Errorf("over a limit of Slack: %s", problem)
	}
}

// The HTTP mode of the guide: the check says what can't be seen before the program runs, and sees it then.
func TestTheGuidesHTTPMode(t *testing.T) {
	t.Parallel()
	g := readGuide(t)
	p := stranger(t, g.yaml(t, "4. Tell the desk"))
	manifest, _ := p.says("slack", "manifest", "--url", "https://desk.example.com")
	for _, address := range []string{"/slack/events", "/slack/commands", "/slack/interactions"} {
		if !strings.Contains(manifest, `"https://desk.example.com`+address+`"`) {
			t.Errorf("the manifest does not name %s:\n%s", address, manifest)
		}
	}
	p.install(manifest)
	p.fake.Join("C0123ABCD", p.team.BotUser)
	p.fake.Join("C0456EFGH", p.team.BotUser)
	p.env = append(p.env, "SLACK_BOT_TOKEN="+p.team.BotToken, "SLACK_SIGNING_SECRET="+p.team.SigningSecret)
	if said, code := p.says("check"); code != 0 || !strings.Contains(said, "warning: Slack workspace T0123ABCD: events arrive? in HTTP mode that can be seen only while casebot serve runs") {
		t.Errorf("before the start the check ends with %d and says\n%s", code, said)
	}
	p.serve()
	p.until("the program is ready", func() bool { return p.status("/readyz") == 200 })
	if said, code := p.says("check", "--no-probe"); code != 0 || strings.Contains(said, "events arrive") || len(p.fake.Calls("chat.delete")) != 0 {
		t.Errorf("without the probe the check ends with %d and says\n%s", code, said)
	}
	p.fake.HTTP("T0123ABCD", p.base)
	if said, code := p.says("check"); code != 0 || !strings.Contains(said, "ok: Slack workspace T0123ABCD: events arrive at "+p.base+" (message.channels, reaction_added, reaction_removed)") {
		t.Errorf("while it runs the check ends with %d and says\n%s", code, said)
	}
	p.fake.Subscribe("T0123ABCD")
	if said, code := p.says("check"); code != 1 || !strings.Contains(said, "error: Slack workspace T0123ABCD: events arrive at "+p.base+"? none came of") || !strings.Contains(said, "whether the request address is verified") {
		t.Errorf("with events off the check ends with %d and says\n%s", code, said)
	}
	for _, problem := range p.fake.Problems() {
		t.Errorf("over a limit of Slack: %s", problem)
	}
}

// The link of the guide: an administrator installs from the page, and the check reads the token that was kept.
func TestTheGuidesInstallingFromALink(t *testing.T) {
	t.Parallel()
	g := readGuide(t)
	p := stranger(t, g.yaml(t, "4. Tell the desk"))
	manifest, code := p.says("slack", "manifest", "--url", "https://desk.example.com", "--install")
	if code != 0 || !strings.Contains(manifest, `"https://desk.example.com/slack/oauth"`) {
		t.Fatalf("the manifest is %s", manifest)
	}
	if said, code := p.says("slack", "manifest", "--install"); code != 2 || !strings.Contains(said, "--install needs --url") {
		t.Errorf("without an address it ends with %d and says %s", code, said)
	}
	p.install(manifest)
	p.fake.Join("C0123ABCD", p.team.BotUser)
	p.fake.Join("C0456EFGH", p.team.BotUser)
	p.fake.DefineCode("a-code", "T0123ABCD")
	p.env = append(p.env, "SLACK_CLIENT_ID=1.2", "SLACK_CLIENT_SECRET=demo", "SLACK_SIGNING_SECRET="+p.team.SigningSecret, "SLACK_REDIRECT_URL="+p.base+"/slack/oauth",
		"CASEBOT_KEY="+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	if said, code := p.says("check"); code != 1 || !strings.Contains(said, "it is not installed yet; open /slack/install") {
		t.Errorf("before the installation the check ends with %d and says\n%s", code, said)
	}
	p.serve()
	p.until("the program is alive", func() bool { return p.status("/healthz") == 200 })
	p.until("it says what it waits for", func() bool {
		return strings.Contains(p.page("/readyz", nil), "it is not installed yet; open /slack/install")
	})
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(p.base + "/slack/install")
	if err != nil || res.StatusCode != http.StatusFound || len(res.Cookies()) != 1 {
		t.Fatalf("/slack/install answers %v (%v)", res, err)
	}
	res.Body.Close()
	consent, _ := res.Location()
	if consent.Host != "slack.com" || consent.Query().Get("scope") != strings.Join(slack.Scopes(), ",") {
		t.Errorf("it leads to %s", consent)
	}
	if said := p.page("/slack/oauth?code=a-code&state="+consent.Query().Get("state"), res.Cookies()[0]); !strings.Contains(said, "The app is installed") {
		t.Errorf("the way back says %q", said)
	}
	p.until("the program is ready", func() bool { return p.status("/readyz") == 200 })
	p.fake.HTTP("T0123ABCD", p.base)
	if said, code := p.says("check"); code != 0 || !strings.Contains(said, "ok: Slack workspace T0123ABCD: the bot token is good") || !strings.Contains(said, "events arrive at "+p.base) {
		t.Errorf("after the installation the check ends with %d and says\n%s", code, said)
	}
	raw, err := os.ReadFile(filepath.Join(p.dir, "casebot.db"))
	if err != nil || bytes.Contains(raw, []byte(p.team.BotToken)) {
		t.Errorf("the token stands readable in the database (%v)", err)
	}
}

// Roles by user group: the manifest asks for them by itself once they are in the file, and the check finds
// one that is not there.
func TestTheGuidesUserGroups(t *testing.T) {
	t.Parallel()
	g := readGuide(t)
	setup := g.yaml(t, "4. Tell the desk")
	with := strings.Replace(setup, "cases: C0123ABCD}", `cases: C0123ABCD, roles: {support-agents: agent, S0123ABCD: duty_manager}}`, 1)
	if with == setup {
		t.Fatal("the file of the guide has changed")
	}
	p := stranger(t, setup)
	if plain, _ := p.says("slack", "manifest"); strings.Contains(plain, "usergroups:read") {
		t.Error("the manifest asks for user groups that nobody uses")
	}
	if asked, _ := p.says("slack", "manifest", "--usergroups"); !strings.Contains(asked, "usergroups:read") {
		t.Error("--usergroups asks for nothing")
	}
	if err := os.WriteFile(filepath.Join(p.dir, "casebot.yaml"), []byte(with), 0o600); err != nil {
		t.Fatal(err)
	}
	manifest, _ := p.says("slack", "manifest")
	if !strings.Contains(manifest, "usergroups:read") || !strings.Contains(manifest, "subteam_members_changed") {
		t.Errorf("the manifest of a desk with roles by user group is %s", manifest)
	}
	p.install(manifest)
	p.fake.Join("C0123ABCD", p.team.BotUser)
	p.fake.Join("C0456EFGH", p.team.BotUser)
	p.fake.AddUser("T0123ABCD", "U0789JKLM", "Robin Sample", "America/Chicago")
	p.fake.AddGroup("T0123ABCD", "S0123ABCD", "leads", "Leads", "U0123ABCD")
	p.env = append(p.env, "SLACK_BOT_TOKEN="+p.team.BotToken, "SLACK_APP_TOKEN="+p.team.AppToken)
	if said, code := p.says("check"); code != 1 || !strings.Contains(said, "error: home northwind-slack: the user group support-agents makes its people agent? the workspace has no user group with that handle or id") ||
		!strings.Contains(said, "ok: home northwind-slack: the user group S0123ABCD makes its people duty manager") {
		t.Errorf("the check ends with %d and says\n%s", code, said)
	}
	p.fake.AddGroup("T0123ABCD", "S0456EFGH", "support-agents", "Support agents", "U0789JKLM")
	if said, code := p.says("check"); code != 0 {
		t.Errorf("the check ends with %d and says\n%s", code, said)
	}
	p.serve()
	p.until("the program is ready", func() bool { return p.status("/readyz") == 200 })
	work, robin := p.fake.Workspace(directoryOf(t, p.dir)), desk.Person{ID: "robin", Name: "Robin Sample", Party: "northwind", Accounts: []desk.Account{"slack/T0123ABCD/U0789JKLM"}}
	if err := work.Command(t.Context(), robin, bottest.Spot{Home: "northwind-slack", Channel: "C0123ABCD"}, "new"); err != nil {
		t.Fatal(err)
	}
	p.until("the form opens for somebody of the group", func() bool { return work.Dialog(robin) != nil })
}

// The files and the table that the guide shows are true: they can be read, and they name what is asked for.
func TestTheGuideIsTrue(t *testing.T) {
	g := readGuide(t)
	one := g.yaml(t, "4. Tell the desk")
	two := strings.Replace(one, one[strings.Index(one, "homes:"):strings.Index(one, "people:")], g.yaml(t, "Each company in its own workspace"), 1)
	for name, src := range map[string]string{"step 4": one, "two workspaces": two} {
		if _, err := parseDeployment("casebot.yaml", []byte(src)); err != nil {
			t.Errorf("the file of %s: %v", name, err)
		}
	}
	var scopes []string
	for _, line := range strings.Split(g.step(t, "What the app asks for"), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) > 2 {
			for _, m := range regexp.MustCompile("`([a-z_]+(?::[a-z_.]+)?)`").FindAllStringSubmatch(cells[1], -1) {
				scopes = append(scopes, m[1])
			}
		}
	}
	slices.Sort(scopes)
	if want := slack.Scopes(slack.UserGroups); !slices.Equal(scopes, want) {
		t.Errorf("the table names %q, the manifest asks for %q", scopes, want)
	}
}

// page reads a page as a browser with one cookie.
func (p *program) page(path string, cookie *http.Cookie) string {
	p.Helper()
	r, err := http.NewRequest(http.MethodGet, p.base+path, nil)
	if err != nil {
		p.Fatal(err)
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return string(raw)
}

// find gives the newest message at a spot that holds a text.
func find(work bottest.Workspace, who desk.Person, at bottest.Spot, text string) (out bot.Ref) {
	for _, m := range work.Read(who, at) {
		said := m.Text
		if m.Message != nil {
			said = bot.PlainText(*m.Message, nil)
		}
		if strings.Contains(said, text) {
			out = m.Ref
		}
	}
	return out
}

func directoryOf(t *testing.T, dir string) *desk.Directory {
	t.Helper()
	d, err := loadDeployment(filepath.Join(dir, "casebot.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return d.Dir
}
