package assist

import (
	"math"
	"net/netip"
	"regexp"
	"strings"
)

// kinds are what is taken out, in order: what would hide inside another kind comes first.
var kinds = []kind{
	{"private key", true, pattern(`-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|PGP MESSAGE)[A-Z ]*-----(?s:.*?)(?:-----END [A-Z0-9 ]+-----|\z)`, 0, nil)},
	{"token", true, pattern(`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{3,}(?:\.[A-Za-z0-9_-]*)?`, 0, nil)}, // JSON Web Tokens, RFC 7519.
	{"credentials", true, pattern(`(?i)\b[a-z][a-z0-9+.-]{1,20}://([^\s/@\[\]]+)@`, 1, nil)},           // RFC 3986 §3.2.1.
	{"password", true, pattern(`(?i)[?&;#](?:[a-z0-9_.-]*(?:token|key|secret|sig|signature|passw(?:or)?d|pwd|auth|code|session|sid)[a-z0-9_.-]*)=([^\s&#\[\]"'<>]+)`, 1, nil)},
	{"token", true, pattern(`(?i)\b(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-auth-token)\s*[:=]\s*([^\r\n\[]+)`, 1, nil)},
	{"token", true, pattern(`(?i)\b(?:bearer|basic|digest)\s+([A-Za-z0-9._~+/=-]{8,})`, 1, looksSecret)},
	{"token", true, pattern(knownTokens, 0, nil)},
	{"password", true, pattern(`(?i)<[a-z0-9_.:-]*(?:passw(?:or)?d|secret|token|api-?key)[a-z0-9_.:-]*>([^<\[]+)<`, 1, nil)},
	{"password", true, pattern(`(?i)(?:^|\s)--?(?:[a-z-]*password|[a-z-]*token|[a-z-]*secret|api-?key|passphrase)[ =]([^\s\[]+)`, 1, nil)},
	{"password", true, pattern(secretWords+`["']?\s*(?:[:=]+>?|->)\s*("[^"\n]*"|'[^'\n]*'|[^\s,;\[\]]+)`, 1, nil)},
	{"password", true, pattern(secretWords+`\s+(?:is|was|are|lautet|ist|es|est|é)\s*:?\s+("[^"\n]*"|'[^'\n]*'|[^\s,;\[\]]+)`, 1, looksTyped)},
	{"email", false, pattern(`(?i)[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`, 0, nil)},
	{"email", false, pattern(`(?i)\b[a-z0-9._%+-]+\s*[\[({]?\s*\bat\b\s*[\])}]?\s*[a-z0-9-]+\s*[\[({]?\s*\bdot\b\s*[\])}]?\s*[a-z]{2,10}\b`, 0, nil)},
	{"account number", false, ibans},
	{"card number", true, cards},
	{"id number", true, pattern(`\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b`, 0, nil)},
	{"ip address", false, pattern(`\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b`, 0, isIP)},
	{"ip address", false, pattern(`(?i)(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|[0-9]{1,3}(?:\.[0-9]{1,3}){3})?`, 0, isIP)},
	{"device address", false, pattern(`(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b`, 0, nil)},
	{"phone number", false, pattern(`\+[0-9](?:[ ().\-/]{0,3}[0-9]){6,14}`, 0, nil)}, // ITU-T E.164.
	{"phone number", false, pattern(`\(0?[0-9]{2,5}\)[ -]?[0-9]{2,5}(?:[ .\-/]?[0-9]{2,5}){1,3}\b`, 0, nil)},
	{"phone number", false, pattern(`\b[2-9][0-9]{2}[-. ][0-9]{3}[-. ][0-9]{4}\b`, 0, nil)},
	{"phone number", false, pattern(`\b0[0-9]{1,5}[ \-/][0-9]{2,8}(?:[ .\-/][0-9]{2,5}){0,4}\b`, 0, phoneLong)},
	{"phone number", false, pattern(`\b00[1-9][0-9]{7,13}\b`, 0, nil)},
	{"phone number", false, pattern(`(?i)\b(?:phone|tel|telephone|telefon|mobile|cell|fax|call(?: me| us)?(?: back)?(?: at| on)?|whatsapp|handy)\b[.:]?\s*(?:no|number|nr)?[.:]?\s*([0-9](?:[ .\-/()]{0,2}[0-9]){5,14})`, 1, nil)},
	{"secret", true, pattern(`[A-Za-z0-9+/_=-]{24,}`, 0, looksSecret)},
}

