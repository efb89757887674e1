package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

var cases = bottest.Spot{Home: "nw", Channel: "cases"}

func TestALaneGoesInOrderUnderTheCard(t *testing.T) {
	w := newWorld(t)
	w.file("NW-1001", "Exports hang", false)
	w.put(notice(desk.NoticeCard, desk.InThread, "card", "NW-1001"), notice(desk.NoticeEvent, desk.InThread, "first", "NW-1001"),
		notice(desk.NoticeEvent, desk.InThread, "second", "NW-1001"))
	w.worker(nil).Flush(t.Context())
	if got := w.dana(cases); !slices.Equal(got, []string{"NW-1001 Exports hang"}) {
		t.Errorf("the channel shows %q", got)
	}
	var card desk.Post
	w.store.View(t.Context(), func(r desk.Reader) error {
		ps, err := r.Posts("NW-1001", desk.Partner, desk.PurposeCard)
		card = ps[0]
		told, _ := r.Posts("NW-1001", desk.Partner, desk.PurposeTold)
		if len(told) != 2 || told[0].Thread != card.Ref {
			t.Errorf("told: %+v", told)
		}
		return err
	})
	thread := cases
	thread.Thread = card.Ref
	if got := w.dana(thread); !slices.Equal(got, []string{"NW-1001 Exports hang", "first", "second"}) {
		t.Errorf("the thread shows %q", got)
	}
}

func TestACardIsPostedOnceThenEdited(t *testing.T) {
	w := newWorld(t)
	edits := 0
	w.fake.EditFault = func(bot.Ref) error { edits++; return nil }
	w.file("NW-1001", "Exports hang", false)
	d := w.worker(nil)
	w.put(notice(desk.NoticeCard, desk.InThread, "card 1", "NW-1001"))
	d.Flush(t.Context())
	// Five changes wait: the first edit shows what the case has come to, the others have nothing to add.
	w.file("NW-1001", "Exports hang at 99 %", false)
	for i := range 5 {
		w.put(notice(desk.NoticeCard, desk.InThread, fmt.Sprint("card", i+2), "NW-1001"))
	}
	d.Flush(t.Context())
	if got := w.dana(cases); !slices.Equal(got, []string{"NW-1001 Exports hang at 99 %"}) || edits != 1 {
		t.Errorf("after %d edits the channel shows %q", edits, got)
	}
}

// failing gives the faults one after the other, then none.
func failing(faults ...*bottest.Fault) func(bot.To, string) *bottest.Fault {
	var mu sync.Mutex
	return func(bot.To, string) *bottest.Fault {
		mu.Lock()
		defer mu.Unlock()
		if len(faults) == 0 {
			return nil
		}
		f := faults[0]
		faults = faults[1:]
		return f
	}
}

func fault(kind bot.SendKind, after time.Duration, accept bool) *bottest.Fault {
	return &bottest.Fault{Err: &bot.SendError{Kind: kind, After: after, Err: errors.New("says the platform")}, Accept: accept}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults []*bottest.Fault
		find   []error
		state  desk.DeliveryState
		waits  time.Duration // At least this long passes.
	}{
		{"nothing wrong", nil, nil, desk.DeliverySent, 0},
		{"429 with Retry-After", []*bottest.Fault{fault(bot.Temporary, 30*time.Second, false)}, nil, desk.DeliverySent, 30 * time.Second},
		{"500 three times", []*bottest.Fault{fault(bot.Temporary, 0, false), fault(bot.Temporary, 0, false), fault(bot.Temporary, 0, false)}, nil, desk.DeliverySent, 3 * time.Second},
		{"no such channel", []*bottest.Fault{fault(bot.Permanent, 0, false)}, nil, desk.DeliveryDead, 0},
		{"it arrived but the answer was lost", []*bottest.Fault{fault(bot.Unclear, 0, true)}, nil, desk.DeliverySent, 0},
		{"neither arrived nor answered", []*bottest.Fault{fault(bot.Unclear, 0, false)}, nil, desk.DeliverySent, 0},
		{"it arrived and the first looks fail", []*bottest.Fault{fault(bot.Unclear, 0, true)}, []error{errors.New("away"), errors.New("away")}, desk.DeliverySent, time.Second},
		{"an error nobody sorted", []*bottest.Fault{{Err: errors.New("connection reset"), Accept: true}}, nil, desk.DeliverySent, 0},
		{"it shows up late", []*bottest.Fault{fault(bot.Unclear, 0, true)}, []error{errNotYet}, desk.DeliverySent, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.fake.Fault = failing(c.faults...)
			w.fake.FindFault = func(string) error {
				if len(c.find) == 0 {
					return nil
				}
				err := c.find[0]
				c.find = c.find[1:]
				return err
			}
			w.put(direct("a", "hello"), direct("a", "and then"))
			w.settle(w.worker(late{w.fake}), time.Hour)
			if got := w.in(c.state); len(got) == 0 || got[0].Key != "hello" {
				t.Errorf("%s: %+v", c.state, got)
			}
			if n, want := w.fake.Count(desk.DeliveryID("hello")), 1; c.state == desk.DeliverySent && n != want {
				t.Errorf("it is there %d times", n)
			}
			if w.fake.Count(desk.DeliveryID("and then")) != 1 {
				t.Error("what came next in the lane was held up")
			}
			if passed := w.clock.Now().Sub(monday); passed < c.waits {
				t.Errorf("it went after %v, want %v", passed, c.waits)
			}
		})
	}
}

