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
	no := uint32(len(ix.words))
	ix.wordNo[key] = no
	ix.words = append(ix.words, word{text: key, term: ix.termFor(t.term()), extra: t.extra()})
	ix.addGrams(no, key)
	return no
}

func (ix *Index) termFor(text string) uint32 {
	if no, ok := ix.termNo[text]; ok {
		return no
	}
	text = strings.Clone(text)
	no := uint32(len(ix.terms))
	ix.termNo[text] = no
	ix.terms = append(ix.terms, term{text: text})
	return no
}