// secretWords are the names under which people and programs write secrets. The short ones stand alone, the long
// ones may be part of a longer name such as dbPassword or token_for_pay.
const secretWords = `(?i)(?:(?:\b|_)(?:pass|pwd|pw|pin(?: code)?|otp|cvv2?|cvc2?|senha|credentials?)|[a-z0-9_.-]*(?:password|passwd|passwort|passphrase|passcode|kennwort|contrase(?:ñ|n)a|mot de passe|wachtwoord|пароль|secret|token|api[ _-]?key|access[ _-]?key|account[ _-]?key|private[ _-]?key|shared[ _-]?key|auth[ _-]?key|security code|verification code|one[ -]time code)[a-z0-9_.-]*)`

// knownTokens are tokens that say what they are: Slack, Discord, GitHub, GitLab, OpenAI and its likes, Stripe,
// AWS, Google, SendGrid, npm, Hugging Face, and hooks whose address is the secret.
const knownTokens = `\b(?:xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|gh[opsur]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}` +
	`|sk-[A-Za-z0-9_-]{12,}|(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{12,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{10,}` +
	`|SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|npm_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}|[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}` +
	`|https?://hooks\.slack\.com/[^\s\]]+|https?://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/[^\s\]]+)`

// pattern finds the matches of an expression, or of one group in it, that ok lets through (nil: all).
func pattern(expr string, group int, ok func(string) bool) func(string) [][2]int {
	re := regexp.MustCompile(expr)
	return func(text string) [][2]int {
		var out [][2]int
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			from, to := m[2*group], m[2*group+1]
			if from >= 0 && (ok == nil || ok(text[from:to])) {
				out = append(out, [2]int{from, to})
			}
		}
		return out
	}
}

// digitRun is a run of digits with at most one blank, point or hyphen between two.
var digitRun = regexp.MustCompile(`[0-9](?:[ .-]?[0-9]){12,}`)

// cards finds payment card numbers: 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1, annex B). A run may
// hold more than the card, so every stretch from the start of one group of digits to the end of another is tried,
// the longest first. A stretch inside a group is not: one of ten would pass by chance.
func cards(text string) [][2]int {
	var out [][2]int
	for _, run := range digitRun.FindAllStringIndex(text, -1) {
		var at []int // Places of the digits.
		for i := run[0]; i < run[1]; i++ {
			if text[i] >= '0' && text[i] <= '9' {
				at = append(at, i)
			}
		}
		for i := 0; i+13 <= len(at); {
			n := 0
			if i == 0 || at[i] > at[i-1]+1 {
				for n = min(19, len(at)-i); n >= 13; n-- {
					if (i+n == len(at) || at[i+n] > at[i+n-1]+1) && luhn(text, at[i:i+n]) {
						break
					}
				}
			}
			if n < 13 {
				i++
				continue
			}
			out = append(out, [2]int{at[i], at[i+n-1] + 1})
			i += n
		}
	}
	return out
}

