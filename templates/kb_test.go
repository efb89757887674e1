package templates

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

// A long article is read page by page, and the pages are the article.
func TestLongArticlesComeInPages(t *testing.T) {
	dir, err := desk.NewDirectory([]desk.Party{{ID: "harbor", Name: "Harbor", Kind: desk.Provider}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var body strings.Builder
	for i := range 400 {
		fmt.Fprintf(&body, "Step %d of the long way.\n\n", i)
		if i%20 == 0 {
			body.WriteString("```\n" + strings.Repeat("a line of code\n", 30) + "```\n\n")
		}
	}
	a := desk.Article{ID: "long", Title: "The long way", Body: body.String(), Audience: desk.ArticleForAll}
	seen, again := "", "kb-open article=long"
	for page := 1; ; page++ {
		m := Article(dir, a, "", time.Time{}, page, "kb-open article=long")
		for _, b := range m.Blocks {
			for _, s := range b.Spans {
				seen += s.Text + " "
			}
		}
		if m.Buttons[0].Label != "Read on" {
			break
		}
		if again = m.Buttons[0].Do; again != fmt.Sprintf("kb-open article=long page=%d", page+1) {
			t.Fatalf("page %d goes on with %q", page, again)
		}
		if page > 20 {
			t.Fatal("it does not end")
		}
	}
	for i := range 400 {
		if n := strings.Count(seen, fmt.Sprintf("Step %d of", i)); n != 1 {
			t.Errorf("step %d is shown %d times", i, n)
		}
	}
	if n := strings.Count(seen, "a line of code"); n != 20*30 || strings.Contains(seen, "`") {
		t.Errorf("%d lines of code, of %d", n, 20*30)
	}
	for _, odd := range []string{"", "x", strings.Repeat("x", 3*maxShown), strings.Repeat("ü ", 2*maxShown), strings.Repeat("```\n", maxShown), strings.Repeat("\n", 3*maxShown)} {
		for _, p := range articlePages(odd) {
			if n := len([]rune(p)); n > maxShown+8 {
				t.Errorf("a page of %d characters", n)
			}
		}
	}
	for _, page := range []int{-1, 0, 99} {
		if m := Article(dir, a, "", time.Time{}, page, again); len(m.Blocks) < 2 {
			t.Errorf("page %d is empty", page)
		}
	}
}
