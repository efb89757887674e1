package discordfake

import (
	"strings"
	"testing"
	"time"

	"casebot/bot"
)

// reply is a first answer that only the person sees.
func reply(text string) map[string]any {
	return map[string]any{"type": 4, "data": map[string]any{"content": text, "flags": 64, "allowed_mentions": quiet}}
}

// What people do reaches the app, and what the app says reaches people.
func TestWhatPeopleDoReachesTheApp(t *testing.T) {
	w := newWorld(t)
	a := w.connect(intents)
	a.answer(reply("only for you"))
	w.ok("PUT", "applications/"+w.bot.Application+"/guilds/"+guildID+"/commands", []any{map[string]any{"name": "case", "description": "Cases",
		"options": []any{map[string]any{"type": 3, "name": "line", "description": "What to do"}}}})
	card := w.post(casesID, `the **card** \*here\*`)
	root := bot.Ref("nwd:" + casesID + "/" + card)

	seen := w.work.Read(w.dana, w.channel())
	if len(seen) != 1 || seen[0].Ref != root || bot.PlainText(*seen[0].Message, time.UTC) != "the card *here*\n[Acknowledge]" {
		t.Fatalf("Dana sees %+v", seen)
	}
	thread := w.channel()
	thread.Thread = root
	said, err := w.work.Say(t.Context(), w.dana, thread, "@casebot it <hangs>", nil)
	w.must(err)
	if !strings.HasPrefix(string(said), "nwd:"+card+"/") {
		t.Errorf("what was said in the thread is %s", said)
	}
	w.must(w.work.Press(t.Context(), w.dana, root, "acknowledge"))
	w.must(w.work.Toggle(t.Context(), bot.React, w.dana, said, "✋🏽"))
	w.must(w.work.Rewrite(t.Context(), w.dana, said, "it works"))
	w.must(w.work.Command(t.Context(), w.dana, thread, "list mine"))
	w.Settle()

	var mine []map[string]any
	for _, m := range a.of("MESSAGE_CREATE") {
		if str(m, "author", "id") == danaID && num(m, "type") == 0 {
			mine = append(mine, m)
		}
	}
	if len(mine) != 1 || str(mine[0], "content") != "<@"+w.bot.ID+"> it <hangs>" || len(objects(mine[0], "mentions")) != 1 || str(mine[0], "channel_id") != card {
		t.Errorf("the mention came as %v", mine)
	}
	in := a.of("INTERACTION_CREATE")
	if len(in) != 2 || str(in[0], "data", "custom_id") != "ack NW-1" || str(in[0], "message", "id") != card || str(in[0], "member", "user", "id") != danaID {
		t.Fatalf("the press came as %v", in)
	}
	if o := objects(in[1], "data", "options"); len(o) != 1 || str(o[0], "value") != "list mine" || str(in[1], "channel_id") != card {
		t.Errorf("the command came as %v", in[1])
	}
	if r := a.of("MESSAGE_REACTION_ADD"); len(r) != 1 || str(r[0], "emoji", "name") != "✋🏽" || str(r[0], "user_id") != danaID {
		t.Errorf("the reaction came as %v", r)
	}
	if got := w.work.Read(w.dana, thread); len(got) != 3 || got[1].Text != "it works" || !got[1].Edited || got[1].From != "dana" || got[1].Reactions[0] != "✋🏽" || !got[2].Private {
		t.Errorf("Dana reads %+v", got)
	}
	if got := w.work.Read(w.marco, thread); len(got) != 2 {
		t.Errorf("Marco reads %+v", got)
	}
	if p := w.Problems(); len(p) > 0 {
		t.Error(p)
	}
}