func luhn(text string, at []int) bool {
	sum, zeros := 0, true
	for k := range at {
		d := int(text[at[len(at)-1-k]] - '0')
		zeros = zeros && d == 0
		if k%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0 && !zeros
}

// ibanLike is a run that begins as an IBAN does.
var ibanLike = regexp.MustCompile(`(?i)\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}`)

// ibans finds account numbers whose check digits are right (ISO 13616, mod 97). The run may go on into the next
// word, so every length is tried, the longest first.
func ibans(text string) [][2]int {
	var out [][2]int
	for _, m := range ibanLike.FindAllStringIndex(text, -1) {
		var at []int
		for i := m[0]; i < m[1]; i++ {
			if text[i] != ' ' && text[i] != '-' {
				at = append(at, i)
			}
		}
		for n := min(34, len(at)); n >= 15; n-- {
			if mod97(text, at[:n]) == 1 {
				out = append(out, [2]int{at[0], at[n-1] + 1})
				break
			}
		}
	}
	return out
}

// mod97 is the remainder of the number that an IBAN stands for: its first four signs last, letters as 10 to 35.
func mod97(text string, at []int) int {
	rem := 0
	for k := range at {
		c := text[at[(k+4)%len(at)]]
		switch {
		case c >= '0' && c <= '9':
			rem = (rem*10 + int(c-'0')) % 97
		default:
			rem = (rem*100 + int(c|0x20-'a') + 10) % 97
		}
	}
	return rem
}

// isIP tells an address from a time of day or a version of three parts.
func isIP(s string) bool {
	a, err := netip.ParseAddr(strings.TrimSuffix(s, "%"))
	return err == nil && (a.Is4() || len(s) > 3)
}

// phoneLong tells a national number from a date such as 01-12-2026 or a fraction: it has 8 digits or more and is
// not written as a day.
func phoneLong(s string) bool {
	n := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n >= 8 && !dayLike.MatchString(s)
}

var dayLike = regexp.MustCompile(`^[0-9]{1,2}[-/ .][0-9]{1,2}[-/ .][0-9]{4}(?:[ ].*)?$`)

// looksTyped tells a value after "password is" from a word of the sentence: "password is wrong" says nothing.
func looksTyped(s string) bool {
	switch strings.ToLower(strings.Trim(s, `"'.,!?`)) {
	case "wrong", "incorrect", "invalid", "expired", "correct", "right", "ok", "okay", "not", "never", "always", "being", "rejected", "refused", "accepted", "asked", "required", "missing", "empty", "the", "a", "an", "too", "set", "shown", "changed", "reset", "unknown", "in", "on", "no", "still", "now", "valid", "fine", "lost", "forgotten", "needed", "stored", "sent", "falsch", "abgelaufen":
		return false
	}
	return true
}

// looksSecret tells a random string from a long word, a path or a name with hyphens: it mixes digits with
// letters and hardly repeats itself (Shannon entropy of its letters), or is a long row of hexadecimal digits. A
// UUID names things and stays.
func looksSecret(s string) bool {
	if uuid.MatchString(s) {
		return false
	}
	digits, letters, upper, lower := 0, 0, 0, 0
	freq := map[rune]int{}
	for _, c := range s {
		freq[c]++
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z':
			letters++
			lower++
		case c >= 'A' && c <= 'Z':
			letters++
			upper++
		}
	}
	bits := 0.0
	n := float64(len([]rune(s)))
	for _, k := range freq {
		p := float64(k) / n
		bits -= p * math.Log2(p)
	}
	if hexOnly.MatchString(s) && digits > 0 && letters > 0 {
		return bits > 2.5
	}
	if len(s) < 24 {
		return digits > 0 && letters > 0 && bits > 2.8 || strings.HasSuffix(s, "=")
	}
	return digits > 1 && letters > 0 && bits > 3.4 && !wordy(s) || upper > 5 && lower > 5 && bits > 4 && !wordy(s)
}

var (
	uuid    = regexp.MustCompile(`(?i)^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$`)
	hexOnly = regexp.MustCompile(`(?i)^[0-9a-f]{24,}$`)
	wordRun = regexp.MustCompile(`[A-Z]?[a-z]{4,}`)
)

// wordy says whether most of a string is words: a path, a class name, a headline with underscores.
func wordy(s string) bool {
	n := 0
	for _, w := range wordRun.FindAllString(s, -1) {
		n += len(w)
	}
	return 2*n > len(s)
}
