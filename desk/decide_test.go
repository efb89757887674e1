package desk

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A desk on paper: one case, its events, and people of both sides. Every act is checked twice, once by
// the decision's own case and once by folding the events again.
type paper struct {
	t        *testing.T
	dir      *Directory
	book     *Handbook
	c        *Case
	events   []Event
	now      time.Time
	calendar BusinessTime      // Of everybody; nil: around the clock.
	calls    map[string]string // Whom each call of the ladder finds; nil: Eve, then Pat.
}

func spanOf(n int, unit string, business bool) Span {
	return Span{N: n, Unit: unit, Business: business, Text: unit}
}

func newPaper(t *testing.T) *paper {
	dir, err := NewDirectory([]Party{
		{ID: "harbor", Name: "Harbor", Kind: Provider, Zone: "America/Los_Angeles", Contact: "p-lead"},
		{ID: "northwind", Name: "Northwind", Kind: Partner, Key: "NW", Zone: "America/Chicago", Contact: "n-lead"},
		{ID: "southgate", Name: "Southgate", Kind: Partner, Key: "SG"},
	}, nil, []Person{
		{ID: "dana", Name: "Dana Demo", Party: "northwind", Roles: []Role{Agent}},
		{ID: "n-lead", Name: "Noor Demo", Party: "northwind", Roles: []Role{DutyManager}},
		{ID: "sam", Name: "Sam Demo", Party: "southgate", Roles: []Role{Agent}},
		{ID: "eve", Name: "Eve Demo", Party: "harbor", Roles: []Role{Engineer}},
		{ID: "p-lead", Name: "Pat Demo", Party: "harbor", Roles: []Role{DutyManager}},
	})
	if err != nil {
		t.Fatal(err)
	}
	all := map[Stage]string{StageFile: "all", StageEscalate: "all"}
	late := map[Stage]string{StageEscalate: "all"}
	sevs := []SeverityPolicy{
		{Severity: Sev1, Tier1: Range{Limit: spanOf(1, "hour", false)}, Tier2: Range{spanOf(30, "minute", false), spanOf(60, "minute", false)}, Update: spanOf(1, "hour", false), Until: "workaround", Relay: spanOf(15, "minute", false), Warnings: []int{50, 75}},
		{Severity: Sev2, Tier1: Range{Limit: spanOf(1, "hour", false)}, Tier2: Range{spanOf(2, "hour", false), spanOf(4, "hour", false)}, Update: spanOf(4, "hour", false), Relay: spanOf(1, "hour", false), Warnings: []int{50, 75}},
		{Severity: Sev3, Tier1: Range{Limit: spanOf(4, "hour", false)}, Tier2: Range{Limit: spanOf(1, "day", false)}, Update: spanOf(1, "day", false), Warnings: []int{75}},
		{Severity: Sev4, Tier1: Range{Limit: spanOf(1, "day", false)}, Tier2: Range{Limit: spanOf(1, "day", false)}, Update: spanOf(5, "day", false), Warnings: []int{75}},
	}
	return &paper{t: t, dir: dir, now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC), c: &Case{ID: "NW-1001", Tenant: "northwind", Status: StatusDraft}, book: &Handbook{
		Version: "test", Severities: sevs, Fields: []FieldSpec{
			{Name: FieldCustomer, Label: "Customer", Required: all}, {Name: FieldSummary, Label: "Summary", Required: all},
			{Name: FieldSteps, Label: "Steps to reproduce", Required: late}, {Name: FieldEvidence, Label: "Evidence", Kind: KindFiles, Required: late},
		},
		Categories: []Category{{Name: "Defect"}, {Name: "Security", Trigger: TriggerSecurity, Restricted: true}},
		Triggers:   []TriggerPolicy{{Trigger: TriggerSeverity, Severities: []Severity{Sev1}, Mode: "automatic"}, {Trigger: TriggerSecurity, Mode: "automatic"}},
		Escalation: EscalationPolicy{ReturnCodes: []Code{{Code: "steps"}}, Ladder: []LadderStep{{Call: "on-call"}, {Call: "duty manager", After: spanOf(30, "minute", false)}}},
		Waiting:    WaitingPolicy{Nudge: spanOf(2, "day", false), Second: spanOf(5, "day", false), Propose: spanOf(10, "day", false)},
		Lifecycle:  LifecyclePolicy{AutoClose: spanOf(5, "day", false), Reopen: Span{14, "day", false, "14 days"}, Undo: Span{10, "minute", false, "10 minutes"}},
	}}
}