var errNotYet = errors.New("not yet")

// late is a platform on which a message can be found only some time after it arrived.
type late struct{ *bottest.Fake }

func (l late) Find(ctx context.Context, to bot.To, id string) (bot.Ref, bool, error) {
	ref, ok, err := l.Fake.Find(ctx, to, id)
	if errors.Is(err, errNotYet) {
		return "", false, nil
	}
	return ref, ok, err
}

// blind is a platform on which nothing can be looked up.
type blind struct{ bot.Platform }

func TestDoubtIsShownNotGuessed(t *testing.T) {
	w := newWorld(t)
	w.fake.Fault = failing(fault(bot.Unclear, 0, true))
	w.put(direct("a", "hello"), direct("a", "next"))
	w.settle(w.worker(blind{w.fake}), time.Hour)
	if got := w.in(desk.DeliveryDoubt); len(got) != 1 || got[0].Error == "" || w.fake.Count(got[0].ID) != 1 {
		t.Errorf("in doubt: %+v", got)
	}
	if w.fake.Count(desk.DeliveryID("next")) != 1 {
		t.Error("the lane was held up")
	}
}

func TestADeadLetterCanBeRetried(t *testing.T) {
	w := newWorld(t)
	w.fake.Fault = failing(fault(bot.Permanent, 0, false))
	w.put(direct("a", "hello"))
	d := w.worker(nil)
	d.Flush(t.Context())
	w.update(func(tx desk.Tx) error { return tx.RetryDelivery(desk.DeliveryID("hello"), w.clock.Now()) })
	d.Flush(t.Context())
	if w.fake.Count(desk.DeliveryID("hello")) != 1 || len(w.in(desk.DeliverySent)) != 1 {
		t.Error("the retried letter was not delivered")
	}
}

// TestKilledAnywhere kills the program at every commit it makes, with the send under way having arrived or
// not, starts it again, and looks whether everything was told, once and in order.
func TestKilledAnywhere(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		for _, finder := range []bool{true, false} {
			for kill := 1; ; kill++ {
				if !killedAt(t, kill, arrives, finder) {
					break
				}
			}
		}
	}
}

