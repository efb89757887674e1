package bot_test

import (
	"slices"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// What was told of an event is edited where it stands. Nothing else of the same event is touched: not what was said
// beside it, and not what one person was told of it.
func TestAToldMessageIsRedrawnInPlace(t *testing.T) {
	w := newWorld(t)
	w.file("NW-1001", "Exports hang", false)
	about := func(kind desk.NoticeKind, place desk.Place, key string) desk.Notice {
		n := notice(kind, place, key, "NW-1001")
		if n.Seq = 7; place == desk.ToPerson {
			n.Person = "dana"
		}
		return n
	}
	d := w.worker(nil)
	w.put(notice(desk.NoticeCard, desk.InThread, "card", "NW-1001"), about(desk.NoticeDirect, desk.ToPerson, "in person"),
		about(desk.NoticeArticles, desk.InThread, "articles"), about(desk.NoticeEvent, desk.InThread, "told"))
	d.Flush(t.Context())
	w.put(about(desk.NoticeRedraw, desk.InThread, "told, later"), about(desk.NoticeRedraw, desk.ToPerson, "in person, later"))
	d.Flush(t.Context())
	var card desk.Post
	w.store.View(t.Context(), func(r desk.Reader) error {
		ps, err := r.Posts("NW-1001", desk.Partner, desk.PurposeCard)
		card = ps[0]
		return err
	})
	thread := cases
	thread.Thread = card.Ref
	if got := w.dana(thread); !slices.Equal(got, []string{"NW-1001 Exports hang", "articles", "told, later"}) {
		t.Errorf("the thread shows %q", got)
	}
	if got := w.dana(bottest.Spot{}); !slices.Equal(got, []string{"in person, later"}) {
		t.Errorf("dana was told %q", got)
	}
}

// A message that was never sent, or that somebody took away, has nothing to be redrawn: nobody is troubled with it.
func TestNothingIsMissedWhereNothingStands(t *testing.T) {
	w := newWorld(t)
	w.file("NW-1001", "Exports hang", false)
	redraw := func(key string, seq int) desk.Notice {
		n := notice(desk.NoticeRedraw, desk.InThread, key, "NW-1001")
		n.Seq = seq
		return n
	}
	told := notice(desk.NoticeEvent, desk.InThread, "told", "NW-1001")
	told.Seq = 7
	d := w.worker(nil)
	w.put(redraw("before there is a card", 7))
	d.Flush(t.Context())
	w.put(notice(desk.NoticeCard, desk.InThread, "card", "NW-1001"), told, redraw("of another event", 8))
	d.Flush(t.Context())
	w.fake.EditFault = func(bot.Ref) error { return fault(bot.Permanent, 0, false).Err }
	w.put(redraw("of a message that is gone", 7))
	d.Flush(t.Context())
	if got := w.in(desk.DeliveryDropped); len(got) != 3 {
		t.Errorf("dropped: %+v", got)
	}
	if dead := w.in(desk.DeliveryDead); len(dead) > 0 {
		t.Errorf("people are troubled with %+v", dead)
	}
}
