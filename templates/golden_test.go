package templates

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/desk"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds a text against testdata/golden/NAME.txt. go test ./templates -update writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	if got != string(want) {
		t.Errorf("%s has changed. Look at it, then write it anew with -update.\ngot:\n%s", path, diffLines(string(want), got))
	}
}

// diffLines shows the lines of got that are not in want, with their numbers.
func diffLines(want, got string) string {
	w, out := strings.Split(want, "\n"), []string{}
	for i, l := range strings.Split(got, "\n") {
		if i >= len(w) || w[i] != l {
			out = append(out, fmt.Sprintf("%d: %s", i+1, l))
		}
		if len(out) == 20 {
			break
		}
	}
	return strings.Join(out, "\n")
}

// stage plays a case by the desk's own decisions and writes down what each side is told.
type stage struct {
	t      *testing.T
	dir    *desk.Directory
	book   *desk.Handbook
	c      *desk.Case
	events []desk.Event
	now    time.Time
	out    strings.Builder
}

// stageBook is the handbook of the golden files: small, so that they do not change with the default one.
const stageBook = `
title: Channel Support Handbook
effective: 2026-01-01
tiers: [{tier: Tier 1, party: partner, does: [Intake]}, {tier: Tier 2/3, party: provider, does: [Product defects]}]
raci: [{task: Take in the case, responsible: Partner agent, accountable: Partner duty manager, consulted: Customer, informed: Everybody}]
severities:
  - {severity: 1, name: Critical, definition: Production down., examples: [No till works], tier1_response: 1 hour, tier2_response: 30 minutes to 60 minutes, status_update: 1 hour, update_until: workaround, relay: 15 minutes, workaround: "off", resolution: "off", warnings: [50, 75], after_hours: true}
  - {severity: 2, name: Major, definition: Major degradation., examples: [Refunds fail], tier1_response: 1 hour, tier2_response: 2 hours to 4 hours, status_update: 4 hours, relay: 1 hour, workaround: "off", resolution: "off", warnings: [50, 75], after_hours: true}
  - {severity: 3, name: Minor, definition: Limited impact., examples: [A wrong title], tier1_response: 4 hours, tier2_response: 1 business day, status_update: 1 business day, relay: "off", workaround: "off", resolution: "off", warnings: [75], after_hours: false}
  - {severity: 4, name: Question, definition: Questions., examples: [How do I], tier1_response: 1 business day, tier2_response: 1 business day, status_update: 5 business days, relay: "off", workaround: "off", resolution: "off", warnings: [75], after_hours: false}
categories: [{name: Defect}, {name: Security, trigger: security or privacy, restricted: true}]
products: [Tills]
fields:
  - {name: customer, label: Customer, kind: text, required: {file: all}, ask: Name the customer.}
  - {name: product, label: Product, kind: text, required: {file: none}, ask: Name the product.}
  - {name: category, label: Category, kind: choice, required: {file: all}, ask: Choose a category.}
  - {name: severity, label: Severity, kind: choice, required: {file: all}, ask: Choose a severity.}
  - {name: summary, label: Summary, kind: text, required: {file: all}, ask: Say in one line what fails.}
  - {name: impact, label: Business impact, kind: long, required: {file: none}, ask: Say who cannot work.}
  - {name: first_seen, label: First seen, kind: time, required: {file: none}, ask: Say when.}
  - {name: environment, label: Environment, kind: long, required: {escalate: all}, ask: Describe the environment.}
  - {name: steps, label: Steps to reproduce, kind: long, required: {escalate: all}, ask: Write the steps.}
triggers: [{trigger: security or privacy, mode: automatic}, {trigger: severity, severities: [1, 2], mode: automatic}]
escalation:
  path: [The agent escalates the complete case.]
  contacts: [Duty manager of the Provider]
  after_hours: [Sev 1 and Sev 2 run around the clock.]
  return_codes: [{code: steps, say: The steps do not lead to the issue}, {code: evidence, say: A log is missing}]
  ladder: [{call: on-call, after: "off"}, {call: duty manager, after: 30 minutes}]
  security: [Preserve the evidence.]
waiting: {nudge: 2 days, second: 5 days, propose_closing: 10 days}
lifecycle:
  auto_close: 5 days
  reopen: 14 days
  undo: 10 minutes
  resolutions: [{code: fixed, say: Fixed in the product}]
  csat_question: How satisfied was the customer?
reactions: {"🆘": escalate, "✋": ack}
training: [Certification first]
access: [Cases are filed with /case]
review: {cadence: weekly, weekday: monday, at: "09:00", zone: America/Los_Angeles, metrics: [volume, csat]}
tone: [Say what happened.]
updates: [{name: We look into it, text: "We look into “{summary}” ({case}). The next update comes {next}."}]
changes: {notice: 30 days, rule: Both sides agree.}
`

