package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// keptBy is the party that maintains an article; imported ones are the Provider's.
func (d *Desk) keptBy(a Article) string {
	if a.Party == "" {
		return d.Dir.Provider().ID
	}
	return a.Party
}

// MayWriteArticle gives nil when the person may write articles at all (a: empty) or change this one, else
// an Error that says who may. The Provider supplies articles and release notes, each Partner maintains its own
// front-line scripts and triage guides (handbook §6).
func (d *Desk) MayWriteArticle(by Person, a Article) error {
	if !by.Has(Agent, Engineer, DutyManager) {
		return Errf(KindForbidden, "Articles are written by the people who work on cases.")
	}
	if a.ID == "" || d.keptBy(a) == by.Party {
		return nil
	}
	name := "another party"
	if p, ok := d.Dir.Party(d.keptBy(a)); ok {
		name = p.Name
	}
	return Errf(KindForbidden, "%s maintains this article. If it is wrong, open it and press Not this.", name)
}

// SaveArticle keeps what a person wrote as a new version of an article, or as a new article when it has no
// ID. base is the version they began from: when somebody has saved another one since, nothing is changed
// (KindConflict). Saving what is there already changes nothing.
func (d *Desk) SaveArticle(ctx context.Context, by Person, a Article, base int, now time.Time) (Article, error) {
	a.Title, a.Body, a.Product = strings.TrimSpace(a.Title), strings.TrimSpace(a.Body), strings.TrimSpace(a.Product)
	if errs := d.checkArticle(by, a, now); len(errs) > 0 {
		return a, &Error{Kind: KindInvalid, Say: "The article is not kept yet. Mend what is marked; everything you typed is kept.", Fields: errs}
	}
	var out Article
	err := d.Store.Update(ctx, func(tx Tx) error {
		out = a
		var old Article
		if a.ID == "" {
			if err := d.MayWriteArticle(by, Article{}); err != nil {
				return err
			}
			id, err := d.freeID(tx, by, a.Title)
			if err != nil {
				return err
			}
			out.ID, out.Party = id, by.Party
		} else {
			var err error
			if old, err = ReadArticle(tx, a.ID); err == nil && !CanSeeArticle(by, old) {
				err = NoSuchArticle(a.ID)
			}
			if err != nil {
				return err
			}
			if err := d.MayWriteArticle(by, old); err != nil {
				return err
			}
			if base != old.Version {
				return Errf(KindConflict, "Somebody has saved version %d since you began from version %d. Look at it with /case kb history %s, then edit again.", old.Version, base, old.ID)
			}
			out.Party, out.Source = old.Party, old.Source
		}
		out.Version, out.UpdatedAt, out.By = old.Version, old.UpdatedAt, old.By
		if out == old {
			return nil
		}
		out.Version, out.UpdatedAt, out.By = old.Version+1, stamp(now), by.ID
		return PutArticle(tx, out)
	})
	return out, err
}

// checkArticle finds what cannot be kept. The length and the script are the index's to judge.
func (d *Desk) checkArticle(by Person, a Article, now time.Time) []FieldError {
	var out []FieldError
	add := func(field, say string) { out = append(out, FieldError{field, say}) }
	if a.Title == "" {
		add("title", "Give the article a title that says the problem in the customer's words.")
	} else if len([]rune(a.Title)) > 150 || strings.ContainsAny(a.Title, "\r\n") {
		add("title", "A title is one line of at most 150 characters.")
	}
	if a.Body == "" {
		add("text", "Write what solves it, step by step.")
	}
	if a.Kind == ArticleGuide && a.Body != "" && len(a.Steps()) == 0 {
		add("text", "A triage guide has a checklist: write each question on a line that begins with - [ ]")
	}
	if n := len(a.Steps()); n > MaxSteps {
		add("text", fmt.Sprintf("The checklist has %d questions. A guide takes %d; split it.", n, MaxSteps))
	}
	if a.Kind != "" && !slices.Contains(ArticleKinds, a.Kind) {
		add("kind", "Choose one of: "+strings.Join(ArticleKinds, ", ")+".")
	}
	if !slices.Contains(d.ArticleAudiences(by), a.Audience) {
		if by.side == Partner {
			add("audience", "You write for your own company only. Choose it.")
		} else {
			add("audience", "Choose who may read it: all, provider, or one Partner.")
		}
	}
	if p, ok := d.Dir.Person(a.Owner); a.Owner != "" && (!ok || p.Party != by.Party) {
		add("owner", "The owner is somebody of your own company.")
	}
	if !a.ReviewBy.IsZero() && a.ReviewBy.Before(now) && a.Version == 0 {
		add("review_by", "The day of the next review is still ahead. Write for example: in 90 days.")
	}
	return out
}

// ArticleAudiences are whom a person may write for, the usual one first.
func (d *Desk) ArticleAudiences(by Person) []string {
	if by.side == Partner {
		return []string{by.Party}
	}
	out := []string{ArticleForAll, ArticleForProvider}
	for _, p := range d.Dir.Parties {
		if p.Kind == Partner {
			out = append(out, p.ID)
		}
	}
	return out
}

// freeID makes the code of a new article from its title. A Partner's begins with the Partner's key, so that no
// code tells one Partner what another has.
func (d *Desk) freeID(r Reader, by Person, title string) (string, error) {
	slug := slugOf(title)
	if p, ok := d.Dir.Party(by.Party); ok && by.side == Partner {
		slug = strings.ToLower(p.Key) + "-" + slug
	}
	for n := 1; n < 1000; n++ {
		id := slug
		if n > 1 {
			id = fmt.Sprintf("%s-%d", slug, n)
		}
		if _, err := ReadArticle(r, id); KindOf(err) == KindNotFound {
			return id, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", &Error{Kind: KindInvalid, Say: "There are many articles of this title. Give it another one.", Fields: []FieldError{{"title", "Choose another title."}}}
}

// slugOf turns a title into lower-case words with hyphens, at most 60 characters.
func slugOf(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "article"
}

// ArticleHistory gives every version of an article the person may read, the newest first. Versions from
// before they were kept are missing.
func (d *Desk) ArticleHistory(ctx context.Context, by Person, id string) ([]Article, error) {
	newest, err := d.FindArticle(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var out []Article
	err = d.Store.View(ctx, func(r Reader) error {
		out = nil
		for n := newest.Version; n > 0; n-- {
			value, err := r.State(versionSpace, versionKey(id, n))
			if KindOf(err) == KindNotFound {
				continue
			}
			var a Article
			if err == nil {
				err = json.Unmarshal(value, &a)
			}
			if err != nil {
				return err
			}
			// A version from when the article had another audience is read by that audience only.
			if CanSeeArticle(by, a) {
				out = append(out, a)
			}
		}
		return nil
	})
	return out, err
}
