package desk

import (
	"context"
	"encoding/json"
	"time"
)

// handoverSpace keeps, by party, the next change of hands and whom the last one named, in a row, so that a
// restart or a stepped clock neither loses nor doubles one (SLA.md §4).
const handoverSpace = "handover"

type handover struct {
	Due    time.Time `json:"due"`    // When the hands change next.
	Person string    `json:"person"` // Who is on call until then.
}

// NoticeHandover tells a party that somebody else is on call now. Data: person, until (RFC 3339), before.
const NoticeHandover NoticeKind = "handover"

// putHandover sets the next change of hands of a party as it stands at now.
func (d *Desk) putHandover(tx Tx, party string, now time.Time, covers []Cover) error {
	t := d.currentTurn(party, now, covers)
	h := handover{Due: t.To, Person: t.Person}
	return putHandoverRow(tx, party, h)
}

// handOverAt wakes the next look for a change of hands no later than an instant, and leaves whom the last one
// named: a cover that begins at once is told like any other.
func (d *Desk) handOverAt(tx Tx, party string, now, at time.Time) error {
	var h handover
	v, err := tx.State(handoverSpace, party)
	switch {
	case KindOf(err) == KindNotFound:
		t := d.Rotas[party].At(now, nil)
		h = handover{Due: at, Person: t.Person}
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(v, &h); err != nil {
			return err
		}
	}
	if at.Before(h.Due) {
		h.Due = at
	}
	return putHandoverRow(tx, party, h)
}

func putHandoverRow(tx Tx, party string, h handover) error {
	v, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return tx.PutState(handoverSpace, party, v)
}

// currentTurn is the joined turn at an instant: it ends when another person is on call.
func (d *Desk) currentTurn(party string, now time.Time, covers []Cover) Turn {
	turns := d.Rotas[party].Turns(now, now.AddDate(0, 0, 60), covers)
	if len(turns) == 0 {
		return Turn{To: now.AddDate(0, 0, 60)}
	}
	t := turns[0]
	for _, next := range turns[1:] {
		if next.Person != t.Person {
			break
		}
		t.To = next.To
	}
	return t
}

// Handovers tells each party with a rota that the hands have changed, at the hand-over. After an outage it
// tells once, who is on call now.
func (d *Desk) Handovers(ctx context.Context, now time.Time) (int, error) {
	now = stamp(now)
	told := 0
	for party := range d.Rotas {
		if _, ok := d.Dir.HomeOf(party); !ok {
			continue
		}
		before := told
		err := d.Store.Update(ctx, func(tx Tx) error {
			told = before // It may be run again.
			covers, err := d.covers(tx, party)
			if err != nil {
				return err
			}
			v, err := tx.State(handoverSpace, party)
			if KindOf(err) == KindNotFound {
				return d.putHandover(tx, party, now, covers)
			}
			var last handover
			if err == nil {
				err = json.Unmarshal(v, &last)
			}
			if err != nil {
				return err
			}
			t := d.currentTurn(party, now, covers)
			if last.Due.After(now) && last.Person == t.Person {
				return nil
			}
			if err := d.putHandover(tx, party, now, covers); err != nil || last.Person == t.Person {
				return err
			}
			told++
			n := Notice{Tenant: party, Kind: NoticeHandover, Place: InReview, Party: party, Lane: "handover/" + party, At: now, NotBefore: now,
				Key:  "handover/" + party + "/" + t.From.UTC().Format(time.RFC3339) + "/" + t.Person,
				Data: map[string]string{"person": t.Person, "before": last.Person, "until": t.To.UTC().Format(time.RFC3339)}}
			n.ID = DeliveryID(n.Key)
			if err := tx.PutNotice(n); err != nil || t.Person == "" {
				return err
			}
			// Whoever takes over is told in person as well: a channel is easily missed.
			n.Place, n.Person, n.Lane, n.Key = ToPerson, t.Person, "person/"+t.Person, n.Key+"/person"
			n.ID = DeliveryID(n.Key)
			return tx.PutNotice(n)
		})
		if err != nil {
			return told, err
		}
	}
	return told, nil
}
