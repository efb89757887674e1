package desk

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

var nodeType = reflect.TypeFor[yaml.Node]()

// decode takes a YAML tree into a pointer. Problems are recorded and the rest is read all the same.
func (f *YAMLFile) decode(n *yaml.Node, into any) { f.value(n, reflect.ValueOf(into).Elem(), "") }

// value reads one node into one Go value.
func (f *YAMLFile) value(n *yaml.Node, v reflect.Value, path string) {
	if path != "" && f.lines[path] == 0 {
		f.lines[path] = n.Line
	}
	if v.Type() == nodeType {
		v.Set(reflect.ValueOf(*n))
		return
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		f.cannot(n.Line, path, "nothing is written here", "write "+wanted(v.Type())+", or leave the key out")
		return
	}
	if t, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if n.Kind != yaml.ScalarNode {
			f.mistyped(n, v.Type(), path)
			return
		}
		if err := t.UnmarshalText([]byte(n.Value)); err != nil {
			m := mismatch{fmt.Sprintf("%q can't be read", clip(n.Value, 40)), err.Error()}
			errors.As(err, &m)
			f.cannot(n.Line, path, m.found, m.expected)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		f.fields(n, v, path)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			f.mistyped(n, v.Type(), path)
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, c := range n.Content {
			f.value(c, v.Index(i), path+"["+strconv.Itoa(i)+"]")
		}
	case reflect.Map:
		f.entries(n, v, path)
	default:
		f.scalar(n, v, path)
	}
}

// fields reads a mapping into a struct: every key must be known and written once.
func (f *YAMLFile) fields(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		f.mistyped(n, v.Type(), path)
		return
	}
	index := map[string]int{}
	var names []string
	for i := range v.NumField() {
		if key := v.Type().Field(i).Tag.Get("yaml"); key != "" && key != "-" {
			index[key] = i
			names = append(names, key)
		}
	}
	f.pairs(n, path, func(key, val *yaml.Node) {
		i, ok := index[key.Value]
		if !ok {
			expected := "expected one of: " + strings.Join(names, ", ")
			if like := nearest(key.Value, names); like != "" {
				expected = fmt.Sprintf("did you mean %q", like)
			}
			f.at(key.Line, fmt.Sprintf("unknown key %q%s", clip(key.Value, 40), under(path)), expected)
			return
		}
		p := key.Value
		if path != "" {
			p = path + "." + key.Value
		}
		f.lines[p] = key.Line
		f.value(val, v.Field(i), p)
	})
}

// entries reads a mapping whose keys are free, such as the reactions.
func (f *YAMLFile) entries(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		f.mistyped(n, v.Type(), path)
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	f.pairs(n, path, func(key, val *yaml.Node) {
		p := path + "." + key.Value
		f.lines[p] = key.Line
		e := reflect.New(v.Type().Elem()).Elem()
		f.value(val, e, p)
		v.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), e)
	})
}

// pairs calls each for the pairs of a mapping and refuses a key written twice: the library would
// silently keep one of the two.
func (f *YAMLFile) pairs(n *yaml.Node, path string, each func(key, val *yaml.Node)) {
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if line := first[key.Value]; line > 0 {
			f.at(key.Line, fmt.Sprintf("key %q%s is written twice, first on line %d", clip(key.Value, 40), under(path), line), "keep one of them")
			continue
		}
		first[key.Value] = key.Line
		each(key, n.Content[i+1])
	}
}

// scalar reads a text, a number or a yes/no.
func (f *YAMLFile) scalar(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		f.mistyped(n, v.Type(), path)
		return
	}
	tag := n.ShortTag()
	switch v.Kind() {
	case reflect.String:
		// A number or a date in a place for text means just its characters; true and false don't, they
		// are nearly always a key misunderstood.
		if tag == "!!bool" {
			f.mistyped(n, v.Type(), path)
			return
		}
		v.SetString(n.Value)
	case reflect.Bool:
		if tag != "!!bool" {
			f.mistyped(n, v.Type(), path)
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, 32)
		if tag != "!!int" || err != nil {
			f.mistyped(n, v.Type(), path)
			return
		}
		v.SetInt(i)
	default:
		f.cannot(n.Line, path, "a value that can't be read", "ask for support of "+v.Type().String())
	}
}

// mistyped records that a value is of another type than its key wants.
func (f *YAMLFile) mistyped(n *yaml.Node, t reflect.Type, path string) {
	found := fmt.Sprintf("%q", clip(n.Value, 40))
	switch n.Kind {
	case yaml.MappingNode:
		found = "a group of keys"
	case yaml.SequenceNode:
		found = "a list"
	}
	f.cannot(n.Line, path, found+" stands here", "write "+wanted(t))
}

// wanted says what a Go type looks like in YAML.
func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[Span]():
		return `a length of time, such as "4 business hours"`
	case t == reflect.TypeFor[Range]():
		return `a target, such as "30 minutes to 60 minutes"`
	case t == reflect.TypeFor[Severity]():
		return "a severity: 1, 2, 3 or 4"
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return `a group of "key: value" lines`
	case reflect.Slice:
		return `a list, each entry on a line of its own after "- "`
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}
	return "a text (in quotes if it is true or false)"
}

func inKey(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}

func under(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// nearest finds the known word that a misspelt one most likely is: at most two letters off.
func nearest(word string, known []string) string {
	best, at := 3, ""
	for _, k := range known {
		if d := editDistance(strings.ToLower(clip(word, 40)), k); d < best && d < len(k) {
			best, at = d, k
		}
	}
	return at
}

// editDistance counts the insertions, deletions and replacements between two words (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = min(diagonal, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
