package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"casebot/bot/discord"
	"casebot/desk"
)

// discordHomes says whether a deployment has a home on Discord.
func discordHomes(dir *desk.Directory) bool {
	for _, h := range dir.Homes {
		if h.Platform == discord.Name {
			return true
		}
	}
	return false
}

// discordOptions reads what Discord needs from the settings: tokens by the variables that the homes name, else
// the general one.
func discordOptions(d setup, getenv func(string) string, log *slog.Logger) discord.Options {
	o := discord.Options{Dir: d.deployment.Dir, APIURL: d.settings.DiscordAPIURL, GatewayURL: d.settings.DiscordGatewayURL, Clock: realTime{}, Log: log}
	o.Token = func(h desk.Home) string {
		if variable := h.Tokens["bot"]; variable != "" {
			return strings.TrimSpace(getenv(variable))
		}
		return string(d.settings.DiscordToken)
	}
	o.Zone = func(party string) *time.Location { return partyZone(d.deployment.Dir, party) }
	return o
}

// connectDiscord connects the guilds of the deployment, if it has any.
func connectDiscord(app *App, d setup, getenv func(string) string) error {
	if !discordHomes(d.deployment.Dir) {
		return nil
	}
	o := discordOptions(d, getenv, app.Log)
	o.State, o.Threads, o.Clock, o.Commands = stateSpace{app.Store, "discord"}, app.OpenThreads, app.Clock, discordCommands(d.book)
	p, err := discord.New(o)
	if err != nil {
		return err
	}
	app.Connect(p)
	return nil
}

// discordFindings asks Discord whether every guild is set up, for casebot check. Where no token is at hand
// nobody can be asked, and that is said.
func discordFindings(ctx context.Context, d setup, getenv func(string) string) []finding {
	if !discordHomes(d.deployment.Dir) {
		return nil
	}
	p, err := discord.New(discordOptions(d, getenv, slog.New(slog.DiscardHandler)))
	if err != nil {
		return []finding{{false, "warning: Discord was not asked: " + err.Error()}}
	}
	var out []finding
	for _, f := range p.Check(ctx) {
		if f.Do == "" {
			out = append(out, finding{false, "ok: " + f.What})
			continue
		}
		out = append(out, finding{true, "error: " + f.What + "? " + f.Do})
	}
	return out
}
