package assist

import "regexp"

// phoneKinds are telephone numbers: with the country (ITU-T E.164), as they are written at home in many countries, and
// whatever stands after a word such as "mobile". A number without any of these marks may be an order or an amount
// and stays.
var phoneKinds = []kind{
	{"phone number", false, hinted(pattern(`\+[1-9](?:[ ().\-/]{0,3}[0-9]){7,14}`, 0, func(s string) bool { return !zoneAndYear.MatchString(s) }), "+")},
	{"phone number", false, pattern(`\(0?[0-9]{2,5}\)[ -]?[0-9]{2,5}(?:[ .\-/]?[0-9]{2,5}){1,3}\b`, 0, nil)},
	{"phone number", false, placed(`\b(?:1[-. ])?[2-9][0-9]{2}[-. ][0-9]{3}[-. ][0-9]{4}\b`, 0, apart)},
	{"phone number", false, placed(`\b0[1-9](?:\.[0-9]{2}){4}\b`, 0, apart)},
	{"phone number", false, placed(`\b0[0-9]{1,5}[ \-/][0-9]{2,8}(?:[ .\-/][0-9]{2,8}){0,4}\b`, 0, homeNumber)},
	{"phone number", false, placed(`\b(?:00[1-9][0-9]{7,13}|0[1-9][0-9]{8,10})\b`, 0, homeNumber)},
	{"phone number", false, placed(`\b1[3-9][0-9][ -][0-9]{4}[ -][0-9]{4}\b`, 0, apart)}, // China.
	{"phone number", false, placed(`\b[6-9][0-9]{4} [0-9]{5}\b`, 0, apart)},              // India.
	{"phone number", false, pattern(`(?i)(?:^|[^\p{L}])(?:phone|tel|telephone|telefon|telefonnummer|telefoonnummer|téléphone|teléfono|telefono|telefone|tlf|mobile|mobil|móvil|cell|cellular|cellphone|fax|handy|handynummer|whatsapp|rufnummer|call(?: me| us| him| her| them)?(?: back)?(?: at| on)?|reach (?:me|us|him|her|them) (?:at|on)|電話|电话|手机|携帯|전화|тел|телефон)`+
		`[.:]?[ \t]*(?:no|number|nr|num|№|番号)?[.:#=]?[ \t]*(?:is|was|ist|lautet)?[.:#=]?\s*(\+?\(?[0-9](?:[ .\-/()]{0,2}[0-9]){5,14})`, 1, nil)},
}

// zoneAndYear is how some programs end a time, such as "+1000 2026".
var zoneAndYear = regexp.MustCompile(`^\+[01][0-9]{3} (?:19|20)[0-9]{2}$`)

// apart says that a number stands for itself: it is not the rest of a date or of a longer number, and no word before it
// says that it names an order or a machine.
func apart(text string, from, to int) bool {
	if from > 1 && isDigit(text[from-2]) && (text[from-1] == '-' || text[from-1] == '.' || text[from-1] == '/' || text[from-1] == ':') {
		return false
	}
	return !(from > 0 && text[from-1] == '+') && !afterNumbered(text, from)
}

// homeNumber tells a number that begins with 0, as it is dialled at home, from a date, opening hours, a receipt of a year
// and a number filled up with zeros.
func homeNumber(text string, from, to int) bool {
	s := text[from:to]
	if len(s) > 2 && s[:3] == "000" || digitsOf(s) < 8 || dayLike.MatchString(s) || hoursLike.MatchString(s) || yearLast.MatchString(s) {
		return false
	}
	return apart(text, from, to)
}

var (
	dayLike   = regexp.MustCompile(`^(?:[0-9]{1,2}[-/ .][0-9]{1,2}[-/ .](?:19|20)[0-9]{2}(?:[ ].*)?|[0-3][0-9][-/][0-3][0-9][-/][0-9]{2}(?: [0-2][0-9][0-5][0-9](?:[0-5][0-9])?)?)$`)
	hoursLike = regexp.MustCompile(`^[0-2][0-9][0-5][0-9]-[0-2][0-9][0-5][0-9]$`)
	yearLast  = regexp.MustCompile(`^[0-9]{4}[-/]20[0-9]{2}$`)
)
