package bot

import (
	"context"
	"errors"
	"time"

	"casebot/desk"
)

// outcome is what became of one attempt.
type outcome struct {
	state desk.DeliveryState // Empty: the notice is somebody else's now, and nothing is recorded.
	ref   Ref
	note  string
	after time.Duration // With DeliveryPending: how long to wait.
	stays bool          // With DeliveryPending: it keeps its place among those that wait for the same room.
	room  string        // With DeliveryPending: the room that its lane waits for from now on; empty: as before.
	post  *desk.Post
}

// send makes one attempt; begun is set once the platform may have got the message.
func (d *Delivery) send(ctx context.Context, x desk.Delivery, begun *bool) outcome {
	t, err := d.target(ctx, x)
	if errors.Is(err, errNotTold) {
		return outcome{state: desk.DeliveryDropped}
	}
	if err != nil {
		return d.failed(x, t, err)
	}
	m, drop, err := d.Render(ctx, t.addressed(x.Notice), t.to.Home)
	switch {
	case err != nil:
		return d.failed(x, t, err)
	case drop:
		return outcome{state: desk.DeliveryDropped}
	case t.there != "":
		m.About = d.about(ctx, x, t)
		return d.edit(ctx, x, t, m)
	}
	m.About = d.about(ctx, x, t)
	if x.Started {
		// An earlier attempt was begun and how it ended is not known: it may be there already.
		if o, done := d.look(ctx, x, t); done {
			return o
		}
	}
	if o, wait := d.begin(ctx, x, t); wait {
		return o
	}
	*begun = true
	since := time.Now()
	ref, err := t.platform.Post(ctx, t.to, m, x.ID)
	if err == nil {
		o := d.sent(x, t, ref, m)
		if time.Since(since) > holdFor/2 {
			// What happened at it meanwhile may have waited for its address in vain.
			return d.reread(ctx, x, t, o)
		}
		return o
	}
	x.Started, x.Attempts = false, x.Attempts+1
	if kind, _ := SendKindOf(err); kind == Unclear {
		x.Started = true
		if o, done := d.look(ctx, x, t); done {
			return o
		}
	}
	return d.failed(x, t, err)
}

// begin asks the rate table for a call and announces the attempt in the store, which counts it. wait is
// set when nothing may be sent now.
func (d *Delivery) begin(ctx context.Context, x desk.Delivery, t target) (o outcome, wait bool) {
	now := d.Clock.Now()
	if after := d.Rates.Take(t.class(), t.bucket(), now); after > 0 {
		return d.hold(x, t, after, now), true
	}
	err := d.Store.Update(ctx, func(tx desk.Tx) error { return tx.BeginDelivery(x.ID, d.Clock.Now()) })
	switch {
	case desk.KindOf(err) == desk.KindConflict:
		return outcome{}, true // The lease ran out: whoever has it now sends, or has sent.
	case err != nil:
		return d.again(x, time.Second, err.Error()), true
	}
	return outcome{}, false
}

// again puts a notice back. One whose earlier send may have arrived stays begun, so that it is looked for.
func (d *Delivery) again(x desk.Delivery, after time.Duration, note string) outcome {
	o := outcome{state: desk.DeliveryPending, after: after, note: note}
	if x.Started {
		o.state = desk.DeliveryUnclear
	}
	return o
}

// edit brings a message that is already there up to date: a card, or what was told of an event. An edit is safe to repeat.
func (d *Delivery) edit(ctx context.Context, x desk.Delivery, t target, m Message) outcome {
	look := fingerprint(m)
	d.mu.Lock()
	same := d.shown[t.there] == look
	d.mu.Unlock()
	done := outcome{state: desk.DeliverySent, ref: t.there}
	if x.Started && x.Kind == desk.NoticeCard {
		// The program may have ended between storing the card's address and reading its thread back.
		if done = d.reread(ctx, x, t, done); done.state != desk.DeliverySent {
			return done
		}
	}
	if same {
		return done
	}
	if o, wait := d.begin(ctx, x, t); wait {
		return o
	}
	x.Attempts++
	if err := t.platform.Edit(ctx, t.there, m); err != nil {
		return d.failed(x, t, err)
	}
	d.remember(t.there, look)
	return done
}

// look searches the platform for an earlier send of ours. It is done when the message is there, or when
// nobody can tell: then people are shown it and the desk does not guess.
func (d *Delivery) look(ctx context.Context, x desk.Delivery, t target) (outcome, bool) {
	f, ok := t.platform.(Finder)
	if !ok {
		return outcome{state: desk.DeliveryDoubt, note: "it is not known whether the message arrived"}, true
	}
	ref, found, err := f.Find(ctx, t.to, x.ID)
	switch {
	case err != nil:
		// Not even the look succeeded: it is looked for again, never sent on a guess.
		x.Started = true
		if shut, closed := closedTo(err); closed {
			return d.closed(x, t, shut), true
		}
		return d.again(x, max(d.backoff(x.Attempts), time.Second), err.Error()), true
	case found:
		return d.reread(ctx, x, t, d.sent(x, t, ref, Message{})), true
	}
	return outcome{}, false
}

