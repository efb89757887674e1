package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"casebot/desk"
)

// Delivery takes notices out of the outbox and to the platforms. Lanes keep order: of each lane one
// notice is under way at a time. Nothing is told twice: a send is announced in the store before it is
// made, and one whose end is unclear is looked for on the platform before it is made again.
type Delivery struct {
	Store     desk.Store
	Dir       *desk.Directory
	Platforms map[string]Platform // By the name that homes write.
	Render    Render
	Clock     Clock
	Log       *slog.Logger
	Rates     *Rates
	Workers   int            // Sends under way at once; 0 is 8.
	Lease     time.Duration  // How long a claim lasts; 0 is a minute.
	Jitter    func() float64 // 0–1, spreads retries; nil is 0.5.

	wake chan struct{}
	once sync.Once

	mu     sync.Mutex
	flying map[string]bool // Delivery ids under way in this process.
	shown  map[Ref]string  // What a card looks like on the platform, to leave out edits that change nothing.
}

const (
	sendTimeout = 20 * time.Second
	pollEvery   = time.Second
	giveUpAfter = 24 * time.Hour
)

func (d *Delivery) init() {
	d.once.Do(func() {
		d.wake, d.flying, d.shown = make(chan struct{}, 1), map[string]bool{}, map[Ref]string{}
		if d.Workers == 0 {
			d.Workers = 8
		}
		if d.Lease == 0 {
			d.Lease = time.Minute
		}
		if d.Rates == nil {
			d.Rates = NewRates(nil)
		}
		if d.Jitter == nil {
			d.Jitter = func() float64 { return 0.5 }
		}
	})
}

// Nudge says that a notice was just written, so that it is delivered now and not at the next poll.
func (d *Delivery) Nudge() {
	d.init()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends, and returns when what was under way has been recorded.
func (d *Delivery) Run(ctx context.Context) {
	d.init()
	var wg sync.WaitGroup
	defer wg.Wait()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		for _, x := range d.claim(ctx) {
			wg.Add(1)
			go func() {
				defer wg.Done()
				d.handle(ctx, x)
				d.Nudge()
			}()
		}
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-poll.C:
		}
	}
}

// Flush delivers everything that may be delivered now and returns when nothing is left. The playground
// uses it between two steps of its clock, and tests do.
func (d *Delivery) Flush(ctx context.Context) {
	d.init()
	for ctx.Err() == nil {
		batch := d.claim(ctx)
		var wg sync.WaitGroup
		for _, x := range batch {
			wg.Add(1)
			go func() { defer wg.Done(); d.handle(ctx, x) }()
		}
		wg.Wait()
		if len(batch) > 0 {
			continue
		}
		d.mu.Lock()
		busy := len(d.flying)
		d.mu.Unlock()
		if busy == 0 {
			return
		}
		// The running worker has some of them; its end wakes us.
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// claim leases as many notices as there are free workers.
func (d *Delivery) claim(ctx context.Context) []desk.Delivery {
	d.mu.Lock()
	free := d.Workers - len(d.flying)
	d.mu.Unlock()
	if free <= 0 || ctx.Err() != nil {
		return nil
	}
	var got []desk.Delivery
	err := d.Store.Update(ctx, func(tx desk.Tx) error {
		var err error
		got, err = tx.ClaimDeliveries(d.Clock.Now(), d.Lease, free)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			d.Log.Error("the outbox could not be read", "err", err)
		}
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	out := got[:0]
	for _, x := range got {
		// A lease can run out under a send that is still going on here (the playground's clock jumps).
		if !d.flying[x.ID] {
			d.flying[x.ID] = true
			out = append(out, x)
		}
	}
	return out
}

// handle delivers one notice and records what became of it.
func (d *Delivery) handle(ctx context.Context, x desk.Delivery) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.Error("a delivery panicked", "notice", x.Key, "panic", p)
			d.end(x, outcome{state: desk.DeliveryDead, note: "the message could not be made"})
		}
		d.mu.Lock()
		delete(d.flying, x.ID)
		d.mu.Unlock()
	}()
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	d.end(x, d.send(ctx, x))
}

// outcome is what became of one attempt.
type outcome struct {
	state desk.DeliveryState
	ref   Ref
	note  string
	after time.Duration // With DeliveryPending: how long to wait.
	post  *desk.Post
}

