package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Secret is a token or key. It prints and logs as a mark, so that no message or log line can hold it
// by accident; string(s) gives the value to whoever must send it.
type Secret string

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return "(not set)"
	}
	return "(set)"
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the value from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Settings are what the environment says. Precedence: the environment, then the settings block of
// casebot.yaml, then the default. Secrets come from the environment only.
type Settings struct {
	DB       string // CASEBOT_DB: a SQLite file (default casebot.db) or postgres://…
	Config   string // CASEBOT_CONFIG; empty: casebot.yaml if there is one.
	Handbook string // CASEBOT_HANDBOOK; empty: handbook.yaml if there is one, else the built-in one.
	Listen   string // CASEBOT_LISTEN, host:port; default 127.0.0.1:8080.
	URL      string // CASEBOT_URL: where people reach that in a browser; empty: articles are written in chat only.

	SlackBotToken      Secret // SLACK_BOT_TOKEN
	SlackAppToken      Secret // SLACK_APP_TOKEN: Socket Mode when it is set.
	SlackSigningSecret Secret // SLACK_SIGNING_SECRET: HTTP mode.
	SlackAPIURL        string // SLACK_API_URL, with a trailing slash.

	DiscordToken      Secret // DISCORD_TOKEN
	DiscordAPIURL     string // DISCORD_API_URL: the REST base, ending in its version and a slash.
	DiscordGatewayURL string // DISCORD_GATEWAY_URL: empty: asked from the REST API.

	OpenAIKey     Secret // OPENAI_API_KEY; nothing is sent anywhere without it.
	OpenAIBaseURL string // OPENAI_BASE_URL
	EmbedModel    string // CASEBOT_EMBED_MODEL
	ChatModel     string // CASEBOT_CHAT_MODEL
	AssistBudget  int    // CASEBOT_ASSIST_BUDGET: tokens a UTC day; 0: the default, below 0: without end.
}

// The defaults of the settings that have one.
const (
	defaultDB         = "casebot.db"
	defaultListen     = "127.0.0.1:8080"
	defaultSlackAPI   = "https://slack.com/api/"
	defaultDiscordAPI = "https://discord.com/api/v10/"
)

// loadSettings reads the environment through getenv. Every variable that can't be used is named with
// what was found (never a secret) and what is expected.
func loadSettings(getenv func(string) string) (Settings, error) {
	get := func(name string) string { return strings.TrimSpace(getenv(name)) }
	secret := func(name string) Secret { return Secret(get(name)) }
	s := Settings{
		DB: get("CASEBOT_DB"), Config: get("CASEBOT_CONFIG"), Handbook: get("CASEBOT_HANDBOOK"), Listen: get("CASEBOT_LISTEN"),
		SlackBotToken: secret("SLACK_BOT_TOKEN"), SlackAppToken: secret("SLACK_APP_TOKEN"), SlackSigningSecret: secret("SLACK_SIGNING_SECRET"),
		DiscordToken: secret("DISCORD_TOKEN"), OpenAIKey: secret("OPENAI_API_KEY"),
		EmbedModel: get("CASEBOT_EMBED_MODEL"), ChatModel: get("CASEBOT_CHAT_MODEL"),
	}
	var errs []error
	address := func(name, otherwise string, slash bool, schemes ...string) string {
		v, err := checkURL(name, get(name), slash, schemes...)
		if err != nil {
			errs = append(errs, err)
		}
		if v == "" {
			return otherwise
		}
		return v
	}
	s.URL = strings.TrimSuffix(address("CASEBOT_URL", "", false, "https", "http"), "/")
	s.SlackAPIURL = address("SLACK_API_URL", defaultSlackAPI, true, "https", "http")
	s.DiscordAPIURL = address("DISCORD_API_URL", defaultDiscordAPI, true, "https", "http")
	s.DiscordGatewayURL = address("DISCORD_GATEWAY_URL", "", false, "wss", "ws")
	s.OpenAIBaseURL = address("OPENAI_BASE_URL", "", false, "https", "http")
	if v := get("CASEBOT_ASSIST_BUDGET"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n == 0 {
			errs = append(errs, fmt.Errorf("CASEBOT_ASSIST_BUDGET is %q; write how many tokens a day may cost, such as 200000, or -1 for no end", v))
		}
		s.AssistBudget = n
	}
	if !strings.HasPrefix(string(s.SlackBotToken), "xox") && s.SlackBotToken != "" {
		errs = append(errs, errors.New("SLACK_BOT_TOKEN does not begin with xoxb-; copy the Bot User OAuth Token of the app"))
	}
	if !strings.HasPrefix(string(s.SlackAppToken), "xapp-") && s.SlackAppToken != "" {
		errs = append(errs, errors.New("SLACK_APP_TOKEN does not begin with xapp-; copy the app-level token with connections:write"))
	}
	if s.Listen != "" {
		errs = append(errs, checkListen("CASEBOT_LISTEN", s.Listen))
	}
	return s, errors.Join(errs...)
}

// With fills in what the environment leaves open from casebot.yaml (nil: none) and then the defaults.
func (s Settings) With(d *Deployment) (Settings, error) {
	var f FileSettings
	if d != nil {
		f = d.Settings
	}
	first := func(vs ...string) string {
		for _, v := range vs {
			if v != "" {
				return v
			}
		}
		return ""
	}
	s.DB, s.Handbook = first(s.DB, f.DB, defaultDB), first(s.Handbook, f.Handbook)
	s.Listen = first(s.Listen, f.Listen, defaultListen)
	return s, checkListen("settings.listen", s.Listen)
}

func checkListen(name, v string) error {
	_, port, err := net.SplitHostPort(v)
	n, numErr := strconv.Atoi(port)
	if err != nil || numErr != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%s is %q; write host:port, such as %s", name, v, defaultListen)
	}
	return nil
}

// checkURL refuses an address of another kind, and gives it the trailing slash that the libraries need.
func checkURL(name, v string, slash bool, schemes ...string) (string, error) {
	if v == "" {
		return "", nil
	}
	u, err := url.Parse(v)
	ok := err == nil && u.Host != ""
	if ok {
		ok = false
		for _, s := range schemes {
			ok = ok || u.Scheme == s
		}
	}
	if !ok {
		// The address is not repeated: it may hold a password.
		return "", fmt.Errorf("%s is not an address; write one that begins with %s://", name, schemes[0])
	}
	if slash && !strings.HasSuffix(v, "/") {
		v += "/"
	}
	return v, nil
}
