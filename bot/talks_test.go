package bot

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"
)

// talkShelf is a store of one adapter that counts what is written.
type talkShelf struct {
	all    map[string][]byte
	writes int
}

func (s *talkShelf) Get(_ context.Context, key string) ([]byte, error) { return s.all[key], nil }

func (s *talkShelf) Put(_ context.Context, key string, value []byte) error {
	s.all[key] = value
	s.writes++
	return nil
}

// Conversations outlive a restart, each is written down once, and of very many the newest stay.
func TestTalksAreKept(t *testing.T) {
	s, ctx := &talkShelf{all: map[string][]byte{}}, t.Context()
	note := func(talks *Talks, channel string) {
		if err := talks.Note(ctx, s, "talks", channel); err != nil {
			t.Fatal(err)
		}
	}
	first := &Talks{}
	for range 3 {
		note(first, "D1")
		note(first, "D2")
	}
	if s.writes != 2 {
		t.Errorf("two conversations were written down %d times", s.writes)
	}
	again := &Talks{}
	if err := again.Forget(ctx, s, "talks", "D1"); err != nil {
		t.Fatal(err)
	}
	if all, err := (&Talks{}).All(ctx, s, "talks"); err != nil || !slices.Equal(all, []string{"D2"}) {
		t.Errorf("after a restart and a forgetting there are %q, %v", all, err)
	}
	for i := range mostTalks {
		note(again, fmt.Sprint("E", i))
	}
	if all, _ := again.All(ctx, s, "talks"); len(all) != mostTalks || slices.Contains(all, "D2") {
		t.Errorf("%d conversations are kept", len(all))
	}
}

// What the desk said soon after it last heard something answers what came before; what it said later, or since its
// start, does not.
func TestAnsweredBy(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ heard, started, want time.Time }{
		{noon, noon.Add(time.Hour), noon.Add(answerWithin)},
		{noon, noon.Add(time.Second), noon.Add(time.Second)},
		{noon, noon.Add(-time.Hour), noon.Add(-time.Hour)},
	} {
		if got := AnsweredBy(c.heard, c.started); !got.Equal(c.want) {
			t.Errorf("heard %v, started %v: %v, want %v", c.heard, c.started, got, c.want)
		}
	}
}
