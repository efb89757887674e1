package main

import (
	"casebot/bot/pager"
	"casebot/desk"
)

// pagerOf makes the platform that carries pages beyond chat; nil where no party has a pager with a key. A party
// whose variable is empty has its pages among the undelivered messages, where casebot check sends people too.
func pagerOf(dir *desk.Directory, getenv func(string) string) *pager.Pager {
	lines := map[string]pager.Line{}
	for _, p := range dir.Parties {
		if p.PagerKey == "" {
			continue
		}
		if key := getenv(p.PagerKey); key != "" {
			lines[p.ID] = pager.Line{URL: p.PagerURL, Key: key}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return &pager.Pager{Lines: lines}
}

// pagerFindings says which party's pages would reach nobody.
func pagerFindings(dir *desk.Directory, getenv func(string) string) []finding {
	var out []finding
	for _, p := range dir.Parties {
		if p.PagerKey != "" && getenv(p.PagerKey) == "" {
			out = append(out, finding{true, "error: party " + p.ID + " has a pager, and the variable " + p.PagerKey + " with its routing key is empty"})
		}
	}
	return out
}
