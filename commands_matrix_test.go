package main

import (
	"fmt"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/commands"
	"casebot/desk"
	"casebot/templates"
)

// stateOf is everything the store keeps about a case, so that a test can say that nothing was changed.
func (w *world) stateOf(id string) string {
	w.t.Helper()
	var out string
	err := w.desk.Store.View(w.ctx, func(r desk.Reader) error {
		c, err := r.Case(id)
		if err != nil {
			return err
		}
		posts, err := r.Posts(id, desk.Partner, desk.PurposeSaid)
		out = fmt.Sprintf("%d %s %s %d posts", c.Seq, c.LastHash, c.Status, len(posts))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// does hands an interaction in as a person, as an adapter would, and gives all of the answer as text.
func (w *world) does(who string, in bot.Interaction) string {
	w.t.Helper()
	w.number++
	in.ID, in.Platform, in.Account = fmt.Sprint("matrix-", w.number), "fake", w.person(who).Accounts[0]
	a := w.inbox.Handle(w.ctx, &in)
	out := []string{}
	if a.Message != nil {
		out = append(out, bot.PlainText(*a.Message, w.dir.ZoneOf(w.person(who))))
	}
	if a.Form != nil {
		out = append(out, fmt.Sprintf("form %+v", *a.Form))
	}
	for _, o := range a.Completions {
		out = append(out, o.Value+" "+o.Note)
	}
	return strings.Join(out, "\n") + a.React
}

// others are all roles of another Partner; readers those of the own Partner that do not work cases;
// early the Provider before it was given the case.
var (
	others  = []string{"sam", "sol", "sue", "sid"}
	readers = []string{"olaf", "ada"}
	early   = []string{"ivy", "pat", "ola", "adi"}
)

// ways are all the ways to reach a command, with the case named.
func ways(c commands.Command, id string) map[string]bot.Interaction {
	line := strings.ReplaceAll(strings.TrimPrefix(c.Example, "/case "), "NW-1042", id)
	out := map[string]bot.Interaction{
		"command": {Kind: bot.Command, Text: line},
		"bare":    {Kind: bot.Command, Text: c.Name + " " + id},
		"button":  {Kind: bot.Press, Text: c.Name + " " + id + " ask=yes"},
		"mention": {Kind: bot.Said, Mention: true, Text: line, Message: "southgate:x/1"},
		"typing":  {Kind: bot.Complete, Text: c.Name + " " + id + " "},
	}
	if c.Title != "" {
		values := map[string]string{"text": "Some words", "why": "Some words", "reason": "Some words", "code": "fixed", "to": "sam", "person": "sam", "severity": "1", "score": "5", "into": id, "on": "customer"}
		out["form"] = bot.Interaction{Kind: bot.Submit, Form: c.Name, Case: id, Values: values}
		out["live form"] = bot.Interaction{Kind: bot.Refresh, Form: c.Name, Case: id, Values: values}
	}
	return out
}

// TestNobodyLearnsOfAnotherPartnersCase does every command in every way as every role of another Partner,
// and as the Provider before the case is escalated: each gets letter for letter what they get for a case
// that does not exist, and nothing is changed.
func TestNobodyLearnsOfAnotherPartnersCase(t *testing.T) {
	w := newWorld(t)
	id := w.filed(wholeCase)
	ref, _ := w.writes("dana", id, "Some words of the customer")
	w.learnsNothing(id, ref, append(append([]string{}, others...), early...))
}

// TestNobodyUninvitedLearnsOfARestrictedCase does the same for a security case: to its own Partner's
// duty manager and to the Provider, who has it, it is not there unless they are invited.
func TestNobodyUninvitedLearnsOfARestrictedCase(t *testing.T) {
	w := newWorld(t)
	id := w.filed(strings.Replace(wholeCase, `"Defect"`, `"Security"`, 1))
	if w.cas(id).Status != desk.StatusEscalated {
		t.Fatal("a complete security case goes up by itself")
	}
	w.learnsNothing(id, w.card(desk.Partner, id), []string{"noor", "olaf", "ada", "eve", "pat", "ola", "adi", "sam"})
}

// learnsNothing holds every way to a case against the same way to a case that does not exist.
func (w *world) learnsNothing(id string, ref bot.Ref, people []string) {
	t := w.t
	t.Helper()
	card := w.card(desk.Partner, id)
	const none = "NW-9999"
	before := w.stateOf(id)
	same := func(who, what string, there, nowhere string) {
		t.Helper()
		if got := strings.ReplaceAll(there, id, none); got != nowhere {
			t.Errorf("%s, %s: for a case that is there:\n%s\nfor one that is not:\n%s", who, what, got, nowhere)
		}
		if now := w.stateOf(id); now != before {
			t.Fatalf("%s, %s: the case was changed from %s to %s", who, what, before, now)
		}
	}
	for _, who := range people {
		for _, c := range commands.Commands() {
			if c.Case == commands.NoCase {
				continue
			}
			nowhere := ways(c, none)
			for way, in := range ways(c, id) {
				same(who, c.Name+" by "+way, w.does(who, in), w.does(who, nowhere[way]))
			}
		}
		// In the thread and on its messages, should a platform ever report one from elsewhere.
		for _, emoji := range []string{"🆘", "✋", "📤", "✅", "📝"} {
			for _, kind := range []bot.InteractionKind{bot.React, bot.Unreact} {
				same(who, string(kind)+emoji, w.does(who, bot.Interaction{Kind: kind, Emoji: emoji, Message: ref, Thread: card}),
					w.does(who, bot.Interaction{Kind: kind, Emoji: emoji, Message: "northwind:x/98", Thread: "northwind:x/99"}))
			}
		}
		for what, in := range map[string]bot.Interaction{
			"saying": {Kind: bot.Said, Text: "ack"}, "mention": {Kind: bot.Said, Mention: true, Text: "show"}, "odd mention": {Kind: bot.Said, Mention: true, Text: "what is this"},
			"editing": {Kind: bot.Edited, Text: "other words"}, "deleting": {Kind: bot.Deleted},
		} {
			here, elsewhere := in, in
			here.Message, here.Thread = ref, card
			elsewhere.Message, elsewhere.Thread = "northwind:x/98", "northwind:x/99"
			same(who, what, w.does(who, here), w.does(who, elsewhere))
		}
		for _, line := range []string{"list status=all", "list receipts", "list customer=\"Acme Outdoor\"", "mine", "merge " + id + " SG-1001", "new follows=" + id + " severity=1"} {
			w.lacks(w.does(who, bot.Interaction{Kind: bot.Command, Text: line}), "Acme Outdoor", "Receipts print twice", "Northwind answers")
		}
	}
}

// TestReadersChangeNothing does every command that changes a case as an observer and an administrator of
// the own Partner: each is told whose task it is, and nothing is changed.
func TestReadersChangeNothing(t *testing.T) {
	w := newWorld(t)
	id := w.filed(wholeCase)
	before := w.stateOf(id)
	for _, who := range readers {
		for _, c := range commands.Commands() {
			if c.Verb == "" || c.Case == commands.NoCase {
				continue
			}
			for way, in := range ways(c, id) {
				got := w.does(who, in)
				if way != "live form" && way != "typing" && !strings.Contains(got, "You cannot "+c.Verb.Of("a case")) {
					t.Errorf("%s, %s by %s: %s", who, c.Name, way, got)
				}
				if now := w.stateOf(id); now != before {
					t.Fatalf("%s, %s by %s changed the case", who, c.Name, way)
				}
			}
		}
		w.wants(w.does(who, bot.Interaction{Kind: bot.Command, Text: "severity " + id + " 1 because"}), "You cannot change the severity of a case.")
		w.wants(w.does(who, bot.Interaction{Kind: bot.Command, Text: strings.Replace(wholeCase, "new", "new", 1)}), "You cannot file")
		for _, line := range []string{"show " + id, "explain " + id, "list", "help", "raci"} {
			if got := w.does(who, bot.Interaction{Kind: bot.Command, Text: line}); got == "" || strings.Contains(got, "You cannot") {
				t.Errorf("%s may read /case %s: %s", who, line, got)
			}
		}
		w.lacks(w.does(who, bot.Interaction{Kind: bot.Command, Text: "show " + id}), "[Escalate]", "[Resolve]")
	}
}

// TestEveryButtonDoes holds the buttons of the cards against the commands and the lifecycle: in every
// state, on both sides, each is a command which that state allows and that side may do, at most five.
func TestEveryButtonDoes(t *testing.T) {
	w := newWorld(t)
	byName := map[string]commands.Command{}
	for _, c := range commands.Commands() {
		byName[c.Name] = c
	}
	for _, status := range []desk.Status{desk.StatusOpen, desk.StatusEscalated, desk.StatusAcknowledged, desk.StatusReturned, desk.StatusWorkaround,
		desk.StatusReopened, desk.StatusResolved, desk.StatusClosed, desk.StatusMerged, desk.StatusWithdrawn} {
		for side, who := range map[desk.PartyKind]string{desk.Partner: "dana", desk.Provider: "ivy"} {
			c := &desk.Case{ID: "NW-1001", Status: status, Wait: &desk.Wait{On: desk.OnCustomer}, ToRelay: []int{4}}
			buttons := templates.Buttons(c, side)
			if len(buttons) > 5 {
				t.Errorf("%s, %s: %d buttons", status, side, len(buttons))
			}
			for _, b := range buttons {
				cmd, ok := byName[strings.Fields(b.Do)[0]]
				if !ok {
					t.Errorf("%s, %s: %q does %q, which is no command", status, side, b.Label, b.Do)
					continue
				}
				verb := cmd.Verb
				if cmd.Name == "severity" {
					verb = desk.VerbSeverity
				}
				if verb == "" {
					continue
				}
				if _, err := desk.Next(status, verb); err != nil {
					t.Errorf("%s, %s: %q: %v", status, side, b.Label, err)
				}
				if err := desk.May(w.person(who), verb); err != nil {
					t.Errorf("%s, %s: %q: %v", status, side, b.Label, err)
				}
			}
		}
	}
}
