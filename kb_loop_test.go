package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/kb"
	"casebot/storage/pgtest"
)

// stageOn is the whole program on a database, with the demo's people.
func stageOn(t *testing.T, dsn string) *stage {
	t.Helper()
	s, err := newStage(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	return s
}

func (s *stage) who(t *testing.T, id string) desk.Person {
	t.Helper()
	p, ok := s.dir.Person(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	return p
}

// keeps puts an article of the Provider into the library.
func (s *stage) keeps(t *testing.T, a desk.Article) {
	t.Helper()
	a.Version, a.UpdatedAt = max(a.Version, 1), s.Now()
	if a.Audience == "" {
		a.Audience = desk.ArticleForAll
	}
	if err := s.app.articles.put(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// solves files a case with these words and resolves it with articles; it gives the number.
func (s *stage) solves(t *testing.T, who, category, summary string, articles ...string) string {
	t.Helper()
	by := s.who(t, who)
	out, err := s.app.Desk.Do(t.Context(), desk.Act{By: by, Now: s.Now(), Do: desk.FileCase{Values: map[desk.Field]string{
		desk.FieldCustomer: "Demo Outdoor", desk.FieldProduct: "Harbor Tills", desk.FieldCategory: category, desk.FieldSeverity: "3",
		desk.FieldSummary: summary, desk.FieldImpact: "One till works slower than usual", desk.FieldFirstSeen: s.Now().Format(time.RFC3339)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Desk.Do(t.Context(), desk.Act{By: by, Case: out.Case.ID, Now: s.Now(), Do: desk.ResolveCase{Text: "It works again.", Articles: articles}}); err != nil {
		t.Fatal(err)
	}
	return out.Case.ID
}

// rows gives every value of a space of the store as one text.
func (s *stage) rows(t *testing.T, space string) string {
	t.Helper()
	var b strings.Builder
	err := s.app.Store.View(t.Context(), func(r desk.Reader) error {
		return r.EachState(space, func(key string, value []byte) error { fmt.Fprintf(&b, "%s %s\n", key, value); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The same articles and the same solved cases give the same list to the last bit on both databases, and after
// a restart, whatever the order in which they are read.
func TestSuggestionsAreTheSameOnBothDatabases(t *testing.T) {
	t.Parallel()
	questions := []string{"Receipt printer prints blank paper", "card paymnts fail HB-4012", "how do I", "scanner looses network", "refund twice", "ofline after update", "价格标签", ""}
	lists := map[string]string{}
	for name, dsn := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "casebot.db"), "postgresql": pgtest.Database(t)} {
		s := stageOn(t, dsn)
		articles, err := seedArticles()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range articles {
			s.keeps(t, a)
		}
		for i, words := range []string{"blank slips come out of the printer", "the terminal says HB-4012 again", "customer was charged two times", "everything is offline since the night"} {
			s.solves(t, "dana", "Defect", words, articles[7*i].ID)
		}
		list := func() string {
			var b strings.Builder
			for _, q := range questions {
				for _, x := range s.app.articles.Suggest(t.Context(), desk.Question{Words: q, Product: "Harbor Tills"}, func(desk.Article) bool { return true }) {
					fmt.Fprintf(&b, "%s %v %q %q\n", x.ID, x.Confidence, x.Matched, x.Passage)
				}
				for _, h := range s.app.articles.index.Search(q, kb.Options{Limit: 50}) {
					fmt.Fprintf(&b, "%s %v %v\n", h.ID, h.Score, h.Confidence)
				}
			}
			return b.String()
		}
		lists[name] = list()
		if err := s.restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := list(); again != lists[name] {
			t.Errorf("%s answers differently after a restart", name)
		}
	}
	if lists["sqlite"] != lists["postgresql"] || lists["sqlite"] == "" {
		t.Errorf("SQLite:\n%s\nPostgreSQL:\n%s", lists["sqlite"], lists["postgresql"])
	}
}

// Two programs on one database: what is written or linked through one is found by the other, and forgotten
// again when the case is reopened.
func TestTwoProgramsFindTheSame(t *testing.T) {
	t.Parallel()
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	other := newLibrary(s.app.Desk, slog.New(slog.DiscardHandler))
	if err := other.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := func() string {
		var ids []string
		for _, x := range other.Suggest(t.Context(), desk.Question{Words: "phones cannot be tapped at the checkout"}, func(desk.Article) bool { return true }) {
			ids = append(ids, x.ID)
		}
		return strings.Join(ids, " ")
	}
	s.keeps(t, desk.Article{ID: "certificate", Title: "Renew the certificate of the gateway", Body: "Upload the new one and restart the service."})
	if got := found(); got != "" {
		t.Errorf("found %q before anything was learned", got)
	}
	id := s.solves(t, "dana", "Defect", "Phones cannot be tapped at our checkout any more", "certificate")
	if got := found(); got != "certificate" {
		t.Errorf("found %q after a case was solved with it", got)
	}
	if _, err := s.app.Desk.Do(t.Context(), desk.Act{By: s.who(t, "dana"), Case: id, Now: s.Now(), Do: desk.UndoAct{Of: desk.VerbResolve}}); err != nil {
		t.Fatal(err)
	}
	if got := found(); got != "" {
		t.Errorf("found %q after the resolution was taken back", got)
	}
	// An index that is far behind is built anew, in the background.
	for i := range 1010 {
		s.keeps(t, desk.Article{ID: "busy", Title: "Busy page", Body: fmt.Sprint("Version number ", i), Version: i + 1})
	}
	s.keeps(t, desk.Article{ID: "tap", Title: "Phones cannot be tapped at the checkout", Body: "Switch the reader off and on."})
	found()
	other.build.jobs.Wait()
	if got := found(); got != "tap" || other.index.Len() != 3 {
		t.Errorf("found %q among %d articles", got, other.index.Len())
	}
}

// Nothing of a security case reaches the log, the index, the rows beside the case, or the thread (handbook §4).
func TestRestrictedCasesLeaveNothing(t *testing.T) {
	var log bytes.Buffer
	dir, err := demoDirectory(demoPlatform)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{dsn: filepath.Join(t.TempDir(), "casebot.db"), dir: dir, fake: bottest.NewFake(demoPlatform, dir), now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)}
	s.app, err = NewApp(t.Context(), AppOptions{DSN: s.dsn, Dir: dir, Clock: s, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), ArticlesFirst: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.app.Connect(s.fake)
	s.fake.Connect(s.app.Inbox)
	s.keeps(t, desk.Article{ID: "leak", Title: "Card numbers visible in the export", Body: "Card numbers were visible in the export file until 6.2."})
	dana := s.who(t, "dana")
	at := bottest.Spot{Home: "northwind-chat", Channel: "cases"}
	if h, ok := dir.HomeOf("northwind"); ok {
		at = bottest.Spot{Home: h.ID, Channel: h.Cases}
	}
	// While the category is not chosen yet the form may suggest; choosing it takes back what was logged.
	const words = `summary="Zebra card numbers visible in the export"`
	if err := s.fake.Command(t.Context(), dana, at, "new ask=yes "+words); err != nil {
		t.Fatal(err)
	}
	if form := s.fake.Dialog(dana); form == nil || !strings.Contains(bot.PlainText(bot.Message{Blocks: form.Intro}, time.UTC), "Card numbers visible") {
		t.Fatalf("the form suggests nothing: %+v", form)
	}
	if s.rows(t, "article_act") == "" {
		t.Error("what was shown is not kept")
	}
	form := s.fake.Dialog(dana)
	a := s.app.Inbox.Handle(t.Context(), &bot.Interaction{Kind: bot.Refresh, ID: "r1", Platform: demoPlatform, Account: dana.Accounts[0], Form: "new",
		Values: map[string]string{"begun": form.Hidden["begun"], "summary": "Zebra card numbers visible in the export", "category": "Security"}})
	if a.Form == nil || strings.Contains(bot.PlainText(bot.Message{Blocks: a.Form.Intro}, time.UTC), "already be answered") {
		t.Errorf("a security case is suggested articles: %+v", a)
	}
	if rows := s.rows(t, "article_act"); rows != "" {
		t.Errorf("rows are left: %s", rows)
	}
	id := s.solves(t, "dana", "Security", "Zebra card numbers visible in the export", "leak")
	s.app.Delivery.Flush(t.Context())
	for _, line := range []string{"kb " + id, "kb open " + id + " article=leak", "kb-helped " + id + " article=leak", "kb-not " + id + ` article=leak why="out of date"`} {
		if err := s.fake.Command(t.Context(), dana, at, line); err != nil {
			t.Fatal(err)
		}
	}
	for _, space := range []string{"article_act", "article_link"} {
		if rows := s.rows(t, space); rows != "" {
			t.Errorf("%s keeps %s", space, rows)
		}
	}
	for _, h := range s.app.articles.index.Search("zebra", kb.Options{}) {
		t.Errorf("the index knows a word of the case: %+v", h)
	}
	if got := strings.ToLower(log.String()); strings.Contains(got, "zebra") {
		t.Errorf("the log says %s", got)
	}
	if n, err := s.notices(desk.NoticeArticles); err != nil || n != 0 {
		t.Errorf("%d notices of articles, %v", n, err)
	}
	if gaps, err := s.app.Desk.Gaps(t.Context(), "northwind", s.Now().Add(time.Hour)); err != nil || len(gaps) != 0 {
		t.Errorf("gaps %v, %v", gaps, err)
	}
}

// notices counts the notices of a kind, whatever became of them.
func (s *stage) notices(kind desk.NoticeKind) (int, error) {
	n := 0
	err := s.app.Store.View(context.Background(), func(r desk.Reader) error {
		for _, state := range []desk.DeliveryState{desk.DeliveryPending, desk.DeliverySent, desk.DeliveryDropped, desk.DeliveryDead, desk.DeliveryDoubt} {
			ds, err := r.Deliveries(state, 1000)
			if err != nil {
				return err
			}
			for _, d := range ds {
				if d.Kind == kind {
					n++
				}
			}
		}
		return nil
	})
	return n, err
}

// What people do with an article counts once a case, article, person and act, however often it is done; a
// better reason replaces the first.
func TestActsWithArticlesCountOnce(t *testing.T) {
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	s.keeps(t, desk.Article{ID: "blank", Title: "Receipt printer prints blank paper", Body: "Turn the roll."})
	dana, h := s.who(t, "dana"), bottest.Spot{}
	if home, ok := s.dir.HomeOf("northwind"); ok {
		h = bottest.Spot{Home: home.ID, Channel: home.Cases}
	}
	id := s.solves(t, "dana", "Defect", "Receipt printer prints blank paper", "blank")
	for range 3 {
		for _, line := range []string{"kb " + id, "kb open " + id + " blank", "kb-helped " + id + " article=blank",
			"kb-not " + id + ` article=blank why="unrelated"`, "kb not " + id + ` blank why="out of date"`} {
			if err := s.fake.Command(t.Context(), dana, h, line); err != nil {
				t.Fatal(err)
			}
		}
	}
	count := map[string]int{}
	for _, l := range strings.Split(strings.TrimSpace(s.rows(t, "article_act")), "\n") {
		var a desk.ArticleAct
		if err := json.Unmarshal([]byte(l[strings.IndexByte(l, '{'):]), &a); err != nil {
			t.Fatal(err)
		}
		if a.Person != "" {
			count[a.Act+" "+a.Reason]++
		}
	}
	want := map[string]int{"shown ": 1, "opened ": 1, "helped ": 1, "not out of date": 1, "linked ": 1}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", count, want)
	}
	r, err := s.app.Desk.Report(t.Context(), "northwind", s.Now().Add(-time.Hour), s.Now().Add(time.Hour))
	if k := r.Knowledge; err != nil || k.Resolved != 1 || k.Linked != 1 || k.Shown != 1 || k.Helped != 1 || k.Not != 1 || k.Reasons["out of date"] != 1 || len(k.Each) != 1 {
		t.Errorf("the report says %+v, %v", r.Knowledge, err)
	}
	// Another Partner's report counts none of it.
	if r, err := s.app.Desk.Report(t.Context(), "southgate", s.Now().Add(-time.Hour), s.Now().Add(time.Hour)); err != nil || r.Knowledge.Shown+r.Knowledge.Helped+r.Knowledge.Resolved != 0 {
		t.Errorf("southgate's report says %+v, %v", r.Knowledge, err)
	}
}

// Twelve articles fall due for one owner on one day: five a morning on three working mornings, none at night,
// none twice, and all of them are still published.
func TestRemindersOfReviewsAreStaggered(t *testing.T) {
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	s.set(time.Date(2026, 11, 19, 20, 30, 0, 0, time.UTC)) // Thursday 12:30 in Los Angeles.
	for i := range 12 {
		s.keeps(t, desk.Article{ID: fmt.Sprintf("a%02d", i), Title: fmt.Sprint("Page ", i), Body: "Words.", Owner: "erin", ReviewBy: s.Now().Add(14 * 24 * time.Hour)})
	}
	seen := map[string]int{}
	var days []string
	err := s.world().Advance(t.Context(), s.Now().Add(6*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	err = s.app.Store.View(t.Context(), func(r desk.Reader) error {
		ds, err := r.Deliveries(desk.DeliverySent, 1000)
		for _, d := range ds {
			if d.Kind != desk.NoticeStale {
				continue
			}
			ids := strings.Split(d.Data["articles"], "\n")
			days = append(days, fmt.Sprintf("%s %d", d.At.In(s.dir.ZoneOf(s.who(t, "erin"))).Format("Mon 15:04"), len(ids)))
			for _, id := range ids {
				seen[id]++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"Fri 09:00 5", "Mon 09:00 5", "Tue 09:00 2"}; !slices.Equal(days, want) {
		t.Errorf("reminded %v, want %v", days, want)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was recalled %d times", id, n)
		}
	}
	if s.app.articles.index.Len() != 12 {
		t.Errorf("%d articles are published", s.app.articles.index.Len())
	}
}

// What people attach and type by accident is answered with a sentence, and the desk goes on.
func TestKnowledgeTakesBadInput(t *testing.T) {
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	s.keeps(t, desk.Article{ID: "blank", Title: "Receipt printer prints blank paper", Body: "Turn the roll."})
	erin := s.who(t, "erin")
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"5 MB", bytes.Repeat([]byte("many words "), 5<<20/11), "limit is 1 MB"},
		{"binary", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "not text"},
		{"empty", nil, "is empty"},
		{"blanks", []byte(" \n\t"), "is empty"},
	} {
		a := s.app.Inbox.Handle(t.Context(), &bot.Interaction{Kind: bot.Submit, ID: "bad-" + c.name, Platform: demoPlatform, Account: erin.Accounts[0], Form: "kb-new",
			Values: map[string]string{"title": "A file", "audience": "all"}, Files: []bot.FileIn{{Name: "a.md", Size: int64(len(c.data)), Open: func() ([]byte, error) { return c.data, nil }}}})
		got := fmt.Sprintf("%+v", a.Form)
		if a.Form == nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %.300s", c.name, got)
		}
		if err := s.app.Desk.DropDraft(t.Context(), erin, desk.DraftID(erin, "kb-new", "")); err != nil {
			t.Fatal(err)
		}
	}
	for name, q := range map[string]string{
		"50,000 characters": strings.Repeat("printer offline again ", 50_000/22), "stop words": "the of and to in how do I not",
		"another language": "プリンターの電源を確認してください", "one word": strings.Repeat("x", 50_000), "marks": strings.Repeat("!?-", 10_000), "bytes": "a\xff\x00b",
	} {
		for _, kind := range []string{"kb " + q, "new ask=yes summary=" + fmt.Sprintf("%q", strings.ToValidUTF8(q, ""))} {
			a := s.app.Inbox.Handle(t.Context(), &bot.Interaction{Kind: bot.Command, ID: fmt.Sprint("q", name, kind[:3]), Platform: demoPlatform, Account: erin.Accounts[0], Text: kind})
			if a.Message == nil && a.Form == nil {
				t.Errorf("%s: nothing was answered", name)
			}
		}
		if got := s.app.articles.Alike(desk.Question{Words: q}, []*desk.Case{{ID: "NW-1", Summary: q}, {ID: "NW-2", Summary: "Other words here"}}); len(got) > 1 {
			t.Errorf("%s: like %d cases", name, len(got))
		}
	}
	if got := s.app.articles.Suggest(t.Context(), desk.Question{Words: "the of and to in how do I not"}, func(desk.Article) bool { return true }); len(got) != 0 {
		t.Errorf("stop words alone find %v", got)
	}
}

// Ten thousand copies of an article are one article to whoever asks, surely or vaguely, and small words find none.
func TestTenThousandCopiesAreShownOnce(t *testing.T) {
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	err := s.app.Store.Update(t.Context(), func(tx desk.Tx) error {
		for i := range 10_000 {
			a := desk.Article{ID: fmt.Sprintf("copy-%05d", i), Title: "Receipt printer prints blank paper", Body: "Turn the roll, and clean the head.", Version: 1, Audience: desk.ArticleForAll}
			if err := desk.PutArticle(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.app.articles.catchUp(t.Context())
	s.app.articles.build.jobs.Wait()
	s.keeps(t, desk.Article{ID: "head", Title: "Order a new print head", Body: "Your partner has spare heads."})
	find := func(words string) string {
		var ids []string
		for _, x := range s.app.articles.Find(t.Context(), s.who(t, "erin"), desk.Question{Words: words}) {
			ids = append(ids, x.ID)
		}
		return strings.Join(ids, " ")
	}
	for words, want := range map[string]string{
		"receipt printer prints blank paper":                                      "copy-00000",
		"something about a head, elsewhere nothing whatever known, cables, water": "head copy-00000",
		"how do I":                    "",
		"the of and to in how":        "",
		strings.Repeat("the ", 12500): "",
	} {
		if got := find(words); got != want {
			t.Errorf("%.40s finds %q, expected %q", words, got, want)
		}
	}
}
