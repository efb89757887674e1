package commands

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/desk"
	"casebot/templates"
)

func TestCutKeys(t *testing.T) {
	keys := []string{"next", "eta", "text"}
	for line, want := range map[string]struct {
		values map[string]string
		rest   string
	}{
		`next="17:00" The a=b case it's "odd"`: {map[string]string{"next": "17:00"}, `The a=b case it's "odd"`},
		"one\n two   eta=soon\nthree":          {map[string]string{"eta": "soon"}, "one\n two   \nthree"},
		`NEXT=“in 2 hours” done`:               {map[string]string{"next": "in 2 hours"}, "done"},
		`anext=5 next`:                         {map[string]string{}, "anext=5 next"},
		`next= x`:                              {map[string]string{"next": ""}, "x"},
		`text="say \"hi\""`:                    {map[string]string{"text": `say "hi"`}, ""},
		`'twas next="1"`:                       {map[string]string{"next": "1"}, "'twas"},
		``:                                     {map[string]string{}, ""},
	} {
		values, rest, err := cutKeys(line, keys)
		if err != nil || !maps.Equal(values, want.values) || rest != want.rest {
			t.Errorf("%q: got %q, rest %q, %v", line, values, rest, err)
		}
	}
	if _, _, err := cutKeys(`next="17:00`, keys); desk.KindOf(err) != desk.KindInvalid {
		t.Errorf("an open quote: %v", err)
	}
}

func TestCaseNumbers(t *testing.T) {
	form := regexp.MustCompile(`^#?[A-Za-z]{2,6}-[0-9]{1,9}$`)
	for word, want := range map[string]bool{"NW-1042": true, "#nw-1042": true, "ABCDEF-123456789": true, "##NW-1": false, "N-1": false, "NW-": false, "NW1042": false, "ABCDEFG-1": false,
		"NW-1234567890": false, "NW-10-2": false, "N@-1": false, "N\u00e9-1": false, "[a-1": false, "NW-1\n": false, "": false, "#": false, "NW-#1": false, "{z-1": false, "\x0bb-1": false} {
		if got := isCaseNumber(word); got != want || got != form.MatchString(word) {
			t.Errorf("%q is a case number: %v, want %v, and by the pattern %v", word, got, want, form.MatchString(word))
		}
	}
	for c := range 256 {
		for _, word := range []string{"a" + string([]byte{byte(c)}) + "-1", "ab-1" + string([]byte{byte(c)})} {
			if isCaseNumber(word) != form.MatchString(word) {
				t.Errorf("%q is taken otherwise than by the pattern", word)
			}
		}
	}
}

// plainKeys takes the pairs out byte by byte and has each read as a line of its own.
func plainKeys(text string, keys []string) (map[string]string, string, bool) {
	values, kept := map[string]string{}, ""
	for i := 0; i < len(text); {
		if i == 0 || isSpace(text[i-1]) {
			if key, ok := keyAt(text[i:], keys); ok {
				args, n := pairAt(text[i:])
				parsed, err := bot.ParseArgs(args)
				if err != nil {
					return nil, "", false
				}
				values[key] = parsed.Values[key]
				i += n
				continue
			}
		}
		kept += text[i : i+1]
		i++
	}
	return values, strings.TrimSpace(kept), true
}

