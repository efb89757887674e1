package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casebot/kb"
)

// set writes the files of a judged set and gives the arguments that name them.
func kbSet(t *testing.T, files map[string]string) []string {
	t.Helper()
	dir, args := t.TempDir(), []string{"eval"}
	for _, name := range []string{"docs", "queries", "qrels", "links"} {
		text, ok := files[name]
		if !ok {
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--"+name, path)
	}
	return args
}

// small is a judged set that is right in every way; tests change one file of it.
func small() map[string]string {
	return map[string]string{
		"docs":    `{"id":"p","title":"Printer","text":"The receipt printer is offline."}` + "\n" + `{"id":"s","title":"Scale","text":"The scale sends no weight."}` + "\n",
		"queries": `{"id":"q1","text":"printer offline"}` + "\n" + `{"id":"q2","text":"weight"}` + "\n" + `{"id":"q3","text":"nothing judged"}` + "\n",
		"qrels":   "query-id\tdoc-id\tgrade\nq1\tp\t2\nq2\ts\t1\nq3\tp\t0\n",
	}
}

func TestKBEvalPrintsTheContractsJSON(t *testing.T) {
	var out, errs bytes.Buffer
	if code := runKB(append(kbSet(t, small()), "--json"), &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	var m map[string]float64
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	for _, key := range []string{"queries", "ndcg10", "recall10", "mrr10", "hit3", "build_ms", "p50_ms", "p99_ms", "heap_mb"} {
		if _, ok := m[key]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	// q3 has no positive judgement and does not count.
	if m["queries"] != 2 || m["ndcg10"] != 1 || m["hit3"] != 1 {
		t.Errorf("%v", m)
	}
}

func TestKBEvalTakesQrelsWithoutAHeaderAndNumbersAsIDs(t *testing.T) {
	files := small()
	files["docs"] = `{"id":7,"title":"","text":"receipt printer"}` + "\n"
	files["queries"] = `{"id":1,"text":"printer"}` + "\n"
	files["qrels"] = "1\t7\t1"
	var out, errs bytes.Buffer
	if code := runKB(append(kbSet(t, files), "--json"), &out, &errs); code != 0 || !strings.Contains(out.String(), `"ndcg10":1,`) {
		t.Errorf("exit %d: %s %s", code, out.String(), errs.String())
	}
}

// TestKBEvalTakesWhatPublicSetsHave: the shapes in which judged sets are really found.
func TestKBEvalTakesWhatPublicSetsHave(t *testing.T) {
	docs := `{"_id":"p","text":"The receipt printer is offline.","metadata":{"url":"x"}}` + "\n" + `{"_id":"s","title":null,"text":"The scale sends no weight."}` + "\n"
	for name, qrels := range map[string]string{
		"header":              "query-id\tcorpus-id\tscore\n1\tp\t2\n2\ts\t1\n",
		"trec_eval":           "1 0 p 2\n2 0 s 1\n",
		"trec_eval, tabs":     "1\tQ0\tp\t2\r\n2\tQ0\ts\t1\r\n",
		"fractions":           "1\tp\t2.0\n2\ts\t1.0\n",
		"more than was asked": "9\tp\t1\n1\tp\t2\n2\ts\t1\n",
	} {
		files := map[string]string{"docs": docs, "queries": `{"_id":1,"text":"printer offline"}` + "\n" + `{"_id":"2","text":"weight"}`, "qrels": qrels}
		var out, errs bytes.Buffer
		if code := runKB(append(kbSet(t, files), "--json"), &out, &errs); code != 0 || !strings.Contains(out.String(), `"queries":2,"ndcg10":1,`) {
			t.Errorf("%s: exit %d: %s %s", name, code, out.String(), errs.String())
		}
	}
}

// TestKBEvalDoesNotCountAQueryThatFindsItself: sets of arguments and of duplicate questions ask with a
// document's own text. Equal ids alone say nothing: some sets count both from 1.
func TestKBEvalDoesNotCountAQueryThatFindsItself(t *testing.T) {
	files := map[string]string{
		"docs": `{"id":"a","title":"Tills","text":"The receipt printer of the till is\n offline."}` + "\n" +
			`{"id":"b","text":"A till whose printer is dead is not offline at all."}` + "\n" + `{"id":"c","text":"weight"}` + "\n",
		"queries": `{"id":"a","text":"The  receipt printer of the till is offline."}` + "\n" + `{"id":"c","text":"printer of the till"}`,
		"qrels":   "a\tb\t1\nc\ta\t1\n",
	}
	var out, errs bytes.Buffer
	if code := runKB(append(kbSet(t, files), "--json"), &out, &errs); code != 0 || !strings.Contains(out.String(), `"queries":2,"ndcg10":1,`) {
		t.Errorf("exit %d: %s %s", code, out.String(), errs.String())
	}
}

func TestKBEvalNamesFileAndLineOfWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"broken JSON", "docs", `{"id":"p","title":"x","text":"y"}` + "\n{oops}\n", "docs:2: not a JSON object"},
		{"no id", "queries", `{"text":"x"}`, `queries:1: "id" is missing`},
		{"no text", "docs", `{"id":"p"}`, `docs:1: "text" is missing`},
		{"document twice", "docs", strings.Repeat(`{"id":"p","text":"y"}`+"\n", 2), `docs:2: document "p" is there twice`},
		{"query twice", "queries", strings.Repeat(`{"id":"q1","text":"y"}`+"\n", 2), `queries:2: query "q1" is there twice`},
		{"columns", "qrels", "q1\tp\t1\nq1 p\n", "qrels:2: expected query-id<TAB>doc-id<TAB>grade"},
		{"grade", "qrels", "q1\tp\t1\nq2\ts\thigh\n", `qrels:2: grade "high" is not a whole number`},
		{"half a grade", "qrels", "q1\tp\t1.5\n" + "q2\ts\t1.5\n", `qrels:2: grade "1.5" is not a whole number`},
		{"nothing relevant", "qrels", "q1\tp\t0\n", "has a judgement above 0"},
		{"empty documents", "docs", "\n", "no documents"},
		{"link of a judged query", "links", "query-id\tdoc-id\nq1\tp\n", `links:2: query "q1" is linked and judged`},
		{"link of an unknown query", "links", "q3\tp\nq9\tp\n", `links:1: query "q3" is linked and judged`},
		{"binary", "docs", "\x00\x01\x02", "docs:1: not a JSON object"},
	} {
		files := small()
		files[c.file] = c.text
		var out, errs bytes.Buffer
		if code := runKB(kbSet(t, files), &out, &errs); code != 1 || !strings.Contains(errs.String(), c.want) || out.Len() > 0 {
			t.Errorf("%s: exit %d, %q, want 1 and %q", c.name, code, errs.String(), c.want)
		}
	}
}

