package discordfake

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// The helpers below walk decoded JSON; what is not there or of another type is the zero value.

func at(v any, path ...string) any {
	for _, k := range path {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

func str(v any, path ...string) string { s, _ := at(v, path...).(string); return s }

func yes(v any, path ...string) bool { b, _ := at(v, path...).(bool); return b }

// num is a whole number; numbers of our own making are ints, decoded ones floats.
func num(v any, path ...string) int {
	switch n := at(v, path...).(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// idOf is a snowflake, which Discord takes as text and as a number.
func idOf(v any) string {
	switch n := v.(type) {
	case string:
		return n
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return ""
}

func obj(v any, path ...string) map[string]any { m, _ := at(v, path...).(map[string]any); return m }

func items(v any, path ...string) []any { l, _ := at(v, path...).([]any); return l }

// objects is a list of objects; other elements are left out.
func objects(v any, path ...string) []map[string]any {
	var out []map[string]any
	for _, x := range items(v, path...) {
		if m, ok := x.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// texts is a list of ids.
func texts(v any, path ...string) []string {
	var out []string
	for _, x := range items(v, path...) {
		out = append(out, idOf(x))
	}
	return out
}

// copied is a deep copy by way of JSON, so that what is handed out never changes what is stored.
func copied[T any](v T) T {
	b, _ := json.Marshal(v)
	var out T
	_ = json.Unmarshal(b, &out)
	return out
}

// list makes an empty list of none, where null would be JSON that Discord never sends.
func list[T any](in []T) []any {
	out := []any{}
	for _, x := range in {
		out = append(out, x)
	}
	return out
}

// orNull is an id that may be missing.
func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// stamp writes a time as Discord does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

// epoch is the beginning of Discord's time, 1 January 2015, in milliseconds.
const epoch = 1420070400000

// newID makes a snowflake: milliseconds since the epoch and a number. Ids rise strictly even when the clock
// stands still or steps back.
func (s *Server) newID() string {
	s.lastID = max((s.clock.Now().UnixMilli()-epoch)<<22, s.lastID+1)
	return strconv.FormatInt(s.lastID, 10)
}

// older compares snowflakes by their number.
func older(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

func isSnowflake(id string) bool {
	return id != "" && len(id) <= 20 && strings.Trim(id, "0123456789") == ""
}
