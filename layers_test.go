package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
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
	"bot/pager":      {"bot", "desk"},
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
	"assist/assistfake":   {}, // Also what stories and the playground try the helper with.
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
	lines      int
	file       *ast.File
	fset       *token.FileSet
}

// at says where something stands, the way editors jump to it.
func (s source) at(n ast.Node, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", s.path, s.fset.Position(n.Pos()).Line, fmt.Sprintf(format, args...))
}

// parse reads one file; src is its text.
func parse(p string, src []byte) (source, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, p, src, parser.SkipObjectResolution)
	room := filepath.ToSlash(filepath.Dir(p))
	if room == "." {
		room = ""
	}
	// A platform's fake is a room inside its platform's and lives under the same law.
	// All of it exists for tests.
	fake := false
	for _, platform := range []string{"bot/slack", "bot/discord"} {
		if strings.HasPrefix(room, platform+"/") {
			room, fake = platform, true
		}
	}
	return source{p, room, fake || strings.HasSuffix(p, "_test.go"), bytes.Count(src, []byte("\n")), f, fset}, err
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
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		s, err := parse(p, src)
		if err != nil {
			return err
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// importBreaches are the arrows that the law does not know.
func importBreaches(s source) (found []string) {
	if s.room == "" {
		return nil
	}
	may, known := law[s.room]
	if !known {
		return []string{s.at(s.file, "the law knows no room %q; give it a place in layers_test.go with a decision note", s.room)}
	}
	for _, im := range s.file.Imports {
		target, ours := strings.CutPrefix(strings.Trim(im.Path.Value, `"`), "casebot/")
		if !ours || target == s.room || strings.HasPrefix(target, s.room+"/") && strings.HasPrefix(s.room, "bot/") {
			continue
		}
		if !slices.Contains(may, target) && !(s.test && slices.Contains(testsMayImport[target], s.room)) {
			found = append(found, s.at(im, "%s imports %s; the law allows it %v", s.room, target, may))
		}
	}
	return found
}

// maxLines: a file that has grown longer has a second room inside.
const maxLines = 500

func lengthBreaches(s source) []string {
	if s.lines <= maxLines {
		return nil
	}
	return []string{fmt.Sprintf("%s:%d: the file has %d lines; at most %d", s.path, maxLines+1, s.lines, maxLines)}
}

// sqlClock are the ways in which SQL text of either database reads a clock.
var sqlClock = regexp.MustCompile(`(?i)\bnow\s*\(\s*\)|\bcurrent_(timestamp|time|date)\b|\blocaltime(stamp)?\b|'now'|\b(clock|statement|transaction)_timestamp\b|\bunixepoch\s*\(\s*\)`)

// clockBreaches: time is an argument in desk, and storage's SQL reads no clock.
func clockBreaches(s source) (found []string) {
	if s.test || s.room != "desk" && s.room != "storage" {
		return nil
	}
	clock := "time" // What this file calls package time.
	for _, im := range s.file.Imports {
		if im.Path.Value == `"time"` && im.Name != nil {
			clock = im.Name.Name
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if ok && s.room == "desk" && x.Name == clock && slices.Contains([]string{"Now", "Since", "Until"}, n.Sel.Name) {
				found = append(found, s.at(n, "desk reads the clock; the law: take the time as an argument"))
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && s.room == "storage" && sqlClock.MatchString(n.Value) {
				found = append(found, s.at(n, "SQL reads the clock; the law: take the time as an argument"))
			}
		}
		return true
	})
	if clock == "." && s.room == "desk" {
		found = append(found, s.at(s.file, "desk imports time without its name, which hides who reads the clock"))
	}
	return found
}

// platformName is found inside longer names too, such as slackUser.
var platformName = regexp.MustCompile(`(?i)slack|discord`)

// nameBreaches: nobody outside an adapter asks for a platform's name. Comments may.
func nameBreaches(s source) (found []string) {
	if s.test || !slices.Contains([]string{"desk", "bot", "commands", "templates"}, s.room) {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind == token.STRING && platformName.MatchString(n.Value) {
				found = append(found, s.at(n, "%s names a platform; the law: ask for a capability", s.room))
			}
		case *ast.Ident:
			if platformName.MatchString(n.Name) {
				found = append(found, s.at(n, "%s has the name %s, which is a platform's; the law: ask for a capability", s.room, n.Name))
			}
		}
		return true
	})
	return found
}

