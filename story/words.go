package story

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
)

// readTime reads "2026-11-20 17:55 America/Los_Angeles".
func readTime(text string) (time.Time, error) {
	f := strings.Fields(text)
	if len(f) != 3 {
		return time.Time{}, fmt.Errorf("%q is no time; write 2026-11-20 17:55 America/Los_Angeles", text)
	}
	loc, err := time.LoadLocation(f[2])
	if err != nil {
		return time.Time{}, err
	}
	return time.ParseInLocation("2006-01-02 15:04", f[0]+" "+f[1], loc)
}

var spanForm = regexp.MustCompile(`^(\S+) (second|minute|hour|day|week)s?$`)

var numbers = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}

// readSpan reads "two hours", "30 minutes".
func readSpan(text string) (time.Duration, error) {
	m := spanForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, fmt.Errorf("%q is no span; write two hours or 30 minutes", text)
	}
	n, ok := numbers[m[1]]
	if !ok {
		var err error
		if n, err = strconv.Atoi(m[1]); err != nil {
			return 0, fmt.Errorf("%q is no number", m[1])
		}
	}
	unit := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour}[m[2]]
	return time.Duration(n) * unit, nil
}

// plain is text as it is compared: lower case, white space folded.
func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func indent(s string) string { return "\t  " + strings.ReplaceAll(s, "\n", "\n\t  ") }

// dialogText is what a dialog shows.
func dialogText(f *bot.Form, loc *time.Location) string {
	if f == nil {
		return "(no dialog is open)"
	}
	out := []string{f.Title, bot.PlainText(bot.Message{Blocks: f.Intro}, loc)}
	for _, x := range f.Fields {
		line := x.Label
		if x.Value != "" {
			line += " [" + x.Value + "]"
		}
		if x.Error != "" {
			line += " !! " + x.Error
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func (t *teller) print(format string, args ...any) {
	if t.out != nil {
		fmt.Fprintf(t.out, format, args...)
	}
}

// tellDialogs prints the dialogs that have just opened or changed.
func (t *teller) tellDialogs() {
	for _, p := range t.w.Dir.People {
		text := ""
		if f := t.w.Work.Dialog(p); f != nil {
			text = dialogText(f, t.w.Dir.ZoneOf(p))
		}
		if text != "" && text != t.dialogs[p.ID] {
			t.print("    casebot opens a dialog for %s:\n        %s\n", p.Name, strings.ReplaceAll(text, "\n", "\n        "))
		}
		t.dialogs[p.ID] = text
	}
}

// tell prints what is new, once a message, with who sees it.
func (t *teller) tell() {
	if t.out == nil {
		return
	}
	t.tellDialogs()
	type said struct {
		seen
		home    string
		readers []string
	}
	byRef := map[bot.Ref]*said{}
	var order []bot.Ref
	for _, p := range t.w.Dir.People {
		for _, s := range t.fresh[p.ID] {
			if s.From != "" {
				continue // What people say the script has printed.
			}
			if byRef[s.Ref] == nil {
				party, _ := t.w.Dir.Party(p.Party)
				byRef[s.Ref] = &said{seen: s, home: party.Name}
				order = append(order, s.Ref)
			}
			byRef[s.Ref].readers = append(byRef[s.Ref].readers, p.Name)
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return newer(order[j], order[i]) })
	for _, ref := range order {
		s := byRef[ref]
		place := s.home + ", " + s.place
		if s.Private || s.place == "direct" {
			place = "only " + s.readers[0]
		}
		if s.Edited {
			place += ", edited"
		}
		t.print("    casebot (%s):\n        %s\n", place, strings.ReplaceAll(s.text, "\n", "\n        "))
	}
}
