package desk

import (
	"context"
	"time"
)

// Store keeps the desk. There is one implementation in storage/, for two databases; nobody but
// main imports it. Every method of Reader and Tx gives an Error of KindBusy when the database is
// locked, full or away.
type Store interface {
	// Update runs f in one write transaction and answers only after a durable commit. When f gives an
	// error nothing it wrote is kept. f may be run again, after a serialisation conflict on PostgreSQL
	// or when another update of its commit fails on SQLite, where several that wait share one; so it must
	// have no effect outside the Tx. f must not call Update itself: it would wait for its own end.
	Update(ctx context.Context, f func(Tx) error) error
	// View runs f on a consistent read-only snapshot.
	View(ctx context.Context, f func(Reader) error) error
	// Ready says whether the database answers and can be written to.
	Ready(ctx context.Context) error
	Close() error
}

// Scope is the coarse filter of a viewer, computed by ScopeOf in visibility.go; CanSee has the last
// word on every row that comes back.
type Scope struct {
	Tenant      string // Only this Partner's rows; empty: all Partners'.
	ReachedOnly bool   // Only cases the Provider has been given.
	Person      string // Restricted cases only if this person is invited; empty: all. Keeps them out of counts too.
}

// CaseQuery asks for cases, newest first unless Oldest is set.
type CaseQuery struct {
	Scope      Scope
	Statuses   []Status
	Severities []Severity
	Owner      string // Agent or engineer (person ID).
	Customer   string // Whole name, any case of letters.
	Signature  string
	Text       string    // Words that all must occur in number, summary or customer.
	Since      time.Time // Filed or updated at or after.
	Oldest     bool
	After      string // Case ID to go on after, for paging.
	Limit      int    // 1–500; 0 is 50.
}

// Reader reads. A missing row is an Error of KindNotFound.
type Reader interface {
	Case(id string) (*Case, error)
	Cases(q CaseQuery) ([]*Case, error)
	CountCases(q CaseQuery) (int, error)
	// EachCase calls f for every case of a scope that was filed, updated or open in [from, to), in order
	// of ID, without holding them all in memory. For reports.
	EachCase(scope Scope, from, to time.Time, f func(*Case) error) error
	// LostCases lists the ids of cases of which neither the state nor an event is stored. For the audit.
	LostCases() ([]string, error)
	Events(caseID string) ([]Event, error)
	// EachEvent calls f for the raw stored events of all cases in order of (case, seq). For the audit.
	EachEvent(f func(Event, []byte) error) error
	Post(ref Ref) (Post, error)
	Posts(caseID string, side PartyKind, purpose Purpose) ([]Post, error)
	Draft(id string) (Draft, error)
	Drafts(person string) ([]Draft, error)
	Handbook(version string) (source []byte, err error)
	Blob(sha256 string) ([]byte, error)
	Actions(scope Scope, openOnly bool) ([]Action, error)
	// Deliveries lists notices in a state, oldest first.
	Deliveries(state DeliveryState, limit int) ([]Delivery, error)
	// Sending lists the ids of notices whose send was begun by a worker that has not recorded its end: their
	// messages may be on a platform, at an address that the desk does not know yet.
	Sending() ([]string, error)
	// NextDue is the earliest instant at which a clock or a wait of any case has something to do; false
	// when none will. Schedules are kept in State by the part that runs them.
	NextDue() (time.Time, bool, error)
	// State reads a small named value of a running part (a cursor, a schedule's next instant).
	State(space, key string) ([]byte, error)
	// EachState calls f for every value of a space in order of key.
	EachState(space string, f func(key string, value []byte) error) error
}

