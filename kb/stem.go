package kb

import (
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

// fold makes spellings that people do not tell apart equal: lower case, no accents, full-width and
// ligature forms as their plain letters. ASCII, nearly all of it, takes the short way.
func fold(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	// Composed again, so that a Hangul syllable or a kana is one letter as it is typed.
	s = norm.NFC.String(b.String())
	if name, ok := greek[s]; ok {
		return name
	}
	return s
}

// stem gives the Porter2 stem of a folded word. Words with digits or letters outside a–z are kept:
// the algorithm is defined for English only, and another language is better found exactly.
func stem(w string) string {
	if len(w) < 3 {
		return w
	}
	for i := 0; i < len(w); i++ {
		if w[i] < 'a' || w[i] > 'z' {
			return w
		}
	}
	return english.Stem(w, true)
}

// term gives what a token is indexed under. Wholes carry a mark in front, so that the code "42" kept
// whole and the word "42" stay two terms and none of them is stemmed.
func (t token) term() string {
	if t.kind == whole {
		return "=" + t.text
	}
	return stem(t.text)
}

// key names a token that is beside the text among the spellings, where it must not be taken for the
// same letters standing in the text: only the latter have a place and a length.
func (t token) key() string {
	if t.kind == join {
		return "+" + t.text
	}
	return "=" + t.text
}

// stopWord says whether a folded word only holds English sentences together. Negations and question
// words are on the list too: at StopWeight they still tell "starts" from "does not start".
func stopWord(w string) bool { return stopWords[w] }

var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`
		a an the this that these those some any each every such
		i me my mine we us our ours you your yours he him his she her hers it its they them their theirs
		am is are was were be been being do does did doing done have has had having
		can could may might must shall should will would ought
		and or but nor so if then than because while until unless though although as
		of in on at to from by for with without within into onto about over under between through during
		before after above below up down out off again further against per via upon
		how what when where which who whom whose why there here
		not no don doesn didn isn aren wasn weren won wouldn couldn shouldn cannot hasn haven hadn
		all both more most few other own same only just too very also ever still even yet
		im ive id ll re ve s t`) {
		m[w] = true
	}
	return m
}()
