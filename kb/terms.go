package kb

import "slices"

// Terms gives the distinct terms of a text as the index would store them, sorted, without stop words and
// without the wholes beside their parts being split off: stems, codes and versions. At most max tokens are
// read. It is for comparing texts with each other outside of a ranking: duplicates, clusters.
func Terms(text string, max int) []string {
	if len(text) > MaxQueryBytes {
		text = text[:MaxQueryBytes]
	}
	seen := map[string]bool{}
	var out []string
	for _, t := range tokenize(text, max) {
		if t.kind == part || t.kind == join || t.kind == plain && stopWord(t.text) {
			continue
		}
		if term := t.term(); !seen[term] {
			seen[term] = true
			out = append(out, term)
		}
	}
	slices.Sort(out)
	return out
}
