package desk

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Answers that fill a box without answering, by what is wrong with them, so that the sentence said can
// be precise. Whole answers only, in small letters and without punctuation at their ends: "test" is
// one, "Test Valley Council" is not. The languages are those of the partners' own regions.
var fillers = map[string]string{}

// The sentences said about each sort of filler. %s is the answer.
const (
	sayNothing = " does not say anything yet."
	sayPointer = " points somewhere else, and whoever takes the case over reads only this."
	sayLater   = " leaves it for later, and the case would wait with it."
	sayUnknown = " leaves the next person without a start. What you do know is enough."
	sayVague   = " says that something is wrong, but not what."
	sayNoise   = " looks like keys pressed to fill the box."
)

func init() {
	for say, list := range map[string]string{
		sayNothing: `n/a|na|n.a|n a|n/d|n.d|n\a|nil|null|none|nothing|not applicable|not available|not relevant|empty|blank|void|-/-|
			placeholder|text|string|value|sample|example|dummy|temp|tmp|default|foo|bar|foobar|foo bar|baz|lorem ipsum|lorem|
			test|testing|tests|test test|testcase|test case|just a test|this is a test|blah|bla|blabla|blah blah|bla bla|
			ok|okay|done|sure|yep|yeah|nope|whatever|stuff|thing|things|misc|various|hello|hi|hey|thanks|thank you|
			keine|keins|kein|nichts|keine angabe|keine angaben|k.a|entf|entfällt|nicht zutreffend|nicht vorhanden|
			aucun|aucune|rien|néant|neant|sans objet|s.o|non applicable|ninguno|ninguna|nada|no aplica|no disponible|
			nessuno|nessuna|niente|non applicabile|nenhum|nenhuma|não se aplica|nao se aplica|geen|niets|niet van toepassing|nvt|n.v.t|
			ingen|inget|inga|ingenting|ej tillämpligt|ikke relevant|brak|nic|nie dotyczy|není|žádné|yok|uygulanamaz|
			нет|ничего|не применимо|нд|н/д|なし|無し|特になし|特に無し|該当なし|无|無|没有|沒有|暂无|不适用|不適用|없음|해당 없음|해당없음`,
		sayPointer: `see above|see below|as above|as before|as discussed|as mentioned|same|same as above|same as before|same as last time|ditto|idem|
			see title|see subject|see summary|see description|see attached|see attachment|see screenshot|see log|see logs|see ticket|see email|see mail|
			see notes|see chat|see thread|see previous|see case|see other case|above|attached|in the attachment|in attachment|refer to attachment|
			siehe oben|siehe unten|s.o.|s. o|wie oben|siehe anhang|siehe ticket|siehe mail|siehe titel|gleich|dasselbe|
			voir ci-dessus|voir plus haut|voir ci-joint|idem que ci-dessus|ver arriba|véase arriba|ver adjunto|lo mismo|igual|
			vedi sopra|come sopra|vedi allegato|ver acima|o mesmo|ver anexo|zie boven|zie bijlage|idem dito|se ovan|se ovenfor|jak wyżej|j.w|viz výše|
			yukarıdaki gibi|см. выше|смотри выше|то же самое|同上|同じ|上記の通り|上記参照|见上|见上文|同样|위와 같음|상동`,
		sayLater: `tbd|tba|tbc|todo|to do|to be defined|to be determined|to be added|to be confirmed|later|will add later|will follow|to follow|follows|coming soon|
			soon|pending|wip|in progress|will update|will send|will provide|not yet|fixme|folgt|wird nachgereicht|später|spaeter|noch offen|offen|
			à suivre|a suivre|à venir|plus tard|à définir|más tarde|mas tarde|por definir|pendiente|più tardi|piu tardi|da definire|mais tarde|a definir|
			volgt|later meer|komt nog|kommer senare|później|do uzupełnienia|daha sonra|позже|потом|後で|後ほど|あとで|未定|稍后|稍後|待定|나중에|미정`,
		sayUnknown: `unknown|unk|unkown|not known|not sure|unsure|unclear|no idea|no clue|idk|i don't know|i dont know|i do not know|dont know|don't know|dunno|
			who knows|cannot say|can't say|cant say|not specified|unspecified|undefined|undetermined|no info|no information|
			unbekannt|weiß nicht|weiss nicht|keine ahnung|unklar|nicht bekannt|inconnu|inconnue|je ne sais pas|aucune idée|aucune idee|
			desconocido|desconocida|no sé|no se|no lo sé|sconosciuto|non so|non lo so|boh|desconhecido|não sei|nao sei|onbekend|weet ik niet|geen idee|
			okänd|okänt|vet ej|vet inte|ukjent|ukendt|nieznane|nie wiem|neznámé|nevím|bilinmiyor|bilmiyorum|
			неизвестно|не знаю|不明|わからない|分かりません|わかりません|未知|不知道|不清楚|모름|모르겠음|알 수 없음`,
		sayVague: `no|yes|all|any|some|everything|everyone|everybody|anyone|someone|somebody|anything|something|many|several|others|other|
			issue|an issue|problem|a problem|bug|a bug|error|an error|failure|incident|broken|it's broken|its broken|it is broken|is broken|
			not working|doesn't work|doesnt work|does not work|it doesn't work|it doesnt work|it does not work|won't work|it fails|fails|failed|failing|
			stopped working|nothing works|not good|bad|wrong|something is wrong|something went wrong|crash|crashed|down|
			urgent|very urgent|asap|critical|important|high|low|medium|help|help me|please help|help please|please fix|fix it|please check|check|pls help|
			customer|the customer|our customer|a customer|client|the client|user|the user|users|end user|company|the company|
			product|system|the system|software|app|the app|application|computer|pc|laptop|windows|internet|
			geht nicht|funktioniert nicht|es geht nicht|kaputt|fehler|problem mit system|dringend|bitte hilfe|hilfe|kunde|der kunde|
			ne marche pas|ça ne marche pas|ca ne marche pas|ne fonctionne pas|erreur|problème|probleme|urgence|aide|client final|
			no funciona|no va|error de sistema|problema|ayuda|urgente|cliente|el cliente|non funziona|errore|aiuto|não funciona|nao funciona|erro|ajuda|
			werkt niet|doet het niet|fout|klant|fungerar inte|fel|virker ikke|feil|nie działa|nie dziala|błąd|nefunguje|chyba|çalışmıyor|hata|
			не работает|ошибка|проблема|срочно|動かない|動きません|エラー|問題|不工作|不能用|坏了|错误|問題があります|안됨|안돼요|오류|에러`,
	} {
		for _, w := range strings.Split(list, "|") {
			fillers[strings.TrimSpace(w)] = say
		}
	}
	// These are what is left of "s.o." and "j.w." when the punctuation at the ends has gone.
	fillers["s.o"], fillers["j.w"] = sayPointer, sayPointer
}

