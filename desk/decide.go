package desk

import (
	"time"
)

// Decide is the functional core: from the case as it is, a command and everything it may look at, to
// the events that follow and the case after them. It changes nothing it is given, reads no clock and
// no store, and gives the same answer for the same arguments. c is nil for a case not yet filed.
func Decide(c *Case, cmd Command, env *Env) ([]Event, *Case, error) {
	w := &work{env: env, before: c, c: &Case{Status: StatusDraft, Fields: map[Field]string{}}}
	if c != nil {
		w.c = c.clone()
	}
	if err := May(env.By, cmd.Verb()); err != nil {
		return nil, nil, err
	}
	if _, err := Next(w.c.Status, cmd.Verb()); err != nil {
		return nil, nil, err
	}
	if err := cmd.decide(w); err != nil {
		return nil, nil, err
	}
	w.holdAgain()
	return w.events, w.c, nil
}

// work is a decision in the making: each body added is applied at once to a copy of the case, so
// that what is decided next sees the case as it will be.
type work struct {
	env    *Env
	before *Case // As it was; nil for a new case.
	c      *Case // As it will be.
	events []Event
}

// add appends an event of the actor, now.
func (w *work) add(b Body) { w.addAt(w.env.Now, b) }

// addAt appends an event at another instant: a breach is recorded when it fell due.
func (w *work) addAt(at time.Time, b Body) {
	e := Event{
		Case: w.c.ID, Tenant: w.c.Tenant, Seq: w.c.Seq + 1, At: stamp(at),
		Actor: w.env.By.ID, Name: w.env.By.Name, Side: w.env.By.side, Audience: audienceOf(b, w.env.By.side), Body: b,
	}
	Apply(w.c, e)
	w.events = append(w.events, e)
}

// audienceOf says who may read an event. What is said or noted on the Provider's side stays there;
// a Partner's note stays with the Partner; whom the Provider's ladder called is the Provider's affair.
func audienceOf(b Body, side PartyKind) Audience {
	switch b := b.(type) {
	case Said:
		if side == Provider && !b.Aloud {
			return OnlyProvider
		}
	case Revised:
		if side == Provider && !b.Aloud {
			return OnlyProvider
		}
	case Noted:
		if side == Provider {
			return OnlyProvider
		}
		return OnlyPartner
	case EscalationDue:
		return OnlyPartner
	case Paged:
		return OnlyProvider
	}
	return Both
}

// policy is the handbook's word on the case's severity.
func (w *work) policy() SeverityPolicy { return w.env.Book.For(w.c.Severity) }

// side gives the party of a side of this case.
func (w *work) party(side PartyKind) string {
	if side == Provider {
		return w.env.Dir.Provider().ID
	}
	return w.c.Tenant
}

// ownSide gives the party whose responsibility the case is now.
func (w *work) ownSide() PartyKind {
	if w.c.Tier() == 2 {
		return Provider
	}
	return Partner
}

// needText refuses an empty answer with the sentence of what to write.
func needText(field, text, ask string) error {
	if blank(text) {
		return &Error{Kind: KindInvalid, Say: ask, Fields: []FieldError{{field, ask}}}
	}
	return nil
}
