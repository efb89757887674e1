package bot_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// gate is a platform on which nothing gets into a channel until it is open.
type gate struct {
	*leads
	open chan struct{}
}

func (g *gate) Post(ctx context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	if to.Person.ID == "" {
		select {
		case <-g.open:
		case <-ctx.Done():
			return "", &bot.SendError{Kind: bot.Temporary, Err: errors.New("cut off before it was sent")}
		}
	}
	return g.leads.Post(ctx, to, m, id)
}

// looks is a store that counts how often somebody looks for a case's card.
type looks struct {
	*bottest.MemStore
	n atomic.Int32
}

func (s *looks) View(ctx context.Context, f func(desk.Reader) error) error {
	return s.MemStore.View(ctx, func(r desk.Reader) error { return f(looking{r, &s.n}) })
}

type looking struct {
	desk.Reader
	n *atomic.Int32
}

func (r looking) Posts(id string, side desk.PartyKind, purpose desk.Purpose) ([]desk.Post, error) {
	r.n.Add(1)
	return r.Reader.Posts(id, side, purpose)
}

// called is a world in which a call of Marco waits for the card of his case, in a bubble with its own time.
type called struct {
	*world
	*gate
	looks   *looks
	worker  *bot.Delivery
	stop    func()
	stopped chan struct{}
}

// call starts the delivery of a case's card, when there is one, and of a call of Marco that leads to it; it returns
// when both can get no further.
func call(t *testing.T, card bool, patience time.Duration) *called {
	w := newWorld(t)
	c := &called{world: w, gate: &gate{&leads{Fake: w.fake}, make(chan struct{})}, looks: &looks{MemStore: w.store}, stopped: make(chan struct{})}
	w.file("NW-1001", "Exports hang", false)
	if card {
		w.put(notice(desk.NoticeCard, desk.InThread, "card", "NW-1001"))
	}
	wake := direct("person/marco", "call")
	wake.Case, wake.Person = "NW-1001", "marco"
	w.put(wake)
	c.worker = w.patient(c.gate, c.looks, patience)
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	go func() { c.worker.Run(ctx); close(c.stopped) }()
	synctest.Wait()
	return c
}

// patient makes a worker with a patience of its own.
func (w *world) patient(p bot.Platform, s desk.Store, patience time.Duration) *bot.Delivery {
	d := w.worker(p)
	d.Store, d.CardWait = s, patience
	return d
}

// led gives where the calls lead that went out so far.
func (c *called) led() []bot.Ref {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.to)
}

// end stops the worker and sees that nobody waits any more.
func (c *called) end(t *testing.T) {
	t.Helper()
	c.stop()
	<-c.stopped
	if n := c.worker.Expected(); n != 0 {
		t.Errorf("%d cards are waited for after the end", n)
	}
}

// A call waits for the card without looking for it in the store again and again, and goes as soon as it is there.
func TestACallWaitsForTheCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := call(t, true, time.Hour)
		before := c.looks.n.Load()
		time.Sleep(time.Second)
		synctest.Wait()
		if after := c.looks.n.Load(); after != before || len(c.led()) != 0 {
			t.Errorf("while it waits the card was looked for %d times, and %d calls went out", after-before, len(c.led()))
		}
		close(c.open)
		synctest.Wait()
		cards, _ := c.card(t)
		if len(cards) != 1 || len(c.led()) != 1 || c.led()[0] != cards[0].Ref {
			t.Errorf("the call leads to %q, the card is %+v", c.led(), cards)
		}
		if n := c.looks.n.Load() - before; n != 1 {
			t.Errorf("once the card was there it was looked for %d times, want once", n)
		}
		c.end(t)
	})
}

func (w *world) card(t *testing.T) (cards []desk.Post, err error) {
	err = w.store.View(t.Context(), func(r desk.Reader) (err error) {
		cards, err = r.Posts("NW-1001", desk.Partner, desk.PurposeCard)
		return err
	})
	return cards, err
}

// A card that does not come holds a call up no longer than its patience; then it goes without a link. A card that
// another process has stored meanwhile is found by the last look.
func TestACallGoesWithoutACardThatDoesNotCome(t *testing.T) {
	for name, elsewhere := range map[string]bot.Ref{"no card": "", "a card of another process": "nw:cases/77"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const patience = 3 * time.Second
				c := call(t, elsewhere == "", patience) // Its own card, if any, is stuck.
				if elsewhere != "" {
					c.update(func(tx desk.Tx) error {
						return tx.PutPost(desk.Post{Ref: elsewhere, Tenant: "northwind", Case: "NW-1001", Side: desk.Partner, Purpose: desk.PurposeCard})
					})
				}
				time.Sleep(patience - time.Millisecond)
				synctest.Wait()
				if len(c.led()) != 0 {
					t.Error("the call did not wait for the card")
				}
				time.Sleep(time.Millisecond)
				synctest.Wait()
				if len(c.led()) != 1 || c.led()[0] != elsewhere {
					t.Errorf("after its patience the calls lead to %q, want one to %q", c.led(), elsewhere)
				}
				close(c.open)
				c.end(t)
			})
		})
	}
}

// Who does not wait sends at once.
func TestACallThatDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := call(t, true, -1)
		if len(c.led()) != 1 || c.led()[0] != "" {
			t.Errorf("the calls lead to %q, want one without a card", c.led())
		}
		close(c.open)
		c.end(t)
	})
}

// A stop ends the wait; the next program makes the call, once.
func TestAStopWhileACallWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := call(t, true, time.Hour)
		c.end(t)
		if len(c.led()) != 0 {
			t.Errorf("%d calls went out while the desk stopped", len(c.led()))
		}
		close(c.open)
		c.clock.Advance(2 * time.Minute) // Leases run out.
		c.settle(c.patient(c.gate, c.looks, time.Hour), time.Minute)
		cards, _ := c.card(t)
		if len(cards) != 1 || len(c.led()) != 1 || c.led()[0] != cards[0].Ref {
			t.Errorf("after the next start the calls lead to %q, the card is %+v", c.led(), cards)
		}
	})
}
