package discord

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// recorder is an Inbox that knows everybody of the directory, keeps what it was handed, and answers by a
// function of the test.
type recorder struct {
	dir    *desk.Directory
	mu     sync.Mutex
	got    []bot.Interaction
	answer func(in *bot.Interaction) bot.Answer
}

func (r *recorder) Handle(_ context.Context, in *bot.Interaction) bot.Answer {
	in.Person, _ = r.dir.ByAccount(in.Account, in.Name)
	r.mu.Lock()
	r.got = append(r.got, *in)
	f := r.answer
	r.mu.Unlock()
	if f == nil {
		return bot.Answer{}
	}
	return f(in)
}

func (r *recorder) of(kind bot.InteractionKind) []bot.Interaction {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []bot.Interaction
	for _, in := range r.got {
		if in.Kind == kind {
			out = append(out, in)
		}
	}
	return out
}

func (r *recorder) set(f func(in *bot.Interaction) bot.Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

// says answers everything with a sentence.
func (r *recorder) says(text string) {
	r.set(func(*bot.Interaction) bot.Answer { m := bot.Say(text); return bot.Answer{Message: &m} })
}

// asks answers everything with a form of one question.
func (r *recorder) asks() {
	r.set(func(*bot.Interaction) bot.Answer {
		return bot.Answer{Form: &bot.Form{Name: "resolve", Case: "NW-1", Title: "Resolve NW-1", Fields: []bot.FormField{{Key: "text", Label: "What was done", Kind: bot.AskLong}}}}
	})
}

// scene is a running adapter with a recorder behind it.
type scene struct {
	*testing.T
	*world
	*running
	inbox *recorder
	work  bottest.Workspace
	dana  desk.Person
	marco desk.Person
	at    bottest.Spot
}

func stage(t *testing.T, kind string, change func(o *Options)) *scene {
	return play(t, newWorld(t, kind), change)
}

func play(t *testing.T, w *world, change func(o *Options)) *scene {
	s := &scene{T: t, world: w, inbox: &recorder{dir: w.dir}, work: w.fake.Workspace(w.dir), at: bottest.Spot{Home: "nw", Channel: supportID}}
	s.running = w.start(t, s.inbox, change)
	s.dana, _ = w.dir.Person("dana")
	s.marco, _ = w.dir.Person("marco")
	return s
}

func (s *scene) wait() { s.fake.Settle() }

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
	s.wait()
}

func (s *scene) home() desk.Home { h, _ := s.dir.Home("nw"); return h }

// card posts a card and gives its name.
func (s *scene) card(text, id string) bot.Ref {
	s.Helper()
	ref, err := s.Post(s.Context(), bot.To{Home: s.home(), Channel: supportID}, bot.Message{Blocks: []bot.Block{bot.P(bot.T(text))}, Buttons: []bot.Button{{Label: "Do", Do: "ack NW-1"}}}, id)
	s.must(err)
	return ref
}

// thread is the spot of a card's thread.
func (s *scene) thread(card bot.Ref) bottest.Spot {
	at := s.at
	at.Thread = card
	return at
}

// sees gives what somebody sees at a spot as plain lines.
func (s *scene) sees(who desk.Person, at bottest.Spot) string {
	var out []string
	for _, m := range s.work.Read(who, at) {
		text := m.Text
		if m.Message != nil {
			text = bot.PlainText(*m.Message, time.UTC)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// eventually waits for something that another goroutine brings about.
func (s *scene) eventually(what string, is func() bool) {
	s.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("not in time: %s", what)
		}
	}
}

// heard says that the words of somebody came in.
func (s *scene) heard(words string) bool {
	for _, in := range s.inbox.of(bot.Said) {
		if in.Text == words {
			return true
		}
	}
	return false
}

// saysAndIsHeard proves that the desk listens.
func (s *scene) saysAndIsHeard(words string) {
	s.Helper()
	if _, err := s.work.Say(s.Context(), s.dana, s.at, words, nil); err != nil {
		s.Fatal(err)
	}
	s.eventually("hearing “"+words+"”", func() bool { return s.heard(words) })
}

// broken fails the test for whatever broke a rule of Discord's.
func (s *scene) broken() {
	s.Helper()
	for _, p := range s.fake.Problems() {
		s.Error(p)
	}
}