// killedAt plays one life and death; false when the program came to its end before the kill.
func killedAt(t *testing.T, kill int, arrives, finder bool) bool {
	t.Helper()
	w := newWorld(t)
	w.file("NW-1001", "Exports hang", false)
	told := []desk.Notice{notice(desk.NoticeCard, desk.InThread, "card", "NW-1001"), notice(desk.NoticeEvent, desk.InThread, "first", "NW-1001"),
		notice(desk.NoticeEvent, desk.InThread, "second", "NW-1001")}
	w.put(told...)
	var platform bot.Platform = w.fake
	if !finder {
		platform = blind{w.fake}
	}
	// From the kill on nothing the first program does is kept; a send it still makes arrives or does not.
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
	if !arrives {
		w.fake.Fault = func(bot.To, string) *bottest.Fault {
			if !dead && before+kill == w.commits()+1 { // The commit that would record this send is the one that fails.
				return fault(bot.Unclear, 0, false)
			}
			return nil
		}
	}
	first := w.worker(platform)
	first.Workers = 1
	first.Flush(t.Context())
	killed := dead
	w.store.Fail, w.fake.Fault = nil, nil
	w.clock.Advance(2 * time.Minute)
	w.settle(w.worker(platform), time.Hour)
	doubt := len(w.in(desk.DeliveryDoubt))
	for _, n := range told {
		times := w.fake.Count(n.ID)
		if times > 1 || times == 0 && finder {
			t.Errorf("killed at commit %d (arrives %v, finder %v): %q is there %d times", kill, arrives, finder, n.Key, times)
		}
	}
	if finder && (doubt > 0 || len(w.in(desk.DeliverySent)) != 3) || doubt > 1 {
		t.Errorf("killed at commit %d (arrives %v, finder %v): %d in doubt, sent %d", kill, arrives, finder, doubt, len(w.in(desk.DeliverySent)))
	}
	return killed
}

func (w *world) commits() int { return w.store.Commits() }

// Two programs share one outbox: what one has, the other leaves alone.
func TestTwoWorkersShareTheOutbox(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	var order []string
	w.fake.Fault = func(_ bot.To, id string) *bottest.Fault {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, id)
		return nil
	}
	place := map[string]string{}
	for i := range 60 {
		key := fmt.Sprintf("%c%02d", 'a'+i%6, i/6)
		place[desk.DeliveryID(key)] = key
		w.put(direct(key[:1], key))
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { w.worker(nil).Flush(t.Context()) })
	}
	wg.Wait()
	w.settle(w.worker(nil), time.Minute)
	last := map[string]string{}
	for _, id := range order {
		key := place[id]
		if key <= last[key[:1]] {
			t.Errorf("%s came after %s", key, last[key[:1]])
		}
		last[key[:1]] = key
	}
	if len(order) != 60 {
		t.Errorf("%d sends, want 60", len(order))
	}
}

func TestPlacesThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	w.file("NW-1001", "Exports hang", false)
	nobody := direct("a", "to nobody")
	nobody.Person = "nobody"
	homeless := direct("b", "to the homeless")
	homeless.Party = "homeless"
	orphan := notice(desk.NoticeEvent, desk.InThread, "no card", "NW-1001")
	digest := notice(desk.NoticeDigest, desk.InReview, "digest", "")
	overtaken := direct("c", "overtaken")
	w.drop["overtaken"] = true
	w.put(nobody, homeless, orphan, digest, overtaken)
	w.settle(w.worker(nil), 2*time.Minute)
	var dead []string
	for _, x := range w.in(desk.DeliveryDead) {
		dead = append(dead, x.Key)
	}
	if strings.Join(dead, ", ") != "to nobody, to the homeless" {
		t.Errorf("dead letters: %q", dead)
	}
	if got := w.in(desk.DeliveryPending); len(got) != 1 || got[0].Key != "no card" {
		t.Errorf("a reply without its card: %+v", got)
	}
	if got := w.in(desk.DeliveryDropped); len(got) != 1 || w.fake.Count(overtaken.ID) != 0 {
		t.Errorf("overtaken: %+v", got)
	}
	if got := w.dana(bottest.Spot{Home: "nw", Channel: "review"}); len(got) != 1 {
		t.Errorf("the review channel shows %q", got)
	}
}

func TestARestrictedCaseHasARoom(t *testing.T) {
	w := newWorld(t)
	w.file("NW-1001", "Keys leaked", true, "dana")
	w.put(notice(desk.NoticeCard, desk.InThread, "card", "NW-1001"))
	w.worker(nil).Flush(t.Context())
	room := bottest.Spot{Home: "nw", Channel: "nw-1001"}
	if got := w.dana(room); len(got) != 1 {
		t.Errorf("Dana is invited and sees %q", got)
	}
	marco, _ := w.dir.Person("marco")
	if len(w.fake.Read(marco, room)) != 0 || len(w.dana(cases)) != 0 {
		t.Error("the case is shown outside of its room")
	}
	w.put(notice(desk.NoticeCard, desk.InThread, "card of a platform without rooms", "NW-1001"))
	w.settle(w.worker(blind{w.fake}), time.Minute)
	if len(w.in(desk.DeliveryDead)) != 1 {
		t.Error("a restricted case was told where there are no rooms")
	}
}

