package assist

import (
	"encoding/base64"
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
)

// keyKinds are keys and tokens that say what they are.
var keyKinds = []kind{
	{"private key", true, pattern(`-{4,5} ?BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|PGP MESSAGE)[A-Z ]*-{4,5}(?s:.*?)(?:-{4,5} ?END [A-Z0-9 ]+-{4,5}|\z)`, 0, nil)},
	{"private key", true, pattern(`PuTTY-User-Key-File-[0-9]:(?s:.*?)(?:Private-MAC:[^\n]*|\z)`, 0, nil)},
	{"private key", true, pattern(`\bAGE-SECRET-KEY-[A-Z0-9]{16,}`, 0, nil)},
	{"token", true, pattern(`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{3,}(?:\.[A-Za-z0-9_-]*)?`, 0, nil)}, // JSON Web Tokens, RFC 7519.
	{"credentials", true, pattern(`(?i)\b[a-z][a-z0-9+.-]{1,20}://([^\s/\[\]]+)@`, 1, nil)},            // RFC 3986 §3.2.1.
	{"password", true, trimmed(`(?i)[?&;#](?:(?:[a-z0-9_.-]*[_.-])?(?:key|sig|auth|sid)|[a-z0-9_.-]*(?:token|apikey|secret|signature|passw(?:or)?d|pwd|session)[a-z0-9_.-]*)=([^\s&#\[\]"'<>]+)`, 1, nil)},
	{"password", true, trimmed(`(?i)[?&;#]code=([^\s&#\[\]"'<>]+)`, 1, notPlain)}, // RFC 6749 §4.1.2, and not the code of an error.
	{"token", true, pattern(`(?i)\b(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-auth-token)\s*[:=]\s*([^\r\n\[]+)`, 1, nil)},
	{"token", true, pattern(`(?i)\b(?:bearer|digest)\s+([A-Za-z0-9._~+/=-]{8,})`, 1, looksSecret)},
	{"token", true, pattern(`(?i)\bbasic\s+([A-Za-z0-9+/=_-]{8,})`, 1, userAndPassword)}, // RFC 7617.
	{"token", true, pattern(knownTokens, 0, nil)},
}

// knownTokens are tokens that say what they are: Slack, Discord, Telegram, GitHub, GitLab, OpenAI and its likes, Stripe,
// Square, Shopify, AWS, Google, SendGrid, npm, PyPI, Docker, Hugging Face, DigitalOcean, Vault, New Relic, Atlassian,
// RFC 8959, and hooks whose address is the secret.
const knownTokens = `\b(?:xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|gh[opsur]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|gl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{16,}` +
	`|sk-[A-Za-z0-9_-]{12,}|(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{12,}|sq0(?:atp|csp)-[A-Za-z0-9_-]{16,}|shp(?:at|ss|ca|pa)_[A-Za-z0-9]{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{10,}` +
	`|SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{16,}|dckr_pat_[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,}|do[opr]_v1_[a-f0-9]{16,}|hv[sbr]\.[A-Za-z0-9_-]{16,}|NRAK-[A-Z0-9]{16,}|ATATT3x[A-Za-z0-9_=-]{12,}|dapi[a-f0-9]{32}` +
	`|[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}|[0-9]{8,10}:[A-Za-z0-9_-]{32,40}|secret-token:[^\s\]]+` +
	`|https?://hooks\.(?:slack|zapier)\.com/[^\s\]]+|https?://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/[^\s\]]+|https?://[\w.-]+\.webhook\.office\.com/[^\s\]]+|https?://[\w.-]+\.logic\.azure\.com[^\s\]]+)`

