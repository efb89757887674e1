package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// shelf is a platform whose rows say what they are about: "KIND/CONVERSATION/MESSAGE@TIME", or "button/WORDS@TIME".
type shelf struct{}

func (shelf) Kept(key string, value []byte) (bot.Kept, bool) {
	what, stamp, dated := strings.Cut(key, "@")
	if string(value) != "row" {
		stamp, dated = string(value), true
	}
	var k bot.Kept
	if dated {
		k.At, _ = time.Parse(time.DateOnly, stamp)
	} else {
		k.Date = func(now time.Time) []byte { return []byte(now.Format(time.DateOnly)) }
	}
	kind, rest, _ := strings.Cut(what, "/")
	switch kind {
	case "mark":
		k.In, _, _ = strings.Cut(rest, "/")
		k.Refs = []bot.Ref{"other:" + bot.Ref(rest), "nw:" + bot.Ref(rest)}
	case "button":
		k.Words = rest
	default:
		return k, false
	}
	return k, true
}

func (shelf) Around(card bot.Ref) []string {
	in, _, _ := strings.Cut(strings.TrimPrefix(string(card), "nw:"), "/")
	return []string{in}
}

// In the spring the desk tidies what it kept in the winter. NW-1001 goes on, NW-1002 was closed long ago, NW-1003
// lately, and of NW-1004, closed long ago, something could not be told.
func tidyWorld(t *testing.T) *world {
	w := newWorld(t)
	w.ended("NW-1001", desk.StatusResolved, "2026-01-05")
	w.ended("NW-1002", desk.StatusClosed, "2026-01-05")
	w.ended("NW-1003", desk.StatusWithdrawn, "2026-05-01")
	w.ended("NW-1004", desk.StatusClosed, "2026-01-05")
	lost := notice(desk.NoticeText, desk.InThread, "lost", "NW-1004")
	w.put(lost)
	w.update(func(tx desk.Tx) error {
		if _, err := tx.ClaimDeliveries(monday, time.Minute, 1); err != nil {
			return err
		}
		return tx.EndDelivery(lost.ID, desk.DeliveryDead, "", "the channel was archived", monday, monday)
	})
	return w
}

// ended puts a case in place that came to a state at an instant and was not heard of since, with its card.
func (w *world) ended(id string, s desk.Status, on string) {
	w.Helper()
	at, err := time.Parse(time.DateOnly, on)
	if err != nil {
		w.Fatal(err)
	}
	w.update(func(tx desk.Tx) error {
		e := desk.Event{Case: id, Tenant: "northwind", Seq: 1, At: at, Actor: "dana", Side: desk.Partner, Audience: desk.Both,
			Body: desk.Filed{Handbook: "h", Severity: desk.Sev3, Summary: id, Agent: "dana"}}
		raw, err := desk.EncodeBody(e.Body)
		if err != nil {
			return err
		}
		e.Seal(raw)
		c := desk.Fold([]desk.Event{e})
		c.Status = s
		if err := tx.PutCase(c, 0, []desk.Event{e}, nil); err != nil {
			return err
		}
		return tx.PutPost(desk.Post{Ref: desk.Ref("nw:" + id + "/card"), Tenant: "northwind", Case: id, Side: desk.Partner, Purpose: desk.PurposeCard})
	})
}

