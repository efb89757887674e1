package assist

import "strings"

// idKinds are numbers that states give to people: after their name whatever they look like, and by themselves where
// their form and check digits tell them from the number of an order. Days of birth go with them.
var idKinds = []kind{
	{"id number", true, pattern(`\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b`, 0, nil)},                                                        // USA, social security.
	{"id number", true, pattern(`\b(?i:[abceghj-prstw-z][abceghj-nprstw-z]) ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]\b`, 0, nino)}, // United Kingdom.
	{"id number", true, pattern(`(?i)\b[xyz0-9][0-9]{7}-?[a-z]\b`, 0, spanish)},
	{"id number", true, pattern(`(?i)\b[a-z]{6}[0-9]{2}[a-ehlmprst][0-9]{2}[a-z][0-9]{3}[a-z]\b`, 0, nil)}, // Italy.
	{"id number", true, pattern(`\b[12] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b`, 0, french)},
	{"id number", true, pattern(`\b[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}\b`, 0, nil)}, // Belgium.
	{"id number", true, placed(`\b(?:[0-9]{2})?[0-9]{6}[-+][0-9]{4}\b`, 0, swedish)},
	{"id number", true, pattern(`\b[0-3][0-9][01][0-9]{3}[-+A-FU-Y][0-9]{3}[0-9A-Y]\b`, 0, finnish)},
	{"id number", true, pattern(`\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b`, 0, brazilian)},
	{"id number", true, pattern(`\b[2-9][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}\b`, 0, verhoeff)}, // India, Aadhaar.
	{"id number", true, pattern(`\b[A-Z]{3}P[A-Z][0-9]{4}[A-Z]\b`, 0, nil)},                // India, tax number of a person.
	{"id number", true, pattern(`\b[1-9][0-9]{5}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]\b`, 0, chinese)},
	{"id number", true, pattern(`\b[0-9]{2}[01][0-9][0-3][0-9]-[1-8][0-9]{6}\b`, 0, nil)},  // South Korea.
	{"id number", true, pattern(`\b[A-Z]{1,2}[0-9]{6}\([0-9A]\)`, 0, nil)},                 // Hong Kong.
	{"id number", true, pattern(`\b[STFGM][0-9]{7}[A-Z]\b`, 0, nil)},                       // Singapore.
	{"id number", true, pattern(`\b[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]\b`, 0, nil)}, // Mexico.
	{"id number", true, placed(`\b[0-9]{11}\b`, 0, eleven)},
	{"id number", true, placed(`\b[0-9]{13}\b`, 0, southAfrican)},
	{"id number", true, pattern(`\b(?:SSN|SIN|NINO|BSN|NHS|TFN|PESEL|CPF|CPR|NIR|DNI|NIE|NIF|CURP|HKID|NRIC|IDNR|EGN|CNP|OIB|JMBG|AMKA|PPSN?|NRN|RRN|`+
		`(?i:aadhaar|pan card|passport|driver'?s? licen[cs]e|driving licen[cs]e|id card|identity card|personalausweis|reisepass|führerschein|steuer-?id|steueridentifikationsnummer|tax(?:payer)? id|tax file|national id(?:entity)?|national insurance|social (?:security|insurance)|personnummer|fødselsnummer|codice fiscale|tc kimlik|my number|personal id))`+
		`(?i:[ -]?(?:card|no|nr|number|num|id))*\.?\s*(?:is|was|:|=|#)?\s*((?i:[a-z]{0,6} ?[0-9][a-z0-9]*(?:[ .\-/](?:[0-9][a-z0-9]*|[a-z]\b))*))`, 1, func(s string) bool { return digitsOf(s) > 4 })},
	{"birth date", true, pattern(`(?i)(?:\b(?:dob|d\.o\.b\.|date of birth|birth ?date|birthday|born(?: on)?|geboren(?: am)?|geburtsdatum|fecha de nacimiento|data di nascita)|née? le)\s*(?:is|:|=)?\s*([0-9]{1,4}[-/. ]{1,2}[0-9]{1,2}[-/. ]{1,2}[0-9]{1,4})`, 1, nil)},
}