func newStage(t *testing.T) *stage {
	t.Helper()
	dir, err := desk.NewDirectory([]desk.Party{
		{ID: "harbor", Name: "Harbor", Kind: desk.Provider, Zone: "America/Los_Angeles", Contact: "pat"},
		{ID: "northwind", Name: "Northwind", Kind: desk.Partner, Key: "NW", Zone: "America/Chicago", Contact: "noor"},
	}, nil, []desk.Person{
		{ID: "dana", Name: "Dana Demo", Party: "northwind", Roles: []desk.Role{desk.Agent}},
		{ID: "noor", Name: "Noor Demo", Party: "northwind", Roles: []desk.Role{desk.DutyManager}},
		{ID: "ivy", Name: "Ivy Demo", Party: "harbor", Roles: []desk.Role{desk.Engineer}},
		{ID: "pat", Name: "Pat Demo", Party: "harbor", Roles: []desk.Role{desk.DutyManager}},
	})
	if err != nil {
		t.Fatal(err)
	}
	book, err := desk.ParseHandbook("stage", []byte(stageBook))
	if err != nil {
		t.Fatal(err)
	}
	book.Version = "stage"
	return &stage{t: t, dir: dir, book: book, now: time.Date(2026, 11, 20, 17, 55, 0, 0, time.UTC),
		c: &desk.Case{ID: "NW-1001", Tenant: "northwind", Status: desk.StatusDraft, Fields: map[desk.Field]string{}}}
}

func (s *stage) view(side desk.PartyKind) View {
	return View{Dir: s.dir, Book: s.book, Case: s.c, Side: side}
}

func (s *stage) person(id string) desk.Person {
	p, ok := s.dir.Person(id)
	if !ok {
		s.t.Fatalf("there is no %s", id)
	}
	return p
}

// does decides a command and writes down what each side's thread is told of it.
func (s *stage) does(who string, cmd desk.Command) []desk.Event {
	s.t.Helper()
	s.now = s.now.Add(time.Minute)
	by := s.person(who)
	events, c, err := desk.Decide(s.c, cmd, &desk.Env{Now: s.now, By: by, Dir: s.dir, Book: s.book,
		Past:     func() ([]desk.Event, error) { return s.events, nil },
		Calendar: func(string, desk.Severity) desk.BusinessTime { return desk.AroundTheClock{} },
		OnCall: func(call string) (desk.Person, bool) {
			return s.dir.Person(map[string]string{"on-call": "ivy", "duty manager": "pat"}[call])
		}})
	if err != nil {
		s.t.Fatalf("%s %s: %v", who, cmd.Verb(), err)
	}
	s.c, s.events = c, append(s.events, events...)
	fmt.Fprintf(&s.out, "===== %s: %s =====\n\n", by.Name, cmd.Verb())
	s.told(events)
	return events
}

func (s *stage) told(events []desk.Event) {
	for _, e := range events {
		for _, side := range []desk.PartyKind{desk.Partner, desk.Provider} {
			if side == desk.Provider && !s.c.Reached {
				continue
			}
			if m, ok := Told(s.view(side), e, s.events); ok {
				fmt.Fprintf(&s.out, "--- %s reads, of %s\n%s\n", side, e.Body.Kind(), dump(m, time.UTC))
			}
		}
	}
}

func (s *stage) cards() {
	for _, side := range []desk.PartyKind{desk.Partner, desk.Provider} {
		fmt.Fprintf(&s.out, "--- card of the %s\n%s\n", side, dump(Card(s.view(side)), time.UTC))
	}
}

// show writes down one message.
func (s *stage) show(title string, m bot.Message) {
	fmt.Fprintf(&s.out, "===== %s =====\n\n%s\n", title, dump(m, time.UTC))
}

// file files a case; more is laid over its values.
func (s *stage) file(sev string, more map[desk.Field]string) {
	s.t.Helper()
	v := map[desk.Field]string{"customer": "Acme *Outdoor* <@everyone>", "product": "Tills", "category": "Defect", "severity": sev, "summary": "Receipts print twice"}
	for k, x := range more {
		v[k] = x
	}
	s.does("dana", desk.FileCase{Values: v})
}

var complete = map[desk.Field]string{"environment": "Tills 6.2.1 on Windows 11", "steps": "1 Sell an item.\n2 Pay by card."}

func readGolden(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "golden", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
