package desk

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func defaultBook(t testing.TB) string {
	t.Helper()
	src, err := os.ReadFile("../templates/handbook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// Each row breaks the default handbook in one place and says what the reader is told. The line is that
// of the place, so that people find it.
func TestHandbookSaysWhereAndWhat(t *testing.T) {
	src := defaultBook(t)
	for _, x := range []struct{ name, old, new, want string }{
		{"unknown key", "tone:\n", "tones:\n", `unknown key "tones"; did you mean "tone"`},
		{"unknown key inside", "    relay: 15 minutes", "    rely: 15 minutes", `unknown key "rely" in severities[0]; did you mean "relay"`},
		{"a key nobody could mean", "undo: 10 minutes", "zebra: 10 minutes", `unknown key "zebra" in lifecycle; expected one of: auto_close, reopen, undo`},
		{"a key twice", "update_until: workaround\n", "update_until: workaround\n    update_until: workaround\n", `key "update_until" in severities[0] is written twice, first on line`},
		{"list for a text", "title: Channel", "title: [Channel]\nx: ", `title: a list stands here; write a text`},
		{"text for a list", "tone:\n", "tone: kind\nold:\n", `tone: "kind" stands here; write a list`},
		{"text for a group", "waiting:\n", "waiting: long\nold:\n", `waiting: "long" stands here; write a group`},
		{"yes for a true", "restricted: true", "restricted: sure", `restricted: "sure" stands here; write true or false`},
		{"word for a number", "min_words: 5", "min_words: five", `min_words: "five" stands here; write a whole number`},
		{"true for a text", "hint: Versions, op", "hint: true\n    # ", `hint: "true" stands here; write a text (in quotes`},
		{"nothing after a key", "    hint: The end customer, as in your contract list.", "    hint:", `fields[0].hint: nothing is written here`},
		{"cadence without a unit", "status_update: 1 hour ", "status_update: 4 # ", `severities[0].status_update: "4" has no unit; write "4 hours" or "4 business hours"`},
		{"target without a unit", "tier1_response: 4 business hours", "tier1_response: 4", `severities[2].tier1_response: "4" has no unit`},
		{"lower above upper", "tier2_response: 30 minutes to 60", "tier2_response: 60 minutes to 30", `has its lower end at or above its upper end; write the objective first`},
		{"mixed range", "2 business hours to 4 business hours", "2 hours to 4 business hours", `mixes business time with plain time`},
		{"plain day as a target", "status_update: 1 business day", "status_update: 1 day", `status_update: "1 day" would count 24 open hours a day; write "1 business day"`},
		{"not a span", "relay: 15 minutes", "relay: soon", `relay: "soon" is not a length of time; write a number with a unit`},
		{"half an hour", "relay: 15 minutes", "relay: 0.5 hours", `"0.5 hours" is not a whole number; write it in the smaller unit`},
		{"no time at all", "relay: 15 minutes", "relay: 0 minutes", `"0 minutes" is no time at all; write "off"`},
		{"missing severity", "  - severity: 4", "  - severity: 3", `severity 3 stands twice, first on line`},
		{"severity five", "  - severity: 4", "  - severity: 5", `severity 5 is not one of the four; write 1, 2, 3 or 4`},
		{"no target", "    tier2_response: 30 minutes to 60 minutes", "    # ", `severity 1 has no tier2_response`},
		{"no definition", "    definition: Limited impact; workaround available.", "", `severities[2].definition is missing`},
		{"warnings in disorder", "warnings: [50, 75]", "warnings: [75, 50]", `warnings of severity 1: 50 is out of place`},
		{"severity 3 after hours", "    relay: off", "    after_hours: true\n    relay: off", `severity 3 runs after hours; only severities 1 and 2 may`},
		{"unknown until", "update_until: workaround", "update_until: tired", `update_until: "tired" is not known; expected one of: resolved, workaround`},
		{"unknown trigger", "trigger: security or privacy\n    mode", "trigger: bad luck\n    mode", `"bad luck" is not known; expected one of: severity, security or privacy`},
		{"unknown trigger of a category", "    trigger: data integrity", "    trigger: severity", `categories[3].trigger: "severity" is not known`},
		{"trigger without a mode", "  - trigger: data integrity\n    mode: automatic", "  - trigger: data integrity", `triggers[2].mode is missing; expected one of: automatic, ask`},
		{"repeated failures of one", "count: 3", "count: 1", `count is 1 and reopens is 2; write a count of 2 or more`},
		{"unknown field kind", "    kind: files", "    kind: upload", `kind: "upload" is not known; expected one of: text, long, choice, time, files`},
		{"evidence typed", "    kind: files", "    kind: text", `the field evidence is of kind text; write kind: files`},
		{"choices missing", `    choices: ["no", "yes"]`, "    # ", `the field live has no choices`},
		{"unknown stage", "required: {file: none, escalate: all}", "required: {open: all}", `"open" is not known; expected one of: file, escalate`},
		{"bad severities of a field", "required: {file: none, escalate: all}", "required: {escalate: some}", `required.escalate: "some" can't be read; write "all", "none" or severities`},
		{"core field not required", "    required: {file: all}\n    ask: Name the end", "    ask: Name the end", `the field customer is not required of every case`},
		{"bad field name", "  - name: impact", "  - name: Business Impact", `"Business Impact" is not a field name`},
		{"field twice", "  - name: impact", "  - name: summary", `"summary" stands twice, first on line`},
		{"two accountable", "accountable: Partner duty manager,  consulted: Customer, ", "accountable: Agent and manager, consulted: Customer, ", `names more than one; a task has exactly one accountable`},
		{"left to fill in", "rule: The Provider may", "rule: With [30] days the Provider may", `"[30]" is still to be filled in`},
		{"left to insert", "  - Patching", "  - \"[Insert table with tasks]\"", `"[Insert table with tasks]" is still to be filled in`},
		{"unknown token", "recorded it as {case}", "recorded it as {number}", `holds {number}; only these are filled in: {customer}, {case}, {summary}, {next}`},
		{"unknown act", "sos: escalate", "sos: panic", `"sos" does "panic", which is not known; expected one of: escalate, ack, send, relay, resolve, update`},
		{"bad weekday", "weekday: Monday", "weekday: Someday", `review.weekday: "Someday" is not known; expected one of: Monday`},
		{"bad time", `at: "09:00"`, `at: "9 am"`, `review.at: "9 am" is not a time of day; write it as "HH:MM"`},
		{"bad zone", "zone: America/Los_Angeles", "zone: America/Springfield", `review.zone: there is no time zone "America/Springfield"; write an IANA name`},
		{"bad date", "effective: 2026-11-01", "effective: 2026-11-31", `effective: "2026-11-31" is not a day of the calendar`},
		{"ladder in disorder", "{call: duty manager, from: limit} ", "{call: duty manager} ", `the step that calls duty manager comes before the step above it`},
		{"nobody to call", "{call: on-call} ", "{call: the boss} ", `"the boss" is nobody who can be called`},
		{"waits in disorder", "second: 5 business days", "second: 1 business day", `waiting.second: "1 business day" is not after "2 business days"`},
		{"alias", "tone:\n", "tone: *x\nold:\n", `write the value out; aliases are not followed`},
		{"anchor", "title: Channel", "title: &a Channel", `an anchor (&a) stands here`},
		{"tag", "title: Channel", "title: !secret Channel", `a tag (!secret) stands here`},
		{"tab", "  nudge:", "\tnudge:", `indent with spaces, not tabs`},
		{"brace at the start", "rule: The", "rule: {customer}\nx: The", `rule: a group of keys stands here; write a text`},
		{"two documents", "# §11", "---\n# §11", `several documents`},
	} {
		t.Run(x.name, func(t *testing.T) {
			if !strings.Contains(src, x.old) {
				t.Fatalf("the default handbook has no %q", x.old)
			}
			broken := strings.Replace(src, x.old, x.new, 1)
			_, err := ParseHandbook("handbook.yaml", []byte(broken))
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Fatalf("got  %v\nwant %s", err, x.want)
			}
			var ps *Problems
			if !errors.As(err, &ps) || ps.List[0].Line == 0 && x.name != "two documents" {
				t.Errorf("%v names no line", err)
			}
		})
	}
}

func TestHandbookNamesTheVeryLine(t *testing.T) {
	broken := strings.Replace(defaultBook(t), "relay: 15 minutes", "relay: 15", 1)
	line := 1 + strings.Count(broken[:strings.Index(broken, "relay: 15 ")], "\n")
	_, err := ParseHandbook("my.yaml", []byte(broken))
	if want := fmt.Sprintf("my.yaml:%d: severities[0].relay: ", line); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want it to begin with %s", err, want)
	}
}

