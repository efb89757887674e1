package commands

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// intakeCommands file a case and mend what it carries (handbook §4).
func intakeCommands() []Command {
	return append([]Command{
		{
			Name: "new", Aliases: []string{"file", "create", "open"}, Verb: desk.VerbFile, CaseFields: true, Title: "New case", Submit: "File the case",
			Summary: "File a case. Without arguments a form opens; what is missing is asked for.",
			Example: `/case new severity=2 customer="Acme Outdoor" product="Harbor Tills" category="Defect" summary="Card payments fail with HB-4012"`,
			Args: []Arg{
				{Key: "partner", Label: "Partner", Hidden: true},
				{Key: "follows", Label: "Follows the closed case", Hidden: true},
				{Key: "begun", Label: "Begun at", Hidden: true},
				{Key: "heard", Label: "Text that was read", Hidden: true},
				proposalArg,
				{Key: "summary", Label: "Summary", Rest: true, Hidden: true},
			},
			fields: newFields, intro: newIntro, ways: newWays, asks: asksForFields, run: runNew,
		},
	}, editCommands()...)
}

// caseValues are the typed values of the handbook's fields.
func (r *request) caseValues() map[desk.Field]string {
	out := map[desk.Field]string{}
	for _, f := range r.book().Fields {
		if v, ok := r.values[string(f.Name)]; ok && f.Kind != desk.KindFiles {
			out[f.Name] = v
		}
	}
	return out
}

// field makes the question of one field of the handbook.
func (r *request) field(s desk.FieldSpec, stage desk.Stage, sev desk.Severity) bot.FormField {
	f := bot.FormField{Key: string(s.Name), Label: s.Label, Hint: s.Hint, Example: s.Example, Required: s.RequiredAt(stage, sev), Value: r.get(string(s.Name))}
	switch s.Kind {
	case desk.KindLong:
		f.Kind, f.Rows = bot.AskLong, 4
	case desk.KindChoice:
		f.Kind = bot.AskChoice
	case desk.KindTime:
		f.Kind = bot.AskTime
	case desk.KindFiles:
		f.Kind = bot.AskFiles
		var have []string
		for _, a := range r.files {
			if a.Link == "" {
				have = append(have, a.Name)
			}
		}
		if len(have) > 0 {
			f.Hint = "Kept already: " + strings.Join(have, ", ") + "."
		}
	default:
		f.Kind = bot.AskText
	}
	for _, c := range s.Choices {
		f.Options = append(f.Options, bot.Option{Value: c, Label: c})
	}
	switch s.Name {
	case desk.FieldSeverity:
		// The definitions stand beside the numbers, in the handbook's own words (§3).
		f.Live, f.Options = true, severityOptions(r.book())
		if v, err := desk.ParseSeverity(f.Value); err == nil {
			f.Value = strconv.Itoa(int(v))
		}
	case desk.FieldCategory, desk.FieldProduct, desk.FieldSummary:
		f.Live = true // They decide who may read the case, and what the knowledge base knows of it.
	}
	return f
}

// severityOptions are the four severities with the definitions as notes, so that the choice is made by the
// handbook and not by mood.
func severityOptions(h *desk.Handbook) []bot.Option {
	var out []bot.Option
	for _, p := range h.Severities {
		out = append(out, bot.Option{Value: strconv.Itoa(int(p.Severity)), Label: p.Severity.String() + " " + p.Name, Note: p.Definition})
	}
	return out
}

// newFields are all fields of the handbook; an engineer who files on a Partner's behalf names the Partner.
// Where an article has solved it none of them is needed any more.
func newFields(r *request) []bot.FormField {
	var out []bot.FormField
	solved := r.solvedBy() != ""
	if r.side() == desk.Provider {
		f := bot.FormField{Key: "partner", Label: "Partner", Hint: "On whose behalf you file.", Kind: bot.AskChoice, Required: true, Value: r.get("partner")}
		for _, p := range r.dir().Parties {
			if p.Kind == desk.Partner {
				f.Options = append(f.Options, bot.Option{Value: p.ID, Label: p.Name})
			}
		}
		out = append(out, f)
	}
	sev, _ := desk.ParseSeverity(r.get("severity"))
	for _, s := range r.book().Fields {
		out = append(out, r.field(s, desk.StageFile, sev))
		if f, ok := r.solvedField(); ok && s.Name == desk.FieldSummary {
			out = append(out, f) // Where the eye is when an article is found.
		}
	}
	if f, ok := r.readField(); ok {
		out = append(out, f)
	}
	for i := range out {
		out[i].Required = out[i].Required && !solved
	}
	return out
}

// forecast shows under a chosen severity what will happen: who answers by when.
func forecast(r *request) []bot.Block {
	tenant := r.tenant()
	if tenant == "" {
		return nil
	}
	f, err := r.h.desk.Foresee(r.by(), tenant, r.caseValues(), r.evidenceAtHand(), r.in.Now)
	if err != nil {
		return []bot.Block{bot.P(bot.T("Choose a severity to see who answers by when."))}
	}
	out := templates.Forecast(r.dir(), r.book(), f, r.zone())
	if c, ok := r.book().Category(r.get("category")); ok && c.Restricted {
		out = append(out, bot.P(bot.T("The case will be restricted. Only invited people can read it.")))
		out = append(out, bot.Block{Kind: bot.List, Items: items(r.book().Escalation.Security)})
	}
	return out
}

