package main

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack/slackfake"
	"casebot/story"
	"casebot/templates"
)

// The weekly review is posted by itself to the review channel, in both modes, with the chart of its own weeks as
// a real picture. Where Slack takes no picture the review comes at once all the same.
func TestTheReviewOnSlackHasItsChart(t *testing.T) {
	for name, c := range map[string]struct{ http, broken bool }{"socket": {}, "http": {http: true}, "no uploads": {broken: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSlackStage(t, c.http)
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop() }()
			if c.broken {
				s.fake.Fault("files.getUploadURLExternal", func(int) *slackfake.Fault { return &slackfake.Fault{Status: 503} })
			}
			w := s.world()
			w.Work = settled{s.fake.Workspace(s.dir), s.settle}
			src := strings.Join([]string{`it is 2026-11-13 10:00 America/Chicago`,
				`dana: /case new severity=4 customer="Demo Toys" product="Harbor Tills" category=How-to summary="How to change the receipt footer" impact="A question of one manager" first_seen="today 09:30"`,
				`dana: /case resolve {case} code=answered text="Explained where the footer is."`,
				`dana: /case new severity=4 customer="Demo Toys" product="Harbor Tills" category=How-to summary="How to change the opening hours" impact="A question of one manager" first_seen="today 09:30"`,
				`it becomes 2026-11-16 09:00 America/Los_Angeles`, `nora sees "2 filed, 1 resolved"`}, "\n")
			if err := story.Run(t.Context(), w, []byte(src), nil); err != nil {
				t.Fatal(err)
			}
			to := time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)
			r, err := s.app.Desk.Report(t.Context(), "northwind", to.AddDate(0, 0, -7), to)
			if err != nil {
				t.Fatal(err)
			}
			want := templates.Digest(s.dir, r)
			nora, _ := s.dir.Person("nora")
			h, _ := s.dir.HomeOf("northwind")
			reviews := 0
			for _, m := range s.fake.Workspace(s.dir).Read(nora, bottest.Spot{Home: h.ID, Channel: h.Review}) {
				if text := bot.PlainText(*m.Message, time.UTC); strings.Contains(text, "Ops review") {
					reviews++
					if !strings.Contains(text, "9 Nov 2 and 1") {
						t.Errorf("the chart is not described in %q", text)
					}
				}
			}
			if reviews != 1 {
				t.Errorf("the review is there %d times", reviews)
			}
			shown := s.fake.Shown(h.Review)
			if c.broken {
				if len(shown) != 0 {
					t.Errorf("%d pictures are shown", len(shown))
				}
				return
			}
			if len(shown) != 1 || !bytes.Equal(shown[0], want.Files[0].Data) {
				t.Fatalf("%d pictures are shown, and not the chart of these weeks alone", len(shown))
			}
			if _, err := png.Decode(bytes.NewReader(shown[0])); err != nil {
				t.Errorf("the chart is no picture: %v", err)
			}
			for _, p := range s.fake.Problems() {
				t.Error(p)
			}
		})
	}
}
