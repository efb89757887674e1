package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"casebot/desk"
)

// How long a link handed out in chat may wait to be opened, and how long one writes after that.
const (
	linkLife    = 15 * time.Minute
	sessionLife = 2 * time.Hour
)

// The spaces of the store that hold links and sessions, by the hash of their secret: who reads the database
// or a backup of it can open nothing.
const (
	linkSpace    = "web_link"
	sessionSpace = "web_session"
)

// pass is what a link or a session lets one person do.
type pass struct {
	Person  string    `json:"person"`
	Article string    `json:"article,omitempty"` // Where a link leads; empty: a new article.
	Until   time.Time `json:"until"`
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// csrf is what a form must carry: known to a page of the session, told by nothing else.
func csrf(session string) string { return hashed("form " + session) }

func issue(tx desk.Tx, space string, p pass) (string, error) {
	value, err := json.Marshal(p)
	secret := rand.Text() + rand.Text()
	if err == nil {
		err = tx.PutState(space, hashed(secret), value)
	}
	return secret, err
}

// lookup gives a pass that has not run out; ok is false for every other.
func lookup(r desk.Reader, space, secret string, now time.Time) (p pass, ok bool, err error) {
	value, err := r.State(space, hashed(secret))
	if desk.KindOf(err) == desk.KindNotFound {
		return p, false, nil
	}
	if err == nil {
		err = json.Unmarshal(value, &p)
	}
	return p, err == nil && now.Before(p.Until), err
}

// Link makes an address that lets one person write in the browser: once, within a quarter of an hour. It is
// handed out where only that person reads it. article may be empty: a new one.
func (a *Articles) Link(ctx context.Context, by desk.Person, article string, now time.Time) (string, error) {
	if a.Base == "" {
		return "", desk.Errf(desk.KindState, "Writing on the web is not set up: CASEBOT_URL, the address under which people reach casebot, is empty. Edit here in chat, or ask your administrator.")
	}
	if _, listed := a.Desk.Dir.Person(by.ID); !listed {
		return "", desk.Errf(desk.KindForbidden, "Only people who are listed in casebot.yaml write on the web. Write here in chat, or ask your administrator to be listed.")
	}
	var secret string
	err := a.Desk.Store.Update(ctx, func(tx desk.Tx) error {
		// Whatever ran out goes; these spaces hold a handful of rows.
		for _, space := range []string{linkSpace, sessionSpace} {
			var old []string
			err := tx.EachState(space, func(key string, value []byte) error {
				var p pass
				if json.Unmarshal(value, &p) != nil || !now.Before(p.Until) {
					old = append(old, key)
				}
				return nil
			})
			if err != nil {
				return err
			}
			for _, key := range old {
				if err := tx.DeleteState(space, key); err != nil {
					return err
				}
			}
		}
		var err error
		secret, err = issue(tx, linkSpace, pass{by.ID, article, now.Add(linkLife)})
		return err
	})
	return a.Base + "/kb/in/" + secret, err
}

// enter turns a link into a session. The link is gone afterwards, whoever used it.
func (a *Articles) enter(ctx context.Context, link string) (session string, p pass, err error) {
	err = a.Desk.Store.Update(ctx, func(tx desk.Tx) error {
		var ok bool
		if p, ok, err = lookup(tx, linkSpace, link, a.Now()); err != nil {
			return err
		}
		if !ok {
			return errLink
		}
		if err := tx.DeleteState(linkSpace, hashed(link)); err != nil {
			return err
		}
		session, err = issue(tx, sessionSpace, pass{Person: p.Person, Until: a.Now().Add(sessionLife)})
		return err
	})
	return session, p, err
}

var errLink = desk.Errf(desk.KindForbidden, "This link was used already or is older than a quarter of an hour. Ask for a new one in chat: /case kb write")
