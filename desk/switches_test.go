package desk

import (
	"testing"
	"time"
)

// SLA.md §2, severity up and down, with the switches: what becomes of a Tier 1 response of one hour (Sev 2) or
// four hours (Sev 3), changed half an hour after the report.
func TestSeverityChangeSwitches(t *testing.T) {
	for _, c := range []struct {
		name     string
		up, down string
		from, to Severity
		want     time.Duration // From the report on.
	}{
		{"up, earlier: half an hour and the new hour", "", "", Sev3, Sev2, 90 * time.Minute},
		{"up, retroactive: the new hour from the report on", RateRetroactive, "", Sev3, Sev2, time.Hour},
		{"up, restart: the new hour from now on", RateRestart, "", Sev3, Sev2, 90 * time.Minute},
		{"down, retroactive: the new four hours from the report on", "", "", Sev2, Sev3, 4 * time.Hour},
		{"down, restart: the new four hours from now on", "", RateRestart, Sev2, Sev3, 4*time.Hour + 30*time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPaper(t)
			p.book.Lifecycle.SeverityUp, p.book.Lifecycle.SeverityDown = c.up, c.down
			start := p.now
			p.file(string('0' + rune(c.from)))
			p.pass(30 * time.Minute)
			p.do("dana", ChangeSeverity{To: c.to, Why: "looked again"})
			if got := p.clock(ClockTier1, 1).Due.Sub(start); got != c.want {
				t.Errorf("due %s after the report, want %s", got, c.want)
			}
		})
	}
}

// A raise and a drop leave the deadline where it was: down counts from the original start.
func TestUpAndDownAgainIsAsBefore(t *testing.T) {
	p := newPaper(t)
	p.file("3")
	was := p.clock(ClockTier1, 1).Due
	p.pass(10 * time.Minute)
	p.do("dana", ChangeSeverity{To: Sev2, Why: "it spreads"})
	p.pass(10 * time.Minute)
	p.do("dana", ChangeSeverity{To: Sev3, Why: "one till only"})
	if got := p.clock(ClockTier1, 1).Due; !got.Equal(was) {
		t.Errorf("due %s, want %s as before", got, was)
	}
}

// A severity raise that is stricter than a promise replaces it: from then on the deadline is a computed one, and
// a pause moves it by open time.
func TestARaiseReplacesAPromise(t *testing.T) {
	p := newPaper(t)
	p.file("2")
	p.do("dana", UpdateCase{Text: "We look into it.", NextBy: p.now.Add(10 * time.Hour)})
	p.do("dana", ChangeSeverity{To: Sev1, Why: "all tills now"})
	k := p.clock(ClockUpdate, 1)
	if k.Promised || !k.Due.Equal(p.now.Add(time.Hour)) {
		t.Errorf("promised %v, due %s; want an hour from the raise on", k.Promised, k.Due)
	}
}

// A drop after the new deadline has gone by is due now, and nobody is late because of it.
func TestADropIsNeverDueInThePast(t *testing.T) {
	p := newPaper(t)
	p.book.Lifecycle.SeverityUp = RateRetroactive
	p.file("3")
	p.pass(2 * time.Hour)
	p.do("dana", ChangeSeverity{To: Sev2, Why: "it spreads"})
	k := p.clock(ClockTier1, 1)
	if !k.Due.Equal(p.now) || !k.Breached.IsZero() {
		t.Errorf("due %s, breached %s; want due now and not breached", k.Due, k.Breached)
	}
}
