package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
	"casebot/desk"
	"casebot/story"
)

// shutGuild is a case whose partner's guild takes nothing of the desk for a while.
type shutGuild struct {
	*testing.T
	*pairStage
	world *story.World
	home  desk.Home
	bot   *discordfake.Bot
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
			g := &shutGuild{T: t, pairStage: s, world: s.world()}
			g.home, _ = s.dir.HomeOf("northwind")
			g.bot = s.bots[g.home.Workspace]
			play(g)
			for _, p := range s.problems() {
				t.Error(p)
			}
		})
	}
}

// tell plays lines of the one case.
func (g *shutGuild) tell(lines ...string) {
	g.Helper()
	var told strings.Builder
	if err := story.Run(g.Context(), g.world, []byte(strings.Join(lines, "\n")), &told); err != nil {
		g.Fatalf("%v\n%s", err, tail(told.String(), 30))
	}
}

// until waits for what happens after Discord had its answer.
func (g *shutGuild) until(what string, holds func() bool) {
	g.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			g.Fatalf("%s never came true; ready: %v", what, g.app.Ready(g.Context()))
		}
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

// begins files a case that both sides have in hand.
func (g *shutGuild) begins() {
	g.tell("it is 2026-11-17 10:00 America/Chicago", tillCase, `dana sees "is filed as Sev 3"`, "dana: /case escalate NW-1001",
		"erin: ack", `dana sees "Erin Demo (Harbor Software) has the case"`)
	if err := g.app.Ready(g.Context()); err != nil {
		g.Fatalf("before anything happened: %v", err)
	}
}

// goesOn has both sides go on while the partner's guild takes nothing. The other guild goes on, and its duty manager
// reads what waits and why.
func (g *shutGuild) goesOn(why string) {
	before := len(g.thread())
	for _, line := range whileAway {
		g.tell("the case is NW-1001", "erin: @casebot reply "+line, "one minute passes")
	}
	g.tell("the case is NW-1001", "erin: /case note NW-1001 Looks like the coupon cache.", `erin sees "Looks like the coupon cache."`,
		"pia: /case undelivered", `pia sees "Waiting for Northwind Retail IT: "`, fmt.Sprintf("pia sees %q", why))
	dana, _ := g.dir.Person("dana")
	at := bottest.Spot{Home: g.home.ID, Channel: g.home.Cases, Thread: g.cards()[0]}
	if _, err := g.world.Work.Say(g.Context(), dana, at, "It also freezes at till five.", nil); err != nil {
		g.Fatal(err)
	}
	if n := len(g.thread()); n != before+1 {
		g.Errorf("the guild that takes nothing got %d messages", n-before-1)
	}
	ready := fmt.Sprint(g.app.Ready(g.Context()))
	if !strings.Contains(ready, g.home.Workspace+": "+why) || !strings.Contains(ready, "what is to be told there waits") || strings.Count(ready, "\n") != 0 {
		g.Errorf("/readyz says %s", ready)
	}
}

// goesOnAgain sees that what waited arrived once and in order, and that the case goes on on both sides.
func (g *shutGuild) goesOnAgain() {
	g.Helper()
	g.until("the guild is ready again", func() bool { return g.app.Ready(g.Context()) == nil })
	g.settle()
	// What waits is tried every minute.
	g.tell("the case is NW-1001", "one minute passes", `erin sees "It also freezes at till five."`)
	var got []string
	for _, said := range g.thread() {
		for _, line := range whileAway {
			if strings.Contains(said, line) {
				got = append(got, line)
			}
		}
	}
	if !slices.Equal(got, whileAway) {
		g.Errorf("of what waited there arrived %q, want %q", got, whileAway)
	}
	g.tell("the case is NW-1001", "dana: Since the update of this morning.", `erin sees "Since the update of this morning."`,
		"erin: @casebot reply Thank you, that helps.", `dana sees "Thank you, that helps."`,
		"nora: /case undelivered", `nora sees "Everything was delivered"`, "pia: /case undelivered", `pia sees "Everything was delivered"`)
}

// restart ends the desk and starts it again, with what the settings say by then.
func (g *shutGuild) restart() {
	g.Helper()
	g.stop()
	if err := g.start(g.Context()); err != nil {
		g.Fatal(err)
	}
	g.world.Store = g.app.Store
}

// Somebody resets the bot's token in the middle of a case: calls are refused, and the gateway closes with 4004. The
// other guilds go on, /readyz says what to do, and what is to be told waits; with the new token in the settings and a
// start it arrives, and so does what was written there meanwhile.
func TestATokenResetInTheMiddleOfACase(t *testing.T) {
	t.Parallel()
	inBothKinds(t, func(g *shutGuild) {
		g.begins()
		g.discord.Revoke(g.bot)
		g.until("the refusal is noticed", func() bool { return g.app.Ready(g.Context()) != nil })
		g.goesOn("the bot's token is not valid; reset it in the developer portal (Bot, Reset Token), put the new one where the old one stands and start casebot again")
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
		g.goesOnAgain()
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
		g.until("the refusal is noticed", func() bool { return strings.Contains(fmt.Sprint(g.app.Ready(g.Context())), "not valid") })
		g.goesOn("the bot's token is not valid")
		g.tokens, g.without = nil, ""
		g.restart()
		g.goesOnAgain()
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
				g.until("the removal is noticed", func() bool { return g.app.Ready(g.Context()) != nil })
				g.goesOn("the bot is not in this guild; invite it (casebot discord invite prints the address)")
				if restarts {
					g.without = g.home.Workspace
					g.restart()
					g.tell("the case is NW-1001", "two hours pass")
				}
				g.discord.AddGuild(g.home.Workspace, "northwind", g.bot)
				g.goesOnAgain()
			})
		})
	}
}

// The bot's role may not see the cases channel any more. Filing still works and is answered; the duty manager reads
// what could not be said and what mends it; with the permission back, the card comes once, with everything that was
// said meanwhile under it.
func TestShutOutOfTheChannel(t *testing.T) {
	t.Parallel()
	inBothKinds(t, func(g *shutGuild) {
		g.discord.Permit(g.home.Cases, "USE_APPLICATION_COMMANDS")
		g.tell("it is 2026-11-17 10:00 America/Chicago", tillCase, `dana sees "is filed as Sev 3"`,
			"dana: /case escalate NW-1001", `dana sees "is with Harbor Software now"`,
			"nora: /case undelivered", `nora sees "give its role View Channel there"`)
		if n := len(g.discord.Raw(g.home.Cases)); n != 0 {
			g.Errorf("%d messages are in the channel that the bot does not see", n)
		}
		g.discord.Permit(g.home.Cases, discordfake.Everything()...)
		g.tell("the case is NW-1001", "nora: /case undelivered retry=all", `nora sees "Back in line"`, "one minute passes", `dana still sees "escalated to Harbor Software"`)
		if n := len(g.discord.Raw(g.home.Cases)); len(g.cards()) != 1 || !g.forum && n != 1 {
			g.Errorf("the channel has %d messages outside threads and the case the cards %q, want the one card", n, g.cards())
		}
	})
}
