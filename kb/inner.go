package kb

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// innerNames gives the names inside a longer chunk that people also use alone: "p53" of "p53-dependent",
// "il6" of "IL-6-induced", "hb2041" of "HB-2041/E3". Each is what the name alone would be kept whole as.
// chunk is one piece of text without spaces, of bounded length.
func innerNames(out []token, chunk string) []token {
	pieces := strings.FieldsFunc(chunk, func(r rune) bool { return !wordRune(r) })
	if len(pieces) < 2 {
		return out
	}
	at := 0
	for i, p := range pieces {
		start := at + strings.Index(chunk[at:], p)
		at = start + len(p)
		if letter, digit := mix(p); letter && digit {
			out = append(out, token{joined(splitParts(p)), whole})
		}
		if i+1 == len(pieces) || len(pieces) == 2 {
			continue
		}
		// Letters, one hyphen, a number: a code, as long as it is not all of the chunk, which is kept already.
		next := pieces[i+1]
		_, digit := mix(p)
		number := next[0] >= '0' && next[0] <= '9'
		if !digit && number && utf8.RuneCountInString(p) <= 6 && len(next) <= 6 && strings.HasPrefix(chunk[at:], "-"+next) {
			out = append(out, token{joined(append(splitParts(p), splitParts(next)...)), whole})
		}
	}
	return out
}

// mix says whether a piece has letters and whether it has digits.
func mix(s string) (letter, digit bool) {
	for _, r := range s {
		letter = letter || unicode.IsLetter(r)
		digit = digit || unicode.IsDigit(r)
	}
	return letter, digit
}

// greek are the letters that stand in names of substances, units and versions, as people spell them out:
// "TNF-α" is written "TNF-alpha" as often.
var greek = map[string]string{
	"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
	"ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
	"τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}

// greekBeside says whether one of two neighbours is Greek and the other Latin: "TNFα" is two names. The
// micro sign belongs to its unit.
func greekBeside(a, b rune) bool {
	if a < 0x80 && b < 0x80 || a == 'µ' || a == 'μ' {
		return false
	}
	return unicode.Is(unicode.Greek, a) && unicode.Is(unicode.Latin, b) || unicode.Is(unicode.Latin, a) && unicode.Is(unicode.Greek, b)
}
