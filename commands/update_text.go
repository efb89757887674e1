package commands

import (
	"regexp"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// updateTemplates are the handbook's response templates (§9).
func updateTemplates(r *request) []bot.Option {
	var out []bot.Option
	for _, u := range r.book().Updates {
		out = append(out, bot.Option{Value: u.Name, Label: u.Name})
	}
	return append(out, draftOption(r)...)
}

// chosenText is the response template that is chosen, filled with the case's facts.
func (r *request) chosenText() (name, text string) {
	for _, u := range r.book().Updates {
		if strings.EqualFold(u.Name, r.get("template")) {
			next, _ := r.ahead("next") // What can't be read is said when the form is sent.
			return u.Name, templates.Fill(u.Text, r.c, templates.CustomersTime(r.dir(), r.c, next))
		}
	}
	return "", ""
}

// templateText is what stands in the text of an update: what was typed, or the chosen template where nothing of somebody's
// own would be lost.
func templateText(r *request, typed string) string {
	if name, text := r.chosenText(); name != "" && (typed == "" || r.fromTemplate(typed)) {
		return text
	}
	return typed
}

// instantForm is how an instant reads in a text that was begun from a template.
const instantForm = `[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{2}:\d{2} [-+A-Z0-9]+`

// fromTemplate says that a text is one of the handbook's as the desk has filled it in, and nobody has changed a word since.
// The next update may have been promised for another time meanwhile.
func (r *request) fromTemplate(text string) bool {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	for _, u := range r.book().Updates {
		filled := regexp.QuoteMeta(strings.TrimSpace(templates.Fill(u.Text, r.c, "")))
		form := strings.ReplaceAll(filled, regexp.QuoteMeta(nextMark), "(?:"+regexp.QuoteMeta(nextMark)+"|"+instantForm+")")
		if is, err := regexp.MatchString("^"+form+"$", text); err == nil && is {
			return true
		}
	}
	return false
}

// updateAsks is what stands above the form of an update: that a draft comes, or that a template was chosen where somebody's
// own words stand.
func updateAsks(r *request) []bot.Block {
	if out := asksForDraft(r); out != nil {
		return out
	}
	name, _ := r.chosenText()
	if typed := r.get("text"); name == "" || typed == "" || r.sent || r.fromTemplate(typed) {
		return nil
	}
	return []bot.Block{bot.P(bot.T("What you wrote is kept. Empty the text to begin from “" + name + "”."))}
}

// nextMark stands in the handbook's texts for the instant of the next update.
const nextMark = "{next}"

// promised puts the instant of the next update where a text begun from a template still names it. Where none was given
// the customer would read a sentence with a hole in it, so it is asked for.
func (r *request) promised(text string, next time.Time) (string, error) {
	if !strings.Contains(text, nextMark) {
		return text, nil
	}
	if next.IsZero() {
		say := "The text still says " + nextMark + ". Say when the next update comes, or take that sentence out."
		return "", &desk.Error{Kind: desk.KindInvalid, Say: say, Fields: []desk.FieldError{{Field: "next", Message: say}}}
	}
	return strings.ReplaceAll(text, nextMark, templates.CustomersTime(r.dir(), r.c, next)), nil
}
