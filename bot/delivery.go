package bot

import (
	"context"
	"log/slog"
	"runtime/debug"
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
	Rates     *Rates         // Classes "<platform>/send" and "<platform>/edit"; nil holds nothing back.
	Workers   int            // Sends under way at once; 0 is 8.
	Lease     time.Duration  // How long a claim lasts; 0 is a minute.
	Jitter    func() float64 // 0–1, spreads retries; nil is 0.5.
	CardWait  time.Duration  // How long a message to a person waits for the card it leads to; 0 is 1.5 s, below 0 it does not wait.

	wake chan struct{}
	once sync.Once

	claiming sync.Mutex // Held over a claim and the note of what is flying, so that Flush never misses one.

	mu     sync.Mutex
	flying map[string]bool // Delivery ids under way in this process.
	shown  map[Ref]string  // What a card looks like on the platform, to leave out edits that change nothing.

	expected map[cardKey]map[chan struct{}]bool // Who waits for which card.
	shut     map[string]span                    // Rooms that take no message at the moment.
	logged   map[string]time.Time               // Rooms of which the log says that they are closed, and since when.
}

const (
	sendTimeout = 20 * time.Second
	graceAtEnd  = 5 * time.Second // What is under way when the desk is told to stop may take this long.
	noCardWait  = 30 * time.Second
	pollEvery   = time.Second
	giveUpAfter = 24 * time.Hour
)

func (d *Delivery) init() {
	d.once.Do(func() {
		d.wake, d.flying, d.shown = make(chan struct{}, 1), map[string]bool{}, map[Ref]string{}
		d.expected, d.shut, d.logged = map[cardKey]map[chan struct{}]bool{}, map[string]span{}, map[string]time.Time{}
		if d.CardWait == 0 {
			d.CardWait = defaultCardWait
		}
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
	poll := time.NewTimer(pollEvery)
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
		poll.Reset(d.untilNext())
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
	d.claiming.Lock()
	defer d.claiming.Unlock()
	d.mu.Lock()
	free := d.Workers - len(d.flying)
	d.mu.Unlock()
	if free <= 0 || ctx.Err() != nil {
		return nil
	}
	shut, _ := d.closedRooms(d.Clock.Now())
	var got []desk.Delivery
	err := d.Store.Update(ctx, func(tx desk.Tx) error {
		var err error
		got, err = tx.ClaimDeliveries(d.Clock.Now(), d.Lease, free, shut...)
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

// handle delivers one notice and records what became of it. A send that is under way when ctx ends is
// given a moment to come to its end: cutting it off would only make its outcome unclear.
func (d *Delivery) handle(ctx context.Context, x desk.Delivery) {
	begun := false
	defer func() {
		if p := recover(); p != nil {
			d.Log.Error("a delivery panicked", "notice", x.Key, "panic", p, "stack", string(debug.Stack()))
			o := outcome{state: desk.DeliveryDead, note: "the message could not be made"}
			if begun {
				o = outcome{state: desk.DeliveryUnclear, after: d.backoff(x.Attempts), note: "the send broke off"}
			}
			d.end(x, o)
		}
		d.mu.Lock()
		delete(d.flying, x.ID)
		d.mu.Unlock()
	}()
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-own.Done():
		case <-time.After(graceAtEnd):
			cancel()
		}
	})
	defer stop()
	d.end(x, d.send(own, x, &begun))
}
