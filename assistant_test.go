package main

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/assist"
	"casebot/assist/assistfake"
	"casebot/desk"
	"casebot/story"
	"casebot/web"
)

// transcript tells a story on a stage whose settings are changed first, and gives every message in it.
func transcript(t *testing.T, file string, o assist.Options) string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{dsn: filepath.Join(t.TempDir(), "casebot.db"), now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC), settings: o}
	if err := s.raise(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.end()
	var told strings.Builder
	if err := story.Run(t.Context(), s.world(), src, &told); err != nil {
		t.Fatal(err)
	}
	// Which of two places a message is printed under is chance; the messages are not.
	var lines []string
	for line := range strings.Lines(told.String()) {
		if !strings.HasPrefix(strings.TrimSpace(line), "casebot (") {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// Without a key the desk is what it is without any setting: every message, dialog and button is the same, and no
// word of a helper is in any of them.
func TestOffIsAsBefore(t *testing.T) {
	t.Parallel()
	fake := assistfake.New()
	defer fake.Close()
	for _, name := range []string{"life-friday-evening", "09-communication", "04-escalation", "kb-linked", "unhappy-security"} {
		file := "testdata/script/" + name + ".txtar"
		plain := transcript(t, file, assist.Options{})
		for what, o := range map[string]assist.Options{
			"an address and models without a key": {BaseURL: fake.URL(), ChatModel: assistfake.Chat, EmbedModel: assistfake.Embed},
			"a key without a model":               {BaseURL: fake.URL(), Key: assistfake.Key},
		} {
			if got := transcript(t, file, o); got != plain {
				t.Errorf("%s: with %s something is told differently", name, what)
			}
		}
		for _, word := range []string{"helper", "draft written", "Hand-over summary", "Draft an article"} {
			if strings.Contains(plain, word) {
				t.Errorf("%s speaks of %q", name, word)
			}
		}
	}
	if n := len(fake.Heard()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Half a set-up is off and `casebot check` says what is missing; a whole one says where words go.
func TestAssistFindings(t *testing.T) {
	for _, c := range []struct {
		s    Settings
		want string
	}{
		{Settings{}, ""},
		{Settings{OpenAIKey: "k"}, "no model is named"},
		{Settings{OpenAIBaseURL: "http://127.0.0.1:1/v1"}, "OPENAI_API_KEY is not"},
		{Settings{ChatModel: "m"}, "a model is named and OPENAI_API_KEY is not set"},
		{Settings{OpenAIKey: "k", ChatModel: "m"}, "go to api.openai.com, drafts by m, finding articles by nothing, 200000 tokens a day"},
		{Settings{OpenAIKey: "k", EmbedModel: "e", OpenAIBaseURL: "http://model.example/v1", AssistBudget: -1}, "is not encrypted"},
		{Settings{OpenAIKey: "k", EmbedModel: "e", OpenAIBaseURL: "http://127.0.0.1:9/v1", AssistBudget: -1}, "127.0.0.1:9, drafts by nothing, finding articles by e, no budget"},
	} {
		var all []string
		for _, f := range assistFindings(c.s) {
			all = append(all, f.text)
			if f.bad {
				t.Errorf("%+v is an error; the desk works without a helper", c.s)
			}
		}
		if got := strings.Join(all, "\n"); !strings.Contains(got, c.want) || (c.want == "") != (got == "") || strings.Contains(got, string(c.s.OpenAIKey)+" ") && c.s.OpenAIKey == "k" && strings.Contains(got, "key k") {
			t.Errorf("%+v: %q", c.s, got)
		}
	}
	for v, ok := range map[string]bool{"5000": true, "-1": true, "": true, "0": false, "much": false} {
		_, err := loadSettings(func(name string) string { return map[string]string{"CASEBOT_ASSIST_BUDGET": v}[name] })
		if (err == nil) != ok {
			t.Errorf("CASEBOT_ASSIST_BUDGET=%s: %v", v, err)
		}
	}
}

// The helper being down shows in the figures and never in the readiness; what was interrupted is told.
func TestHelperDown(t *testing.T) {
	ctx := context.Background()
	fake := assistfake.New()
	defer fake.Close()
	fake.Down(true)
	s := &stage{dsn: filepath.Join(t.TempDir(), "casebot.db"), now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC),
		settings: assist.Options{BaseURL: fake.URL(), Key: assistfake.Key, ChatModel: assistfake.Chat}}
	if err := s.raise(ctx); err != nil {
		t.Fatal(err)
	}
	defer s.end()
	dana, _ := s.dir.Person("dana")
	for range 6 {
		if _, err := s.app.writer.Ask(ctx, desk.AssistAsk{Task: desk.AssistFields, By: dana, Text: "The printer prints blank paper since noon"}); err != nil {
			t.Fatal(err)
		}
		s.app.settle()
	}
	server := web.New(web.Options{Ready: s.app.Store.Ready, Figures: s.app.figures()})
	w := httptest.NewRecorder()
	server.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body, _ := io.ReadAll(w.Body)
	for _, line := range []string{"casebot_assist_asked_total 4", "casebot_assist_failed_total 4", "casebot_assist_refused_total 2"} {
		if !strings.Contains(string(body), line) {
			t.Errorf("/metrics lacks %q", line)
		}
	}
	before := s.app.Ready(ctx)
	s.app.helper = nil
	if after := s.app.Ready(ctx); (before == nil) != (after == nil) || before != nil && before.Error() != after.Error() {
		t.Errorf("readiness hangs on the helper: %v, %v", before, after)
	}

	// Somebody waits for what no program writes any more: they are told, once.
	if _, ok, err := s.app.Desk.WantProposal(ctx, dana, desk.AssistUpdate, "NW-1001", s.Now()); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, _ := s.app.Desk.WantProposal(ctx, dana, desk.AssistUpdate, "NW-1001", s.Now()); ok {
		t.Error("the same is written twice at once")
	}
	for _, want := range []int{1, 0} {
		if n, err := s.app.Desk.LostProposals(ctx, s.Now().Add(time.Second), s.Now()); err != nil || n != want {
			t.Errorf("%d lost, want %d: %v", n, want, err)
		}
	}
}

// The books of a day are one sum for all, and a week-old proposal is gone.
func TestPurseAndPrune(t *testing.T) {
	ctx := context.Background()
	s, err := newStage(ctx, filepath.Join(t.TempDir(), "casebot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.end()
	p := purse{s.app.Store}
	for _, c := range []struct{ add, want int }{{100, 100}, {50, 150}, {-30, 120}} {
		if n, err := p.Spend(ctx, "2026-11-17", c.add); err != nil || n != c.want {
			t.Errorf("%d: %d, %v", c.add, n, err)
		}
	}
	dana, _ := s.dir.Person("dana")
	milo, _ := s.dir.Person("milo")
	w, _, err := s.app.Desk.WantProposal(ctx, dana, desk.AssistArticle, "NW-1", s.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.app.Desk.EndProposal(ctx, w, desk.Proposal{Title: "T", Text: "X"}, "", s.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Desk.FindProposal(ctx, milo, w.Key); desk.KindOf(err) != desk.KindNotFound {
		t.Errorf("somebody else's draft: %v", err)
	}
	if got, err := s.app.Desk.FindProposal(ctx, dana, w.Key); err != nil || got.Text != "X" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.app.Desk.PruneProposals(ctx, s.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Desk.FindProposal(ctx, dana, w.Key); desk.KindOf(err) != desk.KindNotFound {
		t.Errorf("an old draft is kept: %v", err)
	}
}
