package slack

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

// A message's menu begins a case with its words and files.
func TestAMessageIsPickedWithWordsAndFiles(t *testing.T) {
	s := stage(t, false, nil)
	ref, err := s.work.Say(t.Context(), s.marco, s.at, "The tills are down at <Acme> & Sons", []bot.File{{Name: "till.log", Type: "text/plain", Data: []byte("HB-4012")}})
	s.must(err)
	at, _ := parseRef(ref)
	s.must(s.fake.Shortcut(t.Context(), "U0DANA", "C0SUPPORT", at.ts, "file"))
	got := s.inbox.of(bot.Picked)
	if len(got) != 1 || got[0].Text != "The tills are down at <Acme> & Sons" || got[0].Person.ID != "dana" || got[0].Message != ref || len(got[0].Files) != 1 || !got[0].At.Equal(timeOf(at.ts)) {
		t.Fatalf("it came in as %+v", got)
	}
	if data, err := got[0].Files[0].Open(); err != nil || string(data) != "HB-4012" {
		t.Errorf("its file reads %q (%v)", data, err)
	}
}

// Somebody who opens the app sees their page.
func TestThePageOfAPerson(t *testing.T) {
	s := stage(t, false, nil)
	s.inbox.set(func(in *bot.Interaction) bot.Answer {
		m := bot.Message{Title: []bot.Span{bot.B("Your desk")}, Blocks: []bot.Block{bot.P(bot.T("For " + in.Person.Name))}}
		return bot.Answer{Message: &m}
	})
	s.fake.OpenHome("T0NORTHWIND", "U0DANA", "home")
	s.wait()
	if v := s.fake.HomeView("T0NORTHWIND", "U0DANA"); v == nil || !strings.Contains(asJSON(t, v), "For Dana Demo") {
		t.Errorf("Dana's page is %v", v)
	}
	if v := s.fake.HomeView("T0NORTHWIND", "U0MARCO"); v != nil {
		t.Errorf("Marco has Dana's page: %v", v)
	}
	s.fake.OpenHome("T0NORTHWIND", "U0DANA", "messages")
	s.wait()
	if n := len(s.inbox.of(bot.Visited)); n != 1 {
		t.Errorf("the tab of messages was taken for the page: %d visits", n)
	}
}

// A mention in a thread can read the message it answers.
func TestAMentionReadsTheMessageAbove(t *testing.T) {
	s := stage(t, false, nil)
	root, err := s.work.Say(t.Context(), s.marco, s.at, "Payments fail", nil)
	s.must(err)
	thread := s.at
	thread.Thread = root
	_, err = s.work.Say(t.Context(), s.dana, thread, "@casebot file this", nil)
	s.must(err)
	got := s.inbox.of(bot.Said)
	last := got[len(got)-1]
	if !last.Mention || last.Text != "file this" || last.Above == nil {
		t.Fatalf("the mention came in as %+v", last)
	}
	words, _, at, err := last.Above(t.Context())
	if p, _ := parseRef(root); err != nil || words != "Payments fail" || !at.Equal(timeOf(p.ts)) {
		t.Errorf("above it stands %q at %s (%v)", words, at, err)
	}
}

