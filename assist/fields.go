package assist

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"casebot/desk"
)

// askable are the fields that may be read out of a message. Severity is a judgement by the handbook's definitions,
// and files are not words, so a person gives both.
func askable(book *desk.Handbook) []desk.FieldSpec {
	var out []desk.FieldSpec
	for _, s := range book.Fields {
		if s.Kind == desk.KindFiles || s.Name == desk.FieldSeverity || s.Name == desk.FieldLive {
			continue
		}
		if s.Name == desk.FieldCategory {
			// A model does not open a private case, nor keep one from being opened: those are left to the person.
			s.Choices = slices.DeleteFunc(slices.Clone(s.Choices), func(c string) bool { return restrictedCategory(book, c) })
		}
		out = append(out, s)
	}
	return out
}

// fieldsSchema is the JSON Schema (2020-12) of the answer: every field is there and is a text, and there is no other.
func fieldsSchema(fields []desk.FieldSpec) json.RawMessage {
	props, names := map[string]any{}, []string{}
	for _, s := range fields {
		p := map[string]any{"type": "string"}
		if len(s.Choices) > 0 {
			p["enum"] = append([]string{""}, s.Choices...)
		}
		props[string(s.Name)] = p
		names = append(names, string(s.Name))
	}
	schema, _ := json.Marshal(map[string]any{"type": "object", "properties": props, "required": names, "additionalProperties": false})
	return schema
}

var articleSchema = json.RawMessage(`{"type":"object","properties":{"title":{"type":"string"},"text":{"type":"string"}},"required":["title","text"],"additionalProperties":false}`)

// readFields reads an answer strictly: a JSON object, of which only known fields with texts count, and of those only
// what stands in the message. A choice need not stand there in the same words, but at least one of its telling
// words must. What is dropped is dropped silently: the form asks for it.
func readFields(text string, fields []desk.FieldSpec, c clearance) (map[desk.Field]string, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object(text)), &raw); err != nil {
		return nil, fmt.Errorf("%w: no JSON object", errAnswer)
	}
	sent := flat(c.text)
	out := map[desk.Field]string{}
	for _, s := range fields {
		var v string
		if json.Unmarshal(raw[string(s.Name)], &v) != nil {
			continue
		}
		v = strings.TrimSpace(plainLetters(v))
		if v == "" || len([]rune(v)) > 4000 {
			continue
		}
		if len(s.Choices) > 0 {
			if i := slices.IndexFunc(s.Choices, func(x string) bool { return strings.EqualFold(x, v) }); i >= 0 && meant(s.Choices[i], sent) {
				out[s.Name] = s.Choices[i]
			}
			continue
		}
		if !stands(v, sent) {
			continue
		}
		if s.Kind == desk.KindText {
			v = oneLine(v, 300)
		}
		out[s.Name] = c.red.put(v, true)
	}
	return out, nil
}

// stands says whether a value is in the message: as a whole, or line by line when a long answer took several places
// together. White space, quotes and the case of letters do not count.
func stands(v, sent string) bool {
	if within(flat(v), sent) {
		return true
	}
	some := false
	for _, p := range splitParts.Split(listMark.ReplaceAllString(v, ""), -1) {
		if p = flat(p); p == "" {
			continue
		}
		if !within(p, sent) {
			return false
		}
		some = true
	}
	return some
}

var (
	splitParts = regexp.MustCompile(`\n|(?:[.;!?])\s+`)
	listMark   = regexp.MustCompile(`(?m)^[ \t]*(?:[-*•]|\(?[0-9]{1,2}[.)])\s+`)
)

// within finds whole words: "art" does not stand in "cart".
func within(v, sent string) bool {
	return v != "" && strings.Contains(" "+sent+" ", " "+v+" ")
}

// flat writes a text as its words in small letters with single blanks.
func flat(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ")
}

// meant says whether a word of a choice, of four letters or more, or the whole choice, stands in the message.
func meant(choice, sent string) bool {
	f := flat(choice)
	if within(f, sent) {
		return true
	}
	for _, w := range strings.Fields(f) {
		if len([]rune(w)) >= 4 && within(w, sent) {
			return true
		}
	}
	return false
}
