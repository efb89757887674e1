package main

import (
	"time"

	"casebot/desk"
)

// seedCase is one case of the demo's past: what was filed, by whom, and how it went.
type seedCase struct {
	day         float64 // Days after the start of the past; the fraction is the time of day in UTC.
	agent       string
	engineer    string
	severity    int
	customer    string
	product     string
	category    string
	summary     string
	impact      string
	environment string
	steps       string
	log         string
	live        bool
	path        seedPath
	score       int
	answer      string // What solved it.
}

// seedPath is the kind of life a demo case had.
type seedPath int

const (
	tier1Solved    seedPath = iota // Solved by the Partner.
	escalatedFixed                 // Escalated, acknowledged, updated, resolved.
	lateAck                        // Acknowledged after the limit: a breach.
	returnedOnce                   // Sent back for the steps, then fixed.
	reopenedOnce                   // Resolved, came back, resolved again.
	workedAround                   // A workaround, then a fix.
	awaitsCustomer                 // Still open: waits for the customer.
	stillOpen                      // Still open at Tier 1.
	stillUp                        // Still open at the Provider.
	noAnswer                       // Tier 1 answered late.
)

// acts are what was done to the case, in order.
func (s *seedCase) acts(start, now time.Time) []seedAct {
	at := start.Add(time.Duration(s.day * float64(24*time.Hour))).Truncate(time.Minute)
	acts := []seedAct{{at: at, who: s.agent, file: s, on: s}}
	then := func(after time.Duration, who string, do desk.Command) {
		at = at.Add(after)
		acts = append(acts, seedAct{at: at, who: who, on: s, do: do})
	}
	m, h := time.Minute, time.Hour
	first := func() { then(22*m, s.agent, desk.UpdateCase{Text: "We have your report and are looking into it."}) }
	up := func() { then(35*m, s.agent, desk.EscalateCase{Reason: "Needs a look at the backend."}) }
	ack := func(after time.Duration) { then(after, s.engineer, desk.AckCase{}) }
	relay := func() { then(9*m, s.agent, desk.RelayUpdate{}) }
	resolve := func(after time.Duration, who, code string) {
		then(after, who, desk.ResolveCase{Text: s.answer, Code: code})
		if s.severity <= 2 && who == s.engineer {
			relay()
		}
	}
	rate := func() {
		if s.score > 0 {
			then(20*h, s.agent, desk.RateCase{Score: s.score})
		}
	}
	switch s.path {
	case tier1Solved:
		first()
		resolve(3*h, s.agent, "documented")
		rate()
	case noAnswer:
		then(7*h, s.agent, desk.UpdateCase{Text: "Sorry for the wait. We are looking into it now."})
		resolve(4*h, s.agent, "answered")
		rate()
	case escalatedFixed, lateAck, workedAround, reopenedOnce:
		first()
		up()
		wait := 14 * m
		if s.path == lateAck {
			wait = 6 * h
		}
		ack(wait)
		then(25*m, s.engineer, desk.Say{Text: "Looks like the settlement queue is stuck on their store number."})
		then(10*m, s.engineer, desk.UpdateCase{Text: "We found where it gets stuck and are testing a fix.", NextBy: at.Add(10*m + 90*m)})
		relay()
		if s.path == workedAround {
			then(30*m, s.engineer, desk.GiveWorkaround{Text: "Switch the till to offline mode and settle in the evening."})
			relay()
		}
		resolve(65*m, s.engineer, "fixed")
		if s.path == reopenedOnce {
			then(26*h, s.agent, desk.ReopenCase{Why: "The customer sees it again at one till."})
			first()
			ack(18 * m)
			then(40*m, s.engineer, desk.UpdateCase{Text: "One till had kept the old setting. It is corrected now."})
			relay()
			resolve(50*m, s.engineer, "fixed")
		}
		rate()
	case returnedOnce:
		first()
		up()
		then(50*m, s.engineer, desk.ReturnCase{Code: "steps", Missing: []desk.Field{desk.FieldSteps}, Text: "Which till number, and does it happen with cash too?"})
		then(2*h, s.agent, desk.EditCase{Values: map[desk.Field]string{desk.FieldSteps: s.steps + " It happens at till 3 only, with cards only."}})
		then(5*m, s.agent, desk.EscalateCase{})
		ack(40 * m)
		then(2*h, s.engineer, desk.UpdateCase{Text: "We can see it now and know the cause."})
		relay()
		resolve(3*h, s.engineer, "fixed")
		rate()
	case awaitsCustomer:
		first()
		then(30*m, s.agent, desk.WaitCase{On: desk.OnCustomer, Reason: "asked for the log of till 2"})
	case stillOpen:
		first()
	case stillUp:
		first()
		up()
		ack(16 * m)
	}
	return acts
}
