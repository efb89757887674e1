package desk

import (
	"slices"
	"time"
)

// ClockKind names what a clock measures (SLA.md §2).
type ClockKind string

// The clocks of a case, and four timers that are stored the same way because they fall due the
// same way: the nudge and expiry of a wait, the closing of a resolved case, the ladder's step,
// and the lapse of an acknowledgement.
const (
	ClockTier1      ClockKind = "tier 1 response"
	ClockTier2      ClockKind = "tier 2 response"
	ClockUpdate     ClockKind = "status update"
	ClockRelay      ClockKind = "relay"
	ClockWorkaround ClockKind = "workaround"
	ClockResolution ClockKind = "resolution"
	ClockWait       ClockKind = "waiting"
	ClockClose      ClockKind = "closing"
	ClockLadder     ClockKind = "on-call ladder"
	ClockLapse      ClockKind = "acknowledgement" // Lapses without activity of the Provider.
)

// Timer says whether the kind is a timer without a target: it is never met, missed or counted.
func (k ClockKind) Timer() bool {
	return k == ClockWait || k == ClockClose || k == ClockLadder || k == ClockLapse
}

// ClockState is where a clock stands.
type ClockState string

// The states of SLA.md §2. "Returned" closes a Tier 2 cycle without a breach.
const (
	StateRunning   ClockState = "running"
	StatePaused    ClockState = "paused"
	StateMet       ClockState = "met"
	StateMetLate   ClockState = "met late"
	StateMissed    ClockState = "missed"
	StateReturned  ClockState = "returned"
	StateCancelled ClockState = "cancelled"
)

// Interval is a span of time [From, To). A zero To is still going on.
type Interval struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"`
	Reason string    `json:"reason,omitempty"`
}

// Clock is one cycle of one clock of one case.
type Clock struct {
	Kind     ClockKind     `json:"kind"`
	Cycle    int           `json:"cycle"`              // 1, 2, … per kind.
	Party    string        `json:"party"`              // Who is responsible.
	Calendar string        `json:"calendar,omitempty"` // Name@version of the calendar; empty is 24×7.
	Start    time.Time     `json:"start"`
	Base     time.Time     `json:"base"`                // Where the budget counts from: Start, unless a severity change moved it.
	Promised bool          `json:"promised,omitempty"`  // Due is a promised instant, not a computed one.
	Budget   time.Duration `json:"budget"`              // Open time until the limit; whole seconds.
	Early    time.Duration `json:"objective,omitempty"` // Open time until the objective of a range; 0 when there is none.
	Due      time.Time     `json:"due"`                 // The limit as an instant: breach.
	EarlyDue time.Time     `json:"early_due,omitzero"`  // The objective as an instant: warn and page the next step.
	Warnings []time.Time   `json:"warnings,omitempty"`  // Instants of the warnings still ahead or passed, in order.
	Tell     Tell          `json:"tell,omitzero"`       // When the desk acts on objective and limit, where quiet hours move it.
	Fired    int           `json:"fired"`               // How many thresholds (see Thresholds) have been acted on.
	Pauses   []Interval    `json:"pauses,omitempty"`
	State    ClockState    `json:"state"`
	Stopped  time.Time     `json:"stopped,omitzero"`
	Breached time.Time     `json:"breached,omitzero"` // The due instant of a breach; stays once recorded.
	Last     time.Time     `json:"last,omitzero"`     // When this clock last sent a reminder.
	Sent     int           `json:"sent,omitempty"`    // Reminders sent after the breach.
	Next     time.Time     `json:"next,omitzero"`     // When the next of them is due.

	Generation int `json:"generation"` // Bumped by every pause, move and stop; a reminder of an older one is dropped.
}

// Tell holds when the desk acts on a deadline that falls into quiet hours. The deadline itself never moves.
// Zero: at the deadline.
type Tell struct {
	Early time.Time `json:"early,omitzero"`
	Due   time.Time `json:"due,omitzero"`
}

// Running says whether the clock still counts.
func (k Clock) Running() bool { return k.State == StateRunning }

// Ended says whether the cycle is over, one way or the other.
func (k Clock) Ended() bool { return k.State != StateRunning && k.State != StatePaused }

// Threshold is one instant at which a running clock has something to do.
type Threshold struct {
	Kind ThresholdKind `json:"kind"`
	At   time.Time     `json:"at"`
	Tell time.Time     `json:"tell,omitzero"` // When the desk acts on it, if that is later.
}

// When is the instant at which the desk acts on the threshold.
func (t Threshold) When() time.Time {
	if t.Tell.IsZero() {
		return t.At
	}
	return t.Tell
}

// ThresholdKind tells what a threshold does.
type ThresholdKind string

