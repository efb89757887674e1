package bot

import (
	"context"
	"errors"
	"testing"
	"time"
)

// notes is an adapter's store.
type notes struct {
	all  map[string][]byte
	fail error
}

func (n *notes) Get(_ context.Context, key string) ([]byte, error) { return n.all[key], n.fail }

func (n *notes) Put(_ context.Context, key string, value []byte) error {
	if n.fail == nil {
		n.all[key] = value
	}
	return n.fail
}

// The first mark of a key counts until it is put anew, in any zone; one that can't be understood is none, and a store
// that does not answer takes nothing away.
func TestTheFirstMarkCounts(t *testing.T) {
	n, ctx := &notes{all: map[string][]byte{}}, t.Context()
	first := time.Date(2026, 3, 2, 9, 0, 0, 5, time.FixedZone("", 3600))
	if _, known, err := Mark(ctx, n, "a"); known || err != nil {
		t.Errorf("before there is one: %v, %v", known, err)
	}
	for _, at := range []time.Time{first, first.Add(time.Hour)} {
		if got, err := FirstMark(ctx, n, "a", at); !got.Equal(first) || err != nil {
			t.Errorf("the mark that counts is %s, %v", got, err)
		}
	}
	if err := PutMark(ctx, n, "a", first.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got, known, err := Mark(ctx, n, "a"); !got.Equal(first.Add(time.Minute)) || !known || err != nil {
		t.Errorf("put anew it is %s, %v, %v", got, known, err)
	}
	n.all["b"] = []byte("yesterday")
	if got, err := FirstMark(ctx, n, "b", first); !got.Equal(first) || err != nil || string(n.all["b"]) == "yesterday" {
		t.Errorf("in place of what nobody understands it is %s, %v", got, err)
	}
	n.fail = errors.New("the store is away")
	if got, err := FirstMark(ctx, n, "a", first.Add(time.Hour)); !got.Equal(first.Add(time.Hour)) || err == nil {
		t.Errorf("without a store it is %s, %v", got, err)
	}
}
