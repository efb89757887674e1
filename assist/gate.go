package assist

import (
	"regexp"
	"slices"
	"strings"

	"casebot/desk"
)

// clearance is a text that may leave the house. The client sends nothing else, and only the functions of this
// file make one: this is the one place where it is decided what leaves and in which words.
type clearance struct {
	text string
	red  *redactor // Puts the names back into the answer; nil for embeddings.
}

// refusal says in plain words why a case is not given to the helper; nil when it may be.
//
// Everything of a security or privacy event stays (handbook §4): the case is restricted, or its category is, or
// it raised that trigger. A pasted message has no case yet, so the category chosen so far counts, and a message
// that reads like such an event is not sent either.
func refusal(ask desk.AssistAsk) error {
	stays := "so nothing of it is given to the writing helper. Write it yourself."
	if c := ask.Case; c != nil {
		if restricted(ask.Book, c) {
			return desk.Errf(desk.KindState, "%s is a security or privacy case, %s", c.ID, stays)
		}
		if readsSensitive(c) {
			return desk.Errf(desk.KindState, "%s reads like a security or privacy event, %s", c.ID, stays)
		}
	}
	for _, k := range ask.Kin {
		// Its words may have been copied over; that it is restricted is not said, for the asker may not know of it.
		if restricted(ask.Book, k) {
			return desk.Errf(desk.KindState, "This is linked with a case that is not given to the writing helper. Write it yourself.")
		}
	}
	if ask.Task != desk.AssistFields {
		if ask.Case == nil {
			return desk.Errf(desk.KindInvalid, "Name the case the helper should write about.")
		}
		return nil
	}
	text := plainLetters(ask.Text)
	if restrictedCategory(ask.Book, ask.Category) || sensitive.MatchString(text) || breached.MatchString(text) {
		return desk.Errf(desk.KindState, "This reads like a security or privacy event, so it is not given to the writing helper. Fill in the form yourself with /case new.")
	}
	return nil
}

// restricted says whether a case is about a security or privacy event, by whatever marks it.
func restricted(book *desk.Handbook, c *desk.Case) bool {
	return c.Restricted || restrictedCategory(book, c.Fields[desk.FieldCategory]) || slices.Contains(c.Due, desk.TriggerSecurity)
}

// readsSensitive says whether what a case is filed with reads like such an event under another category. Its talk is
// read when the text is made.
func readsSensitive(c *desk.Case) bool {
	text := c.Summary + "\n" + c.Workaround + "\n" + c.Resolution
	for _, v := range c.Fields {
		text += "\n" + v
	}
	return sensitive.MatchString(plainLetters(text))
}

func restrictedCategory(book *desk.Handbook, name string) bool {
	if book == nil || strings.TrimSpace(name) == "" {
		return false
	}
	c, ok := book.Category(strings.TrimSpace(name))
	return ok && (c.Restricted || c.Trigger == desk.TriggerSecurity)
}

// sensitive are words of security and privacy events. They err on the side of silence: a case about a "hacked
// together" script is typed by hand.
var sensitive = regexp.MustCompile(`(?i)\b(?:security (?:incident|event|breach|issue|problem|hole)|data (?:breach|leak|loss of personal)|privacy (?:incident|event|breach|complaint)|personal data|gdpr|ccpa|hipaa` +
	`|leaked|hack(?:ed|er|ers|ing)|ransomware|malware|phish(?:ing|ed)|vulnerabilit(?:y|ies)|exploit(?:ed)?|cve-[0-9]{4}-[0-9]+|sql injection|unauthori[sz]ed access|stolen|skimm(?:er|ing)|identity theft` +
	`|(?:see|sees|saw|shows?|showing) (?:the )?(?:\w+ )?(?:cards?|data|records|accounts?|orders|names|addresses) of (?:others|other|another|someone|somebody|strangers))\b`)

// breached counts in a pasted message only: of a case people say that its response is breached.
var breached = regexp.MustCompile(`(?i)\bbreach(?:ed|es)?\b`)

// clearCase makes the clearance of a text written from a case, or refuses.
func clearCase(ask desk.AssistAsk, write func(take func(string) string) string) (clearance, error) {
	if err := refusal(ask); err != nil {
		return clearance{}, err
	}
	r := newRedactor(ask.Task == desk.AssistFields)
	nameEverybody(r, ask)
	if ask.Book != nil {
		r.products = ask.Book.Products
	}
	// The whole is taken once more: two harmless pieces may stand side by side as one number.
	text := write(r.take)
	if ask.Task != desk.AssistFields && sensitive.MatchString(text) {
		return clearance{}, desk.Errf(desk.KindState, "What was said on %s reads like a security or privacy event, so nothing of it is given to the writing helper. Write it yourself.", ask.Case.ID)
	}
	return clearance{text: r.sweep(text), red: r}, nil
}

// nameEverybody has the people of both sides and the customer replaced by roles. All people of the two parties are
// taken, because a thread speaks of colleagues who never touched the case.
func nameEverybody(r *redactor, ask desk.AssistAsk) {
	tenant := ask.By.Party
	if ask.Case != nil {
		tenant = ask.Case.Tenant
		r.addName(ask.Case.Fields[desk.FieldCustomer], roleCustomer, false)
	}
	for _, e := range ask.Events {
		if e.Actor != desk.System {
			r.addName(e.Name, roleOf(e.Side), true)
		}
	}
	if ask.Dir == nil {
		return
	}
	for _, p := range ask.Dir.People {
		party, _ := ask.Dir.Party(p.Party)
		if p.Party == tenant || party.Kind == desk.Provider || p.ID == ask.By.ID {
			r.addName(p.Name, roleOf(party.Kind), true)
		}
	}
}

func roleOf(side desk.PartyKind) string {
	switch side {
	case desk.Partner:
		return roleAgent
	case desk.Provider:
		return roleEngineer
	}
	return rolePerson
}

// clearQuestion makes the clearance of a question for finding articles, or refuses one that reads like an event of
// security or privacy: who asks it is most likely working on one.
func (h *Helper) clearQuestion(q desk.Question) (clearance, error) {
	if q.Stays {
		return clearance{}, desk.Errf(desk.KindForbidden, "These words stay here.")
	}
	if plain := plainLetters(firstRunes(q.Words, 4*maxEmbedded)); sensitive.MatchString(plain) || breached.MatchString(plain) {
		return clearance{}, desk.Errf(desk.KindForbidden, "This reads like a security or privacy event, so it stays here.")
	}
	return h.clearWords(q.Words, q.Customer), nil
}

// clearWords makes the clearance of an article or of the words of a question, for embeddings. Both speak of people: a
// question of the customer and of colleagues, an article now and then of who wrote it.
func (h *Helper) clearWords(text, customer string) clearance {
	r := newRedactor(false)
	r.products = h.opt.Products
	r.addName(customer, roleCustomer, false)
	if h.opt.Dir != nil {
		for _, p := range h.opt.Dir.People {
			party, _ := h.opt.Dir.Party(p.Party)
			r.addName(p.Name, roleOf(party.Kind), true)
		}
	}
	return clearance{text: takeFirst(r.take, text, maxEmbedded)} // A model reads only the first few thousand words.
}
