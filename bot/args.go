package bot

import (
	"fmt"
	"strings"
	"unicode"
)

// Args is a command line taken apart: `new severity=2 customer="Acme Ltd" rest of it`.
type Args struct {
	Words  []string          // Positional words in order, quotes taken off.
	Values map[string]string // key=value pairs; keys in lower case.
	Tail   string            // Everything after the first positional word, as typed: the text of a note or an update.
}

// maxArgs bounds a command line, in bytes; platforms allow a few thousand.
const maxArgs = 200_000

// ParseArgs takes a command line apart. Words are split at white space; single, double and the curly
// quotes of phones group words; a backslash takes the next quote or backslash literally. A key is letters,
// digits, _ and -. The error names the place of a quote that is not closed.
func ParseArgs(line string) (Args, error) {
	a := Args{Values: map[string]string{}}
	if len(line) > maxArgs {
		return a, fmt.Errorf("the command is too long: %d characters", len(line))
	}
	r := []rune(line)
	for i := 0; i < len(r); {
		if unicode.IsSpace(r[i]) {
			i++
			continue
		}
		start := i
		word, key, next, err := scanWord(r, i)
		if err != nil {
			return Args{Values: map[string]string{}}, err
		}
		i = next
		if key != "" {
			a.Values[key] = word
			continue
		}
		a.Words = append(a.Words, word)
		if len(a.Words) == 2 {
			a.Tail = strings.TrimSpace(string(r[start:]))
		}
	}
	return a, nil
}

var closing = map[rune]rune{'"': '"', '\'': '\'', '“': '”', '”': '”', '„': '“', '‘': '’', '«': '»'}

// scanWord reads one word or key=value from i on and gives where it ends.
func scanWord(r []rune, i int) (word, key string, next int, err error) {
	var b strings.Builder
	quoted := false
	for i < len(r) && !unicode.IsSpace(r[i]) {
		c := r[i]
		end, isQuote := closing[c]
		// An apostrophe inside a word ("don't") is no quote.
		if isQuote && (c == '\'' || c == '’' || c == '‘') && b.Len() > 0 {
			isQuote = false
		}
		switch {
		case isQuote && b.Len() == 0:
			at := i
			i++
			for i < len(r) && r[i] != end && !(end == '”' && r[i] == '"') {
				if r[i] == '\\' && i+1 < len(r) && (r[i+1] == end || r[i+1] == '\\') {
					i++
				}
				b.WriteRune(r[i])
				i++
			}
			if i >= len(r) {
				return "", "", 0, fmt.Errorf("the quote %c at character %d is not closed", c, at+1)
			}
			quoted = true
			i++
		case c == '=' && key == "" && !quoted && isKey(b.String()):
			key = strings.ToLower(b.String())
			b.Reset()
			i++
		default:
			b.WriteRune(c)
			i++
		}
	}
	return b.String(), key, i, nil
}

func isKey(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for _, c := range s {
		if c != '_' && c != '-' && (c > 127 || !unicode.IsLetter(c) && !unicode.IsDigit(c)) {
			return false
		}
	}
	return true
}
