package kb

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind says what a token is to the ranking.
type tokenKind uint8

const (
	plain tokenKind = iota // A word of running text: stemmed, and corrected when unknown.
	part                   // A piece of an identifier or a hyphenated word, in its place in the text.
	whole                  // The identifier itself, beside its parts: an error code, a version, a path.
	join                   // A hyphenated word written as one: "set-up" also counts as "setup".
)

// token is one unit of text, folded to lower case without accents, not yet stemmed.
type token struct {
	text string
	kind tokenKind
}

// extra says whether the token is beside the text rather than a place in it: extras neither count
// for a field's length nor stand next to anything.
func (t token) extra() bool { return t.kind == whole || t.kind == join }

// tokenize cuts text into tokens, at most max of them. Words separated by spaces are looked at one by
// one: plain ones give one token, those with inner structure give their parts and themselves whole,
// because people paste "HB-2041", "/var/log/harbor.log" and stack frames and expect the article that
// has exactly those.
func tokenize(text string, max int) []token {
	out := make([]token, 0, min(len(text)/5+8, max))
	for len(text) > 0 && len(out) < max {
		i, w := nextBreak(text)
		if i > 0 {
			out = appendChunk(out, text[:i])
		}
		text = text[i+w:]
	}
	return out[:min(len(out), max)]
}

// nextBreak gives the place and the width of the first rune that ends a chunk; the end of the text and 0 when there
// is none.
func nextBreak(text string) (at, width int) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c < utf8.RuneSelf {
			if asciiBreaks[c] {
				return i, 1
			}
			continue
		}
		r, w := utf8.DecodeRuneInString(text[i:])
		if breaks(r) {
			return i, w
		}
		i += w - 1
	}
	return len(text), 0
}

// asciiBreaks is breaks for the characters that nearly all text consists of.
var asciiBreaks = func() (table [utf8.RuneSelf]bool) {
	for c := range table {
		table[c] = breaks(rune(c))
	}
	return table
}()

// breaks says whether a rune always ends a chunk. Besides space these are the marks that never stand
// inside an identifier; what is left is judged by shape.
func breaks(r rune) bool {
	switch r {
	case ',', ';', '"', '<', '>', '|', '*', '!', '?', '`', '“', '”', '«', '»', '…', '–', '—', '[', ']', '{', '}', '=', '•':
		return true
	}
	return unicode.IsSpace(r) || r == utf8.RuneError || unicode.IsControl(r)
}

// appendChunk adds the tokens of a piece of text without spaces.
func appendChunk(out []token, chunk string) []token {
	if simple(chunk) {
		return appendWord(out, fold(chunk), plain)
	}
	chunk = strings.TrimFunc(chunk, func(r rune) bool { return !wordRune(r) })
	if chunk == "" {
		return out
	}
	if simple(chunk) {
		return appendWord(out, fold(chunk), plain)
	}
	parts := splitParts(chunk)
	if len(parts) == 1 {
		return appendWord(out, fold(parts[0]), plain)
	}
	kind, w := shape(chunk, parts)
	for _, p := range parts {
		out = appendWord(out, fold(p), kind)
	}
	if w.text == "" || utf8.RuneCountInString(w.text) > 4*MaxTokenRunes {
		return out
	}
	out = innerNames(append(out, w), chunk)
	// A frame "pos.Sync.run(Sync.java:142)" is also found by its place in the source, and version
	// "2.4.1" by the release "2.4" it belongs to.
	if i := strings.IndexByte(w.text, '('); i > 0 && i+1 < len(w.text) {
		out = append(out, token{w.text[i+1:], whole})
	}
	if v := strings.Split(w.text, "."); len(v) == 3 && digits(v[0]) && digits(v[1]) {
		out = append(out, token{v[0] + "." + v[1], whole})
	}
	return out
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// shape decides what a structured chunk is. Letters joined by hyphens or apostrophes are prose;
// anything with digits, dots, slashes or underscores between its parts is an identifier.
func shape(chunk string, parts []string) (tokenKind, token) {
	lower := fold(chunk)
	hasDigit, hasGreek, prose := false, false, true
	for _, r := range chunk {
		hasGreek = hasGreek || r >= 0x80 && unicode.Is(unicode.Greek, r)
		switch {
		case unicode.IsDigit(r):
			hasDigit = true
		case r == '-' || r == '\'' || r == '’' || r == '/' || unicode.IsLetter(r) || unicode.IsMark(r):
		default:
			prose = false
		}
	}
	switch {
	case prose && !hasDigit && strings.ContainsRune(chunk, '/'):
		// "and/or", "client/server": alternatives. A path has more than one slash or starts with one,
		// and two words are found by their parts anyway.
		if strings.Count(chunk, "/") == 1 {
			return plain, token{}
		}
		return part, token{lower, whole}
	case prose && !hasDigit && len(parts) > 3:
		return plain, token{}
	case prose && !hasDigit && !hasGreek && !strings.ContainsRune(chunk, '-'):
		return part, token{lower, whole} // CamelCase: the name itself and its humps.
	case prose && !hasDigit:
		return plain, token{joined(parts), join}
	case strings.ContainsAny(chunk, "/\\:.@("):
		if len(lower) > 1 && lower[0] == 'v' && lower[1] >= '0' && lower[1] <= '9' {
			lower = lower[1:] // "v2.4.1" is version 2.4.1.
		}
		return part, token{lower, whole}
	default:
		// "HB-2041", "hb_2041" and "HB2041" are one code to the people who type them.
		return part, token{joined(parts), whole}
	}
}

// joined writes the parts as one word.
func joined(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(fold(p))
	}
	return b.String()
}

