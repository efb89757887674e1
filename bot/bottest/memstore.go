package bottest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"casebot/desk"
)

// MemStore is a desk.Store in memory, for tests of rooms that may not import storage. It keeps all the
// promises of the two databases but durability, and passes the same suite (storage/storagetest). Rows are
// kept as JSON, so nobody can change a stored row through a pointer.
type MemStore struct {
	// Fail, when set, is asked before each commit, with its number from 1 on. An error takes the update
	// back, as a full disk does.
	Fail func(commit int) error

	one     sync.Mutex // One writer at a time.
	mu      sync.RWMutex
	now     *rows // What is committed; never changed, only replaced.
	commits int
}

// rows is everything stored. An update works on a copy and puts it in place as a whole.
type rows struct {
	cases, drafts, posts, actions map[string][]byte
	events                        map[string][]memEvent
	numbers                       map[string]int
	seen                          map[string]bool
	books, blobs                  map[string][]byte
	state                         map[string]map[string][]byte
	outbox                        []desk.Delivery
	keys                          map[string]bool
	leased                        map[string]lease // By lane.
}

type memEvent struct {
	desk.Event
	kind string
	raw  []byte
}

type lease struct {
	id    string
	until time.Time
}

// NewMemStore makes an empty store.
func NewMemStore() *MemStore {
	return &MemStore{now: &rows{cases: map[string][]byte{}, drafts: map[string][]byte{}, posts: map[string][]byte{}, actions: map[string][]byte{},
		events: map[string][]memEvent{}, numbers: map[string]int{}, seen: map[string]bool{}, books: map[string][]byte{}, blobs: map[string][]byte{},
		state: map[string]map[string][]byte{}, keys: map[string]bool{}, leased: map[string]lease{}}}
}

// clone copies what an update may change. Values are never changed in place, so they can be shared.
func (r *rows) clone() *rows {
	c := *r
	c.cases, c.drafts, c.posts, c.actions = maps.Clone(r.cases), maps.Clone(r.drafts), maps.Clone(r.posts), maps.Clone(r.actions)
	c.events, c.numbers, c.seen = maps.Clone(r.events), maps.Clone(r.numbers), maps.Clone(r.seen)
	c.books, c.blobs, c.keys, c.leased = maps.Clone(r.books), maps.Clone(r.blobs), maps.Clone(r.keys), maps.Clone(r.leased)
	c.state, c.outbox = maps.Clone(r.state), slices.Clone(r.outbox)
	return &c
}

// Update implements desk.Store.
func (s *MemStore) Update(ctx context.Context, f func(desk.Tx) error) error {
	s.one.Lock()
	defer s.one.Unlock()
	if ctx.Err() != nil {
		return tooLate(ctx.Err())
	}
	s.mu.RLock()
	tx := &memTx{memReader: memReader{s.now.clone()}}
	s.mu.RUnlock()
	err := f(tx)
	if err == nil {
		err = tx.failed
	}
	if err == nil && ctx.Err() != nil {
		err = tooLate(ctx.Err())
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commits++
	if s.Fail != nil {
		if err := s.Fail(s.commits); err != nil {
			return &desk.Error{Kind: desk.KindBusy, Say: "Nothing was saved. Try again in a moment.", Err: err}
		}
	}
	s.now = tx.rows
	return nil
}

// Commits says how many updates have been committed or refused by Fail.
func (s *MemStore) Commits() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.commits
}

// View implements desk.Store.
func (s *MemStore) View(ctx context.Context, f func(desk.Reader) error) error {
	if ctx.Err() != nil {
		return tooLate(ctx.Err())
	}
	s.mu.RLock()
	r := &memReader{s.now}
	s.mu.RUnlock()
	return f(r)
}

// Ready implements desk.Store.
func (s *MemStore) Ready(context.Context) error { return nil }

// Close implements desk.Store; what is stored stays, so that a test can start again on it.
func (s *MemStore) Close() error { return nil }

func tooLate(err error) error {
	return &desk.Error{Kind: desk.KindBusy, Say: "The desk did not get to this in time, so nothing was saved. Try again in a moment.", Err: err}
}

func missing(what string) error { return desk.Errf(desk.KindNotFound, "There is no such %s.", what) }

// memTx remembers the first failed write: an update part of which failed is not kept.
type memTx struct {
	memReader
	failed error
}

func (t *memTx) fail(err error) error {
	if err != nil && t.failed == nil {
		t.failed = err
	}
	return err
}

// put stores a row as JSON under a key.
func (t *memTx) put(in map[string][]byte, key string, v any) error {
	data, err := encode(v)
	if err == nil {
		err = goodKey(key)
	}
	if err == nil {
		in[key] = data
	}
	return t.fail(err)
}

// encode refuses bytes that are no text, which JSON would replace without a word.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), goodJSON(b.Bytes())
}

