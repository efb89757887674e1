package assist

import (
	"regexp"
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
		restricted := c.Restricted || restrictedCategory(ask.Book, c.Fields[desk.FieldCategory])
		for _, t := range c.Due {
			restricted = restricted || t == desk.TriggerSecurity
		}
		if restricted {
			return desk.Errf(desk.KindState, "%s is a security or privacy case, %s", c.ID, stays)
		}
	}
	if ask.Task != desk.AssistFields {
		if ask.Case == nil {
			return desk.Errf(desk.KindInvalid, "Name the case the helper should write about.")
		}
		return nil
	}
	if restrictedCategory(ask.Book, ask.Category) || sensitive.MatchString(plainLetters(ask.Text)) {
		return desk.Errf(desk.KindState, "This reads like a security or privacy event, so it is not given to the writing helper. Fill in the form yourself with /case new.")
	}
	return nil
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
	`|breach(?:ed)?|leaked|hack(?:ed|er|ers|ing)|ransomware|malware|phish(?:ing|ed)|vulnerabilit(?:y|ies)|exploit(?:ed)?|cve-[0-9]{4}-[0-9]+|sql injection|unauthori[sz]ed access|stolen|skimm(?:er|ing)|identity theft` +
	`|(?:see|sees|saw|shows?|showing) (?:the )?(?:\w+ )?(?:cards?|data|records|accounts?|orders|names|addresses) of (?:others|other|another|someone|somebody|strangers))\b`)

// clearCase makes the clearance of a text written from a case, or refuses.
func clearCase(ask desk.AssistAsk, write func(take func(string) string) string) (clearance, error) {
	if err := refusal(ask); err != nil {
		return clearance{}, err
	}
	r := newRedactor(ask.Task == desk.AssistFields)
	nameEverybody(r, ask)
	// The whole is taken once more: two harmless pieces may stand side by side as one number.
	text := write(r.take)
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

// clearWords makes the clearance of an article or of the words of a question, for embeddings.
func clearWords(text string) clearance {
	return clearance{text: newRedactor(false).take(text)}
}
