package commands

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// draftID names the draft of the form at hand. It is settled when it is first asked for, because filing
// a case turns a form about no case into one about the new case.
func (r *request) draftID() string {
	if r.draft == "" {
		id := ""
		if r.c != nil {
			id = r.c.ID
		}
		r.draft = desk.DraftID(r.by(), r.cmd.Name, id)
	}
	return r.draft
}

// keep saves what has been typed, so that a closed dialog, an expired token or a restart loses nothing.
// A draft that can't be kept is logged and does not stand in the way of the answer.
func (r *request) keep() {
	if r.cmd.Title == "" || len(r.values) == 0 && len(r.files) == 0 {
		return
	}
	values := maps.Clone(r.values)
	withoutProposal(values)
	// Never nil: these files replace the ones kept before.
	d := desk.Draft{Form: r.cmd.Name, Values: values, Files: append([]desk.Attachment{}, r.files...)}
	if r.c != nil {
		d.Case = r.c.ID
	}
	if _, err := r.h.desk.SaveDraft(r.ctx, r.by(), d, r.in.Now); err != nil {
		r.h.log.Warn("a draft could not be kept", "form", r.cmd.Name, "err", err)
	}
}

// restore puts the draft under what is typed now: what is typed wins. It gives the draft, or nil when
// there is none.
func (r *request) restore() *desk.Draft {
	d, err := r.h.desk.FindDraft(r.ctx, r.by(), r.draftID())
	if err != nil {
		return nil
	}
	if r.values == nil {
		r.values = map[string]string{}
	}
	for k, v := range d.Values {
		// While a form is open an emptied field is meant to be empty.
		if _, typed := r.values[k]; !typed && v != "" && k != "proposal" && k != escalationArg.Key {
			r.values[k] = v
		}
	}
	if len(r.files) == 0 {
		r.files = d.Files
	}
	return &d
}

// dropDraft throws the form's draft away once what it was for is done. Mostly there is none, and looking
// is much cheaper than a write.
func (r *request) dropDraft() {
	if _, err := r.h.desk.FindDraft(r.ctx, r.by(), r.draftID()); err != nil {
		return
	}
	if err := r.h.desk.DropDraft(r.ctx, r.by(), r.draftID()); err != nil {
		r.h.log.Warn("a draft could not be dropped", "form", r.cmd.Name, "err", err)
	}
}

// takeFiles keeps the files that came with the interaction. A form's earlier ones are in its draft; a
// line typed anew has nothing to do with an old draft.
func (r *request) takeFiles() error {
	if r.in.Kind == bot.Submit || r.in.Kind == bot.Refresh {
		if d, err := r.h.desk.FindDraft(r.ctx, r.by(), r.draftID()); err == nil {
			r.files = append(r.files, d.Files...)
		}
	}
	// A word that is no link must not cost the files that were sent with it.
	wrong := r.takeLinks()
	got, err := r.keepFiles(r.in.Files)
	for _, f := range got {
		if !hasFile(r.files, f) {
			r.files = append(r.files, f)
		}
	}
	if wrong != nil {
		return wrong
	}
	return err
}

// linksKey is the question for evidence that stays where it is, beside the one for files.
const linksKey = "links"

// linksField asks for links where files are asked for in a dialog, for a dialog takes no words in a place for
// files. ok is false where the form asks for no evidence.
func (r *request) linksField(fields []bot.FormField) (at int, f bot.FormField, ok bool) {
	at = slices.IndexFunc(fields, func(f bot.FormField) bool { return f.Key == string(desk.FieldEvidence) && f.Kind == bot.AskFiles })
	if at < 0 || !r.cmd.CaseFields || !r.in.Caps.DialogFiles {
		return 0, f, false
	}
	return at + 1, bot.FormField{Key: linksKey, Label: "Or links to evidence", Hint: "For what is too large or stays where it is. Several with a blank between them.", Example: "https://logs.example/till-7",
		Kind: bot.AskText, Value: r.get(linksKey)}, true
}

// takeLinks makes evidence of the links that were typed, in a line (evidence=https://…) or in a form. Those of
// an earlier sending are made anew, for they may have been corrected.
func (r *request) takeLinks() error {
	if !r.cmd.CaseFields {
		return nil
	}
	if v := r.get(string(desk.FieldEvidence)); v != "" {
		r.values[linksKey] = strings.TrimSpace(r.get(linksKey) + " " + v)
		delete(r.values, string(desk.FieldEvidence))
	}
	r.files = slices.DeleteFunc(r.files, func(a desk.Attachment) bool { return a.Link != "" })
	if r.in.Kind == bot.Refresh {
		return nil
	}
	for _, word := range strings.Fields(r.get(linksKey)) {
		a, err := r.linked(word)
		if err != nil {
			say := "“" + clip(word) + "” is not a link. Give links that start with https://, with a blank between them, or attach the file itself."
			return &desk.Error{Kind: desk.KindInvalid, Say: say, Fields: []desk.FieldError{{Field: linksKey, Message: say}}}
		}
		if !slices.ContainsFunc(r.files, func(b desk.Attachment) bool { return b.Link == a.Link }) {
			r.files = append(r.files, a)
		}
	}
	return nil
}

// evidenceAtHand counts files and, while the form is still typed in, the links that stand in it so far.
func (r *request) evidenceAtHand() int {
	n := len(r.files)
	if r.in.Kind != bot.Refresh {
		return n
	}
	for _, word := range strings.Fields(r.get(linksKey)) {
		if _, err := r.linked(word); err == nil {
			n++
		}
	}
	return n
}

// hasFile says whether the same file was given before: a form sent twice must not attach it twice.
func hasFile(have []desk.Attachment, f desk.Attachment) bool {
	for _, h := range have {
		if h.SHA256 == f.SHA256 && h.Name == f.Name {
			return true
		}
	}
	return false
}

// keepFiles copies files from the platform, whose links expire, into the store. What could be kept is
// given even when one of them failed.
func (r *request) keepFiles(files []bot.FileIn) ([]desk.Attachment, error) {
	var out []desk.Attachment
	var bad []string
	for _, f := range files {
		if f.Open == nil {
			bad = append(bad, f.Name)
			continue
		}
		data, err := f.Open()
		if err != nil {
			r.h.log.Warn("a file could not be read from the platform", "file", f.Name, "err", err)
			bad = append(bad, f.Name)
			continue
		}
		a, err := r.h.desk.KeepFile(r.ctx, r.by(), f.Name, f.Type, data, r.in.Now)
		if err != nil {
			return out, err
		}
		out = append(out, a)
	}
	if len(bad) > 0 {
		say := "The file “" + clip(strings.Join(bad, "”, “")) + "” could not be read. Send it once more."
		return out, &desk.Error{Kind: desk.KindInvalid, Say: say, Fields: []desk.FieldError{{Field: string(desk.FieldEvidence), Message: say}}}
	}
	return out, nil
}

// linked makes an attachment of a link that somebody gave instead of a file.
func (r *request) linked(link string) (desk.Attachment, error) {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		say := "That is not a link. Give one that starts with https:// or attach the file itself."
		return desk.Attachment{}, &desk.Error{Kind: desk.KindInvalid, Say: say, Fields: []desk.FieldError{{Field: "link", Message: say}}}
	}
	name := u.Host + u.Path
	return desk.Attachment{ID: desk.DeliveryID(link + r.in.Now.String())[:12], Name: name, Link: link, By: r.by().ID, At: r.in.Now}, nil
}
