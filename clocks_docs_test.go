package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/clocks.md names a test for each rule of the clocks. A rule whose test is gone is a rule nobody holds.
func TestEachRuleOfTheClocksHasItsTest(t *testing.T) {
	page, err := os.ReadFile("docs/clocks.md")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		src, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(string(src), -1) {
			have[m[1]] = true
		}
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	rules := 0
	for i, line := range strings.Split(string(page), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| rule") || strings.HasPrefix(line, "| ---") {
			continue
		}
		rules++
		tests := named.FindAllStringSubmatch(line, -1)
		if len(tests) == 0 {
			t.Errorf("docs/clocks.md:%d: this rule names no test", i+1)
		}
		for _, m := range tests {
			if !have[m[1]] {
				t.Errorf("docs/clocks.md:%d: there is no test %s", i+1, m[1])
			}
		}
	}
	if rules < 30 {
		t.Errorf("the page has %d rules only; was its form changed?", rules)
	}
}
