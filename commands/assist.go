package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// Writer is the optional writing helper as the commands need it: main hands one in where it is set up. What it
// writes reaches the person later, as a message for them alone, and is sent nowhere.
type Writer interface {
	// Offers says whether something may be given to the helper. Nothing of a restricted case ever may.
	Offers(ctx context.Context, ask desk.AssistAsk) bool
	// Ask has a proposal written. It answers at once; an error is the sentence why nothing is written. again is true
	// when the same is being written already.
	Ask(ctx context.Context, ask desk.AssistAsk) (again bool, err error)
}

// coming is what is said while the helper writes.
const coming = "A draft is being written. You get it as a direct message with a button that opens it. Nothing is sent by itself."

// assistCommands have the helper write. Where none is set up they do not exist.
func assistCommands() []Command {
	return []Command{
		{
			Name: "draft", Verb: desk.VerbUpdate, Case: WithCase, Assist: true,
			Summary: "Have a draft of a status update written. You get it to read, change and send.",
			Example: "/case draft NW-1042",
			run: func(r *request) (bot.Answer, error) {
				if _, err := desk.Next(r.c.Status, desk.VerbUpdate); err != nil {
					return bot.Answer{}, err
				}
				return r.write(desk.AssistUpdate, button("Write it yourself", "update "+r.c.ID+" ask=yes"))
			},
		},
		{
			Name: "handover", Aliases: []string{"hand-over"}, Verb: desk.VerbNote, Case: WithCase, Assist: true,
			Summary: "Have a hand-over summary written for yourself, from what you may read of the case.",
			Example: "/case handover NW-1042",
			run: func(r *request) (bot.Answer, error) {
				return r.write(desk.AssistHandover, button("Show", "show "+r.c.ID))
			},
		},
		{
			Name: "kb-draft", Case: WithCase, Assist: true,
			Summary: "Have a draft of an article written from a resolved case.",
			Example: "/case kb draft NW-1042",
			run: func(r *request) (bot.Answer, error) {
				if err := r.noLibrary(); err != nil {
					return bot.Answer{}, err
				}
				if err := r.h.desk.MayWriteArticle(r.by(), desk.Article{}); err != nil {
					return bot.Answer{}, err
				}
				if !solved(r.c) {
					return bot.Answer{}, desk.Errf(desk.KindState, "%s is not resolved, so there is nothing to write an article from yet. Resolve it first.", r.c.ID)
				}
				return r.write(desk.AssistArticle, button("Write it yourself", "kb-new ask=yes"))
			},
		},
		{
			Name: "fill", Verb: desk.VerbFile, Assist: true, Quiet: true,
			Summary: "Have the fields of the case you are filing read out of what you have pasted.",
			Example: "/case fill",
			run:     runFill,
		},
	}
}

// solved says whether a case has a resolution to learn from.
func solved(c *desk.Case) bool {
	return c.Resolution != "" && slices.Contains([]desk.Status{desk.StatusResolved, desk.StatusClosed}, c.Status)
}

// lookup finds a command that exists at this desk.
func (r *request) lookup(name string) (*Command, bool) {
	c, ok := lookup(name)
	if !ok || !r.exists(c) {
		return nil, false
	}
	return c, true
}

// exists says whether this desk has what a command needs.
func (r *request) exists(c *Command) bool { return !c.Assist || r.h != nil && r.h.opt.Writer != nil }

// ask is a request to the helper about the case at hand.
func (r *request) ask(task desk.AssistTask) desk.AssistAsk {
	return desk.AssistAsk{Task: task, By: r.by(), Case: r.c}
}

// offers says whether the helper may be offered for the case at hand.
func (r *request) offers(task desk.AssistTask) bool {
	return r.h.opt.Writer != nil && r.h.opt.Writer.Offers(r.ctx, r.ask(task))
}

// write has something written and says that it comes; otherwise is the way on without the helper, which a refusal
// offers too.
func (r *request) write(task desk.AssistTask, otherwise bot.Button) (bot.Answer, error) {
	_, err := r.h.opt.Writer.Ask(r.ctx, r.ask(task))
	if desk.KindOf(err) == desk.KindState {
		return r.say(bot.ToneWarn, sayOf(err), otherwise)
	}
	if err != nil {
		return bot.Answer{}, err
	}
	return r.say(coming, otherwise)
}

// draftChoice is the value of the update dialog's choice that has a draft written.
const draftChoice = "draft"

// draftOption is that choice, where it may be offered and the handbook has no text of that name.
func draftOption(r *request) []bot.Option {
	if r.c == nil || slices.ContainsFunc(r.book().Updates, func(u desk.UpdateTemplate) bool { return strings.EqualFold(u.Name, draftChoice) }) || !r.offers(desk.AssistUpdate) {
		return nil
	}
	return []bot.Option{{Value: draftChoice, Label: "Have a draft written"}}
}