func goodJSON(data []byte) error {
	// The escape stands for a broken byte only when no other backslash stands before it.
	if strings.Contains(strings.ReplaceAll(string(data), `\\`, ""), `\ufffd`) {
		return desk.Errf(desk.KindInvalid, "The text holds characters that are not valid UTF-8, so nothing was saved. Send it again as plain text.")
	}
	return nil
}

func goodKey(key string) error {
	if strings.Contains(key, "\x00") || !utf8.ValidString(key) {
		return desk.Errf(desk.KindInvalid, "The text holds characters that are not valid UTF-8, so nothing was saved.")
	}
	return nil
}

// Seen implements desk.Tx.
func (t *memTx) Seen(key string, _ time.Time) (bool, error) {
	before := t.seen[key]
	t.seen[key] = true
	return before, nil
}

// NextNumber implements desk.Tx.
func (t *memTx) NextNumber(tenant string) (int, error) {
	t.numbers[tenant]++
	return 1000 + t.numbers[tenant], t.failed
}

// CaseForUpdate implements desk.Tx: there is one writer, so a read is a lock.
func (t *memTx) CaseForUpdate(id string) (*desk.Case, error) { return t.Case(id) }

// PutCase implements desk.Tx.
func (t *memTx) PutCase(c *desk.Case, prev int, events []desk.Event, notices []desk.Notice) error {
	hash, was := "", 0
	if old, err := t.Case(c.ID); err == nil {
		hash, was = old.LastHash, old.Seq
	}
	if was != prev {
		return t.fail(desk.Errf(desk.KindConflict, "Somebody else changed this at the same moment. Look again, then decide."))
	}
	all := slices.Clone(t.events[c.ID])
	for i, e := range events {
		raw, err := desk.EncodeBody(e.Body)
		if err == nil {
			err = goodJSON(raw)
		}
		if err != nil {
			return t.fail(err)
		}
		if e.Case != c.ID || e.Tenant != c.Tenant || e.Seq != prev+1+i || e.Prev != hash || !e.Sealed(raw) {
			return t.fail(fmt.Errorf("event %d of %s does not join the chain", e.Seq, c.ID))
		}
		hash = e.Hash
		all = append(all, memEvent{e, e.Body.Kind(), raw})
	}
	if c.Seq != prev+len(events) || c.LastHash != hash {
		return t.fail(errors.New("the events do not end where the snapshot does"))
	}
	if err := t.put(t.cases, c.ID, c); err != nil {
		return err
	}
	t.events[c.ID] = all
	for _, n := range notices {
		if err := t.PutNotice(n); err != nil {
			return err
		}
	}
	return nil
}

// PutPost and DeletePost implement desk.Tx, as does the rest of this file.
func (t *memTx) PutPost(p desk.Post) error { return t.put(t.posts, string(p.Ref), p) }

// DeletePost removes a post.
func (t *memTx) DeletePost(ref desk.Ref) error { delete(t.posts, string(ref)); return nil }

// PutDraft keeps a draft.
func (t *memTx) PutDraft(d desk.Draft) error { return t.put(t.drafts, d.ID, d) }

// DeleteDraft removes a draft.
func (t *memTx) DeleteDraft(id string) error { delete(t.drafts, id); return nil }

// PutAction keeps an action item.
func (t *memTx) PutAction(a desk.Action) error { return t.put(t.actions, a.ID, a) }

// PutHandbook keeps a version for ever.
func (t *memTx) PutHandbook(version string, source []byte, _ time.Time) error {
	if old, ok := t.books[version]; ok && !bytes.Equal(old, source) {
		return t.fail(desk.Errf(desk.KindConflict, "Handbook version %s is stored with another text.", version))
	}
	t.books[version] = bytes.Clone(source)
	return nil
}

// PutBlob keeps a file's bytes under their hash.
func (t *memTx) PutBlob(sum string, data []byte) error {
	if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
		return t.fail(errors.New("the file's bytes do not have that hash"))
	}
	t.blobs[sum] = bytes.Clone(data)
	return nil
}

// PutState keeps a value of a running part.
func (t *memTx) PutState(space, key string, value []byte) error {
	if err := goodKey(key); err != nil {
		return t.fail(err)
	}
	m := maps.Clone(t.state[space])
	if m == nil {
		m = map[string][]byte{}
	}
	m[key] = append([]byte{}, value...)
	t.state[space] = m
	return nil
}

// DeleteState removes a value.
func (t *memTx) DeleteState(space, key string) error {
	m := maps.Clone(t.state[space])
	delete(m, key)
	t.state[space] = m
	return nil
}

// DeleteStateIf removes a value that is still the one given.
func (t *memTx) DeleteStateIf(space, key string, value []byte) error {
	if now, ok := t.state[space][key]; !ok || !bytes.Equal(now, value) {
		return nil
	}
	return t.DeleteState(space, key)
}

var _ desk.Store = (*MemStore)(nil)