// nino leaves out the letters that no British national insurance number begins with.
func nino(s string) bool {
	switch strings.ToUpper(s[:2]) {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return true
}

// spanish checks the letter of a DNI or NIE: the number's remainder by 23.
func spanish(s string) bool {
	s = strings.ToUpper(strings.ReplaceAll(s, "-", ""))
	n := strings.NewReplacer("X", "0", "Y", "1", "Z", "2").Replace(s[:1]) + s[1:8]
	return "TRWAGMYFPDXBNJZSQVHLCKE"[rest(n, 23)] == s[8]
}

// french checks the key of a NIR: 97 less the number's remainder by 97; Corsica's letters count as 19 and 18.
func french(s string) bool {
	s = strings.NewReplacer(" ", "", "2A", "19", "2B", "18").Replace(s)
	return len(s) == 15 && 97-rest(s[:13], 97) == int(s[13]-'0')*10+int(s[14]-'0')
}

// swedish checks a personnummer: a day of birth and Luhn over its last ten digits. The same form is that of a stamp of
// a day and a time, so a day of this or the next years is none.
func swedish(text string, from, to int) bool {
	s := onlyDigits(text[from:to])
	if len(s) == 12 {
		if s[:2] != "18" && s[:2] != "19" && !(s[:2] == "20" && s[2:4] < "21") {
			return false
		}
		s = s[2:]
	} else if s[:2] > "20" && s[:2] < "36" {
		return false
	}
	return monthAndDay(s[2:4], s[4:6]) && luhn(s) && apart(text, from, to)
}

// finnish checks the sign at the end: the number's remainder by 31.
func finnish(s string) bool {
	return monthAndDay(s[2:4], s[:2]) && "0123456789ABCDEFHJKLMNPRSTUVWXY"[rest(s[:6]+s[7:10], 31)] == s[10]
}

// brazilian checks both check digits of a CPF. Eleven times the same digit passes and is none.
func brazilian(s string) bool {
	s = onlyDigits(s)
	return len(s) == 11 && strings.Trim(s, s[:1]) != "" && tail11(s[:9], 10) == s[9] && tail11(s[:10], 11) == s[10]
}

// tail11 is the check digit that the CPF's weights, from first down, give.
func tail11(s string, first int) byte {
	sum := 0
	for i := range len(s) {
		sum += int(s[i]-'0') * (first - i)
	}
	return byte('0' + sum*10%11%10)
}

// chinese checks the last sign of a resident number (GB 11643, ISO 7064 MOD 11-2).
func chinese(s string) bool {
	sum := 0
	for i := range 18 {
		d := int(s[17-i] - '0')
		if i == 0 && (s[17] == 'X' || s[17] == 'x') {
			d = 10
		}
		w := 1
		for range i {
			w = w * 2 % 11
		}
		sum += d * w
	}
	return sum%11 == 1 && monthAndDay(s[10:12], s[12:14])
}

// southAfrican checks a day of birth, the digit of citizenship and Luhn.
func southAfrican(text string, from, to int) bool {
	s := text[from:to]
	return monthAndDay(s[2:4], s[4:6]) && (s[10] == '0' || s[10] == '1') && luhn(s) && apart(text, from, to)
}

// eleven checks numbers of eleven digits by the rules of the states that have such: Poland (PESEL), Brazil (CPF), Turkey,
// Norway and Germany. One in thirty numbers of an order would pass, so one that is called so stays.
func eleven(text string, from, to int) bool {
	s := text[from:to]
	return (polish(s) || brazilian(s) || turkish(s) || norwegian(s) || german(s)) && apart(text, from, to)
}

// polish: a day of birth, with the century in the month, and the weights 1, 3, 7, 9.
func polish(s string) bool {
	month := (int(s[2]-'0')*10 + int(s[3]-'0')) % 20
	return month >= 1 && month <= 12 && monthAndDay("01", s[4:6]) && weighed(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0
}

func turkish(s string) bool {
	sum := weighed(s[:10], 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	return s[0] != '0' && sum%10 == int(s[10]-'0') && ((7*weighed(s[:9], 1, 0, 1, 0, 1, 0, 1, 0, 1)-weighed(s[:9], 0, 1, 0, 1, 0, 1, 0, 1, 0))%10+10)%10 == int(s[9]-'0')
}

func norwegian(s string) bool {
	return monthAndDay(s[2:4], s[:2]) && weighed(s, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0)%11 == 0 && weighed(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// german: a tax number has one digit two or three times among its first ten, and ISO 7064 MOD 11,10 at the end.
func german(s string) bool {
	many, count := 0, map[byte]int{}
	for i := range 10 {
		if count[s[i]]++; count[s[i]] > 3 {
			return false
		}
	}
	for _, n := range count {
		if n > 1 {
			many++
		}
	}
	p := 10
	for i := range 10 {
		if p = (int(s[i]-'0') + p) % 10; p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	return s[0] != '0' && many == 1 && (11-p)%10 == int(s[10]-'0')
}

func weighed(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return sum
}

// rest is the remainder of a number of any length.
func rest(s string, by int) int {
	r := 0
	for i := range len(s) {
		r = (r*10 + int(s[i]-'0')) % by
	}
	return r
}

func monthAndDay(month, day string) bool {
	return month >= "01" && month <= "12" && day >= "01" && day <= "31"
}

// verhoeff is the check of an Aadhaar number (J. Verhoeff, Error Detecting Decimal Codes, 1969).
func verhoeff(s string) bool {
	s, c := onlyDigits(s), 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		for range i % 8 {
			d = int("1576283094"[d] - '0')
		}
		c = dihedral(c, d)
	}
	return c == 0
}

// dihedral multiplies in the group of the symmetries of a pentagon.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b-5)%5
	case b < 5:
		return 5 + (a-5-b+5)%5
	}
	return (a - b + 5) % 5
}
