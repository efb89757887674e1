package kb

import (
	"cmp"
	"slices"
)

// take gives a slot for a new article.
func (ix *Index) take() uint32 {
	if n := len(ix.free); n > 0 {
		s := ix.free[n-1]
		ix.free = ix.free[:n-1]
		return s
	}
	ix.docs = append(ix.docs, doc{})
	return uint32(len(ix.docs) - 1)
}

// counts is how often a term is in each field of one article.
type counts struct {
	term uint32
	n    [3]uint32
}

// tally counts a doc's terms, in the order of their numbers.
func (ix *Index) tally(d *doc) []counts {
	var keys []uint64
	each := func(seq []byte, field uint64) {
		for no := range seqWords(seq) {
			keys = append(keys, uint64(ix.term(no))<<2|field)
		}
	}
	each(d.body, inBody)
	each(d.title, inTitle)
	for _, l := range d.links {
		each(l.seq, inLinks)
	}
	slices.Sort(keys)
	var out []counts
	for _, k := range keys {
		t := uint32(k >> 2)
		if n := len(out); n == 0 || out[n-1].term != t {
			out = append(out, counts{term: t})
		}
		out[len(out)-1].n[k&3]++
	}
	return out
}

// post enters a doc under a slot.
func (ix *Index) post(s uint32, d doc) {
	for _, c := range ix.tally(&d) {
		p := posting{slot: s, body: uint16(min(c.n[inBody], 1<<16-1)), title: uint8(min(c.n[inTitle], 255)), links: uint8(min(c.n[inLinks], 255))}
		list := ix.terms[c.term].post
		if n := len(list); n == 0 || list[n-1].slot < s {
			ix.terms[c.term].post = append(list, p)
			continue
		}
		i, _ := slices.BinarySearchFunc(list, s, bySlot)
		ix.terms[c.term].post = slices.Insert(list, i, p)
	}
	for f, n := range d.size {
		ix.total[f] += int64(n)
		if n > 0 {
			ix.with[f]++
		}
	}
	ix.live++
	ix.normed.Store(nil)
	ix.docs[s] = d
	ix.slots[d.art.ID] = s
}

// drop undoes post; the slot is the caller's to reuse.
func (ix *Index) drop(s uint32) {
	d := &ix.docs[s]
	for _, c := range ix.tally(d) {
		list := ix.terms[c.term].post
		if i, ok := slices.BinarySearchFunc(list, s, bySlot); ok {
			ix.terms[c.term].post = slices.Delete(list, i, i+1)
		}
	}
	for f, n := range d.size {
		ix.total[f] -= int64(n)
		if n > 0 {
			ix.with[f]--
		}
	}
	ix.uncount(d.body)
	ix.uncount(d.title)
	for _, l := range d.links {
		ix.uncount(l.seq)
	}
	ix.live--
	ix.normed.Store(nil)
	delete(ix.slots, d.art.ID)
	ix.docs[s] = doc{}
}

func bySlot(p posting, s uint32) int { return cmp.Compare(p.slot, s) }
