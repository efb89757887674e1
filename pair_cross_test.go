package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/story"
)

// mixed are the pairs in which a case crosses from one platform to the other.
var mixed = []string{"partners-discord", "partners-slack"}

// A case of a Partner on one platform and a Provider on the other, told in both directions.
func TestACaseAcrossTwoPlatforms(t *testing.T) {
	t.Parallel()
	for _, name := range mixed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tellOnPair(t, pairs[name], "testdata/pairs/two-platforms.txtar", "sqlite", false)
		})
	}
}

// What happens on either platform while the desk is down crosses when it is back: words, and a reaction that
// sends an engineer's words on.
func TestWhatIsMissedOnTwoPlatformsCrosses(t *testing.T) {
	t.Parallel()
	for _, name := range mixed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newPairStage(t, pairs[name], filepath.Join(t.TempDir(), "casebot.db"), false)
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop() }()
			src := strings.Join([]string{`it is 2026-11-17 10:00 America/Chicago`,
				`dana: /case new severity=3 customer="Demo Toys" product="Harbor Tills" category=Defect summary="Till three freezes" impact="Coupon sales start again" first_seen="today 09:30" environment="Harbor Tills 6.2.1" steps="1 Scan two coupons. 2 Press pay. Expected a total, the till froze. https://logs.example/till"`,
				`dana reacts 🆘`, `erin: ack`, `erin: It is the coupon cache.`}, "\n")
			w := s.world()
			if err := story.Run(t.Context(), w, []byte(src), nil); err != nil {
				t.Fatal(err)
			}
			cards := map[desk.PartyKind]bot.Ref{}
			if err := w.Store.View(t.Context(), func(r desk.Reader) error {
				for _, side := range []desk.PartyKind{desk.Partner, desk.Provider} {
					posts, err := r.Posts("NW-1001", side, desk.PurposeCard)
					if err != nil {
						return err
					}
					cards[side] = posts[0].Ref
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			at := func(who string, side desk.PartyKind) (desk.Person, bottest.Spot) {
				p, _ := s.dir.Person(who)
				h, _ := s.dir.HomeOf(p.Party)
				return p, bottest.Spot{Home: h.ID, Channel: h.Cases, Thread: cards[side]}
			}
			dana, partner := at("dana", desk.Partner)
			erin, provider := at("erin", desk.Provider)
			s.stop()
			s.set(s.Now().Add(2 * time.Hour))
			// The fakes go on without the desk; nobody answers, so nothing is waited for.
			raw := w.Work.(settled).Workspace
			if _, err := raw.Say(t.Context(), dana, partner, "Are you there?", nil); err != nil {
				t.Fatal(err)
			}
			for _, m := range raw.Read(erin, provider) {
				if strings.Contains(m.Text, "coupon cache") {
					if err := raw.Toggle(t.Context(), bot.React, erin, m.Ref, "📤"); err != nil {
						t.Fatal(err)
					}
				}
			}
			s.set(s.Now().Add(time.Hour))
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.settle()
			w.Flush(t.Context())
			s.settle()
			for _, c := range []struct {
				who   desk.Person
				at    bottest.Spot
				words string
			}{{erin, provider, "Are you there?"}, {dana, partner, "It is the coupon cache."}} {
				n := 0
				for _, m := range raw.Read(c.who, c.at) {
					text := m.Text
					if m.Message != nil {
						text = bot.PlainText(*m.Message, time.UTC)
					}
					n += strings.Count(text, c.words)
				}
				if n != 1 {
					t.Errorf("%s reads %q %d times", c.who.Name, c.words, n)
				}
			}
			for _, p := range s.problems() {
				t.Errorf("over a limit of the platform: %s", p)
			}
		})
	}
}

// What people write to the desk itself while it is down is carried out at the next start: an engineer's reply reaches the
// partner once, and who only asked something gets the answer. What was answered before is not answered again.
func TestMissedDirectMessagesAreCarriedOut(t *testing.T) {
	t.Parallel()
	for name, on := range pairs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newPairStage(t, on, filepath.Join(t.TempDir(), "casebot.db"), false)
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop() }()
			w := s.world()
			tell := func(lines ...string) {
				t.Helper()
				var told strings.Builder
				if err := story.Run(t.Context(), w, []byte(strings.Join(lines, "\n")), &told); err != nil {
					t.Fatalf("%v\n%s", err, tail(told.String(), 30))
				}
			}
			tell("it is 2026-11-17 10:00 America/Chicago", tillCase, "dana: /case escalate NW-1001", "erin: ack", `dana sees "has the case"`)
			raw := w.Work.(settled).Workspace
			write := func(who, words string) {
				p, _ := s.dir.Person(who)
				h, _ := s.dir.HomeOf(p.Party)
				if _, err := raw.Say(t.Context(), p, bottest.Spot{Home: h.ID}, words, nil); err != nil {
					t.Fatal(err)
				}
			}
			reads := func(who, words string) (n int) {
				p, _ := s.dir.Person(who)
				h, _ := s.dir.HomeOf(p.Party)
				for _, m := range raw.Read(p, bottest.Spot{Home: h.ID}) {
					if m.Message != nil && strings.Contains(bot.PlainText(*m.Message, time.UTC), words) {
						n++
					}
				}
				return n
			}
			write("dana", "show NW-1001")
			s.settle()
			before := reads("dana", "Till three freezes")
			write("erin", "mine")
			s.settle()
			s.stop()
			s.set(s.Now().Add(time.Hour))
			write("erin", "reply NW-1001 Please restart the till.")
			write("dana", "note NW-1001 The till is in Demo Street.")
			write("dana", "list severity=1")
			s.set(s.Now().Add(time.Hour))
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.Store = s.app.Store
			s.settle()
			tell("the case is NW-1001", "one minute passes", `dana still sees "Please restart the till."`, "dana: /case show NW-1001", `dana sees "The till is in Demo Street."`)
			if before == 0 || reads("dana", "Till three freezes") != before {
				t.Errorf("what was asked before is answered %d times, then %d times", before, reads("dana", "Till three freezes"))
			}
			if n := reads("dana", ""); n != 3 {
				t.Errorf("to three lines Dana has %d answers", n)
			}
			for _, p := range s.problems() {
				t.Errorf("over a limit of the platform: %s", p)
			}
		})
	}
}
