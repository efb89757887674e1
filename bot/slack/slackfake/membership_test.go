package slackfake

import (
	"strings"
	"testing"

	"casebot/bot/bottest"
)

// membershipEvents are the events in which an app is told of what becomes of its channels, in order.
func membershipEvents(a *app) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []string
	for _, env := range a.got {
		e, _ := env["payload"].(map[string]any)
		if kind := str(e, "event", "type"); strings.HasPrefix(kind, "member_") || strings.HasSuffix(kind, "_left") || strings.HasSuffix(kind, "archive") {
			out = append(out, strings.TrimSpace(kind+" "+str(e, "event", "user")))
		}
	}
	return strings.Join(out, ", ")
}

// An app that is taken out of a channel hears of that and of nothing more there, whatever it is, until it is in it again;
// what it asks or sends there is refused.
func TestAnAppOutOfAChannel(t *testing.T) {
	for kind, want := range map[string]struct{ left, refused string }{"public": {"channel_left", "not_in_channel"}, "private": {"group_left", "channel_not_found"}} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			a := w.connect(w.team)
			if kind == "private" {
				w.Private("C0NWCASES")
			}
			w.Kick("T0NW", "C0NWCASES")
			w.Kick("T0NW", "C0NWCASES") // It is out already.
			_, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "hello", nil)
			w.must(err)
			w.Settle()
			if got := membershipEvents(a); got != want.left || len(a.events("message")) > 0 {
				t.Errorf("the app heard %q and %d messages", got, len(a.events("message")))
			}
			for _, method := range []string{"chat.postMessage", "conversations.history"} {
				if out := w.call(w.team.BotToken, method, "channel", "C0NWCASES", "text", "x"); out["error"] != want.refused {
					t.Errorf("%s is answered %v", method, out)
				}
			}
			w.Join("C0NWCASES", w.team.BotUser)
			w.Settle()
			if got := membershipEvents(a); got != want.left+", member_joined_channel "+w.team.BotUser {
				t.Errorf("the app heard %q", got)
			}
			w.ok("conversations.history", "channel", "C0NWCASES")
		})
	}
}

// Whoever is still in a shared channel hears who has left it.
func TestLeavingASharedChannel(t *testing.T) {
	w := newWorld(t)
	w.AddChannel("C0BOTH", "both", "T0NW", w.other.ID)
	a, b := w.connect(w.team), w.connect(w.other)
	w.Kick("T0NW", "C0BOTH")
	w.Settle()
	if one, two := membershipEvents(a), membershipEvents(b); one != "channel_left" || two != "member_left_channel "+w.team.BotUser {
		t.Errorf("the one that left heard %q, the other %q", one, two)
	}
}

// An archived channel takes nothing. A public one has lost its members when it is brought back, a private one has not.
func TestAnArchivedChannel(t *testing.T) {
	for kind, want := range map[string]struct{ events, after string }{
		"public":  {"channel_archive U0DANA, channel_unarchive U0DANA", "not_in_channel"},
		"private": {"group_archive U0DANA, group_unarchive U0DANA", ""},
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			a := w.connect(w.team)
			if kind == "private" {
				w.Private("C0NWCASES")
			}
			ts := str(w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "before"), "ts")
			w.Archive("C0NWCASES", "U0DANA")
			if out := w.call(w.team.BotToken, "chat.postMessage", "channel", "C0NWCASES", "text", "x"); out["error"] != "is_archived" {
				t.Errorf("a post is answered %v", out)
			}
			if out := w.call(w.team.BotToken, "chat.update", "channel", "C0NWCASES", "ts", ts, "text", "x"); out["error"] != "is_inactive" {
				t.Errorf("an edit is answered %v", out)
			}
			if _, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "hello", nil); err == nil {
				t.Error("somebody wrote there")
			}
			w.Unarchive("C0NWCASES", "U0DANA")
			w.Settle()
			if got := membershipEvents(a); got != want.events {
				t.Errorf("the app heard %q", got)
			}
			if out := w.call(w.team.BotToken, "chat.postMessage", "channel", "C0NWCASES", "text", "x"); str(out, "error") != want.after {
				t.Errorf("brought back, a post is answered %v", out)
			}
		})
	}
}
