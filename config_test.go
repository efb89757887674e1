package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

func example(t testing.TB) string {
	t.Helper()
	src, err := os.ReadFile("casebot.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

func TestTheExampleDeploymentIsWhole(t *testing.T) {
	d, err := loadDeployment("casebot.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	slack := 0
	for _, h := range d.Homes {
		if h.Platform == "slack" {
			slack++
		}
	}
	if len(d.Parties) != 3 || slack != 2 || len(d.Homes) != 3 || d.Dir.Provider().ID != "harbor" {
		t.Errorf("%d parties, %d homes on Slack of %d, provider %q", len(d.Parties), slack, len(d.Homes), d.Dir.Provider().ID)
	}
	if p, ok := d.Dir.ByAccount("slack/T0HARBOR/U0EVE", ""); !ok || p.ID != "eve" {
		t.Errorf("the account is %+v", p)
	}
	cals, err := compileCalendars(d, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	if err != nil || len(cals) != 3 {
		t.Fatalf("%d calendars: %v", len(cals), err)
	}
	if c := cals["harbor-office"].(*desk.Calendar); c.Day() != 8*time.Hour || c.IsOpen(time.Date(2026, 11, 27, 20, 0, 0, 0, time.UTC)) {
		t.Errorf("the office's day is %v, and it is closed the day after Thanksgiving", c.Day())
	}
	var rota struct {
		Zone string `yaml:"zone"`
	}
	err = d.Rota("harbor-oncall", &rota)
	if err == nil || !strings.Contains(err.Error(), `unknown key "start" in rotas.harbor-oncall`) {
		t.Errorf("a rota is not read strictly: %v", err)
	}
}

func TestDeploymentSaysWhereAndWhat(t *testing.T) {
	src := example(t)
	for _, x := range []struct{ name, old, new, want string }{
		{"unknown key", "    rota: harbor-oncall", "    roster: harbor-oncall", `unknown key "roster" in parties[0]`},
		{"two providers", "    kind: partner\n    key: NW", "    kind: provider\n    key: NW", "a second provider; a desk has exactly one"},
		{"no provider", "kind: provider", "kind: partner\n    key: HB", "no party is the provider"},
		{"unknown kind", "kind: provider", "kind: vendor", `party "harbor" is of kind "vendor"; write provider or partner`},
		{"no key", "    key: NW ", "    # ", `party "northwind" has the key ""; write 2 to 6 capital letters`},
		{"key twice", "key: SG", "key: NW", `the key "NW" is used twice, first on line`},
		{"id twice", "- id: southgate\n", "- id: northwind\n", `the id "northwind" is used twice, first on line`},
		{"bad id", "- id: southgate\n", "- id: South Gate\n", `"South Gate" is not an id`},
		{"unknown zone", "zone: Europe/Berlin", "zone: Europe/Bielefeld", `there is no time zone "Europe/Bielefeld"`},
		{"no zone", "    zone: Europe/Berlin\n", "", `parties[2].zone: there is no time zone ""`},
		{"unknown calendar", "calendar: southgate-shop", "calendar: southgate", `there is no calendar "southgate"`},
		{"calendar without a zone", "    tz: Europe/Berlin\n", "", "calendars.southgate-shop has no tz"},
		{"calendar of a strange zone", "tz: Europe/Berlin", "tz: CET5CDT6", `there is no time zone "CET5CDT6"`},
		{"unknown rota", "rota: harbor-oncall", "rota: nobody", `there is no rota "nobody"`},
		{"rota of a stranger", "people: [eve, elliot]", "people: [eve, zed]", `rotas.harbor-oncall: there is no person "zed"`},
		{"unknown contact", "contact: pat", "contact: zed", `there is no person "zed"`},
		{"unknown home", "home: harbor-slack", "home: harbor", `there is no home "harbor"`},
		{"unknown platform", "platform: discord", "platform: irc", `there is no platform "irc"; expected slack, discord or playground`},
		{"unknown role", "roles: [engineer]", "roles: [wizard]", `there is no role "wizard"; expected one of: agent, engineer`},
		{"no role", "    roles: [engineer]\n", "", `person "eve" has no role`},
		{"unknown default role", "default_role: agent", "default_role: chief", `there is no role "chief"`},
		{"unknown role of a user group", "    default_role: agent ", "    roles: {leads: chief} # ", `there is no role "chief"`},
		{"bad account", "slack/T0HARBOR/U0EVE", "U0EVE", `"U0EVE" is not an account; write platform/workspace/user`},
		{"account twice", "slack/T0HARBOR/U0ELLIOT", "slack/T0HARBOR/U0EVE", "is used twice, first on line"},
		{"token for another platform", "      bot: SOUTHGATE_DISCORD_TOKEN", "      app: SOUTHGATE_DISCORD_TOKEN", `discord takes no token called "app"; expected one of: bot`},
		{"party nobody described", "    party: southgate\n    platform", "    party: eastgate\n    platform", `there is no party "eastgate"`},
		{"after_hours sometimes", "after_hours: false", "after_hours: sometimes", `"sometimes" stands here; write true or false`},
	} {
		t.Run(x.name, func(t *testing.T) {
			if !strings.Contains(src, x.old) {
				t.Fatalf("the example has no %q", x.old)
			}
			_, err := parseDeployment("casebot.yaml", []byte(strings.Replace(src, x.old, x.new, 1)))
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Fatalf("got  %v\nwant %s", err, x.want)
			}
			var ps *desk.Problems
			if !errors.As(err, &ps) || ps.List[0].Line == 0 {
				t.Errorf("%v names no line", err)
			}
		})
	}
}

// A secret in the file is refused, its owner told to make a new one, and no message repeats it. The
// values are put together here so that no scanner takes this test for a leak.
func TestDeploymentRefusesSecretsWithoutRepeatingThem(t *testing.T) {
	src := example(t)
	for _, secret := range []string{
		"xox" + "b-111111111111-222222222222-abcdefghijklmnop", "xap" + "p-1-A0000000000-1111111111-abcdef0123456789",
		"M" + strings.Repeat("Tk4Nzc2", 3) + "Mx" + ".GaBcDe." + strings.Repeat("abcdefg", 5), "s" + "k-proj-abcdefghijklmnopqrstuvwx",
		"8f742231b10e8888abcd99yyyzzz85a5", "bot token here", "hunter2",
	} {
		for _, at := range []string{"bot: HARBOR_SLACK_BOT_TOKEN", "bot: SOUTHGATE_DISCORD_TOKEN"} {
			broken := strings.Replace(src, at, `bot: "`+secret+`"`, 1)
			line := 1 + strings.Count(broken[:strings.Index(broken, secret)], "\n")
			_, err := parseDeployment("casebot.yaml", []byte(broken))
			if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("casebot.yaml:%d: ", line)) || !strings.Contains(err.Error(), "make a new one") {
				t.Errorf("got %v, want line %d and word to make a new one", err, line)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the message repeats the secret: %v", err)
			}
		}
	}
	_, err := parseDeployment("c", []byte(strings.Replace(src, "db: casebot.db", "db: postgres://casebot:pw123@db/casebot", 1)))
	if err == nil || strings.Contains(err.Error(), "pw123") {
		t.Errorf("a password in an address: %v", err)
	}
}

func TestDeploymentFileIsFoundOrNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := loadDeployment(""); !errors.Is(err, errNoDeployment) {
		t.Errorf("without a file: %v", err)
	}
	if _, err := loadDeployment("elsewhere.yaml"); err == nil || errors.Is(err, errNoDeployment) || !strings.Contains(err.Error(), "CASEBOT_CONFIG") {
		t.Errorf("a file that was asked for: %v", err)
	}
	book, src, err := loadHandbook("")
	if err != nil || book.Version != desk.HandbookVersion(src) {
		t.Errorf("the built-in handbook: %v", err)
	}
	if err := os.WriteFile(filepath.Join(".", "handbook.yaml"), []byte("title: mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := loadHandbook(""); err == nil || !strings.HasPrefix(err.Error(), "handbook.yaml:") {
		t.Errorf("a handbook of one's own is not read: %v", err)
	}
	if _, _, err := loadHandbook("nowhere.yaml"); err == nil {
		t.Error("a handbook that was asked for and is not there is passed over")
	}
}

func TestSettingsPrecedence(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return func(k string) string { return m[k] }
	}
	file := &Deployment{Settings: FileSettings{DB: "file.db", Listen: "127.0.0.1:9"}}
	s, err := loadSettings(env("CASEBOT_DB", "env.db", "SLACK_API_URL", "http://127.0.0.1:1/api", "SLACK_BOT_TOKEN", "xox"+"b-secret"))
	if err != nil {
		t.Fatal(err)
	}
	s, err = s.With(file)
	if err != nil || s.DB != "env.db" || s.Listen != "127.0.0.1:9" || s.SlackAPIURL != "http://127.0.0.1:1/api/" || s.DiscordAPIURL != defaultDiscordAPI {
		t.Errorf("%+v %v", s, err)
	}
	if got := fmt.Sprintf("%v %+v %#v", s, s, s.SlackBotToken); strings.Contains(got, "secret") {
		t.Errorf("the token is printed: %s", got)
	}
	bare, _ := loadSettings(env())
	if bare, err = bare.With(nil); err != nil || bare.DB != defaultDB || bare.Listen != defaultListen {
		t.Errorf("defaults: %+v %v", bare, err)
	}
	_, err = loadSettings(env("CASEBOT_LISTEN", "8080", "DISCORD_API_URL", "discord", "SLACK_APP_TOKEN", "oops-secret", "OPENAI_BASE_URL", "ftp://u:pw@x"))
	for _, name := range []string{"CASEBOT_LISTEN", "DISCORD_API_URL", "SLACK_APP_TOKEN", "OPENAI_BASE_URL"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "pw") {
		t.Errorf("a secret is repeated: %v", err)
	}
}

func FuzzDeployment(f *testing.F) {
	f.Add(example(f))
	f.Add("parties: [{id: a}]\nhomes: [{tokens: {bot: x}}]")
	f.Fuzz(func(t *testing.T, src string) {
		if d, err := parseDeployment("f.yaml", []byte(src)); (d == nil) == (err == nil) {
			t.Fatalf("deployment %v and error %v", d, err)
		}
	})
}
