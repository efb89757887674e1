package desk

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Problem is one thing that is wrong in a file people write: where, what was found there, and what to
// write instead.
type Problem struct {
	File     string
	Line     int // From 1; 0 when it concerns the whole file.
	Found    string
	Expected string
}

func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return where + ": " + p.Found + "; " + p.Expected
}

// maxProblems is how many problems one reading names. More are counted, not listed: after ten mended
// lines the rest often reads differently.
const maxProblems = 10

// Problems are all that is wrong in one file, in the order of its lines. It is the error of
// ParseHandbook and of every other file that ReadYAML reads.
type Problems struct {
	List []Problem // At most ten.
	More int       // How many are not listed.
}

// Error gives one problem a line.
func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.List)+1)
	for _, x := range p.List {
		lines = append(lines, x.String())
	}
	if p.More > 0 {
		lines = append(lines, fmt.Sprintf("%s: %d more; mend these first", p.List[0].File, p.More))
	}
	return strings.Join(lines, "\n")
}

// Bounds of a file. The largest real handbook is some 30 kB and six levels deep; a file beyond these
// is an accident or an attack, and is refused before it costs anything.
const (
	maxYAMLBytes = 512 << 10
	maxYAMLDepth = 16
	maxYAMLNodes = 50_000
)

// YAMLFile is a YAML file that has been read strictly into a value, with the line of each of its
// parts, so that whoever checks the meaning can still name the place. Paths look like
// "severities[0].tier2_response".
type YAMLFile struct {
	name     string
	root     *yaml.Node
	lines    map[string]int
	problems []Problem
	unread   []string // Paths of parts that are written but could not be read.
}

// ReadYAML reads src into a pointer to a struct. It is strict where the YAML library is lenient: an
// unknown or doubled key, a value of another type, an anchor, an alias, a tag of its own and a second
// document are all refused, with the line. It goes on after a problem, so that one reading names
// several. The struct's yaml tags are the file's keys; types may read themselves by
// encoding.TextUnmarshaler; a yaml.Node is kept as it is for later.
func ReadYAML(name string, src []byte, into any) *YAMLFile {
	f := &YAMLFile{name: name, lines: map[string]int{}}
	if len(src) > maxYAMLBytes {
		f.at(0, fmt.Sprintf("the file has %d bytes", len(src)), fmt.Sprintf("write at most %d kB", maxYAMLBytes>>10))
		return f
	}
	var doc yaml.Node
	if err := yaml.Load(src, &doc); err != nil {
		f.syntax(err)
		return f
	}
	if len(doc.Content) == 0 {
		f.at(0, "the file is empty", "write the keys of the example file")
		return f
	}
	f.root = doc.Content[0]
	count := 0
	if f.inspect(f.root, 0, &count) {
		f.decode(f.root, into)
	}
	return f
}

// syntax turns the library's error into a problem of ours: its line, and its words made a sentence.
func (f *YAMLFile) syntax(err error) {
	line, found := 0, err.Error()
	var le *yaml.LoadError
	if errors.As(err, &le) {
		line, found = le.Mark.Line, le.Message
		if le.ContextMsg != "" {
			found = le.ContextMsg + ": " + found
		}
		if line == 0 {
			line = le.ContextMark.Line
		}
	}
	expected := "write valid YAML; check the indentation, the colons and the quotes here and on the line before"
	switch {
	case strings.Contains(found, "no documents"):
		found, expected = "the file is empty", "write the keys of the example file"
	case strings.Contains(found, "multiple"):
		found, expected = `the file holds several documents, separated by "---"`, "keep only one"
	case strings.Contains(found, "cannot start any token"):
		expected = "indent with spaces, not tabs, and put quotes around a text that starts with @, %, ` or a quote"
	case strings.Contains(found, "mapping values are not allowed"):
		found, expected = "a second colon stands on this line", "put quotes around a text that holds a colon"
	case strings.Contains(found, "unknown anchor"):
		expected = "write the value out; aliases are not followed"
	case strings.Contains(found, "max depth"):
		found, expected = "the file is nested too deep", fmt.Sprintf("nest at most %d levels", maxYAMLDepth)
	}
	f.at(line, strings.TrimPrefix(found, "yaml: "), expected)
}

