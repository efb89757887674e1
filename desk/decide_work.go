package desk

import (
	"slices"
	"strings"
	"time"
)

// Verb of each command.
func (Say) Verb() Verb            { return VerbSay }
func (Reply) Verb() Verb          { return VerbReply }
func (AddNote) Verb() Verb        { return VerbNote }
func (UpdateCase) Verb() Verb     { return VerbUpdate }
func (RelayUpdate) Verb() Verb    { return VerbRelay }
func (WaitCase) Verb() Verb       { return VerbWait }
func (ResumeCase) Verb() Verb     { return VerbResume }
func (ChangeSeverity) Verb() Verb { return VerbSeverity }
func (InvitePerson) Verb() Verb   { return VerbInvite }

// decide keeps a message. On the Provider's side it stays internal; on the Partner's it is for both.
func (s Say) decide(w *work) error {
	if s.Edits != "" {
		return Errf(KindInvalid, "Edits are found by their message first.") // The Desk turns them into revise.
	}
	if blank(s.Text) && len(s.Files) == 0 {
		return Errf(KindInvalid, "The message was empty.")
	}
	w.add(Said{Text: s.Text, Files: s.Files, Ref: s.Ref, Aloud: s.Aloud})
	return nil
}

// revise follows an edit or a deletion of a message that was kept before.
type revise struct {
	of      int
	text    string
	deleted bool
	aloud   bool
}

func (revise) Verb() Verb { return VerbSay }

func (r revise) decide(w *work) error {
	w.add(Revised{Of: r.of, Text: r.text, Deleted: r.deleted, Aloud: r.aloud})
	return nil
}

// decide crosses to the Partner's room: the one way something leaves the Provider's.
func (r Reply) decide(w *work) error {
	if blank(r.Text) && len(r.Files) == 0 {
		return needText("text", "", "Write what the Partner should read.")
	}
	w.add(Replied(r))
	return nil
}

func (n AddNote) decide(w *work) error {
	if err := needText("text", n.Text, "Write the note."); err != nil {
		return err
	}
	w.add(Noted(n))
	return nil
}

func (u UpdateCase) decide(w *work) error {
	if err := needText("text", u.Text, "Write what the customer should know: what happened, what is being done, and what comes next."); err != nil {
		return err
	}
	if !u.NextBy.IsZero() {
		if err := w.checkPromise(u.NextBy); err != nil {
			return err
		}
	}
	given := !blank(u.Workaround)
	if given {
		if err := May(w.env.By, VerbWorkaround); err != nil {
			return err
		}
		if _, err := Next(w.c.Status, VerbWorkaround); err != nil {
			return &Error{Kind: KindState, Say: err.(*Error).Say, Fields: []FieldError{{"workaround", err.(*Error).Say}}}
		}
		w.endWait("a workaround was given")
	}
	w.settlePromises(0)
	u.NextBy = stampOrZero(u.NextBy)
	cadence := w.c.clock(ClockUpdate)
	mine := cadence != nil && w.sideOf(cadence) == w.env.By.side
	w.add(Updated{Text: u.Text, ETA: u.ETA, NextBy: u.NextBy})
	if given {
		w.workaround(WorkaroundGiven{Text: u.Workaround, Of: w.c.Seq}, u.NextBy)
		return nil
	}
	w.owesRelay()
	if w.env.By.side == Partner {
		w.firstResponse("first word to the customer")
	}
	// An update restarts the cadence of the side that answers for it; the other side's words do not.
	if mine {
		w.restartUpdate(w.env.By.side, u.NextBy, "updated")
	}
	return nil
}

// checkPromise holds a promised instant against SLA.md §2: ahead, at most 3 cadences, Sev 1 at most 24 h.
func (w *work) checkPromise(by time.Time) error {
	bad := func(say string) error {
		return &Error{Kind: KindInvalid, Say: say, Fields: []FieldError{{"next", say}}}
	}
	if !by.After(w.env.Now) {
		return bad("The time of the next update is already past. Give one that is still ahead.")
	}
	p := w.policy()
	if p.Update.Zero() {
		return nil
	}
	cal := w.calendar(w.env.By.side)
	latest, err := cal.DueAt(w.env.Now, 3*p.Update.Duration(cal.Day()), nil)
	what := "three times the cadence of " + p.Update.Text
	if w.c.Severity == Sev1 && (err != nil || latest.Sub(w.env.Now) > 24*time.Hour) {
		latest, what = w.env.Now.Add(24*time.Hour), "24 hours for Sev 1"
	}
	if err == nil && by.After(latest) {
		loc := w.env.zone()
		return bad("The next update would be too far off: the limit is " + what + ". Give a time up to " + latest.In(loc).Format("Mon 2 Jan 15:04 MST") + ".")
	}
	return nil
}

// settlePromises closes the promises of the actor's side: kept when this update came in time. resolution is the event of
// the resolution that closes them, 0 for what can't be undone.
func (w *work) settlePromises(resolution int) {
	for _, p := range slices.Clone(w.c.Promises) {
		if p.Kept == "" && p.Party == partyOfSide(w.c, w.env.By.side) {
			w.add(PromiseEnded{Of: p.Seq, Kept: !w.env.Now.After(p.By), With: resolution})
		}
	}
}

