package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack"
	"casebot/desk"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

// onSlack is the whole program on a fake Slack, with Dana and Erin at work.
type onSlack struct {
	*testing.T
	*slackStage
	work       bottest.Workspace
	dana, erin desk.Person
	support    bottest.Spot
}

func newOnSlack(t *testing.T) *onSlack {
	s := &onSlack{T: t, slackStage: newSlackStage(t, true), support: bottest.Spot{Home: "northwind", Channel: "C0NORTHWINDCASES"}}
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, p := range s.fake.Problems() {
			t.Errorf("over a limit of Slack: %s", p)
		}
		s.stop()
	})
	s.work = settled{s.fake.Workspace(s.dir), s.settle}
	s.dana, _ = s.dir.Person("dana")
	s.erin, _ = s.dir.Person("erin")
	return s
}

func (s *onSlack) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *onSlack) says(who desk.Person, line string) {
	s.Helper()
	h, _ := s.dir.HomeOf(who.Party)
	s.must(s.work.Command(s.Context(), who, bottest.Spot{Home: h.ID, Channel: h.Cases}, line))
}

// intro is what stands above the questions.
func (s *onSlack) intro() string {
	s.Helper()
	f := s.work.Dialog(s.dana)
	if f == nil {
		s.Fatal("no form is open")
	}
	return bot.PlainText(bot.Message{Blocks: f.Intro}, nil)
}

func (s *onSlack) field(key string) bot.FormField {
	s.Helper()
	f := s.work.Dialog(s.dana)
	if f == nil {
		s.Fatal("no form is open")
	}
	return field(f, key)
}

// blocks are the blocks of the modal as the program sent them.
func (s *onSlack) blocks() string {
	s.Helper()
	raw, err := json.MarshalIndent(s.fake.Modal("T0NORTHWIND", "U0DANA")["blocks"], "", "  ")
	if err != nil {
		s.Fatal(err)
	}
	return regexp.MustCompile(`"block_id": "b[0-9a-f]+"`).ReplaceAllString(string(raw), `"block_id": "…"`) + "\n"
}

