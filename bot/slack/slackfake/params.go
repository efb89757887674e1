package slackfake

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// params are a call's arguments, whether they came as a form or as JSON.
type params map[string]any

// readParams decodes a call. Slack takes the query, form bodies and JSON bodies alike.
func readParams(r *http.Request) (params, error) {
	p := params{}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media == "application/json" {
		body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
		if err != nil {
			return nil, err
		}
		if len(body) > 0 {
			if err := json.Unmarshal(body, &p); err != nil {
				return nil, err
			}
		}
	} else if err := r.ParseMultipartForm(4 << 20); err != nil && err != http.ErrNotMultipart {
		return nil, err
	}
	form := r.Form
	if form == nil {
		form = r.URL.Query()
	}
	for k, v := range form {
		if len(v) > 0 {
			p[k] = v[0]
		}
	}
	return p, nil
}

// str is a parameter as text.
func (p params) str(key string) string {
	switch v := p[key].(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	default:
		b, _ := json.Marshal(v)
		return string(b)
	}
}

func (p params) yes(key string) bool { v := p.str(key); return v == "true" || v == "1" }

func (p params) num(key string, otherwise int) int {
	if n, err := strconv.Atoi(p.str(key)); err == nil {
		return n
	}
	return otherwise
}

// decoded is a parameter that is an object or a list; in a form it stands as JSON text.
func (p params) decoded(key string) (v any, ok bool) {
	text, isText := p[key].(string)
	if !isText {
		return p[key], p[key] != nil
	}
	if strings.TrimSpace(text) == "" {
		return nil, false
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, false
	}
	return v, true
}

// listOf is a list that Slack also takes as words with commas between them.
func (p params) listOf(key string) []string {
	if v, ok := p[key].([]any); ok {
		var out []string
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
		return out
	}
	var out []string
	for _, x := range strings.Split(p.str(key), ",") {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// both gives the parameters as text and decoded, for Calls. Tokens are left out.
func (p params) both() (url.Values, map[string]any) {
	form, decoded := url.Values{}, map[string]any{}
	for k, v := range p {
		if k == "token" {
			continue
		}
		form.Set(k, p.str(k))
		decoded[k] = v
		if text, ok := v.(string); ok && (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) {
			if v, ok := p.decoded(k); ok {
				decoded[k] = v
			}
		}
	}
	return form, decoded
}

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

// copied is a deep copy, so that what is handed out or sent never changes what is stored.
func copied(v map[string]any) map[string]any {
	b, _ := json.Marshal(v)
	var out map[string]any
	_ = json.Unmarshal(b, &out)
	return out
}