// items makes a list of plain lines.
func items(texts []string) [][]bot.Span {
	var out [][]bot.Span
	for _, t := range texts {
		out = append(out, []bot.Span{bot.T(t)})
	}
	return out
}

// tenant is the Partner whose case is filed: one's own, or the one an engineer names by id, name or key.
func (r *request) tenant() string {
	if r.side() == desk.Partner {
		return r.by().Party
	}
	for _, p := range r.dir().Parties {
		for _, name := range []string{p.ID, p.Name, p.Key} {
			if p.Kind == desk.Partner && name != "" && strings.EqualFold(name, r.get("partner")) {
				return p.ID
			}
		}
	}
	return ""
}

// runNew files a case. A bare /case new opens the form; a line with answers is filed as it stands, and
// what it lacks is asked for in the same form with everything typed kept.
func runNew(r *request) (bot.Answer, error) {
	if !r.sent {
		if err := r.takeFiles(); err != nil {
			return bot.Answer{}, err
		}
		if len(r.values) == 0 || r.get("ask") != "" || onlyHidden(r) {
			return r.open(nil)
		}
	}
	if id := r.solvedBy(); id != "" && r.h.opt.Library != nil {
		if a, ok := r.chosen(id); ok {
			id = a.ID
		}
		return r.deflect(id)
	}
	do := desk.FileCase{Values: r.caseValues(), Files: r.files, Tenant: r.tenant()}
	if id := strings.ToUpper(r.get("follows")); id != "" {
		old, err := r.h.desk.FindCase(r.ctx, r.by(), id)
		if err != nil {
			return bot.Answer{}, err
		}
		do.FollowUp = old.ID
	}
	if _, err := r.act("", do); err != nil {
		return bot.Answer{}, err
	}
	return r.filed()
}

// onlyHidden says that nothing a person would call an answer has been given yet.
func onlyHidden(r *request) bool {
	for k := range r.values {
		if k != "partner" && k != "follows" && k != "ask" && k != "begun" && k != "heard" && k != "proposal" {
			return false
		}
	}
	return true
}

// withGaps adds to what is wrong with the evidence of a new case whatever else has to be mended, so that it is
// all said at once and not at one sending after another.
func (r *request) withGaps(err error) error {
	var e *desk.Error
	if r.cmd.Name != "new" || r.solvedBy() != "" || !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	sev, _ := desk.ParseSeverity(r.get("severity"))
	gaps := desk.CheckFields(r.book(), desk.StageFile, sev, r.caseValues(), len(r.files), r.in.Now, r.zone())
	gaps = slices.DeleteFunc(gaps, func(g desk.FieldError) bool { return g.Field == string(desk.FieldEvidence) })
	all := *e
	all.Say, all.Fields = desk.SayNotFiled, append(slices.Clone(e.Fields), gaps...)
	return &all
}

// filed answers what was filed, what happens now, and what is still missing.
func (r *request) filed() (bot.Answer, error) {
	c := r.c
	parts := append(make([]any, 0, 8), bot.ToneGood, spans(bot.B(c.ID), " is filed as "+c.Severity.String()+"."))
	if c.Restricted {
		parts = append(parts, "It is restricted. Only invited people can read it.", button("Invite somebody", "invite "+c.ID))
	}
	if k, ok := c.Clock(desk.ClockTier1); ok {
		parts = append(parts, spans("Answer the customer by ", k.Due, "."))
	}
	switch {
	case c.Status == desk.StatusEscalated:
		parts = append(parts, "The handbook escalates it at once. "+r.provider()+" has it now.")
		if k, ok := c.Clock(desk.ClockTier2); ok {
			parts = append(parts, spans("They acknowledge by ", k.Due, "."))
		}
		if k, ok := c.Clock(desk.ClockUpdate); ok && k.Party == c.Tenant {
			parts = append(parts, spans("Tell the customer how it stands by ", k.Due, "."))
		}
	case len(c.Due) > 0:
		parts = append(parts, "The handbook asks to escalate it.")
		if gaps := r.missing(); len(gaps) > 0 {
			parts = append(parts, "It can be escalated when these are there: "+r.labels(gaps)+".")
			parts = append(parts, bot.Button{Label: "Add what is missing", Do: "escalate " + c.ID + " ask=yes", Style: bot.ButtonPrimary})
		} else {
			parts = append(parts, bot.Button{Label: "Escalate", Do: "escalate " + c.ID, Style: bot.ButtonPrimary})
		}
	default:
		parts = append(parts, button("Escalate", "escalate "+c.ID))
	}
	return r.say(append(parts, button("Show", "show "+c.ID))...)
}

// missing runs the completeness gate over the case as it is (handbook §4).
func (r *request) missing() []desk.FieldError {
	values := map[desk.Field]string{}
	for _, s := range r.book().Fields {
		values[s.Name] = r.c.Field(s.Name)
	}
	values[desk.FieldSeverity] = strconv.Itoa(int(r.c.Severity))
	return desk.CheckFields(r.book(), desk.StageEscalate, r.c.Severity, values, len(r.c.Evidence), r.in.Now, r.zone())
}

// labels names the fields of a gate as the form does.
func (r *request) labels(gaps []desk.FieldError) string {
	var out []string
	for _, g := range gaps {
		if s, ok := r.book().FieldSpec(desk.Field(g.Field)); ok {
			out = append(out, lower(s.Label))
		}
	}
	return strings.Join(out, ", ")
}
