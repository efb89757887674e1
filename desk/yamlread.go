package desk

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxYAML bounds a settings file, in bytes; a handbook is some twenty thousand.
const maxYAML = 1 << 20

// maxFindings is how many errors of one file are told at once.
const maxFindings = 10

// fromYAML is a type that reads itself from a scalar as it is written.
type fromYAML interface{ fromYAML(text string) error }

// ReadYAML reads a settings file strictly into v, a pointer to a struct: a key that is not known, a
// value of the wrong type, a doubled key or an alias is an error that names file and line, what was
// found and what was expected. Up to ten findings are told at once. Yaml tags name the keys; "-" hides
// a field.
func ReadYAML(name string, src []byte, v any) error {
	if len(src) > maxYAML {
		return fmt.Errorf("%s: the file has %d bytes; at most %d are read", name, len(src), maxYAML)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return fmt.Errorf("%s: this is not YAML: %v", name, err)
	}
	r := &yamlReader{name: name}
	if len(doc.Content) == 0 {
		return fmt.Errorf("%s:1: the file is empty", name)
	}
	r.read(doc.Content[0], reflect.ValueOf(v).Elem(), "the file")
	return r.err()
}

type yamlReader struct {
	name     string
	findings []error
}

// fault notes a finding at a line.
func (r *yamlReader) fault(n *yaml.Node, format string, args ...any) {
	if len(r.findings) < maxFindings {
		r.findings = append(r.findings, fmt.Errorf("%s:%d: %s", r.name, n.Line, fmt.Sprintf(format, args...)))
	}
}

func (r *yamlReader) err() error { return errors.Join(r.findings...) }

// read takes a node into a value; what names the place for messages.
func (r *yamlReader) read(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind == yaml.AliasNode {
		r.fault(n, "%s is an alias; write the value out", what)
		return
	}
	if c, ok := v.Addr().Interface().(fromYAML); ok {
		if n.Kind != yaml.ScalarNode {
			r.fault(n, "%s is %s; expected one value", what, nodeWord(n))
		} else if err := c.fromYAML(n.Value); err != nil {
			r.fault(n, "%s is %q; %v", what, clip(n.Value, 60), err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		r.readStruct(n, v, what)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			r.fault(n, "%s is %s; expected a list", what, nodeWord(n))
			return
		}
		for i, item := range n.Content {
			e := reflect.New(v.Type().Elem()).Elem()
			r.read(item, e, fmt.Sprintf("item %d of %s", i+1, what))
			v.Set(reflect.Append(v, e))
		}
	case reflect.Map:
		r.readMap(n, v, what)
	default:
		r.readScalar(n, v, what)
	}
}

func (r *yamlReader) readStruct(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s is %s; expected keys and values", what, nodeWord(n))
		return
	}
	var known []string
	field := map[string]int{}
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if key != "" && key != "-" {
			known, field[key] = append(known, key), i
		}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at, ok := field[key.Value]
		switch {
		case !ok:
			r.fault(key, "unknown key %q in %s; expected one of %s", clip(key.Value, 40), what, strings.Join(known, ", "))
		case seen[key.Value]:
			r.fault(key, "the key %q stands twice in %s", key.Value, what)
		default:
			r.read(value, v.Field(at), key.Value)
		}
		seen[key.Value] = true
	}
}

func (r *yamlReader) readMap(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s is %s; expected keys and values", what, nodeWord(n))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := reflect.New(v.Type().Key()).Elem()
		key.SetString(n.Content[i].Value)
		if v.MapIndex(key).IsValid() {
			r.fault(n.Content[i], "the key %q stands twice in %s", n.Content[i].Value, what)
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		r.read(n.Content[i+1], e, fmt.Sprintf("%s of %s", n.Content[i].Value, what))
		v.SetMapIndex(key, e)
	}
}

func (r *yamlReader) readScalar(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind != yaml.ScalarNode {
		r.fault(n, "%s is %s; expected one value", what, nodeWord(n))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if err != nil {
			r.fault(n, "%s is %q; expected a whole number", what, clip(n.Value, 40))
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		if !slices.Contains([]string{"true", "false"}, n.Value) {
			r.fault(n, "%s is %q; expected true or false", what, clip(n.Value, 40))
		}
		v.SetBool(n.Value == "true")
	default:
		r.fault(n, "%s cannot be set in a file", what)
	}
}

func nodeWord(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a set of keys"
	case yaml.SequenceNode:
		return "a list"
	}
	return fmt.Sprintf("%q", clip(n.Value, 40))
}
