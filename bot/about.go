package bot

import (
	"context"
	"time"

	"casebot/desk"
)

// defaultCardWait is how long a message to a person waits for the card it leads to: both are written by one act, and
// the card may be a moment behind.
const defaultCardWait = 1500 * time.Millisecond

// about finds the card to which a message to one person leads, so that whoever is called at night gets to the
// thread by one press. Empty: there is none that they read. It looks when it begins, when this process has stored
// the card's address, and once more at the end of its patience, because another process may have stored it.
func (d *Delivery) about(ctx context.Context, x desk.Delivery, t target) Ref {
	if x.Place != desk.ToPerson || x.Case == "" {
		return ""
	}
	wanted := []cardKey{{x.Case, t.side}}
	if t.side == desk.Provider && d.Dir.SharedRoom(x.Tenant) {
		wanted = append(wanted, cardKey{x.Case, desk.Partner})
	}
	// Whoever asks to be told before they look misses no card that is stored in between.
	stored, leave := d.expectCard(wanted...)
	defer leave()
	patience := time.NewTimer(d.CardWait)
	defer patience.Stop()
	for last := false; ; {
		card, mayCome := d.cardFor(ctx, x, t)
		if card != "" || !mayCome || last {
			return card
		}
		select {
		case <-ctx.Done():
			return ""
		case <-stored:
		case <-patience.C:
			last = true
		}
	}
}

// cardFor looks for the card that a message to one person leads to. mayCome says that they read it once it is there.
func (d *Delivery) cardFor(ctx context.Context, x desk.Delivery, t target) (card Ref, mayCome bool) {
	var cards []desk.Post
	var c *desk.Case
	err := d.Store.View(ctx, func(r desk.Reader) (err error) {
		if c, err = r.Case(x.Case); err != nil {
			return err
		}
		cards, err = r.Posts(x.Case, t.side, desk.PurposeCard)
		if err == nil && len(cards) == 0 && t.side == desk.Provider && d.Dir.SharedRoom(c.Tenant) {
			cards, err = r.Posts(x.Case, desk.Partner, desk.PurposeCard)
		}
		return err
	})
	switch {
	case err != nil, c.Restricted && !t.private, t.side == desk.Provider && !c.Reached:
		return "", false
	case len(cards) > 0:
		return cards[0].Ref, true
	}
	return "", true
}

// cardKey names the card of a case on one side.
type cardKey struct {
	id   string // Of the case.
	side desk.PartyKind
}

// expectCard tells stored when this process has stored the address of one of the cards. Whoever asks calls leave when
// they wait no more.
func (d *Delivery) expectCard(cards ...cardKey) (stored <-chan struct{}, leave func()) {
	told := make(chan struct{}, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range cards {
		if d.expected[k] == nil {
			d.expected[k] = map[chan struct{}]bool{}
		}
		d.expected[k][told] = true
	}
	return told, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, k := range cards {
			if delete(d.expected[k], told); len(d.expected[k]) == 0 {
				delete(d.expected, k)
			}
		}
	}
}

// stored tells those who wait for a card that its address stands in the store. Call it after the commit.
func (d *Delivery) stored(p *desk.Post) {
	if p == nil || p.Purpose != desk.PurposeCard {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for told := range d.expected[cardKey{p.Case, p.Side}] {
		select {
		case told <- struct{}{}:
		default: // They have not read the last word yet, and look after it.
		}
	}
}
