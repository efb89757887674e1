package bot

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// Talks are the direct conversations of one bot, kept under a key of an adapter's store, so that what people wrote there
// while the desk was away can be read back. The platforms list them to nobody, or ask another right for it.
type Talks struct {
	mu  sync.Mutex
	all []string // Channels, the one that was noted last at the end.
	got bool     // They have been read from the store.
}

// answerWithin is how soon the desk has answered what it heard.
const answerWithin = 10 * time.Second

// AnsweredBy is up to when what the desk said in a conversation answers what was written before it: just after it heard
// something for the last time, and before it was started anew. What it said later are notices, which answer nothing.
func AnsweredBy(heard, started time.Time) time.Time {
	if at := heard.Add(answerWithin); at.Before(started) {
		return at
	}
	return started
}

// mostTalks is how many are kept. Each is one call after a downtime.
const mostTalks = 2000

// All gives the conversations there are.
func (t *Talks) All(ctx context.Context, in Keeper, key string) ([]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	err := t.read(ctx, in, key)
	return slices.Clone(t.all), err
}

// Note keeps a conversation. One that is known already costs nothing.
func (t *Talks) Note(ctx context.Context, in Keeper, key, channel string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.read(ctx, in, key); err != nil || slices.Contains(t.all, channel) {
		return err
	}
	all := append(slices.Clone(t.all), channel)
	return t.write(ctx, in, key, all[max(0, len(all)-mostTalks):])
}

// Forget takes out a conversation that is no more.
func (t *Talks) Forget(ctx context.Context, in Keeper, key, channel string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.read(ctx, in, key); err != nil || !slices.Contains(t.all, channel) {
		return err
	}
	return t.write(ctx, in, key, slices.DeleteFunc(slices.Clone(t.all), func(c string) bool { return c == channel }))
}

// read fetches what is kept, once.
func (t *Talks) read(ctx context.Context, in Keeper, key string) error {
	if t.got {
		return nil
	}
	raw, err := in.Get(ctx, key)
	if err != nil {
		return err
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &t.all); err != nil {
			return err
		}
	}
	t.got = true
	return nil
}

func (t *Talks) write(ctx context.Context, in Keeper, key string, all []string) error {
	raw, err := json.Marshal(all)
	if err == nil {
		err = in.Put(ctx, key, raw)
	}
	if err == nil {
		t.all = all
	}
	return err
}
