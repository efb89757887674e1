package slack

import (
	"slices"
	"testing"
	"time"

	"casebot/bot"
)

// A row of reactions says when its message was written and what the desk may call it, also in a channel whose id has
// changed since. What else is kept stays.
func TestWhatIsKeptSaysWhatItIsAbout(t *testing.T) {
	w := newWorld(t, false)
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	p.aliases = map[string]string{"C0SHARED": "C0SUPPORT"}
	written := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	ts := stampOf(written)
	for _, channel := range []string{"C0SUPPORT", "C0SHARED"} {
		k, ok := p.Kept("reactions/"+channel+"/"+ts, []byte(`["U0DANA/sos"]`))
		if !ok || !k.At.Equal(written) || k.In != "C0SUPPORT" || !slices.Contains(k.Refs, bot.Ref("nw:C0SUPPORT/"+ts)) {
			t.Errorf("in %s it is about %+v (%v)", channel, k, ok)
		}
	}
	for _, key := range []string{"heard/T0NORTHWIND", "install/T0NORTHWIND", "aliases", "room/nw/nw-1001", "reactions/x/" + ts, "reactions/C0SUPPORT/x", "reactions/C0SUPPORT", ""} {
		if k, ok := p.Kept(key, nil); ok {
			t.Errorf("%q is said to be about %+v", key, k)
		}
	}
	if got := p.Around(bot.Ref("nw:C0SUPPORT/" + ts)); !slices.Equal(got, []string{"C0SUPPORT"}) || p.Around("x") != nil {
		t.Errorf("around a card is %q", got)
	}
}
