package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"
)

// noticesFor decides who is told what of a change: pure, from the case before and after and the events
// between. It gives intents; words, places on a platform and sending come later (decision 0003). past are the events
// before, where what was told of one of them may have to be drawn anew (mayEnd).
func noticesFor(dir *Directory, before, after *Case, past, events []Event, now time.Time) []Notice {
	n := notices{dir: dir, c: after, now: now, had: before != nil && before.Reached}
	for _, e := range events {
		if _, up := e.Body.(Escalated); up {
			n.had = true
		}
		n.event(e)
		n.pager(e)
	}
	n.cards(before, events)
	n.redraws(past, events)
	return n.out
}

type notices struct {
	dir *Directory
	c   *Case
	now time.Time
	had bool // The Provider had the case when the event at hand happened: what came before is on its card.
	out []Notice
}

// sides lists the sides that have a room of their own for this case: the Partner always, the Provider
// once it was given the case, but not where both share one channel.
func (n *notices) sides() []PartyKind {
	if n.c.Reached && !n.dir.SharedRoom(n.c.Tenant) {
		return []PartyKind{Partner, Provider}
	}
	return []PartyKind{Partner}
}

func (n *notices) party(side PartyKind) string {
	if side == Provider {
		return n.dir.Provider().ID
	}
	return n.c.Tenant
}

// put adds a notice, filling in what all have in common.
func (n *notices) put(x Notice) {
	x.Tenant, x.Case, x.At, x.NotBefore = n.c.Tenant, n.c.ID, n.now, n.now
	switch x.Place {
	case ToPerson:
		x.Lane = "person/" + x.Person
	case ToPager:
		x.Lane = "pager/" + n.c.ID // An acknowledgement after its trigger, and never behind a chat that is down.
	default:
		x.Lane = n.c.ID + "/" + x.Party
	}
	x.name()
	n.out = append(n.out, x)
}

// name gives a notice about a case its key, which says what it tells to whom, so that the same thing written twice is
// delivered once, and its delivery id, which is short enough for every platform.
func (n *Notice) name() {
	n.Key = n.Case + "/" + strconv.Itoa(n.Seq) + "/" + string(n.Kind) + "/" + n.Party + "/" + n.Person
	if n.Kind == NoticeRedraw {
		n.Key += "/" + strconv.Itoa(n.Generation) // The same message may be drawn anew more than once.
	}
	n.ID = DeliveryID(n.Key)
}

// DeliveryID makes the id that travels with a message from its dedup key: 20 characters.
func DeliveryID(key string) string {
	sum := sha256.Sum256([]byte(key))
	var id [20]byte
	hex.Encode(id[:], sum[:10])
	return string(id[:])
}

// tell puts an event into the thread of each side that may read it and has a room.
func (n *notices) tell(e Event, sides ...PartyKind) {
	for _, side := range n.sides() {
		for _, want := range sides {
			if side == Provider && !n.had {
				continue
			}
			if side == want && e.Audience.Includes(side) {
				n.put(Notice{Kind: NoticeEvent, Place: InThread, Party: n.party(side), Seq: e.Seq})
			}
		}
	}
}

// ArticlesAfter is the notice that follows the first card of a side, once it is sent: the knowledge base looks for articles
// and says nothing where it has none. A restricted case is never looked up (handbook §4), and its card waits for no room.
func ArticlesAfter(card Notice, events []Event, now time.Time) (Notice, bool) {
	i := slices.IndexFunc(events, func(e Event) bool {
		_, up := e.Body.(Escalated)
		return up || card.Party == e.Tenant
	})
	if card.Kind != NoticeCard || card.Room == "" || i < 0 {
		return Notice{}, false
	}
	x := Notice{Tenant: card.Tenant, Case: card.Case, Lane: card.Lane, Kind: NoticeArticles, Place: InThread, Party: card.Party,
		Seq: events[i].Seq, At: now, NotBefore: now}
	x.name()
	return x, true
}

