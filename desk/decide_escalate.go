package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// missing runs the completeness gate of the escalate stage over the case as it is (SLA.md §2: an
// incomplete escalation starts no Tier 2 clock).
func (w *work) missing() []FieldError {
	values := map[Field]string{}
	for _, s := range w.env.Book.Fields {
		values[s.Name] = w.c.Field(s.Name)
	}
	values[FieldSeverity] = strconv.Itoa(int(w.c.Severity))
	return CheckFields(w.env.Book, StageEscalate, w.c.Severity, values, len(w.c.Evidence), w.env.Now, w.env.zone())
}

func (e EscalateCase) decide(w *work) error {
	if len(e.Values) > 0 || len(e.Files) > 0 {
		if err := w.edit(e.Values, e.Files); err != nil {
			return err
		}
	}
	if gaps := w.missing(); len(gaps) > 0 {
		return &Error{Kind: KindIncomplete, Fields: gaps,
			Say: "The case cannot go to " + w.env.Dir.Provider().Name + " yet, because " + w.fieldList(gaps) + " still missing. Add what is marked and it goes up at once."}
	}
	w.escalate(TriggerByHand, e.Reason)
	return nil
}

// fieldList says in words which fields a gate misses: "the steps and the evidence are".
func (w *work) fieldList(gaps []FieldError) string {
	var names []string
	for _, g := range gaps {
		name := g.Field
		if s, ok := w.env.Book.FieldSpec(Field(g.Field)); ok {
			name = strings.ToLower(s.Label)
		}
		names = append(names, name)
	}
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are"
}

// escalate hands the complete case to the Provider and starts its clock and its on-call ladder.
func (w *work) escalate(why Trigger, reason string) {
	w.add(Escalated{Trigger: why, Reason: reason, Cycle: w.c.Escalations + 1})
	w.endWait("the case was escalated")
	w.startClock(ClockTier2, Provider, w.env.Now, w.policy().Tier2)
	w.startLadder()
}

// startLadder begins the on-call ladder (handbook §4): its first step is taken at once, the later ones
// when the desk's timer reaches them, until somebody acknowledges.
func (w *work) startLadder() {
	steps := w.env.Book.Escalation.Ladder
	if len(steps) == 0 {
		return
	}
	cal, now, policy := w.calendar(Provider), stamp(w.env.Now), w.env.Book.Escalation
	k := Clock{Kind: ClockLadder, Cycle: w.c.cycles(ClockLadder) + 1, Party: w.party(Provider), Calendar: cal.Version(),
		Start: now, Base: now, State: StateRunning}
	var offset time.Duration // Of the round at hand.
	for round := 0; round == 0 || round <= policy.Repeats && !policy.Repeat.Zero(); round++ {
		last := time.Duration(0)
		for _, s := range steps {
			wait := offset + s.Wait(w.policy().Tier2, cal.Day())
			at, err := cal.DueAt(now, wait, nil)
			if err == nil && wait == 0 {
				at = now
			}
			if err == nil {
				k.Warnings = append(k.Warnings, stamp(at))
			}
			last = max(last, wait)
		}
		offset = last + policy.Repeat.Duration(cal.Day())
	}
	slices.SortFunc(k.Warnings, time.Time.Compare)
	// The last step is the timer's own due instant.
	k.Due = k.Warnings[len(k.Warnings)-1]
	k.Warnings = k.Warnings[:len(k.Warnings)-1]
	k.Budget = k.Due.Sub(now)
	w.add(ClockStarted{Clock: k})
	w.tickLadder(w.c.clock(ClockLadder))
}

