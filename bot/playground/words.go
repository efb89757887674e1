package playground

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// shortTime is an instant as a line of chat shows it: "Fri 20 Nov, 17:55 PST". The year stands where
// it is not the reader's present one.
func shortTime(t, now time.Time, loc *time.Location) string {
	t = t.In(loc)
	day := "Mon 2 Jan"
	if t.Year() != now.In(loc).Year() {
		day = "Mon 2 Jan 2006"
	}
	return t.Format(day+", 15:04 ") + zoneName(t)
}

// longTime is the full instant, for a tool tip.
func longTime(t time.Time, loc *time.Location) string {
	local := t.In(loc)
	return local.Format("Monday 2 January 2006, 15:04:05 ") + zoneName(local) + " (" + loc.String() + ") · " + t.UTC().Format(time.RFC3339)
}

// zoneName is the zone's abbreviation, or its offset where it has none ("-03").
func zoneName(t time.Time) string {
	name, _ := t.Zone()
	if name != "" && (name[0] == '+' || name[0] == '-') {
		return "UTC" + name
	}
	return name
}

// thousands writes a number with separators: 50,000.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " kB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

var (
	linkForm    = regexp.MustCompile(`https?://[^\s<>"']+[^\s<>"'.,;:!?)\]]`)
	mentionForm = regexp.MustCompile(`(?i)(^|[^\p{L}\p{N}_/.@])@casebot\b`)
)

// typedHTML draws what a person typed: escaped, addresses made links, the desk's name marked. Nothing
// else of it is markup.
func typedHTML(text string) string {
	var b strings.Builder
	total := utf8.RuneCountInString(text)
	head, tail := text, ""
	if total > shownText+shownText/4 {
		runes := []rune(text)
		head, tail = string(runes[:shownText]), string(runes[shownText:])
	}
	b.WriteString(`<div class="said">`)
	b.WriteString(linked(head))
	if tail != "" {
		writeFold(&b, total, func() { b.WriteString(linked(tail)) })
	}
	b.WriteString(`</div>`)
	return b.String()
}

func linked(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range linkForm.FindAllStringIndex(text, -1) {
		b.WriteString(mentioned(text[at:m[0]]))
		link := html.EscapeString(text[m[0]:m[1]])
		b.WriteString(`<a href="` + link + `" target="_blank" rel="noopener noreferrer">` + link + `</a>`)
		at = m[1]
	}
	b.WriteString(mentioned(text[at:]))
	return b.String()
}

func mentioned(text string) string {
	return mentionForm.ReplaceAllString(html.EscapeString(text), `$1<span class="mention">@casebot</span>`)
}

// addressed says whether the desk is addressed, and gives the text without its name.
func addressed(text string) (rest string, yes bool) {
	if !mentionForm.MatchString(text) {
		return text, false
	}
	rest = strings.TrimSpace(mentionForm.ReplaceAllString(text, "$1"))
	return strings.TrimSpace(strings.TrimLeft(rest, ",:")), true
}

// initials are what an avatar shows.
func initials(name string) string {
	var out []rune
	for _, word := range strings.Fields(name) {
		r, _ := utf8.DecodeRuneInString(word)
		out = append(out, r)
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	return strings.ToUpper(string(out))
}

// mark is what a workspace's sign shows: the first letters of its first two words.
func mark(name string) string {
	words := strings.Fields(name)
	return initials(strings.Join(words[:min(2, len(words))], " "))
}