// Placeholder says whether an answer only fills the box: a stock phrase, a run of one character or of
// neighbouring keys, or punctuation alone. A genuine short answer ("v2.1", "iOS", "No workaround") is
// none.
func Placeholder(answer string) bool { return fillerSays(answer, true) != "" }

// fillerSays gives the sentence about an answer that only fills the box, or nothing. In prose a vague
// word and a bare row of digits are fillers too.
func fillerSays(answer string, prose bool) string {
	// Only the start of a long answer is ever quoted, and a long answer is a filler only when it is one
	// thing over and over; so bound the work whatever somebody pastes.
	long := len(answer) > 400
	t := answer
	if long {
		t = strings.ToValidUTF8(answer[:400], "")
	}
	t = folded(t)
	say, known := fillers[t]
	bare := strings.TrimFunc(t, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if !known {
		say, known = fillers[bare]
	}
	if !known {
		// "N / A", "t.b.d.", "n-a": the same words in a disguise.
		if letters, ok := disguised(bare); ok {
			say, known = fillers[letters]
		}
		bare = strings.TrimPrefix(strings.TrimPrefix(bare, "the "), "please ")
		if !known {
			say, known = fillers[bare]
		}
	}
	switch {
	case bare == "" && strings.ContainsFunc(t, unicode.IsGraphic):
		return quoted(answer) + sayNothing
	case known && say == sayVague && !prose:
		return ""
	case known && !long:
		return quoted(answer) + say
	case noise(bare, prose) && strings.TrimSpace(answer) != "X": // The company.
		return quoted(answer) + sayNoise
	}
	return ""
}

// folded writes an answer as the fillers are written: in small letters, with one blank between words, and with the plain
// form of whatever Unicode has several forms of. Most answers are ASCII, which has one form only.
func folded(t string) string {
	if !isASCII(t) {
		t = norm.NFKC.String(strings.ReplaceAll(t, "’", "'"))
	}
	return strings.ToLower(OneSpaced(t))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// OneSpaced puts one blank between the words of a text and none around them. A text that is so already, as nearly all
// are, is given back as it is.
func OneSpaced(s string) string {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c == ' ' && before == ' ' || c >= '\t' && c <= '\r' {
			return strings.Join(strings.Fields(s), " ")
		}
		before = c
	}
	return strings.TrimSuffix(s, " ")
}

// disguised gives the letters of a text that has three at most with something else between them, and no digits.
func disguised(bare string) (string, bool) {
	n, other := 0, false
	for _, r := range bare {
		switch {
		case unicode.IsDigit(r):
			return "", false
		case !unicode.IsLetter(r):
			other = true
		default:
			n++
		}
		if n > 3 {
			return "", false
		}
	}
	if !other {
		return "", false
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, bare), true
}
