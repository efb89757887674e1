package bot

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"casebot/desk"
)

// target is where a notice goes.
type target struct {
	platform Platform
	to       To
	side     desk.PartyKind
	there    Ref  // The message that is there already, when the notice brings it up to date.
	private  bool // Only people who are invited to the restricted case read what goes there.
}

// class is the class of call in the rate table: each platform has its own limits, and counts posts and
// edits apart.
func (t target) class() string {
	if t.there != "" {
		return t.to.Home.Platform + "/edit"
	}
	return t.to.Home.Platform + "/send"
}

// bucket names the place that a platform counts calls for: a channel, or the conversation with one person.
func (t target) bucket() string {
	if t.to.Person.ID != "" {
		return t.to.Home.ID + "/@" + t.to.Person.ID
	}
	return t.to.Home.ID + "/" + t.to.Channel
}

// RoomKey is set in a notice's Data while it is rendered for a place that only the invited people of a
// restricted case can read. Without it such a case is told without title, customer or words.
const RoomKey = "room"

// addressed gives the notice as the renderer gets it.
func (t target) addressed(n desk.Notice) desk.Notice {
	if !t.private {
		return n
	}
	data := map[string]string{RoomKey: "yes"}
	for k, v := range n.Data {
		data[k] = v
	}
	n.Data = data
	return n
}

// errNoCard says that the root of a thread is not there yet.
var errNoCard = errors.New("the case's card has not been posted yet")

// errNotTold says that there is no message to be drawn anew: it was never sent, or its place is gone.
var errNotTold = errors.New("there is no such message to bring up to date")

// target finds a notice's place: the party's home, and there a person, the review channel, or the
// thread under the case's card. A restricted case has a private room instead of the channel.
func (d *Delivery) target(ctx context.Context, x desk.Delivery) (target, error) {
	if x.Place == desk.ToPager {
		return d.pager(x)
	}
	home, ok := d.Dir.HomeOf(x.Party)
	if !ok {
		return target{}, &SendError{Kind: Permanent, Err: fmt.Errorf("party %q has no home", x.Party)}
	}
	p, ok := d.Platforms[home.Platform]
	if !ok {
		// It may run again after the next start; what waits longer than a day goes to the dead letters.
		return target{}, &SendError{Kind: Temporary, After: time.Minute, Err: fmt.Errorf("home %q is on %q, which is not running", home.ID, home.Platform)}
	}
	party, _ := d.Dir.Party(x.Party)
	t := target{platform: p, to: To{Home: home, Channel: home.Cases}, side: party.Kind}
	switch x.Place {
	case desk.ToPerson:
		who, ok := d.person(home, x.Person)
		if !ok {
			return t, &SendError{Kind: Permanent, Err: fmt.Errorf("person %q has no account at home %q", x.Person, home.ID)}
		}
		t.to.Person, t.to.Channel = who, ""
		if x.Case == "" {
			return t, nil
		}
		c, err := d.caseOf(ctx, x.Case)
		t.private = err == nil && c.Restricted && desk.CanSee(who, c)
		if err == nil && x.Kind == desk.NoticeRedraw {
			err = d.told(ctx, x, &t)
		}
		return t, err
	case desk.InReview:
		if home.Review != "" {
			t.to.Channel = home.Review
		}
		return t, nil
	}
	return t, d.thread(ctx, x, &t)
}

// PagerPlatform is the name of the platform that carries pages beyond chat.
const PagerPlatform = "pager"

// pager finds a party's pager. It is no home: nobody reads or writes there.
func (d *Delivery) pager(x desk.Delivery) (target, error) {
	p, ok := d.Platforms[PagerPlatform]
	if !ok {
		return target{}, &SendError{Kind: Permanent, Err: fmt.Errorf("party %q has a pager and no routing key for it; set the variable that pager_key names", x.Party)}
	}
	home := desk.Home{ID: x.Party, Party: x.Party, Platform: PagerPlatform}
	return target{platform: p, to: To{Home: home, Channel: "pager", Data: x.Data}, side: desk.Provider}, nil
}

