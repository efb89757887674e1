package web

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"casebot/desk"
	"casebot/templates"
)

//go:embed articles.html
var pages string

var page = template.Must(template.New("articles").Parse(pages))

// Articles is where people write articles in the browser. It has no passwords: a person asks in chat for a
// link (Link) and is the one it was made for. Every request looks up anew what that person may read and
// change. It works without scripts.
type Articles struct {
	Desk *desk.Desk
	Save func(ctx context.Context, by desk.Person, a desk.Article, base int, now time.Time) (desk.Article, error)
	Now  func() time.Time
	Base string // Address of the server as people type it, without a slash at the end; empty: no links.
	Log  *slog.Logger
}

// maxForm bounds what a form may send: the longest article as it is encoded, and the other fields.
const maxForm = 4 << 20

// sheet is what a page shows.
type sheet struct {
	View      string // "in", "edit", "history" or "fault".
	Say       string
	Token     string
	By        desk.Person
	Article   desk.Article
	Base      int
	Review    string
	Faults    map[string]string
	Preview   []block
	Audiences []option
	Kinds     []option
	Owners    []option
	Versions  []version
	Saved     bool
	Older     int  // The version that is looked at, when it is not the newest.
	Mine      bool // The person may change the article.
}

type option struct{ Value, Label string }

type version struct {
	desk.Article
	Who, When, Changed string
}

// ServeHTTP serves everything under /kb/.
func (a *Articles) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	secret, opens := strings.CutPrefix(r.URL.Path, "/kb/in/")
	switch {
	case opens && r.Method == http.MethodGet:
		// Chats look at links to show a preview of them; only the button uses the link up.
		a.show(w, http.StatusOK, sheet{View: "in"})
	case opens && r.Method == http.MethodPost:
		session, p, err := a.enter(r.Context(), secret)
		if err != nil {
			a.fault(w, err)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "casebot_kb", Value: session, Path: "/kb/", MaxAge: int(sessionLife.Seconds()), HttpOnly: true,
			Secure: strings.HasPrefix(a.Base, "https:"), SameSite: http.SameSiteStrictMode})
		http.Redirect(w, r, "/kb/edit?id="+url.QueryEscape(p.Article), http.StatusSeeOther)
	case r.URL.Path == "/kb/edit" && (r.Method == http.MethodGet || r.Method == http.MethodPost), r.URL.Path == "/kb/history" && r.Method == http.MethodGet:
		by, token, err := a.who(r)
		if err == nil && r.Method == http.MethodPost {
			err = formFrom(r, token)
		}
		switch {
		case err != nil:
		case r.URL.Path == "/kb/history":
			err = a.history(w, r, by)
		case r.Method == http.MethodPost:
			err = a.posted(w, r, by, token)
		default:
			err = a.edit(w, r, by, token)
		}
		if err != nil {
			a.fault(w, err)
		}
	default:
		a.fault(w, desk.Errf(desk.KindNotFound, "There is nothing here. Ask for a link in chat: /case kb write"))
	}
}

// who finds the person of the session, as the directory has them now.
func (a *Articles) who(r *http.Request) (desk.Person, string, error) {
	c, err := r.Cookie("casebot_kb")
	if err != nil {
		return desk.Person{}, "", errLink
	}
	var p pass
	var ok bool
	err = a.Desk.Store.View(r.Context(), func(rd desk.Reader) error {
		p, ok, err = lookup(rd, sessionSpace, c.Value, a.Now())
		return err
	})
	by, known := a.Desk.Dir.Person(p.Person)
	if err == nil && (!ok || !known) {
		err = errLink
	}
	return by, csrf(c.Value), err
}

// formFrom reads a form and refuses one that no page of the session made.
func formFrom(r *http.Request, token string) error {
	if err := r.ParseForm(); err != nil {
		return desk.Errf(desk.KindInvalid, "The form could not be read; an article takes 1 MB at most. Go back: what you typed is still there.")
	}
	if r.PostForm.Get("token") != token {
		return desk.Errf(desk.KindForbidden, "This form was made for another sign-in. Go back, copy your text and open a new link from chat.")
	}
	return nil
}

// begun finds the article to change, newest version; an empty id begins a new one.
func (a *Articles) begun(ctx context.Context, by desk.Person, id string) (desk.Article, error) {
	if id == "" {
		return desk.Article{Kind: desk.ArticlePlain, Audience: a.Desk.ArticleAudiences(by)[0], Owner: by.ID}, a.Desk.MayWriteArticle(by, desk.Article{})
	}
	old, err := a.Desk.FindArticle(ctx, by, id)
	if err == nil {
		err = a.Desk.MayWriteArticle(by, old)
	}
	return old, err
}

