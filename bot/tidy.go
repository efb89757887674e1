package bot

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"casebot/desk"
)

// Keeping is a platform that keeps rows about messages and buttons in the desk's store and says what they are about, so
// that those of cases that ended long ago can go. It is optional.
type Keeping interface {
	// Kept tells what a row is about; false: it is no such row, and stays.
	Kept(key string, value []byte) (Kept, bool)
	// Around names the conversations that belong to a card, as Kept.In names them.
	Around(card Ref) []string
}

// Kept is what a row is about.
type Kept struct {
	At    time.Time // When the message was written or the button sent last; zero: the row does not say.
	Refs  []Ref     // The names that the message may have.
	In    string    // The conversation that it stands in.
	Words string    // What a button carries. The case that it names is the one it belongs to.
	// Date gives the value with an instant, where the row does not say one; it is stored so, and ages from then on.
	Date func(now time.Time) []byte
}

const (
	tidyAtOnce    = 5000 // Rows that one round takes away; the next goes on.
	tidyStep      = 500  // Rows of one transaction, so that nobody waits for it.
	tidyTrouble   = 5000 // With more undelivered messages than that, nothing is taken away.
	tidyCasesPage = 500
)

// Tidy takes away what a platform keeps, in the space of its name, about messages and buttons from before an instant,
// unless a case needs it: one that has not ended, of which something was heard since, or of which something is to be
// told still. It gives how many rows it removed.
func Tidy(ctx context.Context, store desk.Store, space string, p Keeping, before, now time.Time) (int, error) {
	return tidyInSteps(ctx, store, space, p, before, now, tidyAtOnce, tidyStep)
}

func tidyInSteps(ctx context.Context, store desk.Store, space string, p Keeping, before, now time.Time, atOnce, step int) (int, error) {
	t := tidying{before: before, now: now, atOnce: atOnce, keeping: p, cases: map[string]bool{}}
	err := store.View(ctx, func(r desk.Reader) error {
		if enough, err := t.undelivered(r); err != nil || enough {
			return err
		}
		return t.look(r, space)
	})
	if err != nil {
		return 0, err
	}
	gone := 0
	for part := range slices.Chunk(t.rows, step) {
		removed := 0
		err := store.Update(ctx, func(tx desk.Tx) error {
			removed = 0
			for _, x := range part {
				if x.dated != nil {
					if err := tx.PutState(space, x.key, x.dated); err != nil {
						return err
					}
					continue
				}
				removed++
				if err := tx.DeleteStateIf(space, x.key, x.value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return gone, err
		}
		gone += removed
	}
	return gone, nil
}

// tidying is one round.
type tidying struct {
	before, now time.Time
	atOnce      int
	keeping     Keeping
	rows        []tidied
	cases       map[string]bool // Case → it needs what is kept about it.
	around      map[string]bool // Conversations of cases that do; nil: not read yet.
}

// tidied is a row that goes, or that is stored with a date.
type tidied struct {
	key          string
	value, dated []byte
}

// undelivered notes the cases of which something is to be told still. It says whether there is too much to be sure.
func (t *tidying) undelivered(r desk.Reader) (enough bool, err error) {
	for _, state := range []desk.DeliveryState{desk.DeliveryPending, desk.DeliveryDead, desk.DeliveryDoubt} {
		list, err := r.Deliveries(state, tidyTrouble)
		if err != nil || len(list) == tidyTrouble {
			return true, err
		}
		for _, x := range list {
			t.cases[x.Case] = true
		}
	}
	return false, nil
}

var errEnough = errors.New("enough for one round")

// look finds the rows that may go.
func (t *tidying) look(r desk.Reader, space string) error {
	err := r.EachState(space, func(key string, value []byte) error {
		k, ok := t.keeping.Kept(key, value)
		switch {
		case !ok:
			return nil
		case k.At.IsZero() && k.Date != nil:
			t.rows = append(t.rows, tidied{key: key, dated: k.Date(t.now)})
		case k.At.IsZero() || !k.At.Before(t.before):
			return nil
		default:
			needed, err := t.needed(r, k)
			if err != nil || needed {
				return err
			}
			t.rows = append(t.rows, tidied{key: key, value: value})
		}
		if len(t.rows) == t.atOnce {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return err
}

// caseName finds the numbers of cases in what a button carries.
var caseName = regexp.MustCompile(`(?i)\b[a-z][a-z0-9]*-\d+\b`)

// needed says whether a case needs a row.
func (t *tidying) needed(r desk.Reader, k Kept) (bool, error) {
	for _, id := range caseName.FindAllString(k.Words, -1) {
		if needs, err := t.caseNeeds(r, strings.ToUpper(id)); err != nil || needs {
			return needs, err
		}
	}
	for _, ref := range k.Refs {
		post, err := r.Post(ref)
		if err == nil {
			return t.caseNeeds(r, post.Case)
		}
		if desk.KindOf(err) != desk.KindNotFound {
			return false, err
		}
	}
	if k.In == "" {
		return false, nil
	}
	// The desk knows no such message. In the thread of a case that goes on it stays all the same.
	if t.around == nil {
		if err := t.readAround(r); err != nil {
			return false, err
		}
	}
	return t.around[k.In], nil
}

// caseNeeds says whether a case goes on, or did until lately.
func (t *tidying) caseNeeds(r desk.Reader, id string) (bool, error) {
	if needs, known := t.cases[id]; known {
		return needs, nil
	}
	c, err := r.Case(id)
	if err != nil && desk.KindOf(err) != desk.KindNotFound {
		return false, err
	}
	needs := err == nil && (!ended(c.Status) || !c.UpdatedAt.Before(t.before))
	t.cases[id] = needs
	return needs, nil
}

// ended says whether nothing more is expected of a case.
func ended(s desk.Status) bool {
	return s == desk.StatusClosed || s == desk.StatusWithdrawn || s == desk.StatusMerged
}

// readAround collects the conversations of the cases that go on, and of those that were heard of lately.
func (t *tidying) readAround(r desk.Reader) error {
	t.around = map[string]bool{}
	for _, q := range []desk.CaseQuery{{Statuses: goingOn}, {Since: t.before}} {
		for q.Limit = tidyCasesPage; ; {
			cases, err := r.Cases(q)
			if err != nil {
				return err
			}
			for _, c := range cases {
				cards, err := r.Posts(c.ID, "", desk.PurposeCard)
				if err != nil {
					return err
				}
				for _, card := range cards {
					for _, in := range t.keeping.Around(card.Ref) {
						t.around[in] = true
					}
				}
			}
			if len(cases) < tidyCasesPage {
				break
			}
			q.After = cases[len(cases)-1].ID
		}
	}
	return nil
}

// goingOn are the states in which a case has not ended.
var goingOn = []desk.Status{desk.StatusDraft, desk.StatusOpen, desk.StatusEscalated, desk.StatusAcknowledged, desk.StatusReturned, desk.StatusWorkaround, desk.StatusReopened, desk.StatusResolved}