func TestRatesHoldAChannel(t *testing.T) {
	w := newWorld(t)
	d := w.worker(nil)
	d.Rates = bot.NewRates(map[string]bot.Rate{"fake/send": {Every: time.Second, Burst: 1}})
	for i := range 10 {
		id := fmt.Sprintf("NW-%d", 1001+i)
		w.file(id, "Exports hang", false)
		w.put(notice(desk.NoticeCard, desk.InThread, id, id))
	}
	w.put(direct("a", "another place"))
	d.Flush(t.Context())
	if len(w.dana(cases)) != 1 || len(w.dana(bottest.Spot{})) != 1 {
		t.Errorf("at once there are %d in the channel and %d direct", len(w.dana(cases)), len(w.dana(bottest.Spot{})))
	}
	w.settle(d, 9*time.Second)
	if got := len(w.dana(cases)); got != 10 {
		t.Errorf("after 9 s there are %d cards, want 10", got)
	}
}

// A stop lets the send under way come to its end and be recorded; one that hangs is cut off after a moment
// and looked for by the next program.
func TestStopWhileSending(t *testing.T) {
	for _, takes := range []time.Duration{2 * time.Second, 15 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.put(direct("a", "hello"))
			d := w.worker(slow{w.fake, takes})
			ctx, stop := context.WithCancel(context.Background())
			began := time.Now()
			time.AfterFunc(time.Second, stop)
			d.Run(ctx)
			if took := time.Since(began); took > 7*time.Second {
				t.Errorf("a send of %v held the end up for %v", takes, took)
			}
			if sent := len(w.in(desk.DeliverySent)); takes < 5*time.Second && sent != 1 {
				t.Error("a send that came to its end was not recorded before the end")
			}
			w.clock.Advance(2 * time.Minute)
			w.settle(w.worker(nil), time.Minute)
			if n := w.fake.Count(desk.DeliveryID("hello")); n != 1 || len(w.in(desk.DeliverySent)) != 1 {
				t.Errorf("a send of %v: it is there %d times", takes, n)
			}
		})
	}
}

// slow is a platform that takes its time, and takes a message even when the caller has gone.
type slow struct {
	*bottest.Fake
	takes time.Duration
}

func (s slow) Post(ctx context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	ref, err := s.Fake.Post(ctx, to, m, id)
	select {
	case <-time.After(s.takes):
		return ref, err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s slow) Find(ctx context.Context, to bot.To, id string) (bot.Ref, bool, error) {
	if ctx.Err() != nil {
		return "", false, ctx.Err()
	}
	return s.Fake.Find(ctx, to, id)
}

// A worker that was so slow that its lease ran out sends nothing; whoever claims the notice then does.
func TestALostLeaseIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.put(direct("a", "hello"))
	d := w.worker(nil)
	render, late := d.Render, true
	d.Render = func(ctx context.Context, n desk.Notice, h desk.Home) (bot.Message, bool, error) {
		if late {
			late = false
			w.clock.Advance(2 * time.Minute)
		}
		return render(ctx, n, h)
	}
	d.Flush(t.Context())
	if got := w.in(desk.DeliverySent); len(got) != 1 || got[0].Attempts != 1 || w.fake.Count(got[0].ID) != 1 {
		t.Errorf("sent: %+v", got)
	}
}

// A notice that this process writes goes out at once, not at the next poll.
func TestNudge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		d := w.worker(nil)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { d.Run(ctx); close(done) }()
		time.Sleep(100 * time.Millisecond)
		w.put(direct("a", "hello"))
		d.Nudge()
		synctest.Wait()
		if w.fake.Count(desk.DeliveryID("hello")) != 1 {
			t.Error("a nudge did not wake the worker")
		}
		w.put(direct("a", "without a nudge"))
		time.Sleep(time.Second)
		synctest.Wait()
		if w.fake.Count(desk.DeliveryID("without a nudge")) != 1 {
			t.Error("the poll did not find it")
		}
		stop()
		<-done
	})
}