// asksForDraft has a draft written when the update dialog's choice says so and nothing has been typed. It gives what
// stands above the dialog.
func asksForDraft(r *request) []bot.Block {
	if !strings.EqualFold(r.get("template"), draftChoice) || len(draftOption(r)) == 0 {
		return nil
	}
	r.values["template"] = ""
	if r.get("text") != "" {
		return []bot.Block{bot.P(bot.T("There are words of yours already, so no draft was asked for. /case draft " + r.c.ID + " has one written beside them."))}
	}
	say := coming + " You can also write the update here yourself."
	if _, err := r.h.opt.Writer.Ask(r.ctx, r.ask(desk.AssistUpdate)); err != nil {
		say = sayOf(err)
	}
	return []bot.Block{bot.P(bot.T(say))}
}

// sayOf is an error's sentence for the person; what has none is noted by the writer.
func sayOf(err error) string {
	var e *desk.Error
	if errors.As(err, &e) {
		return e.Say
	}
	return "The writing helper cannot be asked at the moment. Write it yourself, or ask again in a few minutes."
}

// minPasted is from how many characters on a text is worth reading fields out of.
const minPasted = 40

// pasted is what has been typed or pasted into the intake form: what fields are read out of.
func pasted(values map[string]string) string {
	var parts []string
	for _, f := range []desk.Field{desk.FieldSteps, desk.FieldEnvironment, desk.FieldImpact, desk.FieldSummary} {
		// The summary is often the cut first line of the steps.
		if v := strings.TrimSpace(values[string(f)]); v != "" && !slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(p, v) }) {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, "\n")
}

// fieldsAsk is the request for the fields of the case that is being filed.
func (r *request) fieldsAsk() desk.AssistAsk {
	a := desk.AssistAsk{Task: desk.AssistFields, By: r.by(), Text: pasted(r.values), Category: r.get(string(desk.FieldCategory))}
	if id := strings.ToUpper(r.get("follows")); id != "" {
		// The words of a follow-up are mostly those of the case before it. One that can't be read is as good as private.
		old, err := r.h.desk.FindCase(r.ctx, r.by(), id)
		if err != nil {
			old = &desk.Case{ID: id, Restricted: true}
		}
		a.Kin = []*desk.Case{old}
	}
	return a
}

// readField asks in the intake form whether the fields shall be read out of what was pasted. It is asked once for a
// text, and never where the text or the category is private.
func (r *request) readField() (bot.FormField, bool) {
	a := r.fieldsAsk()
	if r.h.opt.Writer == nil || len([]rune(a.Text)) < minPasted || r.get("heard") == heardOf(a.Text) || r.get("proposal") != "" || !r.h.opt.Writer.Offers(r.ctx, a) {
		return bot.FormField{}, false
	}
	return bot.FormField{Key: "read", Label: "Fill in from the text", Kind: bot.AskChoice, Live: true, Hint: "Leave it empty to fill in the form yourself.",
		Options: []bot.Option{{Value: "yes", Label: "Have the writing helper read it"}}}, true
}

func heardOf(text string) string { return desk.DeliveryID(text)[:8] }

// asksForFields has the fields read when the form's question says so.
func asksForFields(r *request) []bot.Block {
	if !strings.EqualFold(r.get("read"), "yes") {
		return nil
	}
	delete(r.values, "read")
	a := r.fieldsAsk()
	if r.h.opt.Writer == nil || r.get("heard") == heardOf(a.Text) {
		return nil
	}
	say := readingNow
	if _, err := r.h.opt.Writer.Ask(r.ctx, a); err != nil {
		say = sayOf(err)
	}
	r.values["heard"] = heardOf(a.Text)
	return []bot.Block{bot.P(bot.T(say))}
}

const readingNow = "The text is being read. You get what was found as a direct message with a button that fills it in. What you have typed is kept."

// runFill reads the fields out of the draft of the case being filed.
func runFill(r *request) (bot.Answer, error) {
	d, err := r.h.desk.FindDraft(r.ctx, r.by(), desk.DraftID(r.by(), "new", ""))
	if err != nil {
		return bot.Answer{}, desk.Errf(desk.KindState, "You are not filing a case now. Start one with /case new.")
	}
	r.values = d.Values
	goOn := button("Fill it in yourself", "new ask=yes")
	a := r.fieldsAsk()
	if len([]rune(a.Text)) < minPasted {
		return r.say("There is too little text to read fields out of.", goOn)
	}
	if _, err := r.h.opt.Writer.Ask(r.ctx, a); err != nil {
		return r.say(bot.ToneWarn, sayOf(err), goOn)
	}
	return r.say(readingNow, goOn)
}
