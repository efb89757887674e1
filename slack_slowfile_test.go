package main

import (
	"strings"
	"testing"
	"time"

	"casebot/bot/slack/slackfake"
	"casebot/desk"
	"casebot/story"
)

// A file that takes longer to read than Slack waits for an answer is kept all the same, from a thread and from a
// form, by Socket Mode and by signed requests. A form that is refused then comes back with what was typed.
func TestALargeFileTakesItsTime(t *testing.T) {
	inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
		s.fake.Fault("download", func(int) *slackfake.Fault { return &slackfake.Fault{Delay: 2600 * time.Millisecond} })
		src := strings.Join([]string{"it is 2026-11-17 10:00 America/Chicago",
			`dana: /case new`,
			`dana fills in customer="Demo Toys" product="Harbor Tills" category=Defect severity=3 summary="asdf" impact="Coupon sales start again" first_seen="today 09:30" with till.log`,
			`dana is asked "Coupon sales start again"`,
			`dana fills in summary="Till three freezes on coupons" with photo.png`,
			`dana sees "NW-1001"`,
			`dana attaches more.log`,
			"-- till.log --", "10:41 it froze", "-- photo.png --", "a photo", "-- more.log --", "10:42 it froze again", ""}, "\n")
		var told strings.Builder
		if err := story.Run(t.Context(), w, []byte(src), &told); err != nil {
			t.Fatalf("%v\n%s", err, tail(told.String(), 40))
		}
		s.settle()
		var names []string
		err := s.app.Store.View(t.Context(), func(r desk.Reader) error {
			c, err := r.Case("NW-1001")
			if err == nil {
				for _, a := range c.Evidence {
					names = append(names, a.Name)
				}
			}
			return err
		})
		if err != nil || strings.Join(names, " ") != "till.log photo.png more.log" {
			t.Errorf("the evidence is %q (%v)", names, err)
		}
	})
}
