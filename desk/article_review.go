package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// NoticeStale reminds an owner of articles to read again. Data: articles, codes separated by line breaks.
const NoticeStale NoticeKind = "stale"

// staleSpace keeps the next look at the articles' reviews under staleNext, and beside it for each article how
// many reminders its owner has had, so that a restart neither loses nor doubles one.
const (
	staleSpace = "article_review"
	staleNext  = "next"
	staleRow   = "a/"
	staleOwner = "o/" // When an owner had the last message.
)

// A review is recalled two weeks ahead, on its day, and one and four weeks after; then every four weeks. An
// owner gets one message a working day, at nine in the morning of their own zone, with at most staleBatch
// articles, so that fifty articles imported with one date do not come in one heap. Nothing is ever
// unpublished by itself.
const (
	staleHour  = 9
	staleBatch = 5
	staleEvery = 28 * 24 * time.Hour
)

var staleAfter = []time.Duration{-14 * 24 * time.Hour, 0, 7 * 24 * time.Hour, 28 * 24 * time.Hour}

// reminded is how far the reminders of one review have come. A new day of review starts anew.
type reminded struct {
	Review time.Time `json:"review"`
	Sent   int       `json:"sent"`
}

// staleStep is when reminder number n, from 0, of a review falls due.
func staleStep(review time.Time, n int) time.Time {
	if n < len(staleAfter) {
		return review.Add(staleAfter[n])
	}
	return review.Add(staleAfter[len(staleAfter)-1] + time.Duration(n-len(staleAfter)+1)*staleEvery)
}

// staleSteps counts the reminders due by now.
func staleSteps(review, now time.Time) int {
	n := 0
	for !staleStep(review, n).After(now) {
		n++
	}
	return n
}

// workMorning is the first nine o'clock of a working day at or after an instant, in a zone.
func workMorning(at time.Time, loc *time.Location) time.Time {
	local := at.In(loc)
	for i := 0; ; i++ {
		t := time.Date(local.Year(), local.Month(), local.Day()+i, staleHour, 0, 0, 0, loc)
		if !t.Before(at) && t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			return t.UTC()
		}
	}
}

// owing are the articles one owner is to be reminded of.
type owing struct {
	owner    Person
	articles []Article
}

// ArticleReviews writes the reminders that have fallen due by now and says how many. Between two looks it
// costs one read.
func (d *Desk) ArticleReviews(ctx context.Context, now time.Time) (int, error) {
	now = stamp(now)
	due := false
	err := d.Store.View(ctx, func(r Reader) error {
		next, ok, err := staleLook(r)
		due = !ok || !next.After(now)
		return err
	})
	if err != nil || !due {
		return 0, err
	}
	wrote := 0
	err = d.Store.Update(ctx, func(tx Tx) error {
		wrote = 0
		next, ok, err := staleLook(tx)
		if err != nil || ok && next.After(now) {
			return err
		}
		next, owners, err := d.owed(tx, now)
		if err != nil {
			return err
		}
		for _, o := range owners {
			if err := d.remindOwner(tx, o, now); err != nil {
				return err
			}
			wrote++
		}
		return tx.PutState(staleSpace, staleNext, []byte(next.UTC().Format(time.RFC3339)))
	})
	return wrote, err
}

// staleLook reads when the reviews are to be looked at next; false when that is not settled.
func staleLook(r Reader) (time.Time, bool, error) {
	v, err := r.State(staleSpace, staleNext)
	if KindOf(err) == KindNotFound {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	t, err := time.Parse(time.RFC3339, string(v))
	return t, err == nil, nil
}

// owed lists who is to be reminded of what now, and when the next look is due.
func (d *Desk) owed(r Reader, now time.Time) (time.Time, []owing, error) {
	next := now.AddDate(0, 0, 28)
	sooner := func(t time.Time) {
		if t.Before(next) {
			next = t
		}
	}
	byOwner := map[string]*owing{}
	err := EachArticle(r, func(a Article) error {
		if a.ReviewBy.IsZero() || a.Retired {
			return nil
		}
		owner, ok := d.keeperOf(a)
		if !ok {
			return nil
		}
		row, err := remindedOf(r, a)
		if err != nil {
			return err
		}
		loc := d.Dir.ZoneOf(owner)
		steps := staleSteps(a.ReviewBy, now)
		if steps <= row.Sent {
			sooner(workMorning(staleStep(a.ReviewBy, steps), loc))
			return nil
		}
		// Due: this morning's message if it is still the hour of it, else the next working morning's.
		if at := workMorning(now.Add(-time.Hour), loc); at.After(now) {
			sooner(at)
			return nil
		}
		last, err := lastReminded(r, owner.ID)
		if err != nil {
			return err
		}
		if y1, d1 := last.In(loc).Year(), last.In(loc).YearDay(); y1 == now.In(loc).Year() && d1 == now.In(loc).YearDay() {
			sooner(workMorning(now.Add(time.Hour), loc)) // One message a day.
			return nil
		}
		if byOwner[owner.ID] == nil {
			byOwner[owner.ID] = &owing{owner: owner}
		}
		byOwner[owner.ID].articles = append(byOwner[owner.ID].articles, a)
		return nil
	})
	var out []owing
	for _, o := range byOwner {
		slices.SortFunc(o.articles, func(a, b Article) int { return cmp.Or(a.ReviewBy.Compare(b.ReviewBy), strings.Compare(a.ID, b.ID)) })
		loc := d.Dir.ZoneOf(o.owner)
		if len(o.articles) > staleBatch {
			o.articles = o.articles[:staleBatch]
		}
		sooner(workMorning(now.Add(time.Hour), loc))
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b owing) int { return strings.Compare(a.owner.ID, b.owner.ID) })
	return next, out, err
}

