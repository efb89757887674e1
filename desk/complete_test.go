package desk

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Answers that only fill the box, a row for each sentence that is said about them.
var fillerAnswers = map[string][]string{
	sayNothing: {"n/a", "N/A.", "N / A", "na", "None", "(none)", "nil", "-", "--", "—", ".", "...", "…", "?", "???", "/", "*", "_", "!!", "lorem ipsum", "Test",
		"test test", "blah", "bla bla", "ok", "hello", "placeholder", "Keine Angabe", "k.A.", "nichts", "aucun", "Sans objet", "ninguno", "No aplica", "niente",
		"não se aplica", "N.v.t.", "ingen", "brak", "yok", "нет", "なし", "特になし", "無", "没有", "없음", "ｎ／ａ", "“n/a”", "  none  ", "👍"},
	sayPointer: {"see above", "See Above!", "same", "Same as above", "as discussed", "ditto", "see ticket", "see attached", "siehe oben", "s.o.", "wie oben",
		"voir ci-dessus", "ver arriba", "vedi sopra", "zie boven", "同上", "см. выше"},
	sayLater:   {"tbd", "TBD.", "t.b.d.", "tba", "todo", "will follow", "later", "pending", "folgt", "wird nachgereicht", "à suivre", "por definir", "未定", "待定"},
	sayUnknown: {"unknown", "Unknown.", "idk", "I don’t know", "dunno", "no idea", "not sure", "unbekannt", "Keine Ahnung", "inconnu", "desconocido", "no sé", "onbekend", "不明", "不知道", "не знаю"},
	sayVague: {"does not work", "It doesn't work.", "not working", "broken", "error", "please help", "urgent", "problem", "the customer", "no", "yes", "all",
		"geht nicht", "ne marche pas", "no funciona", "не работает", "動かない"},
	sayNoise: {"asdf", "ASDFASDF", "asdfgh", "qwerty", "qwertz", "qwe", "hjkl", "lkjh", "xxx", "XXXX", "aaaaaa", "zzzz", "asdasdasd", "blablabla", "hahaha", "asdf asdf",
		"qwe asd zxc", "123", "12345", "1111", "x", "фывапролд", strings.Repeat("a", 50_000), "testtest"},
}

// Genuine answers, short ones above all. None may be refused.
var genuineAnswers = []string{"No workaround", "v2.1", "iOS", "iOS 17", "14", "7", "42", "HB-4012", "Acme", "C", "R", "Go", "SQL", "PHP", "All tills in store 12",
	"one till", "Windows 11", "Windows 10 22H2", "nothing prints after login", "Error 500 on checkout", "Test Valley Council", "Nope Ltd", "5 users", "403", "1999", "2026",
	"AAA Cars", "mama", "Bobo Toys", "no staff can log in", "99.5 %", "Unknown Worlds Demo", "Same Day Couriers", "None of the tills print", "NA Foods", "Qwest", "Asda",
	"Tesla", "Pippo", "type", "proper", "we", "pop", "tree", "property", "Typewriter", "Aaron", "Ada", "Otto", "Anna", "Hannah", "dada", "coco", "Abcam", "Xerox", "X", "Xx Band",
	"error HB-4012 when paying", "customer can't pay", "see error HB-4012 above the total", "same error on 3 tills", "unknown card type is refused",
	"later than expected receipts", "0.9.1", "10.0.0.1", "a1b2c3", "ab", "def", "rst", "HAL", "LG", "3 of 4", "1,200 users a day", "Ninguno de los cajeros imprime",
	"keine Kasse druckt", "rien ne s'imprime plus", "レジが動かない", "决済で止まる", "Ошибка 4012 при оплате", "Firefox", "Édition 2024", "Ünal Market", "Nada Bakery", "Rien & Fils",
	"Boh Tea", "TBD Logistics Ltd", "Todo Fresco SA", "Hello Fresh Demo", "Ok Furniture", "all 12", "yes, all stores", "no, only store 3", "Chrome 131", "Android", "m", "kg", "N26"}

func TestFillersAreNamedForWhatTheyAre(t *testing.T) {
	n := 0
	for say, list := range fillerAnswers {
		for _, v := range list {
			n++
			if got := fillerSays(v, true); !strings.HasSuffix(got, say) {
				t.Errorf("%q: said %q, want …%s", clip(v, 40), got, say)
			}
		}
	}
	for _, v := range genuineAnswers {
		n++
		if got := fillerSays(v, true); got != "" {
			t.Errorf("%q is a genuine answer and was refused: %s", v, got)
		}
	}
	if n < 200 {
		t.Errorf("only %d answers are tried", n)
	}
}

