package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// outScene is a partner's channel with cases in it, and a worker whose looks at messages are counted.
type outScene struct {
	*world
	d     *bot.Delivery
	looks atomic.Int64
}

// newOutScene files cases whose cards stand in the channel.
func newOutScene(t *testing.T, cards int) *outScene {
	s := &outScene{world: newWorld(t)}
	s.d = s.worker(nil)
	render := s.d.Render
	s.d.Render = func(ctx context.Context, n desk.Notice, h desk.Home) (bot.Message, bool, error) {
		s.looks.Add(1)
		return render(ctx, n, h)
	}
	for i := range cards {
		s.card(1001 + i)
	}
	s.d.Flush(t.Context())
	s.looks.Store(0)
	return s
}

// card files a case.
func (s *outScene) card(number int) {
	id := fmt.Sprintf("NW-%d", number)
	s.file(id, "Exports hang", false)
	n := notice(desk.NoticeCard, desk.InThread, "card of "+id, id)
	n.Room, n.At, n.NotBefore = "northwind", s.clock.Now(), s.clock.Now().Add(time.Duration(number)*time.Millisecond-2*time.Second)
	s.put(n)
}

// told writes something to be told in a case's thread.
func (s *outScene) told(number int, words string) {
	n := notice(desk.NoticeEvent, desk.InThread, fmt.Sprintf("%d %s", number, words), fmt.Sprintf("NW-%d", number))
	n.At = s.clock.Now()
	s.put(n)
}

func (s *outScene) out() { s.fake.Out("nw", cases.Channel) }

func (s *outScene) in() { s.fake.In(s.Context(), "nw", cases.Channel) }

// passes lets time go by, with a poll of the worker every so often.
func (s *outScene) passes(span, every time.Duration) {
	for end := s.clock.Now().Add(span); s.clock.Now().Before(end); {
		s.clock.Advance(every)
		s.d.Flush(s.Context())
	}
}

// dead are the keys of the dead letters.
func (s *outScene) dead() (out []string) {
	for _, x := range s.pile(desk.DeliveryDead) {
		out = append(out, x.Key)
	}
	return out
}

func (s *outScene) pile(state desk.DeliveryState) []desk.Delivery { return s.world.in(state) }

// The desk is taken out of a channel. What is to be told there is looked at once and waits, at the cost of a look an hour,
// however much it is; other channels, people and commands go on. Let in again it says everything once, each case's in
// its order and new cards in the order in which they were filed, and at once.
func TestAChannelThatTheDeskIsNotInIsLeftAlone(t *testing.T) {
	s := newOutScene(t, 40)
	s.out()
	for i := range 40 {
		s.told(1001+i, "one")
		s.told(1001+i, "two")
	}
	for i := range 100 {
		s.card(1101 + i)
	}
	s.d.Flush(t.Context())
	if n := s.looks.Load(); n > 41 {
		t.Errorf("%d looks at what waits, want one for each thread and one for the new cards", n)
	}
	s.looks.Store(0)
	s.passes(10*time.Hour, time.Minute)
	if n := s.looks.Load(); n > 2*11 {
		t.Errorf("in ten hours %d looks at what waits, want one an hour for the threads and the new cards", n)
	}

	s.put(direct("a", "to Dana"))
	elsewhere := notice(desk.NoticeEvent, desk.InReview, "for the review", "")
	elsewhere.Lane = "review"
	s.put(elsewhere)
	s.told(1005, "three")
	s.d.Flush(t.Context())
	if got := len(s.pile(desk.DeliveryPending)); got != 181 {
		t.Errorf("%d wait, want the 181 for the channel", got)
	}
	for _, x := range s.pile(desk.DeliveryPending) {
		if x.Error != "" && x.Error != "the desk is not in the channel; invite it there" {
			t.Errorf("%s waits for %q", x.Key, x.Error)
		}
	}

	s.in()
	s.d.Flush(t.Context())
	if got := len(s.pile(desk.DeliverySent)); got != 40+183 || len(s.dead()) != 0 {
		t.Errorf("%d are sent and %d dead, want 223 and none", got, len(s.dead()))
	}
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprintf("NW-%d Exports hang", 1001+i))
	}
	for i := range 100 {
		want = append(want, fmt.Sprintf("NW-%d Exports hang", 1101+i))
	}
	if got := s.dana(cases); !slices.Equal(got, want) {
		t.Errorf("the channel has %d cards, or not in order: %q", len(got), got)
	}
	for i := range 40 {
		s.thread(1001 + i)
	}
	for _, x := range s.pile(desk.DeliverySent) {
		if n := s.fake.Count(x.ID); n != 1 {
			t.Errorf("%s was told %d times", x.Key, n)
		}
	}
}

// thread sees that a case's thread has its words in order.
func (s *outScene) thread(number int) {
	s.Helper()
	var card bot.Ref
	id := fmt.Sprintf("NW-%d", number)
	s.store.View(s.Context(), func(r desk.Reader) error {
		posts, err := r.Posts(id, desk.Partner, desk.PurposeCard)
		if len(posts) == 1 {
			card = posts[0].Ref
		}
		return err
	})
	at := cases
	at.Thread = card
	got := strings.Join(s.dana(at)[1:], "|")
	want := fmt.Sprintf("%d one|%d two", number, number)
	if number == 1005 {
		want += "|1005 three"
	}
	if got != want {
		s.Errorf("the thread of %s reads %q, want %q", id, got, want)
	}
}

// blindFake is a platform that does not notice by itself when it is let in.
type blindFake struct {
	bot.Platform
	bot.Finder
}

