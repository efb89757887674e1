// Package kb finds knowledge articles. It has one ranking, its own, so that the right article comes
// first whatever database the desk runs on.
//
// The tour, from the bottom up:
//
//   - params.go: every number of the ranking, in one place.
//   - token.go, stem.go: text becomes tokens, tokens become terms.
//   - grams.go, edit.go, correct.go: words nobody wrote become the known words they were meant as.
//   - index.go, dictionary.go, seq.go, postings.go, pack.go: articles become postings; add, change, remove, link a case.
//   - query.go: typed text becomes weighted clauses.
//   - search.go, bm25f.go, pairs.go: BM25F over title, body and linked cases, then words side by side.
//   - confidence.go, suggest.go: when to say nothing, and what to show otherwise.
//   - judged.go, measure.go: how good the ranking is on judged queries.
//
// An Index is held in memory and built at start from the desk's articles; it asks nothing of the
// database and imports nothing of ours but the desk's types.
package kb