func TestKBEvalIndexesLinkedCases(t *testing.T) {
	files := small()
	files["queries"] += `{"id":"c1","text":"white paper comes out"}` + "\n" + `{"id":"q4","text":"white paper"}` + "\n"
	files["qrels"] += "q4\tp\t1\n"
	mrr := func() float64 {
		var out, errs bytes.Buffer
		var m kb.Measured
		if code := runKB(append(kbSet(t, files), "--json"), &out, &errs); code != 0 || json.Unmarshal(out.Bytes(), &m) != nil {
			t.Fatalf("exit %d: %s %s", code, out.String(), errs.String())
		}
		return m.MRR10
	}
	// Nothing has "white paper" until the past case is linked.
	if got := mrr(); got > .7 {
		t.Errorf("without the link MRR@10 is %v", got)
	}
	files["links"] = "c1\tp\n"
	if got := mrr(); got != 1 {
		t.Errorf("with the link MRR@10 is %v", got)
	}
}

func TestKBWrongUsageIsTwo(t *testing.T) {
	for _, args := range [][]string{
		{}, {"fly"}, {"eval"}, {"eval", "--docs", "x"}, {"eval", "--nonsense"}, {"search"}, {"import"},
		{"eval", "--docs", "a", "--queries", "b", "--qrels", "c", "stray"},
	} {
		var out, errs bytes.Buffer
		if code := runKB(args, &out, &errs); code != 2 || errs.Len() == 0 || out.Len() > 0 {
			t.Errorf("%v: exit %d, %q", args, code, errs.String())
		}
	}
	var out, errs bytes.Buffer
	if code := runKB([]string{"eval", "--docs", "no", "--queries", "such", "--qrels", "file"}, &out, &errs); code != 1 || !strings.Contains(errs.String(), "such") {
		t.Errorf("missing file: exit %d, %q", code, errs.String())
	}
}

func TestKBSearchPrintsHits(t *testing.T) {
	args := kbSet(t, small())
	var out, errs bytes.Buffer
	if code := runKB([]string{"search", args[1], args[2], "recipt printr"}, &out, &errs); code != 0 || !strings.Contains(out.String(), "\tp\tPrinter\n") {
		t.Errorf("exit %d: %q %q", code, out.String(), errs.String())
	}
	out.Reset()
	if code := runKB([]string{"search", args[1], args[2], "zzzz"}, &out, &errs); code != 0 || out.Len() > 0 || errs.Len() == 0 {
		t.Errorf("nothing found: exit %d: %q", code, out.String())
	}
}

// TestKBParametersAreTheMeasuredOnes makes a change of the ranking's numbers a deliberate one.
func TestKBParametersAreTheMeasuredOnes(t *testing.T) {
	p := kb.DefaultParams()
	if p.K1 != 2 || p.BodyB != .4 || p.TitleB != .6 || p.TitleWeight != 3 || p.StopWeight != .35 || p.PairWeight != .2 {
		t.Errorf("docs/knowledge.md gives other numbers: %+v", p)
	}
}

// Whatever is looked for is answered in a sentence.
func TestKBSearchTakesBadInput(t *testing.T) {
	args := kbSet(t, small())
	for name, c := range map[string]struct{ words, said string }{
		"stop words":        {"how do I the of", "only small words"},
		"50,000 characters": {strings.Repeat("zzzz ", 10_000), "No article has any of these words"},
		"marks":             {strings.Repeat("!?-", 1000), "No article has any of these words"},
		"no text":           {"\xff\xfe\x00", "No article has any of these words"},
	} {
		var out, errs bytes.Buffer
		if code := runKB([]string{"search", args[1], args[2], c.words}, &out, &errs); code != 0 || out.Len() > 0 || !strings.Contains(errs.String(), c.said) {
			t.Errorf("%s: exit %d: %q %q", name, code, out.String(), errs.String())
		}
	}
}
