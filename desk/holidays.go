package desk

import (
	"embed"
	"fmt"
	"sort"
	"strings"
	"time"
)

// The closings that ship with the program, one file a set, each with its source. A calendar names the sets
// it keeps (holiday_sets) beside dates of its own.
//
//go:embed holidays/*.txt
var holidayFiles embed.FS

// HolidaySets lists the names of the sets that ship.
func HolidaySets() []string {
	entries, _ := holidayFiles.ReadDir("holidays")
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".txt"))
	}
	sort.Strings(out)
	return out
}

// holidaySet gives the lines of a set, "2026-12-25 Christmas Day".
func holidaySet(name string) ([]string, error) {
	src, err := holidayFiles.ReadFile("holidays/" + name + ".txt")
	if err != nil || strings.ContainsAny(name, "/\\.") {
		return nil, fmt.Errorf("there is no holiday set %q; expected one of %s", name, strings.Join(HolidaySets(), ", "))
	}
	var out []string
	for _, line := range strings.Split(string(src), "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out, nil
}

// YearsWithoutHolidays lists the years for which a calendar has no closed date although it should by now:
// this year, and from 1 November the next (SLA.md §1). A calendar that is open every day has none to miss.
func (c *Calendar) YearsWithoutHolidays(now time.Time) []int {
	always := true
	for _, ws := range c.week {
		always = always && len(ws) > 0
	}
	if always {
		return nil
	}
	have := map[int]bool{}
	for day, s := range c.special {
		if s.closed {
			have[time.Unix(day*86400, 0).UTC().Year()] = true
		}
	}
	local := now.In(c.loc)
	years := []int{local.Year()}
	if local.Month() >= time.November {
		years = append(years, local.Year()+1)
	}
	var out []int
	for _, y := range years {
		if !have[y] {
			out = append(out, y)
		}
	}
	return out
}
