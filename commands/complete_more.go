package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// lastWord is where the word begins that is being typed: behind the last blank that stands in no quotes.
func lastWord(text string) int {
	at, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"' && (quoted || i == at || text[i-1] == '='):
			quoted = !quoted
		case c == ' ' && !quoted:
			at = i + 1
		}
	}
	return at
}

// choices are what can stand for an argument and goes on from what is typed, in small letters: its own list where
// it has one, else what the desk knows of its kind and this person may see.
func (r *request) choices(a Arg, typed string) []bot.Option {
	var all []bot.Option
	switch {
	case a.options != nil:
		all = a.options(r)
	case a.Key == string(desk.FieldCustomer):
		all = r.customers()
	case a.Key == "article" && r.h.opt.Library != nil:
		return r.articles(typed)
	case a.Key == "owner" || a.Key == "person":
		all = personOptions(r.dir().PeopleOf(r.by().Party))
	case a.Key == "into":
		all = r.openCases()
	}
	return slices.DeleteFunc(slices.Clone(all), func(o bot.Option) bool {
		return !strings.HasPrefix(strings.ToLower(o.Value), typed) && !slices.ContainsFunc(strings.Fields(strings.ToLower(o.Label)), func(w string) bool {
			return typed != "" && strings.HasPrefix(w, typed)
		}) && !(typed != "" && strings.HasPrefix(strings.ToLower(o.Label), typed))
	})
}

// customers are those of the cases this person can see, the latest first. A restricted case's is told nowhere
// outside its room.
func (r *request) customers() []bot.Option {
	cases, err := r.h.desk.ListCases(r.ctx, r.by(), desk.CaseQuery{Limit: 200})
	if err != nil {
		return nil
	}
	var out []bot.Option
	for _, c := range cases {
		name := strings.TrimSpace(c.Fields[desk.FieldCustomer])
		if name == "" || c.Restricted || slices.ContainsFunc(out, func(o bot.Option) bool { return strings.EqualFold(o.Value, name) }) {
			continue
		}
		out = append(out, bot.Option{Value: name, Label: name})
	}
	return out
}

// articles are those that this person may read and whose code begins so, or that the words find.
func (r *request) articles(typed string) []bot.Option {
	var out []bot.Option
	for _, s := range r.h.opt.Library.Find(r.ctx, r.by(), desk.Question{Words: strings.ReplaceAll(typed, "-", " "), Stays: true}) {
		out = append(out, bot.Option{Value: s.ID, Label: s.Title})
	}
	return out
}

// openCases are the cases this person can see that are still open, except the one at hand.
func (r *request) openCases() []bot.Option {
	cases, err := r.h.desk.ListCases(r.ctx, r.by(), desk.CaseQuery{Statuses: openStatuses, Limit: 100})
	if err != nil {
		return nil
	}
	var out []bot.Option
	for _, c := range cases {
		if (r.c == nil || c.ID != r.c.ID) && !c.Restricted {
			out = append(out, bot.Option{Value: c.ID, Label: c.ID + " " + c.Severity.String(), Note: c.Summary})
		}
	}
	return out
}
