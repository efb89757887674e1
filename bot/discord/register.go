package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What people find when they type "/" in a guild (docs.discord.com/developers/interactions/application-commands):
//
//   - /case takes a whole line, as the help and the handbook write it, and offers how it could go on.
//   - /desk has the same commands as menus, each with its fields and what can stand in them. Discord shows 25 at most
//     side by side, so what is used less is a level deeper.
//   - "File as a case" in a message's menu, and "Open cases of this person" in a person's.
//
// All of them come back as the one command line that the desk understands.

// CommandInfo is one of the desk's commands, as main hands it in.
type CommandInfo struct {
	Name    string // As in a line: "ack"; those of one family share a beginning, "kb-open".
	Summary string // One sentence.
	Case    bool   // It is, or may be, about a case.
	Files   bool   // Files can come with it.
	Options []OptionInfo
}

// OptionInfo is one thing that may be said with a command.
type OptionInfo struct {
	Key      string // As in a line: "severity".
	About    string
	Complete bool // The desk offers what can stand there.
}

// The vendor's limits of commands.
const (
	maxSubs         = 25
	maxCommandName  = 32
	maxCommandAbout = 100
	maxCommandSize  = 8000 // All names, descriptions and values of one command.
	maxLine         = 6000
	maxAnswers      = 25 // Completions.
)

// The types of command and of option.
const (
	chatCommand    = 1
	personCommand  = 2
	messageCommand = 3

	subOption    = 1
	groupOption  = 2
	stringOption = 3
	fileOption   = 11
)

// The names under which people find the desk.
const (
	lineCommand = "case"
	menuCommand = "desk"
	fileAsCase  = "File as a case"
	casesOf     = "Open cases of this person"

	lineKey   = "line"
	caseKey   = "case"
	moreGroup = "more"
	familyTop = "find" // What a family's own command is called inside it: "kb" is /desk kb find.
)

// fileKeys are the options that take a file.
var fileKeys = []string{"file", "file-2", "file-3"}

// command is a command or, with a type of option, a part of one.
type command struct {
	Type         int       `json:"type"`
	Name         string    `json:"name"`
	Description  string    `json:"description,omitempty"`
	Required     bool      `json:"required,omitempty"`
	Autocomplete bool      `json:"autocomplete,omitempty"`
	MaxLength    int       `json:"max_length,omitempty"`
	Options      []command `json:"options,omitempty"`
}

// Commands are what is registered in each guild. A list that Discord would not take, because a name or the whole
// is too long, comes shortened; if that does not help, /desk is left out, and /case does everything.
func Commands(list []CommandInfo) []command {
	out := []command{lineForm()}
	for _, most := range []int{maxCommandAbout, 60, 40, 25} {
		menu, _ := menus(list, most)
		if len(menu.Options) > 0 && size(menu) <= maxCommandSize {
			out = append(out, menu)
			break
		}
	}
	return append(out, command{Type: messageCommand, Name: fileAsCase}, command{Type: personCommand, Name: casesOf})
}

// lineForm is /case.
func lineForm() command {
	c := command{Type: chatCommand, Name: lineCommand, Description: "What to do, in one line: new, list, ack NW-1042, … “help” lists everything", Options: []command{
		{Type: stringOption, Name: lineKey, Description: "For example: new", Required: true, Autocomplete: true, MaxLength: maxLine}}}
	c.Options = append(c.Options, fileOptions()...)
	return c
}

func fileOptions() []command {
	var out []command
	for _, k := range fileKeys {
		out = append(out, command{Type: fileOption, Name: k, Description: "A file: a log, a screenshot, a text"})
	}
	return out
}

// isOptionName says whether Discord takes a name for a command or an option
// (docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-naming).
func isOptionName(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 1 && n <= 32 && !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("-_'", r) && !unicode.In(r, unicode.Ll, unicode.Lo, unicode.N)
	})
}

