package assist

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// kinds are what is taken out, in order: what would hide inside another kind comes first. The table of examples is in
// redact_table_test.go, what must stay as well as what must go.
var kinds = slicesOf(keyKinds, secretKinds, addressKinds, moneyKinds, idKinds, networkKinds, phoneKinds, nameKinds,
	[]kind{
		{"secret", true, pattern(`\b[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){3,}\b`, 0, licence)},
		{"secret", true, pattern(`[A-Za-z0-9+/_=-]{24,}`, 0, looksSecret)},
	})

func slicesOf(lists ...[]kind) []kind {
	var out []kind
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// addressKinds are e-mail addresses (RFC 5321 §4.1.2, with letters of any script after RFC 6531), as they are typed, as
// they stand in an address of a page, and as people write them to hide them from programs.
var addressKinds = []kind{
	{"email", false, hinted(pattern(`(?i)(?:"[^"\n]{1,64}"|[\p{L}\p{N}._%+'-]+)@(?:[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+|\[[0-9a-f:.]{3,}\]|localhost\b)`, 0, nil), "@")},
	{"email", false, hinted(pattern(`(?i)[a-z0-9._+-]+%40[a-z0-9-]+(?:\.[a-z0-9-]+)+`, 0, nil), "%40")},
	{"email", false, hinted(pattern(`(?i)\b[a-z0-9._%+-]+\s*[\[({]?\s*\bat\b\s*[\])}]?\s*[a-z0-9-]+\s*[\[({]?\s*\bdot\b\s*[\])}]?\s*[a-z]{2,10}\b`, 0, nil), "dot")},
}

// pattern finds the matches of an expression, or of one group in it, that ok lets through (nil: all).
func pattern(expr string, group int, ok func(string) bool) func(string) [][2]int {
	if ok == nil {
		return placed(expr, group, nil)
	}
	return placed(expr, group, func(text string, from, to int) bool { return ok(text[from:to]) })
}

// placed is pattern for matches that are judged with what stands around them. The expression is made ready when it is first
// needed: all of them together take 6 ms and a megabyte, and most programs redact nothing.
func placed(expr string, group int, ok func(text string, from, to int) bool) func(string) [][2]int {
	re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	return func(text string) [][2]int {
		var out [][2]int
		for _, m := range re().FindAllStringSubmatchIndex(text, -1) {
			from, to := m[2*group], m[2*group+1]
			if from >= 0 && (ok == nil || ok(text, from, to)) {
				out = append(out, [2]int{from, to})
			}
		}
		return out
	}
}

// trimmed is pattern for values that end where the sentence goes on: marks at the end are left in the text.
func trimmed(expr string, group int, ok func(string) bool) func(string) [][2]int {
	find := pattern(expr, group, nil)
	return func(text string) [][2]int {
		var out [][2]int
		for _, m := range find(text) {
			for m[1] > m[0]+1 && isEnding(text[m[1]-1]) && !endsPlaceholder(text[m[0]:m[1]]) {
				m[1]--
			}
			if ok == nil || ok(text[m[0]:m[1]]) {
				out = append(out, m)
			}
		}
		return out
	}
}

// hinted leaves a slow expression out where none of the words is in the text that every match has one of.
func hinted(find func(string) [][2]int, words ...string) func(string) [][2]int {
	return func(text string) [][2]int {
		low := strings.ToLower(text)
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) }) {
			return nil
		}
		return find(text)
	}
}

// isEnding says whether a mark may belong to the sentence and not to the value before it.
func isEnding(c byte) bool {
	switch c {
	case ',', ';', '.', '!', '?', ')', '}', ']', '>', '"', '\'':
		return true
	}
	return false
}

func endsPlaceholder(s string) bool {
	at := placeholder.FindAllStringIndex(s, -1)
	return len(at) > 0 && at[len(at)-1][1] == len(s)
}

// digitsOf counts the digits of a text.
func digitsOf(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// onlyDigits gives the digits of a text.
func onlyDigits(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// numbered is what stands before a number that names an order, an article or a machine. Such a number helps and names
// nobody.
var numbered = regexp.MustCompile(`(?i)\b(?:order|ticket|invoice|receipt|article|batch|lot|serial|barcode|ean|gtin|sku|terminal|merchant|transaction|trace|reference|ref|case|document|delivery|tracking|voucher|coupon|build|line|row|offset)(?:[ -]?(?:no|nr|number|id))?[\s.:#=]*$`)

// afterNumbered says whether the text before a place ends so.
func afterNumbered(text string, at int) bool { return numbered.MatchString(text[max(0, at-40):at]) }