// sent records the message so that a reaction or a reply on it finds the case.
func (d *Delivery) sent(x desk.Delivery, t target, ref Ref, m Message) outcome {
	o := outcome{state: desk.DeliverySent, ref: ref}
	if x.Case == "" {
		return o
	}
	p := desk.Post{Ref: ref, Tenant: x.Tenant, Case: x.Case, Side: t.side, Purpose: desk.PurposeTold, Seq: x.Seq, Thread: t.to.Thread}
	switch x.Kind {
	case desk.NoticeCard:
		p.Purpose = desk.PurposeCard
		d.remember(ref, fingerprint(m))
	case desk.NoticeArticles:
		p.Purpose = desk.PurposeAlso // It bears the number of an event that has a message of its own.
	}
	o.post = &p
	return o
}

// failed sorts a failure: temporary ones wait and are tried again for a day, or a week where a place takes nothing until
// somebody has mended it; permanent ones go to the dead letters that people can see and retry.
func (d *Delivery) failed(x desk.Delivery, t target, err error) outcome {
	kind, after := SendKindOf(err)
	if desk.KindOf(err) == desk.KindBusy {
		kind, after = Temporary, time.Second
	}
	var e *SendError
	known := errors.As(err, &e)
	shut, closed := closedTo(err)
	age := d.Clock.Now().Sub(x.At)
	over := kind == Permanent || !closed && age > giveUpAfter && (x.Attempts > 3 || errors.Is(err, errNoCard))
	if closed {
		// It may close on the eve of a holiday, and what is told late must still come in its order.
		over = age > closedFor && x.Waits != ""
	}
	if over && x.Kind == desk.NoticeRedraw {
		// Somebody took the message away, or it can be edited no more. Nobody has lost a word, and a press on it is answered.
		d.Log.Warn("a message could not be brought up to date", "notice", x.Key, "err", err)
		return outcome{state: desk.DeliveryDropped, note: err.Error()}
	}
	if over {
		d.Log.Error("a message could not be delivered", "notice", x.Key, "err", err)
		return outcome{state: desk.DeliveryDead, note: err.Error()}
	}
	if closed {
		return d.closed(x, t, shut)
	}
	if after > 0 && known && !e.Aside {
		now := d.Clock.Now()
		d.Rates.Close(t.class(), t.bucket(), now.Add(after), now)
	}
	wait := max(after, d.backoff(x.Attempts))
	if errors.Is(err, errNoCard) {
		// The card is dead or in doubt and people have to look at it; asking twice a second helps nobody.
		wait = noCardWait
	}
	return d.again(x, wait, err.Error())
}

// backoff doubles from half a second to five minutes, spread by the jitter.
func (d *Delivery) backoff(attempts int) time.Duration {
	base := 500 * time.Millisecond << min(attempts, 10)
	return time.Duration(float64(min(base, 5*time.Minute)) * (0.75 + d.Jitter()/2))
}

// end records the outcome and the post in one transaction. It does not use the send's context: an
// outcome that is known is recorded even while the desk shuts down.
func (d *Delivery) end(x desk.Delivery, o outcome) {
	if o.state == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	now := d.Clock.Now()
	err := d.Store.Update(ctx, func(tx desk.Tx) error {
		if o.post != nil {
			if err := tx.PutPost(*o.post); err != nil {
				return err
			}
		}
		if o.state == desk.DeliverySent {
			if err := d.follow(tx, x.Notice, now); err != nil {
				return err
			}
		}
		next := now.Add(o.after)
		if o.stays {
			next = x.NotBefore
		}
		if o.room != "" {
			return tx.HoldDelivery(x.ID, o.room, o.note, o.state == desk.DeliveryUnclear, next)
		}
		return tx.EndDelivery(x.ID, o.state, o.ref, o.note, next, now)
	})
	if err != nil {
		d.Log.Error("the end of a delivery could not be recorded; it will be looked up", "notice", x.Key, "err", err)
		return
	}
	d.stored(o.post)
}

// follow writes down what is told after a notice that was sent.
func (d *Delivery) follow(tx desk.Tx, sent desk.Notice, now time.Time) error {
	if sent.Kind != desk.NoticeCard || sent.Room == "" {
		return nil
	}
	events, err := tx.Events(sent.Case)
	if err != nil {
		return err
	}
	articles, ok := desk.ArticlesAfter(sent, events, now)
	if !ok {
		return nil
	}
	return tx.PutNotice(articles)
}

func (d *Delivery) remember(ref Ref, look string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.shown) > 10_000 {
		clear(d.shown) // Forgetting costs an edit, nothing more.
	}
	d.shown[ref] = look
}