func (a *Articles) edit(w http.ResponseWriter, r *http.Request, by desk.Person, token string) error {
	old, err := a.begun(r.Context(), by, r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	base, older := old.Version, 0
	if n, err := strconv.Atoi(r.URL.Query().Get("version")); err == nil {
		all, err := a.Desk.ArticleHistory(r.Context(), by, old.ID)
		if err != nil {
			return err
		}
		for _, v := range all {
			if v.Version == n {
				old = v
			}
		}
		if older = old.Version; older == base {
			older = 0
		}
	}
	s := a.form(by, token, old, base)
	s.Older = older
	a.show(w, http.StatusOK, s)
	return nil
}

// form fills the page of an article.
func (a *Articles) form(by desk.Person, token string, art desk.Article, base int) sheet {
	s := sheet{View: "edit", By: by, Token: token, Article: art, Base: base, Preview: blocks(art.Body)}
	if !art.ReviewBy.IsZero() {
		s.Review = art.ReviewBy.In(a.Desk.Dir.ZoneOf(by)).Format("2006-01-02")
	}
	for _, v := range a.Desk.ArticleAudiences(by) {
		say := templates.ArticleAudience(a.Desk.Dir, desk.Article{Audience: v})
		s.Audiences = append(s.Audiences, option{v, strings.ToUpper(say[:1]) + say[1:]})
	}
	for i, v := range desk.ArticleKinds {
		s.Kinds = append(s.Kinds, option{v, []string{"Article", "Release note", "Front-line script", "Triage guide"}[i]})
	}
	for _, p := range a.Desk.Dir.PeopleOf(by.Party) {
		s.Owners = append(s.Owners, option{p.ID, p.Name})
	}
	return s
}

// posted shows a preview, or saves. Whatever is refused comes back with all that was typed.
func (a *Articles) posted(w http.ResponseWriter, r *http.Request, by desk.Person, token string) error {
	f := r.PostForm
	art, err := a.begun(r.Context(), by, f.Get("id"))
	if err != nil {
		return err
	}
	base, _ := strconv.Atoi(f.Get("base"))
	art.Title, art.Body, art.Product = f.Get("title"), strings.ReplaceAll(f.Get("text"), "\r\n", "\n"), f.Get("product")
	art.Kind, art.Audience, art.Owner = f.Get("kind"), f.Get("audience"), f.Get("owner")
	art.Retired = false // Whoever writes an article means it to be found.
	faults := map[string]string{}
	zone := a.Desk.Dir.ZoneOf(by)
	if day := strings.TrimSpace(f.Get("review_by")); day == "" {
		art.ReviewBy = time.Time{}
	} else if day != art.ReviewBy.In(zone).Format("2006-01-02") || art.ReviewBy.IsZero() {
		t, err := desk.ParseDay(day, a.Now(), zone)
		if err != nil {
			faults["review_by"] = "Write a day such as 2027-03-31, or in 90 days."
		}
		art.ReviewBy = t.UTC().Truncate(time.Millisecond)
	}
	s := a.form(by, token, art, base)
	s.Review, s.Faults = f.Get("review_by"), faults
	if f.Get("do") != "save" {
		a.show(w, http.StatusOK, s)
		return nil
	}
	if len(faults) == 0 {
		saved, err := a.Save(r.Context(), by, art, base, a.Now())
		var e *desk.Error
		switch {
		case err == nil:
			s = a.form(by, token, saved, saved.Version)
			s.Saved = true
			a.show(w, http.StatusOK, s)
			return nil
		case !errors.As(err, &e):
			return err
		}
		s.Say = e.Say
		for _, f := range e.Fields {
			faults[f.Field] = f.Message
		}
		if e.Kind == desk.KindConflict {
			s.Say += " Your text is below, unsaved."
		}
	} else {
		s.Say = "The article is not kept yet. Mend what is marked; everything you typed is here."
	}
	a.show(w, http.StatusUnprocessableEntity, s)
	return nil
}

func (a *Articles) history(w http.ResponseWriter, r *http.Request, by desk.Person) error {
	all, err := a.Desk.ArticleHistory(r.Context(), by, r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	s := sheet{View: "history", By: by}
	for i, v := range all {
		if i == 0 {
			s.Article, s.Mine = v, a.Desk.MayWriteArticle(by, v) == nil
		}
		who := "an import"
		if p, ok := a.Desk.Dir.Person(v.By); ok {
			who = p.Name
		}
		older := desk.Article{}
		if i+1 < len(all) {
			older = all[i+1]
		}
		s.Versions = append(s.Versions, version{Article: v, Changed: templates.ArticleChanges(older, v), Who: who, When: v.UpdatedAt.In(a.Desk.Dir.ZoneOf(by)).Format("2 January 2006, 15:04 MST")})
	}
	a.show(w, http.StatusOK, s)
	return nil
}

// fault says what is wrong in the words of the error; the cause goes to the log.
func (a *Articles) fault(w http.ResponseWriter, err error) {
	var e *desk.Error
	code, say := http.StatusInternalServerError, "Something went wrong on our side. Nothing was changed. Try again in a minute."
	if errors.As(err, &e) {
		say = e.Say
		code = map[desk.ErrKind]int{desk.KindForbidden: http.StatusForbidden, desk.KindNotFound: http.StatusNotFound, desk.KindInvalid: http.StatusBadRequest}[e.Kind]
		if code == 0 {
			code = http.StatusConflict
		}
	} else if a.Log != nil {
		a.Log.Error("a page of articles failed", "err", err)
	}
	a.show(w, code, sheet{View: "fault", Say: say})
}

func (a *Articles) show(w http.ResponseWriter, code int, s sheet) {
	var b bytes.Buffer
	if err := page.Execute(&b, s); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	w.Write(b.Bytes())
}
