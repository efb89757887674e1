package discord

import (
	"fmt"
	"strings"

	"casebot/bot"
)

// The vendor's limits of a modal and of choices (docs.discord.com/developers/components/reference).
const (
	maxModalTitle = 45
	maxModalParts = 5
	maxLabel      = 45
	maxHint       = 100
	maxExample    = 100
	maxTyped      = 4000
	maxIntro      = 4000
	maxOptions    = 25
	maxOption     = 100
	maxSelectHint = 150
)

// dialog makes a modal of a form: a pure function. keep is what must be remembered before it is opened. A
// form has five questions at most; of more than that the answers are carried along unseen, so that nothing
// typed is lost.
func dialog(f bot.Form, meta formMeta, r reader) (m modal, keep map[string][]byte) {
	meta = carrying(f, meta)
	d := &drawing{reader: r}
	var parts []component
	for i, q := range f.Fields {
		if i >= maxModalParts {
			meta.Hidden = with(meta.Hidden, q.Key, q.Value)
			continue
		}
		parts = append(parts, asked(q, &meta))
	}
	m.Title, _ = clip(clean(oneLine(f.Title)), maxModalTitle)
	if blank(m.Title) {
		m.Title = "Case desk"
	}
	// What stands above the questions takes the place of one. Where all are taken, as much of it as fits stands beside
	// the first question that has nothing beside it.
	if len(parts) == maxModalParts {
		introduced(parts, f.Intro, r)
	} else {
		intro := d.intro(f, maxIntro)
		if intro == "" && len(parts) == 0 {
			intro = "…" // Discord takes no empty modal.
		}
		if intro != "" {
			parts = append([]component{{Type: textType, Content: intro}}, parts...)
		}
	}
	keep = map[string][]byte{}
	m.CustomID, m.Components = metaID(formID, meta, "", 0, keep), parts
	return m, keep
}

// introduced puts the first sentences of an introduction to a question.
func introduced(parts []component, intro []bot.Block, r reader) {
	d, words := &drawing{reader: r}, ""
	for _, b := range intro {
		next := strings.TrimSpace(words + " " + oneLine(bot.PlainText(bot.Message{Blocks: []bot.Block{b}}, d.zoneOr())))
		if units(clean(next)) > maxHint {
			break
		}
		words = clean(next)
	}
	for i := range parts {
		if parts[i].Description == "" && !blank(words) {
			parts[i].Description = words
			return
		}
	}
}

// carrying is what travels with a form unseen.
func carrying(f bot.Form, meta formMeta) formMeta {
	meta.Form, meta.Case, meta.Draft, meta.Rest, meta.Named, meta.Hidden = f.Name, f.Case, f.Draft, nil, nil, nil
	for k, v := range f.Hidden {
		meta.Hidden = with(meta.Hidden, k, v)
	}
	return meta
}

func with(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = strings.ToValidUTF8(value, "�")
	return m
}

// intro draws what stands above the questions: the form's own words, and the sentences of refused answers
// that are longer than their places beside the questions.
func (d *drawing) intro(f bot.Form, room int) string {
	var parts []part
	used := 0
	for _, b := range f.Intro {
		p := d.block(unpaired(b), max(0, room-used-20))
		if used += units(p.text) + 2; p.text != "" {
			parts = append(parts, p)
		}
		if used >= room-100 {
			parts = append(parts, part{text: "…"})
			break
		}
	}
	for _, q := range f.Fields {
		if fault := "⚠ " + oneLine(q.Error); q.Error != "" && units(fault) > maxHint && used < room-100 {
			p := d.block(bot.P(bot.B("⚠ "+oneLine(q.Label)+": "), bot.T(q.Error)), room-used-20)
			used += units(p.text) + 2
			parts = append(parts, p)
		}
	}
	return joined(parts)
}

