package slack

import (
	"context"
	"errors"
	"time"

	api "github.com/slack-go/slack"
)

// errDeaf is what /readyz says of a workspace that sends nothing.
var errDeaf = errors.New("no events come from Slack: the desk set a reaction itself and did not hear of it. Check that the event subscriptions of the manifest are on, and Socket Mode or the request address")

const (
	watchEvery = 15 * time.Second
	probeWait  = 30 * time.Second
	probeWith  = "eyes" // From the desk itself it means nothing.
)

// watch keeps how far a workspace was heard, and probes one that has gone quiet in its working hours.
func (p *Platform) watch(ctx context.Context, t *team) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p.saveUnlessReading(ctx, t)
		p.listenFor(ctx, t)
	}
}

// listenFor looks whether a workspace has been quiet for too long, and how an earlier probe ended.
func (p *Platform) listenFor(ctx context.Context, t *team) {
	if p.Quiet <= 0 {
		return
	}
	now := p.Clock.Now()
	t.mu.Lock()
	heard, probed, fault := t.heard, t.probed, t.fault
	t.mu.Unlock()
	switch {
	case fault != nil && fault != errDeaf:
	case probed.After(heard) && now.Sub(probed) > probeWait && fault == nil:
		t.set(func(t *team) { t.fault = errDeaf })
		p.Log.Error("a workspace of Slack is deaf", "workspace", t.id)
	case now.Sub(heard) > p.Quiet && now.Sub(probed) > p.Quiet && p.atWork(t, now):
		if err := p.Probe(ctx, t.id); err != nil {
			p.Log.Warn("a workspace could not be probed", "workspace", t.id, "err", err)
		}
	}
}

func (p *Platform) atWork(t *team, now time.Time) bool {
	if p.Working == nil {
		return true
	}
	for _, party := range t.parties() {
		if p.Working(party, now) {
			return true
		}
	}
	return false
}

// errNothing says that there is nothing yet to set a reaction on.
var errNothing = errors.New("the desk has posted nothing in this workspace yet")

// Probe sets a reaction on the desk's newest message of a workspace and takes it off again. Slack tells
// the desk of it, as of any reaction, if events arrive at all.
func (p *Platform) Probe(ctx context.Context, workspace string) error {
	t := p.team(workspace)
	if t == nil {
		return errors.New("there is no such workspace")
	}
	channel := t.homes[0].Cases
	msgs, _, err := p.page(ctx, t, channel, "", stampOf(p.Clock.Now().Add(-90*24*time.Hour)), "")
	if err != nil {
		return err
	}
	_, me := t.me()
	for _, m := range msgs {
		if m.BotID != me || me == "" {
			continue
		}
		item := api.NewRefToMessage(p.today(channel), m.Timestamp)
		at := p.Clock.Now()
		if err := t.web().AddReactionContext(ctx, probeWith, item); err != nil && codeOf(err) != "already_reacted" {
			return err
		}
		t.set(func(t *team) { t.probed = at })
		return t.web().RemoveReactionContext(ctx, probeWith, item)
	}
	return errNothing
}

// probeHeard notes that the desk heard of its own reaction.
func (p *Platform) probeHeard(t *team) { p.heard(t) }
