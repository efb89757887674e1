package desk

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What the completeness gate reads in one pass is said here once more in the plainest words there are for it.

func plainFolded(t string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(strings.ReplaceAll(t, "’", "'"))), " "))
}

func plainDisguised(bare string) (string, bool) {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, bare)
	return letters, len([]rune(letters)) <= 3 && len(bare) > len(letters) && !strings.ContainsFunc(bare, unicode.IsDigit)
}

func plainNoise(t string, prose bool) bool {
	word := strings.ReplaceAll(t, " ", "")
	n, digits, alike := len([]rune(word)), strings.Trim(word, "0123456789") == "", same(word)
	switch {
	case n == 0 || digits && !prose:
		return false
	case word == "x" || word == "xx":
		return true
	case digits:
		return n > 2 && n < 12 && strings.Contains("0123456789012345678909876543210", word) || n > 3 && alike
	case alike:
		return n > 2
	case word == t:
		return plainKeys(t) || plainPieces(t)
	}
	for _, w := range strings.Fields(t) {
		if len([]rune(w)) < 3 || !plainKeys(w) && !plainPieces(w) && !same(w) {
			return false
		}
	}
	return true
}

// plainKeys leaves out what only spares time: without it every word goes through the loop.
func plainKeys(w string) bool {
	return len([]rune(w)) >= 3 && allRuns(w, []rune(w))
}

func plainPieces(w string) bool {
	rs := []rune(w)
	for size := 2; size <= 5; size++ {
		if len(rs) >= 3*size && strings.HasPrefix(strings.Repeat(string(rs[:size]), len(rs)), w) {
			return true
		}
	}
	half := string(rs[:len(rs)/2])
	_, known := fillers[half]
	return len(rs) >= 6 && known && w == half+half
}

func plainWords(s string) int {
	n, dense := 0, 0
	for _, w := range strings.Fields(s) {
		run := false
		for _, r := range w {
			if r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer) {
				dense++
			} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
				run = true
			}
		}
		if run {
			n++
		}
	}
	return n + (dense+1)/2
}

func holdAgainstPlain(t *testing.T, text string) {
	t.Helper()
	if got, want := folded(text), plainFolded(text); got != want {
		t.Errorf("%q is folded to %q, want %q", text, got, want)
	}
	if got, want := OneSpaced(text), strings.Join(strings.Fields(text), " "); got != want {
		t.Errorf("%q is spaced as %q, want %q", text, got, want)
	}
	if got, want := countWords(text), plainWords(text); got != want {
		t.Errorf("%q has %d words, want %d", text, got, want)
	}
	bare := plainFolded(text)
	got, ok := disguised(bare)
	if want, hidden := plainDisguised(bare); ok != hidden || ok && got != want {
		t.Errorf("%q hides %q (%v), want %q (%v)", bare, got, ok, want, hidden)
	}
	for _, prose := range []bool{true, false} {
		if got, want := noise(bare, prose), plainNoise(bare, prose); got != want {
			t.Errorf("%q (prose: %v) is noise: %v, want %v", bare, prose, got, want)
		}
	}
}

// The words are thrown together from pieces of which noise and its neighbours are made.
func TestTheGateReadsInOnePassAsInManySteps(t *testing.T) {
	pieces := []string{"a", "b", "x", "X", "as", "asdf", "qwe", "ytrewq", "lkj", "abc", "la", "test", "n", "/", ".", "-", " ", "  ", "\t", "\n", "1", "2", "123", "987", "the ", "please ",
		"é", "ß", "ü", "ñ", "й", "ｎ", "’", "'", "カ", "ー", "決", "ไ", "\u00a0", "\u2003", "\u0085", "\xff", "\ufffd", "한", "İ"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		var b strings.Builder
		for range r.IntN(9) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		holdAgainstPlain(t, b.String())
	}
	for _, list := range fillerAnswers {
		for _, v := range list {
			holdAgainstPlain(t, v)
		}
	}
	for _, v := range genuineAnswers {
		holdAgainstPlain(t, v)
	}
}

func TestOnlyScriptsWithoutSpacesAreDense(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got, want := isDense(r), r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer); got != want {
			t.Fatalf("%q is dense: %v, want %v", r, got, want)
		}
	}
}