// rows puts keys in place and gives what is left of them.
func (w *world) rows(keys ...string) {
	w.Helper()
	w.update(func(tx desk.Tx) error {
		for _, k := range keys {
			if err := tx.PutState("shelf", k, []byte("row")); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) left() (out []string) {
	w.store.View(context.Background(), func(r desk.Reader) error {
		return r.EachState("shelf", func(key string, _ []byte) error { out = append(out, key); return nil })
	})
	return out
}

// spring is when the desk tidies, and winter from when on everything is kept.
var winter, spring = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func TestTidy(t *testing.T) {
	w := tidyWorld(t)
	stays := []string{
		"heard/of a workspace@2020-01-01",
		"mark/NW-1001/card@2026-01-05",            // Of a case that goes on,
		"mark/NW-1001/unknown@2026-01-05",         // in the thread of one,
		"mark/NW-1003/card@2026-01-05",            // of one that ended lately,
		"mark/NW-1004/card@2026-01-05",            // of one of which something is to be told still.
		"mark/elsewhere/unknown@2026-03-01",       // Not old enough.
		"mark/NW-1002/card@2026-03-02",            // Nor this.
		"button/update nw-1001 text=x@2026-01-05", // It names a case that goes on,
		"button/ack NW-1002, NW-1003@2026-01-05",  // and one of these ended lately.
		"button/new@2026-04-01",
		"button/undated",
	}
	goes := []string{"mark/NW-1002/card@2026-01-05", "mark/NW-1002/unknown@2026-01-05", "mark/elsewhere/unknown@2026-02-28",
		"button/update NW-1002 text=HB-4012@2026-01-05", "button/new@2026-01-05", "button/show NW-9999@2026-01-05"}
	w.rows(append(slices.Clone(stays), goes...)...)
	n, err := bot.Tidy(t.Context(), w.store, "shelf", shelf{}, winter, spring)
	if err != nil || n != len(goes) {
		t.Errorf("%d rows went (%v), want %d", n, err, len(goes))
	}
	slices.Sort(stays)
	if left := w.left(); !slices.Equal(left, stays) {
		t.Errorf("left is\n%q, want\n%q", left, stays)
	}
	// What had no date has one since, and goes when it is old.
	n, err = bot.Tidy(t.Context(), w.store, "shelf", shelf{}, spring, spring)
	if left := w.left(); err != nil || !slices.Contains(left, "button/undated") {
		t.Errorf("%d rows went (%v); left is %q", n, err, left)
	}
	n, err = bot.Tidy(t.Context(), w.store, "shelf", shelf{}, spring.AddDate(0, 0, 1), spring.AddDate(0, 3, 0))
	if left := w.left(); err != nil || slices.Contains(left, "button/undated") || !slices.Contains(left, "mark/NW-1001/unknown@2026-01-05") {
		t.Errorf("%d rows went (%v); left is %q", n, err, left)
	}
}

// A large heap goes in rounds. A failing store leaves the rest for the next.
func TestTidyGoesInRounds(t *testing.T) {
	w := tidyWorld(t)
	var keys []string
	for i := range 53 {
		keys = append(keys, fmt.Sprintf("button/new %d@2026-01-05", i))
	}
	w.rows(keys...)
	full := w.store.Commits() + 2
	w.store.Fail = func(commit int) error {
		if commit == full {
			return errors.New("the disk is full")
		}
		return nil
	}
	tidy := func() (int, error) {
		return bot.TidyInSteps(t.Context(), w.store, "shelf", shelf{}, winter, spring, 50, 20)
	}
	if n, err := tidy(); err == nil || n != 20 || len(w.left()) != 33 {
		t.Errorf("with a full disk %d rows went (%v), %d are left", n, err, len(w.left()))
	}
	w.rows(keys...)
	for _, want := range []int{50, 3, 0} {
		if n, err := tidy(); err != nil || n != want {
			t.Errorf("a round takes %d (%v), want %d", n, err, want)
		}
	}
}

// A row that is written while the desk tidies stays.
func TestTidyLeavesWhatWasJustWritten(t *testing.T) {
	w := tidyWorld(t)
	w.rows("button/new@2026-01-05", "button/show@2026-01-05")
	between := &touched{Store: w.store, touch: func() {
		w.update(func(tx desk.Tx) error { return tx.PutState("shelf", "button/new@2026-01-05", []byte("2026-05-31")) })
	}}
	if _, err := bot.Tidy(t.Context(), between, "shelf", shelf{}, winter, spring); err != nil {
		t.Fatal(err)
	}
	if left := w.left(); !slices.Equal(left, []string{"button/new@2026-01-05"}) {
		t.Errorf("left is %q", left)
	}
}

// touched is a store in which somebody writes before an update.
type touched struct {
	desk.Store
	touch func()
}

func (s *touched) Update(ctx context.Context, f func(desk.Tx) error) error {
	s.touch()
	return s.Store.Update(ctx, f)
}
