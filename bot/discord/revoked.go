package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"casebot/bot"
)

// A bot's token ends when somebody resets it, or was never right; a bot is taken out of a guild with one press. Either
// way nothing gets to the people there until an administrator has mended it. What is to be told waits in its order.
// Discord shuts out for a while whoever makes ten thousand calls in ten minutes that it refuses with 401, 403 or 429
// (docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans), so a token that was
// refused is tried with one call a minute, whatever waits.

var errToken = errors.New("the bot's token is not valid; reset it in the developer portal (Bot, Reset Token), put the new one where the old one stands and start casebot again")

// errNotIn is what is said of a guild without the bot.
var errNotIn = errors.New("the bot is not in this guild; invite it (casebot discord invite prints the address)")

// waits is said of what is to be told in a guild that takes nothing.
const waits = "what is to be told there waits"

// closedAgain is how often a message for such a guild is tried. It is short, so that what waits goes soon after the
// mending.
const closedAgain = time.Minute

// shut is what is known of a token that Discord refused.
type shut struct {
	is    bool
	asked time.Time // When a call was last made with it.
}

// closedBy is the failure of a send to a guild that takes nothing.
func closedBy(why error) *bot.SendError {
	return &bot.SendError{Kind: bot.Temporary, After: closedAgain, Closed: true, Err: why}
}

// mayAsk says whether a call may be made: with a token that was refused, one a minute.
func (a *app) mayAsk(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ago := now.Sub(a.shut.asked); a.shut.is && ago >= 0 && ago < closedAgain {
		return false
	}
	a.shut.asked = now
	return true
}

// learned notes what an answer of Discord's says about the token. A 429 and what a proxy answers say nothing.
func (a *app) learned(err error) {
	switch status := statusOf(err); {
	case status == http.StatusUnauthorized:
		a.refused()
	case err == nil || status >= 400 && status < 500:
		a.mu.Lock()
		was := a.shut.is
		a.shut.is = false
		a.mu.Unlock()
		if was {
			a.log.Info("Discord takes the bot's token again", "guilds", a.named())
		}
	}
}

// refused notes that Discord takes the token no more.
func (a *app) refused() {
	a.mu.Lock()
	was := a.shut.is
	a.shut.is = true
	a.mu.Unlock()
	if !was {
		a.log.Error("Discord does not take a bot's token; "+waits, "guilds", a.named(), "err", errToken)
	}
}

func (a *app) isShut() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.shut.is
}

// named are a bot's guilds in a list.
func (a *app) named() string {
	var ids []string
	for _, g := range a.guilds {
		ids = append(ids, g.id)
	}
	return strings.Join(ids, ", ")
}

// prove asks Discord whether it takes a token again that it refused. A connection to the gateway is not begun before:
// of those a bot has a thousand a day.
func (a *app) prove(ctx context.Context) error {
	if !a.isShut() {
		return nil
	}
	_, err := a.call(ctx, http.MethodGet, "users/@me", nil)
	return err
}

// faults are what /readyz says of a bot.
func (a *app) faults() (out []error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	of := "guild " + a.named()
	if len(a.guilds) > 1 {
		of = "guilds " + a.named()
	}
	switch {
	case a.shut.is:
		return []error{fmt.Errorf("%s: %w; %s", of, errToken, waits)}
	case a.fault != nil:
		return []error{fmt.Errorf("%s: %w", of, a.fault)}
	}
	for _, g := range a.guilds {
		if !g.in {
			out = append(out, fmt.Errorf("guild %s: %w; %s", g.id, errNotIn, waits))
		}
	}
	return out
}

// refusedIn sorts a refusal by Discord in a guild. Where the bot sees a channel no more it may have been taken out of
// the guild before an event told so: then everything there waits, and nothing of it is a dead letter. Else the channel
// is noted as one that it does not see, and what is for it waits; so does what the bot may not send there. Of a channel
// that is deleted nothing waits. Cards are those whose threads or places it is about, for a thread of which Discord never
// told.
func (p *Platform) refusedIn(ctx context.Context, a *app, g *server, channel string, err error, cards ...place) error {
	code := codeOf(err)
	if code != 50001 && code != 50013 && code != 10003 && code != 10004 || !p.joined(a, g) {
		return err
	}
	if code != 50013 {
		_, asked := a.call(ctx, http.MethodGet, "guilds/"+g.id, nil)
		if status := statusOf(asked); status == http.StatusForbidden || status == http.StatusNotFound {
			p.left(ctx, a, g)
			return closedBy(errNotIn)
		}
	}
	around := p.upward(channel)
	for _, card := range cards {
		around = append(around, p.around(card)...)
	}
	if code == 50001 {
		p.darkened(ctx, a, g, channel, around, time.Time{})
	}
	if !blind(err) || p.isTalk(channel) {
		return err
	}
	return p.shutIn(a, g, channel, around, err)
}

func awayKey(guild string) string { return "away/" + guild }

// left notes that the bot is not in a guild, and up to when it heard what was said there: other guilds go on.
func (p *Platform) left(ctx context.Context, a *app, g *server) {
	a.set(func(*app) { g.in = false })
	heard := p.heardUntil(ctx, a, a.heardAt(p.Clock.Now()))
	p.Log.Error("the bot is not in a guild; "+waits, "guild", g.id)
	if p.State == nil {
		return
	}
	if _, err := bot.FirstMark(ctx, p.State, awayKey(g.id), heard); err != nil {
		p.Log.Warn("since when a guild is without the bot could not be kept", "guild", g.id, "err", err)
	}
}

// cameBack offers the commands in a guild that the bot was let into again, and reads back what was said there since.
func (p *Platform) cameBack(ctx context.Context, a *app, g *server) {
	p.Log.Info("the bot is in a guild again", "guild", g.id)
	p.offer(ctx, a)
	if p.State == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longRead)
	defer cancel()
	a.reading.Lock()
	defer a.reading.Unlock()
	p.backGuild(ctx, a, g, p.Clock.Now())
}