func TestHandbookNamesSeveralProblemsAtOnceButNotAHundred(t *testing.T) {
	src := defaultBook(t)
	_, err := ParseHandbook("h", []byte(strings.NewReplacer("relay: 15 minutes", "relay: 15", "weekday: Monday", "weekday: M", "sos: escalate", "sos: x").Replace(src)))
	var ps *Problems
	if !errors.As(err, &ps) || len(ps.List) != 3 {
		t.Fatalf("got %v, want three problems", err)
	}
	for i := 1; i < len(ps.List); i++ {
		if ps.List[i].Line < ps.List[i-1].Line {
			t.Errorf("line %d comes after line %d", ps.List[i].Line, ps.List[i-1].Line)
		}
	}
	_, err = ParseHandbook("h", []byte(strings.ReplaceAll(src, "task:", "tusk:")))
	if !errors.As(err, &ps) || len(ps.List) != 10 || ps.More == 0 || strings.Count(err.Error(), "\n") != 10 {
		t.Errorf("got %v, want ten problems and a count of the rest", err)
	}
}

func TestHandbookIsBounded(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for _, c := range "bcdefghi" {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, src := range map[string]string{
		"empty": "", "only a comment": "# nothing\n", "a word": "hello", "a list": "- a", "aliases": bomb,
		"too large": strings.Repeat("# x\n", 200_000), "too deep": strings.Repeat("[", 300_000),
		"deep": "title: " + strings.Repeat("[", 40) + strings.Repeat("]", 40),
		"many": "tone: [" + strings.Repeat("a,", 100_000) + "]", "bytes": "title: \xff\xfe", "null": "~",
	} {
		h, err := ParseHandbook("h.yaml", []byte(src))
		if err == nil || h != nil || !strings.HasPrefix(err.Error(), "h.yaml") {
			t.Errorf("%s: got %v, %v", name, h, err)
		}
	}
}

// The smallest handbook says only what nobody else can know; the rest is SLA.md's and the handbook's
// own default.
const smallBook = `
title: Small
effective: 2026-01-01
severities:
  - {severity: 4, definition: d, tier1_response: 1 business day, tier2_response: 1 business day, status_update: off}
  - {severity: 1, definition: a, tier1_response: 1 h, tier2_response: 30-60 min, status_update: 1 hr}
  - {severity: 2, definition: b, tier1_response: 1 h, tier2_response: 2–4 business hours, status_update: 4 h}
  - {severity: 3, definition: c, tier1_response: 4 h, tier2_response: 1 business day, status_update: 1 business day}
categories: [{name: Defect}]
fields:
  - {name: customer, required: {file: all}}
  - {name: severity, kind: choice, required: {file: all}}
  - {name: summary, required: {file: all}}
  - {name: till_number, required: {escalate: "1, 2"}}
escalation:
  return_codes: [{code: steps, say: No steps}]
  ladder: [{call: on-call}]
lifecycle:
  resolutions: [{code: fixed, say: Fixed}]
`

func TestHandbookDefaults(t *testing.T) {
	h, err := ParseHandbook("small.yaml", []byte(smallBook))
	if err != nil {
		t.Fatal(err)
	}
	if h.Severities[0].Severity != Sev1 || h.For(Sev1).Name != "Sev 1" || !h.For(Sev2).AfterHours || h.For(Sev3).AfterHours {
		t.Errorf("severities: %+v", h.Severities)
	}
	if r := h.For(Sev1).Tier2; r.Objective.N != 30 || r.Objective.Unit != "minute" || r.Limit.N != 60 {
		t.Errorf("30-60 min is %+v", r)
	}
	if r := h.For(Sev2).Tier2; !r.Objective.Business || r.Objective.Unit != "hour" || r.Limit.N != 4 {
		t.Errorf("2–4 business hours is %+v", r)
	}
	for what, got := range map[string]string{
		"2 business days": h.Waiting.Nudge.String(), "5 business days": h.Waiting.Second.String(), "10 business days": h.Waiting.Propose.String(),
		"14 days": h.Lifecycle.Reopen.String(), "10 minutes": h.Lifecycle.Undo.String(), "30 days": h.Changes.Notice.String(),
		"Monday": h.Review.Weekday, "Till number": h.Fields[3].Label, "off": h.For(Sev4).Update.String(), "escalate": h.Reactions["sos"],
	} {
		if got != what {
			t.Errorf("got %q, want %q", got, what)
		}
	}
	if h.Version != HandbookVersion([]byte(smallBook)) || len(h.Version) != 12 {
		t.Errorf("version %q", h.Version)
	}
	if again, _ := ParseHandbook("x", []byte(smallBook+"# one letter more\n")); again.Version == h.Version {
		t.Error("another text has the same version")
	}
}

func TestSpanIsReadAndWrittenAlike(t *testing.T) {
	for _, text := range []string{"30 minutes", "4 business hours", "1 business day", "14 days", "off", "30 minutes to 60 minutes"} {
		r, err := ParseRange(text)
		if err != nil || r.String() != text {
			t.Errorf("%q became %q (%v)", text, r, err)
		}
	}
	for _, text := range []string{"", "4", "-4 hours", "four hours", "1 fortnight", "99999999 days", "1 business week", "off to 4 hours", "4 to 2 hours", "1h to", "999999999 days to 1 hour"} {
		if r, err := ParseRange(text); err == nil {
			t.Errorf("%q was read as %+v", text, r)
		}
	}
}

func FuzzParseHandbook(f *testing.F) {
	f.Add(defaultBook(f))
	f.Add(smallBook)
	f.Add("severities: [{severity: 1}]\nreactions: {x: y}")
	f.Fuzz(func(t *testing.T, src string) {
		h, err := ParseHandbook("f.yaml", []byte(src))
		if (h == nil) == (err == nil) {
			t.Fatalf("handbook %v and error %v", h, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "f.yaml") {
			t.Fatalf("%v names no file", err)
		}
	})
}