// try decides without keeping anything.
func (p *paper) try(who string, cmd Command) ([]Event, *Case, error) {
	by := Person{ID: System, Name: "casebot"}
	if who != System {
		by, _ = p.dir.Person(who)
	}
	env := &Env{Now: p.now, By: by, Dir: p.dir, Book: p.book,
		Calendar: func(string, Severity) BusinessTime {
			if p.calendar != nil {
				return p.calendar
			}
			return AroundTheClock{}
		},
		Past: func() ([]Event, error) { return p.events, nil },
		OnCall: func(call string) (Person, bool) {
			if p.calls != nil {
				return p.dir.Person(p.calls[call])
			}
			return p.dir.Person(map[string]string{"on-call": "eve", "duty manager": "p-lead"}[call])
		}}
	return Decide(p.c, cmd, env)
}

// do decides, keeps, and proves that the events alone give the same case.
func (p *paper) do(who string, cmd Command) []Event {
	p.t.Helper()
	events, c, err := p.try(who, cmd)
	if err != nil {
		p.t.Fatalf("%s %s: %v", who, cmd.Verb(), err)
	}
	p.events, p.c = append(p.events, events...), c
	p.same()
	return events
}

func (p *paper) same() {
	p.t.Helper()
	got, _ := json.Marshal(Fold(p.events))
	want, _ := json.Marshal(p.c)
	if len(p.events) > 0 && string(got) != string(want) {
		p.t.Fatalf("folding the events gives another case:\n%s\n%s", got, want)
	}
}

func (p *paper) pass(d time.Duration) { p.now = p.now.Add(d) }

func (p *paper) file(sev string, more ...Field) {
	p.t.Helper()
	v := map[Field]string{FieldCustomer: "Acme", FieldSummary: "Tills fail with HB-4012", FieldSeverity: sev, FieldCategory: "Defect"}
	for _, f := range more {
		v[f] = "Open the till and scan twice"
	}
	f := FileCase{Values: v}
	if len(more) > 0 {
		f.Files = []Attachment{{ID: "a", Name: "till.log"}}
	}
	p.do("dana", f)
}

func (p *paper) clock(kind ClockKind, n int) Clock {
	p.t.Helper()
	k := p.c.cycle(kind, n)
	if k == nil {
		p.t.Fatalf("there is no cycle %d of the %s clock", n, kind)
	}
	return *k
}

