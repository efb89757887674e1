package kb

// Pack lays the postings and the lists of trigrams side by side, each as long as it is. A list that grows by one
// article at a time is up to twice as long as what it holds; after a build of thousands that is a tenth of the memory.
// Later changes move the lists they make longer out again.
func (ix *Index) Pack() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	n := 0
	for i := range ix.terms {
		n += len(ix.terms[i].post)
	}
	all := make([]posting, 0, n)
	for i := range ix.terms {
		all, ix.terms[i].post = side(all, ix.terms[i].post)
	}
	n = 0
	for _, list := range ix.grams {
		n += len(list)
	}
	grams := make([]uint32, 0, n)
	for g, list := range ix.grams {
		grams, ix.grams[g] = side(grams, list)
	}
	ix.words, ix.termOf, ix.shapes, ix.terms, ix.docs = exact(ix.words), exact(ix.termOf), exact(ix.shapes), exact(ix.terms), exact(ix.docs)
}

// side puts a list at the end of another and gives both; what is appended to the list later does not run into the next.
func side[T any](all, list []T) ([]T, []T) {
	from := len(all)
	all = append(all, list...)
	return all, all[from:len(all):len(all)]
}

// exact is a copy without room to grow.
func exact[T any](list []T) []T { return append(make([]T, 0, len(list)), list...) }