// The form of a new case as Slack gets it: each question of the handbook with the kind of input it needs, the
// severities with their definitions, the zone in which a time is read, files and links.
func TestTheIntakeFormAsSlackGetsIt(t *testing.T) {
	s := newOnSlack(t)
	s.says(s.dana, "new")
	got := s.blocks()
	file := filepath.Join("testdata", "slack", "new-case.json")
	if *updateGolden {
		s.must(os.MkdirAll(filepath.Dir(file), 0o755))
		s.must(os.WriteFile(file, []byte(got), 0o644))
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != got {
		t.Errorf("the form is another than in %s; look at it, then go test -run %s -update .", file, t.Name())
	}
	var blocks []struct {
		ID       string `json:"block_id"`
		Dispatch bool   `json:"dispatch_action"`
		Hint     struct{ Text string }
		Element  struct {
			Type    string
			Options []struct {
				Description struct{ Text string }
			}
		}
	}
	s.must(json.Unmarshal([]byte(got), &blocks))
	kinds, at := map[string]string{}, map[string]int{}
	for i, b := range blocks {
		kinds[b.ID], at[b.ID] = b.Element.Type, i
	}
	for key, kind := range map[string]string{"customer": "plain_text_input", "product": "static_select", "category": "static_select", "severity": "static_select", "summary": "plain_text_input",
		"environment": "plain_text_input", "steps": "plain_text_input", "first_seen": "plain_text_input", "impact": "plain_text_input", "evidence": "file_input", "links": "plain_text_input", "reported_at": "plain_text_input"} {
		if kinds[key] != kind {
			t.Errorf("%s is asked by %q, want %s", key, kinds[key], kind)
		}
	}
	for _, o := range blocks[at["severity"]].Element.Options {
		if o.Description.Text == "" {
			t.Error("a severity has no definition beside it")
		}
	}
	for _, key := range []string{"severity", "summary", "product", "category"} {
		if !blocks[at[key]].Dispatch {
			t.Errorf("a change of %s changes nothing in the form", key)
		}
	}
	for _, key := range []string{"first_seen", "reported_at"} {
		if !strings.Contains(blocks[at[key]].Hint.Text, "Your zone is America/Chicago.") {
			t.Errorf("beside %s stands %q; it names no zone", key, blocks[at[key]].Hint.Text)
		}
	}
}

// While the form is filled in it says who answers by when, which articles fit, and which open case may be the
// same; what was refused has its sentence beside it and everything typed stays.
func TestTheIntakeFormOnSlackAnswersWhileItIsFilledIn(t *testing.T) {
	s := newOnSlack(t)
	s.says(s.erin, `kb new title="Blank receipts after a paper change" product="Harbor Tills" audience=all text="The receipt printer prints blank paper when the roll is put in upside down. Turn the roll."`)
	s.says(s.dana, `new severity=3 customer="Demo Outdoor" product="Harbor Tills" category=Defect summary="Receipt printer prints blank paper in store 2" impact="One till gives no receipts" first_seen="1 hour ago"`)
	s.says(s.dana, "new")
	fill := func(key, value string) {
		t.Helper()
		s.must(s.fake.Type("T0NORTHWIND", "U0DANA", key, value))
		s.settle()
	}
	fill("customer", "Demo Books, store 4")
	fill("summary", "Receipt printer prints blank paper")
	for _, want := range []string{"Choose a severity to see who answers by when", "This may already be answered", "Blank receipts after a paper change", "This may already be filed", "NW-1001"} {
		if !strings.Contains(s.intro(), want) {
			t.Errorf("with a summary the form does not say %q:\n%s", want, s.intro())
		}
	}
	if got := s.field("customer").Value; got != "Demo Books, store 4" {
		t.Errorf("the customer is %q now", got)
	}
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"severity": "2", "product": "Harbor Tills", "category": "Defect", "impact": "n/a", "first_seen": "tomorrow 9:00", "links": "logs"}, nil))
	for _, want := range []string{"Sev 2: Major degradation or key feature impaired; workaround possible but significant impact.", "Northwind Retail IT answers the customer by Mon 16 Nov 12:00 CST", "acknowledges by Mon 16 Nov 15:00 CST (Mon 13:00 PST for Harbor Software)"} {
		if !strings.Contains(s.intro(), want) {
			t.Errorf("with a severity the form does not say %q:\n%s", want, s.intro())
		}
	}
	if e := s.field("links").Error; !strings.Contains(e, "“logs” is not a link") {
		t.Errorf("beside the links stands %q", e)
	}
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"links": "https://logs.example/till-7"}, nil))
	for key, says := range map[string]string{"impact": "n/a", "first_seen": "still to come"} {
		if e := s.field(key).Error; !strings.Contains(e, says) {
			t.Errorf("beside %s stands %q, want something of %q", key, e, says)
		}
	}
	for key, want := range map[string]string{"customer": "Demo Books, store 4", "summary": "Receipt printer prints blank paper", "impact": "n/a", "first_seen": "tomorrow 9:00", "links": "https://logs.example/till-7", "severity": "2", "product": "Harbor Tills"} {
		if got := s.field(key).Value; got != want {
			t.Errorf("%s holds %q after the refusal, want %q", key, got, want)
		}
	}
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"impact": "One till gives no receipts", "first_seen": "today 9:00", "environment": "Harbor Tills 8.4 on Windows 11", "steps": "1 Sell. 2 Pay. Expected a receipt, got blank paper."}, nil))
	if said := s.read(s.dana, s.support); !strings.Contains(said, "NW-1002 is filed as Sev 2") || !strings.Contains(said, "escalates it at once") {
		t.Errorf("with a link for evidence and everything mended Dana reads\n%s", said)
	}
}

func (s *onSlack) read(who desk.Person, at bottest.Spot) string {
	var out []string
	for _, m := range s.work.Read(who, at) {
		if m.Message != nil {
			out = append(out, bot.PlainText(*m.Message, nil))
		}
	}
	return strings.Join(out, "\n")
}

// A message becomes a case, from its menu or by a mention in its thread: its words, its file, and the time the
// customer reported it.
func TestAMessageBecomesACaseOnSlack(t *testing.T) {
	s := newOnSlack(t)
	words := "Card payments fail on all tills\nHB-4012 since the update; queues up to the door"
	root, err := s.work.Say(t.Context(), s.dana, s.support, words, []bot.File{{Name: "till.log", Type: "text/plain", Data: []byte("HB-4012")}})
	s.must(err)
	s.set(s.Now().Add(10 * time.Minute))
	check := func(how string) {
		t.Helper()
		for key, want := range map[string]string{"summary": "Card payments fail on all tills", "steps": words, "reported_at": "2026-11-16 11:00"} {
			if got := s.field(key).Value; got != want {
				t.Errorf("%s: %s holds %q, want %q", how, key, got, want)
			}
		}
		if hint := s.field("evidence").Hint; !strings.Contains(hint, "Kept already: till.log") {
			t.Errorf("%s: beside the evidence stands %q", how, hint)
		}
	}
	ts := string(root[strings.LastIndex(string(root), "/")+1:])
	s.must(s.fake.Shortcut(t.Context(), "U0DANA", "C0NORTHWINDCASES", ts, "file"))
	s.settle()
	check("from its menu")
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"severity": "3", "customer": "Demo Outdoor", "product": "Harbor Tills", "category": "Defect", "impact": "Three tills stand still", "first_seen": "today 10:30"}, nil))
	if said := s.read(s.dana, s.support); !strings.Contains(said, "NW-1001 is filed") {
		t.Errorf("Dana reads\n%s", said)
	}
	thread := s.support
	thread.Thread = root
	_, err = s.work.Say(t.Context(), s.dana, thread, "@casebot file this", nil)
	s.must(err)
	var offer bot.Ref
	for _, at := range []bottest.Spot{s.support, thread} {
		for _, m := range s.work.Read(s.dana, at) {
			if m.Message != nil && strings.Contains(bot.PlainText(*m.Message, nil), "[New case]") {
				offer = m.Ref
			}
		}
	}
	s.must(s.work.Press(t.Context(), s.dana, offer, "New case"))
	check("by mention")
}