// asked makes one question: a label, what stands beside it, and the input.
func asked(q bot.FormField, meta *formMeta) component {
	label, cut := clip(clean(oneLine(q.Label)), maxLabel)
	if blank(label) {
		label = "–"
	}
	hint := oneLine(q.Hint)
	if cut {
		hint = oneLine(q.Label + ". " + hint)
	}
	required := q.Required && q.Kind != bot.AskFiles
	in := component{CustomID: q.Key, Required: &required}
	switch options := choosable(q); {
	case q.Kind == bot.AskFiles:
		// What was given earlier counts too; the desk knows, Discord does not.
		zero := 0
		in.Type, in.MinValues, in.MaxValues = uploadType, &zero, maxFiles
	case isChoice(q) && len(options) > 0 && len(options) <= maxOptions:
		in = choiceOf(q, options)
		in.CustomID, in.Required, in.Placeholder = q.Key, &required, "Choose"
	default:
		if isChoice(q) && len(options) > 0 {
			// More than a menu holds: they are typed, by name, and known again when they come back.
			hint = "Write " + one(q) + ": " + optionNames(options) + ". " + hint
			meta.Named = named(meta.Named, q.Key, options)
		}
		in.Type, in.Style = inputType, styleShort
		in.Placeholder, _ = clip(clean(oneLine(q.Example)), maxExample)
		var rest string
		in.Value, rest = firstPart(clean(q.Value))
		if rest != "" {
			meta.Rest = with(meta.Rest, q.Key, rest)
			hint = fmt.Sprintf("The first %s characters. The other %s are kept as they are.", thousands(units(in.Value)), thousands(units(rest)))
		}
		if q.Kind == bot.AskLong || strings.Contains(in.Value, "\n") {
			in.Style = styleLong
		}
	}
	if in.Type == inputType && q.Error == "" && in.Placeholder == "" && in.Value == "" {
		hint, in.Placeholder = inTwo(clean(hint))
	}
	if q.Error != "" {
		hint = "⚠ " + oneLine(q.Error) // The sentence of a refused answer takes the hint's place.
	}
	hint, _ = clip(clean(hint), maxHint)
	if blank(hint) {
		hint = ""
	}
	return component{Type: labelType, Label: label, Description: hint, Component: &in}
}

// inTwo parts a hint that is longer than its place: the rest stands in the empty input, where it is read next.
func inTwo(hint string) (first, rest string) {
	first, cut := clip(hint, maxHint)
	if !cut {
		return hint, ""
	}
	rest, _ = clip("…"+strings.TrimSpace(hint[len(strings.TrimSuffix(first, "…")):]), maxExample)
	return first, rest
}

func isChoice(q bot.FormField) bool { return q.Kind == bot.AskChoice || q.Kind == bot.AskMulti }

func one(q bot.FormField) string {
	if q.Kind == bot.AskMulti {
		return "any of, with commas between"
	}
	return "one of"
}

// optionNames names the first options of many.
func optionNames(options []selectOption) string {
	var names []string
	for _, o := range options[:min(len(options), 3)] {
		names = append(names, o.Label)
	}
	return strings.Join(names, ", ") + ", …"
}

// named notes which names stand for which values.
func named(all map[string]map[string]string, key string, options []selectOption) map[string]map[string]string {
	if all == nil {
		all = map[string]map[string]string{}
	}
	names := map[string]string{}
	for _, o := range options {
		names[strings.ToLower(o.Label)] = o.Value
	}
	all[key] = names
	return all
}

// firstPart cuts an answer that is longer than an input holds. The rest begins with the line break at which
// it is cut, where one is near, because Discord may take blanks off the end of what is typed.
func firstPart(s string) (first, rest string) {
	if units(s) <= maxTyped {
		return s, ""
	}
	at := cutAt(s, maxTyped)
	if i := strings.LastIndexByte(s[:at], '\n'); i > at-500 && i > 0 {
		at = i
	}
	return s[:at], s[at:]
}

// thousands writes a number as people read it: "16,000".
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// choosable are a question's options as Discord takes them. It gives back no value that is empty, too long
// or there twice, so those can't be chosen.
func choosable(q bot.FormField) []selectOption {
	var out []selectOption
	seen := map[string]bool{}
	for _, o := range q.Options {
		if o.Value == "" || units(o.Value) > maxOption || blank(o.Value) || seen[o.Value] {
			continue
		}
		seen[o.Value] = true
		label, _ := clip(clean(oneLine(o.Label)), maxOption)
		if blank(label) {
			label = o.Value
		}
		note, _ := clip(clean(oneLine(o.Note)), maxOption)
		if blank(note) {
			note = ""
		}
		out = append(out, selectOption{Label: label, Value: o.Value, Description: note, Default: chosen(q, o.Value)})
	}
	return out
}

// chosen says whether a question's answer is, or has among several, a value.
func chosen(q bot.FormField, value string) bool {
	if q.Kind != bot.AskMulti {
		return q.Value == value
	}
	for _, v := range strings.Split(q.Value, ",") {
		if strings.TrimSpace(v) == value {
			return true
		}
	}
	return false
}

// choiceOf makes a menu of options that fit into one.
func choiceOf(q bot.FormField, options []selectOption) component {
	least, most := boolInt(q.Required), 1
	if q.Kind == bot.AskMulti {
		most = len(options)
	}
	hint, _ := clip(clean(oneLine(q.Label)), maxSelectHint)
	return component{Type: selectType, Options: options, MinValues: &least, MaxValues: most, Placeholder: hint}
}
