package bot

import (
	"fmt"
	"strings"
)

// Plan says how a form is presented where dialogs take caps.DialogFields questions: choices that change what stands
// above the questions first, in a message that changes with them, then dialogs in order. A form that fits into one
// dialog, and has nothing to choose that changes it, is that dialog.
func Plan(f Form, caps Capabilities) []Form {
	first, rest := asked(f, caps)
	var parts [][]FormField
	if len(first) > 0 {
		parts = append(parts, first)
	}
	for n := caps.DialogFields; len(rest) > 0; {
		k := len(rest)
		if n > 0 {
			k = min(k, n)
		}
		parts = append(parts, rest[:k])
		rest = rest[k:]
	}
	if len(parts) <= 1 {
		f.InMessage = len(first) > 0
		return []Form{f}
	}
	out := make([]Form, len(parts))
	for i, fields := range parts {
		p := f
		p.Fields, p.InMessage = fields, i == 0 && len(first) > 0
		p.Title = fmt.Sprintf("%s (%d of %d)", f.Title, i+1, len(parts))
		if i > 0 {
			p.Intro = nil
		}
		if i < len(parts)-1 {
			p.Submit = "Continue"
		}
		out[i] = p
	}
	return out
}

// asked takes the questions out of a form that are asked in a message before the dialogs: those that change the form
// come first where there is no room for all.
func asked(f Form, caps Capabilities) (first, rest []FormField) {
	live, take := false, map[string]bool{}
	for _, wanted := range []bool{true, false} {
		for _, x := range f.Fields {
			if isChoice(x) && x.Live == wanted && len(take) < caps.MessageChoices {
				take[x.Key], live = true, live || x.Live
			}
		}
	}
	fits := caps.DialogFields <= 0 || len(f.Fields) <= caps.DialogFields
	if fits && caps.DialogChoices && (!live || caps.LiveForms) {
		return nil, f.Fields
	}
	for _, x := range f.Fields {
		if take[x.Key] {
			first = append(first, x)
		} else {
			rest = append(rest, x)
		}
	}
	return first, rest
}

// isChoice says that a question is answered by picking.
func isChoice(x FormField) bool {
	return (x.Kind == AskChoice || x.Kind == AskMulti) && len(x.Options) > 0
}

// spelled turns choices into lines to type, with the options in the hint, for dialogs that have none.
func spelled(f Form) Form {
	fields := make([]FormField, len(f.Fields))
	for i, x := range f.Fields {
		if x.Kind == AskChoice || x.Kind == AskMulti {
			one := "One of: "
			if x.Kind == AskMulti {
				one = "Any of, with commas between: "
			}
			x.Hint = strings.TrimSpace(x.Hint + " " + one + optionWords(x.Options) + ".")
			x.Kind, x.Options, x.Live = AskText, nil, false
		}
		fields[i] = x
	}
	f.Fields = fields
	return f
}

// optionWords names the options as they can be typed.
func optionWords(options []Option) string {
	var words []string
	for _, o := range options {
		word := o.Value
		if o.Label != "" && !strings.EqualFold(o.Label, o.Value) {
			word += " (" + o.Label + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// choose puts the value of an option where somebody typed its label or wrote its letters differently. What
// is no option stays as typed, so that the handler can say so.
func choose(values map[string]string, f Form) {
	for _, x := range f.Fields {
		typed, there := values[x.Key]
		if !there || len(x.Options) == 0 {
			continue
		}
		parts := []string{typed}
		if x.Kind == AskMulti {
			parts = strings.Split(typed, ",")
		}
		for i, part := range parts {
			parts[i] = strings.TrimSpace(part)
			for _, o := range x.Options {
				if strings.EqualFold(parts[i], o.Value) || strings.EqualFold(parts[i], o.Label) {
					parts[i] = o.Value
					break
				}
			}
		}
		values[x.Key] = strings.Join(parts, ",")
	}
}

// asLine asks a form's questions in a message, with the command line that answers them: for platforms
// without dialogs. What was answered already stands in the line.
func asLine(f Form) Message {
	m := Message{Title: []Span{B(f.Title)}, Blocks: append([]Block{}, f.Intro...)}
	line := "/case " + f.Name
	if f.Case != "" {
		line += " " + f.Case
	}
	var items [][]Span
	for _, x := range f.Fields {
		item := []Span{C(x.Key), T(": " + x.Label + ".")}
		if x.Required {
			item = append(item, T(" Needed."))
		}
		if len(x.Options) > 0 {
			item = append(item, T(" One of: "+optionWords(x.Options)+"."))
		}
		if x.Error != "" {
			item = append(item, B(" "+x.Error))
			m.Tone = ToneWarn
		}
		items = append(items, item)
		switch {
		case x.Kind == AskFiles:
		case x.Value != "":
			line += " " + x.Key + "=" + quoted(x.Value)
		case x.Required:
			line += " " + x.Key + `="…"`
		}
	}
	m.Blocks = append(m.Blocks, Block{Kind: List, Items: items}, P(T("Answer by typing this line with what is missing:")),
		Block{Kind: Pre, Spans: []Span{T(line)}})
	return m
}

// quoted writes a value so that ParseArgs reads it back.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
