package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// maxCompletions is how many are offered at once; Discord takes 25.
const maxCompletions = 25

// complete offers how a command line could go on. The Value of each option is the whole line so far with
// the piece added, so that a client can put it in place of what was typed.
func (r *request) complete() (bot.Answer, error) {
	text := strings.TrimLeft(r.in.Text, " ")
	if rest, ok := strings.CutPrefix(text, "/case"); ok {
		text = strings.TrimLeft(rest, " ")
	}
	// The word being typed is what follows the last space outside quotes; what stands before it stays.
	at := lastWord(text)
	head, word := text[:at], text[at:]
	if head == "" {
		return r.completeName(word), nil
	}
	name, rest := cut(head)
	cmd, ok := r.lookup(strings.ToLower(name))
	if !ok {
		return bot.Answer{}, nil
	}
	r.cmd = cmd
	if cmd.Case != NoCase && rest == "" && !strings.Contains(word, "=") {
		return r.completeCase(head, word)
	}
	if id, _ := cut(rest); isCaseNumber(id) {
		c, err := r.h.desk.FindCase(r.ctx, r.by(), strings.ToUpper(strings.TrimPrefix(id, "#")))
		if err != nil {
			return bot.Answer{}, nil // What may not be seen has no completions.
		}
		r.c = c
	} else if c, _, err := r.h.desk.CaseAt(r.ctx, r.by(), r.in.Message, r.in.Thread); cmd.Case != NoCase && err == nil {
		r.c = c // In its thread the case need not be named.
	} else if cmd.Case == WithCase {
		return bot.Answer{}, nil
	}
	r.values = map[string]string{}
	return r.completeArg(head, word), nil
}

// completeName offers the commands this person may use; others would only lead to a refusal.
func (r *request) completeName(word string) bot.Answer {
	var out []bot.Option
	for _, c := range table {
		if strings.HasPrefix(c.Name, strings.ToLower(word)) && r.exists(&c) && (c.Verb == "" || desk.May(r.by(), c.Verb) == nil) {
			out = append(out, bot.Option{Value: c.Name + " ", Label: c.Name, Note: c.Summary})
		}
	}
	return bot.Answer{Completions: out[:min(len(out), maxCompletions)]}
}

// completeCase offers the cases the person can see and the command can be done to.
func (r *request) completeCase(head, word string) (bot.Answer, error) {
	cases, err := r.h.desk.ListCases(r.ctx, r.by(), desk.CaseQuery{Text: word, Limit: 100})
	if err != nil {
		return bot.Answer{}, err
	}
	var out []bot.Option
	for _, c := range cases {
		if r.cmd.Verb != "" {
			if _, err := desk.Next(c.Status, r.cmd.Verb); err != nil {
				continue
			}
		}
		o := bot.Option{Value: head + c.ID + " ", Label: c.ID + " " + c.Severity.String(), Note: c.Fields[desk.FieldCustomer] + ": " + c.Summary}
		if c.Restricted {
			o.Note = "restricted"
		}
		if out = append(out, o); len(out) == maxCompletions {
			break
		}
	}
	return bot.Answer{Completions: out}, nil
}

// completeArg offers the names of arguments, and the values of one that has a list.
func (r *request) completeArg(head, word string) bot.Answer {
	var out []bot.Option
	key, part, hasKey := strings.Cut(word, "=")
	for _, a := range r.arguments() {
		if !hasKey {
			if strings.HasPrefix(a.Key, strings.ToLower(word)) && !strings.Contains(head, " "+a.Key+"=") {
				out = append(out, bot.Option{Value: head + a.Key + "=", Label: a.Key + "=", Note: a.Label})
			}
			if !a.Word {
				continue
			}
		}
		if hasKey && a.Key != strings.ToLower(key) {
			continue
		}
		lead := head
		if hasKey {
			lead += a.Key + "="
		} else {
			part = word
		}
		typed := strings.ToLower(strings.Trim(part, `"`))
		for _, o := range r.choices(a, typed) {
			value := o.Value
			if strings.ContainsAny(value, " '\"=") {
				value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
			}
			out = append(out, bot.Option{Value: lead + value + " ", Label: o.Label, Note: o.Note})
		}
	}
	return bot.Answer{Completions: out[:min(len(out), maxCompletions)]}
}

// arguments are the command's arguments, with the handbook's fields where it takes them.
func (r *request) arguments() []Arg {
	out := slices.DeleteFunc(slices.Clone(r.cmd.Args), func(a Arg) bool { return a.Hidden && !a.Rest })
	if !r.cmd.CaseFields {
		return out
	}
	for _, s := range r.book().Fields {
		if _, ok := r.cmd.arg(string(s.Name)); ok || s.Kind == desk.KindFiles {
			continue
		}
		a := Arg{Key: string(s.Name), Label: s.Label}
		if len(s.Choices) > 0 {
			spec := s
			a.options = func(r *request) []bot.Option { return r.field(spec, desk.StageFile, 0).Options }
		}
		out = append(out, a)
	}
	return out
}
