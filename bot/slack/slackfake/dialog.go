package slackfake

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// dialogOf is the view that lies on top in front of a person, whichever team's app opened it.
func (w *workspace) dialogOf(by desk.Person) *view {
	for _, a := range by.Accounts {
		f := strings.Split(string(a), "/")
		if len(f) != 3 {
			continue
		}
		for team := range w.s.teams {
			if v := w.s.top(team, f[2]); v != nil {
				return v
			}
		}
	}
	return nil
}

// Dialog is the open modal as a form. A field's key is its block_id up to the first "~".
func (w *workspace) Dialog(by desk.Person) *bot.Form {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	v := w.dialogOf(by)
	if v == nil {
		return nil
	}
	f := &bot.Form{Name: str(v.spec, "callback_id"), Title: clean(str(v.spec, "title", "text")), Submit: clean(str(v.spec, "submit", "text"))}
	var rest []map[string]any
	beside := map[string]string{} // Warnings that stand right under an input belong to it.
	last := ""
	for _, b := range objects(v.spec, "blocks") {
		text := ""
		if len(objects(b, "elements")) > 0 {
			text = str(objects(b, "elements")[0], "text")
		}
		fault, warned := strings.CutPrefix(text, "⚠ ")
		switch {
		case str(b, "type") == "input":
			last = str(b, "block_id")
		case str(b, "type") == "context" && warned && last != "":
			beside[last] = clean(fault)
		default:
			rest = append(rest, b)
		}
	}
	m := w.drawn(rest)
	if len(m.Title) > 0 {
		f.Intro = append(f.Intro, bot.P(m.Title...))
	}
	f.Intro = append(f.Intro, m.Blocks...)
	if len(m.Footer) > 0 {
		f.Intro = append(f.Intro, bot.P(m.Footer...))
	}
	for _, in := range inputs(v.spec) {
		if in.label == "" {
			continue
		}
		x := w.s.field(v, in)
		if x.Error == "" {
			x.Error = beside[in.block]
		}
		if n := len(f.Fields); continues(in.block) && n > 0 {
			f.Fields[n-1].Value += x.Value
			continue
		}
		f.Fields = append(f.Fields, x)
	}
	return f
}

// keyOf is the field's key; further pieces of a long answer are "key+1", "key+2".
func keyOf(block string) string {
	key, _, _ := strings.Cut(block, "~")
	if pieceForm.MatchString(key) {
		key = key[:strings.LastIndex(key, "+")]
	}
	return key
}

var pieceForm = regexp.MustCompile(`.\+[0-9]+$`)

// continues says whether an input holds a further piece of a long answer.
func continues(block string) bool {
	key, _, _ := strings.Cut(block, "~")
	return pieceForm.MatchString(key)
}

// fillAll puts a value into a field: what was in its further pieces goes, for a person who writes an answer
// anew leaves none of the old.
func (s *Server) fillAll(v *view, in input, value string) (changed bool, err error) {
	for _, x := range inputs(v.spec) {
		if x.block != in.block && keyOf(x.block) == keyOf(in.block) && continues(x.block) {
			if more, err := s.fillIn(v, x, ""); err != nil || more {
				changed = true
			}
		}
	}
	first, err := s.fillIn(v, in, value)
	return changed || first, err
}

// field is one input as a question, with what stands in it now.
func (s *Server) field(v *view, in input) bot.FormField {
	x := bot.FormField{Key: keyOf(in.block), Label: clean(in.label), Hint: clean(in.hint), Example: clean(str(in.element, "placeholder", "text")), Required: !in.optional,
		Live: in.live, Error: v.faults[in.block], Kind: bot.AskText, Value: s.held(v, in)}
	switch str(in.element, "type") {
	case "plain_text_input":
		if yes(in.element, "multiline") {
			x.Kind = bot.AskLong
		}
	case "static_select", "radio_buttons":
		x.Kind = bot.AskChoice
	case "multi_static_select", "checkboxes":
		x.Kind = bot.AskMulti
	case "file_input":
		x.Kind = bot.AskFiles
	case "datetimepicker":
		x.Kind = bot.AskTime
	}
	for _, o := range options(in.element) {
		x.Options = append(x.Options, bot.Option{Value: str(o, "value"), Label: clean(str(o, "text", "text")), Note: clean(str(o, "description", "text"))})
	}
	return x
}

// timeForm is how a picked time is shown, in the person's own zone.
const timeForm = "2006-01-02 15:04"

