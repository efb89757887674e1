package desk

import (
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

// The drawing in docs/lifecycle.md shows exactly the moves of the transition table.
func TestLifecycleDrawing(t *testing.T) {
	src, err := os.ReadFile("../docs/lifecycle.md")
	if err != nil {
		t.Fatal(err)
	}
	var drawn []string
	for _, m := range regexp.MustCompile(`(?m)^\s+(\w+) --> (\w+): (.+)$`).FindAllStringSubmatch(string(src), -1) {
		for _, verb := range strings.Split(m[3], " / ") {
			drawn = append(drawn, m[1]+" --> "+m[2]+": "+verb)
		}
	}
	sort.Strings(drawn)
	want := Transitions()
	for _, w := range want {
		if !slices.Contains(drawn, w) {
			t.Errorf("the table has %q; docs/lifecycle.md does not draw it", w)
		}
	}
	for _, d := range drawn {
		if !slices.Contains(want, d) {
			t.Errorf("docs/lifecycle.md draws %q; the table does not have it", d)
		}
	}
}

// A refused act names the state and says what can be done instead.
func TestRefusedActSaysWhatElse(t *testing.T) {
	_, err := Next(StatusClosed, VerbEscalate)
	if err == nil || KindOf(err) != KindState {
		t.Fatalf("escalating a closed case: %v", err)
	}
	say := err.(*Error).Say
	for _, want := range []string{"closed", "reopen"} {
		if !strings.Contains(say, want) {
			t.Errorf("the sentence %q does not mention %q", say, want)
		}
	}
}

func TestVerbsReadAsSentences(t *testing.T) {
	_, err := Next(StatusResolved, VerbWait)
	want := "The case is resolved, so you cannot let it wait. You can rate it, reopen it or close it."
	if e, ok := err.(*Error); !ok || e.Say != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
