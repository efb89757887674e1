package bot

import (
	"fmt"
	"strings"
)

// Pages splits a form into dialogs of at most n questions, in order; 0 or a form that fits is one page.
func Pages(f Form, n int) []Form {
	if n <= 0 || len(f.Fields) <= n {
		return []Form{f}
	}
	var out []Form
	total := (len(f.Fields) + n - 1) / n
	for i := 0; i < len(f.Fields); i += n {
		p := f
		p.Fields = f.Fields[i:min(i+n, len(f.Fields))]
		p.Title = fmt.Sprintf("%s (%d of %d)", f.Title, len(out)+1, total)
		if len(out) > 0 {
			p.Intro = nil
		}
		if len(out) < total-1 {
			p.Submit = "Continue"
		}
		out = append(out, p)
	}
	return out
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
