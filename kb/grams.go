package kb

import (
	"strings"
	"unicode"
)

// gram is three letters in a row, packed. Words are padded with a mark at both ends, so that beginnings
// and endings count as such.
type gram uint64

const edge = 1 // No letter; stands before the first and after the last.

func pack(a, b, c rune) gram { return gram(a)<<42 | gram(b)<<21 | gram(c) }

// gramsOf calls f with every gram of a word. Short words have so few that one slip can change all of
// them; they are also listed under their first and their last letter alone.
func gramsOf(rs []rune, f func(gram)) {
	n := len(rs)
	at := func(i int) rune {
		if i < 0 || i >= n {
			return edge
		}
		return rs[i]
	}
	for i := -1; i < n-1; i++ {
		f(pack(at(i), at(i+1), at(i+2)))
	}
	if n <= shortWord {
		f(pack(edge, edge, rs[0]))
		f(pack(rs[n-1], edge, edge))
	}
}

// shortWord is the length up to which a word is listed under its ends.
const shortWord = 6

// correctable says whether a spelling takes part in correction: letters only. A code with one digit
// wrong is another code, and must not be found under the nearest one.
func correctable(w string) bool {
	n := 0
	for _, r := range w {
		if !unicode.IsLetter(r) {
			return false
		}
		n++
	}
	return n >= 2
}

func (ix *Index) addGrams(no uint32, key string) {
	w := spelling(key)
	if !correctable(w) {
		return
	}
	rs := []rune(w)
	ix.shapes[no] = outline{lettersOf(rs), uint8(min(len(rs), 255))}
	gramsOf(rs, func(g gram) {
		list := ix.grams[g]
		if n := len(list); n == 0 || list[n-1] != no {
			ix.grams[g] = append(list, no)
		}
	})
}

// lettersOf is the set of a word's letters, folded into 32 bits. An edit takes at most one letter out of it
// and puts at most one in, so most words that are too far away are told by counting bits.
func lettersOf(rs []rune) (mask uint32) {
	for _, r := range rs {
		mask |= 1 << (uint32(r) % 32)
	}
	return mask
}

// spelling gives what a person would type for a word of the dictionary: the joined form of a hyphenated
// word, "email", is typed and mistyped like any other.
func spelling(key string) string { return strings.TrimPrefix(key, "+") }
