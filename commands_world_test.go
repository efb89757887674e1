package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/commands"
	"casebot/desk"
	"casebot/storage"
	"casebot/templates"
)

// world is a whole desk on a real store with an in-memory chat platform: two Partners and a Provider,
// each in a workspace of its own. Tests act as people and read what people see.
type world struct {
	t        *testing.T
	ctx      context.Context
	dir      *desk.Directory
	desk     *desk.Desk
	fake     *bottest.Fake
	delivery *bot.Delivery
	clock    *handClock
	inbox    bot.Inbox
	number   int
}

// handClock is moved by hand.
type handClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func demoPerson(id, name, party string, roles ...desk.Role) desk.Person {
	return desk.Person{ID: id, Name: name, Party: party, Roles: roles, Accounts: []desk.Account{desk.Account("fake/" + party + "/" + id)}}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	home := func(party string) desk.Home {
		return desk.Home{ID: party, Party: party, Platform: "fake", Workspace: party, Cases: "cases-" + party}
	}
	dir, err := desk.NewDirectory([]desk.Party{
		{ID: "harbor", Name: "Harbor", Kind: desk.Provider, Zone: "America/Los_Angeles", Home: "harbor", AfterHours: true, Contact: "pat"},
		{ID: "northwind", Name: "Northwind", Kind: desk.Partner, Key: "NW", Zone: "America/Chicago", Home: "northwind", AfterHours: true, Contact: "noor"},
		{ID: "southgate", Name: "Southgate", Kind: desk.Partner, Key: "SG", Zone: "America/New_York", Home: "southgate"},
	}, []desk.Home{home("harbor"), home("northwind"), home("southgate")}, []desk.Person{
		demoPerson("dana", "Dana Demo", "northwind", desk.Agent),
		demoPerson("noor", "Noor Demo", "northwind", desk.DutyManager),
		demoPerson("olaf", "Olaf Demo", "northwind", desk.Observer),
		demoPerson("ada", "Ada Demo", "northwind", desk.Administrator),
		demoPerson("sam", "Sam Demo", "southgate", desk.Agent),
		demoPerson("sol", "Sol Demo", "southgate", desk.DutyManager),
		demoPerson("sue", "Sue Demo", "southgate", desk.Observer),
		demoPerson("sid", "Sid Demo", "southgate", desk.Administrator),
		demoPerson("ivy", "Ivy Demo", "harbor", desk.Engineer),
		demoPerson("eve", "Eve Demo", "harbor", desk.Engineer),
		demoPerson("pat", "Pat Demo", "harbor", desk.DutyManager),
		demoPerson("ola", "Ola Demo", "harbor", desk.Observer),
		demoPerson("adi", "Adi Demo", "harbor", desk.Administrator),
	})
	if err != nil {
		t.Fatal(err)
	}
	book, err := desk.ParseHandbook("handbook.yaml", templates.DefaultHandbook())
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	ctx := context.Background()
	store, err := storage.Open(ctx, filepath.Join(t.TempDir(), "casebot.db"), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	w := &world{t: t, ctx: ctx, dir: dir, fake: bottest.NewFake("fake", dir), clock: &handClock{now: time.Date(2026, 11, 20, 17, 55, 0, 0, time.UTC)}}
	w.desk = &desk.Desk{Store: store, Dir: dir, Book: book, Log: log}
	w.delivery = &bot.Delivery{Store: store, Dir: dir, Platforms: map[string]bot.Platform{"fake": w.fake}, Clock: w.clock, Log: log,
		Render: (&templates.Renderer{Desk: w.desk}).Render}
	w.inbox = &bot.Dispatcher{Dir: dir, Clock: w.clock, Log: log, Timeout: time.Minute,
		Handler: &bot.Flow{Desk: w.desk, Next: commands.New(w.desk, commands.Options{Log: log})},
		Caps:    func(string) bot.Capabilities { return w.fake.Caps }}
	w.fake.Connect(w.inbox)
	return w
}

func (w *world) person(id string) desk.Person {
	w.t.Helper()
	p, ok := w.dir.Person(id)
	if !ok {
		w.t.Fatalf("there is no %s", id)
	}
	return p
}

// channel is the cases channel of a person's own side.
func (w *world) channel(who string) bottest.Spot {
	h, _ := w.dir.HomeOf(w.person(who).Party)
	return bottest.Spot{Home: h.ID, Channel: h.Cases}
}

// thread is the thread of a case on a person's own side.
func (w *world) thread(who, id string) bottest.Spot {
	w.t.Helper()
	s := w.channel(who)
	s.Thread = w.card(w.person(who).Side(), id)
	return s
}

func (w *world) card(side desk.PartyKind, id string) bot.Ref {
	w.t.Helper()
	w.delivery.Flush(w.ctx)
	var ref bot.Ref
	err := w.desk.Store.View(w.ctx, func(r desk.Reader) error {
		ps, err := r.Posts(id, side, desk.PurposeCard)
		if len(ps) > 0 {
			ref = ps[0].Ref
		}
		return err
	})
	if err != nil || ref == "" {
		w.t.Fatalf("%s has no card at the %s: %v", id, side, err)
	}
	return ref
}

// types types a slash command in the person's own cases channel and gives the private answer.
func (w *world) types(who, line string) string {
	w.t.Helper()
	return w.answer(who, w.channel(who), func() error { return w.fake.Command(w.ctx, w.person(who), w.channel(who), line) })
}

// writes says something in a case's thread and gives what only the person sees of an answer.
func (w *world) writes(who, id, text string, files ...bot.File) (bot.Ref, string) {
	w.t.Helper()
	at := w.thread(who, id)
	var ref bot.Ref
	a := w.answer(who, at, func() (err error) {
		ref, err = w.fake.Say(w.ctx, w.person(who), at, text, files)
		return err
	})
	return ref, a
}

// reacts sets a reaction, or takes one off.
func (w *world) reacts(kind bot.InteractionKind, who, id string, ref bot.Ref, emoji string) string {
	w.t.Helper()
	at := w.channel(who)
	if ref != w.card(w.person(who).Side(), id) {
		at = w.thread(who, id)
	}
	return w.answer(who, at, func() error { return w.fake.Toggle(w.ctx, kind, w.person(who), ref, emoji) })
}

// submits fills in the open dialog and sends it.
func (w *world) submits(who string, values map[string]string, files ...bot.File) string {
	w.t.Helper()
	return w.answer(who, w.channel(who), func() error { return w.fake.Submit(w.ctx, w.person(who), values, files) })
}

// presses presses a button on the last message at a spot that has one of that label.
func (w *world) presses(who string, at bottest.Spot, label string) string {
	w.t.Helper()
	w.delivery.Flush(w.ctx)
	seen := w.fake.Read(w.person(who), at)
	for i := len(seen) - 1; i >= 0; i-- {
		if seen[i].Message == nil {
			continue
		}
		for _, b := range seen[i].Message.Buttons {
			if strings.EqualFold(b.Label, label) {
				return w.answer(who, at, func() error { return w.fake.Press(w.ctx, w.person(who), seen[i].Ref, label) })
			}
		}
	}
	w.t.Fatalf("%s sees no button %q at %v in:\n%s", who, label, at, w.reads(who, at))
	return ""
}

// answer runs an act and gives the private answers that came of it, as text.
func (w *world) answer(who string, at bottest.Spot, act func() error) string {
	w.t.Helper()
	private := func() (out []string) {
		for _, s := range w.fake.Read(w.person(who), at) {
			if s.Private {
				out = append(out, bot.PlainText(*s.Message, time.UTC))
			}
		}
		return out
	}
	before := len(private())
	if err := act(); err != nil {
		w.t.Fatal(err)
	}
	w.delivery.Flush(w.ctx)
	return strings.Join(private()[before:], "\n")
}

// reads gives everything a person sees at a spot, as text.
func (w *world) reads(who string, at bottest.Spot) string {
	w.delivery.Flush(w.ctx)
	var out []string
	for _, s := range w.fake.Read(w.person(who), at) {
		text := s.From + ": " + s.Text
		if s.Message != nil {
			text = bot.PlainText(*s.Message, time.UTC)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n\n")
}

// dialog gives the form that is open in front of a person; nil when there is none.
func (w *world) dialog(who string) *bot.Form { return w.fake.Dialog(w.person(who)) }

func (w *world) cas(id string) *desk.Case {
	w.t.Helper()
	var c *desk.Case
	if err := w.desk.Store.View(w.ctx, func(r desk.Reader) (err error) { c, err = r.Case(id); return err }); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// pass moves the clock and lets what fell due happen.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.pass(d)
	if _, err := w.desk.Sweep(w.ctx, w.clock.Now()); err != nil {
		w.t.Fatal(err)
	}
	w.delivery.Flush(w.ctx)
}

func (w *world) wants(got string, parts ...string) {
	w.t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			w.t.Errorf("wanted %q in:\n%s", p, got)
		}
	}
}

func (w *world) lacks(got string, parts ...string) {
	w.t.Helper()
	for _, p := range parts {
		if strings.Contains(got, p) {
			w.t.Errorf("did not want %q in:\n%s", p, got)
		}
	}
}

// smallCase is a line that files a Sev 3 case: complete to file, not to escalate.
const smallCase = `new severity=3 customer="Acme Outdoor" product="Harbor Tills" category="Defect" summary="Receipts print twice since the update" impact="Two tills print everything twice" first_seen="today 9:00"`

// wholeCase adds what an escalation needs.
const wholeCase = smallCase + ` environment="Harbor Tills 6.2.1 on Windows 11" steps="1 Sell an item. 2 Pay by card. Two receipts come. See https://logs.example/7"`

// filed files a case as Dana and gives its number.
func (w *world) filed(line string) string {
	w.t.Helper()
	w.clock.pass(time.Second)
	got := w.types("dana", line)
	if !strings.HasPrefix(got, "NW-") {
		w.t.Fatalf("not filed: %s %+v", got, w.dialog("dana"))
	}
	return strings.Fields(got)[0]
}

// up files a complete case, escalates it and lets Ivy acknowledge it.
func (w *world) up(acknowledged bool) string {
	w.t.Helper()
	id := w.filed(wholeCase)
	w.wants(w.types("dana", "escalate "+id), "is with Harbor now")
	if acknowledged {
		w.wants(w.types("ivy", "ack "+id), "You have "+id+" now")
	}
	return id
}

// fakeDirect is a person's direct messages with the desk.
func (w *world) fakeDirect() bottest.Spot { return bottest.Spot{} }
