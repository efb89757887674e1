package desk

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// open begins an object or a list; shut ends it.
func (w *jsonWriter) open(bracket byte) { w.buf = append(w.buf, bracket) }

func (w *jsonWriter) shut(bracket byte) {
	if end := len(w.buf) - 1; w.buf[end] == ',' {
		w.buf[end] = bracket
	} else {
		w.buf = append(w.buf, bracket)
	}
}

func (w *jsonWriter) comma() { w.buf = append(w.buf, ',') }

// key begins a member. Keys are names of fields and need no escape.
func (w *jsonWriter) key(key string) {
	w.buf = append(append(append(w.buf, '"'), key...), '"', ':')
}

// The members. Those whose name begins with opt are left out when there is nothing to say.

func (w *jsonWriter) text(key, s string) {
	w.key(key)
	w.quote(s)
	w.comma()
}

func (w *jsonWriter) optText(key, s string) {
	if s != "" {
		w.text(key, s)
	}
}

func (w *jsonWriter) num(key string, n int64) {
	w.key(key)
	w.buf = append(strconv.AppendInt(w.buf, n, 10), ',')
}

func (w *jsonWriter) optNum(key string, n int64) {
	if n != 0 {
		w.num(key, n)
	}
}

func (w *jsonWriter) yes(key string, yes bool) {
	w.key(key)
	w.buf = append(strconv.AppendBool(w.buf, yes), ',')
}

func (w *jsonWriter) optYes(key string, yes bool) {
	if yes {
		w.yes(key, true)
	}
}

func (w *jsonWriter) time(key string, t time.Time) {
	w.key(key)
	w.instant(t)
	w.comma()
}

func (w *jsonWriter) optTime(key string, t time.Time) {
	if !t.IsZero() {
		w.time(key, t)
	}
}

// instant writes a time in RFC 3339 with the fraction it has. Years and zones that the form does not have
// are an error.
func (w *jsonWriter) instant(t time.Time) {
	var err error
	w.buf = append(w.buf, '"')
	if w.buf, err = t.AppendText(w.buf); err != nil && w.err == nil {
		w.err = fmt.Errorf("encode a time: %w", err)
	}
	w.buf = append(w.buf, '"')
}

// list writes a list whose items are written by each; nil is null.
func list[T any](w *jsonWriter, key string, items []T, each func(*jsonWriter, *T)) {
	w.key(key)
	if items == nil {
		w.buf = append(w.buf, "null,"...)
		return
	}
	w.open('[')
	for i := range items {
		each(w, &items[i])
		w.comma()
	}
	w.shut(']')
	w.comma()
}

func optList[T any](w *jsonWriter, key string, items []T, each func(*jsonWriter, *T)) {
	if len(items) > 0 {
		list(w, key, items, each)
	}
}

// What a list may hold besides objects.
func eachText[S ~string](w *jsonWriter, s *S) { w.quote(string(*s)) }
func eachNum(w *jsonWriter, n *int)           { w.buf = strconv.AppendInt(w.buf, int64(*n), 10) }
func eachTime(w *jsonWriter, t *time.Time)    { w.instant(*t) }

// texts writes a map in the order of its keys; nil is null.
func texts[K ~string](w *jsonWriter, key string, m map[K]string) {
	w.key(key)
	if m == nil {
		w.buf = append(w.buf, "null,"...)
		return
	}
	var few [16]K // Enough for the fields of a case, so that sorting them takes no memory.
	keys := few[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	w.open('{')
	for _, k := range keys {
		w.quote(string(k))
		w.buf = append(w.buf, ':')
		w.quote(m[k])
		w.comma()
	}
	w.shut('}')
	w.comma()
}

func optTexts[K ~string](w *jsonWriter, key string, m map[K]string) {
	if len(m) > 0 {
		texts(w, key, m)
	}
}

// quote writes a text in quotes. What needs no escape between two that do is taken over in one go, which is
// all of it as a rule.
func (w *jsonWriter) quote(s string) {
	b := append(w.buf, '"')
	done := 0
	for i := 0; i < len(s); {
		if asIs[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		broken := r == utf8.RuneError && size == 1 // A U+FFFD that was typed is three bytes.
		if r >= utf8.RuneSelf && r != '\u2028' && r != '\u2029' && !broken {
			i += size
			continue
		}
		b = append(b, s[done:i]...)
		b = appendEscape(b, r)
		w.broken = w.broken || broken
		i += size
		done = i
	}
	w.buf = append(append(b, s[done:]...), '"')
}

// asIs holds the bytes that stand for themselves: ASCII without the controls, the quote and the backslash.
var asIs = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// appendEscape writes one character as an escape. The line and paragraph separators are escaped because
// JavaScript once took them for the end of a line.
func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
