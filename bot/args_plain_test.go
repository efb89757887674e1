package bot

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var closing = map[rune]rune{'"': '"', '\'': '\'', '“': '”', '”': '”', '„': '“', '‘': '’', '«': '»'}

// plainWord reads a word character by character: what scanWord does without copying.
func plainWord(r []rune, i int) (word, key string, next int, err error) {
	var b strings.Builder
	quoted := false
	for i < len(r) && !unicode.IsSpace(r[i]) {
		c := r[i]
		end, isQuote := closing[c]
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

func plainArgs(line string) (Args, error) {
	a := Args{Values: map[string]string{}}
	r := []rune(line)
	for i := 0; i < len(r); {
		if unicode.IsSpace(r[i]) {
			i++
			continue
		}
		start := i
		word, key, next, err := plainWord(r, i)
		if err != nil {
			return Args{Values: map[string]string{}}, err
		}
		i = next
		if key != "" {
			a.Values[key] = word
			continue
		}
		if a.Words = append(a.Words, word); len(a.Words) == 2 {
			a.Tail = strings.TrimSpace(string(r[start:]))
		}
	}
	return a, nil
}

func holdArgsAgainstPlain(t *testing.T, line string) {
	t.Helper()
	got, err1 := ParseArgs(line)
	want, err2 := plainArgs(line)
	if !slices.Equal(got.Words, want.Words) || !maps.Equal(got.Values, want.Values) || got.Tail != want.Tail || fmt.Sprint(err1) != fmt.Sprint(err2) {
		t.Errorf("%q: got %q %q tail %q %v, want %q %q tail %q %v", line, got.Words, got.Values, got.Tail, err1, want.Words, want.Values, want.Tail, err2)
	}
	if key, value, ok := ParsePair(line); ok && (err2 != nil || len(want.Words) != 0 || len(want.Values) != 1 || want.Values[key] != value) {
		t.Errorf("%q is the pair %q %q, and taken apart %q %q %v", line, key, value, want.Words, want.Values, err2)
	}
}

// The lines are thrown together from pieces that have a meaning and their neighbours.
func TestALineIsReadAsCharacterByCharacter(t *testing.T) {
	parts := []string{"a", "B", "note", "é", "漢", "=", "=", `"`, `"`, "'", "“", "”", "„", "‘", "’", "«", "»", `\`, `\"`, `\\`, " ", " ", "\n", "\u2003", "\xff", "\xe2\x80", "-", "_", "1", "\u00a0"}
	r := rand.New(rand.NewPCG(3, 4))
	for range 100_000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		holdArgsAgainstPlain(t, b.String())
	}
}

func BenchmarkParseArgs(b *testing.B) {
	const line = `new severity=3 customer="Demo Outdoor" product="Harbor Tills" category="Defect" summary="Till 17 prints no receipts" impact="One store waits" first_seen="2026-11-20 08:30"`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseArgs(line); err != nil {
			b.Fatal(err)
		}
	}
}
