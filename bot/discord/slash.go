package discord

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"casebot/bot"
)

// typed is what came of a command: a line, or what was picked from a menu.
type typed struct {
	kind    bot.InteractionKind // Command, Complete or Picked.
	line    string              // Command: what follows /case. Complete: what is typed so far.
	files   []upload
	key     string          // Complete: the option that is being typed; empty: the whole line.
	head    string          // Complete: the line that stands before what is typed.
	message json.RawMessage // Picked: the message.
}

// commandIn is the data of a command's interaction.
type commandIn struct {
	Name     string     `json:"name"`
	Type     int        `json:"type"`
	Target   string     `json:"target_id"`
	Options  []optionIn `json:"options"`
	Resolved struct {
		Attachments map[string]upload          `json:"attachments"`
		Messages    map[string]json.RawMessage `json:"messages"`
	} `json:"resolved"`
}

type optionIn struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []optionIn      `json:"options"`
}

// text is an option's value in words.
func (o optionIn) text() string {
	var s string
	if json.Unmarshal(o.Value, &s) == nil {
		return s
	}
	var v any
	if json.Unmarshal(o.Value, &v) != nil || v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// readCommand reads what came of a command: by typing, while typing (completing), or from a menu. list is what
// the menus were made from.
func readCommand(data json.RawMessage, completing bool, list []CommandInfo) (typed, error) {
	var in commandIn
	if err := json.Unmarshal(data, &in); err != nil {
		return typed{}, fmt.Errorf("%w: %w", errShape, err)
	}
	out := typed{kind: bot.Command}
	if completing {
		out.kind = bot.Complete
	}
	switch {
	case in.Type == messageCommand && in.Name == fileAsCase:
		m, ok := in.Resolved.Messages[in.Target]
		if !ok {
			return typed{}, fmt.Errorf("%w: the picked message is not there", errShape)
		}
		return typed{kind: bot.Picked, message: m}, nil
	case in.Type == personCommand && in.Name == casesOf && isSnowflake(in.Target):
		return typed{kind: bot.Command, line: "list status=open owner=<@" + in.Target + ">"}, nil
	case in.Type > chatCommand:
		return typed{}, errForeign
	case in.Name == lineCommand:
		out.readLine(in)
		return out, nil
	case in.Name == menuCommand:
		return out, out.readMenu(in, list)
	}
	return typed{}, errForeign
}

// readLine reads /case.
func (t *typed) readLine(in commandIn) {
	for _, o := range in.Options {
		if o.Name == lineKey {
			t.line = strings.TrimSpace(o.text())
			if t.kind == bot.Complete {
				t.line = strings.TrimLeft(o.text(), " ") // A blank at the end says that the word is done.
			}
		}
	}
	t.readFiles(in, in.Options)
}

func (t *typed) readFiles(in commandIn, options []optionIn) {
	for _, key := range fileKeys {
		for _, o := range options {
			if f, ok := in.Resolved.Attachments[o.text()]; ok && o.Type == fileOption && o.Name == key {
				t.files = append(t.files, f)
			}
		}
	}
}

// readMenu reads /desk: the path to the command, then its options as one line.
func (t *typed) readMenu(in commandIn, list []CommandInfo) error {
	_, behind := menus(list, maxCommandAbout)
	var path []string
	options := in.Options
	for len(options) == 1 && (options[0].Type == subOption || options[0].Type == groupOption) && len(path) < 3 {
		path = append(path, options[0].Name)
		options = options[0].Options
	}
	c, ok := behind[strings.Join(path, " ")]
	if !ok {
		return errForeign
	}
	given := map[string]string{}
	focus := ""
	for _, o := range options {
		if o.Type == fileOption {
			continue
		}
		if o.Focused && t.kind == bot.Complete {
			focus, t.key = o.text(), o.Name
			continue
		}
		given[o.Name] = o.text()
	}
	t.readFiles(in, options)
	t.line = lineOf(c, given)
	if t.key != "" {
		t.head = t.line + " "
		t.line = t.head + focus
		if t.key != caseKey || !c.Case {
			t.head += t.key + "="
			// The quote stays open: what is typed goes on.
			t.line = t.head + strings.TrimSuffix(quoted(focus), `"`)
		}
	}
	return nil
}

// caseNumber is what stands in a line as it is.
var caseNumber = regexp.MustCompile(`^#?[A-Za-z0-9-]{1,40}$`)

// lineOf writes a command with its options as the one line that the desk reads: the case by its place, the rest as
// key="value" in the order in which the command lists them.
func lineOf(c CommandInfo, given map[string]string) string {
	out := []string{c.Name}
	if v := strings.TrimSpace(given[caseKey]); v != "" && c.Case {
		// A number only: whatever else somebody types there must not become another argument.
		if !caseNumber.MatchString(v) {
			v = quoted(v)
		}
		out = append(out, v)
	}
	for _, o := range c.Options {
		if v := given[o.Key]; strings.TrimSpace(v) != "" && (o.Key != caseKey || !c.Case) {
			out = append(out, o.Key+"="+quoted(v))
		}
	}
	return strings.Join(out, " ")
}

// quoted writes a value so that bot.ParseArgs reads it back.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// choiceOut is a completion as Discord takes it.
type choiceOut struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// choices turns what the desk offers into completions of the option that is being typed. One whose value is
// longer than Discord takes can't be offered.
func (t typed) choices(offers []bot.Option) []choiceOut {
	out := []choiceOut{}
	for _, o := range offers {
		value := strings.TrimSpace(o.Value)
		if t.key != "" {
			if value = t.piece(o.Value); value == "" {
				continue
			}
		}
		name := strings.TrimSpace(oneLine(o.Label))
		switch {
		case t.key == "" && name == "":
			name = value
		case t.key == "":
			// The line itself is what is put in, so it is what people read first.
			if name = value; !strings.Contains(strings.ToLower(value), strings.ToLower(oneLine(o.Label))) {
				name += " · " + oneLine(o.Label)
			}
		case name == "":
			name = value
		}
		if note := oneLine(o.Note); note != "" {
			name += " · " + note
		}
		name, _ = clip(clean(name), maxOption)
		same := func(c choiceOut) bool { return c.Value == value }
		if blank(name) || blank(value) || units(value) > maxOption || slices.ContainsFunc(out, same) {
			continue
		}
		if out = append(out, choiceOut{name, value}); len(out) == maxAnswers {
			break
		}
	}
	return out
}

// piece is what an offered line has behind the head: the value of the option that is being typed.
func (t typed) piece(line string) string {
	rest, ok := strings.CutPrefix(line, t.head)
	if !ok {
		return ""
	}
	rest = strings.TrimSpace(rest)
	a, err := bot.ParseArgs(rest)
	if err != nil || len(a.Words) != 1 || len(a.Values) > 0 {
		return ""
	}
	return a.Words[0]
}
