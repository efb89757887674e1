package desk

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Verb of each command.
func (FileCase) Verb() Verb     { return VerbFile }
func (EditCase) Verb() Verb     { return VerbEdit }
func (AttachFiles) Verb() Verb  { return VerbAttach }
func (EscalateCase) Verb() Verb { return VerbEscalate }
func (TakeBack) Verb() Verb     { return VerbTakeBack }
func (ReturnCase) Verb() Verb   { return VerbReturn }
func (AckCase) Verb() Verb      { return VerbAck }
func (AssignCase) Verb() Verb   { return VerbAssign }

// decide files a case (handbook §4). The Desk has given the new case its number and tenant.
func (f FileCase) decide(w *work) error {
	in := f.read
	if in == nil || in.book != w.env.Book {
		in = readIntake(f, w.env.Book, w.env.Now, w.env.zone())
	}
	if len(in.wrong) > 0 {
		return &Error{Kind: KindInvalid, Say: SayNotFiled, Fields: in.wrong}
	}
	reported := in.reported
	filed := Filed{
		Handbook: w.env.Book.Version, Severity: in.severity, Summary: f.Values[FieldSummary], Fields: in.fields,
		Evidence: f.Files, Restricted: in.category.Restricted, ReportedAt: reported, Agent: w.env.By.ID,
		Live: yes(f.Values[FieldLive]), FollowUp: f.FollowUp, Calendars: w.env.Pins, Signature: in.signature,
	}
	w.add(filed)

	p := w.policy()
	w.startClock(ClockTier1, Partner, reported, p.Tier1)
	w.startClock(ClockWorkaround, Provider, reported, p.Workaround)
	w.startClock(ClockResolution, Provider, reported, p.Resolution)
	if filed.Live && w.env.By.side == Partner {
		w.firstResponse("filed while talking to the customer")
	}
	w.pullTriggers()
	return nil
}

// SayNotFiled heads a form for a new case that is asked again.
const SayNotFiled = "The case is not filed yet. Mend what is marked; everything you typed is kept."

// intake is what a form says, read without the store: what is wrong with it, or what the case will hold. The Desk reads it
// before it waits for its turn at the store, which writes for one at a time.
type intake struct {
	book      *Handbook
	severity  Severity
	category  Category
	wrong     []FieldError
	reported  time.Time
	fields    map[Field]string
	signature string
}

// readIntake reads severity, category and times, and runs the completeness gate of the file stage. now is when the form was
// sent, loc the zone in which times are meant that name none.
func readIntake(f FileCase, book *Handbook, now time.Time, loc *time.Location) *intake {
	in := &intake{book: book, reported: stamp(now)}
	in.severity, in.category, in.wrong = checkIntake(f.Values, len(f.Files), book, now, loc)
	if len(in.wrong) > 0 {
		return in
	}
	if v := f.Values[FieldReportedAt]; !blank(v) {
		at, _ := ParseWhen(v, now, loc)
		in.reported = stamp(at)
	}
	in.fields = stored(f.Values, book, now, loc)
	in.signature = signature(in.fields[FieldProduct], f.Values[FieldSummary], in.fields[FieldSteps])
	return in
}

func checkIntake(values map[Field]string, files int, book *Handbook, now time.Time, loc *time.Location) (Severity, Category, []FieldError) {
	var errs []FieldError
	sev, err := ParseSeverity(values[FieldSeverity])
	if err != nil {
		ask := "Choose a severity from 1 to 4. /case severity explains them."
		errs = append(errs, FieldError{string(FieldSeverity), ask})
	}
	category, ok := book.Category(values[FieldCategory])
	if !ok && !blank(values[FieldCategory]) {
		errs = append(errs, FieldError{string(FieldCategory), "There is no category " + quoted(values[FieldCategory]) + ". Choose one of: " + book.categoryNames() + "."})
	}
	for _, e := range CheckFields(book, StageFile, sev, values, files, now, loc) {
		if !slices.ContainsFunc(errs, func(have FieldError) bool { return have.Field == e.Field }) {
			errs = append(errs, e)
		}
	}
	return sev, category, errs
}

