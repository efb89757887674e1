package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
	"casebot/desk"
)

// shutGuild is a case whose partner's guild takes nothing of the desk for a while.
type shutGuild struct {
	*closedCase
	*pairStage
	home desk.Home
	bot  *discordfake.Bot
}

// inBothKinds plays something with cases in text channels and in forums, and holds that no rule of Discord's was broken.
func inBothKinds(t *testing.T, play func(g *shutGuild)) {
	for name, forum := range map[string]bool{"text": false, "forum": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newPairStage(t, pairs["discord"], filepath.Join(t.TempDir(), "casebot.db"), forum)
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop() }()
			g := &shutGuild{pairStage: s}
			g.closedCase = &closedCase{T: t, scene: s.world(), ready: func() error { return s.app.Ready(t.Context()) }, said: g.thread}
			g.home, _ = s.dir.HomeOf("northwind")
			g.bot = s.bots[g.home.Workspace]
			play(g)
			for _, p := range s.problems() {
				t.Error(p)
			}
		})
	}
}

// cards are the addresses of the case's cards on the partner's side.
func (g *shutGuild) cards() (out []bot.Ref) {
	err := g.app.Store.View(g.Context(), func(v desk.Reader) error {
		posts, err := v.Posts("NW-1001", desk.Partner, desk.PurposeCard)
		for _, p := range posts {
			out = append(out, p.Ref)
		}
		return err
	})
	if err != nil {
		g.Fatal(err)
	}
	return out
}

// thread is everything that stands in the partner's guild about the case, in order.
func (g *shutGuild) thread() (out []string) {
	cards := g.cards()
	if len(cards) != 1 {
		g.Fatalf("the case's cards are %q", cards)
	}
	_, thread, _ := strings.Cut(string(cards[0]), "/") // A card's thread bears its number.
	for _, channel := range []string{g.home.Cases, thread} {
		for _, m := range g.discord.Raw(channel) {
			out = append(out, fmt.Sprint(m["content"], m["embeds"]))
		}
	}
	return out
}

// waits has both sides go on while the partner's guild takes nothing, and sees that /readyz says why.
func (g *shutGuild) waits(why string) {
	g.Helper()
	dana, _ := g.dir.Person("dana")
	g.goesOn(dana, bottest.Spot{Home: g.home.ID, Channel: g.home.Cases, Thread: g.cards()[0]}, "Waiting for Northwind Retail IT: ", why)
	ready := fmt.Sprint(g.ready())
	if !strings.Contains(ready, g.home.Workspace+": "+why) || !strings.Contains(ready, "what is to be told there waits") || strings.Count(ready, "\n") != 0 {
		g.Errorf("/readyz says %s", ready)
	}
}

// restart ends the desk and starts it again, with what the settings say by then.
func (g *shutGuild) restart() {
	g.Helper()
	g.stop()
	if err := g.start(g.Context()); err != nil {
		g.Fatal(err)
	}
	g.scene.Store = g.app.Store
}

// Somebody resets the bot's token in the middle of a case: calls are refused, and the gateway closes with 4004. The
// other guilds go on, /readyz says what to do, and what is to be told waits; with the new token in the settings and a
// start it arrives, and so does what was written there meanwhile.
func TestATokenResetInTheMiddleOfACase(t *testing.T) {
	t.Parallel()
	inBothKinds(t, func(g *shutGuild) {
		g.begins()
		g.discord.Revoke(g.bot)
		g.until("the refusal is noticed", func() bool { return g.ready() != nil })
		g.waits("the bot's token is not valid; reset it in the developer portal (Bot, Reset Token), put the new one where the old one stands and start casebot again")
		refused := 0
		for _, c := range g.discord.Calls("") {
			if c.Status == 401 {
				refused++
			}
		}
		if refused == 0 || refused > 6 { // The story takes three minutes.
			g.Errorf("%d calls were made with a token that Discord refuses", refused)
		}
		g.discord.Reset(g.bot, "another-token")
		g.restart()
		g.goesOnAgain(g.settle)
	})
}

// The desk is started with a wrong token: it serves the other guilds and says so, and what waits goes after the next start.
func TestAStartWithAWrongToken(t *testing.T) {
	t.Parallel()
	inBothKinds(t, func(g *shutGuild) {
		g.begins()
		g.stop()
		good := g.bot.Token
		g.discord.Reset(g.bot, "another-token")
		g.tokens, g.without = map[string]string{g.home.Workspace: good}, g.home.Workspace
		g.restart()
		g.until("the refusal is noticed", func() bool { return strings.Contains(fmt.Sprint(g.ready()), "not valid") })
		g.waits("the bot's token is not valid")
		g.tokens, g.without = nil, ""
		g.restart()
		g.goesOnAgain(g.settle)
	})
}

// The bot is taken out of the partner's guild, over a restart too. Invited again, it goes on by itself.
func TestTakenOutOfAGuildInTheMiddleOfACase(t *testing.T) {
	t.Parallel()
	for name, restarts := range map[string]bool{"at work": false, "over a restart": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBothKinds(t, func(g *shutGuild) {
				g.begins()
				g.discord.Kick(g.bot, g.home.Workspace)
				g.until("the removal is noticed", func() bool { return g.ready() != nil })
				g.waits("the bot is not in this guild; invite it (casebot discord invite prints the address)")
				if restarts {
					g.without = g.home.Workspace
					g.restart()
					g.tell("the case is NW-1001", "two hours pass")
				}
				g.discord.AddGuild(g.home.Workspace, "northwind", g.bot)
				g.goesOnAgain(g.settle)
			})
		})
	}
}

// The bot's role may not see the cases channel any more. Filing still works and is answered; the duty manager reads
// what waits and what mends it; with the permission back, the card comes once by itself, with everything that was
// said meanwhile under it.
func TestShutOutOfTheChannel(t *testing.T) {
	t.Parallel()
	inBothKinds(t, func(g *shutGuild) {
		g.discord.Permit(g.home.Cases, "USE_APPLICATION_COMMANDS")
		g.tell("it is 2026-11-17 10:00 America/Chicago", tillCase, `dana sees "is filed as Sev 3"`,
			"dana: /case escalate NW-1001", `dana sees "is with Harbor Software now"`,
			"three minutes pass", "nora: /case undelivered", `nora sees "Waiting for Northwind Retail IT: "`, `nora sees "give its role View Channel there. What waits is sent by itself"`)
		if n := len(g.discord.Raw(g.home.Cases)); n != 0 {
			g.Errorf("%d messages are in the channel that the bot does not see", n)
		}
		g.discord.Permit(g.home.Cases, discordfake.Everything()...)
		g.settle()
		g.tell("the case is NW-1001", "one minute passes", "nora: /case undelivered", `nora sees "Everything was delivered"`, `dana still sees "escalated to Harbor Software"`)
		if n := len(g.discord.Raw(g.home.Cases)); len(g.cards()) != 1 || !g.forum && n != 1 {
			g.Errorf("the channel has %d messages outside threads and the case the cards %q, want the one card", n, g.cards())
		}
	})
}
