package kb

import (
	"encoding/binary"
	"slices"
	"strings"
)

// encode turns tokens into numbers of words, and counts those that have a place in the text.
func (ix *Index) encode(tokens []token) ([]byte, uint32) {
	buf, n := make([]byte, 0, 2*len(tokens)+8), uint32(0)
	for _, t := range tokens {
		no := ix.intern(t)
		ix.words[no].count++
		if !t.extra() {
			n++
		}
		buf = binary.AppendUvarint(buf, uint64(no))
	}
	return slices.Clip(buf), n
}

func (ix *Index) encodeLinks(d *doc) {
	d.size[inLinks] = 0
	for i := range d.links {
		l := &d.links[i]
		if l.seq == nil || l.text != "" {
			l.seq, _ = ix.encode(tokenize(l.text, maxSeqTokens))
			l.text = ""
		} else {
			ix.recount(l.seq)
		}
		d.size[inLinks] += ix.length(l.seq)
	}
}

// intern gives the number of a word, a new one if it was never seen.
func (ix *Index) intern(t token) uint32 {
	key := t.text
	if t.extra() {
		key = t.key()
	}
	if no, ok := ix.wordNo[key]; ok {
		return no
	}
	// A substring of the article would keep its whole text alive.
	key = strings.Clone(key)
	return ix.enter(key, ix.termFor(t.term(), key), t.extra())
}

// enter adds a word that was never seen.
func (ix *Index) enter(key string, term uint32, extra bool) uint32 {
	no := uint32(len(ix.words))
	ix.wordNo[key] = no
	ix.words = append(ix.words, word{text: key})
	if extra {
		term |= besideText
	}
	ix.termOf, ix.shapes = append(ix.termOf, term), append(ix.shapes, outline{})
	ix.addGrams(no, key)
	return no
}

// termFor gives the number of a term, a new one if it was never seen. key is the word it is for.
func (ix *Index) termFor(text, key string) uint32 {
	if no, ok := ix.termNo[text]; ok {
		return no
	}
	if text == key {
		text = key // Half of the words are their own stem; the two share their letters.
	} else {
		text = strings.Clone(text)
	}
	no := uint32(len(ix.terms))
	ix.termNo[text] = no
	ix.terms = append(ix.terms, term{text: text})
	return no
}
