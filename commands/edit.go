package commands

import (
	"slices"
	"strconv"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// editCommands mend and add to what a case carries.
func editCommands() []Command {
	return []Command{
		{
			Name: "edit", Aliases: []string{"change", "add"}, Verb: desk.VerbEdit, Case: WithCase, CaseFields: true, Title: "Edit the case", Submit: "Save",
			Summary: "Change what a case carries. The old values stay in the record.",
			Example: `/case edit NW-1042 environment="Harbor Tills 6.2.1 on Windows 11"`,
			fields:  editFields, run: runEdit,
		},
		{
			Name: "attach", Aliases: []string{"evidence"}, Verb: desk.VerbAttach, Case: WithCase, Title: "Attach evidence", Submit: "Attach",
			Summary: "Add logs or screenshots. Both sides can open them.",
			Example: "/case attach NW-1042 https://logs.example/till-7",
			Args: []Arg{
				{Key: "evidence", Label: "Files", Kind: bot.AskFiles, Hint: "Up to 25 MB each."},
				{Key: "link", Label: "Or a link", Word: true, Example: "https://logs.example/till-7", Hint: "For what is too large or stays where it is."},
			},
			run: runAttach,
		},
	}
}

// editFields are the fields as the case carries them. Severity has a command of its own, for it needs a
// reason; who may read a case is settled when it is filed.
func editFields(r *request) []bot.FormField {
	var out []bot.FormField
	for _, s := range r.book().Fields {
		if slices.Contains([]desk.Field{desk.FieldSeverity, desk.FieldLive, desk.FieldEvidence}, s.Name) {
			continue
		}
		f := r.field(s, desk.StageFile, r.c.Severity)
		if _, typed := r.values[string(s.Name)]; !typed {
			f.Value = r.stands(s)
		}
		f.Live = false
		out = append(out, f)
	}
	return out
}

// stands is what a field holds as a person would type it: a time in their own zone.
func (r *request) stands(s desk.FieldSpec) string {
	v := r.c.Field(s.Name)
	if t, err := time.Parse(time.RFC3339, v); err == nil && s.Kind == desk.KindTime {
		if t = t.In(r.zone()); t.Second() != 0 {
			return t.Format("2006-01-02 15:04:05")
		}
		return t.Format("2006-01-02 15:04")
	}
	return v
}

// runEdit changes what was typed and leaves the rest. A severity given here is sent to its own command,
// which asks for the reason that SLA.md §2 wants recorded.
func runEdit(r *request) (bot.Answer, error) {
	if !r.sent {
		if err := r.takeFiles(); err != nil {
			return bot.Answer{}, err
		}
	}
	if len(r.caseValues()) == 0 && len(r.files) == 0 && !r.sent || r.get("ask") != "" {
		return r.open(nil)
	}
	if v, err := desk.ParseSeverity(r.get("severity")); err == nil && v != r.c.Severity {
		return bot.Answer{}, desk.Errf(desk.KindInvalid, "A change of severity needs a reason. Use /case severity %s %d and say why.", r.c.ID, int(v))
	}
	if _, err := r.act(r.c.ID, desk.EditCase{Values: r.caseValues(), Files: r.files}); err != nil {
		return bot.Answer{}, err
	}
	parts := []any{bot.ToneGood, spans(bot.B(r.c.ID), " is changed. The old values stay in the record.")}
	if r.c.Status == desk.StatusReturned && r.side() == desk.Partner {
		parts = append(parts, r.provider()+" has it again when you escalate it.", bot.Button{Label: "Escalate", Do: "escalate " + r.c.ID, Style: bot.ButtonPrimary})
	}
	return r.say(append(parts, button("Show", "show "+r.c.ID))...)
}

// runAttach takes files, a link, or both; where neither came with the line it opens the form.
func runAttach(r *request) (bot.Answer, error) {
	if !r.sent {
		if err := r.takeFiles(); err != nil {
			return bot.Answer{}, err
		}
	}
	files := r.files
	if link := r.get("link"); link != "" {
		a, err := r.linked(link)
		if err != nil {
			return bot.Answer{}, err
		}
		files = append(files, a)
	}
	if len(files) == 0 {
		if !r.sent {
			return r.open(nil)
		}
		return bot.Answer{}, &desk.Error{Kind: desk.KindInvalid, Say: "There was no file and no link.", Fields: []desk.FieldError{{Field: "link", Message: "Attach a file above, or give a link here."}}}
	}
	if _, err := r.act(r.c.ID, desk.AttachFiles{Files: files}); err != nil {
		return bot.Answer{}, err
	}
	say := "1 file is attached to "
	if len(files) > 1 {
		say = strconv.Itoa(len(files)) + " files are attached to "
	}
	return r.say(bot.ToneGood, spans(say, bot.B(r.c.ID), ". Whoever may read the case can open them."))
}
