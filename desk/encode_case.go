package desk

// The order of the lines below is the order of the fields in their types: that of the JSON.

func (w *jsonWriter) snapshot(c *Case) {
	w.open('{')
	w.text("id", c.ID)
	w.text("tenant", c.Tenant)
	w.num("seq", int64(c.Seq))
	w.text("last_hash", c.LastHash)
	w.text("handbook", c.Handbook)

	w.text("status", string(c.Status))
	w.num("severity", int64(c.Severity))
	w.text("summary", c.Summary)
	texts(w, "fields", c.Fields)
	optList(w, "evidence", c.Evidence, (*jsonWriter).attachment)
	w.optYes("restricted", c.Restricted)
	optList(w, "invited", c.Invited, eachText)
	w.optText("signature", c.Signature)

	w.time("reported_at", c.ReportedAt)
	w.time("filed_at", c.FiledAt)
	w.text("filed_by", c.FiledBy)
	w.time("updated_at", c.UpdatedAt)
	w.text("agent", c.Agent)
	w.optText("engineer", c.Engineer)

	w.optYes("reached", c.Reached)
	w.optTime("escalated_at", c.EscalatedAt)
	w.optText("escalated_by", c.EscalatedBy)
	w.optNum("escalations", int64(c.Escalations))
	w.optNum("returns", int64(c.Returns))
	optList(w, "due_triggers", c.Due, eachText)

	optTexts(w, "calendars", c.Calendars)

	w.optTime("provider_at", c.ProviderAt)
	w.optTime("acked_at", c.AckedAt)
	w.optTime("first_word", c.FirstWord)
	w.optTime("lapsed", c.Lapsed)

	w.optWait("wait", c.Wait)
	optList(w, "promises", c.Promises, (*jsonWriter).promise)
	w.optTime("last_update", c.LastUpdate)
	optList(w, "to_relay", c.ToRelay, eachNum)
	w.optText("workaround", c.Workaround)
	w.optTime("resolved_at", c.ResolvedAt)
	w.optTime("first_solved", c.FirstSolved)
	w.optText("resolution", c.Resolution)
	w.optNum("resolutions", int64(c.Resolutions))
	optList(w, "articles", c.Articles, eachText)
	optList(w, "ratings", c.Ratings, (*jsonWriter).rating)
	w.optTime("closed_at", c.ClosedAt)
	w.optNum("reopens", int64(c.Reopens))
	w.optText("merged_into", c.MergedInto)
	optList(w, "walks", c.Walks, (*jsonWriter).walk)
	optList(w, "linked", c.Linked, eachText)

	optList(w, "clocks", c.Clocks, (*jsonWriter).clock)
	if c.LastAct != nil {
		w.key("last_act")
		w.undoPoint(c.LastAct)
	}
	w.shut('}')
}

func (w *jsonWriter) attachment(a *Attachment) {
	w.open('{')
	w.text("id", a.ID)
	w.text("name", a.Name)
	w.text("type", a.Type)
	w.num("size", a.Size)
	w.text("sha256", a.SHA256)
	w.optText("link", a.Link)
	w.text("by", a.By)
	w.time("at", a.At)
	w.shut('}')
}

func (w *jsonWriter) optWait(key string, wait *Wait) {
	if wait == nil {
		return
	}
	w.key(key)
	w.open('{')
	w.text("on", string(wait.On))
	w.text("reason", wait.Reason)
	w.text("owner", wait.Owner)
	w.time("since", wait.Since)
	w.time("until", wait.Until)
	w.num("nudges", int64(wait.Nudges))
	w.shut('}')
	w.comma()
}

func (w *jsonWriter) promise(p *Promise) {
	w.open('{')
	w.num("seq", int64(p.Seq))
	w.text("party", p.Party)
	w.time("by", p.By)
	w.optText("kept", p.Kept)
	w.optNum("with", int64(p.With))
	w.shut('}')
}

func (w *jsonWriter) rating(r *Rating) {
	w.open('{')
	w.num("resolution", int64(r.Resolution))
	w.num("score", int64(r.Score))
	w.optText("comment", r.Comment)
	w.text("by", r.By)
	w.time("at", r.At)
	w.shut('}')
}

// walk has the members of the embedded Walked first.
func (w *jsonWriter) walk(k *Walk) {
	w.open('{')
	w.text("guide", k.Guide)
	w.text("title", k.Title)
	w.num("version", int64(k.Version))
	list(w, "answers", k.Answers, (*jsonWriter).answer)
	w.text("by", k.By)
	w.time("at", k.At)
	w.shut('}')
}

func (w *jsonWriter) answer(a *Answer) {
	w.open('{')
	w.text("question", a.Question)
	w.optText("text", a.Text)
	w.shut('}')
}

func (w *jsonWriter) undoPoint(u *UndoPoint) {
	w.open('{')
	w.num("seq", int64(u.Seq))
	w.text("verb", string(u.Verb))
	w.text("by", u.By)
	w.time("at", u.At)
	w.text("status", string(u.Status))
	w.optText("engineer", u.Engineer)
	w.optText("agent", u.Agent)
	w.optWait("wait", u.Wait)
	optList(w, "clocks", u.Clocks, (*jsonWriter).clock)
	w.optNum("escalations", int64(u.Escalations))
	w.shut('}')
}

func (w *jsonWriter) clock(k *Clock) {
	w.open('{')
	w.text("kind", string(k.Kind))
	w.num("cycle", int64(k.Cycle))
	w.text("party", k.Party)
	w.optText("calendar", k.Calendar)
	w.time("start", k.Start)
	w.time("base", k.Base)
	w.optYes("promised", k.Promised)
	w.num("budget", int64(k.Budget))
	w.optNum("objective", int64(k.Early))
	w.time("due", k.Due)
	w.optTime("early_due", k.EarlyDue)
	optList(w, "warnings", k.Warnings, eachTime)
	w.optTell("tell", k.Tell)
	w.num("fired", int64(k.Fired))
	optList(w, "pauses", k.Pauses, (*jsonWriter).interval)
	w.text("state", string(k.State))
	w.optTime("stopped", k.Stopped)
	w.optTime("breached", k.Breached)
	w.optTime("last", k.Last)
	w.optNum("sent", int64(k.Sent))
	w.optTime("next", k.Next)
	w.num("generation", int64(k.Generation))
	w.shut('}')
}

// optTell leaves out a Tell that was never set. One with a zero time in a zone was: it is written empty.
func (w *jsonWriter) optTell(key string, t Tell) {
	if t == (Tell{}) {
		return
	}
	w.key(key)
	w.open('{')
	w.optTime("early", t.Early)
	w.optTime("due", t.Due)
	w.shut('}')
	w.comma()
}

func (w *jsonWriter) interval(i *Interval) {
	w.open('{')
	w.time("from", i.From)
	w.optTime("to", i.To)
	w.optText("reason", i.Reason)
	w.shut('}')
}

func (w *jsonWriter) notice(n *Notice) {
	w.open('{')
	w.text("id", n.ID)
	w.text("key", n.Key)
	w.text("tenant", n.Tenant)
	w.text("lane", n.Lane)
	w.optText("room", n.Room)
	w.text("kind", string(n.Kind))
	w.text("place", string(n.Place))
	w.text("party", n.Party)
	w.optText("person", n.Person)
	w.optText("case", n.Case)
	w.optNum("seq", int64(n.Seq))
	w.optNum("generation", int64(n.Generation))
	optTexts(w, "data", n.Data)
	w.time("at", n.At)
	w.time("not_before", n.NotBefore)
	w.shut('}')
}
