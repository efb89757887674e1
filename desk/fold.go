package desk

import (
	"maps"
	"slices"
	"time"
)

// Fold builds a case from its events alone. It is how the audit proves a snapshot.
func Fold(events []Event) *Case {
	c := &Case{Status: StatusDraft, Fields: map[Field]string{}}
	for _, e := range events {
		Apply(c, e)
	}
	return c
}

// Apply takes one event into a case. It decides nothing: what an event means was decided when it was
// made, so that old events keep their meaning under new rules.
func Apply(c *Case, e Event) {
	c.Seq = e.Seq
	if e.Hash != "" {
		c.LastHash = e.Hash
	}
	if e.At.After(c.UpdatedAt) {
		c.UpdatedAt = e.At
	}
	if e.Side == Provider {
		c.ProviderAt = e.At
		switch e.Body.(type) {
		case Acknowledged:
			if c.AckedAt.IsZero() {
				c.AckedAt = e.At
			}
		case Replied, Updated, WorkaroundGiven, Resolved:
			if !c.AckedAt.IsZero() && c.FirstWord.IsZero() {
				c.FirstWord = e.At
			}
		}
	}
	switch b := e.Body.(type) {
	case Filed:
		applyFiled(c, e, b)
	case Edited:
		for f, v := range b.To {
			setField(c, f, v)
		}
		c.Signature = signatureOf(c)
	case Attached:
		c.Evidence = append(c.Evidence, b.Files...)
	case EscalationDue:
		if !slices.Contains(c.Due, b.Trigger) {
			c.Due = append(c.Due, b.Trigger)
		}
	case Escalated:
		c.mark(e, VerbEscalate)
		c.Status, c.Reached, c.Due, c.Lapsed = StatusEscalated, true, nil, time.Time{}
		c.EscalatedAt, c.EscalatedBy, c.Escalations = e.At, e.Actor, b.Cycle
	case TakenBack:
		c.Status, c.Engineer, c.Lapsed = StatusOpen, "", time.Time{}
	case Returned:
		c.Status, c.Engineer, c.Lapsed = StatusReturned, "", time.Time{}
		c.Returns++
	case Acknowledged:
		c.mark(e, VerbAck)
		c.Status, c.Engineer, c.Lapsed = StatusAcknowledged, b.Engineer, time.Time{}
	case Rerated:
		c.Handbook, c.Calendars = b.Handbook, maps.Clone(b.Calendars)
	case Lapsed:
		c.Status, c.Lapsed = StatusEscalated, e.At
	case Assigned:
		if b.Side == Provider {
			c.Engineer = b.To
		} else {
			c.Agent = b.To
		}
	case Updated:
		c.LastUpdate = e.At
		c.owe(e)
		if !b.NextBy.IsZero() {
			c.Promises = append(c.Promises, Promise{Seq: e.Seq, Party: partyOfSide(c, e.Side), By: b.NextBy})
		}
	case PromiseEnded:
		for i := range c.Promises {
			if c.Promises[i].Seq == b.Of {
				c.Promises[i].Kept, c.Promises[i].With = map[bool]string{true: "kept", false: "broken"}[b.Kept], b.With
			}
		}
	case Relayed:
		c.ToRelay = slices.DeleteFunc(c.ToRelay, func(s int) bool { return s == b.Of })
	case WaitStarted:
		c.Wait = &Wait{On: b.On, Reason: b.Reason, Owner: b.Owner, Since: e.At, Until: b.Until}
	case WaitNudged:
		if c.Wait != nil {
			c.Wait.Nudges = b.Nudge
		}
	case WaitEnded:
		c.Wait = nil
	case SeverityChanged:
		c.Severity = b.To
	case WorkaroundGiven:
		c.Status, c.Workaround, c.LastUpdate = StatusWorkaround, b.Text, e.At
		if b.Of == 0 {
			c.owe(e)
		}
	case Resolved:
		c.mark(e, VerbResolve)
		c.Status, c.Resolution, c.ResolvedAt, c.Resolutions = StatusResolved, b.Text, e.At, b.Number
		if c.FirstSolved.IsZero() {
			c.FirstSolved = e.At
		}
		c.owe(e)
		for _, a := range b.Articles {
			if !slices.Contains(c.Articles, a) {
				c.Articles = append(c.Articles, a)
			}
		}
	case Rated:
		c.Ratings = slices.DeleteFunc(c.Ratings, func(r Rating) bool { return r.Resolution == b.Resolution })
		c.Ratings = append(c.Ratings, Rating{Resolution: b.Resolution, Score: b.Score, Comment: b.Comment, By: e.Actor, At: e.At})
	case Closed:
		c.Status, c.ClosedAt = StatusClosed, e.At
	case Reopened:
		c.Status, c.Reopens = StatusReopened, c.Reopens+1
		c.ResolvedAt, c.ClosedAt, c.Resolution = time.Time{}, time.Time{}, ""
	case Merged:
		c.Status, c.MergedInto, c.ClosedAt = StatusMerged, b.Into, e.At
	case Absorbed:
		c.Linked = append(c.Linked, b.From)
	case Withdrawn:
		c.Status, c.ClosedAt = StatusWithdrawn, e.At
	case Invited:
		if !slices.Contains(c.Invited, b.Person) {
			c.Invited = append(c.Invited, b.Person)
		}
	case Walked:
		c.Walks = slices.DeleteFunc(c.Walks, func(w Walk) bool { return w.Guide == b.Guide })
		c.Walks = append(c.Walks, Walk{Walked: b, By: e.Actor, At: e.At})
	case Undone:
		c.Status, c.Engineer, c.Agent, c.Wait, c.Clocks = b.Back.Status, b.Back.Engineer, b.Back.Agent, b.Back.Wait, cloneClocks(b.Back.Clocks)
		c.LastAct = nil
		if b.Unsaid {
			c.ToRelay = slices.DeleteFunc(c.ToRelay, func(s int) bool { return s == b.Of })
		}
		switch b.Verb {
		case VerbEscalate:
			c.Escalations = b.Back.Escalations
		case VerbResolve:
			c.Resolutions, c.ResolvedAt, c.Resolution = c.Resolutions-1, time.Time{}, ""
			if c.Resolutions == 0 {
				c.FirstSolved = time.Time{}
			}
			c.owePromises(b.Of)
		}
	default:
		applyClock(c, e)
	}
}

