package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// RotaSpec is an on-call rota as casebot.yaml writes it (handbook §4, SLA.md §4). Either people take turns
// shift by shift from Start on, or Weekly says who is called from which time of the week on. All times are
// wall-clock times of Zone, so a hand-over at 09:00 stays at 09:00 through a clock change.
type RotaSpec struct {
	Zone      string          `yaml:"zone"`
	Start     string          `yaml:"start"`     // "2026-11-02 09:00": the first hand-over.
	Shift     string          `yaml:"shift"`     // "7 days", "1 day" or "12 hours".
	People    []string        `yaml:"people"`    // Person IDs, in the order of their turns.
	Weekly    []RotaTurn      `yaml:"weekly"`    // Instead of shift and people.
	Overrides []RotaException `yaml:"overrides"` // Somebody else for a time; the last one that applies wins.
}

// RotaTurn is one line of a weekly pattern: from this time of the week until the next line's.
type RotaTurn struct {
	From   string `yaml:"from"`   // "mon 09:00".
	Person string `yaml:"person"` // Empty: nobody is on call.
}

// RotaException puts somebody else on call for a time.
type RotaException struct {
	From   string `yaml:"from"` // "2026-12-24 09:00".
	To     string `yaml:"to"`
	Person string `yaml:"person"`
	Why    string `yaml:"why"`
}

// Cover is somebody standing in for whoever is on call, in [From, To). One written in the deployment file is
// an override; one agreed in chat is kept with the desk, and comes later, so it wins.
type Cover struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Person string    `json:"person"`
	Why    string    `json:"why,omitempty"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Turn is a stretch of time in which one person is on call.
type Turn struct {
	From, To time.Time
	Person   string // Empty: nobody, a gap.
	Second   string // Who is called next when the first does not answer; empty: nobody else.
	Cover    bool   // The person stands in.
	Why      string
}

// Rota is a compiled rota: immutable and safe for concurrent use.
type Rota struct {
	name   string
	loc    *time.Location
	start  wallTime
	days   int           // Length of a shift in civil days, or
	hours  time.Duration // in wall-clock hours within a day; one of the two is 0.
	people []string
	weekly []weekTurn
	covers []Cover
}

type weekTurn struct {
	minute int // Since Monday 00:00.
	person string
}

// wallTime is a date and a time of day without a zone, counted in minutes so that turns are plain sums.
type wallTime struct{ day, minute int64 }

// CompileRota checks a rota and makes it ready. Errors name the place and what is expected; a name that
// known does not know is one of them.
func CompileRota(name string, spec RotaSpec, known func(person string) bool) (*Rota, error) {
	r := &Rota{name: name, people: slices.Clone(spec.People)}
	bad := func(format string, args ...any) error {
		return fmt.Errorf("rota %s: %s", name, fmt.Sprintf(format, args...))
	}
	var err error
	if r.loc, err = time.LoadLocation(spec.Zone); err != nil || spec.Zone == "" || spec.Zone == "Local" {
		return nil, bad("zone: there is no time zone %q; expected one such as America/Los_Angeles", spec.Zone)
	}
	switch {
	case len(spec.Weekly) > 0 && (len(spec.People) > 0 || spec.Shift != "" || spec.Start != ""):
		return nil, bad("weekly: a rota has either a weekly pattern or start, shift and people, not both")
	case len(spec.Weekly) > 0:
		if err := r.readWeek(spec.Weekly); err != nil {
			return nil, bad("weekly: %v", err)
		}
	default:
		if len(spec.People) == 0 {
			return nil, bad("people: nobody is listed")
		}
		if r.start, err = parseDateTime(spec.Start); err != nil {
			return nil, bad("start: %v", err)
		}
		if err := r.readShift(spec.Shift); err != nil {
			return nil, bad("shift: %v", err)
		}
	}
	for _, x := range spec.Overrides {
		from, err := parseDateTime(x.From)
		if err != nil {
			return nil, bad("overrides: from: %v", err)
		}
		to, err := parseDateTime(x.To)
		if err != nil {
			return nil, bad("overrides: to: %v", err)
		}
		c := Cover{From: r.instant(from), To: r.instant(to), Person: x.Person, Why: x.Why}
		if !c.To.After(c.From) {
			return nil, bad("overrides: %s does not come after %s", x.To, x.From)
		}
		r.covers = append(r.covers, c)
	}
	for _, p := range r.Everybody() {
		if !known(p) {
			return nil, bad("there is no person %q; write the id of somebody under people", p)
		}
	}
	return r, nil
}

// readShift reads the length of a shift. Part of a day must divide it: hand-overs stay at the same times.
func (r *Rota) readShift(text string) error {
	s, err := ParseSpan(text)
	if err != nil || s.Zero() || s.Business {
		return fmt.Errorf("%q is no length of a shift; write one such as \"7 days\", \"1 day\" or \"12 hours\"", text)
	}
	d := s.Duration(24 * time.Hour)
	switch {
	case d%(24*time.Hour) == 0:
		r.days = int(d / (24 * time.Hour))
	case d < time.Hour || (24*time.Hour)%d != 0:
		return fmt.Errorf("%q does not divide a day; write 12, 8, 6, 4, 3, 2 or 1 hours, or whole days", text)
	default:
		r.hours = d
	}
	return nil
}

// readWeek reads a weekly pattern; its lines may come in any order, each time of the week once.
func (r *Rota) readWeek(turns []RotaTurn) error {
	for _, t := range turns {
		day, clock, _ := strings.Cut(strings.TrimSpace(strings.ToLower(t.From)), " ")
		wd, ok := shortDays[day]
		at, err := time.Parse("15:04", strings.TrimSpace(clock))
		if !ok || err != nil {
			return fmt.Errorf("%q is no time of the week; write one such as \"mon 09:00\"", t.From)
		}
		minute := (int(wd)+6)%7*24*60 + at.Hour()*60 + at.Minute()
		if slices.ContainsFunc(r.weekly, func(w weekTurn) bool { return w.minute == minute }) {
			return fmt.Errorf("%s stands there twice", t.From)
		}
		r.weekly = append(r.weekly, weekTurn{minute, t.Person})
	}
	slices.SortFunc(r.weekly, func(a, b weekTurn) int { return a.minute - b.minute })
	return nil
}

// Everybody lists the people of a rota once each, in the order of their turns, with those who stand in.
func (r *Rota) Everybody() []string {
	var out []string
	add := func(p string) {
		if p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, p := range r.people {
		add(p)
	}
	for _, w := range r.weekly {
		add(w.person)
	}
	for _, c := range r.covers {
		add(c.Person)
	}
	return out
}

// Name of the rota, as the deployment file calls it. Zone is where its hand-overs are.
func (r *Rota) Name() string         { return r.name }
func (r *Rota) Zone() *time.Location { return r.loc }
