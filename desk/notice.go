package desk

import (
	"strings"
	"time"
)

// Ref is a platform's own name for a message, a thread or a channel: opaque, made and parsed in one
// file per adapter. It starts with the home's id and a colon, so that anyone can tell whose it is.
type Ref string

// NoticeKind is the intent of something the desk has to tell somebody. Templates turn it into words.
type NoticeKind string

// The kinds of notice.
const (
	NoticeCard     NoticeKind = "card"     // The case's card on a side: posted once, then edited in place.
	NoticeEvent    NoticeKind = "event"    // An event, told in a side's thread.
	NoticeRedraw   NoticeKind = "redraw"   // What was told of an event, edited in place: what it offered is used up, or there again.
	NoticeReminder NoticeKind = "reminder" // A clock's threshold, told in the responsible side's thread.
	NoticePage     NoticeKind = "page"     // A direct message that must wake somebody.
	NoticeDirect   NoticeKind = "direct"   // A direct message about an event.
	NoticeDigest   NoticeKind = "digest"   // The weekly ops review.
	NoticeArticles NoticeKind = "articles" // Knowledge articles that may answer the case, once a side.
	NoticeText     NoticeKind = "text"     // A plain sentence in Data["text"], for operations.
)

// Place is where on a side a notice goes.
type Place string

// The places.
const (
	InThread Place = "thread"
	InReview Place = "review"
	ToPerson Place = "person"
)

// Notice is an intent to tell somebody something, written in the same transaction as the change it
// speaks of and delivered later (decision 0003). Its Key is unique: the same thing is never told twice.
type Notice struct {
	ID         string            `json:"id"`  // Delivery id, carried to the platform so an unclear send can be looked up.
	Key        string            `json:"key"` // Dedup key.
	Tenant     string            `json:"tenant"`
	Lane       string            `json:"lane"`           // Notices of one lane are delivered in order, one at a time.
	Room       string            `json:"room,omitempty"` // With a card that is new in a channel: the party whose channel it is. Its lane waits for that channel's limit.
	Kind       NoticeKind        `json:"kind"`
	Place      Place             `json:"place"`
	Party      string            `json:"party"`            // Whose home it goes to.
	Person     string            `json:"person,omitempty"` // With ToPerson.
	Case       string            `json:"case,omitempty"`
	Seq        int               `json:"seq,omitempty"`        // The event told.
	Generation int               `json:"generation,omitempty"` // With NoticeReminder: dropped when the case has moved on. With NoticeRedraw: the case's last event then.
	Data       map[string]string `json:"data,omitempty"`
	At         time.Time         `json:"at"`         // When it was written.
	NotBefore  time.Time         `json:"not_before"` // Delivery may start from here (back-off moves it).
}

// DeliveryState is how far a notice has come.
type DeliveryState string

// The delivery states. Doubt means that a send ended unclearly on a platform where it can't be looked
// up: people are shown it, the desk does not guess. Dead means a permanent failure; it can be retried.
const (
	DeliveryPending DeliveryState = "pending"
	DeliverySent    DeliveryState = "sent"
	DeliveryDropped DeliveryState = "dropped"
	DeliveryDoubt   DeliveryState = "doubt"
	DeliveryDead    DeliveryState = "dead"
	// DeliveryUnclear is given to EndDelivery and never stored: the notice is pending again and stays
	// Started, so that the next attempt looks for the earlier one before it sends.
	DeliveryUnclear DeliveryState = "unclear"
)

// Delivery is a notice with what became of it.
type Delivery struct {
	Notice
	State    DeliveryState `json:"state"`
	Attempts int           `json:"attempts"`
	Started  bool          `json:"started"` // A send was begun and its outcome never recorded.
	Leased   time.Time     `json:"leased,omitzero"`
	Waits    string        `json:"-"` // The room that its lane waits for, if any; with one that was claimed, waited for.
	Error    string        `json:"error,omitempty"`
	Ref      Ref           `json:"ref,omitempty"`
	SentAt   time.Time     `json:"sent_at,omitzero"`
}

// Shut says whether it waits for a place that takes nothing until somebody lets the desk in (decision 0014). The name of such a
// room has a slash, and that of a party's own has none.
func (d Delivery) Shut() bool { return strings.Contains(d.Waits, "/") }

// Post ties a platform message to a case, so that a reaction, a reply or a click on it finds the case.
type Post struct {
	Ref     Ref       `json:"ref"`
	Tenant  string    `json:"tenant"`
	Case    string    `json:"case"`
	Side    PartyKind `json:"side"`
	Purpose Purpose   `json:"purpose"`
	Seq     int       `json:"seq,omitempty"` // The event it tells or is.
	Thread  Ref       `json:"thread,omitempty"`
}

// Purpose of a Post.
type Purpose string

// The card is the root of a side's thread; a told message is the desk's, and so is what it says beside one of the same
// event; a said one is a person's.
const (
	PurposeCard Purpose = "card"
	PurposeTold Purpose = "told"
	PurposeAlso Purpose = "also"
	PurposeSaid Purpose = "said"
)
