package desk

// errorCode gives the first thing in a text that names one failure, such as HB-4012, E1205, 0x80070005 or ERR_TIMEOUT;
// empty when there is none. It stands apart from what is around it: "HB-4012s" names none.
func errorCode(text string) string {
	for i := 0; i < len(text); i++ {
		if !ofWord(text[i]) {
			continue
		}
		if n := codeAt(text[i:]); n > 0 {
			return text[i : i+n]
		}
		for i+1 < len(text) && ofWord(text[i+1]) {
			i++
		}
	}
	return ""
}

// codeAt is how many bytes the code takes with which a text begins; 0 when it begins with none.
func codeAt(text string) int {
	if len(text) > 2 && text[:2] == "0x" {
		if n := 2 + leading(text[2:], isHex); n >= 6 && ends(text, n) {
			return n
		}
		return 0
	}
	n := leading(text, isCapital)
	switch {
	case n == 0 || n == len(text):
		return 0
	case n >= 2 && (text[n] == '-' || text[n] == '_'):
		// The longest that ends in a letter or a digit: "ERR_NO_NET-" without the line at its end.
		whole := n + 1 + leading(text[n+1:], func(c byte) bool { return isCapital(c) || isDigit(c) || c == '-' || c == '_' })
		for ; whole > n+1; whole-- {
			if last := text[whole-1]; last != '-' && last != '_' && ends(text, whole) {
				return whole
			}
		}
	case n <= 4:
		if digits := leading(text[n:], isDigit); digits >= 3 && ends(text, n+digits) {
			return n + digits
		}
	}
	return 0
}

// leading counts the bytes at the start of a text that are of a sort.
func leading(text string, of func(byte) bool) int {
	n := 0
	for n < len(text) && of(text[n]) {
		n++
	}
	return n
}

// ends says whether a word ends at a place of a text.
func ends(text string, at int) bool { return at == len(text) || !ofWord(text[at]) }

func ofWord(c byte) bool    { return isCapital(c) || isDigit(c) || c >= 'a' && c <= 'z' || c == '_' }
func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool   { return c >= '0' && c <= '9' }
func isHex(c byte) bool     { return isDigit(c) || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f' }