// The app's Home tab: what waits for one, one's own cases, and who is on call; another sees their own.
func TestTheHomeTabOnSlack(t *testing.T) {
	s := newOnSlack(t)
	s.says(s.dana, `new severity=3 customer="Demo Outdoor" product="Harbor Tills" category=Defect summary="Till 7 prints no receipts" impact="One store waits" first_seen="1 hour ago"`)
	home := func(team, user string) string {
		s.fake.OpenHome(team, user, "home")
		s.settle()
		raw, err := json.Marshal(s.fake.HomeView(team, user))
		s.must(err)
		return string(raw)
	}
	got := home("T0NORTHWIND", "U0DANA")
	last := -1
	for _, want := range []string{"What waits for you", "NW-1001", "Your cases", "NW-1001", "On call", "Erin Demo", "File a case"} {
		at := strings.Index(got[last+1:], want)
		if at < 0 {
			t.Fatalf("the page has no %q where it belongs:\n%s", want, got)
		}
		last += at + 1
	}
	if got := home("T0HARBOR", "U0ERIN"); strings.Contains(got, "Till 7") || !strings.Contains(got, "Nothing waits for you") || !strings.Contains(got, "On call") {
		t.Errorf("Erin's page shows a case that is not hers, or not what is:\n%s", got)
	}
}

// A list that is longer than a message is shown in pages, each with a button to the next.
func TestALongListIsPagedOnSlack(t *testing.T) {
	s := newOnSlack(t)
	for i := range 23 {
		s.says(s.dana, fmt.Sprintf(`new severity=4 customer="Demo Outdoor" product="Harbor Tills" category=How-to summary="Question number %d of the store" impact="One person asks" first_seen="1 hour ago"`, i+1))
	}
	s.says(s.dana, "list")
	seen := map[string]bool{}
	for page := 1; ; page++ {
		all := s.work.Read(s.dana, s.support)
		m := all[len(all)-1]
		text := bot.PlainText(*m.Message, nil)
		for _, id := range regexp.MustCompile(`NW-\d+`).FindAllString(text, -1) {
			seen[id] = true
		}
		if !strings.Contains(text, "[More]") {
			if page != 3 || len(seen) != 23 {
				t.Errorf("%d pages show %d of 23 cases; the last reads\n%s", page, len(seen), text)
			}
			return
		}
		s.must(s.work.Press(t.Context(), s.dana, m.Ref, "More"))
	}
}

// A token is one workspace's. Each home speaks with what its own variables hold, and the general variables serve
// the one workspace that names none.
func TestEveryWorkspaceSpeaksWithItsOwnTokens(t *testing.T) {
	dir := slackDirectory(t)
	homes := append([]desk.Home{}, dir.Homes...)
	homes[0].Tokens = map[string]string{"bot": "HARBOR_BOT", "app": "HARBOR_APP"}
	dir, err := desk.NewDirectory(dir.Parties, homes, dir.People)
	if err != nil {
		t.Fatal(err)
	}
	d := setup{settings: Settings{SlackBotToken: "xoxb-general", SlackAppToken: "xapp-general", SlackSigningSecret: "sign"}, deployment: &Deployment{Dir: dir}}
	env := map[string]string{"HARBOR_BOT": " xoxb-harbor\n", "HARBOR_APP": "xapp-harbor"}
	o, err := slackOptions(d, func(name string) string { return env[name] }, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []slack.Tokens{{Bot: "xoxb-harbor", App: "xapp-harbor", Signing: "sign"}, {Bot: "xoxb-general", App: "xapp-general", Signing: "sign"}, {App: "xapp-general", Signing: "sign"}} {
		if got := o.Tokens(dir.Homes[i]); got != want {
			t.Errorf("home %s speaks with %+v, want %+v", dir.Homes[i].ID, got, want)
		}
	}
	for _, bad := range []map[string]string{{"SLACK_QUIET_MINUTES": "0"}, {"SLACK_QUIET_MINUTES": "soon"}, {"SLACK_CLIENT_ID": "1.2"}, {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x", "CASEBOT_KEY": "c2hvcnQ="}} {
		if _, err := slackOptions(d, func(name string) string { return bad[name] }, nil); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}
