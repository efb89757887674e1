package slack

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	api "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"casebot/bot"
)

// socketsEach is how many connections the desk keeps to an app. Slack refreshes each every few hours, and
// what arrives on the old one meanwhile would be lost; the other stays up.
const socketsEach = 2

// answerWithin is how long an envelope may wait for its acknowledgement; Slack waits three seconds.
const answerWithin = 2500 * time.Millisecond

// maxAck is what Slack reads of an acknowledgement (docs.slack.dev/apis/events-api/using-socket-mode).
const maxAck = 20_000

// lostFor is how long all connections of an app may be down before /readyz says so; Slack ends each of them
// every few hours, and a new one is there within a second.
const lostFor = 30 * time.Second

var errLost = errors.New("no connection to Slack is open; it is tried again and again. Look whether this machine reaches Slack")

var errNotYet = errors.New("not connected yet")

// Run connects every workspace, reads back what was missed, and hands in what happens until ctx ends.
func (p *Platform) Run(ctx context.Context, inbox bot.Inbox) error {
	p.inbox.Set(inbox)
	p.loadAliases(ctx)
	var all bot.Crew
	start := func(what string, f func()) {
		all.Add()
		go func() {
			defer all.Done()
			defer p.caught(what)
			f()
		}()
	}
	apps := map[string][]*team{}
	for _, t := range p.teams {
		start("a workspace", func() { p.keep(ctx, t) })
		if t.tokens.App != "" {
			apps[t.tokens.App] = append(apps[t.tokens.App], t)
		}
	}
	for _, teams := range apps {
		for range socketsEach {
			start("a socket", func() { p.socket(ctx, teams) })
		}
	}
	<-ctx.Done()
	all.Wait()
	p.background.Wait()
	for _, t := range p.teams {
		p.saveUnlessReading(context.WithoutCancel(ctx), t)
	}
	return nil
}

// Wait returns when everything that goes on after Slack had its answer is done.
func (p *Platform) Wait() { p.background.Wait() }

// keep identifies the bot in a workspace, reads back what was missed, and then watches it.
func (p *Platform) keep(ctx context.Context, t *team) {
	wait := time.Second
	for {
		err := p.identify(ctx, t)
		if err == nil {
			break
		}
		t.set(func(t *team) { t.fault = err })
		p.Log.Error("a workspace of Slack is not connected", "workspace", t.id, "err", err)
		if !pause(ctx, wait) {
			return
		}
		wait = min(wait*2, time.Minute)
	}
	p.spawn("reading back", func(context.Context) { p.recover(ctx, t) })
	p.watch(ctx, t)
}

// identify asks who the bot is in a workspace, and that the token is the workspace's.
func (p *Platform) identify(ctx context.Context, t *team) error {
	if t.token() == "" {
		k, err := p.installed(ctx, t.id)
		if err != nil {
			return err
		}
		p.use(t, k)
	}
	who, err := t.web().AuthTestContext(ctx)
	if err != nil && p.replaced(ctx, t, err) {
		who, err = t.web().AuthTestContext(ctx)
	}
	if err != nil {
		return explained(err, codeOf(err))
	}
	if who.TeamID != t.id {
		return errors.New("the bot token belongs to workspace " + who.TeamID + "; mend workspace or token in casebot.yaml")
	}
	t.set(func(t *team) {
		t.botUser, t.botName, t.botID, t.address, t.known, t.heard = who.UserID, who.User, who.BotID, who.URL, true, p.Clock.Now()
		if t.tokens.App == "" || t.sockets > 0 {
			t.fault = nil // With signed requests Slack comes to us.
		} else {
			t.fault = errNotYet
		}
	})
	return nil
}

// socket keeps one connection up. slack-go reconnects by itself and gives up only on a token that is not valid.
func (p *Platform) socket(ctx context.Context, teams []*team) {
	wait := time.Second
	for ctx.Err() == nil {
		client := socketmode.New(teams[0].web())
		ears := make(chan struct{})
		own, cancel := context.WithCancel(ctx)
		go func() {
			defer close(ears)
			p.listen(own, client, teams)
		}()
		err := client.RunContext(own)
		cancel()
		<-ears
		if ctx.Err() != nil {
			return
		}
		for _, t := range teams {
			t.set(func(t *team) {
				if !errors.Is(t.fault, errRevoked) {
					t.fault = explained(err, err.Error())
				}
			})
		}
		p.Log.Error("a socket of Slack gave up", "err", err)
		if !pause(ctx, wait) {
			return
		}
		wait = min(wait*2, time.Minute)
	}
}

