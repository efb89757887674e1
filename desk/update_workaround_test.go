package desk

import (
	"testing"
	"time"
)

// Handbook section 9: one update may say the way round too. The case then has a workaround, its clocks do what they
// do after any workaround, and the Partner owes the customer one word and not two.
func TestAnUpdateMayCarryTheWorkaround(t *testing.T) {
	for _, sev := range []string{"1", "2"} {
		p := newPaper(t)
		p.file(sev, FieldSteps)
		if p.c.Status != StatusEscalated {
			p.do("dana", EscalateCase{})
		}
		p.do("eve", AckCase{})
		p.pass(10 * time.Minute)
		next := p.now.Add(time.Hour)
		events := p.do("eve", UpdateCase{Text: "The service is slow.", ETA: "tonight", NextBy: next, Workaround: "Type the number by hand."})
		if p.c.Status != StatusWorkaround || p.c.Workaround != "Type the number by hand." || len(p.c.Promises) != 1 {
			t.Errorf("Sev %s: the case is %s with %q and %d promises", sev, p.c.Status, p.c.Workaround, len(p.c.Promises))
		}
		var update, given Event
		for _, e := range events {
			switch e.Body.(type) {
			case Updated:
				update = e
			case WorkaroundGiven:
				given = e
			}
		}
		if given.Body == nil || given.Body.(WorkaroundGiven).Of != update.Seq || len(p.c.ToRelay) != 1 || p.c.ToRelay[0] != update.Seq {
			t.Errorf("Sev %s: the workaround is %+v, the update %d, to relay %v", sev, given.Body, update.Seq, p.c.ToRelay)
		}
		switch k := p.c.clock(ClockUpdate); {
		case sev == "1" && k != nil: // Its cadence runs until a workaround.
			t.Errorf("the cadence still runs: %+v", k)
		case sev == "2" && (k == nil || !k.Due.Equal(next)):
			t.Errorf("the next update is due %+v, want as promised", k)
		}
		p.do("dana", RelayUpdate{})
		if p.c.clock(ClockRelay) != nil || len(p.c.ToRelay) != 0 {
			t.Errorf("Sev %s: after the one word %v is still to relay", sev, p.c.ToRelay)
		}
		p.same()
	}
}

// Where no workaround can be given, an update that carries one is refused beside that field, and nothing is done.
func TestAnUpdateWithAWorkaroundTooEarly(t *testing.T) {
	p := newPaper(t)
	p.file("1", FieldSteps)
	_, _, err := p.try("eve", UpdateCase{Text: "We look at it.", Workaround: "Use the other till."})
	wantErr(t, err, KindState, "escalated")
	if e, ok := err.(*Error); !ok || len(e.Fields) != 1 || e.Fields[0].Field != "workaround" {
		t.Errorf("it is refused as %+v", err)
	}
}
