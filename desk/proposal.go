package desk

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

// Where the writing helper's work is kept: small named values of the store.
const (
	wantedSpace   = "proposal_wanted" // What is being written, by person, task and case.
	proposalSpace = "proposal"        // What was written, by key, until it is pruned.
	askedSpace    = "proposal_asked"  // How often each person has asked, so that every time has a key of its own.
)

// NoticeProposal tells one person that what they had the helper write is there, or why it is not. Data: proposal
// (its key), or sorry (a sentence) with task; case where there is one.
const NoticeProposal NoticeKind = "proposal"

// Wanted is a proposal that is being written.
type Wanted struct {
	Key    string     `json:"key"`
	Task   AssistTask `json:"task"`
	Person string     `json:"person"`
	Party  string     `json:"party"`
	Case   string     `json:"case,omitempty"`
	At     time.Time  `json:"at"`
}

func (w Wanted) row() string { return w.Person + "/" + string(w.Task) + "/" + w.Case }

// notice is the message that ends the waiting.
func (w Wanted) notice(now time.Time, data map[string]string) Notice {
	data["task"], data["case"] = string(w.Task), w.Case
	n := Notice{Tenant: w.Party, Kind: NoticeProposal, Place: ToPerson, Party: w.Party, Person: w.Person, Lane: "person/" + w.Person,
		Key: "proposal/" + w.Key, At: now, NotBefore: now, Data: data}
	n.ID = DeliveryID(n.Key)
	return n
}

// WantProposal notes that something is being written for a person, so that a restart does not leave them waiting.
// ok is false when the same is being written already.
func (d *Desk) WantProposal(ctx context.Context, by Person, task AssistTask, caseID string, now time.Time) (w Wanted, ok bool, err error) {
	w = Wanted{Task: task, Person: by.ID, Party: by.Party, Case: caseID, At: stamp(now)}
	err = d.Store.Update(ctx, func(tx Tx) error {
		_, err := tx.State(wantedSpace, w.row())
		if ok = KindOf(err) == KindNotFound; !ok {
			return err
		}
		n := 0
		if v, err := tx.State(askedSpace, by.ID); err == nil {
			n, _ = strconv.Atoi(string(v))
		} else if KindOf(err) != KindNotFound {
			return err
		}
		if err := tx.PutState(askedSpace, by.ID, []byte(strconv.Itoa(n+1))); err != nil {
			return err
		}
		w.Key = DeliveryID(w.row() + "/" + strconv.Itoa(n))
		value, err := json.Marshal(w)
		if err != nil {
			return err
		}
		return tx.PutState(wantedSpace, w.row(), value)
	})
	return w, ok, err
}

// EndProposal keeps what was written and has the person told, in one transaction. A sorry, the sentence of a failure,
// is told instead of a proposal.
func (d *Desk) EndProposal(ctx context.Context, w Wanted, p Proposal, sorry string, now time.Time) error {
	now = stamp(now)
	p.Key, p.Task, p.Case, p.Person, p.At = w.Key, w.Task, w.Case, w.Person, now
	return d.Store.Update(ctx, func(tx Tx) error {
		if err := tx.DeleteState(wantedSpace, w.row()); err != nil {
			return err
		}
		if sorry != "" {
			return tx.PutNotice(w.notice(now, map[string]string{"sorry": sorry}))
		}
		value, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if err := tx.PutState(proposalSpace, p.Key, value); err != nil {
			return err
		}
		return tx.PutNotice(w.notice(now, map[string]string{"proposal": p.Key}))
	})
}

// LostProposals tells everybody who has waited since before an instant that what they asked for was interrupted, and
// gives how many. The program that wrote it has ended, or hangs.
func (d *Desk) LostProposals(ctx context.Context, before, now time.Time) (int, error) {
	var lost []Wanted
	err := d.Store.View(ctx, func(r Reader) error {
		lost = nil
		return r.EachState(wantedSpace, func(_ string, value []byte) error {
			var w Wanted
			err := json.Unmarshal(value, &w)
			if err == nil && w.At.Before(before) {
				lost = append(lost, w)
			}
			return err
		})
	})
	if err != nil {
		return 0, err
	}
	for i, w := range lost {
		if err := d.EndProposal(ctx, w, Proposal{}, "The writing helper was interrupted, so there is no draft. Write it yourself, or ask again.", now); err != nil {
			return i, err
		}
	}
	return len(lost), nil
}

// ReadProposal gives a kept proposal; KindNotFound when there is none.
func ReadProposal(r Reader, key string) (Proposal, error) {
	var p Proposal
	value, err := r.State(proposalSpace, key)
	if err == nil {
		err = json.Unmarshal(value, &p)
	}
	return p, err
}

// FindProposal gives a person's own proposal; for every other, the same "no such draft".
func (d *Desk) FindProposal(ctx context.Context, by Person, key string) (Proposal, error) {
	var p Proposal
	err := d.Store.View(ctx, func(r Reader) (err error) {
		p, err = ReadProposal(r, key)
		return err
	})
	if err == nil && p.Person == by.ID {
		return p, nil
	}
	if err != nil && KindOf(err) != KindNotFound {
		return Proposal{}, err
	}
	return Proposal{}, Errf(KindNotFound, "That draft of the writing helper is no longer kept. Ask for a new one.")
}

// PruneProposals throws away what was written before an instant. What a person has made of it is in their own draft.
func (d *Desk) PruneProposals(ctx context.Context, before time.Time) error {
	return d.Store.Update(ctx, func(tx Tx) error {
		var old []string
		err := tx.EachState(proposalSpace, func(key string, value []byte) error {
			var p Proposal
			if err := json.Unmarshal(value, &p); err != nil || p.At.Before(before) {
				old = append(old, key)
			}
			return nil
		})
		for _, key := range old {
			if err == nil {
				err = tx.DeleteState(proposalSpace, key)
			}
		}
		return err
	})
}
