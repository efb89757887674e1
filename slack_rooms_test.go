package main

import (
	"bytes"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack"
	"casebot/desk"
	"casebot/story"
)

const tillCase = `dana: /case new severity=3 customer="Demo Toys" product="Harbor Tills" category=Defect summary="Till three freezes" impact="Coupon sales start again" first_seen="today 09:30" environment="Harbor Tills 6.2.1" steps="1 Scan two coupons. 2 Press pay. Expected a total, the till froze. https://logs.example/till"`

// threads gives the spots of the case's two threads.
func (s *slackStage) threads(t *testing.T) map[desk.PartyKind]bottest.Spot {
	t.Helper()
	out := map[desk.PartyKind]bottest.Spot{}
	err := s.app.Store.View(t.Context(), func(r desk.Reader) error {
		for _, side := range []desk.PartyKind{desk.Partner, desk.Provider} {
			posts, err := r.Posts("NW-1001", side, desk.PurposeCard)
			if err != nil || len(posts) == 0 {
				return err
			}
			home, _, _ := strings.Cut(string(posts[0].Ref), ":")
			h, _ := s.dir.Home(home)
			out[side] = bottest.Spot{Home: home, Channel: h.Cases, Thread: posts[0].Ref}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A file crosses from workspace to workspace with every byte of it, by Socket Mode and by signed requests: what came
// before the escalation with the card, what comes later by itself, and each once.
func TestFilesCrossWorkspacesWhole(t *testing.T) {
	inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
		tell := func(lines ...string) {
			t.Helper()
			if err := story.Run(t.Context(), w, []byte(strings.Join(lines, "\n")), nil); err != nil {
				t.Fatal(err)
			}
		}
		tell("it is 2026-11-17 10:00 America/Chicago", tillCase)
		dana, _ := s.dir.Person("dana")
		early, late := []byte("\x00\xff early \xfe"), bytes.Repeat([]byte{0x89, 0, 0xff, 'x'}, 70_000)
		attach := func(name string, data []byte) {
			t.Helper()
			if _, err := w.Work.Say(t.Context(), dana, s.threads(t)[desk.Partner], "", []bot.File{{Name: name, Type: "application/octet-stream", Data: data}}); err != nil {
				t.Fatal(err)
			}
			w.Flush(t.Context())
		}
		attach("early.bin", early)
		tell("the case is NW-1001", "dana reacts 🆘", "erin: ack")
		attach("late.bin", late)
		tell("the case is NW-1001", "erin: /case return {case} code=steps text=\"Which coupons?\"", "dana: /case escalate {case}", "erin: ack")
		got := s.fake.Shared("C0HARBORCASES")
		for name, want := range map[string][]byte{"early.bin": early, "late.bin": late} {
			if len(got[name]) != 1 || !bytes.Equal(got[name][0], want) {
				t.Errorf("%s came across %d times, or changed", name, len(got[name]))
			}
		}
		// An engineer's file stays inside until its message is sent on.
		erin, _ := s.dir.Person("erin")
		ref, err := w.Work.Say(t.Context(), erin, s.threads(t)[desk.Provider], "Try this", []bot.File{{Name: "patch.bin", Data: early}})
		if err != nil {
			t.Fatal(err)
		}
		w.Flush(t.Context())
		if n := len(s.fake.Shared("C0NORTHWINDCASES")["patch.bin"]); n != 0 {
			t.Errorf("an internal file crossed %d times by itself", n)
		}
		if err := w.Work.Toggle(t.Context(), bot.React, erin, ref, "📤"); err != nil {
			t.Fatal(err)
		}
		w.Flush(t.Context())
		if got := s.fake.Shared("C0NORTHWINDCASES")["patch.bin"]; len(got) != 1 || !bytes.Equal(got[0], early) {
			t.Errorf("the file that was sent on came %d times, or changed", len(got))
		}
	})
}

// Without the scope that reads files Slack answers with its sign-in page. That is no evidence: the person is told,
// and nothing of the page is kept.
func TestAFileThatCantBeReadIsTold(t *testing.T) {
	s := newSlackStage(t, true)
	var scopes []string
	for _, scope := range slack.Scopes() {
		if scope != "files:read" {
			scopes = append(scopes, scope)
		}
	}
	s.fake.Scopes("T0NORTHWIND", scopes...)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { s.stop() }()
	w := s.world()
	w.Work = settled{s.fake.Workspace(s.dir), s.settle}
	src := strings.Join([]string{"it is 2026-11-17 10:00 America/Chicago", tillCase, "dana attaches till.log", `dana sees "could not be read"`, "dana: /case show {case}", `dana does not see "till.log"`,
		"-- till.log --", "10:41 it froze", ""}, "\n")
	if err := story.Run(t.Context(), w, []byte(src), nil); err != nil {
		t.Error(err)
	}
}
