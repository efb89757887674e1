package bottest

import (
	"context"
	"errors"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// errOutside is what the fake says in a channel that the desk is not in.
var errOutside = errors.New("the desk is not in the channel; invite it there")

// outside is a channel that the desk was taken out of.
type outside struct {
	missed []func(ctx context.Context) // What people did there since.
}

// Out takes the desk out of a channel, as people do it on a platform: nothing is taken there, and nothing is heard of it.
func (f *Fake) Out(home, channel string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.out == nil {
		f.out = map[string]*outside{}
	}
	if f.out[home+"/"+channel] == nil {
		f.out[home+"/"+channel] = &outside{}
	}
}

// In lets the desk in again. What was done there meanwhile is read back, each with the time at which it was.
func (f *Fake) In(ctx context.Context, home, channel string) {
	f.mu.Lock()
	was := f.out[home+"/"+channel]
	delete(f.out, home+"/"+channel)
	f.mu.Unlock()
	if was == nil {
		return
	}
	for _, hand := range was.missed {
		hand(ctx)
	}
}

// Shut implements bot.Watcher.
func (f *Fake) Shut(home desk.Home, where string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.out[home.ID+"/"+where] != nil
}

// refused is the refusal of a channel that the desk is not in; nil where it is in it.
func (f *Fake) refused(home, channel string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.out[home+"/"+channel] == nil {
		return nil
	}
	return &bot.SendError{Kind: bot.Temporary, After: time.Minute, Closed: true, Where: channel, Err: errOutside}
}

// misses keeps what is done in a channel that the desk is not in, and says whether it does. Commands and presses come in
// from everywhere.
func (f *Fake) misses(by desk.Person, at Spot, in *bot.Interaction) bool {
	switch in.Kind {
	case bot.Said, bot.Edited, bot.Deleted, bot.React, bot.Unreact:
	default:
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.out[at.Home+"/"+at.Channel]
	if o == nil {
		return false
	}
	later := *in
	later.ReadBack = true
	if f.Now != nil {
		later.At = f.Now()
	}
	o.missed = append(o.missed, func(ctx context.Context) { f.hand(ctx, by, at, &later) })
	return true
}

var _ bot.Watcher = (*Fake)(nil)
