package bot_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// Hundreds of cases that wait for one channel cost a few looks a second, go in the order in which they were filed, and
// hold up neither another channel nor an edit in their own.
func TestAFullChannelIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	d := w.worker(nil)
	d.Rates = bot.NewRates(map[string]bot.Rate{"fake/send": {Every: time.Second, Burst: 1}})
	var looks atomic.Int64
	render := d.Render
	d.Render = func(ctx context.Context, n desk.Notice, h desk.Home) (bot.Message, bool, error) {
		if n.Kind != desk.NoticeArticles { // Looked at once after each card that was sent.
			looks.Add(1)
		}
		return render(ctx, n, h)
	}
	newCard := func(id, party string, written time.Time) {
		w.file(id, "Exports hang", false)
		n := notice(desk.NoticeCard, desk.InThread, id+party, id)
		n.Lane, n.Party, n.Room, n.At, n.NotBefore = id+"/"+party, party, party, written, written
		w.put(n)
	}
	newCard("NW-1000", "northwind", monday.Add(-time.Hour))
	d.Flush(t.Context())
	for i := range 300 {
		newCard(fmt.Sprintf("NW-%d", 1001+i), "northwind", monday.Add(time.Duration(i)*time.Millisecond-time.Minute))
	}
	d.Flush(t.Context())
	if n := looks.Load(); n > 3 {
		t.Errorf("%d looks at what the channel does not take now", n)
	}

	// Another channel, an edit of a card, a person: at once.
	newCard("NW-1000", "harbor", w.clock.Now())
	w.file("NW-1000", "Exports hang again", false)
	edit := notice(desk.NoticeCard, desk.InThread, "NW-1000 anew", "NW-1000")
	edit.Lane = "NW-1000/northwind"
	w.put(edit, direct("a", "to Dana"))
	d.Flush(t.Context())
	if got := len(w.in(desk.DeliveryPending)); got != 300 {
		t.Errorf("%d are pending, want the 300 new cards alone", got)
	}
	if got := w.dana(cases)[0]; got != "NW-1000 Exports hang again" {
		t.Errorf("the first card reads %q", got)
	}

	looks.Store(0)
	for range 20 {
		w.clock.Advance(time.Second)
		d.Flush(t.Context())
	}
	var want []string
	for i := range 21 {
		want = append(want, fmt.Sprintf("NW-%d Exports hang", 1000+i))
	}
	want[0] = "NW-1000 Exports hang again"
	if got := w.dana(cases); !slices.Equal(got, want) {
		t.Errorf("after 20 s the channel has %q", got)
	}
	if n := looks.Load(); n > 2*20 {
		t.Errorf("%d looks in 20 s", n)
	}
}

// A clock that steps back must not keep a channel shut until it has caught up.
func TestAStepBackOpensTheRooms(t *testing.T) {
	w := newWorld(t)
	d := w.worker(nil)
	d.Rates = bot.NewRates(map[string]bot.Rate{"fake/send": {Every: time.Second, Burst: 1}})
	for i := range 3 {
		id := fmt.Sprintf("NW-%d", 1001+i)
		w.file(id, "Exports hang", false)
		n := notice(desk.NoticeCard, desk.InThread, id, id)
		n.Room, n.NotBefore = "northwind", monday.Add(-2*time.Hour)
		w.put(n)
	}
	d.Flush(t.Context())
	w.clock.Advance(-time.Hour)
	d.Flush(t.Context())
	w.settle(d, 5*time.Second)
	if got := len(w.dana(cases)); got != 3 {
		t.Errorf("5 s after the step back the channel has %d cards, want 3", got)
	}
}

// The private room of a restricted case is another channel. When it takes nothing, the open one is not shut.
func TestAPrivateRoomShutsNoOtherRoom(t *testing.T) {
	w := newWorld(t)
	d := w.worker(nil)
	faults := failing(fault(bot.Temporary, 30*time.Second, false))
	w.fake.Fault = func(to bot.To, id string) *bottest.Fault {
		if to.Channel == "nw-1001" {
			return faults(to, id)
		}
		return nil
	}
	w.file("NW-1001", "Leaked", true, "dana")
	for _, lane := range []string{"one", "two"} {
		n := notice(desk.NoticeCard, desk.InThread, lane, "NW-1001")
		n.Lane, n.Room = lane, "northwind" // It was restricted after it was filed.
		w.put(n)
		d.Flush(t.Context())
	}
	w.file("NW-1003", "Leaked too", true, "dana")
	w.fake.Out("nw", "nw-1003") // Somebody took the desk out of it.
	out := notice(desk.NoticeCard, desk.InThread, "out", "NW-1003")
	out.Room = "northwind"
	w.put(out)
	d.Flush(t.Context())
	w.file("NW-1002", "Till prints no receipts", false)
	n := notice(desk.NoticeCard, desk.InThread, "open", "NW-1002")
	n.Room = "northwind"
	w.put(n)
	d.Flush(t.Context())
	if got := w.dana(cases); len(got) != 1 {
		t.Errorf("the open channel has %q, want one card", got)
	}
}

// What the knowledge base has to say follows the first card of a side, once: not a card that was drawn anew, not the card of a
// restricted case, and not a card that was sent again because nobody knew whether it had arrived.
func TestArticlesFollowTheFirstCard(t *testing.T) {
	w := newWorld(t)
	d := w.worker(nil)
	card := func(key, id string, isNew bool) {
		n := notice(desk.NoticeCard, desk.InThread, key, id)
		n.Lane = id + "/northwind"
		if isNew {
			n.Room = "northwind"
		}
		w.put(n)
		w.settle(d, 10*time.Second)
	}
	looked := func(want ...string) {
		t.Helper()
		var got []string
		for _, x := range w.in(desk.DeliveryDropped) {
			got = append(got, x.Key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("looked up: %q, want %q", got, want)
		}
	}
	w.file("NW-1001", "Exports hang", false)
	w.file("NW-1002", "Leaked", true, "dana")
	card("first", "NW-1001", true)
	looked("NW-1001/1/articles/northwind/")
	card("anew", "NW-1001", false)
	card("restricted", "NW-1002", false)
	looked("NW-1001/1/articles/northwind/")

	w.fake.Fault = failing(fault(bot.Unclear, 0, true))
	w.file("NW-1003", "Exports stop", false)
	card("unclear", "NW-1003", true)
	looked("NW-1001/1/articles/northwind/", "NW-1003/1/articles/northwind/")
}
