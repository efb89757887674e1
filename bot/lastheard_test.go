package bot

import (
	"strconv"
	"testing"
	"time"
)

func TestUpToWhenAChannelWasHeard(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 17, 10, minute, 0, 0, time.UTC) }
	var l LastHeard
	want := func(what, channel string, when time.Time) {
		t.Helper()
		if got := l.Until(channel); !got.Equal(when) {
			t.Errorf("%s: heard up to %s, want %s", what, got, when)
		}
	}
	want("nothing was heard", "one", time.Time{})
	l.In(at(1), "one")
	want("an event", "one", at(1))
	want("an event in another channel", "two", time.Time{})
	l.Whole(at(2))
	want("everything was read back later", "one", at(2))
	want("everything was read back", "two", at(2))
	l.In(at(3), "one", "two")
	want("an event in a thread is one in its channel", "two", at(3))
	for i := range mostHeard {
		l.In(at(4), strconv.Itoa(i))
	}
	want("forgotten among many", "one", at(2))
}
