package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// proposalArg carries the key of a proposal that a form is opened with.
var proposalArg = Arg{Key: "proposal", Label: "Draft of the writing helper", Hidden: true}

// proposed puts a kept proposal into the form it was written for and gives what stands above the form. What the
// person has typed stays: a draft is put below it, a field that is filled is left alone. It is done when the form is
// opened, not when it comes again, so that what somebody takes out stays out.
func (r *request) proposed() []bot.Block {
	key := r.get("proposal")
	if _, takes := r.cmd.arg("proposal"); !takes || key == "" || r.sent {
		return nil
	}
	p, err := r.h.desk.FindProposal(r.ctx, r.by(), key)
	if err != nil {
		return []bot.Block{bot.P(bot.T(sayOf(err)))}
	}
	if r.c != nil && (r.c.ID != p.Case || r.c.Restricted) {
		return nil
	}
	switch {
	case p.Task == desk.AssistFields && r.cmd.Name == "new":
		return r.fillIn(p)
	case r.in.Kind == bot.Refresh:
		return nil
	case p.Task == desk.AssistUpdate && r.cmd.Name == "update", p.Task == desk.AssistHandover && r.cmd.Name == "note":
		r.below("text", p.Text)
	case p.Task == desk.AssistArticle && r.cmd.Name == "kb-new":
		if r.get("title") == "" {
			r.values["title"] = p.Title
		}
		r.below("text", p.Text)
	default:
		return nil
	}
	r.keep()
	return []bot.Block{bot.P(bot.T("Written by the writing helper. Check every word and change what you like. It is yours once you send it."))}
}

// updateFields are the questions about an update. Opened with a draft it has no text to start from any more.
func updateFields(r *request) []bot.FormField {
	out := r.argFields()
	if r.get("proposal") != "" && r.get("text") != "" {
		out = slices.DeleteFunc(out, func(f bot.FormField) bool { return f.Key == "template" })
	}
	if _, err := desk.Next(r.c.Status, desk.VerbWorkaround); err != nil {
		out = slices.DeleteFunc(out, func(f bot.FormField) bool { return f.Key == "workaround" })
	}
	return out
}

// below puts a text under what was typed, unless it stands there already.
func (r *request) below(key, text string) {
	own := r.get(key)
	switch {
	case own == "":
		r.values[key] = text
	case !strings.Contains(own, text):
		r.values[key] = own + "\n\n" + text
	}
}

// fillIn fills the empty fields of the intake form. Those that still hold what was read are marked when the form is
// built.
func (r *request) fillIn(p desk.Proposal) []bot.Block {
	r.read = p.Values
	var names []string
	for _, s := range r.book().Fields {
		v := p.Values[s.Name]
		if v == "" {
			continue
		}
		if r.in.Kind != bot.Refresh && r.get(string(s.Name)) == "" {
			r.values[string(s.Name)] = v
		}
		if r.get(string(s.Name)) == v {
			names = append(names, lower(s.Label))
		}
	}
	if r.in.Kind != bot.Refresh {
		r.keep()
	}
	if len(names) == 0 {
		return []bot.Block{bot.P(bot.T("Nothing was filled in: the fields that were read have your words already."))}
	}
	return []bot.Block{bot.P(bot.T("Filled in from the message: " + strings.Join(names, ", ") + ". Check them."))}
}

// markRead says beside each field that holds what was read out of the message that it does.
func (r *request) markRead(fields []bot.FormField) {
	for i, f := range fields {
		if v := r.read[desk.Field(f.Key)]; v != "" && v == f.Value {
			fields[i].Hint = "Filled in from the message. Check it."
		}
	}
}

// withoutProposal leaves the key of a proposal out of a draft: opened from the list of drafts, the form has what the
// person made of it.
func withoutProposal(values map[string]string) {
	delete(values, "ask")
	delete(values, "proposal")
}
