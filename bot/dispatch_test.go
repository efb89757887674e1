package bot_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// dispatcher makes one in front of an answer, with its log.
func (w *world) dispatcher(answer func(in *bot.Interaction) (bot.Answer, error)) (*bot.Dispatcher, *bytes.Buffer) {
	var log bytes.Buffer
	return &bot.Dispatcher{Dir: w.dir, Clock: w.clock, Log: slog.New(slog.NewTextHandler(&log, nil)), Handler: &handler{answer: answer},
		Caps: func(string) bot.Capabilities { return bot.Capabilities{DialogFields: 7} }}, &log
}

func (w *world) ack(kind bot.InteractionKind) *bot.Interaction {
	return &bot.Interaction{ID: "1", Kind: kind, Platform: "fake", Account: "fake/northwind/dana", Text: "ack NW-1001"}
}

func said(a bot.Answer) string {
	if a.Message == nil {
		return ""
	}
	return bot.PlainText(*a.Message, time.UTC)
}

func TestEveryErrorIsASentence(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
		logs bool
	}{
		{desk.NoSuchCase("NW-1"), `There is no case "NW-1" that you can see. Check the number, or use /case list.`, false},
		{desk.Errf(desk.KindState, "The case is closed. Reopen it first."), "The case is closed. Reopen it first.", false},
		{&desk.Error{Kind: desk.KindIncomplete, Say: "Two things are missing.", Fields: []desk.FieldError{{Field: "steps", Message: "Say the steps."}, {Field: "customer", Message: "Say who."}}},
			"Two things are missing.\n• Say the steps.\n• Say who.", false},
		{desk.Errf(desk.KindConflict, "Priya was first."), "Priya was first.", false},
		{&desk.Error{Kind: desk.KindBusy, Say: "Nothing was saved. Try again.", Err: errors.New("disk full")}, "Nothing was saved. Try again.", true},
		{desk.Errf(desk.KindDuplicate, "That was done already."), "", false},
		{context.DeadlineExceeded, "The desk is slow at the moment", true},
		{errors.New("pq: relation secret_table"), "Something went wrong on our side and was noted as E-", true},
	} {
		w := newWorld(t)
		d, log := w.dispatcher(func(*bot.Interaction) (bot.Answer, error) { return bot.Answer{}, c.err })
		a := d.Handle(t.Context(), w.ack(bot.Command))
		if got := said(a); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" || a.Public {
			t.Errorf("%v is said as %q (public %v)", c.err, got, a.Public)
		}
		if strings.Contains(said(a), "secret") || strings.Contains(said(a), "disk") {
			t.Errorf("the inner cause is shown: %q", said(a))
		}
		if (log.Len() > 0) != c.logs {
			t.Errorf("%v is logged as %q", c.err, log)
		}
	}
}

func TestAPanicIsASentenceWithANumber(t *testing.T) {
	w := newWorld(t)
	d, log := w.dispatcher(func(*bot.Interaction) (bot.Answer, error) { panic("nil map in the desk") })
	got := said(d.Handle(t.Context(), w.ack(bot.Press)))
	_, rest, ok := strings.Cut(got, "noted as ")
	number, _, _ := strings.Cut(rest, ".")
	if !ok || strings.Contains(got, "nil map") || len(number) != 8 {
		t.Errorf("said %q", got)
	}
	if !strings.Contains(log.String(), number) || !strings.Contains(log.String(), "nil map") || !strings.Contains(log.String(), "dispatch_test.go") {
		t.Errorf("logged %q", log)
	}
}

func TestTheDispatcherFillsIn(t *testing.T) {
	w := newWorld(t)
	d, _ := w.dispatcher(func(in *bot.Interaction) (bot.Answer, error) {
		if in.Person.ID != "dana" || in.Person.Side() != desk.Partner || !in.Now.Equal(monday) || in.Caps.DialogFields != 7 || in.Home != "nw" {
			t.Errorf("handed on: %+v", in)
		}
		return bot.Answer{}, nil
	})
	nudges := 0
	d.Nudge = func() { nudges++ }
	d.Handle(t.Context(), w.ack(bot.Command))
	if nudges != 1 {
		t.Errorf("%d nudges", nudges)
	}
}

func TestStrangers(t *testing.T) {
	for kind, answered := range map[bot.InteractionKind]bool{bot.Command: true, bot.Press: true, bot.Submit: true, bot.React: false, bot.Unreact: false,
		bot.Said: false, bot.Complete: false, bot.Edited: false} {
		w := newWorld(t)
		d, _ := w.dispatcher(func(in *bot.Interaction) (bot.Answer, error) {
			t.Errorf("%s of a stranger came through", kind)
			return bot.Answer{}, nil
		})
		in := w.ack(kind)
		in.Account = "fake/northwind/nobody"
		if got := said(d.Handle(t.Context(), in)); (got != "") != answered || strings.Contains(got, "NW-1001") {
			t.Errorf("%s of a stranger is answered %q", kind, got)
		}
	}
}

// A handler that is stuck is given up in time for the platform's three seconds.
func TestAnAnswerComesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		d, _ := w.dispatcher(nil)
		d.Handler = stuck{}
		began := time.Now()
		got := said(d.Handle(context.Background(), w.ack(bot.Command)))
		if took := time.Since(began); took >= 3*time.Second || !strings.Contains(got, "slow") {
			t.Errorf("after %v: %q", took, got)
		}
	})
}

type stuck struct{}

func (stuck) Handle(ctx context.Context, _ *bot.Interaction) (bot.Answer, error) {
	<-ctx.Done()
	return bot.Answer{}, ctx.Err()
}
