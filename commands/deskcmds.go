package commands

import (
	"fmt"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

// deskCommands are about the desk as a whole: the review, action items, drafts, articles, help.
func deskCommands() []Command {
	return []Command{
		{
			Name: "digest", Aliases: []string{"review", "report"},
			Summary: "Show the ops review of the last seven days.",
			Example: "/case digest",
			run: func(r *request) (bot.Answer, error) {
				if r.h.opt.Digest == nil {
					return bot.Answer{}, desk.Errf(desk.KindState, "The ops review is not set up at this desk.")
				}
				m, err := r.h.opt.Digest(r.ctx, r.by(), r.in.Now)
				if err != nil {
					return bot.Answer{}, err
				}
				return r.answer(m)
			},
		},
		{
			Name: "action", Aliases: []string{"actions"}, Title: "New action item", Submit: "Add",
			Summary: "List the action items of the ops review, add one, or mark one done.",
			Example: `/case action add owner=@dana due="friday 17:00" Write the triage guide`,
			Args: []Arg{
				{Key: "act", Label: "What to do", Hidden: true, Word: true, match: func(_ *request, w string) bool {
					return slices.Contains([]string{"add", "done", "list"}, strings.ToLower(w))
				}},
				{Key: "title", Label: "What is to be done", Rest: true},
				{Key: "owner", Label: "Who", Kind: bot.AskChoice, options: func(r *request) []bot.Option { return personOptions(r.dir().PeopleOf(r.by().Party)) }},
				{Key: "due", Label: "By when", Kind: bot.AskTime, Example: "friday 17:00"},
			},
			run: runAction,
		},
		{
			Name:    "drafts",
			Summary: "List the forms you have begun, to go on with one.",
			Example: "/case drafts",
			Args:    []Arg{{Key: "clear", Label: "Throw all away", Hidden: true}},
			run:     runDrafts,
		},
		undeliveredCommand(),
		{
			Name: "help", Aliases: []string{"?", "commands"},
			Summary: "Show what you can do, or how one command works.",
			Example: "/case help escalate",
			Args:    []Arg{{Key: "command", Label: "Command", Word: true}},
			run:     runHelp,
		},
	}
}

// runAction keeps the action items of the ops review until they are done (handbook §8). A bare title is one
// to add, for that is what people type.
func runAction(r *request) (bot.Answer, error) {
	switch strings.ToLower(r.get("act")) {
	case "done":
		a, err := r.h.desk.CloseAction(r.ctx, r.by(), r.get("title"), r.in.Now)
		if err != nil {
			return bot.Answer{}, err
		}
		return r.say(bot.ToneGood, spans("Done: ", bot.Span{Text: a.Title, Style: bot.Italic}, "."))
	case "add":
		return r.addAction()
	}
	if r.get("title") != "" {
		return r.addAction()
	}
	as, err := r.h.desk.Actions(r.ctx, r.by())
	if err != nil {
		return bot.Answer{}, err
	}
	return r.answer(templates.Actions(r.dir(), as, func(a desk.Action) bool { return a.Due.Before(r.in.Now) }))
}

// addAction asks for a day, because an item without one is never overdue and so never closed.
func (r *request) addAction() (bot.Answer, error) {
	if !r.sent && (r.get("title") == "" || r.get("due") == "") {
		return r.open(nil)
	}
	due, err := r.ahead("due")
	if err != nil {
		return bot.Answer{}, err
	}
	if due.IsZero() || r.get("title") == "" {
		e := &desk.Error{Kind: desk.KindInvalid, Say: "An action item needs a title and a day. Everything you typed is kept."}
		for key, say := range map[string]string{"title": "Say what is to be done.", "due": "Say by when, for example friday 17:00."} {
			if r.get(key) == "" {
				e.Fields = append(e.Fields, desk.FieldError{Field: key, Message: say})
			}
		}
		return bot.Answer{}, e
	}
	a := desk.Action{Title: r.get("title"), Due: due}
	if who := r.get("owner"); who != "" {
		p, err := r.person("owner", who, r.dir().PeopleOf(r.by().Party))
		if err != nil {
			return bot.Answer{}, err
		}
		a.Owner = p.ID
	}
	if a, err = r.h.desk.AddAction(r.ctx, r.by(), a, r.in.Now); err != nil {
		return bot.Answer{}, err
	}
	r.acted = true
	return r.say(bot.ToneGood, spans(bot.C(a.ID), " is on the list. ", bot.Who(a.Owner, r.name(a.Owner)), " does it by ", a.Due, "."))
}

// runDrafts lists what was begun and not sent, on whatever device it was begun.
func runDrafts(r *request) (bot.Answer, error) {
	ds, err := r.h.desk.Drafts(r.ctx, r.by())
	if err != nil {
		return bot.Answer{}, err
	}
	if r.get("clear") != "" {
		for _, d := range ds {
			if err := r.h.desk.DropDraft(r.ctx, r.by(), d.ID); err != nil {
				return bot.Answer{}, err
			}
		}
		return r.say("Your drafts are gone.")
	}
	return r.answer(templates.Drafts(ds))
}

// runHelp shows the commands this person can use, or how one of them works.
func runHelp(r *request) (bot.Answer, error) {
	if name := strings.ToLower(strings.TrimPrefix(r.get("command"), "/")); name != "" {
		cmd, ok := r.lookup(name)
		if !ok {
			return bot.Answer{}, r.unknown(name)
		}
		return r.answer(r.help(cmd))
	}
	m := bot.Message{Title: spans(bot.B("What you can do"))}
	list := bot.Block{Kind: bot.List}
	for _, c := range table {
		if !c.Quiet && r.exists(&c) && (c.Verb == "" || desk.May(r.by(), c.Verb) == nil) {
			list.Items = append(list.Items, spans(bot.C("/case "+c.typed()), " "+c.Summary))
		}
	}
	m.Blocks = []bot.Block{bot.P(bot.T("In a case's thread you need not name the case. Where slash commands do not work, mention the desk instead.")), list,
		bot.P(bot.T("More on one command: "), bot.C("/case help escalate"), bot.T("."))}
	return r.answer(m)
}

// help is how one command works, from its declaration.
func (r *request) help(c *Command) bot.Message {
	m := bot.Message{Title: spans(bot.B("/case " + c.typed())), Blocks: []bot.Block{bot.P(bot.T(c.Summary)), {Kind: bot.Pre, Spans: spans(c.Example)}}}
	var args []bot.Pair
	add := func(key, label, hint string, required bool) {
		text := label + "."
		if hint != "" {
			text += " " + hint
		}
		if required {
			text += " Needed."
		}
		args = append(args, bot.Pair{Label: key, Value: spans(text)})
	}
	for _, a := range c.Args {
		if !a.Hidden || a.Rest {
			add(a.Key, a.Label, a.Hint, a.Required)
		}
	}
	if c.CaseFields {
		for _, f := range r.book().Fields {
			switch _, ok := c.arg(string(f.Name)); {
			case ok:
			case f.Kind == desk.KindFiles:
				add(linksKey, "Links to evidence", "", false)
			default:
				add(string(f.Name), f.Label, f.Hint, false)
			}
		}
	}
	if len(args) > 0 {
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Fields, Fields: args})
	}
	if len(c.Aliases) > 0 {
		m.Blocks = append(m.Blocks, bot.P(bot.T(fmt.Sprintf("Also: %s.", strings.Join(c.Aliases, ", ")))))
	}
	for _, emoji := range r.emojiOf(c.React) {
		m.Blocks = append(m.Blocks, bot.P(bot.T("Or react with "+emoji+" on the case's card or a message of its thread.")))
	}
	if c.Verb != "" {
		if err := desk.May(r.by(), c.Verb); err != nil {
			m.Footer = spans(err.(*desk.Error).Say)
		}
	}
	return m
}

// emojiOf lists the reactions that the handbook maps to an act.
func (r *request) emojiOf(act string) []string {
	var out []string
	for emoji, a := range r.book().Reactions {
		// The map may list an emoji under several names; people see one.
		if emoji = bot.EmojiKey(emoji); act != "" && a == act && !slices.Contains(out, emoji) {
			out = append(out, emoji)
		}
	}
	slices.Sort(out)
	return out
}
