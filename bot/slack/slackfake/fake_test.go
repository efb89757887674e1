package slackfake

import (
	"strings"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
)

func plainText(text string) map[string]any { return map[string]any{"type": "plain_text", "text": text} }

// button is a message with one button.
func button(label, do string) string {
	return asJSON([]any{map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": "the *card* &amp; more"}},
		map[string]any{"type": "actions", "elements": []any{map[string]any{"type": "button", "action_id": "a", "text": plainText(label), "value": do}}}})
}

// What people do reaches the app, and what the app says reaches people.
func TestWhatPeopleDoReachesTheApp(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	sent := w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "the card", "blocks", button("Acknowledge", "ack NW-1"), "metadata", `{"event_type":"note","event_payload":{"id":"d1"}}`)
	root := bot.Ref("nw:C0NWCASES/" + str(sent, "ts"))
	channel := bottest.Spot{Home: "nw", Channel: "C0NWCASES"}
	thread := channel
	thread.Thread = root

	seen := w.work.Read(w.dana, channel)
	if len(seen) != 1 || seen[0].Ref != root || bot.PlainText(*seen[0].Message, nil) != "the card & more\n[Acknowledge]" {
		t.Fatalf("Dana sees %+v", seen)
	}
	said, err := w.work.Say(t.Context(), w.dana, thread, "@casebot it <hangs> & https://a.test/x?a=1&b=2 🎉", nil)
	w.must(err)
	w.must(w.work.Press(t.Context(), w.dana, root, "acknowledge"))
	w.must(w.work.Toggle(t.Context(), bot.React, w.dana, said, "✋🏽"))
	w.must(w.work.Rewrite(t.Context(), w.dana, said, "it works"))
	w.must(w.work.Command(t.Context(), w.dana, channel, "list"))
	w.Settle()

	m := a.events("app_mention")
	want := "<@" + w.team.BotUser + "> it &lt;hangs&gt; &amp; <https://a.test/x?a=1&amp;b=2> :tada:"
	if len(m) != 1 || str(m[0], "event", "text") != want || str(m[0], "event", "thread_ts") != str(sent, "ts") {
		t.Errorf("the mention came as %v, want %q", m, want)
	}
	press := a.interactions("block_actions")
	if len(press) != 1 || str(press[0], "actions") != "" || str(items(press[0], "actions")[0], "value") != "ack NW-1" || str(press[0], "container", "message_ts") != str(sent, "ts") {
		t.Errorf("the press came as %v", press)
	}
	if r := a.events("reaction_added"); len(r) != 1 || str(r[0], "event", "reaction") != "raised_hand::skin-tone-4" || str(r[0], "event", "item", "ts")+"" == "" {
		t.Errorf("the reaction came as %v", r)
	}
	changed := 0
	for _, p := range a.events("message") {
		if str(p, "event", "subtype") == "message_changed" && str(p, "event", "message", "text") == "it works" {
			changed++
		}
	}
	if c := a.interactions(""); changed != 1 || len(c) != 1 || str(c[0], "text") != "list" || str(c[0], "trigger_id") == "" {
		t.Errorf("%d edits and the commands %v came", changed, c)
	}
	if err := w.work.Command(t.Context(), w.dana, thread, "list"); err == nil {
		t.Error("a slash command in a thread was taken")
	}
	back := w.ok("conversations.replies", "channel", "C0NWCASES", "ts", str(sent, "ts"), "include_all_metadata", "true")
	list := objects(back, "messages")
	if len(list) != 2 || str(list[0], "metadata", "event_payload", "id") != "d1" || str(list[1], "text") != "it works" {
		t.Errorf("the thread reads %v", list)
	}
	if p := w.Problems(); len(p) > 0 {
		t.Error(p)
	}
	if got := w.work.Read(w.dana, thread); len(got) != 2 || got[1].Text != "it works" || !got[1].Edited || strings.Join(got[1].Reactions, "") != "✋🏽" {
		t.Errorf("Dana reads %+v", got)
	}
}
