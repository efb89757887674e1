package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"casebot/bot"
	"casebot/bot/discord"
	"casebot/commands"
	"casebot/desk"
	"casebot/templates"
)

const discordUsage = `casebot discord: what Discord needs to know about the desk.

  casebot discord invite APPLICATION_ID
  casebot discord commands

invite prints the address at which an administrator lets the bot into a guild, with exactly the
permissions that it uses. The number stands at https://discord.com/developers/applications under General
Information.

commands prints the slash commands and menu entries as JSON, as the desk registers them in each of its
guilds. Nothing has to be done with it: casebot serve registers them by itself, and only when they have
changed. docs/discord.md goes through the set-up step by step.

Example:
  casebot discord invite 123456789012345678
`

// runDiscord prints the invitation or the commands.
func runDiscord(_ context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	switch {
	case len(args) == 2 && args[0] == "invite":
		address, err := discord.InviteURL(args[1])
		if err != nil {
			fmt.Fprintf(errs, "casebot discord: %v\n", err)
			return exitUsage
		}
		fmt.Fprintln(out, address)
		return exitDone
	case len(args) != 1 || args[0] != "commands":
		fmt.Fprint(errs, discordUsage)
		return exitUsage
	}
	book, _, err := loadHandbook("")
	if err != nil {
		// The commands do not hang on what is wrong in a handbook; its fields of a case are then the built-in ones.
		fmt.Fprintf(errs, "casebot discord: %v; the built-in handbook is used\n", err)
		if book, err = desk.ParseHandbook("the built-in handbook", templates.DefaultHandbook()); err != nil {
			return exitOf(errs, "discord", err)
		}
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return exitOf(errs, "discord", e.Encode(discord.Commands(discordCommands(book))))
}

// discordFirst are the commands that people use most, in the order in which Discord shows them. It has room for
// 25 side by side; those that are not named here are a level deeper.
var discordFirst = []string{"new", "list", "mine", "show", "ack", "update", "reply", "note", "escalate", "resolve", "workaround", "wait", "resume", "severity", "assign",
	"attach", "edit", "return", "relay", "reopen", "close", "oncall", "help"}

// discordCommands are the desk's commands with their options, from the same declarations that make the help.
func discordCommands(book *desk.Handbook) []discord.CommandInfo {
	var out []discord.CommandInfo
	for _, c := range commands.Commands() {
		if c.Quiet {
			continue
		}
		info := discord.CommandInfo{Name: c.Name, Summary: c.Summary, Case: c.Case != commands.NoCase, Files: c.CaseFields}
		for _, a := range c.Args {
			switch {
			case a.Kind == bot.AskFiles:
				info.Files = true
			case !a.Hidden || a.Rest || a.Word:
				info.Options = append(info.Options, discord.OptionInfo{Key: a.Key, About: a.Label, Complete: completes(a)})
			}
		}
		if c.CaseFields {
			for _, f := range book.Fields {
				if f.Kind != desk.KindFiles && !slices.ContainsFunc(info.Options, func(o discord.OptionInfo) bool { return o.Key == string(f.Name) }) {
					info.Options = append(info.Options, discord.OptionInfo{Key: string(f.Name), About: f.Label, Complete: len(f.Choices) > 0 || f.Name == desk.FieldCustomer || f.Name == desk.FieldSeverity})
				}
			}
		}
		out = append(out, info)
	}
	rank := func(c discord.CommandInfo) int {
		if i := slices.Index(discordFirst, c.Name); i >= 0 {
			return i
		}
		return len(discordFirst)
	}
	slices.SortStableFunc(out, func(a, b discord.CommandInfo) int { return rank(a) - rank(b) })
	return out
}

// completes says whether the desk offers what can stand for an argument.
func completes(a commands.Arg) bool {
	return a.Kind == bot.AskChoice || a.Kind == bot.AskMulti || slices.Contains([]string{"article", "customer", "owner", "person", "into", "section"}, a.Key)
}
