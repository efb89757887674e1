package slack

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	api "github.com/slack-go/slack"
)

// OAuth is the app's identity for installing by the web (docs.slack.dev/authentication/installing-with-oauth).
type OAuth struct {
	ID        string
	Secret    string
	Signing   string // Signing secret of the app that is installed so.
	Key       []byte // 32 bytes: the tokens are kept encrypted with it.
	Redirect  string // "https://…/slack/oauth"
	Authorize string // Slack's page; empty: the vendor's.
	Scopes    []string
}

func (o OAuth) on() bool { return o.ID != "" && o.Secret != "" && len(o.Key) == 32 }

const (
	stateCookie = "casebot_slack_install"
	stateLife   = 10 * time.Minute
)

// serveInstall sends an administrator to Slack's page of consent. The state that comes back is signed,
// short-lived, and must be that of the same browser.
func (p *Platform) serveInstall(w http.ResponseWriter, r *http.Request) {
	state := p.OAuth.state(p.Clock.Now())
	http.SetCookie(w, &http.Cookie{Name: stateCookie, Value: state, Path: "/slack/", MaxAge: int(stateLife.Seconds()), HttpOnly: true, Secure: strings.HasPrefix(p.OAuth.Redirect, "https"), SameSite: http.SameSiteLaxMode})
	page := p.OAuth.Authorize
	if page == "" {
		page = "https://slack.com/oauth/v2/authorize"
	}
	q := url.Values{"client_id": {p.OAuth.ID}, "scope": {strings.Join(p.OAuth.Scopes, ",")}, "state": {state}, "redirect_uri": {p.OAuth.Redirect}}
	http.Redirect(w, r, page+"?"+q.Encode(), http.StatusFound)
}

// state makes a signed, dated nonce.
func (o OAuth) state(now time.Time) string {
	b := make([]byte, 24)
	binary.BigEndian.PutUint64(b, uint64(now.Unix()))
	rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b, o.mac(b)...))
}

func (o OAuth) mac(b []byte) []byte {
	m := hmac.New(sha256.New, append([]byte("state:"), o.Key...))
	m.Write(b)
	return m.Sum(nil)
}

// stateGood says whether a state is one of ours and not too old.
func (o OAuth) stateGood(state string, now time.Time) bool {
	b, err := base64.RawURLEncoding.DecodeString(state)
	if err != nil || len(b) != 24+sha256.Size || !hmac.Equal(b[24:], o.mac(b[:24])) {
		return false
	}
	age := now.Sub(time.Unix(int64(binary.BigEndian.Uint64(b)), 0))
	return age >= 0 && age <= stateLife
}

// serveInstalled takes the code that Slack sends the administrator back with, and keeps the token.
func (p *Platform) serveInstalled(w http.ResponseWriter, r *http.Request) {
	say := func(status int, text string) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
	}
	state := r.FormValue("state")
	cookie, err := r.Cookie(stateCookie)
	if err != nil || !hmac.Equal([]byte(cookie.Value), []byte(state)) || !p.OAuth.stateGood(state, p.Clock.Now()) {
		say(http.StatusBadRequest, "This installation was not begun here, or it took more than ten minutes. Start it again at /slack/install.")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: stateCookie, Path: "/slack/", MaxAge: -1})
	if r.FormValue("error") != "" || r.FormValue("code") == "" {
		say(http.StatusOK, "The app was not installed. Nothing has changed.")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	got, err := api.GetOAuthV2ResponseContext(ctx, p.http, p.OAuth.ID, p.OAuth.Secret, r.FormValue("code"), p.OAuth.Redirect, api.OAuthOptionAPIURL(p.APIURL))
	if err != nil {
		p.Log.Error("an installation failed", "err", err)
		say(http.StatusBadGateway, "Slack did not give the token. Start the installation again at /slack/install.")
		return
	}
	t := p.team(got.Team.ID)
	if t == nil {
		say(http.StatusForbidden, fmt.Sprintf("Workspace %s is no home of this desk. Name it in casebot.yaml first, then install again.", got.Team.ID))
		return
	}
	if err := p.keepToken(ctx, t.id, got.AccessToken); err != nil {
		p.Log.Error("a token could not be kept", "err", err)
		say(http.StatusInternalServerError, "The token could not be kept. Start the installation again.")
		return
	}
	p.use(t, got.AccessToken)
	t.set(func(t *team) { t.fault = errJoining })
	p.spawn("a new installation", func(ctx context.Context) {
		if err := p.welcome(ctx, t); err != nil {
			p.Log.Error("a new installation does not answer", "workspace", t.id, "err", err)
		}
	})
	say(http.StatusOK, "The app is installed. Invite it to the cases channel with /invite, then try /case help.")
}

func tokenKey(team string) string { return "install/" + team }

// keepToken stores a token encrypted (AES-256-GCM), bound to its workspace.
func (p *Platform) keepToken(ctx context.Context, team, token string) error {
	if p.State == nil {
		return errors.New("there is no place to keep tokens")
	}
	seal, err := p.OAuth.seal()
	if err != nil {
		return err
	}
	nonce := make([]byte, seal.NonceSize())
	rand.Read(nonce)
	return p.State.Put(ctx, tokenKey(team), seal.Seal(nonce, nonce, []byte(token), []byte(team)))
}

// installed gives the token of a workspace that was installed by the web.
func (p *Platform) installed(ctx context.Context, team string) (string, error) {
	if p.State == nil || !p.OAuth.on() {
		return "", errors.New("it has no bot token")
	}
	raw, err := p.State.Get(ctx, tokenKey(team))
	if err != nil {
		return "", err
	}
	seal, err := p.OAuth.seal()
	if err != nil {
		return "", err
	}
	if len(raw) < seal.NonceSize() {
		return "", errors.New("it is not installed yet; open /slack/install")
	}
	plain, err := seal.Open(nil, raw[:seal.NonceSize()], raw[seal.NonceSize():], []byte(team))
	if err != nil {
		return "", errors.New("its token can't be read with this key; set the key it was kept with, or install it again")
	}
	return string(plain), nil
}

func (o OAuth) seal() (cipher.AEAD, error) {
	b, err := aes.NewCipher(o.Key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}