// The names under which people and programs write secrets, in many languages. The short ones stand alone, the long ones
// may be part of a longer name such as dbPassword.
const (
	passwordName = `password|passwd|passwort|passphrase|passcode|kennwort|contrase(?:ñ|n)a|mot de passe|wachtwoord|palavra-passe|senha|пароль|hasło|heslo|lösenord|salasana|adgangskode|passord|jelszó|şifre|parola|κωδικός|密码|密碼|パスワード|비밀번호`
	keyName      = `secret|api[ _-]?key|access[ _-]?key|account[ _-]?key|private[ _-]?key|shared[ _-]?key|auth[ _-]?key|security code|verification code|one[ -]time code`
	secretWords  = `(?i)(?:(?:\b|_)(?:pass|pwd|pw|pin(?: code)?|otp|cvv2?|cvc2?|credentials?)|[a-z0-9_.-]*(?:` + passwordName + `|` + keyName + `)[a-z0-9_.-]*)`
	tokenWords   = `(?i)[a-z0-9_.-]*token[a-z0-9_.-]*`

	// What stands between a name and its value, with the quotes of JSON, also inside of another text.
	quoteEnd = `\\?["']?\s*`
	// A value in quotes, in quotes inside of another text, or a word; after = it ends where the next setting begins.
	quoted      = `\\"[^"\n]*\\"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`
	afterColon  = `(?::[:=]?|[:=]*=>|->)\s*(` + quoted + `|[^\s]+)`
	afterEquals = `={1,2}\s*(` + quoted + `|[^\s;&]+)`
)

// secretHints are such that every one of secretWords has one of them in it.
var secretHints = []string{"pass", "pwd", "pw", "pin", "otp", "cvv", "cvc", "credential", "kennwort", "contrase", "wachtwoord", "senha", "пароль", "hasło", "heslo", "lösenord", "salasana", "adgangskode", "jelszó", "şifre", "parola", "κωδικός",
	"密码", "密碼", "パスワード", "비밀번호", "secret", "key", "code"}

// secretKinds are passwords and whatever stands after a word like it.
var secretKinds = []kind{
	{"password", true, pattern(`(?i)<[a-z0-9_.:-]*(?:passw(?:or)?d|secret|token|api-?key)[a-z0-9_.:-]*>([^<\[]+)<`, 1, nil)},
	{"password", true, pattern(`(?i)(?:^|\s)--?(?:[a-z-]*password|[a-z-]*token|[a-z-]*secret|api-?key|passphrase)[ =]([^\s\[]+)`, 1, nil)},
	{"password", true, pattern(`(?i)(?:^|\s)(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"']+:([^\s"'\[]+)`, 1, nil)},
	{"password", true, pattern(`(?i)\b(?:mysql|mysqldump|mysqladmin|mariadb|mongosh?|sshpass|sqlcmd|isql)\b[^\n]*?\s-p ?([^\s\[-][^\s\[]*)`, 1, nil)},
	{"password", true, trimmed(`(?i)passphrase\s*(?:is|:|=)\s*([^\n\[]+)`, 1, nil)},
	{"password", true, hinted(trimmed(secretWords+quoteEnd+afterColon, 1, notArticle), secretHints...)},
	{"password", true, hinted(trimmed(secretWords+quoteEnd+afterEquals, 1, nil), secretHints...)},
	{"token", true, hinted(trimmed(tokenWords+quoteEnd+afterColon, 1, notPlain), "token")},
	{"token", true, hinted(trimmed(tokenWords+quoteEnd+afterEquals, 1, notPlain), "token")},
	{"password", true, hinted(trimmed(secretWords+`(?: (?:for|of|to|on) [^\n.:;]{1,40}?)?\s+(?:is|was|are|lautet|ist|es|est|é)\s*:?\s+(`+quoted+`|[^\s]+)`, 1, looksTyped), secretHints...)},
	{"password", true, hinted(trimmed(`(?i)(?:`+passwordName+`|\bpwd|\bpw)\s+(`+quoted+`|[^\s\[:=]+)`, 1, looksChosen), secretHints...)},
	{"password", true, pattern(`(?i)\bpin(?: code)?\s+(?:is\s+)?([0-9]{4,8})\b`, 1, nil)},
	{"password", true, pattern(`(?i)\bcredentials?\s+(?:(?:are|is)\s+)?([^\s/\[]+/[^\s\[]+)`, 1, nil)},
	{"password", true, pattern(`(?i)\b(?:2fa|mfa|sms|verification|login|one-time|activation|confirmation|auth|authentication|bestätigungs)[ -]?(?:code|pin)\s*(?:is|was|:|=|lautet)?\s*([0-9][0-9 -]{2,8}[0-9])\b`, 1, nil)},
	{"password", true, pattern(`(?i)\b(?:otp|tan)\s+(?:is\s+)?([0-9]{4,8})\b`, 1, nil)},
}

