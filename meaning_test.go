package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/assist"
	"casebot/assist/assistfake"
	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/kb"
)

// meaningStage is a desk with a fake service that turns words into vectors.
func meaningStage(t *testing.T) (*stage, *assistfake.Server) {
	t.Helper()
	fake := assistfake.New()
	t.Cleanup(fake.Close)
	s := &stage{dsn: filepath.Join(t.TempDir(), "casebot.db"), now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC),
		settings: assist.Options{BaseURL: fake.URL(), Key: assistfake.Key, EmbedModel: assistfake.Embed}}
	if err := s.raise(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	return s, fake
}

// A desk whose customers ask in other words than the articles are written in. Once enough of their cases are linked
// the meaning has a weight, and a question without one word of its article finds it; before that, with the service
// down, and for what may not leave, the words alone answer.
func TestMeaning(t *testing.T) {
	ctx := context.Background()
	s, fake := meaningStage(t)
	lib := s.app.articles
	const n = 24
	for i := range n {
		fake.Same(fmt.Sprintf("apparatus%c", 'a'+i), fmt.Sprintf("gadget%c", 'a'+i))
		a := desk.Article{ID: fmt.Sprintf("article-%02d", i), Title: fmt.Sprintf("Service of apparatus%c", 'a'+i), Body: "Open the cover and turn the wheel twice.", Audience: desk.ArticleForAll, Version: 1}
		if err := lib.put(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	question := func(i int) desk.Question {
		return desk.Question{Words: fmt.Sprintf("gadget%c stands still wheel", 'a'+i)}
	}
	top := func(q desk.Question) string {
		var ids []string
		for _, x := range lib.Suggest(ctx, q, func(desk.Article) bool { return true }) {
			ids = append(ids, x.ID)
		}
		return strings.Join(ids, " ")
	}
	s.app.settle()
	asked := len(fake.Heard())
	if asked == 0 {
		t.Fatal("no vector was made")
	}
	plain := make([]string, n)
	for i := range n {
		plain[i] = top(question(i))
	}
	if len(fake.Heard()) != asked {
		t.Error("questions were sent although the meaning has no weight")
	}

	// The cases are linked; one of them is for invited people only.
	dana, _ := s.dir.Person("dana")
	for i := range n {
		category := "Defect"
		if i == 0 {
			category = "Security"
		}
		_, err := s.app.Desk.Do(ctx, desk.Act{By: dana, Now: s.Now(), Do: desk.FileCase{Tenant: "northwind", Values: map[desk.Field]string{
			desk.FieldSeverity: "3", desk.FieldCustomer: "Demo Outdoor", desk.FieldProduct: "Harbor Tills", desk.FieldCategory: category,
			desk.FieldSummary: "The wheel stands still again", desk.FieldImpact: "One of four tills stands", desk.FieldFirstSeen: "today 09:00"}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		l := desk.ArticleLink{Case: fmt.Sprintf("NW-%d", 1001+i), Articles: []string{fmt.Sprintf("article-%02d", i)}, Text: question(i).Words}
		lib.meaning.link(l)
	}
	s.app.settle()
	if lib.meaning.weight == 0 {
		t.Fatal("the meaning has no weight although it is always right")
	}
	for _, body := range fake.Heard() {
		if strings.Contains(body, question(0).Words) {
			t.Error("words of a restricted case were sent")
		}
	}
	for i := range n {
		if got := top(question(i)); !strings.HasPrefix(got, fmt.Sprintf("article-%02d", i)) {
			t.Errorf("question %d finds %q, by words alone %q", i, got, plain[i])
		}
	}

	// Words that somebody types are looked up by their meaning too, for the eyes of that person only.
	find := func(by desk.Person, words string) string {
		var ids []string
		for _, x := range lib.Find(ctx, by, desk.Question{Words: words}) {
			ids = append(ids, x.ID)
		}
		return strings.Join(ids, " ")
	}
	if got := find(dana, "gadgetf stands still wheel"); !strings.HasPrefix(got, "article-05") {
		t.Errorf("typed words find %q", got)
	}
	if got := find(desk.Person{ID: "stranger"}, "gadgetf stands still wheel"); got != "" {
		t.Errorf("a stranger finds %q", got)
	}
	hidden, _ := lib.index.Get("article-06")
	hidden.Audience, hidden.Version = desk.ArticleForProvider, 2
	if err := lib.put(ctx, hidden); err != nil {
		t.Fatal(err)
	}
	s.app.settle()
	erin, _ := s.dir.Person("erin")
	if got := find(dana, "gadgetg stands still wheel"); strings.Contains(got, "article-06") {
		t.Errorf("a Partner's agent finds the Provider's own article: %q", got)
	}
	if got := find(erin, "gadgetg stands still wheel"); !strings.HasPrefix(got, "article-06") {
		t.Errorf("the Provider's engineer finds %q", got)
	}
	if got := find(dana, "zzyzx"); got != "" {
		t.Errorf("words that nobody wrote find %q", got)
	}

	// A service that is up and slow holds nobody up: the words alone answer, and after three times it is left alone.
	lib.meaning.within = time.Millisecond
	fake.Slow(true)
	heard := len(fake.Heard())
	for i := range 6 {
		if got := find(dana, fmt.Sprintf("apparatusc service %d", i)); !strings.HasPrefix(got, "article-02") {
			t.Errorf("with a slow service: %q", got)
		}
	}
	if n := len(fake.Heard()) - heard; n > slowAfter {
		t.Errorf("a slow service was asked %d times", n)
	}
	fake.Slow(false)
	lib.meaning.within = time.Minute
	s.set(s.Now().Add(2 * time.Minute))
	if got := find(dana, "gadgetf does not turn"); !strings.HasPrefix(got, "article-05") {
		t.Errorf("after its rest the service finds %q", got)
	}

	// What may not leave goes by words alone, and so does everything while the service is down.
	before := len(fake.Heard())
	for _, q := range []desk.Question{{Words: "gadgetb hacked by somebody"}, {Words: "gadgetb makes noise", Stays: true}} {
		top(q)
	}
	if len(fake.Heard()) != before {
		t.Error("a question that may not leave was sent")
	}
	fake.Down(true)
	if got, want := top(desk.Question{Words: "apparatusc service"}), lib.index.Suggest("apparatusc service", nil, 0); len(want) == 0 || !strings.HasPrefix(got, want[0].ID) {
		t.Errorf("with the service down: %q", got)
	}
	fake.Down(false)

	// A restart finds the vectors in the store and asks for none anew; a changed article gets a new one.
	before = len(fake.Heard())
	again := newMeaning(s.app.helper, lib.index, s.app.Store, s, s.app.Log)
	defer again.end()
	again.refresh(ctx)
	if len(fake.Heard()) != before || len(again.of) != n {
		t.Errorf("%d requests after a restart, %d vectors", len(fake.Heard())-before, len(again.of))
	}
	a, _ := lib.index.Get("article-03")
	a.Body, a.Version = "Turn it once.", 2
	if err := lib.put(ctx, a); err != nil {
		t.Fatal(err)
	}
	s.app.settle()
	if len(fake.Heard()) != before+1 {
		t.Errorf("%d requests after one change", len(fake.Heard())-before)
	}
}

// Words that somebody types while they work on a security or privacy case go nowhere: not in its room, not while such a
// case is being filed, and nowhere else as long as it is not closed (handbook §4).
func TestTypedWordsOfPrivateWorkStay(t *testing.T) {
	ctx := context.Background()
	s, fake := meaningStage(t)
	s.keeps(t, desk.Article{ID: "log", Title: "Where the logs of a till are", Body: "Open the folder of the till.", Audience: desk.ArticleForAll})
	s.app.settle()
	s.app.articles.meaning.end() // Nothing fits the weight anew:
	s.app.articles.meaning.weight = .5
	at := func(who string) bottest.Spot {
		home, _ := s.dir.HomeOf(s.who(t, who).Party)
		return bottest.Spot{Home: home.ID, Channel: home.Cases}
	}
	typed := 0
	leaves := func(who string) bool {
		t.Helper()
		before := len(fake.Heard())
		typed++
		if err := s.fake.Command(ctx, s.who(t, who), at(who), fmt.Sprintf("kb where is the log number %d", typed)); err != nil {
			t.Fatal(err)
		}
		return len(fake.Heard()) > before
	}
	if !leaves("dana") || !leaves("milo") {
		t.Error("typed words are not looked up by their meaning")
	}
	s.app.Inbox.Handle(ctx, &bot.Interaction{Kind: bot.Refresh, ID: "r1", Platform: demoPlatform, Account: s.who(t, "milo").Accounts[0], Form: "new",
		Values: map[string]string{"summary": "Receipts show names", "category": "Privacy"}})
	id := s.solves(t, "dana", "Security", "Card numbers in the log", "log")
	if leaves("dana") {
		t.Error("words typed beside a security case left the house")
	}
	if leaves("milo") {
		t.Error("words typed while a privacy case is filed left the house")
	}
	if !leaves("sara") {
		t.Error("the words of somebody else stay too")
	}
	if err := s.fake.Command(ctx, s.who(t, "dana"), at("dana"), "close "+id+" The customer confirmed"); err != nil {
		t.Fatal(err)
	}
	if !leaves("dana") {
		t.Error("after the case is closed the words still stay")
	}
}

// Explained articles keep the order they are given in, and copies count once.
func TestExplain(t *testing.T) {
	ix := kb.New()
	for _, id := range []string{"b", "a", "c"} {
		title := "Blank receipts"
		if id == "c" {
			title = "Card reader"
		}
		if err := ix.Put(desk.Article{ID: id, Title: title, Body: "Turn the roll."}); err != nil {
			t.Fatal(err)
		}
	}
	got := ix.Explain("receipts", []string{"c", "gone", "b", "a"})
	if len(got) != 2 || got[0].ID != "c" || got[1].ID != "b" || len(got[1].Matched) != 1 || got[1].Passage != "Turn the roll." {
		t.Errorf("%+v", got)
	}
}
