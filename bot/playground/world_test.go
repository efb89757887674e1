package playground

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// monday is when the tests' world begins: Monday 23 November 2026, 10:30 in California.
var monday = time.Date(2026, 11, 23, 18, 30, 0, 0, time.UTC)

// world is a partner's workspace and the provider's, with a desk that answers in sample words.
type world struct {
	*Platform
	dir   *desk.Directory
	clock *Clock
	inbox *recorder
}

// recorder is an Inbox that keeps what it was handed and answers by a function of the test.
type recorder struct {
	mu     sync.Mutex
	got    []bot.Interaction
	answer func(in *bot.Interaction) bot.Answer
}

func (r *recorder) Handle(_ context.Context, in *bot.Interaction) bot.Answer {
	r.mu.Lock()
	r.got = append(r.got, *in)
	f := r.answer
	r.mu.Unlock()
	if f == nil {
		return bot.Answer{}
	}
	return f(in)
}

// last gives the newest interaction of a kind.
func (r *recorder) last(t *testing.T, kind bot.InteractionKind) bot.Interaction {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.got) - 1; i >= 0; i-- {
		if r.got[i].Kind == kind {
			return r.got[i]
		}
	}
	t.Fatalf("the desk was handed no %s", kind)
	return bot.Interaction{}
}

// sampleDirectory is the two companies of the tests.
func sampleDirectory(t testing.TB) *desk.Directory {
	t.Helper()
	person := func(id, name, party, workspace, zone string, roles ...desk.Role) desk.Person {
		return desk.Person{ID: id, Name: name, Party: party, Roles: roles, Zone: zone, Accounts: []desk.Account{accountOf(workspace, id)}}
	}
	d, err := desk.NewDirectory(
		[]desk.Party{
			{ID: "northwind", Name: "Northwind Retail", Kind: desk.Partner, Key: "NW", Zone: "America/Los_Angeles", Home: "northwind-chat"},
			{ID: "bluepeak", Name: "Bluepeak Systems", Kind: desk.Partner, Key: "BP", Zone: "Europe/Berlin", Home: "bluepeak-chat"},
			{ID: "harbor", Name: "Harbor Software", Kind: desk.Provider, Zone: "America/Los_Angeles", Home: "harbor-chat"},
		},
		[]desk.Home{
			{ID: "northwind-chat", Party: "northwind", Platform: Name, Workspace: "northwind", Cases: "cases", Review: "ops-review"},
			{ID: "bluepeak-chat", Party: "bluepeak", Platform: Name, Workspace: "bluepeak", Cases: "cases"},
			{ID: "harbor-chat", Party: "harbor", Platform: Name, Workspace: "harbor", Cases: "escalations", Review: "ops-review"},
		},
		[]desk.Person{
			person("dana", "Dana Demo", "northwind", "northwind", "", desk.Agent),
			person("marco", "Marco Muster", "northwind", "northwind", "", desk.DutyManager),
			person("ines", "Ines Beispiel", "bluepeak", "bluepeak", "", desk.Agent),
			person("priya", "Priya Sample", "harbor", "harbor", "America/New_York", desk.Engineer),
			person("tom", "Tom Example", "harbor", "harbor", "", desk.DutyManager, desk.Administrator),
		})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newWorld starts a playground on a clock that stands still but for being moved.
func newWorld(t testing.TB, state State) *world {
	t.Helper()
	clock := NewClock(func() time.Time { return monday })
	dir := sampleDirectory(t)
	p, err := New(t.Context(), Options{Dir: dir, Clock: clock, State: state})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Platform: p, dir: dir, clock: clock, inbox: &recorder{}}
	ctx, stop := context.WithCancel(t.Context())
	page, _, _ := p.hub.join("") // The first event says that the inbox is there.
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, w.inbox) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	})
	<-page
	p.hub.leave(page)
	if err := p.Ready(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) home(t testing.TB, id string) desk.Home {
	t.Helper()
	h, ok := w.dir.Home(id)
	if !ok {
		t.Fatalf("no home %q", id)
	}
	return h
}

func (w *world) as(t testing.TB, home, user string) who {
	t.Helper()
	p, err := w.play(home, user)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) post(t testing.TB, home, channel string, thread bot.Ref, m bot.Message) bot.Ref {
	t.Helper()
	ref, err := w.Post(t.Context(), bot.To{Home: w.home(t, home), Channel: channel, Thread: thread}, m, token())
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// serve gives a browser's or a client's way in.
func (w *world) serve(t testing.TB) *httptest.Server {
	s := httptest.NewServer(w.Handler())
	t.Cleanup(func() { w.hub.close(); s.Close() })
	return s
}

// memory is a State in memory, to be handed from one run to the next.
type memory struct {
	mu   sync.Mutex
	keys []string
	all  map[string][]byte
}

func newMemory() *memory { return &memory{all: map[string][]byte{}} }

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.all[key]; !ok {
		m.keys = append(m.keys, key)
	}
	m.all[key] = append([]byte(nil), value...)
	return nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, key)
	return nil
}