// splitParts cuts a chunk at everything that is not a letter or digit, between letters and digits, and
// at the humps of camel case. Apostrophes are dropped with a following "s", as in "customer's".
func splitParts(chunk string) []string {
	var parts []string
	rs := []rune(chunk)
	start := 0
	flush := func(end int) {
		if end > start {
			parts = append(parts, string(rs[start:end]))
		}
	}
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		switch {
		case r == '\'' || r == '’':
			flush(i)
			// "customer's" and "don't": the piece after the apostrophe is no word of its own.
			j := i + 1
			for j < len(rs) && unicode.IsLetter(rs[j]) {
				j++
			}
			if n := j - i - 1; n <= 2 {
				i = j - 1
			}
			start = i + 1
		case !wordRune(r):
			flush(i)
			start = i + 1
		case i > start && cut(rs, i):
			flush(i)
			start = i
		}
	}
	flush(len(rs))
	return parts
}

// cut says whether a new part starts at i: letter against digit, or a capital after small letters
// where both humps have at least three letters ("SyncAgent", not "iPhone" or "mRNA").
func cut(rs []rune, i int) bool {
	a, b := rs[i-1], rs[i]
	if unicode.IsDigit(a) != unicode.IsDigit(b) && !unicode.IsMark(b) || greekBeside(a, b) {
		return true
	}
	if !unicode.IsLower(a) || !unicode.IsUpper(b) {
		return false
	}
	// Three letters are looked at and no more: a long chain of humps would cost the square of its length.
	return letters(rs[max(0, i-hump):i]) && i >= hump && i+hump <= len(rs) && letters(rs[i:i+hump])
}

// hump is how many letters each side of a hump of camel case has at least.
const hump = 3

func letters(rs []rune) bool {
	for _, r := range rs {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return true
}

// appendWord adds one folded word. Scripts written without spaces become overlapping pairs of
// characters, the usual way to find words in them without a dictionary.
func appendWord(out []token, w string, kind tokenKind) []token {
	if w == "" {
		return out
	}
	if r, _ := utf8.DecodeRuneInString(w); r < 0x0E00 || !spaceless(r) {
		if utf8.RuneCountInString(w) > MaxTokenRunes {
			w = string([]rune(w)[:MaxTokenRunes])
		}
		return append(out, token{w, kind})
	}
	rs := []rune(w)
	if len(rs) == 1 {
		return append(out, token{w, part})
	}
	for i := 0; i+1 < len(rs); i++ {
		out = append(out, token{string(rs[i : i+2]), part})
	}
	return out
}

func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// simple says whether a chunk is only lower-case ASCII letters after its first: the common case.
func simple(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'a' || c > 'z') && (i > 0 || c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
