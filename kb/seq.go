package kb

import (
	"encoding/binary"
	"iter"
)

// seqWords walks the numbers of the words of an encoded text.
func seqWords(seq []byte) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := 0; i < len(seq); {
			no, n := binary.Uvarint(seq[i:])
			i += n
			if n <= 0 || !yield(uint32(no)) {
				return
			}
		}
	}
}

// uncount and recount keep how often each spelling is in use: correction proposes only spellings that
// are there now, not those of an article that was removed.
func (ix *Index) uncount(seq []byte) {
	for no := range seqWords(seq) {
		ix.words[no].count--
	}
}

func (ix *Index) recount(seq []byte) {
	for no := range seqWords(seq) {
		ix.words[no].count++
	}
}

// length counts the words of an encoded text that have a place in it.
func (ix *Index) length(seq []byte) (n uint32) {
	for no := range seqWords(seq) {
		if ix.termOf[no]&besideText == 0 {
			n++
		}
	}
	return n
}

// compact rebuilds the dictionary when most of it belongs to articles that are gone. A desk that
// re-imports its articles for years would else keep every spelling it ever saw.
func (ix *Index) compact() {
	if ix.gone < 1000 || ix.gone < ix.live {
		return
	}
	ix.gone = 0
	dead := 0
	for i := range ix.words {
		if ix.words[i].count == 0 {
			dead++
		}
	}
	if dead*2 < len(ix.words) {
		return
	}
	fresh := NewWith(ix.p)
	move := func(seq []byte) []byte {
		var out []byte
		for no := range seqWords(seq) {
			w := ix.words[no]
			n, ok := fresh.wordNo[w.text]
			if !ok {
				n = fresh.enter(w.text, fresh.termFor(ix.terms[ix.term(no)].text, w.text), ix.termOf[no]&besideText != 0)
			}
			fresh.words[n].count++
			out = binary.AppendUvarint(out, uint64(n))
		}
		return out
	}
	for _, d := range ix.docs {
		if !d.live {
			continue
		}
		d.body, d.title = move(d.body), move(d.title)
		links := make([]link, len(d.links))
		for i, l := range d.links {
			links[i] = link{caseID: l.caseID, seq: move(l.seq)}
		}
		d.links = links
		fresh.post(fresh.take(), d)
	}
	// Held links are numbers of the old dictionary too; their words are written in the new one
	// without being counted, as they are in no article now.
	for id, links := range ix.held {
		for i := range links {
			if links[i].text == "" {
				links[i].seq = move(links[i].seq)
				fresh.uncount(links[i].seq)
			}
		}
		fresh.held[id] = links
	}
	ix.become(fresh)
}

// Become takes over all that another index holds, and its threshold, in one moment for those who search. The other
// must not be used again.
func (ix *Index) Become(other *Index) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.become(other)
	ix.threshold = other.threshold
}

// become takes over all that another index holds, but not its threshold. The other must not be used again.
func (ix *Index) become(other *Index) {
	ix.words, ix.termOf, ix.shapes, ix.wordNo = other.words, other.termOf, other.shapes, other.wordNo
	ix.terms, ix.termNo, ix.grams = other.terms, other.termNo, other.grams
	ix.docs, ix.slots, ix.free, ix.held = other.docs, other.slots, other.free, other.held
	ix.total, ix.with, ix.live, ix.gone = other.total, other.with, other.live, other.gone
	ix.normed.Store(nil)
}