// While a form is open, a changed choice brings the form anew and what is typed stays.
func TestALiveFormIsBroughtUpToDate(t *testing.T) {
	s := stage(t, false, nil)
	s.inbox.set(func(in *bot.Interaction) bot.Answer {
		f := bot.Form{Name: "new", Title: "New case", Intro: []bot.Block{bot.P(bot.T("Choose a severity."))}, Fields: []bot.FormField{
			{Key: "severity", Label: "Severity", Kind: bot.AskChoice, Live: true, Options: []bot.Option{{Value: "1", Label: "Sev 1"}, {Value: "2", Label: "Sev 2"}}, Value: in.Values["severity"]},
			{Key: "summary", Label: "Summary", Kind: bot.AskText, Value: in.Values["summary"]}}}
		if v := in.Values["severity"]; v != "" {
			f.Intro = []bot.Block{bot.P(bot.T("Severity " + v + " pages at once."))}
		}
		if in.Kind == bot.Submit {
			f.Fields[1].Error = "Say more."
		}
		return bot.Answer{Form: &f}
	})
	s.must(s.work.Command(t.Context(), s.dana, s.at, "new"))
	s.must(s.work.Submit(t.Context(), s.dana, map[string]string{"summary": "as I typed it", "severity": "1"}, nil))
	if n := len(s.inbox.of(bot.Refresh)); n != 1 {
		t.Fatalf("%d refreshes came in for one changed choice", n)
	}
	f := s.work.Dialog(s.dana)
	if f == nil || !strings.Contains(bot.PlainText(bot.Message{Blocks: f.Intro}, time.UTC), "Severity 1 pages at once") {
		t.Fatalf("the form reads %+v", f)
	}
	if v, fault := f.Fields[1].Value, f.Fields[1].Error; v != "as I typed it" || fault != "Say more." {
		t.Errorf("the summary is %q with %q beside it", v, fault)
	}
}

// What was said, edited and reacted while the program was down is read back at the next start, with the
// time it happened, and only what was missed.
func TestWhatWasMissedIsReadBack(t *testing.T) {
	w := newWorld(t, false)
	var cards []desk.Post
	threads := func(o *Options) {
		o.Threads = func(context.Context) ([]desk.Post, error) { return cards, nil }
	}
	s := play(t, w, threads)
	root := s.card("the card", "d1")
	cards = []desk.Post{{Ref: root}}
	thread := s.at
	thread.Thread = root
	old, err := s.work.Say(t.Context(), s.dana, thread, "before", nil)
	s.must(err)
	s.must(s.work.Toggle(t.Context(), bot.React, s.dana, root, "👀"))
	s.must(s.work.Toggle(t.Context(), bot.React, s.marco, old, "🆘"))
	s.end()

	w.clock.Advance(30 * time.Minute)
	said, err := s.work.Say(t.Context(), s.marco, thread, "while it was down", []bot.File{{Name: "a.log", Type: "text/plain", Data: []byte("x")}})
	_ = err // Nobody answers; the words are in Slack all the same.
	s.work.Rewrite(t.Context(), s.dana, old, "before, corrected")
	s.work.Toggle(t.Context(), bot.React, s.dana, root, "✅")
	s.work.Toggle(t.Context(), bot.Unreact, s.marco, old, "🆘")
	asked, _ := s.work.Say(t.Context(), s.dana, s.at, "@casebot list", nil)
	s.work.Say(t.Context(), s.dana, s.at, "chatter that is none of the desk's business", nil)
	w.clock.Advance(10 * time.Minute)

	s = play(t, w, threads)
	s.eventually("what was missed", func() bool { return len(s.inbox.of(bot.Unreact)) > 0 && len(s.inbox.of(bot.Said)) >= 2 })
	s.wait()
	var words []string
	for _, in := range s.inbox.of(bot.Said) {
		if in.Message != old { // What was heard just before the end is handed in once more; the desk knows it.
			words = append(words, in.Text)
		}
		if in.Message == said {
			if p, _ := parseRef(said); !in.At.Equal(timeOf(p.ts)) || in.Thread != root || in.Person.ID != "marco" || len(in.Files) != 1 {
				t.Errorf("the missed words came in as %+v", in)
			}
		}
		if in.Message == asked && (!in.Mention || in.Text != "list") {
			t.Errorf("the missed mention came in as %+v", in)
		}
	}
	if !slices.Equal(words, []string{"while it was down", "list"}) {
		t.Errorf("read back as said: %q", words)
	}
	if got := s.inbox.of(bot.Edited); len(got) != 1 || got[0].Message != old || got[0].Text != "before, corrected" {
		t.Errorf("the missed edit came in as %+v", got)
	}
	if got := s.inbox.of(bot.React); len(got) != 1 || got[0].Message != root || bot.EmojiKey(got[0].Emoji) != "✅" || got[0].Person.ID != "dana" {
		t.Errorf("the missed reaction came in as %+v", got)
	}
	if got := s.inbox.of(bot.Unreact); len(got) != 1 || got[0].Message != old || got[0].Person.ID != "marco" {
		t.Errorf("the reaction taken off came in as %+v", got)
	}
}

