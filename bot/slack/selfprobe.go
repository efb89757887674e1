package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	api "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// Whether an app's event subscriptions are on, Slack tells nobody but in the app's own settings. So casebot
// check does what Slack must tell the app of: it writes a line into the cases channel, reacts to it, takes
// the reaction off and deletes the line, and looks whether that is heard. A casebot serve that runs hears
// it; where none does and the app is in Socket Mode, the check opens a connection of its own.

// Serving is what a casebot serve on the same settings tells of itself.
type Serving struct {
	Address string
	Heard   map[string]map[string]int // As Platform.Heard gives it; a workspace that is missing is not served there.
}

// probeText is the line of a self-probe.
const probeText = "casebot check: this line looks whether Slack's events arrive, and goes away by itself."

// probeRounds is how often the probe is repeated until all is heard: where several processes serve an app,
// each event goes to one of them.
const probeRounds = 3

// probePatience is how long each round waits.
const probePatience = 3 * time.Second

// ear is what a self-probe is heard with.
type ear interface {
	// counts gives how many events came by subscription.
	counts(ctx context.Context) (map[string]int, error)
	close()
}

// CheckEvents looks by self-probe whether the event subscriptions of every workspace are on. serving asks a
// casebot serve that runs; nil, or nil given: none does.
func (p *Platform) CheckEvents(ctx context.Context, serving func(ctx context.Context) *Serving) []Finding {
	var out []Finding
	for _, t := range p.teams {
		if t.token() == "" || !t.isKnown() {
			continue // Check has said why.
		}
		out = append(out, p.checkEvents(ctx, t, serving))
	}
	return out
}

func (p *Platform) checkEvents(ctx context.Context, t *team, serving func(ctx context.Context) *Serving) Finding {
	f := Finding{What: fmt.Sprintf("Slack workspace %s: events arrive", t.id)}
	var hears ear
	if serving != nil {
		if s := serving(ctx); s != nil && s.Heard[t.id] != nil {
			hears = &servingEar{serving, t.id}
			f.What += " at " + s.Address
		}
	}
	switch {
	case hears != nil:
	case t.tokens.App == "":
		f.Warn = true
		f.Do = "in HTTP mode that can be seen only while casebot serve runs, for Slack calls it: start it, and run casebot check again on the same machine"
		return f
	default:
		e, others, err := p.openEar(ctx, t)
		if err != nil {
			f.Do = "no connection could be opened to hear them (" + oneLine(err.Error()) + ")"
			return f
		}
		defer e.close()
		if others > 0 {
			f.Warn = true
			f.Do = fmt.Sprintf("casebot runs elsewhere with this app (%d connections), and Slack's events go there: run casebot check on that machine", others)
			return f
		}
		hears = e
	}
	want, missing, err := p.selfProbe(ctx, t, hears)
	switch {
	case err != nil:
		f.Warn = true
		f.Do = "it could not be tried: " + oneLine(explained(err, codeOf(err)).Error())
	case len(missing) == len(want):
		f.Do = "none came of " + strings.Join(want, ", ") + ": turn on Event Subscriptions in the app's settings (Enable Events), or paste the manifest again (casebot slack manifest) and reinstall the app"
		if t.tokens.App == "" {
			f.Do += "; look there too whether the request address is verified"
		}
	case len(missing) > 0:
		f.Do = strings.Join(missing, ", ") + " did not come: add what is missing in the app's settings (Event Subscriptions, Subscribe to bot events), or paste the manifest again (casebot slack manifest) and reinstall the app"
	default:
		f.What += " (" + strings.Join(want, ", ") + ")"
	}
	return f
}

func (t *team) isKnown() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known
}

// selfProbe does what Slack must tell of, and gives the subscriptions that should have been heard and those
// that were not.
func (p *Platform) selfProbe(ctx context.Context, t *team, hears ear) (want, missing []string, err error) {
	channel := p.today(t.homes[0].Cases)
	words := "message.channels"
	if c, err := t.web().GetConversationInfoContext(ctx, &api.GetConversationInfoInput{ChannelID: channel}); err == nil && c.IsPrivate {
		words = "message.groups"
	}
	want = []string{words, "reaction_added", "reaction_removed"}
	before, err := hears.counts(ctx)
	if err != nil {
		return want, nil, err
	}
	ts, err := p.probeLine(ctx, t, channel)
	if err != nil {
		return want, nil, err
	}
	defer func() {
		// The line goes whatever happens, also when the check is broken off.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		p.patient(last, func() error {
			_, _, err := t.web().DeleteMessageContext(last, channel, ts)
			return err
		})
	}()
	item := api.NewRefToMessage(channel, ts)
	for range probeRounds {
		err = p.patient(ctx, func() error { return t.web().AddReactionContext(ctx, probeWith, item) })
		if err == nil || codeOf(err) == "already_reacted" {
			err = p.patient(ctx, func() error { return t.web().RemoveReactionContext(ctx, probeWith, item) })
		}
		if err != nil && codeOf(err) != "no_reaction" {
			return want, nil, err
		}
		if missing, err = p.await(ctx, hears, before, want); err != nil || len(missing) == 0 {
			return want, missing, err
		}
	}
	return want, missing, nil
}

