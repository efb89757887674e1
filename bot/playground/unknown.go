package playground

import (
	"context"
	"slices"
	"time"

	"casebot/bot"
)

// What is done at a message of the desk's whose address the desk has not stored yet is kept like what it
// could not be told, until the desk asks for it or starts again.

// keepUnknownFor is how long: a delivery is tried for a day.
const keepUnknownFor = 26 * time.Hour

// posted is the message of the outbox that a deed is about: the root of its thread, or the message itself.
func (p *Platform) posted(d deed) *message {
	for _, id := range []int64{d.Root, d.Message} {
		if m := p.message(id); m != nil && m.User == selfUser && m.Delivery != "" {
			return m
		}
	}
	return nil
}

// keepUnknown keeps a deed of which the desk knew no case, if it may still come to know it.
func (p *Platform) keepUnknown(d deed) bool {
	m := p.posted(d)
	if m == nil || d.again || p.clock.Now().Sub(m.At) > keepUnknownFor {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unknown = append(p.unknown, d)
	return true
}

// Reread passes on again what was done at a message, and in the thread under it, while the desk did not know
// it. It implements bot.Rereader.
func (p *Platform) Reread(ctx context.Context, root bot.Ref) error {
	_, _, id, err := parseRef(root)
	if err != nil {
		return &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	p.mu.Lock()
	var mine []deed
	p.unknown = slices.DeleteFunc(p.unknown, func(d deed) bool {
		here := d.Root == id || d.Message == id
		if m := p.byID[d.Message]; m != nil && m.Root == id {
			here = true
		}
		if here {
			d.again = true
			mine = append(mine, d)
		}
		return here
	})
	p.mu.Unlock()
	for i, d := range mine {
		if _, err := p.pass(ctx, d); err != nil {
			p.mu.Lock()
			p.unknown = append(p.unknown, mine[i:]...)
			p.mu.Unlock()
			return sendError(err)
		}
	}
	return nil
}
