package kb

// Params are the numbers of the ranking, all of them, in one place. DefaultParams holds the values
// the desk runs with; docs/knowledge.md says how each was chosen and how to measure a change.
type Params struct {
	// BM25F. K1 is how slowly repeated words stop counting. The weights say how much an occurrence in
	// a field counts against one in the body; the Bs (0 to 1) how strongly a field's length is
	// corrected for.
	K1          float64
	TitleWeight float64
	LinkWeight  float64
	BodyB       float64
	TitleB      float64
	LinkB       float64

	// StopWeight keeps words such as "how" and "not" in the query, at a fraction of a word's weight:
	// removing them loses phrases like "not responding", keeping them whole drowns short queries.
	StopWeight float64

	// PairWeight is what two adjacent words of the query add when they stand side by side in the
	// article, as a fraction of a word. Only the PairDepth best articles are looked at, because
	// postings of pairs would be two thirds of the index's memory.
	PairWeight float64
	PairDepth  int

	// CaseWeight is what the linked case most like the query adds, for the same articles: the linked
	// cases together say what an article is about, the nearest one that this was asked before.
	CaseWeight float64

	// PartWeight is the query weight of the parts of an identifier ("hb", "2041" of "HB-2041") beside
	// the whole. WholeWeight is the weight of the joined form of a hyphenated word ("set-up").
	PartWeight  float64
	WholeWeight float64

	// Correction of words the index has never seen. A word of at least CorrectFrom letters is compared
	// with known words within one edit, from TwoEditsFrom letters within two if none is nearer. At most
	// Corrections readings are kept. CorrectedWeight is the weight of the likeliest reading against a
	// word typed right, TwoEdits what is left of it when it took two edits. A reading's likelihood is
	// the root of how often it is written, times FirstLetter when the first letter would be wrong;
	// LikelyPower flattens how likelihood becomes weight (0: all alike).
	CorrectFrom     int
	TwoEditsFrom    int
	Corrections     int
	CorrectedWeight float64
	TwoEdits        float64
	FirstLetter     float64
	LikelyPower     float64

	// StopDoubt multiplies the other readings when a stop word is among them: "hte" is "the", not
	// "hate". A known word of RareFrom letters or more that at most RareDF articles have may itself be a
	// slip, somebody's in an article: words one edit away that are RareTimes as common are added as
	// readings at RareWeight.
	StopDoubt  float64
	RareFrom   int
	RareDF     int
	RareTimes  float64
	RareWeight float64

	// PrefixFrom is how many words must have been typed before the last one is taken as the start of
	// a longer word; PrefixWeight is the weight of what it may become, PrefixMax how many are tried.
	// An unknown word of HalfWordFrom letters or more, anywhere, is taken for half a word as well as for a
	// slip.
	PrefixFrom   int
	PrefixWeight float64
	PrefixMax    int
	HalfWordFrom int

	// RepeatCap bounds how often a word repeated in a long query counts.
	RepeatCap float64
	// LongQuery is the number of distinct words from which a query's stop words are left out: a pasted
	// log or e-mail has enough words of its own, and stop words have the longest postings.
	LongQuery int
}

// DefaultParams gives the values the desk runs with.
func DefaultParams() Params {
	return Params{
		K1: 2.0, TitleWeight: 3, LinkWeight: 1.5, BodyB: .4, TitleB: .6, LinkB: .4,
		StopWeight: .35,
		PairWeight: .2, PairDepth: 200, CaseWeight: .8,
		PartWeight: .6, WholeWeight: .5,
		CorrectFrom: 3, TwoEditsFrom: 8, Corrections: 8, CorrectedWeight: .85, TwoEdits: .8, FirstLetter: .5, LikelyPower: .25,
		StopDoubt: .4, RareFrom: 4, RareDF: 2, RareTimes: 10, RareWeight: .5,
		PrefixFrom: 3, PrefixWeight: .7, PrefixMax: 12, HalfWordFrom: 4,
		RepeatCap: 8, LongQuery: 64,
	}
}

// Bounds that keep time and memory finite whatever is put in. They are not tuned, only large enough.
const (
	MaxArticleBytes = 1 << 20 // A longer article is refused with a sentence that says so.
	MaxQueryBytes   = 20_000  // The rest of a longer query is not read.
	MaxTerms        = 192     // Distinct words of a query that are scored: the rarest.
	MaxCorrected    = 24      // Unknown words of a query that are corrected.
	MaxLinks        = 100     // Linked cases kept for an article: the greatest case IDs.
	MaxLinkBytes    = 8 << 10 // Of each linked case's text.
	MaxTokenRunes   = 64      // A longer run of letters is cut: it is no word.
	maxSeqTokens    = 1 << 20 // Words of one field.
)