// await waits for the wanted events, as long as a round has, and gives those that did not come.
func (p *Platform) await(ctx context.Context, hears ear, before map[string]int, want []string) (missing []string, err error) {
	patience := p.patience
	if patience == 0 {
		patience = probePatience
	}
	for end := time.Now().Add(patience); ; {
		now, err := hears.counts(ctx)
		if err != nil {
			return nil, err
		}
		missing = nil
		for _, w := range want {
			if now[w] <= before[w] {
				missing = append(missing, w)
			}
		}
		if len(missing) == 0 || time.Now().After(end) {
			return missing, nil
		}
		if !pause(ctx, patience/30) {
			return nil, ctx.Err()
		}
	}
}

// probeLine writes the line: under the desk's newest message that nobody has answered, where it is hardly
// seen, else into the channel.
func (p *Platform) probeLine(ctx context.Context, t *team, channel string) (ts string, err error) {
	root := ""
	_, me := t.me()
	if msgs, _, err := p.page(ctx, t, channel, "", stampOf(p.Clock.Now().Add(-farBack)), ""); err == nil {
		for _, m := range msgs {
			if m.BotID == me && me != "" && m.ReplyCount == 0 {
				root = m.Timestamp
				break
			}
		}
	}
	post := func(options ...api.MsgOption) error {
		return p.patient(ctx, func() error {
			_, ts, err = t.web().PostMessageContext(ctx, channel, append(options, api.MsgOptionText(probeText, false))...)
			return err
		})
	}
	if root != "" && post(api.MsgOptionTS(root)) == nil {
		return ts, nil
	}
	return ts, post()
}

// servingEar hears by a casebot serve that runs.
type servingEar struct {
	ask  func(ctx context.Context) *Serving
	team string
}

func (e *servingEar) counts(ctx context.Context) (map[string]int, error) {
	if s := e.ask(ctx); s != nil {
		return s.Heard[e.team], nil
	}
	return nil, errors.New("the casebot serve that was to hear them has ended")
}

func (e *servingEar) close() {}

// socketEar hears by a connection of its own. It acknowledges the app's own doings alone: what people do
// meanwhile Slack sends again to whoever serves the app later.
type socketEar struct {
	team *team
	end  func()
}

// openEar opens a connection and waits until Slack greets on it. others is how many connections the app has
// besides.
func (p *Platform) openEar(ctx context.Context, t *team) (e *socketEar, others int, err error) {
	own, cancel := context.WithCancel(ctx)
	client := socketmode.New(t.web())
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(own) }()
	e = &socketEar{team: t, end: cancel}
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	for {
		select {
		case x := <-client.Events:
			switch {
			case x.Type == socketmode.EventTypeHello:
				if x.Request != nil {
					others = max(0, x.Request.NumConnections-1)
				}
				go e.listen(own, client)
				return e, others, nil
			case x.Type == socketmode.EventTypeConnectionError:
				if failed, ok := x.Data.(*api.ConnectionErrorEvent); ok {
					err = failed.ErrorObj
				}
			}
		case err = <-ended:
			cancel()
			return nil, 0, err
		case <-late.C:
			cancel()
			return nil, 0, errors.Join(errors.New("no answer of Slack within ten seconds"), err)
		}
	}
}

func (e *socketEar) listen(ctx context.Context, client *socketmode.Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case x := <-client.Events:
			if x.Request == nil || x.Request.Type != socketmode.RequestTypeEventsAPI {
				continue
			}
			var c callback
			var got event
			if json.Unmarshal(x.Request.Payload, &c) != nil || json.Unmarshal(c.Event, &got) != nil || c.TeamID != e.team.id {
				continue
			}
			e.team.count(got.subscription())
			if user, bot := e.team.me(); got.User == user || got.BotID == bot || got.Previous != nil && got.Previous.BotID == bot {
				client.AckCtx(ctx, x.Request.EnvelopeID, nil)
			}
		}
	}
}

func (e *socketEar) counts(context.Context) (map[string]int, error) {
	e.team.mu.Lock()
	defer e.team.mu.Unlock()
	out := map[string]int{}
	for k, n := range e.team.events {
		out[k] = n
	}
	return out, nil
}

func (e *socketEar) close() { e.end() }