func BenchmarkCutKeys(b *testing.B) {
	const line = `severity=3 customer="Demo Outdoor" product="Harbor Tills" category="Defect" summary="Till 17 prints no receipts" impact="One store waits" first_seen="2026-11-20 08:30"`
	book, err := desk.ParseHandbook("handbook.yaml", templates.DefaultHandbook())
	if err != nil {
		b.Fatal(err)
	}
	cmd, _ := lookup("new")
	b.ReportAllocs()
	for b.Loop() {
		var room [40]string
		if _, _, err := cutKeys(line, append(cmd.appendKeys(room[:0], book), "ask")); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzCutKeys(f *testing.F) {
	f.Add(`next="17:00" rest`)
	f.Add("next=“ö\\” next=x\xff")
	f.Add("a\u017f\u212a=1")
	f.Fuzz(func(t *testing.T, line string) {
		keys := []string{"next", "text", "ask"}
		for _, k := range keys {
			if name, _, ok := strings.Cut(line[:min(len(line), 60)], "="); ok && strings.EqualFold(name, k) {
				if got, found := keyAt(line, keys); !found || got != k {
					t.Errorf("%q begins with the key %s, and %q was found", line, k, got)
				}
			}
		}
		values, rest, err := cutKeys(line, keys)
		if plain, left, ok := plainKeys(line, keys); ok != (err == nil) || left != rest || !maps.Equal(plain, values) {
			t.Errorf("%q: got %q, rest %q (%v), want %q, rest %q", line, values, rest, err, plain, left)
		}
		if len(rest) > len(line) {
			t.Errorf("%q became longer: %q", line, rest)
		}
		unquote(rest)
		cut(line)
	})
}

func TestUnquote(t *testing.T) {
	for in, want := range map[string]string{`"all of it"`: "all of it", `"one" and "two"`: `"one" and "two"`, `“curly”`: "curly", `"`: `"`, `it's`: `it's`, `''`: ""} {
		if got := unquote(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// TestTable holds the declarations against each other: help, examples, forms, reactions.
func TestTable(t *testing.T) {
	book, err := desk.ParseHandbook("handbook.yaml", templates.DefaultHandbook())
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]string{}
	for _, c := range Commands() {
		if !strings.HasPrefix(c.Example, "/case "+c.typed()) || !strings.HasSuffix(c.Summary, ".") || c.run == nil {
			t.Errorf("%s: example %q, summary %q", c.Name, c.Example, c.Summary)
		}
		if (c.Title == "") != (c.Submit == "") {
			t.Errorf("%s: a form has a title and a button", c.Name)
		}
		seen := map[string]bool{}
		rest := 0
		for _, a := range c.Args {
			if a.Key == "" || a.Label == "" || seen[a.Key] {
				t.Errorf("%s: argument %+v", c.Name, a)
			}
			if a.Required && c.Title == "" {
				t.Errorf("%s: %s is required, but there is no form to ask for it", c.Name, a.Key)
			}
			if a.Kind == bot.AskChoice && a.options == nil {
				t.Errorf("%s: %s is a choice of nothing", c.Name, a.Key)
			}
			if seen[a.Key] = true; a.Rest {
				rest++
			}
		}
		if rest > 1 {
			t.Errorf("%s: two arguments take the rest of the line", c.Name)
		}
		if c.React != "" {
			acts[c.React] = c.Name
		}
	}
	for emoji, act := range book.Reactions {
		if acts[act] == "" {
			t.Errorf("the handbook maps %s to %q, which no command does", emoji, act)
		}
	}
	asked := strings.Fields("new show list mine escalate takeback ack return update relay wait resume severity assign note reply resolve workaround rate reopen close merge withdraw edit attach invite explain handbook raci oncall digest action undo drafts help kb kb-open kb-helped kb-not kb-solved kb-new kb-edit kb-history kb-write kb-review kb-retire kb-gaps kb-gap kb-walk undelivered")
	for _, name := range asked {
		if c, ok := lookup(name); !ok || c.Name != name {
			t.Errorf("there is no command %s", name)
		}
	}
	if n := len(Commands()); n != len(asked) {
		t.Errorf("%d commands, %d named here", n, len(asked))
	}
}

func TestNearestCommand(t *testing.T) {
	r := &request{}
	for typed, want := range map[string]string{"esclate": "escalate", "resolv": "resolve", "acknowlege": "acknowledge", "xyzzy": "help lists"} {
		if got := r.unknown(typed).Error(); !strings.Contains(got, want) {
			t.Errorf("%s: %s", typed, got)
		}
	}
}