// lastReminded is when an owner had the last message; zero when there was none.
func lastReminded(r Reader, owner string) (time.Time, error) {
	v, err := r.State(staleSpace, staleOwner+owner)
	if KindOf(err) == KindNotFound {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, string(v))
}

// keeperOf is who is reminded of an article: its owner, or the contact of its party when the owner has left.
func (d *Desk) keeperOf(a Article) (Person, bool) {
	if p, ok := d.Dir.Person(a.Owner); ok {
		return p, true
	}
	party, _ := d.Dir.Party(d.keptBy(a))
	return d.Dir.Person(party.Contact)
}

// remindedOf reads how often an owner was reminded of the article's present day of review.
func remindedOf(r Reader, a Article) (reminded, error) {
	row := reminded{}
	v, err := r.State(staleSpace, staleRow+a.ID)
	if err == nil {
		err = json.Unmarshal(v, &row)
	}
	if KindOf(err) == KindNotFound || err == nil && !row.Review.Equal(a.ReviewBy) {
		return reminded{Review: a.ReviewBy}, nil
	}
	return row, err
}

// remindOwner writes one message to one owner and keeps that it was written.
func (d *Desk) remindOwner(tx Tx, o owing, now time.Time) error {
	var ids []string
	for _, a := range o.articles {
		ids = append(ids, a.ID)
		v, err := json.Marshal(reminded{Review: a.ReviewBy, Sent: staleSteps(a.ReviewBy, now)})
		if err != nil {
			return err
		}
		if err := tx.PutState(staleSpace, staleRow+a.ID, v); err != nil {
			return err
		}
	}
	n := Notice{Tenant: o.owner.Party, Kind: NoticeStale, Place: ToPerson, Party: o.owner.Party, Person: o.owner.ID, Lane: "person/" + o.owner.ID,
		Key: "stale/" + o.owner.ID + "/" + now.Format(time.RFC3339), Data: map[string]string{"articles": strings.Join(ids, "\n")}, At: now, NotBefore: now}
	n.ID = DeliveryID(n.Key)
	if err := tx.PutState(staleSpace, staleOwner+o.owner.ID, []byte(now.Format(time.RFC3339))); err != nil {
		return err
	}
	return tx.PutNotice(n)
}

// wakeReviews has the reviews looked at when the first reminder of a new version may fall due, if that is sooner
// than the next look.
func wakeReviews(tx Tx, a Article) error {
	at := staleStep(a.ReviewBy, 0)
	if at.Before(a.UpdatedAt) {
		at = a.UpdatedAt
	}
	next, ok, err := staleLook(tx)
	if err != nil || ok && !at.Before(next) {
		return err
	}
	return tx.PutState(staleSpace, staleNext, []byte(at.UTC().Format(time.RFC3339)))
}

// RetireArticle takes an article out, or brings it back: a new version that is found no more, or again. Only a person of
// the party that maintains it does so; nothing is retired by itself. Done twice it is done once.
func (d *Desk) RetireArticle(ctx context.Context, by Person, id string, retire bool, now time.Time) (Article, error) {
	a, err := d.FindArticle(ctx, by, id)
	if err != nil {
		return a, err
	}
	if err := d.MayWriteArticle(by, a); err != nil {
		return a, err
	}
	a.Retired = retire
	return d.SaveArticle(ctx, by, a, a.Version, now)
}

// reviewExtends is how far the next review is put off when an owner says that an article is still true.
const reviewExtends = 180 * 24 * time.Hour

// StillTrue says that somebody has read an article again and it holds: its next review is half a year ahead.
func (d *Desk) StillTrue(ctx context.Context, by Person, id string, now time.Time) (Article, error) {
	a, err := d.FindArticle(ctx, by, id)
	if err != nil {
		return a, err
	}
	if !a.Stale(now.Add(-staleAfter[0])) {
		return a, nil // Said already.
	}
	a.ReviewBy = stamp(now.Add(reviewExtends))
	return d.SaveArticle(ctx, by, a, a.Version, now)
}
