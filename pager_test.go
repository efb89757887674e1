package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"casebot/bot/pager"
	"casebot/desk"
	"casebot/templates"
)

// pagerService behaves like PagerDuty's Events API v2: it takes an event with 202, refuses a wrong form with
// 400 and asks to wait with 429; events of one dedup key are one alert.
type pagerService struct {
	*httptest.Server
	mu     sync.Mutex
	answer []int // Statuses of the next requests, before it behaves.
	alerts map[string]string
	events []map[string]any
}

func newPagerService(t *testing.T) *pagerService {
	s := &pagerService{alerts: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.take))
	t.Cleanup(s.Close)
	return s
}

func (s *pagerService) take(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var e map[string]any
	if json.NewDecoder(r.Body).Decode(&e) != nil || e["routing_key"] != "demo-routing-key" || e["dedup_key"] == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	status := http.StatusAccepted
	if len(s.answer) > 0 {
		status, s.answer = s.answer[0], s.answer[1:]
	}
	if status == 0 { // Taken, and the answer is lost.
		s.keep(e)
		panic(http.ErrAbortHandler)
	}
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "20")
	}
	if status == http.StatusAccepted {
		s.keep(e)
	}
	w.WriteHeader(status)
}

func (s *pagerService) keep(e map[string]any) {
	s.events = append(s.events, e)
	s.alerts[e["dedup_key"].(string)] = e["event_action"].(string)
}

// actions lists what arrived, in order.
func (s *pagerService) actions() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, e := range s.events {
		out = append(out, e["event_action"].(string))
	}
	return strings.Join(out, " ")
}

// pagerWorld is a desk whose Provider has a pager.
func newPagerWorld(t *testing.T, s *pagerService) *policyWorld {
	dir, err := demoDirectory(demoPlatform)
	if err != nil {
		t.Fatal(err)
	}
	for i := range dir.Parties {
		if dir.Parties[i].Kind == desk.Provider {
			dir.Parties[i].PagerKey, dir.Parties[i].PagerURL = "DEMO_PAGER_KEY", s.URL
		}
	}
	if dir, err = desk.NewDirectory(dir.Parties, dir.Homes, dir.People); err != nil {
		t.Fatal(err)
	}
	w := &policyWorld{t: t, dsn: filepath.Join(t.TempDir(), "desk.db"), dir: dir, handbook: string(templates.DefaultHandbook()), now: time.Date(2026, 11, 20, 23, 55, 0, 0, time.UTC)}
	t.Cleanup(func() { w.app.Close() })
	w.start()
	w.connectPager()
	return w
}

func (w *policyWorld) connectPager() {
	w.app.Connect(pagerOf(w.dir, func(name string) string { return map[string]string{"DEMO_PAGER_KEY": "demo-routing-key"}[name] }))
}

func (w *policyWorld) act(who, id string, do desk.Command) *desk.Case {
	w.t.Helper()
	by, _ := w.dir.Person(who)
	out, err := w.app.Desk.Do(w.t.Context(), desk.Act{By: by, Case: id, Now: w.now, Do: do})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Case
}

func (w *policyWorld) escalated(category string) *desk.Case {
	w.t.Helper()
	return w.act("dana", "", desk.FileCase{Values: map[desk.Field]string{
		desk.FieldCustomer: "Demo Fuel", desk.FieldProduct: "Harbor Tills", desk.FieldCategory: category, desk.FieldSeverity: "1",
		desk.FieldSummary: "All tills are offline at six sites", desk.FieldImpact: "Six sites cannot sell at all", desk.FieldFirstSeen: "today 17:00",
		desk.FieldEnvironment: "Harbor Tills 6.2.1 after the night update", desk.FieldReportedAt: "today 17:40",
		desk.FieldSteps: "1 Start a till. 2 Read the message. Expected the sign-in, got offline. https://logs.example/till"}})
}

// The pager rings at the escalation, falls silent at the acknowledgement and closes its alert at the end.
func TestAPagerRingsForSeverityOne(t *testing.T) {
	s := newPagerService(t)
	w := newPagerWorld(t, s)
	c := w.escalated("Defect")
	w.app.Delivery.Flush(t.Context())
	if got := s.actions(); got != "trigger" {
		t.Fatalf("the pager was told %q", got)
	}
	p := s.events[0]["payload"].(map[string]any)
	if p["severity"] != "critical" || !strings.Contains(p["summary"].(string), c.ID+" · Sev 1 · All tills are offline at six sites · Demo Fuel") {
		t.Errorf("the pager shows %v", p)
	}
	w.act("erin", c.ID, desk.AckCase{})
	w.act("erin", c.ID, desk.ResolveCase{Text: "Rolled the update back.", Code: "fixed"})
	w.app.Delivery.Flush(t.Context())
	if got := s.actions(); got != "trigger acknowledge resolve" {
		t.Errorf("the pager was told %q", got)
	}
	if s.alerts["casebot/"+c.ID+"/1"] != "resolve" || len(s.alerts) != 1 {
		t.Errorf("alerts: %v", s.alerts)
	}
}

// A service that asks to wait, is broken, or loses its answer is told again, through the outbox, and a restart
// in between loses nothing.
func TestAPageIsRetried(t *testing.T) {
	s := newPagerService(t)
	s.answer = []int{http.StatusTooManyRequests, http.StatusServiceUnavailable, 0}
	w := newPagerWorld(t, s)
	c := w.escalated("Defect")
	for range 6 {
		w.app.Delivery.Flush(t.Context())
		w.now = w.now.Add(time.Minute)
	}
	if s.alerts["casebot/"+c.ID+"/1"] != "trigger" || len(s.alerts) != 1 {
		t.Errorf("alerts after retries: %v (%s)", s.alerts, s.actions())
	}
}

// Of a restricted case the number and the severity leave, nothing else.
func TestAPagerLearnsNothingOfARestrictedCase(t *testing.T) {
	s := newPagerService(t)
	w := newPagerWorld(t, s)
	c := w.escalated("Security")
	w.app.Delivery.Flush(t.Context())
	if len(s.events) == 0 {
		t.Fatal("it did not ring")
	}
	body, _ := json.Marshal(s.events)
	for _, secret := range []string{"offline", "Demo Fuel", "six sites", "logs.example"} {
		if strings.Contains(string(body), secret) {
			t.Errorf("%q left the desk: %s", secret, body)
		}
	}
	if !strings.Contains(string(body), c.ID+" · Sev 1 · restricted") {
		t.Errorf("the pager shows %s", body)
	}
}

// A refusal is permanent: it stands among the undelivered messages, where people see it.
func TestARefusedPageIsShownToPeople(t *testing.T) {
	s := newPagerService(t)
	w := newPagerWorld(t, s)
	w.app.Delivery.Platforms["pager"].(*pager.Pager).Lines["harbor"] = pager.Line{URL: s.URL, Key: "wrong"}
	w.escalated("Defect")
	w.app.Delivery.Flush(t.Context())
	err := w.app.Store.View(t.Context(), func(r desk.Reader) error {
		dead, err := r.Deliveries(desk.DeliveryDead, 10)
		if err == nil && (len(dead) != 1 || !strings.Contains(dead[0].Error, "the pager refuses the event")) {
			t.Errorf("undelivered: %+v", dead)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if f := pagerFindings(w.dir, func(string) string { return "" }); len(f) != 1 || !f[0].bad {
		t.Errorf("casebot check says %v about an empty variable", f)
	}
}