// A warning reminds the responsible party; the objective pages the next step; the limit is a
// breach; afterwards reminders follow at half the cadence, at most three (SLA.md §4).
const (
	AtWarning   ThresholdKind = "warning"
	AtObjective ThresholdKind = "objective"
	AtLimit     ThresholdKind = "limit"
	AtReminder  ThresholdKind = "reminder"
	AtContact   ThresholdKind = "contact" // The reminders are used up: the escalation contact is told.
)

// Thresholds lists a clock's instants in order: warnings, objective, limit.
func (k Clock) Thresholds() []Threshold {
	ts := make([]Threshold, 0, len(k.Warnings)+2)
	for _, w := range k.Warnings {
		ts = append(ts, Threshold{Kind: AtWarning, At: w})
	}
	if !k.EarlyDue.IsZero() {
		ts = append(ts, Threshold{AtObjective, k.EarlyDue, k.Tell.Early})
	}
	slices.SortStableFunc(ts, func(a, b Threshold) int { return a.When().Compare(b.When()) })
	return append(ts, Threshold{AtLimit, k.Due, k.Tell.Due})
}

// maxReminders is how often a missed status update or relay still reminds after its breach before
// the escalation contact is told (SLA.md §4).
const maxReminders = 3

// reminds says whether a clock goes on reminding after its limit. A missed response does not: its
// contact is told at the limit itself.
func (k Clock) reminds() bool { return k.Kind == ClockUpdate || k.Kind == ClockRelay }

// NextDue is the next instant at which the sweep must look at the clock; false when it never needs to.
func (k Clock) NextDue() (time.Time, bool) {
	if !k.Running() {
		return time.Time{}, false
	}
	ts := k.Thresholds()
	if k.Fired < len(ts) {
		return ts[k.Fired].When(), true
	}
	if !k.reminds() || k.Sent > maxReminders {
		return time.Time{}, false
	}
	if !k.Next.IsZero() {
		return k.Next, true
	}
	// Half the cadence, but never more often than every 15 minutes.
	return k.Last.Add(max(k.Budget/2, 15*time.Minute)), true
}

// BusinessTime is what a clock needs of a calendar: the instant by which a budget of open,
// unpaused time after start is used up (SLA.md §1, "due").
type BusinessTime interface {
	Version() string
	Day() time.Duration // What "1 business day" is worth in open time.
	DueAt(start time.Time, budget time.Duration, pauses []Interval) (time.Time, error)
}

// AroundTheClock is the 24×7 calendar: every second counts unless it is paused.
type AroundTheClock struct{}

// Version of the 24×7 calendar is empty: it never changes.
func (AroundTheClock) Version() string { return "" }

// Day of the 24×7 calendar is 24 hours.
func (AroundTheClock) Day() time.Duration { return 24 * time.Hour }

// DueAt adds the budget and the pauses in the way.
func (AroundTheClock) DueAt(start time.Time, budget time.Duration, pauses []Interval) (time.Time, error) {
	ps := slices.Clone(pauses)
	slices.SortFunc(ps, func(a, b Interval) int { return a.From.Compare(b.From) })
	due, covered := start.Add(budget), start
	for _, p := range ps {
		from, to := p.From, p.To
		if from.Before(covered) {
			from = covered
		}
		if to.IsZero() || !to.After(from) || !from.Before(due) {
			continue
		}
		due, covered = due.Add(to.Sub(from)), to
	}
	return due, nil
}

// clock finds the running or paused cycle of a kind; nil when none is going on.
func (c *Case) clock(kind ClockKind) *Clock {
	for i := range c.Clocks {
		if c.Clocks[i].Kind == kind && !c.Clocks[i].Ended() {
			return &c.Clocks[i]
		}
	}
	return nil
}

// Clock gives a copy of the running or paused cycle of a kind.
func (c *Case) Clock(kind ClockKind) (Clock, bool) {
	if k := c.clock(kind); k != nil {
		return *k, true
	}
	return Clock{}, false
}

// cycles counts the cycles of a kind so far.
func (c *Case) cycles(kind ClockKind) int {
	n := 0
	for i := range c.Clocks {
		if c.Clocks[i].Kind == kind {
			n++
		}
	}
	return n
}

// NextClock is the running clock (not timer) that falls due first, for cards and lists.
func (c *Case) NextClock() (Clock, bool) {
	var best *Clock
	for i := range c.Clocks {
		k := &c.Clocks[i]
		if k.Running() && !k.Kind.Timer() && (best == nil || k.Due.Before(best.Due)) {
			best = k
		}
	}
	if best == nil {
		return Clock{}, false
	}
	return *best, true
}

func cloneClocks(ks []Clock) []Clock {
	out := slices.Clone(ks)
	for i := range out {
		out[i].Pauses = slices.Clone(out[i].Pauses)
		out[i].Warnings = slices.Clone(out[i].Warnings)
	}
	return out
}
