package desk

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func gapCase(id, product, words string) GapCase {
	ts := strings.Fields(words)
	slices.Sort(ts)
	return GapCase{ID: id, Product: product, Summary: words, Terms: slices.Compact(ts), Resolved: time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)}
}

func TestGapsAreClustersOfThree(t *testing.T) {
	cases := []GapCase{
		gapCase("NW-1010", "Tills", "gift receipt print price"),
		gapCase("NW-999", "Tills", "print gift receipt without price"),
		gapCase("NW-1001", "tills", "receipt gift price hide"),
		gapCase("NW-1002", "Pay", "gift receipt print price"), // Of another product.
		gapCase("NW-1003", "Tills", "cash drawer report language"),
		gapCase("NW-1004", "Tills", "cash drawer stuck open"),
		gapCase("NW-1005", "Tills", "gift receipt"), // Too few words to compare.
	}
	gaps := FindGaps("northwind", cases)
	if len(gaps) != 1 {
		t.Fatalf("%d gaps: %+v", len(gaps), gaps)
	}
	g := gaps[0]
	if want := []string{"NW-999", "NW-1001", "NW-1010"}; !slices.Equal(g.Cases, want) || g.Product != "Tills" {
		t.Errorf("%+v, want the cases %v", g, want)
	}
	if !strings.Contains(g.Summary, "gift") || !strings.HasPrefix(g.Title(), "Write an article on “") {
		t.Errorf("described as %q, %q", g.Summary, g.Title())
	}
}

// The same cases give the same gaps in whatever order they are read.
func TestGapsDoNotDependOnOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var cases []GapCase
	topics := []string{"gift receipt print price", "cash drawer stuck open", "loyalty point missing bill", "scale unit gram wrong"}
	for i := range 60 {
		words := topics[i%4] + fmt.Sprintf(" store%d word%d", r.IntN(9), r.IntN(5))
		c := gapCase(fmt.Sprintf("NW-%d", 990+i), "Tills", words)
		c.Resolved = c.Resolved.Add(time.Duration(r.IntN(1000)) * time.Minute)
		cases = append(cases, c)
	}
	first := FindGaps("northwind", slices.Clone(cases))
	if len(first) < 4 {
		t.Fatalf("%d gaps", len(first))
	}
	for range 20 {
		r.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
		if again := FindGaps("northwind", slices.Clone(cases)); !reflect.DeepEqual(first, again) {
			t.Fatalf("%+v\nthen %+v", first, again)
		}
	}
}

func TestTermsAlike(t *testing.T) {
	w := map[string]float64{"rare": 4, "common": 1}
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"", "", 0}, {"rare", "", 0}, {"rare", "rare", 1}, {"common rare", "rare", .8}, {"common", "rare", 0}, {"common new", "new", .5},
	} {
		if got := TermsAlike(strings.Fields(c.a), strings.Fields(c.b), w); got != c.want {
			t.Errorf("%q and %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestStepsOfAGuide(t *testing.T) {
	a := Article{Body: "Ask first.\n- [ ] Which code\n * [ ] Since when \n- [ ]\n- not a step\n-[ ] nor this\n"}
	if got := a.Steps(); !slices.Equal(got, []string{"Which code", "Since when"}) {
		t.Errorf("%q", got)
	}
}

func TestWhoReadsAnArticle(t *testing.T) {
	p := newPaper(t)
	person := func(id string) Person { x, _ := p.dir.Person(id); return x }
	for _, c := range []struct{ audience, party, readers string }{
		{"all", "", "dana sam eve"}, {"", "", "dana sam eve"}, {"provider", "", "eve"}, {"northwind", "northwind", "dana"},
		{"northwind", "harbor", "dana eve"}, {"northwind", "", "dana"}, {"nobody", "", ""},
	} {
		var got []string
		for _, id := range []string{"dana", "sam", "eve"} {
			if CanSeeArticle(person(id), Article{Audience: c.audience, Party: c.party}) {
				got = append(got, id)
			}
		}
		if strings.Join(got, " ") != c.readers {
			t.Errorf("audience %q of %q is read by %v, want %s", c.audience, c.party, got, c.readers)
		}
	}
	if CanSeeArticle(Person{ID: "stranger"}, Article{Audience: "all"}) {
		t.Error("somebody of no party reads")
	}
}

// Reminders come two weeks ahead, on the day, one and four weeks after, then every four weeks, and on working
// mornings of the owner only.
func TestWhenAReviewIsRecalled(t *testing.T) {
	review := utc(t, "2026-12-09T20:00:00Z")
	for at, want := range map[string]int{"2026-11-25T19:59:59Z": 0, "2026-11-25T20:00:00Z": 1, "2026-12-09T20:00:00Z": 2, "2026-12-16T20:00:00Z": 3,
		"2027-01-06T20:00:00Z": 4, "2027-02-03T19:59:59Z": 4, "2027-02-03T20:00:00Z": 5} {
		if got := staleSteps(review, utc(t, at)); got != want {
			t.Errorf("by %s: %d reminders, want %d", at, got, want)
		}
	}
	la, _ := time.LoadLocation("America/Los_Angeles")
	for at, want := range map[string]string{
		"2026-11-25T16:59:59Z": "2026-11-25T17:00:00Z", "2026-11-25T17:00:00Z": "2026-11-25T17:00:00Z", // Wednesday nine, −08:00.
		"2026-11-27T18:00:00Z": "2026-11-30T17:00:00Z", // Friday after nine: Monday.
		"2027-03-12T18:00:00Z": "2027-03-15T16:00:00Z", // Over the clock change: nine again, −07:00.
	} {
		if got := workMorning(utc(t, at), la); !got.Equal(utc(t, want)) {
			t.Errorf("after %s: %s, want %s", at, got.Format(time.RFC3339), want)
		}
	}
}
