package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"casebot/bot/slack"
	"casebot/commands"
	"casebot/desk"
	"casebot/storage"
)

const slackUsage = `casebot slack: what Slack needs to know about the desk.

  casebot slack manifest [--name casebot] [--url https://desk.example.com] [--install] [--usergroups]

manifest prints the app's manifest: paste it at https://api.slack.com/apps, "Create New App", "From a
manifest". Without --url it is for Socket Mode, which needs no public address; with it for signed requests
(HTTP mode) at that address. --install adds the page for installing by the web. --usergroups adds what it
takes to give roles by user groups; it is added by itself when a home of casebot.yaml has roles. docs/slack.md
goes through the set-up step by step.

Example:
  casebot slack manifest --name "Harbor desk" > manifest.json
`

// runSlack prints the manifest.
func runSlack(_ context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	fs := flag.NewFlagSet("casebot slack", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	name := fs.String("name", "casebot", "")
	base := fs.String("url", "", "")
	install := fs.Bool("install", false, "")
	groups := fs.Bool("usergroups", false, "")
	if len(args) == 0 || args[0] != "manifest" || fs.Parse(args[1:]) != nil || fs.NArg() > 0 {
		fmt.Fprint(errs, slackUsage)
		return exitUsage
	}
	if n := len([]rune(*name)); n < 1 || n > 35 {
		fmt.Fprintln(errs, "casebot slack: --name is 1 to 35 characters; Slack takes no more")
		return exitUsage
	}
	address, err := checkURL("--url", *base, false, "https")
	if err != nil {
		fmt.Fprintf(errs, "casebot slack: %v\n", err)
		return exitUsage
	}
	if *install && address == "" {
		fmt.Fprintln(errs, "casebot slack: --install needs --url; Slack sends the administrator back there")
		return exitUsage
	}
	o := slack.ManifestOptions{Name: *name, Usage: slackHint(), BaseURL: strings.TrimSuffix(address, "/"), Install: *install}
	if *groups || slackRolesNamed() {
		o.Extra = append(o.Extra, slack.UserGroups)
	}
	m := slack.MakeManifest(o)
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return exitOf(errs, "slack", e.Encode(m))
}

// slackRolesNamed says whether the deployment gives roles by user groups. There may be no deployment yet, or
// one that can't be read; casebot check says so, and the manifest does without.
func slackRolesNamed() bool {
	s, err := loadSettings(os.Getenv)
	if err != nil {
		return false
	}
	d, err := loadDeployment(s.Config)
	return err == nil && len(slackExtras(d.Dir)) > 0
}

// slackExtras are the parts of the manifest that a deployment needs beyond what every one does.
func slackExtras(dir *desk.Directory) []slack.Extra {
	for _, h := range dir.Homes {
		if h.Platform == slack.Name && len(h.Roles) > 0 {
			return []slack.Extra{slack.UserGroups}
		}
	}
	return nil
}

// slackHint is what people see while they type /case: the commands they use most. Slack shows a line.
func slackHint() string {
	want := map[string]bool{"new": true, "list": true, "show": true, "escalate": true, "ack": true, "update": true, "resolve": true, "help": true}
	var names []string
	for _, c := range commands.Commands() {
		if want[c.Name] {
			names = append(names, c.Name)
		}
	}
	return "[" + strings.Join(names, " | ") + " | …]"
}

// slackHomes says whether a deployment has a home on Slack.
func slackHomes(dir *desk.Directory) bool {
	for _, h := range dir.Homes {
		if h.Platform == slack.Name {
			return true
		}
	}
	return false
}

// generalHome is the workspace whose token stands in SLACK_BOT_TOKEN: the first that names no variable for it.
func generalHome(dir *desk.Directory) string {
	for _, h := range dir.Homes {
		if h.Platform == slack.Name && h.Tokens["bot"] == "" {
			return h.Workspace
		}
	}
	return ""
}

// slackOptions reads what Slack needs from the settings: tokens by the variables that the homes name, else
// the general ones.
func slackOptions(d setup, getenv func(string) string, log *slog.Logger) (slack.Options, error) {
	o := slack.Options{Dir: d.deployment.Dir, APIURL: d.settings.SlackAPIURL, Clock: realTime{}, Log: log, Quiet: time.Hour}
	general := generalHome(d.deployment.Dir)
	o.Tokens = func(h desk.Home) slack.Tokens {
		get := func(name string, otherwise Secret) string {
			switch variable := h.Tokens[name]; {
			case variable != "":
				return strings.TrimSpace(getenv(variable))
			case name == "bot" && h.Workspace != general:
				return "" // A token is one workspace's; nobody speaks with another's.
			}
			return string(otherwise)
		}
		return slack.Tokens{Bot: get("bot", d.settings.SlackBotToken), App: get("app", d.settings.SlackAppToken), Signing: get("signing_secret", d.settings.SlackSigningSecret)}
	}
	o.Zone = func(party string) *time.Location { return partyZone(d.deployment.Dir, party) }
	o.Working = func(party string, at time.Time) bool {
		p, ok := d.deployment.Dir.Party(party)
		cal, hours := d.calendars[p.Calendar].(*desk.Calendar)
		return !ok || !hours || cal.IsOpen(at)
	}
	if v := getenv("SLACK_QUIET_MINUTES"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < -1 || n == 0 || n > 24*60 {
			return o, fmt.Errorf("SLACK_QUIET_MINUTES is %q; write the minutes without any event after which Slack is probed, such as 60, or -1 for never", v)
		}
		o.Quiet = time.Duration(n) * time.Minute
	}
	id, secret, key := getenv("SLACK_CLIENT_ID"), getenv("SLACK_CLIENT_SECRET"), getenv("CASEBOT_KEY")
	if id == "" && secret == "" {
		return o, nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || len(raw) != 32 {
		return o, fmt.Errorf("CASEBOT_KEY is not 32 bytes in base64; tokens that are installed by the web are kept encrypted with it. Make one with: openssl rand -base64 32")
	}
	redirect, err := checkURL("SLACK_REDIRECT_URL", getenv("SLACK_REDIRECT_URL"), false, "https", "http")
	if err != nil || redirect == "" || id == "" || secret == "" {
		return o, fmt.Errorf("installing by the web needs SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and SLACK_REDIRECT_URL (https://…/slack/oauth)")
	}
	o.OAuth = slack.OAuth{ID: id, Secret: secret, Signing: string(d.settings.SlackSigningSecret), Key: raw, Redirect: redirect, Scopes: slack.Scopes(slackExtras(d.deployment.Dir)...)}
	return o, nil
}

// partyZone is the zone of a party's people.
func partyZone(dir *desk.Directory, party string) *time.Location {
	p, _ := dir.Party(party)
	return desk.Zone(p.Zone)
}

// connectSlack connects the workspaces of the deployment, if it has any.
func connectSlack(app *App, d setup, getenv func(string) string) error {
	if !slackHomes(d.deployment.Dir) {
		return nil
	}
	o, err := slackOptions(d, getenv, app.Log)
	if err != nil {
		return err
	}
	o.State, o.Threads, o.Clock = stateSpace{app.Store, "slack"}, app.OpenThreads, app.Clock
	p, err := slack.New(o)
	if err != nil {
		return err
	}
	app.Connect(p)
	app.Mount("/slack/", p.Handler())
	return nil
}

// slackFindings asks every workspace whether it is set up, for casebot check. Where no token is at hand
// nobody can be asked, and that is said. probe: it also looks whether events arrive, for which a line is
// written into each cases channel and taken away.
func slackFindings(ctx context.Context, d setup, getenv func(string) string, probe bool) []finding {
	if !slackHomes(d.deployment.Dir) {
		return nil
	}
	o, err := slackOptions(d, getenv, slog.New(slog.DiscardHandler))
	if err != nil {
		return []finding{{true, "error: " + err.Error()}}
	}
	if len(o.OAuth.ID) > 0 {
		// What was installed by the web stands in the desk's store.
		store, err := storage.Open(ctx, d.settings.DB, o.Log)
		if err != nil {
			return []finding{{true, "error: the tokens that were installed by the web can't be read: " + err.Error()}}
		}
		defer store.Close()
		o.State = stateSpace{store, "slack"}
	}
	p, err := slack.New(o)
	if err != nil {
		return []finding{{false, "warning: Slack was not asked: " + err.Error()}}
	}
	list := p.Check(ctx)
	if probe {
		list = append(list, p.CheckEvents(ctx, servingSlack(d.settings))...)
	}
	var out []finding
	for _, f := range list {
		switch {
		case f.Do == "":
			out = append(out, finding{false, "ok: " + f.What})
		case f.Warn:
			out = append(out, finding{false, "warning: " + f.What + "? " + f.Do})
		default:
			out = append(out, finding{true, "error: " + f.What + "? " + f.Do})
		}
	}
	return out
}