// A workspace that has gone quiet in its working hours is probed; when the desk does not hear of its own
// reaction it says so, until events come again.
func TestADeafWorkspaceIsReported(t *testing.T) {
	s := stage(t, false, func(o *Options) { o.Quiet = time.Hour })
	nw := s.Platform.team("T0NORTHWIND")
	s.card("the card", "d1")
	s.clock.Advance(2 * time.Hour)
	s.listenFor(t.Context(), nw)
	s.wait()
	s.clock.Advance(time.Minute)
	s.listenFor(t.Context(), nw)
	if err := s.Ready(); err != nil {
		t.Errorf("it heard of its own reaction and is not ready: %v", err)
	}
	for _, m := range s.work.Read(s.dana, s.at) {
		if len(m.Reactions) > 0 {
			t.Errorf("the probe has left %v", m.Reactions)
		}
	}
	// Now nothing comes in: the reaction is refused before it is told.
	s.clock.Advance(2 * time.Hour)
	s.fake.Fault("reactions.add", func(int) *slackfake.Fault { return &slackfake.Fault{Error: "already_reacted"} })
	s.fake.Fault("reactions.remove", func(int) *slackfake.Fault { return &slackfake.Fault{Error: "no_reaction"} })
	s.listenFor(t.Context(), nw)
	s.wait()
	s.clock.Advance(time.Minute)
	s.listenFor(t.Context(), nw)
	if err := s.Ready(); err == nil || !strings.Contains(err.Error(), "no events come from Slack") {
		t.Errorf("a deaf workspace is reported as %v", err)
	}
	_, err := s.work.Say(t.Context(), s.dana, s.at, "hello", nil)
	s.must(err)
	if err := s.Ready(); err != nil {
		t.Errorf("it hears again and is not ready: %v", err)
	}
}

// A reading back that is cut off does not move the mark up to which a workspace was heard: the next one begins there.
func TestAReadingThatIsCutOffIsBegunAgain(t *testing.T) {
	s := stage(t, false, nil)
	nw := s.Platform.team("T0NORTHWIND")
	s.saveUnlessReading(t.Context(), nw)
	before, _ := s.state.Get(t.Context(), heardKey(nw.id))
	s.clock.Advance(time.Hour)
	s.heard(nw)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	s.recover(over, nw)
	s.saveUnlessReading(t.Context(), nw)
	if after, _ := s.state.Get(t.Context(), heardKey(nw.id)); len(before) == 0 || string(after) != string(before) {
		t.Errorf("the mark went from %s to %s", before, after)
	}
	s.recover(t.Context(), nw)
	if after, _ := s.state.Get(t.Context(), heardKey(nw.id)); string(after) == string(before) {
		t.Errorf("after a whole reading the mark is still %s", after)
	}
}

// silentState is a store that does not answer when it is asked.
type silentState struct{ State }

func (silentState) Get(context.Context, string) ([]byte, error) {
	return nil, errors.New("the store does not answer")
}

// A store that does not answer at the start does not make the desk believe that it missed nothing.
func TestAMarkThatCannotBeReadStays(t *testing.T) {
	s := stage(t, false, nil)
	nw := s.Platform.team("T0NORTHWIND")
	s.saveUnlessReading(t.Context(), nw)
	before, _ := s.state.Get(t.Context(), heardKey(nw.id))
	s.clock.Advance(time.Hour)
	s.heard(nw)
	s.State = silentState{s.state}
	s.recover(t.Context(), nw)
	s.State = s.state
	s.saveUnlessReading(t.Context(), nw)
	if after, _ := s.state.Get(t.Context(), heardKey(nw.id)); len(before) == 0 || string(after) != string(before) {
		t.Errorf("the mark went from %s to %s", before, after)
	}
}