// lawChecks are run on every Go file of the tree.
var lawChecks = map[string]func(source) []string{
	"imports": importBreaches, "length": lengthBreaches, "clock": clockBreaches, "platform names": nameBreaches,
}

func TestTheLaw(t *testing.T) {
	all := sources(t)
	for name, check := range lawChecks {
		t.Run(name, func(t *testing.T) {
			for _, s := range all {
				for _, breach := range check(s) {
					t.Error(breach)
				}
			}
		})
	}
}

// Migrations are SQL that no Go file holds; a default that reads the clock would hide there.
func TestMigrationsReadNoClock(t *testing.T) {
	files, err := filepath.Glob("storage/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations found: %v", err)
	}
	for _, p := range files {
		src, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(src), "\n") {
			if sqlClock.MatchString(line) {
				t.Errorf("%s:%d: SQL reads the clock; the law: take the time as an argument", p, i+1)
			}
		}
	}
}

// A check that finds nothing must be one that could: each is shown a breach and something close to one.
func TestTheLawIsEnforced(t *testing.T) {
	for _, c := range []struct {
		check, path, code, want string // want: how the finding begins; empty: the code is lawful.
	}{
		{"imports", "desk/a.go", `import "casebot/bot"`, "desk/a.go:2: desk imports bot"},
		{"imports", "bot/a.go", `import "casebot/commands"`, "bot/a.go:2: bot imports commands"},
		{"imports", "bot/slack/a.go", `import "casebot/bot/discord"`, "bot/slack/a.go:2: bot/slack imports bot/discord"},
		{"imports", "web/a.go", `import "casebot/storage"`, "web/a.go:2: web imports storage"},
		{"imports", "bot/a.go", `import "casebot/bot/bottest"`, "bot/a.go:2: bot imports bot/bottest"},
		{"imports", "bot/a_test.go", `import "casebot/bot/bottest"`, ""},
		{"imports", "commands/a_test.go", `import "casebot/storage"`, "commands/a_test.go:2: commands imports storage"},
		{"imports", "util/a.go", ``, `util/a.go:1: the law knows no room "util"`},
		{"imports", "a.go", `import "casebot/storage"`, ""},
		{"imports", "bot/slack/slackfake/a.go", `import "casebot/bot/slack"`, ""},
		{"length", "desk/a.go", strings.Repeat("\n", maxLines), "desk/a.go:501: the file has"},
		{"length", "desk/a.go", strings.Repeat("\n", maxLines-2), ""},
		{"clock", "desk/a.go", "import \"time\"\nvar x = time.Now()", "desk/a.go:3: desk reads the clock"},
		{"clock", "desk/a.go", "import t \"time\"\nvar x = t.Since", "desk/a.go:3: desk reads the clock"},
		{"clock", "desk/a.go", "import . \"time\"\nvar x = Now()", "desk/a.go:1: desk imports time without its name"},
		{"clock", "desk/a_test.go", "import \"time\"\nvar x = time.Now()", ""},
		{"clock", "storage/a.go", "var q = `update c set at = NOW()`", "storage/a.go:2: SQL reads the clock"},
		{"clock", "storage/a.go", "var q = `select strftime('%s', 'now')`", "storage/a.go:2: SQL reads the clock"},
		{"clock", "storage/a.go", "var q = `select known, now from c`", ""},
		{"platform names", "desk/a.go", `var slackUser = 1`, "desk/a.go:2: desk has the name slackUser"},
		{"platform names", "commands/a.go", `var x = "on Discord"`, "commands/a.go:2: commands names a platform"},
		{"platform names", "templates/a.go", "// Slack cuts here.\nvar x = 1", ""},
	} {
		s, err := parse(c.path, []byte("package p\n"+c.code+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(lawChecks[c.check](s), "; ")
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s of %s with %q: got %q, want %q", c.check, c.path, c.code, got, c.want)
		}
	}
}
