package slackfake

import (
	"fmt"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// place is where somebody acts, resolved; the lock is held.
type place struct {
	home   desk.Home
	team   *Team // Whose app hears of commands and whose view of the channel counts.
	user   *user
	ch     *channel
	thread string
}

// find resolves a person and a spot. The account is the one of the home's workspace; in a shared channel
// it may be of another.
func (w *workspace) find(by desk.Person, at bottest.Spot) (place, error) {
	var p place
	at.Home = w.homeFor(by, at.Home)
	h, ok := w.dir.Home(at.Home)
	if !ok {
		return p, fmt.Errorf("there is no home %q", at.Home)
	}
	p.home, p.team = h, w.s.teams[h.Workspace]
	if p.team == nil {
		return p, fmt.Errorf("there is no team %q", h.Workspace)
	}
	if p.user = w.user(by, h.Workspace); p.user == nil {
		return p, fmt.Errorf("%s has no account that the fake knows: %v", by.Name, by.Accounts)
	}
	if at.Channel == "" {
		p.ch = w.s.direct(p.team, p.user.id)
	} else if p.ch = w.channel(at.Channel); p.ch == nil {
		if p.ch = w.called(p.team, at.Channel); p.ch == nil {
			return p, fmt.Errorf("there is no channel %q", at.Channel)
		}
	}
	if at.Thread != "" {
		_, ts, err := w.message(at.Thread)
		if err != nil {
			return p, err
		}
		p.thread = ts
	}
	if !w.s.sees(p.ch, p.user.id) {
		return p, fmt.Errorf("%s does not see channel %q", by.Name, p.ch.id)
	}
	return p, nil
}

// homeFor is the home of a spot; the zero Spot is at the home of the person's first account, or of their
// party.
func (w *workspace) homeFor(by desk.Person, id string) string {
	if id != "" {
		return id
	}
	if len(by.Accounts) > 0 {
		if f := strings.Split(string(by.Accounts[0]), "/"); len(f) == 3 {
			if h, ok := w.dir.HomeAt(f[0], f[1]); ok {
				return h.ID
			}
		}
	}
	h, _ := w.dir.HomeOf(by.Party)
	return h.ID
}

// user picks a person's account by workspace, else their first one that is known.
func (w *workspace) user(by desk.Person, team string) *user {
	var first *user
	for _, a := range by.Accounts {
		f := strings.Split(string(a), "/")
		if len(f) != 3 {
			continue
		}
		u := w.s.users[f[2]]
		if u != nil && f[1] == team {
			return u
		}
		if first == nil {
			first = u
		}
	}
	return first
}

// channel finds a channel by the id it has or had, for people know it by neither.
func (w *workspace) channel(id string) *channel {
	if ch := w.s.channels[id]; ch != nil {
		return ch
	}
	return w.s.moved[id]
}

// called finds a workspace's channel by its name, as people do.
func (w *workspace) called(t *Team, name string) *channel {
	for _, ch := range w.s.channels {
		if ch.name == name && slices.Contains(ch.teams, t.ID) {
			return ch
		}
	}
	return nil
}

// message takes a reference apart; the message need not be there any more.
func (w *workspace) message(ref bot.Ref) (*channel, string, error) {
	_, rest, ok := strings.Cut(string(ref), ":")
	id, ts, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		return nil, "", fmt.Errorf("%q is no reference of a message", ref)
	}
	ch := w.channel(id)
	if ch == nil {
		return nil, "", fmt.Errorf("there is no channel %q", id)
	}
	return ch, ts, nil
}

// on resolves a person and a message they can see.
func (w *workspace) on(by desk.Person, ref bot.Ref) (place, *message, error) {
	home, _, _ := strings.Cut(string(ref), ":")
	ch, ts, err := w.message(ref)
	if err != nil {
		return place{}, nil, err
	}
	p, err := w.find(by, bottest.Spot{Home: home, Channel: ch.id})
	if err != nil {
		return p, nil, err
	}
	m := ch.find(ts)
	if m == nil || m.only != "" && m.only != p.user.id {
		return p, nil, fmt.Errorf("%s sees no message %s", by.Name, ref)
	}
	return p, m, nil
}
