package bot

import (
	"context"
	"time"
)

// A mark is an instant that an adapter keeps over restarts: up to when it heard a workspace, a guild, a channel.

// Keeper is what is needed of an adapter's store to keep small named values.
type Keeper interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte) error
}

// Mark reads an instant that is kept. One that can't be understood is none.
func Mark(ctx context.Context, in Keeper, key string) (at time.Time, known bool, err error) {
	raw, err := in.Get(ctx, key)
	if err != nil || len(raw) == 0 {
		return time.Time{}, false, err
	}
	at, bad := time.Parse(time.RFC3339Nano, string(raw))
	return at, bad == nil, nil
}

// PutMark keeps an instant in place of the one before.
func PutMark(ctx context.Context, in Keeper, key string, at time.Time) error {
	return in.Put(ctx, key, []byte(at.UTC().Format(time.RFC3339Nano)))
}

// FirstMark keeps an instant unless there is one already, and gives the one that counts: also where it could not be read
// or kept.
func FirstMark(ctx context.Context, in Keeper, key string, at time.Time) (time.Time, error) {
	first, known, err := Mark(ctx, in, key)
	switch {
	case err != nil:
		return at, err
	case known:
		return first, nil
	}
	return at, PutMark(ctx, in, key, at)
}
