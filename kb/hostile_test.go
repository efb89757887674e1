package kb

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"casebot/desk"
)

func TestArticlesThatAreRefused(t *testing.T) {
	ix := New()
	put(t, ix, article("big", "Old", "The old text stays."))
	for _, c := range []struct {
		name, want string
		a          desk.Article
	}{
		{"5 MB", "limit is 1 MB", article("big", "Old", strings.Repeat("many words ", 5<<20/11))},
		{"binary", "not text", article("bin", "Picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")},
		{"broken UTF-8", "not text", article("utf", "Text", "caf\xe9")},
		{"empty", "no words", article("empty", "", "")},
		{"only marks", "no words", article("marks", "***", "--- !!! ---")},
		{"no id", "no id", article("", "Title", "Text")},
	} {
		err := ix.Put(c.a)
		if desk.KindOf(err) != desk.KindInvalid || !strings.Contains(say(err), c.want) {
			t.Errorf("%s: %v, want a sentence with %q", c.name, err, c.want)
		}
	}
	if hits := ix.Search("old text", Options{}); len(hits) != 1 || ix.Len() != 1 {
		t.Errorf("what was there before is gone: %v", hits)
	}
}

func TestArticlesInOtherLanguages(t *testing.T) {
	ix := New()
	put(t, ix,
		article("de", "Bondrucker ist offline", "Prüfen Sie das Netzwerkkabel. Größe der Rolle: 80 mm."),
		article("fr", "L'imprimante à tickets", "Vérifiez le câble réseau. Déjà résolu après un redémarrage."),
		article("ja", "レシートプリンター", "プリンターの電源を確認してください。"),
		article("zh", "收据打印机离线", "请检查打印机的网线。"),
		article("ru", "Принтер чеков", "Проверьте сетевой кабель принтера."),
		article("el", "Εκτυπωτής", "Ελέγξτε το καλώδιο."),
	)
	for q, want := range map[string]string{
		"netzwerkkabel prufen": "de", "größe": "de", "cable reseau": "fr", "DÉJÀ RÉSOLU": "fr",
		"プリンター 電源": "ja", "打印机": "zh", "сетевой кабель": "ru", "καλωδιο": "el", "netzwerkkable": "de",
	} {
		if hits := ix.Search(q, Options{}); len(hits) == 0 || hits[0].ID != want {
			t.Errorf("%q: %v, want %s", q, ids(hits), want)
		}
	}
}

func TestTenThousandCopies(t *testing.T) {
	ix := New()
	for i := range 10_000 {
		put(t, ix, article(fmt.Sprintf("copy%05d", i), "Receipt printer offline", "Check the cable and the network of the printer."))
	}
	put(t, ix, article("one", "Scale", "The scale does not weigh."))
	hits := ix.Search("receipt printer", Options{Limit: 5})
	if want := []string{"copy00000", "copy00001", "copy00002", "copy00003", "copy00004"}; !slices.Equal(ids(hits), want) {
		t.Errorf("%v, want the first by id", ids(hits))
	}
	if got := ix.Suggest("receipt printer offline", nil, 3); len(got) > 1 {
		t.Errorf("%d copies suggested", len(got))
	}
	if hits := ix.Search("scale", Options{}); len(hits) != 1 {
		t.Errorf("%v", ids(hits))
	}
}

// TestArticlesOfOneEndlessWord puts what no person writes, as long as an article may be. Work that grows with the
// square of a word's length would take minutes here.
func TestArticlesOfOneEndlessWord(t *testing.T) {
	for _, unit := range []string{"AbcDef", "a'b", "/a", "αb", "a(b", "1a", "dGhpcyB0ZXN0+9v/bar0", "e\u0301", `{"a":[1],`} {
		ix := New()
		put(t, ix, article("endless", "Dump", strings.Repeat(unit, (MaxArticleBytes-100)/len(unit))), article("other", "Scale", "The scale does not weigh."))
		ix.Search(strings.Repeat(unit, MaxQueryBytes), Options{Typing: true})
		ix.Suggest("scale "+unit, nil, 3)
		ix.Remove("endless")
		if hits := ix.Search("scale", Options{}); len(hits) != 1 || hits[0].ID != "other" {
			t.Errorf("after %q: %v", unit, ids(hits))
		}
	}
}

