package slack

import (
	"sync"
	"testing"
	"time"

	"casebot/bot"
)

// A handler that takes longer than Slack waits. By signed requests Slack gives the event up and sends it again, at
// once and a minute later; each delivery comes to the desk after the one before, under the same id. By Socket
// Mode the envelope is acknowledged in time, and nothing is sent again.
func TestARetryAfterASlowHandler(t *testing.T) {
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP mode": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stage(t, http, nil)
			open := make(chan struct{})
			var mu sync.Mutex
			atWork, most := 0, 0
			s.inbox.set(func(in *bot.Interaction) bot.Answer {
				if in.Kind != bot.Said {
					return bot.Answer{}
				}
				mu.Lock()
				atWork++
				most = max(most, atWork)
				mu.Unlock()
				<-open
				mu.Lock()
				atWork--
				mu.Unlock()
				return bot.Answer{}
			})
			said := make(chan struct{})
			go func() {
				defer close(said)
				s.work.Say(t.Context(), s.dana, s.at, "slowly", nil) // Slack gives it up, or has its acknowledgement.
			}()
			s.eventually("Slack's patience to end", func() bool {
				return len(s.fake.Unacked()) > 0 || len(s.inbox.of(bot.Said)) > 0 && !http && s.fake.Idle()
			})
			want := 1
			if http {
				want = 3
				s.fake.Retry() // At once.
				s.eventually("Slack's patience to end again", func() bool { return len(s.fake.Unacked()) > 0 && s.fake.Idle() })
				s.clock.Advance(time.Minute)
				s.fake.Retry()
			} else if n := len(s.fake.Unacked()); n != 0 {
				t.Errorf("%d envelopes were not acknowledged in time", n)
			}
			close(open)
			<-said
			s.wait()
			s.clock.Advance(5 * time.Minute)
			s.fake.Retry() // It has been answered; nothing is sent again.
			s.wait()
			got := s.inbox.of(bot.Said)
			if len(got) != want || most != 1 {
				t.Fatalf("it came in %d times, %d of them at once; want %d, one after the other", len(got), most, want)
			}
			for _, in := range got {
				if in.ID != got[0].ID {
					t.Errorf("the retries bear %q and %q", got[0].ID, in.ID)
				}
			}
			if left := s.fake.Unacked(); len(left) > 0 {
				t.Errorf("%d envelopes were never acknowledged", len(left))
			}
		})
	}
}
