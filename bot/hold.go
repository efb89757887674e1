package bot

import (
	"context"
	"slices"
	"sync"
	"time"

	"casebot/desk"
)

// Between the moment at which a platform shows a card and the one at which the desk has stored the card's
// address, a person may answer it, react to it or press its button. Such a happening is at a message that
// the desk does not know. It is held until the sends that were under way then have come to their end, and
// handed on again. Nothing is kept for it: where the program ends in between, the send it waited for stays
// begun in the store, and after the next start the delivery finds the card and reads its thread back
// (Rereader).

// holdFor bounds how long a happening is held. A send that takes longer than half of it has its thread read
// back, so what was held too long is not lost.
const holdFor = 20 * time.Second

// lid closes once, and tells those who wait.
type lid struct {
	once sync.Once
	end  sync.Once
	done chan struct{}
}

func (l *lid) closed() chan struct{} {
	l.once.Do(func() { l.done = make(chan struct{}) })
	return l.done
}

// Stop ends every wait, because the sends that are waited for end with the program.
func (d *Dispatcher) Stop() { d.stopping.end.Do(func() { close(d.stopping.closed()) }) }

// settled waits for the sends that are under way, after which the handler is asked once more. false: it is not
// known what is under way.
func (d *Dispatcher) settled(ctx context.Context, limit time.Duration, in *Interaction) bool {
	if d.Sending == nil {
		return false
	}
	switch in.Kind {
	case Said, React, Unreact:
		limit = holdFor // Nobody waits for an answer.
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	first, err := d.Sending(ctx)
	if err != nil {
		return false
	}
	left := first
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		if left = slices.DeleteFunc(left, func(id string) bool { return !slices.Contains(first, id) }); len(left) == 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return true // One last look.
		case <-d.stopping.closed():
			return true
		case <-time.After(wait):
		}
		if left, err = d.Sending(ctx); err != nil {
			return false
		}
	}
}

// reread reads back what people wrote and did at a message of ours while the desk did not know its address: in
// its thread, when it is a card, else in the one it stands in. The address is stored first, so that whatever
// comes in from then on finds the case by itself, and the delivery ends after that: one that does not get so
// far is begun still, and is found and read back again.
func (d *Delivery) reread(ctx context.Context, x desk.Delivery, t target, o outcome) outcome {
	p, ok := t.platform.(Rereader)
	if !ok || x.Case == "" {
		return o
	}
	if o.post != nil {
		if err := d.Store.Update(ctx, func(tx desk.Tx) error { return tx.PutPost(*o.post) }); err != nil {
			x.Started = true
			return d.again(x, max(d.backoff(x.Attempts), time.Second), err.Error())
		}
		d.stored(o.post)
	}
	root := o.ref
	if t.to.Thread != "" {
		root = t.to.Thread
	}
	err := p.Reread(ctx, root)
	if shut, closed := closedTo(err); closed && d.Clock.Now().Sub(x.At) < closedFor {
		x.Started = true
		return d.closed(x, t, shut)
	}
	if kind, after := SendKindOf(err); err != nil && kind != Permanent && d.Clock.Now().Sub(x.At) < giveUpAfter {
		x.Started = true
		return d.again(x, max(after, d.backoff(x.Attempts), time.Second), err.Error())
	}
	if err != nil {
		d.Log.Error("a thread could not be read back", "notice", x.Key, "thread", root, "err", err)
	}
	return o
}