// send makes one attempt.
func (d *Delivery) send(ctx context.Context, x desk.Delivery) outcome {
	t, err := d.target(ctx, x)
	if err != nil {
		return d.failed(x, t, err)
	}
	m, drop, err := d.Render(ctx, t.addressed(x.Notice), t.to.Home)
	switch {
	case err != nil:
		return d.failed(x, t, err)
	case drop:
		return outcome{state: desk.DeliveryDropped}
	}
	if wait := d.Rates.Take("send", t.to.Home.ID+"/"+t.to.Channel, d.Clock.Now()); wait > 0 {
		return outcome{state: desk.DeliveryPending, after: wait, note: "rate limit"}
	}
	if t.card != "" {
		return d.edit(ctx, x, t, m)
	}
	if x.Started {
		// An earlier attempt was begun and never ended: it may be there already.
		if o, done := d.look(ctx, x, t); done {
			return o
		}
	}
	if err := d.Store.Update(ctx, func(tx desk.Tx) error { return tx.BeginDelivery(x.ID, d.Clock.Now()) }); err != nil {
		return outcome{state: desk.DeliveryPending, after: time.Second, note: err.Error()}
	}
	ref, err := t.platform.Post(ctx, t.to, m, x.ID)
	if err == nil {
		return d.sent(x, t, ref, m)
	}
	if kind, _ := SendKindOf(err); kind == Unclear {
		if o, done := d.look(ctx, x, t); done {
			return o
		}
	}
	return d.failed(x, t, err)
}

// edit brings a card that is already there up to date. An edit is safe to repeat.
func (d *Delivery) edit(ctx context.Context, x desk.Delivery, t target, m Message) outcome {
	look := fingerprint(m)
	d.mu.Lock()
	same := d.shown[t.card] == look
	d.mu.Unlock()
	if same {
		return outcome{state: desk.DeliverySent, ref: t.card}
	}
	if err := t.platform.Edit(ctx, t.card, m); err != nil {
		return d.failed(x, t, err)
	}
	d.remember(t.card, look)
	return outcome{state: desk.DeliverySent, ref: t.card}
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
		return outcome{state: desk.DeliveryPending, after: d.backoff(x.Attempts), note: err.Error()}, true
	case found:
		return d.sent(x, t, ref, Message{}), true
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
	if x.Kind == desk.NoticeCard {
		p.Purpose = desk.PurposeCard
		d.remember(ref, fingerprint(m))
	}
	o.post = &p
	return o
}

// failed sorts a failure: temporary ones wait and are tried again for a day, permanent ones go to the
// dead letters that people can see and retry.
func (d *Delivery) failed(x desk.Delivery, t target, err error) outcome {
	kind, after := SendKindOf(err)
	if desk.KindOf(err) == desk.KindBusy {
		kind, after = Temporary, time.Second
	}
	if kind == Permanent || d.Clock.Now().Sub(x.At) > giveUpAfter {
		d.Log.Error("a message could not be delivered", "notice", x.Key, "err", err)
		return outcome{state: desk.DeliveryDead, note: err.Error()}
	}
	if after > 0 {
		now := d.Clock.Now()
		d.Rates.Close("send", t.to.Home.ID+"/"+t.to.Channel, now.Add(after), now)
	}
	return outcome{state: desk.DeliveryPending, after: max(after, d.backoff(x.Attempts)), note: err.Error()}
}

// backoff doubles from half a second to five minutes, spread by the jitter.
func (d *Delivery) backoff(attempts int) time.Duration {
	base := 500 * time.Millisecond << min(attempts, 10)
	return time.Duration(float64(min(base, 5*time.Minute)) * (0.75 + d.Jitter()/2))
}

// end records the outcome and the post in one transaction. It does not use the send's context: an
// outcome that is known is recorded even while the desk shuts down.
func (d *Delivery) end(x desk.Delivery, o outcome) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	now := d.Clock.Now()
	err := d.Store.Update(ctx, func(tx desk.Tx) error {
		if o.post != nil {
			if err := tx.PutPost(*o.post); err != nil {
				return err
			}
		}
		return tx.EndDelivery(x.ID, o.state, o.ref, o.note, now.Add(o.after), now)
	})
	if err != nil {
		d.Log.Error("the end of a delivery could not be recorded; it will be looked up", "notice", x.Key, "err", err)
	}
}

func (d *Delivery) remember(ref Ref, look string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.shown) > 10_000 {
		clear(d.shown) // Forgetting costs an edit, nothing more.
	}
	d.shown[ref] = look
}