// stored gives the typed values as the case keeps them: times as instants, the rest letter for letter.
func stored(values map[Field]string, book *Handbook, now time.Time, loc *time.Location) map[Field]string {
	out := make(map[Field]string, len(values))
	for f, v := range values {
		switch f {
		case FieldSeverity, FieldSummary, FieldReportedAt, FieldEvidence, FieldLive:
			continue
		}
		if blank(v) {
			continue
		}
		if spec, ok := book.FieldSpec(f); ok && spec.Kind == KindTime {
			if t, err := ParseWhen(v, now, loc); err == nil {
				v = stamp(t).Format(time.RFC3339)
			}
		}
		out[f] = v
	}
	return out
}

// typed copies the values, so that a decision can't change what it was given.
func typed(v map[Field]string) map[Field]string {
	out := maps.Clone(v)
	if out == nil {
		out = map[Field]string{}
	}
	return out
}

// edit changes fields, keeping the old values in the event. It checks only what was typed: a field
// that may still be empty at this stage is not asked for here.
func (w *work) edit(values map[Field]string, files []Attachment) error {
	now := map[Field]string{}
	for f, v := range values {
		if f == FieldSeverity || f == FieldLive || f == FieldEvidence || blank(v) {
			continue
		}
		now[f] = v
	}
	var errs []FieldError
	for _, e := range CheckFields(w.env.Book, StageFile, 0, now, 1, w.env.Now, w.env.zone()) {
		if _, given := now[Field(e.Field)]; given {
			errs = append(errs, e)
		}
	}
	if len(errs) > 0 {
		return &Error{Kind: KindInvalid, Say: "Nothing was changed. Mend what is marked; everything you typed is kept.", Fields: errs}
	}
	kept := stored(now, w.env.Book, w.env.Now, w.env.zone())
	if v, ok := now[FieldSummary]; ok {
		kept[FieldSummary] = v
	}
	if v, ok := now[FieldReportedAt]; ok {
		if t, err := ParseWhen(v, w.env.Now, w.env.zone()); err == nil {
			kept[FieldReportedAt] = stamp(t).Format(time.RFC3339)
		}
	}
	ed := Edited{From: map[Field]string{}, To: map[Field]string{}}
	for f, v := range kept {
		if old := w.c.Field(f); old != v {
			ed.From[f], ed.To[f] = old, v
		}
	}
	if len(ed.To) > 0 {
		w.add(ed)
	}
	if len(files) > 0 {
		w.add(Attached{Files: files})
	}
	return nil
}

func (e EditCase) decide(w *work) error {
	if cat, ok := w.env.Book.Category(e.Values[FieldCategory]); ok && cat.Restricted != w.c.Restricted {
		return &Error{Kind: KindInvalid, Say: "Who may read a case is settled when it is filed. File a new case in the category " + quoted(cat.Name) + " and withdraw this one.",
			Fields: []FieldError{{string(FieldCategory), "This category changes who may read the case. File a new case instead."}}}
	}
	if err := w.edit(e.Values, e.Files); err != nil {
		return err
	}
	if len(w.events) == 0 {
		return Errf(KindInvalid, "Nothing was different, so nothing was changed.")
	}
	return nil
}

func (a AttachFiles) decide(w *work) error {
	if len(a.Files) == 0 {
		return Errf(KindInvalid, "There was no file. Attach one, or paste a link to it.")
	}
	w.add(Attached(a))
	return nil
}

// signature makes the error signature by which repeated failures are counted: the product and the first error code in the
// summary or else in the steps; empty when they hold none.
func signature(product, summary, steps string) string {
	code := errorCode(summary)
	if code == "" {
		code = errorCode(steps)
	}
	if code == "" {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(product) + "|" + code)
}

func signatureOf(c *Case) string {
	return signature(c.Fields[FieldProduct], c.Summary, c.Fields[FieldSteps])
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func quoted(s string) string { return "“" + clip(strings.TrimSpace(s), 40) + "”" }

func yes(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "yes", "y", "true", "1", "live", "on":
		return true
	}
	return false
}

func (h *Handbook) categoryNames() string {
	names := make([]string, len(h.Categories))
	for i, c := range h.Categories {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// zone is the actor's own time zone: what they type without a zone is meant there.
func (e *Env) zone() *time.Location { return e.Dir.ZoneOf(e.By) }