// menus makes /desk, with descriptions of so many characters at most, and says which command stands behind
// each of its paths ("kb open").
func menus(list []CommandInfo, most int) (command, map[string]CommandInfo) {
	top := command{Type: chatCommand, Name: menuCommand, Description: "The desk's commands as menus"}
	behind := map[string]CommandInfo{}
	families := map[string]int{}
	for _, c := range list {
		f, _, _ := strings.Cut(c.Name, "-")
		families[f]++
	}
	var more []command
	for _, c := range list {
		family, name, deep := strings.Cut(c.Name, "-")
		if families[family] < 2 {
			family, name, deep = "", c.Name, false
		} else if !deep {
			name = familyTop
		}
		sub := subcommand(c, name, most)
		if !isOptionName(name) {
			continue
		}
		if family == "" {
			// One place is kept for what is a level deeper, and one for each family that is still to come.
			if len(top.Options) < maxSubs-1-familiesLeft(families, top) {
				top.Options = append(top.Options, sub)
				behind[name] = c
			} else if len(more) < maxSubs {
				more = append(more, sub)
				behind[moreGroup+" "+name] = c
			}
			continue
		}
		i := slices.IndexFunc(top.Options, func(o command) bool { return o.Name == family })
		if i < 0 {
			about, _ := clip(oneLine(aboutFamily(list, family)), most)
			top.Options = append(top.Options, command{Type: groupOption, Name: family, Description: about})
			i = len(top.Options) - 1
		}
		if len(top.Options[i].Options) < maxSubs {
			top.Options[i].Options = append(top.Options[i].Options, sub)
			behind[family+" "+name] = c
		}
	}
	if len(more) > 0 {
		top.Options = append(top.Options, command{Type: groupOption, Name: moreGroup, Description: "What is used less often", Options: more})
	}
	return top, behind
}

// aboutFamily describes a family by the command that bears its name.
func aboutFamily(list []CommandInfo, family string) string {
	for _, c := range list {
		if c.Name == family && !blank(c.Summary) {
			return c.Summary
		}
	}
	return "All that begins with " + family
}

// familiesLeft counts the families that have no place yet.
func familiesLeft(families map[string]int, top command) int {
	n := 0
	for f, members := range families {
		if members >= 2 && !slices.ContainsFunc(top.Options, func(o command) bool { return o.Name == f }) {
			n++
		}
	}
	return n
}

// subcommand makes one entry of /desk. Nothing in it is required: what is missing is asked for in a form,
// and in a case's thread the case is known.
func subcommand(c CommandInfo, name string, most int) command {
	about := func(text string) string {
		text, _ = clip(oneLine(text), most)
		if blank(text) {
			return "–"
		}
		return text
	}
	out := command{Type: subOption, Name: name, Description: about(c.Summary)}
	if c.Case {
		out.Options = append(out.Options, command{Type: stringOption, Name: caseKey, Description: about("The case; in its thread it is known"), Autocomplete: true})
	}
	if c.Files {
		out.Options = append(out.Options, fileOptions()...)
	}
	for _, o := range c.Options {
		taken := slices.ContainsFunc(out.Options, func(have command) bool { return have.Name == o.Key })
		if taken || !isOptionName(o.Key) || len(out.Options) == maxSubs {
			continue
		}
		out.Options = append(out.Options, command{Type: stringOption, Name: o.Key, Description: about(o.About), Autocomplete: o.Complete})
	}
	return out
}

// size is what Discord holds against its limit of a whole command.
func size(c command) int {
	n := units(c.Name) + units(c.Description)
	for _, o := range c.Options {
		n += size(o)
	}
	return n
}

// caller makes a REST call and gives the body of the answer.
type caller func(ctx context.Context, method, path string, body any) (json.RawMessage, error)

// register brings a guild's commands up to date: one overwrite when they differ from what is registered, else
// nothing. It says whether it wrote.
func register(ctx context.Context, call caller, application, guild string, want []command) (bool, error) {
	path := "applications/" + application + "/guilds/" + guild + "/commands"
	have, err := call(ctx, "GET", path, nil)
	if err != nil {
		return false, fmt.Errorf("the registered commands could not be read: %w", err)
	}
	if sameCommands(have, want) {
		return false, nil
	}
	if _, err := call(ctx, "PUT", path, want); err != nil {
		return false, fmt.Errorf("the commands could not be registered: %w", err)
	}
	return true, nil
}

// sameCommands holds what is registered against what should be. Discord adds fields of its own and leaves
// out what is at its default, so only what the desk says is compared, in any order of commands.
func sameCommands(have json.RawMessage, want []command) bool {
	var is []command
	if err := json.Unmarshal(have, &is); err != nil {
		return false
	}
	return slices.Equal(normal(is), normal(want))
}

// normal writes each command in one line, sorted.
func normal(list []command) []string {
	var out []string
	for _, c := range list {
		if c.Type == 0 {
			c.Type = chatCommand
		}
		raw, _ := json.Marshal(c)
		out = append(out, string(raw))
	}
	slices.Sort(out)
	return out
}
