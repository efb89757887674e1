package storagetest

import (
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

// testText: whatever a person can type is kept as typed, on both databases; what is no text is refused
// with a sentence, on both.
func testText(t *testing.T, open func(t *testing.T) desk.Store) {
	s := open(t)
	for i, text := range []string{
		strings.Repeat("long line\n", 5000),
		"emoji 🆘 ✋🏽 and 日本語 and e\u0301",
		"a NUL \x00 in the middle",
		"a replacement character \uFFFD somebody pasted",
		`the six characters \ufffd and \\ufffd and a trailing backslash \`,
		"<script>&amp;</script> @here <!channel> \u2028\u2029 \x01\x1f\x7f",
		"'; drop table cases; -- $1 ?1 %s",
	} {
		id := number(3000 + i)
		c, events := New(Filing{ID: id, Tenant: "northwind", Summary: text, Customer: text, Description: text, Signature: text})
		update(t, s, func(tx desk.Tx) error { return tx.PutCase(c, 0, events, nil) })
		view(t, s, func(r desk.Reader) error {
			got, err := r.Case(id)
			if err != nil {
				return err
			}
			back, err := r.Events(id)
			if err != nil {
				return err
			}
			if got.Summary != text || back[0].Body.(desk.Filed).Fields[desk.FieldSteps] != text {
				t.Errorf("%.40q came back as %.40q", text, got.Summary)
			}
			if same, err := r.Cases(desk.CaseQuery{Customer: text}); err != nil || ids(same) != id+" " {
				t.Errorf("%.40q as a customer finds %q: %v", text, ids(same), err)
			}
			_, err = r.Cases(desk.CaseQuery{Text: text[:min(len(text), 60)]})
			return err
		})
	}
	bad := "half an emoji \xf0\x9f\x86 and no more"
	c, events := New(Filing{ID: "NW-4000", Tenant: "northwind", Summary: bad})
	err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutCase(c, 0, events, nil) })
	wantKind(t, err, desk.KindInvalid)
	refused(t, s, bad)
	for _, key := range []string{"nul \x00", "broken \xf0"} {
		err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutState("keys", key, nil) })
		wantKind(t, err, desk.KindInvalid)
	}
}

// refused: snapshot, events and notices are judged each by itself, and where one is refused nothing is stored. The snapshot
// is that of a second act: a new case has none but what its events come to.
func refused(t *testing.T, s desk.Store, bad string) {
	late := Monday.AddDate(8000, 0, 0) // JSON has no form for it.
	for i, k := range []struct {
		name   string
		reply  string
		second bool
		spoil  func(c *desk.Case, n *desk.Notice)
	}{
		{"a text in the snapshot", "fine", true, func(c *desk.Case, _ *desk.Notice) { c.Workaround = bad }},
		{"a key in the snapshot", "fine", true, func(c *desk.Case, _ *desk.Notice) { c.Fields[desk.Field(bad)] = "" }},
		{"a time in the snapshot", "fine", true, func(c *desk.Case, _ *desk.Notice) { c.ClosedAt = late }},
		{"a text in a notice", "fine", false, func(_ *desk.Case, n *desk.Notice) { n.Data = map[string]string{"text": bad} }},
		{"a time in a notice", "fine", false, func(_ *desk.Case, n *desk.Notice) { n.At = late }},
		{"a text in an event", bad, false, func(*desk.Case, *desk.Notice) {}},
		{"a text in a later event", bad, true, func(*desk.Case, *desk.Notice) {}},
	} {
		id := number(4001 + i)
		c, events := New(Filing{ID: id, Tenant: "northwind", Summary: "fine"})
		prev := 0
		if k.second {
			file(t, s, Filing{ID: id, Tenant: "northwind", Summary: "fine"})
			prev = c.Seq
			c, events = Extend(c, id, "northwind", Monday.Add(time.Minute), desk.Replied{Text: k.reply})
		} else if k.reply != "fine" {
			_, events = New(Filing{ID: id, Tenant: "northwind", Summary: k.reply})
			c.LastHash = events[len(events)-1].Hash
		}
		n := Tell(id, id+"/northwind", id+"/refused", Monday)
		k.spoil(c, &n)
		err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutCase(c, prev, events, []desk.Notice{n}) })
		if invalid := desk.KindOf(err) == desk.KindInvalid; err == nil || invalid == strings.HasPrefix(k.name, "a time") {
			t.Errorf("%s: %v", k.name, err)
		}
		view(t, s, func(r desk.Reader) error {
			if stored, err := r.Case(id); k.second {
				if err != nil || stored.Seq != prev {
					t.Errorf("%s: the case is at %v: %v", k.name, stored, err)
				}
			} else {
				wantKind(t, err, desk.KindNotFound)
			}
			told, err := r.Deliveries(desk.DeliveryPending, 0)
			if len(told) != 0 {
				t.Errorf("%s: %d notices stored", k.name, len(told))
			}
			return err
		})
	}
}
