package discordfake

import (
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
)

// What was missed comes again in order after RESUME, once, under the same numbers.
func TestResumeReplaysWhatWasMissed(t *testing.T) {
	w := newWorld(t)
	a := w.connect(intents)
	ready := a.of("READY")[0]
	if len(objects(ready, "guilds")) != 1 || len(a.of("GUILD_CREATE")) > 1 || str(ready, "user", "id") != w.bot.ID {
		t.Fatalf("READY is %v", ready)
	}
	w.Settle()
	g := a.of("GUILD_CREATE")[0]
	if len(objects(g, "channels")) != 2 || len(objects(g, "roles")) != 2 || items(g, "threads") == nil {
		t.Errorf("GUILD_CREATE is %v", g)
	}
	_, err := w.work.Say(t.Context(), w.dana, w.channel(), "one", nil)
	w.must(err)
	w.Settle()
	seq := a.seq()
	w.Drop(w.bot)
	<-a.end
	for _, text := range []string{"two", "three"} {
		_, err := w.work.Say(t.Context(), w.dana, w.channel(), text, nil)
		w.must(err)
	}
	b := w.dial(str(ready, "resume_gateway_url"))
	go b.run()
	b.send(6, map[string]any{"token": w.bot.Token, "session_id": str(ready, "session_id"), "seq": seq})
	w.until(func() bool { return len(b.of("RESUMED")) == 1 })
	var got []string
	for _, m := range b.of("MESSAGE_CREATE") {
		got = append(got, str(m, "content"))
	}
	if strings.Join(got, " ") != "two three" || b.seq() != seq+3 || w.Resumes(w.bot) != 1 || w.Identifies(w.bot) != 1 {
		t.Errorf("after the resume %v came, up to %d; before it was %d", got, b.seq(), seq)
	}
	w.Redeliver()
	m := b.of("MESSAGE_CREATE")
	if len(m) != 3 || str(m[2], "id") != str(m[1], "id") || b.seq() != seq+3 {
		t.Errorf("the redelivery came as %v", m)
	}
}

// A session that a client closed in good order, or that is invalid, is not resumed.
func TestSessionsEnd(t *testing.T) {
	w := newWorld(t)
	a := w.connect(intents)
	w.Reconnect(w.bot)
	w.Invalidate(w.bot, true)
	w.until(func() bool { return a.ops(7) == 1 && a.ops(9) == 1 })
	w.Invalidate(w.bot, false)
	w.until(func() bool { return a.ops(9) == 2 })
	a.send(6, map[string]any{"token": w.bot.Token, "session_id": str(a.of("READY")[0], "session_id"), "seq": 1})
	w.until(func() bool { return a.ops(9) == 3 })
	a.identify(w.bot.Token, intents)
	w.until(func() bool { return len(a.of("READY")) == 2 })

	for name, c := range map[string]struct {
		token   string
		intents int
		code    int
	}{"a wrong token": {"made-up", intents, 4004}, "unknown intents": {w.bot.Token, -1, 4013}, "an intent that is not switched on": {w.bot.Token, intents, 4014}} {
		if c.code == 4014 {
			w.Intents(w.bot)
		}
		b := w.dial(w.Gateway())
		go b.run()
		b.identify(c.token, c.intents)
		<-b.end
		if b.code != c.code {
			t.Errorf("%s: closed with %d, want %d", name, b.code, c.code)
		}
		w.Intents(w.bot, "MESSAGE_CONTENT")
	}
}

// Heartbeats are acknowledged until the connection is a zombie, which sends nothing at all any more.
func TestAZombieIsSilent(t *testing.T) {
	w := newWorld(t)
	w.Heartbeat(50 * time.Millisecond)
	a := w.connect(intents)
	a.send(1, nil)
	w.until(func() bool { return a.ops(11) == 1 })
	w.Zombie(w.bot)
	a.send(1, nil)
	_, err := w.work.Say(t.Context(), w.dana, w.channel(), "does anybody hear", nil)
	w.must(err)
	w.Settle()
	if a.ops(11) != 1 || len(a.of("MESSAGE_CREATE")) != 0 {
		t.Error("a zombie acknowledges or sends")
	}
	b := w.dial(w.Gateway())
	go b.run()
	b.send(6, map[string]any{"token": "Bot " + w.bot.Token, "session_id": str(a.of("READY")[0], "session_id"), "seq": a.seq()})
	w.until(func() bool { return len(b.of("MESSAGE_CREATE")) == 1 })
}

// Only what the intents allow is sent; without MESSAGE_CONTENT words are empty but for those to the bot.
func TestIntentsDecideWhatIsSent(t *testing.T) {
	w := newWorld(t)
	few := w.connect(intentGuilds | intentMessages | intentDirectMessages)
	none := w.connect(intentGuilds)
	for _, c := range []struct {
		at   bottest.Spot
		text string
	}{{w.channel(), "to all"}, {w.channel(), "@casebot list"}, {bottest.Spot{}, "direct"}} {
		ref, err := w.work.Say(t.Context(), w.dana, c.at, c.text, []bot.File{{Name: "a.log", Data: []byte("x")}})
		w.must(err)
		w.must(w.work.Toggle(t.Context(), bot.React, w.dana, ref, "✅"))
	}
	w.post(casesID, "my own")
	w.Settle()
	var got []string
	for _, m := range few.of("MESSAGE_CREATE") {
		got = append(got, str(m, "content")+"/"+string(rune('0'+len(items(m, "attachments")))))
	}
	if want := "/0 <@" + w.bot.ID + "> list/1 direct/1 my own/0"; strings.Join(got, " ") != want {
		t.Errorf("without MESSAGE_CONTENT %q came, want %q", got, want)
	}
	if len(few.of("MESSAGE_REACTION_ADD")) != 0 || len(none.of("MESSAGE_CREATE")) != 0 {
		t.Error("something came that the intents do not ask for")
	}
	w.SendEvent(w.bot, "SOMETHING_NEW", map[string]any{"x": 1})
	w.Settle()
	if len(none.of("SOMETHING_NEW")) != 1 {
		t.Error("a raw event did not come")
	}
}