// Tx reads and writes.
type Tx interface {
	Reader
	// Seen records an inbound event id and says whether it was recorded before. In the same
	// transaction as its effect, so a redelivery is a no-op and a crash in between is not.
	Seen(key string, at time.Time) (bool, error)
	// NextNumber gives the next case number of a tenant, from 1001 on. There is no row shared by tenants.
	NextNumber(tenant string) (int, error)
	// CaseForUpdate reads a case and keeps other writers off it until the commit.
	CaseForUpdate(id string) (*Case, error)
	// PutCase stores the case, which is what its events come to (Fold), with its projections (index columns,
	// running clocks); appends the events, sealed and chained from the LastHash of prev on; inserts the notices, skipping
	// those whose Key exists. prev is the Seq the decision was made on, 0 for a new case; when the row has moved on
	// (or the new id is taken): KindConflict. A failed write of a Tx fails the Update, even if f looks away.
	PutCase(c *Case, prev int, events []Event, notices []Notice) error
	PutNotice(n Notice) error
	// DueCases claims up to limit cases with a clock due at or before now, the longest due first; on
	// PostgreSQL cases another transaction holds are skipped until the next sweep.
	DueCases(now time.Time, limit int) ([]string, error)
	PutPost(p Post) error
	DeletePost(ref Ref) error
	PutDraft(d Draft) error
	DeleteDraft(id string) error
	PutHandbook(version string, source []byte, at time.Time) error
	PutBlob(sha256 string, data []byte) error
	PutAction(a Action) error
	PutState(space, key string, value []byte) error
	DeleteState(space, key string) error
	// DeleteStateIf removes a value that is still the one given: whoever tidies up takes nothing away that somebody has
	// just written.
	DeleteStateIf(space, key string, value []byte) error

	// ClaimDeliveries leases up to limit notices that may be delivered now: at most the oldest pending
	// one of each lane, and none of a lane that has one leased. Leased is when the lease ends. A lease
	// that ran out is claimed again; Started is then set if BeginDelivery had been recorded. Of the lanes that
	// wait for the same room, because they begin with a new card for it or were held for it, the one that has waited longest
	// is claimed, and none where the room is in shut.
	ClaimDeliveries(now time.Time, lease time.Duration, limit int, shut ...string) ([]Delivery, error)
	// BeginDelivery records that the send is about to be made, and counts the attempt. KindConflict when
	// the lease has run out: somebody else has it or will, so nothing must be sent.
	BeginDelivery(id string, now time.Time) error
	// EndDelivery records what became of it. A pending state with a later notBefore is a retry of a send
	// that surely failed; DeliveryUnclear is one of a send that may have arrived: Started stays set.
	EndDelivery(id string, state DeliveryState, ref Ref, errText string, notBefore, now time.Time) error
	// HoldDelivery puts one back in its lane to wait for a room, which the whole lane does from then on: it is claimed when
	// the room is not in shut, one lane at a time. begun says that its send may have arrived: Started stays set.
	HoldDelivery(id, room, errText string, begun bool, notBefore time.Time) error
	// RetryDelivery puts a dead or doubtful one back in its lane.
	RetryDelivery(id string, now time.Time) error
}

// Draft is a form somebody has begun, kept until it is sent or thrown away, so that a closed dialog,
// an expired token or a restart loses nothing.
type Draft struct {
	ID        string            `json:"id"`
	Tenant    string            `json:"tenant"`
	Person    string            `json:"person"`
	Form      string            `json:"form"`           // Name of the command whose form it is.
	Case      string            `json:"case,omitempty"` // The case it is about, if any.
	Values    map[string]string `json:"values"`
	Files     []Attachment      `json:"files,omitempty"`
	UpdatedAt time.Time         `json:"updated_at"`
}

// Action is an action item of an ops review, tracked to closure (handbook §8).
type Action struct {
	ID     string    `json:"id"`
	Tenant string    `json:"tenant"` // The Partner it concerns; the Provider's own id for one of its own.
	Title  string    `json:"title"`
	Owner  string    `json:"owner"`
	Due    time.Time `json:"due"`
	Done   time.Time `json:"done,omitzero"`
	Case   string    `json:"case,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}
