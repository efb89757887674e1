package templates

import (
	"slices"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Forecast says before a form is sent what will happen: who answers by when, in both sides' local
// times (DESIGN §3). zone is the reader's, so that the other side's time is added where it differs.
func Forecast(dir *desk.Directory, book *desk.Handbook, f desk.Forecast, zone *time.Location) []bot.Block {
	p := book.For(f.Severity)
	out := []bot.Block{para(bot.B(f.Severity.String()), ": "+p.Definition)}
	list := bot.Block{Kind: bot.List}
	for _, l := range f.Lines {
		switch l.Clock {
		case desk.ClockTier1:
			list.Items = append(list.Items, line(l.Party.Name+" answers the customer by ", l.Due, local(l.Due, l.Party, zone), "."))
		case desk.ClockTier2:
			lead := "If it is escalated, " + l.Party.Name + " acknowledges by "
			if l.Automatic {
				lead = "It is escalated at once, and " + l.Party.Name + " acknowledges by "
			}
			list.Items = append(list.Items, line(lead, l.Due, local(l.Due, l.Party, zone), "."))
			if l.Paged != "" {
				list.Items = append(list.Items, line(l.Paged+" is called first."))
			}
			if l.AfterHours {
				list.Items = append(list.Items, line("That time runs around the clock, at night and on weekends too."))
			} else {
				list.Items = append(list.Items, line("That time runs in the business hours of "+l.Party.Name+"."))
			}
		}
	}
	out = append(out, list)
	// What a case can't be filed without is marked in the form anyway.
	missing := slices.DeleteFunc(slices.Clone(f.Missing), func(name desk.Field) bool {
		s, ok := book.FieldSpec(name)
		return ok && s.RequiredAt(desk.StageFile, f.Severity)
	})
	if len(missing) > 0 {
		v := View{Dir: dir, Book: book}
		out = append(out, para("To escalate, these are needed too: "+v.labels(missing)+"."))
	}
	return out
}

// local adds the other side's wall clock, where its people live in another zone than the reader.
func local(t time.Time, p desk.Party, reader *time.Location) string {
	theirs, err := time.LoadLocation(p.Zone)
	if err != nil || p.Zone == "" || t.In(theirs).Format("15:04 -0700") == t.In(reader).Format("15:04 -0700") {
		return ""
	}
	return " (" + t.In(theirs).Format("Mon 15:04 MST") + " for " + p.Name + ")"
}
