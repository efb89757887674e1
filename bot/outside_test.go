package bot

import (
	"slices"
	"testing"
	"time"
)

// A channel is kept while somebody asks for it, and forgotten two hours after the last question or when the desk is in it.
func TestAChannelForWhichNobodyAsksIsForgotten(t *testing.T) {
	var o Outside
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	if o.Ask("a", now) || len(o.List(now)) != 0 {
		t.Error("there is a channel before one was noted")
	}
	o.Add("b", now)
	o.Add("a", now)
	for range 5 {
		if now = now.Add(time.Hour); !o.Ask("a", now) {
			t.Error("a channel is forgotten for which somebody asks")
		}
	}
	if got := o.List(now); !slices.Equal(got, []string{"a"}) {
		t.Errorf("after five hours %q are kept, want the one that was asked for", got)
	}
	o.Take("a")
	if o.Ask("a", now) {
		t.Error("the desk is in the channel, and it counts as closed")
	}
}