// notPlain tells a secret from a count, the code of an error or a state behind a word such as token or code.
func notPlain(s string) bool {
	return !plainValue.MatchString(strings.Trim(s, `"'`))
}

var plainValue = regexp.MustCompile(`(?i)^(?:[0-9]{1,6}|[a-z]{1,4}-?[0-9]{1,5}|true|false|null|none|nil|expired|invalid|valid|missing|unknown|refused|ok)$`)

// notArticle tells a value after a colon from the beginning of a sentence: "No passwords: the link is yours."
func notArticle(s string) bool {
	switch strings.ToLower(s) {
	case "the", "a", "an", "it", "this", "that", "if", "when", "we", "you", "they", "see", "please", "none", "der", "die", "das":
		return false
	}
	return true
}

// looksTyped tells a value after "password is" from a word of the sentence: "password is wrong" says nothing.
func looksTyped(s string) bool {
	switch strings.ToLower(strings.Trim(s, `"'.,!?`)) {
	case "wrong", "incorrect", "invalid", "expired", "correct", "right", "ok", "okay", "not", "never", "always", "being", "rejected", "refused", "accepted", "asked", "required", "missing", "empty", "the", "a", "an", "too", "set", "shown", "changed", "reset", "unknown", "in", "on", "no", "still", "now", "valid", "fine", "lost", "forgotten", "needed", "stored", "sent", "falsch", "abgelaufen",
		"bent", "dark", "stuck", "broken", "locked", "blocked", "gone", "there", "here", "printed", "entered", "typed", "visible", "hidden", "saved", "used", "it", "that", "this", "our", "your", "their", "my", "his", "her", "only", "also", "already", "so", "very", "longer", "shorter", "faux", "incorrecto", "errato":
		return false
	}
	return true
}

// looksChosen tells a password right after the word from the next word of the sentence: it stands in quotes, or has
// letters and digits.
func looksChosen(s string) bool {
	return len(s) > 3 && (s[0] == '"' || s[0] == '\'') || len(s) > 3 && mixed(s)
}

// mixed says whether a text has letters as well as digits.
func mixed(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ContainsFunc(s, func(c rune) bool { return c > '9' && c != '_' })
}

// userAndPassword says whether a text is what RFC 7617 makes of a name and a password.
func userAndPassword(s string) bool {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	return err == nil && strings.Contains(string(b), ":") && utf8.Valid(b) || looksSecret(s)
}

// licence says whether groups of letters and digits are a key that somebody paid for: three groups or more mix both.
func licence(s string) bool {
	n := 0
	for _, g := range strings.Split(s, "-") {
		if mixed(g) {
			n++
		}
	}
	return n > 2
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
	return (digits > 1 && letters > 0 && bits > 3.4 || upper > 5 && lower > 5 && bits > 4) && !wordy(s)
}

var (
	uuid    = regexp.MustCompile(`(?i)^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$`)
	hexOnly = regexp.MustCompile(`(?i)^[0-9a-f]{24,}$`)
	joined  = regexp.MustCompile(`[/_+=-]+`)
	inWords = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+|[0-9]+`)
)

// wordy says whether most of a string is words: a path, the name of a class or a test, a constant, a headline with
// hyphens. Years, days and other short numbers between marks say neither. The words of a random string are short and
// lack vowels.
func wordy(s string) bool {
	words, other := 0, 0
	for _, p := range joined.Split(s, -1) {
		if len(p) <= 8 && digitsOf(p) == len(p) {
			continue
		}
		if p == strings.ToUpper(p) && digitsOf(p) > 0 {
			other += len(p) // Base32 (RFC 4648 §6), or a code.
			continue
		}
		for _, w := range inWords.FindAllString(p, -1) {
			if low := strings.ToLower(w); len(w) > 2 && len(w) <= 16 && strings.ContainsAny(low, "aeiouy") {
				words += len(w)
			} else if low != "a" && low != "i" {
				other += len(w)
			}
		}
	}
	return words > 3*other
}
