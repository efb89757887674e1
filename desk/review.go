package desk

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// reviewSpace is where the next due instant of each party's ops review is kept: in a row, so that a
// restart or a stepped clock neither loses nor doubles one (SLA.md §4).
const reviewSpace = "review"

// NextReview is the first instant after now at which the handbook's review is due, computed on the
// wall clock of the review's zone.
func (h *Handbook) NextReview(now time.Time) time.Time {
	loc, err := time.LoadLocation(h.Review.Zone)
	if err != nil {
		loc = time.UTC
	}
	at, _ := time.Parse("15:04", h.Review.At)
	day := weekdays[strings.ToLower(h.Review.Weekday)]
	local := now.In(loc)
	for i := 0; i <= 8; i++ {
		t := time.Date(local.Year(), local.Month(), local.Day()+i, at.Hour(), at.Minute(), 0, 0, loc)
		if t.Weekday() == day && t.After(now) {
			return t.UTC()
		}
	}
	return now.AddDate(0, 0, 7) // Cannot be: a week has every weekday.
}

// Reviews writes the weekly ops review of every party that is due by now, quiet weeks too. After an
// outage it writes one, for the week that ended last.
func (d *Desk) Reviews(ctx context.Context, now time.Time) (int, error) {
	now = stamp(now)
	wrote := 0
	for _, p := range d.Dir.Parties {
		if _, ok := d.Dir.HomeOf(p.ID); !ok {
			continue
		}
		before := wrote
		err := d.Store.Update(ctx, func(tx Tx) error {
			wrote = before // It may be run again.
			due, err := d.reviewDue(tx, p.ID, now)
			if err != nil || due.IsZero() || due.After(now) {
				return err
			}
			next := d.Book.NextReview(now)
			last := next.AddDate(0, 0, -7) // The latest one that has come due.
			wrote++
			if err := tx.PutState(reviewSpace, p.ID, []byte(next.Format(time.RFC3339))); err != nil {
				return err
			}
			return tx.PutNotice(reviewNotice(p, last.AddDate(0, 0, -7), last, now, "weekly"))
		})
		if err != nil {
			return wrote, err
		}
	}
	return wrote, nil
}

// reviewDue reads a party's next due instant; the first time it is set and nothing is due.
func (d *Desk) reviewDue(tx Tx, party string, now time.Time) (time.Time, error) {
	v, err := tx.State(reviewSpace, party)
	if KindOf(err) == KindNotFound {
		return time.Time{}, tx.PutState(reviewSpace, party, []byte(d.Book.NextReview(now).Format(time.RFC3339)))
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, string(v))
}

// reviewNotice is the intent to post a review.
func reviewNotice(p Party, from, to, now time.Time, why string) Notice {
	n := Notice{Tenant: p.ID, Kind: NoticeDigest, Place: InReview, Party: p.ID, Lane: "review/" + p.ID, At: now, NotBefore: now,
		Key:  "review/" + p.ID + "/" + to.UTC().Format(time.RFC3339) + "/" + why,
		Data: map[string]string{"from": from.UTC().Format(time.RFC3339), "to": to.UTC().Format(time.RFC3339)}}
	n.ID = DeliveryID(n.Key)
	return n
}

// NextDue is the earliest instant at which a clock, a review, a reminder of an article or a hand-over falls due; false when none will.
func (d *Desk) NextDue(ctx context.Context) (time.Time, bool, error) {
	var next time.Time
	err := d.Store.View(ctx, func(r Reader) error {
		t, ok, err := r.NextDue()
		if err != nil {
			return err
		}
		if ok {
			next = t
		}
		sooner := func(t time.Time) {
			if next.IsZero() || t.Before(next) {
				next = t
			}
		}
		err = r.EachState(reviewSpace, func(_ string, v []byte) error {
			if t, err := time.Parse(time.RFC3339, string(v)); err == nil {
				sooner(t)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if at, ok, err := staleLook(r); err != nil {
			return err
		} else if ok {
			sooner(at)
		}
		return r.EachState(handoverSpace, func(party string, v []byte) error {
			var h handover
			if json.Unmarshal(v, &h) == nil && d.Rotas[party] != nil {
				sooner(h.Due)
			}
			return nil
		})
	})
	return next, !next.IsZero(), err
}