func applyFiled(c *Case, e Event, b Filed) {
	c.ID, c.Tenant, c.Handbook, c.Calendars = e.Case, e.Tenant, b.Handbook, maps.Clone(b.Calendars)
	c.Status, c.Severity, c.Summary = StatusOpen, b.Severity, b.Summary
	for f, v := range b.Fields {
		c.Fields[f] = v
	}
	c.Evidence, c.Restricted, c.Signature = slices.Clone(b.Evidence), b.Restricted, b.Signature
	c.ReportedAt, c.FiledAt, c.FiledBy, c.Agent = b.ReportedAt, e.At, e.Actor, b.Agent
	if b.Restricted {
		c.Invited = []string{e.Actor}
	}
	if b.FollowUp != "" {
		c.Linked = append(c.Linked, b.FollowUp)
	}
}

// applyClock takes the clock events in.
func applyClock(c *Case, e Event) {
	switch b := e.Body.(type) {
	case ClockStarted:
		c.Clocks = append(c.Clocks, cloneClocks([]Clock{b.Clock})...)
	case ClockStopped:
		if k := c.clock(b.Clock); k != nil {
			endPause(k, e.At)
			k.State, k.Stopped = b.State, e.At
			k.Generation++
		}
	case ClockPaused:
		if k := c.clock(b.Clock); k != nil {
			k.State = StatePaused
			k.Pauses = append(k.Pauses, Interval{From: e.At, Reason: b.Reason})
			k.Generation++
		}
	case ClockResumed:
		if k := c.clock(b.Clock); k != nil {
			endPause(k, e.At)
			k.State, k.Due, k.EarlyDue, k.Warnings, k.Tell = StateRunning, b.Due, b.Early, slices.Clone(b.Warn), b.Tell
			k.Generation++
		}
	case ClockMoved:
		if k := c.clock(b.Clock); k != nil {
			k.Due, k.EarlyDue, k.Warnings, k.Tell = b.Due, b.Early, slices.Clone(b.Warn), b.Tell
			k.Budget, k.Base, k.Calendar = b.Budget, b.Base, b.Calendar
			if !b.Due.Equal(b.From) {
				k.Promised = false // The promised instant has been replaced by a computed one.
			}
			k.Fired = passed(k, e.At)
			k.Generation++
		}
	case ClockBreached:
		if k := c.cycle(b.Clock, b.Cycle); k != nil && k.Breached.IsZero() {
			k.Breached = b.Due
		}
	case ClockFired:
		if k := c.cycle(b.Clock, b.Cycle); k != nil {
			k.Fired = b.Fired
			k.Last, k.Next = e.At, b.Next
			if b.Threshold == AtReminder || b.Threshold == AtContact && k.reminds() {
				k.Sent++
			}
		}
	}
}

// endPause closes an open pause at an instant.
func endPause(k *Clock, at time.Time) {
	if n := len(k.Pauses); n > 0 && k.Pauses[n-1].To.IsZero() {
		k.Pauses[n-1].To = at
	}
}

// passed counts a clock's thresholds before an instant. One that falls due at that very instant is still ahead: it
// has to be acted on.
func passed(k *Clock, at time.Time) int {
	n := 0
	for _, t := range k.Thresholds() {
		if t.When().Before(at) {
			n++
		}
	}
	return n
}

// cycle finds a cycle of a clock, ended or not.
func (c *Case) cycle(kind ClockKind, n int) *Clock {
	for i := range c.Clocks {
		if c.Clocks[i].Kind == kind && c.Clocks[i].Cycle == n {
			return &c.Clocks[i]
		}
	}
	return nil
}

// mark remembers the case before an undoable act; it must run before the act changes anything.
func (c *Case) mark(e Event, v Verb) {
	c.LastAct = &UndoPoint{Seq: e.Seq, Verb: v, By: e.Actor, At: e.At, Status: c.Status, Engineer: c.Engineer,
		Agent: c.Agent, Wait: c.Wait, Clocks: cloneClocks(c.Clocks), Escalations: c.Escalations}
}

// owe notes a word of the Provider that the Partner has still to pass on to the customer.
func (c *Case) owe(e Event) {
	if e.Side == Provider {
		c.ToRelay = append(c.ToRelay, e.Seq)
	}
}

// owePromises opens the promises again that a resolution kept which is undone. One that was late by then stays broken.
func (c *Case) owePromises(resolution int) {
	for i := range c.Promises {
		if p := &c.Promises[i]; p.With == resolution && p.Kept == "kept" {
			p.Kept, p.With = "", 0
		}
	}
}

// setField puts a value where the case keeps it.
func setField(c *Case, f Field, v string) {
	switch f {
	case FieldSummary:
		c.Summary = v
	case FieldReportedAt:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			c.ReportedAt = t.UTC()
		}
	case FieldSeverity, FieldEvidence:
		// These have acts of their own.
	default:
		c.Fields[f] = v
	}
}

// partyOfSide names a side's party as far as the case knows it.
func partyOfSide(c *Case, side PartyKind) string {
	if side == Partner {
		return c.Tenant
	}
	return string(Provider)
}
