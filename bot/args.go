package bot

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
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
	if !utf8.ValidString(line) {
		line = string([]rune(line)) // Each byte that is no text becomes a sign of its own.
	}
	for i := 0; i < len(line); {
		if c, n := utf8.DecodeRuneInString(line[i:]); unicode.IsSpace(c) {
			i += n
			continue
		}
		start := i
		word, key, next, err := scanWord(line, i)
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
			a.Tail = strings.TrimSpace(line[start:])
		}
	}
	return a, nil
}

// ParsePair takes a text apart that is one key=value and nothing else; ok is false for any other. It gives what ParseArgs
// would, without what ParseArgs needs for whole lines.
func ParsePair(text string) (key, value string, ok bool) {
	if text == "" || len(text) > maxArgs || !utf8.ValidString(text) {
		return "", "", false
	}
	value, key, next, err := scanWord(text, 0)
	return key, value, err == nil && key != "" && next == len(text)
}

// closingOf gives what closes a quotation that a character opens, or 0.
func closingOf(open rune) rune {
	switch open {
	case '"', '\'':
		return open
	case '“':
		return '”'
	case '”':
		return '”'
	case '„':
		return '“'
	case '‘':
		return '’'
	case '«':
		return '»'
	}
	return 0
}

// scanWord reads one word or key=value from i on, where no blank stands, and gives where it ends.
func scanWord(line string, i int) (text, key string, next int, err error) {
	var w pieces
	quoted := false
	for i < len(line) {
		c, n := utf8.DecodeRuneInString(line[i:])
		switch end := closingOf(c); {
		case unicode.IsSpace(c):
			return w.text(), key, i, nil
		case end != 0 && w.empty(): // Inside a word it is no quote ("don't").
			from := i + n
			if i, err = w.quote(line, from, end); err != nil {
				return "", "", 0, fmt.Errorf("the quote %c at character %d is not closed", c, utf8.RuneCountInString(line[:from]))
			}
			quoted = true
		case c == '=' && key == "" && !quoted && isKey(w.text()):
			key = strings.ToLower(w.text())
			w = pieces{}
			i++
		default:
			// What follows in the word is taken as it stands, up to what could have a meaning.
			end := len(line)
			if more := strings.IndexFunc(line[i+n:], func(c rune) bool { return c == '=' || unicode.IsSpace(c) }); more >= 0 {
				end = i + n + more
			}
			w.add(line[i:end])
			i = end
		}
	}
	return w.text(), key, i, nil
}

// pieces are a word put together from parts of the line. Nearly always there is one, and nothing is copied.
type pieces struct {
	only string
	many strings.Builder
}

func (p *pieces) empty() bool { return p.only == "" && p.many.Len() == 0 }

func (p *pieces) text() string {
	if p.many.Len() == 0 {
		return p.only
	}
	return p.many.String()
}

func (p *pieces) add(s string) {
	switch {
	case p.empty():
		p.only = s
		return
	case p.many.Len() == 0:
		p.many.WriteString(p.only)
	}
	p.many.WriteString(s)
}

// quote adds what stands from a place of the line to the end of its quotation, and gives the place behind it. A backslash
// before the end or before another backslash is left out.
func (p *pieces) quote(line string, from int, end rune) (int, error) {
	for i := from; i < len(line); {
		c, n := utf8.DecodeRuneInString(line[i:])
		if c == end || end == '”' && c == '"' {
			p.add(line[from:i])
			return i + n, nil
		}
		if c == '\\' {
			if next, m := utf8.DecodeRuneInString(line[i+n:]); m > 0 && (next == end || next == '\\') {
				p.add(line[from:i])
				from, i = i+n, i+n+m
				continue
			}
		}
		i += n
	}
	return 0, errOpenQuote
}

var errOpenQuote = errors.New("the quote is not closed")

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
