package desk

import (
	"slices"
	"testing"
)

// A card that is new in an open channel says whose channel it waits for. An edit of it waits for none, nor does a
// restricted case, whose card goes to a private room.
func TestOnlyANewCardWaitsForARoom(t *testing.T) {
	p := newPaper(t)
	rooms := func(act func()) []string {
		var before *Case
		n := len(p.events)
		if n > 0 {
			before = Fold(p.events)
		}
		act()
		var out []string
		for _, x := range noticesFor(p.dir, before, p.c, p.events[:n], p.events[n:], p.now) {
			if x.Room != "" {
				if x.Kind != NoticeCard || x.Room != x.Party {
					t.Errorf("a %s to %s waits for the room of %s", x.Kind, x.Party, x.Room)
				}
				out = append(out, x.Room)
			}
		}
		return out
	}
	want := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: rooms %q, want %q", what, got, want)
		}
	}
	want("filed", rooms(func() { p.file("3", FieldSteps) }), "northwind")
	want("escalated", rooms(func() { p.do("dana", EscalateCase{}) }), "harbor")
	want("acknowledged", rooms(func() { p.do("eve", AckCase{}) }))
	want("sent back", rooms(func() { p.do("eve", ReturnCase{Code: "steps"}) }))
	want("up again", rooms(func() { p.do("dana", EscalateCase{}) }))

	p = newPaper(t)
	want("a severity 1, which goes up by itself", rooms(func() { p.file("1", FieldSteps) }), "northwind", "harbor")

	p = newPaper(t)
	want("a restricted case", rooms(func() {
		p.do("dana", FileCase{Values: map[Field]string{FieldCustomer: "Acme", FieldSummary: "Keys leaked", FieldSeverity: "2", FieldCategory: "Security", FieldSteps: "Open the repository"}})
	}))
}
