// Command casebot is a support desk that lives in chat, for software sold through partners. Started
// without arguments it opens the playground: a desk with demo people in the browser.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // A fallback where the system has no zone database.
)

// Exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1 // The thing asked failed or found errors.
	exitUsage  = 2 // Wrong usage.
)

// subcommand is one thing the program can be asked for. Data goes to out, messages for people to errs.
type subcommand struct {
	name    string
	summary string
	usage   string // What `casebot help NAME` prints.
	run     func(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int
}

// subcommands is the table of them, in the order of the help.
func subcommands() []subcommand {
	return []subcommand{
		{"demo", "the playground: a desk with demo people in the browser (also without any command)", demoUsage, runDemo},
		{"serve", "the bot, with the deployment of casebot.yaml", serveUsage, runServe},
		{"slack", "the manifest of the Slack app", slackUsage, runSlack},
		{"discord", "the invitation and the commands of the Discord bot", discordUsage, runDiscord},
		{"check", "look over settings, handbook and people; one line a finding", checkUsage, runCheck},
		{"clock", "business-time arithmetic, one JSON object a line", clockUsage, runClock},
		{"kb", "knowledge articles and how well they are found", kbUsage, func(_ context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
			return runKB(args, out, errs)
		}},
		{"report", "the numbers of an ops review", reportUsage, runReport},
		{"rerate", "apply the current handbook and calendars to open cases; a dry run unless --apply", rerateUsage, runRerate},
		{"export", "cases with their events, one JSON object a line", exportUsage, runExport},
		{"audit", "prove that nothing in the record was changed afterwards", auditUsage, runAudit},
		{"backup", "copy the database into a file while the desk works", backupUsage, runBackup},
		{"healthcheck", "ask a running casebot whether it is alive", healthUsage, runHealthcheck},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run finds the command and runs it.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	name := "demo"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	} else if len(args) > 0 && (args[0] == "-h" || args[0] == "--help") {
		name, args = "help", nil
	}
	if name == "help" {
		return help(args, out, errs)
	}
	for _, c := range subcommands() {
		if c.name == name {
			if len(args) == 1 && (args[0] == "-h" || args[0] == "--help") {
				fmt.Fprint(out, c.usage)
				return exitDone
			}
			return c.run(ctx, args, in, out, errs)
		}
	}
	fmt.Fprintf(errs, "casebot: there is no command %q. `casebot help` lists them.\n", name)
	return exitUsage
}

func help(args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(out, "casebot: a support desk that lives in chat, for software sold through partners\n\n")
		for _, c := range subcommands() {
			fmt.Fprintf(out, "  casebot %-12s %s\n", c.name, c.summary)
		}
		fmt.Fprint(out, "\n`casebot help COMMAND` explains one, with an example.\n")
		return exitDone
	}
	for _, c := range subcommands() {
		if c.name == args[0] {
			fmt.Fprint(out, c.usage)
			return exitDone
		}
	}
	fmt.Fprintf(errs, "casebot: there is no command %q.\n", args[0])
	return exitUsage
}
