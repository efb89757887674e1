package desk

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The page that explains the handbook shows what the reader is told for a mistake. Each row of its table
// is made here and must give just that message.
func TestHandbookPageTellsTheTruth(t *testing.T) {
	page, err := os.ReadFile("../docs/handbook.md")
	if err != nil {
		t.Fatal(err)
	}
	src := defaultBook(t)
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\| `([^`]+)` \\|$").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 12 {
		t.Fatalf("only %d rows are found", len(rows))
	}
	for _, r := range rows {
		if !strings.Contains(src, r[1]) {
			t.Errorf("the default handbook has no %q", r[1])
			continue
		}
		_, err := ParseHandbook("handbook.yaml", []byte(strings.Replace(src, r[1], r[2], 1)))
		if err == nil || !strings.Contains(err.Error(), r[3]) {
			t.Errorf("%q: got %v, the page says %s", r[2], err, r[3])
		}
	}
}
