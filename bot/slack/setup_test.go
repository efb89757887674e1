package slack

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The manifest asks for the scopes of what this package calls, and for no others.
func TestTheManifestAsksForWhatIsUsed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	call := regexp.MustCompile(`(?:web\(\)|client)\.([A-Z]\w+)\(`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(src), -1) {
			called[m[1]] = true
		}
	}
	for _, own := range []string{"AckCtx", "RunContext", "StartSocketModeContext"} {
		delete(called, own) // Socket Mode has the app-level token.
	}
	var listed []string
	for _, n := range needs {
		listed = append(listed, n.calls...)
		used := len(n.events) > 0
		for _, c := range n.calls {
			used = used || called[c]
			if !called[c] {
				t.Errorf("%s is listed for %q and never called", c, n.scope)
			}
		}
		if !used {
			t.Errorf("the scope %s is for nothing", n.scope)
		}
	}
	for c := range called {
		if !slices.Contains(listed, c) {
			t.Errorf("%s is called and no scope is listed for it", c)
		}
	}
	src, _ := os.ReadFile("events.go")
	for _, e := range Events(UserGroups) {
		name, _, _ := strings.Cut(e, ".")
		if !bytes.Contains(src, []byte(`"`+name+`"`)) {
			t.Errorf("the event %s is asked for and not handled", e)
		}
	}
}

func TestManifests(t *testing.T) {
	socket := MakeManifest(ManifestOptions{Name: "casebot", Usage: "[new | help]"})
	golden(t, "manifest-socket", asJSON(t, socket))
	web := MakeManifest(ManifestOptions{Name: "casebot", Usage: "[new | help]", BaseURL: "https://desk.example.com", Install: true})
	golden(t, "manifest-http", asJSON(t, web))
}

// The manifest keeps to what the vendor takes (docs.slack.dev/reference/app-manifest).
func TestTheManifestKeepsToTheVendorsLimits(t *testing.T) {
	for name, want := range map[string]string{"casebot": "casebot", "Harbor desk": "harbor-desk", "Dépôt & Co. (Support)": "d-p-t-co.-support", "日本": "casebot", "-a--b-": "a-b"} {
		if got := botName(name); got != want {
			t.Errorf("the app %q is mentioned as %q, want %q", name, got, want)
		}
	}
	m := MakeManifest(ManifestOptions{Name: strings.Repeat("n", 35), Usage: strings.Repeat("u", 200), BaseURL: "https://desk.example.com", Install: true, Extra: []Extra{UserGroups}})
	for what, over := range map[string]bool{
		"the name":                 len(m.Display.Name) > 35,
		"the description":          len(m.Display.Description) > 140,
		"the shortcut's name":      len(m.Features.Shortcuts[0].Name) > 24,
		"the shortcut's text":      len(m.Features.Shortcuts[0].Description) > 150,
		"the command's text":       len(m.Features.Slash[0].Description) > 2000,
		"the command's usage hint": len(m.Features.Slash[0].Usage) > 1000,
		"the events":               len(m.Settings.Events.Events) > 100,
	} {
		if over {
			t.Errorf("%s is over the vendor's limit", what)
		}
	}
}

// casebot check finds what an administrator forgot, and says what to do.
func TestCheckFindsWhatIsMissing(t *testing.T) {
	w := newWorld(t, false)
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Check(t.Context()) {
		if f.Do != "" {
			t.Errorf("all is set up, but %s: %s", f.What, f.Do)
		}
	}
	w.fake.Scopes("T0NORTHWIND", slices.DeleteFunc(Scopes(), func(s string) bool { return s == "files:read" || s == "reactions:write" })...)
	w.fake.Kick("T0NORTHWIND", "C0REVIEW")
	w.fake.Revoke("T0HARBOR")
	var all []string
	for _, f := range p.Check(t.Context()) {
		if f.Do != "" {
			all = append(all, f.What+": "+f.Do)
		}
	}
	said := strings.Join(all, "\n")
	for _, want := range []string{"files:read, reactions:write", "C0REVIEW", "/invite", "T0HARBOR", "install the app again"} {
		if !strings.Contains(said, want) {
			t.Errorf("the check does not say %q:\n%s", want, said)
		}
	}
}