func TestAFieldOfOnesOwnMayBeAnsweredWithANumberOrAWord(t *testing.T) {
	for _, v := range []string{"123", "1111", "all", "yes", "no", "high", "Windows"} {
		if say := fillerSays(v, false); say != "" {
			t.Errorf("%q: %s", v, say)
		}
	}
	if fillerSays("n/a", false) == "" || fillerSays("asdf", false) == "" {
		t.Error("n/a or asdf passes in a field of one's own")
	}
}

// gate is the default handbook with a whole case, at half past six in the evening in Chicago.
type gate struct {
	book   *Handbook
	values map[Field]string
	now    time.Time
	loc    *time.Location
}

func newGate(t *testing.T) gate {
	t.Helper()
	book, err := ParseHandbook("handbook.yaml", []byte(defaultBook(t)))
	if err != nil {
		t.Fatal(err)
	}
	loc, _ := time.LoadLocation("America/Chicago")
	return gate{book, map[Field]string{
		FieldCustomer: "Corner Bakery Demo", FieldProduct: book.Products[0], FieldCategory: "defect", FieldSeverity: "1",
		FieldSummary: "Card payments fail with HB-4012", FieldImpact: "No till takes cards", FieldFirstSeen: "today 14:00",
		FieldEnvironment: "Tills 5.2.1 on Android 14", FieldSteps: "Scan two items, press Pay by card, HB-4012 appears",
	}, time.Date(2026, 11, 20, 18, 30, 0, 0, loc), loc}
}

func (g gate) at(stage Stage, sev Severity, files int, change ...string) map[string]string {
	v := typed(g.values)
	for i := 0; i < len(change); i += 2 {
		v[Field(change[i])] = change[i+1]
	}
	out := map[string]string{}
	for _, e := range CheckFields(g.book, stage, sev, v, files, g.now, g.loc) {
		out[e.Field] = e.Message
	}
	return out
}

func TestGateLetsAWholeCasePass(t *testing.T) {
	g := newGate(t)
	if got := g.at(StageEscalate, Sev1, 1); len(got) != 0 {
		t.Errorf("a whole case is refused: %v", got)
	}
	if got := g.at(StageFile, Sev1, 0, "environment", "", "steps", "", "reported_at", "20 min ago"); len(got) != 0 {
		t.Errorf("filing asks for what only an escalation needs: %v", got)
	}
	for _, link := range []string{"https://logs.example.com/a", "see <https://logs.example.com/a|the log>"} {
		if got := g.at(StageEscalate, Sev1, 0, "evidence", link); len(got) != 0 {
			t.Errorf("the link %s is not taken as evidence: %v", link, got)
		}
	}
	if got := g.at(StageEscalate, Sev1, 0, "steps", g.values[FieldSteps]+" https://files.example.org/x.png"); len(got) != 0 {
		t.Errorf("a link in the steps is not taken as evidence: %v", got)
	}
}

// Each row changes one answer of a whole case. The field is named, and the sentence says what is wrong
// and what to write instead.
func TestGateSaysWhatIsWrongAndWhatToWrite(t *testing.T) {
	g := newGate(t)
	for _, x := range []struct {
		field, answer string
		want          []string
	}{
		{"customer", "", []string{"Name the end customer"}},
		{"customer", "\u200b \u3164", []string{"Name the end customer"}},
		{"customer", "n/a", []string{"“n/a” does not say anything yet.", "Write for example: Corner Bakery Demo"}},
		{"customer", "the customer", []string{"but not what", "Corner Bakery Demo"}},
		{"product", "Toaster", []string{"“Toaster” is not on the list. Choose one of: Harbor Tills"}},
		{"category", "Weather", []string{"is not on the list"}},
		{"summary", "broken", []string{"says that something is wrong, but not what.", "Card payments fail"}},
		{"summary", "till broken", []string{"too short to work with: at least 3 words", "Card payments fail"}},
		{"summary", "asdf asdf asdf", []string{"keys pressed"}},
		{"impact", "see above", []string{"points somewhere else", "Three stores"}},
		{"environment", "tbd", []string{"leaves it for later"}},
		{"environment", "unknown", []string{"What you do know is enough", "Harbor Tills 5.2.1"}},
		{"steps", "Press pay", []string{"at least 5 words"}},
		{"first_seen", "", []string{"Say when it first happened"}},
		{"first_seen", "unknown", []string{"is not a time", "earliest time you are sure of"}},
		{"first_seen", "a while back", []string{"could not be read", "20 min ago"}},
		{"first_seen", "today", []string{"has no time of day", "today 14:00"}},
		{"first_seen", "today 19:00", []string{"still to come: it is 18:30 CST on Fri 20 Nov 2026 now"}},
		{"first_seen", "2027-01-01 10:00", []string{"still to come"}},
		{"first_seen", "1999-12-31 10:00", []string{"in the year 1999", "Check the year"}},
		{"first_seen", "0001-01-01T00:00:00Z", []string{"too long ago"}},
		{"first_seen", "2026-03-08 02:30", []string{"There is no 02:30 on 8 Mar 2026 in America/Chicago"}},
		{"first_seen", "2026-11-01 01:30", []string{"comes twice", "2026-11-01 01:30 -05:00"}},
		{"reported_at", "today 13:00", []string{"reported it at 13:00 CST", "first seen at 14:00 CST", "cannot be reported before it is seen"}},
		{"reported_at", "in 2 hours", []string{"still to come"}},
		{"evidence", "", []string{"Attach a log or a screenshot"}},
		{"evidence", "will mail it", []string{"neither a file nor a link"}},
		{"evidence", "https://", []string{"neither a file nor a link"}},
		{"live", "perhaps", []string{"is not on the list"}},
	} {
		got := g.at(StageEscalate, Sev1, map[bool]int{true: 0, false: 1}[x.field == "evidence"], x.field, x.answer)
		if len(got) != 1 {
			t.Errorf("%s %q: %d findings: %v", x.field, x.answer, len(got), got)
		}
		for _, w := range x.want {
			if !strings.Contains(got[x.field], w) {
				t.Errorf("%s %q: said %q, want %q in it", x.field, x.answer, got[x.field], w)
			}
		}
		if strings.ContainsAny(got[x.field], "!") || len(got[x.field]) > 300 {
			t.Errorf("%s %q: %q is no plain sentence", x.field, x.answer, got[x.field])
		}
	}
}

