package desk

import (
	"context"
	"math"
	"slices"
	"sort"
	"time"
)

// Report is what an ops review reads (handbook §8), for one party and a span of time. Numbers are counted
// over every case of the party's scope; a case is named only where everybody at the party may see it, so a
// restricted case is counted and never named.
type Report struct {
	Party Party
	From  time.Time
	To    time.Time

	Filed        int
	Resolved     int
	Open         int // At To.
	OpenSeverity map[Severity]int
	OpenTier     map[int]int
	Waiting      int

	Tier1, Tier2, Updates, Relays Adherence

	Escalations int // Complete ones.
	Escalated   int // Cases filed in the span that were escalated.
	Returned    int
	Reopened    int

	CSAT      Score
	ToResolve Spread
	FirstWord Spread // From the acknowledgement to the Provider's first word to the Partner; it has no target.
	Promises  Adherence
	Worst     []WorstCase // At most five, the longest overrun first.
	Overdue   []Action
	Partners  []PartnerLine // For the Provider: one a Partner.
	Weeks     []WeekLine    // Up to eight weeks that end at To, oldest first.

	Knowledge KnowledgeReport
}

// Adherence counts the clocks of a kind that ended, or broke, in the span.
type Adherence struct {
	Kept  int
	Total int
}

// Percent of the clocks kept; false when there was none, which is not the same as 100 %.
func (a Adherence) Percent() (float64, bool) {
	if a.Total == 0 {
		return 0, false
	}
	return 100 * float64(a.Kept) / float64(a.Total), true
}

func (a *Adherence) count(kept bool) {
	a.Total++
	if kept {
		a.Kept++
	}
}

// Score is the customers' satisfaction in the span.
type Score struct {
	N       int
	Average float64
	Each    [6]int // Each[s] is how many rated s; 0 is not used.
}

// Spread is a distribution of durations. With N 0 the others mean nothing.
type Spread struct {
	N           int
	Median, P90 time.Duration
}

// WorstCase is one clock that was overrun.
type WorstCase struct {
	Case     string
	Severity Severity
	Summary  string
	Clock    ClockKind
	Due      time.Time
	Over     time.Duration
	Done     bool // Done late; false: still not done.
}

// PartnerLine is one Partner's part of the Provider's report.
type PartnerLine struct {
	Party       Party
	Filed       int
	Open        int
	Escalations int
	Tier1       Adherence
}

// WeekLine is one week of the chart.
type WeekLine struct {
	Start                      time.Time
	Filed, Resolved, Escalated int
}

const chartWeeks = 8

// Report counts for a party over [from, to).
func (d *Desk) Report(ctx context.Context, partyID string, from, to time.Time) (Report, error) {
	party, ok := d.Dir.Party(partyID)
	if !ok {
		return Report{}, Errf(KindNotFound, "There is no party %q.", partyID)
	}
	scope := Scope{}
	if party.Kind == Partner {
		scope.Tenant = party.ID
	}
	t := tally{r: Report{Party: party, From: from, To: to, OpenSeverity: map[Severity]int{}, OpenTier: map[int]int{}},
		dir: d.Dir, partner: map[string]*PartnerLine{}}
	for i := chartWeeks; i > 0; i-- {
		t.r.Weeks = append(t.r.Weeks, WeekLine{Start: to.AddDate(0, 0, -7*i)})
	}
	for _, p := range d.Dir.Parties {
		if p.Kind == Partner && party.Kind == Provider {
			t.partner[p.ID] = &PartnerLine{Party: p}
		}
	}
	gaps, err := d.Gaps(ctx, partyID, to)
	if err != nil {
		return Report{}, err
	}
	t.r.Knowledge.Gaps = gaps
	err = d.Store.View(ctx, func(r Reader) error {
		var err error
		if t.linked, err = linkedCases(r); err != nil {
			return err
		}
		if err := d.knowledge(r, party, from, to, &t.r.Knowledge); err != nil {
			return err
		}
		if err := r.EachCase(scope, t.r.Weeks[0].Start, to, func(c *Case) error { t.add(c); return nil }); err != nil {
			return err
		}
		actions, err := r.Actions(Scope{Tenant: party.ID}, true)
		for _, a := range actions {
			if a.Due.Before(to) {
				t.r.Overdue = append(t.r.Overdue, a)
			}
		}
		return err
	})
	t.finish()
	return t.r, err
}

// tally counts case by case, holding only what percentiles and the worst list need.
type tally struct {
	r       Report
	dir     *Directory
	partner map[string]*PartnerLine
	linked  map[string]bool
	spans   []time.Duration
	words   []time.Duration
}

func (t *tally) in(at time.Time) bool {
	return !at.IsZero() && !at.Before(t.r.From) && at.Before(t.r.To)
}

