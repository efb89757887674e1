package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"casebot/desk"
)

// judgedArticles are the articles that retrieval is measured on; the demo's desk knows the same ones.
//
//go:embed testdata/kb/docs.jsonl
var judgedArticles []byte

// seedArticles gives the demo's knowledge articles, without a time: the seed sets it.
func seedArticles() ([]desk.Article, error) {
	var out []desk.Article
	sc := bufio.NewScanner(bytes.NewReader(judgedArticles))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var d struct{ ID, Title, Text string }
		if err := json.Unmarshal(sc.Bytes(), &d); err != nil {
			return nil, fmt.Errorf("demo article %d: %w", len(out)+1, err)
		}
		out = append(out, desk.Article{ID: d.ID, Title: d.Title, Body: d.Text, Product: productOf(d.Title + " " + d.Text), Audience: desk.ArticleForAll, Owner: "erin"})
	}
	return out, sc.Err()
}

// productOf names the product an article speaks of.
func productOf(text string) string {
	for _, w := range []struct{ word, product string }{
		{"payment", "Harbor Pay"}, {"terminal", "Harbor Pay"}, {"tablet", "Harbor Tills"}, {"handheld", "Harbor Tills"},
		{"back office", "Harbor Stock"}, {"report", "Harbor Reports"},
	} {
		if strings.Contains(strings.ToLower(text), w.word) {
			return w.product
		}
	}
	return "Harbor Tills"
}
