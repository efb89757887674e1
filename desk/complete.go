package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// CheckFields is the completeness gate (handbook §4): for a stage and a severity it gives one finding a
// field that is missing, is a placeholder, or can't be right. files counts the evidence at hand. It
// changes and cuts nothing. Each finding says what is wrong and what to write instead.
func CheckFields(book *Handbook, stage Stage, sev Severity, values map[Field]string, files int, now time.Time, loc *time.Location) []FieldError {
	var out []FieldError
	add := func(f FieldSpec, say string) { out = append(out, FieldError{string(f.Name), say}) }
	for _, f := range book.Fields {
		v := strings.TrimSpace(values[f.Name])
		needed := f.requiredAt(stage, sev)
		switch {
		case f.Name == FieldSeverity:
			if !sev.Valid() && needed {
				add(f, f.ask())
			}
		case f.Kind == KindFiles:
			if needed && files == 0 && !hasLink(values) {
				add(f, f.ask())
			}
		case v == "":
			if needed {
				add(f, f.ask())
			}
		case f.Kind == KindTime:
			if say := checkTime(f, v, now, loc); say != "" {
				add(f, say)
			}
		case f.Kind == KindChoice && len(f.Choices) > 0:
			if !slices.ContainsFunc(f.Choices, func(c string) bool { return strings.EqualFold(c, v) }) {
				add(f, fmt.Sprintf("%s is not on the list. Choose one of: %s.", quoted(v), strings.Join(f.Choices, ", ")))
			}
		case Placeholder(v):
			if needed || f.Name == FieldSummary || f.Name == FieldCustomer {
				add(f, fmt.Sprintf("%s does not tell an engineer anything. %s", quoted(v), f.instead()))
			}
		case needed && f.MinWords > 1 && len(strings.Fields(v)) < f.MinWords:
			add(f, fmt.Sprintf("%s is too short to work with. %s", quoted(v), f.instead()))
		}
	}
	return slices.Concat(out, checkOrder(values, now, loc, out))
}

// checkOrder refuses a report that is earlier than the first time the problem was seen.
func checkOrder(values map[Field]string, now time.Time, loc *time.Location, have []FieldError) []FieldError {
	seen, err1 := ParseWhen(values[FieldFirstSeen], now, loc)
	told, err2 := ParseWhen(values[FieldReportedAt], now, loc)
	if err1 != nil || err2 != nil || len(have) > 0 || !told.Before(seen.Add(-time.Minute)) {
		return nil
	}
	return []FieldError{{string(FieldReportedAt), "The customer cannot have reported it before it was first seen. Check both times."}}
}

// requiredAt says whether a field must be there at a stage. What is needed to file is needed to escalate.
func (f FieldSpec) requiredAt(stage Stage, sev Severity) bool {
	need := func(s Stage) bool {
		list, _ := requiredFor(f.Required[s])
		// A severity not yet chosen asks for what every severity asks for.
		return slices.Contains(list, sev) || !sev.Valid() && len(list) == len(Severities)
	}
	return need(stage) || stage == StageEscalate && need(StageFile)
}

// RequiredAt says whether a form must mark the field at a stage.
func (f FieldSpec) RequiredAt(stage Stage, sev Severity) bool { return f.requiredAt(stage, sev) }

func (f FieldSpec) ask() string {
	if f.Ask != "" {
		return f.Ask
	}
	return fmt.Sprintf("%s is needed. %s", f.Label, f.instead())
}

func (f FieldSpec) instead() string {
	if f.Example != "" {
		return "Write, for example: " + f.Example
	}
	if f.Hint != "" {
		return f.Hint
	}
	return "Write what you know in your own words."
}

// hasLink says whether a link in the words stands for evidence that is kept elsewhere.
func hasLink(values map[Field]string) bool {
	for _, f := range []Field{FieldEvidence, FieldSteps} {
		if strings.Contains(values[f], "https://") || strings.Contains(values[f], "http://") {
			return true
		}
	}
	return false
}