// inspect refuses what no file of ours needs and what makes a small file expand without bound.
// It says false when the tree can't be walked safely any further.
func (f *YAMLFile) inspect(n *yaml.Node, depth int, count *int) bool {
	*count++
	switch {
	case depth > maxYAMLDepth:
		f.at(n.Line, "the file is nested too deep", fmt.Sprintf("nest at most %d levels", maxYAMLDepth))
		return false
	case *count > maxYAMLNodes:
		f.at(n.Line, "the file has too many values", fmt.Sprintf("write at most %d", maxYAMLNodes))
		return false
	case n.Kind == yaml.AliasNode:
		f.at(n.Line, fmt.Sprintf("an alias (*%s) stands here", clip(n.Value, 30)), "write the value out; aliases are not followed")
		return false
	case n.Anchor != "":
		f.at(n.Line, fmt.Sprintf("an anchor (&%s) stands here", clip(n.Anchor, 30)), "leave it out; aliases are not followed")
		return false
	case n.Kind == yaml.ScalarNode && !strings.HasPrefix(n.ShortTag(), "!!") || n.ShortTag() == "!!binary":
		f.at(n.Line, fmt.Sprintf("a tag (%s) stands here", clip(n.Tag, 30)), "leave it out")
		return false
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && (c.Kind != yaml.ScalarNode || c.ShortTag() == "!!merge") {
			f.at(c.Line, "a key that is not a plain word stands here", `write "key: value"; put quotes around a text that holds { or [`)
			return false
		}
		if !f.inspect(c, depth+1, count) {
			return false
		}
	}
	return true
}

// at records a problem of a line.
func (f *YAMLFile) at(line int, found, expected string) {
	f.problems = append(f.problems, Problem{File: f.name, Line: line, Found: found, Expected: expected})
}

// Bad records a problem of a part of the file. A part that is not written is placed at the nearest
// part around it that is. A part that could not be read has its problem already and gets no second.
func (f *YAMLFile) Bad(path, found, expected string) {
	if !slices.Contains(f.unread, path) {
		f.at(f.Line(path), found, expected)
	}
}

// cannot records a problem of a part that stays unread.
func (f *YAMLFile) cannot(line int, path, found, expected string) {
	f.unread = append(f.unread, path)
	f.at(line, inKey(path)+found, expected)
}

// Has says whether the file writes a part: how a default is told from a value that equals zero.
func (f *YAMLFile) Has(path string) bool { return f.lines[path] > 0 }

// Line gives the line of a part, or of the nearest part around it that is written.
func (f *YAMLFile) Line(path string) int {
	for path != "" {
		if n := f.lines[path]; n > 0 {
			return n
		}
		path = path[:max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['), 0)]
	}
	if f.root != nil {
		return f.root.Line
	}
	return 0
}

// Decode reads a part that was kept as a yaml.Node into a value, as strictly as ReadYAML reads a file.
// path is where it stands; problems are added to the file's.
func (f *YAMLFile) Decode(path string, n yaml.Node, into any) {
	f.value(&n, reflect.ValueOf(into).Elem(), path)
}

// Texts calls see for every text of the file with its line.
func (f *YAMLFile) Texts(see func(line int, text string)) {
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			see(n.Line, n.Value)
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	// A tree that was refused is not walked: it may be the very depth or alias it was refused for.
	if f.root != nil && len(f.problems) == 0 {
		walk(f.root)
	}
}

// Err gives everything found so far as *Problems, or nil.
func (f *YAMLFile) Err() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(f.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	list := slices.Compact(slices.Clone(f.problems))
	p := &Problems{List: list}
	if len(list) > maxProblems {
		p.List, p.More = list[:maxProblems], len(list)-maxProblems
	}
	return p
}
