package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