func TestGateAsksByStageAndSeverity(t *testing.T) {
	g := newGate(t)
	g.values = map[Field]string{}
	names := func(m map[string]string) []string {
		var out []string
		for f := range m {
			out = append(out, f)
		}
		slices.Sort(out)
		return out
	}
	atFile := []string{"category", "customer", "first_seen", "impact", "product", "severity", "summary"}
	if got := names(g.at(StageFile, 0, 0)); !slices.Equal(got, atFile) {
		t.Errorf("an empty form is asked for %v", got)
	}
	for _, sev := range []Severity{Sev1, Sev2} {
		if got := names(g.at(StageFile, sev, 0)); !slices.Equal(got, slices.DeleteFunc(slices.Clone(atFile), func(s string) bool { return s == "severity" })) {
			t.Errorf("%s at file: %v", sev, got)
		}
		if got := names(g.at(StageEscalate, sev, 0)); len(got) != 9 || !slices.Contains(got, "evidence") || !slices.Contains(got, "steps") || !slices.Contains(got, "environment") {
			t.Errorf("%s at escalate: %v", sev, got)
		}
	}
	g.book.Fields = append(g.book.Fields, FieldSpec{Name: "till_number", Label: "Till number", Kind: KindText, Required: map[Stage]string{StageFile: "1, 2"}})
	if got := g.at(StageFile, Sev3, 0); got["till_number"] != "" {
		t.Errorf("severity 3 is asked for a field of 1 and 2: %s", got["till_number"])
	}
	if got := g.at(StageFile, Sev2, 0); !strings.Contains(got["till_number"], "Till number is missing") {
		t.Errorf("severity 2: %q", got["till_number"])
	}
	if got := g.at(StageFile, Sev2, 0, "till_number", "123"); got["till_number"] != "" {
		t.Errorf("a till's number is refused: %s", got["till_number"])
	}
}

func TestGateKeepsWhatWasTyped(t *testing.T) {
	g := newGate(t)
	g.values[FieldSteps] = "  " + strings.Repeat("paste ", 10_000) + "\u200b "
	before := typed(g.values)
	CheckFields(g.book, StageEscalate, Sev1, g.values, 0, g.now, g.loc)
	for f, v := range before {
		if g.values[f] != v {
			t.Errorf("%s was changed", f)
		}
	}
}

func TestWordsAreCountedInScriptsWithoutSpaces(t *testing.T) {
	for text, want := range map[string]int{"one two three": 3, "": 0, "- . -": 0, "カード決済が失敗する": 5, "Error 4012 が出る": 4} {
		if got := countWords(text); got != want {
			t.Errorf("%q has %d words, want %d", text, got, want)
		}
	}
}

func FuzzCheckFields(f *testing.F) {
	for _, list := range fillerAnswers {
		f.Add(list[0], "today 14:00")
	}
	f.Add("https://x.example/a", "20 min ago")
	src := defaultBook(f)
	book, err := ParseHandbook("h", []byte(src))
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 17, 55, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, answer, when string) {
		v := map[Field]string{FieldFirstSeen: when, FieldReportedAt: when}
		for _, s := range book.Fields {
			if s.Kind != KindTime {
				v[s.Name] = answer
			}
		}
		for _, e := range CheckFields(book, StageEscalate, Sev1, v, 0, now, time.UTC) {
			if e.Message == "" || len(e.Message) > 800 {
				t.Fatalf("%s: message of %d bytes", e.Field, len(e.Message))
			}
		}
	})
}