func (r RelayUpdate) decide(w *work) error {
	todo := slices.Clone(w.c.ToRelay)
	if r.Of != 0 {
		if !slices.Contains(todo, r.Of) {
			return Errf(KindState, "That update has been relayed already. There is nothing left to do.")
		}
		todo = []int{r.Of}
	}
	if len(todo) == 0 {
		return Errf(KindState, "There is no update of the Provider waiting to be relayed.")
	}
	for _, of := range todo {
		w.add(Relayed{Of: of})
	}
	if len(w.c.ToRelay) == 0 {
		w.stopClock(ClockRelay, true, StateCancelled, "relayed to the customer")
	}
	w.firstResponse("a Provider update was relayed to the customer")
	return nil
}

func (x WaitCase) decide(w *work) error {
	if !slices.Contains([]WaitOn{OnCustomer, OnPartner, OnThirdParty, OnSchedule}, x.On) {
		say := "Say what the case waits for: customer, partner, third party or schedule."
		return &Error{Kind: KindInvalid, Say: say, Fields: []FieldError{{"on", say}}}
	}
	if err := needText("reason", x.Reason, "Say why the case waits, so that anyone can follow it up."); err != nil {
		return err
	}
	if w.c.Wait != nil {
		return Errf(KindState, "The case already waits on %s. Resume it first.", w.c.Wait.On)
	}
	if x.Owner == "" {
		x.Owner = w.env.By.ID
	}
	if !x.Until.IsZero() && !x.Until.After(w.env.Now) {
		say := "The end of the wait is already past. Give a time that is still ahead."
		return &Error{Kind: KindInvalid, Say: say, Fields: []FieldError{{"until", say}}}
	}
	cal, p, now := w.calendar(w.env.By.side), w.env.Book.Waiting, stamp(w.env.Now)
	at := func(s Span) time.Time {
		t, err := cal.DueAt(now, s.Duration(cal.Day()), nil)
		if err != nil {
			t = now.Add(s.Duration(24 * time.Hour))
		}
		return stamp(w.awake(w.env.By.Party, t))
	}
	k := Clock{Kind: ClockWait, Cycle: w.c.cycles(ClockWait) + 1, Party: w.env.By.Party, Calendar: cal.Version(),
		Start: now, Base: now, State: StateRunning, Due: stampOrZero(x.Until)}
	until := k.Due
	if x.Until.IsZero() {
		k.Warnings, k.Due = []time.Time{at(p.Nudge), at(p.Second)}, at(p.Propose)
	}
	k.Budget = k.Due.Sub(now)
	w.add(WaitStarted{On: x.On, Reason: x.Reason, Owner: x.Owner, Until: until})
	w.add(ClockStarted{Clock: k})
	w.stopClock(ClockLapse, false, StateCancelled, "waiting on "+string(x.On)) // A wait has an owner, a nudge and an end of its own.
	pauses := []ClockKind{}
	switch {
	case x.On == OnCustomer:
		pauses = append(pauses, ClockUpdate, ClockWorkaround, ClockResolution)
	case x.On == OnThirdParty && p.ThirdParty:
		pauses = append(pauses, ClockResolution)
	}
	for _, kind := range pauses {
		w.pauseClock(kind, "waiting on "+string(x.On)+": "+x.Reason)
	}
	return nil
}

func (r ResumeCase) decide(w *work) error {
	if w.c.Wait == nil {
		return Errf(KindState, "The case is not waiting for anything.")
	}
	why := r.Why
	if blank(why) {
		why = "resumed by " + w.env.By.Name
	}
	w.endWait(why)
	return nil
}

func (s ChangeSeverity) decide(w *work) error {
	if !s.To.Valid() {
		say := "Choose a severity from 1 to 4. /case severity explains them."
		return &Error{Kind: KindInvalid, Say: say, Fields: []FieldError{{"severity", say}}}
	}
	if s.To == w.c.Severity {
		return Errf(KindState, "The case is %s already.", s.To)
	}
	if err := needText("why", s.Why, "Say why the severity changes. It is kept with the old and the new deadlines."); err != nil {
		return err
	}
	from := w.c.Severity
	w.add(SeverityChanged{From: from, To: s.To, Why: s.Why})
	w.severityMoved(from, s.To, s.Why)
	if s.To < from {
		w.pullTriggers()
	}
	return nil
}

func (i InvitePerson) decide(w *work) error {
	if !w.c.Restricted {
		return Errf(KindState, "The case is not restricted. Everybody on both sides who works on it can read it.")
	}
	p, ok := w.env.Dir.Person(i.Person)
	if !ok || p.side == Partner && p.Party != w.c.Tenant {
		return Errf(KindInvalid, "There is nobody called %s who could be invited.", quoted(i.Person))
	}
	if slices.Contains(w.c.Invited, p.ID) {
		return Errf(KindState, "%s can read the case already.", p.Name)
	}
	w.add(Invited{Person: p.ID, Name: p.Name, Why: i.Why})
	return nil
}

func stampOrZero(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return stamp(t)
}

// ParseWaitOn reads what a person types for what a case waits on.
func ParseWaitOn(text string) (WaitOn, bool) {
	t := strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(strings.TrimSpace(text)))
	for _, on := range []WaitOn{OnCustomer, OnPartner, OnThirdParty, OnSchedule} {
		if t == string(on) || t == "scheduled" && on == OnSchedule || t == "vendor" && on == OnThirdParty {
			return on, true
		}
	}
	return "", false
}
