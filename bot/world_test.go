package bot_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// monday is when the tests begin: Monday 2 March 2026, 09:00 UTC.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is a desk with one partner and the provider, both in an in-memory workspace, and a store in memory.
type world struct {
	*testing.T
	dir   *desk.Directory
	store *bottest.MemStore
	fake  *bottest.Fake
	clock *bottest.Clock
	drop  map[string]bool // Keys of notices that the renderer says have been overtaken.
}

func newWorld(t *testing.T) *world {
	t.Helper()
	person := func(id, name, party string, roles ...desk.Role) desk.Person {
		return desk.Person{ID: id, Name: name, Party: party, Roles: roles, Accounts: []desk.Account{desk.Account("fake/" + party + "/" + id)}}
	}
	dir, err := desk.NewDirectory(
		[]desk.Party{{ID: "northwind", Name: "Northwind", Kind: desk.Partner, Key: "NW", Home: "nw"}, {ID: "harbor", Name: "Harbor", Kind: desk.Provider, Home: "hb"},
			{ID: "homeless", Name: "Homeless", Kind: desk.Partner, Key: "HL"}},
		[]desk.Home{{ID: "nw", Party: "northwind", Platform: "fake", Workspace: "northwind", Cases: "cases", Review: "review"},
			{ID: "hb", Party: "harbor", Platform: "fake", Workspace: "harbor", Cases: "escalations"}},
		[]desk.Person{person("dana", "Dana Demo", "northwind", desk.Agent), person("marco", "Marco Muster", "northwind", desk.DutyManager),
			person("priya", "Priya Sample", "harbor", desk.Engineer)})
	if err != nil {
		t.Fatal(err)
	}
	return &world{T: t, dir: dir, store: bottest.NewMemStore(), fake: bottest.NewFake("fake", dir), clock: bottest.NewClock(monday), drop: map[string]bool{}}
}

// worker makes a delivery as a freshly started program has it, over a platform (nil: the fake).
func (w *world) worker(p bot.Platform) *bot.Delivery {
	if p == nil {
		p = w.fake
	}
	return &bot.Delivery{Store: w.store, Dir: w.dir, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Platforms: map[string]bot.Platform{"fake": p},
		Render: func(_ context.Context, n desk.Notice, _ desk.Home) (bot.Message, bool, error) {
			if n.Kind == desk.NoticeCard {
				c, err := w.find(n.Case)
				return bot.Say(n.Case + " " + c.Summary), false, err
			}
			none := strings.Contains(n.Key, "/articles/") // What follows a card: nothing answers a case here.
			return bot.Say(n.Key), none || w.drop[n.Key], nil
		}}
}

func (w *world) find(id string) (*desk.Case, error) {
	var c *desk.Case
	err := w.store.View(w.Context(), func(r desk.Reader) error {
		var err error
		c, err = r.Case(id)
		return err
	})
	if c == nil {
		c = &desk.Case{}
	}
	return c, err
}

// file puts a case in place with one event, and a change of its summary when it is there already.
func (w *world) file(id, summary string, restricted bool, invited ...string) {
	w.Helper()
	before, _ := w.find(id)
	bodies := []desk.Body{desk.Filed{Handbook: "h", Severity: desk.Sev3, Summary: summary, Restricted: restricted, Agent: "dana"}}
	for _, p := range invited {
		bodies = append(bodies, desk.Invited{Person: p})
	}
	c := before
	if before.Seq == 0 {
		c = desk.Fold(nil)
	}
	prev, hash := before.Seq, before.LastHash
	var events []desk.Event
	for i, b := range bodies {
		e := desk.Event{Case: id, Tenant: "northwind", Seq: prev + 1 + i, At: monday, Actor: "dana", Side: desk.Partner, Audience: desk.Both, Body: b, Prev: hash}
		raw, err := desk.EncodeBody(b)
		if err != nil {
			w.Fatal(err)
		}
		e.Seal(raw)
		hash = e.Hash
		desk.Apply(c, e)
		events = append(events, e)
	}
	w.update(func(tx desk.Tx) error { return tx.PutCase(c, prev, events, nil) })
}

func (w *world) update(f func(desk.Tx) error) {
	w.Helper()
	if err := w.store.Update(context.Background(), f); err != nil {
		w.Fatal(err)
	}
}

// notice makes a notice; its key is its words.
func notice(kind desk.NoticeKind, place desk.Place, key, id string) desk.Notice {
	return desk.Notice{ID: desk.DeliveryID(key), Key: key, Tenant: "northwind", Lane: "lane " + id, Kind: kind, Place: place, Party: "northwind",
		Case: id, At: monday, NotBefore: monday}
}

// direct is a direct message to Dana in a lane of its own name.
func direct(lane, key string) desk.Notice {
	n := notice(desk.NoticeText, desk.ToPerson, key, "")
	n.Lane, n.Person = lane, "dana"
	return n
}

func (w *world) put(ns ...desk.Notice) {
	w.Helper()
	w.update(func(tx desk.Tx) error {
		for _, n := range ns {
			if err := tx.PutNotice(n); err != nil {
				return err
			}
		}
		return nil
	})
}

// in lists the keys in a state.
func (w *world) in(state desk.DeliveryState) []desk.Delivery {
	var out []desk.Delivery
	w.store.View(context.Background(), func(r desk.Reader) error {
		var err error
		out, err = r.Deliveries(state, 500)
		return err
	})
	return out
}

// settle delivers, letting time pass, until nothing is pending or the span is over.
func (w *world) settle(d *bot.Delivery, span time.Duration) {
	end := w.clock.Now().Add(span)
	for {
		d.Flush(w.Context())
		if len(w.in(desk.DeliveryPending)) == 0 || !w.clock.Now().Before(end) {
			return
		}
		w.clock.Advance(time.Second)
	}
}

// dana reads what Dana sees at a spot, as plain text.
func (w *world) dana(at bottest.Spot) []string {
	p, _ := w.dir.Person("dana")
	var out []string
	for _, s := range w.fake.Read(p, at) {
		if s.Message != nil {
			out = append(out, bot.PlainText(*s.Message, time.UTC))
		}
	}
	return out
}
