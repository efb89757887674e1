package kb

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

func TestSuggestShowsWhy(t *testing.T) {
	ix := shelf(t)
	a, _ := ix.Get("sync")
	a.Product, a.UpdatedAt = "Hub", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	put(t, ix, a)
	got := ix.Suggest("stock does not synchronise, error HB-2041 on two tills", nil, 3)
	if len(got) == 0 || got[0].ID != "sync" {
		t.Fatalf("got %v", got)
	}
	s := got[0]
	if s.Title != a.Title || s.Product != "Hub" || s.Audience != desk.ArticleForAll {
		t.Errorf("title, product or audience are missing: %+v", s)
	}
	if !slices.Contains(s.Matched, "hb2041") || !slices.Contains(s.Matched, "synchronise") {
		t.Errorf("matched words: %v", s.Matched)
	}
	if want := "When error HB-2041 is shown, the sync agent cannot reach the hub."; s.Passage != want {
		t.Errorf("passage %q, want %q", s.Passage, want)
	}
	if age := s.Age(time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)); age != 240*time.Hour {
		t.Errorf("age %v, want ten days", age)
	}
}

func TestSuggestIsSilentWhenNoArticleAnswers(t *testing.T) {
	ix, _ := harbor(t, true)
	for _, q := range []string{
		"", "   ", "the of and", "how do I", "?!", "asdf qwer zxcv", "recipe for lemon cake", "train to the airport",
		"my neighbour's dog barks all night", "song lyrics about rain",
	} {
		if got := ix.Suggest(q, nil, 3); len(got) > 0 {
			t.Errorf("%q: suggested %s at %.2f", q, got[0].ID, got[0].Confidence)
		}
	}
}

func TestSuggestGivesAtMostThreeAndNoCopies(t *testing.T) {
	ix := New()
	for i := range 40 {
		put(t, ix, article(fmt.Sprintf("copy%02d", i), "Receipt printer offline", "Turn it off and on."))
	}
	for i := range 5 {
		put(t, ix, article(fmt.Sprint("other", i), fmt.Sprint("Receipt printer offline in room ", i), "Call the room."))
	}
	for k, want := range map[int]int{0: 3, 1: 1, 2: 2, 3: 3, 50: 3} {
		got := ix.Suggest("receipt printer offline", nil, k)
		if len(got) != want {
			t.Errorf("k=%d: %d suggestions, want %d", k, len(got), want)
		}
		n := 0
		for _, s := range got {
			if strings.HasPrefix(s.ID, "copy") {
				n++
			}
		}
		if n > 1 {
			t.Errorf("k=%d: %d copies of one article", k, n)
		}
	}
}

// TestSuggestTellsNothingOfALinkedCase guards the border between the parties: a case of one partner may
// lead another's people to an article, but none of its words may reach them.
func TestSuggestTellsNothingOfALinkedCase(t *testing.T) {
	ix := shelf(t)
	ix.Link("refund", "NW-7", "Acme Bakery wants reimbursement of croissants")
	got := ix.Suggest("reimbursement croissants", nil, 3)
	if len(got) == 0 || got[0].ID != "refund" {
		t.Fatalf("the linked case did not help: %v", got)
	}
	if len(got[0].Matched) > 0 || strings.Contains(got[0].Passage, "croissant") {
		t.Errorf("words of the case are shown: %v, %q", got[0].Matched, got[0].Passage)
	}
}

func TestCalibrationFollowsTheLinkedCases(t *testing.T) {
	ix := New()
	if got := ix.Calibrate(t.Context()); got != DefaultThreshold {
		t.Errorf("without cases: %.2f", got)
	}
	ix, j := harbor(t, true)
	got := ix.Calibrate(t.Context())
	if got < minThreshold || got > maxThreshold || got != ix.Threshold() {
		t.Fatalf("threshold %.2f", got)
	}
	if again := ix.Calibrate(t.Context()); again != got {
		t.Errorf("calibrated again: %.4f, was %.4f", again, got)
	}
	// What the threshold is for: nearly all right answers are still shown, nearly all others are not.
	shown, asked, noise, silent := 0, 0, 0, 0
	for _, q := range j.Queries {
		asked++
		if s := ix.Suggest(q.Text, nil, 3); slices.ContainsFunc(s, func(s Suggestion) bool { return j.Grades[q.ID][s.ID] > 0 }) {
			shown++
		}
	}
	for id, text := range j.texts {
		if strings.HasPrefix(id, "silent-") {
			silent++
			if len(ix.Suggest(text, nil, 3)) > 0 {
				noise++
			}
		}
	}
	t.Logf("threshold %.3f: a right article is shown for %d of %d questions, any for %d of %d without an answer", got, shown, asked, noise, silent)
	if shown*100 < asked*80 || noise*100 > silent*20 {
		t.Errorf("shown %d of %d, noise %d of %d", shown, asked, noise, silent)
	}
}

func TestPassageIsShortAndPlain(t *testing.T) {
	long := "# Heading\n\n- **First** step. " + strings.Repeat("many words about nothing ", 30) + "printer offline at last.\n"
	ix := New()
	put(t, ix, article("a", "Printer", long))
	for i := range 10 {
		put(t, ix, article(fmt.Sprint("b", i), "B", "Nothing."))
	}
	got := ix.Suggest("printer offline", nil, 1)
	if len(got) != 1 {
		t.Fatal("nothing suggested")
	}
	if n := len([]rune(got[0].Passage)); n > passageRunes || strings.ContainsAny(got[0].Passage, "\n") {
		t.Errorf("%d characters: %q", n, got[0].Passage)
	}
}
