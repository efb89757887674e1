package desk

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// clockSkew is how far a person's watch may be ahead of ours before a time counts as still to come.
const clockSkew = 2 * time.Minute

// CheckFields is the completeness gate (handbook §4; SLA.md §2, "Returned escalation"). It gives one
// finding for each field of the handbook that is missing at a stage and severity, is only a
// placeholder, or can't be right; none means that the gate is passed. values are the answers as typed,
// evidence counts the attachments at hand, loc is the zone in which times are meant that name none.
// It changes and cuts nothing. Each finding has one sentence of what is wrong and one of what to do.
func CheckFields(book *Handbook, stage Stage, sev Severity, values map[Field]string, evidence int, now time.Time, loc *time.Location) []FieldError {
	var out []FieldError
	for _, f := range book.Fields {
		if say := f.check(stage, sev, values, evidence, now, loc); say != "" {
			out = append(out, FieldError{string(f.Name), say})
		}
	}
	if say := checkOrder(values, now, loc); say != "" && !slices.ContainsFunc(out, func(e FieldError) bool { return e.Field == string(FieldReportedAt) }) {
		out = append(out, FieldError{string(FieldReportedAt), say})
	}
	return out
}

// check gives what is wrong with one field, or nothing.
func (f FieldSpec) check(stage Stage, sev Severity, values map[Field]string, evidence int, now time.Time, loc *time.Location) string {
	v, needed := visible(values[f.Name]), f.RequiredAt(stage, sev)
	switch {
	case f.Name == FieldSeverity:
		if needed && !sev.Valid() {
			return f.ask()
		}
		return ""
	case f.Kind == KindFiles:
		return f.checkEvidence(v, values, needed, evidence)
	case v == "":
		if needed {
			return f.ask()
		}
		return ""
	case f.Kind == KindTime:
		return f.checkTime(v, now, loc)
	case f.Kind == KindChoice && len(f.Choices) > 0:
		return f.checkChoice(v)
	}
	// An optional field may say "n/a": that is its honest answer. Where the field is needed it is none.
	if needed || f.Name == FieldSummary || f.Name == FieldCustomer {
		if say := fillerSays(v, f.prose()); say != "" {
			return say + " " + f.instead()
		}
		if n := countWords(v); f.MinWords > 1 && n < f.MinWords {
			return fmt.Sprintf("%s is too short to work with: at least %d words are needed. %s", quoted(v), f.MinWords, f.instead())
		}
	}
	return ""
}

// prose says whether a field is answered in words, so that a bare number or a vague word is no answer.
// A field of the handbook's own, such as a till number, may well be answered with "123" or "all".
func (f FieldSpec) prose() bool {
	return f.Kind == KindLong || f.Name == FieldSummary || f.Name == FieldCustomer
}

// RequiredAt says whether a field must be there at a stage. What is needed to file is needed to
// escalate. A severity not chosen yet asks for what every severity asks for.
func (f FieldSpec) RequiredAt(stage Stage, sev Severity) bool {
	need := func(s Stage) bool {
		list, _ := requiredFor(f.Required[s])
		return slices.Contains(list, sev) || !sev.Valid() && len(list) == len(Severities)
	}
	return need(stage) || stage == StageEscalate && need(StageFile)
}

// ask is what is said when the answer is missing.
func (f FieldSpec) ask() string {
	if f.Ask != "" {
		return f.Ask
	}
	return fmt.Sprintf("%s is missing. %s", f.Label, f.instead())
}

// instead is what to write, by the field's own example.
func (f FieldSpec) instead() string {
	switch {
	case f.Example != "":
		return "Write for example: " + f.Example
	case f.Hint != "":
		return f.Hint
	}
	return "Write what you know in your own words."
}

func (f FieldSpec) checkChoice(v string) string {
	match := func(c string) bool { return strings.EqualFold(c, v) }
	if slices.ContainsFunc(f.Choices, match) || f.Name == FieldLive && yes(v) {
		return ""
	}
	return fmt.Sprintf("%s is not on the list. Choose one of: %s.", quoted(v), strings.Join(f.Choices, ", "))
}

// checkEvidence wants a file or a link. A link may stand in the steps too: people paste it there.
func (f FieldSpec) checkEvidence(v string, values map[Field]string, needed bool, files int) string {
	if !needed || files > 0 || hasLink(v) || hasLink(values[FieldSteps]) {
		return ""
	}
	if v != "" {
		return quoted(v) + " is neither a file nor a link. Attach a log or a screenshot, or paste a link that begins with https://."
	}
	return f.ask()
}

// hasLink says whether a text holds an address that could lead somewhere.
func hasLink(text string) bool {
	for _, w := range strings.Fields(text) {
		for _, scheme := range []string{"https://", "http://"} {
			_, rest, ok := strings.Cut(strings.ToLower(w), scheme)
			if u, err := url.Parse(scheme + strings.Trim(rest, `<>()[]"',.|`)); ok && err == nil && len(u.Hostname()) > 3 && strings.Contains(u.Hostname(), ".") {
				return true
			}
		}
	}
	return false
}

// checkTime refuses a time that can't be read, lies ahead, or is older than any case can be.
func (f FieldSpec) checkTime(v string, now time.Time, loc *time.Location) string {
	t, err := ParseWhen(v, now, loc)
	switch {
	case err != nil && fillerSays(v, true) != "":
		return quoted(v) + " is not a time. When nobody knows exactly, give the earliest time you are sure of, such as yesterday 16:00."
	case err != nil:
		return sayOf(err)
	case t.After(now.Add(clockSkew)):
		return fmt.Sprintf("%s is still to come: it is %s now. Write the time at which it happened.", quoted(v), now.In(loc).Format("15:04 MST on Mon 2 Jan 2006"))
	case t.Year() < 2000:
		return fmt.Sprintf("%s is in the year %d, which is too long ago. Check the year.", quoted(v), t.In(loc).Year())
	}
	return ""
}

// checkOrder refuses a report that is earlier than the first time the problem was seen: nobody can
// report what has not happened. A minute is allowed, because people round.
func checkOrder(values map[Field]string, now time.Time, loc *time.Location) string {
	if blank(values[FieldReportedAt]) || blank(values[FieldFirstSeen]) {
		return ""
	}
	seen, err1 := ParseWhen(values[FieldFirstSeen], now, loc)
	told, err2 := ParseWhen(values[FieldReportedAt], now, loc)
	if err1 != nil || err2 != nil || !told.Before(seen.Add(-time.Minute)) {
		return ""
	}
	at := func(t time.Time) string { return t.In(loc).Format("15:04 MST on Mon 2 Jan") }
	return fmt.Sprintf("The customer reported it at %s, but it was first seen at %s. Mend the one that is wrong; it cannot be reported before it is seen.", at(told), at(seen))
}

// visible is an answer without the space around it, and empty when it holds nothing a person can see:
// some input methods leave zero-width characters behind.
func visible(s string) string {
	if strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && r != '\u115f' && r != '\u3164' && r != '\u2800'
	}) < 0 {
		return ""
	}
	return strings.TrimSpace(s)
}

// countWords counts words. Scripts that put no space between words count two characters for one.
func countWords(s string) int {
	n, dense, counted := 0, 0, false // Whether the word that is being read has been counted.
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			counted = false
		case isDense(r):
			dense++
		case !counted && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			n, counted = n+1, true
		}
	}
	return n + (dense+1)/2
}

// isDense says whether a character is of a script that puts no space between words. They all come after the Thai block
// begins, which spares other scripts the look into the tables.
func isDense(r rune) bool {
	return r >= 0x0e00 && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer))
}
