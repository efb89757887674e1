package templates

import (
	"casebot/bot"
	"casebot/desk"
)

// Explain is the receipt of a case's deadlines (SLA.md §4): for each where it started, its budget, its
// instants, what became of it, each stretch that counts or not with the reason, and every change of the due
// instant. only limits it to one kind; without it the stretches of ended deadlines are left out.
func Explain(v View, only desk.ClockKind, receipts []desk.Receipt) bot.Message {
	m := bot.Message{Title: v.title("deadlines")}
	part := func(k desk.Clock) {
		if len(m.Blocks) > 0 {
			m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Divider})
		}
		head := upper(ClockName(k.Kind)) + " by " + v.party(k.Party)
		if k.Cycle > 1 {
			head += ", round " + itoa(k.Cycle)
		}
		m.Blocks = append(m.Blocks, para(bot.B(head)), bot.Block{Kind: bot.Fields, Fields: clockFacts(k)})
	}
	for _, r := range receipts {
		if only != "" && r.Clock.Kind != only {
			continue
		}
		part(r.Clock)
		m.Blocks = append(m.Blocks, moveLines(r)...)
		if only != "" || !r.Clock.Ended() {
			m.Blocks = append(m.Blocks, pieceLines(r)...)
		}
	}
	for _, k := range v.Case.Clocks {
		if k.Kind.Timer() && k.Kind == only {
			part(k)
		}
	}
	if len(m.Blocks) == 0 {
		m.Blocks = []bot.Block{para("No deadline runs on this case.")}
	} else {
		m.Footer = line("Handbook version " + v.Case.Handbook + ".")
	}
	return m
}

// maxPieces is how many stretches of one deadline are shown; a week of business days fits.
const maxPieces = 16

// pieceLines lists the stretches that count and those that do not, and what the counted ones add up to.
func pieceLines(r desk.Receipt) []bot.Block {
	switch {
	case r.Stale:
		return []bot.Block{para("The calendar has changed since, so its stretches cannot be shown. The instants above stand as they were promised.")}
	case len(r.Pieces) == 0:
		return nil
	}
	var items [][]bot.Span
	for _, p := range r.Pieces[:min(len(r.Pieces), maxPieces)] {
		what := ": counts " + span(p.To.Sub(p.From))
		if !p.Counted {
			what = ": does not count, " + p.Reason
		}
		items = append(items, line(p.From, " to ", p.To, what))
	}
	sum := "Counted until due: " + span(r.Counted) + "."
	if r.Clock.State == desk.StatePaused {
		sum = "Counted so far: " + span(r.Counted) + ". The due time moves on while it is paused."
	}
	if more := len(r.Pieces) - maxPieces; more > 0 {
		sum = "And " + itoa(more) + " more. " + sum
	}
	return []bot.Block{{Kind: bot.List, Items: items}, para(sum)}
}

// moveLines lists how the due instant was changed, by whom and why.
func moveLines(r desk.Receipt) []bot.Block {
	var items [][]bot.Span
	for _, mv := range r.Moves {
		was := line()
		if !mv.From.IsZero() {
			was = line("was due ", mv.From, ", ")
		}
		items = append(items, line(mv.At, ": ", was, "now due ", mv.To, " ("+mv.By+": "+mv.Why+")"))
	}
	if len(items) == 0 {
		return nil
	}
	return []bot.Block{{Kind: bot.List, Items: items}}
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
