package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxID is how long a custom_id may be. Everything that has to come back with a press or a form travels in
// one, so that buttons work after a restart; what does not fit is kept under a short key that is made of the
// content itself, before the message is sent.
const maxID = 100

// The kinds of custom_id. "do" is a button, "form" a modal, "pick" a choice in a message that asks questions,
// "send" the button of such a message that leads on.
const (
	doID   = "do"
	formID = "form"
	pickID = "pick"
	sendID = "send"
)

// keeper is the part of the platform's state that ids need. Get gives nil for a key that is not there.
type keeper interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte) error
}

// formMeta travels with a form unseen: what it is, and where it was asked for, so that the answer goes there.
type formMeta struct {
	Form    string            `json:"f"`
	Case    string            `json:"c,omitempty"`
	Draft   string            `json:"d,omitempty"`
	Home    string            `json:"o,omitempty"`
	Channel string            `json:"ch,omitempty"` // The channel, never a thread.
	Thread  string            `json:"th,omitempty"` // The desk's name of the thread's root.
	Hidden  map[string]string `json:"h,omitempty"`
	Rest    map[string]string `json:"r,omitempty"` // Of long answers, what the inputs do not hold.
	Page    map[string]int    `json:"p,omitempty"` // Of choices with many options, which part is shown,
	Several map[string]bool   `json:"s,omitempty"` // and that Hidden has what is chosen of several on the others.
	// Named are the values that typed names of options stand for.
	Named map[string]map[string]string `json:"n,omitempty"`
}

// used is a custom_id that came back, read.
type used struct {
	kind string
	line string   // Of a button: the command line.
	meta formMeta // Of the other kinds.
	key  string   // Of a pick: the question.
}

// errLost says that a custom_id leads to something that is not kept any more, or never was.
var errLost = errors.New("what this belongs to is not kept any more")

// lostWords is what the person is told then.
const lostWords = "This is too old to be used: what it belongs to is not kept any more. Type the command instead: /case show with the number of the case opens it again, and /case help lists every command."

// errForeign says that a custom_id is none of the desk's.
var errForeign = errors.New("no custom_id of the desk")

// buttonID makes the custom_id of a button that does a line. No two of a message may be the same, so n tells
// apart buttons that do the same; 0 is the first. What must be kept goes into keep.
func buttonID(line string, n int, keep map[string][]byte) string {
	return packed(doID, n, line, []byte(line), "", keep)
}

// metaID makes the custom_id of a modal, or of a part of a message that asks questions; key is the question.
func metaID(kind string, meta formMeta, key string, n int, keep map[string][]byte) string {
	raw, _ := json.Marshal(meta)
	tail := ""
	if kind == pickID {
		tail = ":" + key
	}
	short, ok := meta.short()
	if !ok {
		short = strings.Repeat("x", maxID)
	}
	return packed(kind, n, short, raw, tail, keep)
}

// packed writes "KIND|CONTENT" when that fits, else "KIND#KEY" with the content kept under the key. A number
// behind the kind tells equal ones apart.
func packed(kind string, n int, short string, whole []byte, tail string, keep map[string][]byte) string {
	if n > 0 {
		kind += strconv.Itoa(n)
	}
	if id := kind + "|" + short + tail; units(id) <= maxID && !strings.ContainsAny(short, "\n\r\x00") && strings.TrimSpace(short) == short && utf8.ValidString(short) {
		return id
	}
	key := contentKey(whole)
	keep["id/"+key] = whole
	return kind + "#" + key + tail
}

// contentKey is a short name of some content: the same content has the same name, after any restart.
func contentKey(content []byte) string {
	sum := sha256.Sum256(content)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// remember keeps what the ids of a message or a modal lead to, with the instant at which it was sent last. It must be
// done before either is sent.
func remember(ctx context.Context, s keeper, keep map[string][]byte, now time.Time) error {
	for _, key := range slices.Sorted(maps.Keys(keep)) {
		if err := s.Put(ctx, key, dated(keep[key], now)); err != nil {
			return fmt.Errorf("what a button or a form carries could not be kept: %w", err)
		}
	}
	return nil
}

// readID takes a custom_id apart that came back, looking up what was kept. The error is errForeign, errLost,
// or a failure of the store.
func readID(ctx context.Context, s keeper, id string) (used, error) {
	i := strings.IndexAny(id, "|#")
	if i < 0 || len(id) > 4*maxID {
		return used{}, errForeign
	}
	u := used{kind: strings.TrimRight(id[:i], "0123456789")}
	body := id[i+1:]
	switch u.kind {
	case doID, formID, sendID:
	case pickID:
		j := strings.LastIndexByte(body, ':')
		if j < 0 {
			return used{}, errForeign
		}
		body, u.key = body[:j], body[j+1:]
	default:
		return used{}, errForeign
	}
	if id[i] == '|' {
		if u.kind == doID {
			u.line = body
			return u, nil
		}
		var ok bool
		if u.meta, ok = longMeta(body); !ok {
			return used{}, errForeign
		}
		return u, nil
	}
	raw, err := s.Get(ctx, "id/"+body)
	_, raw, _ = undated(raw)
	switch {
	case err != nil:
		return used{}, err
	case raw == nil:
		return used{}, errLost
	case u.kind == doID:
		u.line = string(raw)
	case json.Unmarshal(raw, &u.meta) != nil:
		return used{}, errLost
	}
	return u, nil
}

// The characters that have a meaning in the short form of a formMeta.
var (
	metaEscape   = strings.NewReplacer("%", "%25", "|", "%7C", ":", "%3A", "=", "%3D", "#", "%23")
	metaUnescape = strings.NewReplacer("%25", "%", "%7C", "|", "%3A", ":", "%3D", "=", "%23", "#")
)

// short writes what a form carries in one line; false when it carries more than that form has room for. What
// is carried unseen stands behind, "key=value".
func (m formMeta) short() (string, bool) {
	if len(m.Rest)+len(m.Page)+len(m.Several)+len(m.Named) > 0 {
		return "", false
	}
	out := []string{m.Form, m.Case, m.Draft, m.Home, m.Channel, m.Thread}
	for i := range out {
		out[i] = metaEscape.Replace(out[i])
	}
	for _, k := range slices.Sorted(maps.Keys(m.Hidden)) {
		out = append(out, metaEscape.Replace(k)+"="+metaEscape.Replace(m.Hidden[k]))
	}
	return strings.Join(out, "|"), true
}

// longMeta reads what short wrote.
func longMeta(s string) (formMeta, bool) {
	parts := strings.Split(s, "|")
	if len(parts) < 6 {
		return formMeta{}, false
	}
	for i, p := range parts[:6] {
		parts[i] = metaUnescape.Replace(p)
	}
	m := formMeta{Form: parts[0], Case: parts[1], Draft: parts[2], Home: parts[3], Channel: parts[4], Thread: parts[5]}
	for _, p := range parts[6:] {
		k, v, ok := strings.Cut(p, "=")
		if !ok {
			return formMeta{}, false
		}
		if m.Hidden == nil {
			m.Hidden = map[string]string{}
		}
		m.Hidden[metaUnescape.Replace(k)] = metaUnescape.Replace(v)
	}
	return m, m.Form != ""
}
