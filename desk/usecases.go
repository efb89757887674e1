package desk

import (
	"context"
	"slices"
	"time"
)

// FindCase gives a case the person may see; for every other, the same "no such case".
func (d *Desk) FindCase(ctx context.Context, by Person, id string) (*Case, error) {
	var c *Case
	err := d.Store.View(ctx, func(r Reader) error {
		got, err := r.Case(id)
		if err == nil && CanSee(by, got) {
			c = got
			return nil
		}
		if err != nil && KindOf(err) != KindNotFound {
			return err
		}
		return NoSuchCase(id)
	})
	return c, err
}

// Timeline gives a case with the events the person may read, in order.
func (d *Desk) Timeline(ctx context.Context, by Person, id string) (*Case, []Event, error) {
	var c *Case
	var out []Event
	err := d.Store.View(ctx, func(r Reader) error {
		got, err := r.Case(id)
		if err != nil && KindOf(err) != KindNotFound {
			return err
		}
		if err != nil || !CanSee(by, got) {
			return NoSuchCase(id)
		}
		events, err := r.Events(id)
		if err != nil {
			return err
		}
		c, out = got, slices.DeleteFunc(events, func(e Event) bool { return !CanSeeEvent(by, got, e) })
		return nil
	})
	return c, out, err
}

// ListCases gives the cases of a query that the person may see; the query's Scope is theirs whatever it said.
func (d *Desk) ListCases(ctx context.Context, by Person, q CaseQuery) ([]*Case, error) {
	q.Scope = ScopeOf(by)
	var out []*Case
	err := d.Store.View(ctx, func(r Reader) error {
		cs, err := r.Cases(q)
		out = slices.DeleteFunc(cs, func(c *Case) bool { return !CanSee(by, c) })
		return err
	})
	return out, err
}

// WorksPrivately says whether a person is invited to a restricted case that is not closed yet: what they type may be about
// it (handbook §4).
func (d *Desk) WorksPrivately(ctx context.Context, by Person) (bool, error) {
	mine := CaseQuery{Scope: ScopeOf(by), Statuses: []Status{StatusOpen, StatusEscalated, StatusAcknowledged, StatusReturned, StatusWorkaround, StatusReopened, StatusResolved}}
	others := mine
	others.Scope.Person = "-" // Whom nobody invites.
	n := 0
	err := d.Store.View(ctx, func(r Reader) error {
		all, err := r.CountCases(mine)
		if err != nil {
			return err
		}
		rest, err := r.CountCases(others)
		n = all - rest
		return err
	})
	return n > 0, err
}

// CaseAt finds the case a message belongs to: its card, something told or said in its thread, or the
// thread's root. KindNotFound when it belongs to none that the person may see.
func (d *Desk) CaseAt(ctx context.Context, by Person, refs ...Ref) (*Case, Post, error) {
	var c *Case
	var p Post
	err := d.Store.View(ctx, func(r Reader) error {
		for _, ref := range refs {
			if ref == "" {
				continue
			}
			post, err := r.Post(ref)
			if KindOf(err) == KindNotFound {
				continue
			}
			if err != nil {
				return err
			}
			got, err := r.Case(post.Case)
			if err != nil {
				return err
			}
			if !CanSee(by, got) {
				break
			}
			c, p = got, post
			return nil
		}
		return Errf(KindNotFound, "That message belongs to no case. Name the case, for example NW-1042.")
	})
	return c, p, err
}

// SaveDraft keeps what somebody has typed so far. One draft a person, form and case.
func (d *Desk) SaveDraft(ctx context.Context, by Person, dr Draft, now time.Time) (Draft, error) {
	dr.Person, dr.Tenant, dr.UpdatedAt = by.ID, by.Party, stamp(now)
	if dr.ID == "" {
		dr.ID = DraftID(by, dr.Form, dr.Case)
	}
	err := d.Store.Update(ctx, func(tx Tx) error {
		old, err := tx.Draft(dr.ID)
		switch {
		case err == nil && old.Person != by.ID:
			return Errf(KindNotFound, "That draft is not yours. Start again with /case new.")
		case err != nil && KindOf(err) != KindNotFound:
			return err
		}
		// Files that are not spoken of stay: a page of a form without a file question must lose none.
		if dr.Files == nil {
			dr.Files = old.Files
		}
		return tx.PutDraft(dr)
	})
	return dr, err
}

// FindDraft gives a person's own draft by id; KindNotFound otherwise.
func (d *Desk) FindDraft(ctx context.Context, by Person, id string) (Draft, error) {
	var dr Draft
	err := d.Store.View(ctx, func(r Reader) error {
		got, err := r.Draft(id)
		if err == nil && got.Person != by.ID {
			err = Errf(KindNotFound, "There is no such draft.")
		}
		dr = got
		return err
	})
	if err != nil {
		return Draft{}, err
	}
	return dr, nil
}

// Drafts lists what a person has begun and not sent.
func (d *Desk) Drafts(ctx context.Context, by Person) ([]Draft, error) {
	var out []Draft
	err := d.Store.View(ctx, func(r Reader) error {
		var err error
		out, err = r.Drafts(by.ID)
		return err
	})
	return out, err
}

// DropDraft throws a draft away; a draft that is not there is no error.
func (d *Desk) DropDraft(ctx context.Context, by Person, id string) error {
	return d.Store.Update(ctx, func(tx Tx) error {
		dr, err := tx.Draft(id)
		if KindOf(err) == KindNotFound || err == nil && dr.Person != by.ID {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.DeleteDraft(id)
	})
}

// KeepFile stores a file's bytes under their hash and gives the attachment to put into an act. Limit
// is 25 MiB.
func (d *Desk) KeepFile(ctx context.Context, by Person, name, mime string, data []byte, now time.Time) (Attachment, error) {
	if len(data) > maxFile {
		return Attachment{}, Errf(KindInvalid, "The file %q is %d MB. The desk keeps files up to 25 MB. Share a link to it instead.", clip(name, 60), len(data)>>20)
	}
	a := attachmentOf(by, name, mime, data, now)
	err := d.Store.Update(ctx, func(tx Tx) error { return tx.PutBlob(a.SHA256, data) })
	return a, err
}

// OpenFile gives the bytes of a case's attachment to a person who may see the event that holds it.
func (d *Desk) OpenFile(ctx context.Context, by Person, caseID, id string) (Attachment, []byte, error) {
	_, events, err := d.Timeline(ctx, by, caseID)
	if err != nil {
		return Attachment{}, nil, err
	}
	for _, e := range events {
		for _, a := range filesOf(e.Body) {
			if a.ID != id {
				continue
			}
			var data []byte
			err := d.Store.View(ctx, func(r Reader) error {
				var err error
				data, err = r.Blob(a.SHA256)
				return err
			})
			return a, data, err
		}
	}
	return Attachment{}, nil, Errf(KindNotFound, "There is no such file on case %s.", caseID)
}

// DraftID names the one draft a person has of a form, about a case or about none.
func DraftID(by Person, form, caseID string) string { return by.ID + "/" + form + "/" + caseID }
