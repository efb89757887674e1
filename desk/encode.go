package desk

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
)

// What every filing stores is encoded by hand, because reflection took a good part of a filing's processor
// time. The bytes are those of encoding/json without HTML escaping, to the last one: they are hashed into
// the chain and compared by the audit. encode_test.go fills every field and holds the two against each
// other, so that a new field without its line here is named.

// ErrNotUTF8 says that a text of a value is not valid UTF-8, so that JSON cannot keep it without loss.
var ErrNotUTF8 = errors.New("text is not valid UTF-8")

// EncodeCase gives the JSON of a case's snapshot. It is ErrNotUTF8 when a text would not be kept as typed, and
// another error when a time is outside the years 0 to 9999.
func EncodeCase(c *Case) (string, error) {
	w := newJSON()
	defer w.free()
	w.snapshot(c)
	return w.lossless()
}

// EncodeNotice gives the JSON of a notice. Errors are those of EncodeCase.
func EncodeNotice(n *Notice) (string, error) {
	w := newJSON()
	defer w.free()
	w.notice(n)
	return w.lossless()
}

// EncodeBody gives the JSON of a body, without HTML escaping: a person's text stays as typed. A byte that is
// no UTF-8 becomes the escape \ufffd, which whoever stores the body refuses. It is an error when a time is
// outside the years 0 to 9999.
func EncodeBody(b Body) ([]byte, error) {
	w := newJSON()
	defer w.free()
	if !w.body(b) {
		w.reflected(b)
	}
	if w.err != nil {
		return nil, w.err
	}
	return slices.Clone(w.buf), nil
}

// jsonWriter appends JSON. Every member ends with a comma; the end of an object or a list takes the last one
// back. The first error stays, and the rest is then written for nothing.
type jsonWriter struct {
	buf    []byte
	broken bool // A text held a byte that is no UTF-8.
	err    error
}

// writers keeps the buffers: a new one grows half a dozen times for a snapshot.
var writers = sync.Pool{New: func() any { return new(jsonWriter) }}

func newJSON() *jsonWriter {
	w := writers.Get().(*jsonWriter)
	w.buf, w.broken, w.err = w.buf[:0], false, nil
	return w
}

// free gives the buffer back. What was written must have been copied by then.
func (w *jsonWriter) free() { writers.Put(w) }

// lossless gives what was written, unless it differs from what was typed.
func (w *jsonWriter) lossless() (string, error) {
	switch {
	case w.err != nil:
		return "", w.err
	case w.broken:
		return "", ErrNotUTF8
	}
	return string(w.buf), nil
}

// Write makes a jsonWriter the target of a json.Encoder.
func (w *jsonWriter) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// reflected writes a value that has no form by hand.
func (w *jsonWriter) reflected(v any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if w.err = enc.Encode(v); w.err == nil {
		w.buf = w.buf[:len(w.buf)-1] // The encoder ends with a line break.
	}
}