func TestQueriesBeyondReason(t *testing.T) {
	ix, _ := harbor(t, false)
	r := rand.New(rand.NewPCG(5, 5))
	var words []string
	for range 8000 {
		words = append(words, fmt.Sprintf("w%c%c%c%c", 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26)))
	}
	for name, q := range map[string]string{
		"50,000 characters":  strings.Repeat("printer offline again ", 50_000/22),
		"8,000 unknown":      strings.Join(words, " "),
		"one endless word":   strings.Repeat("x", 50_000),
		"one endless number": strings.Repeat("1", 50_000),
		"one endless path":   strings.Repeat("/a", 25_000),
		"only marks":         strings.Repeat("!?-", 10_000),
		"only stop words":    "the of and to in how do I not",
		"broken UTF-8":       "printer\xff\xfe offline",
		"zero bytes":         "printer\x00offline",
		"only accents":       strings.Repeat("\u0301", 1000),
	} {
		p := ix.parse(q, true, ix.borrow())
		if len(p.clauses) > MaxTerms {
			t.Errorf("%s: %d words are scored", name, len(p.clauses))
		}
		for _, h := range ix.Search(q, Options{Typing: true}) {
			if math.IsNaN(h.Score) || h.Score <= 0 || h.Confidence < 0 || h.Confidence > 1 {
				t.Errorf("%s: hit %+v", name, h)
			}
		}
		ix.Suggest(q, nil, 3)
	}
	if hits := ix.Search(strings.Repeat("printer offline again ", 2200), Options{}); len(hits) == 0 || hits[0].ID != "receipt-printer-offline" {
		t.Errorf("the long query found %v", ids(hits))
	}
}

func FuzzTokenize(f *testing.F) {
	for _, s := range []string{"HB-2041", "set-up e-mail", "com.harbor.Sync.run(Sync.java:142)", "customer's don't", "2.4.1", "v2.4.1",
		"/var/log/x.log C:\\a\\b", "Ünïcödé ﬁne", "プリンター", "a\xffb", "\u0301", "x=y;z", "''''", "-.-", "mRNA iPhone SyncAgent"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, tok := range tokenize(s, 1000) {
			if tok.text == "" || !utf8.ValidString(tok.text) || utf8.RuneCountInString(tok.text) > 4*MaxTokenRunes {
				t.Fatalf("token %q of %q", tok.text, s)
			}
			if tok.term() == "" {
				t.Fatalf("token %q of %q has no term", tok.text, s)
			}
		}
	})
}

func FuzzSearch(f *testing.F) {
	ix, j := harbor(f, true)
	for _, q := range j.Queries[:20] {
		f.Add(q.Text, true)
	}
	f.Fuzz(func(t *testing.T, q string, typing bool) {
		a, b := ix.Search(q, Options{Typing: typing}), ix.Search(q, Options{Typing: typing})
		if !slices.Equal(a, b) {
			t.Fatalf("%q: %v, then %v", q, a, b)
		}
		for i, h := range a {
			if math.IsNaN(h.Score) || math.IsInf(h.Score, 0) || h.Confidence < 0 || h.Confidence > 1 || i > 0 && h.Score > a[i-1].Score {
				t.Fatalf("%q: %v", q, a)
			}
		}
		ix.Suggest(q, nil, 3)
	})
}

func FuzzPutAndRemove(f *testing.F) {
	f.Add("Receipt printer", "is offline", "a case")
	f.Add("a-b a_b A.B", "x\u0301", "")
	f.Fuzz(func(t *testing.T, title, body, text string) {
		ix := shelf(t)
		before := ix.Search("printer offline", Options{})
		if ix.Put(article("fuzz", title, body)) == nil {
			ix.Link("fuzz", "NW-1", text)
			ix.Search(title, Options{})
		}
		ix.Remove("fuzz")
		if after := ix.Search("printer offline", Options{}); !slices.Equal(before, after) {
			t.Fatalf("traces are left: %v, was %v", after, before)
		}
	})
}

// FuzzReadJudged holds that files of other people's making give a set that can be measured, or an error that names
// one of them.
func FuzzReadJudged(f *testing.F) {
	f.Add(`{"id":"a","text":"x y"}`, `{"id":1,"text":"x"}`+"\n"+`{"_id":"c","text":"y"}`, "1\ta\t2\n", "c\ta\n")
	f.Add("\ufeff{\"_id\":\"a\",\"title\":null,\"text\":\"\"}\r\n", `{"id":"q","text":""}`, "query-id\tdoc\tgrade\nq 0 a 1.0", "")
	f.Add("null", "[]", "q\ta\t1e9\n", "\t\t")
	f.Fuzz(func(t *testing.T, docs, queries, qrels, links string) {
		files := map[string]string{"docs": docs, "queries": queries, "qrels": qrels, "links": links}
		j, err := ReadJudged(JudgedFiles{Docs: "docs", Queries: "queries", Qrels: "qrels", Links: "links",
			Open: func(name string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(files[name])), nil }})
		if err != nil {
			if !strings.Contains(err.Error(), "docs") && !strings.Contains(err.Error(), "queries") && !strings.Contains(err.Error(), "qrels") && !strings.Contains(err.Error(), "links") {
				t.Fatalf("%q names no file", err)
			}
			return
		}
		m, err := Measure(j, DefaultParams(), nil)
		if err != nil || m.Queries == 0 || m.NDCG10 < 0 || m.NDCG10 > 1+1e-9 || math.IsNaN(m.NDCG10) {
			t.Fatalf("%+v, %v", m, err)
		}
	})
}
