package assist

import (
	"regexp"
	"strings"
)

// moneyKinds are accounts and payment cards.
var moneyKinds = []kind{
	{"account number", false, ibans},
	{"card number", true, cards},
	{rolePerson, false, pattern(`\^([\p{L} .'-]{1,26}/[\p{L} .'-]{0,26})\^`, 1, nil)}, // The holder in track 1 of a magnetic stripe, ISO/IEC 7813.
	{"card number", true, pattern(`(?i)\b(?:cvv2?|cvc2?|security code|card code)\s*(?:is|:|=)?\s*([0-9]{3,4})\b`, 1, nil)},
	{"account number", false, pattern(`(?i)\b(?:(?:account|acct|routing|aba)[ -]?(?:number|num|no|nr)\b|kontonummer|kontonr|bankleitzahl|blz|sort[ -]?code|num[eé]ro de compte|numero de cuenta|número de cuenta)[.:#=\s]*(?:is\s+)?([0-9](?:[ -]?[0-9]){5,19})`, 1, nil)},
}

// digitRun is a run of digits with a few marks between two groups, over the end of a line too.
var digitRun = regexp.MustCompile(`[0-9](?:[ \t._/-]{0,2}\n?[ \t]{0,2}[0-9]){12,}`)

// cards finds payment card numbers: 13 to 19 digits of a known scheme that pass the Luhn check (ISO/IEC 7812-1, annex
// B). A run may hold more than the card, so every stretch from the start of one group of digits to the end of
// another is tried, the longest first. A stretch inside a group is not: one of ten would pass by chance.
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
					if (i+n == len(at) || at[i+n] > at[i+n-1]+1) && cardLike(text, at[i:i+n]) {
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

// cardLike says whether digits at some places are a card number. Groups set apart by more than one mark, or over the
// end of a line, count only where they are those of a card: columns of figures are no cards.
func cardLike(text string, at []int) bool {
	d, wide, groups, size := make([]byte, len(at)), false, []int{}, 0
	for k, p := range at {
		d[k] = text[p]
		if k > 0 && p > at[k-1]+1 {
			groups, size = append(groups, size), 0
			wide = wide || p > at[k-1]+2 || strings.ContainsAny(text[at[k-1]+1:p], "/\n")
		}
		size++
	}
	groups = append(groups, size)
	if wide && (groups[0] != 4 || groups[1] != 4 && groups[1] != 6) {
		return false
	}
	s := string(d)
	return cardScheme(s) && luhn(s) && !(len(groups) == 1 && len(s) == 13 && gtin(s))
}

// cardScheme says whether a card scheme gives out numbers that begin so and are so long (ISO/IEC 7812 issuer
// identification numbers).
func cardScheme(s string) bool {
	n, two, four := len(s), s[:2], s[:4]
	switch {
	case s[0] == '4':
		return n == 13 || n == 16 || n == 19
	case two >= "51" && two <= "55", four >= "2221" && four <= "2720", four == "9792", four == "8600", four == "9860":
		return n == 16
	case two == "34" || two == "37", four == "1800", four == "2131":
		return n == 15
	case two == "30" || two == "36" || two == "38" || two == "39":
		return n == 14 || n == 16
	case two == "35", two == "81", two == "82", four >= "2200" && four <= "2204":
		return n >= 16
	}
	return s[0] == '6' || two == "50" || two >= "56" && two <= "58"
}

// luhn is the check of ISO/IEC 7812-1, annex B. Nothing but zeros passes it and is no number.
func luhn(s string) bool {
	sum, zeros := 0, true
	for k := range len(s) {
		d := int(s[len(s)-1-k] - '0')
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

// gtin is the check of a barcode (GS1 General Specifications §7.9): an article is no card.
func gtin(s string) bool {
	sum := 0
	for k := range len(s) {
		d := int(s[len(s)-1-k] - '0')
		if k%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return sum%10 == 0
}

// ibanLengths are the countries of the IBAN registry (ISO 13616) with the length of their numbers.
const ibanLengths = " AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27" +
	" JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 "

// ibanLike is a run that begins as an IBAN does.
var ibanLike = regexp.MustCompile(`(?i)\b[A-Z]{2}[0-9]{2}(?:[ .-]?[A-Z0-9]){11,30}`)

// ibans finds account numbers of the right length whose check digits are right (ISO 13616, mod 97). The run may go on
// into the next word.
func ibans(text string) [][2]int {
	var out [][2]int
	for _, m := range ibanLike.FindAllStringIndex(text, -1) {
		var at []int
		for i := m[0]; i < m[1]; i++ {
			if text[i] != ' ' && text[i] != '-' && text[i] != '.' {
				at = append(at, i)
			}
		}
		n := 0
		if i := strings.Index(ibanLengths, " "+strings.ToUpper(text[m[0]:m[0]+2])); i >= 0 {
			n = int(ibanLengths[i+3]-'0')*10 + int(ibanLengths[i+4]-'0')
		}
		if n == 0 || n > len(at) || n < len(at) && at[n] == at[n-1]+1 || mod97(text, at[:n]) != 1 {
			continue
		}
		out = append(out, [2]int{at[0], at[n-1] + 1})
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
