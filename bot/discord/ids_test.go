package discord

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// memory is a state that outlives the adapter's restarts in a test.
type memory struct {
	mu  sync.Mutex
	all map[string][]byte
}

func (m *memory) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[key], nil
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[string][]byte{}
	}
	m.all[key] = append([]byte(nil), value...)
	return nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, key)
	return nil
}

// Whatever a button does and a form carries comes back whole, whether it fits into an id or is kept.
func TestIDsAreReadBack(t *testing.T) {
	for _, line := range []string{"ack NW-1042", "note NW-1 " + strings.Repeat("語", 300), " blanks ", "two\nlines", "a|b#c:d%25", "x"} {
		keep, state := map[string][]byte{}, &memory{}
		id := buttonID(line, 2, keep)
		if len(keep) > 0 {
			if _, err := readID(t.Context(), state, id); !errors.Is(err, errLost) {
				t.Errorf("%q is read before it is kept: %v", line, err)
			}
		}
		if err := remember(t.Context(), state, keep, time.Now()); err != nil {
			t.Fatal(err)
		}
		if got, err := readID(t.Context(), state, id); err != nil || got.kind != doID || got.line != line || units(id) > maxID {
			t.Errorf("%q became %q and is read as %+v, %v", line, id, got, err)
		}
	}
	for _, meta := range []formMeta{{Form: "page/1/new", Home: "nwd", Channel: casesID, Thread: "nwd:" + casesID + "/" + danaID}, {Form: "ack", Case: "NW-1", Hidden: map[string]string{"a=b": "c|d:%", "from": ""}},
		{Form: "new", Draft: strings.Repeat("d", 90)}, {Form: "new", Rest: map[string]string{"steps": "more"}}, {Form: "new", Page: map[string]int{"customer": 2}}} {
		for _, kind := range []string{formID, pickID, sendID} {
			keep, state := map[string][]byte{}, &memory{}
			id := metaID(kind, meta, "severity", 0, keep)
			if err := remember(t.Context(), state, keep, time.Now()); err != nil {
				t.Fatal(err)
			}
			got, err := readID(t.Context(), state, id)
			if err != nil || got.kind != kind || !reflect.DeepEqual(got.meta, meta) || kind == pickID && got.key != "severity" || units(id) > maxID {
				t.Errorf("%+v became %q and is read as %+v, %v", meta, id, got, err)
			}
		}
	}
	for _, foreign := range []string{"", "x", "do", "other|x", "pick|a|b|c|d|e|f", "form|a|b", "form||||||", "pick#abc", "|", "#"} {
		if got, err := readID(t.Context(), &memory{}, foreign); !errors.Is(err, errForeign) {
			t.Errorf("%q is read as %+v, %v", foreign, got, err)
		}
	}
}

func FuzzReadID(f *testing.F) {
	for _, s := range []string{"do|ack", "form|a|b|c|d|e|f|k=v", "pick|new|||||:severity", "do#abc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		u, err := readID(t.Context(), &memory{}, id)
		if err != nil {
			return
		}
		if u.kind != doID {
			keep := map[string][]byte{}
			again, err := readID(t.Context(), &memory{}, metaID(u.kind, u.meta, u.key, 0, keep))
			if len(keep) == 0 && (err != nil || !reflect.DeepEqual(again, u)) {
				t.Errorf("%q is read as %+v and then as %+v, %v", id, u, again, err)
			}
		}
	})
}
