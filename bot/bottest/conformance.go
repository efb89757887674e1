package bottest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Harness is a platform under test, connected, with a workspace in which the suite can act. Fields that
// are nil skip what needs them and say so.
type Harness struct {
	Platform bot.Platform
	Work     Workspace
	Dir      *desk.Directory
	Dana     desk.Person // Two people of one home, whose cases channel both can read.
	Marco    desk.Person
	Stranger desk.Person // Somebody of the same workspace whom the directory does not know.

	Settle    func()                                       // Waits until the platform has handed in what was done; nil: acts are handed in at once.
	Redeliver func()                                       // Makes the platform hand in its last event once more.
	Lose      func()                                       // Makes the next post arrive with its answer lost.
	Out, In   func()                                       // Takes the desk out of the home's cases channel, and lets it in again.
	End       func()                                       // Ends the adapter; Restart starts it again later.
	Advance   func(d time.Duration)                        // Lets time pass on the platform.
	Restart   func(t *testing.T, inbox bot.Inbox) *Harness // Ends the adapter and starts it again on the same workspace.
	Limits    func(t *testing.T, at Spot)                  // Looks whether what was sent last keeps the vendor's limits.
}

// Monday is when the suite's clock stands: Monday 2 March 2026, 09:00 UTC.
var Monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Conformance is the suite that every platform passes. Open connects a fresh platform to inbox; it ends
// what it starts by t.Cleanup. Behind the inbox stand the real dispatcher and the real form flow, with a
// handler that each part of the suite scripts.
func Conformance(t *testing.T, open func(t *testing.T, inbox bot.Inbox) *Harness) {
	for _, part := range []struct {
		name string
		run  func(s *suite)
	}{
		{"a message is posted and edited in place", testPost},
		{"a thread keeps its order", testThread},
		{"a direct message reaches one person", testDirect},
		{"what people typed is shown as they typed it", testEscaping},
		{"a long text is cut and never refused", testLong},
		{"files go out and come in", testFiles},
		{"a message is found by its delivery id", testFind},
		{"an unclear send is found and not sent twice", testUnclear},
		{"a place that is not there is a permanent failure", testPermanent},
		{"a channel that the desk is not in has everything for it wait", testOutside},
		{"a private room holds the invited", testRoom},
		{"the outbox arrives in order", testOutbox},
		{"a command comes in and is answered in private", testCommand},
		{"a stranger learns nothing", testStranger},
		{"a button does its command as whoever pressed it", testButton},
		{"reactions come in, the desk's own do not", testReactions},
		{"words come in: said, with a mention, direct, edited, deleted", testWords},
		{"every event has an id of its own, a redelivery the same", testEventIDs},
		{"a dialog keeps what was typed beside the errors", testDialog},
		{"a long form goes page by page and comes in as one", testPages},
		{"choices are asked in a message before the dialogs", testChoicesFirst},
		{"what the desk did not know then is read back", testReread},
		{"a restart loses nothing", testRestart},
		{"what was written to the desk itself while it was down is read back", testMissed},
	} {
		t.Run(part.name, func(t *testing.T) {
			s := &suite{T: t, board: &switchboard{}, store: NewMemStore(), clock: NewClock(Monday)}
			s.Harness = open(t, s.board)
			s.connect()
			part.run(s)
		})
	}
}

// suite is one part under way.
type suite struct {
	*testing.T
	*Harness
	board *switchboard
	store *MemStore
	clock *Clock

	mu     sync.Mutex
	got    []bot.Interaction
	script func(in *bot.Interaction) (bot.Answer, error)
}

// switchboard is the inbox a platform is given before the directory is known; it passes on to the
// dispatcher.
type switchboard struct {
	to atomic.Pointer[bot.Dispatcher]
}

func (b *switchboard) Handle(ctx context.Context, in *bot.Interaction) bot.Answer {
	if d := b.to.Load(); d != nil {
		return d.Handle(ctx, in)
	}
	return bot.Answer{}
}

