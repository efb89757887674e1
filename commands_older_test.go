package main

import (
	"strings"
	"testing"
	"time"

	"casebot/bot"
)

// buttonsOf gives what the buttons of the newest message with some words do, as a client shows it that has heard of no
// change since.
func (w *world) buttonsOf(who, id, words string) map[string]string {
	w.t.Helper()
	at := w.thread(who, id)
	seen := w.fake.Read(w.person(who), at)
	for i := len(seen) - 1; i >= 0; i-- {
		if m := seen[i].Message; m != nil && strings.Contains(bot.PlainText(*m, time.UTC), words) {
			out := map[string]string{}
			for _, b := range m.Buttons {
				out[b.Label] = b.Do
			}
			return out
		}
	}
	w.t.Fatalf("%s sees nothing with %q:\n%s", who, words, w.reads(who, at))
	return nil
}

// An older escalation on somebody's screen does not answer for a newer one: whoever presses it is told what became of it.
func TestAnOlderEscalationIsNotAnswered(t *testing.T) {
	w := newWorld(t)
	id := w.up(false)
	old, taken := w.buttonsOf("ivy", id, "escalated to Harbor"), w.buttonsOf("dana", id, "escalated to Harbor")
	called := w.fake.Read(w.person("ivy"), w.fakeDirect())[0].Message.Buttons[0].Do
	w.wants(w.types("ivy", old["Return"]+" code=steps text=\"Which till model is it\""), "is back with Northwind")
	w.wants(w.types("eve", old["Acknowledge"]), "is returned, so you cannot acknowledge it")
	w.wants(w.types("dana", "escalate "+id), "is with Harbor now")
	for _, press := range []string{old["Acknowledge"], old["Return"], old["Return"] + " code=steps", called} {
		w.wants(w.types("eve", press), "Ivy Demo sent that escalation of "+id+" back.", "Answer the newest escalation.")
	}
	w.wants(w.types("dana", taken["Take back"]), "Ivy Demo sent that escalation of "+id+" back.")
	if f := w.dialog("eve"); f != nil {
		t.Errorf("a form was opened to return what has been returned: %+v", f)
	}
	if got := w.stateOf(id); !strings.Contains(got, "escalated") {
		t.Fatalf("the newer escalation stands: %s", got)
	}
	// A draft of the earlier return does not come in the way of the next.
	fresh := w.buttonsOf("ivy", id, "escalated to Harbor")
	w.types("ivy", fresh["Return"])
	w.wants(w.submits("ivy", map[string]string{"code": "steps", "text": "And which version"}), "is back with Northwind")
}

// Two people press at once, and somebody presses on an old screen: the last word counts, and everybody reads the same.
func TestARatingIsSaidInPlaceOfTheButtons(t *testing.T) {
	w := newWorld(t)
	id := w.up(true)
	w.types("dana", "resolve "+id+" Version 6.2.2 is installed")
	old := w.buttonsOf("dana", id, "resolved the case")
	if old["4"] == "" {
		t.Fatalf("the numbers are offered: %v", old)
	}
	w.wants(w.types("dana", old["4"]), "is kept: 4 of 5")
	w.wants(w.types("noor", old["2"]), "is kept: 2 of 5", "It takes the place of the 4 that Dana Demo noted.")
	now := w.reads("dana", w.thread("dana", id))
	w.wants(now, "The customer gave 2 of 5. Noor Demo (Northwind) noted it")
	w.lacks(now, "[1] [2] [3] [4] [5]", "The customer gave 4 of 5")
	if got := w.cas(id).Ratings; len(got) != 1 || got[0].Score != 2 || got[0].By != "noor" {
		t.Errorf("one rating of a resolution is kept: %+v", got)
	}
}
