package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/kb"
	"casebot/web"
)

// held is a stage whose articles are still being read: the build waits until it is released.
type held struct {
	*stage
	builds  atomic.Int32 // Builds that were begun.
	release chan struct{}
	dana    desk.Person
	at      bottest.Spot
}

// holds starts the program on a database that has articles, with the build of their index held back.
func holds(t *testing.T) *held {
	t.Helper()
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	s.keeps(t, desk.Article{ID: "blank", Title: "Receipt printer prints blank paper", Body: "Turn the roll: the side that turns dark must face the print head."})
	s.keeps(t, desk.Article{ID: "scale", Title: "The scale does not weigh", Body: "Set the unit at the scale."})
	if err := s.app.Close(); err != nil {
		t.Fatal(err)
	}
	h := &held{stage: s, release: make(chan struct{}), dana: s.who(t, "dana")}
	home, _ := s.dir.HomeOf("northwind")
	h.at = bottest.Spot{Home: home.ID, Channel: home.Cases}
	begun := make(chan struct{})
	h.starts(t, func(ctx context.Context) error {
		if h.builds.Add(1) == 1 {
			close(begun)
		}
		select {
		case <-h.release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	<-begun
	return h
}

func (h *held) starts(t *testing.T, pause func(context.Context) error) {
	t.Helper()
	calendars, err := demoCalendars()
	if err != nil {
		t.Fatal(err)
	}
	h.app, err = NewApp(t.Context(), AppOptions{DSN: h.dsn, Dir: h.dir, Clock: h, Log: slog.New(slog.DiscardHandler), Calendars: calendars, Rotas: demoRotas(), pauseArticles: pause})
	if err != nil {
		t.Fatal(err)
	}
	h.app.articles.build.patience = 0
	h.app.Connect(h.fake)
	h.fake.Connect(h.app.Inbox)
}

// says gives everything that Dana reads after a line of hers.
func (h *held) says(t *testing.T, line string) string {
	t.Helper()
	if err := h.fake.Command(t.Context(), h.dana, h.at, line); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, x := range h.fake.Read(h.dana, h.at) {
		if x.Message != nil {
			fmt.Fprintln(&b, bot.PlainText(*x.Message, time.UTC))
		}
	}
	return b.String()
}

// form opens the form of a new case about blank paper and gives what stands above its fields.
func (h *held) form(t *testing.T) string {
	t.Helper()
	h.says(t, `new ask=yes summary="Receipt printer prints blank paper"`)
	f := h.fake.Dialog(h.dana)
	if f == nil {
		t.Fatal("no form opens")
	}
	return bot.PlainText(bot.Message{Blocks: f.Intro}, time.UTC)
}

// readyz is what an operator's probe reads.
func (h *held) readyz() (int, string) {
	w := httptest.NewRecorder()
	web.New(web.Options{Ready: h.app.Ready, Notes: h.app.notes}).Handler().ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	return w.Code, w.Body.String()
}

// The program starts and answers while its articles are still being read: the form is silent, who asks is told, the
// probe is ready and says what is missing. What changes meanwhile is found as soon as the index stands.
func TestTheDeskAnswersWhileArticlesAreRead(t *testing.T) {
	h := holds(t)
	a := h.app.articles
	if intro := h.form(t); strings.Contains(intro, "blank paper") || strings.Contains(intro, "still being read") {
		t.Errorf("the form says %q", intro)
	}
	for _, line := range []string{"kb blank paper", `kb "HB-4012"`} {
		if got := h.says(t, line); !strings.Contains(got, "The articles are still being read after a start. Try again in a moment.") {
			t.Errorf("%s: %q", line, got)
		}
	}
	if code, body := h.readyz(); code != 200 || !strings.Contains(body, `"ready":true`) || !strings.Contains(body, "articles: 0 of 2 read") {
		t.Errorf("readyz: %d %s", code, body)
	}
	if err := h.app.housekeeping(t.Context()); err != nil {
		t.Errorf("housekeeping: %v", err)
	}

	// A new article, a changed one, a case resolved and one whose resolution is taken back, all after the store was read.
	h.keeps(t, desk.Article{ID: "tap", Title: "Phones cannot be tapped at the checkout", Body: "Switch the reader off and on."})
	if _, err := a.Save(t.Context(), h.who(t, "erin"), desk.Article{Title: "Labels come out crooked", Body: "Clean the guide rail of the labeller.", Audience: desk.ArticleForAll}, 0, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.solves(t, "dana", "Defect", "the kilogram display flickers and stays at nought", "scale")
	back := h.solves(t, "dana", "Defect", "vouchers vanish overnight", "scale")
	if _, err := h.app.Desk.Do(t.Context(), desk.Act{By: h.dana, Case: back, Now: h.Now(), Do: desk.UndoAct{Of: desk.VerbResolve}}); err != nil {
		t.Fatal(err)
	}
	if a.build.stands() || a.index.Len() != 0 {
		t.Fatal("the index stands before it was released")
	}

	close(h.release)
	a.build.jobs.Wait()
	if n := h.builds.Load(); n != 1 || !a.build.stands() {
		t.Errorf("%d builds, stands: %v", n, a.build.stands())
	}
	if intro := h.form(t); !strings.Contains(intro, "Receipt printer prints blank paper") {
		t.Errorf("the form says %q", intro)
	}
	for words, want := range map[string]string{"phones cannot be tapped": "Phones cannot be tapped", "labels crooked": "Labels come out crooked", "kilogram display flickers nought": "The scale does not weigh"} {
		if got := h.says(t, "kb "+words); !strings.Contains(got, want) {
			t.Errorf("kb %s: %q", words, got)
		}
	}
	if hits := a.index.Search("vouchers vanish overnight", kb.Options{}); len(hits) > 0 {
		t.Errorf("a resolution that was taken back is found: %v", hits)
	}
	if code, body := h.readyz(); code != 200 || strings.Contains(body, "articles") {
		t.Errorf("readyz: %d %s", code, body)
	}
}

// The message with articles in a case's thread is not lost because the case came before the index.
func TestTheThreadGetsItsArticlesAfterTheBuild(t *testing.T) {
	h := holds(t)
	h.says(t, `new severity=3 customer="Demo Outdoor" product="Harbor Tills" category=Defect summary="Receipt printer prints blank paper" impact="One till works slower" first_seen="today 09:30"`)
	sent := func() (n int) {
		h.app.Delivery.Flush(t.Context())
		err := h.app.Store.View(t.Context(), func(r desk.Reader) error {
			ds, err := r.Deliveries(desk.DeliverySent, 100)
			for _, d := range ds {
				if d.Kind == desk.NoticeArticles {
					n++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := sent(); n != 0 {
		t.Errorf("%d messages before the index stands", n)
	}
	close(h.release)
	h.app.articles.build.jobs.Wait()
	h.set(h.Now().Add(time.Minute))
	if n := sent(); n != 1 {
		t.Errorf("%d messages with articles", n)
	}
}

// However many ask while a build runs, there is one. An index that falls far behind later is built once more, and
// the old one answers until then.
func TestNeverTwoBuildsAtOnce(t *testing.T) {
	h := holds(t)
	a := h.app.articles
	ask := func() []desk.Suggestion {
		return a.Suggest(t.Context(), desk.Question{Words: "receipt printer prints blank paper"}, func(desk.Article) bool { return true })
	}
	done := make(chan struct{})
	for range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for range 20 {
				a.start()
				a.catchUp(t.Context())
				ask()
			}
		}()
	}
	for range 8 {
		<-done
	}
	close(h.release)
	a.build.jobs.Wait()
	if n := h.builds.Load(); n != 1 {
		t.Errorf("%d builds", n)
	}

	h.release = make(chan struct{})
	again := make(chan struct{})
	a.build.pause = func(context.Context) error { h.builds.Add(1); <-again; return nil }
	err := h.app.Store.Update(t.Context(), func(tx desk.Tx) error {
		for i := range 1100 {
			if err := desk.PutArticle(tx, desk.Article{ID: "busy", Title: "Busy page", Body: fmt.Sprint("Version number ", i), Version: i + 1, Audience: desk.ArticleForAll}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if got := ask(); len(got) != 1 || got[0].ID != "blank" {
			t.Fatalf("while the index is built anew: %v", got)
		}
	}
	close(again)
	a.build.jobs.Wait()
	if n := h.builds.Load(); n != 2 || a.index.Len() != 3 {
		t.Errorf("%d builds, %d articles", n, a.index.Len())
	}
}

// The end of the program ends a build, whether it waits for the store or indexes.
func TestTheEndEndsABuild(t *testing.T) {
	h := holds(t)
	if err := h.app.Close(); err != nil {
		t.Error(err)
	}
	if a := h.app.articles; a.build.stands() || a.index.Len() != 0 {
		t.Error("the index stands")
	}
	h.app.articles.start() // Nothing begins any more.
	h.app.articles.build.jobs.Wait()
	if n := h.builds.Load(); n != 1 {
		t.Errorf("%d builds", n)
	}

	begun := make(chan struct{})
	h.starts(t, func(ctx context.Context) error { close(begun); <-ctx.Done(); return nil })
	<-begun
	if err := h.app.Close(); err != nil {
		t.Error(err)
	}
	if a := h.app.articles; a.build.stands() || a.build.read.Load() != 0 {
		t.Errorf("%d articles were indexed after the end", a.build.read.Load())
	}
	h.starts(t, nil) // The cleanup closes it.
}

// A build that fails does not take the desk with it. It is said, and tried again.
func TestABuildThatFailsIsTriedAgain(t *testing.T) {
	h := holds(t)
	h.app.Close()
	h.starts(t, nil)
	var log bytes.Buffer
	l := newLibrary(h.app.Desk, slog.New(slog.NewTextHandler(&log, nil)))
	defer l.end()
	failing := true
	retry := make(chan struct{})
	l.build.patience, l.build.retry = 0, 0
	l.build.pause = func(ctx context.Context) error {
		if failing {
			failing = false
			return errors.New("the disk is full")
		}
		<-retry
		panic("an article that nobody foresaw")
	}
	if err := l.load(t.Context()); err == nil || err.Error() != "the disk is full" {
		t.Errorf("load says %v", err)
	}
	if note := l.note(); !strings.Contains(note, "could not be read and are tried again") || !strings.Contains(note, "the disk is full") {
		t.Errorf("readyz would say %q", note)
	}
	if err := l.Ready(t.Context()); desk.KindOf(err) != desk.KindState || sentence(err) != "The articles cannot be read right now. Try again in a few minutes." {
		t.Errorf("who asks is told %v", err)
	}
	id := h.solves(t, "dana", "Defect", "Receipt printer prints blank paper")
	c := &desk.Case{ID: id, Tenant: "northwind"}
	if found, err := l.forCase(t.Context(), c, desk.Party{ID: "northwind"}, desk.Notice{}); found != nil || err != nil {
		t.Errorf("the thread would wait for ever: %v %v", found, err)
	}
	close(retry)
	h.app.articles.build.jobs.Wait()
	for !strings.Contains(sentenceOf(l.build.failure()), "nobody foresaw") {
		runtime.Gosched()
	}
	l.end()
	if !strings.Contains(log.String(), "the disk is full") || l.build.stands() {
		t.Errorf("the log says %s", log.String())
	}
}

// An index that cannot be built anew goes on answering, and the probe says that it is old.
func TestAnOldIndexAnswersWhileTheNewOneFails(t *testing.T) {
	h := holds(t)
	close(h.release)
	a := h.app.articles
	a.build.jobs.Wait()
	a.build.retry = time.Hour
	a.build.pause = func(context.Context) error { return errors.New("the disk is full") }
	a.start()
	for a.build.failure() == nil {
		runtime.Gosched()
	}
	if code, body := h.readyz(); code != 200 || !strings.Contains(body, "articles: the newest could not be read and are tried again: the disk is full") {
		t.Errorf("readyz: %d %s", code, body)
	}
	if got := h.says(t, "kb blank paper"); !strings.Contains(got, "Receipt printer prints blank paper") {
		t.Errorf("kb: %q", got)
	}
}

func sentenceOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
