package playground

import (
	"context"
	"errors"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// The desk can be taken out of a channel, as people do it on other platforms: it says nothing there and hears nothing until
// it is let in. Stories play it; the page does not offer it.

var errOutside = errors.New("the desk is not in the channel; let it in again")

// isOut says whether the desk was taken out of a channel.
func (p *Platform) isOut(home, channel string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, out := p.outside[home+"/"+channel]
	return out
}

// refused is the refusal of a channel that the desk was taken out of; nil where it is in it.
func (p *Platform) refused(home, channel string) error {
	if !p.isOut(home, channel) {
		return nil
	}
	return &bot.SendError{Kind: bot.Temporary, After: time.Minute, Closed: true, Where: channel, Err: errOutside}
}

// Shut implements bot.Watcher.
func (p *Platform) Shut(home desk.Home, where string) bool { return p.isOut(home.ID, where) }

// misses keeps what is done in a channel that the desk was taken out of, and says whether it does. Commands and presses
// come in from everywhere.
func (p *Platform) misses(d deed) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := d.Home + "/" + d.Channel
	missed, out := p.outside[key]
	if !out || d.Message == 0 || d.Kind == bot.Press {
		return false
	}
	d.again = true
	p.outside[key] = append(missed, d)
	return true
}

// Out takes the desk out of a channel of a home.
func (v *Visitors) Out(home, channel string) {
	v.p.mu.Lock()
	defer v.p.mu.Unlock()
	if key := home + "/" + channel; v.p.outside[key] == nil {
		v.p.outside[key] = []deed{}
	}
}

// In lets the desk in again. What was done there meanwhile is passed on.
func (v *Visitors) In(ctx context.Context, home, channel string) error {
	v.p.mu.Lock()
	missed := v.p.outside[home+"/"+channel]
	delete(v.p.outside, home+"/"+channel)
	v.p.mu.Unlock()
	var all []error
	for _, d := range missed {
		_, err := v.p.pass(ctx, d)
		all = append(all, err)
	}
	return errors.Join(all...)
}

var _ bot.Watcher = (*Platform)(nil)
