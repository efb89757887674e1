package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// A message that a platform refuses for good is shown to the party's duty manager with the reason, and to
// nobody of another party; sent again, it arrives.
func TestUndeliveredIsShownAndSentAgain(t *testing.T) {
	ctx := context.Background()
	s, err := newStage(ctx, filepath.Join(t.TempDir(), "casebot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	who := func(id string) desk.Person {
		p, ok := s.dir.Person(id)
		if !ok {
			t.Fatalf("nobody called %s", id)
		}
		return p
	}
	broken := true
	s.fake.Fault = func(to bot.To, _ string) *bottest.Fault {
		if !broken || to.Home.ID != "northwind" {
			return nil
		}
		return &bottest.Fault{Err: &bot.SendError{Kind: bot.Permanent, Err: errors.New("the channel was archived")}}
	}
	now := s.Now()
	out, err := s.app.Desk.Do(ctx, desk.Act{By: who("dana"), Now: now, Do: desk.FileCase{Values: map[desk.Field]string{
		desk.FieldCustomer: "Demo Toys", desk.FieldProduct: "Harbor Tills", desk.FieldCategory: "Defect", desk.FieldSeverity: "3",
		desk.FieldSummary: "Till three freezes on coupons", desk.FieldImpact: "Coupon sales start again", desk.FieldFirstSeen: now.Add(-time.Hour).Format(time.RFC3339)}}})
	if err != nil {
		t.Fatal(err)
	}
	s.app.Delivery.Flush(ctx)
	ask := func(person, line string) string {
		t.Helper()
		p := who(person)
		spot := bottest.Spot{Home: p.Party, Channel: "cases"}
		if err := s.fake.Command(ctx, p, spot, line); err != nil {
			t.Fatal(err)
		}
		seen := s.fake.Read(p, spot)
		return bot.PlainText(*seen[len(seen)-1].Message, time.UTC)
	}
	if got := ask("nora", "undelivered"); !strings.Contains(got, out.Case.ID) || !strings.Contains(got, "the channel was archived") {
		t.Errorf("the duty manager reads:\n%s", got)
	}
	if got := ask("stefan", "undelivered"); !strings.Contains(got, "Everything was delivered") {
		t.Errorf("another partner's duty manager reads:\n%s", got)
	}
	if got := ask("dana", "undelivered"); !strings.Contains(got, "duty managers and administrators") {
		t.Errorf("an agent reads:\n%s", got)
	}
	broken = false
	if got := ask("nora", "undelivered retry=all"); !strings.Contains(got, "Back in line: 1") {
		t.Errorf("sending again says:\n%s", got)
	}
	s.app.Delivery.Flush(ctx)
	if got := ask("nora", "undelivered"); !strings.Contains(got, "Everything was delivered") {
		t.Errorf("afterwards:\n%s", got)
	}
}

// What waits because a workspace takes nothing is told to that company's duty manager and to the Provider's, who name no
// case of another company; it goes by itself, in order, when the workspace takes it again.
func TestWhatWaitsIsTold(t *testing.T) {
	ctx := context.Background()
	s, err := newStage(ctx, filepath.Join(t.TempDir(), "casebot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	closed := true
	s.fake.Fault = func(to bot.To, _ string) *bottest.Fault {
		if !closed || to.Home.ID != "northwind" {
			return nil
		}
		return &bottest.Fault{Err: &bot.SendError{Kind: bot.Temporary, After: time.Minute, Closed: true, Err: errors.New("install the app again\nthe platform's word")}}
	}
	ask := func(person string) string {
		t.Helper()
		p, _ := s.dir.Person(person)
		spot := bottest.Spot{Home: p.Party, Channel: "cases"}
		if err := s.fake.Command(ctx, p, spot, "undelivered"); err != nil {
			t.Fatal(err)
		}
		seen := s.fake.Read(p, spot)
		return bot.PlainText(*seen[len(seen)-1].Message, time.UTC)
	}
	dana, _ := s.dir.Person("dana")
	now := s.Now()
	if _, err = s.app.Desk.Do(ctx, desk.Act{By: dana, Now: now, Do: desk.FileCase{Values: map[desk.Field]string{
		desk.FieldCustomer: "Demo Toys", desk.FieldProduct: "Harbor Tills", desk.FieldCategory: "Defect", desk.FieldSeverity: "3",
		desk.FieldSummary: "Till three freezes on coupons", desk.FieldImpact: "Coupon sales start again", desk.FieldFirstSeen: now.Add(-time.Hour).Format(time.RFC3339)}}}); err != nil {
		t.Fatal(err)
	}
	s.app.Delivery.Flush(ctx)
	if got := ask("nora"); !strings.Contains(got, "Everything was delivered") {
		t.Errorf("after a moment the duty manager reads:\n%s", got)
	}
	for range 40 { // More tries than a backoff would leave short.
		s.set(s.Now().Add(time.Minute))
		s.app.Delivery.Flush(ctx)
	}
	s.set(s.Now().Add(4 * 24 * time.Hour)) // A long weekend.
	s.app.Delivery.Flush(ctx)
	for _, who := range []string{"nora", "pia"} {
		if got := ask(who); !strings.Contains(got, "Waiting for Northwind Retail IT: ") || !strings.Contains(got, "install the app again. What waits") || strings.Contains(got, "NW-1001") || strings.Contains(got, "word") {
			t.Errorf("%s reads:\n%s", who, got)
		}
	}
	if got := ask("stefan"); !strings.Contains(got, "Everything was delivered") {
		t.Errorf("another partner's duty manager reads:\n%s", got)
	}
	closed = false
	s.set(s.Now().Add(time.Minute))
	s.app.Delivery.Flush(ctx)
	for _, who := range []string{"nora", "pia"} {
		if got := ask(who); !strings.Contains(got, "Everything was delivered") {
			t.Errorf("afterwards %s reads:\n%s", who, got)
		}
	}
	if seen := s.fake.Read(dana, bottest.Spot{Home: "northwind", Channel: "cases"}); len(seen) == 0 || !strings.Contains(bot.PlainText(*seen[0].Message, time.UTC), "NW-1001") {
		t.Errorf("the card did not come: %d messages", len(seen))
	}
}