// Where nobody tells, one message is tried a minute.
func TestAPlatformThatNoticesNothingIsTriedOnceAMinute(t *testing.T) {
	s := newOutScene(t, 0)
	s.d.Platforms = map[string]bot.Platform{"fake": blindFake{s.fake, s.fake}}
	for i := range 30 {
		s.card(1001 + i)
	}
	s.out()
	s.d.Flush(t.Context())
	s.looks.Store(0)
	s.passes(10*time.Minute, time.Second)
	if n := s.looks.Load(); n < 9 || n > 11 {
		t.Errorf("%d looks in ten minutes, want one a minute", n)
	}
	s.in()
	s.passes(time.Minute, time.Second)
	if got := len(s.dana(cases)); got != 30 {
		t.Errorf("let in a minute ago the channel has %d cards, want 30", got)
	}
}

// After a week what waits is a dead letter, all of it and nothing that is younger; sent again, it goes when the desk is in.
func TestAWeekOutside(t *testing.T) {
	s := newOutScene(t, 2)
	s.out()
	s.told(1001, "one")
	s.told(1001, "two")
	s.told(1002, "one")
	s.card(1003)
	s.card(1004)
	s.passes(6*24*time.Hour, time.Hour)
	s.told(1002, "young")
	s.card(1005)
	s.passes(23*time.Hour, time.Hour)
	if dead := s.dead(); len(dead) != 0 {
		t.Errorf("after less than a week %q are dead letters", dead)
	}
	s.passes(3*time.Hour, time.Minute)
	if dead := s.dead(); !slices.Equal(dead, []string{"1001 one", "1001 two", "1002 one", "card of NW-1003", "card of NW-1004"}) {
		t.Errorf("after a week the dead letters are %q", dead)
	}
	s.in()
	s.update(func(tx desk.Tx) error { return tx.RetryDelivery(desk.DeliveryID("card of NW-1003"), s.clock.Now()) })
	s.d.Flush(t.Context())
	if got := s.dana(cases); len(got) != 4 || !slices.Contains(got, "NW-1005 Exports hang") {
		t.Errorf("let in, the channel has %q", got)
	}
	if n := len(s.pile(desk.DeliveryPending)); n != 0 {
		t.Errorf("%d wait still", n)
	}
}

// A desk that starts while it is not in the channel tries one thing for each room, and finds by itself when it is let in.
func TestAStartOutside(t *testing.T) {
	s := newOutScene(t, 10)
	s.out()
	for i := range 10 {
		s.told(1001+i, "one")
		s.card(1101 + i)
	}
	s.d.Flush(t.Context())
	again := s.worker(nil)
	render := s.d.Render
	again.Render, s.d = render, again
	s.looks.Store(0)
	s.passes(time.Minute, time.Second)
	if n := s.looks.Load(); n > 2 {
		t.Errorf("after a start %d looks, want two", n)
	}
	s.in()
	s.d.Flush(t.Context())
	if got := len(s.pile(desk.DeliveryPending)); got != 0 {
		t.Errorf("let in, %d wait still", got)
	}
}

// One thread is refused for a reason of its own, under the name of its channel: the others do not wait behind it.
func TestOneThreadThatIsRefusedHoldsUpNoOther(t *testing.T) {
	s := newOutScene(t, 5)
	s.out()
	for i := range 5 {
		s.told(1001+i, "one")
	}
	s.d.Flush(t.Context())
	s.in()
	s.fake.Fault = func(_ bot.To, id string) *bottest.Fault {
		if id != desk.DeliveryID("1001 one") {
			return nil
		}
		return &bottest.Fault{Err: &bot.SendError{Kind: bot.Temporary, After: time.Minute, Closed: true, Where: cases.Channel, Err: errors.New("locked")}}
	}
	s.passes(10*time.Minute, time.Second)
	if got := s.pile(desk.DeliveryPending); len(got) != 1 || got[0].Key != "1001 one" {
		t.Errorf("%d wait, want the one that is refused", len(got))
	}
}

// The answer of a send is lost, and then the desk is out: the send is looked for when it is in, and not made again.
func TestASendThatMayHaveArrivedIsLookedForWhenTheDeskIsIn(t *testing.T) {
	s := newOutScene(t, 1)
	s.fake.Fault = failing(fault(bot.Unclear, 0, true))
	s.fake.FindFault = func(string) error { s.out(); s.fake.FindFault = nil; return errors.New("cut off") }
	s.told(1001, "one")
	s.passes(time.Hour, time.Second)
	if got := s.pile(desk.DeliveryPending); len(got) != 1 || !got[0].Started || !strings.Contains(got[0].Error, "invite it there") {
		t.Errorf("it waits as %+v", got)
	}
	s.in()
	s.d.Flush(t.Context())
	if n := s.fake.Count(desk.DeliveryID("1001 one")); n != 1 || len(s.pile(desk.DeliveryPending)) != 0 {
		t.Errorf("it was told %d times", n)
	}
}

// What waited for a channel comes at the pace of its limit, and the looks are no more than that.
func TestWhatWaitedComesAtTheChannelsPace(t *testing.T) {
	s := newOutScene(t, 30)
	s.out()
	for i := range 30 {
		s.told(1001+i, "one")
	}
	s.d.Flush(t.Context())
	s.in()
	s.d.Rates = bot.NewRates(map[string]bot.Rate{"fake/send": {Every: time.Second, Burst: 1}})
	s.looks.Store(0)
	s.passes(20*time.Second, time.Second)
	if n := s.looks.Load(); n > 2*21 {
		t.Errorf("%d looks in 20 s", n)
	}
	if got := len(s.pile(desk.DeliveryPending)); got > 11 {
		t.Errorf("after 20 s %d wait still", got)
	}
}
