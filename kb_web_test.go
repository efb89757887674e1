package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/web"
)

// reader is somebody with a browser of their own.
type reader struct {
	*testing.T
	base string
	http *http.Client
}

// webStage is a desk whose articles are written on the web, and a browser on it.
func webStage(t *testing.T) (*stage, func() *reader) {
	t.Helper()
	s, err := newStage(t.Context(), filepath.Join(t.TempDir(), "casebot.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	server := httptest.NewServer(web.New(web.Options{Mounts: s.app.Mounts}).Handler())
	t.Cleanup(server.Close)
	s.app.pages.Base = server.URL
	return s, func() *reader {
		jar, _ := cookiejar.New(nil)
		return &reader{t, server.URL, &http.Client{Jar: jar, Timeout: time.Minute}}
	}
}

// asks types a command and gives the private answer.
func (s *stage) asks(t *testing.T, who, line string) *bot.Message {
	t.Helper()
	p := s.who(t, who)
	at := bottest.Spot{Home: p.Party, Channel: "cases"}
	if err := s.fake.Command(t.Context(), p, at, line); err != nil {
		t.Fatal(err)
	}
	all := s.fake.Read(p, at)
	last := all[len(all)-1]
	if !last.Private {
		t.Fatalf("the answer to %s is for everybody: %+v", line, last)
	}
	return last.Message
}

// link asks for the way in, as it stands in the private answer.
func (s *stage) link(t *testing.T, who, line string) string {
	t.Helper()
	m := s.asks(t, who, line)
	if len(m.Buttons) != 1 || m.Buttons[0].Link == "" {
		t.Fatalf("there is no link: %s", bot.PlainText(*m, time.UTC))
	}
	return m.Buttons[0].Link
}

func (r *reader) got(res *http.Response, err error) (int, string) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text)
}

func (r *reader) get(path string) (int, string) {
	r.Helper()
	if strings.HasPrefix(path, "/") {
		path = r.base + path
	}
	return r.got(r.http.Get(path))
}

