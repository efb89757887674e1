// Package commands is what people can do at the desk. Everything is declared in one table (see table.go
// and its neighbours): name, help, permission, arguments, form and what it does. Slash schemas, help,
// dialogs, completion and the names of buttons and reactions come from the declarations.
//
// A command is reached in four ways that all end in the same run: typed after /case, as the Do of a
// button, after a mention in a thread, and, for a few, by a reaction (the handbook's map). Whatever the
// way, the case is looked up as the person may see it and the act is authorised anew.
package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// Need says whether a command is about a case.
type Need int

// A command without a case, with one, or with one where there is one.
const (
	NoCase Need = iota
	WithCase
	MaybeCase
)

// Command is one thing people can do.
type Command struct {
	Name    string
	Aliases []string
	Summary string    // One sentence of help.
	Example string    // A whole line, as it is typed.
	Verb    desk.Verb // Who may is desk.May of it; empty: everybody who may read.
	Case    Need
	Args    []Arg
	React   string // Act of the handbook's reaction map that does it, if any.
	Title   string // Of its form; empty: none is ever opened.
	Submit  string // Label of the form's button.

	CaseFields bool // The handbook's fields of a case are arguments too.
	Quiet      bool // Meant for buttons; not in the list of help.
	Bare       bool // Means something also without the argument that it takes.
	Assist     bool // Needs the writing helper: without one it does not exist.

	fields func(r *request) []bot.FormField // Builds the form's fields; nil: from Args.
	intro  func(r *request) []bot.Block
	ways   func(r *request) []bot.Button // Other ways on than sending the form.
	asks   func(r *request) []bot.Block  // Asks the writing helper when a choice of the form says so.
	run    func(r *request) (bot.Answer, error)
}

// Arg is one argument of a command and, unless Hidden, one question of its form.
type Arg struct {
	Key      string
	Label    string
	Hint     string
	Example  string
	Kind     bot.FieldKind
	Required bool
	Hidden   bool // Not in the form.
	Rest     bool // Takes what is left of the line: the text of a note or an update.
	Word     bool // May be given by position, without its key.

	match   func(r *request, word string) bool // With Word: whether the next word is meant for it; nil: always.
	options func(r *request) []bot.Option
	value   func(r *request, typed string) string // What the form shows, by what stands in it already.
	live    bool
}

// startsWith shows a value where nothing has been typed.
func startsWith(value func(r *request) string) func(*request, string) string {
	return func(r *request, typed string) string {
		if typed == "" {
			return value(r)
		}
		return typed
	}
}

// Commands lists every command in the order of the help. Slash schemas are made from it, so those that need the
// writing helper are left out: whether there is one is known only where a desk runs.
func Commands() []Command {
	return slices.DeleteFunc(slices.Clone(table), func(c Command) bool { return c.Assist })
}

// lookup finds a command by name or alias.
func lookup(name string) (*Command, bool) {
	c, ok := byName[name]
	return c, ok
}

var byName = map[string]*Command{}

// table is filled by init, because help and completion, which are part of it, read it.
var table []Command

// init puts the table together in the order of the help, and refuses two commands of one name at the first
// start, when the mistake is cheapest.
func init() {
	table = append(table, intakeCommands()...)
	table = append(table, escalationCommands()...)
	table = append(table, workCommands()...)
	table = append(table, endCommands()...)
	table = append(table, readCommands()...)
	table = append(table, deskCommands()...)
	table = append(table, kbCommands()...)
	table = append(table, assistCommands()...)
	for i := range table {
		c := &table[i]
		for _, n := range append([]string{c.Name}, c.Aliases...) {
			if byName[n] != nil {
				panic("two commands are called " + n)
			}
			byName[n] = c
		}
	}
}

// typed is the command's name as people type it: `kb open` for kb-open.
func (c *Command) typed() string { return strings.Replace(c.Name, "-", " ", 1) }

// arg finds an argument by key.
func (c *Command) arg(key string) (Arg, bool) {
	for _, a := range c.Args {
		if a.Key == key {
			return a, true
		}
	}
	return Arg{}, false
}

// Keys lists the names that a line of this command may carry as key=value.
func (c *Command) Keys(book *desk.Handbook) []string { return c.appendKeys(nil, book) }

func (c *Command) appendKeys(out []string, book *desk.Handbook) []string {
	for _, a := range c.Args {
		out = append(out, a.Key)
	}
	if c.CaseFields {
		for _, f := range book.Fields {
			out = append(out, string(f.Name)) // Of evidence a line carries the links.
		}
		out = append(out, linksKey)
	}
	return out
}
