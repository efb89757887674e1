package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// colleagues are the people of one's own side who work cases: to them a case can be given.
func (r *request) colleagues() []desk.Person {
	return slices.DeleteFunc(r.dir().PeopleOf(r.by().Party), func(p desk.Person) bool { return desk.May(p, desk.VerbAssign) != nil })
}

// invitees are the people who could be let into a restricted case: the Partner's whose case it is and
// the Provider's, except those who are in it.
func (r *request) invitees() []desk.Person {
	out := r.dir().PeopleOf(r.c.Tenant)
	out = append(out, r.dir().PeopleOf(r.dir().Provider().ID)...)
	return slices.DeleteFunc(out, func(p desk.Person) bool { return slices.Contains(r.c.Invited, p.ID) || len(p.Roles) == 0 })
}

// personOptions are people as a choice: the id is the value, for names are not unique.
func personOptions(ps []desk.Person) []bot.Option {
	var out []bot.Option
	for _, p := range ps {
		out = append(out, bot.Option{Value: p.ID, Label: p.Name})
	}
	return out
}

// person finds whom somebody means among some people: by @name, id, mention of an account, or a part of
// the name. "me" is the person who asks. When several fit, the answer names them.
func (r *request) person(key, text string, among []desk.Person) (desk.Person, error) {
	bad := func(format string, args ...any) (desk.Person, error) {
		e := desk.Errf(desk.KindInvalid, format, args...)
		e.Fields = []desk.FieldError{{Field: key, Message: e.Say}}
		return desk.Person{}, e
	}
	want := strings.ToLower(strings.TrimSpace(text))
	if want == "me" || want == "@me" || want == strings.ToLower(r.by().ID) {
		return r.by(), nil
	}
	// What platforms make of a mention: <@U123>, <@!123>, <@U123|dana>.
	account := strings.TrimLeft(strings.TrimSuffix(want, ">"), "<@!")
	account, _, _ = strings.Cut(account, "|")
	want = strings.TrimPrefix(want, "@")
	if want == "" {
		return bad("Name somebody, for example @%s.", first(among))
	}
	var fits []desk.Person
	for _, p := range among {
		name := strings.ToLower(p.Name)
		if strings.ToLower(p.ID) == want || name == want || slices.ContainsFunc(p.Accounts, func(a desk.Account) bool {
			return strings.EqualFold(string(a), account) || strings.HasSuffix(strings.ToLower(string(a)), "/"+account)
		}) {
			return p, nil
		}
		words := strings.Fields(strings.NewReplacer(".", " ", "_", " ").Replace(want))
		if len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !partOf(name, w) }) {
			fits = append(fits, p)
		}
	}
	switch len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		return bad("There is nobody called “%s” to choose. Choose one of: %s.", clip(text), names(among))
	}
	return bad("“%s” could be %s. Write the name in full.", clip(text), names(fits))
}

// partOf says whether a word begins one of the words of a name.
func partOf(name, word string) bool {
	return slices.ContainsFunc(strings.Fields(name), func(n string) bool { return strings.HasPrefix(n, word) })
}

// names lists people for a sentence, at most eight.
func names(ps []desk.Person) string {
	var out []string
	for _, p := range ps {
		if len(out) == 8 {
			out = append(out, "…")
			break
		}
		out = append(out, p.Name)
	}
	return strings.Join(out, ", ")
}

// first gives an id to show as an example.
func first(ps []desk.Person) string {
	if len(ps) == 0 {
		return "dana"
	}
	return ps[0].ID
}

// name gives a person's name for a sentence.
func (r *request) name(id string) string {
	if p, ok := r.dir().Person(id); ok {
		return p.Name
	}
	if id == r.by().ID {
		return r.by().Name
	}
	return "somebody"
}

// partner and provider name the two companies of the case.
func (r *request) partner() string {
	p, _ := r.dir().Party(r.c.Tenant)
	return p.Name
}

func (r *request) provider() string { return r.dir().Provider().Name }