// connect puts a new dispatcher and a new form flow behind the platform, as a program that has just been
// started has them.
func (s *suite) connect() {
	log := slog.New(slog.DiscardHandler)
	s.board.to.Store(&bot.Dispatcher{Dir: s.Dir, Clock: s.clock, Log: log, Timeout: time.Minute,
		Caps:    func(string) bot.Capabilities { return s.Platform.Capabilities() },
		Handler: &bot.Flow{Next: s, Desk: &desk.Desk{Store: s.store, Dir: s.Dir, Log: log}}})
}

// Handle keeps what comes in and answers by the script.
func (s *suite) Handle(_ context.Context, in *bot.Interaction) (bot.Answer, error) {
	s.mu.Lock()
	s.got = append(s.got, *in)
	f := s.script
	s.mu.Unlock()
	if f == nil {
		return bot.Answer{}, nil
	}
	return f(in)
}

func (s *suite) answer(f func(in *bot.Interaction) (bot.Answer, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = f
}

// of gives what came in of a kind.
func (s *suite) of(kind bot.InteractionKind) []bot.Interaction {
	if s.Settle != nil {
		s.Settle()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []bot.Interaction
	for _, in := range s.got {
		if in.Kind == kind {
			out = append(out, in)
		}
	}
	return out
}

// only gives the one interaction of a kind that must have come in.
func (s *suite) only(kind bot.InteractionKind) bot.Interaction {
	s.Helper()
	got := s.of(kind)
	if len(got) != 1 {
		s.Fatalf("%d of kind %s came in, want 1: %+v", len(got), kind, got)
	}
	return got[0]
}

// must ends the part when an act of its own could not be made.
func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
	if s.Settle != nil {
		s.Settle()
	}
}

func (s *suite) home() desk.Home {
	h, ok := s.Dir.HomeOf(s.Dana.Party)
	if !ok {
		s.Fatal("Dana's party has no home")
	}
	return h
}

// channel is the cases channel of the home.
func (s *suite) channel() Spot { return Spot{Home: s.home().ID, Channel: s.home().Cases} }

func (s *suite) thread(root bot.Ref) Spot {
	at := s.channel()
	at.Thread = root
	return at
}

// post posts to the cases channel, or to a thread of it, under a delivery id.
func (s *suite) post(thread bot.Ref, m bot.Message, id string) bot.Ref {
	s.Helper()
	ref, err := s.Platform.Post(s.Context(), bot.To{Home: s.home(), Channel: s.home().Cases, Thread: thread}, m, id)
	s.must(err)
	if !strings.HasPrefix(string(ref), s.home().ID+":") {
		s.Errorf("the reference %q does not start with the home's id and a colon", ref)
	}
	return ref
}

// reads gives what a person sees at a spot, each message as plain text, without what only layout adds.
func (s *suite) reads(by desk.Person, at Spot) []string {
	if s.Settle != nil {
		s.Settle()
	}
	var out []string
	for _, m := range s.Work.Read(by, at) {
		text := m.Text
		if m.Message != nil {
			text = bot.PlainText(*m.Message, time.UTC)
		}
		out = append(out, plain(text))
	}
	return out
}

// plain is a text as it is compared: spaces and the invisible characters of escaping do not count.
func plain(s string) string {
	s = strings.NewReplacer("\u200b", "", "\u2060", "", "\ufeff", "").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

// sees checks that a person sees exactly so many messages with the words at a spot.
func (s *suite) sees(by desk.Person, at Spot, words string, times int) {
	s.Helper()
	n := 0
	all := s.reads(by, at)
	for _, text := range all {
		if strings.Contains(text, plain(words)) {
			n++
		}
	}
	if n != times {
		s.Errorf("%s sees %q %d times, want %d; in all: %.300q", by.Name, words, n, times, all)
	}
}

// find gives the newest message at a spot that has a button of that label.
func (s *suite) find(by desk.Person, label string, spots ...Spot) (bot.Ref, bool) {
	if s.Settle != nil {
		s.Settle()
	}
	for _, at := range spots {
		seen := s.Work.Read(by, at)
		for i := len(seen) - 1; i >= 0; i-- {
			if seen[i].Message == nil {
				continue
			}
			for _, b := range seen[i].Message.Buttons {
				if strings.EqualFold(b.Label, label) {
					return seen[i].Ref, true
				}
			}
		}
	}
	return "", false
}
