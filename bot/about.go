package bot

import (
	"context"
	"time"

	"casebot/desk"
)

// cardWait is how long a message to a person waits for the card it leads to: both are written by one act, and the
// card may be a moment behind.
const cardWait = 1500 * time.Millisecond

// about finds the card to which a message to one person leads, so that whoever is called at night gets to the
// thread by one press. Empty: there is none that they read.
func (d *Delivery) about(ctx context.Context, x desk.Delivery, t target) Ref {
	if x.Place != desk.ToPerson || x.Case == "" {
		return ""
	}
	for end := time.Now().Add(cardWait); ; {
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
			return ""
		case len(cards) > 0:
			return cards[0].Ref
		}
		if time.Now().After(end) {
			return ""
		}
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(20 * time.Millisecond):
		}
	}
}
