package desk

// body writes the body of an event that is common in a case's life; false: it has no form by hand, and
// nothing was written. The rest is left to encoding/json: a line here has to earn its keep.
func (w *jsonWriter) body(body Body) bool {
	w.open('{')
	switch b := body.(type) {
	case Filed:
		w.filed(&b)
	case ClockStarted:
		w.key("clock")
		w.clock(&b.Clock)
	case Escalated:
		w.text("trigger", string(b.Trigger))
		w.optText("reason", b.Reason)
		w.num("cycle", int64(b.Cycle))
	case Acknowledged:
		w.text("engineer", b.Engineer)
		w.optTime("next_update", b.NextUpdate)
	case Assigned:
		w.text("side", string(b.Side))
		w.text("to", b.To)
		w.text("to_name", b.Name)
	case Said:
		w.text("text", b.Text)
		optList(w, "files", b.Files, (*jsonWriter).attachment)
		w.optText("ref", string(b.Ref))
		w.optYes("aloud", b.Aloud)
	case Replied:
		w.text("text", b.Text)
		optList(w, "files", b.Files, (*jsonWriter).attachment)
		w.optNum("of", int64(b.Of))
	case Noted:
		w.text("text", b.Text)
	case Updated:
		w.text("text", b.Text)
		w.optText("eta", b.ETA)
		w.optTime("next_by", b.NextBy)
	case Relayed:
		w.num("of", int64(b.Of))
	case Resolved:
		w.text("text", b.Text)
		w.optText("code", b.Code)
		optList(w, "articles", b.Articles, eachText)
		w.num("number", int64(b.Number))
	case Closed:
		w.optText("why", b.Why)
	case PromiseEnded:
		w.num("of", int64(b.Of))
		w.yes("kept", b.Kept)
		w.optNum("with", int64(b.With))
	case Paged:
		w.num("step", int64(b.Step))
		w.text("person", b.Person)
		w.text("person_name", b.Name)
	default:
		if !w.clockBody(body) {
			w.buf = w.buf[:len(w.buf)-1]
			return false
		}
	}
	w.shut('}')
	return true
}

func (w *jsonWriter) filed(b *Filed) {
	w.text("handbook", b.Handbook)
	w.num("severity", int64(b.Severity))
	w.text("summary", b.Summary)
	texts(w, "fields", b.Fields)
	optList(w, "evidence", b.Evidence, (*jsonWriter).attachment)
	w.optYes("restricted", b.Restricted)
	w.optText("signature", b.Signature)
	w.time("reported_at", b.ReportedAt)
	w.text("agent", b.Agent)
	w.optYes("live", b.Live)
	w.optText("follow_up", b.FollowUp)
	optTexts(w, "calendars", b.Calendars)
}

// clockBody writes the members of what happens to a running clock.
func (w *jsonWriter) clockBody(body Body) bool {
	switch b := body.(type) {
	case ClockStopped:
		w.text("clock", string(b.Clock))
		w.text("state", string(b.State))
		w.optText("why", b.Why)
	case ClockPaused:
		w.text("clock", string(b.Clock))
		w.text("reason", b.Reason)
	case ClockResumed:
		w.text("clock", string(b.Clock))
		w.time("due", b.Due)
		w.optTime("early", b.Early)
		optList(w, "warn", b.Warn, eachTime)
		w.optTell("tell", b.Tell)
	case ClockMoved:
		w.text("clock", string(b.Clock))
		w.time("from", b.From)
		w.time("due", b.Due)
		w.optTime("early", b.Early)
		optList(w, "warn", b.Warn, eachTime)
		w.time("base", b.Base)
		w.num("budget", int64(b.Budget))
		w.optText("calendar", b.Calendar)
		w.optTell("tell", b.Tell)
		w.text("why", b.Why)
	case ClockFired:
		w.text("clock", string(b.Clock))
		w.num("cycle", int64(b.Cycle))
		w.text("threshold", string(b.Threshold))
		w.time("due", b.Due)
		w.num("fired", int64(b.Fired))
		w.optNum("late", int64(b.Late))
		w.optTime("next", b.Next)
	case ClockBreached:
		w.text("clock", string(b.Clock))
		w.num("cycle", int64(b.Cycle))
		w.text("party", b.Party)
		w.time("due", b.Due)
	default:
		return false
	}
	return true
}