// An administrator installs by the web: with the state of the same browser, and for a home of this desk only.
func TestInstallingByTheWeb(t *testing.T) {
	w := newWorld(t, true)
	o := w.options()
	key := bytes.Repeat([]byte{7}, 32)
	o.Tokens = nil
	o.OAuth = OAuth{ID: "1.2", Secret: "demo-secret", Signing: w.teams["T0NORTHWIND"].SigningSecret, Key: key, Redirect: "https://desk.example.com/slack/oauth", Scopes: Scopes()}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		p.Handler().ServeHTTP(rec, r)
		return rec
	}
	begin := get("/slack/install")
	page, err := url.Parse(begin.Header().Get("Location"))
	if err != nil || begin.Code != http.StatusFound || page.Host != "slack.com" || page.Query().Get("scope") != strings.Join(Scopes(), ",") {
		t.Fatalf("the installation begins with %d at %s", begin.Code, page)
	}
	state, cookie := page.Query().Get("state"), begin.Result().Cookies()[0]
	w.fake.DefineCode("good", "T0NORTHWIND")
	w.fake.AddTeam("T0OTHER", "somebody else")
	w.fake.DefineCode("foreign", "T0OTHER")
	forged := *cookie
	forged.Value = strings.Repeat("A", len(cookie.Value))
	for _, c := range []struct {
		name, path string
		cookie     *http.Cookie
		want       int
	}{
		{"without the cookie", "/slack/oauth?code=good&state=" + state, nil, 400},
		{"with another's state", "/slack/oauth?code=good&state=" + forged.Value, cookie, 400},
		{"with a state and cookie made up", "/slack/oauth?code=good&state=" + forged.Value, &forged, 400},
		{"refused at Slack", "/slack/oauth?error=access_denied&state=" + state, cookie, 200},
		{"with a code that is not good", "/slack/oauth?code=bad&state=" + state, cookie, 502},
		{"for a workspace that is no home", "/slack/oauth?code=foreign&state=" + state, cookie, 403},
	} {
		var cookies []*http.Cookie
		if c.cookie != nil {
			cookies = append(cookies, c.cookie)
		}
		if got := get(c.path, cookies...); got.Code != c.want {
			t.Errorf("%s: %d %s", c.name, got.Code, got.Body)
		}
	}
	if len(w.state.all) != 0 {
		t.Errorf("something was kept: %v", w.state.all)
	}
	if got := get("/slack/oauth?code=good&state="+state, cookie); got.Code != 200 || !strings.Contains(got.Body.String(), "installed") {
		t.Fatalf("the installation ends with %d %s", got.Code, got.Body)
	}
	p.Wait()
	kept := w.state.all[tokenKey("T0NORTHWIND")]
	if len(kept) == 0 || bytes.Contains(kept, []byte("xoxb")) {
		t.Fatalf("the token is kept as %q", kept)
	}
	if got, err := p.installed(t.Context(), "T0NORTHWIND"); err != nil || got != w.teams["T0NORTHWIND"].BotToken {
		t.Errorf("the token reads %q (%v)", got, err)
	}
	if err := p.identify(t.Context(), p.team("T0NORTHWIND")); err != nil {
		t.Errorf("the new installation does not answer: %v", err)
	}
	// Another key, another workspace's row: neither reads it.
	p.OAuth.Key = bytes.Repeat([]byte{8}, 32)
	if _, err := p.installed(t.Context(), "T0NORTHWIND"); err == nil {
		t.Error("another key reads the token")
	}
	p.OAuth.Key = key
	w.state.all[tokenKey("T0HARBOR")] = kept
	if _, err := p.installed(t.Context(), "T0HARBOR"); err == nil {
		t.Error("one workspace's token passes as another's")
	}
	w.clock.Advance(11 * time.Minute)
	if got := get("/slack/oauth?code=good&state="+state, cookie); got.Code != 400 {
		t.Errorf("a state of eleven minutes ago is taken: %d", got.Code)
	}
}
