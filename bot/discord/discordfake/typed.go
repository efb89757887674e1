package discordfake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"casebot/bot"
)

// lineOption is the one option in which a command takes its whole line.
const lineOption = "line"

// fill puts a typed line into a command's options, as Discord's client makes a person do.
func fill(cmd map[string]any, line string, partly bool) ([]any, error) {
	options := objects(cmd, "options")
	if o := option(options, lineOption); o != nil {
		return whole(o, line, partly)
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	sub := option(options, word)
	if sub == nil || num(sub, "type") > groupType {
		if slices.ContainsFunc(options, func(o map[string]any) bool { return num(o, "type") <= groupType }) {
			return nil, fmt.Errorf("/case has no subcommand %q", word)
		}
		return values(options, line, partly)
	}
	out := map[string]any{"name": word, "type": sub["type"]}
	var err error
	if inner := objects(sub, "options"); num(sub, "type") == groupType || option(inner, lineOption) != nil {
		out["options"], err = fill(sub, rest, partly)
	} else {
		out["options"], err = values(inner, rest, partly)
	}
	return []any{out}, err
}

func option(options []map[string]any, name string) map[string]any {
	if i := slices.IndexFunc(options, func(o map[string]any) bool { return str(o, "name") == name }); i >= 0 {
		return options[i]
	}
	return nil
}

// whole is a line in its one option. What a client does not send, it does not send here.
func whole(o map[string]any, line string, partly bool) ([]any, error) {
	most := 6000
	if n := num(o, "max_length"); n > 0 {
		most = n
	}
	switch line = strings.ReplaceAll(line, "\n", " "); {
	case len([]rune(line)) > most:
		return nil, fmt.Errorf("the option %q takes %d characters", lineOption, most)
	case partly && !yes(o, "autocomplete"):
		return nil, fmt.Errorf("the option %q offers no completions", lineOption)
	case partly:
		return []any{map[string]any{"name": lineOption, "type": stringType, "value": line, "focused": true}}, nil
	case line == "" && yes(o, "required"):
		return nil, fmt.Errorf("the option %q must be filled in", lineOption)
	case line == "":
		return []any{}, nil
	}
	return []any{map[string]any{"name": lineOption, "type": stringType, "value": line}}, nil
}

// values puts name=value pairs into the options of that name and the other words, joined, into the first
// one that is still empty.
func values(options []map[string]any, line string, partly bool) ([]any, error) {
	args, err := bot.ParseArgs("x " + line)
	if err != nil {
		return nil, err
	}
	given := map[string]string{}
	for k, v := range args.Values {
		if option(options, k) == nil {
			return nil, fmt.Errorf("the command has no option %q", k)
		}
		given[k] = v
	}
	words := args.Words[1:]
	for i, o := range options {
		if _, set := given[str(o, "name")]; set || len(words) == 0 {
			continue
		}
		n := 1
		if !slices.ContainsFunc(options[i+1:], func(o map[string]any) bool { _, set := given[str(o, "name")]; return !set }) {
			n = len(words)
		}
		given[str(o, "name")] = strings.Join(words[:n], " ")
		words = words[n:]
	}
	if len(words) > 0 {
		return nil, fmt.Errorf("the command has no option for %q", strings.Join(words, " "))
	}
	out := []any{}
	for _, o := range options {
		text, set := given[str(o, "name")]
		if !set {
			if yes(o, "required") && !partly {
				return nil, fmt.Errorf("the option %q must be filled in", str(o, "name"))
			}
			continue
		}
		v, err := value(o, text)
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"name": str(o, "name"), "type": o["type"], "value": v})
	}
	if partly && len(out) > 0 {
		out[len(out)-1].(map[string]any)["focused"] = true
	}
	return out, nil
}

// value is a typed text as its option's type; a choice only among its choices.
func value(o map[string]any, text string) (any, error) {
	choices := objects(o, "choices")
	for _, c := range choices {
		if strings.EqualFold(str(c, "name"), text) || fmt.Sprint(c["value"]) == text {
			return c["value"], nil
		}
	}
	if len(choices) > 0 {
		return nil, fmt.Errorf("the option %q has no choice %q", str(o, "name"), text)
	}
	switch num(o, "type") {
	case integerType:
		return strconv.Atoi(text)
	case numberType:
		return strconv.ParseFloat(text, 64)
	case booleanType:
		return strconv.ParseBool(text)
	}
	return text, nil
}