// listen takes a connection's envelopes in.
func (p *Platform) listen(ctx context.Context, client *socketmode.Client, teams []*team) {
	open := false
	mark := func(is bool) {
		if open != is {
			open = is
			p.opened(teams, is)
		}
	}
	defer mark(false)
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-client.Events:
			switch e.Type {
			case socketmode.EventTypeConnecting:
				mark(false)
			case socketmode.EventTypeHello:
				mark(true)
				p.connected(teams)
			case socketmode.EventTypeConnectionError:
				if err, ok := e.Data.(*api.ConnectionErrorEvent); ok {
					p.Log.Warn("Slack can't be reached; it is tried again", "err", err.ErrorObj)
				}
			case socketmode.EventTypeErrorBadMessage:
				// An event of a kind that slack-go does not know. It is acknowledged all the same, for else
				// Slack sends it again and in the end takes the app for dead.
				if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
					p.envelope(ctx, client, teams, bad.Message)
				}
			case socketmode.EventTypeEventsAPI, socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand:
				if e.Request != nil {
					p.take(ctx, client, teams, e.Request.Type, e.Request.EnvelopeID, e.Request.Payload)
				}
			}
		}
	}
}

// envelope reads the envelope's id and payload itself.
func (p *Platform) envelope(ctx context.Context, client *socketmode.Client, teams []*team, raw json.RawMessage) {
	var r socketmode.Request
	if err := json.Unmarshal(raw, &r); err != nil || r.EnvelopeID == "" {
		return
	}
	p.take(ctx, client, teams, r.Type, r.EnvelopeID, r.Payload)
}

// take carries one envelope out and acknowledges it when that is done, or after 2.5 seconds at the latest.
func (p *Platform) take(ctx context.Context, client *socketmode.Client, teams []*team, kind, id string, payload json.RawMessage) {
	ctx, open := context.WithoutCancel(ctx), ctx
	carryOut := func() any { return p.payload(ctx, teams, kind, payload) }
	if kind == socketmode.RequestTypeEventsAPI {
		// The place is taken here, where envelopes are still in the order in which they came.
		run := p.lanes.Enter(laneOf(payload))
		carryOut = func() any {
			run(func() { p.event(ctx, teams, payload) })
			return nil
		}
	}
	p.background.Add()
	go func() {
		defer p.background.Done()
		defer p.caught("an envelope")
		answer := make(chan any, 1)
		p.background.Add()
		go func() {
			defer p.background.Done()
			var out any
			defer func() { answer <- out }()
			defer p.caught("an envelope")
			out = carryOut()
		}()
		late := time.NewTimer(answerWithin)
		defer late.Stop()
		var out any
		select {
		case out = <-answer:
		case <-late.C:
			p.Log.Warn("an envelope of Slack took long and is acknowledged before it is done", "kind", kind)
		}
		if err := client.AckCtx(open, id, out); err != nil && open.Err() == nil {
			p.Log.Warn("an envelope could not be acknowledged with its answer", "err", err)
			client.AckCtx(open, id, nil)
		}
	}()
}

// payload carries out the command or interaction that one envelope holds and gives what its acknowledgement carries.
func (p *Platform) payload(ctx context.Context, teams []*team, kind string, raw json.RawMessage) any {
	switch kind {
	case socketmode.RequestTypeSlashCommands:
		var c slash
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil
		}
		return p.fits(ctx, c.ResponseURL, p.command(ctx, teams, c))
	case socketmode.RequestTypeInteractive:
		var x interactive
		if err := json.Unmarshal(raw, &x); err != nil {
			p.Log.Warn("an interaction of Slack could not be read", "err", err)
			return nil
		}
		return p.fitsView(teams, &x, p.interaction(ctx, teams, &x))
	}
	return nil
}

// laneOf gives the channel of an event; what is in none keeps no order.
func laneOf(raw json.RawMessage) string {
	var x struct {
		Event struct {
			Channel json.RawMessage `json:"channel"`
			Item    struct {
				Channel json.RawMessage `json:"channel"`
			} `json:"item"`
		} `json:"event"`
		ID string `json:"event_id"`
	}
	json.Unmarshal(raw, &x)
	if c := string(x.Event.Channel) + string(x.Event.Item.Channel); c != "" {
		return c
	}
	return x.ID
}

// opened counts the connections that are open.
func (p *Platform) opened(teams []*team, is bool) {
	for _, t := range teams {
		t.set(func(t *team) {
			if is {
				t.sockets++
				return
			}
			if t.sockets--; t.sockets == 0 {
				t.lost = p.Clock.Now()
			}
		})
	}
}

// connected notes that a workspace's events come in.
func (p *Platform) connected(teams []*team) {
	for _, t := range teams {
		back := false
		t.set(func(t *team) {
			// The start reads back by itself; a connection that comes again after a silence has missed something.
			// Before the desk knows its own name it could not tell what is said to it.
			back = t.up && t.known && p.Clock.Now().Sub(t.heard) > time.Minute
			t.up = true
			// A connection needs the app's token alone; whether the bot's is good is another matter.
			if t.known && !errors.Is(t.fault, errRevoked) {
				t.fault = nil
			}
		})
		if back {
			p.spawn("reading back", func(ctx context.Context) { p.recover(ctx, t) })
		}
	}
}
