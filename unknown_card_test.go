package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// slowEnds is a store that takes long over recording the end of deliveries: the card is on the platform, and
// the desk does not know where.
type slowEnds struct {
	desk.Store
	open    chan struct{} // Closed: it is fast again.
	dead    atomic.Bool   // The program ends before the end is recorded.
	waiting chan struct{} // Told once, when the first end waits.
	told    atomic.Bool
}

var errEnding = errors.New("an end is recorded")

// ending looks whether a transaction records an end.
type ending struct {
	desk.Tx
	yes *bool
}

func (t ending) EndDelivery(string, desk.DeliveryState, desk.Ref, string, time.Time, time.Time) error {
	*t.yes = true
	return errEnding
}

func (s *slowEnds) Update(ctx context.Context, f func(desk.Tx) error) error {
	select {
	case <-s.open:
		return s.Store.Update(ctx, f)
	default:
	}
	yes := false
	err := s.Store.Update(ctx, func(tx desk.Tx) error { return f(ending{tx, &yes}) })
	if !yes {
		return err
	}
	if s.told.CompareAndSwap(false, true) {
		close(s.waiting)
	}
	<-s.open
	if s.dead.Load() {
		return errors.New("the program has ended")
	}
	return s.Store.Update(ctx, f)
}

// player is a stage of any platform on which people act.
type player struct {
	*stage
	raw    bottest.Workspace
	start  func(ctx context.Context) error
	stop   func()
	settle func()
	faults func() []string
}

// players are the platforms on which a card may be answered before it is known.
func players() map[string]func(t *testing.T) *player {
	return map[string]func(t *testing.T) *player{
		"playground": func(t *testing.T) *player {
			dir, err := demoDirectory(demoPlatform)
			if err != nil {
				t.Fatal(err)
			}
			s := &playStage{stage: &stage{dsn: filepath.Join(t.TempDir(), "casebot.db"), dir: dir, now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)}}
			return &player{s.stage, visitors{s}, s.start, func() { s.stop() }, func() {}, func() []string { return nil }}
		},
		"slack http":   func(t *testing.T) *player { return slackPlayer(t, true) },
		"slack socket": func(t *testing.T) *player { return slackPlayer(t, false) },
		"discord":      func(t *testing.T) *player { return discordPlayer(t, false) },
		"forum":        func(t *testing.T) *player { return discordPlayer(t, true) },
	}
}

func slackPlayer(t *testing.T, http bool) *player {
	s := newSlackStage(t, http)
	return &player{s.stage, s.fake.Workspace(s.dir), s.start, func() { s.stop() }, s.settle, s.fake.Problems}
}

func discordPlayer(t *testing.T, forum bool) *player {
	s := newPairStage(t, pairs["discord"], filepath.Join(t.TempDir(), "casebot.db"), forum)
	return &player{s.stage, besideForum{s.discord.Workspace(s.dir), s.dir, forum}, s.start, func() { s.stop() }, s.settle, s.problems}
}

// A reply, a reaction and a press that come before the desk has stored the address of its own card are done
// all the same, on every platform: when the store is slow, and when the program ends in between.
func TestWhatComesBeforeTheCardIsKnown(t *testing.T) {
	for name, open := range players() {
		for _, dies := range []bool{false, true} {
			t.Run(name+map[bool]string{false: "/slow store", true: "/stopped in between"}[dies], func(t *testing.T) {
				t.Parallel()
				playEarlyWords(t, open(t), dies)
			})
		}
	}
}

