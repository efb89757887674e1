package templates

import (
	"casebot/bot"
	"casebot/desk"
)

// Explain shows every clock of a case as it is stored: where it started, its budget, its instants, and
// what became of it (SLA.md §2). only limits it to one kind; empty is all of them.
func Explain(v View, only desk.ClockKind) bot.Message {
	m := bot.Message{Title: v.title("deadlines")}
	shown := 0
	for _, k := range v.Case.Clocks {
		if only != "" && k.Kind != only || k.Kind.Timer() && (only == "" || k.Ended()) {
			continue
		}
		if shown++; shown > 1 {
			m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Divider})
		}
		head := upper(ClockName(k.Kind)) + " by " + v.party(k.Party)
		if k.Cycle > 1 {
			head += ", round " + itoa(k.Cycle)
		}
		m.Blocks = append(m.Blocks, para(bot.B(head)), bot.Block{Kind: bot.Fields, Fields: clockFacts(k)})
	}
	if shown == 0 {
		m.Blocks = []bot.Block{para("No deadline runs on this case.")}
	}
	return m
}

// clockFacts lists a clock's numbers as stored, so that what is shown is what the desk acts on.
func clockFacts(k desk.Clock) []bot.Pair {
	fs := pair("State", string(k.State))
	fs = append(fs, pair("Started", k.Start)...)
	if !k.Base.Equal(k.Start) {
		fs = append(fs, pair("Counts from", k.Base)...)
	}
	hours := "around the clock"
	if k.Calendar != "" {
		hours = "in business hours (" + k.Calendar + ")"
	}
	if k.Promised {
		fs = append(fs, pair("Promised for", k.Due)...)
	} else {
		fs = append(fs, pair("Budget", span(k.Budget)+" "+hours)...)
		if k.Early > 0 {
			fs = append(fs, pair("Wanted by", k.EarlyDue, " (after "+span(k.Early)+")")...)
		}
		fs = append(fs, pair("Due", k.Due)...)
	}
	for _, w := range k.Warnings {
		fs = append(fs, pair("Reminder", w)...)
	}
	for _, p := range k.Pauses {
		fs = append(fs, pair("Paused", pauseWords(p))...)
	}
	if !k.Breached.IsZero() {
		fs = append(fs, pair("Late since", k.Breached)...)
	}
	if !k.Stopped.IsZero() {
		fs = append(fs, pair("Ended", k.Stopped)...)
	}
	return fs
}

// pauseWords says from when to when time did not count, and why.
func pauseWords(p desk.Interval) []bot.Span {
	if p.To.IsZero() {
		return line("since ", p.From, ", "+p.Reason)
	}
	return line(p.From, " to ", p.To, ", "+p.Reason)
}