// event decides for one event. Acts with words of their own are told; what only moves a clock shows
// on the card.
func (n *notices) event(e Event) {
	switch b := e.Body.(type) {
	case Filed: // The card tells it.
	case Said:
		if e.Side == Partner {
			n.tell(e, Provider) // Copied across with the name; the Partner's room has the original.
		}
	case Revised:
		if e.Side == Partner {
			n.tell(e, Provider)
		}
	case ClockFired:
		n.reminder(e, b)
	case Paged:
		n.put(Notice{Kind: NoticePage, Place: ToPerson, Party: n.party(Provider), Person: b.Person, Seq: e.Seq})
		n.tell(e, Provider)
	case WaitNudged:
		if w := n.c.Wait; w != nil {
			n.put(Notice{Kind: NoticeDirect, Place: ToPerson, Party: n.partyOf(w.Owner), Person: w.Owner, Seq: e.Seq})
			n.tell(e, Partner)
		}
	case Assigned:
		if b.To != e.Actor {
			n.put(Notice{Kind: NoticeDirect, Place: ToPerson, Party: n.party(b.Side), Person: b.To, Seq: e.Seq})
		}
		n.tell(e, Partner, Provider)
	case Invited:
		n.put(Notice{Kind: NoticeDirect, Place: ToPerson, Party: n.partyOf(b.Person), Person: b.Person, Seq: e.Seq})
	case ClockStarted, ClockStopped, ClockPaused, ClockResumed, ClockMoved, ClockBreached, PromiseEnded:
	default:
		n.tell(e, Partner, Provider)
	}
}

// reminder tells the responsible side of a threshold, and the other side too when the Provider has
// missed a limit: the Partner has a customer to answer. At the limit of a response, and after the
// last reminder of an update, the escalation contact is told in person (handbook §4).
func (n *notices) reminder(e Event, f ClockFired) {
	k := n.c.cycle(f.Clock, f.Cycle)
	if k == nil || k.Kind.Timer() {
		return
	}
	mine := Notice{Kind: NoticeReminder, Place: InThread, Party: k.Party, Seq: e.Seq, Generation: k.Generation,
		Data: map[string]string{"clock": string(f.Clock), "cycle": strconv.Itoa(f.Cycle), "threshold": string(f.Threshold)}}
	n.put(mine)
	provider := n.dir.Provider()
	if f.Threshold == AtLimit && k.Party == provider.ID && !n.dir.SharedRoom(n.c.Tenant) {
		theirs := mine
		theirs.Party = n.c.Tenant
		n.put(theirs)
	}
	party, _ := n.dir.Party(k.Party)
	if party.Contact != "" && n.toContact(f) {
		told := mine
		told.Kind, told.Place, told.Person = NoticeDirect, ToPerson, party.Contact
		n.put(told)
	}
}

// toContact says whether a threshold is told to the escalation contact too.
func (n *notices) toContact(f ClockFired) bool {
	k := n.c.cycle(f.Clock, f.Cycle)
	return f.Threshold == AtContact || f.Threshold == AtLimit && k != nil && !k.reminds()
}

// partyOf is whose home somebody is told things at. Who is not listed bears their account as id, which says where they are.
func (n *notices) partyOf(person string) string {
	if p, ok := n.dir.Person(person); ok {
		return p.Party
	}
	if p, ok := n.dir.Addressee(Account(person), ""); ok {
		return p.Party
	}
	return n.c.Tenant
}

// cards refreshes each side's card once a change; the Provider's is posted with the first escalation.
// A card comes first in its lane where it is new, because everything else is a reply to it.
func (n *notices) cards(before *Case, events []Event) {
	if len(events) == 0 || !n.changed(events) {
		return
	}
	seq := events[len(events)-1].Seq
	told := n.out
	n.out = nil
	var fresh, refresh []Notice
	for _, side := range n.sides() {
		card := Notice{Kind: NoticeCard, Place: InThread, Party: n.party(side), Seq: seq}
		isNew := before == nil || side == Provider && !before.Reached
		if isNew && !n.c.Restricted {
			card.Room = card.Party
		}
		n.put(card)
		if isNew {
			fresh = append(fresh, n.out[len(n.out)-1])
		} else {
			refresh = append(refresh, n.out[len(n.out)-1])
		}
	}
	n.out = append(append(fresh, told...), refresh...)
}

// changed says whether anything a card shows is different: words alone are not.
func (n *notices) changed(events []Event) bool {
	for _, e := range events {
		switch e.Body.(type) {
		case Said, Revised, Noted, Paged, Replied:
		default:
			return true
		}
	}
	return false
}