func (r *reader) post(path string, form url.Values) (int, string) {
	r.Helper()
	if strings.HasPrefix(path, "/") {
		path = r.base + path
	}
	return r.got(r.http.PostForm(path, form))
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// hidden are the hidden fields of a page's form.
func hidden(page string) url.Values {
	out := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

// filled is a form with what somebody wrote.
func filled(page string, pairs ...string) url.Values {
	v := hidden(page)
	for _, d := range [][2]string{{"title", "Receipts are blank"}, {"text", "Turn the roll.\n\n- [ ] Is the lid shut?"}, {"kind", "article"}, {"audience", "all"}, {"do", "save"}} {
		v.Set(d[0], d[1])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// An article is written, looked at and saved in the browser, from a link in chat; what is saved is what chat shows.
func TestAnArticleIsWrittenOnTheWeb(t *testing.T) {
	s, browser := webStage(t)
	link, b := s.link(t, "erin", "kb write"), browser()
	code, page := b.get(link)
	if code != 200 || !strings.Contains(page, "Open the editor") || strings.Contains(page, "<textarea") {
		t.Fatalf("the link shows %d %s", code, page)
	}
	if code, page = b.post(link, nil); code != 200 || !strings.Contains(page, "New article") {
		t.Fatalf("the editor is %d %s", code, page)
	}
	code, page = b.post("/kb/edit", filled(page, "do", "preview", "title", "<b>Blank</b> receipts"))
	if code != 200 || !strings.Contains(page, `<div class="step">Is the lid shut?</div>`) || strings.Contains(page, "<b>Blank") || !strings.Contains(page, "&lt;b&gt;Blank") {
		t.Errorf("the preview is %d %s", code, page)
	}
	if code, page = b.post("/kb/edit", filled(page, "title", "")); code != http.StatusUnprocessableEntity || !strings.Contains(page, "Turn the roll.") || !strings.Contains(page, `class="wrong"`) {
		t.Errorf("without a title it is %d %s", code, page)
	}
	if code, page = b.post("/kb/edit", filled(page, "review_by", "soon")); code != http.StatusUnprocessableEntity || !strings.Contains(page, "Write a day such as") || !strings.Contains(page, "Turn the roll.") {
		t.Errorf("with a day that is none it is %d", code)
	}
	if code, page = b.post("/kb/edit", filled(page, "review_by", "2027-03-31")); code != 200 || !strings.Contains(page, "Saved. This is version 1") {
		t.Fatalf("saving is %d %s", code, page)
	}
	id := hidden(page).Get("id")
	if m := s.asks(t, "dana", "kb open "+id); !strings.Contains(bot.PlainText(*m, time.UTC), "Turn the roll.") {
		t.Errorf("chat shows %s", bot.PlainText(*m, time.UTC))
	}
	// Somebody saves in chat meanwhile: nothing is overwritten and nothing typed is lost.
	s.asks(t, "egon", "kb edit "+id+` title="Receipts are blank" text="Clean the head." audience=all`)
	if code, page = b.post("/kb/edit", filled(page, "text", "My long work")); code != http.StatusUnprocessableEntity || !strings.Contains(page, "My long work") || !strings.Contains(page, "unsaved") {
		t.Errorf("a second writer is answered %d %s", code, page)
	}
	if code, page = b.get("/kb/history?id=" + id); code != 200 || !strings.Contains(page, "Version 2") || !strings.Contains(page, "Erin Demo") {
		t.Errorf("the history is %d %s", code, page)
	}
}

// The link is one person's, once and soon; a form is its page's; and what somebody may not see does not exist.
func TestTheWayIntoTheEditorIsNarrow(t *testing.T) {
	s, browser := webStage(t)
	s.keeps(t, desk.Article{ID: "secret-plan", Title: "For engineers only", Body: "secret words", Audience: desk.ArticleForProvider, Owner: "erin", Party: "harbor"})
	link, b := s.link(t, "erin", "kb write secret-plan"), browser()
	for _, path := range []string{"/kb/edit", "/kb/edit?id=secret-plan", "/kb/history?id=secret-plan"} {
		if code, page := b.get(path); code != http.StatusForbidden || strings.Contains(page, "secret words") {
			t.Errorf("without a link %s is %d %s", path, code, page)
		}
	}
	if code, _ := b.post("/kb/in/madeup", nil); code != http.StatusForbidden {
		t.Errorf("a made-up link is %d", code)
	}
	b.get(link) // A chat that shows a preview does not use it up.
	_, page := b.post(link, nil)
	if !strings.Contains(page, "secret words") {
		t.Fatalf("Erin's editor is %s", page)
	}
	if code, _ := browser().post(link, nil); code != http.StatusForbidden {
		t.Errorf("the link works twice: %d", code)
	}
	if code, again := b.post("/kb/edit", filled(page, "token", "forged", "text", "defaced")); code != http.StatusForbidden || strings.Contains(again, "Saved") {
		t.Errorf("a forged form is %d %s", code, again)
	}
	// A Partner's agent has an editor of her own and sees nothing of it there.
	other := browser()
	_, hers := other.post(s.link(t, "dana", "kb write"), nil)
	for _, path := range []string{"/kb/edit?id=secret-plan", "/kb/history?id=secret-plan"} {
		code, page := other.get(path)
		none, missing := other.get(strings.ReplaceAll(path, "secret-plan", "no-such-thing"))
		if code != none || page != strings.ReplaceAll(missing, "no-such-thing", "secret-plan") || strings.Contains(page, "engineers") {
			t.Errorf("%s shows Dana %d %s, and what does not exist %d", path, code, page, none)
		}
	}
	if code, page := other.post("/kb/edit", filled(hers, "id", "secret-plan")); code == 200 || strings.Contains(page, "secret words") {
		t.Errorf("Dana saves over it: %d %s", code, page)
	}
	if m := s.asks(t, "nils", "kb write"); len(m.Buttons) > 0 && m.Buttons[0].Link != "" {
		t.Error("an observer is let in")
	}
	late := s.link(t, "erin", "kb write")
	s.set(s.Now().Add(16 * time.Minute))
	if code, _ := browser().post(late, nil); code != http.StatusForbidden {
		t.Errorf("a link of a quarter of an hour ago is %d", code)
	}
	s.set(s.Now().Add(2 * time.Hour))
	if code, _ := b.get("/kb/edit?id=secret-plan"); code != http.StatusForbidden {
		t.Errorf("a session of two hours ago is %d", code)
	}
	s.app.pages.Base = ""
	if m := s.asks(t, "erin", "kb write"); !strings.Contains(bot.PlainText(*m, time.UTC), "CASEBOT_URL") {
		t.Errorf("without an address: %s", bot.PlainText(*m, time.UTC))
	}
}

// Whatever is pasted into the editor: a sentence, and what was typed is still there.
func TestTheEditorTakesBadInput(t *testing.T) {
	s, browser := webStage(t)
	b := browser()
	_, page := b.post(s.link(t, "erin", "kb write"), nil)
	for name, c := range map[string]struct {
		text string
		code int
		want string
	}{
		"5 MB":             {strings.Repeat("many words ", 5<<20/11), http.StatusBadRequest, "1 MB at most"},
		"more than 1 MB":   {strings.Repeat("many words ", 3<<19/11), http.StatusUnprocessableEntity, "limit is 1 MB"},
		"binary":           {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", http.StatusUnprocessableEntity, "not text"},
		"empty":            {" \r\n ", http.StatusUnprocessableEntity, "Write what solves it"},
		"another language": {"プリンターの電源を確認してください", http.StatusOK, "Saved. This is version 1"},
	} {
		code, got := b.post("/kb/edit", filled(page, "text", c.text))
		if code != c.code || !strings.Contains(got, c.want) {
			t.Errorf("%s: %d %.200q", name, code, got[:min(len(got), 200)])
		}
		if c.code == http.StatusUnprocessableEntity && name != "binary" && !strings.Contains(got, strings.TrimSpace(c.text)) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	size := 1 << 20
	if testing.Short() {
		size = 1 << 17 // What grows with the square shows here too, without the race detector's minute.
	}
	for _, of := range []string{"`", "**a", "[", "- [ ] x\n", "a\n"} {
		if code, _ := b.post("/kb/edit", filled(page, "text", strings.Repeat(of, size/len(of)-1), "do", "preview")); code != http.StatusOK {
			t.Errorf("a preview of %d bytes of %q is %d", size, of, code)
		}
	}
}