// thread finds the case's card on a side, and the private room of a restricted case.
func (d *Delivery) thread(ctx context.Context, x desk.Delivery, t *target) error {
	var c *desk.Case
	var cards []desk.Post
	err := d.Store.View(ctx, func(r desk.Reader) error {
		var err error
		if c, err = r.Case(x.Case); err != nil {
			return err
		}
		cards, err = r.Posts(x.Case, t.side, desk.PurposeCard)
		return err
	})
	if err != nil {
		return err
	}
	if len(cards) == 0 && t.side == desk.Provider && !c.Restricted && d.Dir.SharedRoom(c.Tenant) {
		// Both sides talk under the Partner's card.
		if err := d.Store.View(ctx, func(r desk.Reader) (err error) {
			cards, err = r.Posts(x.Case, desk.Partner, desk.PurposeCard)
			return err
		}); err != nil {
			return err
		}
	}
	if c.Restricted {
		if err := d.room(ctx, c, t); err != nil {
			return err
		}
	}
	switch {
	case x.Kind == desk.NoticeRedraw:
		return d.told(ctx, x, t)
	case len(cards) > 0 && x.Kind == desk.NoticeCard:
		t.there = cards[0].Ref
	case len(cards) > 0:
		t.to.Thread = cards[0].Ref
	case x.Kind != desk.NoticeCard:
		return &SendError{Kind: Temporary, Err: errNoCard}
	}
	return nil
}

// told finds the message of an event in a side's thread, or the one to a person. One that was never sent is drawn as it
// should be when it is, so there is nothing to do now.
func (d *Delivery) told(ctx context.Context, x desk.Delivery, t *target) error {
	var told []desk.Post
	err := d.Store.View(ctx, func(r desk.Reader) (err error) {
		told, err = r.Posts(x.Case, t.side, desk.PurposeTold)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range told {
		// A direct message stands in no thread.
		if p.Seq == x.Seq && (p.Thread == "") == (x.Place == desk.ToPerson) {
			t.there = p.Ref
			return nil
		}
	}
	return errNotTold
}

// room makes sure that a restricted case's private room on a side exists and holds exactly the invited.
func (d *Delivery) room(ctx context.Context, c *desk.Case, t *target) error {
	maker, ok := t.platform.(RoomMaker)
	if !ok {
		return &SendError{Kind: Permanent, Err: fmt.Errorf("home %q has no private rooms, which a restricted case needs", t.to.Home.ID)}
	}
	var people []desk.Person
	for _, id := range c.Invited {
		if p, ok := d.person(t.to.Home, id); ok && p.Party == t.to.Home.Party {
			people = append(people, p)
		}
	}
	channel, err := maker.Room(ctx, t.to.Home, strings.ToLower(c.ID), people)
	if err != nil {
		return err
	}
	t.to.Channel, t.private = channel, true
	return nil
}

func (d *Delivery) caseOf(ctx context.Context, id string) (*desk.Case, error) {
	var c *desk.Case
	err := d.Store.View(ctx, func(r desk.Reader) error {
		var err error
		c, err = r.Case(id)
		return err
	})
	return c, err
}

// person finds somebody by id. Somebody who is not listed bears their account as id.
func (d *Delivery) person(home desk.Home, id string) (desk.Person, bool) {
	if p, ok := d.Dir.Person(id); ok {
		return p, true
	}
	if p, ok := d.Dir.ByAccount(desk.Account(id), ""); ok {
		return p, true
	}
	// Their roles come from the platform, which tells them when they act. To be written to they need none.
	if len(home.Roles) > 0 {
		return d.Dir.Addressee(desk.Account(id), "")
	}
	return desk.Person{}, false
}

// fingerprint tells two looks of a card apart.
func fingerprint(m Message) string {
	b, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return string(sum[:16])
}
