package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casebot/desk"
	"casebot/kb"
)

// Articles of a folder are kept, found, left alone when nothing has changed, and refused whole with one mistake.
func TestImportArticles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CASEBOT_DB", filepath.Join(dir, "casebot.db"))
	docs := filepath.Join(dir, "articles")
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(docs, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(docs, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	imports := func(path, in string) (int, string, string) {
		var out, errs bytes.Buffer
		code := kbImport(context.Background(), []string{path}, strings.NewReader(in), &out, &errs)
		return code, out.String(), errs.String()
	}
	write("tills/printer.md", "---\ntitle: Receipt printer is offline\nproduct: Harbor Tills\nreview_by: 2027-03-31\n---\nCheck the power lamp.\n")
	write("refund.md", "# Refunds fail with HB-4012\r\n\r\nSet the refund limit again.\r\n")
	write("picture.png", "no article")
	if code, out, errs := imports(docs, ""); code != exitDone || out != "2 articles read: 2 new, 0 changed, 0 as they were.\n" {
		t.Fatalf("first import: %d %q %q", code, out, errs)
	}
	write("refund.md", "# Refunds fail with HB-4012\n\nSet the refund limit at the terminal.\n")
	if _, out, _ := imports(docs, ""); out != "2 articles read: 0 new, 1 changed, 1 as they were.\n" {
		t.Errorf("second import: %q", out)
	}
	var out, errs bytes.Buffer
	if runKB([]string{"search", "HB-4012 refund"}, &out, &errs); !strings.Contains(out.String(), "refund\tRefunds fail with HB-4012") {
		t.Errorf("search: %q %q", out.String(), errs.String())
	}

	write("bad.md", "---\ntitel: x\n---\nWords.\n")
	write("late.md", "---\ntitle: x\nreview_by: soon\n---\nWords.\n")
	code, _, msg := imports(docs, "")
	for _, want := range []string{"Nothing was imported", `bad.md:2: unknown key "titel"`, `late.md: review_by is "soon"`} {
		if code != exitFailed || !strings.Contains(msg, want) {
			t.Errorf("with mistakes: %d %q, want %q", code, msg, want)
		}
	}
	if code, out, _ := imports("-", `{"id":"x","title":"Scale","text":"Set the unit at the scale."}`+"\n"); code != exitDone || !strings.HasPrefix(out, "1 articles read: 1 new") {
		t.Errorf("JSON lines: %d %q", code, out)
	}
	if code, _, msg := imports("-", "{\n"); code != exitFailed || !strings.Contains(msg, "standard input:1: this is no JSON object") {
		t.Errorf("bad JSON lines: %d %q", code, msg)
	}
}

// importInto gives a function that imports what a text says, as JSON lines, into a database of its own.
func importInto(t *testing.T) func(lines string) (int, string, string) {
	t.Helper()
	t.Setenv("CASEBOT_DB", filepath.Join(t.TempDir(), "casebot.db"))
	return func(lines string) (int, string, string) {
		var out, errs bytes.Buffer
		code := kbImport(context.Background(), []string{"-"}, strings.NewReader(lines), &out, &errs)
		return code, out.String(), errs.String()
	}
}

// What the Provider supplies and what a Partner maintains (handbook §6) come with their kind, readers and keeper.
func TestImportOfWhatEachSideWrites(t *testing.T) {
	imports := importInto(t)
	code, out, errs := imports(`{"id":"rel","title":"Release 6.3","kind":"release","text":"New."}
{"id":"guide","title":"Cards fail","kind":"guide","party":"northwind","text":"- [ ] Which code?"}
`)
	if code != exitDone {
		t.Fatal(code, out, errs)
	}
	store, err := openStore(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.View(t.Context(), func(r desk.Reader) error {
		rel, err := desk.ReadArticle(r, "rel")
		if err != nil || rel.Kind != desk.ArticleRelease || rel.Audience != desk.ArticleForAll || rel.Party != "" {
			t.Errorf("the release note is %+v, %v", rel, err)
		}
		guide, err := desk.ReadArticle(r, "guide")
		if err != nil || guide.Kind != desk.ArticleGuide || guide.Audience != "northwind" || guide.Party != "northwind" || len(guide.Steps()) != 1 {
			t.Errorf("the guide is %+v, %v", guide, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Importing again changes nothing, also where somebody has changed the article at the desk meanwhile; when the source
// changes it is the newest, and theirs is kept.
func TestImportingAgainKeepsWhatPeopleWrote(t *testing.T) {
	s := stageOn(t, filepath.Join(t.TempDir(), "casebot.db"))
	t.Setenv("CASEBOT_DB", s.dsn)
	imports := func(text string) (string, string) {
		t.Helper()
		var out, errs bytes.Buffer
		line := `{"id":"blank","title":"Blank receipts","text":"` + text + `"}`
		if code := kbImport(context.Background(), []string{"-"}, strings.NewReader(line), &out, &errs); code != exitDone {
			t.Fatal(errs.String())
		}
		return out.String(), errs.String()
	}
	body := func() string {
		t.Helper()
		a, err := s.app.Desk.FindArticle(t.Context(), s.who(t, "erin"), "blank")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(a.Version, " ", a.Body)
	}
	imports("Turn the roll.")
	a, err := s.app.Desk.FindArticle(t.Context(), s.who(t, "erin"), "blank")
	if err != nil {
		t.Fatal(err)
	}
	a.Body = "Turn the roll, twice."
	if _, err := s.app.articles.Save(t.Context(), s.who(t, "erin"), a, a.Version, s.Now()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if out, _ := imports("Turn the roll."); !strings.Contains(out, "1 as they were") || body() != "2 Turn the roll, twice." {
			t.Errorf("importing again says %q and leaves %q", out, body())
		}
	}
	if out, errs := imports("Open the lid."); !strings.Contains(out, "1 changed") || !strings.Contains(errs, "kept as version 2") || body() != "3 Open the lid." {
		t.Errorf("a changed source says %q %q and leaves %q", out, errs, body())
	}
	if out, errs := imports("Open the lid."); !strings.Contains(out, "1 as they were") || errs != "" || body() != "3 Open the lid." {
		t.Errorf("then it says %q %q and leaves %q", out, errs, body())
	}
}

// Whatever the source is: nothing is imported, and a line says what is wrong where.
func TestImportOfBadInput(t *testing.T) {
	imports := importInto(t)
	dir := t.TempDir()
	for name, c := range map[string]struct{ in, want string }{
		"binary":       {"{\"id\":\"x\",\"title\":\"t\",\"text\":\"\\u0000\\u0001\\u0002PNG\"}", "not text"},
		"5 MB":         {`{"id":"x","title":"t","text":"` + strings.Repeat("many words ", 5<<20/11) + `"}`, "limit is 1 MB"},
		"a long line":  {`{"id":"x","title":"t","text":"` + strings.Repeat("x", 9<<20) + `"}`, "standard input:1: the line has more than 8 MB"},
		"empty":        {`{"id":"x","title":"t","text":""}`, "has no text"},
		"no title":     {`{"id":"x","text":"y"}`, "no title"},
		"the same id":  {`{"id":"x","title":"t","text":"y"}` + "\n" + `{"id":"x","title":"u","text":"z"}`, `the id "x" is also that of`},
		"kind":         {`{"id":"x","title":"t","text":"y","kind":"poem"}`, `kind is "poem"; expected one of article, release, script, guide`},
		"no checklist": {`{"id":"x","title":"t","text":"y","kind":"guide"}`, "has a checklist"},
		"too long":     {`{"id":"x","title":"t","text":"` + strings.Repeat(`- [ ] Why?\n`, 41) + `","kind":"guide"}`, "41 questions; a guide takes 40"},
		"not JSON":     {"title: x", "no JSON object"},
		"id":           {`{"id":"a\nb","title":"t","text":"y"}`, `the id "a\nb" is no word`},
		"a long id":    {`{"id":"` + strings.Repeat("x", 300) + `","title":"t","text":"y"}`, "expected at most 200 characters"},
		"many":         {strings.Repeat("x\n", 10_000), "and 9950 more"},
	} {
		code, out, errs := imports(c.in)
		if code != exitFailed || out != "" || !strings.Contains(errs, "Nothing was imported") || !strings.Contains(errs, c.want) {
			t.Errorf("%s: %d %q %.300q", name, code, out, errs)
		}
	}
	// A folder with a file of a gigabyte would not be read into memory to be refused.
	if err := os.WriteFile(filepath.Join(dir, "big.md"), bytes.Repeat([]byte("# words\n"), 3<<20/8), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bom.md"), []byte("\ufeff---\r\ntitle: Mark\r\n---\r\nWords.\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"picture.md": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "wide.md": "\xff\xfe#\x00 \x00P\x00", "empty.md": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := readImport(dir, nil)
	for _, want := range []string{"big.md: the file has 3.0 MB", "picture.md: the article is not text in UTF-8", "wide.md: the article is not text in UTF-8", "empty.md: the article has no title"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "bom.md") {
			t.Errorf("the folder: %v, expected %q", err, want)
		}
	}
	// Ten thousand copies of one article are ten thousand articles, and one suggestion.
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "{\"id\":\"copy-%d\",\"title\":\"Blank receipts\",\"text\":\"Turn the roll of paper.\"}\n", i)
	}
	for _, want := range []string{"10000 new, 0 changed, 0 as they were", "0 new, 0 changed, 10000 as they were"} {
		if code, out, errs := imports(many.String()); code != exitDone || !strings.Contains(out, want) {
			t.Errorf("copies: %d %q %q", code, out, errs)
		}
	}
}

// Where the deployment can be read, readers and keepers that it does not name are mistakes.
func TestImportKnowsTheDeployment(t *testing.T) {
	imports := importInto(t)
	t.Setenv("CASEBOT_CONFIG", "casebot.example.yaml")
	code, _, errs := imports(`{"id":"a","title":"t","text":"y","audience":"nobodys"}
{"id":"b","title":"t","text":"y","party":"northwnid"}
{"id":"c","title":"t","text":"y","owner":"ghost"}
{"id":"d","title":"t","text":"y","audience":"provider"}
`)
	for _, want := range []string{`audience is "nobodys"; expected all, provider or the id of a party`, `party is "northwnid"`, `owner is "ghost"`} {
		if code != exitFailed || !strings.Contains(errs, want) {
			t.Errorf("%d %q, want %q", code, errs, want)
		}
	}
	if strings.Contains(errs, `"d"`) {
		t.Errorf("a good one is refused: %q", errs)
	}
}

// FuzzMarkdownArticle holds that whatever file is imported is an article the index takes, or an error that names it.
func FuzzMarkdownArticle(f *testing.F) {
	for _, s := range []string{"# Title\n\nWords.", "---\ntitle: x\nkind: guide\n---\n- [ ] Why?", "---\n---\n", "---\n\xff", "\ufeff---\r\ntitle: x\r\n---\r\ny", "---\nreview_by: 2027-02-31\n---\n", "---\ntitle: [\n---\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		a, err := markdownArticle("a/b.md", src)
		if err != nil {
			if !strings.Contains(err.Error(), "a/b.md") {
				t.Fatalf("%q does not name the file", err)
			}
			return
		}
		if err := kb.New().Put(a); err != nil || a.Title == "" || a.Body == "" || a.Audience == "" {
			t.Fatalf("%+v: %v", a, err)
		}
	})
}
