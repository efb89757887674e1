package bot_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// ears is a handler that hears what is said at messages which the store knows, each once.
type ears struct {
	store desk.Store
	mu    sync.Mutex
	heard map[string]int
}

func (e *ears) Handle(ctx context.Context, in *bot.Interaction) (bot.Answer, error) {
	err := e.store.View(ctx, func(r desk.Reader) error {
		_, err := r.Post(in.Thread)
		return err
	})
	if desk.KindOf(err) == desk.KindNotFound {
		in.Unknown = true
		return bot.Answer{}, nil
	}
	if err == nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.heard[in.ID]++
	}
	return bot.Answer{}, err
}

// listener makes a dispatcher in front of the ears, as a freshly started program has it.
func (w *world) listener(e *ears) *bot.Dispatcher {
	d := &bot.Dispatcher{Dir: w.dir, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Handler: e,
		Sending: func(ctx context.Context) (ids []string, err error) {
			err = w.store.View(ctx, func(r desk.Reader) error { ids, err = r.Sending(); return err })
			return ids, err
		}}
	w.fake.Connect(d)
	return d
}

// quick is a platform on which somebody answers a card the moment it is there.
type quick struct {
	*bottest.Fake
	answer func(card bot.Ref)
}

func (q quick) Post(ctx context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	ref, err := q.Fake.Post(ctx, to, m, id)
	found, ok, _ := q.Find(ctx, to, id)
	if to.Thread == "" && ok {
		q.answer(found)
	}
	return ref, err
}

// TestAQuickAnswerIsHeard kills the program at every commit, with the card's answer from the platform lost or
// not, while somebody replies to the card at once: the reply is heard, and once.
func TestAQuickAnswerIsHeard(t *testing.T) {
	for _, lost := range []bool{false, true} {
		for kill := 1; quickAnswer(t, kill, lost); kill++ {
		}
	}
}

// quickAnswer plays one life and death; false when the program came to its end before the kill.
func quickAnswer(t *testing.T, kill int, lost bool) bool {
	t.Helper()
	w := newWorld(t)
	w.file("NW-1001", "Exports hang", false)
	w.put(notice(desk.NoticeCard, desk.InThread, "card", "NW-1001"), notice(desk.NoticeEvent, desk.InThread, "first", "NW-1001"))
	if lost {
		w.fake.Fault = failing(fault(bot.Unclear, 0, true))
	}
	dana, _ := w.dir.Person("dana")
	e := &ears{store: w.store, heard: map[string]int{}}
	inbox := w.listener(e)
	var replies sync.WaitGroup
	var once sync.Once
	platform := quick{w.fake, func(card bot.Ref) {
		once.Do(func() {
			replies.Go(func() {
				at := cases
				at.Thread = card
				if _, err := w.fake.Say(context.Background(), dana, at, "On all tills", nil); err != nil {
					t.Error(err)
				}
			})
		})
	}}
	before, dead := -1, false
	w.store.Fail = func(n int) error {
		if before < 0 {
			before = n - 1
		}
		if dead = dead || n-before >= kill; dead {
			return errors.New("killed")
		}
		return nil
	}
	first := w.worker(platform)
	first.Workers = 1
	first.Flush(t.Context())
	if dead {
		inbox.Stop()
	}
	replies.Wait()
	w.store.Fail = nil
	w.clock.Advance(2 * time.Minute)
	if dead {
		w.listener(e)
	}
	w.settle(w.worker(platform), time.Hour)
	replies.Wait()
	times := 0
	for _, n := range e.heard {
		times += n
	}
	if times != 1 {
		t.Errorf("killed at commit %d (answer lost %v): the reply was heard %d times", kill, lost, times)
	}
	return dead
}

// Chatter that is surely not under a message of the desk's waits for nothing.
func TestChatterIsNotHeld(t *testing.T) {
	w := newWorld(t)
	d, _ := w.dispatcher(func(in *bot.Interaction) (bot.Answer, error) {
		in.Unknown = true
		return bot.Answer{}, nil
	})
	asked := 0
	d.Sending = func(context.Context) ([]string, error) { asked++; return nil, nil }
	for _, in := range []*bot.Interaction{{Foreign: true}, {ReadBack: true}, {}} {
		in.Kind, in.Platform, in.Account = bot.Said, "fake", "fake/northwind/dana"
		if d.Handle(t.Context(), in); !in.Unknown {
			t.Errorf("%+v is known", in)
		}
	}
	if asked != 1 {
		t.Errorf("the outbox was looked at %d times, want once", asked)
	}
}
