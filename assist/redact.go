package assist

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// redactor takes secrets and personal data out of texts. One redactor serves one request, so that the same
// address is the same placeholder everywhere in it, and put gives back what may be given back.
//
// What it finds stands in kinds, in order. It errs on the side of taking out too much: a log line that lost a
// checksum still says what failed, a leaked token does not come back.
type redactor struct {
	products []string // Names after which four numbers with points are a version and no address.
	names    []name
	exact    bool              // Every spelling of a name has a placeholder of its own, to be put back letter by letter.
	back     map[string]string // Placeholder → what stood there; without secrets.
	of       map[string]string // Kind and what stood there → placeholder.
	counts   map[string]int
}

// name is somebody or some company whose name is replaced by a role.
type name struct {
	text string
	role string // Such as "agent", "engineer", "customer".
	part bool   // A given or family name alone.
	last bool   // A family name alone.
	full string // What is put back for it.
}

func newRedactor(exact bool) *redactor {
	return &redactor{exact: exact, back: map[string]string{}, of: map[string]string{}, counts: map[string]int{}}
}

// kind is one sort of thing to take out. secret things are never put back. find gives the pieces of a text,
// in order and without overlap.
type kind struct {
	role   string
	secret bool
	find   func(text string) [][2]int
}

// placeholder is how all placeholders look. What a person typed that looks like one is changed first, so that
// put cannot be tricked into placing a name where the desk has not taken one out.
var placeholder = regexp.MustCompile(`\[([a-z]+(?: [a-z]+)*)(?: [0-9]+)?\]`)

// roles are the words of placeholders.
var roles = func() map[string]bool {
	out := map[string]bool{roleAgent: true, roleEngineer: true, rolePerson: true, roleCustomer: true}
	for _, k := range kinds {
		out[k.role] = true
	}
	return out
}()

// The roles that stand for names.
const (
	roleAgent    = "agent"
	roleEngineer = "engineer"
	rolePerson   = "person"
	roleCustomer = "customer"
)

// take gives the text without what must not leave.
func (r *redactor) take(text string) string {
	text = plainLetters(text)
	text = placeholder.ReplaceAllStringFunc(text, func(p string) string {
		if m := placeholder.FindStringSubmatch(p); !roles[m[1]] {
			return p
		}
		return "(" + p[1:len(p)-1] + ")"
	})
	return r.sweep(r.takeNames(text))
}

// sweep takes everything but names. One removal can uncover another (a key behind an address): until nothing is
// found, at most four times.
func (r *redactor) sweep(text string) string {
	for range 4 {
		before := text
		for _, k := range kinds {
			text = r.takeKind(text, k)
		}
		if text == before {
			break
		}
	}
	return text
}

func (r *redactor) takeKind(text string, k kind) string {
	found := k.find(text)
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, f := range found {
		if f[0] < at || f[1] <= f[0] || strings.TrimSpace(placeholder.ReplaceAllString(text[f[0]:f[1]], "")) == "" {
			continue // Overlapping, empty, or taken out before.
		}
		if k.role == "ip address" && r.afterProduct(text[:f[0]]) {
			continue
		}
		b.WriteString(text[at:f[0]])
		b.WriteString(r.mark(k.role, text[f[0]:f[1]], k.secret))
		at = f[1]
	}
	b.WriteString(text[at:])
	return b.String()
}

// mark gives the placeholder of what stood there. The first of a role has no number.
func (r *redactor) mark(role, full string, secret bool) string {
	key := role + "\x00" + full
	if p, ok := r.of[key]; ok {
		return p
	}
	r.counts[role]++
	p := "[" + role + "]"
	if n := r.counts[role]; n > 1 {
		p = fmt.Sprintf("[%s %d]", role, n)
	}
	r.of[key] = p
	if !secret {
		r.back[p] = full
	}
	return p
}

// put gives back names and, when all is set, addresses and numbers too; secrets stay out for good. A
// placeholder that was never given stays as it is.
func (r *redactor) put(text string, all bool) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		full, ok := r.back[p]
		if !ok || !all && !r.isName(p) {
			return p
		}
		return full
	})
}

