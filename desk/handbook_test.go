package desk

import (
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

// Each mistake in a handbook is told with its line, what was found and what was expected.
func TestHandbookMistakes(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":           {"title:", "titel:", `h.yaml:10: unknown key "titel"`},
		"cadence without unit":  {"status_update: 4 hours", "status_update: 4", `write "4 hours" or "4 business hours"`},
		"wrong type":            {"warnings: [75]", "warnings: soon", "expected a list"},
		"missing severity":      {"- severity: 4", "- severity: 3", "Sev 4 is missing"},
		"severity twice":        {"- severity: 4", "- severity: 3", "Sev 3 stands twice"},
		"range upside down":     {"tier2_response: 30 minutes to", "tier2_response: 90 minutes to", "the first end of a range is the objective"},
		"unknown trigger":       {"trigger: repeated failures", "trigger: bad mood", `there is no trigger "bad mood"`},
		"unknown reaction":      {`"✅": resolve`, `"✅": explode`, `does "explode"`},
		"unknown field kind":    {"kind: files", "kind: stone", `kind "stone"`},
		"unknown stage":         {"required: {escalate: \"1,2,3\"}", "required: {someday: all}", `required at "someday"`},
		"bad weekday":           {"weekday: monday", "weekday: someday", `on "someday"`},
		"bad zone":              {"zone: America/Los_Angeles", "zone: Mars/Base", `zone "Mars/Base"`},
		"bad mode":              {"mode: ask", "mode: perhaps", `mode "perhaps"`},
		"not yaml":              {"title:", "\t{", "this is not YAML"},
		"a list instead of one": {"effective: 2026-01-01", "effective: [2026]", "effective is a list; expected one value"},
	} {
		src := strings.Replace(defaultBook(t), c.old, c.new, 1)
		if _, err := ParseHandbook("h.yaml", []byte(src)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		} else if !strings.Contains(err.Error(), "h.yaml") {
			t.Errorf("%s: %v names no file", name, err)
		}
	}
}

func FuzzHandbook(f *testing.F) {
	f.Add([]byte(defaultBook(f)))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, src []byte) { ParseHandbook("h.yaml", src) })
}
