package desk

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// noise says whether a text is one character or one piece over and over, or runs along a row of keys.
func noise(t string, prose bool) bool {
	n, first, alike, digits, blank := 0, rune(0), true, true, false
	for i, r := range t {
		if r == ' ' {
			blank = true
			continue
		}
		if n == 0 {
			first = r
		}
		n++
		alike, digits = alike && r == first, digits && r >= '0' && r <= '9'
		if !alike && !digits {
			blank = blank || strings.Contains(t[i:], " ") // Nothing else of the rest matters.
			break
		}
	}
	switch {
	case n == 0 || digits && !prose:
		return false
	case alike && first == 'x' && n <= 2:
		return true
	case digits:
		return n > 2 && n < 12 && strings.Contains("0123456789012345678909876543210", strings.ReplaceAll(t, " ", "")) || n > 3 && alike
	case alike:
		return n > 2
	case blank:
		return allNoise(t)
	}
	return keyboardRun(t) || pieces(t)
}

// allNoise says whether every word of several is noise: "asdf asdf", "qwe asd zxc".
func allNoise(text string) bool {
	for w := range strings.FieldsSeq(text) {
		if utf8.RuneCountInString(w) < 3 || !keyboardRun(w) && !pieces(w) && !same(w) {
			return false
		}
	}
	return true
}

func same(w string) bool {
	first, _ := utf8.DecodeRuneInString(w)
	for _, r := range w {
		if r != first {
			return false
		}
	}
	return true
}

// rows are the keyboards' rows, forwards; runs are the same in both directions.
var rows = []string{"qwertyuiop", "qwertzuiopü", "azertyuiop", "asdfghjklñ", "asdfghjklöä", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "wxcvbn",
	"abcdefghijklmnopqrstuvwxyz", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"}

var runs = func() []string {
	both := slices.Clone(rows)
	for _, row := range rows {
		back := []rune(row)
		slices.Reverse(back)
		both = append(both, string(back))
	}
	return both
}()

// starts are all runs of three keys, by which a word that is none is known at its third letter.
var starts = func() map[[3]rune]bool {
	all := map[[3]rune]bool{}
	for _, row := range runs {
		rs := []rune(row)
		for i := range len(rs) - 2 {
			all[[3]rune(rs[i:i+3])] = true
		}
	}
	return all
}()

// keyboardRun says whether a word runs along one row of keys, perhaps back or again ("asdfasdf",
// "asdfg", "qweqwe", "lkjh"). Words of people are spared by length: "we", "top" and "pop" are too short,
// and the few long words that lie in one row ("property", "typewriter") don't run along it.
func keyboardRun(w string) bool {
	rs := []rune(w)
	return len(rs) >= 3 && starts[[3]rune(rs)] && allRuns(w, rs)
}

// allRuns cuts a word into runs along a row; noise is nothing but runs of three or more.
func allRuns(w string, rs []rune) bool {
	for start := 0; start < len(rs); {
		end := start
		for end < len(rs) && inRow(string(rs[start:end+1])) {
			end++
		}
		// A last piece may be short when it begins the first one again: "asdfas".
		if again := end == len(rs) && start > 0 && len(rs) > 4 && string(rs[start:]) == string(rs[:end-start]); end-start < 3 && !again {
			return false
		}
		start = end
	}
	// Three letters alone may be a word or a name (abc, def, rst); only the corners of the keyboard are not.
	if len(rs) == 3 {
		return strings.Contains(" qwe asd zxc ewq dsa cxz abc qaz wer sdf xcv jkl ", " "+w+" ")
	}
	return true
}

func inRow(s string) bool {
	for _, row := range runs {
		if strings.Contains(row, s) {
			return true
		}
	}
	return false
}

// pieces says whether a word is a short piece three times or more ("blablabla", "hahaha"), or a filler
// twice ("testtest").
func pieces(w string) bool {
	rs := []rune(w)
	for size := 2; size <= 5 && len(rs) >= 3*size; size++ {
		if repeats(rs, size) {
			return true
		}
	}
	if len(rs) < 6 || len(rs)%2 != 0 || !repeats(rs, len(rs)/2) {
		return false
	}
	_, known := fillers[string(rs[:len(rs)/2])]
	return known
}

// repeats says whether a word is its first letters over and over; the last time may break off.
func repeats(rs []rune, size int) bool {
	for i := size; i < len(rs); i++ {
		if rs[i] != rs[i-size] {
			return false
		}
	}
	return true
}