func (t *tally) add(c *Case) {
	line := t.partner[c.Tenant]
	if line == nil {
		line = &PartnerLine{}
	}
	if t.in(c.FiledAt) {
		t.r.Filed++
		line.Filed++
		if c.Escalations > 0 {
			t.r.Escalated++
		}
	}
	if c.Open() && c.FiledAt.Before(t.r.To) {
		t.r.Open++
		line.Open++
		t.r.OpenSeverity[c.Severity]++
		t.r.OpenTier[c.Tier()]++
		if c.Wait != nil {
			t.r.Waiting++
		}
	}
	if t.in(c.ResolvedAt) {
		t.r.Resolved++
		if !c.Restricted {
			t.r.Knowledge.Resolved++
			if t.linked[c.ID] {
				t.r.Knowledge.Linked++
			}
		}
	}
	if t.in(c.FirstSolved) {
		t.spans = append(t.spans, c.FirstSolved.Sub(c.ReportedAt))
	}
	if t.in(c.FirstWord) {
		t.words = append(t.words, c.FirstWord.Sub(c.AckedAt))
	}
	for _, rating := range c.Ratings {
		if t.in(rating.At) {
			t.r.CSAT.N++
			t.r.CSAT.Each[rating.Score]++
			t.r.CSAT.Average += float64(rating.Score)
		}
	}
	for _, p := range c.Promises {
		mine := t.r.Party.Kind == Provider || p.Party == t.r.Party.ID
		if p.Kept != "" && mine && t.in(p.By) {
			t.r.Promises.count(p.Kept == "kept")
		}
	}
	for i := range c.Clocks {
		t.clock(c, &c.Clocks[i], line)
	}
	t.week(c)
}

// clock counts one cycle. It counts in the span in which it ended or, if it has not, broke.
func (t *tally) clock(c *Case, k *Clock, line *PartnerLine) {
	if k.Kind == ClockTier2 {
		if t.in(k.Start) {
			t.r.Escalations++
			line.Escalations++
		}
		if k.State == StateReturned && t.in(k.Stopped) {
			t.r.Returned++
		}
	}
	if k.Kind == ClockTier1 && k.Cycle > 1 && t.in(k.Start) {
		t.r.Reopened++
	}
	settled := k.Stopped
	if !k.Ended() {
		settled = k.Breached
	}
	if k.Kind.Timer() || !t.in(settled) || k.State == StateCancelled || k.State == StateReturned {
		return
	}
	kept := k.State == StateMet
	switch k.Kind {
	case ClockTier1:
		t.r.Tier1.count(kept)
		line.Tier1.count(kept)
	case ClockTier2:
		t.r.Tier2.count(kept)
	case ClockUpdate:
		t.r.Updates.count(kept)
	case ClockRelay:
		t.r.Relays.count(kept)
	}
	if !kept && !c.Restricted && (t.r.Party.Kind == Partner || c.Reached) {
		end := k.Stopped
		if !k.Ended() {
			end = t.r.To
		}
		t.r.Worst = append(t.r.Worst, WorstCase{Case: c.ID, Severity: c.Severity, Summary: c.Summary, Clock: k.Kind, Due: k.Due, Over: end.Sub(k.Due), Done: k.Ended()})
	}
}

// week puts a case into the lines of the chart.
func (t *tally) week(c *Case) {
	put := func(at time.Time, f func(*WeekLine)) {
		if at.IsZero() || at.Before(t.r.Weeks[0].Start) || !at.Before(t.r.To) {
			return
		}
		i := sort.Search(len(t.r.Weeks), func(i int) bool { return t.r.Weeks[i].Start.After(at) }) - 1
		f(&t.r.Weeks[i])
	}
	put(c.FiledAt, func(w *WeekLine) { w.Filed++ })
	put(c.ResolvedAt, func(w *WeekLine) { w.Resolved++ })
	put(c.EscalatedAt, func(w *WeekLine) { w.Escalated++ })
}

func (t *tally) finish() {
	if t.r.CSAT.N > 0 {
		t.r.CSAT.Average /= float64(t.r.CSAT.N)
	}
	slices.Sort(t.spans)
	if n := len(t.spans); n > 0 {
		t.r.ToResolve = Spread{N: n, Median: rank(t.spans, 0.5), P90: rank(t.spans, 0.9)}
	}
	slices.Sort(t.words)
	if n := len(t.words); n > 0 {
		t.r.FirstWord = Spread{N: n, Median: rank(t.words, 0.5), P90: rank(t.words, 0.9)}
	}
	// One line a case: its longest overrun.
	sort.SliceStable(t.r.Worst, func(i, j int) bool { return t.r.Worst[i].Over > t.r.Worst[j].Over })
	seen := map[string]bool{}
	t.r.Worst = slices.DeleteFunc(t.r.Worst, func(w WorstCase) bool {
		again := seen[w.Case]
		seen[w.Case] = true
		return again
	})
	t.r.Worst = t.r.Worst[:min(5, len(t.r.Worst))]
	for _, p := range t.dir.Parties {
		if line := t.partner[p.ID]; line != nil {
			t.r.Partners = append(t.r.Partners, *line)
		}
	}
	slices.SortFunc(t.r.Overdue, func(a, b Action) int { return a.Due.Compare(b.Due) })
}

// rank is the nearest-rank percentile of sorted values: a duration that really occurred.
func rank(sorted []time.Duration, p float64) time.Duration {
	i := int(math.Ceil(p*float64(len(sorted)))) - 1
	return sorted[max(0, i)]
}
