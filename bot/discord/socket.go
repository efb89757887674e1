package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"casebot/bot"
)

// The gateway is spoken to by our own code and not by the library's (docs.discord.com/developers/topics/gateway).
// The library answers every invalid session with an IDENTIFY at once, of which a bot has a thousand a day;
// closes a dead connection with the code that ends the session, so that nothing can be resumed; and hides the
// code with which Discord refuses intents.

const (
	saveEvery  = 15 * time.Second
	dialWithin = 20 * time.Second
)

// Run connects every bot, reads back what was missed, and hands in what happens until ctx ends.
func (p *Platform) Run(ctx context.Context, inbox bot.Inbox) error {
	p.inbox.Set(inbox)
	var all bot.Crew
	start := func(what string, f func()) {
		all.Add()
		go func() {
			defer all.Done()
			for ctx.Err() == nil {
				func() {
					defer p.caught(what)
					f()
				}()
				pause(ctx, p.pace) // A panic is no reason to stay away.
			}
		}()
	}
	for _, a := range p.apps {
		start("the gateway", func() { p.gateway(ctx, a) })
		start("the watch", func() { p.watch(ctx, a) })
	}
	<-ctx.Done()
	all.Wait()
	p.background.Wait()
	for _, a := range p.apps {
		p.saveUnlessReading(context.WithoutCancel(ctx), a)
	}
	return nil
}

// watch keeps how far a bot has heard, asks whether a token that was refused is taken again, and looks whether the bot
// sees a channel again.
func (p *Platform) watch(ctx context.Context, a *app) {
	for pause(ctx, saveEvery) {
		_ = a.prove(ctx)
		p.saveUnlessReading(ctx, a)
		p.lookAgain(a)
	}
}

// ending is how a connection ended.
type ending struct {
	err    error
	forget bool          // The session is over: the next connection identifies.
	wait   time.Duration // Before the next one; 0: the usual.
	lived  bool          // It was up.
	grave  bool          // Only an administrator can mend it.
}

// gateway keeps a bot's connection up: it resumes the session where that is possible, and backs off.
func (p *Platform) gateway(ctx context.Context, a *app) {
	wait := p.pace
	for ctx.Err() == nil {
		e := p.connection(ctx, a)
		if ctx.Err() != nil {
			return
		}
		if e.forget {
			a.set(func(a *app) { a.session, a.seq, a.resumeURL = "", 0, "" })
		}
		if e.lived {
			wait = p.pace
		}
		if e.grave {
			wait = max(wait, 15*p.pace)
		}
		rest := wait
		switch {
		case e.wait > 0:
			rest = e.wait
		case e.lived:
			rest = 0
		default:
			wait = min(wait*2, 5*60*p.pace)
		}
		if e.err != nil && rest > 0 {
			a.set(func(a *app) { a.fault = e.err })
		}
		if e.err != nil {
			level := p.Log.Warn
			if e.grave {
				level = p.Log.Error
			}
			level("the connection to Discord ended", "guild", a.guilds[0].id, "err", e.err, "again_in", rest)
		}
		// A little chance keeps many bots from coming back at one instant.
		if !pause(ctx, rest+time.Duration(rand.Int64N(int64(p.pace)/4+1))) {
			return
		}
	}
}

// closed sorts Discord's close codes (…/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes).
func closed(code int, words string) ending {
	e := ending{err: fmt.Errorf("the connection was closed by Discord: %d %s", code, words)}
	switch code {
	case 4004:
		e.grave, e.forget = true, true
		e.err = errToken
	case 4013, 4014:
		e.grave, e.forget = true, true
		e.err = errors.New("the bot's application lacks an intent; tick Message Content Intent in the developer portal (Bot, Privileged Gateway Intents)")
	case 4010, 4011, 4012:
		e.grave, e.forget = true, true
	case 4003, 4007, 4009:
		e.forget = true
	}
	return e
}

func (a *app) identifyKey() string { return "identify/" + a.application }

// usualStarts is how many sessions may begin in an hour; more come one in three minutes, and never more than
// mostStarts in a day: at a thousand Discord takes the bot's token away.
const (
	usualStarts = 20
	mostStarts  = 950
	slowStart   = 3 * time.Minute
)

// mayIdentify counts an IDENTIFY, over restarts too, and waits as long as a crash loop has to.
func (p *Platform) mayIdentify(ctx context.Context, a *app) bool {
	if p.State == nil {
		return true
	}
	a.asking.Lock()
	defer a.asking.Unlock()
	for {
		now := p.Clock.Now()
		times := p.starts(ctx, a, now)
		hour := 0
		for _, t := range times {
			if now.Sub(t) < time.Hour {
				hour++
			}
		}
		if hour < usualStarts && len(times) < mostStarts || hour >= usualStarts && len(times) < mostStarts && now.Sub(times[len(times)-1]) >= slowStart {
			raw, _ := json.Marshal(append(times, now))
			if err := p.State.Put(ctx, a.identifyKey(), raw); err != nil {
				p.Log.Warn("a connection could not be counted", "err", err)
			}
			return true
		}
		a.set(func(a *app) {
			a.fault = fmt.Errorf("the desk has connected to Discord %d times in an hour and waits before the next; see why it restarts", hour)
		})
		if !pause(ctx, 5*p.pace) {
			return false
		}
	}
}

// starts are the sessions begun in the last day.
func (p *Platform) starts(ctx context.Context, a *app, now time.Time) []time.Time {
	raw, err := p.State.Get(ctx, a.identifyKey())
	if err != nil || len(raw) == 0 {
		return nil
	}
	var all, out []time.Time
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	for _, t := range all {
		if age := now.Sub(t); age < 24*time.Hour && age >= 0 {
			out = append(out, t)
		}
	}
	return out
}

// address is where the gateway is: where the session can be resumed, the setting, or what Discord says.
func (p *Platform) address(ctx context.Context, a *app) (string, error) {
	a.mu.Lock()
	to := a.resumeURL
	a.mu.Unlock()
	if to == "" {
		to = p.GatewayURL
	}
	if to == "" {
		var found struct {
			URL string `json:"url"`
		}
		if err := a.ask(ctx, "gateway/bot", &found); err != nil {
			return "", explained(err)
		}
		to = found.URL
	}
	if strings.Contains(to, "?") {
		return to, nil
	}
	return to + "?v=10&encoding=json", nil
}

// identity asks who the bot is.
func (p *Platform) identity(ctx context.Context, a *app) error {
	if user, application := a.me(); user != "" && application != "" {
		return nil
	}
	var user, application struct {
		ID string `json:"id"`
	}
	if err := a.ask(ctx, "users/@me", &user); err != nil {
		return explained(err)
	}
	if err := a.ask(ctx, "applications/@me", &application); err != nil {
		return explained(err)
	}
	a.set(func(a *app) { a.user, a.application = user.ID, application.ID })
	return nil
}