// pullTriggers looks whether the handbook asks for an escalation, and makes it when the trigger is
// automatic and the case is complete; otherwise it says what is missing.
func (w *work) pullTriggers() {
	if _, err := Next(w.c.Status, VerbEscalate); err != nil {
		return
	}
	category, _ := w.env.Book.Category(w.c.Fields[FieldCategory])
	for _, t := range w.env.Book.Triggers {
		hit := false
		switch t.Trigger {
		case TriggerSeverity:
			hit = slices.Contains(t.Severities, w.c.Severity)
		case TriggerRepeated:
			hit = t.Count > 0 && w.env.Similar+1 >= t.Count || t.Reopens > 0 && w.c.Reopens >= t.Reopens
		default:
			hit = category.Trigger == t.Trigger
		}
		if !hit || slices.Contains(w.c.Due, t.Trigger) {
			continue
		}
		gaps := w.missing()
		if t.Mode == "automatic" && len(gaps) == 0 {
			w.escalate(t.Trigger, "")
			return
		}
		var names []Field
		for _, g := range gaps {
			names = append(names, Field(g.Field))
		}
		w.add(EscalationDue{Trigger: t.Trigger, Missing: names})
	}
}

func (t TakeBack) decide(w *work) error {
	w.leaveProvider(StateCancelled, "taken back by the Partner")
	w.add(TakenBack(t))
	w.backToPartner()
	return nil
}

func (r ReturnCase) decide(w *work) error {
	codes := w.env.Book.Escalation.ReturnCodes
	if !slices.ContainsFunc(codes, func(c Code) bool { return strings.EqualFold(c.Code, r.Code) }) {
		var names []string
		for _, c := range codes {
			names = append(names, c.Code)
		}
		say := "Choose why the case goes back: " + strings.Join(names, ", ") + "."
		return &Error{Kind: KindInvalid, Say: say, Fields: []FieldError{{"code", say}}}
	}
	w.leaveProvider(StateReturned, "returned to the Partner")
	w.add(Returned(r))
	w.backToPartner()
	return nil
}

// leaveProvider ends what runs at the Provider. A returned cycle closes without a breach of its own;
// one recorded before stays recorded (SLA.md §2).
func (w *work) leaveProvider(state ClockState, why string) {
	w.stopClock(ClockTier2, false, state, why)
	w.stopClock(ClockLadder, false, StateCancelled, why)
	w.stopClock(ClockLapse, false, StateCancelled, why)
	if k := w.c.clock(ClockUpdate); k != nil && w.sideOf(k) == Provider {
		w.stopClock(ClockUpdate, false, StateCancelled, why)
	}
}

// backToPartner lets the Partner's cadence run again once its response has been given.
func (w *work) backToPartner() {
	if w.c.clock(ClockTier1) == nil {
		w.startUpdate(Partner, time.Time{})
	}
}

func (a AckCase) decide(w *work) error {
	if !a.NextUpdate.IsZero() {
		if err := w.checkPromise(a.NextUpdate); err != nil {
			return err
		}
	}
	w.acknowledge(a.NextUpdate)
	return nil
}

// nextUpdate gives the instant of the next status update from now, for the acknowledgement's text.
func (w *work) nextUpdate(promised time.Time) (time.Time, bool) {
	if !promised.IsZero() || w.policy().Update.Zero() {
		return promised, !promised.IsZero()
	}
	cal := w.calendar(Provider)
	t, err := cal.DueAt(stamp(w.env.Now), w.policy().Update.Duration(cal.Day()), nil)
	return stamp(t), err == nil
}

func (a AssignCase) decide(w *work) error {
	to, ok := w.env.Dir.Person(a.To)
	if a.To == w.env.By.ID {
		to, ok = w.env.By, true
	}
	if !ok || to.Party != w.env.By.Party {
		return Errf(KindInvalid, "There is nobody called %s at %s. Choose somebody of your own side.", quoted(a.To), w.partyName(w.env.By.Party))
	}
	if May(to, VerbAssign) != nil {
		return Errf(KindInvalid, "%s does not work cases. Choose an agent or an engineer.", to.Name)
	}
	if w.env.By.side == Provider && w.c.Status == StatusEscalated {
		return Errf(KindState, "Nobody has acknowledged the case yet. %s can acknowledge it, which also takes it on.", to.Name)
	}
	if !CanSee(to, w.c) {
		return Errf(KindInvalid, "%s is not invited to this restricted case. Invite them first.", to.Name)
	}
	w.add(Assigned{Side: w.env.By.side, To: to.ID, Name: to.Name})
	return nil
}

func (w *work) partyName(id string) string {
	p, _ := w.env.Dir.Party(id)
	return p.Name
}