func wantErr(t *testing.T, err error, kind ErrKind, words ...string) {
	t.Helper()
	if KindOf(err) != kind {
		t.Fatalf("got %v, want an error of kind %q", err, kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func TestTier1RunsFromTheReportAndStopsAtTheFirstWord(t *testing.T) {
	p := newPaper(t)
	p.file("3")
	if k := p.clock(ClockTier1, 1); k.Due != p.now.Add(4*time.Hour) || k.Party != "northwind" {
		t.Fatalf("tier 1 response due %v at %s", k.Due, k.Party)
	}
	p.pass(time.Hour)
	p.do("dana", Say{Text: "looking"}) // A word in the thread is not a word to the customer.
	if p.clock(ClockTier1, 1).Ended() {
		t.Fatal("a message in the thread stopped the response clock")
	}
	p.do("dana", UpdateCase{Text: "We are looking into it."})
	if k := p.clock(ClockTier1, 1); k.State != StateMet {
		t.Fatalf("tier 1 response is %s", k.State)
	}
	if k := p.clock(ClockUpdate, 1); k.Due != p.now.Add(24*time.Hour) || k.Party != "northwind" {
		t.Fatalf("the cadence starts with the response: due %v at %s", k.Due, k.Party)
	}
}

func TestIncompleteEscalationStartsNoClock(t *testing.T) {
	p := newPaper(t)
	p.file("3")
	_, _, err := p.try("dana", EscalateCase{})
	wantErr(t, err, KindIncomplete, "steps to reproduce", "evidence")
	p.do("dana", EscalateCase{Values: map[Field]string{FieldSteps: "Scan twice"}, Files: []Attachment{{ID: "a"}}})
	if p.c.Status != StatusEscalated || p.clock(ClockTier2, 1).Start != p.now {
		t.Fatalf("mended and escalated in one act: %s", p.c.Status)
	}
}

func TestSev1EscalatesByItselfAndPages(t *testing.T) {
	p := newPaper(t)
	p.file("1", FieldSteps)
	if p.c.Status != StatusEscalated {
		t.Fatalf("status %s", p.c.Status)
	}
	if e, ok := p.events[len(p.events)-2].Body.(Paged); !ok || e.Person != "eve" {
		t.Fatalf("the first step of the ladder pages at once: %+v", p.events[len(p.events)-2].Body)
	}
	p.pass(30 * time.Minute)
	p.do(System, tick{})
	paged := 0
	for _, e := range p.events {
		if b, ok := e.Body.(Paged); ok && b.Person == "p-lead" {
			paged++
		}
	}
	if paged != 1 {
		t.Fatalf("the second step paged %d times", paged)
	}
}

func TestSev1IncompleteIsAskedFor(t *testing.T) {
	p := newPaper(t)
	p.file("1")
	if p.c.Status != StatusOpen || len(p.c.Due) != 1 {
		t.Fatalf("status %s, due triggers %v", p.c.Status, p.c.Due)
	}
}

func TestBreachIsRecordedAtTheDueInstant(t *testing.T) {
	p := newPaper(t)
	p.file("1", FieldSteps)
	due := p.clock(ClockTier2, 1).Due
	p.pass(3 * time.Hour) // The desk was down across every threshold.
	events := p.do(System, tick{})
	var breach, fired int
	for _, e := range events {
		switch b := e.Body.(type) {
		case ClockBreached:
			if b.Clock == ClockTier2 {
				breach++
				if !e.At.Equal(due) {
					t.Errorf("breach recorded at %v, due %v", e.At, due)
				}
			}
		case ClockFired:
			if b.Clock == ClockTier2 {
				fired++
				if b.Threshold != AtLimit || b.Late != 3 {
					t.Errorf("one message for the highest threshold: %+v", b)
				}
			}
		}
	}
	if breach != 1 || fired != 1 {
		t.Fatalf("%d breaches, %d messages", breach, fired)
	}
	p.do("eve", AckCase{})
	if k := p.clock(ClockTier2, 1); k.State != StateMetLate || k.Breached != due {
		t.Fatalf("acknowledged late: %s, breached %v", k.State, k.Breached)
	}
}

func TestDoneExactlyAtDueIsKept(t *testing.T) {
	p := newPaper(t)
	p.file("3")
	p.pass(4 * time.Hour)
	p.do("dana", UpdateCase{Text: "Just in time."})
	if k := p.clock(ClockTier1, 1); k.State != StateMet {
		t.Fatalf("done at due is %s", k.State)
	}
}

func TestReturnClosesTheCycleWithoutBreach(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.pass(time.Hour)
	_, _, err := p.try("eve", ReturnCase{Code: "mood"})
	wantErr(t, err, KindInvalid, "steps")
	p.do("eve", ReturnCase{Code: "steps", Missing: []Field{FieldSteps}})
	if k := p.clock(ClockTier2, 1); k.State != StateReturned || !k.Breached.IsZero() {
		t.Fatalf("returned cycle is %s", k.State)
	}
	p.pass(time.Hour)
	p.do("dana", EscalateCase{})
	if k := p.clock(ClockTier2, 2); k.Due != p.now.Add(4*time.Hour) {
		t.Fatalf("the next cycle has a full budget: due %v", k.Due)
	}
}

func TestWaitingPausesTheCadenceOnly(t *testing.T) {
	p := newPaper(t)
	p.file("2")
	p.do("dana", UpdateCase{Text: "On it."})
	p.pass(time.Hour)
	p.do("dana", WaitCase{On: OnCustomer, Reason: "asked for logs"})
	p.pass(48 * time.Hour)
	events := p.do(System, tick{})
	if _, ok := events[len(events)-1].Body.(WaitNudged); !ok {
		t.Fatalf("after two days the owner is nudged: %+v", events)
	}
	p.do("dana", ResumeCase{})
	if k := p.clock(ClockUpdate, 1); k.Due != p.now.Add(3*time.Hour) {
		t.Fatalf("three of four hours are left: due %v, now %v", k.Due, p.now)
	}
}

func TestSeverityUpKeepsTheStricterDue(t *testing.T) {
	p := newPaper(t)
	p.file("3")
	p.pass(3*time.Hour + 30*time.Minute)
	p.do("dana", ChangeSeverity{To: Sev2, Why: "more tills fail"})
	if k := p.clock(ClockTier1, 1); k.Due != p.now.Add(30*time.Minute) {
		t.Fatalf("the old due was earlier and stands: %v", k.Due)
	}
	q := newPaper(t)
	q.file("4")
	q.pass(time.Hour)
	q.do("dana", ChangeSeverity{To: Sev2, Why: "more tills fail"})
	if k := q.clock(ClockTier1, 1); k.Due != q.now.Add(time.Hour) {
		t.Fatalf("the new budget from the change: %v", k.Due)
	}
}

func TestSeverityDownIsNotEarlierThanNow(t *testing.T) {
	p := newPaper(t)
	p.file("2")
	p.pass(30 * time.Minute)
	p.do("dana", ChangeSeverity{To: Sev3, Why: "one till only"})
	if k := p.clock(ClockTier1, 1); k.Due != k.Start.Add(4*time.Hour) {
		t.Fatalf("due from the original start: %v", k.Due)
	}
}

func TestPromiseReplacesTheNextDueOnce(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	_, _, err := p.try("eve", UpdateCase{Text: "More tomorrow.", NextBy: p.now.Add(30 * time.Hour)})
	wantErr(t, err, KindInvalid, "too far off")
	p.do("eve", UpdateCase{Text: "More tonight.", NextBy: p.now.Add(9 * time.Hour)})
	if k, _ := p.c.Clock(ClockUpdate); k.Due != p.now.Add(9*time.Hour) {
		t.Fatalf("due %v", k.Due)
	}
	p.pass(9 * time.Hour)
	p.do("eve", UpdateCase{Text: "Found it."})
	if k, _ := p.c.Clock(ClockUpdate); k.Due != p.now.Add(4*time.Hour) || p.c.Promises[0].Kept != "kept" {
		t.Fatalf("due %v, promise %q", k.Due, p.c.Promises[0].Kept)
	}
}

func TestRelayStopsWhenEverythingIsPassedOn(t *testing.T) {
	p := newPaper(t)
	p.file("1", FieldSteps)
	p.do("eve", AckCase{})
	p.do("eve", UpdateCase{Text: "We see it."})
	if k := p.clock(ClockRelay, 1); k.Party != "northwind" || k.Due != p.now.Add(15*time.Minute) {
		t.Fatalf("relay %+v", k)
	}
	p.do("dana", RelayUpdate{})
	if p.clock(ClockRelay, 1).State != StateMet || p.clock(ClockTier1, 1).State != StateMet {
		t.Fatal("relaying meets the relay clock and is the first word to the customer")
	}
}

func TestReopenStartsNewCyclesAndKeepsTheFirstResolution(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("eve", AckCase{})
	p.do("eve", ResolveCase{Text: "Patched."})
	first := p.c.FirstSolved
	p.pass(24 * time.Hour)
	p.do("dana", ReopenCase{Why: "it is back"})
	if p.c.Status != StatusEscalated || p.c.FirstSolved != first || p.c.Reopens != 1 {
		t.Fatalf("status %s, first solved %v, reopens %d", p.c.Status, p.c.FirstSolved, p.c.Reopens)
	}
	p.clock(ClockTier1, 2)
	p.clock(ClockTier2, 2)
	p.do("eve", ResolveCase{Text: "Patched again."})
	p.pass(15 * 24 * time.Hour)
	_, _, err := p.try("dana", ReopenCase{Why: "again"})
	wantErr(t, err, KindState, "14 days", "/case new")
}

func TestUndoRestoresTheClocks(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.pass(5 * time.Minute)
	p.do("eve", AckCase{})
	p.pass(time.Minute)
	_, _, err := p.try("p-lead", UndoAct{Of: VerbAck})
	wantErr(t, err, KindForbidden)
	p.do("eve", UndoAct{Of: VerbAck})
	if k := p.clock(ClockTier2, 1); p.c.Status != StatusEscalated || !k.Running() {
		t.Fatalf("status %s, tier 2 clock %s", p.c.Status, k.State)
	}
	p.pass(time.Hour)
	p.do("eve", AckCase{})
	p.pass(11 * time.Minute)
	_, _, err = p.try("eve", UndoAct{Of: VerbAck})
	wantErr(t, err, KindState, "10 minutes")
}

func TestAnotherPartnerSeesNothing(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	sam, _ := p.dir.Person("sam")
	eve, _ := p.dir.Person("eve")
	if CanSee(sam, p.c) {
		t.Error("another partner sees the case")
	}
	if CanSee(eve, p.c) {
		t.Error("the Provider sees a case it was not given")
	}
	p.do("dana", EscalateCase{})
	if !CanSee(eve, p.c) || CanSee(sam, p.c) {
		t.Error("after the escalation the Provider, and only it, sees the case too")
	}
	p.do("eve", Say{Text: "their config is a mess"})
	dana, _ := p.dir.Person("dana")
	if last := p.events[len(p.events)-1]; CanSeeEvent(dana, p.c, last) {
		t.Error("the Provider's thread crossed by itself")
	}
	p.do("eve", Reply{Text: "Please send the till log."})
	if last := p.events[len(p.events)-1]; !CanSeeEvent(dana, p.c, last) {
		t.Error("an explicit reply did not cross")
	}
}

// Whatever people do in whatever order, nothing panics, every refusal is an Error with a sentence, and
// the events alone always give the case.
func TestAnyOrderOfActs(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 7))
		p := newPaper(t)
		p.file([]string{"1", "2", "3", "4"}[r.IntN(4)], []Field{FieldSteps}[:r.IntN(2)]...)
		for range 60 {
			p.pass(time.Duration(r.IntN(20)) * time.Hour / 4)
			who := []string{"dana", "n-lead", "eve", "p-lead"}[r.IntN(4)]
			cmds := []Command{EscalateCase{Values: map[Field]string{FieldSteps: "Scan twice"}, Files: []Attachment{{ID: "b"}}}, TakeBack{}, ReturnCase{Code: "steps"}, AckCase{},
				AckCase{NextUpdate: p.now.Add(time.Hour)}, AssignCase{To: who}, Say{Text: "hm"}, Reply{Text: "so"}, AddNote{Text: "n"}, UpdateCase{Text: "u"},
				UpdateCase{Text: "u", NextBy: p.now.Add(2 * time.Hour)}, RelayUpdate{}, WaitCase{On: OnCustomer, Reason: "r"}, WaitCase{On: OnSchedule, Reason: "r", Until: p.now.Add(5 * time.Hour)},
				ResumeCase{}, ChangeSeverity{To: Severity(1 + r.IntN(4)), Why: "w"}, GiveWorkaround{Text: "w"}, ResolveCase{Text: "r"}, RateCase{Score: 1 + r.IntN(6)},
				CloseCase{}, ReopenCase{Why: "again"}, UndoAct{Of: VerbAck}, UndoAct{Of: VerbEscalate}, UndoAct{Of: VerbResolve}, tick{}, tick{}}
			cmd := cmds[r.IntN(len(cmds))]
			if _, ok := cmd.(tick); ok {
				who = System
			}
			before, _ := json.Marshal(p.c)
			events, c, err := p.try(who, cmd)
			if after, _ := json.Marshal(p.c); string(after) != string(before) {
				t.Fatalf("seed %d: deciding %s changed the case it was given", seed, cmd.Verb())
			}
			if err != nil {
				if KindOf(err) == "" {
					t.Fatalf("seed %d: %s: %v is no Error", seed, cmd.Verb(), err)
				}
				continue
			}
			p.events, p.c = append(p.events, events...), c
			p.same()
			if who == System {
				for _, k := range p.c.Clocks {
					if due, ok := k.NextDue(); ok && !due.After(p.now) {
						t.Fatalf("seed %d: after a tick the %s clock is still due at %v (now %v): %+v", seed, k.Kind, due, p.now, k)
					}
				}
			}
			if !p.c.Open() {
				for _, k := range p.c.Clocks {
					if !k.Ended() && k.Kind != ClockClose && k.Kind != ClockRelay && k.Kind != ClockTier1 {
						t.Fatalf("seed %d: the case is %s and its %s clock is %s", seed, p.c.Status, k.Kind, k.State)
					}
				}
			}
		}
	}
}