// held is what an input holds, as text.
func (s *Server) held(v *view, in input) string {
	st := v.state[in.block][in.action]
	switch str(in.element, "type") {
	case "static_select", "radio_buttons":
		return str(st, "selected_option", "value")
	case "multi_static_select", "checkboxes":
		var out []string
		for _, o := range objects(st, "selected_options") {
			out = append(out, str(o, "value"))
		}
		return strings.Join(out, ",")
	case "datetimepicker":
		if n, ok := st["selected_date_time"].(float64); ok && n > 0 {
			return time.Unix(int64(n), 0).In(s.zoneOf(v.user)).Format(timeForm)
		}
		return ""
	case "datepicker":
		return str(st, "selected_date")
	case "timepicker":
		return str(st, "selected_time")
	case "file_input":
		var out []string
		for _, id := range v.files[in.block+"/"+in.action] {
			out = append(out, s.files[id].name)
		}
		return strings.Join(out, ", ")
	}
	return str(st, "value")
}

func (s *Server) zoneOf(user string) *time.Location {
	if u := s.users[user]; u != nil {
		if loc, err := time.LoadLocation(u.zone); err == nil {
			return loc
		}
	}
	return time.UTC
}

// fillIn puts a value into an input, as a person can: a choice only among its options, a time only as a
// time. An empty value clears. changed says whether anything is other than before.
func (s *Server) fillIn(v *view, in input, value string) (changed bool, err error) {
	before := s.held(v, in)
	st := map[string]any{"type": in.element["type"]}
	kind := str(in.element, "type")
	switch kind {
	case "static_select", "radio_buttons":
		st["selected_option"] = nil
		if value != "" {
			o, ok := optionOf(in.element, value)
			if !ok {
				return false, fmt.Errorf("the field %q has no option %q", keyOf(in.block), value)
			}
			st["selected_option"] = o
		}
	case "multi_static_select", "checkboxes":
		chosen := []any{}
		for _, x := range strings.Split(value, ",") {
			if x = strings.TrimSpace(x); x == "" {
				continue
			}
			o, ok := optionOf(in.element, x)
			if !ok {
				return false, fmt.Errorf("the field %q has no option %q", keyOf(in.block), x)
			}
			chosen = append(chosen, o)
		}
		st["selected_options"] = chosen
	case "datetimepicker":
		st["selected_date_time"] = nil
		if value != "" {
			at, err := s.picked(v.user, value)
			if err != nil {
				return false, err
			}
			st["selected_date_time"] = float64(at.Unix())
		}
	case "datepicker":
		st["selected_date"] = orNil(value)
	case "timepicker":
		st["selected_time"] = orNil(value)
	case "file_input":
		if value == "" {
			delete(v.files, in.block+"/"+in.action)
		}
		return value == "" && before != "", nil
	case "plain_text_input":
		if most, ok := in.element["max_length"].(float64); ok && len([]rune(value)) > int(most) {
			return false, fmt.Errorf("the field %q takes %d characters, not %d", keyOf(in.block), int(most), len([]rune(value)))
		} else if !ok && len([]rune(value)) > 3000 {
			return false, fmt.Errorf("the field %q takes 3000 characters, not %d", keyOf(in.block), len([]rune(value)))
		}
		st["value"] = orNil(value)
	default:
		st["value"] = orNil(value)
	}
	v.state[in.block][in.action] = st
	return s.held(v, in) != before, nil
}

func orNil(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// picked is the time a person picks when a story names one: a UNIX timestamp, an instant with its zone, or
// the desk's own way of writing times, read in the person's zone.
func (s *Server) picked(user, value string) (time.Time, error) {
	if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 1e9 {
		return time.Unix(n, 0), nil
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return at, nil
	}
	if f := strings.Fields(value); len(f) == 3 {
		if loc, err := time.LoadLocation(f[2]); err == nil {
			return time.ParseInLocation(timeForm, f[0]+" "+f[1], loc)
		}
	}
	return desk.ParseWhenAhead(value, s.clock.Now(), s.zoneOf(user))
}

// incomplete are the inputs that Slack's client does not send: what is required and empty.
func (s *Server) incomplete(v *view) map[string]string {
	out := map[string]string{}
	for _, in := range inputs(v.spec) {
		if !in.optional && s.held(v, in) == "" {
			out[in.block] = "Please complete this required field."
		}
	}
	return out
}

func findInput(v *view, key string) (input, bool) {
	all := inputs(v.spec)
	i := slices.IndexFunc(all, func(in input) bool { return keyOf(in.block) == key })
	if i < 0 {
		return input{}, false
	}
	return all[i], true
}
