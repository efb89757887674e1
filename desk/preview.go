package desk

import (
	"time"
)

// Forecast is what would happen if a case were filed (and escalated) now at a severity: shown in the
// form before it is sent, in both sides' local times (DESIGN §3).
type Forecast struct {
	Severity Severity
	Lines    []ForecastLine
	Missing  []Field // What an escalation at this severity would still ask for.
}

// ForecastLine is one promise of the forecast.
type ForecastLine struct {
	Clock      ClockKind
	Party      Party
	Due        time.Time // The limit.
	Early      time.Time // The objective of a range; zero when there is none.
	AfterHours bool      // The clock runs around the clock.
	Automatic  bool      // With ClockTier2: the handbook escalates by itself.
	Paged      string    // With ClockTier2: name of the person the ladder calls first.
}

// Foresee computes the forecast for a case of a Partner that would be filed now with what has been
// typed so far. It is pure but for the handbook and the directory; nothing is stored.
func (d *Desk) Foresee(by Person, tenant string, values map[Field]string, files int, now time.Time) (Forecast, error) {
	sev, err := ParseSeverity(values[FieldSeverity])
	if err != nil {
		return Forecast{}, err
	}
	now = stamp(now)
	env := d.env(nil, Act{By: by, Now: now}, d.Book, nil)
	w := &work{env: env, c: &Case{Tenant: tenant, Severity: sev, Status: StatusOpen, Fields: typed(values)}}
	w.c.Summary = values[FieldSummary]
	w.c.Evidence = make([]Attachment, files)
	p, f := w.policy(), Forecast{Severity: sev}

	start := now
	if v := values[FieldReportedAt]; !blank(v) {
		if t, err := ParseWhen(v, now, env.zone()); err == nil {
			start = t
		}
	}
	w.startClock(ClockTier1, Partner, start, p.Tier1)
	w.startClock(ClockTier2, Provider, now, p.Tier2)
	automatic := false
	category, _ := d.Book.Category(values[FieldCategory])
	for _, t := range d.Book.Triggers {
		hit := t.Trigger == category.Trigger && t.Trigger != ""
		for _, s := range t.Severities {
			hit = hit || t.Trigger == TriggerSeverity && s == sev
		}
		automatic = automatic || hit && t.Mode == "automatic"
	}
	for _, k := range w.c.Clocks {
		party, _ := d.Dir.Party(k.Party)
		line := ForecastLine{Clock: k.Kind, Party: party, Due: k.Due, Early: k.EarlyDue, AfterHours: k.Calendar == ""}
		if k.Kind == ClockTier2 {
			line.Automatic = automatic
			if ladder := d.Book.Escalation.Ladder; len(ladder) > 0 {
				if who, ok := env.OnCall(ladder[0].Call); ok {
					line.Paged = who.Name
				}
			}
		}
		f.Lines = append(f.Lines, line)
	}
	for _, gap := range w.missing() {
		f.Missing = append(f.Missing, Field(gap.Field))
	}
	return f, nil
}