// checkTime refuses a time that can't be read, lies ahead, or is older than any case can be.
func checkTime(f FieldSpec, v string, now time.Time, loc *time.Location) string {
	t, err := ParseWhen(v, now, loc)
	switch {
	case err != nil:
		return sayOf(err)
	case t.After(now.Add(clockSkew)):
		return fmt.Sprintf("%s is still ahead: it is %s now. Give the time it happened.", quoted(v), now.In(loc).Format("15:04 MST on Mon 2 Jan"))
	case t.Year() < 2000:
		return fmt.Sprintf("%s is too long ago. Check the year.", quoted(v))
	}
	return ""
}

// clockSkew is how far a person's watch may be ahead of ours.
const clockSkew = 2 * time.Minute

// placeholders are answers that fill a box and say nothing, lower case, without punctuation at the ends.
var placeholders = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Split(`n/a|na|n.a|n.a.|n/d|nil|null|none|nothing|no|nope|not applicable|not available|not known|not sure|
unknown|unk|idk|i don't know|i dont know|dont know|don't know|dunno|no idea|?|??|???|tbd|tba|tbc|to be defined|to be determined|
later|will add later|will follow|to follow|coming soon|pending|todo|see above|see below|as above|as before|see title|see summary|
see subject|see description|see attached|see attachment|see ticket|see email|see mail|see notes|same|same as above|same as before|
ditto|idem|s.o|siehe oben|keine|kein|unbekannt|k.a|keine angabe|nada|ninguno|no aplica|desconocido|aucun|rien|inconnu|sans objet|
nvt|n.v.t|onbekend|geen|nessuno|sconosciuto|test|testing|test test|tests|test123|testcase|asdf|asdfasdf|asd|asdasd|qwerty|qwertz|
qwer|azerty|foo|bar|foobar|foo bar|baz|lorem ipsum|blah|blah blah|blabla|bla|hello|hi|help|please help|urgent|asap|issue|problem|
bug|error|broken|not working|doesn't work|does not work|it doesn't work|it does not work|it's broken|it is broken|fix it|please fix|
customer|the customer|client|user|someone|somebody|anyone|everything|all|any|various|misc|other|stuff|thing|things|abc|abcd|abc123|
123|1234|12345|0|00|000|x|xx|xxx|xxxx|-|--|---|.|..|...|…|_|/|//|*|ok|okay|yes|yep|sure|done|default|empty|blank|placeholder|
text|string|value|sample|example|dummy|temp|tmp|n\a|無し|なし|不明|无|暂无|没有`, "|") {
		m[strings.TrimSpace(w)] = true
	}
	return m
}()

// Placeholder says whether an answer only fills the box: a stock phrase, a run of one character or of
// neighbouring keys, or punctuation alone. A genuine short answer ("v2.1", "iOS", "No workaround") is none.
func Placeholder(answer string) bool {
	t := strings.ToLower(strings.Join(strings.Fields(answer), " "))
	if placeholders[t] {
		return true
	}
	t = strings.Trim(t, " .,;:!?-_*/()[]\"'`“”‘’…")
	if t == "" || placeholders[t] {
		return true
	}
	return oneRune(t) || keyboardRun(t) || repeated(t)
}

// oneRune says whether a word of three characters or more is one character over and over.
func oneRune(t string) bool {
	r := []rune(strings.ReplaceAll(t, " ", ""))
	if len(r) < 3 || unicode.IsDigit(r[0]) && len(r) < 4 {
		return false
	}
	for _, c := range r {
		if c != r[0] {
			return false
		}
	}
	return true
}

// keyboardRun says whether a single word of four letters or more runs along one row of keys.
func keyboardRun(t string) bool {
	if len(t) < 4 || strings.ContainsAny(t, " 0123456789") {
		return false
	}
	for _, row := range []string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "poiuytrewq", "lkjhgfdsa", "mnbvcxz"} {
		if strings.Contains(row, t) {
			return true
		}
	}
	return false
}

// repeated says whether a word is a short piece typed again and again ("asdasdasd", "blablabla").
func repeated(t string) bool {
	for size := 2; size <= 4; size++ {
		if len(t) >= 3*size && len(t)%size == 0 && strings.Repeat(t[:size], len(t)/size) == t {
			return true
		}
	}
	return len(t) >= 8 && len(t)%2 == 0 && t[:len(t)/2] == t[len(t)/2:] && (placeholders[t[:len(t)/2]] || keyboardRun(t[:len(t)/2]))
}
