package templates

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"casebot/bot"
	"casebot/desk"
)

// maxButtons is how many buttons a card carries: more than five is a menu, and people stop reading.
const maxButtons = 5

// Card shows where a case stands: the root of its thread on a side, edited in place as it changes.
func Card(v View) bot.Message {
	c := v.Case
	if v.hidden() {
		return bot.Message{
			Title:   line(bot.B(c.ID), " · "+c.Severity.String()+" · restricted"),
			Tone:    bot.ToneWarn,
			Blocks:  []bot.Block{para("Only invited people can read this case."), {Kind: bot.Fields, Fields: pair("Status", v.status())}},
			Buttons: []bot.Button{show(c.ID)},
		}
	}
	m := bot.Message{
		Title:   line(bot.B(c.ID), " · "+c.Severity.String()),
		Tone:    cardTone(c),
		Blocks:  []bot.Block{bot.Q(c.Summary), {Kind: bot.Fields, Fields: v.facts()}},
		Buttons: Buttons(c, v.Side),
	}
	if c.Restricted {
		m.Title = append(m.Title, bot.T(" · restricted"))
		m.Footer = line("Only invited people can read this. Speak of it in this room alone.")
	}
	if c.Status == desk.StatusOpen && len(c.Due) > 0 {
		m.Blocks = append(m.Blocks, para("The handbook asks to escalate this case: "+string(c.Due[0])+"."))
	}
	return m
}

// facts are the fields of a card, most wanted first.
func (v View) facts() []bot.Pair {
	c := v.Case
	fs := pair("Status", v.status())
	if c.Wait != nil {
		fs = append(fs, pair("Waits on", string(c.Wait.On))...)
	}
	fs = append(fs, v.nextDue()...)
	fs = append(fs, pair("Customer", c.Fields[desk.FieldCustomer])...)
	fs = append(fs, pair("Product", c.Fields[desk.FieldProduct])...)
	fs = append(fs, pair("Owner at "+v.partner(), v.owner(c.Agent))...)
	if c.Reached {
		fs = append(fs, pair("Owner at "+v.provider(), v.owner(c.Engineer))...)
	}
	if len(c.Evidence) > 0 {
		fs = append(fs, pair("Evidence", evidence(c.Evidence))...)
	}
	return fs
}

// owner names who has the case on a side, without the company, which the label names.
func (v View) owner(id string) []bot.Span {
	if id == "" {
		return line("nobody yet")
	}
	p, _ := v.Dir.Person(id)
	if p.Name == "" {
		p.Name = "somebody of the team"
	}
	return line(bot.Who(id, p.Name))
}

// nextDue says what each side owes first and when, the reader's own side before the other.
func (v View) nextDue() []bot.Pair {
	order := []desk.PartyKind{desk.Partner, desk.Provider}
	if v.Side == desk.Provider {
		order = []desk.PartyKind{desk.Provider, desk.Partner}
	}
	var out []bot.Pair
	for _, side := range order {
		var first *desk.Clock
		for i := range v.Case.Clocks {
			k := &v.Case.Clocks[i]
			if k.Running() && !k.Kind.Timer() && v.sideOf(k.Party) == side && (first == nil || k.Due.Before(first.Due)) {
				first = k
			}
		}
		switch {
		case first == nil || side == desk.Provider && !v.Case.Reached:
		case first.Breached.IsZero():
			out = append(out, pair("Next due from "+v.party(first.Party), upper(ClockName(first.Kind))+", ", first.Due)...)
		default:
			out = append(out, pair("Late from "+v.party(first.Party), upper(ClockName(first.Kind))+", was due ", first.Due)...)
		}
	}
	return out
}

// cardTone colours a card by what needs attention: late or Sev 1 before Sev 2, and green when it is over.
// The words say the same, for not everybody sees colours.
func cardTone(c *desk.Case) bot.Tone {
	k, ok := c.NextClock()
	switch {
	case !c.Open():
		return bot.ToneGood
	case ok && !k.Breached.IsZero(), c.Severity == desk.Sev1 && c.Status != desk.StatusWorkaround:
		return bot.ToneBad
	case c.Severity == desk.Sev2, c.Status == desk.StatusReturned:
		return bot.ToneWarn
	}
	return bot.ToneNone
}

// Buttons are the acts that fit a case's state on a side, the most likely one first and marked, at
// most five. Each does a command line; a test holds every one against the lifecycle.
func Buttons(c *desk.Case, side desk.PartyKind) []bot.Button {
	var out []bot.Button
	do := func(label, verb string) { out = append(out, bot.Button{Label: label, Do: verb + " " + c.ID}) }
	if side == desk.Partner && len(c.ToRelay) > 0 {
		do("Told the customer", "relay")
	}
	if c.Wait != nil && c.Open() {
		do("Resume", "resume")
	}
	if side == desk.Provider {
		providerButtons(c, do)
	} else {
		partnerButtons(c, do)
	}
	do("Show", "show")
	if len(out) > maxButtons {
		out = append(out[:maxButtons-1], out[len(out)-1])
	}
	out[0].Style = bot.ButtonPrimary
	return out
}

// partnerButtons are Tier 1's next steps in a state.
func partnerButtons(c *desk.Case, do func(label, verb string)) {
	switch c.Status {
	case desk.StatusOpen, desk.StatusReturned, desk.StatusReopened:
		do("Escalate", "escalate")
		do("Update", "update")
		do("Resolve", "resolve")
		do("Edit", "edit")
	case desk.StatusEscalated, desk.StatusAcknowledged:
		do("Update", "update")
		do("Resolve", "resolve")
		do("Take back", "takeback")
		do("Attach", "attach")
	case desk.StatusWorkaround:
		do("Update", "update")
		do("Resolve", "resolve")
		if c.Tier() == 1 {
			do("Escalate", "escalate")
		}
	case desk.StatusResolved:
		do("Rate", "rate")
		do("Reopen", "reopen")
		do("Close", "close")
	case desk.StatusClosed:
		do("Rate", "rate")
		do("Reopen", "reopen")
	}
}

// providerButtons are Tier 2/3's. Where the Partner has the case the Provider can still speak to it.
func providerButtons(c *desk.Case, do func(label, verb string)) {
	switch c.Status {
	case desk.StatusEscalated:
		do("Acknowledge", "ack")
		do("Return", "return")
		do("Reply to partner", "reply")
		do("Severity", "severity")
	case desk.StatusAcknowledged:
		do("Reply to partner", "reply")
		do("Update", "update")
		do("Workaround", "workaround")
		do("Resolve", "resolve")
	case desk.StatusWorkaround:
		do("Reply to partner", "reply")
		do("Update", "update")
		do("Resolve", "resolve")
	default:
		do("Reply to partner", "reply")
		do("Note", "note")
	}
}

// show is the button that opens a case for the one who presses it.
func show(id string) bot.Button { return bot.Button{Label: "Show", Do: "show " + id} }

// count says how many of something there are.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// evidence counts files and links apart, for a link may lead where not everybody gets in.
func evidence(as []desk.Attachment) string {
	links := 0
	for _, a := range as {
		if a.Link != "" {
			links++
		}
	}
	switch files := len(as) - links; {
	case links == 0:
		return count(files, "file")
	case files == 0:
		return count(links, "link")
	default:
		return count(files, "file") + ", " + count(links, "link")
	}
}

// upper makes the first letter a capital.
func upper(s string) string {
	if s == "" {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
