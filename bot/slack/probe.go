package slack

import (
	"context"
	"errors"
	"maps"
	"time"

	api "github.com/slack-go/slack"
)

// errDeaf is what /readyz says of a workspace that sends nothing.
var errDeaf = errors.New("no events come from Slack: the desk set a reaction itself and did not hear of it. Check that the event subscriptions of the manifest are on, and Socket Mode or the request address")

const (
	watchEvery = 15 * time.Second
	probeWait  = 30 * time.Second
	probeAgain = 5 * time.Minute // After one that could not be made.
	probeWith  = "eyes"          // From the desk itself it means nothing.
)

// watch keeps how far a workspace was heard, probes one that has gone quiet in its working hours, and looks whether
// channels are seen again.
func (p *Platform) watch(ctx context.Context, t *team) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p.tend(ctx, t)
	}
}

// tend is one round of the watch.
func (p *Platform) tend(ctx context.Context, t *team) {
	p.comeBack(ctx, t)
	p.saveUnlessReading(ctx, t)
	p.listenFor(ctx, t)
	p.keepGroups(ctx, t)
	p.lookAgain(t)
}

// listenFor looks whether a workspace has been quiet for too long, and how an earlier probe ended.
func (p *Platform) listenFor(ctx context.Context, t *team) {
	if p.Quiet <= 0 {
		return
	}
	now := p.Clock.Now()
	t.mu.Lock()
	heard, probed, tried, fault := t.heard, t.probed, t.tried, t.fault
	t.mu.Unlock()
	switch {
	case fault != nil && fault != errDeaf:
	case probed.After(heard) && now.Sub(probed) > probeWait && fault == nil:
		t.set(func(t *team) { t.fault = errDeaf })
		p.Log.Error("a workspace of Slack is deaf", "workspace", t.id)
	case now.Sub(heard) > p.Quiet && now.Sub(probed) > p.Quiet && now.Sub(tried) > probeAgain && p.atWork(t, now):
		t.set(func(t *team) { t.tried = now })
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

// Probe sets a reaction on the desk's newest message of a workspace and takes it off again; where it has
// posted nothing yet, on the line by which Slack told that the app has joined the channel. Slack tells the
// desk of it, as of any reaction, if events arrive at all.
func (p *Platform) Probe(ctx context.Context, workspace string) error {
	t := p.team(workspace)
	if t == nil {
		return errors.New("there is no such workspace")
	}
	channel := t.homes[0].Cases
	msgs, _, err := p.page(ctx, t, channel, "", stampOf(p.Clock.Now().Add(-90*24*time.Hour)), "")
	if err != nil {
		p.refusedIn(ctx, t, channel, err)
		return err
	}
	user, me := t.me()
	for _, m := range msgs {
		if me == "" || m.BotID != me && m.User != user {
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

// deaf says whether the workspace is known to send no events.
func (t *team) deaf() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fault == errDeaf
}

// count notes that an event came.
func (t *team) count(subscription string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.events == nil {
		t.events = map[string]int{}
	}
	t.events[subscription]++
}

// subscription is the name under which an app asks for an event of this kind. The kinds that the manifest
// does not ask for share one name, so that a stranger's payload makes no new ones.
func (e *event) subscription() string {
	name := e.Type
	if kind, ok := map[string]string{"channel": "channels", "group": "groups", "im": "im"}[e.ChannelType]; ok && name == "message" {
		name += "." + kind
	}
	if !subscriptions[name] {
		return "other"
	}
	return name
}

// subscriptions are all that a manifest can ask for.
var subscriptions = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range Events(UserGroups) {
		out[name] = true
	}
	return out
}()

// Heard counts the events that came, by workspace and event subscription.
func (p *Platform) Heard() map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, t := range p.teams {
		all := map[string]int{}
		for _, name := range Events(t.extras()...) {
			all[name] = 0
		}
		t.mu.Lock()
		maps.Copy(all, t.events)
		t.mu.Unlock()
		out[t.id] = all
	}
	return out
}