func (m *memory) Each(_ context.Context, f func(string, []byte) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.keys {
		if v, ok := m.all[k]; ok {
			if err := f(k, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// sampleCard is a case's card as the desk draws it.
func sampleCard(number string, sev int, tone bot.Tone, summary, status string, due time.Time, buttons ...string) bot.Message {
	m := bot.Message{
		Title: []bot.Span{bot.B(number), bot.T(fmt.Sprintf(" · Sev %d", sev))}, Tone: tone,
		Blocks: []bot.Block{bot.Q(summary), {Kind: bot.Fields, Fields: []bot.Pair{
			{Label: "Status", Value: []bot.Span{bot.T(status)}},
			{Label: "Next due", Value: []bot.Span{bot.T("First response by Northwind, "), bot.When(due)}},
			{Label: "Customer", Value: []bot.Span{bot.T("Acme Outdoor, store 12")}},
			{Label: "Product", Value: []bot.Span{bot.T("Harbor POS")}},
			{Label: "Owner at Northwind", Value: []bot.Span{bot.Who("dana", "Dana Demo")}},
			{Label: "Evidence", Value: []bot.Span{bot.T("2 files")}},
		}}},
	}
	for i, label := range buttons {
		b := bot.Button{Label: label, Do: strings.ToLower(label) + " " + number}
		if i == 0 {
			b.Style = bot.ButtonPrimary
		}
		m.Buttons = append(m.Buttons, b)
	}
	return m
}

// sampleForm is the form of a new case, with what is wrong when it was sent empty.
func sampleForm(values map[string]string, check bool) *bot.Form {
	sev := []bot.Option{
		{Value: "1", Label: "Sev 1 · Critical", Note: "Production down or critical with no workaround."},
		{Value: "2", Label: "Sev 2 · Major", Note: "Major degradation or key feature impaired."},
		{Value: "3", Label: "Sev 3 · Minor", Note: "Limited impact; workaround available."},
		{Value: "4", Label: "Sev 4 · Question", Note: "Questions, cosmetic, or enhancement."},
	}
	f := &bot.Form{
		Name: "new", Title: "File a case", Submit: "File the case", Draft: "d1",
		Intro: []bot.Block{
			{Kind: bot.Para, Spans: []bot.Span{bot.B("What will happen")}},
			bot.P(bot.T("Your first response to the customer is due "), bot.When(monday.Add(time.Hour)), bot.T(".")),
			bot.P(bot.T("Harbor's on-call engineer is paged at once and acknowledges by "), bot.When(monday.Add(2*time.Hour)), bot.T(".")),
		},
		Fields: []bot.FormField{
			{Key: "customer", Label: "Customer", Hint: "The end customer's company and, if it has several, the site.", Example: "Acme Outdoor, store 12", Kind: bot.AskText, Required: true},
			{Key: "severity", Label: "Severity", Kind: bot.AskChoice, Options: sev, Required: true, Live: true},
			{Key: "product", Label: "Product", Kind: bot.AskChoice, Required: true, Options: []bot.Option{{Value: "pos", Label: "Harbor POS"}, {Value: "bo", Label: "Harbor Back Office"}, {Value: "pay", Label: "Harbor Payments"}, {Value: "m", Label: "Harbor Mobile"}, {Value: "x", Label: "Something else"}}},
			{Key: "summary", Label: "Summary", Hint: "One line that an engineer understands without opening the case.", Example: "Card payments fail with HB-4012 after the 6.2 update", Kind: bot.AskText, Required: true},
			{Key: "first_seen", Label: "First seen", Hint: "In your own time zone unless you name another.", Example: "today 14:00", Kind: bot.AskTime},
			{Key: "steps", Label: "Steps to reproduce", Example: "1 Open the till. 2 Scan two items.", Kind: bot.AskLong, Rows: 3},
			{Key: "evidence", Label: "Logs or screenshots", Kind: bot.AskFiles},
		},
	}
	for i := range f.Fields {
		q := &f.Fields[i]
		q.Value = values[q.Key]
		if check && q.Required && strings.TrimSpace(q.Value) == "" {
			q.Error = "Give the " + strings.ToLower(q.Label) + ", so that everybody knows what this is about."
		}
	}
	return f
}
