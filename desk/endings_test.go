package desk

import (
	"slices"
	"testing"
	"time"
)

// redrawn does an act and lists the messages that are drawn anew for it: event, party and, in person, whose.
func (p *paper) redrawn(who string, cmd Command) []string {
	p.t.Helper()
	before, past := p.c, p.events
	events := p.do(who, cmd)
	if !mayEnd(before, events) {
		past = nil // They would not have been read.
	}
	var out []string
	for _, n := range noticesFor(p.dir, before, p.c, past, events, p.now) {
		if n.Kind != NoticeRedraw {
			continue
		}
		i := slices.IndexFunc(p.events, func(e Event) bool { return e.Seq == n.Seq })
		what := p.events[i].Body.Kind() + " " + n.Party
		if n.Person != "" {
			what += " " + n.Person
		}
		out = append(out, what)
	}
	slices.Sort(out)
	return out
}

func (p *paper) wantRedrawn(who string, cmd Command, want ...string) {
	p.t.Helper()
	if got := p.redrawn(who, cmd); !slices.Equal(got, want) {
		p.t.Errorf("%s %s: drawn anew are %q, want %q", who, cmd.Verb(), got, want)
	}
}

// The Partner was promised an answer: the acknowledgement ends the promise, an undone one gives it back, and one after a
// lapse changes nothing of it. The case can be taken back until more has happened.
func TestAnAcknowledgementEndsThePromiseOfIt(t *testing.T) {
	p := newPaper(t)
	p.file("2", FieldSteps)
	p.do("dana", EscalateCase{})
	p.pass(5 * time.Minute)
	taken := []string{"escalated harbor", "escalated northwind", "paged harbor eve"}
	p.wantRedrawn("eve", AckCase{}, taken...)
	p.wantRedrawn("eve", UndoAct{Of: VerbAck}, append([]string{"acknowledged harbor", "acknowledged northwind"}, taken...)...)
	p.pass(time.Minute)
	p.wantRedrawn("eve", AckCase{}, taken...)
	p.pass(5 * time.Hour)
	if !lapsedIn(p.do(System, tick{})) {
		t.Fatal("the acknowledgement did not lapse")
	}
	p.pass(time.Minute)
	p.wantRedrawn("p-lead", AckCase{}, "lapsed harbor", "lapsed northwind", "paged harbor eve")
	p.wantRedrawn("dana", TakeBack{}, "acknowledged harbor", "acknowledged northwind", "clock_fired harbor", "clock_fired northwind", "escalated northwind") // The late update too: nobody there owes it any more.
	i := slices.IndexFunc(p.events, func(e Event) bool { _, up := e.Body.(Escalated); return up })
	var became []string
	for _, x := range Endings(p.events[i], Partner, p.events) {
		became = append(became, x.Body.Kind()+" "+x.Actor)
	}
	if want := []string{"acknowledged eve", "taken_back dana"}; !slices.Equal(became, want) {
		t.Errorf("the escalation became %q, want %q", became, want)
	}
}

// A resolution says that the case closes by itself: it does, somebody closes it first, or it is opened again.
func TestTheEndOfACaseEndsThePromiseOfIt(t *testing.T) {
	p := newPaper(t)
	p.file("3", FieldSteps)
	p.do("dana", ResolveCase{Text: "Patched."})
	p.wantRedrawn("dana", CloseCase{}, "resolved northwind")
	p.wantRedrawn("dana", RateCase{Score: 4}, "resolved northwind")
	p.wantRedrawn("dana", ReopenCase{Why: "It is back."}, "resolved northwind")
	p.do("dana", ResolveCase{Text: "Patched again."})
	p.pass(6 * 24 * time.Hour)
	p.wantRedrawn(System, tick{}, "resolved northwind")
	if p.c.Status != StatusClosed {
		t.Errorf("the case is %s", p.c.Status)
	}
}

// Whoever follows a wait up was reminded in person, on whichever side they are: it is taken back there too.
func TestAReminderOfAWaitEndsWithIt(t *testing.T) {
	for owner, party := range map[string]string{"dana": "northwind", "eve": "harbor"} {
		p := newPaper(t)
		p.file("3", FieldSteps)
		p.do("dana", EscalateCase{})
		p.do("eve", AckCase{})
		p.do("dana", WaitCase{On: OnCustomer, Reason: "the version", Owner: owner})
		p.pass(2 * 24 * time.Hour)
		p.do(System, tick{})
		ended := []string{"wait_nudged northwind", "wait_nudged " + party + " " + owner, "wait_started harbor", "wait_started northwind"}
		slices.Sort(ended)
		resolved := append([]string{"escalated northwind"}, ended...) // The wait has ended the promise of the next update.
		p.wantRedrawn("eve", ResolveCase{Text: "Patched."}, resolved...)
		p.wantRedrawn("eve", UndoAct{Of: VerbResolve}, append(slices.Clone(resolved[:1]), append([]string{"resolved northwind"}, ended...)...)...)
		p.wantRedrawn("dana", ResumeCase{}, ended...)
	}
}

// An undone act puts the case back to where it waited, or did not: the messages about the wait follow.
func TestAnUndoneActGivesAWaitBack(t *testing.T) {
	p := newPaper(t)
	p.file("3", FieldSteps)
	p.do("dana", EscalateCase{})
	p.do("dana", WaitCase{On: OnCustomer, Reason: "the version"})
	p.pass(2 * 24 * time.Hour)
	p.do(System, tick{})
	p.do("eve", AckCase{})
	p.pass(time.Minute)
	about := []string{"wait_nudged northwind", "wait_nudged northwind dana", "wait_started harbor", "wait_started northwind"}
	p.wantRedrawn("dana", ResumeCase{}, about...)
	p.pass(time.Minute)
	p.do("dana", WaitCase{On: OnThirdParty, Reason: "the bank"})
	p.pass(time.Minute)
	got := p.redrawn("eve", UndoAct{Of: VerbAck})
	if p.c.Wait == nil || p.c.Wait.On != OnCustomer {
		t.Fatalf("the case waits on %+v", p.c.Wait)
	}
	for _, e := range p.events {
		if _, starts := e.Body.(WaitStarted); !starts {
			continue
		}
		if over, stands := len(Endings(e, Partner, p.events)) > 0, e.At.Equal(p.c.Wait.Since); over == stands {
			t.Errorf("the wait of event %d: told as over %v, stands %v", e.Seq, over, stands)
		}
	}
	for _, want := range about {
		if !slices.Contains(got, want) {
			t.Errorf("drawn anew are %q, %q is not among them", got, want)
		}
	}
}