func (r *redactor) isName(p string) bool {
	role := placeholder.FindStringSubmatch(p)[1]
	if role == rolePerson {
		return true // Somebody on no list, known by a title or a greeting.
	}
	for _, n := range r.names {
		if n.role == role {
			return true
		}
	}
	return false
}

// addName has a person or company replaced by a role wherever the full name or a part of it stands.
func (r *redactor) addName(full, role string, parts bool) {
	full = strings.TrimSpace(plainLetters(full))
	if len([]rune(full)) < 3 {
		return
	}
	r.names = append(r.names, name{text: full, role: role, full: full})
	words := strings.Fields(full)
	if !parts || len(words) < 2 {
		return
	}
	for i, w := range words {
		if len([]rune(w)) > 2 {
			r.names = append(r.names, name{text: w, role: role, part: true, last: i == len(words)-1, full: full})
		}
	}
}

// takeNames replaces whole names in any case of letters, the longest first, then their parts where they are
// written like a name. A family name is left where it begins another name ("Demo" in "Demo Bakery").
func (r *redactor) takeNames(text string) string {
	sorted := slices.Clone(r.names)
	slices.SortStableFunc(sorted, func(a, b name) int {
		if a.part != b.part {
			if a.part {
				return 1
			}
			return -1
		}
		return len(b.text) - len(a.text)
	})
	for _, x := range sorted {
		text = r.takeName(text, x)
	}
	return text
}

func (r *redactor) takeName(text string, x name) string {
	var b strings.Builder
	at := 0
	for _, m := range x.in(text) {
		before, _ := utf8.DecodeLastRuneInString(text[:m[0]])
		next, _ := utf8.DecodeRuneInString(text[m[1]:])
		if m[0] > 0 && isWordRune(before) || m[1] < len(text) && isWordRune(next) || x.last && beginsName(text[m[1]:]) {
			continue
		}
		full := x.full
		if r.exact {
			full = text[m[0]:m[1]]
		}
		b.WriteString(text[at:m[0]])
		b.WriteString(r.mark(x.role, full, false))
		at = m[1]
	}
	return b.String() + text[at:]
}

// in finds a name: the whole one in any case of letters, a part of one only with its capital.
func (x name) in(text string) [][]int {
	expr := strings.ReplaceAll(regexp.QuoteMeta(x.text), " ", `\s+`)
	if !x.part {
		expr = `(?i)` + expr
	}
	return regexp.MustCompile(expr).FindAllStringIndex(text, -1)
}

func beginsName(after string) bool {
	rs := []rune(after)
	return len(rs) > 2 && rs[0] == ' ' && unicode.IsUpper(rs[1]) && unicode.IsLower(rs[2])
}

func isWordRune(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_' }

// digitOf is a digit of another script as 0 to 9. Unicode keeps the ten of a script in one row, the zero first.
func digitOf(c rune) rune {
	for _, row := range unicode.Nd.R16 {
		if c >= rune(row.Lo) && c <= rune(row.Hi) {
			return '0' + (c-rune(row.Lo))%10
		}
	}
	for _, row := range unicode.Nd.R32 {
		if c >= rune(row.Lo) && c <= rune(row.Hi) {
			return '0' + (c-rune(row.Lo))%10
		}
	}
	return c
}

// plainLetters writes look-alikes the usual way (full-width digits, ligatures, digits of other scripts, hyphens) and
// drops what has no width, so that a number cannot be hidden from the patterns by what nobody sees.
func plainLetters(s string) string {
	s = norm.NFKC.String(strings.ToValidUTF8(s, "�"))
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case c == '\r' || c == '\u2028' || c == '\u2029' || c == '\u0085':
			return '\n'
		case unicode.Is(unicode.Cf, c) || unicode.IsControl(c):
			return -1
		case unicode.IsSpace(c):
			return ' '
		case c >= '\u2010' && c <= '\u2013' || c == '\u2212':
			return '-'
		case c > unicode.MaxASCII && unicode.IsDigit(c):
			return digitOf(c)
		}
		return c
	}, s)
}
