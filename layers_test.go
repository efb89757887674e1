package main

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The import law of docs/decisions: which room may import which. Rooms are folders; "" is main, which may
// import everything. A room that is not listed may not exist.
var law = map[string][]string{
	"desk":           {},
	"bot":            {"desk"},
	"bot/slack":      {"bot", "desk"},
	"bot/discord":    {"bot", "desk"},
	"bot/playground": {"bot", "desk"},
	"bot/bottest":    {"bot", "desk"},
	"templates":      {"bot", "desk"},
	"commands":       {"bot", "templates", "desk"},
	"web":            {"bot", "templates", "desk"},
	"kb":             {"desk"},
	"assist":         {"desk"},
	"storage":        {"desk"},
	// Helpers of tests: imported by tests alone.
	"story":               {"bot", "bot/bottest", "desk"},
	"storage/pgtest":      {},
	"storage/storagetest": {"desk"},
}

// testsMayImport are the rooms that exist for tests and what they may be imported by besides main.
var testsMayImport = map[string][]string{
	"bot/bottest":         {"bot", "bot/slack", "bot/discord", "bot/playground"},
	"storage/pgtest":      {"storage", "storage/storagetest"},
	"storage/storagetest": {"storage"},
}

type source struct {
	path, room string
	test       bool
	file       *ast.File
	fset       *token.FileSet
}

// sources parses every Go file of the tree.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (strings.HasPrefix(e.Name(), ".") && p != "." || e.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(p))
		if room == "." {
			room = ""
		}
		// A platform's fake is a room inside its platform's and lives under the same law.
		for _, platform := range []string{"bot/slack", "bot/discord"} {
			if strings.HasPrefix(room, platform+"/") {
				room = platform
			}
		}
		out = append(out, source{p, room, strings.HasSuffix(p, "_test.go"), f, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImportLaw(t *testing.T) {
	for _, s := range sources(t) {
		if s.room == "" {
			continue
		}
		may, known := law[s.room]
		if !known {
			t.Errorf("%s: the law knows no room %q; give it a place in layers_test.go with a decision note", s.path, s.room)
			continue
		}
		for _, im := range s.file.Imports {
			target, ours := strings.CutPrefix(strings.Trim(im.Path.Value, `"`), "casebot/")
			if !ours || target == s.room || strings.HasPrefix(target, s.room+"/") && strings.HasPrefix(s.room, "bot/") {
				continue
			}
			ok := slices.Contains(may, target) || s.test && slices.Contains(testsMayImport[target], s.room)
			if !ok {
				t.Errorf("%s:%d: %s imports %s; the law allows it %v", s.path, s.fset.Position(im.Pos()).Line, s.room, target, may)
			}
		}
	}
}

// A file that has grown over 500 lines has a second room inside.
func TestFilesAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		f, err := os.Open(s.path)
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for sc := bufio.NewScanner(f); sc.Scan(); {
			lines++
		}
		f.Close()
		if lines > 500 {
			t.Errorf("%s has %d lines; at most 500", s.path, lines)
		}
	}
}

// Time is an argument in desk; SQL text reads no clock.
func TestTimeIsAnArgument(t *testing.T) {
	clock := regexp.MustCompile(`(?i)\bnow\(\)|current_timestamp|datetime\('now'`)
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && s.room == "desk" && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, n.Sel.Name) {
					t.Errorf("%s:%d: desk reads the clock; take the time as an argument", s.path, s.fset.Position(n.Pos()).Line)
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING && s.room == "storage" && clock.MatchString(n.Value) {
					t.Errorf("%s:%d: SQL reads the clock; take the time as an argument", s.path, s.fset.Position(n.Pos()).Line)
				}
			}
			return true
		})
	}
}

// Nobody outside an adapter asks for a platform's name.
func TestNoPlatformNames(t *testing.T) {
	name := regexp.MustCompile(`(?i)\b(slack|discord)\b`)
	for _, s := range sources(t) {
		if s.test || !slices.Contains([]string{"desk", "bot", "commands", "templates"}, s.room) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if n.Kind == token.STRING && name.MatchString(n.Value) {
					t.Errorf("%s:%d: %s names a platform in %s", s.path, s.fset.Position(n.Pos()).Line, s.room, path.Base(s.path))
				}
			case *ast.Ident:
				if name.MatchString(n.Name) {
					t.Errorf("%s:%d: the name %s is a platform's", s.path, s.fset.Position(n.Pos()).Line, n.Name)
				}
			}
			return true
		})
	}
}
