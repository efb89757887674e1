package desk

import (
	"testing"
	"time"
)

// ladderOf makes a desk on paper whose calls find the people named; empty: nobody.
func ladderOf(t *testing.T, policy EscalationPolicy, who map[string]string) *paper {
	p := newPaper(t)
	policy.ReturnCodes = p.book.Escalation.ReturnCodes
	p.book.Escalation = policy
	p.calls = who
	return p
}

func pagedIn(events []Event) []string {
	var out []string
	for _, e := range events {
		if b, ok := e.Body.(Paged); ok {
			out = append(out, b.Person)
		}
	}
	return out
}

func calledAre(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: called %v, want %v", what, got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%s: called %v, want %v", what, got, want)
		}
	}
}

// SLA.md §4 and handbook §4: "an empty step is skipped at once, not waited for".
func TestAnEmptyStepIsNotWaitedFor(t *testing.T) {
	ladder := []LadderStep{{Call: "on-call"}, {Call: "second call", After: spanOf(30, "minute", false)}, {Call: "duty manager", After: spanOf(60, "minute", false)}}
	p := ladderOf(t, EscalationPolicy{Ladder: ladder}, map[string]string{"second call": "eve", "duty manager": "p-lead"})
	p.file("1", FieldSteps)
	calledAre(t, "at once", pagedIn(p.events), "eve")
	p.pass(60 * time.Minute)
	calledAre(t, "after an hour", pagedIn(p.do(System, tick{})), "p-lead")
}

func TestARoundThatFindsNobodyCallsTheFallback(t *testing.T) {
	ladder := []LadderStep{{Call: "on-call"}, {Call: "second call", After: spanOf(30, "minute", false)}}
	p := ladderOf(t, EscalationPolicy{Ladder: ladder, Fallback: "duty manager"}, map[string]string{"duty manager": "p-lead"})
	p.file("1", FieldSteps)
	calledAre(t, "at once", pagedIn(p.events), "p-lead")
	k := p.clock(ClockLadder, 1)
	if due, ok := k.NextDue(); ok {
		t.Errorf("the ladder still wakes at %s although every step has been taken", due)
	}
}

// The ladder begins again so long after its last step, and so often, until somebody acknowledges.
func TestTheLadderRepeats(t *testing.T) {
	ladder := []LadderStep{{Call: "on-call"}, {Call: "duty manager", After: spanOf(30, "minute", false)}}
	p := ladderOf(t, EscalationPolicy{Ladder: ladder, Repeat: spanOf(20, "minute", false), Repeats: 1}, map[string]string{"on-call": "eve", "duty manager": "p-lead"})
	p.file("1", FieldSteps)
	for _, step := range []struct {
		wait time.Duration
		want string
	}{{30 * time.Minute, "p-lead"}, {20 * time.Minute, "eve"}, {30 * time.Minute, "p-lead"}} {
		p.pass(step.wait)
		calledAre(t, step.wait.String(), pagedIn(p.do(System, tick{})), step.want)
	}
	p.pass(48 * time.Hour)
	calledAre(t, "two days later", pagedIn(p.do(System, tick{})))
}