func playEarlyWords(t *testing.T, p *player, dies bool) {
	ctx := t.Context()
	if err := p.start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() { p.stop() }()
	slow := &slowEnds{Store: p.app.Store, open: make(chan struct{}), waiting: make(chan struct{})}
	p.app.Delivery.Store = slow
	var held atomic.Int32
	inbox := p.app.Inbox.(*bot.Dispatcher)
	sending := inbox.Sending
	inbox.Sending = func(ctx context.Context) ([]string, error) { held.Add(1); return sending(ctx) }

	dana, _ := p.dir.Person("dana")
	home, _ := p.dir.HomeOf(dana.Party)
	at := bottest.Spot{Home: home.ID, Channel: home.Cases}
	err := p.raw.Command(ctx, dana, at, `new severity=3 customer="Demo Toys" product="Harbor Tills" category=Defect summary="Till three freezes" impact="Coupon sales start again" first_seen="today 09:30" environment="Harbor Tills 6.2.1" steps="1 Scan two coupons. 2 Press pay. Expected a total, the till froze. https://logs.example/till"`)
	if err != nil {
		t.Fatal(err)
	}
	p.settle()
	delivered := make(chan struct{})
	go func() { defer close(delivered); p.app.Delivery.Flush(context.WithoutCancel(ctx)) }()
	<-slow.waiting
	card := bot.Ref("")
	for _, m := range p.raw.Read(dana, at) {
		if m.Message != nil && !m.Private && strings.Contains(bot.PlainText(*m.Message, time.UTC), "Till three freezes") {
			card = m.Ref
		}
	}
	if card == "" {
		t.Fatal("the card is not on the platform")
	}
	thread := at
	thread.Thread = card
	acts := []func() error{
		func() error { _, err := p.raw.Say(ctx, dana, thread, "It began after the update", nil); return err },
		func() error { return p.raw.Toggle(ctx, bot.React, dana, card, "🆘") },
	}
	done := make(chan error, len(acts))
	for i, act := range acts {
		go func() { done <- act() }()
		for i == 0 && held.Load() == 0 { // The words are held; the reaction comes after them.
			time.Sleep(time.Millisecond)
		}
	}
	if err := p.raw.Press(ctx, dana, card, "Resolve"); err != nil { // A button names its case, so it works at once.
		t.Fatal(err)
	}
	if dies {
		slow.dead.Store(true)
		inbox.Stop()
	}
	close(slow.open)
	<-delivered
	for range acts {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	p.settle()
	if f := p.raw.Dialog(dana); f == nil || !strings.Contains(f.Title, "NW-1001") {
		t.Errorf("the press on a card that is not known opened %+v", f)
	}
	if dies {
		if n, up := p.words(t); n+up != 0 {
			t.Fatalf("%d words and %d escalations were kept though the card was not known", n, up)
		}
		p.stop()
		p.set(p.Now().Add(2 * time.Minute)) // The lease of the send that was cut off runs out.
		if err := p.start(ctx); err != nil {
			t.Fatal(err)
		}
		p.app.Delivery.Flush(ctx)
		p.settle()
	}
	n, up := p.words(t)
	for end := time.Now().Add(20 * time.Second); n+up < 2 && time.Now().Before(end); n, up = p.words(t) {
		time.Sleep(5 * time.Millisecond) // What is passed on again after a start has its own time.
	}
	if n != 1 || up != 1 {
		t.Errorf("the words were kept %d times, and the case escalated %d times", n, up)
	}
	p.app.Delivery.Flush(ctx)
	cards := 0
	for _, m := range p.raw.Read(dana, at) {
		if m.Message != nil && !m.Private && strings.Contains(bot.PlainText(*m.Message, time.UTC), "Till three freezes") {
			cards++
		}
	}
	if cards != 1 {
		t.Errorf("the card is there %d times", cards)
	}
	for _, f := range p.faults() {
		t.Error(f)
	}
}

// words counts what was said and the escalations in the case's record.
func (p *player) words(t *testing.T) (said, escalated int) {
	t.Helper()
	err := p.app.Store.View(t.Context(), func(r desk.Reader) error {
		all, err := r.Events("NW-1001")
		for _, e := range all {
			switch e.Body.(type) {
			case desk.Said:
				said++
			case desk.Escalated:
				escalated++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return said, escalated
}
